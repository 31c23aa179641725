"""Sequential comparison: several looks at the data, with a stopping rule.

Who looks at an interval of 95 %, runs some more and looks again, has several chances of being wrong; what
is said then is wrong more often than 5 % say. Here the chance is spent: the looks are planned beforehand,
each has a share of the chance, and the shares add up to 4 % and no more (Bonferroni's inequality; it holds
however the looks hang together). The first looks have little of it, for they rest on few pairs:

    share of look k of K:  6 k**2 / (K (K + 1) (2 K + 1))

which grows with the square of the number of the look, as spending functions that keep most for the end do
(Lan KKG, DeMets DL. Biometrika 1983;70:659-63). Spending was chosen over a confidence sequence, which holds
at any number of looks whatever, because it needs no bound on what differs (hours have none), keeps the paired
t and the least p of a sign test at each look, and makes intervals no wider than needed for the few looks
that a study of runs takes. Runs double from look to look, so that seven looks lead from 200 pairs to 12,800.

Tails far out, which small shares need, are where the t is too sure of skewed differences. So every interval
is the hull of that of t and those of t after Hall's cubic transformation, which takes skewness out (Hall P. J
R Stat Soc B 1992;54:221-8): with the skewness seen, and with two standard errors more and less, for a long tail
seldom shows whole in a sample. Every p-value is the largest of them. `benchmarks/stopping.py` measures what
that leaves.

Who compares the same two scenarios again, with more pairs or another seed, takes another look at them, planned
or not. The first has four of the five per cent, whether it is a plain comparison or one that stops itself; each
further one half of what is left (`level`). So all looks together, however many, spend 5 % and no more.
`qisim.runs.looked` keeps the record of looks.

At each look the p-values of all outcomes are corrected after Holm, so that over all looks and all outcomes
of a pair of scenarios at most 5 % of studies without any difference say that there is one. Equivalence is
claimed by intervals of the same level; at a single look by p-values that are cautious in the same way. What is
settled at a look stays as it was said; the study stops when every outcome that is asked about is settled, or
after the last look, and then it says that it cannot tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from qisim.comparison.paired import (
    ALPHA,
    FEWEST_PAIRS,
    equivalence_p_value,
    holm,
    mean_of,
    p_value,
    spread_of,
    t_quantile,
)
from qisim.model.outcomes import Array
from qisim.numerics import agreed, cube_root
from qisim.student import student_tails

FIRST_LOOK = 200
"""Pairs at the first look."""
SPENT = 0.8 * ALPHA
"""What the first comparison of two scenarios spends; the rest is for all that look at them again."""
Says = Literal["higher", "lower", "too small", "untold"]


def looks(most: int, first: int = FIRST_LOOK) -> list[int]:
    """Return the numbers of pairs at which a study is looked at: each twice the one before.

    Parameters
    ----------
    most : int
        Pairs at the last look.
    first : int, optional
        Pairs at the first look.
    """
    planned = [min(first, most)]
    while planned[-1] < most:
        planned.append(min(2 * planned[-1], most))
    return planned


def level(earlier: int) -> float:
    """Return the level of a comparison after so many earlier comparisons of the same two scenarios."""
    return SPENT if not earlier else (ALPHA - SPENT) * 0.5**earlier


def counted_for_looks(p_values: Array, earlier: int) -> Array:
    """Return p-values that are to be held against 5 %, whatever the level of the look; NaN stays NaN."""
    return np.minimum(p_values * (ALPHA / level(earlier)), 1.0)


def spent(number: int) -> Array:
    """Return the share of what a comparison spends that each of its planned looks has; together they are 1."""
    squares = np.arange(1, number + 1, dtype=np.float64) ** 2
    return np.asarray(squares / squares.sum())


@dataclass(frozen=True)
class Settled:
    """The finding on an outcome at the look that settled it.

    Attributes
    ----------
    says : {"higher", "lower", "too small", "untold"}
    pairs : int
        Pairs of runs at that look, those without a value included.
    difference, low, high : float
        Mean difference, and its interval of the level of that look.
    """

    says: Says
    pairs: int
    difference: float
    low: float
    high: float


def looked_at(
    values: Mapping[str, Array], matters: Mapping[str, float], alpha: float
) -> dict[str, Settled]:
    """Return the finding of one look on every outcome, at the level of the look.

    Parameters
    ----------
    values : mapping of str to ndarray
        Differences of the pairs, by outcome.
    matters : mapping of str to float
        Smallest difference that matters, by outcome.
    alpha : float
        Level of the look.
    """
    p_holm = holm([careful_p_value(delta) for delta in values.values()])
    found = {}
    for (name, delta), p in zip(values.items(), p_holm, strict=True):
        mean, (low, high) = mean_of(delta), interval_at(delta, alpha)
        says: Says = "untold"
        if len(delta) >= FEWEST_PAIRS and -matters[name] < low and high < matters[name]:
            says = "too small"
        elif p < alpha and low * high > 0:
            says = "higher" if low > 0 else "lower"
        found[name] = Settled(says, len(delta), mean, low, high)
    return found


def interval_at(delta: Array, alpha: float) -> tuple[float, float]:
    """Return the interval of level 1 - `alpha`: the hull of t and of t without skewness.

    NaN with fewer than two values; where all are equal, that value alone.
    """
    if len(delta) < 2:
        return np.nan, np.nan
    mean, spread, n = mean_of(delta), spread_of(delta), len(delta)
    if spread == 0.0:
        return mean, mean
    reach = t_quantile(alpha, n) / math.sqrt(n)
    lows, highs = [mean - spread * reach], [mean + spread * reach]
    for skew in skewnesses(delta):
        lows.append(mean - spread * _back(reach, skew, n))
        highs.append(mean - spread * _back(-reach, skew, n))
    return min(lows), max(highs)


def careful_p_value(delta: Array) -> float:
    """Return the largest p-value of a mean of 0: that of `paired.p_value`, and those without skewness."""
    plain, spread, n = p_value(delta), spread_of(delta), len(delta)
    if n < 2 or spread == 0.0:
        return plain
    standard = mean_of(delta) / spread
    side = 1.0 if standard > 0 else -1.0
    nearest = min(side * turned(standard, skew, n) for skew in skewnesses(delta))
    t = math.sqrt(n) * max(nearest, 0.0)  # on the other side of 0 it is no evidence for its own
    return max(plain, agreed(student_tails(t, n - 1)))


def careful_equivalence_p_value(delta: Array, matters: float) -> float:
    """Return the largest p-value of a mean as far from 0 as matters: that of t, and those without skewness.

    Where a long tail does not show, the mean looks nearer to 0 than it is, and nothing seems to differ by what
    matters. Those without skewness count both tails, so that they say what `interval_at` says: of 20 pairs with
    a long tail, one tail alone is too bold (`benchmarks/stopping.py`).
    """
    plain, spread, n = equivalence_p_value(delta, matters), spread_of(delta), len(delta)
    if n < FEWEST_PAIRS or spread == 0.0:
        return plain
    mean, skews = mean_of(delta), skewnesses(delta)
    room = min(
        side * turned((mean + side * matters) / spread, skew, n)
        for side in (1.0, -1.0)
        for skew in skews
    )
    tails = agreed(student_tails(math.sqrt(n) * max(room, 0.0), n - 1))
    return max(plain, tails)


def skewness(delta: Array) -> float:
    """Return the third central moment over the cube of the standard deviation; 0 where all are equal."""
    centred, spread = delta - mean_of(delta), spread_of(delta)
    return (
        float(np.mean(centred * centred * centred)) / (spread * spread * spread) if spread else 0.0
    )


def skewnesses(delta: Array) -> tuple[float, float, float]:
    """Return the skewness seen, and two standard errors less and more; 0 where all are equal."""
    spread, skew = spread_of(delta), skewness(delta)
    if spread == 0.0:
        return 0.0, 0.0, 0.0
    standard = (delta - mean_of(delta)) / spread
    off = (
        standard * standard * standard - 3.0 * standard - skew
    )  # each value's pull on the skewness
    far = 2.0 * math.sqrt(float(np.mean(off * off)) / len(delta))
    return skew, skew - far, skew + far


def turned(standard: float, skew: float, n: int) -> float:
    """Return a standardised mean with skewness taken out: Hall's transformation, which is increasing."""
    bent = skew * standard * standard  # multiplied out: a library's power differs in its last digit
    return standard + bent / 3 + skew * bent * standard / 27 + skew / (6 * n)


