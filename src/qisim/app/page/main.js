// The page: starts the engine, asks for runs, paints what there is.
import { Engine } from "./module.js";
import { Pool } from "./pool.js";
import { speak, written } from "./numbers.js";
import { el, rich, t, use } from "./words.js";
import { endWeek, fileName, knows, scenarioOf, strengthsFor, toml, valueOf } from "./scenario.js";
import { checked, fresh, History, keep, keptBefore, packed, unpacked } from "./state.js";
import { changesOf, countsFields, letterOf, planCard, valueText, wardFields, WARD } from "./fields.js";
import {
  askedWeek, gathered, intervalText, personsOf, paintAll, paintBars, paintCurves, paintDots, paintHeadline, paintVerdicts, planView, verdictText,
} from "./answer.js";

const STAGES = [16, 64, 200];
const QUIET = 250;
const $ = (id) => document.getElementById(id);
const told = JSON.parse($("data").textContent);
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

const page = {
  told,
  history: null,
  engine: null,
  pool: null,
  runs: new Map(),
  shown: 0,
  posts: 0,
  other: 1,
  helps: null,
  get state() {
    return this.history.now;
  },
  about,
  rebuild,
};

// --- doors -------------------------------------------------------------------------------------------

const newPlan = (name, from) => ({ name, from, set: {}, activities: {} });

function given() {
  const first = told.given.length > 1
    ? told.given.slice(0, 4).map((one) => newPlan(one.name.slice(0, 40), `=${one.name}`))
    : [newPlan(t("plan.ours"), told.given.length ? `=${told.given[0].name}` : "internal-competence"), newPlan(t("plan.theirs"), "external-leadership")];
  return fresh(told, first);
}

function doors() {
  const ways = {
    choose: () => start(given()),
    improve: () => {
      start(fresh(told, [newPlan(t("plan.now"), "internal-competence"), newPlan(t("plan.better"), "internal-competence")]));
      $("helps-head").scrollIntoView();
      askHelps(0);
    },
    example: () => start(fresh(told, [newPlan(t("plan.internal"), "internal-competence"), newPlan(t("plan.external"), "external-leadership"), newPlan(t("plan.mixed"), "blended")])),
  };
  $("doors").replaceChildren(...Object.entries(ways).map(([name, go]) => el("button", { type: "button", id: `door-${name}`, onclick: go }, t(`door.${name}`))));
}

function start(state) {
  page.other = 1;
  page.helps = null;
  page.history = new History(state, changed);
  rebuild();
  changed("");
}

// --- asking for runs ------------------------------------------------------------------------------------

// What a plan is to the engine: its scenario, its key, and whether strengths vary.
function asked(plan, strengths) {
  const scenario = scenarioOf(page.state, plan);
  const price = page.state.price || 0;
  return { scenario, price, strengths, key: JSON.stringify([scenario, page.state.seed, price, strengths || 0]) };
}

function keptRuns(want) {
  if (!page.runs.has(want.key)) {
    if (page.runs.size > 60) page.runs.delete(page.runs.keys().next().value);
    page.runs.set(want.key, { weeks: want.scenario.values["run.weeks"], batches: [] });
  }
  const found = page.runs.get(want.key);
  page.runs.delete(want.key); // the last asked for is the last to be dropped
  page.runs.set(want.key, found);
  return found;
}

const batchesOf = (runs) => Math.ceil(runs / told.layout.lanes);
const done = (kept, runs) => {
  for (let i = 0; i < batchesOf(runs); i++) if (!kept.batches[i]) return false;
  return true;
};

function jobs(want, runs) {
  const kept = keptRuns(want);
  const found = [];
  for (let i = 0; i < batchesOf(runs); i++) {
    if (kept.batches[i]) continue;
    found.push({
      name: `${i} ${want.key}`,
      message: { key: want.key, scenario: want.scenario, seed: page.state.seed, price: want.price, first: i * told.layout.lanes, strengths: want.strengths },
      done: (numbers, fault) => {
        if (fault) {
          $("progress").textContent = t("fault", { what: fault });
          return;
        }
        kept.batches[i] = numbers;
        soon();
      },
    });
  }
  return found;
}

