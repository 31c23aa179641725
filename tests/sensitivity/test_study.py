"""The flow: from a scenario or a study to findings in a folder, resumed, doubled, interrupted."""

import json

import numpy as np
import pandas as pd
import pytest
from dictionaries import unexplained

import qisim
import qisim.sensitivity
import qisim.sensitivity.figures
from qisim.cli.main import exit_code
from qisim.errors import DataError, InputError, Interrupted, StoreError
from qisim.sensitivity import responses
from qisim.sensitivity import study as sensitivity_study
from qisim.sensitivity.study import planned, sample_of, sensitivity

FEW = ["use.base_odds", "workload.half_slack_load", "use.habit_days"]
SHORT = {"run.weeks": 40, "site.staff_per_unit": 12}


def small(store, *scenarios, **more):
    given = {
        "vary": FEW,
        "samples": 16,
        "replicates": 3,
        "set": SHORT,
        "outcome": ["adoption_mean"],
    }
    scenarios = scenarios or ("internal",)
    return sensitivity(*scenarios, store=store, workers=1, **{**given, **more})


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("store")


def test_a_scenario_alone_varies_all_that_is_uncertain():
    plan = planned("external", "internal")
    uncertain = {p.key for p in qisim.model.parameters.PARAMETERS.values() if p.role == "uncertain"}
    assert set(plan.names) <= uncertain and len(plan.names) >= len(uncertain) - 1
    assert plan.design.method == "saltelli" and plan.random_numbers == "common"
    assert list(plan.scenarios) == ["external", "internal"]


@pytest.mark.parametrize(("method", "design"), [
    ("morris", "morris"), ("efast", "fast"), ("delta", "sobol"), ("rbd_fast", "random"),
    ("dgsm", "finite_difference"),
    ("shapley", "shapley"),
])  # fmt: skip
def test_the_method_brings_its_design(method, design):
    assert planned("internal", method=method).design.method == design
    assert planned("uncertain", method=method).design.method == design  # of a study, too


def test_options_lie_over_a_study():
    plan = planned("uncertain", by="factor", outcome=["peak", "all"], replicates=2, vary=["lever"],
                   random_numbers="fresh", over_time=["adoption"], second_order=True, samples=8)  # fmt: skip
    assert plan.analysis.groups == "factor" and plan.analysis.second_order
    assert plan.outcomes[0] == "peak" and "weeks_to_half" not in plan.outcomes
    assert (plan.replicates, plan.random_numbers, plan.design.samples) == (2, "fresh", 8)
    assert plan.analysis.over_time == ("adoption",)


def test_a_word_alone_is_one_word_and_no_letters():
    plan = planned("internal", vary="tool.fit", outcome="peak", over_time="use")
    assert (plan.names, plan.outcomes) == (("tool.fit",), ("peak",))
    assert plan.analysis.over_time == ("use",)


def test_everything_wrong_is_told_at_once():
    with pytest.raises(InputError) as told:
        planned("internal", method="sobl", by="fctor", outcome=["adoption_fnal"])
    assert len(told.value.problems) == 3 and "'sobol'" in str(told.value)
    with pytest.raises(InputError, match="a second one cannot be added"):
        planned("uncertain", "internal")
    with pytest.raises(InputError, match=r"until.*not a half width"):
        sensitivity("internal", until=-1)


def test_what_a_method_cannot_do_is_told_before_anything_is_run(store):
    with pytest.raises(DataError, match="eFAST cannot analyse whole factors"):
        small(
            store,
            method="efast",
            samples=65,
            by="factor",
            progress=lambda *_: pytest.fail("it runs"),
        )


def test_two_scenarios_are_analysed_and_so_is_their_difference(store, tmp_path):
    result = small(store, "external", "internal", out=tmp_path / "out")
    found = result.findings
    assert found.targets == ["external", "internal", "internal minus external"]
    values = [found.finding(name, "adoption_mean").values for name in found.targets]
    assert np.array_equal(values[2], values[1] - values[0])
    table = pd.read_parquet(tmp_path / "out" / "indices.parquet")
    assert len(table) == 3 * 2 * 3 and table["estimate"].notna().all()
    assert unexplained(tmp_path / "out") == []
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["kind"] == "sensitivity" and not manifest["interrupted"]
    assert {"indices.csv", "noise.csv", "summary.txt", "figures/ranked_adoption_mean.png"} <= set(
        manifest["files"]
    )
    text = (tmp_path / "out" / "summary.txt").read_text()
    assert text.startswith(
        "What the answer depends on: Routine use, all weeks (internal minus external)"
    )


def test_the_same_again_makes_no_run_and_gives_the_same_tables(store):
    one, two = small(store), small(store)
    assert two.runs.reused == len(two.runs.register.keys)
    pd.testing.assert_frame_equal(one.findings.indices, two.findings.indices)
    assert one.summary() == two.summary()


def test_seed_zero_is_a_seed_like_any_other(store):
    tables = [small(store, seed=seed).findings.indices["estimate"] for seed in (0, 0, 1)]
    assert tables[0].equals(tables[1]) and not tables[0].equals(tables[2])


