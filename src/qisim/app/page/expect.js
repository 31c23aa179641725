// The expectation first: what one thinks is asked before the answer is shown, and stands beside it afterwards.
import { el, t } from "./words.js";
import { written } from "./numbers.js";
import { numberField } from "./fields.js";
import { keep, keptBefore } from "./state.js";
import { notes } from "./keep.js";

const $ = (id) => document.getElementById(id);
const page_ = { ahead: null, by: null };

export const wanted = () => keptBefore("expect") === true;

export function expectField(page) {
  return el("label", { class: "check" }, el("input", { type: "checkbox", id: "expect-first", checked: wanted(), onchange: (event) => {
    keep("expect", event.target.checked);
    if (event.target.checked) askFirst(page);
    else show();
  } }), t("expect.first"));
}

// Cover the answer until somebody has said what they expect.
export function askFirst(page) {
  page.expected = null;
  Object.assign(page_, { ahead: null, by: null });
  document.documentElement.toggleAttribute("data-covered", true);
  paint(page);
}

function show() {
  document.documentElement.toggleAttribute("data-covered", false);
}

function paint(page) {
  const { plans } = page.state;
  const choices = [...plans.map((plan, i) => [String(i), t("expect.more", { name: plan.name })]), ["same", t("expect.same")]];
  const done = () => {
    const chosen = choices.find(([value]) => value === page_.ahead);
    if (chosen) {
      page.expected = page_.by ? t("expect.said_by", { what: chosen[1], n: written(page_.by) }) : chosen[1];
      const kept = keptBefore("notes") || {};
      keep("notes", { ...kept, expectation: page.expected });
      notes();
    }
    show();
    page.repaint();
    $("sentence").closest("section").focus();
  };
  $("expect").replaceChildren(
    el("fieldset", {}, el("legend", {}, t("expect.question")), ...choices.map(([value, label]) => el("label", { class: "check" },
      el("input", { type: "radio", name: "expect", value, onchange: () => { page_.ahead = value; } }), label))),
    numberField({ id: "expect-by", label: t("expect.by"), value: null, low: 0, high: 2400, unit: t("unit.persons"), placeholder: "", set: (n) => { page_.by = n; } }),
    el("div", { class: "row" }, el("button", { type: "button", class: "main", id: "expect-show", onclick: done }, t("expect.show"))));
}