function refresh() {
  const { state } = page;
  const nothing = newPlan(t("plan.nothing"), "no-programme");
  const strengths = strengthsFor(state.plans.map((plan) => scenarioOf(state, plan)));
  page.want = state.plans.map((plan) => asked(plan, strengths));
  page.nothing = asked(nothing, strengths);
  page.luck = state.plans.map((plan) => asked(plan, null));
  const list = [];
  for (const stage of STAGES) {
    list.push(...page.want.map((want) => jobs(want, stage)));
    list.push(jobs(page.nothing, stage === STAGES[0] ? stage : 0));
  }
  const pair = [page.luck[0], page.luck[page.other]];
  for (const stage of STAGES) list.push(...pair.map((want) => jobs(want, stage)));
  if (page.helps) for (const one of page.helps.tries) list.push(jobs(one.want, STAGES[1]));
  const seen = new Set();
  page.pool.ask(list.flat().filter((job) => !seen.has(job.name) && seen.add(job.name)));
}

// --- painting -----------------------------------------------------------------------------------------------

let waiting = false;
let dirty = false;
function soon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    paint();
  });
}

function paint() {
  const { state, engine } = page;
  page.want.forEach((want) => keptRuns(want));
  const ready = STAGES.filter((stage) => page.want.every((want) => done(keptRuns(want), stage))).at(-1);
  if (!ready) return;
  const luckReady = STAGES.filter((stage) => [0, page.other].every((i) => done(keptRuns(page.luck[i]), stage))).at(-1) || 0;
  const nothingReady = done(keptRuns(page.nothing), STAGES[0]);
  const mark = `${ready} ${nothingReady}`;
  if (page.helps) paintHelps();
  if (!dirty && page.mark === mark) {
    if (page.luckShown !== luckReady) paintLuck(luckReady);
    return;
  }
  dirty = false;
  page.mark = mark;
  page.shown = ready;
  const plans = state.plans.map((plan, i) => view(i, plan, page.want[i], ready));
  if (nothingReady) plans.push(viewOfNothing());
  const base = plans[0];
  const other = plans[page.other];
  const said = compare(base.asked_, other.asked_, { matters: state.matters || 0 });
  paintHeadline(page, base, other, said);
  paintCurves(page, plans);
  paintDots(page, base, other, said);
  paintBars(page, plans);
  page.seen = { base, other, said };
  page.said = said;
  paintOutcomes();
  paintLuck(luckReady);
  $("progress").textContent = t("progress", { runs: written(ready), last: written(STAGES.at(-1)) });
  document.documentElement.dataset.shown = ready;
  document.documentElement.dataset.painted = String(Number(document.documentElement.dataset.painted || 0) + 1);
  if (ready === STAGES.at(-1)) later();
}

// The whole table is drawn where somebody looks at it.
function paintOutcomes() {
  const { base, other } = page.seen;
  if (!$("all").closest("details").open) return;
  const summaries = told.outcomes.map((outcome, i) => compare(base.outcomes[i], other.outcomes[i], { lowIsGood: outcome.better === "lower" }));
  paintAll(page, base, other, summaries);
}

function paintLuck(runs) {
  const { base, other, said } = page.seen;
  page.luckShown = runs;
  verdicts(base, other, said, runs);
  document.documentElement.dataset.luck = runs;
}

function compare(base, other, more) {
  return page.engine.pairs(base, other, { t: told.t, ...more });
}

const weekAsked = (i) => askedWeek(page.state, page.state.plans[i], page.state.plans[i ? 0 : page.other]);

function view(i, plan, want, runs) {
  const kept = keptRuns(want);
  const week = weekAsked(i);
  const found = gathered(page.engine, told, kept, runs, week);
  return { ...planView(i, plan), ...found, asked_: found.asked, asked: week, end: endWeek(plan), cost: costOf(found) };
}

function viewOfNothing() {
  const found = gathered(page.engine, told, keptRuns(page.nothing), STAGES[0], 0);
  return { class: "none", name: t("plan.nothing"), label: t("plan.nothing"), ...found, asked: 0, end: 0, cost: costOf(found) };
}

function costOf(found) {
  const mean = (row) => compare(row, row, {}).base_mean;
  const paid = Object.fromEntries(told.layout.rows.paid.map((name, i) => [name, mean(found.paid[i])]));
  const outcome = (name) => mean(found.outcomes[told.outcomes.findIndex((one) => one.name === name)]);
  return { ...paid, programme_hours: outcome("programme_hours"), documentation_hours: outcome("documentation_hours") };
}

const hoursOf = (plan) => plan.paid[told.layout.rows.paid.indexOf("paid_hours")];

