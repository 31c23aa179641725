"""Axes of weeks and of shares, with bands, end markers and labels beside lines."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from qisim.model.outcomes import WEEKLY, Array
from qisim.plotting.lines import name_in_lines
from qisim.plotting.style import Curves

LONGEST = 3
"""Most lines of a label beside a curve."""


def band(axes: Axes, curves: Curves, share: float, alpha: float) -> None:
    """Fill the middle share of the replicates."""
    low, high = (curves.quantile(0.5 + side * share / 2) for side in (-1, 1))
    colour = curves.look["color"]
    axes.fill_between(curves.weeks, low, high, color=colour, alpha=alpha, linewidth=0)


def mark_end(axes: Axes, curves: Curves, line: Array) -> None:
    """Put a dot on a line in the week in which the programme ends."""
    if curves.end is None:
        return
    place = [curves.end], [curves.at_end(line)]
    axes.plot(
        *place, marker="o", markersize=6.5, color=curves.look["color"],
        markeredgecolor="white", markeredgewidth=1.2, zorder=5, clip_on=False,
    )  # fmt: skip


def label_lines(axes: Axes, lines: Sequence[tuple[float, str, str]], gap: float = 0.055) -> None:
    """Write names at the right ends of lines, moved apart where they would touch.

    Parameters
    ----------
    axes : Axes
        With its limits set.
    lines : sequence of (height, text, colour)
        Height in the unit of the axis.
    gap : float, optional
        Height of a line of text as a share of the axis.
    """
    bottom, top = axes.get_ylim()
    wrapped = [_label(text) for _, text, _ in lines]
    lines_of = [1 + text.count("\n") for text in wrapped]
    sizes = [gap * (number if number == 1 else number + 0.5) for number in lines_of]
    wanted = [(height - bottom) / (top - bottom) for height, _, _ in lines]
    for place, text, (_, _, colour) in zip(spread(wanted, sizes), wrapped, lines, strict=True):
        axes.annotate(
            text, (1.0, place), xycoords="axes fraction", xytext=(5, 0),
            textcoords="offset points", color=colour, va="center", fontsize=9, fontweight="bold",
            linespacing=1.05, annotation_clip=False,
        )  # fmt: skip


def _label(text: str) -> str:
    """Return a label in lines; of a very long one the middle is left out, which title and caption have."""
    lines = name_in_lines(text, 18, 130, 9, "bold").split("\n")
    if len(lines) > LONGEST:
        lines = [f"{lines[0][:-1]}…", lines[-1]]
    return "\n".join(lines)


def spread(wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Return heights near those wanted at which labels of these sizes do not touch."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    place = list(wanted)
    for _ in range(100):
        for lower, upper in zip(order, order[1:], strict=False):
            lack = (sizes[lower] + sizes[upper]) / 2 - (place[upper] - place[lower])
            if lack > 1e-9:
                place[lower], place[upper] = place[lower] - lack / 2, place[upper] + lack / 2
        if order and place[order[0]] < 0:
            place[order[0]] = 0.0
    return place


def week_axis(axes: Axes, curves: Sequence[Curves], label: bool = True) -> None:
    """Set the axis of weeks: numbers always, half years where the run is long enough."""
    last = max(float(one.weeks[-1]) for one in curves)
    axes.set_xlim(min(float(one.weeks[0]) for one in curves), max(last, 2.0))
    step = next((step for step in (1, 2, 4, 13, 26, 52, 104) if last / step <= 8), 104)
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.tick_params(labelbottom=True)
    if label:
        axes.set_xlabel("week of the run")


def share_axis(axes: Axes, series: str, label: str | None = None) -> None:
    """Set the axis of a series that is a share or an index: all of its range."""
    share = WEEKLY[series].unit == "share"
    axes.set_ylim(0, 100 if share else 1)
    axes.yaxis.set_major_locator(MultipleLocator(25 if share else 0.25))
    if share:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
    if label:
        axes.set_ylabel(label)
