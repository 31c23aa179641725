"""Figures of a sensitivity analysis: findings in, matplotlib figures out.

Titles say what is seen, captions what is drawn, from how many points and replicates. How a figure looks
stands in `qisim.plotting.style`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from qisim.plotting.style import (
    Picture,
)
from qisim.sensitivity.convergence_figures import convergence, weekly_figures
from qisim.sensitivity.effect_figures import morris_plane, pair_map
from qisim.sensitivity.finding import Finding
from qisim.sensitivity.ranking_figure import ranked
from qisim.sensitivity.result import Sensitivity
from qisim.sensitivity.scatter_figure import pages, scatter


def all_figures(result: Sensitivity) -> dict[str, Picture]:
    """Return every figure of an analysis, by name; outcomes without indices have none."""
    return {name: draw() for name, draw in drawers(result).items()}


def drawers(result: Sensitivity) -> dict[str, Callable[[], Picture]]:
    """Return what draws each figure of an analysis, by name."""
    told, found = result.provisional, dict[str, Callable[[], Picture]]()
    for name, findings in _sides(result):
        found[f"ranked_{name}"] = partial(ranked, findings, told)
    for name, one in _each(result):
        if one.design.method == "morris":
            found[f"morris_{name}"] = partial(morris_plane, one, told)
        if "S2" in one.estimate.indices and len(one.design.inputs) > 2:
            found[f"pairs_{name}"] = partial(pair_map, one, told)
    for name, one in _each(result):
        if len(one.steps) > 1:
            found[f"convergence_{name}"] = partial(convergence, one, told)
    found |= weekly_figures(result)
    for name, one in _each(result, last_only=True):
        if not one.design.problem.get("groups"):
            for number, page in enumerate(pages(one), 1):
                found[f"scatter_{name}_{number}"] = partial(scatter, one, page, told)
    return found


def _sides(result: Sensitivity) -> Iterator[tuple[str, list[Finding]]]:
    """Yield what is ranked in one figure: both scenarios side by side, and their difference."""
    scenarios = result.targets[:2]
    for outcome in result.outcomes:
        drawn_ones = [result.finding(target, outcome) for target in scenarios]
        groups = [(outcome, drawn_ones)]
        if len(result.targets) > 2:
            groups.append((f"{outcome}_difference", [result.finding(result.targets[-1], outcome)]))
        for name, findings in groups:
            kept = [one for one in findings if _is_ranked(one)]
            if kept:
                yield name, kept


def _each(result: Sensitivity, last_only: bool = False) -> Iterator[tuple[str, Any]]:
    """Yield the findings that have indices, with a name for a file."""
    for one in result.findings:
        is_last = one.target == result.targets[-1]
        if _is_ranked(one) and (is_last or not last_only):
            alone = len(result.targets) == 1
            yield one.outcome if alone else f"{one.outcome}_{_file(one.target, result)}", one


def _is_ranked(found: Finding) -> bool:
    """Return whether any input has an index; noise may hide all of them."""
    return found.estimate is not None and bool(found.settled.top)


def _file(target: str, result: Sensitivity) -> str:
    if len(result.targets) > 2 and target == result.targets[-1]:
        return "difference"
    return re.sub(r"[^A-Za-z0-9_-]+", "-", target)
