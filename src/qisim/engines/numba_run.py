"""The compiled engine's run as Numba makes it: the draws, and the loop over weeks and posts.

The steps of a week are the model's own, lifted to lanes by `qisim.engines.lanes` and compiled with the rules
that they call. A vacant post is computed like any other and multiplied by zero, because lanes
cannot branch separately. Sums run in the order of the posts, as in the Mesa engine, so the two
agree to the last bit.

The model as shipped does not need this module: `qisim.engines.machine_code` loads its compiled
code. It is imported for custom rules, to build that code, and as the reference against which the
code is tested.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from numba import njit
from numba.extending import register_jitable

from qisim.engines import custom_rules, lane_tables
from qisim.engines import lanes as lanes_of
from qisim.engines.compile_cache import cached
from qisim.engines.lane_tables import LANES
from qisim.engines.lanes import lifted
from qisim.model import (
    arithmetic,
    draws,
    outcomes,
    power,
    records,
    rules,
    week_person,
    week_post,
    week_unit,
)
from qisim.model import calendar as scenario_calendar
from qisim.model import coefficients as model_numbers
from qisim.model import site as world
from qisim.model import week as week_order
from qisim.model.draws import TO_UNIT

custom_rules.put_in_place()

MACHINE = {"error_model": "numpy", "no_rewrites": True, "no_cfunc_wrapper": True, "_nrt": False}
"""No division checks (no rule divides by zero), and nothing that only Python callers would need."""
STEP = {**MACHINE, "no_cpython_wrapper": True}
RULE = {**STEP, "forceinline": True}


def compile_rules() -> None:
    """Let compiled code call the functions of `qisim.model.rules` and the generator of `qisim.model.draws`."""
    for rule in (*(getattr(rules, name) for name in rules.RULES), *custom_rules.needed()):
        register_jitable(**RULE)(rule)
    for function in (draws.philox, arithmetic.select, arithmetic.share):
        register_jitable(**RULE)(function)


def compiled(function: Callable) -> Callable:
    """Compile a step."""
    return njit(**STEP)(function)


def part_of_run(function: Callable) -> Callable:
    """Compile a part of the run, inlined where it is called; it is called once."""
    return njit(inline="always", **STEP)(function)


compile_rules()
philox = draws.philox


@register_jitable(**RULE)
def anybody(yes):
    """Return whether a condition holds in any lane: `qisim.model.arithmetic.anybody`."""
    found = False
    for i in range(LANES):
        found |= yes[i] > 0.5
    return found


WEEK_STEPS = lifted(
    LANES, (week_post, week_person, week_unit), week_order,
    loop=compiled, inner=register_jitable(**RULE), outer=part_of_run,
    anybody=anybody,
)  # fmt: skip
"""Steps and order of a week for all lanes, by their names in the model."""
facilitate, meet_week, open_unit = (WEEK_STEPS[n] for n in ("facilitate", "meet_week", "open_unit"))
look_for_successor = WEEK_STEPS["look_for_successor"]
open_staff, open_leader = WEEK_STEPS["open_staff"], WEEK_STEPS["open_leader"]
live_staff, live_leader = WEEK_STEPS["live_staff"], WEEK_STEPS["live_leader"]
look_back, write_down = WEEK_STEPS["look_back"], WEEK_STEPS["write_down"]


# --- chance ----------------------------------------------------------------------------------------


@compiled
def draw(blocks, key, slot, place, week, begin, end):
    """Draw some blocks of decisions of one post, or of a unit, for one week."""
    u64 = np.uint64
    for number in range(begin, end):
        block = blocks[number]
        for i in range(LANES):
            first, second, third, fourth = philox(
                u64(slot), u64(place), u64(week), u64(number), key.low[i], key.high[i]
            )
            block.first[i] = first * TO_UNIT
            block.second[i] = second * TO_UNIT
            block.third[i] = third * TO_UNIT
            block.fourth[i] = fourth * TO_UNIT


@part_of_run
def draw_week(blocks, key, slot, place, week, p, d):
    """Draw the random numbers of a post for a week: more where somebody is hired, in any lane."""
    draw(blocks, key, slot, place, week, 0, draws.WEEKLY)
    look_for_successor(p, d)
    if anybody(p.hired):
        draw(blocks, key, slot, place, week, draws.WEEKLY, draws.BLOCKS)


# --- a week, and a run -----------------------------------------------------------------------------

SOURCES = (
    arithmetic, draws, model_numbers, outcomes, power, records, rules, *rules.PARTS,
    scenario_calendar, world, week_order, week_post, week_person, week_unit, custom_rules,
    lanes_of, lane_tables, *custom_rules.modules(),
)  # fmt: skip
"""Modules from which functions, numbers or names go into the compiled code."""


@part_of_run
def open_site(shape, staff, leaders, units, k, key, blocks, chance, fate, quarter):
    """Open the site: posts, people and units at the start, which is week 0."""
    d, start, every = chance[0], 0 * shape.weeks, draws.BLOCKS
    for u in range(shape.units):
        draw(blocks, key, start, u + 256 * draws.UNIT, start, 0, 2)
        open_unit(units[u], fate[0], k)
        for slot in range(shape.staff):
            draw(blocks, key, slot, u + 256 * draws.STAFF, start, 0, every)
            open_staff(staff[u * shape.staff + slot], d, units[u], k, quarter)
        for slot in range(shape.leaders):
            draw(blocks, key, slot, u + 256 * draws.LEADER, start, 0, every)
            open_leader(leaders[u * shape.leaders + slot], d, units[u], k, quarter)


@part_of_run
def look_back_everywhere(shape, staff, leaders, teams, units, k, demand):
    """Let every unit look back on the week."""
    for u in range(shape.units):
        look_back(
            units[u],
            staff[u * shape.staff : (u + 1) * shape.staff],
            leaders[u * shape.leaders : (u + 1) * shape.leaders],
            teams[u * shape.teams : (u + 1) * shape.teams],
            k,
            demand,
        )


@part_of_run
def live_week(
    shape,
    staff,
    leaders,
    teams,
    units,
    site,
    k,
    key,
    blocks,
    chance,
    fate,
    week,
    today,
    called,
    acts,
):
    """Live through one week, as `qisim.engines.mesa_model.CareUnit.live_week` does with agents."""
    d, posts = chance[0], float(shape.staff)
    facilitate(site, k, today)
    for u in range(shape.units):
        draw(blocks, key, 0 * week, u + 256 * draws.UNIT, week, 0, 1)
        turn = 1.0 if week % shape.units == u else 0.0
        meet_week(units[u], fate[0], site, k, today, turn, acts)
    for u in range(shape.units):
        for slot in range(shape.leaders):
            post = u * shape.leaders + slot
            p = leaders[post]
            draw_week(blocks, key, slot, u + 256 * draws.LEADER, week, p, d)
            live_leader(p, d, units[u], site, k, today, acts, slot, posts, called[post])
    for u in range(shape.units):
        for slot in range(shape.staff):
            p = staff[u * shape.staff + slot]
            draw_week(blocks, key, slot, u + 256 * draws.STAFF, week, p, d)
            team = teams[u * shape.teams + slot % shape.teams]
            live_staff(p, d, units[u], team, site, k, today, acts)
    look_back_everywhere(shape, staff, leaders, teams, units, k, today.demand)


@cached("run", sys.modules[__name__], *SOURCES, nogil=True, **MACHINE)
def run(
    shapes, staff, leaders, teams, units, sites, ks, keys, blocks, chance, fate,
    calendar, called, activities, first, weekly, adopters,
):  # fmt: skip
    """Run one batch of lanes to the last week: from the start, or from the weeks lived already."""
    shape, site, k, key = shapes[0], sites[0], ks[0], keys[0]
    if shape.lived == 0:
        open_site(shape, staff, leaders, units, k, key, blocks, chance, fate, calendar[0].quarter)
        look_back_everywhere(shape, staff, leaders, teams, units, k, calendar[0].demand)
    for week in range(shape.lived + 1, shape.weeks + 1):
        acts = activities[first[week] : first[week + 1]]
        live_week(
            shape, staff, leaders, teams, units, site, k, key, blocks, chance, fate,
            week, calendar[week], called[week], acts,
        )  # fmt: skip
        write_down(weekly[week - 1], site, staff, leaders, units)
    for i in range(LANES):
        adopters[i] = site.adopters[i]
