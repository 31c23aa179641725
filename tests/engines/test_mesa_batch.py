"""Mesa's batch_run takes the model as it is, and no run is repeated by mistake."""

import inspect

import mesa
import numpy as np
import pandas as pd
import pytest
from histories import same
from worlds import live, lived, small

import qisim
from qisim.engines.mesa_model import CareUnit
from qisim.errors import InputError
from qisim.model.outcomes import WEEKLY


def batch(parameters, **options):
    """Return the rows of Mesa's batch run, in one process."""
    given = {"scenario": small(), **parameters}
    return mesa.batch_run(CareUnit, given, number_processes=1, display_progress=False, **options)


def last_weeks(seeds, **parameters):
    """Return what the last week of single runs shows, by seed."""
    frames = [lived(small(), seed=seed, **parameters).iloc[-1] for seed in seeds]
    return [frame[list(WEEKLY)].to_dict() for frame in frames]


def shown(rows):
    return [{name: row[name] for name in WEEKLY} for row in rows]


NEWER = "rng" in inspect.signature(mesa.batch_run).parameters

"""Whether Mesa's batch runner takes seeds itself."""


def test_batch_run_takes_it_as_it_is():
    rows = batch({"pressure": [0.9, 1.1], "replicate": range(2), "seed": 5})
    assert len(rows) == 4
    for row in rows:
        frame = lived(small(), row["replicate"], 5, pressure=row["pressure"])
        assert {name: row[name] for name in WEEKLY} == frame.iloc[-1][list(WEEKLY)].to_dict()


@pytest.mark.parametrize("seeds", [[1, 2, 3], range(1, 4), np.arange(1, 4), (1, 2, 3)])
def test_several_seeds_of_a_batch_give_several_runs(seeds):
    wanted = last_weeks((1, 2, 3))
    assert wanted[0] != wanted[1] != wanted[2]
    assert shown(batch({"seed": seeds})) == wanted
    if NEWER:
        assert shown(batch({}, rng=seeds)) == wanted
    else:
        assert shown(batch({"rng": seeds})) == wanted


@pytest.mark.filterwarnings("ignore:The `iterations` keyword")
def test_iterations_that_would_repeat_a_run_are_refused():
    with pytest.raises(InputError, match=r"iterations: would give the same run again.*replicate"):
        batch({}, iterations=3)
    assert len(batch({}, iterations=1)) == 1
    with pytest.raises(InputError, match="would give the same run again"):
        batch({"seed": [1, 2]}, iterations=2)
    if NEWER:
        with pytest.raises(InputError, match="would give the same run again"):
            batch({}, rng=[None] * 2)
        with pytest.raises(InputError, match="two names for the same thing"):
            batch({"seed": [1, 2]}, rng=[3])


def test_a_subclass_is_treated_alike():
    rows = mesa.batch_run(Named, {"seed": [1, 2]}, number_processes=1, display_progress=False)
    assert shown(rows) == last_weeks((1, 2))


class Named(CareUnit):
    """A class of somebody's own."""

    def __init__(self, **kwargs):
        super().__init__(small(), **kwargs)


@pytest.mark.parametrize("seed", [np.int64(3), np.int32(3), np.uint8(3)])
def test_whole_numbers_of_numpy_are_seeds(seed):
    same(lived(small(), seed=seed), lived(small(), seed=3))
    same(live(CareUnit(small(), rng=seed)), lived(small(), seed=3))
    assert type(CareUnit(small(), seed=seed).study_seed) is int


@pytest.mark.parametrize("kind", [
    np.random.default_rng, np.random.PCG64, np.random.SeedSequence, lambda seed: [seed, 7],
    lambda seed: np.array([seed, 7]),
])  # fmt: skip
def test_a_generator_gives_a_seed(kind):
    one, again, other = (CareUnit(small(), rng=kind(k)) for k in (1, 1, 2))
    assert one.study_seed == again.study_seed != other.study_seed
    same(live(one), live(again))
    same(
        live(CareUnit(small(), seed=again.study_seed)),
        again.datacollector.get_model_vars_dataframe(),
    )
    assert not live(other).equals(again.datacollector.get_model_vars_dataframe())


def test_models_from_one_generator_differ():
    chance = np.random.default_rng(4)
    seeds = {CareUnit(small(), rng=chance).study_seed for _ in range(3)}
    assert len(seeds) == 3


@pytest.mark.parametrize("wrong", ["one", 1.5, True, object(), [1.5], {"a": 1}])
def test_what_gives_no_seed_is_refused(wrong):
    for name in ("rng", "seed"):
        with pytest.raises(InputError):
            CareUnit(small(), **{name: wrong})
    with pytest.raises(InputError, match="two names for the same thing"):
        CareUnit(small(), seed=1, rng=2)


def test_a_model_holds_its_scenario():
    model, wanted = CareUnit("internal", pressure=1.1), qisim.load("internal", pressure=1.1)
    assert isinstance(model.scenario, qisim.Scenario)
    assert model.scenario == wanted and model.scenario.digest == wanted.digest
    assert type(qisim.load(model.scenario)) is qisim.Scenario
    assert qisim.load(model.scenario) == wanted


def test_batch_run_collects_every_week():
    rows = mesa.batch_run(
        CareUnit, {"scenario": "internal", "weeks": 110}, number_processes=1,
        data_collection_period=1, display_progress=False,
    )  # fmt: skip
    found = pd.DataFrame(rows).drop_duplicates("week").set_index("week")["adoption"].loc[1:]
    assert found.tolist() == lived("internal", weeks=110)["adoption"].tolist()


def test_batch_run_takes_a_scenario_that_is_not_in_a_list():
    assert mesa.batch_run(
        CareUnit, {"scenario": small(), "weeks": 20}, number_processes=1, display_progress=False
    )
