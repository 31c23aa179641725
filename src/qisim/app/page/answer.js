// What came of it: the sentence, the verdicts, the drawings and their tables.
import { CLASSES, letterOf } from "./fields.js";
import { bars, curves, dots, measure, svg, ticks } from "./charts.js";
import { el, has, rich, t } from "./words.js";
import { percent, shown, written } from "./numbers.js";
import { afterWeeks, endWeek } from "./scenario.js";

const FEW = 1.5;
const $ = (id) => document.getElementById(id);
const ink = (plan) => el("span", { class: `ink ${plan.class}` }, plan.name);

// Gather the first n runs of a plan.
export function gathered(engine, told, kept, n, week, banded = true) {
  const { lanes } = told.layout;
  const weeks = kept.weeks;
  const table = new Float64Array(banded ? weeks * n : 0);
  const outcomes = told.outcomes.map(() => new Float64Array(n));
  const paid = told.layout.rows.paid.map(() => new Float64Array(n));
  for (let run = 0; run < n; run++) {
    const batch = kept.batches[Math.floor(run / lanes)];
    const lane = run % lanes;
    if (banded) for (let w = 0; w < weeks; w++) table[w * n + run] = batch.persons[w * lanes + lane];
    outcomes.forEach((row, i) => (row[run] = batch.outcomes[i * lanes + lane]));
    paid.forEach((row, i) => (row[run] = batch.paid[i * lanes + lane]));
  }
  const asked = personsOf(kept, n, week, lanes);
  const bands = banded ? engine.quantiles(table, weeks, n) : null;
  return { n, weeks, bands, outcomes, paid, asked };
}

// People in routine use in a week (from 1), run by run.
export function personsOf(kept, n, week, lanes) {
  const found = new Float64Array(n).fill(NaN);
  if (week >= 1 && week <= kept.weeks)
    for (let run = 0; run < n; run++) found[run] = kept.batches[Math.floor(run / lanes)].persons[(week - 1) * lanes + (run % lanes)];
  return found;
}

export const askedWeek = (state, plan, partner) => (endWeek(plan) || endWeek(partner)) + afterWeeks(state.months);

function when(page) {
  const { state } = page;
  if (state.begun) return t("when.week", { n: written(page.weekAsked(0)) });
  return t(state.months ? "when.after" : "when.end", { n: written(state.months) });
}

export function paintHeadline(page, base, other, said) {
  measure($("curves"), $("dots"), $("bars"));
  const { verdict } = said;
  const posts = written(page.posts);
  const [lead, behind] = verdict === "lower" ? [base, other] : [other, base];
  const gap = Math.abs(said.difference);
  const by = written(gap, gap < FEW ? 1 : 0);
  const alike = written(said.other_mean) === written(said.base_mean);
  const about = (value) => written(value, alike ? 1 : 0);
  const clear = verdict === "higher" || verdict === "lower";
  $("mini").replaceChildren(...(clear ? rich("mini.more", { lead: ink({ ...lead, name: lead.label }), by, posts }) : [t(`days.${verdict}`)]));
  $("asked").textContent = t("asked", { when: when(page) });
  $("sentence").replaceChildren(...rich(`sentence.${verdict}`, { lead: ink(lead), behind: ink(behind), when: when(page), by, posts }));
  $("levels").replaceChildren(...rich("levels", { lead: ink(lead), behind: ink(behind), x: about(lead === other ? said.other_mean : said.base_mean), y: about(lead === other ? said.base_mean : said.other_mean), posts }));
}

// Both ends of an interval, seen from the plan that has more.
const turned = ({ low, high }, lower) => (lower ? { low: -high, high: -low } : { low, high });

// What is paid for, seen from the plan that takes more.
export function costText(base, other, said) {
  const lower = said.difference < 0;
  const [more, less] = lower ? [base, other] : [other, base];
  const [hours, fewer] = lower ? [said.base_mean, said.other_mean] : [said.other_mean, said.base_mean];
  return rich(said.difference ? "cost.more" : "cost.same", {
    more: ink(more), less: ink(less), hours: written(hours), fewer: written(fewer),
    difference: written(Math.abs(said.difference)), interval: intervalText(turned(said, lower), 0),
  });
}

// A table is drawn where somebody looks at it, and otherwise when the answer is whole.
function inTable(page, id, build) {
  if (page.shown === page.stages().at(-1) || $(id).closest("details").open) $(id).replaceChildren(build());
}

