// The page: starts the engine, asks for runs, paints what there is.
import { Engine } from "./module.js";
import { Pool } from "./pool.js";
import { Background } from "./background.js";
import { speak, written } from "./numbers.js";
import { el, rich, t, use } from "./words.js";
import { endWeek, knows, nowOf, planOf, scenarioOf, strengthsFor } from "./scenario.js";
import { checked, fresh, History, keep, keptBefore, newPlan, packed, unpacked } from "./state.js";
import { changesOf, CLASSES, countsFields, letterOf, planCard, valueText, wardFields, WARD } from "./fields.js";
import { askedWeek, costText, gathered, paintAll, paintBars, paintCurves, paintDots, paintHeadline, paintVerdicts, personsOf, planView, verdictText } from "./answer.js";
import { begunCard, begunTold, countedWeeks, matching, matchingJobs, sharePast } from "./begun.js";
import { keepButtons, notes } from "./keep.js";
import { helpsStudy } from "./helps.js";
import { whyStudy } from "./why.js";
import { orderStudy, turnStudy } from "./turning.js";
import { daysStudy } from "./days.js";
import { mapFields, mapStudy } from "./map.js";
import { paintSceptic, paintTrust, worldStudy } from "./trust.js";
import { askFirst, expectField, wanted } from "./expect.js";
import { about } from "./lever.js";
import { unitView } from "./unit.js";

const QUIET = 250, HELD = 1600, MOST_NAMED = 5000;
const $ = (id) => document.getElementById(id);
const told = JSON.parse($("data").textContent);
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

const page = {
  told,
  history: null,
  engine: null,
  pool: null,
  background: null,
  runs: new Map(),
  match: null,
  shown: 0,
  posts: 0,
  other: 1,
  helped: 0,
  mapped: [],
  drawn: undefined,
  expected: null,
  ordered: null,
  before: null,
  get state() {
    return this.history.now;
  },
  about: (key) => about(told, key),
  now: () => nowOf(page.state),
  counted: () => (page.state.begun ? countedWeeks(page.state).map((week, i) => [week, page.state.begun.counts[i][1]]) : []),
  order: () => page.ordered || Object.keys(told.levers),
  personsIn, stages, asked, askedOf, classOf: (i) => CLASSES[i], compare, groups, fault, fewRuns, later, open, rebuild, refresh, reorder, repaint, rested, say, soon, someRuns, strengths, view, wantKey, weekAsked, worlds, worldsMark,
};

// --- doors -------------------------------------------------------------------------------------------

function given() {
  const first = told.given.length > 1
    ? told.given.slice(0, 4).map((one) => newPlan(one.name.slice(0, 40), `=${one.name}`))
    : [newPlan(t("plan.ours"), told.given.length ? `=${told.given[0].name}` : "internal-competence"), newPlan(t("plan.theirs"), "external-leadership")];
  return fresh(told, first);
}

// A plan that has begun, and three ways to go on from there.
function begun() {
  const from = told.given.length ? `=${told.given[0].name}` : "internal-competence";
  const state = fresh(told, ["begun.on", "begun.more", "begun.stop"].map((word) => newPlan(t(word), from)));
  state.begun = { counts: [], near: 2 };
  state.sites = false;
  const next = nowOf(state) + 1;
  state.plans[1].more = MORE.map(([kind, every]) => [kind, next + 1, every]);
  state.plans[2].set["programme.length_weeks"] = next;
  return state;
}

const MORE = [["skills_training", 13], ["refresher", 8]];

function doors() {
  const ways = {
    choose: () => start(given()),
    improve: () => {
      start(fresh(told, [newPlan(t("plan.now"), "internal-competence"), newPlan(t("plan.better"), "internal-competence")]));
      $("helps-head").scrollIntoView();
      page.background.go("helps");
    },
    begun: () => {
      start({ ...begun(), begun: { counts: [], near: 2 } });
      $("counts-text").focus();
    },
    example: () => start(fresh(told, [newPlan(t("plan.internal"), "internal-competence"), newPlan(t("plan.external"), "external-leadership"), newPlan(t("plan.mixed"), "blended")])),
  };
  $("doors").replaceChildren(...Object.entries(ways).map(([name, go]) => el("button", { type: "button", id: `door-${name}`, onclick: go }, t(`door.${name}`))));
}