def test_doubling_reuses_every_run(tmp_path):
    one = small(tmp_path, samples=16)
    two = small(tmp_path, samples=32)
    assert two.runs.reused == len(one.runs.register.keys) == len(two.runs.register.keys) // 2


@pytest.mark.parametrize(("method", "samples"), [
    ("sobol", 3), ("efast", 64), ("hdmr", 299), ("delta", 63), ("morris", 1), ("shapley", 3),
])  # fmt: skip
def test_a_sample_that_is_too_small_for_a_method_is_refused(store, method, samples):
    with pytest.raises(
        InputError, match=f"samples: is too small a sample; got {samples}; allowed: from"
    ):
        small(store, method=method, samples=samples)


@pytest.mark.parametrize("method", ["sobol", "morris", "efast", "shapley", "rbd_fast", "dgsm"])
def test_a_larger_sample_begins_with_the_smaller_one(method):
    size = {"efast": 512, "rbd_fast": 64}.get(method, 16)
    one, two = (
        sample_of(planned("internal", vary=FEW, method=method, samples=n)) for n in (size, 2 * size)
    )
    assert np.array_equal(one.points, two.points[: len(one.points)])


def test_until_waits_for_no_interval_that_cannot_come():
    with pytest.raises(InputError, match=r"two common replicates.*--replicates 3"):
        sensitivity("internal", until=0.1, replicates=2)


def test_until_doubles_until_the_intervals_are_narrow(store):
    told = []
    result = small(store, samples=8, replicates=8, until=0.45, tell=told.append)
    assert result.findings.half_width() <= 0.45
    assert len(told) >= 1 and "going on with 16" in told[0]
    assert result.plan.design.samples == 8 * 2 ** len(told)


def test_until_gives_up_at_the_largest_sample(store, monkeypatch):
    monkeypatch.setattr(sensitivity_study, "MOST_SAMPLES", 16)
    result = small(store, samples=8, until=1e-6)
    assert result.plan.design.samples == 16 and result.findings.half_width() > 1e-6


def test_until_can_be_repeated_into_the_same_folder(tmp_path):
    """The folder is that of how sure it is to be; what sample that takes is found out on the way."""
    given = {"samples": 8, "replicates": 8, "until": 0.45, "out": tmp_path / "out"}
    first, again = (small(tmp_path / "store", **given) for _ in range(2))
    assert again.plan.design.samples == first.plan.design.samples > 8
    assert again.manifest["study_digest"] == first.manifest["study_digest"]
    with pytest.raises(StoreError, match="holds another study"):
        small(tmp_path / "store", **{**given, "until": 0.44})


def test_an_interrupted_folder_of_until_is_gone_on_with(tmp_path, monkeypatch):
    monkeypatch.setattr(sensitivity_study, "MOST_SAMPLES", 256)
    given = {"samples": 128, "until": 1e-6, "out": tmp_path / "out"}
    wholes = []

    def stop(done, total):
        if done == total:
            wholes.append(total)
        if len(wholes) > 1:  # the second sample is being made
            raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        small(tmp_path / "store", progress=stop, **given)
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["interrupted"]
    whole = small(tmp_path / "store", **given)
    assert whole.plan.design.samples == 256 and not whole.findings.provisional


def test_until_does_not_wait_for_what_lacks_values_or_what_no_input_changes(store):
    told = []
    result = small(
        store,
        samples=8,
        replicates=8,
        until=0.45,
        outcome=["weeks_to_half", "adoption_mean"],
        tell=told.append,
    )
    assert result.findings.noise["status"].tolist()[0] == "refused" and len(told) < 5
    constant = small(store, "no-programme", vary=["tool.fit", "tool.usability"], samples=8,
                     until=0.01, outcome=["strain_mean"], tell=told.append)  # fmt: skip
    assert constant.plan.design.samples == 8
    assert constant.findings.noise["status"].tolist() == ["constant"]


def test_until_does_not_wait_for_ever_for_what_noise_hides(store, monkeypatch):
    monkeypatch.setattr(qisim.sensitivity.findings, "_status", lambda *_: "hidden by noise")
    told = []
    result = small(store, samples=4, until=1e-6, random_numbers="fresh", tell=told.append)
    assert result.plan.design.samples == 4 * 2 ** (sensitivity_study.PATIENCE - 1)
    assert "adoption_mean: noise hides" in told[-1]


def test_until_stops_where_few_common_replicates_leave_no_narrower_intervals(store):
    told = []
    result = small(store, samples=32, until=0.02, tell=told.append)
    assert result.plan.design.samples < 1024
    assert "the luck of 3 common replicates alone" in told[-1] and "more replicates do" in told[-1]


def test_until_is_refused_for_designs_that_cannot_grow():
    study = {"scenarios": "internal", "vary": FEW, "analysis": {"method": "delta"},
             "design": {"method": "latin", "samples": 64}}  # fmt: skip
    with pytest.raises(InputError, match="a latin design cannot grow"):
        sensitivity(study, until=0.1)


