// Drawings: curves with bands, a dot for each pair, bars. Own SVG, drawn anew at every change.

const NS = "http://www.w3.org/2000/svg";
export function svg(name, attributes = {}, ...children) {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// Room for each drawing, measured before anything is drawn: measuring in between would lay the page out anew.
const widths = new Map();
export function measure(...frames) {
  for (const frame of frames) widths.set(frame.id, frame.clientWidth);
}

// Round steps for an axis from 0 to a top.
export function ticks(top, most = 5) {
  const rough = top / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
  const found = [];
  for (let value = 0; value <= top + 1e-9; value += step) found.push(Math.round(value * 1e6) / 1e6);
  return found;
}

const path = (xs, ys) => xs.map((x, i) => `${i ? "L" : "M"}${x.toFixed(1)} ${ys[i].toFixed(1)}`).join("");

// Weekly curves: for each plan the median, the band that holds half of the runs, and the one that holds 90 %.
export function curves(frame, { plans, weeks, top, unit, words, counted = [] }) {
  const width = Math.max(300, widths.get(frame.id) || 640);
  const thrown = "projector" in document.documentElement.dataset; // all of it on one screen
  const height = thrown ? Math.max(230, Math.min(560, innerHeight - 530)) : width < 520 ? 280 : 340;
  const left = 44, right = width < 520 ? 14 : 150, head = 16, foot = 40;
  const x = (week) => left + ((width - left - right) * week) / weeks;
  const y = (value) => head + (height - head - foot) * (1 - value / top);
  const root = svg("svg", {
    viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words.label, "font-family": "inherit", class: "curves",
  });
  for (const value of ticks(top))
    root.append(
      svg("line", { x1: left, x2: width - right, y1: y(value), y2: y(value), class: "grid" }),
      text(left - 8, y(value) + 4, words.number(value), { "text-anchor": "end", class: "tick" }),
    );
  const years = Math.floor(weeks / 52 + 1e-9);
  const half = width >= 520 && years <= 4;
  for (let i = 0; i <= years * (half ? 2 : 1); i++) {
    const week = i * (half ? 26 : 52);
    const months = i * (half ? 6 : 12);
    root.append(
      svg("line", { x1: x(week), x2: x(week), y1: height - foot, y2: height - foot + 5, class: "axis" }),
      text(x(week), height - foot + 18, words.month(months), { "text-anchor": "middle", class: "tick" }),
    );
  }
  root.append(svg("line", { x1: left, x2: width - right, y1: y(0), y2: y(0), class: "axis" }));
  root.append(text(left, height - 4, words.x, { class: "tick" }), text(left - 36, 10, unit, { class: "tick" }));
  const xs = Array.from({ length: weeks }, (_, week) => x(week + 1));
  const labels = [];
  for (const plan of plans.filter((one) => one.compared)) {
    const level = (i) => xs.map((_, week) => y(plan.bands[week * 5 + i]));
    const area = (low, high) => path([...xs, ...xs.toReversed()], [...level(low), ...level(high).toReversed()]) + "Z";
    root.append(
      svg("path", { d: area(0, 4), class: `band wide ${plan.class}` }),
      svg("path", { d: area(1, 3), class: `band ${plan.class}` }),
    );
  }
  for (const plan of plans) {
    if (!plan.bands) continue;
    const ys = xs.map((_, week) => y(plan.bands[week * 5 + 2]));
    root.append(svg("path", { d: path(xs, ys), class: `median ${plan.class}` }));
    if (plan.end) {
      root.append(
        svg("line", { x1: x(plan.end), x2: x(plan.end), y1: head, y2: height - foot, class: `end ${plan.class}` }),
        svg("circle", { cx: x(plan.end), cy: ys[plan.end - 1], r: 4.5, class: `mark ${plan.class}` }),
      );
    }
    if (plan.asked && plan.asked <= weeks)
      root.append(svg("rect", {
        x: x(plan.asked) - 5, y: ys[plan.asked - 1] - 5, width: 10, height: 10, class: `mark asked ${plan.class}`,
      }));
    labels.push({ y: ys[weeks - 1], plan });
  }
  for (const [week, users] of counted) {
    const [cx, cy] = [x(week), y(users)];
    root.append(svg("path", { d: `M${cx - 7} ${cy}L${cx} ${cy - 7}L${cx + 7} ${cy}L${cx} ${cy + 7}Z`, class: "counted" }));
  }
  if (right > 60) {
    labels.sort((a, b) => a.y - b.y);
    labels.forEach((one, i) => {
      one.y = Math.max(one.y, i ? labels[i - 1].y + 17 : head + 6);
    });
    labels.toReversed().forEach((one, i, all) => { // none of them beside the numbers of the axis
      one.y = Math.min(one.y, i ? all[i - 1].y - 17 : height - foot - 6);
    });
    for (const one of labels)
      root.append(text(width - right + 8, one.y + 4, one.plan.label, { class: `label ${one.plan.class}` }));
  }
  frame.replaceChildren(root);
}

// A name that has room: one of wide letters is cut.
function fitting(name, letters) {
  const wide = [...name].reduce((sum, one) => sum + (/[A-ZÆØÅ]/.test(one) ? 1.5 : 1), 0);
  return wide <= letters ? name : `${[...name].slice(0, Math.floor((name.length * letters) / wide) - 1).join("")}…`;
}

function text(x, y, content, attributes = {}) {
  const node = svg("text", { x, y, ...attributes });
  node.textContent = content;
  return node;
}

const MOST_HIGH = 260;

// A dot for each pair of runs: how many persons more the other plan has.
export function dots(frame, { differences, summary, classes, words }) {
  const width = Math.max(280, widths.get(frame.id) || 600);
  const reach = Math.max(1, ...differences.map((d) => Math.abs(d))) * 1.08;
  const left = 12, right = 12;
  const x = (value) => left + ((width - left - right) * (value + reach)) / (2 * reach);
  const size = differences.length > 100 ? Math.min(4, width / 150) : 5;
  const columns = new Map();
  const placed = [...differences].sort((a, b) => a - b).map((value) => {
    const slot = Math.round(x(value) / (2 * size + 1));
    const row = columns.get(slot) || 0;
    columns.set(slot, row + 1);
    return { value, slot, row };
  });
  const tallest = Math.max(8, ...columns.values());
  const narrow = width < 560;
  const pitch = Math.min(2 * size + 1, MOST_HIGH / tallest); // dots of a tall column overlap
  const height = tallest * pitch + (narrow ? 90 : 74);
  const base = height - (narrow ? 74 : 58);
  const root = svg("svg", {
    viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words.label, "font-family": "inherit", class: "dots",
  });
  for (const one of placed)
    root.append(svg("circle", {
      cx: one.slot * (2 * size + 1), cy: base - size - 2 - one.row * pitch, r: size,
      class: `dot ${one.value > 0 ? classes[1] : one.value < 0 ? classes[0] : "neither"}`,
    }));
  root.append(svg("line", { x1: left, x2: width - right, y1: base, y2: base, class: "axis" }));
  root.append(svg("line", { x1: x(0), x2: x(0), y1: 4, y2: base + 6, class: "zero" }));
  const step = ticks(reach, width < 480 ? 2 : 4)[1] || 1;
  for (let value = -Math.floor(reach / step) * step; value <= reach; value += step) {
    const at = Math.round(value * 1e6) / 1e6;
    root.append(
      svg("line", { x1: x(at), x2: x(at), y1: base, y2: base + 5, class: "axis" }),
      text(x(at), base + 18, words.number(at), { "text-anchor": "middle", class: "tick" }),
    );
  }
  if (summary.low === summary.low)
    root.append(
      svg("line", { x1: x(summary.low), x2: x(summary.high), y1: base + 30, y2: base + 30, class: "interval" }),
      svg("circle", { cx: x(summary.difference), cy: base + 30, r: 5, class: "mean" }),
    );
  const room = (narrow ? width : width / 2 - 12) / 8;
  root.append(
    text(left, base + 52, fitting(words.left, room), { class: `tick ${classes[0]}` }),
    text(width - right, base + (narrow ? 70 : 52), fitting(words.right, room), { class: `tick ${classes[1]}`, "text-anchor": "end" }),
  );
  frame.replaceChildren(root);
}

// What a plan costs, as one bar per plan, cut by what the hours go to.
export function bars(frame, { plans, words }) {
  const width = Math.max(280, widths.get(frame.id) || 600);
  const row = 46, left = 0, room = width - 110;
  const top = Math.max(1, ...plans.map((plan) => plan.total));
  const height = row * plans.length + 8;
  const root = svg("svg", {
    viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words.label, "font-family": "inherit", class: "bars",
  });
  plans.forEach((plan, i) => {
    let at = left;
    root.append(text(left, i * row + 14, fitting(plan.label, width / 10.5), { class: `label ${plan.class}` }));
    plan.parts.forEach((part, j) => {
      const wide = (room * part) / top;
      root.append(svg("rect", { x: at, y: i * row + 20, width: Math.max(0, wide - 1), height: 16, class: `part part${j} ${plan.class}` }));
      at += wide;
    });
    root.append(text(at + 8, i * row + 33, plan.told, { class: "value" }));
  });
  frame.replaceChildren(root);
}

// Parts that add up: a bar for each from zero, with its interval.
export function contributions(frame, { rows, words }) {
  const width = Math.max(280, widths.get(frame.id) || 600);
  const narrow = width < 520;
  const left = narrow ? 8 : 190, right = 56, row = narrow ? 44 : 30;
  const finite = (value) => (value === value ? Math.abs(value) : 0);
  const reach = Math.max(0.5, ...rows.flatMap((one) => [one.difference, one.low, one.high].map(finite))) * 1.05;
  const x = (value) => left + ((width - left - right) * (value + reach)) / (2 * reach);
  const height = row * rows.length + 10;
  const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words.label, "font-family": "inherit", class: "parts" });
  root.append(svg("line", { x1: x(0), x2: x(0), y1: 2, y2: height - 2, class: "zero" }));
  rows.forEach((one, i) => {
    const top = i * row + (narrow ? 18 : 2);
    root.append(text(narrow ? 0 : left - 10, narrow ? top - 3 : top + 17, one.label, { "text-anchor": narrow ? "start" : "end", class: one.class === "sum" ? "value strong" : "value" }));
    root.append(svg("rect", { x: Math.min(x(0), x(one.difference)), y: top + 4, width: Math.max(1, Math.abs(x(one.difference) - x(0))), height: 16, class: `piece ${one.class}` }));
    if (one.low === one.low) root.append(svg("line", { x1: x(one.low), x2: x(one.high), y1: top + 12, y2: top + 12, class: "whisker" }));
    root.append(text(width - right + 8, top + 17, words.number(one.difference), { class: one.class === "sum" ? "value strong" : "value" }));
  });
  frame.replaceChildren(root);
}

