"""The site at week 0, the calendar, the numbers that engines read, and the allocation ensemble."""

import numpy as np
import pytest
from worlds import small

import qisim
from qisim.model import site as world
from qisim.model.calendar import ACTIVITY_KINDS, LED_BY
from qisim.model.evidence import probability_external, probability_internal
from qisim.model.parameters import FACTORS, PARAMETERS
from qisim.model.site import COEFFICIENTS, LEADS, POSITION, QUARTERS, build, coefficients


def held(site, kind):
    """Return the weeks in which activities of a kind are held."""
    rows = site.activities[site.activities["kind"] == ACTIVITY_KINDS.index(kind)]
    return rows["week"].tolist()


def number(scenario, name):
    """Return one coefficient of a scenario."""
    return coefficients(scenario)[POSITION[name]]


# --- the site -------------------------------------------------------------------------------------


def test_the_site_has_the_posts_of_the_scenario():
    site = build(small())
    assert (site.units, site.teams, site.staff, site.champions, site.weeks) == (2, 2, 5, 1, 30)
    assert (site.staff_posts, site.leaders) == (10, 2)


def test_the_programme_runs_from_its_start_for_its_length():
    site = build(small(start_week=4))
    assert np.flatnonzero(site.running).tolist() == list(range(4, 24))
    assert np.flatnonzero(site.facilitator).tolist() == list(range(4, 16))
    assert site.end_week == 23


def test_a_programme_longer_than_the_run_ends_with_it():
    assert build(small(length_weeks=100)).end_week == 30


def test_without_a_programme_nothing_ever_runs():
    site = build(small(length_weeks=0, facilitator_weeks=0, activities=[]))
    assert site.running.sum() == site.facilitator.sum() == site.phase.sum() == site.end_week == 0
    assert len(site.activities) == 0
    assert site.first.tolist() == [0] * 32


def test_the_phase_says_when_the_champion_begins_and_when_all_is_over():
    changes = {"programme.champion_from_week": 5, "start_week": 2}
    calendar = [{"kind": "seminar", "week": 2, "hours": 1.0, "led_by": "leader"}]
    phase = build(small(changes, activities=calendar)).phase
    assert phase.tolist() == [0.0] * 6 + [1.0] * 16 + [2.0] * 9


def test_absence_swings_with_the_quarter_and_its_mean_is_one():
    site = build(small(weeks=103, start_week_of_year=1))
    year = site.quarter[1:53]
    assert year.mean() == pytest.approx(1.0)
    assert year[::13].tolist() == [q / (sum(QUARTERS) / 4) for q in QUARTERS]
    assert (site.quarter[53:] == site.quarter[1:52]).all()


def test_a_run_may_start_in_any_week_of_the_year():
    in_summer = build(small(start_week_of_year=27)).quarter[1]
    assert in_summer == 5.6 / (sum(QUARTERS) / 4)


def test_events_change_demand_and_call_leaders_away():
    events = [
        {"kind": "demand", "from_week": 3, "until_week": 5, "factor": 1.2},
        {"kind": "demand", "from_week": 5, "until_week": 6, "factor": 0.5},
        {"kind": "leader_leaves", "week": 4, "unit": 2},
        {"kind": "leader_leaves", "week": 9},
    ]
    site = build(small(events=events))
    assert site.demand[2:8].tolist() == [1.0, 1.2, 1.2, 0.6, 0.5, 1.0]
    assert np.argwhere(site.leader_leaves).tolist() == [[4, 1], [9, 0], [9, 1]]


# --- the calendar ---------------------------------------------------------------------------------


def test_activities_stand_in_the_weeks_of_the_run():
    site = build(small(start_week=3))
    assert held(site, "seminar") == [4]
    assert held(site, "simulation") == [7, 11, 15, 19]
    assert held(site, "refresher") == [14]


def test_activities_after_the_last_week_are_left_out():
    site = build(small(weeks=10))
    assert held(site, "simulation") == [5, 9]
    assert held(site, "refresher") == []


