"""The command line, as people type it: help, exit codes, refusals."""

import codecs
import os
import signal
import subprocess
import sys
import time

import click
import pandas as pd
import pytest

from qisim.cli import main as door
from qisim.cli.options import Smallest
from qisim.comparison.matters import smallest_differences
from qisim.model.outcomes import REPORTED


def test_help_names_every_command(say):
    code, out, _ = say("--help")
    assert code == 0
    told = [line.split(maxsplit=1) for line in out.partition("Commands:\n")[2].splitlines()]
    assert [name for name, _ in told] == list(door.COMMANDS)
    assert all(sentence.endswith(".") and "..." not in sentence for _, sentence in told)


def commands():
    """Return every command by name."""
    context = door.qisim.make_context("qisim", [], resilient_parsing=True)
    return {name: door.qisim.get_command(context, name) for name in door.COMMANDS}


@pytest.mark.parametrize("name", door.COMMANDS)
def test_every_command_has_a_help_page_with_a_sentence_for_each_option(say, name):
    code, out, _ = say(name, "--help")
    assert code == 0 and out.startswith(f"Usage: qisim {name} ")
    options = [one for one in commands()[name].params if isinstance(one, click.Option)]
    assert all(option.opts[0] in out for option in options)
    assert [option.opts[0] for option in options if not (option.help or "").endswith(".")] == []


OF_EACH = {
    "--by", "--steps", "--vary",  # what is split, counted, or varies, is each command's own
    "--sites",  # of a trial: those of the study
    "--replicates", "--samples", "--seed",  # of a study file: those it names
    "--outcome",  # sensitivity: several
}  # fmt: skip
"""Options that mean something else in some of the commands that have them."""


def test_an_option_is_worded_alike_in_all_commands():
    worded = {}
    for name, command in commands().items():
        for option in command.params:
            if isinstance(option, click.Option):
                worded.setdefault(option.opts[0], {}).setdefault(option.help, []).append(name)
    assert len(worded["--out"]) == len(worded["--workers"]) == 1
    assert {name for name, texts in worded.items() if len(texts) > 1} <= OF_EACH


def test_without_a_command_there_is_help(say):
    assert say()[1] == say("--help")[1]


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
    env = {**os.environ, "QISIM_STORE": str(tmp_path / "store")}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    )
    while not list((tmp_path / "store").rglob("*.parquet")):  # until runs are finished and kept
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.1)
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


@pytest.mark.parametrize(
    ("words", "smallest"),
    [
        ("5 points", {"peak": 0.05, "stopped_final": 0.05, "paid_hours": None}),
        ("Hours paid for=20 h", {"paid_hours": 20.0, "paid_cover": 20.0, "programme_hours": None}),
        ("shares of units=20 points", {"stopped_final": 0.2, "peak": None}),
        ("Kept a year later, ratio of means=.2", {"sustained": 0.2}),
        ("Routine use, a year later [fails L5]=10 %", {"adoption_year_after": 0.1}),
        ("weeks_to_half=8 weeks", {"weeks_to_half": 8.0}),
    ],
)
def test_a_smallest_difference_is_taken_as_table_and_caption_write_it(words, smallest):
    outcome, size = Smallest().convert(words, None, None)
    found = smallest_differences({outcome: size} if outcome else size)
    for name, value in smallest.items():
        assert found[name] == pytest.approx(REPORTED[name].matters if value is None else value)


@pytest.mark.parametrize(
    "words", ["20 h", "hours paid for=5 %", "peak=5 h", "weeks_to_half=8 points"]
)
def test_a_smallest_difference_in_the_unit_of_something_else_is_refused(say, words):
    code, _, err = say("compare", "internal", "external", "--matters", words)
    assert code == 2 and "is no" in err.replace("\n", " ")
