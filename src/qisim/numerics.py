"""Numerical functions that give the same result to the last bit on every machine.

Libraries compute a sum, a matrix product or an exponential differently depending on the processor's
instruction set, and the last digit differs with it. The functions here use only single additions,
multiplications, divisions and square roots, each of which IEEE 754 rounds in exactly one way, in an
order that does not depend on the machine; sorting is stable, so ties keep their order. The test is
`tests/test_every_machine.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

MANTISSA = 53
"""Bits in the significand of a double."""
LOG_2 = (0.6931471803691238, 1.9082149292705877e-10)
"""Natural logarithm of 2 in two parts; a whole number below 2**20 times the first is exact."""
TABLE = 64
"""Entries of the table behind `exp`."""
BLOCK = 8192
"""Numbers that `exp` processes at a time."""
SWEEPS = 30
"""Maximum number of sweeps of Jacobi's method; about ten are needed."""
EXP_TERMS = (1 / 120, 1 / 24, 1 / 6, 0.5, 1.0)
DIGITS = 12
"""Significant digits to which library functions agree."""


# --- products and equations ------------------------------------------------------------------------


def product(a: npt.ArrayLike, b: npt.ArrayLike) -> Array:
    """Return the product of two matrices, as accurate as the usual one.

    Both are cut into slices of so few bits that every sum of products is exact, whatever its order
    and whatever library forms it (Ozaki K et al. Numer Algorithms 2012;59:95-118).

    Parameters
    ----------
    a : array_like, shape (m, k)
    b : array_like, shape (k, n)
    """
    left, right = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    inner = left.shape[1]
    if not inner or not left.size or not right.size:
        return np.zeros((left.shape[0], right.shape[1]))
    bits = (MANTISSA - int(inner - 1).bit_length()) // 2
    number = -(-(MANTISSA + 5) // bits)
    of_left, of_right = _slices(left, bits, number, 1), _slices(right, bits, number, 0)
    most_left, most_right = len(of_left) - 1, len(of_right) - 1
    found = np.zeros((left.shape[0], right.shape[1]))
    with np.errstate(invalid="ignore"):
        for both in range(number - 1, -1, -1):  # the smallest first
            for i in range(max(0, both - most_right), min(both, most_left) + 1):
                found += of_left[i] @ of_right[both - i]
    return found


def _slices(matrix: Array, bits: int, number: int, axis: int) -> list[Array]:
    """Cut a matrix into slices that add up to it, each with a grid by row or column."""
    _, exponent = np.frexp(np.abs(matrix).max(axis=axis, keepdims=True))
    found, rest = [], matrix
    with np.errstate(invalid="ignore"):
        for place in range(1, number + 1):
            grid = np.ldexp(1.0, np.maximum(exponent - place * bits, -1000))
            found.append(np.rint(rest / grid) * grid)
            rest = rest - found[-1]
            if not rest.any():
                break
    return found


def weighted_sum(weights: Array, values: npt.NDArray[Any]) -> Array:
    """Return the sum of rows, each times its weight, added row by row."""
    shape = (-1, *(1,) * (values.ndim - 1))
    return np.asarray(np.add.reduce(weights.reshape(shape) * values, axis=0))


def correlation(one: Array, other: Array) -> Array:
    """Return the correlation along the first axis; NaN where either is constant."""
    one, other = one - one.mean(axis=0), other - other.mean(axis=0)
    size = np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0))
    return np.asarray((one * other).sum(axis=0) / np.where(size > 0, size, np.nan))


def solved(matrix: Array, right: Array) -> Array:
    """Return the solution of symmetric, positive definite systems, by elimination.

    Parameters
    ----------
    matrix : ndarray, shape (..., n, n)
    right : ndarray, shape (..., n, m)
    """
    size = matrix.shape[-1]
    work = np.concatenate([matrix, right], axis=-1)
    for k in range(size):
        factor = work[..., k + 1 :, k] / work[..., k, k, None]
        work[..., k + 1 :, k:] -= factor[..., None] * work[..., k, None, k:]
    for k in range(size - 1, -1, -1):
        work[..., k, size:] /= work[..., k, k, None]
        work[..., :k, size:] -= work[..., :k, k, None] * work[..., k, None, size:]
    return work[..., size:]


