"""Doors for other tools: SALib's problems, and the model as a function of a matrix."""

import pickle

import numpy as np
import pandas as pd
import pytest
from SALib import ProblemSpec
from studies import BASE, OTHER, VARY

import qisim
from qisim.errors import InputError, RunError, StudyError
from qisim.model.parameters import PARAMETERS
from qisim.runs import executor
from qisim.scenario.scenario import Scenario


@pytest.fixture(scope="module")
def problem():
    return qisim.problem(BASE, OTHER, VARY, ["strain_mean", "leavers"])


@pytest.fixture(scope="module")
def x(problem):
    bounds = np.array([bound[:2] for bound in problem["bounds"]])
    share = np.random.default_rng(1).random((5, 4))
    return bounds[:, 0] + share * (bounds[:, 1] - bounds[:, 0])


def by_hand(row, names, replicates=3, seed=1, scenario=BASE):
    return qisim.run(
        scenario, set=dict(zip(names, row, strict=True)), replicates=replicates, seed=seed
    ).runs


def test_a_problem_is_what_salib_takes(problem):
    assert problem["names"] == VARY
    assert problem["num_vars"] == 4
    assert problem["bounds"][1] == [PARAMETERS["tool.fit"].low, PARAMETERS["tool.fit"].high]
    assert problem["dists"] == ["unif", "unif", "triang", "unif"]
    assert problem["outputs"] == ["strain_mean", "leavers"]
    spec = ProblemSpec(problem)
    assert spec.sample_latin(8, seed=1).samples.shape == (8, 4)


def test_groups_are_factors():
    assert qisim.problem(BASE, vary=VARY, groups="factor")["groups"] == [
        "workload", "standardisation_misfit", "turnover", "turnover",
    ]  # fmt: skip


@pytest.mark.parametrize("vary", [
    {"tool.fit": (0.5, 0.7)},
    {"tool.fit": {"low": 0.5, "high": 0.7}},
    {"parameter": "tool.fit", "low": 0.5, "high": 0.7},
    [{"parameter": "fit", "low": 0.5, "high": 0.7}],
])  # fmt: skip
def test_ranges_can_be_given_in_several_ways(vary):
    found = qisim.problem(BASE, vary=vary)
    assert (found["names"], found["bounds"]) == (["tool.fit"], [[0.5, 0.7]])


def test_values_are_mean_outcomes_of_single_runs_to_the_last_digit(problem, x):
    alone = qisim.evaluate(x, BASE, vary=VARY, outcomes=["leavers", "strain_mean"], replicates=3)
    assert alone.shape == (5, 2)
    runs = by_hand(x[2], VARY)
    np.testing.assert_allclose(alone[2], runs[["leavers", "strain_mean"]].mean(), rtol=1e-12)


def test_with_two_scenarios_it_is_the_difference(problem, x):
    found = qisim.evaluate(x, problem, replicates=3, seed=7)
    base, other = (by_hand(x[1], VARY, seed=7, scenario=one) for one in (BASE, OTHER))
    wanted = ["strain_mean", "leavers"]
    np.testing.assert_allclose(found[1], (other[wanted] - base[wanted]).mean(), atol=1e-12)


def test_one_point_needs_no_matrix(problem, x):
    found = qisim.evaluate(x[0], problem, replicates=2)
    assert found.shape == (2,)
    assert (found == qisim.evaluate(x, problem, replicates=2)[0]).all()
    assert (found == qisim.evaluate(x[0].tolist(), problem, replicates=2)).all()


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_values_do_not_depend_on_workers_or_on_other_points(problem, x, workers):
    whole = qisim.evaluate(x, problem, replicates=40, workers=workers)
    assert (whole == qisim.evaluate(x, problem, replicates=40, workers=1)).all()
    assert (whole[2:4] == qisim.evaluate(x[2:4], problem, replicates=40)).all()


