"""The rules of load at their edges."""

import pytest

from qisim.model import rules


def test_a_newcomer_carries_half():
    assert rules.working_share(0.0) == 0.5
    assert rules.working_share(1.0) == 1.0


def test_load_is_one_when_the_planned_hours_are_there():
    assert rules.unit_load(1.0, 1.0, 0.92, 1000.0, 920.0, 80.0, 0.0) == pytest.approx(1.0, abs=1e-5)
    assert rules.unit_load(0.0, 1.0, 0.92, 1000.0, 920.0, 80.0, 0.5) == 0.0
    assert rules.unit_load(1.0, 1.0, 0.92, 1000.0, 0.0, 1000.0, 0.0) == 3.0


def test_substitutes_do_nine_tenths_of_the_missing_work():
    load = rules.unit_load(1.0, 1.0, 0.92, 1000.0, 0.0, 1000.0, 1.0)
    assert load == pytest.approx(0.92 / 0.9, abs=1e-5)


def test_the_programme_adds_to_a_persons_load_or_takes_from_it():
    assert rules.own_load(1.0, 3.5, 35.0, 1.0) == 1.1
    assert rules.own_load(1.0, 3.5, 35.0, 0.5) == 1.05
    assert rules.own_load(1.0, 3.5, 35.0, 0.0) == 1.0
    assert rules.own_load(1.0, 0.0, 35.0, 1.0) == 1.0
    assert rules.own_load(0.1, -35.0, 35.0, 1.0) == 0.0


def test_colleagues_feel_hours_that_the_programme_took():
    assert rules.hours_away(800.0, 40.0, 1.0) == 40.0
    assert rules.hours_away(800.0, 40.0, 0.5) == 20.0
    assert rules.hours_away(800.0, 40.0, 0.0) == 0.0
    assert rules.hours_away(800.0, -40.0, 1.0) == -40.0
    assert rules.hours_away(800.0, 4000.0, 1.0) == 720.0


def test_half_of_the_slack_is_left_at_the_load_of_that_name():
    assert rules.slack(1.0, 1.2, 1.2) == 0.5
    assert rules.slack(1.0, 0.0, 1.2) == 1.0
    assert rules.slack(1.0, 3.0, 1.2) < 0.03


def test_strain_follows_missing_slack_and_support_eases_it():
    assert rules.strain_goal(1.0, 0.0, 0.3) == 0.0
    assert rules.strain_goal(0.0, 0.0, 0.3) == 1.0
    assert rules.strain_goal(0.0, 1.0, 0.3) == 0.7


def test_only_use_costs_writing_and_workarounds():
    assert rules.programme_load(0.0, 1.0, 2.0, 0.5, 3.0) == 3.0
    assert rules.programme_load(1.0, 1.0, 2.0, 0.5, 3.0) == 5.5
    assert rules.programme_load(1.0, 0.0, 0.0, 0.5, 0.0) == -0.5


def test_hours_of_writing_workarounds_and_saving():
    assert rules.writing_hours(1.0, 0.6) == 0.6
    assert rules.workaround_hours(1.0, 0.8, 1.0) == 0.0
    assert rules.workaround_hours(1.0, 0.8, 0.0) == 0.8
    assert rules.saved_hours(1.0, 0.6, 1.0, 1.0) == 0.6
    assert rules.saved_hours(1.0, 0.6, 0.0, 0.0) == -0.6