def test_every_week_knows_its_activities():
    site = build(small())
    for week in range(site.weeks + 1):
        rows = site.activities[site.first[week] : site.first[week + 1]]
        assert (rows["week"] == week).all()
    assert site.first[0] == 0
    assert site.first[-1] == len(site.activities) == 9


def test_an_activity_carries_what_the_scenario_says():
    seminar, workshop, elearning, simulation, feedback = build(small()).activities[:5]
    assert (simulation["places"], feedback["feedback"], seminar["feedback"]) == (4.0, 1.0, 0.0)
    assert (seminar["for_staff"], seminar["for_leaders"], seminar["hours"]) == (1.0, 1.0, 3.0)
    assert (workshop["for_staff"], workshop["for_leaders"], workshop["meeting"]) == (0.0, 1.0, 1.0)
    assert (elearning["self_paced"], elearning["any_time"], seminar["any_time"]) == (1.0, 1.0, 0.0)
    assert seminar["places"] == seminar["protected"] == -1.0


@pytest.mark.parametrize(
    ("target", "staff", "leaders"), [("staff", 1, 0), ("leaders", 0, 1), ("both", 1, 1)]
)
def test_the_target_decides_whom_activities_and_facilitator_meet(target, staff, leaders):
    calendar = [{"kind": "coaching", "week": 1, "hours": 1.0, "led_by": "leader"}]
    scenario = small(target=target, activities=calendar)
    row = build(scenario).activities[0]
    assert (row["for_staff"], row["for_leaders"]) == (staff, leaders)
    assert number(scenario, "supports_staff") == staff
    assert number(scenario, "supports_leaders") == leaders


@pytest.mark.parametrize("lead", ["facilitator", "champion", "leader"])
def test_the_driver_leads_what_is_left_to_it(lead):
    calendar = [{"kind": "coaching", "week": 1, "hours": 1.0, "led_by": "driver"}]
    assert build(small(lead=lead, activities=calendar)).activities[0]["led_by"] == LEADS[lead]


def test_the_world_knows_the_kinds_and_leaders_of_the_scenario_format():
    assert set(ACTIVITY_KINDS) == set(ACTIVITY_KINDS)
    assert {*LEADS, "driver"} == set(LED_BY)


# --- coefficients ---------------------------------------------------------------------------------


def test_every_number_that_is_not_a_shape_is_a_coefficient():
    floats = {p.name for p in PARAMETERS.values() if p.kind == "float"}
    assert floats <= set(COEFFICIENTS)
    assert {p.name for p in PARAMETERS.values()} - floats == set(world.SHAPING)
    assert len(set(COEFFICIENTS)) == len(COEFFICIENTS)


def test_teaching_by_kind_stands_last_and_in_the_order_of_kinds():
    assert COEFFICIENTS[-len(ACTIVITY_KINDS) :] == tuple(
        f"{kind}_teaches" for kind in ACTIVITY_KINDS
    )


def test_coefficients_are_the_scenarios_values():
    scenario = small(pressure=1.11, habit_days=70)
    row = coefficients(scenario)
    assert row.dtype == np.float64
    for key, value in scenario.values.items():
        if PARAMETERS[key].kind == "float":
            assert row[POSITION[PARAMETERS[key].name]] == value


def test_rates_follow_from_the_parameters():
    assert number(small(vacancy_weeks=8.0), "hiring") == 0.125
    assert number(small(skill_half_life=1.0), "skill_loss") == 0.5
    assert number(small(settling_weeks=9.0), "settling_step") == 0.1
    assert number(small(leader_turnover=0.0), "leader_leaving") == 0.0


def test_both_groups_together_leave_as_the_scenario_says():
    scenario = small(staff_turnover=0.22, unschooled_share=0.23)
    schooled, unschooled = (
        1.0 - (1.0 - number(scenario, f"{group}_leaving")) ** 52
        for group in ("schooled", "unschooled")
    )
    assert 0.77 * schooled + 0.23 * unschooled == pytest.approx(0.22)


