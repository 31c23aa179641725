"""The command line, as people type it: what is printed where, and the exit code."""

import codecs
import csv
import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
import tomlkit
from worlds import SMALL

from qisim import load
from qisim.cli import main as door
from qisim.cli.main import exit_code
from qisim.model.outcomes import OUTCOMES, TOLD, WEEKLY
from qisim.output.folder import damaged_files
from qisim.scenario.scenario import shipped

COMMANDS = ("list", "show", "new", "check", "factors", "run", "compare")


@pytest.fixture
def small_file(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(tomlkit.dumps({"format": 1, **SMALL}), encoding="utf-8")
    return str(path)


@pytest.fixture
def say(capsys):
    """Run a command; return exit code, standard output and standard error."""

    def run(*words):
        code = exit_code([str(word) for word in words])
        return code, *capsys.readouterr()

    return run


def qisim(*words, **more):
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "qisim", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **more)


# --- listing --------------------------------------------------------------------------------------


def test_help_names_every_command(say):
    code, out, _ = say("--help")
    assert code == 0
    assert all(command in out for command in COMMANDS)


def test_without_a_command_there_is_help(say):
    assert say()[1] == say("--help")[1]


def test_list_has_a_line_for_each_shipped_scenario(say):
    code, out, err = say("list")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == list(shipped())


def test_list_as_json(say):
    assert [row["name"] for row in json.loads(say("list", "--json")[1])] == list(shipped())


def test_show_tells_value_range_origin_and_basis(say):
    code, out, _ = say("show", "external", "--set", "pressure=1.25")
    (line,) = [line for line in out.splitlines() if line.split()[:1] == ["pressure"]]
    assert code == 0
    for part in ("1.25", "[0 to 2]", "override", "Q16 Q47 assumption"):
        assert part in line


def test_show_as_json_can_be_read_back(say):
    data = json.loads(say("show", "internal", "--json")[1])
    about = data["values"]["workforce.staff_turnover"]
    assert about["value"] == 0.22
    assert about["rests_on"] == ["N01", "N03", "N04"]
    assert {"unit", "allowed", "plausible", "set_in", "role", "factor", "meaning"} <= set(about)


def test_factors_say_what_kind_of_study_it_is(say):
    code, out, _ = say("factors")
    flat = " ".join(out.split())
    assert code == 0
    assert "qualitative" in flat
    assert out.count(" inferred ") == 14


def test_one_factor_in_full(say):
    out = say("factors", "knowledge", "sharing")
    assert out[0] == 2  # one name, not two
    out = say("factors", "knowledge_sharing")[1]
    assert out.count("social.teaching_rate") == 2  # the enabler and its lack
    assert "rests on" in out


def test_a_misspelt_factor_is_told_the_nearest(say):
    code, out, err = say("factors", "turnver")
    assert (code, out) == (2, "")
    assert "'turnover'" in err


def test_version_and_citation(say):
    assert say("--version")[1].startswith("qisim 0.")
    assert "doi 10.1186/s12913-024-10985-2" in say("--cite")[1]


# --- files ----------------------------------------------------------------------------------------


def test_new_writes_a_file_that_is_fine_and_the_same(say, tmp_path):
    path = tmp_path / "mine.toml"
    assert say("new", path, "--from", "internal")[0] == 0
    assert say("check", path)[:2] == (0, f"{path}: fine\n")
    shown = [json.loads(say("show", name, "--json")[1]) for name in ("internal", path)]
    assert shown[0]["digest"] == shown[1]["digest"]
    assert shown[1]["name"] == "mine"


def test_new_from_a_path_extends_it_relative_to_the_new_file(say, tmp_path, small_file):
    (tmp_path / "deep").mkdir()
    path = tmp_path / "deep" / "mine.toml"
    assert say("new", path, "--from", small_file)[0] == 0
    assert say("check", path)[0] == 0


