// From a ward and a plan to a scenario, by the rules that qisim's checks demand; and to a file.

let told = null;
export function knows(data) {
  told = data;
}

export function ward(state) {
  const setting = state.ward["site.setting"] || told.base["site.setting"];
  const base = setting === told.base["site.setting"] ? told.base : { ...told.base, ...told.settings[setting] };
  return { ...base, ...state.ward, "site.setting": setting };
}

export function presetOf(plan) {
  const given = told.given.find((one) => `=${one.name}` === plan.from);
  return given || told.plans[plan.from];
}

// The value of a lever in a plan.
export function valueOf(plan, key) {
  return plan.set[key] ?? presetOf(plan).values[key];
}

// Week of the programme up to which a plan that has begun was counted; 0 where none has.
export function nowOf(state) {
  if (!state.begun) return 0;
  const { counts } = state.begun;
  return afterWeeks(counts.length ? counts.at(-1)[0] : HALF_A_YEAR);
}

const HALF_A_YEAR = 6;
const FROM_NOW = ["programme.length_weeks", "programme.facilitator_weeks"];

// Whether somebody from outside is still there, so that it can be changed for how long.
export const helpedNow = (state) => valueOf(state.plans[0], "programme.facilitator_weeks") > nowOf(state);

// A plan as it is run. What goes on from a plan that has begun has that plan's past: only what lies ahead is
// its own.
export function planOf(state, plan) {
  const [first] = state.plans;
  if (!state.begun || plan === first || plan.from === "no-programme") return plan;
  const next = nowOf(state) + 1;
  const set = { ...first.set };
  for (const key of FROM_NOW)
    if (key in plan.set && (key !== "programme.facilitator_weeks" || helpedNow(state))) set[key] = Math.max(plan.set[key], next);
  const activities = { ...first.activities };
  presetOf(first).activities.forEach((one, i) => {
    const change = plan.activities[i];
    if (change === undefined) return;
    const past = changedLine(one, first.activities[i], length(first));
    if (past && past.week < next) {
      if (change === false && past.every) activities[i] = [past.week, past.every, next - 1];
      return;
    }
    activities[i] = typeof change === "number" ? Math.max(change, next) : change === false ? false : [Math.max(change[0], next), change[1]];
  });
  const more = [...first.more, ...plan.more.map(([kind, week, every]) => [kind, Math.max(week, next), every])];
  return { name: plan.name, from: first.from, set, activities, more };
}

export function length(plan) {
  return plan.from === "no-programme" ? 0 : valueOf(plan, "programme.length_weeks");
}

// Week of the run (from 1) in which a plan ends; 0 of a plan that does nothing.
export function endWeek(plan) {
  const weeks = length(plan);
  return weeks ? valueOf(plan, "programme.start_week") + weeks - 1 : 0;
}

export function weeksOf(state) {
  const least = told.plans["no-programme"].values["run.weeks"];
  const needed = state.plans.map((plan) => endWeek(planOf(state, plan)) + afterWeeks(state.months));
  return Math.min(520, Math.max(least, ...needed));
}

export const afterWeeks = (months) => Math.round((months * 52) / 12);

// Who can lead after the facilitator has left (or where there is none).
function ownLead(values) {
  const there = values["site.champions_per_unit"] > 0 && values["leadership.champion_hours"] > 0;
  return there ? "champion" : "leader";
}

export function scenarioOf(state, given) {
  return fitted(state, rawOf(planOf(state, given)));
}

// A plan before it is fitted: values, lines of the calendar with how they are changed, events.
export function rawOf(plan) {
  const preset = presetOf(plan);
  return {
    values: { ...preset.values, ...plan.set },
    weeks: length(plan),
    lines: [
      ...preset.activities.map((one, i) => [one, plan.activities[i]]),
      ...plan.more.map(([kind, week, every]) => [{ ...told.more[kind], week }, [week, every]]),
    ],
    events: preset.events,
  };
}

export function fitted(state, raw) {
  const values = { ...raw.values, "run.weeks": weeksOf(state) };
  const ours = ward(state);
  for (const key of told.ward) values[key] = ours[key];
  values["programme.study_case"] = "none";
  const { weeks } = raw;
  values["programme.length_weeks"] = weeks;
  values["programme.facilitator_weeks"] = Math.min(values["programme.facilitator_weeks"], weeks);
  values["programme.champion_from_week"] = Math.max(1, Math.min(values["programme.champion_from_week"], weeks || 1));
  values["site.teams_per_unit"] = Math.min(values["site.teams_per_unit"], values["site.staff_per_unit"]);
  const outside = values["programme.facilitator_hours"] > 0 ? values["programme.facilitator_weeks"] : 0;
  if (values["programme.lead"] === "facilitator" && !outside) values["programme.lead"] = ownLead(values);
  if (values["programme.lead"] === "champion") values["programme.lead"] = ownLead(values);
  const activities = raw.lines.flatMap(([one, change]) => lines(one, change, values, outside, weeks));
  return { values, activities, events: raw.events.filter((one) => fits(one, values)) };
}

