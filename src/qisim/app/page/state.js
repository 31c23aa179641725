// What the page knows: the ward, the plans, what counts. One object; undo, redo, link and store.

const KEPT = "qisim-page";
const MOST = 200;
export const MOST_MORE = 6;
export const MOST_COUNTS = 12;
export const MOST_MONTH = 60;

const week = (value) => Number.isInteger(value) && value >= 1 && value <= 520;
// A first week and how many weeks lie between; 0 where it is held once.
const rhythm = (value) => Array.isArray(value) && value.length === 2 && week(value[0]) && (value[1] === 0 || week(value[1]));

export const newPlan = (name, from) => ({ name, from, set: {}, activities: {}, more: [] });

export function fresh(told, plans) {
  return {
    version: told.version,
    seed: 1,
    ward: {},
    plans,
    months: 12,
    sites: told.sites.asked,
    matters: 2,
    goal: { persons: null, hours: null },
    price: null,
    begun: null,
  };
}

export class History {
  constructor(state, changed) {
    this.past = [];
    this.future = [];
    this.now = state;
    this.first = structuredClone(state);
    this.changed = changed;
    this.mark = "";
  }

  // Change the state. Changes of one kind that follow each other (a slider's drag) are one step back.
  change(mark, edit) {
    const before = structuredClone(this.now);
    edit(this.now);
    if (JSON.stringify(before) === JSON.stringify(this.now)) return;
    if (mark !== this.mark || !mark) this.past.push(before);
    if (this.past.length > MOST) this.past.shift();
    this.mark = mark;
    this.future = [];
    this.changed(mark);
  }

  settle() {
    this.mark = "";
  }

  undo() {
    this.move(this.past, this.future);
  }

  redo() {
    this.move(this.future, this.past);
  }

  reset() {
    this.mark = "";
    this.change("reset", (now) => {
      for (const key of Object.keys(now)) delete now[key];
      Object.assign(now, structuredClone(this.first));
    });
  }

  move(from, to) {
    if (!from.length) return;
    to.push(this.now);
    this.now = from.pop();
    this.mark = "";
    this.changed("moved");
  }
}

// --- in the address ---------------------------------------------------------------------------------

export function packed(state, figures) {
  const bytes = new TextEncoder().encode(JSON.stringify({ ...state, figures }));
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export function unpacked(text) {
  try {
    const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

// A state from outside, kept only as far as every part of it is one that this page could have made.
export function checked(given, told) {
  if (!given || typeof given !== "object" || !Array.isArray(given.plans)) return null;
  const state = fresh(told, []);
  const number = (value, low, high) => typeof value === "number" && value >= low && value <= high;
  const allowed = (key, value) => {
    const p = Object.hasOwn(told.parameters, key) && told.parameters[key];
    if (key === "site.setting") return Object.hasOwn(told.settings, value);
    return p && number(value, p.min, p.max) && (!p.whole || Number.isInteger(value));
  };
  for (const [key, value] of Object.entries(given.ward || {}))
    if (told.ward.includes(key) && allowed(key, value)) state.ward[key] = value;
  for (const plan of given.plans.slice(0, 4)) {
    const from = plan && plan.from;
    const preset = (Object.hasOwn(told.plans, from) && told.plans[from]) || told.given.find((one) => `=${one.name}` === from);
    if (!preset || typeof plan.name !== "string") continue;
    const clean = { name: plan.name.slice(0, 40), from, set: {}, activities: {}, more: [] };
    for (const [key, value] of Object.entries(plan.set || {}))
      if (key === "programme.lead" ? ["facilitator", "champion", "leader"].includes(value) : !told.ward.includes(key) && allowed(key, value))
        clean.set[key] = value;
    for (const [key, value] of Object.entries(plan.activities || {}))
      if (/^\d+$/.test(key) && preset.activities[key] && (value === false || week(value) || rhythm(value))) clean.activities[key] = value;
    for (const one of Array.isArray(plan.more) ? plan.more.slice(0, MOST_MORE) : [])
      if (Array.isArray(one) && one.length === 3 && Object.hasOwn(told.more, one[0]) && rhythm(one.slice(1))) clean.more.push(one);
    state.plans.push(clean);
  }
  if (state.plans.length < 2) return null;
  if (given.begun && Array.isArray(given.begun.counts)) {
    state.begun = { counts: [], near: number(given.begun.near, 0, 100) ? given.begun.near : 2 };
    for (const one of given.begun.counts.slice(0, MOST_COUNTS))
      if (Array.isArray(one) && one.length === 2 && number(one[0], 1, MOST_MONTH) && Number.isInteger(one[0]) && number(one[1], 0, 2400)) state.begun.counts.push(one);
  }
  if (Number.isInteger(given.months) && given.months >= 0 && given.months <= 24) state.months = given.months;
  if (Number.isInteger(given.seed) && given.seed >= 0 && given.seed <= 2 ** 53 - 1) state.seed = given.seed;
  state.sites = given.sites === true && state.seed === told.sites.seed && !state.begun;
  if (number(given.matters, 0, 400)) state.matters = given.matters;
  if (number(given.price, 0, 1e5)) state.price = given.price;
  const goal = given.goal || {};
  if (number(goal.persons, 0, 400)) state.goal.persons = goal.persons;
  if (number(goal.hours, 0, 1e7)) state.goal.hours = goal.hours;
  return state;
}

// --- in the browser ---------------------------------------------------------------------------------

export function keep(name, value) {
  try {
    localStorage.setItem(`${KEPT}-${name}`, JSON.stringify(value));
  } catch {
    // private windows keep nothing
  }
}

export function keptBefore(name) {
  try {
    return JSON.parse(localStorage.getItem(`${KEPT}-${name}`));
  } catch {
    return null;
  }
}
