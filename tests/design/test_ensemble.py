"""Sets of values that are as good as each other, and studies that run over all of them."""

import json

import numpy as np
import pytest
from worlds import small

import qisim
from qisim.cli.main import exit_code
from qisim.design.ensemble import ACCEPTABLE, UNCERTAIN, Ensemble, describe_ensemble, ensemble
from qisim.errors import InputError, ScenarioError
from qisim.model.coefficients import POSITION, coefficients
from qisim.model.parameters import PARAMETERS
from qisim.runs.batch import batches

TWO = Ensemble("two", ("use.base_odds", "use.habit_half_life"), np.array([[0.5, 4.0], [1.5, 12.0]]))


def written(tmp_path, text):
    path = tmp_path / "sets.csv"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(path):
    with pytest.raises(InputError) as refused:
        ensemble(path)
    return refused.value.problems


# --- files -----------------------------------------------------------------------------------------


def test_a_file_has_a_parameter_to_a_column_and_a_set_to_a_row(tmp_path):
    path = written(tmp_path, "set,base_odds,use.habit_half_life,implausibility,T2.lost\n"
                             "0,0.5,4,1.2,30\n1,1.5,12,0.3,40\n")  # fmt: skip
    found = ensemble(path)
    assert found.keys == TWO.keys
    assert (found.values == TWO.values).all()


def test_every_problem_of_a_file_is_told_with_its_line(tmp_path):
    path = written(tmp_path, "base_odds,habit_half_life\n0.5,4\n-1,x\n2\n")
    reported_outcomes = {(p.line, p.key, p.value) for p in problems_of(path)}
    assert reported_outcomes == {
        (3, "use.base_odds", "-1"),
        (3, "use.habit_half_life", "x"),
        (4, None, None),
    }


@pytest.mark.parametrize(("text", "message"), [
    ("base_ods\n1\n2\n", "unknown parameter"),
    ("site.units\n1\n2\n", "all runs share it"),
    ("base_odds,use.base_odds\n1,1\n2,2\n", "twice"),
    ("base_odds\n1\n", "fewer than 2"),
    ("set\n1\n2\n", "fewer than 2"),
    ("", "fewer than 2"),
    ("base_odds\nnan\ninf\n", "not one of its values"),
])  # fmt: skip
def test_a_wrong_file_is_refused(tmp_path, text, message):
    assert any(message in problem.message for problem in problems_of(written(tmp_path, text)))


def test_a_misspelt_name_is_told_the_nearest(tmp_path):
    path = written(tmp_path, "use.base_ods\n1\n2\n")
    assert problems_of(path)[0].nearest == "use.base_odds"


def test_a_file_that_is_not_there_is_a_problem():
    assert "acceptable" in str(problems_of("nowhere.csv")[0])


def test_plain_data_gives_the_same_sets_again():
    again = ensemble(json.loads(json.dumps(TWO.to_dict())))
    assert (again.name, again.keys) == (TWO.name, TWO.keys)
    assert (again.values == TWO.values).all()


# --- runs over sets --------------------------------------------------------------------------------


def test_replicate_r_has_set_r_mod_n_in_every_scenario():
    scenarios = {"a": small(), "b": small(pressure=1.2)}
    for batch in batches(scenarios, 5, 1, size=2, over=TWO):
        odds = batch.rows[:, POSITION["base_odds"]]
        assert (odds == TWO.values[batch.replicates % 2, 0]).all()


def test_a_run_over_sets_equals_runs_of_each_set_by_itself():
    over = qisim.run(small(), replicates=4, over=TWO).runs
    for number, values in enumerate(TWO.sets()):
        alone = qisim.run(small(values), replicates=4).runs
        columns = [c for c in alone if c not in ("scenario", "replicate", "status")]
        np.testing.assert_array_equal(
            over.loc[over["replicate"] % 2 == number, columns].to_numpy(np.float64),
            alone.loc[alone["replicate"] % 2 == number, columns].to_numpy(np.float64),
        )


def test_both_engines_run_over_sets_alike():
    results = [qisim.run(small(), replicates=3, over=TWO, engine=e) for e in ("mesa", "compiled")]
    assert results[0].runs.equals(results[1].runs)


def test_what_a_comparison_is_about_stays():
    scenarios = [small(base_odds=0.2), small(base_odds=3.0)]
    assert TWO.for_study(scenarios).keys == ("use.habit_half_life",)
    manifest = qisim.compare(*scenarios, replicates=3, over=TWO).manifest
    assert manifest["over"]["keys"] == ["use.habit_half_life"]


def test_what_the_sets_vary_cannot_be_set_as_well():
    with pytest.raises(InputError, match=r"base_odds: is what the sets of .* vary"):
        qisim.run(small(), over=TWO, set={"base_odds": 1.0})


def test_the_allocation_ensemble_goes_with_sets():
    case = {"programme.study_case": "external", "run.allocation": "study"}
    (batch,) = batches({"a": small(case)}, 8, 1, over=TWO)
    assert (batch.rows[:, POSITION["base_odds"]] == TWO.values[batch.replicates % 2, 0]).all()
    cut = batch.rows[:, POSITION["ownership"]] / coefficients(small())[POSITION["ownership"]]
    assert set(cut.round(6)) <= {0.1, 1.0}


def test_a_set_that_does_not_go_with_a_scenario_is_named():
    sets = Ensemble(
        "s", ("fates.begun_at", "fates.faded_at"), np.array([[0.1, 0.02], [0.05, 0.06]])
    )
    with pytest.raises(ScenarioError, match="set 1"):
        qisim.run(small(), over=sets)


