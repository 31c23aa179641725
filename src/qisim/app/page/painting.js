// Painting: what the runs that are there say, once for each frame.
import { written } from "./numbers.js";
import { el, rich, t } from "./words.js";
import { endWeek, planOf } from "./scenario.js";
import { askedWeek, costText, gathered, paintAll, paintBars, paintCurves, paintDots, paintHeadline, paintVerdicts, personsOf, planView, verdictText } from "./answer.js";
import { begunTold, sharePast } from "./begun.js";

const $ = (id) => document.getElementById(id);

export function painting(page) {
  const { told, done, first, keptRuns, stages, worlds, worldsMark } = page;

  let waiting = false;
  let dirty = false;
  function repaint() {
    dirty = true;
    soon();
  }

  function soon() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      paint();
    });
  }

  function paint() {
    const { state } = page;
    begunTold(page);
    const short = state.begun && page.match && page.match.ids && page.match.ids.length < told.fewest && state.begun.counts.length;
    document.documentElement.toggleAttribute("data-none", Boolean(short));
    if (short) {
      $("sentence").textContent = t("begun.few.head");
      for (const id of ["asked", "mini"]) $(id).textContent = "";
      $("levels").textContent = $("begun-told").textContent;
    }
    const ready = stages().filter((stage) => page.want.every((want) => done(keptRuns(want), stage))).at(-1);
    if (!ready) return;
    const whole = (wants) => (wants.length ? stages().filter((stage) => [0, page.other].every((i) => done(keptRuns(wants[i]), stage))).at(-1) || 0 : null);
    const luckReady = `${whole(page.luck)} ${whole(page.wards)}`;
    const nothingReady = done(keptRuns(page.nothing), stages()[0]);
    const mark = `${ready} ${nothingReady} ${worldsMark()}`;
    if (!dirty && page.mark === mark) {
      if (page.luckShown !== luckReady) paintLuck(luckReady);
      return;
    }
    dirty = false;
    page.mark = mark;
    page.shown = ready;
    const plans = state.plans.map((_, i) => view(i, ready));
    if (nothingReady) plans.push(viewOfNothing());
    const base = plans[0];
    const other = plans[page.other];
    const said = compare(base.asked_, other.asked_, { matters: state.matters || 0, groups: groups(ready) });
    said.layer = layer(base.asked_, other.asked_, ready);
    said.verdict = overSets(said);
    paintHeadline(page, base, other, said);
    paintCurves(page, plans);
    paintDots(page, base, other, said);
    paintBars(page, plans);
    state.plans.forEach((_, i) => paintCost(plans[i], i));
    page.seen = { base, other, said };
    page.said = said;
    paintOutcomes();
    paintLuck(luckReady);
    page.unit.paint();
    const most = stages().at(-1);
    $("progress").textContent = t(ready < most ? "progress" : "progress.whole", { runs: written(ready), last: written(most) });
    document.documentElement.dataset.shown = ready;
    document.documentElement.dataset.painted = String(Number(document.documentElement.dataset.painted || 0) + 1);
    if (page.early) {
      page.early = false;
      requestAnimationFrame(() => setTimeout(page.refresh));
    }
    if (ready === stages().at(-1)) {
      if (state.begun) document.documentElement.dataset.past = sharePast(page, page.want.map(keptRuns)) ? "shared" : "parted";
      if (!page.timer) page.later(); // not while the hand still moves
    }
  }

  // What a plan costs while it runs and afterwards, on its card.
  function paintCost({ cost }, i) {
    const node = $(`cost-${i}`);
    if (!node) return;
    const money = page.state.price ? ` ${t("cost.card.money", { during: written(cost.money_during), after: written(cost.money_after) })}` : "";
    node.textContent = t("cost.card", { during: written(cost.paid_during), after: written(cost.paid_after) }) + money;
  }

  // The whole table is drawn where somebody looks at it.
  function paintOutcomes() {
    const { base, other } = page.seen;
    if (!$("all").closest("details").open) return;
    const summaries = told.outcomes.map((outcome, i) => ratio(outcome.name, base, other) || compare(base.outcomes[i], other.outcomes[i], { lowIsGood: outcome.better === "lower", seldom: told.seldom[outcome.name] || 0, groups: groups(page.shown) }));
    paintAll(page, base, other, summaries);
  }

  function paintLuck(ready) {
    const { base, other, said } = page.seen;
    page.luckShown = ready;
    const [luck, wards] = ready.split(" ").map((one) => (one === "null" ? null : Number(one)));
    verdicts(base, other, said, luck, wards);
    document.documentElement.dataset.luck = luck;
    document.documentElement.dataset.wards = wards;
  }

  function compare(base, other, more) {
    return page.engine.pairs(base, other, { t: told.t, firstLook: told.first_look, ...more });
  }

  // The sets of strengths of the first runs of the answer as groups, where runs share them.
  function groups(runs) {
    const number = told.sets.values.length;
    const places = new Map();
    const of = worlds().slice(0, runs).map((world) => {
      if (!places.has(world % number)) places.set(world % number, places.size);
      return places.get(world % number);
    });
    return { of, count: places.size };
  }

  // In how many sets of strengths which plan is ahead; null before the answer is whole.
  function layer(base, other, runs) {
    const { layers } = told;
    if (worlds() !== first || runs !== layers.runs) return null;
    return page.engine.layers(base, other, { ...layers, matters: page.state.matters || 0, t: told.t, groups: groups(runs) });
  }

  // Over sets of strengths the mean has not the last word: not where either plan may well be ahead.
  function overSets(said) {
    const few = 1 - told.nearly_all;
    const { layer: found } = said;
    if (found && said.verdict === "too_small" && found.inside_low >= told.nearly_all) return said.verdict;
    return found && found.above_low > few && found.below_low > few ? "depends" : said.verdict;
  }

  // An outcome that is a ratio, as a ratio of means; null where it is none, or is not known well enough.
  function ratio(name, base, other) {
    if (!Object.hasOwn(told.ratios, name)) return null;
    const row = (side, key) => {
      const place = told.outcomes.findIndex((one) => one.name === key);
      return place < 0 ? side.paid[told.layout.rows.paid.indexOf(key)] : side.outcomes[place];
    };
    const [above, below] = told.ratios[name];
    const sides = [base, other].flatMap((side) => [row(side, above), row(side, below)]);
    const nothing = [base, other].some((side) => below === "adopters" && row(side, above).some((hours, run) => hours === 0 && row(side, name)[run] === 0));
    if (nothing || sides.some((one) => one.some((value) => value !== value))) return null;
    return page.engine.ratios(sides, { t: told.t, groups: groups(page.shown), unsure: told.unsure });
  }

  function weekAsked(i) {
    const plans = page.state.plans.map((plan) => planOf(page.state, plan));
    if (page.state.begun) return askedWeek(page.state, plans[0], plans[1]); // the same day for all
    return askedWeek(page.state, plans[i], plans[i ? 0 : page.other]);
  }

  function view(i, runs) {
    const { state } = page;
    const plan = planOf(state, state.plans[i]);
    const week = weekAsked(i);
    const found = summed(keptRuns(page.want[i]), runs, week);
    return { ...planView(i, plan), ...found, asked_: found.asked, asked: week, end: endWeek(plan) };
  }

  // Bands and cost of the first runs of a plan: worked out once, since a change mostly leaves the other plans alone.
  function summed(kept, runs, week) {
    const name = `${runs} ${week}`;
    if (!kept.summed || kept.summed.name !== name) {
      const found = gathered(page.engine, told, kept, runs, week);
      kept.summed = { name, found: { ...found, cost: costOf(found) } };
    }
    return kept.summed.found;
  }

  function viewOfNothing() {
    const found = summed(keptRuns(page.nothing), stages()[0], 0);
    return { class: "none", name: t("plan.nothing"), label: t("plan.nothing"), ...found, asked: 0, end: 0 };
  }

  function costOf(found) {
    const mean = (row) => compare(row, row, {}).base_mean;
    const paid = Object.fromEntries(told.layout.rows.paid.map((name, i) => [name, mean(found.paid[i])]));
    const outcome = (name) => mean(found.outcomes[told.outcomes.findIndex((one) => one.name === name)]);
    return { ...paid, documentation_hours: outcome("documentation_hours") };
  }

  // People in routine use in a week of one run of a plan.
  function personsIn(i, world, week) {
    return personsOf({ ...keptRuns(page.want[i]) }, page.shown, week, told.layout.lanes)[worlds().indexOf(world)];
  }

  const hoursOf = (plan) => plan.paid[told.layout.rows.paid.indexOf("paid_hours")];

  // The goal as it was said: what is met or missed stands beside how often.
  function goalText({ persons, hours }) {
    const parts = [persons === null ? "" : t("goal.told.persons", { n: written(persons) }), hours === null ? "" : t("goal.told.hours", { n: written(hours) })];
    return `${parts.filter(Boolean).join(", ")}: `;
  }

  function verdicts(base, other, said, luckReady, wardsReady) {
    const { state } = page;
    const rows = [[t(state.sites ? "layer.wards" : "layer.strengths"), ...verdictText(base, other, said)]];
    const further = (wants, runs, word, grouped) => {
      if (runs) {
        const [a, b] = [0, page.other].map((i) => personsOf(keptRuns(wants[i]), runs, weekAsked(i), told.layout.lanes));
        const found = compare(a, b, { matters: state.matters || 0, groups: grouped ? groups(runs) : null });
        if (grouped) found.layer = layer(a, b, runs);
        rows.push([t(word), ...verdictText(base, other, { ...found, verdict: overSets(found) })]);
      } else if (runs === 0) rows.push([t(word), t("layer.wait")]);
    };
    further(page.luck, luckReady, "layer.luck", false);
    further(page.wards, wardsReady, state.sites ? "layer.strengths" : "layer.wards", true);
    rows.push([t("layer.cost"), ...costText(base, other, compare(hoursOf(base), hoursOf(other), { groups: groups(page.shown) }))]);
    if (page.expected) rows.push([t("layer.expected"), page.expected]);
    const { persons, hours } = state.goal;
    if (persons !== null || hours !== null)
      rows.push([t("layer.goal"), goalText(state.goal), ...[base, other].flatMap((plan, i) => {
        const met = page.engine.goal(plan.asked_, hoursOf(plan), persons ?? 0, hours ?? 1e300);
        return [...(i ? ["; "] : []), ...rich("goal.met", { plan: el("span", { class: `ink ${plan.class}` }, plan.name), count: written(met), runs: written(plan.n) })];
      })]);
    if (state.plans.length > 2)
      rows.unshift([t("layer.pair"), el("select", { "aria-label": t("layer.pair"), onchange: (event) => {
        page.other = Number(event.target.value);
        dirty = true;
        page.refresh();
        soon();
      } }, ...state.plans.slice(1).map((plan, i) => el("option", { value: i + 1, selected: i + 1 === page.other }, t("pair", { base: base.name, other: plan.name }))))]);
    paintVerdicts(rows);
  }

  const stale = () => {
    dirty = true;
  };
  return { compare, groups, paintOutcomes, personsIn, repaint, soon, stale, view, weekAsked };
}