def orthonormal(columns: Sequence[Array]) -> Array:
    """Return an orthonormal basis of the span of some columns, one vector per row (Gram-Schmidt, twice).

    A column already in the span of those before it is left out.

    Parameters
    ----------
    columns : sequence of ndarray, shape (n,)
    """
    found: list[Array] = []
    sizes: list[float] = []
    for column in columns:
        rest = np.array(column, dtype=np.float64)
        for one in found * 2:  # once more, for what rounding left of the others
            rest = rest - (rest * one).sum() * one
        size = float(np.sqrt((rest * rest).sum()))
        if size > 1e-9 * max(sizes, default=0.0) and size > 0.0:
            sizes.append(size)
            found.append(rest / size)
    return np.array(found)


def interpolated(at: npt.ArrayLike, x: Array, y: Array) -> Array:
    """Interpolate linearly between points, as `numpy.interp` does, in single operations.

    Parameters
    ----------
    at : array_like
    x, y : ndarray, shape (n,)
        The points, with `x` ascending; beyond them the function is constant.
    """
    asked = np.asarray(at, dtype=np.float64)
    places = np.clip(asked, x[0], x[-1])
    after = np.clip(np.searchsorted(x, places, side="right"), 1, max(len(x) - 1, 1))
    if len(x) == 1:
        return np.full_like(places, y[0])
    wide = x[after] - x[after - 1]
    share = np.divide(places - x[after - 1], wide, out=np.ones_like(places), where=wide > 0)
    found = y[after - 1] + share * (y[after] - y[after - 1])
    return np.where(asked < x[0], y[0], found)


def single(values: Any) -> Array:
    """Return random numbers rounded to single precision.

    Draws from a normal or beta distribution depend on a library's logarithm, whose last digit
    differs between libraries.
    """
    return np.asarray(values).astype(np.float32).astype(np.float64)


def eigen(matrix: Array) -> tuple[Array, Array]:
    """Return the eigenvalues of a symmetric matrix, largest first, and its eigenvectors in columns.

    Jacobi's method, cyclic by rows. The largest entry of each vector is positive.
    """
    size = len(matrix)
    rows = np.hstack([np.array(matrix, dtype=np.float64).T, np.eye(size)])
    work, vectors = rows[:, :size].T, rows[:, size:].T  # views: columns of both are turned as rows
    scale = np.abs(work).max(initial=0.0)
    for _ in range(SWEEPS):
        if np.abs(np.triu(work, 1)).max(initial=0.0) <= 1e-17 * scale:
            break
        for i in range(size - 1):
            for j in range(i + 1, size):
                _rotate(work, rows, i, j, 1e-18 * scale)
    order = np.argsort(-np.diag(work), kind="stable")
    vectors = vectors[:, order]
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=0)[None], 0)
    return np.diag(work)[order], vectors * np.where(largest < 0, -1.0, 1.0)


def _rotate(work: Array, rows: Array, i: int, j: int, tiny: float) -> None:
    """Rotate two axes so that their off-diagonal entry becomes 0."""
    entry = work.item(i, j)
    if abs(entry) <= tiny:
        return
    half = (work.item(j, j) - work.item(i, i)) / (2.0 * entry)
    tangent = (1.0 if half >= 0 else -1.0) / (abs(half) + math.sqrt(half * half + 1.0))
    cosine = 1.0 / math.sqrt(tangent * tangent + 1.0)
    sine = tangent * cosine
    sines = np.array([[-sine], [sine]])
    for array in (rows, work):
        both = array[i : j + 1 : j - i]  # the two rows, as a view
        both[:] = cosine * both + sines * both[::-1]