def test_new_overwrites_nothing(say, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("precious")
    code, _, err = say("new", path, "--from", "internal")
    assert code == 2
    assert "nothing was overwritten" in err
    assert path.read_text() == "precious"


@pytest.mark.parametrize(
    "name",
    ["a\nb", "tab\t", "y" * 90, "quo\"te's", "æøå 看護", "#", ".", "\x1b[31m", "\udcff", " "],
)
def test_new_under_any_name_is_fine(say, tmp_path, name):
    path = tmp_path / f"{name}.toml"
    try:
        code, _, err = say("new", path, "--from", "internal")
    except OSError:
        pytest.skip("no file of this name here")
    assert (code, err) == (0, "")
    assert say("check", path)[0] == 0


def test_new_from_a_part_works_in_any_folder(say, tmp_path):
    assert say("new", tmp_path / "a.toml", "--from", "parts/driver-internal")[0] == 0
    assert say("check", tmp_path / "a.toml")[0] == 0


def test_new_cannot_extend_a_name_that_no_file_can_hold(say, tmp_path):
    base = tmp_path / "a\tb.toml"
    assert say("new", base, "--from", "internal")[0] == 0
    code, _, err = say("new", tmp_path / "c.toml", "--from", base)
    assert code == 2
    assert "no scenario file can hold" in err


def test_new_in_no_folder(say, tmp_path):
    assert say("new", tmp_path / "no" / "mine.toml", "--from", "internal")[0] == 2


def test_check_tells_every_problem_of_every_file(say, tmp_path, small_file):
    bad, worse = tmp_path / "bad.toml", tmp_path / "worse.toml"
    bad.write_text('format = 1\nextends = "external"\n[workload]\npresure = 1\ncover = 3\n')
    worse.write_text("[[[")
    code, out, err = say("check", bad, small_file, worse)
    assert code == 2
    assert out.startswith(f"{small_file}: fine\n") and str(bad) not in out
    for part in (f"{bad}:4", "presure", "did you mean", f"{bad}:5", "0 to 1", str(worse)):
        assert part in err


def test_check_tells_that_a_calendar_was_replaced(say, tmp_path):
    path = tmp_path / "mine.toml"
    head = 'format = 1\nextends = "internal"\n'
    one = '[[activities]]\nkind = "seminar"\nweek = 1\nhours = 1.0\n'
    path.write_text(head + one)
    number = len(load("internal").activities)
    told = f"calendar: 1 activity of its own instead of the {number} of internal"
    assert say("check", path)[:2] == (0, f"{path}: fine\n  {told}\n")
    path.write_text(head + one + one)
    assert "2 activities of its own" in say("check", path)[1]
    path.write_text(f"format = 1\n{one}")
    assert say("check", path)[1] == f"{path}: fine\n"


def test_check_tells_what_a_file_leads_to_without_saying_so(say, tmp_path):
    path = tmp_path / "mine.toml"
    for text, told in {
        "": "says nothing: a site of default values, and no programme",
        'name = "mine"\n': "says nothing",
        'extends = "no-programme"\n': "no programme",
        "[site]\nunits = 2\nstaff_per_unit = 42\n": "no programme: neither this file",
        'extends = "external"\n[site]\nunits = 2\nstaff_per_unit = 42\n': "2 x 42 = 84 posts",
        'extends = "internal"\n[programme]\nlength_weeks = 78\n': "4 activities end with it\n",
    }.items():
        path.write_text(text)
        code, out, _ = say("check", path)
        assert code == 0 and told in out, out
    path.write_text('extends = "internal"\n')
    assert say("check", path)[1] == f"{path}: fine\n"


def test_check_tells_why_sensitivity_would_refuse_a_study(say, tmp_path):
    path = tmp_path / "study.toml"
    path.write_text('scenarios = "external"\nvary = ["site.units"]\n')
    code, out, _ = say("check", path)
    assert code == 0 and f"qisim sensitivity refuses it: {path}:2: vary" in out
    code, _, err = say("sensitivity", path)
    assert code == 2 and f"{path}:2: vary" in err


def test_check_as_json_takes_every_number(say, tmp_path):
    path = tmp_path / "nan.toml"
    path.write_text("[workload]\ncover = nan\npressure = inf\n")
    code, out, _ = say("check", path, "--json")
    assert code == 2 and [p["value"] for p in json.loads(out)[str(path)]] == ["nan", "inf"]


def test_check_as_json(say, tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text("format = 1\n[workload]\ncover = 3\n")
    code, out, _ = say("check", bad, "--json")
    (problem,) = json.loads(out)[str(bad)]
    assert code == 2
    assert (problem["line"], problem["key"], problem["allowed"]) == (3, "workload.cover", "0 to 1")


# --- run and compare ------------------------------------------------------------------------------


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
    assert [row["outcome"] for row in rows] == [name for name in TOLD if name != "paid_cost"]
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
        name for name in TOLD if name != "paid_cost"
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


WRONG = {
    "externl": ["run", "externl"],
    "'external'": ["compare", "externl", "internal"],
    "KEY=VALUE": ["run", "external", "--set", "pressure"],
    "workload.pressure": ["run", "external", "--set", "workload.presure=1"],
    "0 to 2": ["run", "external", "--set", "pressure=9"],
    "not a finite number": ["run", "external", "--set", "pressure=nan"],
    "is not a number": ["run", "external", "--set", "pressure=fast"],
    "got 0.3": ["run", "external", "--set", "units=.3"],
    "leaders | staff | both": ["run", "external", "--set", "programme.target=stuff"],
    "1 to 20000": ["run", "external", "--replicates", "0"],
    "seed": ["run", "external", "--seed", "-3"],
    "compiled or mesa": ["run", "external", "--engine", "fast"],
    "'mesa'": ["run", "external", "--engine", "msa"],
    "workers": ["run", "external", "--workers", "0"],
    "OUTCOME=NUMBER": ["compare", "external", "internal", "--matters", "much"],
    "'peak'": ["compare", "external", "internal", "--matters", "peek=0.1"],
    "from 0": ["compare", "external", "internal", "--matters", "-1"],
    "at least one other scenario": ["compare", "external"],
    "did you mean 'compare'": ["compar", "external", "internal"],
    "No such command": ["zzzz"],
    "No such option": ["run", "external", "--replicate", "3"],
    "integer": ["run", "external", "--replicates", "many"],
    "no scheduler answers": ["run", "external", "--scheduler", "nowhere"],
}


@pytest.mark.parametrize("told", WRONG)
def test_wrong_input_is_told_with_exit_code_2_and_no_traceback(say, told):
    code, out, err = say(*WRONG[told])
    assert (code, out) == (2, "")
    assert told in err
    assert "Traceback" not in err


def test_a_folder_of_another_study_is_refused(say, small_file, tmp_path):
    (tmp_path / "thesis.docx").write_text("precious")
    code, _, err = say("run", small_file, "--replicates", 2, "--out", tmp_path)
    assert code == 2
    assert "not a folder of qisim" in err or "another" in err


def test_some_failed_runs_are_exit_code_3(say, small_file, tmp_path, monkeypatch):
    from qisim.runs import executor

    whole = executor.simulate

    def breaks(batch, engine, workers=1):
        if 1 in batch.replicates:
            raise ArithmeticError("cursed")
        return whole(batch, engine, workers)

    monkeypatch.setattr(executor, "simulate", breaks)
    code, out, err = say("run", small_file, "--replicates", 4, "--out", tmp_path / "o")
    assert code == 3
    assert "cursed" in err
    assert "small: " in out
    runs = pd.read_parquet(tmp_path / "o" / "runs.parquet")
    assert runs["status"].value_counts().to_dict() == {"ok": 3, "failed": 1}


WEIRD = (
    "pressure=nan", "pressure=-inf", "pressure=1e999", "pressure=" + "9" * 5000, "pressure=" + "[" * 9000,
    "pressure=true", "pressure=", "pressure={a=1}", "pressure=1979-05-27", "=1", "pressure", "", "a.b=1",
    "activities=1", "activities.1.hours=1e3", "events=[{}]", "extends=1", "name=", "format=2", "weeks=0",
    "name=\x1b[31m", "units=99", "\udcff=1",
)  # fmt: skip


@pytest.mark.parametrize("setting", WEIRD)
def test_weird_settings_are_refused_in_words(say, setting):
    code, out, err = say("run", "internal", "--set", setting)
    assert (code, out) == (2, "")
    assert err.strip()
    assert "fault" not in err
    assert len(err) < 12_000


@pytest.mark.parametrize("matters", ["-1", "nan", "inf", "x", "peak=-0.1", "peak="])
def test_a_smallest_difference_is_a_number_from_zero(say, matters):
    code, _, err = say("compare", "internal", "external", "--matters", matters)
    assert code == 2
    assert err.count("--matters") == 1


@pytest.mark.parametrize("out", ["x" * 300, "x" * 300 + "/a"])
def test_a_folder_that_cannot_be_is_refused_before_anything_runs(say, out, monkeypatch):
    monkeypatch.setattr("qisim.runs.executor.simulated", None)
    code, _, err = say("run", "internal", "--out", out)
    assert code == 2
    assert "cannot be used" in err


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp850", "latin-1"])
def test_terminals_without_a_minus_sign_get_a_hyphen(encoding):
    codecs.register_error(door.PLAIN, door.plainer)
    told = "\N{MINUS SIGN}0.5 \N{EN DASH} \N{HORIZONTAL ELLIPSIS} \N{SNOWMAN}".encode(
        encoding, door.PLAIN
    )
    assert told.startswith(b"-0.5 ")
    assert told.endswith(b" ?")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full disk here")
def test_a_full_disk_behind_standard_output_is_text():
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "qisim", "list"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120)
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "fault" not in done.stderr


def test_a_fault_of_the_program_is_not_called_wrong_input(say, monkeypatch):
    from qisim.comparison import study

    monkeypatch.setattr(study, "run", lambda *a, **k: 1 / 0)
    code, _, err = say("run", "external")
    assert code == 1
    assert "fault" in err
    assert "Traceback" not in err


@pytest.mark.skipif(os.name != "posix", reason="signals are sent another way")
def test_ctrl_c_keeps_what_is_finished(small_file, tmp_path):
    out = tmp_path / "o"
    command = [
        sys.executable, "-m", "qisim", "compare", small_file, "external", "--engine", "mesa",
        "--workers", "2", "--replicates", "4000", "--out", str(out),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(15)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "interrupted" in err
    assert "Traceback" not in err
    if out.exists():
        assert pd.read_parquet(out / "runs.parquet").groupby("scenario").size().nunique() == 1


def test_a_reader_that_goes_away_is_no_error():
    command = f"set -o pipefail; {sys.executable} -m qisim show external | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stderr == ""


def test_a_file_that_says_nothing_runs_and_is_told_of(say, tmp_path):
    file, short = tmp_path / "empty.toml", ("--replicates", "1", "--set", "run.weeks=4")
    file.write_text("")
    code, _, err = say("run", file, *short)
    assert code == 0 and "empty.toml says nothing" in err
    assert "says nothing" not in say("run", "null-no-programme", *short)[2]


@pytest.mark.parametrize(("weeks", "told"), [
    (78, "external: programme.length_weeks = 78 follows 52 weeks whose calendar stays as it is: "
         "its last activity is in week 44 and the facilitator leaves in week 52 "
         "(facilitator_weeks = 78 keeps them)"),
    (26, "external: the calendar follows programme.length_weeks = 26"), (52, ""),
])  # fmt: skip
def test_a_change_of_length_is_told_with_what_became_of_the_calendar(say, weeks, told):
    sets = ("--set", "run.weeks=4", "--set", "start_week=1", "--set", f"length_weeks={weeks}")
    code, _, err = say("run", "external", "--replicates", "1", *sets)
    assert code == 0 and (told in err if told else "calendar" not in err)


def test_check_refuses_the_sample_that_the_analysis_would_refuse(say, tmp_path):
    path = tmp_path / "study.toml"
    text = 'scenarios = ["external"]\nvary = ["tool.fit"]\n[analysis]\nmethod = "sobol"\n'
    path.write_text(f"{text}[design]\nsamples = 2\n")
    for verb in ("check", "sensitivity"):
        code, _, err = say(verb, path)
        assert code == 2 and "is too small a sample" in err
    path.write_text(f"{text}[design]\nsamples = 8\n")
    assert say("check", path)[0] == 0
