// One instance of the engine's module and its memory: writes what is asked for, calls, reads.
// Every number comes out of the module; this file only copies.

export class Engine {
  static async start(code, { layout, words, sets, sites }) {
    const memory = new WebAssembly.Memory({ initial: 64 });
    const stack = new WebAssembly.Global({ value: "i32", mutable: true }, layout.base);
    const given = { env: { __linear_memory: memory, __stack_pointer: stack } };
    const module = code instanceof WebAssembly.Module ? code : await WebAssembly.compile(code);
    const { exports } = await WebAssembly.instantiate(module, given);
    return new Engine(exports, memory, { layout, words, sets, sites });
  }

  constructor(calls, memory, { layout, words, sets, sites }) {
    this.calls = calls;
    this.memory = memory;
    this.layout = layout;
    this.words = words;
    this.sets = sets;
    this.sites = sites;
    this.laidOut = null;
  }

  view() {
    return new DataView(this.memory.buffer);
  }

  set(name, value) {
    const [offset, kind] = this.layout.desk[name];
    if (kind === "float") this.view().setFloat64(this.layout.base + offset, value, true);
    else this.view().setBigInt64(this.layout.base + offset, BigInt(value), true);
  }

  get(name) {
    const [offset, kind] = this.layout.desk[name];
    if (kind === "float") return this.view().getFloat64(this.layout.base + offset, true);
    return Number(this.view().getBigInt64(this.layout.base + offset, true));
  }

  floats(at, count) {
    return new Float64Array(this.memory.buffer, at, count);
  }

  need(bytes) {
    const lacking = bytes - this.memory.buffer.byteLength;
    if (lacking > 0) this.memory.grow(Math.ceil(lacking / 65536));
  }

  // Ask for a scenario: its values in every lane, its calendar, its events.
  layOut(scenario, seed, price) {
    const { base, lanes, keys, places, rows } = this.layout;
    this.set("seed", seed);
    this.set("price", price);
    this.set("target", this.words.target.indexOf(scenario.values["programme.target"]));
    this.set("lead", this.words.lead.indexOf(scenario.values["programme.lead"]));
    this.set("line_count", scenario.activities.length);
    this.set("event_count", scenario.events.length);
    const values = this.floats(base + places.values, keys.length * lanes);
    keys.forEach((key, i) => values.fill(scenario.values[key], i * lanes, (i + 1) * lanes));
    const lines = this.floats(base + places.lines, scenario.activities.length * rows.line.length);
    const told = (value) => (value === undefined || value === null ? -1 : value);
    scenario.activities.forEach((one, i) => {
      const line = {
        kind: this.words.kind.indexOf(one.kind), week: one.week, every: told(one.every),
        until: told(one.until), hours: one.hours, audience: this.words.audience.indexOf(one.audience),
        who: this.words.who.indexOf(one.who), led_by: this.words.led_by.indexOf(one.led_by),
        places: told(one.places), protected: told(one.protected),
      };
      rows.line.forEach((name, j) => (lines[i * rows.line.length + j] = line[name]));
    });
    const events = this.floats(base + places.events, scenario.events.length * rows.event.length);
    scenario.events.forEach((one, i) => {
      const surge = one.kind === "demand";
      const row = {
        kind: surge ? 1 : one.kind === "champion_leaves" ? 2 : 0, week: surge ? one.from_week : one.week, until: surge ? one.until_week : 0,
        unit: one.unit || 0, factor: surge ? one.factor : 0,
      };
      rows.event.forEach((name, j) => (events[i * rows.event.length + j] = row[name]));
    });
    this.calls.place(base);
    this.need(this.get("end"));
    this.calls.prepare(base);
    this.laidOut = scenario;
  }

  // Run replicates in the lanes, the last one again where there are fewer than lanes. The strengths named
  // vary from lane to lane, or are all those of one set; the values of the site named are those of drawn sites.
  run(worlds, { strengths, set, sites }) {
    this.fill(worlds, strengths, set, sites);
    this.calls.run(this.layout.base);
  }

  fill(worlds, strengths, only, sites) {
    const { base, lanes, keys, places } = this.layout;
    const numbers = new BigUint64Array(this.memory.buffer, this.get("at_replicates"), lanes);
    const values = this.floats(base + places.values, keys.length * lanes);
    for (let i = 0; i < lanes; i++) {
      const world = worlds[Math.min(i, worlds.length - 1)];
      numbers[i] = BigInt(world);
      const set = this.sets.values[(only ?? world) % this.sets.values.length];
      for (const key of strengths || []) values[keys.indexOf(key) * lanes + i] = set[this.sets.keys.indexOf(key)];
    }
    if (sites && sites.length) this.move(worlds, sites);
  }

