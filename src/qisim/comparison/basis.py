"""The basis of a verdict: values, a ratio of means, the share of runs with a value, or nothing.

If fewer than half of the pairs have a value in both, these are a selected remainder, and no verdict
can rest on them. Of a ratio all pairs count, with or without a value of their own, as long as what
is below its line is
known well enough (`qisim.comparison.estimands`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from qisim.comparison.estimands import (
    OF_RUNS,
    RATIO,
    RATIOS,
    RatioOfMeans,
    ratio_difference,
    side_of_ratio,
)
from qisim.comparison.layers import Layer, layer_of
from qisim.comparison.paired import (
    ALPHA,
    Interval,
    Pairs,
    exact_p_value,
    interval_of,
    mean_of,
    median_of,
    probability_better,
)
from qisim.comparison.sequential import (
    careful_equivalence_p_value,
    careful_p_value,
    interval_at,
)
from qisim.model.outcomes import PAID_OUTCOMES, REPORTED, Array

Ground = Literal["values", "ratio", "share", "leftovers", "wards"]
"""The possible bases of a verdict; no verdict can rest on the last two."""

OFTEN = 0.25
"""Difference in the share of runs with a value from which the values tell too little by themselves."""
COUNTS = ("leavers", "leader_leavers", "programme_hours", "documentation_hours", *PAID_OUTCOMES)
"""Outcomes that are sums over a ward and so grow with its size."""
SKEWED = ("weeks_to_half", "leader_leavers", "going_on_final", "stopped_final", "restarted_final")
"""Outcomes whose differences are mostly 0 and occasionally large: the interval of t is too narrow for them."""
FEWEST_UNLIKE = 6
"""Differences other than 0 below which nothing is said of the mean of a skewed outcome: with as many, intervals
hold the truth as often as they say (`benchmarks/intervals.py`)."""


@dataclass(frozen=True)
class Basis:
    """The basis of the verdict on one outcome.

    Attributes
    ----------
    name : str
        The outcome.
    ground : str
        One of `Ground`.
    pair : Pairs
    units : ndarray
        Differences that stand alone: one a pair, or one a set of strengths where pairs share these.
    low, high : float
        95 % interval of their mean.
    p, p_equal : float
        p-value of a mean of 0, and of a mean as far from 0 as matters or farther; NaN where nothing is tested.
    matters : float
        Smallest difference that matters: of the outcome, or of shares of runs where these are compared.
    ratio : RatioOfMeans, optional
    layer : Layer, optional
        What the sets of strengths show, where there are several.
    """

    name: str
    ground: Ground
    pair: Pairs
    units: Array
    low: float
    high: float
    p: float
    p_equal: float
    matters: float
    ratio: RatioOfMeans | None = None
    layer: Layer | None = None

    @property
    def judged(self) -> bool:
        """Whether a verdict can rest on it."""
        return self.ground in ("values", "ratio", "share")

    @property
    def too_few(self) -> bool:
        """Whether there are too few differences for a statement on the mean."""
        return self.ground == "values" and too_few_unlike(self.name, self.units)


def basis_of(
    name: str,
    pairs: Mapping[str, Pairs],
    smallest: Mapping[str, float],
    interval: Interval = "t",
    posts: tuple[int | None, int | None] = (None, None),
) -> Basis:
    """Return the basis of the verdict on an outcome.

    Parameters
    ----------
    name : str
        The outcome.
    pairs : mapping of str to Pairs
        Of all outcomes that are compared.
    smallest : mapping of str to float
        Smallest difference that matters, by outcome.
    interval : {"t", "bca"}, optional
        Kind of interval where none is called for.
    posts : tuple of int, optional
        Posts of care staff of base and other.
    """
    pair, ratio = pairs[name], ratio_of(name, pairs)
    ground = ground_of(name, pair, posts)
    # shares of runs have no smallest difference of their own: that of shares of people stands in
    matters = smallest["adoption_final" if ground == "share" else name]
    if ratio is not None and ratio.known and ground != "wards":
        matters = smallest[name]
        given = (
            ratio.low,
            ratio.high,
            ratio.p,
            careful_equivalence_p_value(ratio.pseudo, matters),
            matters,
        )
        return Basis(name, "ratio", pair, ratio.pseudo, *given, ratio=ratio)
    units, skewed = units_of(pair, ground), name in SKEWED and ground == "values"
    low, high = interval_at(units, ALPHA) if skewed else interval_of(units, interval)
    p, p_equal = _p_values(ground, pair, units, matters)
    if skewed and too_few_unlike(name, units):
        low = high = p = p_equal = math.nan
    layer = None
    if pair.sets is not None and ground in ("values", "share"):
        delta, kept = (
            (pair.having, slice(None)) if ground == "share" else (pair.differences, pair.both)
        )
        layer = layer_of(delta, pair.sets[kept], matters) if len(delta) > 1 else None
    return Basis(name, ground, pair, units, low, high, p, p_equal, matters, layer=layer)


def ratio_of(name: str, pairs: Mapping[str, Pairs]) -> RatioOfMeans | None:
    """Return an outcome as a ratio of means; None if it is not one, or its parts are missing."""
    if name not in RATIOS or not len(pairs[name].base):
        return None
    sides = []
    for side in ("base", "other"):
        values = {key: getattr(pairs[key], side) for key in pairs}
        if not {name, *RATIOS[name]} - {"adopters"} <= set(values):
            return None
        sides.append(side_of_ratio(name, values))
    base, other = sides
    return ratio_difference(base, other, pairs[name].sets) if base and other else None


def units_of(pair: Pairs, ground: Ground) -> Array:
    """Return the differences on which a verdict rests: of values, or of having one."""
    if ground == "share":
        return pair.independent(pair.having)
    return pair.independent(pair.differences, pair.both)


def too_few_unlike(name: str, units: Array) -> bool:
    """Return whether a skewed outcome differs in too few pairs; where none differs that is another matter."""
    return name in SKEWED and 0 < int(np.count_nonzero(units)) < FEWEST_UNLIKE


def ground_of(
    name: str, pair: Pairs, posts: tuple[int | None, int | None] = (None, None)
) -> Ground:
    """Return the possible basis of a verdict on an outcome, ratios of means aside."""
    outcome = REPORTED[name]
    if name in COUNTS and posts[0] != posts[1]:
        return "wards"
    if not len(pair.base):
        return "values"
    if 2 * len(pair.differences) < len(pair.base):
        return "share" if outcome.missing_is_worst else "leftovers"
    if outcome.missing_is_worst:
        sign = 1.0 if outcome.better == "higher" else -1.0
        gain, share = sign * mean_of(pair.differences), mean_of(pair.having)
        if gain * share < 0 and abs(share) >= OFTEN:
            return "leftovers"  # better where there is a value, but far more often without one
    return "values"


def _p_values(ground: Ground, pair: Pairs, units: Array, matters: float) -> tuple[float, float]:
    """Return the p-values of no difference, and of one that matters."""
    if ground not in ("values", "share"):
        return math.nan, math.nan
    exact = ground == "share" and units is pair.having
    p = exact_p_value(units) if exact else careful_p_value(units)
    return p, careful_equivalence_p_value(units, matters)


def columns_of(basis: Basis, p: float, p_equal: float, interval: Interval = "t") -> dict[str, Any]:
    """Return the numbers of a row of `differences`."""
    pair, ratio = basis.pair, basis.ratio
    delta, there = pair.differences, pair.both
    means = mean_of(pair.base[there]), mean_of(pair.other[there]), mean_of(delta)
    low, high = basis.low, basis.high
    if basis.ground == "share":
        low, high = interval_of(pair.independent(delta, there), interval)
    pairs, counted = len(delta), len(delta)
    if ratio is not None:
        means, pairs, counted = (
            (ratio.base, ratio.other, ratio.difference),
            len(pair.base),
            len(pair.base),
        )
    elif basis.ground == "share":
        counted = int(np.count_nonzero(~pair.neither))
    tested = basis.judged and counted > 1 and not math.isnan(basis.p)
    return {
        "estimand": RATIO if ratio is not None else OF_RUNS,
        "base_mean": means[0],
        "other_mean": means[1],
        "difference": means[2],
        "low": low,
        "high": high,
        "base_median": median_of(pair.base),
        "other_median": median_of(pair.other),
        "probability_other_better": probability_better(pair, REPORTED[basis.name]) if basis.judged else np.nan,
        "p_holm": p if tested else np.nan,
        "p_equal_holm": p_equal if tested and not math.isnan(basis.p_equal) else np.nan,
        "pairs": pairs,
        "missing": pair.replicates - pairs,
        "base_missing": int(np.isnan(pair.base).sum()),
        "other_missing": int(np.isnan(pair.other).sum()),
    }  # fmt: skip
