"""Separating replicate noise from the effects of parameters: the share of noise in a variance, and its removal.

A run at a point of a design gives f(x) + e: the outcome that is expected with these parameters, and
the luck of that run. Sensitivity asks about f. The mean of R replicates still holds a share 1/R of
the luck, and every index that is made of squares and products takes it for an effect. All variances,
spectra and products used here are quadratic forms Q of the outcomes, so the luck can be taken out
exactly in expectation: combine different replicates only,

    mean of Q(y_r, y_s) over r != s  =  (R Q(mean of y) - mean of Q(y_r)) / (R - 1),

a U-statistic (Hoeffding 1948). Luck of different replicates is independent whether every point has
replicates of its own or all points share theirs (common random numbers), so it holds for both. With
one replicate nothing can be told apart.

Hoeffding W. A class of statistics with asymptotically normal distribution. Ann Math Stat
1948;19:293-325.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from qisim.model.outcomes import Array

Means = Mapping[str, Array]
"""Weighted means over the blocks of a design, by name; resamples along the first axis."""

NO_VARIANCE = 1e-12
"""Variance over squared size below which an outcome counts as constant (rounding)."""


def unbiased(form: Callable[[Array], Array], values: Array) -> Array:
    """Return a quadratic form of the expected outcome, without what noise adds to it.

    Parameters
    ----------
    form : callable
        Takes one value per point, shape (points,); quadratic and homogeneous in them.
    values : ndarray, shape (points, replicates)
        With one replicate the form is returned as it is, noise included.
    """
    replicates = values.shape[1]
    of_mean = form(values.mean(axis=1))
    if replicates == 1:
        return of_mean
    single = form(values[:, 0])
    for r in range(1, replicates):
        single = single + form(values[:, r])
    found: Array = (replicates * of_mean - single / replicates) / (replicates - 1)
    return found


def unbiased_product(left: Array, right: Array) -> Array:
    """Return the product of two expectations, along a last axis of replicates.

    Parameters
    ----------
    left, right : ndarray, shape (..., replicates)
        Linear in the outcomes of each replicate.
    """
    replicates = left.shape[-1]
    of_mean = over_replicates(left) * over_replicates(right)
    if replicates == 1:
        return np.asarray(of_mean)
    single = _over_last(left * right) / replicates
    return np.asarray((replicates * of_mean - single) / (replicates - 1))


def over_replicates(values: Array) -> Array:
    """Return means over the last axis; for a few replicates of many points faster than ``mean``."""
    return _over_last(values) / values.shape[-1]


def _over_last(values: Array) -> Array:
    """Return sums over the last axis, from first to last."""
    total = np.array(values[..., 0])
    for r in range(1, values.shape[-1]):
        total += values[..., r]
    return total


def within_points(values: Array) -> Array:
    """Return the variance over the last axis, of a sample; missing with one replicate."""
    replicates = values.shape[-1]
    if replicates == 1:
        return np.full(values.shape[:-1], np.nan)
    apart = values - over_replicates(values)[..., None]
    return _over_last(apart * apart) / (replicates - 1)


def variance_terms(values: Array) -> dict[str, Array]:
    """Return the terms of the variances, block by block.

    Parameters
    ----------
    values : ndarray, shape (blocks, points, replicates)
        Points of a block that are drawn like any point of the inputs' distribution.

    Returns
    -------
    dict of str to ndarray
        ``square`` (blocks,) and ``level`` (blocks, replicates) for `expected_variance`; ``noise``
        (blocks,), the mean variance within a point, NaN with one replicate.
    """
    values = values - values.mean()  # so that rounding stays small
    return {
        "square": unbiased_product(values, values).mean(axis=1),
        "level": values.mean(axis=1),
        "noise": within_points(values).mean(axis=1),
    }


def expected_variance(means: Means) -> Array:
    """Return the variance of the expected outcome over the design.

    Unbiased but for the design's own finite size; so it can come out below 0 where there is none.
    """
    return np.asarray(means["square"] - unbiased_product(means["level"], means["level"]))


def noise_share(means: Means) -> Array:
    """Return the share of noise in the variance of single runs: 0 to 1, NaN where it is unknown."""
    noise = np.asarray(means["noise"])
    total = np.maximum(expected_variance(means), 0.0) + noise
    share = np.full(noise.shape, np.nan)
    np.divide(noise, total, out=share, where=total > 0)
    return share


def is_constant(values: Array) -> bool:
    """Return whether an outcome is the same in all runs but for rounding."""
    size = float(np.mean(values**2))
    return float(values.var()) <= NO_VARIANCE * size


def is_same_at_all_points(values: Array) -> bool:
    """Return whether each replicate gives the same at every point, but for rounding: nothing but luck."""
    size = float(np.mean(values**2))
    return float(values.var(axis=0).max()) <= NO_VARIANCE * size
