"""The expected outcome against each input, point by point."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from qisim.model.outcomes import Array
from qisim.model.parameters import PARAMETERS
from qisim.plotting.style import (
    FAINT,
    GREY,
    INK,
    Picture,
    described,
    drawn,
    look,
    refuse_axes,
)
from qisim.sensitivity.figure_words import (
    head,
    in_order,
    place_of,
    size_text,
    targets_text,
    unit_of,
)
from qisim.sensitivity.finding import Finding

DOTS = 600
"""Points of a scatter."""
PAGE, ACROSS = 20, 5
"""Scatters on a page, and beside each other."""
WIDE, HIGH = 1.16, 1.62
"""From one scatter to the next, in widths and heights of one."""


def pages(found: Finding) -> Iterator[list[int]]:
    """Yield the inputs, those that matter most first, as many as fit on a page."""
    order = in_order(found)
    for begin in range(0, len(order), PAGE):
        yield order[begin : begin + PAGE]


@drawn
def scatter(found: Finding, inputs: Sequence[int], provisional: str = "") -> Picture:
    """Draw the expected outcome at the points of the sample against each of some inputs.

    All panels are drawn in one pair of axes: a hundred pairs would take longer than the analysis.
    """
    outcome, points = found.values.mean(axis=1), found.design.points
    apart = standing_apart(found)
    pick = apart[np.unique(np.linspace(0, len(apart) - 1, min(DOTS, len(apart))).astype(int))]
    scale, unit = unit_of(found)
    outcome = scale * outcome
    low, high = float(outcome[apart].min()), float(outcome[apart].max())
    ends = np.asarray(MaxNLocator(4).tick_values(low, high))
    columns = min(ACROSS, len(inputs))
    picture, axes = _panels_in_one(len(inputs), columns)
    for number, i in enumerate(inputs):
        panel = _Panel(number // columns, number % columns, points[apart, i], ends)
        dots = panel.across(points[pick, i]), panel.up(outcome[pick])
        axes.scatter(*dots, s=4, color=look(0)["color"], alpha=0.35, linewidth=0, zorder=2)
        middle, mean = running_mean(points[apart, i], outcome[apart])
        axes.plot(
            panel.across(middle), panel.up(mean), color=look(1)["color"], linewidth=1.6, zorder=3
        )
        panel.frame(axes, _with_unit(found.design.inputs[i]), unit)
    count, first = len(found.design.inputs), 1 + place_of(found, inputs[0])
    span = f", {first} to {first + len(inputs) - 1} of {count}" if count > len(inputs) else ""
    return described(
        picture,
        head(f"{targets_text(found)} against each input{span}", provisional),
        f"Inputs in the order of their index. Dots: means over replicates at {len(pick)} points that "
        f"stand apart; line: means of {len(apart):,} such points in ten classes. {size_text(found)}.",
    )


def _panels_in_one(panels: int, columns: int) -> tuple[Picture, Axes]:
    """Return a picture with one pair of axes, in which a panel is one wide and one high."""
    refuse_axes(panels)
    rows = -(-panels // columns)
    height = 1.6 + 1.75 * rows
    picture = Picture(figsize=(9.4, height))
    axes = picture.add_axes((0.075, 0.62 / height, 0.91, 1 - 1.12 / height))
    axes.set_axis_off()
    axes.set_xlim(0, (columns - 1) * WIDE + 1)
    axes.set_ylim(-(rows - 1) * HIGH - 0.22, 1.36)
    return picture, axes


@dataclass(frozen=True)
class _Panel:
    """A panel of several in one pair of axes.

    Attributes
    ----------
    row, column : int
    values : ndarray
        Of the input, to find its range.
    ends : ndarray
        Ticks of the outcome; the first and the last are the ends of the panel.
    """

    row: int
    column: int
    values: Array
    ends: Array

    def across(self, values: Array) -> Array:
        """Return where values of the input are drawn."""
        low, high = float(self.values.min()), float(self.values.max())
        return self.column * WIDE + 0.03 + 0.94 * (values - low) / max(high - low, 1e-300)

    def up(self, values: Array) -> Array:
        """Return where values of the outcome are drawn."""
        low, high = self.ends[0], self.ends[-1]
        return -self.row * HIGH + (values - low) / max(high - low, 1e-300)

    def frame(self, axes: Axes, name: str, unit: str) -> None:
        """Draw axes, ticks and names."""
        left, bottom = self.column * WIDE, -self.row * HIGH
        heights = self.up(self.ends)
        axes.hlines(heights[1:], left, left + 1, color=FAINT, linewidth=0.6, zorder=0)
        axes.plot([left, left, left + 1], [bottom + 1, bottom, bottom], color=GREY, linewidth=0.8)
        small: dict[str, Any] = {"fontsize": 7, "color": INK}
        ticks = MaxNLocator(3).tick_values(float(self.values.min()), float(self.values.max()))
        for tick in ticks[(ticks >= self.values.min()) & (ticks <= self.values.max())]:
            place = float(self.across(tick))
            axes.plot([place, place], [bottom, bottom - 0.035], color=GREY, linewidth=0.8)
            axes.text(place, bottom - 0.06, f"{tick:g}", ha="center", va="top", **small)
        axes.text(left, bottom + 1.06, textwrap.fill(name, 24), va="bottom", fontsize=7.5)
        if self.column == 0:
            for tick, height in zip(self.ends, heights, strict=True):
                axes.text(left - 0.03, height, f"{tick:g}".replace("-", "−"), ha="right", va="center",
                          **small)  # fmt: skip
            axes.text(
                left - 0.3, bottom + 0.5, unit, rotation=90, ha="center", va="center", fontsize=8
            )


def _with_unit(name: str) -> str:
    """Return an input's name in plain words, with its unit where it has one."""
    known = PARAMETERS.get(name)
    unit = f", {known.unit}" if known and known.unit != "1" else ""
    return name.replace(".", " / ").replace("_", " ") + unit


def standing_apart(found: Finding) -> Any:
    """Return the points of a sample that differ in all inputs: of a block, where it begins and ends."""
    design = found.design
    first = np.arange(design.blocks) * design.block_size
    if design.method in ("sobol", "shapley", "morris"):
        return np.sort(np.concatenate([first, first + design.block_size - 1]))
    return first if design.method == "dgsm" else np.arange(len(design.points))


def running_mean(column: Array, outcome: Array, classes: int = 10) -> tuple[Array, Array]:
    """Return the mean input and outcome of classes of an input with as many points each."""
    order = np.argsort(column, kind="stable")
    parts = [part for part in np.array_split(order, classes) if len(part)]
    middle = np.array([column[part].mean() for part in parts])
    return middle, np.array([outcome[part].mean() for part in parts])
