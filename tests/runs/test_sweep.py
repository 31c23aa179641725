"""Sweeps: the same numbers as single runs, made once, whatever happens on the way."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from studies import BASE, OTHER, plan, study

import qisim
from qisim.cli.main import exit_code
from qisim.design import plan_file
from qisim.design.run_table import RunTable
from qisim.errors import InputError, Interrupted, RunError, StoreError, StudyError
from qisim.model.allocation import allocated
from qisim.model.coefficients import POSITION, coefficients
from qisim.model.outcomes import OUTCOMES, PAID_OUTCOMES
from qisim.output.manifest import read_manifest
from qisim.runs import chunks, executor, sweep, write_buffer
from qisim.runs.chunks import make
from qisim.runs.sweep_result import FAILED, NOT_MADE, OK

PAID_HOURS = [name for name in PAID_OUTCOMES if name != "paid_cost"]
EXTERNAL = {**BASE, "name": "out", "programme": {**BASE["programme"], "study_case": "external"}}
INTERNAL = {**OTHER, "name": "in", "programme": {**BASE["programme"], "study_case": "internal"}}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store"


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Cut small pieces, so that a small sweep has many."""
    monkeypatch.setattr(chunks, "FEWEST", 10)
    monkeypatch.setattr(chunks, "POST_WEEKS", 0)


def counted(monkeypatch):
    """Count the runs that are made."""
    made = []

    def counting(piece, engine):
        made.append(len(piece))
        return make(piece, engine)

    monkeypatch.setattr(chunks, "make", counting)
    return made


def by_hand(study, scenario, point, replicate, seed):
    """Return the outcomes of one run, run by itself."""
    values = dict(zip(study.names, RunTable(study).points[point].tolist(), strict=True))
    whole = {
        k: int(v) if k.startswith(("site.units", "run.weeks")) else v for k, v in values.items()
    }
    runs = qisim.run(
        study.scenarios[scenario].replace(whole), replicates=replicate + 1, seed=seed
    ).runs
    return runs.iloc[replicate]


# --- the numbers ----------------------------------------------------------------------------------


def test_a_run_of_a_sweep_is_the_run_of_its_scenario_to_the_last_bit(folder):
    made = plan()
    runs = sweep.run(made, store=folder)
    for scenario, point, replicate in (("base", 0, 0), ("other", 3, 2), ("base", 7, 1)):
        alone = by_hand(made, scenario, point, replicate, 5)
        for outcome in OUTCOMES:
            value = runs.values(outcome, scenario)[point, replicate]
            assert value == alone[outcome] or (np.isnan(value) and np.isnan(alone[outcome]))


def test_values_have_a_row_per_point_and_a_column_per_replicate(folder):
    runs = sweep.run(plan(), store=folder)
    assert runs.values("leavers").shape == runs.status().shape == (8, 3)
    assert (runs.status("other") == OK).all()
    assert runs.complete
    expected = runs.values("leavers", "other") - runs.values("leavers", "base")
    np.testing.assert_array_equal(runs.difference("leavers"), expected)


def test_worlds_of_different_shape_can_be_swept(folder):
    units = {"parameter": "site.units", "values": [1, 2, 3]}
    weeks = {"parameter": "run.weeks", "low": 21, "high": 30}
    made = plan(vary=["tool.fit", units, weeks], design={"method": "factorial", "levels": 2},
                analysis={}, runs={"replicates": 2})  # fmt: skip
    runs = sweep.run(made, store=folder, series=["adoption"])
    for point in (0, 5, 11):
        alone = by_hand(made, "other", point, 1, 5)
        assert runs.values("adoption_mean", "other")[point, 1] == alone["adoption_mean"]
    weekly = runs.series("adoption")
    assert weekly.shape == (12, 30)
    assert np.isnan(weekly[0, 21:]).all()
    assert np.isfinite(weekly[1]).all()


def test_words_vary_and_stand_in_the_tables_as_words(folder, tmp_path):
    target = {"parameter": "programme.target", "values": ["leaders", "both"]}
    made = plan(vary=["tool.fit", target], design={"method": "factorial", "levels": 2}, analysis={},
                runs={"replicates": 2})  # fmt: skip
    swept = sweep.sweep(made, store=folder, out=tmp_path / "out")
    assert swept.runs.values("strain_mean").shape == (4, 2)
    for name in ("runs", "points"):
        table = pd.read_parquet(tmp_path / "out" / f"{name}.parquet")
        assert set(table["programme.target"]) == {"leaders", "both"}
        assert table["tool.fit"].dtype == float


