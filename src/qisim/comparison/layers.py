"""Variance components of a difference: luck, and the groups into which pairs of runs fall.

Pairs of runs that share a set of strengths (or a site, or a theory) are a group. How a paired difference
varies has two parts: **luck**, between pairs of a group, and what is **between** groups. One-way random
effects tell them apart (Searle SR, Casella G, McCulloch CE. Variance Components. Wiley 1992, ch. 3; with
groups of unequal size n0 stands for their size). Several layers are looked at one at a time: whatever else
varies within the groups of a layer counts as the rest there, and luck is what none of the layers explains.

In how many groups is the other ahead, or ahead by enough to matter? The means of groups spread more than
the groups do, for each holds luck of its own. So every mean is drawn towards the mean of all by the root of
its reliability: the means then spread as the groups themselves are estimated to (Louis TA. J Am Stat Assoc
1984;79:393-8), and shares are counted among these. How much groups spread is itself known badly where luck is
large. So the interval of a share is the hull of three: resamples of whole groups; Clopper and Pearson for as
many groups, so that 300 of 300 is no proof of all; and what normal groups would show at the ends of the
intervals of their mean and of their spread. What is moved is the spread and not the shape: where groups fall
into two heaps, only more pairs of each group show it (`benchmarks/layers.py` measures how often the intervals
hold the truth).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qisim.comparison.paired import ALPHA, spread_of, t_quantile
from qisim.model.outcomes import Array
from qisim.numerics import agreed

RESAMPLES = 999
KEY = 0x1A7E5
"""Of the chance of resampling groups: the same groups are resampled in the same way on every machine."""


@dataclass(frozen=True)
class Share:
    """A share of groups, and its 95 % interval."""

    count: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share itself."""
        return self.count / self.of if self.of else math.nan


@dataclass(frozen=True)
class Components:
    """Components of variance of a difference, by one layer.

    Attributes
    ----------
    mean : float
        Mean over all pairs.
    between, within : float
        Variance between the groups, with luck taken out, and within them; NaN where no group has two pairs.
    doubt, doubt_low, doubt_high : float
        Share of the variance of a single pair that is between groups, and its 95 % interval.
    """

    mean: float
    between: float
    within: float
    doubt: float
    doubt_low: float
    doubt_high: float


@dataclass(frozen=True)
class Layer:
    """What one layer shows of a difference.

    Attributes
    ----------
    components : Components
    above, below : Share
        Groups in which the difference is above 0, and below it.
    much_above, much_below, inside : Share
        Groups in which it is above by as much as matters, below by as much, or within both.
    low, high : float
        Between these lie the differences of 95 % of groups, if they spread as much as they well may.
    luck_out : bool
        Whether luck could be taken out: not where every group has a single pair, and then spread is overrated.
    """

    components: Components
    above: Share
    below: Share
    much_above: Share
    much_below: Share
    inside: Share
    low: float
    high: float
    luck_out: bool


def clopper_pearson(count: float, of: int, level: float = 1.0 - ALPHA) -> tuple[float, float]:
    """Return the exact interval of a share (Clopper CJ, Pearson ES. Biometrika 1934;26:404-13)."""
    from scipy.special import betaincinv

    if of < 1:
        return 0.0, 1.0
    tail = (1.0 - level) / 2.0
    low = 0.0 if count <= 0 else agreed(float(betaincinv(count, of - count + 1, tail)))
    high = 1.0 if count >= of else agreed(float(betaincinv(count + 1, of - count, 1.0 - tail)))
    return low, high


def below_at_most(of: int) -> float:
    """Return the one-sided 95 % upper limit of a share observed as 0 of so many."""
    return agreed(1.0 - float(ALPHA ** (1.0 / of)))


def components_of(delta: Array, groups: NDArray[np.int64]) -> Components:
    """Return the components of variance of differences by groups (method of analysis of variance).

    Parameters
    ----------
    delta : ndarray, shape (pairs,)
    groups : ndarray of int, shape (pairs,)
        Group of each pair.
    """
    sizes, means, squares = _by_group(delta, groups)
    between, within = (float(one[0]) for one in _variances(sizes[None], means[None], squares[None]))
    whole = max(between, 0.0) + within
    if not whole > 0:
        return Components(
            float(np.mean(delta)), max(between, 0.0), within, math.nan, math.nan, math.nan
        )
    low, high = _doubt_interval(sizes, between, within)
    return Components(
        float(np.mean(delta)), max(between, 0.0), within, max(between, 0.0) / whole, low, high
    )


