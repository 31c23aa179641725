"""Sensitivity indices of designs in blocks: Sobol', Morris, Shapley, DGSM.

Each is a function of means over blocks of a few products. With one replicate, or without noise, the
numbers are those of SALib's analysers, to rounding; a test holds them to it. What is added: noise is
taken out of every product before means are taken (`qisim.sensitivity.replicate_noise`), and because
only means are needed,
a thousand bootstrap resamples of a hundred inputs are one multiplication of matrices.

* Sobol': Saltelli A et al. Comput Phys Commun 2010;181:259-270 (first and total order);
  Saltelli A. Comput Phys Commun 2002;145:280-297 (second order).
* Morris: Morris MD. Technometrics 1991;33:161-174; Campolongo F et al. Environ Model Softw
  2007;22:1509-1518.
* Shapley: Goda T. Reliab Eng Syst Saf 2021;213:107702; of inputs that hang together the same products are those
  of Song E, Nelson BL, Staum J. SIAM/ASA J Uncertain Quantif 2016;4:1060-1083, for points as in
  `qisim.sensitivity.correlated.conditioned`.
* DGSM: Sobol' IM, Kucherenko S. Math Comput Simul 2009;79:3009-3017; per unit of probability, so
  that it bounds the total-order index from above for any distribution with a range.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from qisim.errors import DataError
from qisim.model.outcomes import Array
from qisim.numerics import log, product
from qisim.sensitivity.replicate_noise import (
    Means,
    expected_variance,
    unbiased_product,
    variance_terms,
    within_points,
)
from qisim.sensitivity.sample import Sample


@dataclass(frozen=True)
class Terms:
    """What the indices of one outcome are made of, block by block.

    Attributes
    ----------
    columns : dict of str to ndarray, shape (blocks, ...)
        Products without noise, and what the variances need.
    indices : callable
        Turns weighted means of the columns, resamples along the first axis, into indices by name:
        arrays of shape (resamples, inputs), for ``S2`` (resamples, pairs).
    """

    columns: dict[str, Array]
    indices: Callable[[Means], dict[str, Array]]

    def means(self, weights: Array | None = None) -> dict[str, Array]:
        """Return the weighted means of all columns.

        Parameters
        ----------
        weights : ndarray, shape (resamples, blocks), optional
            Each row adds up to 1; without, all blocks weigh the same.
        """
        blocks = len(self.columns["square"])
        if weights is None:
            weights = np.full((1, blocks), 1.0 / blocks)
        return {
            name: product(weights, column.reshape(blocks, -1)).reshape(
                len(weights), *column.shape[1:]
            )
            for name, column in self.columns.items()
        }

    def estimate(self) -> dict[str, Array]:
        """Return the indices from all blocks, without the axis of resamples."""
        return {name: found[0] for name, found in self.indices(self.means()).items()}


def terms_of(design: Sample, values: Array) -> Terms:
    """Return the terms of the indices of one outcome.

    Parameters
    ----------
    design : Sample
        Of the methods ``sobol``, ``morris``, ``shapley`` or ``dgsm``.
    values : ndarray, shape (points, replicates)
        Finite throughout.
    """
    return TERMS[design.method](design, values)


def over(numerator: Array, variance: Array) -> Array:
    """Return a quotient for every input; missing where there is no variance to divide by."""
    below = np.broadcast_to(variance[..., None], numerator.shape)
    found = np.full(numerator.shape, np.nan)
    np.divide(numerator, below, out=found, where=below > 0)
    return found


# --- Sobol' ----------------------------------------------------------------------------------------


def _sobol(design: Sample, values: Array) -> Terms:
    """Return the terms of Sobol's indices; blocks hold A, AB_1..., (BA_1...,) B."""
    inputs = len(design.inputs)
    levelled = design.in_blocks(values - values.mean(axis=0))  # as SALib does
    a, b, ab = levelled[:, 0], levelled[:, -1], levelled[:, 1 : inputs + 1]
    step = ab - a[:, None]
    columns = variance_terms(levelled[:, [0, -1]])
    columns["noise"] = within_points(design.in_blocks(values)).mean(axis=1)
    columns["first"] = unbiased_product(np.broadcast_to(b[:, None], step.shape), step)
    columns["total"] = 0.5 * unbiased_product(step, step)
    if design.second_order:
        ba, base = levelled[:, inputs + 1 : -1], unbiased_product(a, b)
        columns["second"] = np.stack(
            [unbiased_product(ba[:, j], ab[:, k]) - base for j, k in pairs(inputs)], axis=1
        )
    return Terms(columns, _sobol_indices)


