"""The figures of this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.ticker import FuncFormatter

from qisim.model.outcomes import Outcome
from qisim.plotting.style import COLOURS, GREY, INK, Picture, blank, described, drawn
from qisim.text import shown, unit_name, wrapped_name

AHEAD, BEHIND, WHOLE = COLOURS[0], COLOURS[1], "#8a8f94"


def scale_of(outcome: Outcome) -> float:
    """Return what an outcome is multiplied with for its axis."""
    return 100.0 if outcome.unit == "share" else 1.0


@drawn
def waterfall(
    frame: Any, names: tuple[str, str], means: Sequence[float], outcome: Outcome
) -> Picture:
    """Draw how parts lead from one scenario's mean to the other's.

    Parameters
    ----------
    frame : DataFrame
        With ``part``, ``shapley``, ``low``, ``high``, the largest first.
    names : tuple of str
        Base and other.
    means : sequence of float
        Their means.
    outcome : Outcome
    """
    most = 12
    rows = frame.to_dict("records")
    head, rest = rows[:most], rows[most:]
    if rest:
        head.append({"part": f"{len(rest)} more parts", "shapley": sum(r["shapley"] for r in rest),
                     "low": float("nan"), "high": float("nan")})  # fmt: skip
    times = scale_of(outcome)
    picture, (axes,) = blank((7.4, 1.6 + 0.42 * (len(head) + 2)), 1, 1)
    labels = [names[0], *(row["part"] for row in head), names[1]]
    level = means[0] * times
    axes.barh(0, level, color=WHOLE, height=0.62)
    axes.annotate(shown(means[0], outcome.unit, with_unit=True), (level, 0), xytext=(4, 0),
                  textcoords="offset points", va="center", fontsize=8.5)  # fmt: skip
    for place, row in enumerate(head, 1):
        size = row["shapley"] * times
        axes.barh(place, size, left=level, height=0.62, color=AHEAD if size >= 0 else BEHIND)
        axes.plot([level, level], [place - 1 + 0.31, place - 0.31], color=GREY, linewidth=0.8)
        low, high = row["low"] * times, row["high"] * times
        if low == low and high > low:
            ends = [level + low, level + high]
            axes.plot(ends, [place, place], color=INK, linewidth=1.4, solid_capstyle="butt")
            for end in ends:
                axes.plot([end, end], [place - 0.13, place + 0.13], color=INK, linewidth=1.4)
        right = max([level, level + size, *([level + high] if high == high else [])])
        axes.annotate(shown(row["shapley"], outcome.unit, difference=True), (right, place),
                      xytext=(5, 0), textcoords="offset points", va="center", fontsize=8.5)  # fmt: skip
        level += size
    end = len(head) + 1
    axes.plot([level, level], [end - 1 + 0.31, end - 0.31], color=GREY, linewidth=0.8)
    axes.barh(end, level, color=WHOLE, height=0.62)
    axes.annotate(shown(means[1], outcome.unit, with_unit=True), (level, end), xytext=(4, 0),
                  textcoords="offset points", va="center", fontsize=8.5)  # fmt: skip
    axes.set_yticks(range(len(labels)), [wrapped_name(label, 26) for label in labels])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.margins(x=0.12)
    if outcome.unit == "share":
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
    axes.set_xlabel(
        outcome.label.lower() + ("" if outcome.unit == "share" else f" ({outcome.unit})")
    )
    total = shown(means[1] - means[0], outcome.unit, difference=True, with_unit=True)
    top = head[0]
    title = f"{total} from {names[0]} to {names[1]}: most of it is {top['part']}"
    if abs(top["shapley"]) < 0.5 * sum(abs(row["shapley"]) for row in rows):
        title = f"{total} from {names[0]} to {names[1]}: the largest part is {top['part']}"
    return described(
        picture, title,
        f"Bars: what each part adds on average over all orders (Shapley), in "
        f"{unit_name(outcome.unit, difference=True) or outcome.unit}; blue adds, orange takes away. Black "
        "lines: 95 % interval.",
    )  # fmt: skip
