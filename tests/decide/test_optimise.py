"""The search within a budget finds optima that are known, the same ones each time."""

import numpy as np
import pytest
from worlds import small

from qisim.decide.optimise import Dial, Search
from qisim.decide.search import dials_of
from qisim.errors import InputError

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


LENGTH, MOST_USE = 60, 0.6
SPEED, NEED = np.array([10.0, 70.0]), np.array([10.0, 40.0])
"""Two sites, one quick and one slow: weeks until all use it, and weeks for which each needs the facilitator."""
LEADER = 20.0
"""What a further hour a week of the leader takes."""
HOURS_OF_PLAN = 25.0 * 4.0 + LEADER
"""What a rule that serves both takes (use of .5, held for 5 weeks; 4 h a week), and a leader's hour."""


def handed_over(weeks, hours, use, held, more):
    """Return what a plan gives and takes; by a rule, the facilitator stays in each site as long as she must."""
    until = np.where(use > MOST_USE, np.inf, use * SPEED[:, None] + held)
    out = np.minimum(until, weeks)
    served = (np.minimum(out, NEED[:, None]) / NEED[:, None]).mean(axis=0)
    gives = served * np.minimum(hours / 4.0, 1.0) + 0.1 * np.sqrt(np.minimum(more, 1.0))
    return gives, out.mean(axis=0) * hours + LEADER * more


def best_hand_over(use):
    """Return the best within the budget of all plans with one of some uses as the rule, by looking at all."""
    weeks, hours, ruled, held = (one.ravel() for one in np.meshgrid(
        np.arange(LENGTH + 1), np.linspace(1.0, 8.0, 29), use, np.arange(4, 27), indexing="ij"))  # fmt: skip
    _, takes = handed_over(weeks, hours, ruled, held, 0.0)
    left = np.clip((HOURS_OF_PLAN - takes) / LEADER, 0.0, 1.0)
    return float(handed_over(weeks, hours, ruled, held, left)[0][takes <= HOURS_OF_PLAN].max())


@pytest.mark.slow
def test_the_best_rule_for_a_hand_over_is_found_from_twenty_seeds():
    plan = small({"programme.length_weeks": LENGTH, "programme.facilitator_weeks": 30,
                  "run.weeks": LENGTH + 10})  # fmt: skip
    keys, dials, now = dials_of(plan)
    places = [keys.index(f"programme.{name}") for name in
              ("facilitator_weeks", "facilitator_hours", "handover_use", "handover_weeks")]  # fmt: skip
    assert dials[places[2]].high > MOST_USE
    places.append(keys.index("leadership.leader_hours"))

    def gives(point):
        """Whatever else is turned takes hours and gives nothing."""
        more = np.array(point) - [dial.low for dial in dials]
        own = [*np.array(point)[places[:-1]], more[places[-1]]]
        value, takes = (float(one[0]) for one in handed_over(*np.array(own)[:, None]))
        return value, takes + float(np.delete(more, places).sum())

    with_rule, without = best_hand_over(np.linspace(0.05, 0.6, 23)), best_hand_over([1.0])
    assert with_rule > 1.05 * without  # so the rule has to be found
    found = []
    for seed in range(20):
        search = Search(dials, gives, HOURS_OF_PLAN)
        found.append(search.known[search.run(now, 100, 150, seed)][0])
    assert min(found) >= 0.98 * with_rule
    assert max(found) <= 1.005 * with_rule  # dials are finer than what was looked at


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
    with pytest.raises(InputError, match=r"budget: no plan .* the cheapest takes"):
        searched(1, trials=12, budget=-1.0)