def pairs(inputs: int) -> list[tuple[int, int]]:
    """Return all pairs of inputs, in the order of the second-order indices."""
    return list(combinations(range(inputs), 2))


def _sobol_indices(means: Means) -> dict[str, Array]:
    variance = expected_variance(means)
    found = {"S1": over(means["first"], variance), "ST": over(means["total"], variance)}
    if "second" in means:
        first, both = found["S1"], np.array(pairs(found["S1"].shape[1])).reshape(-1, 2).T
        found["S2"] = over(means["second"], variance) - first[:, both[0]] - first[:, both[1]]
    return found


# --- Morris ----------------------------------------------------------------------------------------


def _morris(design: Sample, values: Array) -> Terms:
    """Return the terms of Morris's screening: an elementary effect per trajectory and input."""
    shaped = design.in_blocks(values)
    changes, sign = elementary_effects(design, shaped)
    effects = changes * sign[..., None]
    columns = variance_terms(shaped) | {
        "effect": effects,
        "size": effect_sizes(changes),
        "squared": unbiased_product(effects, effects),
    }
    several = membership(design).sum(axis=0) > 1
    return Terms(columns, lambda means: _morris_indices(means, len(shaped), several))


def elementary_effects(design: Sample, shaped: Array) -> tuple[Array, Array]:
    """Return the changes of the outcome with a step of each input, and the signs of the steps.

    Parameters
    ----------
    design : Sample
    shaped : ndarray, shape (trajectories, inputs + 1, replicates)

    Returns
    -------
    changes : ndarray, shape (trajectories, inputs, replicates)
        Per unit of the grid, in which an input's whole range is 1.
    sign : ndarray, shape (trajectories, inputs)
        1 up, -1 down; of a factor the mean over its parameters, which may go different ways.
    """
    belongs, moved = membership(design), np.diff(design.in_blocks(design.points), axis=1)
    which = np.argmax((moved != 0) @ belongs, axis=2)
    _check_steps(which, belongs.shape[1], "trajectory")
    signs = np.sign(moved) @ belongs / belongs.sum(axis=0)
    step = np.diff(shaped, axis=1) / (design.levels / (2.0 * (design.levels - 1)))
    changes, sign = np.empty_like(step), np.empty(which.shape)
    np.put_along_axis(changes, np.broadcast_to(which[..., None], step.shape), step, axis=1)
    np.put_along_axis(sign, which, np.take_along_axis(signs, which[..., None], 2)[..., 0], axis=1)
    return changes, sign


def _check_steps(which: Array, inputs: int, block: str) -> None:
    wrong = np.flatnonzero((np.sort(which, axis=1) != np.arange(inputs)).any(axis=1))
    if len(wrong):
        raise DataError(f"{block} {wrong[0]} of the design does not change every input once")


def effect_sizes(effects: Array) -> Array:
    """Return the sizes of effects; the sign is taken from the other replicates.

    The size of a noisy mean is above 0 even where there is no effect. Here noise in the sign and
    noise in the value are independent: an input without effect has 0 on average, one with an effect
    well above the noise its full size.
    """
    replicates = effects.shape[-1]
    if replicates == 1:
        return np.abs(effects[..., 0])
    others = effects.sum(axis=-1, keepdims=True) - effects
    return np.asarray((np.sign(others) * effects).mean(axis=-1))


def _morris_indices(means: Means, blocks: int, several: Array) -> dict[str, Array]:
    effect = means["effect"]
    spread = (means["squared"] - unbiased_product(effect, effect)) * blocks / (blocks - 1)
    # the steps of a factor's parameters go different ways, so their spread says nothing
    sigma = np.where(several, np.nan, np.sqrt(np.maximum(spread, 0.0)))
    return {"mu": effect.mean(axis=-1), "mu_star": means["size"], "sigma": sigma}


# --- Shapley ---------------------------------------------------------------------------------------