def test_random_numbers_are_common_or_fresh():
    held = {"outcomes": "strain_mean", "replicates": 3}
    nothing = {
        "parameter": "factors.turnover",
        "low": 0.0,
        "high": 1.0,
    }  # without a case it is kept
    vary, close = [nothing, "tool.fit"], [[0.5, 0.6], [0.5, np.nextafter(0.6, 1.0)]]
    common = qisim.evaluate(close, BASE, vary=vary, **held)
    fresh = qisim.evaluate(close, BASE, vary=vary, random_numbers="fresh", **held)
    np.testing.assert_allclose(common[0], common[1], rtol=1e-9)
    assert abs(fresh[0] - fresh[1]) > 1e-6
    assert fresh[0] != common[0]


def test_fresh_random_numbers_do_not_depend_on_how_points_are_cut(problem, x):
    held = {"replicates": 3, "random_numbers": "fresh"}
    whole = qisim.evaluate(x, problem, **held)
    assert (whole == [qisim.evaluate(row, problem, **held) for row in x]).all()
    assert (whole[::-1] == qisim.evaluate(x[::-1], problem, **held)).all()
    assert (whole != qisim.evaluate(x, problem, seed=2, **held)).any(axis=0).all()


def test_a_problem_offers_nothing_that_salib_cannot_sample():
    with pytest.raises(InputError, match=r"site\.units: takes whole numbers, which no sampler"):
        qisim.problem(BASE, vary={"site.units": (1, 4), "tool.fit": (0.3, 0.8)})


def test_seed_zero_is_a_seed(problem, x):
    zero, again, one = (qisim.evaluate(x, problem, replicates=2, seed=seed) for seed in (0, 0, 1))
    assert (zero == again).all()
    assert (zero != one).any()


def test_whole_numbers_may_vary():
    vary = ["site.units", {"parameter": "tool.fit", "low": 0.5, "high": 0.7}]
    found = qisim.evaluate([[1, 0.6], [3, 0.6]], BASE, vary=vary, outcomes="leavers", replicates=2)
    for value, units in zip(found, (1, 3), strict=True):
        assert value == by_hand([units, 0.6], ["site.units", "tool.fit"], 2)["leavers"].mean()


def test_a_scenario_or_a_shipped_name_will_do():
    scenario = qisim.load(BASE)
    assert isinstance(scenario, Scenario)
    point, vary = [[0.6]], {"tool.fit": (0.5, 0.7)}
    assert (
        qisim.evaluate(point, scenario, vary=vary, replicates=2)
        == qisim.evaluate(point, BASE, vary=vary, replicates=2)
    ).all()
    assert len(qisim.problem("external", "internal", "lever")["names"]) > 10


def test_salib_drives_the_model(problem):
    spec = ProblemSpec(problem)
    spec.sample_sobol(8, calc_second_order=False, seed=1)
    spec.evaluate(qisim.evaluate, problem, replicates=2).analyze_sobol(
        calc_second_order=False, seed=1
    )
    assert list(spec.analysis) == ["strain_mean", "leavers"]
    assert np.isfinite(spec.analysis["leavers"]["ST"]).all()
    single = qisim.problem(BASE, vary=VARY, outcomes="strain_mean")
    spec = ProblemSpec(single)
    spec.sample_morris(4, seed=1)
    spec.evaluate(qisim.evaluate, single, replicates=2).analyze_morris(seed=1)
    assert np.isfinite(spec.analysis["mu_star"]).all()


