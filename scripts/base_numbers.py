"""The numbers of the tuning patterns under a set of strengths, the space of these, and implausibility.

What `choose_base.py`, which searches the space, and `theory_base.py`, which matches a rival theory, share.
"""

from __future__ import annotations

import multiprocessing
import time
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import second_edition_tuning
from scipy.stats import qmc

from qisim.comparison.study import Options
from qisim.model.parameters import Parameter, parameter
from qisim.validation.patterns import TUNED, Quantity
from qisim.validation.study import ValidationRun

Array = npt.NDArray[np.float64]

FREE = tuple(
    parameter(name)
    for name in (
        "base_odds", "half_competence", "half_slack_load", "attention_from_part",
        "attention_half_life", "attention_from_support", "attention_from_example",
        "habit_half_life", "support_weight", "leader_hours_after", "session_teaches",
        "norm_weight", "teaching_rate", "never_come", "rota_fixed", "embed_weeks", "crisis_drop",
        "new_aims", "follow_up_need",
    )
)  # fmt: skip
"""The strengths that no source fixes and that the tuning patterns are about."""

SEED = 20240524
WORKERS = 2
RUNS, RUNS_AT_LAST = 32, 96
"""Runs of each arm while searching, and at last."""
MOST = 300
"""Acceptable sets that are kept."""
QUANTITIES: tuple[tuple[str, Any], ...] = (
    *((pattern.id, q) for pattern in TUNED for q in pattern.quantities),
    *second_edition_tuning.QUANTITIES,
)
"""Numbers of the tuning patterns: those of validation, then those of the second edition."""
NAMES = tuple(f"{pattern}.{q.name}" for pattern, q in QUANTITIES)
SIZED = tuple(
    i for i, (_, q) in enumerate(QUANTITIES) if q.source is not None and np.isfinite(q.low + q.high)
)
"""Places of the numbers with a source's value and a tolerance on both sides."""
EVERY = tuple(range(len(QUANTITIES)))
LOW, HIGH = (np.array([getattr(q, end) for _, q in QUANTITIES]) for end in ("low", "high"))
GRAIN = 0.05
"""Standard deviation of the discrepancy of a number that has a direction only, as a share of how much it
varies over the space searched."""


# --- the model -------------------------------------------------------------------------------------


def measured(values: dict[str, float], runs: int, seed: int = 1) -> Array:
    """Return the numbers of the tuning patterns under one set, in the order of `NAMES`."""
    course = ValidationRun(list(TUNED), Options(runs, seed, keep=False), values)
    held = {pattern.id: course.runs_of(pattern) for pattern in TUNED}
    from_validation = [q.of(held[pattern]) for pattern, q in QUANTITIES if pattern in held]
    return np.array([*from_validation, *second_edition_tuning.tuning_numbers(values)])


def _measured(task: tuple[Array, int]) -> Array:
    return measured(as_values(task[0]), task[1])


def simulated(sets: Array, runs: int, what: str) -> Array:
    """Return the numbers of many sets; shape (sets, numbers)."""
    begun, rows = time.monotonic(), []
    measured({}, 4)  # so that the workers find compiled code
    with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        for number, row in enumerate(pool.imap(_measured, [(row, runs) for row in sets], 4), 1):
            rows.append(row)
            if number % 50 and number != len(sets):
                continue
            print(
                f"{what}: {number} of {len(sets)} sets, {time.monotonic() - begun:.0f} s",
                flush=True,
            )
    return np.array(rows)


def as_values(row: Array) -> dict[str, float]:
    """Return a set by dotted key."""
    return {p.key: float(value) for p, value in zip(FREE, row, strict=True)}


# --- the space -------------------------------------------------------------------------------------


def in_ranges(unit: Array) -> Array:
    """Return points of the unit cube as sets: even over the plausible range, or over its logarithm."""
    columns = [_stretched(p, unit[:, i]) for i, p in enumerate(FREE)]
    return np.stack(columns, axis=1)


def _stretched(p: Parameter, unit: Array) -> Array:
    if p.distribution == "loguniform":
        stretched: Array = p.low * (p.high / p.low) ** unit
        return stretched
    return p.low + (p.high - p.low) * unit


def in_cube(sets: Array) -> Array:
    """Return sets as points of the unit cube."""
    columns = [
        np.log(sets[:, i] / p.low) / np.log(p.high / p.low)
        if p.distribution == "loguniform"
        else (sets[:, i] - p.low) / (p.high - p.low)
        for i, p in enumerate(FREE)
    ]
    return np.stack(columns, axis=1)


def sobol(number: int, seed: int) -> Array:
    """Return points of the unit cube, scrambled Sobol."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a number that is no power of two is meant
        found: Array = qmc.Sobol(len(FREE), seed=seed).random(number)
    return found


# --- implausibility --------------------------------------------------------------------------------


def discrepancy(quantity: Quantity, found: Array) -> Array:
    """Return one standard deviation of the discrepancy, on the side on which the number lies."""
    source = quantity.source or 0.0
    below, above = (source - quantity.low) / 2.0, (quantity.high - source) / 2.0
    # where the source's value lies at an end, that side is as wide as the other one
    below, above = below or above, above or below
    return np.where(found < source, below, above)


def implausibility(found: Array, spread: Array | float = 0.0) -> Array:
    """Return the largest distance to what is asked, over all numbers of the tuning patterns.

    A number with a source's value is as far away as it lies from that value; one with a direction only,
    as far as it lies outside its tolerance.

    Parameters
    ----------
    found : ndarray, shape (sets, numbers)
    spread : ndarray of the same shape, or 0
        Standard deviation of `found`, such as an emulator's.
    """
    spread = np.broadcast_to(spread, found.shape)
    away = []
    for i, (_, q) in enumerate(QUANTITIES):
        if i in SIZED:
            apart, one = np.abs(found[:, i] - (q.source or 0.0)), discrepancy(q, found[:, i])
        else:
            apart = np.maximum(np.maximum(q.low - found[:, i], found[:, i] - q.high), 0.0)
            one = SCALE[i] * GRAIN
        away.append(np.nan_to_num(apart / np.sqrt(one**2 + spread[:, i] ** 2), nan=np.inf))
    highest: Array = np.max(away, axis=0)
    return highest


SCALE = np.ones(len(QUANTITIES))
"""How much each number varies over the space searched; set by the first wave."""


def within(found: Array) -> Any:
    """Say for each set whether all numbers of all tuning patterns lie within their tolerances."""
    return np.all((found >= LOW) & (found <= HIGH), axis=1)


def misses(found: Array) -> Array:
    """Return by how much sets miss the tolerances, all numbers together; 0 for an acceptable set."""
    width = np.where(np.isfinite(HIGH - LOW), HIGH - LOW, SCALE)
    outside = np.maximum(np.maximum(LOW - found, found - HIGH), 0.0)
    missed: Array = (outside / (0.25 * width)).sum(axis=1) + 0.1 * (outside > 0).sum(axis=1)
    return np.nan_to_num(missed, nan=np.inf)
