"""Those who lead: what is held, a facilitator's hours, how leaders learn, what their hours go into.

Each on two worlds that differ in it alone; see `test_second_edition.py`.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from minimal_pairs import EVERY_WEEK, NOTHING_ENDS_IT, lived, mean, moves, nothing_changes, world

import qisim
from qisim.model import week_unit

NOBODY_LEARNS_TO_LEAD = {
    "leader_practice": 0.0, "leader_from_unit": 0.0, "leader_from_peers": 0.0,
    "leader_handover": 0.0, "coaching_step": 0.0,
}  # fmt: skip
"""Leaders learn in courses only."""

# --- activities are held or not -------------------------------------------------------------------


def twice_a_week(led_by):
    """Return a calendar with two activities in each of twenty weeks, led by one kind of person."""
    line = {"week": 11, "hours": 1.0, "every": 1, "until": 30, "audience": "staff"}
    return [{"kind": kind, "led_by": led_by, **line} for kind in ("seminar", "coaching")]


def held_in_a_week(**changes):
    """Return the activities held in each of the twenty weeks, per unit."""
    held = lived(world(weeks=40, **changes))["held"]
    return np.diff(held, axis=0)[9:29]


def test_an_activity_takes_place_for_all_or_for_nobody():
    found = held_in_a_week(activities=twice_a_week("leader"))
    assert set(np.unique(found)) == {0.0, 2.0}
    assert 0.2 < (found > 0.0).mean() < 0.98


def test_what_nobody_leads_is_always_held():
    assert (held_in_a_week(activities=twice_a_week("nobody")) == 2.0).all()


def test_leaders_without_slack_or_plan_hold_less():
    base = world(activities=twice_a_week("leader"), weeks=40, structure=1.0)
    moves(base, {"structure": 0.0, "pressure": 1.4}, "held", -1)


# --- a facilitator has so many hours --------------------------------------------------------------

VISITED = {
    "facilitator_weeks": 52, "facilitator_hours": 8.0, "target": "both", "results_shown": 0.0,
    "preparation": 0.5,
}  # fmt: skip
LED = {**VISITED, "activities": twice_a_week("facilitator"), "facilitator_weeks": 30}


def test_hours_that_suffice_hold_all_and_hours_that_do_not_hold_few():
    plenty = held_in_a_week(**{**LED, "facilitator_hours": 80.0})
    few = held_in_a_week(**{**LED, "facilitator_hours": 0.01})
    assert (plenty == 2.0).all()
    assert few.mean() < 0.1


def test_preparing_takes_hours_from_leading():
    base = world(**{**LED, "facilitator_hours": 2.0, "preparation": 0.0}, weeks=40)
    moves(base, {"preparation": 20.0}, "held", -1)


def test_who_leads_nothing_prepares_nothing():
    nothing_changes(world(**VISITED, activities=twice_a_week("nobody")), {"preparation": 20.0})


def test_leading_takes_hours_from_visits():
    little, all_of_it = (mean_facilitation(world(**{**LED, "preparation": p})) for p in (0.0, 20.0))
    assert little > 0.2
    assert all_of_it < 0.8 * little


def mean_facilitation(scenario, weeks=20):
    """Return how far the facilitator's visits are felt in the units, in one readable run."""
    model = qisim.CareUnit(scenario, seed=1)
    felt = []
    for _ in range(weeks):
        model.step()
        felt.append([unit.facilitation for unit in model.units])
    return float(np.mean(felt))


def test_one_unit_is_visited_at_a_time():
    model = qisim.CareUnit(world(**VISITED, units=3), seed=1)
    before = [0.0, 0.0, 0.0]
    for week in range(1, 10):
        model.step()
        now = [unit.facilitation for unit in model.units]
        risen = [number for number in range(3) if now[number] > before[number]]
        assert risen == [week % 3]
        before = now


def test_the_same_hours_are_felt_less_in_each_of_more_units():
    one, four = (mean_facilitation(world(**VISITED, units=units)) for units in (1, 4))
    assert 0.0 < four < 0.5 * one


def test_visits_are_felt_less_where_nobody_has_time():
    easy, hard = (mean_facilitation(world(**VISITED, pressure=load)) for load in (0.7, 1.3))
    assert 0.0 < hard < 0.9 * easy
    same = [
        mean_facilitation(world(**VISITED, pressure=p, **{"factors.workload": 0.0}))
        for p in (0.7, 1.3)
    ]
    assert same[0] == same[1]


