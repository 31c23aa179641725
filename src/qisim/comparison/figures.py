"""A function per figure: a weekly table in, a matplotlib figure out.

Titles say what is seen; the caption under the figure says what is drawn and from how many
replicates. How a figure looks stands in `qisim.plotting.style`.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from qisim.comparison.paired import ALPHA, t_quantile
from qisim.model.outcomes import WEEKLY, Array
from qisim.plotting.style import (
    GREY,
    INK,
    ON_TOP,
    Curves,
    Ends,
    Picture,
    band,
    blank,
    chance_text,
    curves_of,
    described,
    dot_text,
    drawn,
    figure_bytes,
    ink,
    label_lines,
    look,
    mark_end,
    names_in,
    replicates,
    scale,
    share_axis,
    week_axis,
)
from qisim.text import shown, wrapped_name

__all__ = ["adoption_curves", "figure_bytes", "hours", "paired_difference", "small_multiples"]


@drawn
def adoption_curves(weekly: pd.DataFrame, ends: Ends = None, *, over: bool = False) -> Picture:
    """Draw routine use over time: median, mean, middle half and middle 90 % of the replicates.

    Up to two scenarios share a panel; more have one each, with the others' medians in grey.

    Parameters
    ----------
    weekly : DataFrame
        As in `qisim.output.result.Result`.
    ends : mapping of str to int, optional
        Week of the run (from 1) in which each scenario's programme ends.
    over : bool, optional
        Whether the runs were made over sets of values; the caption tells what bands hold.

    Raises
    ------
    ValueError
        If the table is empty.
    """
    curves = curves_of(weekly, "adoption", ends)
    panels = [curves] if len(curves) <= 2 else [[one] for one in curves]
    columns = min(len(panels), 2)
    size = (7.4, 4.4 if len(panels) == 1 else 1.2 + 2.4 * rows_of(panels, columns))
    picture, grid = blank(size, len(panels), columns, sharex=True, sharey=True)
    for i, (axes, panel) in enumerate(zip(grid, panels, strict=True)):
        _adoption_panel(axes, panel, curves)
        week_axis(axes, curves, label=i + columns >= len(panels))
        share_axis(axes, "adoption", "" if i % columns else "care staff with routine use")
    if len(panels) == 1 and len(curves) > 1:
        label_lines(grid[0], [(one.median[-1], one.name, ink(one)) for one in curves])
    return described(
        picture,
        adoption_title(curves),
        f"Line: median of {replicates(curves)}; dotted: mean. Dark band: the middle half; light band: "
        f"the middle 90 %.{dot_text(curves)}{chance_text(over)}",
    )


def rows_of(panels: Sequence[object], columns: int) -> int:
    """Return the number of rows that panels take."""
    return -(-len(panels) // columns)


def _adoption_panel(axes: Axes, panel: Sequence[Curves], everyone: Sequence[Curves]) -> None:
    for other in everyone:
        if other not in panel:
            axes.plot(other.weeks, other.median, color="#b5b5b5", linewidth=1.0)
    for one in panel:
        band(axes, one, 0.9, 0.14)
        band(axes, one, 0.5, 0.26)
    for one in panel:
        axes.plot(one.weeks, one.median, **one.look, **ON_TOP)
        axes.plot(one.weeks, one.mean, color=ink(one), linestyle=":", linewidth=1.3)
        mark_end(axes, one, one.median)
    if len(everyone) > 2:
        axes.set_title(wrapped_name(panel[0].name, 36), color=ink(panel[0]))


def adoption_title(curves: Sequence[Curves]) -> str:
    """Return what the adoption curves show, in a sentence."""
    last = {one.name: float(one.mean[-1]) for one in curves}
    week = f"week {curves[0].weeks[-1]:.0f}"
    if len(last) == 1:
        name, top = curves[0].name, float(curves[0].mean.max())
        return f"{name}: mean routine use peaks at {top:.0f} % and is {last[name]:.0f} % in {week}"
    if len(last) == 2:
        (a, at_a), (b, at_b) = last.items()
        return f"Mean routine use in {week}: {at_b:.0f} % with {b}, {at_a:.0f} % with {a}"
    low, high = min(last, key=last.__getitem__), max(last, key=last.__getitem__)
    ends = f"{last[low]:.0f} % with {low} to {last[high]:.0f} % with {high}"
    return f"Mean routine use in {week}: {ends}"


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
            axes.set_title(wrapped_name(pair.name, 36), color=ink(pair))
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
    """Return what the dots mean, the base's first."""
    return dot_text(
        [replace(pairs[0], name=base, end=_within(pairs[0], (ends or {}).get(base))), *pairs],
        named=True,
    )


def mean_interval(curves: Curves) -> tuple[Array, Array]:
    """Return the 95 % interval of the mean, week by week (t)."""
    number, mean = curves.values.shape[1], curves.mean
    if number < 2:
        return np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    half = t_quantile(ALPHA, number) * curves.values.std(axis=1, ddof=1) / math.sqrt(number)
    return mean - half, mean + half


def _mean_band(axes: Axes, curves: Curves, alpha: float) -> None:
    colour = curves.look["color"]
    axes.fill_between(curves.weeks, *mean_interval(curves), color=colour, alpha=alpha, linewidth=0)


def _difference_panel(axes: Axes, pair: Curves) -> None:
    band(axes, pair, 0.9, 0.14)
    _mean_band(axes, pair, 0.38)
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
    for axes, pair in zip(grid, pairs, strict=True):
        for height, place, name in ((0.985, "top", pair.name), (0.015, "bottom", base)):
            text = textwrap.shorten(f"higher with {name}", 46, placeholder="…")
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


