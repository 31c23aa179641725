// What a planner says: what counts, the ward, the plans. Each change goes through the history.
import { el, has, t } from "./words.js";
import { percent, plain, read, written } from "./numbers.js";
import { length, presetOf, valueOf, ward } from "./scenario.js";

const LETTERS = ["A", "B", "C", "D"];
export const CLASSES = ["a", "b", "c", "d"];
const IN_SIGHT = 6;
export const WARD = [
  "site.setting", "site.units", "site.staff_per_unit", "site.mean_post", "site.champions_per_unit",
  "workload.pressure", "workforce.staff_turnover", "workforce.sickness_absence",
];
const IN_PERCENT = ["site.mean_post", "workforce.staff_turnover", "workforce.sickness_absence", "workload.pressure"];

export const letterOf = (i) => LETTERS[i];
const isShare = (p) => p.unit === "1" || p.unit === "1/year";

export function inPercent(told, key) {
  const p = told.parameters[key];
  return p && isShare(p) && !p.whole;
}

export function valueText(told, key, value) {
  if (typeof value === "string") return t(`option.${value}`);
  return inPercent(told, key) ? percent(value, Number.isInteger(Math.round(value * 1e6) / 1e4) ? 0 : 1) : plain(value);
}

export function unitText(told, key) {
  const unit = told.parameters[key].unit;
  return inPercent(told, key) ? "" : t(`unit.${unit}`);
}

// A field for a number, read in the words of people: 0,12 and 12 % and 12.
export function numberField({ id, key, label, value, usual, low, high, share, whole, unit, about, set, slide, bands, placeholder }) {
  const wrong = el("p", { class: "wrong", id: `${id}-wrong`, role: "alert" });
  wrong.hidden = true;
  const input = el("input", {
    type: "text", id, inputmode: "decimal", autocomplete: "off", value: value === null ? "" : textOf(value), placeholder,
    "aria-describedby": `${id}-wrong ${id}-usual`,
  });
  const range = slide && el("input", {
    type: "range", min: slide[0], max: slide[1], step: slide[2], value: value ?? slide[0], "aria-label": label, "aria-valuetext": textOf(value ?? slide[0]),
  });
  const steps = bands && el("div", { class: "steps" }, ...bands.map(([number, word]) =>
    el("button", { type: "button", "aria-pressed": String(number === value), onclick: () => take(number, "step") }, word)));
  function textOf(number) {
    return share ? percent(number, Number.isInteger(Math.round(number * 1e6) / 1e4) ? 0 : 1) : plain(number);
  }
  function take(number, from) {
    wrong.hidden = true;
    input.removeAttribute("aria-invalid");
    if (from !== "typed") input.value = number === null ? "" : textOf(number);
    if (range && from !== "slide") range.value = number;
    if (range) range.setAttribute("aria-valuetext", textOf(number));
    if (steps) [...steps.children].forEach((button, i) => button.setAttribute("aria-pressed", String(bands[i][0] === number)));
    set(number);
  }
  input.addEventListener("change", () => {
    if (input.value.trim() === "" && placeholder !== undefined) return take(null, "typed");
    const number = read(input.value, share);
    const shown = (n) => (share ? percent(n) : plain(n));
    if (!(number >= low && number <= high) || (whole && !Number.isInteger(number))) {
      wrong.textContent = t(whole ? "wrong.whole" : "wrong.number", { low: shown(low), high: shown(high) });
      wrong.hidden = false;
      input.setAttribute("aria-invalid", "true");
      return undefined;
    }
    return take(number, "enter");
  });
  if (range) range.addEventListener("input", () => take(Number(range.value), "slide"));
  const heading = about ? el("button", { type: "button", class: "plain", onclick: about, "aria-label": `${label}: ${t("about")}` }, "?") : null;
  return el("div", { class: "field" },
    el("span", {}, el("label", { for: id }, label), " ", heading),
    el("span", { class: "value-unit" }, input, unit || ""),
    range && el("div", { class: "slide" }, range),
    steps && el("div", { class: "slide" }, steps),
    usual ? el("p", { class: "usual", id: `${id}-usual` }, ...usual) : el("span", { id: `${id}-usual`, class: "unseen" }),
    wrong);
}

