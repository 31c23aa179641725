"""The sample of a sensitivity analysis: its points, in blocks.

The designs are SALib's. A block is what one base point, trajectory or curve has given rise to; blocks
are alike and, but for the curves of eFAST, the first half of them is a design of its own. A missing
outcome spoils its block; a block is left out whole and counted, or the analysis is refused. It never
goes on with a number that is not finite.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.errors import DataError, Problem, nearest_name
from qisim.model.outcomes import Array

Which = npt.NDArray[np.bool_] | npt.NDArray[np.int64]
"""Which of several: a flag for each, or their numbers."""

MOST_LEFT_OUT = 0.2
"""Share of blocks that may be left out because an outcome is missing: an assumption."""
FEWEST_BLOCKS = 4
FEWEST_FOR_HDMR = 300
"""Points that SALib's HDMR asks for."""
FEWEST_ALONE = 64
"""Points below which a method that takes single points gives nothing worth a look."""


@dataclass(frozen=True)
class Kind:
    """A method of sensitivity analysis: the properties of its design.

    Attributes
    ----------
    label : str
        Name for tables and figures.
    block : str
        Name of a block of points.
    by_factor : bool
        Whether whole groups of inputs can be analysed.
    can_lose : bool
        Whether blocks may be left out.
    main : str
        The index by which inputs are ranked.
    indices : tuple of str
        All indices per input.
    noise : str
        How noise enters, in a sentence.
    """

    label: str
    block: str
    by_factor: bool
    can_lose: bool
    main: str
    indices: tuple[str, ...]
    noise: str


_TAKEN_OUT = "Noise is taken out exactly in expectation, by combining different replicates only."
_LEFT_IN = (
    "Of the means over replicates: what noise is left in them lowers the index of every input; "
    "compare with the floor, which an input without any effect shows."
)

KINDS: dict[str, Kind] = {
    "sobol": Kind("Sobol'", "base points", True, True, "ST", ("S1", "ST"), _TAKEN_OUT),
    "morris": Kind(
        "Morris", "trajectories", True, True, "mu_star", ("mu", "mu_star", "sigma"),
        "mu is free of noise; sigma has it taken out; mu_star takes the sign of an effect from the "
        "other replicates, so that noise is no effect, and errs low where noise hides the sign.",
    ),
    "efast": Kind("eFAST", "curves", False, False, "ST", ("S1", "ST"), _TAKEN_OUT),
    "rbd_fast": Kind("RBD-FAST", "points", False, True, "S1", ("S1",), _TAKEN_OUT),
    "delta": Kind("delta", "points", False, True, "delta", ("delta",), _LEFT_IN),
    "pawn": Kind("PAWN", "points", True, True, "median", ("median", "maximum"), _LEFT_IN),
    "dgsm": Kind("DGSM", "base points", False, True, "dgsm", ("vi", "dgsm"), _TAKEN_OUT),
    "hdmr": Kind("HDMR", "points", False, True, "ST", ("S1", "ST"), _TAKEN_OUT),
    "shapley": Kind("Shapley", "trajectories", True, True, "shapley", ("shapley",), _TAKEN_OUT),
}  # fmt: skip
"""The methods by name."""