// A field for two numbers: who is ahead in each cell, and the line between cells of different order.
export function flipMap(frame, { cells, ticks: [across, up], classes, words }) {
  const width = Math.max(280, Math.min(720, widths.get(frame.id) || 600));
  const left = 62, foot = 44, head = 20;
  const wide = (width - left - 6) / across.length;
  const high = Math.max(26, Math.min(38, wide * 0.6));
  const height = head + high * up.length + foot;
  const top = (j) => head + (up.length - 1 - j) * high;
  const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words.label, "font-family": "inherit", class: "map" });
  root.append(text(0, 12, words.up, { class: "tick" }), text(left, height - 6, words.across, { class: "tick" }));
  const sides = [];
  cells.forEach((line, j) => {
    root.append(text(left - 6, top(j) + high / 2 + 4, up[j], { "text-anchor": "end", class: "tick" }));
    line.forEach((one, i) => {
      const clear = one.verdict === "higher" || one.verdict === "lower";
      const own = one.difference > 0 ? classes[1] : one.difference < 0 ? classes[0] : "neither";
      root.append(
        svg("rect", { x: left + i * wide, y: top(j), width: wide, height: high, class: `cell ${own}${clear ? " clear" : ""}` }),
        text(left + i * wide + wide / 2, top(j) + high / 2 + 4, words.number(one.difference), { "text-anchor": "middle", class: wide < 44 ? "tick" : "value" }),
      );
      const sign = Math.sign(one.difference);
      if (i && Math.sign(line[i - 1].difference) !== sign) sides.push(`M${left + i * wide} ${top(j)}v${high}`);
      if (j && Math.sign(cells[j - 1][i].difference) !== sign) sides.push(`M${left + i * wide} ${top(j - 1)}h${wide}`);
    });
  });
  across.forEach((word, i) => root.append(text(left + i * wide + wide / 2, head + high * up.length + 15, word, { "text-anchor": "middle", class: "tick" })));
  root.append(svg("path", { d: sides.join(""), class: "flip" }));
  frame.replaceChildren(root);
}