STAFF = {
    "reach": "ever took part",
    "use": "use this week",
    "competence": "competence, 0 to 1",
}
LEADERS = {"leader_use": "at work with it", "leader_adoption": "at it as a routine"}


@drawn
def small_multiples(weekly: pd.DataFrame, ends: Ends = None, *, over: bool = False) -> Picture:
    """Draw reach, use and competence of care staff, and leaders' work and routine.

    Parameters
    ----------
    weekly : DataFrame
        As in `qisim.output.result.Result`.
    ends : mapping of str to int, optional
        Week of the run (from 1) in which each scenario's programme ends.
    over : bool, optional
        Whether the runs were made over sets of values; the caption tells what bands hold.

    Raises
    ------
    ValueError
        If the table is empty.
    """
    picture, grid = blank((9.2, 5.6), 6, 3, sharex=True)
    curves = curves_of(weekly, "use", ends)
    titles = {name: f"Care staff: {text}" for name, text in STAFF.items()}
    titles |= {name: f"Leaders: {text}" for name, text in LEADERS.items()}
    for i, (series, title) in enumerate(titles.items()):
        _small_panel(grid[i], series, curves_of(weekly, series, ends))
        grid[i].set_title(title)
        week_axis(grid[i], curves, label=i >= 2)
    _key(grid[5], curves)
    return described(
        picture,
        _small_title(weekly, curves),
        f"Line: mean of {replicates(curves)}. Band: the middle half of them for care staff; for "
        f"leaders, who are few, the 95 % interval of the mean. Ever took part: of the staff in "
        f"post, so it falls when people leave.{dot_text(curves)}{chance_text(over)}",
    )


def _small_panel(axes: Axes, series: str, curves: Sequence[Curves]) -> None:
    for one in curves:
        if series in LEADERS:
            _mean_band(axes, one, 0.2)
        else:
            band(axes, one, 0.5, 0.16)
    for one in curves:
        axes.plot(one.weeks, one.mean, **{**one.look, **ON_TOP, "linewidth": 1.6})
        mark_end(axes, one, one.mean)
    share_axis(axes, series)


def _key(axes: Axes, curves: Sequence[Curves]) -> None:
    """Use a panel for the names of the lines."""
    axes.axis("off")
    handles = [axes.plot([], [], **one.look, linewidth=2.2)[0] for one in curves]
    names = [wrapped_name(one.name, 26) for one in curves]
    legend = axes.legend(
        handles, names, loc="upper left", frameon=False, fontsize=9.5, handlelength=3.2,
        labelspacing=0.9, borderaxespad=0.0,
    )  # fmt: skip
    for text, one in zip(legend.get_texts(), curves, strict=True):
        text.set_color(ink(one))


def _small_title(weekly: pd.DataFrame, curves: Sequence[Curves]) -> str:
    week = f"week {curves[0].weeks[-1]:.0f}"
    if len(curves) > 2:
        return f"Who took part, who uses it, and what leaders do, to {week}"
    parts = [
        f"{one.name} {reach.mean[-1]:.0f} % and {one.mean[-1]:.0f} %"
        for one, reach in zip(curves, curves_of(weekly, "reach"), strict=True)
    ]
    return f"Ever took part, and use it, in {week}: {', '.join(parts)}"


@drawn
def hours(weekly: pd.DataFrame, ends: Ends = None, *, over: bool = False) -> Picture:
    """Draw the hours that the programme took and the hours of writing that it added, so far.

    Parameters
    ----------
    weekly : DataFrame
        As in `qisim.output.result.Result`.
    ends : mapping of str to int, optional
        Week of the run (from 1) in which each scenario's programme ends.
    over : bool, optional
        Whether the runs were made over sets of values; the caption tells what bands hold.

    Raises
    ------
    ValueError
        If the table is empty.
    """
    picture, grid = blank((9.2, 4.2), 2, 2, sharey=True)
    both = {name: curves_of(weekly, name, ends) for name in HOURS}
    for axes, (name, curves) in zip(grid, both.items(), strict=True):
        for one in curves:
            band(axes, one, 0.9, 0.16)
        for one in curves:
            axes.plot(one.weeks, one.mean, **one.look, **ON_TOP)
            mark_end(axes, one, one.mean)
        axes.set_title(WEEKLY[name].label)
        week_axis(axes, curves)
    top = max(float(one.quantile(0.95).max()) for curves in both.values() for one in curves)
    grid[0].set_ylim(0, 1.05 * max(top, 1.0))
    grid[0].set_ylabel("hours since the start of the run")
    grid[0].yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    for axes, curves in zip(grid, both.values(), strict=True):
        lines = [
            (one.mean[-1], f"{one.name} {one.mean[-1]:,.0f}\N{NO-BREAK SPACE}h", ink(one))
            for one in curves
        ]
        label_lines(axes, lines)
    first = both[HOURS[0]]
    return described(
        picture,
        _hours_title(first),
        f"Hours of staff and leaders, cumulative. Line: mean of {replicates(first)}; band: the "
        f"middle 90 % of them.{dot_text(first)}{chance_text(over)}",
    )


HOURS = ("programme_hours", "documentation_hours")


def _hours_title(curves: Sequence[Curves]) -> str:
    spent = {one.name: float(one.mean[-1]) for one in curves}
    if len(spent) > 2:
        low, high = min(spent, key=spent.__getitem__), max(spent, key=spent.__getitem__)
        spent = {low: spent[low], high: spent[high]}
    joined = " to " if len(curves) > 2 else ", "
    parts = joined.join(f"{value:,.0f} h with {name}" for name, value in spent.items())
    return f"Mean hours on the programme in {curves[0].weeks[-1]:.0f} weeks: {parts}"