def test_a_problem_travels_to_other_processes(problem, x):
    again = pickle.loads(pickle.dumps(problem))
    assert (
        qisim.evaluate(x, again, replicates=2) == qisim.evaluate(x, problem, replicates=2)
    ).all()


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(("x", "message"), [
    ([[1.0, 0.6, 0.2]], r"another shape.*\(points, 4\)"),
    ([[[1.0]]], "another shape"),
    ([], "another shape"),
    ("x", "not a matrix of numbers"),
    ([[1.0, 0.6, 0.2, "a"]], "not a matrix of numbers"),
    ([[1.0, np.nan, 0.2, 1.0]], r"is not a value of tool.fit \(row 0 of X\)"),
    ([[1.0, 0.6, np.inf, 1.0]], "workforce.staff_turnover"),
    ([[1.0, 0.6, 0.2, 1.0], [1.0, 1.6, 0.2, 1.0]], r"tool.fit \(row 1 of X\).*got 1.6; allowed: 0 to 1"),
])  # fmt: skip
def test_a_bad_matrix_is_refused(problem, x, message):
    with pytest.raises(InputError, match=message):
        qisim.evaluate(x, problem)


def test_every_problem_is_told_at_once(problem, x):
    with pytest.raises(InputError) as refused:
        qisim.evaluate(x[:, :3], problem, outcomes=["adoption_men"], replicates=0, seed=-1, workers=0,
                       engine="fast", random_numbers="shared", missing="zero")  # fmt: skip
    assert {p.key for p in refused.value.problems} == {
        "X", "outcomes", "replicates", "seed", "workers", "engine", "random_numbers", "missing",
    }  # fmt: skip


def test_a_bad_problem_is_refused(problem, x):
    with pytest.raises(StudyError, match=r"did you mean 'tool.fit'"):
        qisim.problem(BASE, vary={"tool.fi": (0.5, 0.7)})
    with pytest.raises(StudyError, match=r"vary.1.low: leaves no range: 0.5 to 0.5"):
        qisim.problem(BASE, vary={"tool.fit": 0.5})
    with pytest.raises(InputError, match="names: were changed"):
        qisim.evaluate(x, {**problem, "names": VARY[::-1]})


def test_names_that_salib_appends_for_pairs_are_no_inputs(problem, x):
    pairs = {**problem, "names": [*VARY, f"{VARY[0]}/{VARY[1]}"]}  # as its hdmr leaves them
    assert np.array_equal(
        qisim.evaluate(x, pairs, replicates=2), qisim.evaluate(x, problem, replicates=2)
    )


def test_a_missing_outcome_never_passes_unnoticed(x):
    slow = {**BASE, "use": {"habit_days": 1000.0}}
    with pytest.raises(RunError, match=r"weeks_to_half in 10 runs at 5 points \(half was never"):
        qisim.evaluate(x, slow, vary=VARY, outcomes="weeks_to_half", replicates=2)
    found = qisim.evaluate(
        x, slow, vary=VARY, outcomes="weeks_to_half", replicates=2, missing="nan"
    )
    assert np.isnan(found).all()


def test_means_leave_out_runs_without_a_value_only_when_asked(x):
    found = qisim.evaluate(
        x, BASE, vary=VARY, outcomes="hours_per_adopter", replicates=30, missing="nan"
    )
    for row, value in zip(x, found, strict=True):
        assert value == pytest.approx(
            by_hand(row, VARY, 30)["hours_per_adopter"].mean(), nan_ok=True
        )


def test_a_run_that_fails_is_an_error(problem, x, monkeypatch):
    def breaks(batch, engine, workers=1):
        raise ZeroDivisionError("cursed")

    monkeypatch.setattr(executor, "simulate", breaks)
    with pytest.raises(RunError, match=r"runs failed, the first with: ZeroDivisionError: cursed"):
        qisim.evaluate(x, problem, replicates=2)


# --- one outcome is a vector: SALib reads a column of one as something else ------------------------

WEIGHTS = {"workload.pressure": 1.0, "tool.fit": 3.0}
"""An outcome that is their weighted sum, over ranges of one width, has first-order indices of .1 and .9."""


@pytest.fixture
def additive(monkeypatch):
    """Let the model be a sum, whose indices are known; all else is as it is."""

    def summed(table, outcomes, *_):
        assert outcomes == ["strain_mean"]
        values = table.points @ np.array([WEIGHTS[name] for name in table.plan.names])
        return np.repeat(values[:, None, None], table.plan.replicates, axis=1)

    monkeypatch.setattr("qisim.runs.evaluate._made", summed)
    vary = dict.fromkeys(WEIGHTS, (0.2, 0.8))
    return ProblemSpec(qisim.problem(BASE, vary=vary, outcomes="strain_mean"))


