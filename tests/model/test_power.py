"""The power in plain arithmetic is rounded correctly, on numbers, on arrays and compiled."""

from __future__ import annotations

import ast
import inspect
from decimal import Decimal, localcontext

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qisim.model import power as module
from qisim.model.power import at_least, at_most, power

BASE, EXPONENT = st.floats(2.0**-63, 1.0), st.floats(0.0, 3.0)


def nearest(base: float, exponent: float) -> float:
    with localcontext() as digits:
        digits.prec = 50
        return float(Decimal(base) ** Decimal(exponent))


@settings(max_examples=400, deadline=None)
@given(BASE, EXPONENT)
def test_a_power_is_the_nearest_number(base: float, exponent: float) -> None:
    value = nearest(base, exponent)
    assert power(base, exponent) == value if value > 1e-18 else power(base, exponent) <= 1e-18


def test_known_powers() -> None:
    known = [
        (1.0, 0.3, 1.0),
        (0.5, 0.0, 1.0),
        (0.5, 1.0, 0.5),
        (0.25, 0.5, 0.5),
        (1 / 256, 0.5, 1 / 16),
    ]
    assert [power(base, exponent) for base, exponent, _ in known] == [value for *_, value in known]


def test_arrays_have_the_powers_of_their_numbers() -> None:
    base, exponent = np.random.default_rng(1).uniform(1 / 256, 1.0, (2, 300))
    assert power(base, exponent).tolist() == [
        power(*both) for both in zip(base.tolist(), exponent.tolist())
    ]
    assert power(0.5, exponent).tolist() == [power(0.5, one) for one in exponent.tolist()]


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_bounds(level: float, bound: float) -> None:
    assert at_least(level, bound) == max(level, bound)
    assert at_most(level, bound) == min(level, bound)


def test_it_uses_no_library_and_no_power_of_the_language() -> None:
    tree = ast.parse(inspect.getsource(module))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [getattr(node, "module", None) for node in imported] == ["__future__"]
    assert not any(isinstance(node, ast.Pow) for node in ast.walk(tree))
