"""How the outcomes of a run are worked out from its weekly series.

An outcome that a run does not have is missing (NaN, never 0); a series that is not finite raises `RunError`.
"""

from __future__ import annotations

import numpy as np

from qisim.errors import RunError
from qisim.model.outcomes import OUTCOMES, WEEKLY, Array

QUARTER = 13
"""Weeks at the end of a run over which its use is looked at."""
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
    year_after = in_week(adoption, end + YEAR)
    found = {
        "adoption_final": last["adoption"],
        "adoption_programme_end": at_end,
        "adoption_mean": mean_over_weeks(adoption),
        "peak": highest(adoption),
        "weeks_to_half": first_week_at_least(adoption, 0.5),
        "sustained": ratio(year_after, at_end),
        "adoption_year_after": year_after,
        "reach_final": last["reach"],
        "competence_final": last["competence"],
        "leader_use_final": last["leader_use"],
        "leader_adoption_final": last["leader_adoption"],
        "trained_final": last["trained"],
        "use_final": mean_over_weeks(series["use"][-QUARTER:]),
        "going_on_final": last["going_on"],
        "stopped_final": last["stopped"],
        "restarted_final": last["restarted"],
        "embedding_final": last["embedding"],
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
