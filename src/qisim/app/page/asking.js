// Asking for runs: what each plan is to the engine, in which worlds it is run, and what is kept of it.
import { newPlan } from "./state.js";
import { t } from "./words.js";
import { scenarioOf, strengthsFor } from "./scenario.js";
import { matching, matchingJobs } from "./begun.js";

const MOST_NAMED = 5000;
const $ = (id) => document.getElementById(id);

export function asking(page) {
  const { told } = page;

  // Scenarios of the state as it is; made once for each change.
  const made = new Map();
  function scenarioFor(plan) {
    if (!made.has(plan)) made.set(plan, scenarioOf(page.state, plan));
    return made.get(plan);
  }

  // What a plan is to the engine: its scenario, its key, whether strengths vary, and what of the ward does.
  function asked(plan, vary, sites = page.state.sites ? sitesOf() : null) {
    return askedOf(scenarioFor(plan), vary, sites);
  }

  function askedHere(plan, vary) {
    return asked(plan, vary, null);
  }

  function askedOf(scenario, vary, sites = page.state.sites ? sitesOf() : null) {
    const price = page.state.price || 0;
    return { scenario, price, strengths: vary, sites, key: shortOf(JSON.stringify([scenario, page.state.seed, price, vary || 0, sites || 0])) };
  }

  // A short name for each that was ever asked: it is compared and looked up again and again.
  const short = new Map();
  let named = 0;
  function shortOf(long) {
    if (short.size > MOST_NAMED) short.clear();
    if (!short.has(long)) short.set(long, `n${++named}`);
    return short.get(long);
  }

  // What differs between wards like this one: not that in which the plans differ.
  function sitesOf() {
    const plans = page.state.plans.map((plan) => scenarioFor(plan).values);
    return told.sites.keys.filter((key) => plans.every((values) => values[key] === plans[0][key]));
  }

  // Worlds by number: the first, or those that fit what was counted of a plan that has begun.
  function worlds() {
    if (page.state.begun && page.state.begun.counts.length) return (page.match && page.match.ids) || [];
    return FIRST;
  }

  function worldsMark() {
    return page.state.begun && page.state.begun.counts.length ? `${page.match.key} ${page.match.mark}` : "first";
  }

  const FIRST = Array.from({ length: told.stages.at(-1) }, (_, i) => i);

  // How many runs the answer is drawn from, one after the other.
  function stages() {
    const all = worlds().length;
    return all < told.fewest ? [] : [...told.stages.filter((runs) => runs < all), all];
  }

  // How many runs a study behind the answer takes: few first, then more.
  function someRuns() {
    return stages().slice(0, 2);
  }

  // And where very many worlds are tried.
  function fewRuns() {
    return Math.min(2 * told.layout.lanes, worlds().length);
  }

  function strengths() {
    return strengthsFor(page.state.plans.map(scenarioFor));
  }
  function wantKey(i) {
    return page.want[i].key + worldsMark();
  }

  function keptRuns(want) {
    const key = worldsMark() + want.key;
    if (!page.runs.has(key)) {
      if (page.runs.size > 40) page.runs.delete(page.runs.keys().next().value);
      page.runs.set(key, { weeks: want.scenario.values["run.weeks"], batches: [] });
    }
    const found = page.runs.get(key);
    page.runs.delete(key); // the last asked for is the last to be dropped
    page.runs.set(key, found);
    return found;
  }

  const batchesOf = (runs) => Math.ceil(runs / told.layout.lanes);
  const done = (kept, runs) => {
    for (let i = 0; i < batchesOf(runs); i++) if (!kept.batches[i]) return false;
    return true;
  };

  function jobs(want, runs) {
    const kept = keptRuns(want);
    const { lanes } = told.layout;
    const found = [];
    for (let i = 0; i < batchesOf(runs); i++) {
      if (kept.batches[i]) continue;
      found.push({
        name: `${i} ${worldsMark()} ${want.key}`,
        message: { key: want.key, scenario: want.scenario, seed: page.state.seed, price: want.price, strengths: want.strengths, sites: want.sites, worlds: worlds().slice(i * lanes, (i + 1) * lanes) },
        done: (numbers, wrong) => {
          if (wrong) return fault(wrong);
          kept.batches[i] = numbers;
          return page.soon();
        },
      });
    }
    return found;
  }

  function fault(what) {
    $("progress").textContent = t("fault", { what });
  }

  function refresh() {
    const { state } = page;
    const vary = strengths();
    page.want = state.plans.map((plan) => asked(plan, vary));
    page.nothing = asked(newPlan(t("plan.nothing"), "no-programme"), vary);
    page.luck = state.begun ? [] : state.plans.map((plan) => askedHere(plan, null));
    page.wards = state.begun || state.seed !== told.sites.seed ? [] : state.plans.map((plan) => asked(plan, vary, state.sites ? null : sitesOf()));
    const match = matching(page);
    const first = match && !match.ids ? [] : [...page.want, page.nothing].flatMap((want) => jobs(want, stages()[0] || 0));
    page.early = page.early && first.length > 0;
    if (page.early) return page.pool.ask(first); // the first picture has the machine for itself
    const list = [];
    if (match && !match.ids) list.push(matchingJobs(page, match));
    for (const [k, stage] of stages().entries()) {
      list.push(...page.want.map((want) => jobs(want, stage)));
      list.push(jobs(page.nothing, k ? 0 : stage));
    }
    const pair = page.luck.length ? [page.luck[0], page.luck[page.other]] : [];
    for (const stage of stages()) list.push(...pair.map((want) => jobs(want, stage)));
    if (page.wards.length) list.push(...[0, page.other].map((i) => jobs(page.wards[i], stages().at(-1))));
    list.push(page.unit.jobs(), page.background.jobs());
    const seen = new Set();
    return page.pool.ask(list.flat().filter((job) => !seen.has(job.name) && seen.add(job.name)));
  }

  return { asked, askedOf, done, fault, fewRuns, first: FIRST, forget: () => made.clear(), keptRuns, refresh, scenarioFor, someRuns, stages, strengths, wantKey, worlds, worldsMark };
}
