// One unit in one run, week by week, under two plans: everybody by role and team, what they do, what happens.
import { el, t } from "./words.js";
import { percent, plain, written } from "./numbers.js";
import { measure, svg } from "./charts.js";
import { levels, mostAffected, storyNodes } from "./story.js";

const $ = (id) => document.getElementById(id);
const TICK_MS = 200, SLOW_MS = 1000, SLOW_WEEKS = 4;
const GROUPS = ["nurse", "worker", "assistant"];

export function unitView(page) {
  const view = {
    world: null, found: new Map(), week: 1, unit: 0, person: null, timer: 0, mark: "", built: "", scene: null,
    open: () => $("unit-card").open,
    jobs: () => jobs(page, view),
    wake: () => lacking(page, view).length > 0,
    paint: () => paint(page, view),
  };
  $("unit-card").addEventListener("toggle", () => {
    if (!view.open()) return pause(view);
    page.refresh();
    return paint(page, view);
  });
  return view;
}

// The run whose difference is in the middle of all.
function typical(page) {
  const { said, engine, told } = page;
  const row = said.differences;
  if (!row.length) return 0;
  const middle = engine.quantiles(row, 1, row.length)[told.layout.levels.indexOf(0.5)];
  let best = 0;
  row.forEach((one, i) => {
    if (Math.abs(one - middle) < Math.abs(row[best] - middle)) best = i;
  });
  return best;
}

const keyOf = (page, view, i) => `${view.world} ${page.wantKey(i)}`;
const sides = (page) => [0, page.other];

function lacking(page, view) {
  if (!view.open() || !page.seen || page.shown !== page.stages().at(-1) || document.documentElement.dataset.shown === undefined) return [];
  const mark = sides(page).map((i) => page.wantKey(i)).join(" ");
  if (view.mark !== mark) Object.assign(view, { mark, world: page.worlds()[typical(page)], person: null, found: new Map() });
  return sides(page).filter((i) => !view.found.has(keyOf(page, view, i)));
}

function jobs(page, view) {
  return lacking(page, view).map((i) => {
    const key = keyOf(page, view, i);
    const want = page.want[i];
    return {
      name: `live ${key}`,
      message: { key: want.key, scenario: want.scenario, seed: page.state.seed, price: want.price, strengths: want.strengths, sites: want.sites, worlds: [view.world], live: true },
      done: (found, fault) => {
        if (fault) return page.fault(fault);
        view.found.set(key, found);
        return paint(page, view);
      },
    };
  });
}

function paint(page, view) {
  if (!view.open() || !page.seen) return;
  const found = sides(page).map((i) => view.found.get(keyOf(page, view, i)));
  document.documentElement.dataset.unit = found.every(Boolean) ? "there" : "waiting";
  if (!found.every(Boolean)) {
    if (!$("unit").childElementCount) $("unit").replaceChildren(el("p", {}, t("unit.wait")));
    return;
  }
  const values = sides(page).map((i) => page.want[i].scenario.values);
  const shape = values[0];
  const posts = shape["site.units"] * shape["site.staff_per_unit"];
  const pair = found.map((one) => levels(page.told, one, posts));
  view.person ??= mostAffected(pair, posts);
  view.unit = Math.min(view.unit, shape["site.units"] - 1);
  view.week = Math.min(view.week, pair[0].weeks);
  const scene = { page, view, found, pair, shape, posts, plans: [page.seen.base, page.seen.other], sessions: values.map((one) => one["programme.session_hours"]) };
  const built = JSON.stringify([sides(page).map((i) => keyOf(page, view, i)), document.documentElement.lang, scene.plans.map((plan) => plan.name)]);
  if (view.built === built) return draw(view.scene); // the same people: what was opened stays open
  Object.assign(view, { built, scene });
  pause(view);
  frame(scene);
  draw(scene);
  tell(scene);
}