function verdicts(base, other, said, luckReady) {
  const { state } = page;
  const rows = [[t("layer.strengths"), ...verdictText(base, other, said)]];
  if (luckReady) {
    const [a, b] = [0, page.other].map((i) => personsOf(keptRuns(page.luck[i]), luckReady, weekAsked(i), told.layout.lanes));
    rows.push([t("layer.luck"), ...verdictText(base, other, compare(a, b, { matters: state.matters || 0 }))]);
  } else rows.push([t("layer.luck"), t("layer.wait")]);
  const cost = compare(hoursOf(base), hoursOf(other), {});
  const more = cost.difference < 0 ? "cost.less" : "cost.more";
  rows.push([t("layer.cost"), ...rich(more, {
    other: el("span", { class: `ink ${other.class}` }, other.name), base: el("span", { class: `ink ${base.class}` }, base.name),
    difference: written(cost.difference, 0, true), interval: intervalText(cost, 0), hours: written(cost.other_mean), base_hours: written(cost.base_mean),
  })]);
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

// --- what would help -------------------------------------------------------------------------------------------

function askHelps(i) {
  const plan = page.state.plans[i];
  const strengths = strengthsFor(page.state.plans.map((one) => scenarioOf(page.state, one)));
  const tries = [];
  for (const [key, bands] of Object.entries(told.levers)) {
    const now = valueOf(plan, key);
    const less = told.less.includes(key);
    const better = less ? bands.filter((one) => one < now - 1e-9).at(-1) : bands.find((one) => one > now + 1e-9);
    if (better === undefined) continue;
    if (key === "programme.facilitator_hours" && !Math.min(valueOf(plan, "programme.facilitator_weeks"), 1)) continue;
    const changed = { ...plan, set: { ...plan.set, [key]: better } };
    tries.push({ key, from: now, to: better, want: asked(changed, strengths) });
  }
  page.helps = { plan: i, name: plan.name, key: asked(plan, strengths).key, base: asked(plan, strengths), tries };
  refresh();
  paintHelps();
}

function paintHelps() {
  const { helps, state } = page;
  if (!helps) return;
  const plan = state.plans[helps.plan];
  if (!plan || asked(plan, helps.base.strengths).key !== helps.key) {
    page.helps = null;
    $("helps").replaceChildren(el("p", {}, t("helps.old")));
    return;
  }
  const runs = STAGES[1];
  const base = keptRuns(helps.base);
  const ready = done(base, runs) ? helps.tries.filter((one) => done(keptRuns(one.want), runs)) : [];
  if (helps.painted === ready.length && helps.tries.length) return;
  helps.painted = ready.length;
  const week = askedWeek(state, plan, plan);
  const before = ready.length ? gathered(page.engine, told, base, runs, week, false) : null;
  const rows = ready.map((one) => {
    const after = gathered(page.engine, told, keptRuns(one.want), runs, week, false);
    const persons = compare(before.asked, after.asked, {});
    const hours = compare(hoursOf(before), hoursOf(after), {});
    return { ...one, persons, hours, per: page.engine.per(hours.difference, persons.difference) };
  }).sort((a, b) => b.persons.difference - a.persons.difference);
  const clear = rows.filter((row) => row.persons.verdict === "higher");
  const cheapest = clear.length ? clear.reduce((a, b) => (b.per < a.per ? b : a)) : null;
  const finished = ready.length === helps.tries.length;
  const name = (row) => el("span", {}, `${t(`lever.${row.key}`)}: ${valueText(told, row.key, row.from)} → ${valueText(told, row.key, row.to)}`);
  $("helps").replaceChildren(
    el("p", {}, finished
      ? cheapest ? t("helps.cheapest", { lever: t(`lever.${cheapest.key}`), to: valueText(told, cheapest.key, cheapest.to), persons: written(cheapest.persons.difference, 1, true), hours: written(cheapest.hours.difference, 0, true) }) : t("helps.none")
      : t("helps.wait", { n: written(ready.length), of: written(helps.tries.length) })),
    el("table", {},
      el("thead", {}, el("tr", {}, ...["helps.lever", "helps.persons", "helps.hours", "helps.per", "helps.make"].map((word) => el("th", { scope: "col" }, t(word))))),
      el("tbody", {}, ...rows.map((row) => el("tr", {}, el("th", { scope: "row" }, name(row)),
        el("td", {}, `${written(row.persons.difference, 1, true)} [${written(row.persons.low, 1)}, ${written(row.persons.high, 1)}]${row.persons.verdict === "higher" || row.persons.verdict === "lower" ? "" : ` ${t("helps.unclear")}`}`),
        el("td", {}, written(row.hours.difference, 0, true)),
        el("td", {}, row.persons.verdict === "higher" ? written(row.per) : "–"),
        el("td", {}, el("button", { type: "button", disabled: state.plans.length > 3 && !onlyCopy(), onclick: () => makePlan(row) }, t("helps.plan", { letter: letterOf(target()) }))))))));
  document.documentElement.dataset.helps = finished ? "done" : String(ready.length);
}

// Where a plan made by one click goes: over an untouched copy of the plan that is improved, else at the end.
function onlyCopy() {
  return target() < page.state.plans.length;
}

function target() {
  const plan = page.state.plans[page.helps.plan];
  const copy = page.state.plans.findIndex((one, i) => i !== page.helps.plan && one.from === plan.from && JSON.stringify([one.set, one.activities]) === JSON.stringify([plan.set, plan.activities]));
  return copy < 0 ? page.state.plans.length : copy;
}

function makePlan(row) {
  const plan = page.state.plans[page.helps.plan];
  const at = target();
  const made = structuredClone({ ...plan, name: t("plan.with", { name: t(`lever.${row.key}`) }).slice(0, 40), set: { ...plan.set, [row.key]: row.to } });
  page.other = at || 1;
  page.history.change("", (s) => { s.plans[at] = made; });
  rebuild();
}

// --- changes -----------------------------------------------------------------------------------------------------

let timer = 0;
function changed(mark) {
  page.other = Math.min(page.other, page.state.plans.length - 1);
  if (mark === "moved" || mark === "reset" || $("plans").children.length !== page.state.plans.length) rebuild();
  dirty = true;
  delete document.documentElement.dataset.shown; // until the answer to this change is painted
  facts();
  refresh();
  soon();
  clearTimeout(timer);
  timer = setTimeout(later, QUIET);
}

function later() {
  page.history.settle();
  const { said } = page;
  const figures = said ? { runs: page.shown, difference: said.difference, low: said.low, high: said.high } : undefined;
  const text = packed(page.state, figures);
  history.replaceState(null, "", `#${text}`);
  keep("state", page.state);
  if (said && page.shown === STAGES.at(-1)) $("spoken").textContent = $("sentence").textContent;
}

// What stands beside the fields: posts, what was changed.
function facts() {
  const { state, engine } = page;
  engine.layOut(scenarioOf(state, state.plans[0]), state.seed, 0);
  page.posts = engine.get("posts");
  const values = engine.laidOut.values;
  $("posts").textContent = t("ward.posts", { units: written(values["site.units"]), staff: written(values["site.staff_per_unit"]), posts: written(page.posts) });
  const said = WARD.filter((key) => key in state.ward).map((key) => `${t(`ward.${key}`)}: ${valueText(told, key, state.ward[key])}`);
  $("ward-told").textContent = said.length ? said.join("; ") : t("ward.usual", { posts: written(page.posts) });
  state.plans.forEach((plan, i) => ($(`changed-${i}`).textContent = changesOf(told, plan)));
  $("printed").replaceChildren(
    el("li", {}, `${t("ward.head")}: ${$("ward-told").textContent}`),
    ...state.plans.map((plan) => el("li", {}, `${plan.name} (${plan.from.startsWith("=") ? plan.from.slice(1) : t(`plan.${plan.from}`)}). ${changesOf(told, plan)}`)));
  $("undo").disabled = !page.history.past.length;
  $("redo").disabled = !page.history.future.length;
  $("add").disabled = state.plans.length > 3;
}

function rebuild() {
  $("counts").replaceChildren(countsFields(page));
  $("ward").replaceChildren(wardFields(page));
  $("plans").replaceChildren(...page.state.plans.map((_, i) => planCard(page, i)));
  $("helps-ask").replaceChildren(...page.state.plans.map((plan, i) => el("button", { type: "button", class: i ? "" : "main", onclick: () => askHelps(i) }, t("helps.ask", { name: plan.name }))));
  if (!page.helps) $("helps").replaceChildren();
  $("keep").replaceChildren(
    el("button", { type: "button", id: "copy", onclick: copyLink }, t("keep.link")),
    el("button", { type: "button", onclick: () => window.print() }, t("keep.print")),
    ...page.state.plans.map((plan, i) => el("button", { type: "button", class: "save", onclick: () => save(fileName(plan), `${toml(page.state, plan)}# page: ${packed(page.state)}\n`) }, t("keep.file", { letter: letterOf(i) }))),
    el("button", { type: "button", onclick: saveRuns }, t("keep.runs")),
    el("label", { class: "open" }, t("keep.open"), " ", el("input", { type: "file", accept: ".toml", id: "open", onchange: open })));
}

// --- keep and share -----------------------------------------------------------------------------------------------

async function copyLink() {
  later();
  try {
    await navigator.clipboard.writeText(location.href);
    say(t("keep.copied"));
  } catch {
    say(t("keep.by_hand"));
  }
}

function save(name, text, type = "text/plain") {
  const url = URL.createObjectURL(new Blob([text], { type }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

function saveRuns() {
  const lines = [["plan", "replicate", "persons", ...told.outcomes.map((one) => one.name), ...told.layout.rows.paid].join(",")];
  page.state.plans.forEach((plan, i) => {
    const one = view(i, plan, page.want[i], page.shown);
    const cell = (value) => (value === value ? String(value) : "");
    for (let run = 0; run < one.n; run++)
      lines.push([JSON.stringify(plan.name.replace(/"/g, "'")), run, ...[one.asked_, ...one.outcomes, ...one.paid].map((row) => cell(row[run]))].join(","));
  });
  save("qisim-runs.csv", `${lines.join("\n")}\n`, "text/csv");
}

async function open(event) {
  const [file] = event.target.files;
  if (!file) return;
  const text = file.size < 1e6 ? await file.text() : "";
  const found = text.match(/^# page: ([\w-]+)\s*$/m);
  const state = found && checked(unpacked(found[1]), told);
  if (!state) return say(t("keep.not_ours"));
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

const NOTES = ["question", "expectation", "finding", "decision"];
function notes() {
  const kept = keptBefore("notes") || {};
  $("notes").replaceChildren(...NOTES.map((name) => el("label", {}, t(`note.${name}`),
    el("textarea", { maxlength: 2000, oninput: (event) => {
      kept[name] = event.target.value;
      keep("notes", kept);
    } }, typeof kept[name] === "string" ? kept[name] : ""))));
}

// --- about a number ------------------------------------------------------------------------------------------------

function about(key) {
  const p = told.parameters[key];
  const dialog = $("lever");
  const range = (low, high) => t("about.from_to", { low: valueText(told, key, low), high: valueText(told, key, high) });
  const rests = p.sources.map((id) => {
    if (id === "assumption") return el("li", {}, t("about.assumption"));
    const source = told.sources[id];
    return el("li", {}, `${id}: ${source.text} `, source.url.startsWith("http") ? el("a", { href: source.url, rel: "noreferrer", target: "_blank" }, t("about.link")) : source.url);
  });
  const label = key in told.levers || key.startsWith("programme.") ? t(`lever.${key}`) : t(`ward.${key}`);
  const rows = [
    ["about.what", el("span", {}, t(`what.${key}`))],
    ["about.usual", valueText(told, key, p.default)],
    ["about.plausible", range(p.low, p.high)],
    ["about.allowed", range(p.min, p.max)],
    ["about.name", el("code", {}, key)],
    ["about.sure", p.sources.includes("assumption") ? t(p.sources.length > 1 ? "about.partly" : "about.assumed") : t("about.sourced")],
    ["about.sources", el("ul", {}, ...rests)],
  ];
  dialog.replaceChildren(el("h3", { id: "lever-head" }, label),
    el("dl", {}, ...rows.flatMap(([word, content]) => [el("dt", {}, t(word)), el("dd", {}, content)])),
    el("div", { class: "row" }, el("button", { type: "button", class: "main", onclick: () => dialog.close() }, t("close"))));
  dialog.showModal();
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
    speakAs(next);
    rebuild();
    changed("");
  };
  $("caveats").replaceChildren(...[1, 2, 3].map((i) => el("li", {}, t(`caveat.${i}`))));
  $("footer").textContent = t("footer", { version: told.version });
  doors();
  notes();
}

async function begin() {
  const { code, worker } = told;
  told.layout.series = told.weekly.length;
  told.layout.outcomes = told.outcomes.length;
  knows(told);
  speakAs(keptBefore("language") && told.language === null ? keptBefore("language") : told.language || "en");
  const wasm = bytes(code);
  page.pool = new Pool(worker, { code: wasm, layout: told.layout, words: told.words, sets: told.sets });
  page.engine = await Engine.start(wasm, told.layout, told.words, told.sets);
  start(fromAddress() || given());
  $("undo").onclick = () => page.history.undo();
  $("redo").onclick = () => page.history.redo();
  $("reset").onclick = () => page.history.reset();
  $("add").onclick = () => {
    const i = page.state.plans.length;
    page.other = i;
    page.history.change("", (s) => s.plans.push(newPlan(t("plan", { letter: letterOf(i) }), "blended")));
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
