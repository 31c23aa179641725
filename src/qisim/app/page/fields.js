// What a planner says: what counts, the ward, the plans. Each change goes through the history.
import { el, has, t } from "./words.js";
import { svg } from "./charts.js";
import { percent, plain, read, written } from "./numbers.js";
import { changedLine, helpedNow, length, nowOf, planOf, presetOf, valueOf, ward } from "./scenario.js";
import { MOST_MORE } from "./state.js";

const LETTERS = ["A", "B", "C", "D"];
export const CLASSES = ["a", "b", "c", "d"];
const IN_SIGHT = 6, ON_A_PHONE = 3;
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
export function numberField({ id, key, label, value, usual, low, high, share, whole, unit, about, set, slide, bands, placeholder, echo }) {
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
  const echoed = echo && el("output", { class: "usual", for: id }, echo(value));
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
    if (echoed) echoed.textContent = echo(number);
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
    el("span", { class: "named" }, el("label", { for: id }, label), heading),
    el("span", { class: "value-unit" }, input, unit || ""),
    range && el("div", { class: "slide" }, range),
    steps && el("div", { class: "slide" }, steps),
    echoed,
    usual ? el("p", { class: "usual", id: `${id}-usual` }, ...usual) : el("span", { id: `${id}-usual`, class: "unseen" }),
    wrong);
}

// A week of a plan as the month that it ends.
const inMonths = (weeks) => t("month.is", { n: plain(Math.round((weeks * 12) / 5.2) / 10) });

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
  const like = now.seed === page.told.sites.seed && !now.begun && el("div", { class: "field tall" },
    el("label", { for: "sites" }, t("counts.sites")),
    el("select", { id: "sites", onchange: (event) => history.change("", (s) => { s.sites = event.target.value === "like"; }) },
      option("this", t("counts.this"), now.sites ? "like" : "this"), option("like", t("counts.like"), now.sites ? "like" : "this")));
  return el("div", { class: "fields" }, months, like,
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
  const { state } = page;
  const own = state.plans[i];
  const plan = planOf(state, own);
  const preset = presetOf(plan);
  const onward = Boolean(state.begun) && i > 0; // goes on from a plan that has begun: its past is not its own
  const next = nowOf(state) + 1;
  const change = (mark, edit) => history.change(`${i}.${mark}`, (s) => edit(s.plans[i]));
  const set = (key, value) => change(key, (p) => {
    if (value === preset.values[key] && !onward) delete p.set[key];
    else p.set[key] = value;
  });
  const starts = [
    ...told.given.map((one) => [`=${one.name}`, one.title || one.name]),
    ...Object.keys(told.plans).map((name) => [name, t(`plan.${name}`)]),
  ];
  const restart = (event) => {
    history.change("", (s) => {
      for (const p of s.begun ? s.plans : [s.plans[i]]) {
        p.from = event.target.value;
        p.activities = {};
        if (p === s.plans[i]) Object.assign(p, { set: {}, more: [] });
      }
    });
    page.rebuild();
  };
  const card = el("section", { class: `card plan ${CLASSES[i]}`, "aria-label": t("plan", { letter: LETTERS[i] }) },
    el("div", { class: "plan-top" },
      el("span", { class: "letter", "aria-hidden": "true" }, LETTERS[i]),
      el("input", { "aria-label": t("plan.name"), value: own.name, maxlength: 40,
        onchange: (event) => change("", (p) => { p.name = event.target.value.trim() || t("plan", { letter: LETTERS[i] }); }) }),
      state.plans.length > 2 && el("button", { type: "button", "aria-label": t("plan.remove", { letter: LETTERS[i] }),
        onclick: () => { history.change("", (s) => { s.plans.splice(i, 1); }); page.rebuild(); } }, "×")),
    onward ? el("p", { class: "hint" }, t("begun.onward", { week: written(next) }))
      : el("div", { class: "field tall" }, el("label", { for: `from-${i}` }, t(state.begun ? "begun.from" : "plan.from")),
        el("select", { id: `from-${i}`, onchange: restart },
          ...starts.filter(([value]) => !state.begun || value !== "no-programme").map(([value, label]) => option(value, label, own.from)))));
  card.append(el("p", { class: "changed", id: `changed-${i}` }));
  if (length(plan)) card.append(el("p", { class: "hint", id: `cost-${i}` }, t("cost.card.wait")));
  if (!length(plan)) return card;
  card.append(el("div", { class: "fields" },
    numberField({
      id: `length-${i}`, label: t("lever.programme.length_weeks"), value: length(plan), low: onward ? next : 4, high: 208, whole: true,
      slide: [onward ? next : 13, 156, 1], unit: t("unit.weeks"), echo: inMonths, set: (n) => set("programme.length_weeks", n), about: () => about("programme.length_weeks"),
    }),
    onward ? null : leadField(page, i, plan, change),
    handOver(page, i, plan, onward, next, set)));
  if (!onward) {
    const order = page.order();
    const number = matchMedia("(max-width: 40rem)").matches ? ON_A_PHONE : IN_SIGHT;
    const first = order.filter((key, place) => place < number || key in own.set); // what was changed stays in sight
    const further = order.filter((key) => !first.includes(key));
    const fields = (keys) => el("div", { class: "fields" }, ...keys.map((key) => leverField(page, i, plan, key, set)));
    card.append(fields(first), el("details", { "data-name": `more-${i}` }, el("summary", {}, t("plan.more", { n: written(further.length) })), fields(further)));
  }
  card.append(strip(page, i, change, onward ? next : 1));
  return card;
}

