"""What follows from the mechanisms, on the compiled engine: every factor bites, size does no magic.

The scenarios are paired replicate by replicate on common random numbers, as in a comparison.
"""

from functools import lru_cache

import numpy as np
import pytest
from worlds import series, small

import qisim
from qisim.comparison.comparison import compared
from qisim.comparison.matters import smallest_differences
from qisim.comparison.paired import Pairs, interval_of
from qisim.engines.compiled import simulate
from qisim.model.coefficients import coefficients
from qisim.model.outcome_values import outcomes_of
from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.model.parameters import FACTORS
from qisim.model.site import build

REPLICATES = 200

HELPS, HINDERS, NOT_CARRIED, DEPENDS = -1.0, 1.0, 0.0, None
"""What taking a factor away does to adoption; of some it depends on the exposure."""

EXPECTED = {
    "technology_and_tools": (DEPENDS, DEPENDS),
    "dedication": (HELPS, HELPS),
    "ownership": (HELPS, HELPS),
    "engagement": (HELPS, HELPS),
    "continuous_learning": (NOT_CARRIED, HELPS),
    "simulation_training": (NOT_CARRIED, HELPS),
    "knowledge_sharing": (DEPENDS, DEPENDS),
    "perceived_relevance": (HELPS, HELPS),
    "systematic_approach": (HELPS, HELPS),
    "coordination": (DEPENDS, DEPENDS),
    "workload": (HINDERS, HINDERS),
    "turnover": (HINDERS, HINDERS),
    "coping_with_responsibilities": (HINDERS, HINDERS),
    "staff_variety": (HINDERS, HINDERS),
    "standardisation_misfit": (HINDERS, HINDERS),
    "documentation": (HINDERS, HINDERS),
}
"""In the external and the internal programme. The external one has no refreshers and no simulation.
The three two-sided factors lie near the middle of their scales, and are tried at both ends below: of them the
exposure decides (arenas, joint planning, usability and fit)."""

CARRIED = [
    pytest.param(case, factor, sides[place], id=f"{case}-{factor}")
    for factor, sides in EXPECTED.items()
    for place, case in enumerate(("external", "internal"))
]


@lru_cache(maxsize=256)
def adoption(scenario, replicates=REPLICATES, seed=1):
    """Return mean adoption over the weeks, per replicate."""
    return series(scenario, replicates, seed, simulate)["adoption"].mean(axis=0)


def effect(base, changes):
    """Return what changes do to mean adoption, pair by pair."""
    return adoption(base.replace(changes)) - adoption(base)


def assert_clear_of_zero(delta, sign):
    low, high = interval_of(delta)
    assert sign * low > 0.0 and sign * high > 0.0, (delta.mean(), low, high)


# --- every factor bites ---------------------------------------------------------------------------


def test_every_factor_has_an_expected_direction():
    assert set(EXPECTED) == set(FACTORS)


@pytest.mark.parametrize(("case", "factor", "sign"), CARRIED)
def test_taking_a_factor_away_moves_adoption_in_the_studys_direction(case, factor, sign):
    delta = effect(qisim.load(case), {f"factors.{factor}": 0.0})
    if sign == NOT_CARRIED:
        assert (delta == 0.0).all()
    elif sign is DEPENDS:
        assert factor in {name for name, _, _ in TWO_SIDED}
        assert (delta != 0.0).any()
    else:
        assert_clear_of_zero(delta, sign)


TWO_SIDED = [
    ("technology_and_tools", {"usability": 0.95, "fit": 0.9}, {"usability": 0.2, "fit": 0.3}),
    ("coordination", {"plan": 0.9}, {"plan": 0.1}),
    ("knowledge_sharing", {"arenas": 0.9}, {"arenas": 0.05, "sharing": 0.0}),
]


@pytest.mark.parametrize("case", ["external-competence", "internal"])
@pytest.mark.parametrize(("factor", "good", "poor"), TWO_SIDED, ids=[row[0] for row in TWO_SIDED])
def test_a_two_sided_factor_helps_where_it_is_good_and_hinders_where_it_is_poor(
    case, factor, good, poor
):
    """The package that trains staff from outside: that for leaders has nothing that a rota could miss."""
    away = {f"factors.{factor}": 0.0}
    assert_clear_of_zero(effect(qisim.load(case, good), away), HELPS)
    assert_clear_of_zero(effect(qisim.load(case, poor), away), HINDERS)


