"""Yearly numbers as weekly ones: the rules of rates."""

import math

import pytest
from rule_ranges import TINY

from qisim.model import rules


@pytest.mark.parametrize(("turnover", "weeks"), [(0.22, 8.0), (0.17, 12.0), (0.95, 26.0)])
def test_leavers_over_posts_come_out_as_counted(turnover, weeks):
    leaving, hiring = rules.weekly_leaving(turnover, weeks), 1.0 / weeks
    filled = 1.0 - rules.usual_vacancy(leaving, hiring)
    assert 52.0 * leaving * filled == pytest.approx(turnover)


def test_where_nobody_leaves_or_posts_stand_empty_too_long():
    assert rules.weekly_leaving(0.0, 8.0) == 0.0
    assert rules.weekly_leaving(0.52, 0.0) == pytest.approx(0.01)
    assert rules.weekly_leaving(0.95, 104.0) == 0.5


def test_half_is_lost_after_a_half_life():
    assert (1.0 - rules.weekly_loss(13.0)) ** 13 == pytest.approx(0.5)
    assert rules.weekly_loss(1.0) == 0.5


def test_a_step_of_a_slow_thing_is_small():
    assert rules.weekly_step(0.0) == 1.0
    assert rules.weekly_step(9.0) == pytest.approx(0.1)


@pytest.mark.parametrize("days", [21.0, 66.0, 154.0])
def test_weekly_use_over_the_days_to_a_habit_makes_it_routine(days):
    step, habit, weeks = rules.habit_step(days), 0.0, math.ceil(days / 7.0)
    for _ in range(weeks):
        habit = rules.habit_next(habit, 1.0, 0.0, step, 0.1)
    assert habit >= 0.8 - TINY
    assert 1.0 - (1.0 - step) ** (weeks - 1) < 0.8


def test_turnover_of_all_staff_is_the_mean_of_both_groups():
    schooled = rules.schooled_turnover(0.22, 0.23, 1.64)
    assert 0.77 * schooled + 0.23 * 1.64 * 0.22 == pytest.approx(0.22)
    assert rules.schooled_turnover(0.22, 0.0, 1.64) == 0.22
    assert rules.schooled_turnover(0.22, 1.0, 1.0) == 0.0
