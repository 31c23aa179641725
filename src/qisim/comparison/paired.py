"""Statistics of pairs: interval, tests and power for a mean difference.

All functions handle what occurs in simulated pairs: differences that are all equal, mostly 0, few,
or skewed; runs without a value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qisim.model.outcomes import Array, Outcome
from qisim.numerics import agreed
from qisim.student import heads_of_coin, student_quantile, student_tails

Interval = Literal["t", "bca"]

LEVEL = 0.95
ALPHA = 1.0 - LEVEL
FEWEST_PAIRS = 6
"""Pairs below which equivalence is not claimed: a sign test with five cannot reach 5 %."""


@dataclass(frozen=True)
class Pairs:
    """The values of one outcome in replicates that both scenarios finished.

    Attributes
    ----------
    base, other : ndarray, shape (replicates,)
        NaN where that run has no value.
    replicates : int
        Replicates that either was asked for, failed ones included.
    sets : ndarray of int, shape (replicates,), optional
        Set of strengths of each replicate, of a study over sets.
    """

    base: Array
    other: Array
    replicates: int
    sets: NDArray[np.int64] | None = None

    @cached_property
    def both(self) -> NDArray[np.bool_]:
        """Where both runs have a value."""
        return ~(np.isnan(self.base) | np.isnan(self.other))

    @cached_property
    def neither(self) -> NDArray[np.bool_]:
        """Where no run of the two has a value."""
        return np.isnan(self.base) & np.isnan(self.other)

    @cached_property
    def differences(self) -> Array:
        """Other minus base, where both have a value."""
        delta: Array = (self.other - self.base)[self.both]
        return delta

    def independent(self, values: Array, kept: NDArray[np.bool_] | slice = slice(None)) -> Array:
        """Return values of pairs, or their means by set where pairs share a set of strengths.

        Pairs that share a set are alike: their number says nothing of how uncertain the strengths are.
        The means are moved so that their own mean is that of the values.
        """
        if self.sets is None or len(values) == 0:
            return values
        _, place = np.unique(self.sets[kept], return_inverse=True)
        means: Array = np.bincount(place, values) / np.bincount(place)
        return means + (mean_of(values) - mean_of(means)) if len(means) < len(values) else values

    @cached_property
    def having(self) -> Array:
        """Other minus base in whether there is a value: 1, 0 or -1 in every replicate."""
        delta: Array = np.isnan(self.base).astype(np.float64) - np.isnan(self.other)
        return delta


def mean_of(values: Array) -> float:
    """Return the mean; NaN of no values."""
    return float(np.mean(values)) if len(values) else np.nan


def median_of(values: Array) -> float:
    """Return the median of the values that are there; NaN of none."""
    there = values[~np.isnan(values)]
    return float(np.median(there)) if len(there) else np.nan


def spread_of(values: Array) -> float:
    """Return the standard deviation of a sample; exactly 0 where all values are equal."""
    if len(values) < 2 or (values == values[0]).all():
        return 0.0
    return float(np.std(values, ddof=1))


def interval_of(delta: Array, method: Interval = "t") -> tuple[float, float]:
    """Return the 95 % interval of the mean of `delta`; NaN with fewer than two values.

    Where all values are equal it is that value alone.
    """
    if len(delta) < 2:
        return np.nan, np.nan
    if spread_of(delta) == 0.0:
        return float(delta[0]), float(delta[0])
    if method == "bca":
        return _bca(delta)
    half = t_quantile(ALPHA, len(delta)) * spread_of(delta) / math.sqrt(len(delta))
    return mean_of(delta) - half, mean_of(delta) + half


def _bca(delta: Array) -> tuple[float, float]:
    """Return the bootstrap interval; that of t where the bootstrap cannot (few distinct values)."""
    from scipy.stats import bootstrap

    found = bootstrap((delta,), np.mean, confidence_level=LEVEL, method="BCa", rng=0)
    low, high = map(float, found.confidence_interval)
    return (agreed(low), agreed(high)) if math.isfinite(low + high) else interval_of(delta)


def t_quantile(alpha: float, n: int) -> float:
    """Return the two-sided quantile of the t distribution for `n` values."""
    return agreed(student_quantile(alpha, n - 1))


def p_value(delta: Array) -> float:
    """Return the p-value of a mean difference of 0: paired t, not below the sign test's least.

    With k differences other than 0, a sign test cannot give less than 2 ** (1 - k). NaN with fewer
    than two values.
    """
    if len(delta) < 2:
        return np.nan
    least = min(1.0, 2.0 ** (1 - np.count_nonzero(delta)))
    spread = spread_of(delta)
    if spread == 0.0:
        return least
    t = abs(mean_of(delta)) / spread * math.sqrt(len(delta))
    return max(agreed(student_tails(t, len(delta) - 1)), least)


def exact_p_value(delta: Array) -> float:
    """Return the p-value of the exact sign test; of differences of yes and no, it is McNemar's.

    NaN with fewer than two values.
    """
    if len(delta) < 2:
        return np.nan
    above, below = int((delta > 0).sum()), int((delta < 0).sum())
    return min(1.0, agreed(2.0 * heads_of_coin(min(above, below), above + below)))


def equivalence_p_value(delta: Array, matters: float) -> float:
    """Return the p-value of a mean that is as far from 0 as `matters` or farther: two one-sided tests.

    It is not below what a sign test of as many pairs can give. NaN with fewer than `FEWEST_PAIRS`.

    Schuirmann DJ. J Pharmacokinet Biopharm 1987;15:657-80.
    """
    if len(delta) < FEWEST_PAIRS:
        return np.nan
    mean, spread, n = mean_of(delta), spread_of(delta), len(delta)
    room = matters - abs(mean)
    if spread == 0.0:
        return 2.0**-n if room > 0 else 1.0
    tails = agreed(student_tails(room / spread * math.sqrt(n), n - 1))
    return max(tails / 2.0 if room > 0 else 1.0 - tails / 2.0, 2.0**-n)


def holm(p_values: Sequence[float]) -> Array:
    """Return Holm's step-down adjusted p-values; a missing one counts as 1.

    Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat 1979;6:65-70.
    """
    p = np.nan_to_num(np.asarray(p_values, dtype=np.float64), nan=1.0)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order])
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def probability_better(pair: Pairs, outcome: Outcome) -> float:
    """Return the share of pairs in which the other is better, ties counted half.

    NaN where neither direction is better or there is no pair to judge.
    """
    if outcome.better is None:
        return np.nan
    sign = 1.0 if outcome.better == "higher" else -1.0
    base, other = sign * pair.base, sign * pair.other
    if outcome.missing_is_worst:
        base, other = (np.where(np.isnan(side), -np.inf, side) for side in (base, other))
    judged = ~(np.isnan(base) | np.isnan(other))
    wins = np.where(other == base, 0.5, other > base)[judged]
    return mean_of(wins)
