"""The site at week 0 and the calendar."""

import numpy as np
import pytest
from random_worlds import strange_world
from worlds import small

from qisim.model.calendar import ACTIVITY_KINDS, LED_BY
from qisim.model.coefficients import POSITION, coefficients
from qisim.model.site import LEAD_NAMES, LEADS, QUARTERS, build, leads

MEAN_QUARTER = (
    QUARTERS[0] + QUARTERS[1] + QUARTERS[2] + QUARTERS[3]
) / 4  # as the model adds: in turn


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
    assert year[::13].tolist() == [q / MEAN_QUARTER for q in QUARTERS]
    assert (site.quarter[53:] == site.quarter[1:52]).all()


def test_a_run_may_start_in_any_week_of_the_year():
    in_summer = build(small(start_week_of_year=27)).quarter[1]
    assert in_summer == 5.6 / MEAN_QUARTER


def test_development_nurses_leave_and_the_leader_stays():
    events = [
        {"kind": "champion_leaves", "week": 4, "unit": 2},
        {"kind": "champion_leaves", "week": 9},
    ]
    site = build(small({"site.champions_per_unit": 2}, events=events))
    assert np.argwhere(site.leader_leaves).tolist() == [
        [4, 4], [4, 5], [9, 1], [9, 2], [9, 4], [9, 5],
    ]  # fmt: skip


def test_events_change_demand_and_call_leaders_away():
    events = [
        {"kind": "demand", "from_week": 3, "until_week": 5, "factor": 1.2},
        {"kind": "demand", "from_week": 5, "until_week": 6, "factor": 0.5},
        {"kind": "leader_leaves", "week": 4, "unit": 2},
        {"kind": "leader_leaves", "week": 9},
    ]
    site = build(small(events=events))
    assert site.demand[2:8].tolist() == [1.0, 1.2, 1.2, 0.6, 0.5, 1.0]
    assert np.argwhere(site.leader_leaves).tolist() == [[4, 2], [9, 0], [9, 2]]


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


# --- what the facilitator leads -------------------------------------------------------------------


def test_hours_for_leading_are_spread_over_the_quarter_after():
    """The small site of two units; what is for leaders alone is led once for both."""
    site = build(small(activities=[{"kind": "workshop", "week": 3, "hours": 2.0, "audience": "leaders",
                                    "led_by": "facilitator"}], weeks=30, start_week=1))  # fmt: skip
    expected = np.zeros(31)
    expected[3:16] = 2.0 / 13
    assert site.outside_hours.tolist() == expected.tolist()
    assert site.outside_number.tolist() == (expected / 2.0).tolist()


def test_what_is_for_staff_is_led_once_in_every_unit():
    line = {"kind": "seminar", "week": 3, "hours": 2.0, "led_by": "facilitator"}
    for audience in ("staff", "everyone"):
        site = build(small(activities=[{**line, "audience": audience}], start_week=1))
        assert site.outside_hours[3] == 4.0 / 13 and site.outside_number[3] == 2.0 / 13


def test_champions_share_what_is_theirs_and_nobody_else_leads_it():
    line = {"kind": "seminar", "week": 3, "hours": 2.0, "audience": "staff"}
    calendar = [{**line, "led_by": who, "every": 1, "until": 6} for who in ("leader", "champion")]
    site = build(small(activities=calendar, champions_per_unit=2, start_week=1))
    assert site.leader_hours[6] == 8.0 / 13 and site.leader_number[6] == 4.0 / 13
    assert site.champion_hours[6] == 8.0 / 13 / 2.0
    assert set(site.outside_hours) == set(site.outside_number) == {0.0}


def test_what_is_still_to_come_takes_no_hours_now():
    line = {"kind": "seminar", "week": 3, "hours": 2.0, "audience": "staff", "led_by": "leader"}
    one, more = (
        build(small(activities=[{**line, **extra}])) for extra in ({}, {"every": 5, "until": 18})
    )
    assert one.leader_hours[:8].tolist() == more.leader_hours[:8].tolist()
    assert one.leader_hours.tolist() != more.leader_hours.tolist()


def test_years_are_counted_from_the_start_of_the_run():
    years = build(small(weeks=104, start_week=9)).years
    assert years[[0, 26, 104]].tolist() == [0.0, 0.5, 2.0]


def test_what_is_led_is_the_same_worked_out_at_once_as_week_by_week():
    for seed in range(40):
        scenario = strange_world(seed)
        site = build(scenario)
        rows = site.activities.view(np.recarray)
        at_once = np.column_stack([getattr(site, name) for name in LEAD_NAMES])
        by_week = [leads(rows, week, site.units, site.champions) for week in range(site.weeks + 1)]
        assert np.array_equal(at_once, np.array(by_week))
