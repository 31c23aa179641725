"""The site at week 0 and the programme's calendar, as tables; the same for both engines.

`World` holds what has a shape: units, teams, posts, weeks, the calendar. What is a number stands in
`qisim.model.coefficients`. Runs that differ only in numbers share one world, so a sweep builds it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from qisim.model.calendar import ACTIVITY_KINDS, AUDIENCES, INVITED, LED_BY, Activity, Event
from qisim.model.parameters import PARAMETERS

(
    WORKSHOP, HOMEWORK, SEMINAR, COMPENDIUM, ELEARNING, SKILLS, SIMULATION, REFRESHER, COACHING, FEEDBACK,
) = range(len(ACTIVITY_KINDS))  # fmt: skip
FOR_STAFF, FOR_LEADERS, FOR_ALL, FOR_TARGET = range(len(AUDIENCES))
BY_FACILITATOR, BY_CHAMPION, BY_LEADER, BY_NOBODY, BY_DRIVER = range(len(LED_BY))
UNTRAINED = INVITED.index("untrained")
PROGRAMME_TARGETS = ("leaders", "staff", "both")
TO_LEADERS, TO_STAFF, TO_BOTH = range(len(PROGRAMME_TARGETS))
"""The index of each word among its options."""

QUARTERS = (7.8, 6.9, 5.6, 7.5)
"""Doctor-certified absence of municipal staff by quarter, 2019, % (source: N08)."""

SHAPING = tuple(p.name for p in PARAMETERS.values() if p.kind == "int")
"""Parameters that shape the world and so do not vary within one batch."""

NOBODY, FACILITATOR, CHAMPION, UNIT_LEADER = range(4)
"""Who leads an activity; nobody first, then in the order of `LED_BY`."""
LEADS = {"nobody": NOBODY, "facilitator": FACILITATOR, "champion": CHAMPION, "leader": UNIT_LEADER}

ACTIVITY = np.dtype(
    [
        ("week", np.int64),
        ("kind", np.int64),
        ("led_by", np.int64),
        ("hours", np.float64),
        ("for_staff", np.float64),
        ("for_leaders", np.float64),
        ("untrained_only", np.float64),
        ("places", np.float64),  # below 0: no limit
        ("protected", np.float64),  # below 0: as the programme's other activities
        ("self_paced", np.float64),  # done alone, at the rate at which such things get done
        ("any_time", np.float64),  # no rota can make people miss it
        ("continuous", np.float64),  # refreshes, or brings newcomers in
        ("meeting", np.float64),  # leaders of units meet
        ("feedback", np.float64),  # shows people their own results
        ("hands_on", np.float64),  # lets people try the practice out
    ],
    align=True,
)
"""One row per activity and week in which it is held."""


@dataclass(frozen=True)
class World:
    """The part of a scenario that has a shape: site and calendar.

    Attributes
    ----------
    units, teams, staff, champions, weeks : int
        Units; teams, staff posts and development nurses in each unit; weeks of the run.
    running : ndarray of float, shape (weeks + 1,)
        1 in weeks in which the programme runs.
    facilitator : ndarray of float, shape (weeks + 1,)
        1 in weeks in which an outside facilitator is there.
    phase : ndarray of float, shape (weeks + 1,)
        0 before the champion has hours for the programme, 1 while it runs, 2 after it.
    years : ndarray of float, shape (weeks + 1,)
        Years since the start of the run.
    outside_hours, outside_number, champion_hours, champion_number, leader_hours, leader_number
        Hours and number of the activities that the facilitator, each development nurse and the unit's
        leader led lately, a week on average (see `led_lately`); arrays of float, shape (weeks + 1,).
    handed_hours, handed_number
        The facilitator's for each development nurse of the site, should she hand over.
    quarter : ndarray of float, shape (weeks + 1,)
        The quarter's absence over the year's mean.
    demand : ndarray of float, shape (weeks + 1,)
        Factor on care demand (events).
    leader_leaves : ndarray of float, shape (weeks + 1, units * leaders)
        1 where who holds a leadership post leaves by an event; posts unit by unit, the unit's leader
        first.
    activities : ndarray of ACTIVITY
        The calendar, sorted by week.
    first : ndarray of int, shape (weeks + 2,)
        Activities of week w are ``activities[first[w]:first[w + 1]]``.
    end_week : int
        Last week of the programme, within the run; 0 without a programme.
    """

    units: int
    teams: int
    staff: int
    champions: int
    weeks: int
    running: npt.NDArray[np.float64]
    facilitator: npt.NDArray[np.float64]
    phase: npt.NDArray[np.float64]
    years: npt.NDArray[np.float64]
    outside_hours: npt.NDArray[np.float64]
    outside_number: npt.NDArray[np.float64]
    champion_hours: npt.NDArray[np.float64]
    champion_number: npt.NDArray[np.float64]
    leader_hours: npt.NDArray[np.float64]
    leader_number: npt.NDArray[np.float64]
    handed_hours: npt.NDArray[np.float64]
    handed_number: npt.NDArray[np.float64]
    quarter: npt.NDArray[np.float64]
    demand: npt.NDArray[np.float64]
    leader_leaves: npt.NDArray[np.float64]
    activities: npt.NDArray[np.void]
    first: npt.NDArray[np.int64]
    end_week: int

    @property
    def leaders(self) -> int:
        """Leadership posts in each unit: its leader, then its development nurses."""
        return 1 + self.champions

    @property
    def staff_posts(self) -> int:
        """Staff posts of the whole site."""
        return self.units * self.staff


class Described(Protocol):
    """The part of a scenario that the model reads; `qisim.scenario.scenario.Scenario` provides it.

    Attributes
    ----------
    values : mapping of str to float or int
        Every parameter, by dotted key.
    choices : mapping of str to str
        Every choice, by dotted key.
    activities : sequence of Activity
        The programme's calendar.
    events : sequence of LeaderLeaves, ChampionLeaves or DemandSurge
        What happens to the site.
    """

    @property
    def values(self) -> Mapping[str, float | int]:
        """Every parameter, by dotted key."""
        ...

    @property
    def choices(self) -> Mapping[str, str]:
        """Every choice, by dotted key."""
        ...

    @property
    def activities(self) -> Sequence[Activity]:
        """The programme's calendar."""
        ...

    @property
    def events(self) -> Sequence[Event]:
        """What happens to the site."""
        ...


