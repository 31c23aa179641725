"""A study that is stopped, killed, or out of disk."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pairs import PAGES, pair, same

from qisim import atomic
from qisim.comparison.flow import Presenter
from qisim.errors import Interrupted, StoreError
from qisim.output.folder import damaged_files
from qisim.output.manifest import read_manifest
from qisim.output.result import read_folder
from qisim.stopping import SIGNALS, stoppable, undisturbed

# --- stopped --------------------------------------------------------------------------------------


def stopping(number, after):
    """Return a progress that sends this process a signal once so many runs are done."""

    def progress(done, total):
        if done >= after:
            os.kill(os.getpid(), number)

    return progress


@pytest.mark.parametrize("number", SIGNALS)
def test_all_interruptions_keep_what_is_finished(kept_runs, undrawn, made, tmp_path, number):
    before, out = signal.getsignal(number), tmp_path / "out"
    options = {"replicates": 40, "engine": "mesa", "out": out}
    with pytest.raises(Interrupted) as stopped:
        pair(**options, progress=stopping(number, 24))
    assert signal.getsignal(number) is before
    assert len(stopped.value.result.runs) == 16
    assert read_folder(out).manifest["interrupted"]
    assert not damaged_files(out)
    made.clear()
    pair(**options)
    assert sum(made) == 80 - 24
    assert not read_folder(out).manifest["interrupted"]


@pytest.mark.parametrize("number", SIGNALS)
def test_an_interruption_while_figures_are_drawn_keeps_the_tables(
    kept_runs, made, tmp_path, monkeypatch, number
):
    out = tmp_path / "out"

    def draws(self, result):
        os.kill(os.getpid(), number)
        return PAGES

    monkeypatch.setattr(Presenter, "pages", draws)
    with pytest.raises(Interrupted) as stopped:
        pair(out=out)
    same(read_folder(out), stopped.value.result)
    assert read_manifest(out)["interrupted"]
    assert "report.html" not in read_manifest(out)["files"]
    monkeypatch.setattr(Presenter, "pages", lambda self, result: PAGES)
    made.clear()
    pair(out=out)
    assert made == []
    assert not read_manifest(out)["interrupted"]
    assert not damaged_files(out)


def test_a_finished_folder_outlives_an_interruption_of_a_larger_study(undrawn, tmp_path):
    pair(out=tmp_path / "out")
    before = read_manifest(tmp_path / "out")
    with pytest.raises(Interrupted):
        pair(out=tmp_path / "out", replicates=40, engine="mesa",
             progress=stopping(signal.SIGINT, 24))  # fmt: skip
    assert read_manifest(tmp_path / "out") == before


def test_the_folder_of_a_study_without_a_result_is_free_again(tmp_path):
    for out in (tmp_path / "new", tmp_path):
        with pytest.raises(Interrupted):
            pair(out=out, engine="mesa", progress=stopping(signal.SIGINT, 1))
        assert not out.exists() or not list(out.iterdir())


def test_a_folder_is_claimed_before_anything_is_computed(tmp_path):
    seen = []

    def progress(done, total):
        seen.append(read_manifest(tmp_path / "out"))
        with pytest.raises(StoreError, match="holds another study"):
            pair(out=tmp_path / "out", seed=7)

    pair(out=tmp_path / "out", engine="mesa", replicates=1, progress=progress)
    assert seen[0]["interrupted"] and seen[0]["files"] == {}


def test_a_second_interruption_is_heard_at_once():
    with pytest.raises(KeyboardInterrupt), stoppable(), undisturbed():
        os.kill(os.getpid(), signal.SIGTERM)
        reached = True
        os.kill(os.getpid(), signal.SIGTERM)
        reached = False
    assert reached


def test_what_a_host_has_said_of_a_signal_stays(monkeypatch):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as `nohup` does
    try:
        with stoppable():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_link_that_leads_nowhere_is_refused_before_the_work(tmp_path, made):
    link = tmp_path / "out"
    link.symlink_to(tmp_path / "gone")
    for out in (link, link / "below"):
        with pytest.raises(StoreError, match=r"is a link to .*gone, which is not there"):
            pair(out=out)
    assert made == []


# --- killed, and out of disk ----------------------------------------------------------------------


STEPS = [4, pytest.param(1, marks=pytest.mark.slow)]

"""Every so many files there is a death; at every single one with the slow tests."""

KILLED = '''
import os, signal, sys
import qisim
from worlds import small
from qisim import atomic
from qisim.comparison.flow import Presenter

Presenter.pages = lambda self, result: {"figures/adoption.png": b"drawn", "report.html": b"told"}
whole = os.replace


def lives(out, dies_at):
    """Compare in a process of its own, which is killed when it places its n-th file."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    placed = []

    def replace(source, target):
        placed.append(target)
        if len(placed) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        whole(source, target)

    os.replace = replace
    qisim.compare(small(), small(pressure=1.2), replicates=3, workers=1, out=out)
    os._exit(0)


qisim.compare(small(), small(pressure=1.2), replicates=1, workers=1)  # compiled once for all
for number in range(1, 100, int(sys.argv[2])):
    os.environ["QISIM_STORE"] = f"{sys.argv[1]}/store{number}"
    out = f"{sys.argv[1]}/out{number}"
    code = lives(out, number)
    assert lives(out, 0) == 0, f"killed at file {number}, the same command does not go on"
    if code == 0:
        break
    assert code == -signal.SIGKILL, code
print(number)
'''


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_each_file_it_places_the_same_command_goes_on(tmp_path, step):
    tests = str(Path(__file__).parents[1])
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([tests, *sys.path])}
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(step)],
        env=env,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    times = int(ran.stdout)
    assert times > 10
    whole = read_folder(tmp_path / f"out{times}")
    for number in range(1, times, step):
        out = tmp_path / f"out{number}"
        same(read_folder(out), whole)
        assert not read_manifest(out)["interrupted"]
        assert not damaged_files(out)


@pytest.mark.filterwarnings("ignore:runs are made without the run store")
@pytest.mark.parametrize("step", STEPS)
def test_on_a_full_disk_at_each_file_it_is_said_and_the_same_command_goes_on(
    tmp_path, kept_runs, undrawn, monkeypatch, step
):
    whole, kept = os.replace, None
    for number in range(1, 100, step):
        monkeypatch.setenv("QISIM_STORE", str(tmp_path / f"store{number}"))
        out, placed = tmp_path / f"out{number}", []

        def replace(source, target, fails_at=number, placed=placed):
            placed.append(target)
            if len(placed) >= fails_at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            whole(source, target)

        monkeypatch.setattr(atomic.os, "replace", replace)
        try:
            pair(out=out)
        except StoreError as error:
            assert "No space left" in str(error)
        else:
            break
        finally:
            monkeypatch.setattr(atomic.os, "replace", whole)
        kept = pair(out=out)
        same(read_folder(out), kept)
        assert not read_manifest(out)["interrupted"]
        assert not damaged_files(out)
    assert number > 10
