"""How the outcomes of a run are worked out from its weekly series.

An outcome that a run does not have is missing (NaN, never 0); a series that is not finite raises `RunError`.

`run_outcomes` and what it calls are plain functions of ``weekly[week, series]``, which is a number, or an
array with a number for each run of a batch. Python calls them with arrays; the browser's module compiles
the same functions for one run at a time. Weeks are added one by one, never by a sum whose order depends
on the shape, so each run's values are the same to the last bit either way and in any batch.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable
from typing import Any

import numpy as np

from qisim.errors import RunError
from qisim.model.outcomes import OUTCOMES, WEEKLY, Array
from qisim.model.power import at_least

Numbers = Any
"""A number, or an array of numbers: one for each run."""


def _record_of(name: str, fields: Iterable[str]) -> Any:
    """Return a class of named tuples; compiled code can make and read them."""
    return namedtuple(name, list(fields))


SERIES = _record_of("Series", WEEKLY)(*range(len(WEEKLY)))
"""Place of each weekly series, by its name."""
RunOutcomes = _record_of("RunOutcomes", OUTCOMES)
"""The outcomes of a run by name; to leave one out, or to name one that is not declared, is an error."""

QUARTER = 13
"""Weeks at the end of a run over which ``use_last_quarter`` is averaged."""
YEAR = 52
"""Weeks after the end of a programme at which sustained use is measured."""


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
    weeks, _, runs = checked_weekly(weekly).shape
    end = min(max(programme_end_week, 0), weeks - 1)
    adopters = np.zeros(runs) if adopters_final is None else np.asarray(adopters_final)
    found = run_outcomes(weekly, weeks, end, adopters)
    return {name: np.array(getattr(found, name), dtype=np.float64) for name in OUTCOMES}


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


# --- the outcomes of one run, or of each of many ---------------------------------------------------


def run_outcomes(weekly: Numbers, weeks: int, end: int, adopters: Numbers) -> Any:
    """Return the outcomes from weekly series, the programme's last week and the final adopters."""
    last, s = weeks - 1, SERIES
    at_end = weekly[end, s.adoption]
    year_after = in_week(weekly, s.adoption, weeks, end + YEAR)
    hours = weekly[last, s.programme_hours]
    return RunOutcomes(
        adoption_final=weekly[last, s.adoption],
        adoption_programme_end=at_end,
        adoption_mean=mean_over_weeks(weekly, s.adoption, 0, weeks),
        peak=highest(weekly, s.adoption, weeks),
        weeks_to_half=first_week_at_least(weekly, s.adoption, weeks, 0.5),
        sustained=ratio(year_after, at_end),
        adoption_year_after=year_after,
        reach_final=weekly[last, s.reach],
        competence_final=weekly[last, s.competence],
        leader_use_final=weekly[last, s.leader_use],
        leader_adoption_final=weekly[last, s.leader_adoption],
        trained_final=weekly[last, s.trained],
        use_final=mean_over_weeks(weekly, s.use, max(weeks - QUARTER, 0), weeks),
        going_on_final=weekly[last, s.going_on],
        stopped_final=weekly[last, s.stopped],
        restarted_final=weekly[last, s.restarted],
        embedding_final=weekly[last, s.embedding],
        strain_mean=mean_over_weeks(weekly, s.strain, 0, weeks),
        leavers=weekly[last, s.leavers],
        leader_leavers=weekly[last, s.leader_leavers],
        programme_hours=hours,
        documentation_hours=weekly[last, s.documentation_hours],
        hours_per_adopter=ratio(hours, adopters),
        outside_weeks=weekly[last, s.outside_weeks],
    )


def mean_over_weeks(weekly: Numbers, series: int, begin: int, end: int) -> Numbers:
    """Return the mean of a series from week `begin` up to but not including week `end`."""
    total = 0.0
    for week in range(begin, end):
        total = total + weekly[week, series]
    return total / (end - begin)


def highest(weekly: Numbers, series: int, weeks: int) -> Numbers:
    """Return the highest value of a series."""
    top = weekly[0, series]
    for week in range(1, weeks):
        top = at_least(weekly[week, series], top)
    return top


def first_week_at_least(weekly: Numbers, series: int, weeks: int, level: float) -> Numbers:
    """Return the first week (counted from 1) with a value of at least `level`; NaN if never."""
    waiting, waited = 1.0, 0.0
    for week in range(weeks):
        waiting = waiting * (weekly[week, series] < level)
        waited = waited + waiting
    return given(waiting < 0.5, waited + 1.0)


def in_week(weekly: Numbers, series: int, weeks: int, week: int) -> Numbers:
    """Return the value of a week (counted from 0); NaN (missing) where it is after the last."""
    return given(week < weeks, weekly[min(week, weeks - 1), series])


def ratio(above: Numbers, below: Numbers) -> Numbers:
    """Return above / below; NaN (missing) where `below` is 0."""
    return given(below > 0.0, above / at_least(below, 1e-300))


def given(there: Numbers, value: Numbers) -> Numbers:
    """Return a value where it is there, NaN (missing) elsewhere.

    The only function here of which compiled code has its own version.
    """
    return np.where(there, value, np.nan)
