"""The figure of paired differences week by week, which every report of a comparison begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from qisim.comparison.figures import mean_band, mean_interval, rows_of
from qisim.model.outcomes import WEEKLY
from qisim.plotting.axes import band, mark_end, week_axis
from qisim.plotting.captions import chance_text, dot_text, replicates
from qisim.plotting.lines import cut, name_in_lines
from qisim.plotting.style import (
    GREY,
    INK,
    Curves,
    Ends,
    Picture,
    blank,
    described,
    drawn,
    ink,
    look,
    names_in,
    scale,
)
from qisim.text import shown


@drawn
def paired_difference(
    weekly: pd.DataFrame,
    base: str,
    others: Sequence[str] | None = None,
    ends: Ends = None,
    series: str = "adoption",
    *,
    over: bool = False,
) -> Picture:
    """Draw the paired difference over time, other minus base, a panel per other.

    Parameters
    ----------
    weekly : DataFrame
        As in `qisim.output.result.Result`.
    base : str
        Name of the base.
    others : sequence of str, optional
        Names of the others; by default all but the base.
    ends : mapping of str to int, optional
        Week of the run (from 1) in which each scenario's programme ends.
    series : str, optional
        The weekly series.
    over : bool, optional
        Whether the runs were made over sets of values; the caption tells what bands hold.

    Raises
    ------
    ValueError
        If there is no other, or a pair of scenarios has no replicate in common.
    """
    names = names_in(weekly)
    others = [name for name in names if name != base] if others is None else list(others)
    if not others:
        raise ValueError("there is nothing to compare")
    pairs = [_paired_curves(weekly, base, name, series, ends) for name in others]
    columns = min(len(pairs), 2)
    size = (7.4, 4.2 if len(pairs) == 1 else 1.2 + 2.5 * rows_of(pairs, columns))
    picture, grid = blank(size, len(pairs), columns, sharex=True, sharey=True)
    for i, (axes, pair) in enumerate(zip(grid, pairs, strict=True)):
        _difference_panel(axes, pair)
        _mark_base(axes, pair, base, weekly, ends)
        week_axis(axes, pairs, label=i + columns >= len(pairs))
        if len(pairs) > 1:
            axes.set_title(name_in_lines(pair.name, 36, 215, 9.5, "bold"), color=ink(pair))
    _difference_axis(grid, base, pairs, series)
    return described(
        picture,
        _difference_title(base, pairs, series),
        f"{pairs[0].name if len(pairs) == 1 else 'Other'} minus {base}, matched by replicate "
        f"({replicates(pairs)}). Solid line: mean; dark band: its 95 % interval, week by week; dotted "
        f"line: median; light band: the middle 90 % of pairs.{_ends_text(base, pairs, ends)}"
        f"{chance_text(over)}",
    )


def _paired_curves(weekly: pd.DataFrame, base: str, other: str, series: str, ends: Ends) -> Curves:
    wide = [
        weekly[weekly["scenario"] == name].pivot(index="week", columns="replicate", values=series)
        for name in (base, other)
    ]
    delta = (wide[1] - wide[0]).dropna(axis=0, how="all").dropna(axis=1)
    if delta.empty:
        raise ValueError(f"{other} and {base} have no replicate in common to draw")
    weeks, end = delta.index.to_numpy(np.float64), (ends or {}).get(other)
    within = end if end is not None and weeks[0] <= end < weeks[-1] else None
    place = names_in(weekly).index(other)
    values = delta.to_numpy(np.float64) * scale(series)
    return Curves(other, weeks, values, {**look(place), "linestyle": "-"}, within)


def _mark_base(axes: Axes, pair: Curves, base: str, weekly: pd.DataFrame, ends: Ends) -> None:
    """Put a dot in the colour of the base where its programme ends."""
    place = names_in(weekly).index(base)
    own = replace(pair, look=look(place), end=_within(pair, (ends or {}).get(base)))
    if own.end != pair.end:  # where both end in one week, one dot is enough
        mark_end(axes, own, pair.mean)


def _within(pair: Curves, end: int | None) -> int | None:
    return end if end is not None and pair.weeks[0] <= end < pair.weeks[-1] else None


def _ends_text(base: str, pairs: Sequence[Curves], ends: Ends) -> str:
    """Return the sentence on the dots, the base's first."""
    return dot_text(
        [replace(pairs[0], name=base, end=_within(pairs[0], (ends or {}).get(base))), *pairs],
        named=True,
    )


def _difference_panel(axes: Axes, pair: Curves) -> None:
    band(axes, pair, 0.9, 0.14)
    mean_band(axes, pair, 0.38)
    axes.plot(pair.weeks, pair.mean, **pair.look)
    axes.plot(pair.weeks, pair.median, color=ink(pair), linestyle=":", linewidth=1.3)
    axes.axhline(0, color=INK, linewidth=0.9)
    mark_end(axes, pair, pair.mean)


def _difference_axis(grid: Sequence[Axes], base: str, pairs: Sequence[Curves], series: str) -> None:
    """Set the axis of differences: zero well inside, and which side is whose."""
    unit, label = WEEKLY[series].unit, WEEKLY[series].label.lower()
    least = {"share": 5.0, "index": 0.05}.get(unit, 1.0)
    low, high = grid[0].get_ylim()
    reach = max(least, -low, high)
    grid[0].set_ylim(min(low, -0.4 * reach), max(high, 0.4 * reach))
    grid[0].yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    grid[0].yaxis.set_major_formatter(FuncFormatter(_signed))
    grid[0].set_ylabel(
        f"difference in {label},\n{'percentage points' if unit == 'share' else unit}"
    )
    room = 46 * 8 * 0.62  # points
    for axes, pair in zip(grid, pairs, strict=True):
        for height, place, name in ((0.985, "top", pair.name), (0.015, "bottom", base)):
            text = cut(f"higher with {name}", room, 8)
            axes.text(
                0.012, height, text, transform=axes.transAxes, va=place, fontsize=8, color=GREY
            )  # fmt: skip


def _signed(value: float, _: object = None) -> str:
    return "0" if abs(value) < 1e-9 else f"{value:+g}".replace("-", "−")


def _difference_title(base: str, pairs: Sequence[Curves], series: str) -> str:
    label, unit = WEEKLY[series].label, WEEKLY[series].unit
    if len(pairs) > 1:
        return f"{label}: how far each scenario is from {base}, week by week"
    pair = pairs[0]
    mean, ends = pair.mean[-1] / scale(series), [end[-1] for end in mean_interval(pair)]
    low, high = (shown(end / scale(series), unit, difference=True) for end in ends)
    amount = shown(abs(mean), unit, difference=True, with_unit=True).lstrip("+")
    side = "above" if mean >= 0 else "below"
    interval = f" (95 % interval {low} to {high})" if pair.values.shape[1] > 1 else ""
    return f"{label} in week {pair.weeks[-1]:.0f}: {pair.name} {amount} {side} {base}{interval}"
