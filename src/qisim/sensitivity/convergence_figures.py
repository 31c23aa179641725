"""Indices over the size of the sample, and over the weeks of the run."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from qisim.model.outcomes import Array
from qisim.plotting.axes import label_lines
from qisim.plotting.style import GREY, INK, Picture, blank, described, drawn, look
from qisim.sensitivity.figure_words import (
    AXIS,
    head,
    percent_text,
    plain_name,
    size_text,
    targets_text,
)
from qisim.sensitivity.finding import FINE, SURE, Finding
from qisim.sensitivity.result import Sensitivity
from qisim.sensitivity.wording import SHARES, label_of

LINES = 5
"""Inputs with a line of their own."""
WORTH = 0.02
"""Mean index over weeks from which an input has a line."""


@drawn
def convergence(found: Finding, provisional: str = "") -> Picture:
    """Draw the main index of the top inputs at ever larger samples, and how stable the top is."""
    index, inputs = found.design.kind.main, found.design.inputs
    top = found.settled.top[:LINES]
    sizes = np.array([blocks * found.design.block_size for blocks, _ in found.steps], float)
    picture, (axes, below) = blank((7.4, 5.6), 2, 1, sharex=True, height_ratios=[3, 1])
    labels = []
    for number, i in enumerate(top):
        values = np.array([one.indices[index][i] for _, one in found.steps])
        halves = np.array([one.half_width(index)[i] for _, one in found.steps])
        style = look(number)
        axes.plot(sizes, values, marker="o", markersize=3.5, **style)
        axes.fill_between(sizes, values - halves, values + halves, color=style["color"], alpha=0.13,
                          linewidth=0)  # fmt: skip
        labels.append((float(values[-1]), plain_name(inputs[i]), style["color"]))
    _size_axis(axes, below, sizes, found, index)
    _stability(below, found, sizes, index)
    label_lines(axes, labels, gap=0.06)
    settled_ = _how_settled(found)
    return described(
        picture,
        head(f"{targets_text(found)}: {settled_}", provisional),
        f"Above: {AXIS.get(index, index)} of the first {len(top)} inputs at nested samples; bands: 95 % "
        f"intervals. Below: share of resamples in which they are the first {len(top)}. {size_text(found)}.",
    )


def _how_settled(found: Finding) -> str:
    """Return whether it is known which inputs come first, and in which order."""
    number = len(found.settled.top)
    if found.status != FINE:
        return "too few runs to say what comes first"
    if not found.is_settled:
        return f"which {number} come first is not settled yet"
    if found.settled.same_order < SURE:
        return f"it is known which {number} come first, not in which order"
    return f"the order of the first {number} is settled"


def _size_axis(axes: Axes, below: Axes, sizes: Array, found: Finding, index: str) -> None:
    axes.set_xscale("log", base=2)
    below.set_xticks(sizes, [f"{size:,.0f}" for size in sizes])
    below.minorticks_off()
    axes.set_ylabel(textwrap.fill(AXIS.get(index, index), 30))
    axes.axhline(0, color=INK, linewidth=0.8)
    below.set_xlabel("points of the sample (log scale)")
    # small first parts of a sample may have no index at all: their noise hides everything
    values = np.array([one.indices[index][found.settled.top] for _, one in found.steps])
    known = values[np.isfinite(values)]
    low, high = float(known.min(initial=0.0)), float(known.max(initial=0.0))
    room = 0.35 * max(high - min(low, 0.0), 1e-9)
    axes.set_ylim(min(low, 0.0) - 0.25 * room, high + room)
    if found.design.method in SHARES:
        axes.yaxis.set_major_formatter(FuncFormatter(percent_text))


def _stability(below: Axes, found: Finding, sizes: Array, index: str) -> None:
    from qisim.sensitivity.convergence import settled

    each = [settled(one, index, len(found.settled.top)) for _, one in found.steps]
    below.plot(sizes, [100 * one.same_set for one in each], color=INK, marker="o", markersize=3.5)
    below.set_ylim(0, 104)
    below.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])
    below.set_ylabel("same top")


def weekly_figures(result: Sensitivity) -> dict[str, Callable[[], Picture]]:
    """Return what draws the figures of indices over weeks, by name."""
    if result.weeks is None or not len(result.weeks):
        return {}
    found: dict[str, Callable[[], Picture]] = {}
    for series in dict.fromkeys(result.weeks["outcome"]):
        rows = result.weeks[result.weeks["outcome"] == series]
        if rows["estimate"].notna().any():
            found[f"over_time_{series}"] = partial(over_time, rows, result)
    return found


@drawn
def over_time(rows: Any, result: Sensitivity) -> Picture:
    """Draw the main index of the inputs that matter most, week by week, a panel per target."""
    kind = result.design.kind
    rows = rows[rows["index"] == kind.main].copy()
    told_ = rows["status"] == FINE
    rows.loc[~told_, ["estimate", "low", "high"]] = np.nan
    targets = list(dict.fromkeys(rows["target"]))
    mean = (
        rows.groupby("input", sort=False)["estimate"]
        .mean()
        .sort_values(ascending=False, kind="stable")
    )
    names = [name for name in mean.index[:LINES] if mean[name] >= WORTH] or list(mean.index[:1])
    picture, grid = blank(
        (8.2, 1.5 + 2.3 * len(targets)), len(targets), 1, sharex=True, sharey=True
    )
    last = int(rows["week"].max())
    for axes, target in zip(grid, targets, strict=True):
        here = rows[rows["target"] == target]
        labels = [_week_line(axes, here[here["input"] == name], number, name)
                  for number, name in enumerate(names)]  # fmt: skip
        one = here[here["input"] == names[0]]
        axes.plot(one["week"], one["noise_share"], color=GREY, linestyle=":", linewidth=1.2)
        share = one["noise_share"].dropna()
        if len(share):
            labels.append((float(share.iloc[-1]), "noise", GREY))
        axes.set_title(target)
        axes.set_xlim(1, last)
        axes.set_ylim(-0.02, 1.0 if kind.main in ("ST", "S1", "shapley", "dgsm") else None)
        axes.axhline(0, color=INK, linewidth=0.8)
        if kind.main in ("ST", "S1", "shapley"):
            axes.yaxis.set_major_formatter(FuncFormatter(percent_text))
        label_lines(axes, [label for label in labels if np.isfinite(label[0])], gap=0.085)
        axes.set_ylabel(_week_label(kind.main))
    grid[-1].xaxis.set_major_locator(MaxNLocator(8, integer=True))
    grid[-1].set_xlabel("week of the run")
    series = str(rows["outcome"].iloc[0])
    first = plain_name(names[0])
    share_text = (
        " Dotted: share of noise in the variance of single runs."
        if len(labels) > len(names)
        else ""
    )
    return described(
        picture, head(f"{label_of(series)}, week by week: {first} matters most overall", result.provisional),
        f"{AXIS.get(kind.main, kind.main).capitalize()} of the {len(names)} inputs that matter most on "
        f"average; bands: 95 % intervals; weeks in which noise hides the variance are left out."
        f"{share_text} {size_text(result.findings[0])}.",
    )  # fmt: skip


def _week_label(index: str) -> str:
    return {"ST": "total order", "S1": "first order"}.get(index, index)


def _week_line(axes: Axes, rows: Any, number: int, name: str) -> tuple[float, str, str]:
    style = look(number)
    weeks, values = rows["week"].to_numpy(float), rows["estimate"].to_numpy(float)
    axes.plot(weeks, values, **{**style, "linewidth": 1.5})
    low, high = (rows[end].to_numpy(float) for end in ("low", "high"))
    axes.fill_between(weeks, low, high, color=style["color"], alpha=0.12, linewidth=0)
    there = values[np.isfinite(values)]
    label = plain_name(name)
    return float(there[-1]) if len(there) else np.nan, label, style["color"]
