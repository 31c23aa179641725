"""The value of knowing an input before deciding: expected value of partial perfect information.

Each option's payoff is regressed on one input over simulated worlds (cubic regression spline, least
squares). What the curves say at an input's value is what one would expect of each option if one knew it;
the mean of the best of these, less the best of the means, is the value of knowing (Strong M, Oakley JE,
Brennan A. Med Decis Making 2014;34:311-326). A regression finds a little in pure chance, so the same is
done with payoffs dealt to other worlds: what that gives is the floor, below which there is nothing to learn.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from qisim.decide.worlds import Array
from qisim.numerics import agreed, orthonormal

KNOTS = (0.25, 0.5, 0.75)
"""Quantiles of the input at which pieces of the curve meet."""
SHUFFLES = 100
FLOOR = 0.95
"""Share of shuffles whose largest value over all inputs is below the floor."""


def basis(values: Array) -> Array:
    """Return an orthonormal basis of cubic splines in an input, shape (columns, worlds)."""
    low, high = values.min(), values.max()
    x = (values - low) / (high - low) if high > low else np.zeros_like(values)
    columns = [np.ones_like(x), x, x * x, x * x * x]
    if len(np.unique(values)) > 8:
        above = [np.maximum(x - knot, 0.0) for knot in np.unique(np.quantile(x, KNOTS))]
        columns += [one * one * one for one in above]
    return orthonormal(columns)


def value_of(base: Array, payoffs: Array) -> tuple[float, float]:
    """Return the value of knowing an input, and its standard error.

    Parameters
    ----------
    base : ndarray, shape (columns, worlds)
        As from `basis`.
    payoffs : ndarray, shape (options, worlds)
    """
    expected = np.zeros_like(payoffs)
    for column in base:  # no product of matrices: its last digit is the library's
        expected += (column * payoffs).sum(axis=1)[:, None] * column
    best = expected[int(np.argmax(payoffs.mean(axis=1)))]
    gained = expected.max(axis=0) - best
    return float(gained.mean()), float(gained.std(ddof=1) / np.sqrt(len(gained)))


def values_of_information(
    names: Sequence[str], inputs: Array, payoffs: Array, seed: int
) -> tuple[pd.DataFrame, float]:
    """Return the value of knowing each input, and the floor.

    Parameters
    ----------
    names : sequence of str
    inputs : ndarray, shape (worlds, inputs)
    payoffs : ndarray, shape (worlds, options)
        In the unit in which values are wanted.
    seed : int
        For the shuffles.

    Returns
    -------
    table : DataFrame
        ``input``, ``value``, ``low``, ``high`` (95 %), ``above`` (whether the floor is below), the most
        valuable first.
    floor : float
    """
    rng = np.random.default_rng([seed, 0xE1F])
    bases = [basis(column) for column in inputs.T]
    by_option = np.ascontiguousarray(payoffs.T)
    found = [tuple(map(agreed, value_of(base, by_option))) for base in bases]
    largest = np.zeros(SHUFFLES)
    for turn in range(SHUFFLES):
        dealt = by_option[:, rng.permutation(len(payoffs))]
        largest[turn] = max(value_of(base, dealt)[0] for base in bases)
    floor = agreed(float(np.quantile(largest, FLOOR)))
    rows = [
        (name, value, max(value - 1.96 * error, 0.0), value + 1.96 * error, value > floor)
        for name, (value, error) in zip(names, found, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["input", "value", "low", "high", "above"])
    return table.sort_values("value", ascending=False, kind="stable", ignore_index=True), floor
