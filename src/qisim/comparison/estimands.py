"""Ratios of means: sustained share of routine use, and hours per routine user, over all runs together.

A ratio can be averaged in two ways. The **mean of ratios** gives every run the same weight, so a run that
ends with one user and 200 hours weighs as much as one with twenty, and runs without any user cannot count
at all. The **ratio of means** is all hours of all runs over all their users: it is what a planner pays for a
user in the long run, every run counts, and nothing is conditioned on. Verdicts on ratios are on ratios of
means; the median over runs stands beside them.

The difference of two ratios of means over the same replicates is a smooth function of four means. Its
interval is that of the delete-one jackknife (Quenouille MH. Biometrika 1956;43:353-60; Miller RG. Biometrika
1974;61:1-15): pseudo-values, one a pair of runs (or one a set of strengths where pairs share a set), put into
the hull of two intervals that `qisim.comparison.sequential.interval_at` gives of any mean, so that skewness
does not make it too short. Nothing is resampled, so it is the same on every machine.

Where the mean below the line is itself hardly known, the ratio is not: a ratio of means is given only where
the 95 % interval of each denominator reaches to at most `MOST_UNSURE` of it to each side.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qisim.comparison.paired import ALPHA, mean_of, spread_of, t_quantile
from qisim.comparison.sequential import careful_p_value, interval_at
from qisim.model.outcomes import Array

RATIOS = {
    "sustained": ("adoption_year_after", "adoption_programme_end"),
    "hours_per_adopter": ("programme_hours", "adopters"),
}
"""Outcomes that are ratios, with numerator and denominator; adopters as in `counted`."""

MOST_UNSURE = 0.5
"""Half width of the interval of a denominator over itself from which no ratio is given."""

RATIO = "ratio of means"
OF_RUNS = "mean of runs"


@dataclass(frozen=True)
class Side:
    """Numerator and denominator of a ratio, by replicate.

    Attributes
    ----------
    above, below : ndarray, shape (replicates,)
    """

    above: Array
    below: Array

    @property
    def ratio(self) -> float:
        """Sum of the numerators over the sum of the denominators; NaN if the latter is 0."""
        below = float(self.below.sum())
        return float(self.above.sum()) / below if below > 0 else math.nan


@dataclass(frozen=True)
class RatioOfMeans:
    """The difference of two ratios of means over the same replicates.

    Attributes
    ----------
    base, other : float
        Ratio of means of each side.
    low, high : float
        95 % interval of the difference.
    p : float
        p-value of a difference of 0.
    pseudo : ndarray
        Pseudo-values, one a pair of runs or a set; their mean is the difference less its bias.
    unsure : float
        Half width of the interval of the less certain denominator, over that denominator.
    """

    base: float
    other: float
    low: float
    high: float
    p: float
    pseudo: Array
    unsure: float

    @property
    def difference(self) -> float:
        """Other less base."""
        return self.other - self.base

    @property
    def known(self) -> bool:
        """Whether both denominators are known well enough for a ratio."""
        return self.unsure <= MOST_UNSURE and len(self.pseudo) > 1


def side_of_ratio(name: str, values: Mapping[str, Array]) -> Side | None:
    """Return numerator and denominator of a ratio in every run; None where they cannot be derived.

    Parameters
    ----------
    name : str
        One of `RATIOS`.
    values : mapping of str to ndarray
        Outcomes of finished runs, by name.
    """
    above, below = RATIOS[name]
    upper = np.asarray(values[above], dtype=np.float64)
    if np.isnan(upper).any():  # the run ends before what is asked about
        return None
    if below != "adopters":
        return Side(upper, np.asarray(values[below], dtype=np.float64))
    adopters = counted(upper, np.asarray(values[name], dtype=np.float64))
    return None if adopters is None else Side(upper, adopters)


def counted(hours: Array, each: Array) -> Array | None:
    """Return how many people had routine use, from hours and hours for each of them.

    A run without a value had nobody. A run of no hours at all has 0 for each of any number of people; how
    many is not in the table, and None is returned.
    """
    if np.any((hours == 0) & (each == 0)):
        return None
    people = np.zeros_like(hours)
    np.divide(hours, each, out=people, where=each > 0)
    rounded: Array = np.round(people)
    return rounded


def ratio_difference(
    base: Side, other: Side, sets: NDArray[np.int64] | None = None, alpha: float = ALPHA
) -> RatioOfMeans:
    """Return the difference of two ratios of means, with an interval of level 1 - `alpha`.

    Parameters
    ----------
    base, other : Side
        Replicate by replicate.
    sets : ndarray of int, optional
        Set of strengths of each replicate: replicates that share one are left out together.
    alpha : float, optional
        One less the level of the interval.
    """
    parts = [_by_set(side, sets) for side in (base, other)]
    pseudo = pseudo_values(*parts)
    low, high = interval_at(pseudo, alpha) if np.isfinite(pseudo).all() else (math.nan, math.nan)
    p = careful_p_value(pseudo) if np.isfinite(pseudo).all() else math.nan
    unsure = max(_unsure(part.below) for part in parts)
    return RatioOfMeans(base.ratio, other.ratio, low, high, p, pseudo, unsure)


def pseudo_values(base: Side, other: Side) -> Array:
    """Return the pseudo-values of the delete-one jackknife of the difference; NaN where one cannot be."""
    number = len(base.above)
    whole, without = other.ratio - base.ratio, np.zeros(number)
    for sign, side in ((1.0, other), (-1.0, base)):
        below = side.below.sum() - side.below
        one_out = np.full(number, np.nan)
        np.divide(side.above.sum() - side.above, below, out=one_out, where=below > 0)
        without += sign * one_out
    pseudo: Array = number * whole - (number - 1) * without
    if number and np.ptp(pseudo) <= 1e-9 * max(1.0, abs(whole)):  # equal but for rounding
        return np.full(number, whole)
    return pseudo


def _by_set(side: Side, sets: NDArray[np.int64] | None) -> Side:
    """Return sums by set; the side itself where replicates stand alone."""
    if sets is None or not len(side.above):
        return side
    _, place = np.unique(sets, return_inverse=True)
    above, below = (
        np.asarray(np.bincount(place, values), np.float64) for values in (side.above, side.below)
    )
    return Side(above, below)


def _unsure(below: Array) -> float:
    """Return the half width of the interval of a mean, over the mean."""
    mean = mean_of(below)
    if len(below) < 2 or not mean > 0:
        return math.inf
    return t_quantile(ALPHA, len(below)) * spread_of(below) / math.sqrt(len(below)) / mean
