// Two levers at once: who is ahead where, and the line on which the order of the two plans flips.
import { el, t } from "./words.js";
import { written } from "./numbers.js";
import { valueText } from "./fields.js";
import { flipMap, measure } from "./charts.js";
import { difference, movable, movedName, nowAt, pairWants } from "./turning.js";

const $ = (id) => document.getElementById(id);
const nameOf = ({ key, side }) => `${side} ${key}`;

export function mapStudy(page) {
  return {
    section: $("map-card"),
    stamp: () => (page.state.begun || !$("map-card").open ? null : JSON.stringify([page.other, page.wantKey(0), page.wantKey(page.other), page.state.months, page.state.matters, axes(page)])),
    *steps(row, task) {
      task.axes = axes(page);
      task.ticks = task.axes.map(({ key }) => page.told.maps[key]);
      task.names = [0, page.other].map((i) => page.state.plans[i].name);
      task.other = page.other;
      for (const runs of page.someRuns()) {
        const [x, y] = task.axes;
        const cells = task.ticks[1].map((b) => task.ticks[0].map((a) => pairWants(page, [{ ...x, value: a }, { ...y, value: b }], runs)));
        yield cells.flat(2);
        task.runs = runs;
        task.cells = cells.map((line) => line.map((pair) => difference(page, row, pair)));
      }
    },
    paint: (task) => paint(page, task),
  };
}

function axes(page) {
  const all = movable(page);
  const find = (name, other) => all.find((one) => nameOf(one) === name) || other;
  const x = find(page.mapped[0], all[0]);
  const y = find(page.mapped[1], all.find((one) => one.key === x.key && one.side !== x.side && one.side !== null) || all.at(-1));
  return nameOf(x) === nameOf(y) ? [x, all.find((one) => nameOf(one) !== nameOf(x))] : [x, y];
}

export function mapFields(page) {
  const chosen = axes(page);
  $("map-axes").replaceChildren(...["map.across", "map.up"].map((word, i) => el("label", {}, t(word), " ", el("select", { id: `map-${i}`, onchange: (event) => {
    page.mapped[i] = event.target.value;
    page.background.go("map");
  } }, ...movable(page).map((one) => el("option", { value: nameOf(one), selected: nameOf(one) === nameOf(chosen[i]) }, movedName(page, one)))))));
}

function paint(page, task) {
  if (!task.cells) return;
  const { told } = page;
  const [across, up] = task.axes.map((one) => movedName(page, one));
  const said = (value, key) => valueText(told, key, value);
  const [x, y] = task.axes;
  const flips = new Set(task.cells.flat().map((one) => Math.sign(one.difference))).size > 1;
  $("map").replaceChildren(
    el("p", {}, t(flips ? "map.flips" : "map.never", { base: task.names[0], other: task.names[1] })),
    el("div", { class: "chart", id: "map-chart", "data-axes": JSON.stringify(task.axes), "data-ticks": JSON.stringify(task.ticks) }),
    el("details", {}, el("summary", {}, t("table")), el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, `${up} \\ ${across}`), ...task.ticks[0].map((a) => el("th", { scope: "col" }, said(a, x.key))))),
      el("tbody", {}, ...task.cells.map((line, j) => el("tr", {}, el("th", { scope: "row" }, said(task.ticks[1][j], y.key)), ...line.map((one) => el("td", { "data-difference": one.difference }, written(one.difference, 1, true)))))))));
  measure($("map-chart"));
  flipMap($("map-chart"), {
    cells: task.cells, classes: [page.classOf(0), page.classOf(task.other)],
    ticks: [task.ticks[0].map((a) => said(a, x.key)), task.ticks[1].map((b) => said(b, y.key))],
    words: {
      label: t("map.label", { across, up, base: task.names[0], other: task.names[1] }), across: t("map.axis", { name: across, value: said(nowAt(page, x), x.key) }),
      up: t("map.axis", { name: up, value: said(nowAt(page, y), y.key) }), number: (value) => written(value, 1, true),
    },
  });
}
