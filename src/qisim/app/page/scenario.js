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
  const needed = state.plans.map((plan) => endWeek(plan) + afterWeeks(state.months));
  return Math.min(520, Math.max(least, ...needed));
}

export const afterWeeks = (months) => Math.round((months * 52) / 12);

// Who can lead after the facilitator has left (or where there is none).
function ownLead(values) {
  const there = values["site.champions_per_unit"] > 0 && values["leadership.champion_hours"] > 0;
  return there ? "champion" : "leader";
}

export function scenarioOf(state, plan) {
  const preset = presetOf(plan);
  const values = { ...preset.values, ...plan.set, "run.weeks": weeksOf(state) };
  for (const key of told.ward) values[key] = ward(state)[key];
  values["programme.study_case"] = "none";
  const weeks = length(plan);
  values["programme.length_weeks"] = weeks;
  values["programme.facilitator_weeks"] = Math.min(values["programme.facilitator_weeks"], weeks);
  values["programme.champion_from_week"] = Math.max(1, Math.min(values["programme.champion_from_week"], weeks || 1));
  values["site.teams_per_unit"] = Math.min(values["site.teams_per_unit"], values["site.staff_per_unit"]);
  const outside = values["programme.facilitator_hours"] > 0 ? values["programme.facilitator_weeks"] : 0;
  if (values["programme.lead"] === "facilitator" && !outside) values["programme.lead"] = ownLead(values);
  if (values["programme.lead"] === "champion") values["programme.lead"] = ownLead(values);
  const activities = preset.activities.flatMap((one, i) => lines(one, plan.activities[i], values, outside, weeks));
  return { values, activities, events: preset.events.filter((one) => fits(one, values)) };
}

function fits(event, values) {
  const last = event.kind === "demand" ? event.until_week : event.week;
  return last <= values["run.weeks"] && (event.unit || 1) <= values["site.units"];
}

// The lines of the calendar that one activity of a preset becomes.
function lines(preset, change, values, outside, weeks) {
  if (change === false) return [];
  const one = { ...preset };
  if (typeof change === "number") {
    if (one.until !== undefined) one.until += change - one.week;
    one.week = change;
  }
  if (one.week > weeks) return [];
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
  for (const [section, entries] of Object.entries(sections)) out.push("", `[${section}]`, ...entries);
  for (const [table, entries] of [["activities", scenario.activities], ["events", scenario.events]])
    for (const entry of entries) {
      out.push("", `[[${table}]]`);
      for (const [name, value] of Object.entries(entry))
        if (value !== undefined) out.push(`${name} = ${typeof value === "string" ? quoted(value) : String(value)}`);
    }
  return out.join("\n") + "\n";
}