def build(scenario: Described) -> World:
    """Lay out the site and the calendar of a scenario."""
    value = scenario.values
    weeks, start = int(value["run.weeks"]), int(value["programme.start_week"])
    length = int(value["programme.length_weeks"])
    season = int(value["run.start_week_of_year"])
    begins, leaves = (
        int(value[f"programme.{name}"]) for name in ("champion_from_week", "facilitator_weeks")
    )
    since = [week_of_programme(week, start) for week in range(weeks + 1)]
    activities, units = _calendar(scenario, start, weeks), int(value["site.units"])
    champions = int(value["site.champions_per_unit"])
    to_lead = leads_by_week(activities, weeks, units, champions)
    return World(
        units=units,
        teams=int(value["site.teams_per_unit"]),
        staff=int(value["site.staff_per_unit"]),
        champions=int(value["site.champions_per_unit"]),
        weeks=weeks,
        running=np.array([is_within(week, 1, length) for week in since]),
        facilitator=np.array([is_within(week, 1, leaves) for week in since]),
        phase=np.array([phase(week, begins, length) for week in since]),
        years=np.array([week / 52.0 for week in range(weeks + 1)]),
        **{name: to_lead[:, place].copy() for place, name in enumerate(LEAD_NAMES)},
        quarter=np.array([season_of(week, season) for week in range(weeks + 1)]),
        demand=_demand(scenario, weeks),
        leader_leaves=_leader_leaves(scenario, weeks),
        activities=activities,
        first=np.searchsorted(activities["week"], np.arange(weeks + 2)),
        end_week=min(weeks, start + length - 1) if length else 0,
    )


def week_of_programme(week: int, start: int) -> int:
    """Return the week of the programme, from 1, that a week of the run is; below 1 before it."""
    return week - start + 1


def is_within(week: int, first: int, last: int) -> float:
    """Return 1 if a week lies between the first and the last, else 0."""
    return 1.0 if first <= week <= last else 0.0


def phase(since: int, begins: int, length: int) -> float:
    """Return the champion's phase in a week of the programme; see `World.phase`."""
    return 2.0 if length and since > length else is_within(since, begins, length)


LEAD_NAMES = (
    "outside_hours", "outside_number", "champion_hours", "champion_number", "leader_hours",
    "leader_number", "handed_hours", "handed_number",
)  # fmt: skip
"""What `leads` returns, as columns of the calendar."""


LATELY = 13
"""Weeks over which the hours for leading are spread: somebody who gave a day to a seminar gives
less in the weeks after it. Activities still to come do not count, so that plans which diverge in a
week are identical before it.
"""


def leads(activities, week, units, champions):  # type: ignore[no-untyped-def]  # Numba infers them
    """Return what the facilitator, each development nurse and a unit's leader lead; see `LEAD_NAMES`.

    The facilitator holds an activity for leaders once for all units, one for staff in each. Last comes what of
    this each development nurse of the site would have, after a hand-over.
    """
    outside, outside_number = led_lately(activities, FACILITATOR, week, units)
    nurses = 1.0 * champions if champions > 1 else 1.0
    champion, champion_number = led_lately(activities, CHAMPION, week, 1)
    leader, leader_number = led_lately(activities, UNIT_LEADER, week, 1)
    of_site = 1.0 * units * nurses
    return (
        outside, outside_number, champion / nurses, champion_number / nurses, leader, leader_number,
        outside / of_site, outside_number / of_site,
    )  # fmt: skip