def test_coaching_teaches_leaders_where_they_are_the_target():
    base = world(**VISITED, **NOBODY_LEARNS_TO_LEAD, activities=[])
    assert lived(base)["leader_use"].max() == 0.0
    assert mean(base.replace({"coaching_step": 0.1}), "leader_use").mean() > 0.02
    nothing_changes(base.replace({"target": "staff"}), {"coaching_step": 0.1})


def test_being_shown_results_raises_relevance():
    moves(world(**VISITED), {"results_shown": 1.0}, "relevance", +1, end=52)
    nothing_changes(world(**{**VISITED, "facilitator_weeks": 0}), {"results_shown": 1.0})


# --- a facilitator hands over before her time -----------------------------------------------------

RULE = {"facilitator_weeks": 50, "target": "both", "handover_use": 0.3, "handover_weeks": 6.0}
NURSES_STAY = {"leader_turnover": 0.0}


def weeks_by_the_rule(use, level, weeks, planned):
    """Return the weeks with a facilitator as a planner would count them: development nurses are in post.

    "When use has been at least `level` for `weeks` weeks, hand over": from the week after she is gone.
    """
    for week in range(weeks, planned):
        if (use[week - weeks : week] >= level).all():
            return week
    return planned


def test_the_facilitator_hands_over_when_use_has_held_for_so_many_weeks():
    found = lived(world(**RULE, **NURSES_STAY))
    use, gone = found["use"], found["outside_weeks"][-1]
    by_hand = [weeks_by_the_rule(use[:, run], 0.3, 6, 50) for run in range(use.shape[1])]
    assert gone.tolist() == by_hand
    assert len(set(by_hand)) > 5 and min(by_hand) < 50  # luck decides when


def test_she_stays_while_a_unit_has_no_development_nurse():
    leaves = [{"kind": "champion_leaves", "week": 2, "unit": 2}]
    rule = {**RULE, "units": 2, "handover_use": 0.01, "handover_weeks": 3.0, "baseline": 0.3}
    nobody = {"events": leaves, "leader_vacancy_weeks": 104.0}
    for replicate in range(4):
        model = qisim.CareUnit(world(**rule, **nobody), seed=1, replicate=replicate)
        while model.week < 50 and not model.site.handed_over:
            filled = all(any(p.in_post for p in unit.leaders[1:]) for unit in model.units)
            held = model.site.above + 1.0 if model.now.use >= 0.01 else 0.0
            model.step()
            assert bool(model.site.handed_over) == (filled and held >= 3.0 and model.week > 3)
    weeks = lived(world(**rule, **nobody))["outside_weeks"][-1]
    soon = lived(world(**rule, **NURSES_STAY))["outside_weeks"][-1]
    assert (soon == 3.0).all() and weeks.mean() > 20.0


def test_she_does_not_hand_over_before_development_nurses_have_begun():
    early = {**RULE, **NURSES_STAY, "handover_use": 0.01, "handover_weeks": 1.0, "baseline": 0.5,
             "activities": []}  # fmt: skip
    assert (lived(world(**early))["outside_weeks"][-1] == 1.0).all()
    late = world(**early, champion_from_week=20)
    assert (lived(late)["outside_weeks"][-1] == 19.0).all()


def test_after_a_hand_over_nurses_lead_what_she_would_have_led_if_they_have_the_hours():
    line = {"kind": "seminar", "week": 2, "hours": 1.0, "every": 1, "until": 50, "audience": "staff",
            "led_by": "facilitator"}  # fmt: skip
    base = {**RULE, **NURSES_STAY, "handover_use": 0.01, "handover_weeks": 1.0, "baseline": 0.5,
            "activities": [line], "facilitator_hours": 20.0, "structure": 1.0}  # fmt: skip
    able, helpless = (held_between(hours, base) for hours in (37.5, 0.1))
    assert able > 0.5 and helpless < 0.1
    assert held_between(0.1, {**base, "handover_use": 0.0}) == 1.0  # she led them all


def held_between(hours, changes):
    """Return the share of activities that were held in weeks 10 to 40."""
    held = lived(world(**changes, champion_hours=hours))["held"]
    return float(np.diff(held, axis=0)[9:39].mean())