function start(state) {
  page.other = 1;
  page.helped = 0;
  page.history = new History(state, changed);
  page.expected = null;
  rebuild();
  changed("");
  if (wanted()) askFirst(page);
}

// --- asking for runs ------------------------------------------------------------------------------------

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
        return soon();
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
  const list = [];
  const match = matching(page);
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
  page.pool.ask(list.flat().filter((job) => !seen.has(job.name) && seen.add(job.name)));
}

// --- painting -----------------------------------------------------------------------------------------------

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
    for (const id of ["asked", "levels", "mini"]) $(id).textContent = "";
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
  if (ready === stages().at(-1)) {
    if (state.begun) document.documentElement.dataset.past = sharePast(page, page.want.map(keptRuns)) ? "shared" : "parted";
    if (!timer) later(); // not while the hand still moves
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
  const summaries = told.outcomes.map((outcome, i) => ratio(outcome.name, base, other) || compare(base.outcomes[i], other.outcomes[i], { lowIsGood: outcome.better === "lower", groups: groups(page.shown) }));
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
  return page.engine.pairs(base, other, { t: told.t, ...more });
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
  if (worlds() !== FIRST || runs !== layers.runs) return null;
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
    rows.push([t("layer.goal"), ...[base, other].flatMap((plan, i) => {
      const met = page.engine.goal(plan.asked_, hoursOf(plan), persons ?? 0, hours ?? 1e300);
      return [...(i ? ["; "] : []), ...rich("goal.met", { plan: el("span", { class: `ink ${plan.class}` }, plan.name), count: written(met), runs: written(plan.n) })];
    })]);
  if (state.plans.length > 2)
    rows.push([t("layer.pair"), el("select", { "aria-label": t("layer.pair"), onchange: (event) => {
      page.other = Number(event.target.value);
      dirty = true;
      refresh();
      soon();
    } }, ...state.plans.slice(1).map((plan, i) => el("option", { value: i + 1, selected: i + 1 === page.other }, t("pair", { base: base.name, other: plan.name }))))]);
  if (!$("verdicts").contains(document.activeElement)) paintVerdicts(rows);
}

// --- changes -----------------------------------------------------------------------------------------------------

let timer = 0;
function changed(mark) {
  made.clear();
  page.other = Math.min(page.other, page.state.plans.length - 1);
  if (mark === "moved" || mark === "reset" || $("plans").children.length !== page.state.plans.length) rebuild();
  dirty = true;
  delete document.documentElement.dataset.past;
  delete document.documentElement.dataset.shown; // until the answer to this change is painted
  page.background.pause();
  facts();
  refresh();
  soon();
  clearTimeout(timer);
  timer = setTimeout(() => {
    timer = 0;
    later();
  }, QUIET);
}

// The hand rests and the answer is whole: what lies behind it is worked out.
function rested() {
  const { shown } = document.documentElement.dataset;
  if (page.history && shown && Number(shown) === stages().at(-1) && (page.background.begin() | page.unit.wake())) refresh();
}

function later() {
  page.history.settle();
  const { said } = page;
  const figures = said ? { runs: page.shown, difference: said.difference, low: said.low, high: said.high } : undefined;
  const text = packed(page.state, figures);
  history.replaceState(null, "", `#${text}`);
  keep("state", page.state);
  if (said && document.documentElement.dataset.shown === String(stages().at(-1))) {
    $("spoken").textContent = $("sentence").textContent;
    rested();
  }
}

// The last change once more: the answer as it was before it for a while, then as it is.
async function replay() {
  const { history } = page;
  if (!history.past.length) return;
  const { now } = history;
  const before = await told_after(() => history.undo());
  if (history.future.at(-1) !== now) return; // something else was changed meanwhile
  await new Promise((go) => setTimeout(go, HELD));
  if (history.future.at(-1) !== now) return;
  const after = await told_after(() => history.redo());
  say(t("replay.told", { before, after }));
}

