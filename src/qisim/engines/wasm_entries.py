"""What the browser's module does, as compiled functions: lay out a site, run it, say what came of it.

Everything that a page shows as a number is worked out here, from the functions that serve Python: the
coefficients (`qisim.model.coefficients`), the site's and the calendar's tables, the draws'
keys, the run itself (`qisim.engines.compiled`), the outcomes, and the statistics of pairs.

A page and the module share one memory. Its first part is a `DESK`: what is asked for, and where the
tables lie. The functions below take the desk's address and nothing else, so the same compiled code
runs here in Python, where the tests hold it against the ordinary functions, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic, register_jitable
from numba.np import numpy_support
from numba.np.arrayobj import make_array, populate_array

from qisim.engines import compiled as engine
from qisim.engines.compiled import LANES, MACHINE, RULE
from qisim.model import coefficients as model_numbers
from qisim.model import draws, power, site
from qisim.model.outcome_values import QUARTER, YEAR
from qisim.model.outcomes import OUTCOMES
from qisim.model.parameters import PARAMETERS
from qisim.scenario.fields import CHOICES

ENTRIES = ("place", "prepare", "run", "quantiles", "pairs", "blend", "goal", "per")
"""The functions of the module, each of one argument: the desk's address."""

MOST_LINES, MOST_EVENTS, MOST_RUNS = 60, 20, 256
"""Lines of a calendar, events, and runs of which statistics are worked out."""

