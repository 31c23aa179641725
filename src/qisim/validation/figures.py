"""A figure per pattern: what the model shows, against what the source says.

On the left, where there is one, a sketch of the experiment (curves of the model with the middle
90 % of its runs, and the source in black). On the right every measured number with its interval,
against the tolerance (shaded) and the source's own value (diamond).
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from qisim.plotting.style import COLOURS, DASHES, FAINT, GREY, INK, Picture, described, drawn
from qisim.validation.patterns import Judged, Measured
from qisim.validation.patterns.declaring import Line, Sketch

VERDICTS = {"pass": "#0072B2", "fail": "#D55E00", "open": "#E69F00"}
MARKS = {"pass": "o", "fail": "X", "open": "s"}
WITHIN = "#d7ecdf"
"""Shade of the tolerance."""

ROW, COMPACT, FEWEST_ROWS = 0.47, 0.27, 5.0
"""Height of a row of numbers in inches, with its label above or beside it; least number of rows."""


@drawn
def pattern_figure(one: Judged, replicates: int) -> Picture:
    """Draw a pattern.

    Parameters
    ----------
    one : Judged
    replicates : int
        Runs of each arm, for the caption.
    """
    groups = by_unit(one.measured)
    sizes = [len(group) + (0.9 if one.sketch else 1.7) for group in groups]
    picture = Picture(figsize=(8.6, _height(one, sizes)), layout="constrained")
    if one.sketch:
        grid = picture.add_gridspec(1, 2, width_ratios=[1.05, 1.0])
        draw_sketch(picture.add_subplot(grid[0, 0]), one.sketch)
        sizes += [FEWEST_ROWS - math.fsum(sizes)] if math.fsum(sizes) < FEWEST_ROWS else []
        room: Any = grid[0, 1].subgridspec(len(sizes), 1, height_ratios=sizes)
        for spare in range(len(groups), len(sizes)):
            picture.add_subplot(room[spare, 0]).set_axis_off()
    else:
        room = picture.add_gridspec(len(groups), 1, height_ratios=sizes)
    for place, group in enumerate(groups):
        draw_numbers(picture.add_subplot(room[place, 0]), group, beside=not one.sketch)
    return described(picture, f"{one.pattern.id}: {one.pattern.title}", caption(one, replicates))


def _height(one: Judged, sizes: Sequence[float]) -> float:
    """Return the height of a figure in inches, from the rows of its groups of numbers."""
    if one.sketch:
        return 1.6 + ROW * max(math.fsum(sizes), FEWEST_ROWS)
    return 1.3 + COMPACT * math.fsum(sizes)


def caption(one: Judged, replicates: int) -> str:
    """Return what is drawn."""
    bands = one.sketch is not None and any(line.low is not None for line in one.sketch.model)
    return (
        f"{replicates} runs of each arm. Marks: measured, with the 95 % interval; circle: pass, cross: "
        "fail, square: open. Shaded: the tolerance; diamond: the source's value."
        + (" Bands of curves: the middle 90 % of the runs." if bands else "")
        + f" This pattern was {USED[one.pattern.use]}."
    )


USED = {
    "tuned": "used to choose base values",
    "built in": "built in: the source's figure is a parameter",
    "checked": "only checked, not used to choose base values",
}


def by_unit(measured: Sequence[Measured]) -> list[list[Measured]]:
    """Return measured numbers as one list for each unit, in order; exact zeros by themselves."""
    groups: dict[tuple[str, bool], list[Measured]] = {}
    for one in measured:
        exact = one.quantity.low == one.quantity.high
        groups.setdefault((one.quantity.unit, exact), []).append(one)
    return list(groups.values())


# --- numbers ---------------------------------------------------------------------------------------


def draw_numbers(axes: Axes, group: Sequence[Measured], beside: bool) -> None:
    """Draw numbers of one unit, a row each, against their tolerances.

    Parameters
    ----------
    axes : Axes
    group : sequence of Measured
    beside : bool
        Whether labels stand beside the rows, or above them.
    """
    axes.set_xlim(*limits(group))
    axes.set_ylim(len(group) - 0.3, -0.7)
    axes.axvline(0.0, color=GREY, linewidth=0.7, zorder=1)
    for row, one in enumerate(group):
        _draw_number(axes, row, one)
        if not beside:
            _label_above(axes, row, one.quantity.label)
    axes.set_yticks(range(len(group)) if beside else [])
    if beside:
        axes.set_yticklabels([one.quantity.label for one in group], fontsize=8)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(False)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlabel(group[0].quantity.unit, fontsize=8)
    axes.tick_params(axis="x", labelsize=8)


def _label_above(axes: Axes, row: int, label: str) -> None:
    axes.annotate(
        textwrap.shorten(label, 66, placeholder="…"), (0.0, row - 0.42), va="center", fontsize=7.5,
        xycoords=("axes fraction", "data"), color=INK,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )  # fmt: skip


def _draw_number(axes: Axes, row: int, one: Measured) -> None:
    quantity, found, verdict = one.quantity, one.found, one.verdict
    left, right = axes.get_xlim()
    low, high = max(quantity.low, left), min(quantity.high, right)
    least = 0.012 * (right - left)
    if high - low < least:
        low, high = (low + high - least) / 2, (low + high + least) / 2
    axes.barh(row, high - low, left=low, height=0.34, color=WITHIN, zorder=0)
    if quantity.source is not None:
        axes.plot(quantity.source, row, marker="D", color=INK, markersize=4.2, linestyle="")
    if math.isnan(found.value):
        axes.annotate("no value", (0.5, row), xycoords=("axes fraction", "data"), fontsize=7.5)
        return
    colour = VERDICTS[verdict]
    axes.hlines(row, found.low, found.high, color=colour, linewidth=2.2, zorder=3)
    axes.plot(
        found.value, row, marker=MARKS[verdict], color=colour, markersize=6.5, linestyle="",
        markeredgecolor="white", markeredgewidth=0.7, zorder=4, clip_on=False,
    )  # fmt: skip


def limits(group: Sequence[Measured]) -> tuple[float, float]:
    """Return the ends of an axis that shows estimates, sources, and the near ends of tolerances."""
    seen = [0.0] if any(_open_ended(one) for one in group) else []
    for one in group:
        quantity = one.quantity
        seen += [*one.found, quantity.low, quantity.high, quantity.source or one.found.value]
    held = [value for value in seen if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(held), max(held)
    room = 0.06 * (high - low) or 1.0
    return low - room, high + room


def _open_ended(one: Measured) -> bool:
    return math.isinf(one.quantity.low) or math.isinf(one.quantity.high)


# --- sketches --------------------------------------------------------------------------------------


def draw_sketch(axes: Axes, sketch: Sketch) -> None:
    """Draw lines of the model in colour, and of the source in black."""
    single = all(len(line.x) == 1 for line in sketch.model)
    for place, line in enumerate(sketch.model):
        if not single:
            _draw_model(axes, place, line)
    if single:
        draw_points(axes, sketch.model)
    for place, line in enumerate(sketch.source):
        _draw_source(axes, place, line)
    axes.set_xlabel(sketch.x)
    axes.set_ylabel(textwrap.fill(sketch.y, 36))
    axes.margins(x=0.03)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=_in_steps(sketch)))
    if single:
        axes.margins(x=0.22, y=0.2)
        axes.axhline(0.0, color=GREY, linewidth=0.7)
    elif _positive(sketch):
        axes.set_ylim(bottom=0.0)
    else:
        axes.axhline(0.0, color=GREY, linewidth=0.7)
    handles, labels = axes.get_legend_handles_labels()
    if labels and not single:
        axes.legend(
            handles, [textwrap.fill(label, 42) for label in labels], fontsize=7.5, frameon=False,
            loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=1, handlelength=2.6,
        )  # fmt: skip


def _in_steps(sketch: Sketch) -> bool:
    """Return whether the places on the axis are whole numbers, such as quarters or weeks."""
    return all((np.round(line.x) == line.x).all() for line in sketch.model)


def _positive(sketch: Sketch) -> bool:
    lines = (*sketch.model, *sketch.source)
    return all(np.nanmin(line.y if line.low is None else line.low) >= 0.0 for line in lines)


def _draw_model(axes: Axes, place: int, line: Line) -> None:
    colour = COLOURS[place % len(COLOURS)]
    if line.low is not None and line.high is not None:
        axes.fill_between(line.x, line.low, line.high, color=colour, alpha=0.13, linewidth=0)
    marker = "o" if len(line.x) < 12 else ""
    axes.plot(
        line.x, line.y, color=colour, linestyle=DASHES[place % len(DASHES)], marker=marker,
        markersize=4.5, label=line.label,
    )  # fmt: skip


def draw_points(axes: Axes, lines: Sequence[Line]) -> None:
    """Draw single points with their names, above and below in turn so that they do not touch."""
    for place, line in enumerate(sorted(lines, key=lambda line: float(line.x[0]))):
        axes.plot(line.x, line.y, marker="o", color=COLOURS[0], linestyle="", markersize=6)
        axes.annotate(
            line.label, (line.x[0], line.y[0]), xytext=(0, -14 if place % 2 else 7), ha="center",
            textcoords="offset points", fontsize=7.5,
        )  # fmt: skip


def _draw_source(axes: Axes, place: int, line: Line) -> None:
    marker = "" if len(line.x) > 3 else "DsP^"[place % 4]
    if line.low is not None and line.high is not None:
        if len(line.x) > 3:
            axes.fill_between(line.x, line.low, line.high, color=FAINT, alpha=0.7, zorder=0)
        else:
            axes.vlines(line.x, line.low, line.high, color=INK, linewidth=1.2, alpha=0.7)
    axes.plot(
        line.x, line.y, color=INK, linewidth=1.0, linestyle=":", marker=marker, markersize=4.5,
        label=line.label or None,
    )  # fmt: skip