def test_a_world_that_cannot_be_is_refused_before_anything_runs(folder):
    weeks = {"parameter": "run.weeks", "values": [1, 30]}
    teams = {"parameter": "site.teams_per_unit", "values": [2, 12]}
    made = plan(vary=[weeks, teams], design={"method": "factorial"}, set={"start_week": 2})
    with pytest.raises(StudyError, match=r"site.teams_per_unit = 12") as refused:
        sweep.run(made, store=folder)
    assert {p.key for p in refused.value.problems} == {
        "site.teams_per_unit", "programme.start_week",
    }  # fmt: skip
    assert not folder.exists()


@pytest.mark.parametrize("numbers", ["common", "fresh"])
def test_random_numbers_are_common_or_fresh_and_always_shared_by_both_scenarios(folder, numbers):
    same = {"parameter": "tool.fit", "values": [0.6]}
    made = plan(scenarios=[BASE, {**BASE, "name": "twin"}], vary=[same, "social.contact"],
                design={"method": "factorial", "levels": 2},
                runs={"random_numbers": numbers, "replicates": 4})  # fmt: skip
    runs = sweep.run(made, store=folder)
    assert (runs.difference("leavers") == 0).all()
    assert made.replicates_of(np.array([1])).tolist() == [
        [0, 1, 2, 3] if numbers == "common" else [4, 5, 6, 7]
    ]
    alone = qisim.run(
        made.scenarios["base"].replace({"tool.fit": 0.6, "social.contact": 1.0}),
        replicates=8,
        seed=5,
    ).runs["leavers"]
    expected = alone[:4] if numbers == "common" else alone[4:]
    assert runs.values("leavers")[1].tolist() == expected.tolist()


def test_weekly_series_are_means_over_the_replicates_of_a_point(folder):
    made = plan(analysis={"method": "pawn", "over_time": ["adoption"]})
    runs = sweep.run(made, store=folder)
    weekly = runs.series("adoption", "other")
    assert weekly.shape == (8, 24)
    each = runs.weekly_values("adoption", "other")
    assert each.shape == (8, 3, 24)
    np.testing.assert_allclose(each.mean(axis=1), weekly, atol=1e-6)
    np.testing.assert_allclose(
        weekly.mean(axis=1), runs.values("adoption_mean", "other").mean(axis=1), atol=1e-6
    )
    with pytest.raises(KeyError, match="not kept"):
        runs.series("strain")


@pytest.mark.parametrize("runs", [1, 2, 3, 5, 7, 1000])
def test_blocks_of_any_size_hold_every_run_once_with_its_numbers(runs):
    drawn = {**EXTERNAL, "run": {**EXTERNAL["run"], "allocation": "study"}}
    made = plan(
        scenarios=[drawn, INTERNAL], design={"samples": 4}, runs={"random_numbers": "fresh"}
    )
    layout = RunTable(made)
    found = {}
    for block in layout.blocks(runs):
        rows = layout.rows(block)
        assert len(rows) <= max(runs, 1)
        found |= {int(run): (rows.rows[row].tobytes(), int(replicate)) for run, row, replicate in zip(
            rows.runs, rows.row_of, rows.replicates, strict=True)}  # fmt: skip
    whole = layout.rows(next(layout.blocks(layout.runs)))
    assert sorted(found) == list(range(24))
    assert [found[run][1] for run in range(24)] == [*range(12), *range(12)]
    assert [found[run][0] for run in range(12)] == [
        whole.rows[row].tobytes() for row in whole.row_of
    ]


# --- the allocation -------------------------------------------------------------------------------


def test_an_allocation_that_varies_cuts_a_factor_in_one_case_and_keeps_it_in_the_other():
    made = plan(scenarios=[EXTERNAL, INTERNAL], vary=["allocation.simulation_training"])
    layout = RunTable(made)
    place = POSITION["simulation_training"]
    strengths = [
        np.concatenate(
            [layout.rows(b).rows[:, place] for b in layout.blocks(999) if b.scenario == n]
        )
        for n in (0, 1)
    ]
    external = layout.points[:, 0] < 0.03  # the probability that the external case has it
    assert strengths[0].tolist() == np.where(external, 1.0, 0.1).tolist()
    assert strengths[1].tolist() == np.where(external, 0.1, 1.0).tolist()


