// One person in two worlds: what happens, week by week, from the levels that the module wrote down.
// It follows qisim.decide.stories; every number comes out of the module.
import { el, t } from "./words.js";
import { plain, written } from "./numbers.js";

// The levels of one world: `of(name, week, post)`; a vacant post has nothing of it.
export function levels(told, found, posts) {
  const names = Object.keys(told.layout.people.staff.fields);
  const units = Object.keys(told.layout.people.units.fields);
  const count = found.units.length / found.weeks / units.length;
  const at = (name, week, post) => found.staff[((week - 1) * posts + post) * names.length + names.indexOf(name)];
  const unitOf = (post) => Math.floor((post * count) / posts);
  const unit = (name, week, number) => found.units[((week - 1) * count + number) * units.length + units.indexOf(name)];
  const of = (name, week, post) => {
    if (week < 1 || at("in_post", week, post) < 0.5) return 0;
    return name === "dropped" ? unit("stopped", week, unitOf(post)) : at(name, week, post);
  };
  return { of, at, unit, unitOf, weeks: found.weeks, calendar: found.calendar };
}

const LEVELS = (told) => [...told.levels, "dropped"];

// What happens in a post: the week, the sort, and words.
export function happenings(told, world, post, session) {
  const found = [];
  let used = false;
  for (let week = 1; week <= world.weeks; week++) {
    const now = (name) => world.of(name, week, post);
    const before = (name) => world.of(name, week - 1, post);
    const say = (sort, word, values = {}) => found.push({ week, sort, text: t(`story.${word}`, values) });
    if (week > 1 && now("in_post") !== before("in_post")) {
      say("post", now("in_post") ? "comes" : "leaves");
      used = used && now("in_post") < 0.5;
    }
    if (now("programme_hours") > 0) say("part", "part", { what: partText(told, world, week, now("programme_hours"), session), hours: plain(now("programme_hours")) });
    if (now("dropped") !== before("dropped") && now("in_post") && before("in_post")) say("unit", now("dropped") ? "drops" : "again");
    if (now("used") && !used) {
      say("use", now("before") ? "as_before" : "first");
      used = true;
    }
    if (now("routine") && !before("routine")) say("routine", "routine");
    if (before("routine") && !now("routine") && now("in_post")) say("routine", "no_routine");
  }
  return found;
}

// In what somebody took part: what of the week adds up to the hours, where only one thing does.
function partText(told, world, week, hours, session) {
  const offered = [...world.calendar[week - 1].held.filter((one) => one.for_staff > 0.5).map((one) => [lower(t(`kind.${told.words.kind[one.kind]}`)), one.hours]), [t("story.session"), session]];
  const fits = new Set();
  for (let some = 1; some < 2 ** offered.length; some++) {
    const chosen = offered.filter((_, i) => some & (1 << i));
    if (Math.abs(chosen.reduce((sum, [, time]) => sum + time, 0) - hours) < 1e-9) fits.add(chosen.map(([name]) => name).sort().join(", "));
  }
  return fits.size === 1 ? [...fits][0] : t("story.activities");
}

const lower = (text) => text.charAt(0).toLowerCase() + text.slice(1);

// The first week in which any of some levels differs; 0 where none ever does.
function firstWeek(pair, post, names) {
  for (let week = 1; week <= pair[0].weeks; week++)
    if (names.some((name) => pair[0].of(name, week, post) !== pair[1].of(name, week, post))) return week;
  return 0;
}

// The post whose habit and routine differ most between two worlds: the one that is shown first.
export function mostAffected(pair, posts) {
  let best = [0, -1];
  for (let post = 0; post < posts; post++) {
    let apart = 0;
    for (const name of ["habit", "routine"])
      for (let week = 1; week <= pair[0].weeks; week++) apart += Math.abs(pair[1].of(name, week, post) - pair[0].of(name, week, post));
    if (apart > best[1]) best = [post, apart];
  }
  return best[0];
}

export function storyNodes(page, pair, plans, post, sessions, who) {
  const { told } = page;
  const events = pair.map((world, i) => happenings(told, world, post, sessions[i]));
  const parted = firstWeek(pair, post, LEVELS(told));
  const acts = firstWeek(pair, post, ["in_post", "absent", "programme_hours", "used"]);
  const count = (world, name) => written(page.engine.blend(Array.from({ length: world.weeks }, (_, i) => [world.of(name, i + 1, post)]), Array(world.weeks).fill(1))[0]);
  const weeks = [...new Set(events.flat().map((one) => one.week))].sort((a, b) => a - b);
  const head = !parted ? t("story.same", { who }) : t(acts && acts !== parted ? "story.parts.then" : "story.parts", { who, week: written(parted), acts: written(acts) });
  return [
    el("p", { id: "story-head", "data-parted": parted, "data-acts": acts }, el("b", {}, head)),
    ...pair.map((world, i) => {
      const last = world.weeks;
      const state = !world.of("in_post", last, post) ? "gone" : world.of("routine", last, post) ? "has" : "has_not";
      return el("p", { class: "ends" }, el("span", { class: `ink ${plans[i].class}` }, plans[i].name), ": ", t(`story.end.${state}`, { used: count(world, "used"), routine: count(world, "routine"), weeks: written(last) }));
    }),
    el("table", { id: "story-table", class: "words" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("story.week")), ...plans.map((plan) => el("th", { scope: "col" }, el("span", { class: `ink ${plan.class}` }, plan.name))))),
      el("tbody", {}, ...weeks.map((week) => {
        const texts = events.map((side) => side.filter((one) => one.week === week).map((one) => one.text).join("; "));
        return el("tr", { "data-week": week, class: texts[0] === texts[1] ? null : "unlike" }, el("th", { scope: "row" }, written(week)), ...texts.map((text) => el("td", {}, text || "–")));
      }))),
  ];
}