@pytest.mark.parametrize("key", [p.key for p in PARAMETERS.values() if p.kind == "float"])
def test_coefficients_are_finite_at_both_ends_of_every_allowed_range(key):
    p = PARAMETERS[key]
    scenario = qisim.load("internal")
    by_name = {PARAMETERS[k].name: float(v) for k, v in scenario.values.items()}
    for end in (p.minimum, p.maximum):
        row = world.vector({**by_name, p.name: end}, 1.0, 0.0)
        assert row.dtype == np.float64
        assert np.isfinite(row).all()


def test_chances_per_week_stay_chances_when_hardly_anybody_stays():
    extremes = {"staff_turnover": 0.95, "unschooled_turnover_ratio": 0.2, "unschooled_share": 0.5}
    row = coefficients(small({**extremes, "nurse_share": 0.5}))
    assert row.dtype == np.float64
    assert 0.0 <= row[POSITION["schooled_leaving"]] <= 1.0


# --- the allocation ensemble ----------------------------------------------------------------------


def strengths(case, mode, replicates=4000, seed=1):
    """Return the strengths of all factors, shape (replicates, factors)."""
    scenario = small({"programme.study_case": case, "run.allocation": mode})
    rows = world.allocated(scenario, coefficients(scenario), seed, np.arange(replicates))
    return rows[:, [POSITION[factor] for factor in FACTORS]]


@pytest.mark.parametrize(("case", "mode"), [("external", "off"), ("none", "study")])
def test_without_case_or_ensemble_every_mechanism_is_in_force(case, mode):
    assert (strengths(case, mode, 50) == 1.0).all()


@pytest.mark.parametrize("case", ["external", "internal"])
def test_factors_are_kept_as_often_as_the_evidence_says(case):
    probability = probability_external if case == "external" else probability_internal
    kept = (strengths(case, "study") == 1.0).mean(axis=0)
    expected = np.array([probability(factor) for factor in FACTORS])
    assert np.abs(kept - expected).max() < 3.7 * np.sqrt(0.25 / 4000)


@pytest.mark.parametrize("mode", ["study", "null"])
def test_a_process_specific_factor_is_in_exactly_one_case(mode):
    external, internal = (strengths(case, mode) == 1.0 for case in ("external", "internal"))
    for place, factor in enumerate(FACTORS):
        shared = probability_external(factor) + probability_internal(factor) > 1.0
        same = external[:, place] == internal[:, place]
        assert same.all() if shared else not same.any()


def test_the_null_ensemble_gives_each_process_specific_factor_one_half():
    kept = (strengths("external", "null") == 1.0).mean(axis=0)
    specific = [probability_external(f) + probability_internal(f) <= 1.0 for f in FACTORS]
    assert np.abs(kept[specific] - 0.5).max() < 3.7 * np.sqrt(0.25 / 4000)


def test_what_is_not_kept_is_cut_to_a_share_and_nothing_else_changes():
    scenario = small({"programme.study_case": "external", "run.allocation": "study"})
    row = coefficients(scenario)
    rows = world.allocated(scenario, row, 1, np.arange(50))
    columns = [POSITION[factor] for factor in FACTORS]
    assert set(np.unique(rows[:, columns])) == {0.1, 1.0}
    assert (np.delete(rows, columns, axis=1) == np.delete(row, columns)).all()


def test_the_ensemble_of_a_replicate_does_not_depend_on_the_others():
    together = strengths("external", "study", 20)
    scenario = small({"programme.study_case": "external", "run.allocation": "study"})
    alone = world.allocated(scenario, coefficients(scenario), 1, 13)
    assert (alone[0, [POSITION[factor] for factor in FACTORS]] == together[13]).all()
    assert (strengths("external", "study", 20, seed=2) != together).any()