// What stays while weeks go by: controls, legend, frames.
function frame(scene) {
  const { page, view, pair, shape, plans } = scene;
  const go = (week) => {
    view.week = Math.max(1, Math.min(pair[0].weeks, week));
    draw(scene);
  };
  const slider = el("input", { type: "range", id: "unit-week", min: 1, max: pair[0].weeks, value: view.week, "aria-label": t("unit.week.label"), oninput: (event) => {
    pause(view);
    go(Number(event.target.value));
  } });
  const play = el("button", { type: "button", id: "unit-play", class: "main", onclick: () => (view.timer ? pause(view) : start(scene, go)) }, t("unit.play"));
  const units = shape["site.units"] > 1 && el("label", {}, t("unit.unit"), " ", el("select", { id: "unit-number", onchange: (event) => {
    view.unit = Number(event.target.value);
    view.person = view.unit * shape["site.staff_per_unit"];
    frame(scene);
    draw(scene);
    tell(scene);
  } }, ...Array.from({ length: shape["site.units"] }, (_, i) => el("option", { value: i, selected: i === view.unit }, written(i + 1)))));
  const another = el("button", { type: "button", id: "unit-another", class: "small", onclick: () => {
    const all = page.worlds().slice(0, page.shown);
    view.world = all[crypto.getRandomValues(new Uint32Array(1))[0] % all.length];
    view.person = null;
    page.refresh();
  } }, t("unit.another"));
  $("unit").replaceChildren(
    el("div", { class: "row" }, el("span", { class: "soft" }, t("unit.run", { run: written(view.world + 1) })), another, units || ""),
    el("div", { class: "row player" }, play, el("output", { id: "unit-when", for: "unit-week" }), slider),
    legend(),
    el("div", { class: "pair" }, ...plans.map((plan, i) => el("figure", { class: `world ${plan.class}` },
      el("figcaption", {}, el("span", { class: `ink ${plan.class}` }, plan.name), " ", el("span", { class: "soft", id: `unit-told-${i}` })),
      el("div", { class: "chart", id: `unit-${i}` }), el("ul", { class: "plain events", id: `unit-events-${i}` })))),
    el("details", {}, el("summary", {}, t("table")), el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("table.named", { name: t("unit.head") }), id: "unit-table" })));
  $("unit-table").parentElement.addEventListener("toggle", () => draw(scene));
}

function start(scene, go) {
  const { view, pair } = scene;
  const slow = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (view.week >= pair[0].weeks) go(1);
  $("unit-play").textContent = t("unit.pause");
  view.timer = setInterval(() => {
    if (view.week >= pair[0].weeks || !view.open()) return pause(view);
    return go(view.week + (slow ? SLOW_WEEKS : 1));
  }, slow ? SLOW_MS : TICK_MS);
}

function pause(view) {
  clearInterval(view.timer);
  view.timer = 0;
  if ($("unit-play")) $("unit-play").textContent = t("unit.play");
}

// --- one week ------------------------------------------------------------------------------------

function stateOf(world, week, post) {
  const now = (name) => world.at(name, week, post);
  if (now("in_post") < 0.5) return "vacant";
  if (now("routine") > 0.5) return "routine";
  if (now("used") > 0.5) return "used";
  return "idle";
}

const isNew = (told, world, week, post) => world.at("in_post", week, post) > 0.5 && world.at("settled", week, post) < told.settled;
const away = (world, week, post) => world.at("in_post", week, post) > 0.5 && world.at("absent", week, post) > 0.5;

function roleOf(world, week, post) {
  return GROUPS[Math.round(world.at("group", week, post))];
}

function teamOf(scene, post) {
  const { shape } = scene;
  return (post % shape["site.staff_per_unit"]) % shape["site.teams_per_unit"];
}

export function personName(scene, post) {
  const { pair, view } = scene;
  return t("unit.person", { n: written(post + 1), team: written(teamOf(scene, post) + 1), role: t(`role.${roleOf(pair[0], view.week, post)}`) });
}

function draw(scene) {
  const { page, view, pair, found, plans } = scene;
  $("unit-week").value = view.week;
  $("unit-when").textContent = t("unit.when", { week: written(view.week), month: written(Math.floor((view.week * 12) / 52)) });
  $("unit-week").setAttribute("aria-valuetext", $("unit-when").textContent);
  measure($("unit-0"), $("unit-1"));
  pair.forEach((world, i) => {
    const who = sides(page)[i];
    const kept = page.personsIn(who, view.world, view.week);
    $(`unit-told-${i}`).textContent = t("unit.told", { persons: written(kept, 0), posts: written(page.posts) });
    $(`unit-${i}`).replaceChildren(picture(scene, world, found[i], plans[i], $(`unit-${i}`).clientWidth));
    $(`unit-events-${i}`).replaceChildren(...eventsOf(scene, world, found[i]).map((text) => el("li", {}, text)));
  });
  if ($("unit-table").parentElement.open) paintTable(scene);
}

const WIDEST = 34, NARROWEST = 27, HIGH = 40;

