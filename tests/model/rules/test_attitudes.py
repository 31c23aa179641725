"""The rules of attitudes at their edges."""

from qisim.model import rules


def test_relevance_of_what_does_not_fit_and_nobody_uses_is_nothing():
    assert rules.first_impression(0.4, 0.0) == 0.0
    assert rules.first_impression(0.4, 1.0) == 0.4
    assert rules.relevance_goal(0.4, 0.0, 0.4, 0.0, 0.0) == 0.0
    assert rules.relevance_goal(0.4, 1.0, 0.4, 1.0, 1.0) == 0.8
    assert rules.relevance_goal(0.4, 0.0, 0.4, 1.0, 0.0) == 0.2


def test_trying_out_and_own_results_show_the_worth():
    assert rules.insight(0.0, 0.3, 0.0, 0.1) == 0.0
    assert rules.insight(1.0, 0.3, 0.0, 0.1) == 0.3
    assert rules.insight(0.0, 0.3, 1.0, 0.1) == 0.1


def test_taking_part_draws_people_in():
    assert rules.drawn_in(0.5, 0.1, 0.0) == 0.5
    assert rules.drawn_in(0.0, 0.1, 1.0) == 0.1
    assert rules.drawn_in(0.0, 0.1, 99.0) == 1.0


def test_ownership_fades_without_part():
    assert rules.owned(0.5, 0.1, 0.15, 0.0, 0.02, 0.0) == 0.45
    assert rules.owned(0.0, 0.1, 0.15, 1.0, 0.02, 0.0) == 0.15
    assert rules.owned(0.0, 0.1, 0.15, 9.0, 0.02, 1.0) == 1.0


def test_what_nobody_reminds_of_is_forgotten():
    assert rules.kept_in_mind(0.8, 0.5, 0.8, 0.0, 0.15, 0.0, 0.05, 0.0) == 0.4
    assert rules.kept_in_mind(0.0, 0.5, 0.8, 1.0, 0.15, 0.0, 0.05, 0.0) == 0.8
    assert rules.kept_in_mind(0.0, 0.5, 0.8, 0.0, 0.15, 1.0, 0.05, 0.0) == 0.15
    assert rules.kept_in_mind(0.0, 0.5, 0.8, 0.0, 0.15, 0.0, 0.05, 1.0) == 0.05


def test_strain_wears_dedication_and_engagement():
    assert rules.dedication_goal(1.0, 0.4, 0.0, 0.3, 0.0, 0.5, 0.0) == 0.5
    assert rules.dedication_goal(1.0, 0.4, 0.0, 0.3, 0.0, 0.5, 1.0) == 0.25
    assert rules.dedication_goal(1.0, 0.4, 1.0, 0.3, 1.0, 0.5, 0.0) == 1.0
    assert rules.involvement_goal(0.55, 0.35, 0.0, 0.2, 0.0, 0.5, 0.0) == 0.55
    assert rules.involvement_goal(0.5, 0.25, 1.0, 0.25, 1.0, 0.5, 1.0) == 0.5


def test_a_part_of_engagement_with_the_programme_is_felt_in_the_work_as_a_whole():
    assert rules.work_engagement(0.5, 0.9, 0.0) == 0.5
    assert rules.work_engagement(0.5, 0.9, 1.0) == 0.9
    assert rules.work_engagement(0.5, 0.5, 0.3) == 0.5
    assert rules.work_engagement(0.5, 0.1, 0.5) == 0.3


def test_an_attitude_at_its_ends():
    assert rules.attitude(1.0, 0.6, 0.0) == 1.0
    assert rules.attitude(1.0, 0.6, 1.0) == 1.6
