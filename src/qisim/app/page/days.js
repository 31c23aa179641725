// Bad days: every plan on an ordinary day, and when something goes wrong that often does.
import { el, stacked, t } from "./words.js";
import { written } from "./numbers.js";
import { valueText } from "./fields.js";
import { planOf, scenarioOf } from "./scenario.js";

const $ = (id) => document.getElementById(id);

export function daysStudy(page) {
  return {
    section: $("days-card"),
    stamp: () => (page.state.begun ? null : JSON.stringify([page.state.plans.map((_, i) => page.wantKey(i)), page.other, page.state.months, page.state.matters])),
    *steps(row, task) {
      const { state, told } = page;
      const strengths = page.strengths();
      task.days = [{ name: "ordinary", events: [], set: {} }, ...told.days];
      task.names = state.plans.map((plan) => plan.name);
      for (const runs of page.someRuns()) {
        const wants = task.days.map((day) => state.plans.map((plan, i) => page.background.want(page.askedOf(onDay(state, planOf(state, plan), day), strengths), runs, [page.weekAsked(i)])));
        yield wants.flat();
        task.runs = runs;
        task.rows = wants.map((day) => day.map((want) => row(want).persons[0]));
      }
    },
    paint: (task) => paint(page, task),
  };
}

function onDay(state, plan, day) {
  const scenario = scenarioOf(state, plan);
  const weeks = scenario.values["run.weeks"];
  const there = day.events.filter((one) => (one.until_week ?? one.week) <= weeks);
  return { ...scenario, values: { ...scenario.values, ...day.set }, events: [...scenario.events, ...there] };
}

function paint(page, task) {
  if (!task.rows) return;
  const { told, state } = page;
  const ordinary = task.rows[0];
  const label = (day) => t(`day.${day.name}`, Object.fromEntries(Object.entries(day.set).map(([key, value]) => ["value", valueText(told, key, value)])));
  const pair = task.rows.map((rows) => page.compare(rows[0], rows[page.other], { matters: state.matters || 0 }));
  const says = (said) => (said.verdict === "higher" || said.verdict === "lower"
    ? t("days.ahead", { name: task.names[said.verdict === "higher" ? page.other : 0], difference: written(Math.abs(said.difference), 1) })
    : t(`days.${said.verdict}`));
  const steady = pair.every((said) => said.verdict === pair[0].verdict);
  $("days").replaceChildren(
    el("p", {}, t(steady ? "days.steady" : "days.shifts", { base: task.names[0], other: task.names[page.other] })),
    stacked(el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("days.day")), ...task.names.map((name, i) => el("th", { scope: "col" }, el("span", { class: `ink ${page.classOf(i)}` }, name))), el("th", { scope: "col" }, t("days.verdict")))),
      el("tbody", {}, ...task.days.map((day, d) => el("tr", {}, el("th", { scope: "row" }, label(day)),
        ...task.rows[d].map((persons, i) => {
          const said = page.compare(ordinary[i], persons, {});
          return el("td", {}, written(said.other_mean, 1), d ? ` (${written(said.difference, 1, true)})` : "");
        }),
        el("td", {}, says(pair[d]))))))));
}