def test_a_loaded_scenario_is_a_scenario():
    assert planned(qisim.load("internal"), vary=FEW).names == tuple(FEW)


def test_when_stopped_what_whole_blocks_show_is_provisional(tmp_path):
    out = tmp_path / "out"

    def stop(done, total):
        if done > 0.6 * total:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        small(tmp_path / "store", "external", "internal", samples=256, progress=stop, out=out)
    result = stopped.value.result
    told = result.findings.provisional
    assert told.startswith("stopped after") and told.endswith("of 256 base points")
    assert set(pd.read_csv(out / "noise.csv")["provisional"]) == {told}
    assert (out / "summary.txt").read_text().startswith(f"PROVISIONAL: {told}")
    assert json.loads((out / "manifest.json").read_text())["interrupted"]
    again = small(tmp_path / "store", "external", "internal", samples=256, out=out)
    assert again.findings.provisional == "" and again.runs.reused > 0
    assert not json.loads((out / "manifest.json").read_text())["interrupted"]


def test_stopped_before_anything_can_be_text(tmp_path):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        small(tmp_path, samples=4, progress=stop)
    assert stopped.value.result is None or stopped.value.result.findings.provisional


def test_over_time_gives_an_index_per_week_and_target(store):
    result = small(store, "external", "internal", over_time=["use"])
    weeks = result.findings.weeks
    assert sorted(set(weeks["week"])) == list(range(1, SHORT["run.weeks"] + 1))
    assert set(weeks["target"]) == set(result.findings.targets)
    assert "over_time_use" in result.pictures
    assert "over_time.csv" in result.findings.tables()


def test_over_time_ends_with_the_shorter_scenario_and_reads_a_few_weeks_at_once(store, monkeypatch):
    short = {"extends": "external", "run": {"weeks": 30}, "site": {"staff_per_unit": 12}}
    long = {**short, "extends": "internal", "run": {"weeks": 40}}
    given = {"set": {}, "samples": 8, "over_time": ["use"]}
    weeks = small(store, long, short, **given).findings.weeks
    assert sorted(set(weeks["week"])) == list(range(1, 31))
    assert (weeks["status"] != "refused").all()
    monkeypatch.setattr(responses, "WEEKLY_CELLS", 1)
    pd.testing.assert_frame_equal(small(store, long, short, **given).findings.weeks, weeks)


@pytest.mark.parametrize("where", ["found_for", "over_weeks", "figures"])
def test_ctrl_c_during_the_analysis_keeps_what_is_made(store, tmp_path, monkeypatch, where):
    def stop(*given, **named):
        calls.append(given)
        if len(calls) > (where == "found_for"):
            raise KeyboardInterrupt
        return real(*given, **named)

    module = qisim.sensitivity.figures if where == "figures" else qisim.sensitivity.findings
    name, calls = "all_figures" if where == "figures" else where, []
    real = getattr(module, name)
    monkeypatch.setattr(module, name, stop)
    out = tmp_path / "out"
    with pytest.raises(Interrupted) as stopped:
        small(store, over_time=["use"], outcome=["adoption_mean", "peak"], out=out)
    told = stopped.value.result.findings.provisional
    assert told.startswith("stopped")
    assert set(pd.read_csv(out / "noise.csv")["provisional"]) == {told}
    assert json.loads((out / "manifest.json").read_text())["interrupted"]
    monkeypatch.undo()
    assert not small(store, over_time=["use"], outcome=["adoption_mean", "peak"],
                     out=out).findings.provisional  # fmt: skip


def test_an_outcome_that_many_runs_lack_is_refused_and_the_others_are_kept(store):
    result = small(store, outcome=["weeks_to_half", "adoption_mean"])
    noise = result.findings.noise.set_index("outcome")
    assert noise.loc["weeks_to_half", "status"] == "refused"
    assert "runs have no finite value, at points" in noise.loc["weeks_to_half", "notes"]
    assert noise.loc["adoption_mean", "status"] != "refused"
    assert "no finite value" in result.summary()
    with pytest.raises(DataError, match="weeks_to_half"):
        small(store, outcome=["weeks_to_half"])


def test_the_command_prints_and_exits(store, capsys):
    words = [
        "sensitivity",
        "internal",
        "--samples",
        "128",
        "--replicates",
        "8",
        "--store",
        str(store),
    ]
    words += [word for name in FEW for word in ("--vary", name)]
    words += [
        "--set",
        "run.weeks=30",
        "--set",
        "site.staff_per_unit=12",
        "--outcome",
        "adoption_mean",
    ]
    assert exit_code([*words, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert len(data["indices"]) == 6 and data["noise"][0]["replicates"] == 8
    assert exit_code(words) == 0
    printed = capsys.readouterr().out
    assert "What the answer depends on" in printed and "use.base_odds" in printed
    assert exit_code([*words, "--method", "morriss"]) == 2
    assert "did you mean 'morris'?" in capsys.readouterr().err
