// What would turn it: each number moved by itself as far as is plausible, and the value at which the order of
// two plans changes. And which levers matter most here.
import { el, has, stacked, t } from "./words.js";
import { written } from "./numbers.js";
import { letterOf, valueText } from "./fields.js";
import { length, planOf, scenarioOf, valueOf, ward } from "./scenario.js";

const $ = (id) => document.getElementById(id);
export const MOVED_WARD = ["workload.pressure", "workforce.staff_turnover", "workforce.sickness_absence", "site.mean_post"];

// What can be moved: a lever of one of the two plans, or a number of the ward that both share.
export function movable(page) {
  const sides = [0, page.other].filter((i) => length(planOf(page.state, page.state.plans[i])));
  return [
    ...sides.flatMap((side) => page.order().map((key) => ({ key, side }))),
    ...MOVED_WARD.map((key) => ({ key, side: null })),
  ];
}

export function nowAt(page, { key, side }) {
  return side === null ? ward(page.state)[key] : valueOf(planOf(page.state, page.state.plans[side]), key);
}

export function movedName(page, { key, side }) {
  const name = has(`lever.${key}`) ? t(`lever.${key}`) : t(`ward.${key}`);
  return side === null ? name : t("turn.of", { name, plan: page.state.plans[side].name });
}

// Both plans' scenarios with some numbers moved.
export function movedPair(page, moves) {
  const { state } = page;
  const ours = { ...state.ward };
  for (const { key, side, value } of moves) if (side === null) ours[key] = value;
  const there = { ...state, ward: ours };
  return [0, page.other].map((i) => {
    const plan = planOf(state, state.plans[i]);
    const set = { ...plan.set };
    for (const { key, side, value } of moves) if (side === i) set[key] = value;
    return scenarioOf(there, { ...plan, set });
  });
}

export function pairWants(page, moves, runs) {
  const strengths = page.strengths();
  return movedPair(page, moves).map((scenario, i) => page.background.want(page.askedOf(scenario, strengths), runs, [page.weekAsked(i ? page.other : 0)]));
}

export function difference(page, row, [base, other]) {
  return page.compare(row(base).persons[0], row(other).persons[0], { matters: page.state.matters || 0 });
}

// --- which levers matter most here ---------------------------------------------------------------------

export function orderStudy(page) {
  return {
    quiet: true,
    stamp: () => (page.state.begun || page.ordered_by === orderedBy(page) ? null : orderedBy(page)),
    *steps(row, task) {
      const { told } = page;
      const runs = page.fewRuns();
      const levers = Object.keys(told.levers);
      const sides = [0, page.other].filter((i) => length(page.state.plans[i]));
      const ends = levers.map((key) => sides.map((side) => [told.grids[key][0], told.grids[key].at(-1)].map((value) =>
        pairWants(page, [{ key, side, value }], runs)[side ? 1 : 0])));
      yield ends.flat(2);
      task.by = orderedBy(page);
      const reach = ends.map((pairs) => Math.max(0, ...pairs.map(([low, high]) => Math.abs(page.compare(row(low).persons[0], row(high).persons[0], {}).difference))));
      task.order = levers.map((key, i) => [key, reach[i]]).sort((a, b) => b[1] - a[1]).map(([key]) => key);
    },
    paint: (task) => page.reorder(task.order, task.by),
  };
}

const orderedBy = (page) => JSON.stringify([page.state.plans.map((plan) => plan.from), page.other, page.state.ward, page.state.months]);

// --- what would turn it -----------------------------------------------------------------------------------

export function turnStudy(page) {
  return {
    section: $("turn-card"),
    stamp: () => (page.state.begun ? null : JSON.stringify([page.other, page.wantKey(0), page.wantKey(page.other), page.state.months, page.state.matters])),
    *steps(row, task) {
      const runs = page.fewRuns();
      const now = pairWants(page, [], runs);
      const { told } = page;
      task.names = [0, page.other].map((i) => page.state.plans[i].name);
      const ways = movable(page).flatMap((one) => {
        const own = nowAt(page, one);
        const grid = told.grids[one.key];
        return [grid.filter((value) => value > own + 1e-9), grid.filter((value) => value < own - 1e-9).toReversed()]
          .filter((values) => values.length).map((values) => ({ ...one, own, values, low: -1, high: values.length - 1 }));
      });
      const at = (way, place) => pairWants(page, [{ ...way, value: way.values[place] }], runs);
      for (const way of ways) way.end = at(way, way.high);
      yield [...now, ...ways.flatMap((way) => way.end)];
      task.runs = runs;
      task.said = difference(page, row, now);
      const ahead = Math.sign(task.said.difference);
      const turned = (pair) => difference(page, row, pair).difference * ahead < 0;
      task.tried = ways.length;
      task.turns = ahead ? ways.filter((way) => turned(way.end)) : [];
      for (const way of task.turns) way.found = way.end;
      for (;;) {
        const open = task.turns.filter((way) => way.high - way.low > 1);
        if (!open.length) break;
        for (const way of open) way.pair = at(way, (way.low + way.high) >> 1);
        yield open.flatMap((way) => way.pair);
        for (const way of open) {
          const middle = (way.low + way.high) >> 1;
          if (turned(way.pair)) Object.assign(way, { high: middle, found: way.pair });
          else way.low = middle;
        }
      }
      for (const way of task.turns) way.then = difference(page, row, way.found);
    },
    paint: (task) => paint(page, task),
  };
}

function paint(page, task) {
  const node = $("turn");
  if (!task.turns || node.contains(document.activeElement)) return;
  const { told, state } = page;
  const ahead = task.said.difference > 0 ? task.names[1] : task.names[0];
  const behind = task.said.difference > 0 ? task.names[0] : task.names[1];
  const turns = task.turns.toSorted((a, b) => a.high - b.high);
  const full = state.plans.length > 3;
  node.replaceChildren(
    el("p", {}, !task.said.difference ? t("turn.even") : turns.length ? t("turn.some", { behind, n: written(turns.length), of: written(task.tried) }) : t("turn.none", { ahead, of: written(task.tried) })),
    turns.length ? stacked(el("table", {},
      el("thead", {}, el("tr", {}, ...["turn.what", "turn.yours", "turn.at", "turn.then", "helps.make"].map((word) => el("th", { scope: "col" }, t(word))))),
      el("tbody", {}, ...turns.map((way) => el("tr", { "data-key": way.key, "data-side": way.side, "data-at": way.values[way.high], "data-before": way.high ? way.values[way.high - 1] : way.own },
        el("th", { scope: "row" }, movedName(page, way)), el("td", {}, valueText(told, way.key, way.own)), el("td", {}, valueText(told, way.key, way.values[way.high])),
        el("td", {}, way.then ? written(way.then.difference, 1, true) : "…"),
        el("td", {}, way.side === null ? "–" : el("button", { type: "button", disabled: full, onclick: () => make(page, way) }, t("helps.plan", { letter: letterOf(state.plans.length) })))))))) : "");
}

function make(page, way) {
  const plan = page.state.plans[way.side];
  const made = structuredClone({ ...plan, name: t("plan.with", { name: t(`lever.${way.key}`) }).slice(0, 40), set: { ...plan.set, [way.key]: way.values[way.high] } });
  document.activeElement.blur();
  page.history.change("", (s) => { s.plans.push(made); });
  page.rebuild();
  page.say(t("helps.made", { letter: letterOf(page.state.plans.length - 1), name: made.name }));
}
