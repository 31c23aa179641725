"""The rules of use and habit at their edges."""

import math

import pytest

from qisim.model import rules


def test_capability_goes_from_nothing_to_all():
    assert rules.capability(0.0, 0.2) == 0.0
    assert rules.capability(1.0, 0.2) == 1.0
    assert rules.capability(0.2, 0.2) == pytest.approx(0.6)


def test_a_dedicated_person_makes_up_lost_occasions():
    assert rules.opportunity(0.0, 1.0, 0.4, 1.0) == 0.4
    assert rules.opportunity(0.3, 1.0, 0.4, 0.0) == 0.3
    assert rules.opportunity(0.0, 2.0, 1.0, 1.0) == 1.0


def test_the_tool_helps_or_hinders():
    assert rules.tool_face(1.0, 1.0) == 1.0
    assert rules.tool_face(0.0, 0.0) == -1.0
    assert rules.tool_face(0.5, 0.5) == 0.0


def test_a_standard_that_fits_costs_no_willingness():
    assert rules.misfit_odds(1.0, 1.0, 1.0) == 1.0
    assert rules.misfit_odds(1.0, 1.0, 0.0) == 0.5


def test_motivation_multiplies():
    assert rules.motivation_odds(1.0, 2.0, 1.0, 1.0, 1.0) == 2.0
    assert rules.motivation_odds(0.0, 2.0, 2.0, 2.0, 2.0) == 0.0


@pytest.mark.parametrize("missing", range(4))
def test_nothing_is_done_on_purpose_without_skill_time_will_and_mind(missing):
    given_values = [1.0, 1.0, 1.0, 1.0]
    given_values[missing] = 0.0
    assert rules.intent(*given_values) == 0.0
    assert rules.intent(1.0, 1.0, 1.0, 1.0) == 0.5


def test_habit_carries_use_where_all_else_speaks_against_it():
    assert rules.use_probability(0.0, 0.4, 1.0) == 0.4
    assert rules.use_probability(0.0, 0.4, 0.0) == 0.0
    assert rules.use_probability(1.0, 0.4, 0.0) == 1.0


def test_what_happens_outside_adds_up_with_the_years():
    assert rules.trend(0.0, 3.0) == 1.0
    assert rules.trend(0.1, 0.0) == 1.0
    assert rules.trend(0.1, 2.0) == 1.2


def test_the_unit_asks_for_use_and_the_person_may_do_it_anyway_or_never():
    assert rules.chance_of_use(0.6, 1.0, 0.0, 0.8, 0.0) == 0.6
    assert rules.chance_of_use(0.6, 0.2, 0.0, 0.8, 0.0) == pytest.approx(0.12)
    assert rules.chance_of_use(0.6, 0.0, 1.0, 0.8, 0.0) == 0.8
    assert rules.chance_of_use(0.5, 1.0, 1.0, 0.8, 0.0) == 0.9
    assert rules.chance_of_use(1.0, 1.0, 1.0, 1.0, 1.0) == 0.0


def test_habit_grows_with_use_and_fades_without():
    assert rules.habit_next(0.0, 1.0, 0.0, 0.16, 0.1) == 0.16
    assert rules.habit_next(0.5, 0.0, 0.0, 0.16, 0.1) == 0.45
    assert rules.habit_next(0.2, 1.0, 0.3, 3.0, 0.1) == pytest.approx(0.6)


def test_a_missed_week_does_little_to_a_habit_in_use():
    assert rules.habit_next(0.9, 0.0, 1.0, 0.16, 0.1) == 0.9
    assert rules.habit_next(0.8, 0.0, 0.5, 0.16, 0.1) == pytest.approx(0.76)


def test_a_week_away_counts_neither_way_among_recent_weeks():
    assert rules.recently_used(0.4, 0.0, 0.0) == 0.4
    assert rules.recently_used(0.4, 1.0, 0.0) == 0.4
    assert rules.recently_used(0.0, 1.0, 0.25) == 0.25
    assert rules.recently_used(1.0, 0.0, 0.25) == 0.75


def test_routine_is_won_by_a_strong_habit_and_lost_by_not_doing_it():
    below, rarely = math.nextafter(0.8, 0.0), math.nextafter(0.5, 0.0)
    assert rules.routine_next(0.0, 0.8, 0.7, 0.8, 0.7, 0.5) == 1.0
    assert rules.routine_next(0.0, below, 1.0, 0.8, 0.7, 0.5) == 0.0
    assert rules.routine_next(0.0, 1.0, 0.6, 0.8, 0.7, 0.5) == 0.0
    assert rules.routine_next(1.0, 0.0, 0.5, 0.8, 0.7, 0.5) == 1.0
    assert rules.routine_next(1.0, 1.0, rarely, 0.8, 0.7, 0.5) == 0.0
    assert rules.routine_next(1.0, 0.0, 0.0, 0.8, 0.7, 0.0) == 1.0
