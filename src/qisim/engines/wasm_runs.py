"""The run in the browser's module: coefficients, the engine week after week, the outcomes."""

from __future__ import annotations

import numpy as np
from numba.extending import overload, register_jitable

from qisim.engines import numba_run as engine
from qisim.engines.lane_tables import LANES
from qisim.engines.numba_run import RULE
from qisim.engines.wasm_desk import (
    activities_at,
    blocks_at,
    box_at,
    calendar_at,
    chance_at,
    desk_at,
    fate_at,
    grid_at,
    keys_at,
    ks_at,
    numbers_at,
    outcomes_at,
    paid_at,
    people_at,
    replicates_at,
    shapes_at,
    sites_at,
    teams_at,
    units_at,
    values_at,
    weekly_at,
    wholes_at,
)
from qisim.engines.wasm_memory import compile_functions, entry, whole, written
from qisim.model import coefficients as model_numbers
from qisim.model import draws, outcome_values, power, site
from qisim.model.outcome_values import SERIES, given, run_outcomes
from qisim.model.outcomes import OUTCOMES

compile_functions(power)
for function in (
    model_numbers.schooled_leaving, model_numbers.unschooled_leaving, model_numbers.one_over,
):  # fmt: skip
    register_jitable(**RULE)(function)


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


@overload(given, inline="always")
def _given(there, value):
    """Compile `qisim.model.outcome_values.given` for single numbers."""
    return lambda there, value: value if there else np.nan


for outcome in (
    outcome_values.run_outcomes, outcome_values.mean_over_weeks, outcome_values.highest,
    outcome_values.first_week_at_least, outcome_values.in_week, outcome_values.ratio,
):  # fmt: skip
    register_jitable(**{**RULE, "forceinline": False})(outcome)

write_outcomes = written(
    "write_outcomes",
    [
        "def write_outcomes(out, i, found):",
        *(f"    out.{name}[i] = found.{name}" for name in OUTCOMES),
    ],
)


@register_jitable(**RULE)
def released_hours(desk, v, i, weeks, posts):
    """Return hours of staff in activities, and of substitutes for them; see `qisim.output.paid_hours`."""
    held = wholes_at(desk.at_first, weeks + 2)[weeks + 1]
    newcomers = posts * v.staff_turnover[i] / 52.0
    released, cover, last = 0.0, 0.0, v.start_week[i] - 1.0
    for row in activities_at(desk.at_activities, held):
        if row.for_staff == 0.0:
            continue
        come = float(posts)
        if row.untrained_only != 0.0:
            come = min(come, newcomers * (row.week - last))
            last = float(row.week)
        if row.places >= 0.0:
            come = min(come, row.places * v.units[i])
        released += come * row.hours
        cover += come * row.hours * (v.protected_time[i] if row.protected < 0.0 else row.protected)
    return released, cover


@register_jitable(**RULE)
def measure(desk, v, weeks, posts):
    """Write each lane's outcomes, users in persons, and paid hours."""
    weekly = box_at(desk.at_weekly, weeks, len(SERIES), LANES)
    adopters = numbers_at(desk.at_adopters, LANES)
    out = outcomes_at(desk.at_outcomes, 1)[0]
    persons, paid = grid_at(desk.at_persons, weeks, LANES), paid_at(desk.at_paid, 1)[0]
    end = whole(v.start_week[0]) + whole(v.length_weeks[0]) - 2
    end = min(max(end, 0), weeks - 1)
    running, begun, after = 0.0, 0.0, 0.0
    for row in calendar_at(desk.at_calendar, weeks + 1)[1:]:
        running += row.running
        begun += 1.0 if row.phase == 1.0 else 0.0
        after += 1.0 if row.phase == 2.0 else 0.0
    for i in range(LANES):
        found = run_outcomes(weekly[:, :, i], weeks, end, adopters[i])
        write_outcomes(out, i, found)
        for week in range(weeks):
            level, vacancy = weekly[week, SERIES.adoption, i], weekly[week, SERIES.vacancy, i]
            persons[week, i] = level * (1.0 - vacancy) * posts
        outside = v.facilitator_hours[i] * found.outside_weeks
        leaders, nurses = v.leader_hours[i], v.champions_per_unit[i] * v.champion_hours[i]
        during = v.units[i] * ((leaders * running) + nurses * begun)
        later = v.units[i] * (
            (leaders * (after * v.leader_hours_after[i])) * (running > 0.0)
            + nurses * (after * v.champion_hours_after[i])
        )
        released, cover = released_hours(desk, v, i, weeks, posts)
        before = during + released + cover
        all_hours = outside + before + later + found.documentation_hours
        paid.facilitator_hours[i], paid.allotted_hours[i] = outside, during + later
        paid.released_hours[i], paid.cover_hours[i] = released, cover
        paid.paid_hours[i] = all_hours
        paid.money[i] = all_hours * desk.price
        until = before + v.facilitator_hours[i] * weekly[end, SERIES.outside_weeks, i]
        until += weekly[end, SERIES.documentation_hours, i]
        paid.paid_during[i], paid.paid_after[i] = until, all_hours - until
        paid.money_during[i] = until * desk.price
        paid.money_after[i] = (all_hours - until) * desk.price
        paid.adopters[i] = adopters[i]


@register_jitable(**RULE)
def clear(address, bytes_):
    """Set memory to zero."""
    numbers = wholes_at(address, bytes_ // 8)
    for number in range(len(numbers)):
        numbers[number] = 0


ROW = site.ACTIVITY.itemsize


@entry
def run(base):
    """Run one replicate in each lane and work out the outcomes; or, by the week, live through one more week.

    By the week no outcomes are computed: the tables of people, teams and units show the state after
    that week.
    """
    desk = desk_at(base, 1)[0]
    shape = shapes_at(desk.at_shapes, 1)[0]
    weeks, by_week = shape.weeks, desk.by_week > 0
    if by_week:
        shape.lived, shape.weeks = desk.lived, desk.lived + 1
    if shape.lived == 0:
        begin(desk)
    live_on(desk, shape)
    desk.lived = shape.weeks
    shape.lived, shape.weeks = 0, weeks
    if not by_week:
        measure(desk, values_at(desk.at_values, 1)[0], weeks, shape.units * shape.staff)


@register_jitable(**{**RULE, "forceinline": False})
def begin(desk):
    """Work out each lane's coefficients and key, and clear the tables."""
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


@register_jitable(**{**RULE, "forceinline": False})
def live_on(desk, shape):
    """Call the engine upon the tables: up to the last week of the shape."""
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