def test_another_ensemble_is_another_study():
    manifests = [qisim.run(small(), replicates=2, over=over).manifest for over in (None, TWO)]
    assert "over" not in manifests[0]
    assert manifests[0]["study_digest"] != manifests[1]["study_digest"]


def test_the_sentence_says_how_many_sets_were_used():
    assert "all 2 sets of 2 numbers" in describe_ensemble(TWO.to_dict(), 10)
    assert "1 of 2 sets" in describe_ensemble(TWO.to_dict(), 1)


def test_the_command_tells_the_sets_under_its_table(tmp_path, capsys):
    path = written(tmp_path, "base_odds\n0.5\n1.5\n")
    small_file = tmp_path / "small.toml"
    small_file.write_text(small().to_toml(), encoding="utf-8")
    options = ["--over", str(path), "--replicates", "4"]
    assert exit_code(["compare", str(small_file), str(small_file), *options]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Over all 2 sets of 1 number" in shown
    assert "replicate r of every scenario has set r mod 2" in shown


def test_the_report_tells_the_sets(tmp_path):
    qisim.compare(small(), small(pressure=1.2), replicates=3, over=TWO, out=tmp_path / "over")
    assert "all 2 sets of 2 numbers" in (tmp_path / "over" / "report.html").read_text("utf-8")


# --- the shipped sets ------------------------------------------------------------------------------


def test_the_acceptable_sets_lie_in_the_plausible_ranges():
    found = ensemble(ACCEPTABLE)
    assert len(found) >= 80  # enough for shares of sets to a few points
    for key, column in zip(found.keys, found.values.T, strict=True):
        assert PARAMETERS[key].low <= column.min() < column.max() <= PARAMETERS[key].high


def test_no_shipped_scenario_sets_what_the_acceptable_sets_vary():
    keys = ensemble(ACCEPTABLE).keys
    for name in qisim.scenario.scenario.shipped():
        scenario = qisim.load(name)
        assert all(scenario.origins[key] == "default" for key in keys), name


def test_the_acceptable_sets_are_in_no_order_of_merit():
    """The first replicates must not have the best sets."""
    import csv
    from importlib.resources import files

    text = files("qisim").joinpath("data", "acceptable.csv").read_text(encoding="utf-8")
    doubt = np.array([float(row["implausibility"]) for row in csv.DictReader(text.splitlines())])
    order = np.corrcoef(np.arange(len(doubt)), doubt)[0, 1]
    assert abs(order) < 0.3


# --- all that is uncertain ---------------------------------------------------------------------------


def test_every_uncertain_number_goes_all_over_its_range():
    found = ensemble(UNCERTAIN)
    uncertain = {k for k, p in PARAMETERS.items() if p.role == "uncertain" and p.kind == "float"}
    assert set(found.keys) == uncertain
    for key, column in zip(found.keys, found.values.T, strict=True):
        one = PARAMETERS[key]
        share = (column - one.low) / (one.high - one.low)
        if one.distribution == "loguniform":
            share = np.log(column / one.low) / np.log(one.high / one.low)
        assert sorted(np.floor(share * len(found)).clip(0, len(found) - 1)) == pytest.approx(
            np.arange(len(found)), abs=1
        )


def test_uncertain_numbers_vary_each_by_itself():
    values = ensemble(UNCERTAIN).values
    ranks = values.argsort(axis=0).argsort(axis=0)
    together = np.corrcoef(ranks.T) - np.eye(values.shape[1])
    assert np.abs(together).max() < 5 / np.sqrt(len(values))


def test_a_number_that_a_scenario_sets_is_not_uncertain_any_more():
    kept = ensemble(UNCERTAIN).for_study([small(pressure=1.2, base_odds=0.7)])
    assert "use.base_odds" not in kept.keys
    manifest = qisim.run(small(base_odds=0.7), replicates=2, over="uncertain").manifest
    assert "use.base_odds" not in manifest["over"]["keys"]


def test_how_many_of_the_uncertain_numbers_vary_is_said():
    number = len(ensemble(UNCERTAIN).keys)
    said = describe_ensemble(ensemble(ACCEPTABLE).to_dict(), 10)
    assert f"{len(ensemble(ACCEPTABLE).keys)} of the {number} uncertain numbers vary" in said
    assert "--over uncertain varies all" in said
    assert "varies all" not in describe_ensemble(ensemble(UNCERTAIN).to_dict(), 10)


@pytest.mark.parametrize(("text", "told"), [
    ("presure\n1\n1.1\n", "did you mean 'pressure'"),
    ("staff_turnover\n20 %\n30 %\n", "did you mean 0.2?"),
    (",pressure\n1,1\n2,1.1\n", "has a column without a name"),
    ("programme.target\nall\nstaff\n", "takes words"),
    ("pressure,staff_turnover\n1\n1,.2\n", "has 1 value for 2 columns"),
])  # fmt: skip
def test_slips_in_a_file_of_sets_get_help_that_names_them(tmp_path, text, told):
    path = tmp_path / "sets.csv"
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        ensemble(path)
    assert told in str(refused.value)


def test_a_file_of_sets_that_is_too_large_is_told_how_large_it_may_be(tmp_path):
    path = tmp_path / "sets.csv"
    with path.open("wb") as sparse:
        sparse.truncate(1 << 27)
    with pytest.raises(InputError, match="at most 64 MiB"):
        ensemble(path)
