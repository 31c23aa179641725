"""The rules of who takes part in activities, and what they teach, at their edges."""

import math

import pytest

from qisim.model import rules


def test_protected_time_frees_people():
    assert rules.free_to_come(0.0, 0.0) == 0.0
    assert rules.free_to_come(0.0, 1.0) == 1.0
    assert rules.free_to_come(1.0, 0.0) == 1.0


def test_full_timers_are_reached_on_every_date_of_a_rota_that_is_not_fixed():
    assert rules.rota_reach(1.0, 1.0, 0.0, 0.0) == 1.0
    assert rules.rota_reach(0.5, 0.0, 0.0, 2.0) == 1.0
    assert rules.rota_reach(0.5, 0.5, 0.0, 0.0) == 0.75
    assert rules.rota_reach(0.5, 0.5, 0.0, 2.0) == 0.75


def test_a_fixed_rota_meets_the_same_people():
    assert rules.rota_reach(0.5, 1.0, 1.0, 0.0) == 0.0
    assert rules.rota_reach(0.5, 1.0, 1.0, 2.0) == 1.0
    assert rules.rota_reach(0.5, 1.0, 0.5, 0.0) == 0.25
    assert rules.rota_reach(0.5, 1.0, 0.5, 2.0) == 0.75


def test_who_never_comes_and_whom_the_rota_misses():
    just_below = math.nextafter(0.12, 0.0)
    assert [rules.comes_at_all(d, 0.12) for d in (0.0, just_below, 0.12, 0.9)] == [0, 0, 1, 1]
    assert rules.comes_at_all(0.0, 0.0) == 1.0
    assert rules.comes_at_all(0.999, 1.0) == 0.0
    assert [rules.rota_place(d) for d in (0.0, math.nextafter(0.5, 0.0), 0.5, 0.9)] == [0, 0, 2, 2]


def test_a_plan_of_one_half_neither_helps_nor_hinders():
    assert rules.meeting_odds(1.0, 1.5, 0.5) == 1.0
    assert rules.meeting_odds(1.0, 1.5, 1.0) == 2.5
    assert rules.meeting_odds(1.0, 1.5, 0.0) == 0.4


def test_energy_raises_the_odds_of_coming():
    assert rules.willing_odds(1.0, 0.6, 0.0) == 1.0
    assert rules.willing_odds(1.0, 0.6, 1.0) == 1.6


def test_places_at_the_number_invited_and_just_below():
    assert rules.place_probability(-1.0, 300.0) == 1.0
    assert rules.place_probability(8.0, 8.0) == 1.0
    assert rules.place_probability(8.0, 9.0) == pytest.approx(8.0 / 9.0)
    assert rules.place_probability(8.0, 0.0) == 1.0


def test_who_is_absent_or_uninvited_does_not_come():
    assert rules.coming_probability(1.0, 1.0, 5.0, 1.0, 0.0) == 0.0
    assert rules.coming_probability(1.0, 1.0, 5.0, 0.0, 1.0) == 0.0
    assert rules.coming_probability(0.0, 1.0, 5.0, 1.0, 1.0) == 0.0
    assert rules.coming_probability(1.0, 1.0, 0.1, 1.0, 1.0) == 1.0
    assert rules.coming_probability(0.5, 1.0, 1.0, 0.5, 1.0) == 0.25


def test_one_course_fits_the_schooled_and_at_ease():
    assert rules.learner(1.0, 0.0, 0.6, 1.0) == 1.0
    assert rules.learner(1.0, 0.8, 0.2, 0.0) == 0.5


def test_the_gap_of_each_staff_group():
    assert [rules.group_gap(g, 0.2, 0.8) for g in (0.0, 1.0, 2.0)] == [0.0, 0.2, 0.8]


def test_simulation_teaches_more():
    assert rules.simulation_bonus(1.0, 0.54) == 1.54


def test_teaching_is_repeated_in_proportion():
    assert rules.repeated_teaching(1.0, 0.3) == 0.3


def test_no_effort_teaches_nothing_and_none_is_enough_for_all():
    assert rules.learned(0.4, 0.0, 1.0) == 0.4
    assert rules.learned(0.0, 1.0, 1.0) == 0.5
    assert rules.learned(0.0, 100.0, 1.0) < 1.0
    assert rules.learned(1.0, 3.0, 1.0) == 1.0