def test_the_null_ensemble_has_one_half_for_a_factor_that_varies():
    vary = [{"allocation": "null", "factors": ["simulation_training"]}]
    layout = RunTable(plan(scenarios=[EXTERNAL], vary=vary))
    block = next(layout.blocks(99))
    kept = layout.rows(block).rows[:, POSITION["simulation_training"]] == 1.0
    assert kept.tolist() == (layout.points[:, 0] < 0.5).tolist()


def test_other_factors_keep_to_the_ensemble_of_the_scenario():
    drawn = {**EXTERNAL, "run": {**EXTERNAL["run"], "allocation": "study"}}
    made = plan(scenarios=[drawn], vary=["allocation.turnover"], runs={"replicates": 50})
    layout = RunTable(made)
    rows = layout.rows(next(layout.blocks(100)))
    assert len(rows.rows) == 100  # each run has an allocation of its own
    position = POSITION
    assert len(np.unique(rows.rows[:50, position["documentation"]])) == 2
    assert len(np.unique(rows.rows[:50, position["turnover"]])) == 1
    alone = allocated(
        made.scenarios["out"],
        coefficients(made.scenarios["out"]),
        5,
        np.arange(50),
    )
    others = [n for n in position.values() if n != position["turnover"]]
    assert (rows.rows[:50, others] == alone[:, others]).all()


# --- made once ------------------------------------------------------------------------------------


def test_a_finished_sweep_makes_nothing_and_a_changed_range_keeps_the_points_that_stay(
    folder, monkeypatch
):
    made = counted(monkeypatch)
    vary = [
        {"parameter": "tool.fit", "values": [0.5, 0.6]},
        {"parameter": "tool.time_saved", "values": [0.6, 0.7]},
    ]
    factorial = {"method": "factorial"}
    sweep.run(plan(vary=vary, design=factorial), store=folder)
    assert sum(made) == 2 * 4 * 3
    made.clear()
    again = sweep.run(plan(vary=vary, design=factorial), store=folder)
    assert (made, again.reused) == ([], 24)
    vary[0] = {"parameter": "tool.fit", "values": [0.5, 0.65, 0.7]}
    wider = sweep.run(plan(vary=vary, design=factorial), store=folder)
    assert (sum(made), wider.reused) == (2 * 4 * 3, 12)
    made.clear()
    sweep.run(plan(vary=vary, design=factorial, runs={"replicates": 4}), store=folder)
    assert sum(made) == 2 * 6


def test_doubling_a_sample_makes_the_new_half_only(folder, monkeypatch):
    made = counted(monkeypatch)
    sweep.run(plan(design={"samples": 8}), store=folder)
    made.clear()
    sweep.run(plan(design={"samples": 16}), store=folder)
    assert sum(made) == 2 * 8 * 3


def test_the_same_run_of_two_scenarios_or_points_is_made_once(folder, monkeypatch):
    made = counted(monkeypatch)
    twins = [BASE, {**BASE, "name": "twin", "title": "the same by another name"}]
    runs = sweep.run(plan(scenarios=twins), store=folder)
    assert sum(made) == 8 * 3
    assert (runs.difference("adoption_mean") == 0).all()


def test_runs_with_a_series_serve_a_sweep_without_and_not_the_other_way(folder, monkeypatch):
    made = counted(monkeypatch)
    sweep.run(plan(), store=folder)
    sweep.run(plan(), store=folder, series=["adoption"])
    assert sum(made) == 2 * 48
    made.clear()
    sweep.run(plan(), store=folder)
    sweep.run(plan(), store=folder, series=["adoption"])
    assert made == []


def test_a_change_of_the_model_invalidates_every_run(folder, monkeypatch):
    made = counted(monkeypatch)
    sweep.run(plan(), store=folder)
    monkeypatch.setattr(qisim.runs.store, "model_stamp", lambda engine: "new rules")
    sweep.run(plan(), store=folder)
    assert sum(made) == 2 * 48


def test_a_damaged_part_is_told_and_its_runs_are_made_again(folder, monkeypatch):
    before = sweep.run(plan(), store=folder)
    part = before.parts[1]
    values = before.values("adoption_mean", "other")
    part.write_bytes(part.read_bytes()[:-100])
    made, told = counted(monkeypatch), []
    after = sweep.run(plan(), store=folder, tell=told.append)
    assert len(told) == 1
    assert str(part) in told[0]
    assert 0 < sum(made) < 48
    assert (after.values("adoption_mean", "other") == values).all()
    (part.parent / "notes.txt").write_text("mine")
    (folder / "thesis.doc").write_text("mine too")
    with pytest.warns(UserWarning, match="does not belong") as strangers:
        sweep.run(plan(), store=folder)
    assert {str(one.message).partition(" ")[0] for one in strangers} == {
        str(part.parent / "notes.txt"), str(folder / "thesis.doc"),
    }  # fmt: skip


