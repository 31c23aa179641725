"""The search within a budget finds optima that are known, the same ones each time."""

import numpy as np
import pytest

from qisim.decide.optimise import Dial, Search
from qisim.errors import QisimError

WEIGHTS = np.array([3.0, 1.0, 2.0, 0.5, 1.5])
COSTS = np.array([2.0, 1.0, 1.0, 3.0, 0.5])
BUDGET = 10.0
DIALS = [Dial("a", 0, 12, whole=True), *(Dial(name, 0, 12) for name in "bcde")]
"""The sum of weights times roots within a budget: each takes (weight / cost)² of it, by Lagrange."""


def gives(point):
    return float((WEIGHTS * np.sqrt(point)).sum()), float((COSTS * point).sum())


def optimum():
    """Return the best that whole `a` allows: for each a, the rest by Lagrange."""
    rest = slice(1, None)
    found = []
    for a in range(6):
        share = WEIGHTS[rest] ** 2 / COSTS[rest]
        x = (WEIGHTS[rest] / COSTS[rest]) ** 2 * (BUDGET - COSTS[0] * a) / share.sum()
        found.append(gives(np.array([a, *x]))[0])
    return max(found)


def searched(seed, trials=60, evaluate=gives, budget=BUDGET):
    search = Search(DIALS, evaluate, budget)
    return search, search.run([1.0] * 5, trials, 400, seed)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_known_optimum_is_found(seed):
    search, best = searched(seed)
    value, takes = search.known[best]
    assert takes <= BUDGET
    assert value >= 0.98 * optimum()


@pytest.mark.slow
def test_a_known_optimum_is_found_from_twenty_seeds():
    found = [(one.known[best][0]) for one, best in (searched(seed) for seed in range(20))]
    assert min(found) >= 0.98 * optimum()
    assert max(found) <= optimum() + 1e-9


def test_noise_that_is_the_same_each_time_is_no_trouble():
    def noisy(point):
        luck = np.random.default_rng(abs(hash(point)) % (1 << 32)).normal(0, 0.02)
        value, takes = gives(point)
        return value + luck, takes

    _, best = searched(1, evaluate=noisy)
    assert gives(best)[0] >= 0.96 * optimum()


def test_one_that_is_killed_and_begun_again_ends_at_the_same_front():
    whole, best = searched(5, trials=30)

    class Killed(Exception):
        pass

    kept = {}

    def dies(point):
        if len(kept) == 40:
            raise Killed
        kept[point] = gives(point)
        return kept[point]

    with pytest.raises(Killed):
        searched(5, trials=30, evaluate=dies)
    made = []

    def goes_on(point):
        if point not in kept:
            made.append(point)
        return gives(point)

    again, found = searched(5, trials=30, evaluate=goes_on)
    assert found == best
    assert again.front() == whole.front()
    assert set(made).isdisjoint(kept)
    assert len(made) == len(whole.known) - 40


def test_the_front_holds_what_no_other_point_beats():
    search, _ = searched(1, trials=30)
    front = [search.known[point] for point in search.front()]
    assert front == sorted(front, key=lambda one: one[1])
    for value, takes in search.known.values():
        assert any(f >= value and t <= takes for f, t in front)


def test_where_nothing_is_within_the_budget_it_is_said():
    with pytest.raises(QisimError, match="within the budget"):
        searched(1, trials=12, budget=-1.0)
