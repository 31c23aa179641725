"""Small pictures of what moved: every outcome that did, before against now, scenario by scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from qisim.model.outcomes import OUTCOMES
from qisim.plotting.style import COLOURS, GREY, INK, Picture, blank, described, drawn
from qisim.text import unit_name, wrapped_name

if TYPE_CHECKING:
    import pandas as pd

    from qisim.validation.moved import Moved

MOST, COLUMNS = 12, 4
"""Outcomes that are drawn; panels side by side."""
MARKS = {"external": ("o", COLOURS[0]), "internal": ("^", COLOURS[1]), "others": (".", GREY)}


@drawn
def moved_picture(found: Moved) -> Picture:
    """Draw the outcomes that moved most, each as a small picture.

    Parameters
    ----------
    found : Moved
    """
    ranked = found.ranked()
    names = list(ranked[ranked["size"] > 0]["outcome"][:MOST]) or list(ranked["outcome"][:1])
    columns = min(COLUMNS, len(names))
    rows = -(-len(names) // columns)
    picture, panels = blank((max(2.15 * columns, 4.3), 2.35 * rows + 1.0), rows * columns, columns)
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    sizes = ranked.set_index("outcome")["size"]
    for axes, name in zip(panels, names, strict=False):
        part = found.table[found.table["outcome"] == name]
        _draw(axes, part, name, float(sizes[name]))
    handles, labels = panels[0].get_legend_handles_labels()
    picture.legend(handles, labels, loc="outside upper right", ncols=3, frameon=False, fontsize=8)
    return described(
        picture, "What moved between the versions",
        f"Each mark is a scenario ({len(found.same):,}; {found.asked.replicates} runs of each on the same "
        "seeds): the old version's mean across, the new one's up. On the line nothing moved. Per cent: the "
        "typical change, luck taken out, of the smallest that matters; outcomes that moved most come first. "
        f"Old: {found.sources[0]}; new: {found.sources[1]}.",
    )  # fmt: skip


def _draw(axes: Axes, part: pd.DataFrame, name: str, size: float) -> None:
    """Draw one outcome: the new version's means over the old one's."""
    outcome = OUTCOMES[name]
    times = 100.0 if outcome.unit == "share" else 1.0
    kinds = part["scenario"].map(_kind)
    for kind, (mark, colour) in MARKS.items():
        its = part[kinds == kind]
        axes.plot(its["old"] * times, its["new"] * times, mark, color=colour, markersize=3.0,
                  alpha=0.55, markeredgewidth=0, label=kind, zorder=2)  # fmt: skip
    ends = np.array([part[["old", "new"]].min().min(), part[["old", "new"]].max().max()]) * times
    axes.plot(ends, ends, color=INK, linewidth=0.8, zorder=3)
    unit = unit_name(outcome.unit)
    axes.set_title(
        f"{wrapped_name(outcome.label, 20)}\n{100 * size:.0f} % of what matters", fontsize=8
    )
    axes.set_xlabel(f"old ({unit})" if unit else "old", fontsize=7.5)
    axes.set_ylabel(f"new ({unit})" if unit else "new", fontsize=7.5)
    axes.tick_params(labelsize=7)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(4))


def _kind(name: str) -> str:
    """Return whose programme a shipped scenario holds, by its name."""
    return next((kind for kind in ("external", "internal") if name.startswith(kind)), "others")
