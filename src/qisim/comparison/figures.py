"""A function per figure: a weekly table in, a matplotlib figure out.

Titles say what is seen; the caption under the figure says what is drawn and from how many
replicates. How a figure looks stands in `qisim.plotting.style`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from qisim.comparison.paired import ALPHA, t_quantile
from qisim.model.outcomes import WEEKLY, Array
from qisim.plotting.axes import band, label_lines, mark_end, share_axis, week_axis
from qisim.plotting.captions import chance_text, dot_text, replicates
from qisim.plotting.lines import name_in_lines
from qisim.plotting.style import (
    ON_TOP,
    Curves,
    Ends,
    Picture,
    blank,
    curves_of,
    described,
    drawn,
    figure_bytes,
    ink,
)

__all__ = ["adoption_curves", "figure_bytes", "hours", "small_multiples"]


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
        axes.set_title(name_in_lines(panel[0].name, 36, 215, 9.5, "bold"), color=ink(panel[0]))


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
    if low == high:  # min and max of equal values are the first
        return f"Mean routine use in {week}: {last[low]:.0f} % with each"
    ends = f"{last[low]:.0f} % with {low} to {last[high]:.0f} % with {high}"
    return f"Mean routine use in {week}: {ends}"


STAFF = {
    "reach": "ever took part",
    "use": "use this week",
    "competence": "competence, 0 to 1",
}
LEADERS = {"leader_use": "at work with it", "leader_adoption": "at it as a routine"}


def mean_interval(curves: Curves) -> tuple[Array, Array]:
    """Return the 95 % interval of the mean, week by week (t)."""
    number, mean = curves.values.shape[1], curves.mean
    if number < 2:
        return np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    half = t_quantile(ALPHA, number) * curves.values.std(axis=1, ddof=1) / math.sqrt(number)
    return mean - half, mean + half


def mean_band(axes: Axes, curves: Curves, alpha: float) -> None:
    """Draw the 95 % interval of the mean as a band."""
    colour = curves.look["color"]
    axes.fill_between(curves.weeks, *mean_interval(curves), color=colour, alpha=alpha, linewidth=0)


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
            mean_band(axes, one, 0.2)
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
    names = [name_in_lines(one.name, 26, 185, 9.5) for one in curves]
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
        spent = {low: spent[low], high: spent[high]} if low != high else {"each": spent[low]}
    joined = " to " if len(curves) > 2 else ", "
    parts = joined.join(f"{value:,.0f} h with {name}" for name, value in spent.items())
    return f"Mean hours on the programme in {curves[0].weeks[-1]:.0f} weeks: {parts}"