  // Values of the site as they are at drawn sites like it: a site for each world.
  move(worlds, sites) {
    const { base, lanes, keys } = this.layout;
    const told = this.sites;
    const at = this.get("end");
    this.need(at + 8 * sites.length * (6 + lanes));
    const rows = this.floats(at, 6 * sites.length);
    const drawn = this.floats(at + 8 * rows.length, lanes * sites.length);
    sites.forEach((key, j) => {
      const one = told.keys.indexOf(key);
      rows.set([keys.indexOf(key), ...told.rows[one], this.laidOut.values[key]], 6 * j);
      for (let i = 0; i < lanes; i++) drawn[j * lanes + i] = told.drawn[this.siteOf(worlds[Math.min(i, worlds.length - 1)])][one];
    });
    this.set("rows", sites.length);
    this.set("from_a", at);
    this.set("from_b", at + 8 * rows.length);
    this.calls.move(base);
  }

  // The site of a world: sets of strengths meet one site after another.
  siteOf(world) {
    return (world + Math.floor(world / this.sets.values.length)) % this.sites.drawn.length;
  }

  // Live through one world week by week; of everybody some fields as each week leaves them.
  live(world, how) {
    const { base, people } = this.layout;
    this.fill([world], how.strengths, how.set, how.sites);
    this.set("lived", 0);
    this.set("by_week", 1);
    const weeks = this.laidOut.values["run.weeks"];
    const found = { weeks };
    const posts = { staff: this.get("posts"), units: this.laidOut.values["site.units"] };
    posts.leaders = posts.units * (1 + this.laidOut.values["site.champions_per_unit"]);
    const tables = Object.entries(people);
    for (const [name, { fields }] of tables) found[name] = new Float64Array(weeks * posts[name] * Object.keys(fields).length);
    for (let week = 0; week < weeks; week++) {
      this.calls.run(base);
      const view = this.view();
      for (const [name, { size, fields }] of tables) {
        const from = this.get(`at_${name}`);
        const offsets = Object.values(fields);
        let to = week * posts[name] * offsets.length;
        for (let post = 0; post < posts[name]; post++)
          for (const offset of offsets) found[name][to++] = view.getFloat64(from + post * size + offset, true);
      }
    }
    this.set("by_week", 0);
    found.calendar = this.calendar(weeks);
    return found;
  }

  // What each week brings: whether the outside helper is there, and what is held, for whom.
  calendar(weeks) {
    const { calendar, activity } = this.layout;
    const view = this.view();
    const number = (from, [offset, kind]) => (kind === "float" ? view.getFloat64(from + offset, true) : Number(view.getBigInt64(from + offset, true)));
    const row = (from, fields) => Object.fromEntries(Object.entries(fields).map(([name, place]) => [name, number(from, place)]));
    const first = (week) => Number(view.getBigInt64(this.get("at_first") + 8 * week, true));
    return Array.from({ length: weeks }, (_, i) => {
      const held = [];
      for (let line = first(i + 1); line < first(i + 2); line++) held.push(row(this.get("at_activities") + activity.size * line, activity.fields));
      return { ...row(this.get("at_calendar") + calendar.size * (i + 1), calendar.fields), held };
    });
  }

  // Everything of what was run last.
  found() {
    const { lanes, rows } = this.layout;
    const weeks = this.laidOut.values["run.weeks"];
    const copy = (name, count) => this.floats(this.get(name), count).slice();
    return {
      persons: copy("at_persons", weeks * lanes),
      weekly: copy("at_weekly", weeks * this.layout.series * lanes),
      outcomes: copy("at_outcomes", this.layout.outcomes * lanes),
      paid: copy("at_paid", rows.paid.length * lanes),
    };
  }

  // Of what was run last only some weeks: persons, the share in routine use, hours.
  seen(weeks) {
    const { lanes, rows, series, adoption } = this.layout;
    const last = this.laidOut.values["run.weeks"];
    const take = (name, wide, at) => {
      const found = new Float64Array(weeks.length * lanes).fill(NaN);
      weeks.forEach((week, i) => {
        if (week >= 1 && week <= last) found.set(this.floats(this.get(name) + 8 * lanes * ((week - 1) * wide + at), lanes), i * lanes);
      });
      return found;
    };
    return {
      persons: take("at_persons", 1, 0),
      share: take("at_weekly", series, adoption),
      paid: this.floats(this.get("at_paid"), rows.paid.length * lanes).slice(),
    };
  }

  // --- statistics: rows of runs in, what is said of them out -----------------------------------------

  room(numbers) {
    const at = this.layout.base + this.layout.behind;
    this.need(at + 8 * numbers + 4096);
    return at;
  }

  // Quantiles of every row of a table (rows of `runs` numbers each).
  quantiles(table, rows, runs) {
    const levels = this.layout.levels.length;
    const at = this.room(table.length + rows * levels);
    this.floats(at, table.length).set(table);
    this.set("runs", runs);
    this.set("rows", rows);
    this.set("from_a", at);
    this.set("to", at + 8 * table.length);
    this.calls.quantiles(this.layout.base);
    return this.floats(at + 8 * table.length, rows * levels).slice();
  }

