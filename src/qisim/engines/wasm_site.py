"""The tables of the site and the calendar, laid out by the browser's module before a run."""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from qisim.engines.numba_run import RULE
from qisim.engines.wasm_desk import (
    LINES_PLACE,
    VALUES_PLACE,
    activities_at,
    calendar_at,
    desk_at,
    events_at,
    give_places,
    grid_at,
    lines_at,
    shapes_at,
    values_at,
    wholes_at,
)
from qisim.engines.wasm_memory import entry, whole
from qisim.model import site

for function in (
    site.week_of_programme, site.is_within, site.phase, site.season_of, site.activity_row,
    site.led_lately, site.leads,
):  # fmt: skip
    register_jitable(**RULE)(function)


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
    """Return whether a line of the calendar is held in a week of the programme."""
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


@entry
def place(base):
    """Set the addresses of the tables of the requested site; values, lines and events come first.

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
    shape.weeks, shape.lived = whole(v.weeks[0]), 0
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
        today.handed_hours, today.handed_number = to_lead[6], to_lead[7]