export function countsFields(page) {
  const { history } = page;
  const now = history.now;
  const months = el("div", { class: "field tall" },
    el("label", { for: "months" }, t("counts.months")),
    el("select", { id: "months", onchange: (event) => history.change("", (s) => { s.months = Number(event.target.value); }) },
      ...[0, 6, 12, 18, 24].map((n) => option(n, t(n ? "counts.after" : "counts.at_end", { n: written(n) }), now.months))));
  const blank = (id, key, label, value, high, set, unit) => numberField({
    id, label, value, low: 0, high, unit, placeholder: "", set: (number) => history.change(key, (s) => set(s, number)),
  });
  return el("div", { class: "fields" }, months,
    numberField({ id: "matters", label: t("counts.matters"), value: now.matters, low: 0, high: 400, unit: t("unit.persons"),
      set: (number) => history.change("matters", (s) => { s.matters = number; }) }),
    el("details", {}, el("summary", {}, t("goal.head")),
      el("p", { class: "hint" }, t("goal.hint")),
      blank("goal-persons", "goal.p", t("goal.persons"), now.goal.persons, 400, (s, n) => { s.goal.persons = n; }, t("unit.persons")),
      blank("goal-hours", "goal.h", t("goal.hours"), now.goal.hours, 1e7, (s, n) => { s.goal.hours = n; }, t("unit.hours")),
      blank("price", "price", t("price"), now.price, 1e5, (s, n) => { s.price = n; }, t("unit.kroner"))));
}

function option(value, label, chosen) {
  return el("option", { value, selected: value === chosen }, label);
}

export function wardFields(page) {
  const { told, history, about } = page;
  const fields = WARD.map((key) => {
    const id = `ward-${key}`;
    const current = ward(history.now)[key];
    if (key === "site.setting")
      return el("div", { class: "field tall" }, el("label", { for: id }, t(`ward.${key}`)),
        el("select", { id, onchange: (event) => history.change("", (s) => { s.ward[key] = event.target.value; }) },
          ...Object.keys(told.settings).map((word) => option(word, t(`option.${word}`), current))));
    const p = told.parameters[key];
    const share = IN_PERCENT.includes(key);
    const base = told.base[key];
    const low = key === "site.mean_post" ? 0.35 : key === "workload.pressure" ? 0.7 : p.min;
    const high = key === "workload.pressure" ? 1.3 : key === "site.staff_per_unit" ? 100 : p.max;
    return numberField({
      id, label: t(`ward.${key}`), value: history.now.ward[key] ?? null, low, high, share, whole: p.whole,
      placeholder: share ? percent(base, Number.isInteger(Math.round(base * 1e6) / 1e4) ? 0 : 1) : written(base),
      usual: [t("ward.blank", { value: valueText(told, key, base) })],
      about: () => about(key),
      set: (number) => history.change(`ward.${key}`, (s) => {
        if (number === null) delete s.ward[key];
        else s.ward[key] = number;
      }),
    });
  });
  return el("div", { class: "fields" }, ...fields, el("p", { class: "hint", id: "posts" }));
}

