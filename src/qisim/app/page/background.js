// Studies behind the answer: run when somebody looks at them and the answer is whole, shown as they come.
// A study is a generator: it yields lists of what it wants run, and goes on when all of a list is there.
import { el, t } from "./words.js";
import { written } from "./numbers.js";

const MOST_KEPT = 3000;

export class Background {
  constructor(page) {
    this.page = page;
    this.studies = new Map();
    this.kept = new Map();
    this.looks = 0;
    this.watch = new IntersectionObserver((seen) => {
      for (const one of seen) if (one.isIntersecting) this.see(one.target.dataset.study);
    }, { rootMargin: "0px 0px 200px" });
  }

  // Tell of a study: what it depends on, its steps, and what paints it. Without a section it always runs.
  add(name, { stamp, steps, paint, section = null, quiet = false }) {
    this.studies.set(name, { name, stamp, steps, paint, section, seen: !section, since: section ? 0 : Infinity, stopped: false, task: null, quiet });
    if (!section) return;
    section.dataset.study = name;
    this.watch.observe(section);
  }

  see(name) {
    const study = this.studies.get(name);
    study.since = ++this.looks;
    if (study.seen) return;
    study.seen = true;
    this.page.rested();
  }

  // Begin, or begin anew, what is looked at, and when that is done what lies further down; the answer is
  // whole and the hand rests. One study at a time, so that the hand is never kept waiting.
  begin() {
    const all = [...this.studies.values()];
    const seen = all.filter((study) => study.seen);
    return this.beginOne(seen) || (seen.every(({ stopped, task }) => stopped || !task || task.finished) && this.beginOne(all));
  }

  beginOne(studies) {
    for (const study of studies) {
      if (study.stopped) continue;
      const stamp = study.stamp();
      if (stamp === null || (study.task && study.task.stamp === stamp)) {
        if (stamp !== null && study.task.finished) document.documentElement.dataset[study.name] = "done";
        continue;
      }
      study.task = { stamp, wants: [], finished: false, told: null, asked: 0, came: 0 };
      study.task.steps = study.steps((want) => this.row(want), study.task);
      this.step(study);
      setTimeout(() => this.page.rested());
      return true;
    }
    return false;
  }

  step(study) {
    const { task } = study;
    do {
      const { value, done } = task.steps.next();
      task.finished = Boolean(done);
      task.wants = done ? [] : value;
    } while (!task.finished && task.wants.every((want) => this.whole(want)));
    if (task.finished) {
      document.documentElement.dataset[study.name] = "done";
      setTimeout(() => this.page.rested());
    }
    this.show(study);
  }

  // Nothing of a study is asked for any more; what is there stays in sight, as from before the change.
  pause() {
    for (const { name, task } of this.studies.values()) {
      delete document.documentElement.dataset[name];
      if (task && !task.finished) Object.assign(task, { wants: [], stamp: "" }); // it begins anew
    }
  }

  // In another language: what is there is written anew, and worked out again with the plans' new names.
  translate() {
    for (const study of this.studies.values()) {
      if (!study.task) continue;
      this.show(study);
      study.task.stamp = "";
    }
  }

  stop(name) {
    const study = this.studies.get(name);
    study.stopped = true;
    if (study.task) study.task.wants = [];
    this.page.refresh();
    this.show(study);
  }

  go(name) {
    const study = this.studies.get(name);
    study.stopped = false;
    study.seen = true;
    study.since = ++this.looks;
    study.task = null;
    this.page.rested();
  }

  // What was looked at last comes first.
  jobs() {
    return [...this.studies.values()].toSorted((a, b) => b.since - a.since).flatMap(({ task }) => (task ? task.wants.flatMap((want) => this.lacking(want).map((i) => this.job(want, i))) : []));
  }

  // --- wants: a scenario, the worlds it is run in, and the weeks that are looked at ----------------------

  // Runs of a plan in the first worlds of the answer, seen in the week that is asked for.
  want(one, runs, weeks) {
    const worlds = this.page.worlds().slice(0, runs);
    return { ...one, weeks, worlds, name: `${weeks} ${worlds.length} ${worlds.at(-1)} ${this.page.worldsMark()} ${one.set ?? ""} ${one.key}` };
  }

  entry(want) {
    const found = this.kept.get(want.name) || { batches: [] };
    this.kept.delete(want.name);
    this.kept.set(want.name, found);
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
    return found;
  }

  lacking(want) {
    const { batches } = this.entry(want);
    const { lanes } = this.page.told.layout;
    const found = [];
    for (let i = 0; i * lanes < want.worlds.length; i++) if (!batches[i]) found.push(i);
    return found;
  }

  whole(want) {
    return this.lacking(want).length === 0;
  }

  job(want, i) {
    const { lanes } = this.page.told.layout;
    return {
      name: `${i} ${want.name}`,
      message: {
        key: want.key, scenario: want.scenario, seed: this.page.state.seed, price: want.price, strengths: want.strengths, sites: want.sites, set: want.set,
        worlds: want.worlds.slice(i * lanes, (i + 1) * lanes), weeks: want.weeks,
      },
      done: (numbers, fault) => {
        if (fault) return this.page.fault(fault);
        this.entry(want).batches[i] = numbers;
        return this.arrived();
      },
    };
  }

  // What came of a want, run by run: a row of persons and of the share for each week, rows of hours.
  row(want) {
    const { lanes, rows } = this.page.told.layout;
    const { batches } = this.entry(want);
    const n = want.worlds.length;
    const pick = (name, at) => Float64Array.from({ length: n }, (_, run) => batches[Math.floor(run / lanes)][name][at * lanes + (run % lanes)]);
    return {
      n,
      persons: want.weeks.map((_, w) => pick("persons", w)),
      share: want.weeks.map((_, w) => pick("share", w)),
      paid: Object.fromEntries(rows.paid.map((name, i) => [name, pick("paid", i)])),
    };
  }

  arrived() {
    let more = false;
    for (const study of this.studies.values()) {
      const { task } = study;
      if (!task || task.finished || !task.wants.length) continue;
      if (task.wants.every((want) => this.whole(want))) {
        this.step(study);
        more = true;
      } else this.soon(study);
    }
    if (more) this.page.refresh();
  }

  soon(study) {
    if (study.waiting) return;
    study.waiting = setTimeout(() => {
      study.waiting = 0;
      this.show(study);
    }, 200);
  }

  show(study) {
    if (study.quiet) {
      if (study.task && study.task.finished) study.paint(study.task);
      return;
    }
    const { task, name } = study;
    const bar = document.getElementById(`${name}-status`);
    const wants = task ? [...new Map(task.wants.map((want) => [want.name, want])).values()] : [];
    const asked = wants.length;
    const came = wants.filter((want) => this.whole(want)).length;
    const state = study.stopped ? t("study.stopped") : !task ? "" : task.finished ? t("study.done", { runs: written(task.runs || 0) })
      : t("study.provisional", { n: written(came), of: written(asked) });
    const idle = () => study.stopped || (study.task && study.task.finished);
    if (!bar.firstChild)
      bar.append(el("span", {}), el("button", { type: "button", class: "small", onclick: () => (idle() ? this.go(name) : this.stop(name)) }));
    const [said, button] = bar.children;
    said.textContent = state;
    button.textContent = t(idle() ? "study.again" : "study.stop");
    button.hidden = !task && !study.stopped;
    if (task) study.paint(task);
  }
}
