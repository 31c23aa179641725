// About a number: what it is, how far it goes, how sure it is, what it rests on.
import { el, t } from "./words.js";
import { valueText } from "./fields.js";
import { told_in_words } from "./trust.js";

export function about(told, key) {
  const p = told.parameters[key];
  const dialog = document.getElementById("lever");
  const range = (low, high) => t("about.from_to", { low: valueText(told, key, low), high: valueText(told, key, high) });
  const rests = p.sources.map((id) => {
    if (id === "assumption") return el("li", {}, t("about.assumption"));
    const source = told.sources[id];
    return el("li", {}, `${id}: ${source.text} `, source.url.startsWith("http") ? el("a", { href: source.url, rel: "noreferrer", target: "_blank" }, t("about.link")) : source.url);
  });
  const label = key in told.levers || key.startsWith("programme.") ? t(`lever.${key}`) : t(`ward.${key}`);
  const bands = key in told.levers ? told.levers[key].map((value, i) => el("li", {}, t("band", { value: valueText(told, key, value), word: t(`band.${key}.${i}`) }))) : [];
  const rows = [
    ["about.what", t(`what.${key}`)],
    ["about.examples", t(`examples.${key}`)],
    ["about.watch", t(`watch.${key}`)],
    ["about.range", el("ul", {}, ...bands,
      el("li", {}, t("about.plausible", { range: range(p.low, p.high), allowed: range(p.min, p.max) })),
      el("li", {}, t("about.usual", { value: valueText(told, key, p.default) })))],
    ["about.model", el("span", {}, told_in_words(told, p.meaning), ". ", t("about.name"), " ", el("code", {}, key))],
    ["about.sure", p.sources.includes("assumption") ? t(p.sources.length > 1 ? "about.partly" : "about.assumed") : t("about.sourced")],
    ["about.sources", el("ul", {}, ...rests)],
  ];
  dialog.replaceChildren(el("h3", { id: "lever-head" }, label),
    el("dl", {}, ...rows.flatMap(([word, content]) => [el("dt", {}, t(word)), el("dd", {}, content)])),
    el("div", { class: "row" }, el("button", { type: "button", class: "main", onclick: () => dialog.close() }, t("close"))));
  dialog.showModal();
}
