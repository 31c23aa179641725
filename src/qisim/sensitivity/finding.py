"""One finding: the indices of an outcome of a target, and their uncertainty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from qisim.model.outcomes import Array
from qisim.numerics import correlation
from qisim.sensitivity.convergence import (
    Estimate,
    Settled,
    half_width_of,
)
from qisim.sensitivity.sample import Sample

if TYPE_CHECKING:
    pass


Responses = Mapping[str, Mapping[str, Array]]
"""By target (a scenario, or the difference of two) and outcome: values, shape (points, replicates)."""

MATTERS = 0.05
"""Share of the variance from which an input matters: an assumption."""
SURE = 0.95
"""Share of draws in which the top must be the same to be settled."""
FINE, CONSTANT, HIDDEN, REFUSED = "fine", "constant", "hidden by noise", "refused"
FLOOR = "floor"


@dataclass(frozen=True)
class Finding:
    """The sensitivity of one outcome of one target.

    Attributes
    ----------
    target, outcome : str
    status : {"fine", "constant", "hidden by noise", "refused"}
        Indices are missing where the outcome is constant or lacks too many values (refused); where
        noise hides its variance they may be.
    design : Sample
        Of the blocks that were used.
    values : ndarray, shape (points, replicates)
    left_out : int
        Blocks left out for lack of a value.
    estimate : Estimate, optional
    steps : list of (int, Estimate)
        The same from smaller parts of the sample.
    settled : Settled
    notes : list of str
        Caveats for the reader.
    """

    target: str
    outcome: str
    status: str
    design: Sample
    values: Array
    left_out: int
    estimate: Estimate | None
    steps: list[tuple[int, Estimate]]
    settled: Settled
    notes: list[str] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether the same inputs are at the top in nearly all draws."""
        return self.settled.same_set >= SURE

    @cached_property
    def correlation(self) -> Array:
        """Correlation of each input with the expected outcome; missing for whole factors."""
        design = self.design
        if design.problem.get("groups"):
            return np.full(len(design.inputs), np.nan)
        return correlation(design.points, self.values.mean(axis=1)[:, None])


def verdict(found: Finding, i: int) -> str:
    """Return whether an input matters, in words.

    Of a share of the variance: it matters when its interval lies above `MATTERS`, hardly matters when
    it lies below. A Morris effect is judged as a share of the largest; delta and PAWN against their
    floor; DGSM is a bound from above, so it can only tell what hardly matters.
    """
    estimate, kind = found.estimate, found.design.kind
    if found.status == REFUSED:
        return "cannot tell: not analysed"
    if estimate is None:
        return "not defined: the same at all points"
    value, half = estimate.indices[kind.main][i], estimate.half_width(kind.main)[i]
    if np.isnan(value) or found.status == HIDDEN:
        return "cannot tell: hidden by noise"
    if np.isnan(half):
        return "cannot tell: no interval"
    if FLOOR in estimate.indices:
        floor = estimate.indices[FLOOR][i]
        return "matters" if value - half > floor else "cannot be told from no effect"
    least = MATTERS
    if found.design.method == "morris":
        least *= float(np.nanmax(estimate.indices[kind.main]))
    if value + half < least:
        return "hardly matters"
    if found.design.method == "dgsm":
        return "may matter"
    return "matters" if value - half > least else "cannot tell yet"


def widest(findings: Sequence[Finding]) -> float:
    """Return the widest half interval among the top inputs of some findings.

    Infinite where one has none, so that nothing passes for settled; 0 where all are constant.
    """
    widths = [one.settled.half_width for one in findings if one.estimate is not None]
    return max((np.inf if np.isnan(width) else width for width in widths), default=0.0)


def has_index(found: Finding, index: str) -> bool:
    """Return whether a finding has an index."""
    return found.estimate is not None and index in found.estimate.indices


def half_of_all(estimate: Estimate) -> float:
    """Return the half width of the interval of the variance."""
    return float(half_width_of(estimate.variance_draws))


def index_rows(found: Finding, index: str) -> Iterator[dict[str, float]]:
    """Yield estimate and interval of an index, input by input; missing where there is none."""
    estimate = found.estimate
    if estimate is None:
        none = dict.fromkeys(("estimate", "low", "high", "half_width"), np.nan)
        yield from (none for _ in found.design.inputs)
        return
    for value, half in zip(estimate.indices[index], estimate.half_width(index), strict=True):
        yield interval_row(float(value), float(half))


def interval_row(value: float, half: float) -> dict[str, float]:
    """Return an estimate with its interval."""
    return {"estimate": value, "low": value - half, "high": value + half, "half_width": half}