@pytest.mark.filterwarnings("ignore:FAST confidence intervals")
@pytest.mark.parametrize(("sample", "size", "analyse", "index"), [
    ("fast", 1025, "fast", "S1"), ("latin", 1000, "rbd_fast", "S1"),
    pytest.param("latin", 1000, "delta", "S1", marks=pytest.mark.slow),
    ("sobol", 512, "sobol", "ST"),
])  # fmt: skip
def test_salib_finds_the_known_answer_for_one_outcome(additive, sample, size, analyse, index):
    getattr(additive, f"sample_{sample}")(size, seed=1)
    additive.evaluate(qisim.evaluate, additive, replicates=2)
    getattr(additive, f"analyze_{analyse}")(seed=1)
    assert additive.results.shape == (len(additive.samples),)
    np.testing.assert_allclose(additive.analysis[index], [0.1, 0.9], atol=0.04)


def test_the_shape_is_that_of_what_was_asked(problem, x):
    held = {"replicates": 2}
    assert qisim.evaluate(x, problem, **held).shape == (5, 2)
    assert qisim.evaluate(x, problem, outcomes=["leavers"], **held).shape == (5,)
    assert qisim.evaluate(x[:1], problem, **held).shape == (1, 2)
    assert qisim.evaluate(x[0], problem, **held).shape == (2,)
    assert np.ndim(qisim.evaluate(x[0], problem, outcomes="leavers", **held)) == 0


# --- tables with names ----------------------------------------------------------------------------


def test_a_table_is_read_by_name_and_gives_a_table(problem, x):
    wanted = qisim.evaluate(x, problem, replicates=2)
    table = pd.DataFrame(x, columns=VARY, index=list("abcde"))
    short = table.rename(
        columns=lambda name: name.rpartition(".")[2] if "factors" not in name else name
    )
    for given in (table, table[VARY[::-1]], short[[*short.columns[2:], *short.columns[:2]]]):
        found = qisim.evaluate(given, problem, replicates=2)
        assert list(found.columns) == ["strain_mean", "leavers"] and list(found.index) == list(
            "abcde"
        )
        assert (found.to_numpy() == wanted).all()
    single = qisim.evaluate(table, problem, outcomes="leavers", replicates=2)
    assert list(single.columns) == ["leavers"] and (single["leavers"] == wanted[:, 1]).all()


def test_a_point_with_names_is_read_by_name(problem, x):
    wanted = qisim.evaluate(x[0], problem, replicates=2)
    point = dict(zip(VARY, x[0].tolist(), strict=True))
    backwards = dict(reversed(point.items()))
    for given in (point, backwards, pd.Series(point), pd.Series(backwards)):
        assert (qisim.evaluate(given, problem, replicates=2) == wanted).all()


@pytest.mark.parametrize(("change", "message"), [
    (lambda t: t.drop(columns="tool.fit"), "has no column for the input tool.fit"),
    (lambda t: t.assign(policy="x"), r"is not an input.*got 'policy'"),
    (lambda t: t.rename(columns={"tool.fit": "tool.fitt"}), r"did you mean 'tool\.fit'"),
    (lambda t: t.assign(fit=0.5), "appears twice"),
    (lambda t: t.assign(**{"tool.fit": "much"}), r"not a matrix of numbers: tool\.fit"),
    (lambda t: t.assign(**{"tool.fit": 1.5}), r"not a value of tool\.fit \(row 0 of X\).*got 1\.5"),
])  # fmt: skip
def test_a_table_with_other_columns_is_refused(problem, x, change, message):
    with pytest.raises(InputError, match=message):
        qisim.evaluate(change(pd.DataFrame(x, columns=VARY)), problem)


# --- standard errors ------------------------------------------------------------------------------