def pseudo_inverse(matrix: Array) -> Array:
    """Return the pseudo-inverse of a symmetric matrix."""
    values, vectors = eigen(matrix)
    least = 1e-14 * np.abs(values).max(initial=0.0)
    inverse = np.zeros_like(values)
    np.divide(1.0, values, out=inverse, where=np.abs(values) > least)
    found = np.zeros_like(np.asarray(matrix, dtype=np.float64))
    for value, vector in zip(inverse, vectors.T, strict=True):
        found += value * vector[:, None] * vector[None, :]
    return found


# --- functions -------------------------------------------------------------------------------------


@cache
def _powers() -> Array:
    """Return 2**(j / 64), rounded correctly."""
    with localcontext() as context:
        context.prec = 40
        return np.array([float(Decimal(2) ** (Decimal(j) / TABLE)) for j in range(TABLE)])


def exp(values: npt.ArrayLike) -> Array:
    """Return the exponential, to within two ulps; below -708 it is 0."""
    if isinstance(values, float):  # numpy takes many times as long for a single number
        return np.asarray(_exp_of_one(values))
    x = np.ascontiguousarray(values, dtype=np.float64)
    found, flat = np.empty_like(x), x.reshape(-1)
    for begin in range(0, flat.size, BLOCK):  # keep intermediate results in the cache
        found.reshape(-1)[begin : begin + BLOCK] = _exp(flat[begin : begin + BLOCK])
    return found.reshape(np.shape(values))


def _exp(x: Array) -> Array:
    plain = x.min(initial=0.0) >= -708.0 and x.max(initial=0.0) <= 709.0
    held = x if plain else np.minimum(np.maximum(np.where(np.isnan(x), 0.0, x), -708.0), 709.0)
    steps = np.rint(held * (TABLE / LOG_2[0]))
    r = (held - steps * (LOG_2[0] / TABLE)) - steps * (LOG_2[1] / TABLE)
    found = r * (1 / 720)
    for term in EXP_TERMS:
        found += term
        found *= r
    whole = steps.astype(np.int64)
    base = _powers().take(whole & (TABLE - 1))
    found *= base
    found += base
    # a power of 2 by its bits: no result is so small that this would round
    found *= (((whole >> 6) + 1023) << 52).view(np.float64)
    if not plain:
        found[x < -708.0] = 0.0
        found[x > 709.0] = np.inf
        np.copyto(found, x, where=np.isnan(x))
    return found


def _exp_of_one(x: float) -> float:
    """Return the same for a single number, by the same operations."""
    if not -708.0 <= x <= 709.0:
        return 0.0 if x < -708.0 else math.inf if x > 709.0 else x
    steps = round(x * (TABLE / LOG_2[0]))
    r = (x - steps * (LOG_2[0] / TABLE)) - steps * (LOG_2[1] / TABLE)
    series = r * (1 / 720)
    for term in EXP_TERMS:
        series = (series + term) * r
    base = float(_powers()[steps & (TABLE - 1)])
    return math.ldexp(base + base * series, steps >> 6)


def log(values: npt.ArrayLike) -> Array:
    """Return the natural logarithm, to within two ulps; NaN below 0."""
    if isinstance(values, float):
        return np.asarray(_log_of_one(values))
    x = np.asarray(values, dtype=np.float64)
    fine = (x > 0) & (x < np.inf)
    mantissa, exponent = np.frexp(np.where(fine, x, 1.0))
    low = mantissa < 0.7071067811865476
    mantissa, exponent = np.where(low, 2.0 * mantissa, mantissa), exponent - low
    s = (mantissa - 1.0) / (mantissa + 1.0)
    z = s * s
    series = np.zeros_like(z)
    for term in range(23, 1, -2):
        series = z * (1.0 / term + series)
    found = exponent * LOG_2[0] + (2.0 * s + (2.0 * s * series + exponent * LOG_2[1]))
    return np.where(fine, found, np.where(x == 0, -np.inf, np.where(x == np.inf, x, np.nan)))


