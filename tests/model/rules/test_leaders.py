"""The rules of leaders and facilitators at their edges."""

import math

import pytest
from hypothesis import given, settings
from rule_ranges import SHARE, TINY, numbers

from qisim.model import rules


def test_a_usual_span_leaves_the_leader_with_the_units_load():
    assert rules.leader_load(1.0, 39.0, 39.0, 0.1) == 1.0
    assert rules.leader_load(1.0, 78.0, 39.0, 0.1) == 1.1
    assert rules.leader_load(0.0, 4.0, 400.0, 2.0) == 0.0


def test_hours_sink_only_after_the_programme():
    assert [rules.hours_given(4.0, phase, 0.25) for phase in (0.0, 1.0, 2.0)] == [4.0, 4.0, 1.0]


def test_structure_keeps_hours_that_a_busy_week_would_eat():
    assert rules.kept_share(1.0, 0.0, 0.4) == 0.4
    assert rules.kept_share(1.0, 1.0, 0.0) == 1.0
    assert rules.kept_share(2.0, 0.9, 0.0) == 1.0


def test_writing_eats_a_leaders_hours_to_the_last():
    assert rules.improvement_hours(2.5, 0.5, 1.0) == 2.0
    assert rules.improvement_hours(2.5, 2.5, 1.0) == 0.0
    assert rules.improvement_hours(2.5, 9.0, 1.0) == 0.0


def test_homework_takes_its_hours_from_the_unit():
    assert rules.hours_left(2.5, 0.0) == 2.5
    assert rules.hours_left(2.5, 1.0) == 1.5
    assert rules.hours_left(2.5, 4.0) == 0.0


def test_tasks_compete_for_a_leaders_hours():
    assert rules.hours_share(3.0, 1.0, 0.0) == 3.0
    assert rules.hours_share(3.0, 1.0, 2.0) == 1.0
    assert rules.hours_share(3.0, 0.0, 1.0) == 0.0
    three = [rules.hours_share(3.0, w, 2.0 - w) for w in (1.0, 0.75, 0.25)]
    assert math.fsum(three) == pytest.approx(3.0)


def test_leaders_follow_staff_up_in_a_part_of_their_other_hours():
    assert rules.hours_with_staff(1.0, 2.0, 0.0) == 1.0
    assert rules.hours_with_staff(1.0, 2.0, 1.0) == 3.0
    assert rules.hours_with_staff(1.0, 2.0, 0.6) == 2.2


def test_what_does_not_fit_comes_up_in_arenas_as_far_as_something_is_left_to_fit():
    assert rules.hours_on_change(1.0, 2.0, 0.6, 1.0) == 2.2
    assert rules.hours_on_change(1.0, 2.0, 0.6, 0.5) == 1.6
    assert rules.hours_on_change(0.0, 2.0, 0.6, 0.0) == 0.0


def test_a_role_without_tasks_is_no_burden():
    assert rules.role_burden(0.0, 2.0) == 0.0
    assert rules.role_burden(0.0, 0.0) == 0.0
    assert rules.role_burden(2.0, 2.0) == pytest.approx(0.5, abs=1e-3)
    assert 0.99 < rules.role_burden(2.0, 0.0) < 1.0


def test_skill_protects_in_a_role_beyond_ones_hours():
    assert rules.coping(1.0, 1.0, 1.0, 1.0) == 1.0
    assert rules.coping(1.0, 1.0, 1.0, 0.0) == 0.5
    assert rules.coping(1.0, 1.0, 0.0, 0.0) == 1.0


def test_a_role_beyond_its_hours_strains():
    assert rules.leader_strain(0.2, 1.0, 0.3, 0.0) == 0.2
    assert rules.leader_strain(0.0, 1.0, 0.3, 1.0) == 0.3


def test_no_facilitator_no_push():
    assert rules.outside_push(1.8, 0.0) == 1.0
    assert rules.outside_push(1.8, 0.5) == pytest.approx(1.4)
    assert rules.outside_push(1.0, 1.0) == 1.0


