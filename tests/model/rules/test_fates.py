"""The rules of what becomes of the practice, at their edges."""

import math

import pytest

from qisim.model import rules


def test_units_lie_evenly_around_their_site():
    assert [rules.unlike(d, 0.2) for d in (0.0, 0.5)] == [0.8, 1.0]
    assert rules.unlike(0.123, 0.0) == 1.0
    assert rules.unlike(0.25, 0.2) + rules.unlike(0.75, 0.2) == pytest.approx(2.0)


def test_a_crisis_is_got_over_week_by_week():
    assert rules.weeks_of_crisis(3.0, math.nextafter(1.2, 2.0), 1.2) == 4.0
    assert rules.weeks_of_crisis(3.0, 1.2, 1.2) == 2.0
    assert rules.weeks_of_crisis(0.0, 1.0, 1.2) == 0.0
    assert rules.weeks_of_crisis(1.0, 1.0, 1.2) == 0.0


def test_a_practice_is_written_in_where_enough_do_it_and_somebody_sees_to_it():
    assert rules.embedded(0.0, 1.0, 1.0, 0.4, 0.02, 0.1) == 0.02
    assert rules.embedded(0.0, 0.5, 0.5, 0.4, 0.02, 0.1) == 0.005
    assert rules.embedded(0.5, 0.4, 0.0, 0.4, 0.02, 0.1) == 0.5
    assert rules.embedded(0.5, math.nextafter(0.4, 0.0), 1.0, 0.4, 0.02, 0.1) == 0.45


def test_a_new_leader_or_a_crisis_may_end_it():
    assert rules.drop_probability(0.0, 0.15, 0.0, 0.02, 0.0, 0.0) == 0.0
    assert rules.drop_probability(1.0, 0.15, 0.0, 0.02, 0.0, 0.0) == 0.15
    assert rules.drop_probability(0.0, 0.15, 1.0, 0.02, 0.0, 0.0) == 0.02
    assert rules.drop_probability(1.0, 0.5, 1.0, 0.5, 0.0, 0.0) == 0.75


def test_what_is_embedded_or_held_by_a_programme_is_not_dropped():
    assert rules.drop_probability(1.0, 0.5, 1.0, 0.5, 1.0, 0.0) == 0.0
    assert rules.drop_probability(1.0, 0.5, 1.0, 0.5, 0.0, 1.0) == 0.0
    assert rules.drop_probability(1.0, 0.5, 0.0, 0.5, 0.5, 0.5) == 0.125


def test_what_is_embedded_or_held_by_a_programme_fades_later():
    assert rules.fading_level(0.02, 0.0, 0.0) == 0.02
    assert rules.fading_level(0.02, 1.0, 0.0) == 0.0
    assert rules.fading_level(0.02, 0.0, 1.0) == 0.0
    assert rules.fading_level(0.02, 0.5, 0.5) == 0.005


def test_it_comes_back_where_people_can_or_a_programme_asks_for_it():
    assert rules.return_probability(0.02, 0.0, 0.0, 0.1) == 0.0
    assert rules.return_probability(0.02, 1.0, 0.0, 0.1) == 0.02
    assert rules.return_probability(0.02, 0.0, 1.0, 0.1) == 0.1
    assert rules.return_probability(0.5, 1.0, 1.0, 0.5) == 0.75