export function planCard(page, i) {
  const { told, history, about } = page;
  const plan = history.now.plans[i];
  const preset = presetOf(plan);
  const change = (mark, edit) => history.change(`${i}.${mark}`, (s) => edit(s.plans[i]));
  const set = (key, value) => change(key, (p) => {
    if (value === preset.values[key]) delete p.set[key];
    else p.set[key] = value;
  });
  const starts = [
    ...told.given.map((one) => [`=${one.name}`, one.title || one.name]),
    ...Object.keys(told.plans).map((name) => [name, t(`plan.${name}`)]),
  ];
  const card = el("section", { class: `card plan ${CLASSES[i]}`, "aria-label": t("plan", { letter: LETTERS[i] }) },
    el("div", { class: "plan-top" },
      el("span", { class: "letter", "aria-hidden": "true" }, LETTERS[i]),
      el("input", { "aria-label": t("plan.name"), value: plan.name, maxlength: 40,
        onchange: (event) => change("", (p) => { p.name = event.target.value.trim() || t("plan", { letter: LETTERS[i] }); }) }),
      history.now.plans.length > 2 && el("button", { type: "button", "aria-label": t("plan.remove", { letter: LETTERS[i] }),
        onclick: () => { history.change("", (s) => { s.plans.splice(i, 1); }); page.rebuild(); } }, "×")),
    el("div", { class: "field tall" }, el("label", { for: `from-${i}` }, t("plan.from")),
      el("select", { id: `from-${i}`, onchange: (event) => {
        change("", (p) => { p.from = event.target.value; p.set = {}; p.activities = {}; });
        page.rebuild();
      } }, ...starts.map(([value, label]) => option(value, label, plan.from)))));
  card.append(el("p", { class: "changed", id: `changed-${i}` }));
  if (!length(plan)) return card;
  card.append(el("div", { class: "fields" },
    numberField({
      id: `length-${i}`, label: t("lever.programme.length_weeks"), value: valueOf(plan, "programme.length_weeks"), low: 4, high: 208, whole: true,
      slide: [13, 156, 1], unit: t("unit.weeks"), set: (n) => set("programme.length_weeks", n), about: () => about("programme.length_weeks"),
    }),
    el("div", { class: "field tall" }, el("label", { for: `lead-${i}` }, t("plan.lead")),
      el("select", { id: `lead-${i}`, onchange: (event) => {
        change("", (p) => {
          p.set["programme.lead"] = event.target.value;
          if (event.target.value === "facilitator") {
            if (!valueOf(p, "programme.facilitator_weeks")) p.set["programme.facilitator_weeks"] = length(p);
            if (!valueOf(p, "programme.facilitator_hours")) p.set["programme.facilitator_hours"] = told.levers["programme.facilitator_hours"][2];
          }
        });
        page.rebuild();
      } }, ...["facilitator", "champion", "leader"].map((who) => option(who, t(`lead.${who}`), valueOf(plan, "programme.lead"))))),
    valueOf(plan, "programme.lead") === "facilitator" || valueOf(plan, "programme.facilitator_weeks")
      ? numberField({
        id: `hand-${i}`, label: t("plan.hand_over"), value: Math.min(valueOf(plan, "programme.facilitator_weeks"), length(plan)), low: 0, high: 208, whole: true,
        slide: [0, 156, 1], unit: t("unit.weeks"), set: (n) => set("programme.facilitator_weeks", n), about: () => about("programme.facilitator_weeks"),
      }) : null));
  const levers = Object.keys(told.levers).map((key) => {
    const p = told.parameters[key];
    const bands = told.levers[key];
    const share = inPercent(told, key);
    const top = share ? p.max : Math.max(...bands);
    return numberField({
      id: `lever-${i}-${key}`, label: t(`lever.${key}`), value: valueOf(plan, key), low: p.min, high: p.max, share,
      slide: [0, top, share ? 0.01 : 0.05], unit: unitText(told, key), about: () => about(key),
      bands: bands.map((number, j) => [number, t("band", { value: valueText(told, key, number), word: t(`band.${key}.${j}`) })]),
      set: (n) => set(key, n),
    });
  });
  card.append(el("div", { class: "fields" }, ...levers.slice(0, IN_SIGHT)),
    el("details", {}, el("summary", {}, t("plan.more")), el("div", { class: "fields" }, ...levers.slice(IN_SIGHT))),
    strip(page, i, change));
  return card;
}

function strip(page, i, change) {
  const plan = page.history.now.plans[i];
  const preset = presetOf(plan);
  const weeks = length(plan);
  const rows = preset.activities.map((one, j) => {
    const changed = plan.activities[j];
    const name = one.name && has(`activity.${one.name}`) ? t(`activity.${one.name}`) : one.name || t(`kind.${one.kind}`);
    const at = typeof changed === "number" ? changed : one.week;
    const told = el("output", {}, t("week", { n: written(at) }));
    const range = el("input", { type: "range", min: 1, max: weeks, value: at, disabled: changed === false, "aria-label": t("activity.week", { name }),
      oninput: () => {
        told.textContent = t("week", { n: written(Number(range.value)) });
        change(`activity.${j}`, (p) => {
          if (Number(range.value) === one.week) delete p.activities[j];
          else p.activities[j] = Number(range.value);
        });
      } });
    const id = `activity-${i}-${j}`;
    return el("div", { class: "one" },
      el("input", { type: "checkbox", id, checked: changed !== false, onchange: (event) => {
        range.disabled = !event.target.checked;
        change("", (p) => {
          if (event.target.checked) delete p.activities[j];
          else p.activities[j] = false;
        });
      } }),
      el("label", { for: id }, one.every ? t("activity.repeats", { name, n: written(one.every) }) : name), range, told);
  });
  return el("details", {}, el("summary", {}, t("strip", { n: written(rows.length) })), el("p", { class: "hint" }, t("strip.hint")), el("div", { class: "strip" }, ...rows));
}

// What was changed in a plan, in words.
export function changesOf(told, plan) {
  const preset = presetOf(plan);
  const said = Object.entries(plan.set).map(([key, value]) => {
    const name = key === "programme.lead" ? t("plan.lead") : key === "programme.facilitator_weeks" ? t("plan.hand_over") : t(`lever.${key}`);
    const one = (v) => (key === "programme.lead" ? t(`lead.${v}`) : valueText(told, key, v));
    return t("changed.one", { name, from: one(preset.values[key]), to: one(value) });
  });
  const activities = Object.keys(plan.activities).length;
  if (activities) said.push(t("changed.activities", { n: written(activities) }));
  return said.length ? t("changed", { what: said.join("; ") }) : t("changed.nothing");
}