def test_what_nurses_lead_after_a_hand_over_is_owned_as_what_colleagues_lead():
    line = {"kind": "seminar", "week": 2, "hours": 1.0, "every": 1, "until": 50, "audience": "staff",
            "led_by": "facilitator"}  # fmt: skip
    base = {**RULE, **NURSES_STAY, "handover_use": 0.01, "handover_weeks": 1.0, "baseline": 0.5,
            "activities": [line], "champion_hours": 37.5, "facilitator_hours": 8.0}  # fmt: skip
    nothing_changes(world(**base), {"outside_ownership": 0.1})
    moves(world(**{**base, "handover_use": 0.0}), {"outside_ownership": 0.1}, "ownership", -1)


def test_without_a_rule_she_stays_as_planned_and_the_weeks_of_a_rule_do_nothing():
    base = world(**{**RULE, "handover_use": 0.0})
    assert (lived(base)["outside_weeks"][-1] == 50.0).all()
    nothing_changes(base, {"handover_weeks": 1.0})


# --- leaders learn --------------------------------------------------------------------------------

ABLE_UNIT = {
    **NOBODY_LEARNS_TO_LEAD, **NOTHING_ENDS_IT, "activities": [], "baseline": 0.9,
    "baseline_skill": 0.9,
}  # fmt: skip
"""A unit that can do it, and leaders who were never taught."""


def test_leaders_learn_from_a_unit_that_can_do_it():
    base = world(**ABLE_UNIT)
    assert lived(base)["leader_use"].max() == 0.0
    assert mean(base.replace({"leader_from_unit": 0.1}), "leader_use").mean() > 0.05
    nothing_changes(base.replace({"contact": 0.0}), {"leader_from_unit": 0.1})


def test_leaders_learn_by_working_with_it():
    base = world(**NOBODY_LEARNS_TO_LEAD)
    moves(base, {"leader_practice": 0.1}, "leader_use", +1)


CHANGING = {**NOBODY_LEARNS_TO_LEAD, **NOTHING_ENDS_IT, "leader_turnover": 0.8, "target": "both"}


def test_a_hand_over_carries_a_leaders_skill_to_the_next():
    moves(world(**CHANGING), {"leader_handover": 0.8}, "leader_use", +1, begin=40)


def test_without_predecessors_there_is_no_hand_over():
    nothing_changes(world(**{**CHANGING, "leader_turnover": 0.0}), {"leader_handover": 0.8})


def test_leaders_of_a_site_learn_from_each_other():
    moves(world(**CHANGING, units=4), {"leader_from_peers": 0.1}, "leader_use", +1, begin=40)


def test_who_leads_alone_has_no_peers():
    alone = {**CHANGING, "units": 1, "champions_per_unit": 0, "activities": EVERY_WEEK}
    nothing_changes(world(**alone, lead="leader"), {"leader_from_peers": 0.1})


# --- leaders' hours -------------------------------------------------------------------------------


def unit_with(**fields):
    """Return a unit in which leaders did three hours this week."""
    return SimpleNamespace(
        **{"hours_done": 3.0, "upkeep": 0.8, "adaptation": 0.0, "follow_up": 0.2, **fields}
    )


def followed_up(**numbers):
    """Return the follow-up after leaders' three hours were shared out, over 36 posts."""
    usual = {
        "sharing": 1.0, "adaptable": 0.0, "overlap": 0.0,
        "follow_up_need": 0.02, "follow_up_step": 0.2, "adaptation_rate": 0.02,
    }  # fmt: skip
    unit = unit_with()
    week_unit.share_out(unit, SimpleNamespace(**{**usual, **numbers}), 36.0)
    return unit.follow_up


def test_hours_for_other_tasks_follow_up_as_well():
    assert followed_up(overlap=1.0) == pytest.approx(followed_up(sharing=0.0))
    moves(world(overlap=0.0), {"overlap": 1.0}, "reach", +1)
    nothing_changes(world(sharing=0.0, adaptable=0.0, overlap=0.0), {"overlap": 1.0})


def test_hours_promised_count_as_far_as_they_are_granted():
    promised = {"leader_hours": 2.0, "champion_hours": 2.0, "hours_granted": 1.0}
    half = {"leader_hours": 4.0, "champion_hours": 4.0, "hours_granted": 0.5}
    nothing_changes(world(**promised), half)
    moves(world(**promised), {"hours_granted": 0.2}, "reach", -1)


def test_units_that_share_a_champion_share_her_hours():
    nothing_changes(world(champion_hours=2.0), {"champion_hours": 4.0, "champion_units": 2.0})
