"""Ratios of means: against known answers, and as users rely on them."""

import numpy as np
import pytest
from synthetic import tables, weekly_array

from qisim.comparison.estimands import (
    MOST_UNSURE,
    RATIOS,
    Side,
    counted,
    pseudo_values,
    ratio_difference,
    side_of_ratio,
)
from qisim.comparison.paired import interval_of
from qisim.model.outcomes import OUTCOMES


def side(above, below):
    return Side(np.array(above, float), np.array(below, float))


def test_a_run_with_few_users_does_not_weigh_as_much_as_one_with_many():
    two = side([100.0, 100.0], [1.0, 19.0])
    assert two.ratio == 10.0
    assert np.mean(two.above / two.below) > 50


def test_runs_without_any_user_count():
    values = {
        "programme_hours": np.array([100.0, 100.0]),
        "hours_per_adopter": np.array([10.0, np.nan]),
    }
    found = side_of_ratio("hours_per_adopter", values)
    assert found.below.tolist() == [10.0, 0.0]
    assert found.ratio == 20.0


def test_what_is_above_and_below_the_line_is_that_of_each_run():
    runs = tables("a", weekly_array(runs=30, weeks=120, end=26), 26)[0]
    values = {name: runs[name].to_numpy() for name in OUTCOMES}
    for name in RATIOS:
        found = side_of_ratio(name, values)
        there = found.below > 0
        assert there.any()
        np.testing.assert_allclose(
            found.above[there] / found.below[there], values[name][there], rtol=1e-12
        )


def test_what_comes_after_the_end_of_the_run_has_no_ratio():
    runs = tables("a", weekly_array(runs=5, weeks=60, end=26), 26)[0]
    values = {name: runs[name].to_numpy() for name in OUTCOMES}
    assert np.isnan(values["adoption_year_after"]).all()
    assert side_of_ratio("sustained", values) is None


def test_people_are_whole_whatever_the_hours():
    people = np.arange(1.0, 40.0)
    hours = np.linspace(3.7, 911.3, len(people))
    assert (counted(hours, hours / people) == people).all()


def test_a_run_of_no_hours_does_not_say_how_many_people_it_had():
    assert counted(np.array([0.0, 10.0]), np.array([0.0, 1.0])) is None


def test_with_the_same_below_the_line_everywhere_it_is_the_paired_t_or_wider():
    chance = np.random.default_rng(3)
    base, other = chance.normal(5, 1, 60), chance.normal(5.4, 1, 60)
    ones = np.full(60, 2.0)
    found = ratio_difference(Side(base, ones), Side(other, ones))
    delta = (other - base) / 2.0
    assert found.pseudo == pytest.approx(delta, rel=1e-9, abs=1e-9)
    low, high = interval_of(delta)
    assert found.low <= low + 1e-12 and found.high >= high - 1e-12
    assert found.high - found.low < 1.2 * (high - low)


def test_the_spread_of_pseudo_values_is_that_of_the_linear_form():
    chance = np.random.default_rng(4)
    below = chance.gamma(4.0, 1.0, 4000)
    above = 3.0 * below + chance.normal(0, 1, 4000)
    nothing = Side(np.zeros(4000), np.ones(4000))
    found = pseudo_values(nothing, Side(above, below))
    linear = (above - above.sum() / below.sum() * below) / below.mean()
    assert np.std(found) == pytest.approx(np.std(linear), rel=0.01)


def test_the_same_side_twice_differs_by_nothing():
    chance = np.random.default_rng(5)
    one = Side(chance.gamma(2.0, 1.0, 30), chance.gamma(2.0, 1.0, 30))
    found = ratio_difference(one, one)
    assert (found.difference, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)


def test_replicates_that_share_a_set_are_left_out_together():
    chance = np.random.default_rng(6)
    own = np.repeat(chance.normal(0, 1, 20), 50)  # all the spread is between sets
    above, ones = 5 + own + chance.normal(0, 0.1, 1000), np.ones(1000)
    base = Side(np.full(1000, 5.0), ones)
    alone = ratio_difference(base, Side(above, ones))
    by_set = ratio_difference(base, Side(above, ones), np.repeat(np.arange(20), 50))
    assert len(by_set.pseudo) == 20
    assert by_set.high - by_set.low > 5 * (alone.high - alone.low)


def test_a_denominator_that_is_hardly_known_gives_no_ratio():
    rare = np.zeros(20)
    rare[0] = 1.0
    found = ratio_difference(side(np.ones(20), np.ones(20)), side(np.ones(20), rare))
    assert found.unsure > MOST_UNSURE and not found.known


@pytest.mark.parametrize("size", [20, 100])
def test_intervals_of_skewed_ratios_hold_the_truth(size):
    chance = np.random.default_rng(size)

    def drawn():
        below = chance.poisson(4.0, size).astype(float)
        return Side(20.0 * below + chance.gamma(1.0, 30.0, size), below)

    held = [
        one.low <= 0 <= one.high for one in (ratio_difference(drawn(), drawn()) for _ in range(300))
    ]
    assert np.mean(held) > 0.91  # 95 % less three standard errors
