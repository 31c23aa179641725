"""A power in plain arithmetic, the same on every machine.

The power functions of languages, libraries and browsers differ in the last digit. This one gives
the same result everywhere: on numbers, on arrays, compiled. It carries each number as a sum of two
(the second holds the rounding error of the first), so the result is rounded only once.
"""

from __future__ import annotations

LOG_2 = (0.6931471805599453, 2.3190468138462996e-17)
"""Natural logarithm of 2, as a sum of two numbers."""


DOUBLINGS = (
    (32.0, 4294967296.0), (16.0, 65536.0), (8.0, 256.0), (4.0, 16.0), (2.0, 4.0), (1.0, 2.0),
)  # fmt: skip
"""So many doublings, and what they multiply a number by."""


def exact_sum(a, b):  # type: ignore[no-untyped-def]  # numbers or arrays
    """Return a sum and its rounding error (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def exact_product(a, b):  # type: ignore[no-untyped-def]  # numbers or arrays
    """Return a product and its rounding error (Dekker; 134217729 is 2**27 + 1)."""
    product = a * b
    wide = 134217729.0 * a
    a_high = wide - (wide - a)
    a_low = a - a_high
    wide = 134217729.0 * b
    b_high = wide - (wide - b)
    b_low = b - b_high
    rest = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, rest


def double_sum(a, a_rest, b, b_rest):  # type: ignore[no-untyped-def]  # numbers or arrays
    """Add two numbers that are sums of two."""
    total, rest = exact_sum(a, b)
    rest = rest + (a_rest + b_rest)
    rounded = total + rest
    return rounded, rest - (rounded - total)


def double_product(a, a_rest, b, b_rest):  # type: ignore[no-untyped-def]  # numbers or arrays
    """Multiply two numbers that are sums of two."""
    product, rest = exact_product(a, b)
    rest = rest + (a * b_rest + a_rest * b)
    rounded = product + rest
    return rounded, rest - (rounded - product)


def double_quotient(a, b, b_rest):  # type: ignore[no-untyped-def]  # numbers or arrays
    """Divide a number by one that is a sum of two."""
    quotient = a / b
    product, rest = exact_product(quotient, b)
    remainder = ((a - product) - rest) - quotient * b_rest
    return quotient, remainder / b


def logarithm(number):  # type: ignore[no-untyped-def]  # numbers or arrays
    """Return the natural logarithm of a number from 2**-64 to 1, as a sum of two numbers."""
    doublings = 0.0 * number
    for step, times in DOUBLINGS:  # exact: to between .7 and 1.4, where the series is short
        small = number * times < 1.4142135623730951
        number = number * (1.0 + (times - 1.0) * small)
        doublings = doublings + step * small
    down, down_rest = exact_sum(number, 1.0 + 0.0 * number)
    s, s_rest = double_quotient(number - 1.0, down, down_rest)
    z, z_rest = double_product(s, s_rest, s, s_rest)
    total, rest = 0.0 * number, 0.0 * number
    for term in range(22, -1, -1):  # 2 (s + s**3 / 3 + s**5 / 5 + ...)
        total, rest = double_product(total, rest, z, z_rest)
        part, part_rest = double_quotient(1.0, 2.0 * term + 1.0, 0.0)
        total, rest = double_sum(total, rest, part, part_rest)
    total, rest = double_product(total, rest, 2.0 * s, 2.0 * s_rest)
    whole, whole_rest = double_product(doublings, 0.0, LOG_2[0], LOG_2[1])
    return double_sum(total, rest, -whole, -whole_rest)


def exponential(power, power_rest):  # type: ignore[no-untyped-def]  # numbers or arrays
    """Return the exponential of a number from -43 to 0 that is a sum of two."""
    scale = 1.0 + 0.0 * power
    for step, times in DOUBLINGS:
        low = power < -step * LOG_2[0]
        add, add_rest = step * low * LOG_2[0], step * low * LOG_2[1]
        power, power_rest = double_sum(power, power_rest, add, add_rest)
        scale = scale * (1.0 - (1.0 - 1.0 / times) * low)
    total, rest = 1.0 + 0.0 * power, 0.0 * power
    for term in range(24, 0, -1):  # 1 + x (1 + x / 2 (1 + x / 3 (...)))
        part, part_rest = double_quotient(1.0, 1.0 * term, 0.0)
        total, rest = double_product(total, rest, part, part_rest)
        total, rest = double_product(total, rest, power, power_rest)
        total, rest = double_sum(total, rest, 1.0, 0.0)
    return total * scale


def power(base, exponent):  # type: ignore[no-untyped-def]  # numbers or arrays
    """Return a power of a number from 2**-63 to 1; the exponent is from 0 up.

    Numbers or arrays; powers below 1e-18 are clamped to it. Correctly rounded, as
    `tests/model/test_power.py` verifies with decimals.
    """
    log, rest = logarithm(base)
    high, low = double_product(log, rest, exponent, 0.0)
    return exponential(at_least(high, -43.0), low)


def at_most(level, highest):  # type: ignore[no-untyped-def]  # numbers or arrays
    """Keep a level from rising above another; levels may be arrays."""
    return level * (level < highest) + highest * (level >= highest)


def at_least(level, lowest):  # type: ignore[no-untyped-def]  # numbers or arrays
    """Keep a level from falling below another; levels may be arrays."""
    return level * (level > lowest) + lowest * (level <= lowest)