def test_a_store_that_cannot_be_is_an_error_of_the_store(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="cannot be written"):
        sweep.run(plan(), store=tmp_path / "file")


# --- failures -------------------------------------------------------------------------------------


@pytest.fixture
def cursed(monkeypatch):
    """Make replicate 1 fail at points with a tool that fits well."""
    whole, place = executor.simulate, POSITION["fit"]

    def breaks(batch, engine, workers=1):
        if ((batch.replicates == 1) & (batch.rows[:, place] > 0.8)).any():
            raise ZeroDivisionError("cursed")
        return whole(batch, engine, workers)

    monkeypatch.setattr(executor, "simulate", breaks)


def cursed_points(runs):
    return runs.points[:, runs.plan.names.index("tool.fit")] > 0.8


def test_a_run_that_fails_costs_no_other_and_leaves_a_row_with_its_traceback(
    folder, cursed, tmp_path
):
    swept = sweep.sweep(study(), store=folder, out=tmp_path / "out")
    runs, bad = swept.runs, cursed_points(swept.runs)
    assert 0 < bad.sum() < 8
    expected = np.full((8, 3), OK)
    expected[bad, 1] = FAILED
    assert (runs.status() == expected).all()
    assert np.isnan(runs.values("adoption_mean")[bad, 1]).all()
    assert np.isfinite(runs.values("adoption_mean")[expected == OK]).all()
    failures = swept.manifest["failures"]
    assert len(failures) == runs.failed == 2 * bad.sum()
    assert all("ZeroDivisionError: cursed" in failure["reason"] for failure in failures)
    table = pd.read_parquet(tmp_path / "out" / "runs.parquet")
    assert (table["status"] == "failed").sum() == len(failures)
    assert table.loc[table["status"] == "failed", list(OUTCOMES)].isna().all(axis=None)


def test_one_failing_run_in_ten_thousand(folder, monkeypatch):
    whole = executor.simulate
    monkeypatch.setattr(chunks, "FEWEST", 2000)

    def breaks(batch, engine, workers=1):
        if (batch.replicates == 7777).any():
            raise ZeroDivisionError("cursed")
        return whole(batch, engine, workers)

    monkeypatch.setattr(executor, "simulate", breaks)
    tiny = {
        **BASE,
        "run": {"weeks": 20},
        "site": {"units": 1, "staff_per_unit": 4, "teams_per_unit": 1},
    }
    one = {"parameter": "tool.fit", "values": [0.5]}
    made = study(
        scenarios=tiny, vary=[one], design={"method": "factorial"}, runs={"replicates": 10_000}
    )
    swept = sweep.sweep(made, store=folder)
    status = swept.runs.status()
    assert ((status == OK).sum(), (status == FAILED).sum()) == (9999, 1)
    assert swept.manifest["failures"][0]["replicate"] == 7777


def test_a_failed_run_is_finished_unless_it_is_to_be_tried_again(folder, cursed, monkeypatch):
    runs = sweep.run(plan(), store=folder)
    made = counted(monkeypatch)
    sweep.run(plan(), store=folder)
    assert made == []
    again = sweep.run(plan(), store=folder, retry_failed=True)
    assert sum(made) == runs.failed
    assert again.failed == runs.failed


def test_a_run_that_was_made_again_with_success_stays_finished(folder, cursed, monkeypatch):
    assert sweep.run(plan(), store=folder).failed
    monkeypatch.undo()
    assert sweep.run(plan(), store=folder).failed
    assert not sweep.run(plan(), store=folder, retry_failed=True).failed
    made = counted(monkeypatch)
    runs = sweep.run(plan(), store=folder)
    assert (made, runs.failed, runs.complete) == ([], 0, True)
    assert np.isfinite(runs.values("adoption_mean")).all()


