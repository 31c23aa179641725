"""What is measured: the weekly series and the outcomes of a run, declared once.

Missing is missing. An outcome that a run does not have (weeks to half where half was never reached)
is NaN; it is never 0. Only the outcomes that say so in `Outcome.missing_when` may be missing; any
other value that is not finite raises `RunError`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from qisim.errors import RunError

Array = NDArray[np.float64]
Unit = Literal["share", "index", "ratio", "weeks", "people", "hours"]
Better = Literal["higher", "lower"] | None


@dataclass(frozen=True)
class Series:
    """One weekly series, for the site as a whole.

    Attributes
    ----------
    name : str
        Column of ``weekly.parquet``.
    label : str
        A few words for tables and axes.
    meaning : str
        One line in plain words.
    unit : {"share", "index", "ratio", "weeks", "people", "hours"}
        ``share`` (of people, 0 to 1, shown in per cent), ``index`` (a scale from 0 to 1), ...
    """

    name: str
    label: str
    meaning: str
    unit: Unit


@dataclass(frozen=True)
class Outcome(Series):
    """One outcome of a run.

    Attributes
    ----------
    better : {"higher", "lower", None}
        Which direction a planner wants; None where neither is better.
    matters : float
        Smallest difference that matters by default, in the outcome's own unit: an assumption.
    missing_when : str
        When a run has no value; empty for an outcome that every run has.
    missing_is_worst : bool
        Whether a run without a value did worse than any run with one (half was never reached).
    """

    better: Better = None
    matters: float = 0.0
    missing_when: str = ""
    missing_is_worst: bool = False


def _declared(kind: type, *rows: tuple[Any, ...]) -> dict[str, Any]:
    return {row[0]: kind(*row) for row in rows}


# fmt: off
WEEKLY: dict[str, Series] = _declared(
    Series,
    ("adoption", "Routine use",
     "share of care staff whose use of the new practice is routine",
     "share"),
    ("use", "Use this week", "share of care staff who used the practice this week", "share"),
    ("reach", "Reached",
     "share of care staff in post who ever took part in any programme activity",
     "share"),
    ("leader_use", "Leaders at work with it",
     "share of leaders who work with the programme systematically",
     "share"),
    ("leader_adoption", "Leaders' routine",
     "share of leaders whose systematic work is routine",
     "share"),
    ("competence", "Competence", "mean competence of care staff", "index"),
    ("ownership", "Ownership", "mean ownership of care staff", "index"),
    ("dedication", "Dedication", "mean dedication of care staff", "index"),
    ("engagement", "Engagement", "mean engagement of care staff", "index"),
    ("relevance", "Relevance", "mean relevance that care staff see in the practice", "index"),
    ("strain", "Strain", "mean strain of care staff", "index"),
    ("workload", "Workload", "mean demand over capacity; 1 is balance", "ratio"),
    ("vacancy", "Vacancy", "share of positions empty", "share"),
    ("absence", "Absence", "share of people in post absent", "share"),
    ("leavers", "Staff who left", "care staff who left so far", "people"),
    ("leader_leavers", "Leaders who left", "leaders who left so far", "people"),
    ("programme_hours", "Hours on the programme",
     "staff and leader hours spent on the programme so far",
     "hours"),
    ("documentation_hours", "Hours of writing",
     "hours that the programme added in writing so far",
     "hours"),
)
"""The weekly series by name, in the order of the columns and of the engines' arrays."""

OUTCOMES: dict[str, Outcome] = _declared(
    Outcome,
    ("adoption_final", "Routine use, last week",
     "share of care staff with routine use in the last week",
     "share", "higher", 0.05),
    ("adoption_programme_end", "Routine use, programme end",
     "share of care staff with routine use in the last week of the programme",
     "share", "higher", 0.05),
    ("adoption_mean", "Routine use, all weeks",
     "mean over all weeks of the share of care staff with routine use",
     "share", "higher", 0.05),
    ("peak", "Routine use, best week",
     "highest share of care staff with routine use in any week",
     "share", "higher", 0.05),
    ("weeks_to_half", "Half in routine use after",
     "first week in which at least half of care staff have routine use",
     "weeks", "lower", 4.0, "half was never reached", True),
    ("sustained", "Kept after the programme",
     "routine use in the last week over that at programme end",
     "ratio", "higher", 0.1, "nobody had routine use at programme end"),
    ("adoption_year_after", "Routine use, a year later",
     "share of care staff with routine use 52 weeks after the last week of the programme",
     "share", "higher", 0.05, "the run ends earlier than a year after the programme"),
    ("reach_final", "Staff there, ever reached",
     "share of care staff in post in the last week who ever took part",
     "share", "higher", 0.05),
    ("competence_final", "Competence, last week",
     "mean competence of care staff in the last week",
     "index", "higher", 0.05),
    ("leader_use_final", "Leaders at work with it",
     "share of leaders who work with the programme systematically in the last week",
     "share", "higher", 0.05),
    ("leader_adoption_final", "Leaders' routine",
     "share of leaders whose systematic work is routine in the last week",
     "share", "higher", 0.05),
    ("strain_mean", "Strain, all weeks",
     "mean over all weeks of the strain of care staff",
     "index", "lower", 0.02),
    ("leavers", "Staff who left", "care staff who left over the run", "people", "lower", 1.0),
    ("leader_leavers", "Leaders who left", "leaders who left over the run", "people", "lower", 0.5),
    ("programme_hours", "Hours on the programme",
     "staff and leader hours in activities, sessions and follow-up over the run, without writing",
     "hours", "lower", 50.0),
    ("documentation_hours", "Hours of writing",
     "hours that the programme added in writing over the run",
     "hours", "lower", 50.0),
    ("hours_per_adopter", "Hours per routine user",
     "programme hours over the care staff with routine use in the last week",
     "hours", "lower", 5.0, "nobody had routine use in the last week", True),
)
"""The outcomes of a run by name, in the order of the columns; the smallest differences that matter
are assumptions."""
# fmt: on