def test_a_hand_over_takes_use_that_holds_and_somebody_who_is_ready():
    assert [rules.weeks_above(3.0, users, 0.4) for users in (0.39, 0.4, 1.0)] == [0.0, 4.0, 4.0]
    ready, nobody = 1.0, 0.0
    assert [rules.handed_over(0.0, weeks, 8.0, ready) for weeks in (0.0, 7.0, 8.0, 9.0)] == [
        0,
        0,
        1,
        1,
    ]
    assert rules.handed_over(0.0, 20.0, 8.0, nobody) == 0.0
    assert rules.handed_over(1.0, 0.0, 8.0, nobody) == 1.0  # for good


def test_a_visit_counts_as_far_as_somebody_has_time():
    assert [rules.hours_received(4.0, room) for room in (0.0, 0.5, 1.0)] == [0.0, 2.0, 4.0]


def test_leading_comes_before_visiting():
    assert rules.hours_to_lead(2.0, 0.5, 2.0) == 3.0
    assert rules.hours_to_lead(0.0, 0.5, 0.0) == 0.0
    assert [rules.can_lead(4.0, needed) for needed in (0.0, 4.0, 8.0)] == [1.0, 1.0, 0.5]
    assert [rules.hours_to_visit(4.0, needed) for needed in (0.0, 3.0, 4.0, 8.0)] == [4, 1, 0, 0]
    assert [rules.hours_leading(4.0, needed) for needed in (0.0, 3.0, 4.0, 8.0)] == [0, 3, 4, 4]
    assert rules.can_lead(0.0, 0.0) == 1.0
    assert rules.can_lead(0.0, 0.001) == 0.0


def test_nobody_learns_from_those_who_know_no_more():
    assert rules.learned_from(0.5, 0.5, 1.0) == 0.5
    assert rules.learned_from(0.5, 0.4, 1.0) == 0.5
    assert rules.learned_from(0.0, 1.0, 0.1) == 0.1
    assert rules.learned_from(0.0, 1.0, 0.0) == 0.0
    assert rules.learned_from(0.5, 0.9, 0.5) == pytest.approx(0.6)


@settings(max_examples=60, deadline=None)
@given(one=numbers(*SHARE), other=numbers(*SHARE), ahead=numbers(*SHARE), pace=numbers(0.0, 0.5))
def test_who_knows_less_does_not_overtake_who_learns_beside_the_same_people(
    one, other, ahead, pace
):
    less, more = min(one, other), max(one, other)
    assert rules.learned_from(less, ahead, pace) <= rules.learned_from(more, ahead, pace) + TINY


def test_work_is_half_done_at_the_hours_needed():
    assert rules.work_level(0.0, 36.0, 0.03) == 0.0
    assert rules.work_level(36.0 * 0.03, 36.0, 0.03) == 0.5


def test_arenas_need_leaders():
    assert rules.shared_arena(0.4, 0.0) == 0.4
    assert rules.shared_arena(0.0, 1.0) == 1.0


def test_adaptation_needs_leaders_and_leave_to_adapt():
    assert rules.left_to_adapt(0.0, 0.0) == 0.0
    assert rules.left_to_adapt(1.0, 1.0) == 0.0
    assert rules.left_to_adapt(0.5, 0.5) == 0.25
    assert rules.adapted(0.1, 0.02, 0.0) == 0.1
    assert rules.adapted(0.0, 0.02, 1.0) == 0.02
    assert rules.present_fit(0.6, 0.0) == 0.6
    assert rules.present_fit(0.6, 1.0) == 1.0


def test_joint_planning_slips_back_to_what_it_was():
    assert rules.planned(0.9, 0.4, 0.0, 0.0, 0.25) == 0.9
    assert rules.planned(0.9, 0.4, 1.0, 0.0, 0.25) == 0.4
    assert rules.planned(0.4, 0.4, 0.1, 1.0, 0.25) == pytest.approx(0.55)
    assert rules.planned(0.4, 0.4, 0.1, 9.0, 1.0) == 1.0
