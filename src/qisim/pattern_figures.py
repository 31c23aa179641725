"""A figure per pattern: what the model shows, against what the source says.

On the left, where there is one, a sketch of the experiment (curves of the model with the middle
90 % of its runs, and the source in black). On the right every measured number with its interval,
against the tolerance (shaded) and the source's own value (diamond).
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.gridspec import GridSpecFromSubplotSpec
from matplotlib.ticker import MaxNLocator

from qisim.drawing import COLOURS, DASHES, FAINT, GREY, INK, Picture, drawn, told
from qisim.patterns import Judged, Measured
from qisim.patterns.declaring import Line, Sketch

VERDICTS = {"pass": "#0072B2", "fail": "#D55E00", "open": "#E69F00"}
MARKS = {"pass": "o", "fail": "X", "open": "s"}
WITHIN = "#d7ecdf"
"""Shade of the tolerance."""

ROW, FEWEST_ROWS = 0.47, 5


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
    rows = max(len(one.measured) + 0.9 * len(groups), FEWEST_ROWS)
    picture = Picture(figsize=(8.6, 1.6 + ROW * rows), layout="constrained")
    columns = 2 if one.sketch else 1
    grid = picture.add_gridspec(1, columns, width_ratios=[1.05, 1.0][-columns:])
    if one.sketch:
        draw_sketch(picture.add_subplot(grid[0, 0]), one.sketch)
    heights = [len(group) + 0.9 for group in groups]
    inner = GridSpecFromSubplotSpec(
        len(groups), 1, grid[0, columns - 1], height_ratios=heights
    )  # fmt: skip
    for place, group in enumerate(groups):
        draw_numbers(picture.add_subplot(inner[place, 0]), group)
    return told(picture, f"{one.pattern.id}: {one.pattern.title}", caption(one, replicates))


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


def draw_numbers(axes: Axes, group: Sequence[Measured]) -> None:
    """Draw numbers of one unit, a row each, against their tolerances."""
    axes.set_xlim(*limits(group))
    axes.set_ylim(len(group) - 0.3, -0.75)
    for row, one in enumerate(group):
        _draw_number(axes, row, one)
    axes.axvline(0.0, color=GREY, linewidth=0.7, zorder=1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(False)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlabel(group[0].quantity.unit, fontsize=8)
    axes.tick_params(axis="x", labelsize=8)


def _draw_number(axes: Axes, row: int, one: Measured) -> None:
    quantity, found, verdict = one.quantity, one.found, one.verdict
    left, right = axes.get_xlim()
    low, high = max(quantity.low, left), min(quantity.high, right)
    least = 0.012 * (right - left)
    if high - low < least:
        low, high = (low + high - least) / 2, (low + high + least) / 2
    axes.barh(row, high - low, left=low, height=0.34, color=WITHIN, zorder=0)
    label = textwrap.shorten(quantity.label, 62, placeholder="…")
    axes.annotate(
        label, (0.0, row - 0.4), xycoords=("axes fraction", "data"), fontsize=7.5, color=INK,
        va="center",
    )  # fmt: skip
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
        _draw_point(axes, line) if single else _draw_model(axes, place, line)
    for place, line in enumerate(sketch.source):
        _draw_source(axes, place, line)
    axes.set_xlabel(sketch.x)
    axes.set_ylabel(sketch.y)
    axes.margins(x=0.03)
    if single:
        axes.margins(x=0.22, y=0.12)
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


def _draw_point(axes: Axes, line: Line) -> None:
    axes.plot(line.x, line.y, marker="o", color=COLOURS[0], linestyle="", markersize=6)
    axes.annotate(
        line.label, (line.x[0], line.y[0]), xytext=(0, 7), textcoords="offset points", fontsize=7.5,
        ha="center",
    )  # fmt: skip


def _draw_source(axes: Axes, place: int, line: Line) -> None:
    marker = "DsP^"[place % 4]
    if line.low is not None and line.high is not None:
        if len(line.x) > 3:
            axes.fill_between(line.x, line.low, line.high, color=FAINT, alpha=0.7, zorder=0)
        else:
            axes.vlines(line.x, line.low, line.high, color=INK, linewidth=1.2, alpha=0.7)
    axes.plot(
        line.x, line.y, color=INK, linewidth=1.0, linestyle=":", marker=marker, markersize=4.5,
        label=line.label or None,
    )  # fmt: skip
