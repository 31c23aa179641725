// How numbers are read and written in the language of the page. No number is worked out here.

let locale = "en-GB";
export function speak(language) {
  locale = language === "nb" ? "nb-NO" : "en-GB";
}

// Formats are made once: making one takes longer than all else on the page.
const formats = new Map();
function format(value, options) {
  const name = `${locale} ${Object.values(options)}`;
  if (!formats.has(name)) formats.set(name, new Intl.NumberFormat(locale, options));
  return formats.get(name).format(value).replace("-", "−");
}

export function written(value, decimals = 0, sign = false) {
  if (!(value === value)) return "–";
  return format(value, {
    minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay: sign ? "exceptZero" : "negative",
  });
}

// A number with as many decimals as it has, at most two.
export function plain(value) {
  return format(value, { maximumFractionDigits: 2 });
}

export function percent(value, decimals = 0) {
  if (!(value === value)) return "–";
  return format(value, { style: "percent", minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

// A value of an outcome as `qisim compare` writes it; a share in per cent.
export function shown(value, unit, difference = false) {
  if (!(value === value)) return "–";
  const scaled = unit === "share" ? 100 * value : value;
  const decimals = unit === "index" || unit === "ratio" ? 2 : Math.abs(scaled) >= 1000 ? 0 : 1;
  return written(scaled, decimals, difference);
}

// What somebody typed as a number: 0,12 and 0.12; 12 % of a share; 12 of a share is per cent.
export function read(text, share = false) {
  const clean = text.trim().replace(/\s/g, "").replace(/−/g, "-").replace(",", ".");
  const match = clean.match(/^([+-]?(?:\d+\.?\d*|\.\d+))(%?)$/);
  if (!match) return NaN;
  const percentMeant = match[2] === "%" || (share && Number(match[1]) > 1);
  if (match[2] === "%" && !share) return NaN;
  return percentMeant ? hundredth(match[1]) : Number(match[1]);
}

// A number of per cent as a share, by moving the decimal point: 12.3 is 0.123, to the last digit.
function hundredth(text) {
  return Number(`${text}e-2`);
}
