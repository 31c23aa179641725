"""Analyses of cluster-randomised studies: held against closed forms and plain least squares."""

import numpy as np
import pytest

from qisim.decide.trial_tests import (
    Layout,
    closed_power,
    closed_variance,
    mixed_model,
    parallel,
    permutation,
    stepped,
)

WITHIN, BETWEEN = 0.01, 0.02


def studies(layout, number, effect, seed, within=WITHIN, between=BETWEEN):
    """Return studies of the world of Hussey and Hughes: a step that is there at once and stays."""
    rng = np.random.default_rng(seed)
    x = layout.treated
    level = rng.normal(0, between**0.5, (number, len(x), 1))
    period = 0.05 * np.arange(x.shape[1])
    return level + period + effect * x + rng.normal(0, within**0.5, (number, *x.shape))


def rejected(p_values):
    return float((p_values <= 0.05).mean())


LAYOUTS = [stepped(24, 4, 5), stepped(30, 3, 6), parallel(60, 5)]


def test_variance_is_that_of_least_squares_with_known_variances():
    for layout in LAYOUTS:
        x = layout.treated
        sites, periods = x.shape
        cover = WITHIN * np.eye(periods) + BETWEEN
        inverse = np.kron(np.eye(sites), np.linalg.inv(cover))
        design = np.column_stack([np.tile(np.eye(periods), (sites, 1)), x.ravel()])
        known = np.linalg.inv(design.T @ inverse @ design)[-1, -1]
        assert closed_variance(layout, WITHIN, BETWEEN) == pytest.approx(known)


@pytest.mark.parametrize("layout", LAYOUTS, ids=["wedge", "long wedge", "parallel"])
def test_power_is_that_of_the_closed_form_where_its_assumptions_hold(layout):
    variance = closed_variance(layout, WITHIN, BETWEEN)
    effect = 2.8 * variance**0.5  # some 80 %
    found, p = mixed_model(studies(layout, 20_000, effect, 1), layout)
    assert rejected(p) == pytest.approx(closed_power(effect, variance), abs=0.02)
    assert found.mean() == pytest.approx(effect, rel=0.02)
    assert found.var() == pytest.approx(variance, rel=0.06)


@pytest.mark.parametrize("layout", LAYOUTS, ids=["wedge", "long wedge", "parallel"])
def test_no_effect_is_found_in_five_of_a_hundred_studies(layout):
    nothing = studies(layout, 6_000, 0.0, 2)
    assert 0.04 <= rejected(mixed_model(nothing, layout)[1]) <= 0.06
    p = permutation(nothing, layout, BETWEEN / WITHIN, np.random.default_rng(3))[1]
    assert 0.04 <= rejected(p) <= 0.06


def test_permutation_holds_where_sites_grow_apart_and_the_mixed_model_does_not():
    layout = parallel(24, 5)
    rng = np.random.default_rng(4)
    drift = rng.normal(0, 0.2, (4_000, 24, 1)) * np.arange(5) + rng.normal(0, 0.1, (4_000, 24, 5))
    assert rejected(mixed_model(drift, layout)[1]) > 0.08
    assert 0.04 <= rejected(permutation(drift, layout, 2.0, np.random.default_rng(5))[1]) <= 0.06


def test_the_mixed_model_chooses_the_variances_that_reml_does():
    layout = stepped(8, 4, 5)
    values = studies(layout, 1, 0.1, 6)[0]
    x = layout.treated
    design = np.column_stack([np.tile(np.eye(5), (8, 1)), x.ravel()])

    def loss(ratio):
        cover = np.kron(np.eye(8), np.eye(5) + ratio)
        inverse = np.linalg.inv(cover)
        moment = design.T @ inverse @ design
        slope = np.linalg.solve(moment, design.T @ inverse @ values.ravel())
        left = values.ravel() - design @ slope
        rest = left @ inverse @ left
        logs = [np.linalg.slogdet(one)[1] for one in (cover, moment)]
        return (
            34 * np.log(rest) + np.sum(logs),
            slope[-1],
            (rest / 34 * np.linalg.inv(moment))[-1, -1],
        )

    from scipy.special import stdtr

    from qisim.decide.trial_tests import RATIOS

    _, slope, variance = min(loss(ratio) for ratio in RATIOS)
    effect, p = mixed_model(values[None], layout)
    assert effect[0] == pytest.approx(slope)
    assert p[0] == pytest.approx(2 * stdtr(7 * 4 - 1, -abs(slope) / variance**0.5))


def test_sites_that_are_all_alike_tell_nothing():
    layout = parallel(8, 3)
    values = np.zeros((2, 8, 3))
    assert mixed_model(values, layout)[1].tolist() == [1.0, 1.0]
    assert permutation(values, layout, 1.0, np.random.default_rng(1))[1].tolist() == [1.0, 1.0]


def test_the_number_of_ways_to_deal_sites():
    assert parallel(8, 2).allocations == 70
    assert Layout(np.eye(3), np.array([0, 0, 1, 1, 2, 2])).allocations == 90
