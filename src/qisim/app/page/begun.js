// A plan that has begun: what was counted, the worlds that fit it, and the sheet to count with.
import { el, t } from "./words.js";
import { read, written } from "./numbers.js";
import { afterWeeks, planOf, scenarioOf, valueOf } from "./scenario.js";
import { MOST_COUNTS, MOST_MONTH } from "./state.js";
import { numberField } from "./fields.js";
import { saveDocument } from "./keep.js";

const $ = (id) => document.getElementById(id);

// Counts from text: a line for each, its month and the people who use it; a third number (people in post) may follow.
export function countsFrom(text, posts = 2400) {
  const counts = new Map();
  for (const line of text.split(/\n/)) {
    if (!line.trim()) continue;
    const numbers = (line.match(/\d+(?:[.,]\d+)?/g) || []).map((one) => read(one));
    const [month, users] = numbers;
    const sound = numbers.length >= 2 && numbers.length <= 3 && Number.isInteger(month) && month >= 1 && month <= MOST_MONTH && users >= 0 && users <= 2400;
    if (!sound) return { wrong: line.trim().slice(0, 60) };
    if (users > posts) return { over: line.trim().slice(0, 60) };
    counts.set(month, users);
  }
  if (counts.size > MOST_COUNTS) return { wrong: t("begun.most", { n: written(MOST_COUNTS) }) };
  return { counts: [...counts].sort((a, b) => a[0] - b[0]) };
}

// Weeks of the run in which people were counted.
export function countedWeeks(state) {
  const begins = valueOf(state.plans[0], "programme.start_week") - 1;
  return state.begun.counts.map(([month]) => begins + afterWeeks(month));
}

// What is to be run to find the worlds that fit: the plan as it has been, in as many worlds as may be.
export function matching(page) {
  const { state, told } = page;
  if (!state.begun || !state.begun.counts.length) return null;
  const weeks = countedWeeks(state);
  const want = page.asked(state.plans[0], page.strengths());
  const key = JSON.stringify([want.key, weeks]);
  if (!page.match || page.match.key !== key) page.match = { key, want, weeks, batches: [], ids: null };
  const { match } = page;
  const counts = state.begun.counts.map(([, users]) => users);
  const mark = JSON.stringify([counts, state.begun.near]);
  if (match.mark !== mark) Object.assign(match, { mark, ids: null });
  const { lanes } = told.layout;
  const batches = told.worlds / lanes;
  if (!match.ids && match.batches.filter(Boolean).length === batches) {
    match.ids = fitting(match, counts, state.begun.near, lanes).slice(0, told.stages.at(-1));
    match.found = fitting(match, counts, state.begun.near, lanes).length;
  }
  return match;
}

function fitting(match, counts, near, lanes) {
  const found = [];
  match.batches.forEach((batch, i) => {
    for (let lane = 0; lane < lanes; lane++)
      if (counts.every((users, w) => Math.abs(batch.persons[w * lanes + lane] - users) <= near + 1e-9)) found.push(i * lanes + lane);
  });
  return found;
}

export function matchingJobs(page, match) {
  const { lanes } = page.told.layout;
  const jobs = [];
  for (let i = 0; i < page.told.worlds / lanes; i++) {
    if (match.batches[i]) continue;
    jobs.push({
      name: `match ${i} ${match.key}`,
      message: {
        key: match.want.key, scenario: match.want.scenario, seed: page.state.seed, price: match.want.price, strengths: match.want.strengths,
        worlds: Array.from({ length: lanes }, (_, lane) => i * lanes + lane), weeks: match.weeks,
      },
      done: (numbers, fault) => {
        if (fault) return page.fault(fault);
        match.batches[i] = numbers;
        const left = match.batches.filter(Boolean).length < page.told.worlds / lanes;
        if (page.match !== match) return undefined;
        if (!left) page.refresh();
        return page.soon();
      },
    });
  }
  return jobs;
}