KEYS = tuple(PARAMETERS)
LINE = np.dtype(
    [
        (name, np.float64)
        for name in (
            "kind", "week", "every", "until", "hours", "audience", "who", "led_by", "places", "protected",
        )
    ],
    align=True,
)  # fmt: skip
"""A line of the calendar: words as their place among the options, -1 for what is not given."""
EVENT = np.dtype(
    [(name, np.float64) for name in ("kind", "week", "until", "unit", "factor")], align=True
)
"""An event: kind 0, a leader leaves (unit 0: all); kind 1, a surge in demand until a week; kind 2, the
development nurses of a unit leave (unit 0: all)."""
VALUES = np.dtype([(p.name, np.float64, (LANES,)) for p in PARAMETERS.values()], align=True)
RUN_OUTCOMES = np.dtype([(name, np.float64, (LANES,)) for name in OUTCOMES], align=True)
PAID = np.dtype(
    [(name, np.float64, (LANES,)) for name in ("facilitator_hours", "paid_hours", "money")],
    align=True,
)
"""Hours that a run's outcomes do not hold, and what all of them cost at the price that was named."""
REPLICATES = np.dtype([("number", np.uint64)], align=True)
NUMBER = np.dtype([("value", np.float64)], align=True)
WHOLE = np.dtype([("value", np.int64)], align=True)
SUMMARY = np.dtype(
    [
        (name, np.float64)
        for name in (
            "pairs", "base_mean", "other_mean", "difference", "low", "high", "spread", "better",
            "worse", "equal", "unlike", "verdict", "maybe_small",
        )
    ],
    align=True,
)  # fmt: skip
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of `quantiles`: the median and the bands that hold half and nine in ten of the runs."""

TABLES: dict[str, Any] = {
    "values": VALUES, "lines": LINE, "events": EVENT, "replicates": REPLICATES,
    "shapes": engine.SHAPE, "staff": engine.PERSON, "leaders": engine.PERSON, "teams": engine.TEAM,
    "units": engine.UNIT, "sites": engine.SITE, "ks": engine.COEFFICIENT, "keys": engine.KEY,
    "blocks": engine.BLOCK, "calendar": engine.CALENDAR, "called": NUMBER,
    "activities": site.ACTIVITY, "first": WHOLE, "weekly": engine.WEEK, "adopters": NUMBER,
    "outcomes": RUN_OUTCOMES, "paid": PAID, "persons": NUMBER,
}  # fmt: skip
"""Tables by name, in the order in which they lie behind the desk."""

DESK = np.dtype(
    [
        *((name, np.int64) for name in ("seed", "target", "lead", "line_count", "event_count")),
        ("posts", np.int64),  # of care staff in the site, once it is laid out
        ("end", np.int64),  # bytes behind which nothing of it lies
        *((f"at_{name}", np.int64) for name in TABLES),
        # for the statistics
        *((name, np.int64) for name in ("runs", "rows", "from_a", "from_b", "to", "low_is_good")),
        *((name, np.float64) for name in ("quantile_of_t", "matters", "price", "persons", "hours")),
    ],
    align=True,
)

ROOM_FOR_DESK = 64 * -(-DESK.itemsize // 64)
TARGET = {word: place for place, word in enumerate(CHOICES["programme.target"].options)}
LEAD = {word: place for place, word in enumerate(CHOICES["programme.lead"].options)}


def table_at(kind: np.dtype) -> Any:
    """Return a compiled function that sees a table of such rows at an address."""
    array_type, seen = _seen(kind, 1)

    @intrinsic
    def view(typing_context, address, rows):
        return array_type(types.int64, types.int64), seen

    return view


def grid_of(kind: np.dtype) -> Any:
    """Return a compiled function that sees a table of two dimensions at an address."""
    array_type, seen = _seen(kind, 2)

    @intrinsic
    def view(typing_context, address, rows, columns):
        return array_type(types.int64, types.int64, types.int64), seen

    return view


def _seen(kind: np.dtype, dimensions: int) -> tuple[Any, Callable]:
    """Return the type of an array without an owner, and what makes one."""
    element = numpy_support.from_dtype(kind[0] if kind.names == ("value",) else kind)
    array_type = types.Array(element, dimensions, "C")

    def seen(context, builder, signature, arguments):
        address, *shape = arguments
        array = make_array(array_type)(context, builder)
        size = context.get_constant(types.intp, kind.itemsize)
        strides = [size] if dimensions == 1 else [builder.mul(size, shape[1]), size]
        pointer = builder.inttoptr(address, context.get_data_type(element).as_pointer())
        populate_array(
            array, data=pointer, shape=shape, strides=strides, itemsize=size, meminfo=None
        )
        return array._getvalue()

    return array_type, seen


desk_at = table_at(DESK)
values_at, lines_at, events_at = table_at(VALUES), table_at(LINE), table_at(EVENT)
replicates_at, outcomes_at = table_at(REPLICATES), table_at(RUN_OUTCOMES)
shapes_at, people_at = table_at(engine.SHAPE), table_at(engine.PERSON)
teams_at, units_at, sites_at = (table_at(kind) for kind in (engine.TEAM, engine.UNIT, engine.SITE))
ks_at, keys_at = table_at(engine.COEFFICIENT), table_at(engine.KEY)
blocks_at, chance_at = table_at(engine.BLOCK), table_at(engine.CHANCE)
fate_at = table_at(engine.FATE)
calendar_at, activities_at = table_at(engine.CALENDAR), table_at(site.ACTIVITY)
weekly_at, numbers_at, wholes_at = table_at(engine.WEEK), table_at(NUMBER), table_at(WHOLE)
grid_at, summary_at, paid_at = grid_of(NUMBER), table_at(SUMMARY), table_at(PAID)


def compile_functions(module: Any) -> None:
    """Let compiled code call the functions of a module."""
    for function in vars(module).values():
        if isinstance(function, FunctionType) and function.__module__ == module.__name__:
            register_jitable(**{**RULE, "forceinline": False})(function)


compile_functions(power)
for function in (
    site.week_of_programme, site.is_within, site.phase, site.season_of, site.activity_row,
    site.led_lately, site.leads, model_numbers.schooled_leaving, model_numbers.unschooled_leaving,
    model_numbers.one_over,
):  # fmt: skip
    register_jitable(**RULE)(function)


def entry(function: Callable) -> Any:
    """Compile a function of the module when it is first needed."""
    return njit(**MACHINE)(function)


def written(name: str, lines: Sequence[str], **known: Any) -> Any:
    """Return a compiled function whose text is made from the declarations of the model."""
    found = dict(known)
    exec("\n".join(lines), found)
    return register_jitable(**RULE)(found[name])


def _coefficient_lines() -> list[str]:
    """Return the text of a function that works out one lane's coefficients from its values."""
    lines = ["def coefficients(k, v, i, supports_staff, supports_leaders):"]
    for name in model_numbers.COEFFICIENTS:
        if name in model_numbers.RATES:
            _, needed = model_numbers.RATES[name]
            value = f"{name}({', '.join(f'v.{word}[i]' for word in needed.split())})"
        elif name in model_numbers.TARGETS:
            value = name
        else:
            value = f"v.{name}[i]"
        if name in model_numbers.TEACHES:
            lines.append(f"    k.teaches[{model_numbers.TEACHES.index(name)}, i] = {value}")
        else:
            lines.append(f"    k.{name}[i] = {value}")
    return lines


