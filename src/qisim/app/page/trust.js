// What speaks for the model and what against it, and what nobody knows: the sceptic's pane.
import { el, t } from "./words.js";
import { plain, written } from "./numbers.js";
import { valueText } from "./fields.js";
import { planOf } from "./scenario.js";
import { verdictText } from "./answer.js";

const $ = (id) => document.getElementById(id);

// A sentence of the declarations, in the language of the page where it is there.
export function told_in_words(told, text) {
  const norwegian = document.documentElement.lang === "nb";
  const found = norwegian && Object.hasOwn(told.translated, text) ? told.translated[text] : null;
  return el("span", norwegian && !found ? { lang: "en" } : {}, found || text);
}

export function paintTrust(told) {
  const of = (verdict) => told.validation.filter((one) => one.verdict === verdict);
  const list = (rows) => el("ul", { class: "plain" }, ...rows.map((one) => el("li", {}, told_in_words(told, one.title), " ", el("span", { class: "soft" }, t(`used.${one.use}`)))));
  $("trust").replaceChildren(
    el("p", {}, t("trust.count", { passed: written(of("pass").length), all: written(told.validation.length) })),
    el("div", { class: "pair" },
      el("section", {}, el("h4", {}, t("trust.why")), list(of("pass"))),
      el("section", {}, el("h4", {}, t("trust.why_not")), list(of("fail")),
        of("open").length ? el("p", {}, t("trust.open")) : "", of("open").length ? list(of("open")) : "",
        el("ul", { class: "plain" }, ...[1, 2, 3].map((i) => el("li", {}, t(`trust.limit.${i}`)))))));
}

// --- the sceptic's pane -----------------------------------------------------------------------------

const drawn = (told) => crypto.getRandomValues(new Uint32Array(1))[0] % told.sets.values.length;

export function worldStudy(page) {
  return {
    section: $("sceptic-card"),
    stamp: () => (page.drawn === undefined || !$("sceptic-card").open ? null : JSON.stringify([page.drawn, page.other, page.wantKey(0), page.wantKey(page.other), page.state.months, page.state.matters])),
    *steps(row, task) {
      const { state } = page;
      const strengths = page.strengths();
      const runs = page.someRuns().at(-1);
      task.drawn = page.drawn;
      task.strengths = strengths;
      const wants = [0, page.other].map((i) => page.background.want({ ...page.asked(planOf(state, state.plans[i]), strengths), set: page.drawn }, runs, [page.weekAsked(i)]));
      yield wants;
      task.runs = runs;
      task.said = page.compare(row(wants[0]).persons[0], row(wants[1]).persons[0], { matters: state.matters || 0 });
    },
    paint: (task) => paintWorld(page, task),
  };
}

export function paintSceptic(page) {
  const { told } = page;
  const keys = Object.keys(told.parameters).filter((key) => told.parameters[key].role === "uncertain");
  const vary = new Set(told.sets.keys);
  keys.sort((a, b) => vary.has(b) - vary.has(a));
  const range = (key) => t("about.from_to", { low: valueText(told, key, told.parameters[key].low), high: valueText(told, key, told.parameters[key].high) });
  const rests = (key) => told.parameters[key].sources.map((id) => (id === "assumption" ? t("sceptic.assumed") : id)).join(", ");
  $("sceptic").replaceChildren(el("table", {},
    el("thead", {}, el("tr", {}, ...["sceptic.number", "sceptic.here", "sceptic.range", "sceptic.rests", "sceptic.drawn"].map((word) => el("th", { scope: "col" }, t(word))))),
    el("tbody", {}, ...keys.map((key) => el("tr", { "data-key": key, class: vary.has(key) ? "varies" : null },
      el("th", { scope: "row" }, told_in_words(told, told.parameters[key].meaning), vary.has(key) ? el("b", {}, ` ${t("sceptic.varies")}`) : ""),
      el("td", {}, vary.has(key) ? t("sceptic.each") : valueText(told, key, told.parameters[key].default)), el("td", {}, range(key)), el("td", {}, rests(key)), el("td", {}, ""))))));
  $("sceptic-draw").replaceChildren(el("button", { type: "button", id: "draw", onclick: () => {
    page.drawn = drawn(told);
    page.background.go("sceptic");
  } }, t("sceptic.draw")));
}

function paintWorld(page, task) {
  const { told, state } = page;
  if (!task.said) return;
  const set = told.sets.values[task.drawn];
  for (const row of $("sceptic").querySelectorAll("tr.varies")) {
    const place = told.sets.keys.indexOf(row.dataset.key);
    row.lastChild.textContent = task.strengths.includes(row.dataset.key) ? plain(set[place]) : "–";
  }
  const ink = (i) => ({ class: page.classOf(i), name: state.plans[i].name });
  $("sceptic-world").replaceChildren(el("b", {}, t("sceptic.world", { n: written(task.drawn + 1), of: written(told.sets.values.length) })), " ", ...verdictText(ink(0), ink(page.other), task.said));
}