function picture(scene, world, found, plan, width) {
  const { view, shape, page } = scene;
  const wide = Math.max(260, width || 420);
  const left = 76;
  const staff = shape["site.staff_per_unit"];
  const step = Math.min(WIDEST, Math.max(NARROWEST, (wide - left) / Math.ceil(staff / shape["site.teams_per_unit"])));
  const most = Math.max(1, Math.floor((wide - left + 0.01) / step));
  const first = view.unit * staff;
  const rows = [{ label: t("unit.leaders"), leaders: true, cells: leaders(scene, found) }];
  for (let team = 0; team < shape["site.teams_per_unit"]; team++) {
    const cells = Array.from({ length: staff }, (_, slot) => first + slot).filter((post) => teamOf(scene, post) === team)
      .sort((a, b) => world.at("group", view.week, a) - world.at("group", view.week, b) || a - b);
    rows.push({ label: t("unit.team", { n: written(team + 1) }), cells });
  }
  const root = svg("svg", { role: "img", "aria-label": t("unit.label", { name: plan.name, week: written(view.week) }), "font-family": "inherit", class: `people ${plan.class}` });
  let y = 4;
  for (const row of rows) {
    root.append(label(0, y + 20, row.label));
    row.cells.forEach((cell, i) => {
      const x = left + (i % most) * step + 14;
      const at = y + Math.floor(i / most) * HIGH + 15;
      root.append(row.leaders ? leaderNode(cell, x, at) : personNode(scene, world, cell, x, at));
    });
    y += Math.ceil(row.cells.length / most) * HIGH + 6;
  }
  if (world.calendar[view.week - 1].facilitator > 0.5) {
    root.append(label(0, y + 16, t("unit.outside")), svg("rect", { x: left + 4, y: y + 2, width: 20, height: 20, class: "mark-who routine", rx: 3 }));
    y += 32;
  }
  root.setAttribute("viewBox", `0 0 ${wide} ${y + 2}`);
  root.addEventListener("click", (event) => {
    const node = event.target.closest("[data-post]");
    if (!node) return;
    view.person = Number(node.dataset.post);
    draw(scene);
    tell(scene);
  });
  return root;
}

function label(x, y, content, own = "tick") {
  const node = svg("text", { x, y, class: own });
  node.textContent = content;
  return node;
}

function personNode(scene, world, post, x, y) {
  const { view, page } = scene;
  const state = stateOf(world, view.week, post);
  const node = svg("g", { "data-post": post, class: `who ${state}${away(world, view.week, post) ? " away" : ""}${post === view.person ? " chosen" : ""}` });
  if (post === view.person) node.append(svg("circle", { cx: x, cy: y, r: 14, class: "halo" }));
  node.append(svg("circle", { cx: x, cy: y, r: 10, class: `mark-who ${state}` }));
  const title = svg("title");
  title.textContent = `${personName(scene, post)}: ${wordsOf(scene, world, post)}`;
  node.append(title);
  if (state === "vacant") return node;
  const role = label(x, y + 4, t(`role.${roleOf(world, view.week, post)}.letter`), `letter ${state}`);
  role.setAttribute("text-anchor", "middle");
  node.append(role);
  if (isNew(page.told, world, view.week, post)) node.append(label(x + 8, y - 4, "+", "new"));
  const strain = Math.min(1, world.at("strain", view.week, post));
  node.append(svg("rect", { x: x - 10, y: y + 14, width: 20, height: 4, class: "strain-room" }), svg("rect", { x: x - 10, y: y + 14, width: 20 * strain, height: 4, class: "strain" }));
  return node;
}

// Those who lead the unit: its leader first, then development nurses.
function leaders(scene, found) {
  const { view, shape, page } = scene;
  const names = Object.keys(page.told.layout.people.leaders.fields);
  const each = 1 + shape["site.champions_per_unit"];
  const all = each * shape["site.units"];
  return Array.from({ length: each }, (_, i) => {
    const at = ((view.week - 1) * all + view.unit * each + i) * names.length;
    const now = (name) => found.leaders[at + names.indexOf(name)];
    return { name: t(i ? "unit.nurse" : "unit.leader"), letter: t(i ? "unit.nurse.letter" : "unit.leader.letter"),
      state: now("in_post") < 0.5 ? "vacant" : now("routine") > 0.5 ? "routine" : now("used") > 0.5 ? "used" : "idle", away: now("absent") > 0.5, fresh: now("hired") > 0.5 };
  });
}

function leaderNode(one, x, y) {
  const node = svg("g", { class: `who ${one.state}${one.away ? " away" : ""}` });
  const title = svg("title");
  title.textContent = `${one.name}: ${t(`unit.lead.${one.state}`)}`;
  node.append(svg("path", { d: `M${x} ${y - 13}L${x + 13} ${y}L${x} ${y + 13}L${x - 13} ${y}Z`, class: `mark-who ${one.state}` }), title);
  if (one.state === "vacant") return node;
  const letter = label(x, y + 4, one.letter, `letter ${one.state}`);
  letter.setAttribute("text-anchor", "middle");
  node.append(letter);
  return node;
}

