// The page: its doors, what a change leads to, its words, and how it begins.
import { Engine } from "./module.js";
import { Pool } from "./pool.js";
import { Background } from "./background.js";
import { speak, written } from "./numbers.js";
import { el, t, use } from "./words.js";
import { knows, nowOf } from "./scenario.js";
import { checked, fresh, History, keep, keptBefore, newPlan, packed, unpacked } from "./state.js";
import { changesOf, CLASSES, countsFields, letterOf, planCard, valueText, wardFields, WARD } from "./fields.js";
import { begunCard, countedWeeks } from "./begun.js";
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
import { asking } from "./asking.js";
import { painting } from "./painting.js";

const QUIET = 250, HELD = 1600;
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
  door: null,
  early: false,
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
  told_at: 0,
  timer: 0, // runs while the hand moves
  classOf: (i) => CLASSES[i], later, open, rebuild, reorder, rested, say,
};
Object.assign(page, asking(page));
Object.assign(page, painting(page));
const { paintOutcomes, refresh, repaint, scenarioFor, soon, stages } = page;

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
    choose: () => start(given(), "choose"),
    improve: () => {
      start(fresh(told, [newPlan(t("plan.now"), "internal-competence"), newPlan(t("plan.better"), "internal-competence")]), "improve");
      $("helps-head").scrollIntoView();
      page.background.go("helps");
    },
    begun: () => {
      start({ ...begun(), begun: { counts: [], near: 2 } }, "begun");
      $("counts-text").focus();
    },
    example: () => start(fresh(told, [newPlan(t("plan.internal"), "internal-competence"), newPlan(t("plan.external"), "external-leadership"), newPlan(t("plan.mixed"), "blended")]), "example"),
  };
  $("doors").replaceChildren(...Object.entries(ways).map(([name, go]) => el("button", { type: "button", id: `door-${name}`, onclick: go }, t(`door.${name}`))));
  markDoor();
}

// The door through which what is in sight was reached.
function markDoor() {
  for (const one of $("doors").children) {
    if (one.id === `door-${page.door}`) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
}

function start(state, door = state.begun ? "begun" : null) {
  page.door = door;
  markDoor();
  page.other = 1;
  page.helped = 0;
  page.history = new History(state, changed);
  page.expected = null;
  rebuild();
  changed("");
  if (wanted()) askFirst(page);
}

const jump = (to) => {
  to.scrollIntoView();
  to.focus({ preventScroll: true });
};

// What lies further down, a click away from the answer.
function ways() {
  $("ways").replaceChildren(el("span", {}, t("ways")), ...["helps", "why", "turn", "days", "keep"].map((id) => {
    $(`${id}-head`).tabIndex = -1;
    return el("button", { type: "button", class: `plain ${["why", "keep"].includes(id) ? "" : "not-begun"}`, onclick: () => jump($(`${id}-head`)) }, t(`${id}.head`));
  }));
}

// --- changes -----------------------------------------------------------------------------------------------------

function changed(mark) {
  page.forget();
  if (performance.now() - page.told_at > HELD) say(""); // what was said belongs to what was before
  page.other = Math.min(page.other, page.state.plans.length - 1);
  if (mark === "moved" || mark === "reset" || $("plans").children.length !== page.state.plans.length) rebuild();
  page.stale();
  delete document.documentElement.dataset.past;
  delete document.documentElement.dataset.shown; // until the answer to this change is painted
  page.background.pause();
  page.early = true; // until the first picture of this change is painted
  facts();
  refresh();
  soon();
  clearTimeout(page.timer);
  page.timer = setTimeout(() => {
    page.timer = 0;
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
  event.target.value = ""; // so that the same file can be opened once more
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
  page.told_at = performance.now();
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
  ways();
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
  const shared = fromAddress();
  if (shared) start(shared);
  else start(given(), "choose");
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
    repaint();
  });
}

begin().catch((error) => {
  say(`qisim: ${error.message}`);
  document.documentElement.dataset.fault = error.message;
});