def _back(value: float, skew: float, n: int) -> float:
    """Invert `turned`."""
    if abs(skew) < 1e-8:
        return value
    return 3.0 / skew * (cube_root(1.0 + skew * (value - skew / (6 * n))) - 1.0)


class Looking:
    """A sequential comparison in progress: given the pairs at each look, it keeps settled findings.

    Parameters
    ----------
    planned : sequence of int
        Pairs at each look, in order; fixed before the first.
    matters : mapping of str to float
        Smallest difference that matters, by outcome.
    wanted : sequence of str, optional
        Outcomes that have to be settled before it stops; by default all.
    earlier : int, optional
        Comparisons of the same two before this one.
    """

    def __init__(
        self, planned: Sequence[int], matters: Mapping[str, float], wanted: Sequence[str] = (),
        earlier: int = 0,
    ) -> None:  # fmt: skip
        self.planned, self.matters = list(planned), dict(matters)
        self.wanted = list(wanted) or list(matters)
        self.levels = level(earlier) * spent(len(self.planned))
        self.look = 0
        self.settled: dict[str, Settled] = {}
        self.last: dict[str, Settled] = {}

    @property
    def finished(self) -> bool:
        """Whether all that is wanted is settled, or there is no look left."""
        return self.look >= len(self.planned) or all(name in self.settled for name in self.wanted)

    def show(self, values: Mapping[str, Array]) -> None:
        """Test the differences so far: one look."""
        if self.finished:
            raise ValueError("the looks that were planned are over; another one has no level left")
        level, pairs = float(self.levels[self.look]), self.planned[self.look]
        seen = looked_at(values, self.matters, level)
        self.last = {name: replace(one, pairs=pairs) for name, one in seen.items()}
        self.look += 1
        for name, found in self.last.items():
            if found.says != "untold":
                self.settled.setdefault(name, found)

    def said(self) -> Iterator[tuple[str, Settled]]:
        """Yield every outcome with its finding: as settled, or as of the last look."""
        for name, found in self.last.items():
            yield name, self.settled.get(name, found)