function wordsOf(scene, world, post) {
  const { view, page } = scene;
  const state = stateOf(world, view.week, post);
  if (state === "vacant") return t("unit.state.vacant");
  return [t(`unit.state.${state}`), away(world, view.week, post) && t("unit.state.away"), isNew(page.told, world, view.week, post) && t("unit.state.new"),
    t("unit.strain", { value: percent(world.at("strain", view.week, post)) })].filter(Boolean).join(", ");
}

function eventsOf(scene, world, found) {
  const { view, shape, page } = scene;
  const { told } = page;
  const today = world.calendar[view.week - 1];
  const texts = today.held.map((one) => t(one.for_staff > 0.5 ? "unit.held" : "unit.held.leaders", { what: t(`kind.${told.words.kind[one.kind]}`), hours: plain(one.hours) }));
  const before = view.week > 1 ? world.calendar[view.week - 2] : null;
  if (before && before.facilitator > 0.5 && today.facilitator < 0.5) texts.push(t("unit.outside.leaves"));
  if (before && before.running > 0.5 && today.running < 0.5) texts.push(t("unit.ends"));
  if (today.demand > 1) texts.push(t("unit.demand", { value: percent(today.demand) }));
  const staff = shape["site.staff_per_unit"];
  for (let post = view.unit * staff; post < (view.unit + 1) * staff; post++) {
    const there = world.at("in_post", view.week, post), was = view.week > 1 ? world.at("in_post", view.week - 1, post) : there;
    if (there !== was) texts.push(t(there ? "unit.comes" : "unit.leaves", { n: written(post + 1) }));
  }
  for (const one of leaders(scene, found)) if (one.state === "vacant") texts.push(t("unit.empty", { name: one.name }));
  if (world.unit("stopped", view.week, view.unit) > 0.5) texts.push(t("unit.dropped"));
  return texts.length ? texts : [t("unit.quiet")];
}

function legend() {
  const key = (state, more) => svg("svg", { viewBox: "0 0 28 28", "aria-hidden": "true", class: "people none" }, svg("g", { class: `who ${state} ${more || ""}` }, svg("circle", { cx: 14, cy: 14, r: 10, class: `mark-who ${state}` })));
  const bar = svg("svg", { viewBox: "0 0 28 28", "aria-hidden": "true", class: "people none" }, svg("rect", { x: 2, y: 12, width: 24, height: 5, class: "strain-room" }), svg("rect", { x: 2, y: 12, width: 14, height: 5, class: "strain" }));
  return el("ul", { class: "legend people-key" },
    ...[["routine"], ["used"], ["idle"], ["idle", "away", "away"], ["vacant"]].map(([state, more, word]) => el("li", {}, key(state, more), t(`unit.state.${word || state}`))),
    el("li", {}, "+ ", t("unit.state.new")), el("li", {}, bar, t("unit.strain.key")), el("li", {}, GROUPS.map((one) => `${t(`role.${one}.letter`)} ${t(`role.${one}`)}`).join(", ")),
    el("li", {}, "◆ ", t("unit.leaders.key")));
}

function paintTable(scene) {
  const { view, shape, pair, plans } = scene;
  const staff = shape["site.staff_per_unit"];
  $("unit-table").replaceChildren(el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("unit.who")), ...plans.map((plan) => el("th", { scope: "col" }, el("span", { class: `ink ${plan.class}` }, plan.name))))),
    el("tbody", {}, ...Array.from({ length: staff }, (_, slot) => view.unit * staff + slot).map((post) => el("tr", { "data-post": post }, el("th", { scope: "row" }, personName(scene, post)),
      ...pair.map((world) => el("td", {}, wordsOf(scene, world, post))))))));
}

// --- one person ----------------------------------------------------------------------------------

function tell(scene) {
  const { page, view, pair, plans, shape, sessions } = scene;
  const staff = shape["site.staff_per_unit"];
  const own = Array.from({ length: staff }, (_, slot) => view.unit * staff + slot);
  if (!own.includes(view.person)) {
    view.unit = Math.floor(view.person / staff);
    frame(scene);
    draw(scene);
    tell(scene);
    return;
  }
  const focused = document.activeElement && document.activeElement.id === "unit-who";
  $("story").replaceChildren(
    el("label", { class: "open" }, t("story.pick"), " ", el("select", { id: "unit-who", onchange: (event) => {
      view.person = Number(event.target.value);
      draw(scene);
      tell(scene);
    } }, ...own.map((post) => el("option", { value: post, selected: post === view.person }, personName(scene, post))))),
    ...storyNodes(page, pair, plans, view.person, sessions, t("story.who", { n: written(view.person + 1) })));
  if (focused) $("unit-who").focus();
}