def _log_of_one(x: float) -> float:
    """Return the same for a single number, by the same operations."""
    if not 0.0 < x < math.inf:
        return -math.inf if x == 0 else x if x == math.inf else math.nan
    mantissa, exponent = math.frexp(x)
    if mantissa < 0.7071067811865476:
        mantissa, exponent = 2.0 * mantissa, exponent - 1
    s = (mantissa - 1.0) / (mantissa + 1.0)
    z = s * s
    series = 0.0
    for term in range(23, 1, -2):
        series = z * (1.0 / term + series)
    return exponent * LOG_2[0] + (2.0 * s + (2.0 * s * series + exponent * LOG_2[1]))


def _polynomial(x: Array, *coefficients: float) -> Array:
    """Evaluate a polynomial, its highest coefficient first."""
    found = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        found = found * x + coefficient
    return found


def cube_root(value: float) -> float:
    """Return the cube root of a number of either sign."""
    size = float(exp(log(abs(value)) / 3.0)) if value else 0.0
    return -size if value < 0 else size


def normal_quantile(shares: npt.ArrayLike) -> Array:
    """Return quantiles of the normal distribution (Wichura MJ. Algorithm AS 241. Appl Stat 1988).

    Parameters
    ----------
    shares : array_like
        Above 0 and below 1.
    """
    p = np.asarray(shares, dtype=np.float64)
    q = p - 0.5
    r = 0.180625 - np.minimum(q * q, 0.180625)
    middle = q * _polynomial(
        r, 2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
        4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
        1.3314166789178437745e2, 3.3871328727963666080e0,
    ) / _polynomial(
        r, 5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
        2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
        4.2313330701600911252e1, 1.0,
    )  # fmt: skip
    outside = np.abs(q) > 0.425
    if not outside.any():
        return np.asarray(middle)
    tail = np.where(outside, np.minimum(p, 1.0 - p), 0.25)
    root = np.sqrt(-log(tail))
    near = root - 1.6
    near = _polynomial(
        near, 7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
        1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
        4.63033784615654529590e0, 1.42343711074968357734e0,
    ) / _polynomial(
        near, 1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
        1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
        2.05319162663775882187e0, 1.0,
    )  # fmt: skip
    far = root - 5.0
    far = _polynomial(
        far, 2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
        2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
        5.46378491116411436990e0, 6.65790464350110377720e0,
    ) / _polynomial(
        far, 2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
        7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
        5.99832206555887937690e-1, 1.0,
    )  # fmt: skip
    away = np.where(root <= 5.0, near, far)
    return np.where(outside, np.where(q < 0, -away, away), middle)


def normal_share(values: npt.ArrayLike) -> Array:
    """Return the standard normal distribution function, to within 2e-16.

    Marsaglia G. Evaluating the normal distribution. J Stat Softw 2004;11(4).
    """
    x = np.clip(np.asarray(values, dtype=np.float64), -8.4, 8.4)
    square, term, total = x * x, x, x
    for odd in range(3, 301, 2):
        term = term * square / odd
        total = total + term
        if not (np.abs(term) > 1e-18 * np.abs(total)).any():
            break
    return np.clip(0.5 + total * exp(-0.5 * square) * 0.3989422804014327, 0.0, 1.0)


def agreed(value: float) -> float:
    """Round the result of a library function to the digits to which libraries agree."""
    return float(f"{value:.{DIGITS - 1}e}")


def agreed_array(values: Any) -> Array:
    """Round results of a library function to the digits to which libraries agree."""
    held = np.asarray(values, dtype=np.float64)
    return np.array([agreed(one) for one in held.ravel().tolist()]).reshape(held.shape)
