"""A difference in layers: components of variance, and shares of groups with luck taken out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qisim.comparison.layers import (
    below_at_most,
    clopper_pearson,
    components_of,
    explained,
    layer_of,
)


def pairs(groups, runs, between, luck, mean=4.0, seed=1):
    """Return differences of so many groups and runs of each, and their groups."""
    chance = np.random.default_rng(seed)
    own = mean + between * chance.standard_normal(groups)
    which = np.repeat(np.arange(groups), runs)
    return own[which] + luck * chance.standard_normal(groups * runs), which


def test_components_are_those_of_the_analysis_of_variance():
    delta, which = pairs(12, 5, 2.0, 3.0)
    found = components_of(delta, which)
    f = stats.f_oneway(*(delta[which == i] for i in range(12))).statistic
    assert 1 + 5 * found.between / found.within == pytest.approx(f, rel=1e-9)
    assert found.within == pytest.approx(
        np.mean([delta[which == i].var(ddof=1) for i in range(12)])
    )


def test_components_come_back_whatever_the_sizes():
    chance = np.random.default_rng(2)
    found = []
    for _ in range(200):
        sizes = chance.integers(1, 6, 40)
        which = np.repeat(np.arange(40), sizes)
        delta = 2.0 * chance.standard_normal(40)[which] + 3.0 * chance.standard_normal(len(which))
        one = components_of(delta, which)
        found.append((one.between, one.within))
    between, within = np.mean(found, axis=0)
    assert between == pytest.approx(4.0, rel=0.1) and within == pytest.approx(9.0, rel=0.05)


def test_without_luck_the_share_is_that_of_the_groups():
    delta, which = pairs(400, 4, 1.5, 4.0)
    means = delta.reshape(400, 4).mean(axis=1)
    truth = stats.norm.sf(5.0, 4.0, 1.5)
    found = layer_of(delta, which, 5.0).much_above
    assert abs(found.share - truth) < 0.06 < np.mean(means >= 5.0) - truth
    assert found.low <= truth <= found.high


def test_luck_alone_is_no_doubt_about_groups():
    delta, which = pairs(100, 10, 0.0, 5.0, mean=1.0)
    found = layer_of(delta, which, 5.0)
    assert found.components.doubt_low == 0.0
    assert found.inside.count == 100
    assert found.above.count == 100  # though a third of the means of sets lie below 0
    assert found.above.low < 0.97


def test_where_every_group_has_one_pair_luck_stays_in_and_is_said():
    delta, which = pairs(50, 1, 1.0, 3.0)
    found = layer_of(delta, which, 5.0)
    assert not found.luck_out and np.isnan(found.components.doubt)
    assert found.much_above.count == int((delta >= 5.0).sum())


def test_all_groups_alike_is_all_of_them():
    found = layer_of(np.zeros(30), np.arange(30) % 10, 0.05)
    assert (found.above.count, found.below.count, found.inside.count) == (0, 0, 10)


def test_one_group_is_no_layer():
    assert layer_of(np.arange(5.0), np.zeros(5, int), 1.0) is None


@settings(max_examples=30, deadline=None)
@given(
    st.integers(2, 40), st.integers(1, 6), st.floats(0, 3), st.floats(0.01, 3), st.integers(0, 99)
)
def test_counts_make_sense(groups, runs, between, luck, seed):
    delta, which = pairs(groups, runs, between, luck, 0.0, seed)
    found, turned = layer_of(delta, which, 1.0), layer_of(-delta, which, 1.0)
    assert found.above.count + found.below.count <= groups
    assert found.much_above.count + found.much_below.count + found.inside.count == groups
    assert found.above.count == turned.below.count
    assert found.above.low <= found.above.share <= found.above.high


def test_the_exact_interval_of_a_share_is_scipys():
    for count, of in ((0, 20), (3, 20), (20, 20), (299, 300)):
        known = stats.binomtest(count, of).proportion_ci(method="exact")
        assert clopper_pearson(count, of) == pytest.approx(tuple(known), abs=1e-9)


def test_none_of_twenty_is_less_than_fourteen_percent():
    assert below_at_most(20) == pytest.approx(0.1391, abs=1e-4)
    known = stats.binomtest(0, 20, alternative="less").proportion_ci(0.95, method="exact")
    assert below_at_most(20) == pytest.approx(known.high, abs=1e-9)


def test_two_layers_share_the_doubt():
    chance = np.random.default_rng(8)
    sets, sites = np.arange(6000) % 60, (np.arange(6000) // 60) % 20
    delta = (
        2.0 * chance.standard_normal(60)[sets]
        + 1.0 * chance.standard_normal(20)[sites]
        + 2.0 * chance.standard_normal(6000)
    )
    parts = [components_of(delta, which) for which in (sets, sites)]
    assert parts[0].doubt == pytest.approx(4 / 9, abs=0.12)
    assert parts[1].doubt == pytest.approx(1 / 9, abs=0.06)
    assert explained(parts) == pytest.approx(4 / 9, abs=0.12)
