// What would help: each lever one step up, with what it brings and costs; one click makes it a plan.
import { el, stacked, t } from "./words.js";
import { shown, written } from "./numbers.js";
import { letterOf, valueText } from "./fields.js";
import { planOf, valueOf } from "./scenario.js";

const $ = (id) => document.getElementById(id);

export function helpsStudy(page) {
  const plan = () => planOf(page.state, page.state.plans[page.helped]);
  return {
    section: $("helps-card"),
    stamp: () => (page.state.begun ? null : JSON.stringify([page.helped, page.wantKey(page.helped), page.state.months, page.state.price, page.state.matters])),
    *steps(row, task) {
      const strengths = page.strengths();
      const weeks = [page.weekAsked(page.helped)];
      const ask = (one, runs) => page.background.want(page.asked(one, strengths), runs, weeks);
      task.plan = page.helped;
      task.tries = tries(page, plan());
      for (const runs of page.someRuns()) {
        task.base = ask(plan(), runs);
        task.runs = runs;
        for (const one of task.tries) one.want = ask({ ...plan(), set: { ...plan().set, [one.key]: one.to } }, runs);
        yield [task.base, ...task.tries.map((one) => one.want)];
        task.rows = rowsOf(page, task, row);
      }
    },
    paint: (task) => paint(page, task),
  };
}

function tries(page, plan) {
  const found = [];
  for (const [key, bands] of Object.entries(page.told.levers)) {
    const now = valueOf(plan, key);
    const less = page.told.less.includes(key);
    const better = less ? bands.filter((one) => one < now - 1e-9).at(-1) : bands.find((one) => one > now + 1e-9);
    if (better === undefined) continue;
    if (key === "programme.facilitator_hours" && !Math.min(valueOf(plan, "programme.facilitator_weeks"), 1)) continue;
    found.push({ key, from: now, to: better });
  }
  return found;
}

function rowsOf(page, task, row) {
  const before = row(task.base);
  return task.tries.map((one) => {
    const after = row(one.want);
    const persons = page.compare(before.persons[0], after.persons[0], {});
    const points = page.compare(before.share[0], after.share[0], {});
    const hours = page.compare(before.paid.paid_hours, after.paid.paid_hours, {});
    const money = page.compare(before.paid.money, after.paid.money, {});
    return { ...one, persons, points, hours, money, per: page.engine.per(hours.difference, persons.difference), each: page.engine.per(money.difference, persons.difference) };
  }).sort((a, b) => b.persons.difference - a.persons.difference);
}

function paint(page, task) {
  const { told, state } = page;
  const rows = task.rows || [];
  const clear = rows.filter((row) => row.persons.verdict === "higher");
  const least = (some) => (some.length ? some.reduce((a, b) => (b.per < a.per ? b : a)) : null);
  const cheapest = least(clear);
  const matters = state.matters || 0;
  const small = cheapest && cheapest.persons.high < matters;
  const enough = small ? least(clear.filter((row) => row.persons.high >= matters)) : null;
  const told_of = (word, row) => t(word, { n: written(matters, Number.isInteger(matters) ? 0 : 1), lever: t(`lever.${row.key}`), to: valueText(told, row.key, row.to), persons: written(row.persons.difference, 1, true), hours: written(row.hours.difference, 0, true) });
  const name = (row) => `${t(`lever.${row.key}`)}: ${valueText(told, row.key, row.from)} → ${valueText(told, row.key, row.to)}`;
  const money = Boolean(state.price);
  const full = state.plans.length > 3 && target(page, task) >= state.plans.length;
  const head = ["helps.lever", "helps.points", "helps.persons", "helps.hours", ...(money ? ["cost.kroner"] : []), "helps.per", ...(money ? ["helps.each"] : []), "helps.make"];
  if (!$("helps").contains(document.activeElement)) $("helps").replaceChildren(
    el("p", {}, !rows.length ? t("helps.wait") : cheapest
      ? told_of("helps.cheapest", cheapest) : t("helps.none", { runs: written(task.runs) }),
    small ? ` ${told_of(enough ? "helps.enough" : "helps.too_little", enough || cheapest)}` : ""),
    rows.length ? stacked(el("table", {},
      el("thead", {}, el("tr", {}, ...head.map((word) => el("th", { scope: "col" }, t(word))))),
      el("tbody", {}, ...rows.map((row) => el("tr", { class: row === cheapest || row === enough ? "best" : null }, el("th", { scope: "row" }, name(row)),
        el("td", {}, shown(row.points.difference, "share", true)),
        el("td", {}, `${written(row.persons.difference, 1, true)} [${written(row.persons.low, 1)}, ${written(row.persons.high, 1)}]${row.persons.verdict === "higher" || row.persons.verdict === "lower" ? "" : ` ${t("helps.unclear")}`}`),
        el("td", {}, written(row.hours.difference, 0, true)),
        money && el("td", {}, written(row.money.difference, 0, true)),
        el("td", {}, row.persons.verdict === "higher" ? (row.per < 0 ? t("helps.saves") : written(row.per)) : "–"),
        money && el("td", {}, row.persons.verdict === "higher" ? written(row.each) : "–"),
        el("td", {}, el("button", { type: "button", disabled: full, "aria-label": t("helps.plan.of", { letter: letterOf(target(page, task)), name: name(row) }), onclick: () => makePlan(page, task, row) }, t("helps.plan", { letter: letterOf(target(page, task)) })))))))) : "");
}

// Where a plan made by one click goes: over an untouched copy of the plan that is improved, else at the end.
function target(page, task) {
  const plan = page.state.plans[task.plan];
  const same = (one) => JSON.stringify([one.from, one.set, one.activities, one.more]);
  const copy = page.state.plans.findIndex((one, i) => i !== task.plan && same(one) === same(plan));
  return copy < 0 ? page.state.plans.length : copy;
}

function makePlan(page, task, row) {
  const plan = page.state.plans[task.plan];
  const at = target(page, task);
  const made = structuredClone({ ...plan, name: t("plan.with", { name: t(`lever.${row.key}`) }).slice(0, 40), set: { ...plan.set, [row.key]: row.to } });
  page.other = at || 1;
  document.activeElement.blur();
  page.history.change("", (s) => { s.plans[at] = made; });
  page.rebuild();
  page.say(t("helps.made", { letter: letterOf(at), name: made.name }));
}