@dataclass(frozen=True)
class Sample:
    """The points of a sensitivity analysis.

    Attributes
    ----------
    method : str
        A name in `KINDS`.
    problem : mapping
        SALib's problem: ``names``, ``num_vars``, ``bounds``, ``dists`` and, where whole factors are
        analysed, ``groups``.
    points : ndarray, shape (points, inputs)
        As from SALib's sampler for the method, in the inputs' own units.
    common : bool
        Whether all points share their replicates (common random numbers) or have their own.
    second_order : bool
        Whether the points are those for second-order indices (Sobol' only).
    seed : int
        Of all resampling; 0 is a seed like any other.
    curve : int
        Points of one curve of eFAST; 0 where there is one curve per input.
    levels : int
        Levels of Morris's grid.
    """

    method: str
    problem: Mapping[str, Any]
    points: Array
    common: bool = True
    second_order: bool = False
    seed: int = 1
    curve: int = 0
    levels: int = 4

    def __post_init__(self) -> None:
        wrong = self._problems()
        if wrong:
            raise DataError(wrong)

    @property
    def kind(self) -> Kind:
        """The method."""
        return KINDS[self.method]

    @cached_property
    def inputs(self) -> list[str]:
        """Names of what is analysed: the groups where there are any, else the inputs."""
        names = list(self.problem["names"])
        return list(dict.fromkeys(self.problem.get("groups") or names))

    @property
    def block_size(self) -> int:
        """Points in a block."""
        inputs, variables = len(self.inputs), len(self.problem["names"])
        return {
            "sobol": (2 if self.second_order else 1) * inputs + 2,
            "morris": inputs + 1,
            "shapley": variables + 1,
            "dgsm": variables + 1,
            "efast": (self.curve or len(self.points) // variables) * variables,
        }.get(self.method, 1)

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return len(self.points) // self.block_size

    def _problems(self) -> list[Problem | str]:
        """Return all that is wrong with the design."""
        if self.method not in KINDS:
            near = nearest_name(self.method, KINDS)
            known = ", ".join(KINDS)
            return [
                Problem("unknown method", "method", value=self.method, allowed=known, nearest=near)
            ]
        found: list[Problem | str] = []
        if not np.isfinite(self.points).all():
            found.append("a point of the design is not finite")
        if self.problem.get("groups") and not self.kind.by_factor:
            able = ", ".join(name for name, kind in KINDS.items() if kind.by_factor)
            found.append(f"{self.kind.label} cannot analyse whole factors; these can: {able}")
        if len(self.points) % self.block_size:
            found.append(
                f"{len(self.points)} points are not whole blocks of {self.block_size}, as "
                f"{self.kind.label} with {len(self.inputs)} inputs needs them"
            )
        return found

    def only(self, blocks: Which) -> Sample:
        """Return the design with some of its blocks.

        Parameters
        ----------
        blocks : ndarray of bool or int
            Which of them.
        """
        shaped = self.points.reshape(self.blocks, self.block_size, -1)[blocks]
        points = shaped.reshape(-1, self.points.shape[1])
        curve = self.block_size // len(self.problem["names"]) if self.method == "efast" else 0
        return replace(self, points=points, curve=curve)

    def in_blocks(self, values: Array) -> Array:
        """Return values by block: shape (blocks, points of a block, replicates)."""
        return values.reshape(self.blocks, self.block_size, values.shape[1])

    def complete(self, values: Array, outcome: str) -> tuple[Sample, Array, int]:
        """Return the design and the values without the blocks that lack a value, and their number.

        Parameters
        ----------
        values : ndarray, shape (points, replicates)
            NaN where a run failed or has no value.
        outcome : str
            Its name, for messages.

        Raises
        ------
        DataError
            If the values do not fit the points, if the method cannot do without a block, or if too
            many would be left out. The message names the outcome, how many runs, and which points.
        """
        if values.ndim != 2 or len(values) != len(self.points):
            raise DataError(
                f"{outcome}: values of shape {values.shape} do not fit {len(self.points)} points"
            )
        bad: Any = ~np.isfinite(values)
        if not bad.any():
            return self, values, 0
        spoilt: Any = self.in_blocks(bad).any(axis=(1, 2))
        self._refuse(bad, spoilt, outcome)
        kept = self.in_blocks(values)[~spoilt].reshape(-1, values.shape[1])
        return self.only(~spoilt), kept, int(spoilt.sum())

    def _refuse(self, bad: Any, spoilt: Any, outcome: str) -> None:
        """Raise where what is missing is too much to go without."""
        lost, left = int(spoilt.sum()), int((~spoilt).sum())
        text = (
            f"{outcome}: {int(bad.sum())} of {bad.size} runs have no finite value, at "
            f"{points_text(np.flatnonzero(bad.any(axis=1)))}"
        )
        kind = self.kind
        if not kind.can_lose:
            raise DataError(f"{text}; {kind.label} needs all of its points")
        if lost > MOST_LEFT_OUT * len(spoilt) or left < FEWEST_BLOCKS:
            raise DataError(
                f"{text}; that spoils {lost} of {len(spoilt)} {kind.block}, and at most "
                f"{MOST_LEFT_OUT:.0%} may be left out: choose an outcome that every run has"
            )


def points_text(points: npt.NDArray[np.int64]) -> str:
    """Return the numbers of points (from 0) in words, the first few of them."""
    first = ", ".join(str(int(point)) for point in points[:5])
    more = f" and {len(points) - 5} more" if len(points) > 5 else ""
    return f"point{'s' if len(points) > 1 else ''} {first}{more}"