// The sentence that answers to a move through the changes.
function told_after(move) {
  say(t("replay.before"));
  move();
  return new Promise((go) => {
    const look = () => (document.documentElement.dataset.shown ? go($("sentence").textContent) : setTimeout(look, 50));
    look();
  });
}

// The plan from which another one goes on, where one has begun.
const firstOf = (plan) => (page.state.begun ? page.state.plans[0] : plan);

// What stands beside the fields: posts, what was changed.
function facts() {
  const { state, engine } = page;
  engine.layOut(scenarioFor(state.plans[0]), state.seed, 0);
  page.posts = engine.get("posts");
  const values = engine.laidOut.values;
  $("posts").textContent = t("ward.posts", { units: written(values["site.units"]), staff: written(values["site.staff_per_unit"]), posts: written(page.posts) });
  const said = WARD.filter((key) => key in state.ward).map((key) => `${t(`ward.${key}`)}: ${valueText(told, key, state.ward[key])}`);
  $("ward-told").textContent = said.length ? said.join("; ") : t("ward.usual", { posts: written(page.posts) });
  state.plans.forEach((plan, i) => ($(`changed-${i}`).textContent = changesOf(told, plan, firstOf(plan))));
  $("printed").replaceChildren(
    el("li", {}, `${t("ward.head")}: ${$("ward-told").textContent}`),
    ...state.plans.map((plan) => el("li", {}, `${plan.name} (${plan.from.startsWith("=") ? plan.from.slice(1) : t(`plan.${plan.from}`)}). ${changesOf(told, plan, firstOf(plan))}`)));
  $("undo").disabled = !page.history.past.length;
  $("replay").disabled = !page.history.past.length;
  $("redo").disabled = !page.history.future.length;
  $("add").disabled = state.plans.length > 3;
}

// The fields once more, and what stands on them: what was changed, and what the plans cost.
function rebuild() {
  begunCard(page);
  document.documentElement.toggleAttribute("data-begun", Boolean(page.state.begun));
  $("counts").replaceChildren(countsFields(page), expectField(page));
  $("ward").replaceChildren(wardFields(page));
  const opened = [...$("plans").querySelectorAll("details[open]")].map((one) => one.dataset.name);
  $("plans").replaceChildren(...page.state.plans.map((_, i) => planCard(page, i)));
  for (const one of $("plans").querySelectorAll("details")) one.open = opened.includes(one.dataset.name);
  $("helps-ask").replaceChildren(...page.state.plans.map((plan, i) => el("button", { type: "button", class: i === page.helped ? "main" : "", onclick: () => {
    page.helped = i;
    rebuild();
    page.background.go("helps");
  } }, t("helps.ask", { name: plan.name }))));
  if ($("map-card").open) mapFields(page);
  keepButtons(page);
  facts();
  repaint();
}

async function open(event) {
  const [file] = event.target.files;
  if (!file) return;
  const text = file.size < 1e6 ? await file.text() : "";
  const found = text.match(/^# page: ([\w-]+)\s*$/m);
  const state = found && checked(unpacked(found[1]), told);
  if (!state) {
    say(t("keep.not_ours"));
    return;
  }
  start(state);
  say(t("keep.opened", { name: file.name }));
}

function say(text) {
  $("note").hidden = !text;
  $("note").textContent = text;
}

function fromAddress() {
  const text = location.hash.slice(1);
  if (!text) return null;
  const raw = unpacked(text);
  const state = checked(raw, told);
  if (!state) {
    say(t("link.wrong"));
    return null;
  }
  if (raw.version !== told.version)
    say(t("link.version", { theirs: String(raw.version).slice(0, 20), ours: told.version }));
  return state;
}

// --- words --------------------------------------------------------------------------------------------------------

function speakAs(name) {
  use(told.catalogues, name);
  speak(name);
  document.documentElement.lang = name;
  document.title = t("title");
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-table]"))
    node.setAttribute("aria-label", t("table.named", { name: t(node.dataset.table) }));
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  const next = name === "en" ? "nb" : "en";
  $("language").textContent = { nb: "Norsk", en: "English" }[next];
  $("language").lang = next;
  $("language").onclick = () => {
    keep("language", next);
    const own = Object.keys(told.catalogues[name]).filter((word) => word.startsWith("plan."));
    for (const plan of page.state.plans) { // names that the page gave are in its language
      const word = own.find((one) => told.catalogues[name][one] === plan.name);
      if (word) plan.name = told.catalogues[next][word];
    }
    speakAs(next);
    page.background.translate();
    rebuild();
    changed("");
  };
  $("caveats").replaceChildren(...[1, 2, 3].map((i) => el("li", {}, t(`caveat.${i}`, { n: written(told.sets.keys.length) }))));
  $("spoken").textContent = "";
  $("footer").textContent = t("footer", { version: told.version });
  doors();
  notes();
  paintTrust(told);
  if (page.history) paintSceptic(page);
  const wide = $("projector");
  wide.onclick = () => {
    const on = document.documentElement.toggleAttribute("data-projector");
    wide.setAttribute("aria-pressed", String(on));
    if (page.history) repaint();
  };
}