// Whether plans that go on from one that has begun have its past: run by run, week by week.
export function sharePast(page, kept) {
  const { lanes } = page.told.layout;
  const weeks = page.now();
  const [first, ...others] = kept;
  return others.every((other) => first.batches.every((batch, i) => {
    const theirs = other.batches[i];
    for (let at = 0; theirs && at < weeks * lanes; at++) if (batch.persons[at] !== theirs.persons[at]) return false;
    return true;
  }));
}

// --- what is entered ------------------------------------------------------------------------------------

export function begunCard(page) {
  const { history } = page;
  const { begun } = page.state;
  $("begun-card").hidden = !begun;
  if (!begun) return;
  const area = el("textarea", {
    id: "counts-text", rows: 4, "aria-describedby": "counts-wrong counts-how", placeholder: t("begun.placeholder"),
  }, begun.counts.map(([month, users]) => `${month} ${users}`).join("\n"));
  const wrong = el("p", { class: "wrong", id: "counts-wrong", role: "alert", hidden: true });
  const take = () => {
    const { counts, wrong: line, over } = countsFrom(area.value, page.posts);
    wrong.hidden = Boolean(counts);
    if (!counts) {
      wrong.textContent = over ? t("begun.over", { line: over, posts: written(page.posts) }) : t("begun.wrong", { line, most: written(MOST_MONTH) });
      area.setAttribute("aria-invalid", "true");
      return;
    }
    area.removeAttribute("aria-invalid");
    history.change("", (s) => { s.begun.counts = counts; });
    page.rebuild();
  };
  $("begun").replaceChildren(
    el("label", { for: "counts-text" }, t("begun.label")),
    el("p", { class: "hint", id: "counts-how" }, t("begun.how")),
    area, wrong,
    el("div", { class: "row" },
      el("button", { type: "button", class: "main", id: "counts-take", onclick: take }, t("begun.take")),
      el("button", { type: "button", id: "tally", onclick: () => tallySheet(page) }, t("tally.save"))),
    numberField({ id: "near", label: t("begun.near"), value: begun.near, low: 0, high: 100, unit: t("unit.persons"),
      set: (number) => history.change("near", (s) => { s.begun.near = number; }) }),
    el("p", { class: "told", id: "begun-told", role: "status" }));
}

export function begunTold(page) {
  const node = $("begun-told");
  if (!page.state.begun || !node) return;
  const { match } = page;
  const values = match && { n: written(match.found ?? 0), of: written(page.told.worlds), near: written(page.state.begun.near) };
  const text = !page.state.begun.counts.length ? t("begun.none")
    : !match || !match.ids ? t("begun.looking")
      : match.ids.length < page.told.fewest ? t("begun.few", values) : t("begun.found", values);
  if (node.textContent !== text) node.textContent = text;
}

// --- the sheet to count with ----------------------------------------------------------------------------

const MONTHS = [3, 6, 9];
export function tallySheet(page) {
  const scenario = scenarioOf(page.state, planOf(page.state, page.state.plans[0]));
  const head = (word) => el("th", { scope: "col" }, t(word));
  const units = Array.from({ length: scenario.values["site.units"] }, (_, i) => t("tally.unit", { n: written(i + 1) }));
  const sheets = MONTHS.map((n) => el("section", {},
    el("h2", {}, t("tally.month", { n: written(n), week: written(afterWeeks(n)) })),
    el("p", {}, t("tally.date"), " ______________   ", t("tally.who"), " ______________"),
    el("table", {},
      el("thead", {}, el("tr", {}, head("tally.place"), head("tally.posts"), head("tally.users"), head("tally.leaders"))),
      el("tbody", {}, ...[...units, t("tally.all")].map((name) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}), el("td", {}), el("td", {})))))));
  saveDocument("qisim-tally", t("tally.head"), [
    el("h1", {}, t("tally.head")), el("p", {}, t("tally.what")),
    el("ol", {}, ...[1, 2, 3, 4].map((i) => el("li", {}, t(`tally.rule.${i}`)))), ...sheets,
    el("p", {}, t("tally.then")),
  ]);
}
