"""What several experiments share: the study's two cases, a cohort to follow, differences, curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from qisim.model.outcomes import WEEKLY
from qisim.validation.patterns.declaring import Line, Sketch
from qisim.validation.patterns.measuring import Runs

CASES = ("external", "internal")
"""The study's two programmes, as shipped."""

MATTERS = "5 points are what matters in this project (assumption)"
LEAST = 5.0
"""Points of use or of routine use that matter in this project: the least size of a pattern whose source
gives a direction alone."""
LEAST_REST = f"a direction of at least {LEAST:g} points, what matters in this project (assumption)"
NOTHING = "exactly nothing"

TRAINING: dict[str, Any] = {
    "kind": "skills_training", "name": "training", "week": 1, "hours": 8.0, "audience": "staff",
    "led_by": "nobody", "protected": 1.0,
}  # fmt: skip
"""One day of training, covered in full, so that all who are at work come."""

COHORT: dict[str, Any] = {
    "length_weeks": 104, "weeks": 110, "factors.turnover": 0.0, "sickness_absence": 0.0,
    "rota_barrier": 0.0, "rota_fixed": 0.0, "never_come": 0.0, "factors.coordination": 0.0,
    "unit_spread": 0.0,
}  # fmt: skip
"""A cohort that can be followed: nobody leaves or is away, and the rota keeps nobody from coming."""


def points(runs: Runs, arm: str, other: str, series: str, first: int, last: int) -> float:
    """Return a share in one arm less that in another, in points, mean of some weeks."""
    return 100.0 * (runs.at(arm, series, first, last) - runs.at(other, series, first, last))


def all_weeks(runs: Runs, arm: str, other: str, series: str = "use") -> float:
    """Return a share in one arm less that in another, in points, mean of all weeks."""
    return 100.0 * (runs.over_all(arm, series) - runs.over_all(other, series))


def use_by(values: Sequence[float], arm: Callable[[str, Any], str], label: str) -> Any:
    """Return a function that sketches use over all weeks by some value, a line for each of the two cases.

    Parameters
    ----------
    values : sequence of float
        What the arms differ in.
    arm : callable
        Name of the arm of a case and a value.
    label : str
        What the value is.
    """
    return partial(_use_by, values, arm, label)


def _use_by(
    values: Sequence[float], arm: Callable[[str, Any], str], label: str, runs: Runs
) -> Sketch:
    x = np.array(values, np.float64)
    lines = tuple(
        Line(
            case, x, np.array([100.0 * runs.over_all(arm(case, value), "use") for value in values])
        )
        for case in CASES
    )
    return Sketch(label, "used it, all weeks (% of staff)", lines)


def curve(runs: Runs, arm: str, series: str, label: str = "") -> Line:
    """Return a weekly share, in per cent, as a line with the middle 90 % of the runs."""
    values = 100.0 * runs.values(arm, series)
    low, high = np.quantile(values, (0.05, 0.95), axis=1)
    weeks = np.arange(1.0, len(values) + 1.0)
    return Line(label or arm, weeks, 100.0 * runs.mean(arm, series), low, high)


def curves(series: str, *arms: str) -> Any:
    """Return a function that sketches a weekly share of some arms."""
    return partial(_curves, series, arms)


def _curves(series: str, arms: tuple[str, ...], runs: Runs) -> Sketch:
    declared = WEEKLY[series]
    unit = "% of people" if declared.unit == "share" else "points of 100"
    lines = tuple(curve(runs, arm, series) for arm in arms)
    return Sketch("week of the run", f"{declared.label.lower()} ({unit})", lines)
