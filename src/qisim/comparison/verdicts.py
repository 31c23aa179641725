"""What is said of a difference: one verdict in words for each outcome.

A verdict says who does better, that nothing differs by what matters, or that it cannot be told yet and how
many replicates would tell; `qisim.comparison.comparison` has the rules.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from qisim.comparison.paired import (
    ALPHA,
    FEWEST_PAIRS,
    Interval,
    Pairs,
    interval_of,
    pairs_for_difference,
    pairs_for_equivalence,
    spread_of,
)
from qisim.comparison.wording import (
    HAVING,
    SAME,
    TOO_SMALL,
    UNTOLD,
)
from qisim.model.outcomes import Array, Outcome

MOST_REPLICATES = 10_000
"""Number of further replicates beyond which the verdict says "more than" and no number."""
NOWHERE = "in no run of either"

Ground = Literal["values", "share", "leftovers", "wards"]
"""What a verdict rests on; on the last two none can rest."""


def verdict(
    other: str,
    pair: Pairs,
    low: float,
    high: float,
    p: float,
    matters: float,
    undecided: int,
    outcome: Outcome | None = None,
) -> str:
    """Return the verdict on one outcome in words; the rules stand in `qisim.comparison.comparison`.

    Parameters
    ----------
    other : str
        Name of the other scenario.
    pair : Pairs
        Values on both sides.
    low, high : float
        95 % interval of the mean difference.
    p : float
        Corrected p-value.
    matters : float
        Smallest difference that matters.
    undecided : int
        Number of outcomes of this pair of scenarios that are not (yet) different.
    outcome : Outcome, optional
        The outcome; where low values are good, the words say so.
    """
    delta = pair.differences
    if not len(delta):
        return f"{UNTOLD}: no pair has a value in both"
    if not delta.any():
        return SAME
    if len(delta) >= FEWEST_PAIRS and -matters < low and high < matters:
        return TOO_SMALL
    if p < ALPHA and low * high > 0:
        return f"{other} {side_of(low > 0, outcome)}{how_much(low, high, matters)}"
    return f"{UNTOLD} yet: {_more(delta, pair.replicates, matters, undecided)}"


def side_of(above: bool, outcome: Outcome | None = None) -> str:
    """Return in words on which side of the base the other is; where low is good, what that means."""
    if outcome is None or outcome.better != "lower":
        return "higher" if above else "lower"
    if outcome.unit == "hours":
        return "costs more" if above else "costs less"
    return "higher (worse)" if above else "lower (better)"


def share_verdict(
    other: str,
    name: str,
    pair: Pairs,
    p: float,
    matters: float,
    undecided: int,
    interval: Interval = "t",
) -> str:
    """Return the verdict on the share of runs that have a value of an outcome.

    Parameters
    ----------
    other, name : str
        Name of the other scenario, and of the outcome.
    pair, p, undecided
        As in `verdict`.
    matters : float
        Smallest difference between shares that matters.
    interval : {"t", "bca"}, optional
        Kind of interval.
    """
    having = HAVING[name]
    if pair.neither.all():
        return f"{having} {NOWHERE}"
    delta = pair.having
    low, high = interval_of(pair.independent(delta), interval)
    text = f"{having} {shares_text(pair)}"
    if not delta.any():
        return f"{text}: {SAME}"
    if len(delta) >= FEWEST_PAIRS and -matters < low and high < matters:
        return f"{text}: {TOO_SMALL}"
    if p < ALPHA and low * high > 0:
        side = "better" if low > 0 else "worse"
        return f"{text}: {other} {side}{how_much(low, high, matters)}"
    return f"{text}: {UNTOLD} yet: {_more(delta, pair.replicates, matters, undecided)}"


def shares_text(pair: Pairs) -> str:
    """Return in which share of the runs there is a value: of the other against the base."""
    other, base = (100 * (1 - np.isnan(side).mean()) for side in (pair.other, pair.base))
    return f"in {other:.0f} % of runs against {base:.0f} %"


def how_much(low: float, high: float, matters: float) -> str:
    """Return what to add where it is different, but perhaps by less than matters."""
    return "" if min(abs(low), abs(high)) >= matters else ", perhaps by too little to matter"


def _more(delta: Array, replicates: int, matters: float, undecided: int) -> str:
    """Return in words how many more replicates would settle it."""
    if len(delta) < FEWEST_PAIRS and spread_of(delta) == 0.0:
        needed = 20.0
    else:
        needed = min(pairs_for_equivalence(delta, matters), pairs_for_difference(delta, undecided))
    more = max((needed - len(delta)) * replicates / len(delta), 10.0)
    if more > MOST_REPLICATES:
        return f"more than {MOST_REPLICATES:,} more replicates for 80 % power"
    return f"about {_rounded_up(more):,} more replicates for 80 % power"


def _rounded_up(number: float) -> int:
    """Return the number rounded up to two digits."""
    step: int = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return math.ceil(number / step) * step