@pytest.mark.parametrize("case", ["external", "internal"])
def test_names_of_driver_package_and_setting_do_nothing(case):
    scenario = qisim.load(case)
    for driver in ("external", "internal", "blended"):
        for setting in ("nursing_home", "home_care"):
            labels = {"driver": driver, "setting": setting, "package": "none"}
            assert (effect(scenario, labels) == 0.0).all()


# --- replicates and size --------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["external", "internal"])
def test_twice_the_replicates_leave_the_mean_within_its_interval(case):
    few, many = (adoption(qisim.load(case), n) for n in (REPLICATES, 2 * REPLICATES))
    assert (many[:REPLICATES] == few).all()
    low, high = interval_of(few)
    assert low < many.mean() < high


def of_forty(case, **changes):
    """Return a scenario with one unit of 40 posts, and one with eight of them.

    The facilitator has just the hours for what she leads, and visits no unit: visits of one unit a week
    are not as many for each of eight.
    """
    alone = qisim.load(case, staff_per_unit=40, **changes)
    return tuple(with_hours_to_lead(scenario) for scenario in (alone, alone.replace({"units": 8})))


def with_hours_to_lead(scenario):
    """Return a scenario whose facilitator has the hours for the activities that she leads, and no more."""
    site = build(scenario)
    needed = (site.outside_hours + scenario["preparation"] * site.outside_number).max()
    return scenario.replace(facilitator_hours=needed) if needed else scenario


@pytest.mark.parametrize("case", ["external", "internal"])
def test_a_unit_of_forty_adopts_as_the_mean_of_sites_of_many_such_units(case):
    """Nothing but leaders' example and know-how reaches beyond the unit; without it they agree."""
    alone, eight = of_forty(case, norm_weight=0.0, leader_from_peers=0.0)
    one, many = adoption(alone, 400), adoption(eight, 50, seed=2)
    error = np.sqrt(one.var(ddof=1) / one.size + many.var(ddof=1) / many.size)
    assert abs(one.mean() - many.mean()) < 3.3 * error


@pytest.mark.parametrize("case", ["external", "internal"])
def test_with_the_example_of_other_leaders_size_still_makes_little_difference(case):
    alone, eight = of_forty(case)
    assert abs(adoption(alone, 400).mean() - adoption(eight, 50, seed=2).mean()) < 0.05


@pytest.mark.parametrize("staff", [10, 300])
@pytest.mark.parametrize("case", ["external", "internal"])
def test_sites_of_ten_and_three_hundred_run(case, staff):
    found = adoption(qisim.load(case, staff_per_unit=staff), 16)
    assert np.isfinite(found).all()
    assert 0.0 <= found.min() <= found.max() <= 1.0


# --- the engine agrees with Mesa ------------------------------------------------------------------


def test_both_engines_give_the_same_small_world():
    scenario = small()
    compiled, readable = series(scenario, 5, 3, simulate), series(scenario, 5, 3)
    assert all((compiled[name] == readable[name]).all() for name in WEEKLY)


# --- a scenario against itself --------------------------------------------------------------------


def outcomes(scenario, replicates, seed):
    """Return the outcomes of a scenario under a seed."""
    site, rows = build(scenario), np.repeat(coefficients(scenario)[None], replicates, axis=0)
    weekly, adopters = simulate(site, rows, seed, np.arange(replicates))
    return outcomes_of(weekly, site.end_week - 1, adopters)


@pytest.mark.slow
def test_a_scenario_against_itself_is_called_different_in_few_of_a_thousand_seeds():
    """Fresh seeds on both sides, so that the pairs have nothing in common but the scenario."""
    scenario, replicates = small(weeks=26), 30
    everything_matters = smallest_differences(dict.fromkeys(OUTCOMES, 0.0))
    different = 0
    for seed in range(1000):
        base, other = (outcomes(scenario, replicates, s) for s in (seed, 1_000_000 + seed))
        pairs = {name: Pairs(base[name], other[name], replicates) for name in OUTCOMES}
        rows = compared("A", "B", pairs, everything_matters)
        different += any(row["verdict"].startswith("B ") for row in rows)
    assert different <= 60
