"""Statistics of pairs, against scipy and on the differences that simulated pairs bring."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from qisim.comparison.paired import (
    Pairs,
    holm,
    interval_of,
    p_value,
    probability_better,
    spread_of,
)
from qisim.model.outcomes import OUTCOMES

HIGHER, LOWER, LATE = OUTCOMES["peak"], OUTCOMES["strain_mean"], OUTCOMES["weeks_to_half"]
NAN = np.nan


def pairs(base, other):
    return Pairs(np.array(base, float), np.array(other, float), len(base))


@pytest.mark.parametrize("n", [20, 200])
def test_interval_and_p_are_those_of_scipys_paired_t(n):
    chance = np.random.default_rng(n)
    base = chance.normal(0.5, 0.1, n)
    other = base + chance.normal(0.02, 0.1, n)
    known = stats.ttest_rel(other, base)
    assert interval_of(other - base) == pytest.approx(tuple(known.confidence_interval()), rel=1e-9)
    assert p_value(other - base) == pytest.approx(known.pvalue, rel=1e-9)


def test_with_few_pairs_p_is_not_below_what_a_sign_test_could_reach():
    delta = np.array([1.0, 1.01, 1.0, 0.99])
    assert stats.ttest_1samp(delta, 0).pvalue < 1e-6
    assert p_value(delta) == stats.binomtest(4, 4).pvalue == 0.125


def test_with_few_differences_p_is_not_below_what_a_sign_test_could_reach():
    delta = np.zeros(200)
    delta[:4] = 1.0
    assert stats.ttest_1samp(delta, 0).pvalue < 0.05
    assert p_value(delta) == 0.125


def test_differences_without_spread_divide_by_nothing():
    assert p_value(np.zeros(50)) == 1.0
    assert interval_of(np.zeros(50)) == (0.0, 0.0)
    assert p_value(np.full(50, 0.1)) == 2.0**-49
    assert interval_of(np.full(50, 0.1)) == interval_of(np.full(50, 0.1), "bca") == (0.1, 0.1)
    assert spread_of(np.full(3, 0.1)) == 0.0


def test_with_one_pair_or_none_nothing_is_known():
    for delta in (np.array([]), np.array([0.3])):
        assert math.isnan(p_value(delta))
        assert np.isnan(interval_of(delta)).all()


def test_the_bootstrap_gives_the_same_twice_and_leans_with_the_skew():
    delta = np.random.default_rng(1).lognormal(0, 1, 60)
    low, high = interval_of(delta, "bca")
    assert (low, high) == interval_of(delta, "bca")
    assert high - delta.mean() > delta.mean() - low


def test_the_bootstrap_gives_way_where_it_cannot():
    delta = np.array([0.0, 0.0, 0.0, 1.0])
    assert np.isfinite(interval_of(delta, "bca")).all()


@settings(deadline=None)
@given(arrays(float, st.integers(2, 30), elements=st.floats(-1e3, 1e3)))
def test_every_interval_holds_the_mean_and_every_p_is_a_chance(delta):
    low, high = interval_of(delta)
    slack = 1e-9 * max(1.0, np.abs(delta).max())
    assert low - slack <= delta.mean() <= high + slack
    assert 0.0 <= p_value(delta) <= 1.0
    assert p_value(-delta) == p_value(delta)


@pytest.mark.parametrize(
    ("name", "draw", "mean", "least"),
    [
        ("normal", lambda chance, n: chance.normal(0.3, 2.0, n), 0.3, 0.94),
        ("skewed", lambda chance, n: chance.exponential(1.0, n), 1.0, 0.92),
        ("rare", lambda chance, n: chance.random(n) < 0.2, 0.2, 0.90),
    ],
)
def test_the_interval_covers_the_truth_as_often_as_it_says(name, draw, mean, least):
    chance = np.random.default_rng(11)
    ends = [interval_of(draw(chance, 60).astype(float)) for _ in range(4000)]
    covered = np.mean([low <= mean <= high for low, high in ends])
    assert least <= covered <= 0.965, name


def test_the_bootstrap_covers_a_skewed_truth_too():
    chance = np.random.default_rng(5)
    ends = [interval_of(chance.exponential(1.0, 60), "bca") for _ in range(200)]
    assert np.mean([low <= 1.0 <= high for low, high in ends]) >= 0.89


# Holm


def test_holm_worked_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_a_missing_p_counts_in_the_family_as_one():
    assert holm([0.01, NAN]).tolist() == [0.02, 1.0]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_lies_between_the_plain_p_and_bonferronis(p):
    adjusted, plain = holm(p), np.array(p)
    assert (adjusted >= plain).all()
    assert (adjusted <= np.minimum(plain * len(p), 1.0)).all()
    order = np.argsort(plain, kind="stable")
    assert (np.diff(adjusted[order]) >= 0).all()


# Which is better


@pytest.mark.parametrize(
    ("outcome", "base", "other", "expected"),
    [
        (HIGHER, [1, 1, 1, 1], [2, 2, 1, 0], 0.625),
        (LOWER, [1, 1, 1, 1], [2, 2, 1, 0], 0.375),
        (HIGHER, [1, NAN], [2, 0], 1.0),
        (LATE, [50, NAN, NAN, 40], [40, 90, NAN, NAN], 0.625),
        (HIGHER, [], [], NAN),
    ],
)
def test_the_probability_that_the_other_is_better(outcome, base, other, expected):
    assert probability_better(pairs(base, other), outcome) == pytest.approx(expected, nan_ok=True)


def test_no_probability_where_neither_direction_is_better():
    neither = type(HIGHER)("x", "x", "x", "share", None)
    assert math.isnan(probability_better(pairs([1], [2]), neither))


def test_pairs_that_share_a_set_count_as_one():
    chance = np.random.default_rng(1)
    by_set = chance.normal(0.1, 0.5, 20)
    which = np.arange(2000) % 20
    other = by_set[which] + chance.normal(0.0, 0.1, 2000)
    apart, together = Pairs(np.zeros(2000), other, 2000), Pairs(np.zeros(2000), other, 2000, which)
    assert apart.independent(apart.differences, apart.both) is apart.differences
    alone = together.independent(together.differences, together.both)
    assert len(alone) == 20
    assert alone.mean() == pytest.approx(other.mean())
    low, high = interval_of(alone)
    assert (high - low) / 2 == pytest.approx(2.09 * by_set.std(ddof=1) / np.sqrt(20), rel=0.15)
    assert low < 0.1 < high
    assert p_value(alone) > p_value(apart.differences)


def test_pairs_with_a_set_each_stay_as_they_are():
    other = np.array([0.1, np.nan, 0.3])
    pair = Pairs(np.zeros(3), other, 3, np.arange(3))
    assert pair.independent(pair.differences, pair.both) is pair.differences
