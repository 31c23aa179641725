"""The verdict on each outcome, in words.

A verdict states which scenario does better, or that they do not differ by an amount that matters,
or that it cannot be told yet, with the number of replicates needed; the rules are in
`qisim.comparison.comparison`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from qisim.comparison.basis import FEWEST_UNLIKE, Basis
from qisim.comparison.layers import Layer, below_at_most
from qisim.comparison.paired import (
    ALPHA,
    FEWEST_PAIRS,
    Pairs,
    spread_of,
)
from qisim.comparison.planning import pairs_for_difference, pairs_for_equivalence
from qisim.comparison.sequential import level
from qisim.comparison.wording import DEPENDS, HAVING, SAME, TOO_SMALL, UNTOLD
from qisim.model.outcomes import REPORTED, Array, Outcome

MOST_REPLICATES = 10_000
"""Number of further replicates beyond which the verdict says "more than" and no number."""
NOWHERE = "in no run of either"
NEARLY_ALL = 0.9
"""Share of sets of strengths from which something is said of the sets, and not of their average."""
MORE_SETS = "the sets differ too much: more replicates of the same sets do not settle it"


def verdict(
    other: str,
    basis: Basis,
    p: float,
    p_equal: float,
    open_ones: tuple[int, int] = (1, 1),
    earlier: int = 0,
) -> str:
    """Return the verdict on one outcome in words; the rules stand in `qisim.comparison.comparison`.

    Parameters
    ----------
    other : str
        Name of the other scenario.
    basis : Basis
        What it rests on.
    p, p_equal : float
        The p-values of no difference, and of one that matters, corrected for all outcomes and for looks.
    open_ones : tuple of int
        Number of outcomes of this pair of scenarios that are not (yet) different, and not yet equivalent.
    earlier : int, optional
        How often the two were compared before.
    """
    pair, on_share = basis.pair, basis.ground == "share"
    text = f"{HAVING[basis.name]} {shares_text(pair)}: " if on_share else ""
    if on_share and pair.neither.all():
        return f"{HAVING[basis.name]} {NOWHERE}"
    if not len(basis.units):
        return f"{UNTOLD}: no pair has a value in both"
    delta = pair.having if on_share else basis.units if basis.ratio else pair.differences
    if not delta.any():
        return f"{text}{same_text(len(pair.base) if basis.ratio else len(delta))}"
    if basis.too_few:
        unlike = np.count_nonzero(delta)
        return (
            f"{UNTOLD}: too few to say ({unlike} of {len(delta)} pairs differ; from {FEWEST_UNLIKE} on it can "
            "be told)"
        )
    low, high, matters = basis.low, basis.high, basis.matters
    clear, says = p < ALPHA and low * high > 0, "untold"
    if -matters < low and high < matters and p_equal < ALPHA:
        says = "too small"
    elif clear:
        says = "higher" if low > 0 else "lower"
    sides = sides_of(basis)
    if pair.sets is not None:
        side = "higher" if low > 0 else "lower"
        if said := over_sets(says, other, sides, basis.layer, side, clear):
            return f"{text}{said}"
    if says == "too small":
        return f"{text}{TOO_SMALL}"
    if says != "untold":
        return f"{text}{other} {sides[says]}{how_much(low, high, matters)}"
    return f"{text}{UNTOLD} yet: {_more(basis, delta, open_ones, level(earlier + 1))}"


def sides_of(basis: Basis) -> dict[str, str]:
    """Return the words for higher and lower, of the outcome or of the share of runs that have a value."""
    if basis.ground == "share":
        return {"higher": "better", "lower": "worse"}
    outcome = REPORTED[basis.name]
    return {"higher": side_of(True, outcome), "lower": side_of(False, outcome)}


def same_text(pairs: int) -> str:
    """Return the verdict of no difference, with the upper limit of the share of pairs that may differ."""
    return f"{SAME}: in none of {pairs:,} (true share below {100 * below_at_most(pairs):.2g} %)"


def over_sets(
    says: str, other: str, sides: Mapping[str, str], layer: Layer | None, side: str, clear: bool
) -> str:
    """Return the verdict over sets of strengths; empty where the mean does not decide.

    Parameters
    ----------
    says : str
        What would be said of the mean over all sets.
    other : str
        Name of the other scenario.
    sides : mapping of str to str
        Words for ``higher`` and ``lower``.
    layer : Layer, optional
        What the sets show; None of a ratio of means, of which sets are not counted.
    side : str
        On which side the mean lies.
    clear : bool
        Whether the mean is clear of 0.
    """
    if layer is None:
        if says == "untold":
            return ""
        words = TOO_SMALL if says == "too small" else f"{other} {sides[says]}"
        return f"{words} (on average over the sets)"
    number = layer.above.of
    if says == "too small" and layer.inside.low >= NEARLY_ALL:
        return f"{TOO_SMALL} (in {layer.inside.count} of {number} sets)"
    if layer.above.low > 1 - NEARLY_ALL and layer.below.low > 1 - NEARLY_ALL:
        above, below = layer.above.count, layer.below.count
        much = " and ".join(
            f"{100 * one.low:.0f} to {100 * one.high:.0f} %"
            for one in (layer.much_above, layer.much_below)
        )
        counts = (
            f"higher in {above} of {number} sets, lower in {below}; by enough to matter in {much}"
        )
        return f"{DEPENDS} ({counts})"
    if clear:
        ahead = layer.above if side == "higher" else layer.below
        much_ahead = layer.much_above if side == "higher" else layer.much_below
        average = "" if ahead.low >= NEARLY_ALL else " on average"
        much_text = f"{100 * much_ahead.low:.0f} to {100 * much_ahead.high:.0f} %"
        return (
            f"{other} {sides[side]}{average} (in {ahead.count} of {number} sets; by enough to matter in "
            f"{much_text} of them)"
        )
    if says == "too small":
        most = 100 * (1 - layer.inside.low)
        return f"{TOO_SMALL} on average (but by enough to matter in up to {most:.0f} % of {number} sets)"
    return ""


def side_of(above: bool, outcome: Outcome | None = None) -> str:
    """Return "higher" or "lower" in words, with what that means where lower is better."""
    if outcome is None or outcome.better != "lower":
        return "higher" if above else "lower"
    if outcome.unit in ("hours", "kroner"):
        return "costs more" if above else "costs less"
    return "higher (worse)" if above else "lower (better)"


def shares_text(pair: Pairs) -> str:
    """Return in which share of the runs there is a value: of the other against the base."""
    other, base = (100 * (1 - np.isnan(side).mean()) for side in (pair.other, pair.base))
    return f"in {other:.0f} % of runs against {base:.0f} %"


def how_much(low: float, high: float, matters: float) -> str:
    """Return the qualification of a difference that may be smaller than what matters."""
    return "" if min(abs(low), abs(high)) >= matters else ", perhaps by too little to matter"


def _more(basis: Basis, delta: Array, open_ones: tuple[int, int], alpha: float) -> str:
    """Return in words how many more replicates would settle it at the level of the next look."""
    units, replicates = basis.units, basis.pair.replicates
    if len(units) < FEWEST_PAIRS and spread_of(units) == 0.0:
        needed = 20.0
    else:
        needed = min(
            pairs_for_equivalence(units, basis.matters, open_ones[1], alpha),
            pairs_for_difference(units, open_ones[0], alpha),
        )
    if basis.pair.sets is not None and len(units) < len(delta):
        return MORE_SETS if needed > len(units) else "more replicates may tell"
    more = max((needed - len(units)) * replicates / len(units), 10.0)
    if more > MOST_REPLICATES:
        return f"more than {MOST_REPLICATES:,} more replicates for 80 % power"
    return f"about {_rounded_up(more):,} more replicates for 80 % power"


def _rounded_up(number: float) -> int:
    """Return the number rounded up to two digits."""
    step: int = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return math.ceil(number / step) * step