def layer_of(delta: Array, groups: NDArray[np.int64], matters: float) -> Layer | None:
    """Return the layer of a difference; None with fewer than two groups.

    Parameters
    ----------
    delta : ndarray, shape (pairs,)
        Differences, other less base.
    groups : ndarray of int, shape (pairs,)
        Group of each pair, as any whole number.
    matters : float
        Smallest difference that matters.
    """
    sizes, means, squares = _by_group(delta, groups)
    if len(sizes) < 2:
        return None
    found = components_of(delta, groups)
    luck_out = bool((sizes > 1).any())
    own = without_luck(sizes[None], means[None], squares[None])[0]
    chance = np.random.default_rng([KEY, len(sizes)])
    picks = chance.integers(len(sizes), size=(RESAMPLES, len(sizes)))
    again = without_luck(sizes[picks], means[picks], squares[picks])

    normal = normal_groups(found, means)

    def counted(holds: Callable[[Array], NDArray[np.bool_]], *between: float) -> Share:
        """Count groups that lie between two numbers; their interval holds all that it may be."""
        count, number = int(holds(own).sum()), len(sizes)
        low, high = clopper_pearson(count, number)
        ends = np.quantile(holds(again).mean(axis=1), [ALPHA / 2, 1 - ALPHA / 2])
        may = [_normal_share(mean, spread, *between) for mean, spread in normal]
        return Share(count, number, min(low, float(ends[0]), *may), max(high, float(ends[1]), *may))

    low, high = np.quantile(own, [0.025, 0.975])
    reach = 1.96 * max((spread for _, spread in normal), default=0.0)
    return Layer(
        found,
        counted(lambda x: x > 0, 0.0, math.inf),
        counted(lambda x: x < 0, -math.inf, 0.0),
        counted(lambda x: (x >= matters) & (x > 0), matters, math.inf),
        counted(lambda x: (x <= -matters) & (x < 0), -math.inf, -matters),
        counted(lambda x: np.abs(x) < matters, -matters, matters),
        min(float(low), found.mean - reach),
        max(float(high), found.mean + reach),
        luck_out,
    )


def normal_groups(found: Components, means: Array) -> list[tuple[float, float]]:
    """Return mean and spread of groups at the ends of their intervals; none where luck cannot be told apart."""
    if math.isnan(found.doubt_high) or found.doubt_high >= 1.0:
        return []
    reach = t_quantile(ALPHA, len(means)) * spread_of(means) / math.sqrt(len(means))
    ends = (found.doubt_low, found.doubt_high)
    spreads = [math.sqrt(end / (1.0 - end) * found.within) for end in ends]
    return [(found.mean + side * reach, spread) for side in (-1.0, 1.0) for spread in spreads]


def _normal_share(mean: float, spread: float, low: float, high: float) -> float:
    """Return the probability of a normal distribution between two numbers."""
    from scipy.special import ndtr

    if not spread > 0:
        return float(low < mean < high)
    return agreed(float(ndtr((high - mean) / spread) - ndtr((low - mean) / spread)))


def without_luck(sizes: Array, means: Array, squares: Array) -> Array:
    """Return the differences of groups with luck taken out of their spread.

    Parameters
    ----------
    sizes, means, squares : ndarray, shape (studies, groups)
        Pairs of each group, their mean, and the sum of squares about it.
    """
    between, within = _variances(sizes, means, squares)
    known = np.isfinite(within)
    spread = np.where(known, np.maximum(between, 0.0), 1.0)[:, None]
    luck = np.where(known, within, 0.0)[:, None] / sizes
    whole = spread + luck
    reliability = np.divide(spread, whole, out=np.ones_like(whole), where=whole > 0)
    centre = (sizes * means).sum(axis=1, keepdims=True) / sizes.sum(axis=1, keepdims=True)
    own: Array = centre + np.sqrt(reliability) * (means - centre)
    return own


def _by_group(delta: Array, groups: NDArray[np.int64]) -> tuple[Array, Array, Array]:
    """Return size, mean and sum of squares about the mean of every group."""
    _, place = np.unique(groups, return_inverse=True)
    sizes = np.bincount(place).astype(np.float64)
    means = np.bincount(place, delta) / sizes
    squares: Array = np.bincount(place, (delta - means[place]) ** 2).astype(np.float64)
    return sizes, means, squares


def _variances(sizes: Array, means: Array, squares: Array) -> tuple[Array, Array]:
    """Return the variances between and within groups, along the first axis; NaN where none has two."""
    number, all_pairs = sizes.shape[1], sizes.sum(axis=1)
    free = all_pairs - number
    within = np.full(len(sizes), np.nan)
    np.divide(squares.sum(axis=1), free, out=within, where=free > 0)
    centre = (sizes * means).sum(axis=1) / all_pairs
    square = (sizes * (means - centre[:, None]) ** 2).sum(axis=1) / (number - 1)
    size = (all_pairs - (sizes**2).sum(axis=1) / all_pairs) / (number - 1)
    between: Array = (square - within) / size
    return between, within


def _doubt_interval(sizes: Array, between: float, within: float) -> tuple[float, float]:
    """Return the interval of the share between groups: exact for normal groups of the same size."""
    from scipy.special import fdtri

    number, pairs = len(sizes), float(sizes.sum())
    free = pairs - number
    if free <= 0 or not within > 0:
        return math.nan, math.nan
    size = (pairs - float((sizes**2).sum()) / pairs) / (number - 1)
    ratio = 1.0 + size * between / within
    ends = []
    # means that spread less than luck alone makes them say nothing of how little groups may spread
    for tail, held in ((1.0 - ALPHA / 2, ratio), (ALPHA / 2, max(ratio, 1.0))):
        effect = held / float(fdtri(number - 1, free, tail))
        ends.append(agreed(max(0.0, (effect - 1.0) / (effect - 1.0 + size))))
    return ends[0], ends[1]


def explained(parts: Sequence[Components]) -> float:
    """Return the share of a single pair's variance that is luck: what none of the layers explains."""
    return max(0.0, 1.0 - math.fsum(part.doubt for part in parts if not math.isnan(part.doubt)))
