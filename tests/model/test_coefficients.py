"""The numbers that engines read: parameters, and what is worked out of them once before a run."""

import numpy as np
import pytest
from worlds import small

import qisim
from qisim.model import site as world
from qisim.model.calendar import ACTIVITY_KINDS
from qisim.model.coefficients import COEFFICIENTS, POSITION, coefficients, vector
from qisim.model.parameters import PARAMETERS
from qisim.model.rules import usual_vacancy


def number(scenario, name):
    """Return one coefficient of a scenario."""
    return coefficients(scenario)[POSITION[name]]


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
    assert number(small(recent_weeks=9.0), "recent_step") == 0.1
    assert number(small(lately_weeks=4.0), "lately_step") == 0.2
    assert number(small(embed_weeks=99.0), "embed_step") == 0.01
    assert number(small(unembed_half_life=1.0), "unembed_loss") == 0.5


def leavers(scenario, group, vacancy):
    """Return leavers in a year over posts, of a group of people in ordinary strain."""
    leaving, hiring = number(scenario, f"{group}_leaving"), 1.0 / scenario[vacancy]
    return 52.0 * leaving * (1.0 - usual_vacancy(leaving, hiring))


def test_both_groups_together_leave_as_the_scenario_says():
    scenario = small(staff_turnover=0.22, unschooled_share=0.23, vacancy_weeks=26.0)
    both = [leavers(scenario, group, "vacancy_weeks") for group in ("schooled", "unschooled")]
    assert 0.77 * both[0] + 0.23 * both[1] == pytest.approx(0.22)
    assert both[1] == pytest.approx(1.64 * 0.22)


def test_leaders_leave_as_the_scenario_says():
    scenario = small(leader_turnover=0.17, leader_vacancy_weeks=26.0)
    assert leavers(scenario, "leader", "leader_vacancy_weeks") == pytest.approx(0.17)


@pytest.mark.parametrize("key", [p.key for p in PARAMETERS.values() if p.kind == "float"])
def test_coefficients_are_finite_at_both_ends_of_every_allowed_range(key):
    p = PARAMETERS[key]
    scenario = qisim.load("internal")
    by_name = {PARAMETERS[k].name: float(v) for k, v in scenario.values.items()}
    for end in (p.minimum, p.maximum):
        row = vector({**by_name, p.name: end}, 1.0, 0.0)
        assert row.dtype == np.float64
        assert np.isfinite(row).all()


def test_chances_per_week_stay_chances_when_hardly_anybody_stays():
    extremes = {"staff_turnover": 0.95, "unschooled_turnover_ratio": 0.2, "unschooled_share": 0.5}
    row = coefficients(small({**extremes, "nurse_share": 0.5}))
    assert row.dtype == np.float64
    assert 0.0 <= row[POSITION["schooled_leaving"]] <= 1.0
