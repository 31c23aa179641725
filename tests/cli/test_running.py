"""The commands run and compare."""

import csv
import json

import pandas as pd
import pytest
from in_a_process import qisim

from qisim.cli.options import written_to
from qisim.model.outcomes import OUTCOMES, REPORTED, WEEKLY
from qisim.output.folder import damaged_files


def test_compare_prints_a_table_and_leaves_the_files_of_the_contract(say, small_file, tmp_path):
    out_dir = tmp_path / "out"
    code, out, err = say(
        "compare", small_file, "no-programme", "--set", "run.weeks=30", "--replicates", 12,
        "--out", out_dir,
    )  # fmt: skip
    assert code == 0
    assert "no-programme against small, 12 pairs" in out
    assert "qualitative" in out
    assert str(out_dir) in err
    names = {str(p.relative_to(out_dir)) for p in out_dir.rglob("*") if p.is_file()}
    assert names >= {
        "runs.parquet", "weekly.parquet", "summary.csv", "differences.csv", "report.html",
        "manifest.json", "figures/adoption.png", "figures/adoption.svg",
    }  # fmt: skip
    assert damaged_files(out_dir) == []
    runs, weekly = (
        pd.read_parquet(out_dir / f"{name}.parquet") for name in ("runs", "weekly")
    )  # fmt: skip
    assert list(runs) == ["scenario", "replicate", "status", *OUTCOMES]
    assert list(weekly) == ["scenario", "replicate", "week", *WEEKLY]
    with (out_dir / "differences.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["outcome"] for row in rows] == [name for name in REPORTED if name != "paid_cost"]
    manifest = json.loads((out_dir / "manifest.json").read_text())
    assert manifest["command"][0] == "qisim"
    assert manifest["replicates"] == 12


def test_run_prints_the_spread(say, small_file):
    code, out, _ = say("run", small_file, "--replicates", 3)
    assert code == 0
    assert "small: 3 replicates" in out
    assert "5th to 95th percentile" in out


def test_json_is_all_there_is_on_standard_output(say, small_file, tmp_path):
    code, out, _ = say(
        "compare", small_file, small_file, "--replicates", 2, "--json", "--out", tmp_path / "o"
    )
    data = json.loads(out, parse_constant=lambda text: pytest.fail(f"{text} is no JSON"))
    assert code == 0
    assert set(data) == {"summary", "differences", "verdict", "manifest"}
    assert [row["outcome"] for row in data["differences"]] == [
        name for name in REPORTED if name != "paid_cost"
    ]


def test_quiet_prints_nothing(say, small_file):
    assert say("run", small_file, "--replicates", 2, "--quiet") == (0, "", "")


def test_a_scenario_from_standard_input(small_file):
    with open(small_file, encoding="utf-8") as file:
        done = qisim("run", "-", "--replicates", "2", "--json", stdin=file)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["summary"]) == len(OUTCOMES)


def test_smallest_differences_by_outcome_and_for_all_shares(say, small_file):
    words = "compare", small_file, small_file, "--replicates", 2, "--json"
    found = json.loads(say(*words, "--matters", "peak=0.2", "--matters", "0.1")[1])["differences"]
    matters = {row["outcome"]: row["matters"] for row in found}
    assert (matters["peak"], matters["reach_final"], matters["leavers"]) == (0.2, 0.1, 1.0)


def test_only_a_report_that_is_there_is_to_be_opened(tmp_path):
    assert "; open" not in written_to(
        tmp_path
    )  # as a study leaves it that was stopped while drawing
    (tmp_path / "report.html").write_text("")
    assert written_to(tmp_path).endswith(f"open {tmp_path / 'report.html'} in a browser")