YEAR = 52
"""Weeks after the end of a programme at which it is looked at once more."""


def last_programme_week(start_week: int, length_weeks: int) -> int:
    """Return the index (from 0) of the last week of the programme.

    Parameters
    ----------
    start_week : int
        ``programme.start_week``: week of the run, counted from 1, in which it begins.
    length_weeks : int
        ``programme.length_weeks``; with 0 the index is that of the week before the start (-1 when
        that is before the run).
    """
    return int(start_week) + int(length_weeks) - 2


def outcomes_of(
    weekly: Array, programme_end_week: int, adopters_final: Array | None = None
) -> dict[str, Array]:
    """Return the outcomes of a batch of runs.

    Each run's values are the same to the last bit however many runs are in the batch: weeks are
    added one at a time, never by a sum whose order depends on the shape.

    Parameters
    ----------
    weekly : ndarray of float64, shape (weeks, series, runs)
        The weekly series, in the order of `WEEKLY`.
    programme_end_week : int
        Index of the last week of the programme, from 0 (see `last_programme_week`). One beyond
        the horizon counts as the last week of the run, one before it as the first.
    adopters_final : ndarray, shape (runs,), optional
        Number of care staff with routine use in the last week. Without it ``hours_per_adopter`` is
        missing.

    Returns
    -------
    dict of str to ndarray, shape (runs,)
        By name, in the order of `OUTCOMES`. ``weeks_to_half`` is a value of the column ``week``,
        which counts from 1.

    Raises
    ------
    RunError
        If a series holds a value that is not finite.
    """
    checked_weekly(weekly)
    series = {name: weekly[:, i, :] for i, name in enumerate(WEEKLY)}
    adoption, last = series["adoption"], {name: values[-1] for name, values in series.items()}
    end = min(max(programme_end_week, 0), len(adoption) - 1)
    at_end = adoption[end]
    adopters = np.zeros_like(at_end) if adopters_final is None else np.asarray(adopters_final)
    found = {
        "adoption_final": last["adoption"],
        "adoption_programme_end": at_end,
        "adoption_mean": mean_over_weeks(adoption),
        "peak": highest(adoption),
        "weeks_to_half": first_week_at_least(adoption, 0.5),
        "sustained": ratio(last["adoption"], at_end),
        "adoption_year_after": in_week(adoption, end + YEAR),
        "reach_final": last["reach"],
        "competence_final": last["competence"],
        "leader_use_final": last["leader_use"],
        "leader_adoption_final": last["leader_adoption"],
        "strain_mean": mean_over_weeks(series["strain"]),
        "leavers": last["leavers"],
        "leader_leavers": last["leader_leavers"],
        "programme_hours": last["programme_hours"],
        "documentation_hours": last["documentation_hours"],
        "hours_per_adopter": ratio(last["programme_hours"], adopters),
    }
    return {name: np.array(found[name], dtype=np.float64) for name in OUTCOMES}


def checked_weekly(weekly: Array) -> Array:
    """Return `weekly` if it has the shape (weeks, series, runs) and is finite throughout."""
    if weekly.ndim != 3 or weekly.shape[0] < 1 or weekly.shape[1] != len(WEEKLY):
        raise ValueError(f"shape {weekly.shape} is not (weeks, {len(WEEKLY)} series, runs)")
    finite = np.isfinite(weekly)
    if finite.all():
        return weekly
    bad = np.argwhere(~finite)
    week, series, run = bad[0]
    raise RunError(
        f"{len(bad)} values are not finite, the first in series "
        f"{list(WEEKLY)[series]!r}, week {week + 1}, run {run} of the batch"
    )


def mean_over_weeks(values: Array) -> Array:
    """Return the mean over weeks of values of shape (weeks, runs), adding one week at a time."""
    total = np.zeros(values.shape[1])
    for row in values:
        total += row
    mean: Array = total / len(values)
    return mean


def highest(values: Array) -> Array:
    """Return the highest value over weeks, for values of shape (weeks, runs)."""
    top: Array = values[0]
    for row in values[1:]:
        top = np.maximum(top, row)
    return top


def first_week_at_least(values: Array, level: float) -> Array:
    """Return the first week (counted from 1) with a value of at least `level`; NaN if never."""
    reached = values >= level
    return np.where(reached.any(axis=0), reached.argmax(axis=0) + 1.0, np.nan)


def in_week(values: Array, week: int) -> Array:
    """Return the values of a week (counted from 0); NaN (missing) where it is after the last."""
    return values[week] if week < len(values) else np.full(values.shape[1], np.nan)


def ratio(above: Array, below: Array) -> Array:
    """Return above / below; NaN (missing) where `below` is 0."""
    quotient = np.full(np.shape(above), np.nan)
    np.divide(above, below, out=quotient, where=np.asarray(below) > 0)
    return quotient
