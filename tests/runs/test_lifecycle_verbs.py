"""Every verb that writes a folder can be killed, stopped, or out of disk at any file that it places.

Those that answer a question have the same in ``decide/test_question.py``.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from all_verbs import ALL, undrawn
from placing import Placing, files

from qisim.cli import main
from qisim.errors import Interrupted, StoreError
from qisim.output.folder import damaged_files
from qisim.output.manifest import read_manifest
from qisim.runs.lifecycle import Lifecycle
from qisim.stopping import SIGNALS

TESTS = str(Path(__file__).parents[1])
NO_STUDY = {
    "list", "show", "new", "check", "factors", "schema", "report", "reproduce", "app",
}  # fmt: skip
"""Commands that make no study, and put no more than a file or a page where it is asked for."""


def test_every_command_that_makes_a_study_is_tried():
    from questions import VERBS

    assert set(main.COMMANDS) - NO_STUDY == {*ALL, *VERBS}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_at_any_file_the_same_command_goes_on(tmp_path, step):
    """One process for all verbs: it is the start that takes time."""
    env = {**os.environ, "QISIM_STORE": str(tmp_path / "store"),
           "PYTHONPATH": os.pathsep.join([TESTS, *sys.path])}  # fmt: skip
    command = [sys.executable, f"{TESTS}/all_verbs.py", str(tmp_path), str(step)]
    ran = subprocess.run(command, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    for name, last in json.loads(ran.stdout.splitlines()[-1]).items():
        whole = files(tmp_path / f"{name}-whole")
        numbers = range(2, last, 2 * step if name == "calibrate" else step)
        assert numbers, f"{name} was never killed"
        for number in numbers:
            assert files(tmp_path / f"{name}-{number}") == whole, (name, number)


FEW = ((2, 4), (3, 5))
"""At which files the disk is full, and a signal comes: quickly, and at all of them with the slow tests."""


@pytest.mark.filterwarnings("ignore:runs are made without the run store")
@pytest.mark.parametrize(("name", "moments"), [
    *((name, FEW[:1] if name == "calibrate" else FEW) for name in ALL),
    *(pytest.param(name, (), marks=pytest.mark.slow) for name in ALL),
])  # fmt: skip
def test_on_a_full_disk_and_then_stopped_at_any_file_the_same_command_goes_on(
    name, moments, kept_runs, tmp_path, monkeypatch
):
    undrawn(monkeypatch.setattr)
    ask, whole, placing = ALL[name], tmp_path / "whole", Placing(monkeypatch)
    ask(out=whole)
    last = len(read_manifest(whole)["files"]) + 3
    signals = iter([*SIGNALS] * last)
    for full, stopped in moments or [(number, number) for number in range(2, last)]:
        out = tmp_path / f"out{full}"
        placing.full_at(full)
        with pytest.raises(StoreError, match="No space left"):
            ask(out=out)
        assert read_manifest(out)["interrupted"]
        placing.stopped_at(stopped, next(signals))
        with pytest.raises(Interrupted):
            ask(out=out)
        assert not damaged_files(out)
        placing.full_at(0)
        ask(out=out)
        assert files(out) == files(whole)


def test_every_life_is_the_same_one():
    """What is tried of one verb holds of the others because they share it; a sweep has its own."""
    from qisim.calibration.study import CalibrationStudy
    from qisim.validation.moved_study import MovedStudy
    from qisim.validation.study import ValidationRun

    assert all(issubclass(one, Lifecycle) for one in (CalibrationStudy, MovedStudy, ValidationRun))
