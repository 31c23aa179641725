"""From runs to a number with its interval: the series of every arm, and a jackknife.

Most quantities of a pattern are functions of mean curves: a share lost, a slope over several
levels, a ratio. Their interval is that of a jackknife: the quantity is worked out again with one
group of replicates left out at a time (from every arm at once, so that pairs stay pairs), and
the spread of those values says how far chance moves it (Efron B, Tibshirani RJ. An introduction to
the bootstrap. 1993, chapter 11). For a plain mean difference it is the interval of the paired t.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from qisim.comparison.paired import ALPHA, t_quantile
from qisim.model.outcomes import Array

GROUPS = 100
"""Most groups of replicates that are left out in turn."""


class Estimate(NamedTuple):
    """A number with its 95 % interval; the interval is the number alone where chance has no part."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Runs:
    """The weekly series of all arms of an experiment, or of all replicates but one group.

    Attributes
    ----------
    series : mapping of (arm, series) to ndarray, shape (weeks, replicates)
    left_out : int, optional
        Group of replicates that is left out.
    """

    series: Mapping[tuple[str, str], Array]
    left_out: int | None = None
    sums: dict[tuple[str, str], tuple[Array, Array]] = field(default_factory=dict, repr=False)

    @property
    def groups(self) -> int:
        """Number of groups that can be left out."""
        return min(GROUPS, *(values.shape[1] for values in self.series.values()))

    def without(self, group: int) -> Runs:
        """Return the runs without one group of replicates."""
        return Runs(self.series, group, self.sums)

    def values(self, arm: str, series: str) -> Array:
        """Return a series of an arm, run by run; shape (weeks, replicates)."""
        values = self.series[arm, series]
        if self.left_out is None:
            return values
        return values[:, np.arange(values.shape[1]) % self.groups != self.left_out]

    def mean(self, arm: str, series: str) -> Array:
        """Return the mean over runs by week; shape (weeks,)."""
        sums, sizes = self._sums(arm, series)
        total, size = sums.sum(axis=1), sizes.sum()
        if self.left_out is not None:
            total, size = total - sums[:, self.left_out], size - sizes[self.left_out]
        mean: Array = total / size
        return mean

    def _sums(self, arm: str, series: str) -> tuple[Array, Array]:
        """Return sums by week and group, and the sizes of the groups."""
        if (arm, series) not in self.sums:
            values = self.series[arm, series]
            parts = [values[:, group :: self.groups] for group in range(self.groups)]
            sums = np.stack([part.sum(axis=1) for part in parts], axis=1)
            self.sums[arm, series] = sums, np.array([float(part.shape[1]) for part in parts])
        return self.sums[arm, series]

    def at(self, arm: str, series: str, first: int, last: int) -> float:
        """Return the mean of a series over weeks `first` to `last` (from 1, both included)."""
        return float(self.mean(arm, series)[first - 1 : last].mean())

    def over_all(self, arm: str, series: str) -> float:
        """Return the mean of a series over all weeks."""
        return float(self.mean(arm, series).mean())


Function = Callable[[Runs], float]


def jackknifed(function: Function, runs: Runs) -> Estimate:
    """Return a function of runs with its interval; NaN ends where a left-out group leaves no value."""
    value, groups = _of(function, runs), runs.groups
    if groups < 2:
        return Estimate(value, math.nan, math.nan)
    others = np.array([_of(function, runs.without(group)) for group in range(groups)])
    spread = math.sqrt((groups - 1) / groups * float(((others - others.mean()) ** 2).sum()))
    half = t_quantile(ALPHA, groups) * spread if spread > 1e-12 * (1.0 + abs(value)) else 0.0
    return Estimate(value, value - half, value + half)


def _of(function: Function, runs: Runs) -> float:
    """Return a function of runs; NaN where it is not defined: a share of what nobody does, say."""
    try:
        return float(function(runs))
    except ZeroDivisionError:
        return math.nan


# Shapes that several patterns look for


def crossing(x: Array, y: Array, level: float) -> float:
    """Return where a rising curve first reaches a level, between its points; NaN if never."""
    above = np.flatnonzero(y >= level)
    if not len(above):
        return math.nan
    first = int(above[0])
    if first == 0:
        return float(x[0])
    share = (level - y[first - 1]) / (y[first] - y[first - 1])
    return float(x[first - 1] + share * (x[first] - x[first - 1]))


def slope(x: Array, y: Array) -> float:
    """Return the least-squares slope of y over x."""
    away = x - x.mean()
    return float((away * (y - y.mean())).sum() / (away * away).sum())


def odds_ratio(with_it: float, without: float) -> float:
    """Return the odds of one share over those of another; NaN where one is 0 or 1."""
    if not (0.0 < with_it < 1.0 and 0.0 < without < 1.0):
        return math.nan
    return with_it / (1.0 - with_it) * (1.0 - without) / without
