"""Shapley values and interactions of games whose values are known."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qisim.decide.shapley import (
    chain,
    orders,
    sampled_values,
    shapley_values,
    taylor_interactions,
)


def game(n, value):
    """Return the values of all coalitions; `value` takes the set of parts."""
    return np.array([value({i for i in range(n) if c >> i & 1}) for c in range(1 << n)], float)


def test_in_an_additive_game_each_part_gets_its_own():
    worth = [3.0, -1.0, 0.5, 0.0]
    values = game(4, lambda parts: 7.0 + math.fsum(worth[i] for i in parts))
    assert shapley_values(values) == pytest.approx(worth)
    alone, pairs = taylor_interactions(values)
    assert alone == pytest.approx(worth)
    assert pairs == pytest.approx(np.zeros((4, 4)))


def test_a_product_is_shared_evenly():
    values = game(3, lambda parts: 6.0 * (len(parts) == 3))
    assert shapley_values(values) == pytest.approx([2.0, 2.0, 2.0])


def test_the_glove_game():
    # one left glove, two right ones; a pair is worth 1: the values are 2/3, 1/6, 1/6
    values = game(3, lambda parts: float(0 in parts and bool(parts & {1, 2})))
    assert shapley_values(values) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_an_interaction_of_two_is_found_and_given_to_the_two():
    values = game(
        3, lambda p: 1.0 * (0 in p) + 2.0 * (1 in p) + 4.0 * ({0, 1} <= p) + 5.0 * (2 in p)
    )
    assert shapley_values(values) == pytest.approx([3.0, 4.0, 5.0])
    alone, pairs = taylor_interactions(values)
    assert alone == pytest.approx([1.0, 2.0, 5.0])
    assert pairs[0, 1] == pytest.approx(4.0)
    assert pairs[0, 2] == pairs[1, 2] == pytest.approx(0.0)


def test_an_interaction_of_three_is_shared_among_the_pairs():
    _, pairs = taylor_interactions(game(3, lambda p: 9.0 * (len(p) == 3)))
    assert pairs[np.triu_indices(3, 1)] == pytest.approx([3.0, 3.0, 3.0])


@settings(deadline=None)
@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_values_and_interactions_add_up_in_every_replicate(n, seed):
    values = np.random.default_rng(seed).normal(size=(1 << n, 3))
    whole = values[-1] - values[0]
    assert shapley_values(values).sum(axis=0) == pytest.approx(whole)
    alone, pairs = taylor_interactions(values)
    assert alone.sum(axis=0) + pairs.sum(axis=(0, 1)) / 2 == pytest.approx(whole)


def test_drawn_orders_add_up_exactly_and_come_near_the_values():
    n, rng = 6, np.random.default_rng(5)
    values = rng.normal(size=(1 << n, 1))
    exact = shapley_values(values)[:, 0]
    gains = sampled_values(lambda c: values[c], list(orders(n, 2000, seed=1)))
    assert gains.sum(axis=1).ravel() == pytest.approx(
        np.full(len(gains), values[-1, 0] - values[0, 0])
    )
    error = gains.mean(axis=0)[:, 0] - exact
    standard_error = gains[:, :, 0].std(axis=0) / np.sqrt(len(gains))
    assert (np.abs(error) < 6 * standard_error).all()


def test_orders_come_with_their_reverse_and_lead_from_none_to_all():
    drawn = list(orders(4, 6, seed=0))
    assert len(drawn) == 6
    assert drawn[1] == drawn[0][::-1]
    assert chain([2, 0, 1]) == [0, 4, 5, 7]


def test_what_are_not_all_coalitions_is_refused():
    with pytest.raises(ValueError, match="all coalitions"):
        shapley_values(np.zeros(6))
