"""Study files: what they mean, and where they are found."""

import pytest
from studies import BASE, study

import qisim
from qisim.design.methods import METHODS, fits
from qisim.design.plan_file import is_study, read, shipped_studies
from qisim.design.sampling import number_of_points, points
from qisim.errors import StudyError
from qisim.model.evidence import process_specific
from qisim.model.parameters import FACTORS, PARAMETERS


def of_role(role):
    return [p.key for p in PARAMETERS.values() if p.role == role and p.kind == "float"]


# --- what it means --------------------------------------------------------------------------------


def test_a_study_has_scenarios_inputs_a_design_and_runs():
    plan = read(study())
    assert list(plan.scenarios) == ["base", "other"]
    assert plan.names == (
        "workload.pressure", "tool.fit", "workforce.staff_turnover", "factors.turnover",
    )  # fmt: skip
    assert (plan.design.method, plan.design.samples) == ("sobol", 8)
    assert (plan.replicates, plan.seed, plan.random_numbers) == (3, 5, "common")
    assert plan.outcomes == ("adoption_mean", "leavers")


def test_ranges_and_distributions_are_those_of_the_declaration_unless_given():
    given = {"parameter": "tool.fit", "low": 0.5, "high": 0.7, "distribution": "triangular"}
    declared, ranged = read(study(vary=["workforce.staff_turnover", given])).inputs
    p = PARAMETERS["workforce.staff_turnover"]
    assert (declared.low, declared.high, declared.distribution) == (p.low, p.high, p.distribution)
    assert declared.peak == qisim.load(BASE)["staff_turnover"]
    assert (ranged.low, ranged.high, ranged.distribution) == (0.5, 0.7, "triangular")


@pytest.mark.parametrize("role", ["uncertain", "lever", "context"])
def test_a_role_means_all_its_numbers_that_do_not_shape_the_world(role):
    names = read(study(vary=role)).names
    assert set(names) == set(of_role(role)) - {"run.allocation_cut"}


def test_a_factor_means_all_that_belongs_to_it():
    names = read(study(vary=[{"factor": "turnover"}])).names
    assert set(names) == {p.key for p in PARAMETERS.values() if p.factor == "turnover"}
    assert read(study(vary="turnover")).names == names


def test_all_strengths_can_be_named_at_once():
    assert read(study(vary="factors")).names == tuple(f"factors.{factor}" for factor in FACTORS)


def test_the_last_entry_counts_and_what_is_fixed_does_not_vary():
    narrow = {"parameter": "tool.fit", "low": 0.6, "high": 0.7}
    plan = read(study(vary=["lever", narrow], fixed=["workload.pressure"]))
    assert next(one for one in plan.inputs if one.name == "tool.fit").high == 0.7
    assert "workload.pressure" not in plan.names
    assert len(plan.inputs) == len(of_role("lever")) - 1


def test_short_names_will_do_where_they_mean_one_thing():
    assert read(study(vary=["pressure", {"parameter": "fit"}])).names == (
        "workload.pressure", "tool.fit",
    )  # fmt: skip


def test_the_allocation_can_vary_under_both_ensembles():
    cases = [{**BASE, "programme": {**BASE["programme"], "study_case": "external"}}]
    plan = read(study(scenarios=cases, vary=["allocation"]))
    assert plan.names == tuple(f"allocation.{factor}" for factor in process_specific())
    assert {(one.low, one.high, one.group) for one in plan.inputs} == {(0.0, 1.0, "allocation")}
    null = {"allocation": "null", "factors": ["turnover"]}
    plan = read(study(scenarios=cases, vary=[null]))
    assert (plan.names, plan.allocation) == (("allocation.turnover",), "null")


def test_the_cut_varies_with_the_allocation_only():
    cases = [{**BASE, "programme": {**BASE["programme"], "study_case": "external"}}]
    assert "run.allocation_cut" not in read(study(scenarios=cases, vary="uncertain")).names
    both = read(study(scenarios=cases, vary=["uncertain", "allocation"]))
    assert "run.allocation_cut" in both.names
    assert "run.allocation_cut" in read(study(vary=["run.allocation_cut"])).names


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gets_the_design_that_it_needs(method):
    plan = read(
        study(analysis={"method": method}, design={"method": METHODS[method], "samples": 70})
    )
    default = {**study(analysis={"method": method}), "design": {}}
    assert read(default).design.method == plan.design.method == METHODS[method]
    assert fits(method, plan.design.method)
    assert len(points(plan)) == number_of_points(plan)


def test_rbd_fast_refuses_a_sobol_sequence():
    with pytest.raises(
        StudyError, match=r"design.method: does not suit analysis\.method = 'rbd_fast'"
    ):
        read(study(analysis={"method": "rbd_fast"}, design={"method": "sobol"}))


def test_what_is_no_study_is_text():
    assert not is_study(qisim.load("internal")) and not is_study(3)


def test_values_can_be_laid_over_all_scenarios():
    laid = {"tool": {"usability": 0.5}, "workload.cover": 0.4}
    plan = read(study(set=laid), set={"cover": 0.3}, seed=0, replicates=2, samples=4)
    assert [s["tool.usability"] for s in plan.scenarios.values()] == [0.5, 0.5]
    assert [s["workload.cover"] for s in plan.scenarios.values()] == [0.3, 0.3]
    assert (plan.seed, plan.replicates, plan.design.samples) == (0, 2, 4)


def test_a_plan_can_be_written_and_read_again():
    plan = read(study(vary=["uncertain", {"parameter": "tool.fit", "values": [0.5, 0.6]}]))
    assert read(plan.to_dict()) == plan
    assert read(plan) is not None
    assert read(plan, seed=9).seed == 9


def test_one_scenario_will_do():
    assert list(read(study(scenarios="internal")).scenarios) == ["internal"]
    assert list(read(study(scenarios=[BASE])).scenarios) == ["base"]


# --- files ----------------------------------------------------------------------------------------


def test_paths_of_scenarios_and_tables_are_relative_to_the_file(tmp_path):
    (tmp_path / "mine.toml").write_text('extends = "external"\n')
    (tmp_path / "points.csv").write_text("tool.fit,workload.pressure\n0.5,1.0\n0.6,1.1\n")
    (tmp_path / "study.toml").write_text('scenarios = "mine.toml"\n[design]\nfile = "points.csv"\n')
    plan = read(tmp_path / "study.toml")
    assert list(plan.scenarios) == ["mine"]
    assert plan.names == ("tool.fit", "workload.pressure")
    assert points(plan).tolist() == [[0.5, 1.0], [0.6, 1.1]]


def test_a_study_is_told_from_a_scenario(tmp_path):
    file = tmp_path / "study.toml"
    file.write_text('scenarios = "external"\nvary = "lever"\n')
    assert is_study(file)
    assert not is_study("external")
    assert not is_study(tmp_path / "nothing.toml")


@pytest.mark.parametrize("name", shipped_studies())
def test_shipped_studies_are_sound(name):
    plan = read(name)
    assert plan.title != " and ".join(plan.scenarios)
    assert number_of_points(plan) * plan.replicates * len(plan.scenarios) < 2_000_000


def test_there_are_shipped_studies_of_several_kinds():
    plans = [read(name) for name in shipped_studies()]
    assert {plan.design.method for plan in plans} >= {"factorial", "saltelli", "morris", "latin"}
    assert any(one.factor for plan in plans for one in plan.inputs)
