"""Student's distribution and the sign test, held against SciPy and against what is known."""

import math

import pytest
from pytest import approx
from scipy.special import bdtr, stdtr, stdtrit

from qisim.student import heads_of_coin, student_quantile, student_tails


@pytest.mark.parametrize("df", [1, 2, 3, 5, 19, 20, 199, 1000, 9999, 10_000, 99_999])
def test_students_distribution_is_that_of_scipy(df):
    for t in (0.0, 0.001, 0.1, 1.0, 1.7, 1.75, 2.0, 3.0, 10.0, 100.0):
        expected = 2.0 * stdtr(df, -t)
        assert student_tails(t, df) == student_tails(-t, df) == approx(expected, rel=5e-12)
    for tails in (0.5, 0.05, 0.05 / 27, 1e-6):
        assert student_quantile(tails, df) == approx(-stdtrit(df, tails / 2), rel=1e-12)


def test_a_single_degree_of_freedom_is_cauchys():
    assert student_tails(1.0, 1) == approx(0.5, rel=1e-14)
    assert student_tails(1e-8, 1) == approx(1.0 - 2e-8 / math.pi, rel=1e-15)
    assert student_quantile(0.5, 1) == approx(1.0, rel=1e-14)


def test_no_t_and_one_without_end():
    assert math.isnan(student_tails(math.nan, 10))
    assert student_tails(math.inf, 10) == 0.0
    assert student_tails(0.0, 10) == 1.0


@pytest.mark.parametrize("tosses", [0, 1, 2, 7, 20, 201, 3200, 100_001])
def test_a_fair_coin_is_that_of_scipy(tosses):
    for heads in range(0, tosses // 2 + 1, max(1, tosses // 50)):
        assert heads_of_coin(heads, tosses) == approx(bdtr(heads, tosses, 0.5), rel=1e-9)