export function intervalText(said, decimals = 1) {
  return t("interval", { low: written(said.low, decimals), high: written(said.high, decimals) });
}

export function verdictText(base, other, said) {
  const count = said.better >= said.worse ? said.better : said.worse;
  const ahead = said.better >= said.worse ? other : base;
  const lower = said.verdict === "lower";
  const clear = lower || said.verdict === "higher";
  const text = rich(`verdict.${said.verdict}`, {
    lead: ink(lower ? base : other), other: ink(other), base: ink(base), ahead: ink(ahead), count: written(count), runs: written(said.pairs),
    difference: clear ? written(Math.abs(said.difference), 1) : written(said.difference, 1, true), interval: intervalText(turned(said, lower)),
  });
  const sets = said.layer ? [" ", ...setsText(base, other, said.layer)] : [];
  return [...text, ...sets, ...(said.maybe_small ? [" ", t("verdict.maybe_small")] : [])];
}

// In how many sets of strengths which is ahead, luck taken out.
function setsText(base, other, layer) {
  const up = layer.above >= layer.below;
  const side = up ? "above" : "below";
  return rich("verdict.sets", {
    ahead: ink(up ? other : base), count: written(layer[side]), groups: written(layer.groups),
    low: percent(layer[`much_${side}_low`]), high: percent(layer[`much_${side}_high`]),
  });
}

// The choice of a pair keeps the focus while what is said of the pair is written anew.
export function paintVerdicts(rows) {
  const lines = rows.map(([layer, ...content]) => el("li", {}, el("span", { class: "layer" }, layer), el("span", {}, ...content)));
  const held = $("verdicts").contains(document.activeElement) && document.activeElement;
  const choice = held && lines[0].querySelector("select");
  if (!choice) return $("verdicts").replaceChildren(...lines);
  if (held.textContent !== choice.textContent || held.value !== choice.value) held.replaceChildren(...choice.children);
  for (const old of [...$("verdicts").children]) if (!old.contains(held)) old.remove();
  return $("verdicts").append(...lines.slice(1));
}

// Bands stand for the two plans that are compared; more of them would cover each other.
export function paintCurves(page, all) {
  const { state } = page;
  const plans = all.map((plan, i) => ({ ...plan, compared: i === 0 || i === page.other }));
  const weeks = plans[0].weeks;
  const drawn = (plan) => plan.bands.reduce((a, b, i) => (plan.compared || i % 5 === 2 ? Math.max(a, b) : a), 0);
  const highest = Math.max(...plans.map(drawn));
  const counted = Math.max(0, ...page.counted().map(([, users]) => users));
  const steps = ticks(Math.max(highest * 1.05, counted * 1.05, page.posts / 4, 1));
  const top = Math.max(steps.at(-1), highest * 1.05, counted * 1.05);
  curves($("curves"), {
    counted: page.counted(), plans, weeks, top, unit: t("unit.persons"),
    words: {
      label: t("curves.label", { plans: plans.map((plan) => plan.name).join(", ") }), x: t("curves.x"),
      number: (value) => written(value, Number.isInteger(value) ? 0 : 1), month: (value) => written(value),
    },
  });
  $("legend").replaceChildren(...plans.map((plan) => el("li", {}, key(plan.class), plan.name)),
    el("li", {}, t("legend.end")), el("li", {}, t("legend.asked", { when: when(page) })), page.counted().length ? el("li", {}, t("legend.counted")) : "");
  const stops = [];
  for (let week = 26; week <= weeks; week += 26) stops.push(week);
  const cell = (plan, week, i) => written(plan.bands[(week - 1) * 5 + i], 1);
  inTable(page, "curves-table", () => el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("table.month")), ...plans.map((plan) => el("th", { scope: "col" }, t("table.curve", { name: plan.name }))))),
    el("tbody", {}, ...stops.map((week) => el("tr", {}, el("th", { scope: "row" }, written((week / 26) * 6)),
      ...plans.map((plan) => el("td", {}, t("table.band", {
        median: cell(plan, week, 2), low: cell(plan, week, 1), high: cell(plan, week, 3), least: cell(plan, week, 0), most: cell(plan, week, 4),
      }))))))));
}

function key(own) {
  return svg("svg", { viewBox: "0 0 32 12", "aria-hidden": "true" }, svg("line", { x1: 0, x2: 32, y1: 6, y2: 6, class: `key ${own}` }));
}

