"""The folder and the command of a sweep."""

import json
import os

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from studies import plan, study
from sweeps import tables, toml

import qisim
from qisim.cli.main import exit_code
from qisim.design.run_table import RunTable
from qisim.errors import StoreError
from qisim.model.outcomes import OUTCOMES, PAID_OUTCOMES
from qisim.output.manifest import read_manifest
from qisim.output.result import read_folder
from qisim.runs import sweep

pytestmark = pytest.mark.usefixtures("small_pieces")

PAID_HOURS = [name for name in PAID_OUTCOMES if name != "paid_cost"]


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


def test_folders_and_stores_may_have_names_that_are_not_utf8(tmp_path):
    here = tmp_path / os.fsdecode(b"m\xe5l")
    try:
        here.mkdir()
    except OSError:
        pytest.skip("this file system takes no such name")
    first = sweep.sweep(study(), out=here / "out", store=here / "store")
    again = sweep.sweep(study(), out=here / "again", store=here / "store")
    assert again.runs.reused == len(again.runs.plan.scenarios) * len(first.runs.points) * 3
    assert read_manifest(here / "out")["files"] == read_manifest(here / "again")["files"]
    result = qisim.run("external", replicates=2, store=here / "store", set={"run.weeks": 4})
    result.save(here / "run")
    assert read_folder(here / "run").runs.equals(result.runs)
