"""The site at week 0 and the programme's calendar, as tables; the same for both engines.

`World` holds what has a shape: units, teams, posts, weeks, the calendar. `coefficients` holds what is
a number: every parameter by its short name, with half-lives and yearly shares already turned into
weekly ones. Runs that differ only in numbers share one world, so a sweep builds it once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from qisim.model import draws, rules
from qisim.model.calendar import ACTIVITY_KINDS, AUDIENCES, INVITED, LED_BY, Activity, Event
from qisim.model.evidence import probability_external, probability_internal
from qisim.model.parameters import FACTORS, PARAMETERS
from qisim.model.power import at_most

(
    WORKSHOP, HOMEWORK, SEMINAR, COMPENDIUM, ELEARNING, SKILLS, SIMULATION, REFRESHER, COACHING, FEEDBACK,
) = range(len(ACTIVITY_KINDS))  # fmt: skip
FOR_STAFF, FOR_LEADERS, FOR_ALL, FOR_TARGET = range(len(AUDIENCES))
BY_FACILITATOR, BY_CHAMPION, BY_LEADER, BY_NOBODY, BY_DRIVER = range(len(LED_BY))
UNTRAINED = INVITED.index("untrained")
PROGRAMME_TARGETS = ("leaders", "staff", "both")
TO_LEADERS, TO_STAFF, TO_BOTH = range(len(PROGRAMME_TARGETS))
"""Words as their place among the options."""

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
    """Everything of a scenario that has a shape.

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
    quarter : ndarray of float, shape (weeks + 1,)
        The quarter's absence over the year's mean.
    demand : ndarray of float, shape (weeks + 1,)
        Factor on care demand (events).
    leader_leaves : ndarray of float, shape (weeks + 1, units)
        1 where the unit's leader leaves by an event.
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
    """What the model reads of a scenario; `qisim.scenario.scenario.Scenario` has it.

    Attributes
    ----------
    values : mapping of str to float or int
        Every parameter, by dotted key.
    choices : mapping of str to str
        Every choice, by dotted key.
    activities : sequence of Activity
        The programme's calendar.
    events : sequence of LeaderLeaves or DemandSurge
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
    activities = _calendar(scenario, start, weeks)
    return World(
        units=int(value["site.units"]),
        teams=int(value["site.teams_per_unit"]),
        staff=int(value["site.staff_per_unit"]),
        champions=int(value["site.champions_per_unit"]),
        weeks=weeks,
        running=np.array([is_within(week, 1, length) for week in since]),
        facilitator=np.array([is_within(week, 1, leaves) for week in since]),
        phase=np.array([phase(week, begins, length) for week in since]),
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
    """Say (1 or 0) whether a week is one of those from the first to the last."""
    return 1.0 if first <= week <= last else 0.0


def phase(since: int, begins: int, length: int) -> float:
    """Return the champion's phase in a week of the programme; see `World.phase`."""
    return 2.0 if length and since > length else is_within(since, begins, length)


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
    units = int(scenario.values["site.units"])
    leaves = np.zeros((weeks + 1, units))
    for event in scenario.events:
        if event.kind == "leader_leaves":
            which = slice(None) if event.unit is None else event.unit - 1
            leaves[event.week, which] = 1.0
    return leaves


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


def activity_row(kind, hours, audience, who, led_by, places, protected, target, lead):  # type: ignore[no-untyped-def]
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


# --- coefficients ----------------------------------------------------------------------------------

HIGHEST_TURNOVER = 0.99
"""Of one group in a year, whatever the ratio between groups says."""


def _leaving(turnover: float) -> float:
    """Return the weekly chance of leaving of a group with this turnover a year."""
    return rules.weekly_rate(at_most(turnover, HIGHEST_TURNOVER))


def _schooled_leaving(turnover: float, unschooled_share: float, ratio: float) -> float:
    return _leaving(rules.schooled_turnover(turnover, unschooled_share, ratio))


def _unschooled_leaving(turnover: float, ratio: float) -> float:
    return _leaving(turnover * ratio)


def _one_over(weeks: float) -> float:
    return 1.0 / weeks


RATES: dict[str, tuple[Callable[..., float], str]] = {
    "schooled_leaving": (
        _schooled_leaving, "staff_turnover unschooled_share unschooled_turnover_ratio",
    ),
    "unschooled_leaving": (_unschooled_leaving, "staff_turnover unschooled_turnover_ratio"),
    "leader_leaving": (rules.weekly_rate, "leader_turnover"),
    "hiring": (_one_over, "vacancy_weeks"),
    "leader_hiring": (_one_over, "leader_vacancy_weeks"),
    "settling_step": (rules.weekly_step, "settling_weeks"),
    "strain_step": (rules.weekly_step, "strain_weeks"),
    "follow_up_step": (rules.weekly_step, "follow_up_weeks"),
    "attitude_step": (rules.weekly_step, "attitude_weeks"),
    "skill_loss": (rules.weekly_loss, "skill_half_life"),
    "ownership_loss": (rules.weekly_loss, "ownership_half_life"),
    "attention_loss": (rules.weekly_loss, "attention_half_life"),
    "plan_loss": (rules.weekly_loss, "plan_half_life"),
    "habit_loss": (rules.weekly_loss, "habit_half_life"),
    "habit_step": (rules.habit_step, "routine_at habit_days"),
}  # fmt: skip
"""Numbers that the weekly rules use, worked out from parameters once before a run: by
which function, and from which parameters."""

TARGETS = ("supports_staff", "supports_leaders")
"""1 where the outside facilitator works with this group."""

TEACHES = tuple(f"{kind}_teaches" for kind in ACTIVITY_KINDS)

