"""Each mechanism of the second edition, on two worlds that differ in it alone.

Switched off, a mechanism does nothing at all: what only it could carry changes no number. Switched on, it moves
what it should. On the compiled engine, pair by pair on common random numbers; signs are asked for
far from the edge (five standard errors), sizes not at all.
"""

import numpy as np
import pytest
from minimal_pairs import EVERY_WEEK, lived, mean, moves, nothing_changes, world

import qisim

# --- routine means doing it -----------------------------------------------------------------------


def test_routine_asks_for_recent_use():
    moves(world(routine_share=0.0, routine_kept_share=0.0), {"routine_share": 0.9}, "adoption", -1)


def test_routine_ends_where_it_is_done_too_seldom():
    moves(
        world(routine_share=0.0, routine_kept_share=0.0),
        {"routine_kept_share": 0.9},
        "adoption",
        -1,
    )


def test_recent_weeks_bear_on_habit_and_on_routine_and_on_nothing_else():
    base = world(structure=0.0, habit_carries=0.0)
    nothing_changes(base, {"recent_weeks": 52.0}, ("adoption", "leader_adoption"))


def test_where_no_plan_hangs_on_it_routine_is_counted_and_moves_nothing():
    often = {"routine_share": 0.9, "routine_kept_share": 0.8}
    nothing_changes(world(structure=0.0), often, ("adoption", "leader_adoption"))


# --- a before -------------------------------------------------------------------------------------

UNTOUCHED = {"case": "no-programme"}


def test_without_programme_and_without_a_before_nobody_ever_uses_it():
    assert lived(world(**UNTOUCHED))["use"].max() == 0.0


def test_those_who_used_it_before_go_on_in_their_share_of_weeks():
    found = lived(world(**UNTOUCHED, baseline=0.4, contact=0.0))["use"]
    assert found[0].mean() == pytest.approx(0.4 * 0.8 * 0.88, abs=0.1)
    assert found[-52:].mean() > 0.2


def test_without_a_before_skill_and_use_of_those_who_did_it_do_nothing():
    nothing_changes(world(), {"baseline_skill": 0.7, "baseline_use": 0.6})


def test_who_did_it_before_is_in_routine_from_the_start():
    first = lived(world(baseline=0.4))["adoption"][0]
    assert first.mean() > 0.15
    assert lived(world())["adoption"][0].max() == 0.0


def test_some_never_use_it():
    assert lived(world(never_use=1.0))["use"].max() == 0.0
    moves(world(), {"never_use": 0.5}, "use", -1)
    moves(world(), {"never_use": 0.5}, "adoption", -1)


def test_what_happens_outside_adds_to_use_in_later_years():
    moves(world(base_odds=0.3, leader_base_odds=0.5), {"trend": 2.0}, "use", +1, begin=52)
    nothing_changes(world(**UNTOUCHED), {"trend": 2.0})


def test_readiness_is_a_factor_on_the_odds_of_all():
    base = world(base_odds=1.0, leader_base_odds=1.0, readiness=2.0)
    alone = base.replace({"activities": [], "session_reach": 0.0, "baseline": 0.5})  # no courses
    nothing_changes(alone, {"base_odds": 2.0, "leader_base_odds": 2.0, "readiness": 1.0})
    moves(base, {"readiness": 0.3}, "use", -1)
    moves(base, {"readiness": 0.3}, "reach", -1)


# --- who is reached -------------------------------------------------------------------------------

STEADY = {
    "activities": EVERY_WEEK, "full_time_share": 1.0, "mean_post": 1.0, "staff_turnover": 0.0,
    "never_come": 0.0, "rota_fixed": 0.0, "weeks": 52,
}  # fmt: skip
"""That course, and full-time staff who stay."""


def test_a_fixed_rota_misses_the_same_half_again_and_again():
    assert mean(world(**STEADY), "trained", begin=-1).mean() > 0.95
    missed = mean(world(**{**STEADY, "rota_fixed": 1.0}), "trained", begin=-1).mean()
    assert missed == pytest.approx(0.5, abs=0.05)


def test_some_never_come_to_a_course():
    some = mean(world(**{**STEADY, "never_come": 0.5}), "trained", begin=-1).mean()
    assert some == pytest.approx(0.5, abs=0.05)
    assert lived(world(never_come=1.0))["trained"].max() == 0.0


def test_leaders_meet_those_who_never_come():
    found = lived(world(never_come=1.0))
    assert found["reach"][-1].mean() > 0.2
    assert lived(world(never_come=1.0, session_reach=0.0))["reach"].max() == 0.0


@pytest.mark.parametrize("case", ["external", "internal"])
def test_who_came_to_an_activity_was_reached(case):
    found = lived(world(case))
    assert (found["trained"] <= found["reach"]).all()


# --- guidance, trying along, example --------------------------------------------------------------


def test_leaders_who_can_do_it_guide_staff_in_the_work():
    moves(world(guide_rate=0.0), {"guide_rate": 0.2}, "competence", +1)
    nothing_changes(world(guide_rate=0.0, hours_granted=0.0), {"guide_rate": 0.2})