  // Rows of numbers one behind the other in free memory; addresses by name.
  lay(rows, more = 0) {
    const at = this.room(Object.values(rows).reduce((sum, row) => sum + row.length, more));
    let from = at;
    for (const [name, row] of Object.entries(rows)) {
      this.floats(from, row.length).set(row);
      this.set(name, from);
      from += 8 * row.length;
    }
    this.set("to", from);
    return from;
  }

  summary(from) {
    const names = this.layout.rows.summary;
    const found = this.floats(from, names.length);
    return Object.fromEntries(names.map((name, i) => [name, found[i]]));
  }

  // What is said of two rows of runs, pair by pair; runs that share a set of strengths are one group.
  pairs(base, other, { lowIsGood = false, matters = 0, seldom = 0, t, firstLook, groups = null }) {
    const runs = base.length;
    const size = this.layout.rows.summary.length;
    this.set("runs", runs);
    this.set("groups", groups ? groups.count : 0);
    this.set("low_is_good", lowIsGood ? 1 : 0);
    this.set("matters", matters);
    this.set("seldom", seldom);
    const to = this.lay({ from_a: base, from_b: other, from_c: groups ? groups.of : [], at_t: t, at_first_look: firstLook }, size + 3 * runs + 2 * (groups ? groups.count : 0));
    this.calls.pairs(this.layout.base);
    const summary = this.summary(to);
    summary.verdict = this.layout.verdicts[summary.verdict];
    summary.differences = this.floats(to + 8 * size, summary.pairs).slice();
    return summary;
  }

  // Two ratios of means: rows of what stands above and below the line.
  ratios(sides, { t, groups = null, unsure }) {
    const runs = sides[0].length;
    this.set("runs", runs);
    this.set("groups", groups ? groups.count : 0);
    this.set("most_unsure", unsure);
    const table = new Float64Array(4 * runs);
    sides.forEach((row, i) => table.set(row, i * runs));
    const to = this.lay({ from_a: table, from_c: groups ? groups.of : [], at_t: t }, this.layout.rows.summary.length + 6 * runs);
    this.calls.ratios(this.layout.base);
    const summary = this.summary(to);
    return summary.verdict ? summary : null;
  }

  // In how many sets of strengths which plan is ahead.
  layers(base, other, { matters, t, groups, exact, picks, f }) {
    const names = this.layout.rows.layer;
    const runs = base.length;
    this.set("runs", runs);
    this.set("groups", groups.count);
    this.set("matters", matters);
    this.set("f_low", f[0] ?? NaN);
    this.set("f_high", f[1] ?? NaN);
    const need = names.length + 8 * groups.count + 64 + 6 * (groups.count + 1);
    const to = this.lay({ from_a: base, from_b: other, from_c: groups.of, from_d: exact, at_t: t }, need + picks.length / 8);
    const behind = to + 8 * need;
    new Uint8Array(this.memory.buffer, behind, picks.length).set(picks);
    this.set("from_e", behind);
    this.set("rows", picks.length / groups.count);
    this.calls.layers(this.layout.base);
    const found = this.floats(to, names.length);
    return Object.fromEntries(names.map((name, i) => [name, found[i]]));
  }

  // Rows of runs, each times its weight, added up run by run.
  blend(rows, weights) {
    const runs = rows[0].length;
    const at = this.room(rows.length * (runs + 1) + runs);
    rows.forEach((row, i) => this.floats(at + 8 * i * runs, runs).set(row));
    const behind = at + 8 * rows.length * runs;
    this.floats(behind, rows.length).set(weights);
    this.set("runs", runs);
    this.set("rows", rows.length);
    this.set("from_a", at);
    this.set("from_b", behind);
    this.set("to", behind + 8 * rows.length);
    this.calls.blend(this.layout.base);
    return this.floats(behind + 8 * rows.length, runs).slice();
  }

  // In how many runs a goal is met.
  goal(persons, hours, least, most) {
    const runs = persons.length;
    const at = this.room(2 * runs + 1);
    this.floats(at, runs).set(persons);
    this.floats(at + 8 * runs, runs).set(hours);
    this.set("runs", runs);
    this.set("from_a", at);
    this.set("from_b", at + 8 * runs);
    this.set("to", at + 16 * runs);
    this.set("persons", least);
    this.set("hours", most);
    this.calls.goal(this.layout.base);
    return this.floats(at + 16 * runs, 1)[0];
  }

  // One number for each of another.
  per(amount, count) {
    const at = this.room(3);
    this.floats(at, 2).set([amount, count]);
    this.set("from_a", at);
    this.set("from_b", at + 8);
    this.set("to", at + 16);
    this.calls.per(this.layout.base);
    return this.floats(at + 16, 1)[0];
  }
}
