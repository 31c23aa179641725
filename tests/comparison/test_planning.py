"""How many pairs settle an outcome: as many as are asked for do so in about four of five studies."""

import math

import numpy as np
import pytest
from scipy import stats

from qisim.comparison.paired import ALPHA
from qisim.comparison.planning import _plain, pairs_for_difference, pairs_for_equivalence
from qisim.comparison.sequential import careful_equivalence_p_value, careful_p_value

STUDIES = 400
"""At a power of 80 % the share of these that settle it has a standard error of 2 %."""


def sample(chance, mean, n=200):
    """Return numbers without skewness in the long run, of just this mean and a spread of .1."""
    found = chance.normal(0, 1, n)
    return mean + 0.1 * (found - found.mean()) / found.std(ddof=1)


@pytest.mark.parametrize("width", [0.2, 0.3, 0.6])
@pytest.mark.parametrize("alpha", [ALPHA, ALPHA / 10])
def test_t_by_itself_is_clear_at_the_pairs_of_the_textbook(width, alpha):
    n = _plain([width], alpha)
    reach = [stats.t.ppf(1 - alpha / 2, m - 1) + stats.norm.ppf(0.8) for m in (n, n - 1)]
    assert math.sqrt(n) * width >= reach[0] - 1e-3
    assert math.sqrt(n - 1) * width < reach[1] + 1e-3


def test_as_many_pairs_as_asked_for_tell_a_difference_in_four_of_five_studies():
    chance = np.random.default_rng(5)
    needed = math.ceil(pairs_for_difference(sample(chance, 0.02), 1))
    found = [careful_p_value(chance.normal(0.02, 0.1, needed)) < ALPHA for _ in range(STUDIES)]
    assert 0.7 < np.mean(found) < 0.9  # five standard errors to either side


@pytest.mark.parametrize("mean", [0.0, 0.02])
def test_as_many_pairs_as_asked_for_show_equivalence_in_four_of_five_studies(mean):
    chance = np.random.default_rng(6)
    needed = math.ceil(pairs_for_equivalence(sample(chance, mean), 0.05))
    found = [
        careful_equivalence_p_value(chance.normal(mean, 0.1, needed), 0.05) < ALPHA
        for _ in range(STUDIES)
    ]
    assert 0.7 < np.mean(found) < 0.9


def test_skewed_differences_take_more_pairs_than_others_of_the_same_spread():
    chance = np.random.default_rng(7)
    long_tail = np.exp(chance.normal(0, 1, 200))
    long_tail = 0.02 - 0.1 * (long_tail - long_tail.mean()) / long_tail.std(ddof=1)
    plain = pairs_for_difference(sample(chance, 0.02), 1)
    assert pairs_for_difference(long_tail, 1) > 1.1 * plain


def test_no_number_of_pairs_shows_equivalence_beyond_what_matters():
    assert pairs_for_equivalence(np.array([0.06, 0.07]), 0.05) == math.inf
    assert pairs_for_equivalence(np.array([0.01, -0.01]), 0.0) == math.inf


def test_rare_differences_take_more_pairs_than_their_spread_alone_would_say():
    delta = np.zeros(100)
    delta[0] = 1.0
    assert pairs_for_difference(delta, 1) >= 100 * 5
