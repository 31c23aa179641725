"""The questions of this room live like any study: asked twice, refused, stopped, killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from crates import crate_in
from dictionaries import unexplained
from placing import Placing, files
from questions import VERBS, plans

import qisim
from qisim.cli.main import exit_code
from qisim.cli.options import INTERRUPTED
from qisim.decide import optimise
from qisim.decide import search as searching
from qisim.decide.explain import explain
from qisim.decide.finding import Finding
from qisim.errors import Interrupted, StoreError
from qisim.output.folder import damaged_files
from qisim.output.manifest import read_manifest
from qisim.stopping import SIGNALS

QUICK = {"replicates": 3, "workers": 1}
every_verb = pytest.mark.parametrize("name", VERBS)


@pytest.fixture(autouse=True)
def short_search(monkeypatch):
    """Let a search look at few plans: a short one lives like a long one."""
    monkeypatch.setattr(optimise, "TIMES", 2)
    monkeypatch.setattr(searching, "POLISH", 10)


@pytest.fixture
def undrawn(monkeypatch):
    """Let figures be a few bytes."""
    monkeypatch.setattr("qisim.plotting.style.figure_bytes", lambda picture, kind="png": b"drawn")


@every_verb
def test_asked_twice_it_is_computed_once_and_comes_out_the_same(kept_runs, made, name):
    first = VERBS[name](**QUICK)
    assert made
    made.clear()
    assert VERBS[name](**QUICK).words() == first.words()
    assert made == []


@every_verb
def test_a_folder_is_claimed_before_anything_is_run(kept_runs, undrawn, tmp_path, name):
    out, seen = tmp_path / "out", []

    def progress(done, total):
        seen.append(read_manifest(out))

    found = VERBS[name](**QUICK, out=out, progress=progress)
    assert seen[0]["interrupted"]
    assert seen[0]["files"] == {}
    assert seen[0]["kind"] == read_manifest(out)["kind"] == name
    assert crate_in(out)["./"]["name"].startswith(f"qisim {name}: ")
    assert unexplained(out) == []
    said = qisim.cite(found)
    assert said == qisim.cite(out) and f"({name})" not in said
    assert found.manifest["study_digest"] in said


@every_verb
def test_a_folder_of_another_question_is_refused_before_anything_is_run(
    kept_runs, undrawn, made, tmp_path, name
):
    VERBS[name](**QUICK, out=tmp_path)
    made.clear()
    with pytest.raises(StoreError, match="holds another study"):
        VERBS[name](**QUICK, out=tmp_path, seed=2)
    assert made == []


@every_verb
def test_an_interruption_loses_no_run_and_leaves_no_half_answer(
    kept_runs, undrawn, made, tmp_path, name
):
    def stops(done, total):
        os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Interrupted) as stopped:
        VERBS[name](**QUICK, out=tmp_path / "out", progress=stops)
    assert stopped.value.result is None
    assert not (tmp_path / "out").exists()
    before = sum(made)
    VERBS[name](**QUICK, out=tmp_path / "out")
    stopped_and_gone_on = sum(made)
    made.clear()
    VERBS[name](**QUICK, store=tmp_path / "fresh")
    assert 0 < before < stopped_and_gone_on == sum(made)


def test_an_interruption_while_figures_are_drawn_keeps_the_tables(kept_runs, tmp_path, monkeypatch):
    def draws(self):
        os.kill(os.getpid(), signal.SIGTERM)
        return {}

    monkeypatch.setattr(Finding, "drawn", draws)
    with pytest.raises(Interrupted) as stopped:
        VERBS["explain"](**QUICK, out=tmp_path)
    tables = {*stopped.value.result.written(), "dictionary.csv"}
    assert set(read_manifest(tmp_path)["files"]) == tables
    assert read_manifest(tmp_path)["interrupted"]


def test_the_command_says_that_it_goes_on(kept_runs, tmp_path, monkeypatch, capsys):
    def stops(*given, **more):
        raise Interrupted(None)

    monkeypatch.setattr("qisim.decide.explain.explain", stops)
    code = exit_code(["explain", "external", "internal", "--replicates", "3"])
    assert code == INTERRUPTED
    assert "the same command goes on from there" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(("name", "step"), [
    ("explain", 6), ("levers", 29), *(pytest.param(name, 1, marks=pytest.mark.slow) for name in VERBS),
])  # fmt: skip
def test_killed_at_each_file_it_places_the_same_command_goes_on(tmp_path, name, step):
    tests = Path(__file__).parents[1]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tests), *sys.path])}
    command = [sys.executable, str(tests / "questions.py"), str(tmp_path), name, str(step)]
    ran = subprocess.run(command, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    last = int(ran.stdout)
    assert last > 10
    whole = files(tmp_path / f"out{last}")
    for number in range(1, last, step):
        assert files(tmp_path / f"out{number}") == whole


FEW = ((4, 6),)
"""At which files the disk is full, and a signal comes: quickly, and at all of them with the slow tests."""


@pytest.mark.filterwarnings("ignore:runs are made without the run store")
@pytest.mark.parametrize(("name", "moments"), [
    ("explain", FEW), ("story", FEW), *(pytest.param(name, None, marks=pytest.mark.slow) for name in VERBS),
])  # fmt: skip
def test_on_a_full_disk_and_then_stopped_at_any_file_the_same_command_goes_on(
    name, moments, kept_runs, undrawn, tmp_path, monkeypatch
):
    ask, whole, placing = VERBS[name], tmp_path / "whole", Placing(monkeypatch)
    ask(**QUICK, out=whole)
    last = len(read_manifest(whole)["files"]) + 3
    for full, stopped in moments or [(number, number) for number in range(2, last)]:
        out, one = tmp_path / f"out{full}", SIGNALS[stopped % len(SIGNALS)]
        placing.full_at(full)
        with pytest.raises(StoreError, match="No space left"):
            ask(**QUICK, out=out)
        assert read_manifest(out)["interrupted"]
        placing.stopped_at(stopped, one)
        with pytest.raises(Interrupted):
            ask(**QUICK, out=out)
        assert not damaged_files(out)
        placing.full_at(0)
        ask(**QUICK, out=out)
        assert files(out) == files(whole)


def test_another_question_about_the_same_plans_is_another_study(undrawn, tmp_path):
    explain(*plans(), **QUICK, out=tmp_path)
    with pytest.raises(StoreError, match="holds another study"):
        explain(*plans(), **QUICK, outcome="strain_mean", out=tmp_path)
