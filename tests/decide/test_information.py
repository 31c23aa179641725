"""The value of information, held against decision problems that can be solved by hand."""

import numpy as np
import pytest

from qisim.decide.information import basis, value_of, values_of_information
from qisim.numerics import normal_share

WORLDS = 20_000


def expected_gain(mean, spread):
    """Return E max(0, N(mean, spread²)) - max(0, mean)."""
    z = mean / spread
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return spread * density + mean * float(normal_share(z)) - max(0.0, mean)


@pytest.mark.parametrize("seed", range(5))
def test_one_uncertain_mean_against_nothing(seed):
    # payoff 2 + 5 x + noise against 0: knowing x is worth the normal loss, whatever the noise
    rng = np.random.default_rng(seed)
    x = rng.normal(size=WORLDS)
    payoffs = np.column_stack([np.zeros(WORLDS), 2 + 5 * x + rng.normal(0, 5, WORLDS)])
    value, _ = value_of(basis(x), payoffs.T)
    assert value == pytest.approx(expected_gain(2, 5), rel=0.05)


@pytest.mark.parametrize("seed", range(5))
def test_a_bent_payoff_of_two_options(seed):
    # x even over -1 to 1; x² - 1/3 against 0: the mean of the positive part is 2a/9 with a² = 1/3
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, WORLDS)
    payoffs = np.column_stack([np.zeros(WORLDS), x**2 - 1 / 3 + rng.normal(0, 0.3, WORLDS)])
    value, _ = value_of(basis(x), payoffs.T)
    assert value == pytest.approx(2 * np.sqrt(1 / 3) / 9, rel=0.05)


def test_what_decides_is_told_from_what_does_not():
    false = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        inputs = rng.uniform(size=(500, 12))
        payoffs = np.column_stack([np.zeros(500), inputs[:, 3] - 0.5 + rng.normal(0, 0.2, 500)])
        names = [f"x{i}" for i in range(12)]
        table, floor = values_of_information(names, inputs, payoffs, 1)
        assert table["input"].iloc[0] == "x3"
        assert table["value"].iloc[0] == pytest.approx(0.125, rel=0.2)
        assert 0 < floor < 0.06
        false += table["above"].sum() > 1
    assert false <= 5  # one in twenty is meant


def test_where_one_option_is_always_best_there_is_nothing_to_learn():
    rng = np.random.default_rng(2)
    x = rng.uniform(size=(2_000, 3))
    payoffs = np.column_stack([np.zeros(2_000), 10 + x[:, 0]])
    table, floor = values_of_information(["a", "b", "c"], x, payoffs, 1)
    assert floor == 0.0
    assert not table["above"].any()


def test_an_input_of_few_values_or_one_alone_is_no_trouble():
    payoffs = np.random.default_rng(3).normal(size=(100, 2))
    few = np.repeat([0.0, 1.0], 50)
    assert basis(few).shape == (2, 100)
    assert value_of(basis(np.ones(100)), payoffs.T)[0] == pytest.approx(0.0, abs=1e-12)