COEFFICIENTS = (
    *(p.name for p in PARAMETERS.values() if p.kind == "float" and p.name not in TEACHES),
    *RATES,
    *TARGETS,
    *TEACHES,  # last, so that an engine can read them as one table by kind
)
"""Names of the numbers that both engines read, in order."""

POSITION = {name: i for i, name in enumerate(COEFFICIENTS)}


def coefficients(scenario: Described) -> npt.NDArray[np.float64]:
    """Return the numbers of a scenario in the order of `COEFFICIENTS`."""
    target = scenario.choices["programme.target"]
    return vector(
        {PARAMETERS[key].name: float(value) for key, value in scenario.values.items()},
        supports_staff=target in ("staff", "both"),
        supports_leaders=target in ("leaders", "both"),
    )


def vector(
    by_name: Mapping[str, float], supports_staff: float, supports_leaders: float
) -> npt.NDArray[np.float64]:
    """Return coefficients from parameters by short name."""
    k = {
        **by_name,
        "supports_staff": float(supports_staff),
        "supports_leaders": float(supports_leaders),
    }
    for name, (rate, needed) in RATES.items():
        k[name] = rate(*(k[parameter] for parameter in needed.split()))
    return np.array([k[name] for name in COEFFICIENTS])


def matrix(
    scenario: Described, keys: Sequence[str], values: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the coefficients of a scenario at many points, each as `coefficients` would.

    Parameters
    ----------
    scenario : Scenario
        What holds for all points.
    keys : sequence of str
        Dotted keys of the parameters that differ; none of them may be a whole number.
    values : ndarray of float, shape (points, len(keys))

    Returns
    -------
    ndarray of float, shape (points, len(COEFFICIENTS))
    """
    rows = np.repeat(coefficients(scenario)[None, :], len(values), axis=0)
    varied = [PARAMETERS[key].name for key in keys]
    rows[:, [POSITION[name] for name in varied]] = values
    for name, (rate, needed) in RATES.items():
        if not set(varied).isdisjoint(needed.split()):
            given = rows[:, [POSITION[parameter] for parameter in needed.split()]]
            rows[:, POSITION[name]] = rate(*given.T)
    return rows


# --- the allocation ensemble -----------------------------------------------------------------------


def allocated(
    scenario: Described,
    rows: npt.NDArray[np.float64],
    seed: int,
    replicates: npt.ArrayLike,
    given: Mapping[str, npt.NDArray[np.float64]] | None = None,
    mode: str = "study",
) -> npt.NDArray[np.float64]:
    """Return coefficients per run, with factor strengths kept or cut by chance.

    With ``run.allocation = "study"`` a factor keeps its strength in a scenario of the study's
    external or internal case with the probability that the evidence gives it there, and is cut to
    the share `allocation_cut` otherwise; ``"null"`` has one half for each process-specific factor.
    One draw per factor and replicate serves all scenarios: what one case has, the other lacks.

    A study that varies the allocation hands in the draws of some factors itself, and says with
    which probabilities they are compared; for these the scenario's own ensemble does not count.

    Parameters
    ----------
    scenario : Scenario
        Its choices decide; without a case nothing changes.
    rows : ndarray of float, shape (len(COEFFICIENTS),) or (R, len(COEFFICIENTS))
        The coefficients, of all runs or of each.
    seed : int
        Seed of the study.
    replicates : array_like of int, length R
    given : mapping of str to ndarray of float, shape (R,), optional
        Draws in [0, 1] by factor, in place of those of the replicate.
    mode : {"study", "null"}
        Whose probabilities hold for the draws that are given.

    Returns
    -------
    ndarray of float, shape (R, len(COEFFICIENTS))
    """
    numbers = np.atleast_1d(np.asarray(replicates))
    rows = np.array(np.broadcast_to(rows, (len(numbers), len(COEFFICIENTS))))
    own, case = scenario.choices["run.allocation"], scenario.choices["programme.study_case"]
    if case == "none" or (own == "off" and not given):
        return rows
    kept = np.ones((len(numbers), len(FACTORS)), dtype=bool)
    if own != "off":
        kept = _kept(own, case, _allocation_draws(seed, numbers))
    for factor, draw in (given or {}).items():
        place = FACTORS.index(factor)
        kept[:, place] = _kept(mode, case, np.repeat(draw[:, None], len(FACTORS), axis=1))[:, place]
    cut = rows[:, POSITION["allocation_cut"], None]
    columns = [POSITION[factor] for factor in FACTORS]
    rows[:, columns] *= np.where(kept, 1.0, cut)
    return rows


def _allocation_draws(seed: int, replicates: npt.NDArray) -> npt.NDArray[np.float64]:
    """Return one draw per replicate and factor, from a stream of their own; shape (R, factors)."""
    key = draws.keys(seed, replicates)
    slot = np.arange(len(FACTORS), dtype=np.uint64)[None, :]
    zero = np.zeros_like(slot)
    place = zero + np.uint64(256 * draws.SITE)
    words = draws.philox(slot, place, zero, zero, key[:, :1], key[:, 1:])
    return np.asarray(words[0] * draws.TO_UNIT)


def _kept(mode: str, case: str, draw: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Say per run and factor whether the case keeps the factor; shapes (R, factors)."""
    external = np.array([probability_external(f) for f in FACTORS])
    internal = np.array([probability_internal(f) for f in FACTORS])
    shared = external + internal > 1.0  # stated or judged to be in both
    if mode == "null":
        external = np.where(shared, external, 0.5)
    # a shared factor is kept in both or cut in both; any other is in exactly one of the two
    in_external = draw < external
    return in_external if case == "external" else np.where(shared, draw < internal, ~in_external)