def _shapley(design: Sample, values: Array) -> Terms:
    """Return the terms of Shapley effects after Goda; a factor's is the sum of its parameters'.

    Each step takes one input more away from the first point; where inputs hang together, those that have left
    it move on.
    """
    shaped = design.in_blocks(values)
    points = design.in_blocks(design.points)
    away = points != points[:, :1]
    left = away[:, 1:] & ~away[:, :-1]
    which = left.argmax(axis=2)
    _check_steps(np.where(left.sum(axis=2) == 1, which, -1), points.shape[2], "trajectory")
    before, after = shaped[:, :-1], shaped[:, 1:]
    step = unbiased_product(shaped[:, :1] - (before + after) / 2.0, before - after)
    effects = np.empty_like(step)
    np.put_along_axis(effects, which, step, axis=1)
    columns = variance_terms(shaped[:, [0, -1]])
    return Terms(columns | {"effect": product(effects, membership(design))}, _shapley_indices)


def membership(design: Sample) -> Array:
    """Return 1 where a parameter (row) belongs to what is analysed (column)."""
    groups = list(design.problem.get("groups") or design.problem["names"])
    return np.array([[group == name for name in design.inputs] for group in groups], dtype=float)


def _shapley_indices(means: Means) -> dict[str, Array]:
    effect = means["effect"]
    return {"shapley": over(effect, effect.sum(axis=-1))}


# --- DGSM ------------------------------------------------------------------------------------------


def _dgsm(design: Sample, values: Array) -> Terms:
    """Return the terms of derivative-based measures, per unit of each input's probability."""
    shaped, points = design.in_blocks(values), design.in_blocks(design.points)
    below = probabilities(design.problem, design.points).reshape(points.shape)
    along = np.arange(points.shape[2])
    step = below[:, 1 + along, along] - below[:, 0]
    if (step == 0).any():
        row, column = np.argwhere(step == 0)[0]
        raise DataError(
            f"base point {row} of the design has no step in {design.inputs[column]}, so no "
            f"derivative: its value is 0 or at the end of its range"
        )
    rise = (shaped[:, 1:] - shaped[:, :1]) / step[..., None]
    columns = variance_terms(shaped[:, :1]) | {"squared": unbiased_product(rise, rise)}
    return Terms(columns, _dgsm_indices)


def _dgsm_indices(means: Means) -> dict[str, Array]:
    squared = means["squared"]
    return {"vi": squared, "dgsm": over(squared, expected_variance(means)) / np.pi**2}


def probabilities(problem: Mapping[str, Any], points: Array) -> Array:
    """Return the probability below each value, under the distribution of its input.

    Parameters
    ----------
    problem : mapping
        SALib's; distributions ``unif``, ``logunif`` and ``triang``.
    points : ndarray, shape (points, inputs)

    Raises
    ------
    DataError
        For another distribution.
    """
    below = [
        _below(points[:, i], bounds, dist)
        for i, (bounds, dist) in enumerate(
            zip(problem["bounds"], distributions(problem), strict=True)
        )
    ]
    return np.stack(below, axis=1)


def distributions(problem: Mapping[str, Any]) -> Iterator[str]:
    """Yield the distribution of every input; uniform where none is said."""
    yield from problem.get("dists") or ["unif"] * len(problem["names"])


def _below(values: Array, bounds: Any, dist: str) -> Array:
    low, high = float(bounds[0]), float(bounds[1])
    if dist == "unif":
        return np.asarray((values - low) / (high - low))
    if dist == "logunif":
        return (log(values) - log(low)) / (log(high) - log(low))
    if dist == "triang" and len(bounds) == 3:  # start, end, where the peak is between them
        return _below_triangle((values - low) / (high - low), float(bounds[2]))
    raise DataError(f"derivative-based measures do not know the distribution {dist!r}")


def _below_triangle(share: Array, peak: float) -> Array:
    """Return the probability below shares of a triangle's range; its peak is one, too."""
    rising = share * share / max(peak, 1e-300)
    falling = 1.0 - (1.0 - share) * (1.0 - share) / max(1.0 - peak, 1e-300)
    return np.where(share < peak, rising, falling)


TERMS: dict[str, Callable[[Sample, Array], Terms]] = {
    "sobol": _sobol,
    "morris": _morris,
    "shapley": _shapley,
    "dgsm": _dgsm,
}
"""What makes the terms of each method."""