@pytest.mark.parametrize("fault", executor.FAULTS)
def test_a_fault_of_the_machine_is_no_failure_of_the_model(folder, monkeypatch, fault):
    whole, seen = executor.simulate, []

    def breaks(batch, engine, workers=1):
        seen.append(batch)
        if len(seen) > 5:
            raise fault("not just now")
        return whole(batch, engine, workers)

    monkeypatch.setattr(executor, "simulate", breaks)
    with pytest.raises(RunError, match=r"not just now.*what was finished is kept"):
        sweep.run(plan(), store=folder, workers=1)
    monkeypatch.setattr(executor, "simulate", whole)
    runs = sweep.run(plan(), store=folder)
    assert runs.reused > 0
    assert (runs.failed, runs.complete) == (0, True)


def test_a_value_that_is_not_finite_is_a_failed_run(folder, monkeypatch):
    whole = executor.simulate

    def spoils(batch, engine, workers=1):
        weekly, adopters = whole(batch, engine, workers)
        weekly[3, 2, batch.replicates == 2] = np.nan
        return weekly, adopters

    monkeypatch.setattr(executor, "simulate", spoils)
    runs = sweep.run(plan(), store=folder)
    assert (runs.status() == [[OK, OK, FAILED]] * 8).all()
    assert "not finite" in runs.failures()[0]["reason"]


# --- stopped, killed, out of space ----------------------------------------------------------------


def stop_after(number):
    seen = []

    def progress(done, total):
        seen.append(done)
        if len(seen) == number:
            raise KeyboardInterrupt

    return progress


def test_ctrl_c_keeps_what_is_finished(folder, monkeypatch):
    with pytest.raises(Interrupted) as stopped:
        sweep.run(plan(), store=folder, workers=1, progress=stop_after(2))
    partial = stopped.value.result
    assert not partial.complete
    assert (partial.status() == NOT_MADE).any()
    finished = partial.register.found
    assert finished == 20
    made = counted(monkeypatch)
    runs = sweep.run(plan(), store=folder)
    assert (runs.reused, sum(made)) == (finished, 48 - finished)
    there = partial.status() == OK
    assert (runs.values("leavers")[there] == partial.values("leavers")[there]).all()


def test_progress_counts_the_runs_of_this_go(folder):
    seen = []
    sweep.run(plan(), store=folder, workers=1, progress=lambda *counts: seen.append(counts))
    assert seen[-1] == (48, 48)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_full_disk_is_an_error_that_keeps_what_was_written(folder, monkeypatch):
    monkeypatch.setattr(write_buffer, "KEEP_S", 0.0)
    whole, calls = qisim.runs.store.write_whole, []

    def full(path, content):
        calls.append(path)
        if len(calls) > 6:
            raise OSError(28, "No space left on device")
        whole(path, content)

    monkeypatch.setattr(qisim.runs.store, "write_whole", full)
    with pytest.raises(StoreError, match="No space left"):
        sweep.run(plan(), store=folder, workers=1)
    monkeypatch.undo()
    assert 0 < sweep.run(plan(), store=folder).reused < 48


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_table_does_not_depend_on_workers_nor_on_the_order_of_making(tmp_path, workers):
    first = tables(tmp_path / "a", store=tmp_path / "one", workers=1)
    with pytest.raises(Interrupted):
        sweep.sweep(study(), store=tmp_path / "two", out=tmp_path / "b", workers=workers,
                    progress=stop_after(3))  # fmt: skip
    half = study(design={"samples": 4}, runs={"replicates": 2})
    sweep.run(half, store=tmp_path / "two")
    assert tables(tmp_path / "b", store=tmp_path / "two", workers=workers) == first


def tables(out, **options):
    """Make the small sweep; return the bytes of its tables."""
    sweep.sweep(study(), out=out, **options)
    return {
        name: (out / name).read_bytes()
        for name in ("runs.parquet", "points.parquet", "summary.csv")
    }


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_readable_engine_gives_the_same_table(tmp_path, workers):
    small = study(design={"samples": 2}, runs={"replicates": 1})
    for engine in ("compiled", "mesa"):
        sweep.sweep(
            small, out=tmp_path / engine, store=tmp_path / "runs", engine=engine, workers=workers
        )
    one, other = ((tmp_path / e / "runs.parquet").read_bytes() for e in ("compiled", "mesa"))
    assert one == other


