"""Boxes of worlds: cut in two, and the halves again, where that parts their values best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qisim.decide.finding import (
    setting,
)
from qisim.decide.parts import short
from qisim.decide.worlds import Array

DEPTH, SMALLEST = 2, 0.1
"""Cuts one after the other, and the least share of the worlds in a box."""


@dataclass(frozen=True)
class Box:
    """Worlds that have something in common.

    Attributes
    ----------
    sides : tuple of (str, str, float)
        Input, ``<=`` or ``>``, and the value at which worlds are cut.
    """

    sides: tuple[tuple[str, str, float], ...] = ()

    def holds(self, names: Sequence[str], worlds: Array) -> Any:
        """Say for each world whether it is in the box."""
        inside = np.ones(len(worlds), dtype=bool)
        for name, side, value in self.sides:
            column = worlds[:, list(names).index(name)]
            inside &= column <= value if side == "<=" else column > value
        return inside

    def words(self) -> str:
        """Return it in words."""
        return " and ".join(_side_text(*side) for side in self.sides) or "all worlds"


def _side_text(name: str, side: str, value: float) -> str:
    if name.startswith("allocation."):
        factor = name.partition(".")[2].replace("_", " ")
        return f"{factor} allotted to the {'external' if side == '<=' else 'internal'} case"
    bound = setting(name, float(f"{value:.3g}"))
    return f"{short(name)} {'up to' if side == '<=' else 'above'} {bound}"


def grow(names: Sequence[str], points: Array, values: Array, depth: int = DEPTH) -> list[Box]:
    """Cut worlds into boxes whose values are as alike as can be."""
    least = max(int(SMALLEST * len(points)), 5)
    boxes = [Box()]
    for _ in range(depth):
        boxes = [part for box in boxes for part in _cut(box, names, points, values, least)]
    return boxes


def _cut(box: Box, names: Sequence[str], points: Array, values: Array, least: int) -> list[Box]:
    """Return a box cut in two where that parts its values best; the box itself where nothing does."""
    inside = np.flatnonzero(box.holds(names, points))
    best: tuple[float, str, float] | None = None
    for column, name in enumerate(names):
        order = inside[np.argsort(points[inside, column], kind="stable")]
        ordered, x = values[order], points[order, column]
        n = len(order)
        sums, squares = np.cumsum(ordered), np.cumsum(ordered**2)
        left = np.arange(1, n)
        within = (squares[:-1] - sums[:-1] ** 2 / left) + (
            squares[-1] - squares[:-1] - (sums[-1] - sums[:-1]) ** 2 / (n - left)
        )
        fine = (left >= least) & (n - left >= least) & (x[1:] > x[:-1])
        if not fine.any():
            continue
        place = int(np.argmin(np.where(fine, within, np.inf)))
        if best is None or within[place] < best[0]:
            best = (float(within[place]), name, float((x[place] + x[place + 1]) / 2))
    if best is None:
        return [box]
    _, name, value = best
    return [Box((*box.sides, (name, side, value))) for side in ("<=", ">")]