def test_people_try_along_where_enough_of_the_team_do_it():
    moves(world(try_along=0.0), {"try_along": 10.0}, "competence", +1)
    nothing_changes(world(try_along=0.0, contact=0.0), {"try_along": 10.0})


def test_the_example_of_colleagues_pulls_and_a_lower_threshold_pulls_sooner():
    moves(world(norm_weight=0.0), {"norm_weight": 6.0}, "use", +1)
    moves(world(norm_threshold=0.8, norm_weight=6.0), {"norm_threshold": 0.05}, "use", +1)
    nothing_changes(world(norm_weight=0.0, contact=0.0), {"norm_weight": 6.0})


def test_example_hardly_pulls_where_few_do_it():
    """At a use far below the threshold the steep form leaves almost nothing of the pull."""
    few = world(base_odds=0.1, leader_base_odds=0.1, norm_threshold=1.0, norm_weight=0.0)
    assert mean(few, "use").mean() < 0.15
    pull = mean(few.replace({"norm_weight": 3.0}), "use") - mean(few, "use")
    assert abs(pull.mean()) < 0.005


# --- hours reach the unit -------------------------------------------------------------------------

UNFELT = {"hours_felt": 0.0, "own_part": 0.0}
WRITING = {"documentation_hours": 8.0}


def test_hours_that_nobody_feels_change_nothing_but_the_bill():
    nothing_changes(world(**UNFELT), WRITING, ("documentation_hours",))


def test_colleagues_feel_the_hours_that_the_programme_takes():
    base = world(**UNFELT, **WRITING)
    moves(base, {"hours_felt": 1.0}, "workload", +1, begin=10)
    moves(base, {"hours_felt": 1.0}, "strain", +1, begin=10)


def test_whoever_gives_the_hours_feels_them_too():
    moves(world(**UNFELT, **WRITING), {"own_part": 1.0}, "strain", +1, begin=10)


def test_a_covered_course_takes_nothing_from_the_unit():
    """Nobody uses it yet: only the course's own hours can be missing."""
    course = [{**EVERY_WEEK[0], "hours": 4.0}]
    base = world(never_use=1.0, own_part=0.0, session_reach=0.0, hours_felt=1.0, activities=course)
    moves(base, {"activities": [{**course[0], "protected": 0.5}]}, "workload", +1, end=50)
    nothing_changes(base, {"hours_felt": 0.0})


# --- units unlike each other ----------------------------------------------------------------------


def test_units_of_one_site_are_alike_or_unlike():
    def of_units(spread):
        model = qisim.CareUnit(world(units=4, unit_spread=spread), seed=1)
        return np.array([[u.burden, u.leading, u.openness, u.unrest] for u in model.units])

    assert (of_units(0.0) == 1.0).all()
    found = of_units(0.5)
    assert np.unique(found).size == found.size
    assert (np.abs(found - 1.0) <= 0.5).all()


def test_how_a_unit_differs_does_not_hang_on_the_scenario():
    one, other = (
        qisim.CareUnit(world(case, unit_spread=0.5), seed=1) for case in ("internal", "external")
    )
    assert one.units[0].burden == other.units[0].burden


def test_sites_lie_further_apart_where_units_differ_more():
    alike, unlike = (mean(world(unit_spread=s), "workload").std() for s in (0.0, 0.5))
    assert unlike > 2.0 * alike


# --- engagement with the programme, and with work -------------------------------------------------


def test_engagement_with_work_stays_as_usual_where_nothing_spills_over():
    base = world(engagement_spill=0.0)
    usual = base["usual_engagement"]
    np.testing.assert_allclose(lived(base)["engagement"], usual, rtol=1e-12)
    assert np.ptp(lived(base)["involvement"], axis=0).min() > 0.0
    nothing_changes(base, {"engagement_on_leaving": 5.0})


def test_a_part_of_engagement_with_the_programme_is_felt_in_work():
    base = world(engagement_spill=0.3)
    found, usual = lived(base), base["usual_engagement"]
    felt = usual + 0.3 * (found["involvement"] - usual)
    np.testing.assert_allclose(found["engagement"], felt, rtol=1e-9)


# --- turnover as counted --------------------------------------------------------------------------


@pytest.mark.parametrize("vacancy", [2.0, 8.0, 26.0])
def test_as_many_leave_in_a_year_as_the_turnover_says(vacancy):
    """Some 2,400 leavers: the tolerance is four standard errors."""
    ordinary = {"strain_on_leaving": 0.0, "engagement_on_leaving": 0.0, "unit_spread": 0.0}
    base = world(
        **ordinary, staff_turnover=0.22, vacancy_weeks=vacancy, staff_per_unit=36, weeks=156
    )
    leavers = lived(base)["leavers"][-1]
    assert leavers.mean() / 36.0 / 3.0 == pytest.approx(0.22, abs=0.022)