function leadField(page, i, plan, change) {
  const { told } = page;
  return el("div", { class: "field tall" }, el("label", { for: `lead-${i}` }, t("plan.lead")),
    el("select", { id: `lead-${i}`, onchange: (event) => {
      change("", (p) => {
        p.set["programme.lead"] = event.target.value;
        if (event.target.value === "facilitator") {
          if (!valueOf(p, "programme.facilitator_weeks")) p.set["programme.facilitator_weeks"] = length(p);
          if (!valueOf(p, "programme.facilitator_hours")) p.set["programme.facilitator_hours"] = told.levers["programme.facilitator_hours"][2];
        }
      });
      page.rebuild();
    } }, ...["facilitator", "champion", "leader"].map((who) => option(who, t(`lead.${who}`), valueOf(plan, "programme.lead")))));
}

function handOver(page, i, plan, onward, next, set) {
  const key = "programme.facilitator_weeks";
  const helped = onward ? helpedNow(page.state) : valueOf(plan, "programme.lead") === "facilitator" || valueOf(plan, key);
  if (!helped) return null;
  return numberField({
    id: `hand-${i}`, label: t("plan.hand_over"), value: Math.min(valueOf(plan, key), length(plan)), low: onward ? next : 0, high: 208, whole: true,
    slide: [onward ? next : 0, 156, 1], unit: t("unit.weeks"), echo: inMonths, set: (n) => set(key, n), about: () => page.about(key),
  });
}

function leverField(page, i, plan, key, set) {
  const { told } = page;
  const p = told.parameters[key];
  const bands = told.levers[key];
  const share = inPercent(told, key);
  const top = share ? p.max : Math.max(...bands);
  return numberField({
    id: `lever-${i}-${key}`, label: t(`lever.${key}`), value: valueOf(plan, key), low: p.min, high: p.max, share,
    slide: [0, top, share ? 0.01 : 0.05], unit: unitText(told, key), about: () => page.about(key),
    bands: bands.map((number, j) => [number, t("band", { value: valueText(told, key, number), word: t(`band.${key}.${j}`) })]),
    set: (n) => set(key, n),
  });
}

export function activityName(one) {
  return one.name && has(`activity.${one.name}`) ? t(`activity.${one.name}`) : one.name || t(`kind.${one.kind}`);
}

const RHYTHMS = [0, 1, 2, 4, 8, 13, 26];