coefficients = written(
    "coefficients",
    _coefficient_lines(),
    **{name: rate for name, (rate, _) in model_numbers.RATES.items()},
)


# --- lay out ---------------------------------------------------------------------------------------


@register_jitable(**RULE)
def whole(number):
    """Return a whole number that is held as a float."""
    return np.int64(number)


@register_jitable(**RULE)
def last_of(line):
    """Return the last week in which a line of the calendar may be held."""
    return whole(line.week) if line.until < 0.0 else whole(line.until)


@register_jitable(**RULE)
def gap_of(line):
    """Return the weeks from one occurrence of a line to the next."""
    return np.int64(1) if line.every < 1.0 else whole(line.every)


@register_jitable(**RULE)
def held_in(line, week):
    """Say whether a line of the calendar is held in a week of the programme."""
    first = whole(line.week)
    return first <= week <= last_of(line) and (week - first) % gap_of(line) == 0


@register_jitable(**RULE)
def occurrences(lines, start, weeks):
    """Count what is held within the run."""
    count = 0
    for line in range(len(lines)):
        for week in range(1, weeks - start + 2):
            if held_in(lines[line], week):
                count += 1
    return count


def _place_lines() -> list[str]:
    """Return the text of a function that gives every table its place behind the desk."""
    lines = ["def give_places(desk, base, units, teams, staff, leaders, weeks, held):"]
    rows = {
        "values": "1", "lines": str(MOST_LINES), "events": str(MOST_EVENTS), "replicates": str(LANES),
        "shapes": "1", "staff": "units * staff", "leaders": "units * leaders", "teams": "units * teams",
        "units": "units", "sites": "1", "ks": "1", "keys": "1", "blocks": str(draws.BLOCKS),
        "calendar": "weeks + 1", "called": "(weeks + 1) * units * leaders", "activities": "held",
        "first": "weeks + 2", "weekly": "weeks", "adopters": str(LANES), "outcomes": "1", "paid": "1",
        "persons": f"weeks * {LANES}",
    }  # fmt: skip
    lines.append(f"    at = base + {ROOM_FOR_DESK}")
    for name, kind in TABLES.items():
        lines.append(f"    desk.at_{name} = at")
        lines.append(f"    at += ({rows[name]}) * {kind.itemsize}")
        lines.append("    at += -at % 64")
    lines.append("    desk.end = at")
    return lines


give_places = written("give_places", _place_lines())