def test_standard_errors_are_those_of_the_replicates(problem, x):
    means, errors = qisim.evaluate(x, problem, replicates=8, errors=True)
    assert (means == qisim.evaluate(x, problem, replicates=8)).all()
    one, other = (by_hand(x[0], VARY, 8, scenario=held) for held in (BASE, OTHER))
    for place, name in enumerate(("strain_mean", "leavers")):
        wanted = (other[name] - one[name]).std(ddof=1) / np.sqrt(8)
        assert errors[0, place] == pytest.approx(wanted, rel=1e-9)


def test_standard_errors_come_in_the_form_of_the_means(problem, x):
    table = pd.DataFrame(x, columns=VARY)
    means, errors = qisim.evaluate(table, problem, replicates=3, errors=True)
    assert list(means.columns) == list(errors.columns) and (errors.to_numpy() > 0).any()
    mean, error = qisim.evaluate(x[0], problem, outcomes="leavers", replicates=3, errors=True)
    assert np.ndim(mean) == np.ndim(error) == 0
    assert np.isnan(qisim.evaluate(x, problem, replicates=1, errors=True)[1]).all()


# --- words as inputs ------------------------------------------------------------------------------

TARGETS = ["leaders", "staff", "both"]


def test_choices_vary_over_their_words():
    held = {"vary": {"programme.target": TARGETS, "tool.fit": (0.3, 0.9)}, "replicates": 3}
    table = pd.DataFrame({"tool.fit": 0.6, "programme.target": TARGETS})
    found = qisim.evaluate(table, "external", outcomes="adoption_mean", **held)["adoption_mean"]
    for target, value in zip(TARGETS, found, strict=True):
        alone = qisim.run(
            "external", set={"tool.fit": 0.6, "programme.target": target}, replicates=3
        )
        assert value == pytest.approx(alone.runs["adoption_mean"].mean(), rel=1e-12)
    assert len(set(found)) == 3
    for codes in ([0, 1, 2], [0.99, 1.5, 3.0], TARGETS):
        rows = [[code, 0.6] for code in codes]
        assert (qisim.evaluate(rows, "external", **held) == found.to_numpy()).all()


def test_a_whole_programme_is_an_input_laid_over_the_site():
    site = {"site.staff_per_unit": 20, "workforce.staff_turnover": 0.4}
    names = ["external", "internal", "external-competence"]
    found = qisim.evaluate(
        {"programme": "internal"}, qisim.load("external", site), vary={"programme": names},
        outcomes=["adoption_mean", "leavers"], replicates=4,
    )  # fmt: skip
    site["social.contact"] = qisim.load("external")[
        "social.contact"
    ]  # of the site, not of the programme
    wanted = qisim.run("internal", set=site, replicates=4).runs[["adoption_mean", "leavers"]].mean()
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    three = qisim.evaluate(pd.DataFrame({"programme": names}), "external", vary={"programme": names},
                           replicates=2)  # fmt: skip
    assert three["adoption_mean"].nunique() == 3


def test_salib_samples_words_by_number():
    problem = qisim.problem(BASE, vary={"programme.target": TARGETS, "tool.fit": (0.3, 0.9)})
    assert problem["bounds"] == [[0.0, 3.0], [0.3, 0.9]]
    spec = ProblemSpec(problem)
    spec.sample_sobol(32, calc_second_order=False, seed=1)
    spec.evaluate(qisim.evaluate, problem, replicates=2).analyze_sobol(
        calc_second_order=False, seed=1
    )
    assert np.isfinite(spec.analysis["ST"]).all()


@pytest.mark.parametrize("value", ["everyone", 3.5, -1, None, np.nan])
def test_what_is_no_word_of_an_input_is_refused(value):
    with pytest.raises(
        InputError, match=r"programme\.target \(row 0 of X\); allowed: leaders \| staff"
    ):
        qisim.evaluate([[value]], BASE, vary={"programme.target": TARGETS})