export function paintDots(page, base, other, said) {
  const words = {
    label: t("dots.label", { count: written(said.better), runs: written(said.pairs), other: other.name, base: base.name }),
    left: t("dots.more", { name: base.name }), right: t("dots.more", { name: other.name }), number: (value) => written(value, Number.isInteger(value) ? 0 : 1, true),
  };
  dots($("dots"), { differences: said.differences, summary: said, classes: [base.class, other.class], words });
  $("dots-hint").replaceChildren(...rich("dots.hint", { other: ink(other), base: ink(base), when: when(page) }));
  const rows = [
    ["dots.row.other", written(said.better)], ["dots.row.base", written(said.worse)], ["dots.row.same", written(said.equal)],
    ["dots.row.mean", written(said.difference, 1, true)], ["dots.row.interval", intervalText(said)],
  ];
  inTable(page, "dots-table", () => el("table", {}, el("tbody", {}, ...rows.map(([word, value]) =>
    el("tr", {}, el("th", { scope: "row" }, t(word, { other: other.name, base: base.name })), el("td", {}, value))))));
}

const PARTS = ["allotted_hours", "released_hours", "cover_hours", "documentation_hours", "facilitator_hours"];

export function paintBars(page, plans) {
  const { state } = page;
  const money = (plan) => (state.price ? t("cost.money", { kroner: written(plan.cost.money) }) : "");
  bars($("bars"), {
    plans: plans.map((plan) => ({
      label: plan.name, class: plan.class, parts: PARTS.map((part) => plan.cost[part]), total: plan.cost.paid_hours,
      told: t("cost.hours", { hours: written(plan.cost.paid_hours) }),
    })),
    words: { label: t("cost.label", { plans: plans.map((plan) => `${plan.name}: ${written(plan.cost.paid_hours)}`).join("; ") }) },
  });
  $("cost-legend").replaceChildren(...PARTS.map((part, i) => el("li", {},
    svg("svg", { viewBox: "0 0 32 12", "aria-hidden": "true" }, svg("rect", { x: 8, y: 0, width: 16, height: 12, class: `key part${i}` })), t(`cost.${part}`))));
  const head = ["table.plan", ...PARTS.map((part) => `cost.${part}`), "cost.all", ...(state.price ? ["cost.kroner"] : [])];
  inTable(page, "bars-table", () => el("table", {},
    el("thead", {}, el("tr", {}, ...head.map((word) => el("th", { scope: "col" }, t(word))))),
    el("tbody", {}, ...plans.map((plan) => el("tr", {}, el("th", { scope: "row" }, plan.name),
      ...[...PARTS, "paid_hours"].map((part) => el("td", {}, written(plan.cost[part]))), state.price ? el("td", {}, money(plan)) : null)))));
}

// Every outcome of the pair, with the digits of `qisim compare`.
export function paintAll(page, base, other, summaries) {
  const { told } = page;
  $("all-hint").textContent = t("all.hint", { base: base.name, other: other.name, runs: written(page.shown) });
  const head = [t("table.outcome"), base.name, other.name, t("table.difference"), t("table.pairs")];
  $("all").replaceChildren(el("table", {},
    el("thead", {}, el("tr", {}, ...head.map((word) => el("th", { scope: "col" }, word)))),
    el("tbody", {}, ...told.outcomes.map((outcome, i) => {
      const said = summaries[i];
      const one = (value, sign) => shown(value, outcome.unit, sign);
      const label = has(`outcome.${outcome.name}`) ? t(`outcome.${outcome.name}`) : outcome.label;
      return el("tr", { "data-outcome": outcome.name, class: 2 * said.pairs < page.shown ? "few" : null }, el("th", { scope: "row" }, `${label}${outcome.unit === "share" ? " (%)" : outcome.unit === "hours" ? ` (${t("unit.hours")})` : ""}`),
        el("td", {}, one(said.base_mean)), el("td", {}, one(said.other_mean)),
        el("td", {}, `${one(said.difference, true)} [${said.too_few ? t("all.few") : `${one(said.low)}, ${one(said.high)}`}]`), el("td", {}, written(said.pairs)));
    }))));
}

export function planView(i, plan) {
  return { class: CLASSES[i], name: plan.name, letter: letterOf(i), label: plan.name.length > 20 ? `${plan.name.slice(0, 19)}…` : plan.name };
}

