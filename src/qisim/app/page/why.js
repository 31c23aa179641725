// Why: the difference between two plans taken apart into what they differ in. The parts add up.
import { el, t } from "./words.js";
import { written } from "./numbers.js";
import { afterWeeks, changedLine, fitted, planOf, rawOf } from "./scenario.js";
import { contributions, measure } from "./charts.js";

const $ = (id) => document.getElementById(id);
const CALENDAR = "activities";
const LED_BY = "led_by";
const EVENTS = "events";

export function whyStudy(page) {
  return {
    section: $("why-card"),
    stamp: () => JSON.stringify([page.other, page.wantKey(0), page.wantKey(page.other), page.state.months, page.state.matters]),
    *steps(row, task) {
      const { state, told } = page;
      const ends = [0, page.other].map((i) => rawOf(planOf(state, state.plans[i])));
      const parts = partsBetween(page, ends);
      task.names = [0, page.other].map((i) => state.plans[i].name);
      task.other = page.other;
      task.parts = parts;
      if (!parts.length) return;
      const strengths = page.strengths();
      const weights = told.shapley[parts.length];
      const worlds = Array.from({ length: 2 ** parts.length }, (_, coalition) => mixed(ends, parts.filter((_part, i) => (coalition >> i) & 1)));
      for (const runs of page.someRuns()) {
        const wants = worlds.map((raw) => page.background.want(page.askedOf(fitted(state, raw), strengths), runs, [weekOf(page, raw, ends)]));
        yield wants;
        const rows = wants.map((want) => row(want).persons[0]);
        const none = new Float64Array(rows[0].length);
        task.runs = runs;
        task.rows = parts.map((part, i) => ({ part, said: page.compare(none, page.engine.blend(rows, weights[i]), { matters: state.matters || 0 }) }));
        task.all = page.compare(rows[0], rows.at(-1), { matters: state.matters || 0 });
      }
    },
    paint: (task) => paint(page, task),
  };
}

// Week in which a plan between the two is looked at: as long after its own end as is asked.
function weekOf(page, raw, ends) {
  if (page.state.begun) return page.weekAsked(0);
  const last = (one) => (one.weeks ? one.values["programme.start_week"] + one.weeks - 1 : 0);
  return (last(raw) || Math.max(...ends.map(last))) + afterWeeks(page.state.months);
}

function partsBetween(page, [base, other]) {
  const { told, state } = page;
  const [a, b] = [base, other].map((raw) => fitted(state, raw).values);
  const keys = Object.keys(a).filter((key) => a[key] !== b[key] && key !== "run.weeks");
  const throughout = [base, other].every(stays);
  const moved = keys.filter((key) => !(throughout && key === "programme.facilitator_weeks")).map((key) => [key, told.bundle_of[key]]);
  const bare = (raw, without) => JSON.stringify(raw.lines.flatMap(([one, change]) => changedLine(one, change, raw.weeks) ?? []).map((one) => ({ ...one, name: "", ...(without ? { led_by: "" } : {}) })));
  if (bare(base) !== bare(other)) {
    const led = bare(base, true) === bare(other, true);
    moved.push([led ? LED_BY : CALENDAR, told.bundles.indexOf(led ? told.bundles[told.bundle_of["programme.lead"]] : told.bundles[0])]);
  }
  if (JSON.stringify(base.events) !== JSON.stringify(other.events)) moved.push([EVENTS, told.bundles.length - 2]);
  const groups = new Map();
  for (const [key, bundle] of moved.toSorted((x, y) => x[1] - y[1])) {
    // where there are more bundles than can be taken apart here, the last ones go together
    const place = groups.has(bundle) || groups.size < told.shapley.length - 1 ? bundle : [...groups.keys()].at(-1);
    groups.set(place, [...(groups.get(place) || []), key]);
  }
  return [...groups].map(([bundle, own]) => ({ name: told.bundles[bundle], keys: own }));
}

const stays = (raw) => raw.values["programme.facilitator_weeks"] >= raw.weeks;

// A plan that has some parts of the other and all else of the base.
function mixed([base, other], parts) {
  const taken = new Set(parts.flatMap((part) => part.keys));
  const from = (key) => (taken.has(key) ? other : base);
  const raw = {
    values: { ...base.values },
    weeks: from("programme.length_weeks").weeks,
    lines: (taken.has(CALENDAR) || taken.has(LED_BY) ? other : base).lines,
    events: from(EVENTS).events,
  };
  for (const key of taken) if (key in other.values) raw.values[key] = other.values[key];
  const helper = from("programme.facilitator_weeks");
  if (stays(helper) && helper.weeks) raw.values["programme.facilitator_weeks"] = raw.weeks;
  return raw;
}

function paint(page, task) {
  const { names, parts, rows, all } = task;
  const node = $("why");
  if (!parts.length) return node.replaceChildren(el("p", {}, t("why.same", { base: names[0], other: names[1] })));
  if (!rows) return undefined;
  const of = (said) => t("interval", { low: written(said.low, 1), high: written(said.high, 1) });
  const label = (part) => t(`bundle.${part.name}`);
  const sorted = rows.toSorted((a, b) => Math.abs(b.said.difference) - Math.abs(a.said.difference));
  const [first] = sorted;
  node.replaceChildren(
    el("p", {}, t("why.sentence", { other: names[1], base: names[0], difference: written(all.difference, 1, true), part: label(first.part), share: written(first.said.difference, 1, true) })),
    el("div", { class: "chart", id: "why-chart" }),
    el("details", {}, el("summary", {}, t("table")), el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("why.part")), el("th", { scope: "col" }, t("why.brings")), el("th", { scope: "col" }, t("why.interval")))),
      el("tbody", {}, ...sorted.map(({ part, said }) => el("tr", {}, el("th", { scope: "row" }, label(part)), el("td", {}, written(said.difference, 1, true)), el("td", {}, of(said)))),
        el("tr", { class: "sum" }, el("th", { scope: "row" }, t("why.all")), el("td", {}, written(all.difference, 1, true)), el("td", {}, of(all)))))));
  measure($("why-chart"));
  contributions($("why-chart"), {
    rows: [...sorted.map(({ part, said }) => ({ label: label(part), ...said, class: said.difference >= 0 ? page.classOf(task.other) : page.classOf(0) })),
      { label: t("why.all"), ...all, class: "sum" }],
    words: {
      label: t("why.label", { parts: sorted.map(({ part, said }) => `${label(part)} ${written(said.difference, 1, true)}`).join("; ") }),
      number: (value) => written(value, 1, true),
    },
  });
  return undefined;
}
