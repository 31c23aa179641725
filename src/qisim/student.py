"""Student's distribution and the sign test in plain arithmetic, the same on every machine.

SciPy has both, and takes a quarter of a second to load: too long for a command that needs nothing else of it.
`tests/test_student.py` checks these functions against SciPy.
"""

from __future__ import annotations

import math
from functools import cache

from qisim.numerics import exp, log, normal_quantile


def student_tails(t: float, df: float) -> float:
    """Return the two-sided tail probability of Student's t distribution beyond `t`.

    The incomplete beta function by its continued fraction (Abramowitz M, Stegun IA. Handbook of
    Mathematical Functions 1964: 26.5.8, 26.7.1), to a relative error of about 1e-13.

    Parameters
    ----------
    t : float
    df : float
        Degrees of freedom, from 1.
    """
    if math.isnan(t) or math.isnan(df):
        return float("nan")
    s = t * t / df
    if math.isinf(s):
        return 0.0
    a, below = 0.5 * df, 1.0 / (1.0 + s)
    shared = float(exp(-a * _log_of_one_and(s))) * math.sqrt(s * below) / _beta_of_half(a)
    if below < (a + 1.0) / (a + 2.5):
        return shared * _beta_fraction(a, 0.5, below) / a
    return 1.0 - 2.0 * shared * _beta_fraction(0.5, a, s * below)


def _log_of_one_and(s: float) -> float:
    """Return the logarithm of 1 + s, accurate for small `s` as well; `s` must not be negative."""
    if s > 0.4:
        return float(log(1.0 + s))
    y = s / (2.0 + s)
    series = 0.0
    for term in range(23, 0, -2):
        series = y * y * series + 1.0 / term
    return 2.0 * y * series


def _beta_of_half(a: float) -> float:
    """Return the beta function of `a` and a half (Stirling's series from 100 up)."""
    ratio = 1.0
    while a < 100.0:
        ratio *= (a + 0.5) / a
        a += 1.0
    series = (
        1.0 + (1 / 8 + (1 / 128 - (5 / 1024 + (21 / 32768 - 399 / 262144 / a) / a) / a) / a) / a
    )
    return ratio * series * math.sqrt(math.pi / a)


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of the incomplete beta function (Lentz's method)."""
    c, d = 1.0, 1.0 / (1.0 - (a + b) * x / (a + 1.0))
    found = d
    for m in range(1, 100_000):
        before = found
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0)),
        ):
            d, c = 1.0 / (1.0 + term * d), 1.0 + term / c
            found *= c * d
        if abs(found - before) <= 1e-16 * abs(found):
            break
    return found


@cache
def student_quantile(tails: float, df: float) -> float:
    """Return the two-sided quantile of Student's t: beyond it, on either side of 0, lies the share `tails`.

    From 10,000 degrees of freedom by the expansion about the normal quantile (Abramowitz and Stegun, 26.7.5),
    below that by Newton's method, started from there.

    Parameters
    ----------
    tails : float
        Above 0 and below 1.
    df : float
        Degrees of freedom, from 1.
    """
    z = -float(normal_quantile(0.5 * tails))
    if df >= 1e4:
        square = z * z
        g_1 = z * (square + 1.0) / 4.0
        g_2 = z * ((5.0 * square + 16.0) * square + 3.0) / 96.0
        g_3 = z * (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0
        return z + (g_1 + (g_2 + g_3 / df) / df) / df
    t = z
    for _ in range(500):
        density = float(exp(-0.5 * (df + 1.0) * _log_of_one_and(t * t / df)))
        density *= 2.0 / (_beta_of_half(0.5 * df) * math.sqrt(df))
        step = (student_tails(t, df) - tails) / density
        t += step
        if abs(step) <= 1e-12 * t:  # convergence is quadratic
            break
    return t


def heads_of_coin(most: int, tosses: int) -> float:
    """Return the probability of at most `most` heads in tosses of a fair coin.

    `most` is at most half of `tosses`.
    """
    if most < 0:
        return 0.0
    first = math.comb(tosses, most) / 2 ** (tosses + 1)
    return first * _beta_fraction(float(tosses - most), most + 1.0, 0.5)