KILLING = """
import os, random, signal, sys, time
import pyarrow.parquet, scipy.stats.qmc  # loaded once, so that the children get to work at once
import qisim.engines.compiled, qisim.runs.sweep_files
from qisim.runs import chunks, write_buffer
from qisim.cli.main import exit_code

chunks.POST_WEEKS, chunks.FEWEST, write_buffer.KEEP_S = 0, 32, 0.0
file, folder, times = sys.argv[1], sys.argv[2], int(sys.argv[3])

def begin(out, store):
    child = os.fork()
    if not child:
        os._exit(exit_code(["sweep", file, "--out", f"{folder}/{out}", "--store", f"{folder}/{store}",
                            "--quiet"]))
    return child

def end(child):
    assert os.waitpid(child, 0)[1] == 0

begun = time.monotonic()
end(begin("whole", "one"))
lasted, chance = time.monotonic() - begun, random.Random(1)
for _ in range(times):
    child = begin("killed", "two")
    time.sleep(chance.uniform(0.2, 0.9) * lasted)
    os.kill(child, signal.SIGKILL)
    print(os.WIFSIGNALED(os.waitpid(child, 0)[1]))
end(begin("killed", "two"))
"""


def killed_and_resumed(tmp_path, times):
    """Kill a sweep at random moments, resume each time; return both folders and how often it died."""
    file = tmp_path / "study.toml"
    file.write_text(toml(study(design={"samples": 128}, runs={"replicates": 8})))
    script = [sys.executable, "-c", KILLING, str(file), str(tmp_path), str(times)]
    done = subprocess.run(script, check=True, capture_output=True, text=True)
    return tmp_path / "whole", tmp_path / "killed", done.stdout.count("True")


def toml(held):
    import tomlkit

    return tomlkit.dumps(held)


