"""The model as an ordinary Mesa model: steps, parameters, series, and the form of an engine."""

import mesa
import pytest
from histories import same
from worlds import live, lived, series, small

from qisim.engines.mesa_model import CareUnit, Facilitator, Leader, Staff
from qisim.errors import ScenarioError
from qisim.model.outcomes import WEEKLY

# --- an ordinary Mesa model -----------------------------------------------------------------------


def test_it_is_a_mesa_model_with_people_as_agents():
    model = CareUnit(small())
    assert isinstance(model, mesa.Model)
    kinds = [type(agent) for agent in model.agents]
    assert (kinds.count(Staff), kinds.count(Leader), kinds.count(Facilitator)) == (10, 4, 1)
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents)


def test_a_step_is_a_week_and_the_run_stops_after_the_last():
    model = CareUnit(small(), weeks=25)
    while model.running:
        model.step()
    assert model.week == 25
    before = model.datacollector.get_model_vars_dataframe()
    model.step()
    assert model.week == 25
    same(model.datacollector.get_model_vars_dataframe(), before)


def test_mesa_can_run_it_to_its_end():
    model = CareUnit(small())
    model.run_model()
    assert model.week == 30


def test_the_data_collector_has_the_weekly_series():
    frame = lived(small())
    assert list(frame.columns) == ["week", *WEEKLY]
    assert frame["week"].tolist() == list(range(1, 31))


def test_parameters_are_keywords():
    model = CareUnit("external", staff_per_unit=12, pressure=1.1, weeks=52, target="both")
    assert model.world.staff == 12
    assert model.k.pressure == 1.1
    assert model.scenario["programme.target"] == "both"
    assert CareUnit("external", **{"site.staff_per_unit": 12}).world.staff == 12


def test_a_misspelt_parameter_is_answered_with_the_nearest():
    with pytest.raises(ScenarioError, match="staff_turnover") as wrong:
        CareUnit("external", staff_turnovr=0.3)
    assert wrong.value.problems[0].nearest.endswith("staff_turnover")


# --- the engine's form ----------------------------------------------------------------------------


def test_simulate_gives_the_series_of_each_run():
    scenario = small()
    found = series(scenario, replicates=3, seed=4)
    for replicate in range(3):
        frame = lived(scenario, replicate, 4)
        for name in WEEKLY:
            assert (found[name][:, replicate] == frame[name].to_numpy()).all()


def test_a_whole_number_as_rng_is_the_seed():
    same(live(CareUnit(small(), rng=8)), lived(small(), seed=8))


def test_replicates_of_a_batch_differ():
    given = {"scenario": small(), "replicate": range(3)}
    rows = mesa.batch_run(CareUnit, given, number_processes=1, display_progress=False)
    assert len({row["use"] for row in rows}) > 1


def test_a_model_can_be_pickled():
    import pickle

    model, twin = CareUnit(small()), pickle.loads(pickle.dumps(CareUnit(small())))
    for one in (model, twin):
        one.step()
    assert twin.current == model.current
