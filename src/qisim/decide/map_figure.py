"""The figure of a map: where the answer flips, and the band in which it cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import FuncFormatter, MaxNLocator

from qisim.decide.figures import AHEAD, BEHIND, scale_of
from qisim.plotting.style import INK, Picture, blank, described, drawn
from qisim.text import unit_name


@drawn
def map_picture(found: Any) -> Picture:
    """Draw a map of two levers: colours, the line at which the answer flips, its band, one's own place.

    Parameters
    ----------
    found : Map
        See `qisim.decide.lever_map`.
    """
    times = scale_of(found.outcome)
    picture, (axes,) = blank((7.4, 5.2), 1, 1)
    two = len(found.names) == 2
    values = np.ma.masked_invalid(found.value * times)
    known = values.compressed()
    top = float(np.abs(known).max(initial=0.0)) or 1.0
    if two:
        good = found.outcome.better != "lower"
        colours = _between(BEHIND if good else AHEAD, AHEAD if good else BEHIND)
        levels = MaxNLocator(14, symmetric=True).tick_values(-top, top)
    else:
        colours = LinearSegmentedColormap.from_list("rising", ["#f7f7f7", AHEAD])
        low = float(known.min()) if len(known) else 0.0
        levels = MaxNLocator(12).tick_values(low, max(float(known.max(initial=low)), low + 1e-9))
    filled = axes.contourf(found.xs, found.ys, values, levels=levels, cmap=colours)
    inside = np.fmax(found.low, -found.high)
    ends = inside[np.isfinite(inside)]
    if len(ends) and ends.min() < 0 < ends.max():
        with matplotlib.rc_context({"hatch.color": "#555555", "hatch.linewidth": 0.6}):
            axes.contourf(found.xs, found.ys, np.ma.masked_invalid(inside), levels=[-1e9, 0.0],
                          colors="none", hatches=["///"])  # fmt: skip
    elif len(ends) and ends.max() <= 0:
        axes.contourf(found.xs, found.ys, np.ma.masked_invalid(inside), levels=[-1e9, 1e-9],
                      colors="none", hatches=["///"])  # fmt: skip
    mean = found.mean[np.isfinite(found.mean)]
    if len(mean) and mean.min() < 0 < mean.max():
        axes.contour(found.xs, found.ys, np.ma.masked_invalid(found.mean), levels=[0.0],
                     colors=INK, linewidths=2.2)  # fmt: skip
    _own_places(axes, found)
    axes.grid(visible=False)
    for axis, lever in ((axes.xaxis, found.x), (axes.yaxis, found.y)):
        axis.set_label_text(_axis_label(lever, found.names))
        if lever.parameter.unit == "1/year":
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    bar = axes.figure.colorbar(filled, ax=axes, pad=0.02)
    bar.outline.set_visible(False)
    unit = unit_name(found.outcome.unit, difference=two) or found.outcome.unit
    words = f"{found.names[1]} less {found.names[0]}" if two else found.outcome.label.lower()
    bar.set_label(f"{words} ({unit})")
    bar.set_ticks(levels[:: 1 if len(levels) < 10 else 2])
    bar.ax.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:+.3g}" if two else f"{value:.3g}")
    )
    line = "Black line: the answer flips" if two else "Black line: as things stand"
    return described(
        picture, found.title(),
        f"{line}; hatched: the 95 % interval of the paired difference holds 0, so it cannot be told. "
        f"Dot: one's own values. {len(found.xs)} by {len(found.ys)} points, "
        f"{found.worlds.options.replicates} replicates of each.",
    )  # fmt: skip


def _between(low: str, high: str) -> LinearSegmentedColormap:
    """Return colours from one to another over white."""
    return LinearSegmentedColormap.from_list("between", [low, "#ffffff", high])


def _axis_label(lever: Any, names: Sequence[str]) -> str:
    unit = {"1": "", "1/year": " (a year)"}.get(lever.parameter.unit, f" ({lever.parameter.unit})")
    return f"{lever.words(names)}{unit}"


def _own_places(axes: Any, found: Any) -> None:
    """Put a dot where each scenario is."""
    held = found.scenarios
    places: dict[tuple[float, ...], list[str]] = {}
    for one in held:
        place = tuple(
            float((one if lever.side == "both" else held[lever.side == "other"])[lever.key])
            for lever in (found.x, found.y)
        )
        places.setdefault(place, []).append(one.name)
    (left, right), (bottom, top) = (
        (min(found.xs), max(found.xs)), (min(found.ys), max(found.ys)),
    )  # fmt: skip
    for (x, y), names in places.items():
        if not (left <= x <= right and bottom <= y <= top):
            continue
        axes.plot(x, y, marker="o", markersize=9, color=INK, markeredgecolor="white",
                  markeredgewidth=1.6, zorder=6, clip_on=False)  # fmt: skip
        if len(places) > 1:
            near = x > (left + right) / 2
            axes.annotate(" and ".join(names), (x, y), xytext=(-9 if near else 9, 9),
                          textcoords="offset points", ha="right" if near else "left", fontsize=8.5,
                          fontweight="bold", bbox={"facecolor": "white", "alpha": 0.75, "pad": 1.5,
                                                   "edgecolor": "none"})  # fmt: skip
