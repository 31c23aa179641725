"""How much common random numbers save: the variance of a difference, paired and unpaired.

`external` is compared with itself after one lever on the leaders' side was changed. Both sides of a pair
meet the same chance, so most of it cancels; with independent seeds nothing does. Printed is the ratio
of the two variances of the difference in mean routine use: how many times more runs independent seeds
would take for an interval of the same width.

Usage: uv run benchmarks/variance.py
"""

from __future__ import annotations

import numpy as np
from rich.console import Console
from rich.table import Table

from qisim import load
from qisim.comparison import study
from qisim.model.parameters import PARAMETERS

PAIRS, RESAMPLES = 200, 2000
OUTCOME = "adoption_mean"
CHANGES = {
    "leadership.leader_hours": 3.0,
    "programme.leader_tasks": 2.5,
    "programme.structure": 0.85,
    "tool.leader_documentation_hours": 0.4,
    "leadership.champion_hours": 1.0,
    "programme.facilitator_hours": 6.0,
}
"""Leader-side levers of `external`, each with a value that a planner might choose instead."""


def outcomes(scenario: object, seed: int) -> np.ndarray:
    """Return the outcome of every replicate, in their order."""
    return study.run(scenario, replicates=PAIRS, seed=seed).runs[OUTCOME].to_numpy()


def ratio_interval(paired: np.ndarray, independent: np.ndarray) -> tuple[float, float, float]:
    """Return the ratio of variances with a bootstrap 95 % interval."""
    random = np.random.default_rng(1)
    picks = random.integers(0, PAIRS, (RESAMPLES, PAIRS))
    ratios = independent[picks].var(axis=1, ddof=1) / paired[picks].var(axis=1, ddof=1)
    low, high = np.percentile(ratios, [2.5, 97.5])
    return independent.var(ddof=1) / paired.var(ddof=1), low, high


def main() -> None:
    """Print a row per lever."""
    base = load("external")
    here, elsewhere = outcomes(base, seed=1), outcomes(base, seed=2)
    table = Table(title=f"Variance of the difference in {OUTCOME}, independent seeds over paired")
    for column in ("lever", "from", "to", "mean difference", "ratio", "95 % interval"):
        table.add_column(column)
    ratios: list[float] = []
    for key, value in CHANGES.items():
        there = outcomes(base.replace({key: value}), seed=1)
        ratio, low, high = ratio_interval(there - here, there - elsewhere)
        ratios.append(ratio)
        table.add_row(
            key, f"{base[key]:g}", f"{value:g} {PARAMETERS[key].unit}",
            f"{(there - here).mean():+.4f}", f"{ratio:.1f}", f"{low:.1f} to {high:.1f}",
        )  # fmt: skip
    Console(width=120).print(table)
    print(f"ratio of variances: {min(ratios):.0f} to {max(ratios):.0f}")


if __name__ == "__main__":
    main()