VALUES_PLACE = ROOM_FOR_DESK
LINES_PLACE = VALUES_PLACE + 64 * -(-VALUES.itemsize // 64)
EVENTS_PLACE = LINES_PLACE + 64 * -(-MOST_LINES * LINE.itemsize // 64)
REPLICATES_PLACE = EVENTS_PLACE + 64 * -(-MOST_EVENTS * EVENT.itemsize // 64)
INPUT_PLACES = {
    "values": VALUES_PLACE, "lines": LINES_PLACE, "events": EVENTS_PLACE, "replicates": REPLICATES_PLACE,
}  # fmt: skip
"""Bytes from the desk to what is asked for."""


@entry
def place(base):
    """Say where the tables of the site that is asked for lie; values, lines and events come first.

    Before the first call these three lie where `INPUT_PLACES` says.
    """
    desk = desk_at(base, 1)[0]
    v = values_at(base + VALUES_PLACE, 1)[0]
    lines = lines_at(base + LINES_PLACE, desk.line_count)
    weeks = whole(v.weeks[0])
    held = occurrences(lines, whole(v.start_week[0]), weeks)
    give_places(
        desk, base, whole(v.units[0]), whole(v.teams_per_unit[0]), whole(v.staff_per_unit[0]),
        1 + whole(v.champions_per_unit[0]), weeks, held,
    )  # fmt: skip


@entry
def prepare(base):
    """Write the tables of the site and the calendar."""
    desk = desk_at(base, 1)[0]
    v = values_at(desk.at_values, 1)[0]
    lines = lines_at(desk.at_lines, desk.line_count)
    events = events_at(desk.at_events, desk.event_count)
    shape = shapes_at(desk.at_shapes, 1)[0]
    shape.units, shape.teams = whole(v.units[0]), whole(v.teams_per_unit[0])
    shape.staff, shape.leaders = whole(v.staff_per_unit[0]), 1 + whole(v.champions_per_unit[0])
    shape.weeks = whole(v.weeks[0])
    weeks, units = shape.weeks, shape.units
    desk.posts = units * shape.staff
    start, length = whole(v.start_week[0]), whole(v.length_weeks[0])
    begins, leaves = whole(v.champion_from_week[0]), whole(v.facilitator_weeks[0])
    season = whole(v.start_week_of_year[0])
    calendar = calendar_at(desk.at_calendar, weeks + 1)
    called = grid_at(desk.at_called, weeks + 1, units * shape.leaders)
    first = wholes_at(desk.at_first, weeks + 2)
    held = occurrences(lines, start, weeks)
    activities = activities_at(desk.at_activities, held)
    count = 0
    for week in range(weeks + 1):
        today, since = calendar[week], site.week_of_programme(week, start)
        today.running = site.is_within(since, 1, length)
        today.facilitator = site.is_within(since, 1, leaves)
        today.phase = site.phase(since, begins, length)
        today.years = week / 52.0
        today.quarter = site.season_of(week, season)
        today.demand = 1.0
        for post in range(units * shape.leaders):
            called[week, post] = 0.0
        for number in range(len(events)):
            event = events[number]
            if event.kind != 1.0:
                for post in range(units * shape.leaders):
                    meant = (post % shape.leaders > 0) == (event.kind > 1.5)
                    here = whole(event.unit) in (0, post // shape.leaders + 1)
                    if whole(event.week) == week and meant and here:
                        called[week, post] = 1.0
            elif whole(event.week) <= week <= whole(event.until):
                today.demand *= event.factor
        first[week] = count
        for number in range(len(lines)):
            line = lines[number]
            if since >= 1 and held_in(line, since):
                act = activities[count]
                act.week = week
                (
                    act.kind, act.led_by, act.hours, act.for_staff, act.for_leaders,
                    act.untrained_only, act.places, act.protected, act.self_paced, act.any_time,
                    act.continuous, act.meeting, act.feedback, act.hands_on,
                ) = site.activity_row(
                    whole(line.kind), line.hours, whole(line.audience), whole(line.who),
                    whole(line.led_by), line.places, line.protected, desk.target, desk.lead,
                )  # fmt: skip
                count += 1
    first[weeks + 1] = count
    for week in range(weeks + 1):
        today, to_lead = calendar[week], site.leads(activities, week, units, shape.leaders - 1)
        today.outside_hours, today.outside_number = to_lead[0], to_lead[1]
        today.champion_hours, today.champion_number = to_lead[2], to_lead[3]
        today.leader_hours, today.leader_number = to_lead[4], to_lead[5]


# --- run -------------------------------------------------------------------------------------------


@register_jitable(**RULE)
def clear(address, bytes_):
    """Set memory to zero."""
    numbers = wholes_at(address, bytes_ // 8)
    for number in range(len(numbers)):
        numbers[number] = 0


ROW = site.ACTIVITY.itemsize


@entry
def run(base):
    """Run one replicate in each lane; work out the outcomes."""
    desk = desk_at(base, 1)[0]
    shape = shapes_at(desk.at_shapes, 1)[0]
    v, k = values_at(desk.at_values, 1)[0], ks_at(desk.at_ks, 1)[0]
    key = keys_at(desk.at_keys, 1)[0]
    replicates = replicates_at(desk.at_replicates, LANES)
    supports_staff = 0.0 if desk.target == site.TO_LEADERS else 1.0
    supports_leaders = 0.0 if desk.target == site.TO_STAFF else 1.0
    seed, half = np.uint64(desk.seed), np.uint64(32)
    for i in range(LANES):
        coefficients(k, v, i, supports_staff, supports_leaders)
        number = replicates[i].number
        low, high, _, _ = draws.philox(
            number & draws.MASK, number >> half, seed & draws.MASK, seed >> half,
            np.uint64(0), np.uint64(0),
        )  # fmt: skip
        key.low[i], key.high[i] = low, high
    clear(desk.at_staff, desk.at_ks - desk.at_staff)  # staff, leaders, teams, units, site
    posts, acts = shape.units * shape.staff, (desk.at_first - desk.at_activities) // ROW
    engine.run(
        shapes_at(desk.at_shapes, 1), people_at(desk.at_staff, posts),
        people_at(desk.at_leaders, shape.units * shape.leaders),
        teams_at(desk.at_teams, shape.units * shape.teams), units_at(desk.at_units, shape.units),
        sites_at(desk.at_sites, 1), ks_at(desk.at_ks, 1), keys_at(desk.at_keys, 1),
        blocks_at(desk.at_blocks, draws.BLOCKS), chance_at(desk.at_blocks, 1), fate_at(desk.at_blocks, 1),
        calendar_at(desk.at_calendar, shape.weeks + 1),
        grid_at(desk.at_called, shape.weeks + 1, shape.units * shape.leaders),
        activities_at(desk.at_activities, acts), wholes_at(desk.at_first, shape.weeks + 2),
        weekly_at(desk.at_weekly, shape.weeks), numbers_at(desk.at_adopters, LANES),
    )  # fmt: skip
    measure(desk, v, shape.weeks, posts)


@register_jitable(**RULE)
def ratio(above, below):
    """Return above over below; missing (NaN) where `below` is 0."""
    return above / below if below > 0.0 else np.nan


@register_jitable(**RULE)
def measure(desk, v, weeks, posts):
    """Work out the outcomes of `qisim.model.outcomes`, lane by lane, and the users in persons."""
    weekly = weekly_at(desk.at_weekly, weeks)
    adopters = numbers_at(desk.at_adopters, LANES)
    out = outcomes_at(desk.at_outcomes, 1)[0]
    persons, paid = grid_at(desk.at_persons, weeks, LANES), paid_at(desk.at_paid, 1)[0]
    facilitated = 0.0
    for week in range(weeks):
        facilitated += calendar_at(desk.at_calendar, weeks + 1)[week + 1].facilitator
    end = whole(v.start_week[0]) + whole(v.length_weeks[0]) - 2
    end = min(max(end, 0), weeks - 1)
    after, last = end + YEAR, weekly[weeks - 1]
    for i in range(LANES):
        total, strain, top, half = 0.0, 0.0, weekly[0].adoption[i], np.nan
        lately, quarter = 0.0, min(weeks, QUARTER)
        for week in range(weeks):
            now = weekly[week]
            level = now.adoption[i]
            total += level
            strain += now.strain[i]
            if week >= weeks - quarter:
                lately += now.use[i]
            top = level if level > top else top
            if level >= 0.5 and not half > 0.0:
                half = week + 1.0
            persons[week, i] = level * (1.0 - now.vacancy[i]) * posts
        at_end = weekly[end].adoption[i]
        out.adoption_final[i] = last.adoption[i]
        out.adoption_programme_end[i] = at_end
        out.adoption_mean[i] = total / weeks
        out.peak[i] = top
        out.weeks_to_half[i] = half
        year_after = weekly[after].adoption[i] if after < weeks else np.nan
        out.sustained[i] = ratio(year_after, at_end)
        out.adoption_year_after[i] = year_after
        out.reach_final[i] = last.reach[i]
        out.competence_final[i] = last.competence[i]
        out.leader_use_final[i] = last.leader_use[i]
        out.leader_adoption_final[i] = last.leader_adoption[i]
        out.trained_final[i] = last.trained[i]
        out.use_final[i] = lately / quarter
        out.going_on_final[i] = last.going_on[i]
        out.stopped_final[i] = last.stopped[i]
        out.restarted_final[i] = last.restarted[i]
        out.embedding_final[i] = last.embedding[i]
        out.strain_mean[i] = strain / weeks
        out.leavers[i] = last.leavers[i]
        out.leader_leavers[i] = last.leader_leavers[i]
        out.programme_hours[i] = last.programme_hours[i]
        out.documentation_hours[i] = last.documentation_hours[i]
        out.hours_per_adopter[i] = ratio(last.programme_hours[i], adopters[i])
        outside = facilitated * v.facilitator_hours[i]
        all_hours = last.programme_hours[i] + last.documentation_hours[i] + outside
        paid.facilitator_hours[i], paid.paid_hours[i] = outside, all_hours
        paid.money[i] = all_hours * desk.price


# --- statistics ------------------------------------------------------------------------------------


@register_jitable(**RULE)
def quantile(sorted_row, count, level):
    """Return a quantile of sorted numbers, as numpy's linear one."""
    place = level * (count - 1)
    below = np.int64(place)
    above = min(below + 1, count - 1)
    low, high, part = sorted_row[below], sorted_row[above], place - below
    step = high - low
    return high - step * (1.0 - part) if part >= 0.5 else low + step * part


@entry
def quantiles(base):
    """Sort every row of a table of (rows, runs) in place; write the `LEVELS` of each."""
    desk = desk_at(base, 1)[0]
    count = desk.runs
    table = grid_at(desk.from_a, desk.rows, count)
    out = grid_at(desk.to, desk.rows, len(LEVELS))
    for number in range(desk.rows):
        row = table[number]
        for place_ in range(1, count):  # by insertion: few numbers, most of them nearly in order
            value, at = row[place_], place_
            while at > 0 and row[at - 1] > value:
                row[at] = row[at - 1]
                at -= 1
            row[at] = value
        out[number, 0] = quantile(row, count, LEVELS[0])
        out[number, 1] = quantile(row, count, LEVELS[1])
        out[number, 2] = quantile(row, count, LEVELS[2])
        out[number, 3] = quantile(row, count, LEVELS[3])
        out[number, 4] = quantile(row, count, LEVELS[4])


@register_jitable(**{**RULE, "forceinline": False})
def sum_of_part(numbers, begin, end):
    """Add up to 128 numbers in numpy's order: eight sums side by side."""
    count = end - begin
    if count < 8:
        total = 0.0
        for place_ in range(begin, end):
            total += numbers[place_]
        return total
    a, b, c, d = numbers[begin], numbers[begin + 1], numbers[begin + 2], numbers[begin + 3]
    e, f, g, h = numbers[begin + 4], numbers[begin + 5], numbers[begin + 6], numbers[begin + 7]
    whole_ = count - count % 8
    for place_ in range(begin + 8, begin + whole_, 8):
        a += numbers[place_]
        b += numbers[place_ + 1]
        c += numbers[place_ + 2]
        d += numbers[place_ + 3]
        e += numbers[place_ + 4]
        f += numbers[place_ + 5]
        g += numbers[place_ + 6]
        h += numbers[place_ + 7]
    total = ((a + b) + (c + d)) + ((e + f) + (g + h))
    for place_ in range(begin + whole_, end):
        total += numbers[place_]
    return total


@register_jitable(**{**RULE, "forceinline": False})
def sum_of(numbers, count):
    """Add up to `MOST_RUNS` numbers in numpy's order."""
    if count <= 128:
        return sum_of_part(numbers, 0, count)
    half = count // 2
    half -= half % 8
    return sum_of_part(numbers, 0, half) + sum_of_part(numbers, half, count)


SUMMARY_SIZE = SUMMARY.itemsize
CANNOT_TELL, HIGHER, LOWER, TOO_SMALL, SAME = range(5)
"""Verdicts on one outcome that was chosen beforehand; see `verdict`."""
FEWEST = 6
"""Differences other than 0 below which a sign test cannot reach 5 %, and pairs below which nothing is
called too small to matter; as in `qisim.comparison.paired`."""


@register_jitable(**RULE)
def verdict(pairs_, unlike, low, high, matters):
    """Return what `qisim.comparison.comparison` says of an outcome that is the only one of its family.

    There, one of many outcomes has to be clearer than this: nobody chose it beforehand.
    """
    if pairs_ > 0.0 and unlike == 0.0:
        return SAME
    if pairs_ >= FEWEST and -matters < low and high < matters:
        return TOO_SMALL
    if unlike >= FEWEST and (low > 0.0 or high < 0.0):
        return HIGHER if low > 0.0 else LOWER
    return CANNOT_TELL


@entry
def pairs(base):
    """Compare two rows of runs, run by run: what `qisim.comparison.paired` says of them.

    A pair counts where both have a value. Behind the `SUMMARY` at `to` come the differences of the
    pairs that count, then room for as many numbers again.
    """
    desk = desk_at(base, 1)[0]
    count, sign = desk.runs, -1.0 if desk.low_is_good else 1.0
    a, b = numbers_at(desk.from_a, count), numbers_at(desk.from_b, count)
    out = summary_at(desk.to, 1)[0]
    delta = numbers_at(desk.to + SUMMARY_SIZE, count)
    work = numbers_at(desk.to + SUMMARY_SIZE + 8 * count, count)
    both = 0
    better, worse, unlike = 0.0, 0.0, 0.0
    for number in range(count):
        if a[number] == a[number] and b[number] == b[number]:
            delta[both] = b[number] - a[number]
            gain = sign * delta[both]
            better += 1.0 if gain > 0.0 else 0.0
            worse += 1.0 if gain < 0.0 else 0.0
            work[both] = a[number]
            both += 1
    out.pairs = both
    out.base_mean = sum_of(work, both) / both if both else np.nan
    both = 0
    for number in range(count):
        if a[number] == a[number] and b[number] == b[number]:
            work[both] = b[number]
            both += 1
    out.other_mean = sum_of(work, both) / both if both else np.nan
    mean = sum_of(delta, both) / both if both else np.nan
    spread, equal = 0.0, True
    for number in range(both):
        equal = equal and delta[number] == delta[0]
        unlike += 0.0 if delta[number] == 0.0 else 1.0
        apart = delta[number] - mean
        work[number] = apart * apart
    if both > 1 and not equal:
        spread = np.sqrt(sum_of(work, both) / (both - 1.0))
    half = desk.quantile_of_t * spread / np.sqrt(np.float64(both)) if both else 0.0
    out.difference, out.spread = mean, spread
    out.low = np.nan if both < 2 else (delta[0] if equal else mean - half)
    out.high = np.nan if both < 2 else (delta[0] if equal else mean + half)
    out.better, out.worse, out.equal, out.unlike = better, worse, both - better - worse, unlike
    out.verdict = verdict(both, unlike, out.low, out.high, desk.matters)
    nearest = min(abs(out.low), abs(out.high))
    clear = out.verdict == HIGHER or out.verdict == LOWER
    out.maybe_small = 1.0 if clear and nearest < desk.matters else 0.0


@entry
def blend(base):
    """Add up rows of runs (`from_a`), each times its weight (`from_b`), run by run."""
    desk = desk_at(base, 1)[0]
    table = grid_at(desk.from_a, desk.rows, desk.runs)
    weights, out = numbers_at(desk.from_b, desk.rows), numbers_at(desk.to, desk.runs)
    for number in range(desk.runs):
        total = 0.0
        for row in range(desk.rows):
            total += weights[row] * table[row, number]
        out[number] = total


@entry
def goal(base):
    """Count the runs that reach so many persons (`from_a`) for at most so many paid hours (`from_b`)."""
    desk = desk_at(base, 1)[0]
    persons, hours = numbers_at(desk.from_a, desk.runs), numbers_at(desk.from_b, desk.runs)
    out = numbers_at(desk.to, 1)
    out[0] = 0.0
    for number in range(desk.runs):
        if persons[number] >= desk.persons - 1e-9 and hours[number] <= desk.hours:
            out[0] += 1.0


@entry
def per(base):
    """Return one number for each of another (hours for each person); missing where that is not above 0."""
    desk = desk_at(base, 1)[0]
    numbers_at(desk.to, 1)[0] = ratio(numbers_at(desk.from_a, 1)[0], numbers_at(desk.from_b, 1)[0])
