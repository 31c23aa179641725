"""The rules of who comes, goes and is away, at their edges."""

import math

import pytest

from qisim.model import rules


def test_posts_are_for_nurses_then_care_workers_then_staff_without_health_education():
    just_below = math.nextafter(0.3, 0.0)
    draws = (0.0, just_below, 0.3, math.nextafter(0.75, 0.0), 0.75, 0.999)
    assert [rules.staff_group(d, 0.3, 0.25) for d in draws] == [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]
    assert rules.staff_group(0.0, 0.0, 0.0) == 1.0
    assert rules.staff_group(0.999, 1.0, 0.0) == 0.0
    assert rules.staff_group(0.0, 0.0, 1.0) == 2.0


@pytest.mark.parametrize(("mean", "full"), [(0.67, 0.242), (0.72, 0.348), (0.9, 0.5)])
def test_posts_have_the_mean_and_the_full_time_share_that_were_asked_for(mean, full):
    sizes = [rules.post_size((i + 0.5) / 20000, mean, full) for i in range(20000)]
    assert math.fsum(sizes) / 20000 == pytest.approx(mean, abs=1e-3)
    assert sum(size == 1.0 for size in sizes) / 20000 == pytest.approx(full, abs=1e-3)


def test_a_full_time_post_at_its_edge():
    assert rules.post_size(math.nextafter(0.242, 0.0), 0.67, 0.242) == 1.0
    assert rules.post_size(0.242, 0.67, 0.242) < 1.0
    assert rules.post_size(0.9, 1.0, 1.0) == 1.0


def test_half_of_all_people_form_habits_faster_than_ordinary():
    assert rules.habit_pace(0.5, 1.0) == 1.0
    assert rules.habit_pace(0.0, 1.0) == 0.5
    assert rules.habit_pace(0.123, 0.0) == 1.0
    assert rules.habit_pace(0.2, 1.7) * rules.habit_pace(0.8, 1.7) == pytest.approx(1.0)


def test_usual_strain_and_engagement_leave_turnover_as_it_is():
    assert rules.leaving_ratio(0.31, 0.47, 0.31, 0.47, 1.5, 1.0) == 1.0
    assert rules.leaving_ratio(1.0, 0.47, 0.0, 0.47, 1.5, 1.0) == 2.5
    assert rules.leaving_ratio(0.31, 1.0, 0.31, 0.0, 1.5, 1.0) == 0.5
    assert rules.leaving_ratio(0.9, 0.1, 0.31, 0.47, 0.0, 0.0) == 1.0


def test_nobody_is_surer_to_leave_than_not():
    assert rules.leaving_probability(1.0, 0.5, 1.0) == 0.5
    assert rules.leaving_probability(2.0, 0.5, 10.0) == 0.5


def test_vacancy_balances_leaving_and_hiring():
    leaving, hiring = 0.005, 0.125
    empty = rules.usual_vacancy(leaving, hiring)
    assert empty * hiring == pytest.approx((1.0 - empty) * leaving)
    assert rules.usual_vacancy(0.0, hiring) == 0.0


def test_absence_in_an_ordinary_week_is_the_usual():
    assert rules.absence_level(0.117, 1.0, 1.0, 0.31, 0.31, 0.6) == 0.117
    assert rules.absence_level(0.117, 1.2, 0.0, 0.31, 0.31, 0.6) == 0.117
    assert rules.absence_level(0.1, 1.2, 1.0, 0.0, 0.0, 0.6) == pytest.approx(0.12)
    assert rules.absence_level(0.6, 1.2, 3.0, 1.0, 0.0, 5.0) == 0.9
    assert rules.absence_level(0.5, 1.0, 1.0, 0.0, 1.0, 5.0) == 0.0


@pytest.mark.parametrize(("level", "weeks"), [(0.117, 3.0), (0.05, 1.5), (0.5, 6.0)])
def test_absence_settles_at_its_level(level, weeks):
    absent = 0.0
    for _ in range(600):
        stays, falls = (rules.absence_probability(yes, level, weeks) for yes in (1.0, 0.0))
        absent = absent * stays + (1.0 - absent) * falls
    assert absent == pytest.approx(level)


def test_an_absence_lasts_as_long_as_it_should():
    assert 1.0 / (1.0 - rules.absence_probability(1.0, 0.1, 4.0)) == 4.0
    assert rules.absence_probability(1.0, 0.1, 1.0) == 0.0
    assert rules.absence_probability(0.0, 0.0, 3.0) == 0.0
