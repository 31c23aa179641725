"""How many pairs settle an outcome, if the differences to come are like those so far.

Planned for a power of 80 % by the rules that the verdict follows (`qisim.comparison.sequential`): t, and t with
skewness taken out, with the skewness seen and two of its standard errors less and more, which shrink as pairs
come.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from qisim.comparison.paired import ALPHA, FEWEST_PAIRS, mean_of, spread_of, t_quantile
from qisim.comparison.sequential import skewnesses, turned
from qisim.model.outcomes import Array

MISSED = 0.2
"""Share of studies that may miss it: one less a power of 80 %."""
FEWEST_UNITS = 3
"""Pairs from which a spread, and so t, means anything."""
MOST_PAIRS = 1 << 30
"""Beyond so many pairs none are said to settle it."""


def pairs_for_equivalence(
    delta: Array, matters: float, open_ones: int = 1, level: float = ALPHA
) -> float:
    """Return the pairs at which equivalence is shown in 80 % of studies.

    The interval then lies inside plus and minus `matters`, and the p-value, corrected for as many outcomes as
    are open, is below the level of the look.
    """
    mean, spread = mean_of(delta), spread_of(delta)
    room = matters - abs(mean)
    if room <= 0.0:
        return math.inf
    if spread == 0.0:
        return max(FEWEST_PAIRS, math.log2(open_ones / level))
    edges = [(side, (mean + side * matters) / spread) for side in (1.0, -1.0)]
    needed = max(
        _plain([side * standard for side, standard in edges], min(ALPHA, 2.0 * level / open_ones)),
        _careful(delta, edges, level / open_ones),
    )
    return max(needed, FEWEST_PAIRS, math.log2(open_ones / level))


def pairs_for_difference(delta: Array, undecided: int, level: float = ALPHA) -> float:
    """Return the pairs at which the corrected p is below the level of the look in 80 % of studies."""
    alpha = level / undecided
    mean, spread = mean_of(delta), spread_of(delta)
    if mean == 0.0:
        return math.inf
    for_sign_test = (1.0 - math.log2(alpha)) * len(delta) / np.count_nonzero(delta)
    if spread == 0.0:
        return for_sign_test
    zero = [(1.0 if mean > 0.0 else -1.0, mean / spread)]
    needed = max(_plain([abs(mean) / spread], alpha), _careful(delta, zero, alpha))
    return max(needed, for_sign_test)


def _plain(widths: list[float], alpha: float) -> float:
    """Return the pairs at which t is clear of all that lies so many standard deviations away."""
    return _fewest(lambda n: [math.sqrt(n) * width for width in widths], alpha)


def _careful(delta: Array, bounds: list[tuple[float, float]], alpha: float) -> float:
    """Return the pairs at which t is clear of all bounds whatever the skewness may be.

    Bounds are the side on which the mean lies and its distance from them in standard deviations.
    """
    skew, _, high = skewnesses(delta)
    far = (high - skew) * math.sqrt(len(delta))

    def clear(n: int) -> list[float]:
        skews = [skew + off / math.sqrt(n) for off in (0.0, -far, far)]
        return [
            math.sqrt(n) * min(side * turned(standard, one, n) for one in skews)
            for side, standard in bounds
        ]

    return _fewest(clear, alpha)


def _fewest(clear: Callable[[int], list[float]], alpha: float) -> float:
    """Return the fewest pairs at which all statistics are beyond the quantile, in 80 % of studies."""

    def enough(n: int) -> bool:
        quantile = t_quantile(alpha, n)
        return math.fsum(_tail(statistic - quantile) for statistic in clear(n)) <= MISSED

    high = FEWEST_UNITS
    while not enough(high):
        high *= 2
        if high > MOST_PAIRS:
            return math.inf
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return float(high)


def _tail(distance: float) -> float:
    """Return the probability that a standard normal number is farther below its mean than that."""
    return 0.5 * math.erfc(distance / math.sqrt(2.0))
