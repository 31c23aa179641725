"""Inputs in the order of their index, with intervals: one figure for both scenarios, one for the difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from qisim.model.outcomes import Array
from qisim.plotting.style import (
    GREY,
    INK,
    Picture,
    blank,
    described,
    drawn,
    look,
)
from qisim.sensitivity.convergence import ranking
from qisim.sensitivity.figure_words import (
    AXIS,
    estimate_of,
    head,
    index_of,
    meaning_text,
    noise_text,
    percent_text,
    plain_name,
    size_text,
    targets_text,
)
from qisim.sensitivity.finding import FINE, FLOOR, Finding
from qisim.sensitivity.wording import SHARES

SHOWN = 15
"""Inputs in a ranking."""


@drawn
def ranked(findings: Sequence[Finding], provisional: str = "") -> Picture:
    """Draw the inputs that matter most, with 95 % intervals.

    Parameters
    ----------
    findings : sequence of Finding
        One, or the same outcome of two scenarios, which stand side by side.
    provisional : str, optional
        Why it is provisional.
    """
    first, index = findings[0], findings[0].design.kind.main
    values = np.stack([index_of(one, index) for one in findings])
    order = ranking(np.fmax.reduce(values, axis=0))[:SHOWN]
    bars = _bars(findings, index)
    height = 1.7 + len(order) * (0.2 + 0.17 * len(bars))
    picture, (axes,) = blank((7.6, height), 1, 1)
    place, thick = np.arange(len(order))[::-1].astype(float), 0.8 / len(bars)
    for number, (one, which, name, style) in enumerate(bars):
        _bar(axes, place + (len(bars) - 1) * thick / 2 - number * thick, thick, one, which, order,
             name, style)  # fmt: skip
    _rank_axis(axes, first, index, order, place, len(findings) == 1)
    if len(bars) > 1:
        axes.legend(loc="lower right", frameon=True, framealpha=0.9, edgecolor="none")
    return described(
        picture, head(_rank_title(findings, order), provisional), _rank_caption(findings)
    )


def _bars(
    findings: Sequence[Finding], index: str
) -> list[tuple[Finding, str, str, dict[str, Any]]]:
    """Return what has a bar for each input: scenarios, or the indices of one."""
    if len(findings) > 1:
        return [
            (one, index, one.target, {"color": look(i)["color"], "alpha": 0.9})
            for i, one in enumerate(findings)
        ]
    one, colour = findings[0], look(0)["color"]
    bars = [(one, index, _short(index), {"color": colour})]
    if index == "ST" and "S1" in estimate_of(one).indices:
        bars.append((one, "S1", _short("S1"), {"color": colour, "alpha": 0.45}))
    return bars


def _short(index: str) -> str:
    return {"ST": "with interplay (total order)", "S1": "alone (first order)"}.get(index, index)


def _bar(
    axes: Axes, place: Array, thick: float, found: Finding, index: str, order: Any, name: str,
    style: dict[str, Any],
) -> None:  # fmt: skip
    values, halves = index_of(found, index)[order], estimate_of(found).half_width(index)[order]
    axes.barh(place, values, height=thick * 0.92, label=name, linewidth=0, **style)
    known = np.isfinite(halves)
    axes.errorbar(
        values[known], place[known], xerr=halves[known], fmt="none", ecolor=INK, elinewidth=0.9,
        capsize=1.8, capthick=0.9,
    )  # fmt: skip


def _rank_axis(
    axes: Axes, found: Finding, index: str, order: Any, place: Array, alone: bool
) -> None:
    names = [meaning_text(found.design.inputs[i]) for i in order]
    axes.set_yticks(place, names)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.grid(axis="y", visible=False)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_ylim(-0.6, len(order) - 0.4)
    both = len(_bars([found], index)) > 1
    axes.set_xlabel("share of variance" if both and alone else AXIS.get(index, index))
    axes.spines["left"].set_visible(False)
    if FLOOR in estimate_of(found).indices:
        floor = index_of(found, FLOOR)[order]
        axes.vlines(
            floor, place - 0.5, place + 0.5, color=GREY, linestyle=(0, (4, 2)), linewidth=1.0
        )
    if found.design.method in SHARES:
        axes.xaxis.set_major_formatter(FuncFormatter(percent_text))


def _rank_title(findings: Sequence[Finding], order: Any) -> str:
    first = findings[0]
    if not len(order):
        return f"{targets_text(*findings)}: no index can be given"
    if all(one.status != FINE for one in findings):
        return f"{targets_text(*findings)}: too few runs to say what drives this"
    top = " and ".join(plain_name(first.design.inputs[i]) for i in order[:2])
    return f"{targets_text(*findings)}: depends most on {top}"


def _rank_caption(findings: Sequence[Finding]) -> str:
    first = findings[0]
    count = len(first.design.inputs)
    which = f"The {min(count, SHOWN)} of {count} inputs that matter most." if count > SHOWN else ""
    floor = (
        " Dashed: what an input without any effect shows."
        if FLOOR in estimate_of(first).indices
        else ""
    )
    noise = " ".join(
        noise_text(one) if len(findings) == 1 else f"{one.target}: {noise_text(one).lower()}"
        for one in findings
    )
    bars = (
        "Bars: estimates; lines: 95 % intervals."
        if np.isfinite(estimate_of(first).half_width(first.design.kind.main)).any()
        else "Bars: estimates, without intervals."
    )
    return " ".join(f"{bars}{floor} {which} {size_text(first)}. {noise}".split())
