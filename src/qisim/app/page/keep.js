// Keep and share: the link, files of plans and runs, documents to print, pictures, notes.
import { el, t } from "./words.js";
import { fileName, toml } from "./scenario.js";
import { keep, keptBefore, packed } from "./state.js";
import { letterOf } from "./fields.js";

const $ = (id) => document.getElementById(id);

export function save(name, text, type = "text/plain") {
  const url = URL.createObjectURL(new Blob([text], { type }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

const PRINT = `
@page { size: A4; margin: 14mm; }
body { font: 10pt/1.35 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: #111; background: #fff; max-width: 182mm; overflow-wrap: anywhere; margin: 0 auto; padding: 8mm 0; }
h1 { font-size: 16pt; margin: 0 0 3mm; } h2 { font-size: 12pt; margin: 5mm 0 1.5mm; } p, ul, ol { margin: 0 0 2mm; } section, figure { break-inside: avoid; margin: 0; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; } th, td { border: 1px solid #888; padding: 1.2mm 2mm; text-align: start; vertical-align: top; font-weight: 400; } thead th { background: #eee; font-weight: 600; }
td:empty { height: 11mm; } svg { width: 100%; height: auto; max-height: 72mm; overflow: visible; } .keys { display: flex; flex-wrap: wrap; gap: 1mm 5mm; list-style: none; padding: 0; font-size: 9.5pt; } .keys svg { width: 9mm; height: 3.5mm; margin-inline-end: 1.5mm; } .soft { color: #444; font-size: 9.5pt; } .big { font-size: 14pt; font-weight: 600; line-height: 1.3; }
@media print { body { padding: 0; } }
`;

// A document of its own, of text and drawings that stand in it whole; it asks nobody for anything.
export function saveDocument(name, title, nodes) {
  const body = el("body", {}, ...nodes);
  const lang = document.documentElement.lang;
  const escaped = title.replace(/[<&]/g, (c) => (c === "<" ? "&lt;" : "&amp;"));
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  const head = `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width"><title>${escaped}</title><style>${PRINT}</style>`;
  save(`${name}.html`, `<!doctype html>\n<html lang="${lang}"><head>${head}</head>${body.outerHTML}</html>\n`, "text/html");
}

const DRAWN = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "opacity"];

// A drawing that stands by itself: the colours of the page written into it.
export function standalone(drawing) {
  const copy = drawing.cloneNode(true);
  const from = [...drawing.querySelectorAll("*")];
  [...copy.querySelectorAll("*")].forEach((node, i) => {
    const style = getComputedStyle(from[i]);
    for (const name of DRAWN) if (style.getPropertyValue(name)) node.setAttribute(name, style.getPropertyValue(name));
    node.removeAttribute("class");
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("font-family", "system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif");
  return copy;
}

const textOf = (id) => $(id).textContent;

function figure(id, head) {
  const drawing = document.querySelector(`#${id} svg`);
  return drawing ? [el("figure", {}, el("h2", {}, t(head)), ...keyOf(id), standalone(drawing))] : [];
}

const KEYS = { curves: "legend", bars: "cost-legend" };

// What the lines and shades of a drawing mean, where the page says it beside the drawing.
function keyOf(id) {
  if (!KEYS[id]) return [];
  return [el("ul", { class: "keys" }, ...[...$(KEYS[id]).children].map((one) =>
    el("li", {}, ...[...one.querySelectorAll("svg")].map((mark) => standalone(mark)), one.textContent)))];
}

// A table without the column of its buttons.
function printed(table) {
  const copy = table.cloneNode(true);
  if (copy.querySelector("td:last-child > button")) for (const line of copy.rows) line.lastElementChild.remove();
  return copy;
}

const items = (id) => [...$(id).children].filter((one) => !one.querySelector("select")).map((one) => el("li", {}, [...one.children].map((part) => part.textContent).join(": ") || one.textContent));

// The answer on one A4 page; with more, everything that is in sight behind it.
export function saveReport(page, whole) {
  const { state } = page;
  const notes = keptBefore("notes") || {};
  const said = NOTES.filter((name) => notes[name]).map((name) => el("p", {}, el("b", {}, `${t(`note.${name}`)}: `), notes[name]));
  const table = (id, head) => [...document.querySelectorAll(`#${id} table`)].map((one) => el("section", {}, el("h2", {}, t(head)), printed(one)));
  const words = [
    el("h1", {}, t("report.head")), el("p", { class: "soft" }, textOf("asked")), el("p", { class: "big" }, textOf("sentence")), el("p", { class: "soft" }, textOf("levels")),
    el("ul", {}, ...items("verdicts")), el("p", { class: "soft" }, textOf("progress")),
    ...figure("curves", "curves.head"),
    el("h2", {}, t("caveats.head")), el("ol", {}, ...[...$("caveats").children].map((one) => el("li", {}, one.textContent))),
    el("h2", {}, t("report.what")), el("ul", {}, ...[...$("printed").children].map((one) => el("li", {}, one.textContent))), ...said,
  ];
  const more = whole ? [
    ...figure("dots", "dots.head"), ...figure("bars", "cost.head"), ...figure("why", "why.head"), ...figure("map", "map.head"),
    ...table("curves-table", "curves.head"), ...table("bars-table", "cost.head"), ...table("why", "why.head"), ...table("turn", "turn.head"),
    ...table("helps", "helps.head"), ...table("days", "days.head"), ...table("map", "map.head"), ...table("all", "all.head"),
  ] : [];
  for (const node of more) for (const button of node.querySelectorAll("button")) button.replaceWith(button.textContent);
  const foot = el("p", { class: "soft" }, t("report.again", { version: page.told.version, seed: String(state.seed) }));
  saveDocument(whole ? "qisim-report" : "qisim-a4", t("report.head"), [...words, ...more, foot]);
}

export function savePicture(id) {
  save(`qisim-${id}.svg`, standalone($(id).querySelector("svg")).outerHTML, "image/svg+xml");
}

function saveRuns(page) {
  const { told, state } = page;
  const lines = [["plan", "replicate", "persons", ...told.outcomes.map((one) => one.name), ...told.layout.rows.paid].join(",")];
  state.plans.forEach((plan, i) => {
    const one = page.view(i, page.shown);
    const cell = (value) => (value === value ? String(value) : "");
    for (let run = 0; run < one.n; run++)
      lines.push([JSON.stringify(plan.name.replace(/"/g, "'")), page.worlds()[run], ...[one.asked_, ...one.outcomes, ...one.paid].map((row) => cell(row[run]))].join(","));
  });
  save("qisim-runs.csv", `${lines.join("\n")}\n`, "text/csv");
}

export function keepButtons(page) {
  const button = (id, word, act) => el("button", { type: "button", id, onclick: act }, t(word));
  $("keep").replaceChildren(
    button("copy", "keep.link", () => copyLink(page)),
    button("print", "keep.print", () => window.print()),
    button("a4", "keep.a4", () => saveReport(page, false)),
    button("report", "keep.report", () => saveReport(page, true)),
    button("picture", "keep.picture", () => savePicture("curves")),
    ...page.state.plans.map((plan, i) => el("button", {
      type: "button", class: "save", onclick: () => save(fileName(plan), `${toml(page.state, plan)}# page: ${packed(page.state)}\n`),
    }, t("keep.file", { letter: letterOf(i) }))),
    button("runs", "keep.runs", () => saveRuns(page)),
    el("label", { class: "file" }, el("input", { type: "file", class: "unseen", accept: ".toml", id: "open", onchange: page.open }), t("keep.open")));
}

async function copyLink(page) {
  page.later();
  try {
    await navigator.clipboard.writeText(location.href);
    page.say(t("keep.copied"));
  } catch {
    page.say(t("keep.by_hand"));
  }
}

const NOTES = ["question", "expectation", "finding", "decision"];
export function notes() {
  const kept = keptBefore("notes") || {};
  $("notes").replaceChildren(...NOTES.map((name) => el("label", {}, t(`note.${name}`),
    el("textarea", { maxlength: 2000, placeholder: " ", id: `note-${name}`, oninput: (event) => {
      kept[name] = event.target.value;
      keep("notes", kept);
    } }, typeof kept[name] === "string" ? kept[name] : ""))));
}
