"""Text on figures of a sensitivity analysis: sizes, names, units, and the order of inputs."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np

from qisim.model.outcomes import REPORTED, WEEKLY, Array
from qisim.model.parameters import PARAMETERS
from qisim.sensitivity.convergence import ranking
from qisim.sensitivity.finding import Finding
from qisim.sensitivity.wording import label_of

AXIS = {
    "ST": "total-order index (share of variance)",
    "S1": "first-order index (share of variance)",
    "shapley": "Shapley effect (share of variance)",
    "mu_star": "mean size of effect, mu*",
    "delta": "delta",
    "median": "PAWN index (median)",
    "dgsm": "bound of the total-order index (DGSM)",
}
"""What an index is called on its axis."""


def size_text(found: Finding) -> str:
    """Return the size of the sample, in words."""
    design, replicates = found.design, found.values.shape[1]
    numbers = "common" if design.common else "fresh"
    runs = f"{replicates} replicate{'s' if replicates > 1 else ''} ({numbers} random numbers)"
    return f"{design.kind.label}: {len(found.values):,} points ({design.blocks:,} {design.kind.block}), {runs}"


def noise_text(found: Finding) -> str:
    """Return the note on noise."""
    estimate = found.estimate
    if estimate is None or np.isnan(estimate.share):
        return "One replicate: indices include noise."
    return f"Noise: {100 * estimate.share:.0f} % of the variance of single runs."


def head(title: str, provisional: str) -> str:
    """Return a title that says first whether it is provisional."""
    return f"PROVISIONAL ({provisional}). {title}" if provisional else title


def percent_text(value: float, _: object = None) -> str:
    """Return a share in per cent, as an axis shows it."""
    return f"{100 * value:.0f} %".replace("-", "−")


def targets_text(*findings: Finding) -> str:
    """Return the outcome and the targets, for a title."""
    return f"{label_of(findings[0].outcome)} ({' and '.join(one.target for one in findings)})"


def plain_name(name: str) -> str:
    """Return the last part of an input's name in plain words."""
    return name.rpartition(".")[2].replace("_", " ")


def wrapped_input(name: str, width: int = 30) -> str:
    """Return a name in lines short enough for an axis."""
    return textwrap.fill(name.replace(".", " / ").replace("_", " "), width)


def meaning_text(name: str, width: int = 44, lines: int = 2) -> str:
    """Return what an input means in a few lines, or its name where that takes more."""
    known = PARAMETERS.get(name)
    meant = textwrap.wrap(known.meaning.partition(";")[0], width) if known else []
    return "\n".join(meant) if 0 < len(meant) <= lines else wrapped_input(name)


def place_of(found: Finding, i: int) -> int:
    """Return the rank of an input, from 0."""
    return in_order(found).index(i)


def in_order(found: Finding) -> list[int]:
    """Return all inputs, those that matter most first."""
    main = index_of(found, found.design.kind.main)
    return [int(i) for i in (*ranking(main), *np.flatnonzero(np.isnan(main)))]


def unit_of(found: Finding) -> tuple[float, str]:
    """Return the factor that scales an outcome to its axis, and the axis's name."""
    known = REPORTED.get(found.outcome) or WEEKLY.get(found.outcome)
    if known is None:
        return 1.0, found.outcome
    difference = " minus " in found.target
    if known.unit == "share":
        return 100.0, "percentage points" if difference else "per cent"
    return 1.0, {"hours": "hours", "weeks": "weeks", "people": "people"}.get(known.unit, known.unit)


def index_of(found: Finding, index: str) -> Array:
    """Return the estimates of an index, one for each input."""
    assert found.estimate is not None
    return found.estimate.indices[index]


def estimate_of(found: Finding) -> Any:
    """Return the indices of a finding that has some."""
    return found.estimate