const STUDIES = { order: orderStudy, helps: helpsStudy, why: whyStudy, turn: turnStudy, days: daysStudy, map: mapStudy, sceptic: worldStudy };

// The levers that matter most here come first, as soon as nobody is at work in the cards.
function reorder(order, by) {
  const all = document.querySelector(".inputs"); // what is typed in a field would be lost with it
  const busy = all.contains(document.activeElement) || all.matches(":hover");
  page.ordered_by = by;
  if (JSON.stringify(order) === JSON.stringify(page.order())) return;
  if (busy) {
    page.ordered_by = null;
    return;
  }
  page.ordered = order;
  rebuild();
}

async function begin() {
  const { code, worker } = told;
  told.layout.series = told.weekly.length;
  told.layout.outcomes = told.outcomes.length;
  told.layout.adoption = told.weekly.findIndex((one) => one.name === "adoption");
  knows(told);
  speakAs(keptBefore("language") && told.language === null ? keptBefore("language") : told.language || "en");
  const wasm = await WebAssembly.compile(bytes(code)); // once for the page and its workers
  told.layers.picks = bytes(told.layers.picks);
  page.pool = new Pool(worker, { code: wasm, layout: told.layout, words: told.words, sets: told.sets, sites: told.sites });
  page.unit = unitView(page);
  page.background = new Background(page);
  for (const [name, make] of Object.entries(STUDIES)) page.background.add(name, make(page));
  page.engine = await Engine.start(wasm, told);
  start(fromAddress() || given());
  $("undo").onclick = () => page.history.undo();
  $("redo").onclick = () => page.history.redo();
  $("replay").onclick = replay;
  $("reset").onclick = () => page.history.reset();
  $("add").onclick = () => {
    const i = page.state.plans.length;
    page.other = i;
    page.history.change("", (s) => s.plans.push(newPlan(t("plan", { letter: letterOf(i) }), s.begun ? s.plans[0].from : "blended")));
  };
  addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "range" && event.target.type !== "checkbox";
    if (!(event.ctrlKey || event.metaKey) || typing) return;
    if (event.key === "z" && !event.shiftKey) page.history.undo();
    else if (event.key === "y" || (event.key === "Z" && event.shiftKey)) page.history.redo();
    else return;
    event.preventDefault();
  });
  addEventListener("hashchange", () => {
    const state = fromAddress();
    if (state) start(state);
  });
  const jump = (to) => {
    to.scrollIntoView();
    to.focus({ preventScroll: true });
  };
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address holds the plans, and nothing else
    jump($("answer"));
  });
  const inputs = document.querySelector(".inputs");
  $("jump").onclick = () => jump(inputs.getBoundingClientRect().top > innerHeight / 2 ? inputs : $("answer"));
  $("sceptic-card").addEventListener("toggle", () => $("sceptic-card").open && paintSceptic(page));
  $("map-card").addEventListener("toggle", () => {
    if (!$("map-card").open) return;
    mapFields(page);
    page.background.go("map");
  });
  $("all").closest("details").addEventListener("toggle", () => page.seen && paintOutcomes());
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    dirty = true;
    soon();
  });
}

begin().catch((error) => {
  say(`qisim: ${error.message}`);
  document.documentElement.dataset.fault = error.message;
});
