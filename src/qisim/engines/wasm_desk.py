"""The memory shared by a page and the browser's module: its tables, and where they lie.

Its first part is a `DESK`: the request, and the addresses of the tables.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from qisim.engines import lane_tables as engine
from qisim.engines.lane_tables import LANES
from qisim.engines.wasm_memory import box_of, grid_of, table_at, written
from qisim.model import draws, site
from qisim.model.outcomes import OUTCOMES
from qisim.model.parameters import PARAMETERS
from qisim.scenario.fields import CHOICES

MOST_LINES, MOST_EVENTS, MOST_RUNS = 60, 20, 256
"""Limits on lines of a calendar, on events, and on runs in statistics."""

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
"""A line of the calendar: words as their index among the options, -1 for what is not given."""
EVENT = np.dtype(
    [(name, np.float64) for name in ("kind", "week", "until", "unit", "factor")], align=True
)
"""An event: kind 0, a leader leaves (unit 0: all); kind 1, a surge in demand until a week; kind 2, the
development nurses of a unit leave (unit 0: all)."""
VALUES = np.dtype([(p.name, np.float64, (LANES,)) for p in PARAMETERS.values()], align=True)
RUN_OUTCOMES = np.dtype([(name, np.float64, (LANES,)) for name in OUTCOMES], align=True)
PAID = np.dtype(
    [
        (name, np.float64, (LANES,))
        for name in (
            "facilitator_hours", "allotted_hours", "released_hours", "cover_hours", "paid_hours", "money",
            "paid_during", "paid_after", "money_during", "money_after", "adopters",
        )
    ],
    align=True,
)  # fmt: skip
"""Paid hours, until a plan's end and after it; their cost at the given price; routine users."""
REPLICATES = np.dtype([("number", np.uint64)], align=True)
NUMBER = np.dtype([("value", np.float64)], align=True)
WHOLE = np.dtype([("value", np.int64)], align=True)
SUMMARY = np.dtype(
    [
        (name, np.float64)
        for name in (
            "pairs", "base_mean", "other_mean", "difference", "low", "high", "spread", "better",
            "worse", "equal", "unlike", "verdict", "maybe_small", "too_few",
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
        ("by_week", np.int64),  # 1: one week with each call of `run`
        ("lived", np.int64),  # weeks that are lived through
        ("end", np.int64),  # bytes behind which nothing of it lies
        *((f"at_{name}", np.int64) for name in TABLES),
        # for the statistics
        *(
            (name, np.int64)
            for name in (
                "runs", "rows", "groups", "from_a", "from_b", "from_c", "from_d", "from_e", "at_t",
                "at_first_look", "to", "low_is_good", "seldom",
            )
        ),
        *(
            (name, np.float64)
            for name in ("matters", "price", "persons", "hours", "most_unsure", "f_low", "f_high")
        ),
    ],
    align=True,
)  # fmt: skip

ROOM_FOR_DESK = 64 * -(-DESK.itemsize // 64)
TARGET = {word: place for place, word in enumerate(CHOICES["programme.target"].options)}
LEAD = {word: place for place, word in enumerate(CHOICES["programme.lead"].options)}


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
"""Offsets of the request in bytes from the desk."""

# --- seen from compiled code --------------------------------------------------------------------------

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
grid_at, box_at = grid_of(NUMBER), box_of(NUMBER)
summary_at, paid_at = table_at(SUMMARY), table_at(PAID)