function fits(event, values) {
  const last = event.kind === "demand" ? event.until_week : event.week;
  return last <= values["run.weeks"] && (event.unit || 1) <= values["site.units"];
}

// A line as it was changed: taken out (false), moved (a week), or held in a rhythm of one's own.
export function changedLine(preset, change, weeks) {
  if (change === false) return null;
  const one = { ...preset };
  if (typeof change === "number") {
    if (one.until !== undefined) one.until += change - one.week;
    one.week = change;
  } else if (change) {
    const [week, every, until] = change;
    delete one.every;
    delete one.until;
    one.week = week;
    if (every) Object.assign(one, { every, until: Math.max(until ?? weeks, week) });
  }
  return one;
}

// The lines of the calendar that one activity of a preset becomes.
function lines(preset, change, values, outside, weeks) {
  const one = changedLine(preset, change, weeks);
  if (!one || one.week > weeks) return [];
  if (one.until !== undefined) one.until = Math.min(one.until, weeks);
  const by = one.led_by === "driver" || one.led_by === undefined ? values["programme.lead"] : one.led_by;
  const own = ownLead(values);
  if (by === "champion") return fromChampion({ ...one, led_by: own }, values);
  if (by !== "facilitator") return [one];
  const last = one.until ?? one.week;
  if (last <= outside) return [one];
  if (one.week > outside) return fromChampion({ ...one, led_by: own }, values);
  const gap = one.every ?? 1;
  const held = Math.floor((outside - one.week) / gap);
  const begins = one.week + (held + 1) * gap;
  const before = { ...one, until: one.week + held * gap };
  const after = { ...one, name: one.name ? `${one.name}, handed over` : undefined, week: begins, led_by: own };
  return begins > last ? [before] : [before, ...fromChampion(after, values)];
}

// A champion leads from the week on in which they have hours; before it the unit's leader does.
function fromChampion(one, values) {
  const begins = values["programme.champion_from_week"];
  return one.led_by === "champion" && one.week < begins ? [{ ...one, led_by: "leader" }] : [one];
}

// Strengths that vary in a study of these scenarios: not those in which they differ.
export function strengthsFor(scenarios) {
  return told.sets.keys.filter((key) => scenarios.every((one) => one.values[key] === scenarios[0].values[key]));
}

// --- files ---------------------------------------------------------------------------------------------

const quoted = (text) => JSON.stringify(text).replace(/\u007f/g, "\\u007f");
const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "plan";
export const printable = (text) => text.replace(/[\p{C}\u2028\u2029]/gu, " ").trim();

export function fileName(plan) {
  return `${slug(plan.name)}.toml`;
}

// A scenario as a file that `qisim compare` runs.
export function toml(state, plan) {
  const scenario = scenarioOf(state, plan);
  const out = [
    `# Saved from the planner's page of qisim ${told.version}.`,
    "# The page's figures: qisim compare FIRST OTHER --replicates 200 --seed " + state.seed + " --over acceptable",
    "format = 1",
    `name = ${quoted(slug(plan.name))}`,
    `title = ${quoted(printable(plan.name).slice(0, 200))}`,
  ];
  const sections = {};
  for (const [key, value] of Object.entries(scenario.values)) {
    if (value === told.defaults[key]) continue;
    const [section, name] = key.split(".");
    (sections[section] ??= []).push(`${name} = ${typeof value === "string" ? quoted(value) : String(value)}`);
  }
  if (state.sites) sections.sites = [`number = ${told.sites.drawn.length}`];
  for (const [section, entries] of Object.entries(sections)) out.push("", `[${section}]`, ...entries);
  for (const [table, entries] of [["activities", scenario.activities], ["events", scenario.events]])
    for (const entry of entries) {
      out.push("", `[[${table}]]`);
      for (const [name, value] of Object.entries(entry))
        if (value !== undefined) out.push(`${name} = ${typeof value === "string" ? quoted(value) : String(value)}`);
    }
  return out.join("\n") + "\n";
}