def leads_by_week(
    activities: npt.NDArray[np.void], weeks: int, units: int, champions: int
) -> npt.NDArray[np.float64]:
    """Return what `leads` returns for every week from 0 on, a row for each; sums run in the same order."""
    hours, number = np.zeros((UNIT_LEADER + 1, weeks + 1)), np.zeros((UNIT_LEADER + 1, weeks + 1))
    for week, who, each, staff in activities[["week", "led_by", "hours", "for_staff"]].tolist():
        times = 1.0 * units if who == FACILITATOR and staff > 0.5 else 1.0
        lately = slice(max(week, 0), max(week + LATELY, 0))
        hours[who, lately] += each * times
        number[who, lately] += times
    hours, number = hours / LATELY, number / LATELY
    nurses = 1.0 * champions if champions > 1 else 1.0
    hours[CHAMPION] /= nurses
    number[CHAMPION] /= nurses
    led = [table[who] for who in (FACILITATOR, CHAMPION, UNIT_LEADER) for table in (hours, number)]
    handed = [table[FACILITATOR] / (1.0 * units * nurses) for table in (hours, number)]
    return np.column_stack([*led, *handed])


def led_lately(activities, who, week, units):  # type: ignore[no-untyped-def]  # Numba infers them
    """Return hours and number of the activities that somebody leads, a week, mean of the last quarter.

    Plain loops over rows of `ACTIVITY`, so that the page's module compiles this function.
    """
    hours = number = 0.0
    for which in range(len(activities)):
        row = activities[which]
        if row.led_by == who and week - LATELY < row.week <= week:
            times = 1.0 * units if row.for_staff > 0.5 else 1.0
            hours += row.hours * times
            number += times
    return hours / LATELY, number / LATELY


def season_of(week: int, start_week_of_year: int) -> float:
    """Return the absence of a week's quarter over the year's mean."""
    quarter = (week + start_week_of_year - 1) % 52 // 13
    first, second, third, fourth = QUARTERS
    level = (  # one of the four; written so that compilers make no table of it
        first * (quarter == 0) + second * (quarter == 1)
        + third * (quarter == 2) + fourth * (quarter == 3)
    )  # fmt: skip
    return level / ((first + second + third + fourth) / 4.0)


def _demand(scenario: Described, weeks: int) -> npt.NDArray[np.float64]:
    demand = np.ones(weeks + 1)
    for event in scenario.events:
        if event.kind == "demand":
            demand[event.from_week : event.until_week + 1] *= event.factor
    return demand


def _leader_leaves(scenario: Described, weeks: int) -> npt.NDArray[np.float64]:
    value = scenario.values
    units, leaders = int(value["site.units"]), 1 + int(value["site.champions_per_unit"])
    leaves = np.zeros((weeks + 1, units, leaders))
    posts = {"leader_leaves": slice(0, 1), "champion_leaves": slice(1, None)}
    for event in scenario.events:
        if event.kind != "demand":
            which = slice(None) if event.unit is None else event.unit - 1
            leaves[event.week, which, posts[event.kind]] = 1.0
    return leaves.reshape(weeks + 1, units * leaders)


def _calendar(scenario: Described, start: int, weeks: int) -> npt.NDArray[np.void]:
    rows = [
        _activity_row(scenario, activity, week + start - 1)
        for activity in scenario.activities
        for week in activity.weeks()
        if week + start - 1 <= weeks
    ]
    calendar = np.array(rows, dtype=ACTIVITY) if rows else np.zeros(0, dtype=ACTIVITY)
    return calendar[np.argsort(calendar["week"], kind="stable")]


def _activity_row(scenario: Described, activity: Activity, week: int) -> tuple:
    choices = scenario.choices
    return (
        week,
        *activity_row(
            ACTIVITY_KINDS.index(activity.kind),
            activity.hours,
            AUDIENCES.index(activity.audience),
            INVITED.index(activity.who),
            LED_BY.index(activity.led_by),
            -1.0 if activity.places is None else activity.places,
            -1.0 if activity.protected is None else activity.protected,
            PROGRAMME_TARGETS.index(choices["programme.target"]),
            LED_BY.index(choices["programme.lead"]),
        ),
    )


def activity_row(kind, hours, audience, who, led_by, places, protected, target, lead):  # type: ignore[no-untyped-def]  # Numba infers them
    """Return a row of `ACTIVITY` without its week.

    Words come as their place among the options, so that the page's module compiles this function.
    """
    for_target = audience == FOR_TARGET
    leader = lead if led_by == BY_DRIVER else led_by
    untrained_only = who == UNTRAINED
    return (
        kind,
        NOBODY if leader == BY_NOBODY else leader + 1,
        hours,
        1.0 if audience in (FOR_STAFF, FOR_ALL) or (for_target and target != TO_LEADERS) else 0.0,
        1.0 if audience in (FOR_LEADERS, FOR_ALL) or (for_target and target != TO_STAFF) else 0.0,
        1.0 if untrained_only else 0.0,
        places,
        protected,
        1.0 if kind in (COMPENDIUM, ELEARNING) else 0.0,
        1.0 if kind in (COMPENDIUM, ELEARNING, HOMEWORK) else 0.0,
        1.0 if kind == REFRESHER or untrained_only else 0.0,
        1.0 if kind == WORKSHOP else 0.0,
        1.0 if kind == FEEDBACK else 0.0,
        1.0 if kind in (HOMEWORK, SKILLS, SIMULATION, COACHING) else 0.0,
    )