@pytest.mark.parametrize("times", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_killed_at_random_moments_and_resumed_the_table_is_the_same_to_the_byte(tmp_path, times):
    whole, out, deaths = killed_and_resumed(tmp_path, times)
    assert deaths >= 1
    for name in ("runs.parquet", "points.parquet", "summary.csv"):
        assert (out / name).read_bytes() == (whole / name).read_bytes()
    assert not [path for path in out.iterdir() if path.name.startswith(".")]
    keys = [key for part in (tmp_path / "two").rglob("*.parquet")
            for key in pq.read_table(part, columns=["key"])["key"].to_pylist()]  # fmt: skip
    assert len(keys) == len(set(keys)) == 2 * 128 * 8


SLOWLY = """
import sys
from qisim.runs import chunks, write_buffer
from qisim.cli.main import main
chunks.POST_WEEKS, chunks.FEWEST, write_buffer.KEEP_S = 0, 32, 0.0
main(["sweep", *sys.argv[1:]])
"""


def test_ctrl_c_in_a_terminal_ends_with_130_and_says_what_is_kept(tmp_path):
    file, folder = tmp_path / "study.toml", tmp_path / "store"
    file.write_text(toml(study(design={"samples": 4096}, runs={"replicates": 8})))
    words = [sys.executable, "-c", SLOWLY, str(file), "--store", str(folder)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and len(list(folder.rglob("*.parquet"))) < 3:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        told = process.communicate()[1]
    assert process.returncode == 130
    kept = int(told.partition("interrupted: ")[2].partition(" of 65536 different runs")[0])
    parts = [pq.read_metadata(part).num_rows for part in folder.rglob("*.parquet")]
    assert 0 < kept <= sum(parts) < 65536  # the last part may be on disk before it is counted


# --- the folder -----------------------------------------------------------------------------------


def test_the_folder_has_the_tables_of_the_contract_in_the_order_of_the_plan(tmp_path, folder):
    swept = sweep.sweep(study(), out=tmp_path / "out", store=folder)
    table = pd.read_parquet(tmp_path / "out" / "runs.parquet")
    names = list(swept.runs.plan.names)
    assert list(table) == [
        "scenario",
        "point",
        *names,
        "replicate",
        "status",
        *OUTCOMES,
        *PAID_HOURS,
    ]
    assert table["scenario"].tolist() == ["base"] * 24 + ["other"] * 24
    assert table["point"].tolist() == [p for p in range(8) for _ in range(3)] * 2
    assert table["replicate"].tolist() == [0, 1, 2] * 16
    np.testing.assert_array_equal(table[names].to_numpy()[:24:3], swept.runs.points)
    summary = pd.read_csv(tmp_path / "out" / "summary.csv")
    leavers = summary[(summary["scenario"] == "other") & (summary["outcome"] == "leavers")].iloc[0]
    assert leavers["mean"] == pytest.approx(table["leavers"][24:].mean())
    assert (leavers["n"], leavers["missing"], leavers["failed"]) == (24, 0, 0)
    means = pd.read_parquet(tmp_path / "out" / "points.parquet")
    assert means["leavers"].tolist() == pytest.approx(
        table.groupby(["scenario", "point"])["leavers"].mean().tolist()
    )
    held = read_manifest(tmp_path / "out")
    assert held["kind"] == "sweep"
    assert set(held["files"]) == {
        "runs.parquet", "points.parquet", "summary.csv", "dictionary.csv",
    }  # fmt: skip
    assert plan() == qisim.design.plan_file.read(held["settings"]["study"])


def test_missing_is_missing_in_the_table(tmp_path, folder):
    sweep.sweep(
        study(vary=["use.base_odds"], set={"use.habit_days": 1000.0}),
        out=tmp_path / "out",
        store=folder,
    )
    table = pq.read_table(tmp_path / "out" / "runs.parquet")
    assert table["weeks_to_half"].null_count == 48
    assert not np.isnan(
        table["weeks_to_half"].to_numpy(zero_copy_only=False)[~np.ones(48, bool)]
    ).any()


def test_a_folder_of_another_study_is_refused_and_more_of_the_same_is_not(tmp_path, folder):
    out = tmp_path / "out"
    sweep.sweep(study(), out=out, store=folder)
    for other in ({"design": {"samples": 4}}, {"runs": {"seed": 6}}, {"vary": ["tool.fit"]}):
        with pytest.raises(StoreError, match="another study"):
            sweep.sweep(study(**other), out=out, store=folder)
    sweep.sweep(study(runs={"replicates": 4}), out=out, store=folder)
    assert read_manifest(out)["replicates"] == 4


def test_a_finished_folder_is_left_as_it_is_and_a_damaged_one_is_mended(tmp_path, folder):
    out = tmp_path / "out"
    first = tables(out, store=folder)
    stamp = (out / "runs.parquet").stat().st_mtime_ns
    tables(out, store=folder)
    assert (out / "runs.parquet").stat().st_mtime_ns == stamp
    (out / "runs.parquet").write_bytes(b"gone")
    assert tables(out, store=folder) == first


def test_a_table_of_points_is_kept_with_its_runs(tmp_path, folder):
    points = tmp_path / "points.csv"
    points.write_text("tool.fit,workload.pressure\n0.1,1.0\n0.6,1.1\n")
    held = {k: v for k, v in study().items() if k != "vary"}
    sweep.sweep({**held, "design": {"file": str(points)}}, out=tmp_path / "out", store=folder)
    assert (tmp_path / "out" / "design.csv").read_text() == points.read_text()


# --- the command ----------------------------------------------------------------------------------


def test_the_command_makes_prints_and_resumes(tmp_path, folder, capsys):
    file = tmp_path / "study.toml"
    file.write_text(toml(study()))
    words = ["sweep", str(file), "--store", str(folder), "--out", str(tmp_path / "out")]
    assert exit_code(words) == 0
    told = capsys.readouterr()
    assert "base: 8 points x 3 replicates" in told.out
    assert "48 runs, 48 of them different, of which 0 were" in told.out
    assert exit_code([*words, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert len(data["summary"]) == 2 * (len(OUTCOMES) + len(PAID_HOURS))
    assert data["manifest"]["seed"] == 5
    assert exit_code([*words, "--seed", "6"]) == 2
    assert "another study" in capsys.readouterr().err
    assert exit_code(["sweep", str(file), "--set", "tool.fi=1", "--quiet"]) == 2
    assert "did you mean 'tool.fit'" in capsys.readouterr().err


def test_the_command_says_what_failed_and_what_was_stopped(
    tmp_path, folder, cursed, capsys, monkeypatch
):
    file = tmp_path / "study.toml"
    file.write_text(toml(study()))
    words = ["sweep", str(file), "--store", str(folder), "--quiet"]
    assert exit_code(words) == 3
    assert "runs failed; first base" in capsys.readouterr().err

    def stops(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep, "made", stops)
    assert exit_code([*words, "--seed", "9"]) == 130
    assert "0 of 48 different runs are finished and kept" in capsys.readouterr().err


def test_every_study_that_ships_can_be_laid_out(monkeypatch):
    for name in qisim.design.plan_file.shipped_studies():
        layout = RunTable(qisim.design.plan_file.read(name, samples=70 if "factor" in name else 2))
        assert layout.runs == np.prod(layout.size)
        block = next(layout.blocks(3))
        assert len(layout.rows(block)) == len(block.points) * len(block.replicates) == 3


def test_the_store_of_a_sweep_is_named_by_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("QISIM_STORE", str(tmp_path / "here"))
    sweep.run(plan(design={"samples": 1}))
    assert len(os.listdir(tmp_path / "here")) == 1  # both scenarios share a world


# --- sites like the scenario's own -----------------------------------------------------------------


def test_a_point_with_nothing_changed_is_run_at_the_same_sites_as_a_run(folder):
    value = float(qisim.load(BASE)["use.base_odds"])
    held = study(
        vary=[{"parameter": "use.base_odds"}], runs={"sites": 5, "replicates": 5, "seed": 3},
        design={"method": "csv", "points": [[value], [2.0 * value]]},
    )  # fmt: skip
    swept = sweep.run(held, store=folder)
    alone = qisim.compare(BASE, OTHER, replicates=5, sites=5, seed=3, store=folder)
    for name, own in alone.runs.groupby("scenario", sort=False):
        np.testing.assert_array_equal(swept.values("adoption_mean", name)[0], own["adoption_mean"])
    paid = alone.differences().set_index("outcome").loc["paid_hours"]
    means = [swept.values("paid_hours", name)[0].mean() for name in ("base", "other")]
    np.testing.assert_allclose(means, [paid["base_mean"], paid["other_mean"]])


def test_what_a_study_varies_is_no_site_value(folder):
    vary = [{"parameter": "workload.pressure", "low": 0.9, "high": 1.0}]
    layout = RunTable(plan(vary=vary, runs={"sites": 4, "replicates": 4}))
    assert "workload.pressure" not in layout.like.keys
    assert "workforce.staff_turnover" in layout.like.keys
    rows = next(layout.blocks(64))
    held = layout.rows(rows)
    loads = held.rows[held.row_of, POSITION["pressure"]].reshape(-1, 4)
    assert (loads == loads[:, :1]).all()
    leaving = held.rows[held.row_of, POSITION["staff_turnover"]].reshape(-1, 4)
    assert (leaving == leaving[0]).all() and len(np.unique(leaving[0])) == 4


@pytest.mark.parametrize(("runs", "key"), [
    ({"sites": 0}, "runs.sites"), ({"sites": 2.5}, "runs.sites"),
    ({"sites": 4, "replicates": 5}, "runs.replicates"),
    ({"sites": 4, "random_numbers": "fresh"}, "runs.random_numbers"),
])  # fmt: skip
def test_sites_that_cannot_be_are_refused_with_their_key(runs, key):
    with pytest.raises(StudyError) as refused:
        plan(runs=runs)
    assert [problem.key for problem in refused.value.problems] == [key]


def test_a_site_file_says_at_how_many_sites_a_study_runs(folder):
    like = {**BASE, "sites": {"number": 4}}
    held = study(scenarios=[like, OTHER])
    del held["runs"]["replicates"]
    assert plan_file.read(held).sites == 4
    found = qisim.compare(like, OTHER, replicates=4, seed=5, store=folder)
    asked = qisim.compare(BASE, OTHER, replicates=4, seed=5, sites=4, store=folder)
    assert found.manifest["sites"]["number"] == 4
    assert found.manifest["study_digest"] == asked.manifest["study_digest"]
    pd.testing.assert_frame_equal(found.runs, asked.runs)
    assert qisim.load(like).digest == qisim.load(BASE).digest
    alone = qisim.compare({**BASE, "sites": {"number": 1}}, OTHER, replicates=4, store=folder)
    assert "sites" not in alone.manifest
    asked_alone = qisim.compare(like, OTHER, replicates=4, sites=1, store=folder)
    assert asked_alone.manifest["study_digest"] == alone.manifest["study_digest"]
    assert plan_file.read(held, sites=1).sites is None
    unlike = {**OTHER, "sites": {"number": 5}}
    with pytest.raises(InputError) as refused:
        qisim.compare(like, unlike, replicates=4, store=folder)
    assert [problem.key for problem in refused.value.problems] == ["sites.number"]
    with pytest.raises(StudyError) as refused:
        plan_file.read(study(scenarios=[like, unlike]))
    assert "sites.number" in [problem.key for problem in refused.value.problems]


def test_by_default_every_site_has_one_run_of_each_point(folder):
    held = study(runs={"sites": 4})
    del held["runs"]["replicates"]
    assert plan_file.read(held).replicates == 4