// The calendar of a plan: each line can be taken out, moved by its handle, and held as often as one likes.
function strip(page, i, change, first) {
  const { state, told } = page;
  const own = state.plans[i];
  const plan = planOf(state, own);
  const preset = presetOf(plan);
  const weeks = length(plan);
  const onward = first > 1;
  const rows = preset.activities.flatMap((one, j) => {
    const was = onward ? changedLine(one, state.plans[0].activities[j], length(state.plans[0])) : one;
    if (!was || (onward && was.week < first && !(was.every && (was.until ?? weeks) >= first))) return []; // it lies behind
    const now = changedLine(was === one ? one : was, own.activities[j], weeks) || was;
    const begun = onward && was.week < first;
    return [line(`activity-${i}-${j}`, activityName(one), now, own.activities[j] !== false, {
      first, weeks, begun,
      put: (value) => change(`activity.${j}`, (p) => {
        if (value === undefined) delete p.activities[j];
        else p.activities[j] = value;
      }),
      same: (week, every) => week === was.week && every === (was.every || 0),
      rhythm: !onward,
    })];
  });
  const extra = own.more.map(([kind, week, every], j) => line(`more-${i}-${j}`, t(`kind.${kind}`), { week: Math.max(week, first), every: every || undefined }, true, {
    first, weeks, begun: false, same: () => false, rhythm: true,
    put: (value) => {
      change(value === false ? "" : `more.${j}`, (p) => {
        if (value === false) p.more.splice(j, 1);
        else p.more[j] = [kind, ...(Array.isArray(value) ? value : [value, every])];
      });
      if (value === false) page.rebuild();
    },
  }));
  const kinds = Object.keys(told.more);
  const add = el("select", { id: `add-${i}`, "aria-label": t("strip.add"), disabled: own.more.length >= MOST_MORE, onchange: (event) => {
    const kind = event.target.value;
    change("", (p) => { p.more.push([kind, Math.max(first, 1), 13]); });
    page.rebuild();
  } }, option("", t("strip.add"), true), ...kinds.map((kind) => option(kind, t(`kind.${kind}`), "")));
  return el("details", { "data-name": `strip-${i}` }, el("summary", {}, t("strip", { n: written(rows.length + extra.length) })),
    el("p", { class: "hint" }, t("strip.hint")), el("div", { class: "strip" }, ...rows, ...extra), el("div", { class: "row" }, add));
}

function line(id, name, one, on, { first, weeks, begun, put, same, rhythm }) {
  let every = one.every || 0;
  const told = el("output", { for: id }, t("week", { n: written(one.week) }));
  const range = el("input", {
    type: "range", min: first, max: Math.max(weeks, first), value: one.week, disabled: !on || begun, "aria-label": t("activity.week", { name }),
    "aria-valuetext": t("week", { n: written(one.week) }), oninput: () => settle(),
  });
  function settle() {
    const week = Number(range.value);
    told.textContent = t("week", { n: written(week) });
    range.setAttribute("aria-valuetext", told.textContent);
    track.replaceChildren(...marks(week, every, one.until ?? weeks, first, weeks));
    put(same(week, every) ? undefined : rhythm ? [week, every] : week);
  }
  const track = svg("svg", { viewBox: `0 0 ${Math.max(1, weeks - first)} 10`, preserveAspectRatio: "none", class: "track", "aria-hidden": "true" });
  track.append(...marks(one.week, every, one.until ?? weeks, first, weeks));
  const often = rhythm && el("select", { "aria-label": t("activity.often", { name }), disabled: !on, onchange: (event) => {
    every = Number(event.target.value);
    settle();
  } }, ...[...new Set([...RHYTHMS, every])].sort((a, b) => a - b).map((n) => option(n, n ? t("often.every", { n: written(n) }) : t("often.once"), every)));
  return el("div", { class: "one" },
    el("input", { type: "checkbox", id, checked: on, onchange: (event) => {
      range.disabled = !event.target.checked || begun;
      if (often) often.disabled = !event.target.checked;
      put(event.target.checked ? undefined : false);
    } }),
    el("label", { for: id }, !rhythm && one.every ? t("activity.repeats", { name, n: written(one.every) }) : name), el("div", { class: "drag" }, track, range), told, often || el("span"));
}

// A mark for each week in which an activity is held.
function marks(week, every, until, first, weeks) {
  const found = [];
  for (let at = week; at <= Math.min(every ? until : week, weeks); at += every || 1) found.push(svg("line", { x1: at - first, x2: at - first, y1: 1, y2: 9 }));
  return found;
}

// What was changed in a plan, in words.
export function changesOf(told, plan, first = plan) {
  const preset = { values: { ...presetOf(plan).values, ...(first === plan ? {} : first.set) } };
  const said = Object.entries(plan.set).map(([key, value]) => {
    const name = key === "programme.lead" ? t("plan.lead") : key === "programme.facilitator_weeks" ? t("plan.hand_over") : t(`lever.${key}`);
    const one = (v) => (key === "programme.lead" ? t(`lead.${v}`) : valueText(told, key, v));
    return t("changed.one", { name, from: one(preset.values[key]), to: one(value) });
  });
  const activities = Object.keys(plan.activities).length;
  if (activities) said.push(t("changed.activities", { n: written(activities) }));
  if (plan.more.length) said.push(t("changed.more", { n: written(plan.more.length), names: [...new Set(plan.more.map(([kind]) => t(`kind.${kind}`)))].join(", ") }));
  return said.length ? t("changed", { what: said.join("; ") }) : t("changed.nothing");
}
