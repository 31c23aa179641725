"""One life of a study: asked twice, stopped, killed, out of disk; what was finished is never lost."""

import errno
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from worlds import small

import qisim
from qisim import atomic
from qisim.calibration.result import Calibration
from qisim.comparison.flow import Presenter
from qisim.errors import Interrupted, StoreError
from qisim.output.folder import damaged_files
from qisim.output.manifest import read_manifest
from qisim.output.result import read_folder
from qisim.runs import executor, scenario_store
from qisim.stopping import SIGNALS, stoppable, undisturbed
from qisim.validation.study import Validation, validate

QUICK = {"replicates": 5, "workers": 1}
PAGES = {"figures/adoption.png": b"drawn", "report.html": b"<p>told</p>"}


@pytest.fixture
def made(monkeypatch):
    """Return the number of runs of each batch that an engine makes."""
    whole, runs = executor.simulate, []

    def counting(batch, *more, **rest):
        runs.append(len(batch))
        return whole(batch, *more, **rest)

    monkeypatch.setattr(executor, "simulate", counting)
    return runs


@pytest.fixture
def undrawn(monkeypatch):
    """Let figures be a few bytes."""
    monkeypatch.setattr(Presenter, "pages", lambda self, result: PAGES)


def pair(**options):
    return qisim.compare(small(), small(pressure=1.2), **{**QUICK, **options})


def same(one, other):
    pd.testing.assert_frame_equal(one.runs, other.runs, check_exact=True)
    pd.testing.assert_frame_equal(one.weekly, other.weekly, check_exact=True)


# --- asked twice ----------------------------------------------------------------------------------


def test_a_comparison_asked_twice_is_computed_once_and_comes_out_the_same(kept_runs, made):
    first = pair()
    assert sum(made) == 10
    same(first, pair(workers=2))
    same(first, pair())
    assert sum(made) == 10


def test_what_is_new_only_is_computed(kept_runs, made):
    few, made[:] = pair(), []
    more = pair(replicates=8)
    assert sum(made) == 6
    head = more.runs[more.runs["replicate"] < 5].reset_index(drop=True)
    pd.testing.assert_frame_equal(few.runs, head, check_exact=True)
    made.clear()
    qisim.run(small(pressure=1.2), replicates=8, workers=1)  # one of the two, under another verb
    assert made == []
    for changed in ({"seed": 2}, {"set": {"tool.fit": 0.31}}, {"engine": "mesa"}):
        pair(**changed)
        assert sum(made) == 10
        made.clear()


def test_sets_of_values_are_kept_as_well(kept_runs, made):
    first = pair(over="acceptable")
    made.clear()
    same(first, pair(over="acceptable"))
    assert made == []


def test_a_run_that_failed_is_made_again(kept_runs, monkeypatch):
    whole = executor.simulate

    def breaks(batch, *more, **rest):
        if 3 in batch.replicates:
            raise ZeroDivisionError("replicate 3 is cursed")
        return whole(batch, *more, **rest)

    monkeypatch.setattr(executor, "simulate", breaks)
    assert len(pair().manifest["failures"]) == 2
    monkeypatch.setattr(executor, "simulate", whole)
    assert pair().manifest["failures"] == []


def test_a_damaged_part_is_said_and_made_again(kept_runs, made):
    first = pair()
    for part in kept_runs.glob("scenarios/*/*.parquet"):
        content = bytearray(part.read_bytes())
        content[len(content) // 2] ^= 1
        part.write_bytes(content)
    made.clear()
    with pytest.warns(UserWarning, match="is damaged; it was set aside"):
        same(first, pair())
    assert sum(made) == 10


@pytest.mark.parametrize("content", [b"", b"PAR1 no Parquet PAR1", None])
def test_a_forged_part_is_set_aside_and_never_believed(kept_runs, made, content):
    """Its name vouches for its content, and so can a name that somebody makes up."""
    first = pair()
    for part in kept_runs.glob("scenarios/*/*.parquet"):
        forged = content
        if content is None:
            frame = pd.read_parquet(part).rename(columns={"adoption_final": "adoption"})
            frame.to_parquet(part)
            forged = part.read_bytes()
        part.unlink()
        digest = hashlib.blake2b(forged, digest_size=16).hexdigest()
        part.with_name(f"{part.name[:17]}{digest}.parquet").write_bytes(forged)
    made.clear()
    with pytest.warns(UserWarning, match="is damaged; it was set aside"):
        same(first, pair())
    assert sum(made) == 10


def test_a_store_that_cannot_be_written_is_said_and_does_without(tmp_path, kept_runs, monkeypatch):
    (tmp_path / "store").write_text("a file")
    with pytest.warns(UserWarning, match="without the run store"):
        assert len(pair().runs) == 10


def test_what_was_not_used_for_long_goes_first_and_only_where_it_takes_too_much(kept_runs):
    pair()
    pair(seed=2)
    parts = sorted(kept_runs.glob("scenarios/*/*.parquet"), key=lambda part: part.stat().st_mtime)
    assert len(parts) == 4
    folder, old = kept_runs / "scenarios", 2 * scenario_store.UNUSED_S
    scenario_store.forget_oldest(folder, most=0)
    assert all(part.exists() for part in parts), "they were used today"
    for number, part in enumerate(parts):
        then = part.stat().st_mtime - old + number
        os.utime(part, (then, then))
    scenario_store.forget_oldest(folder, most=sum(part.stat().st_size for part in parts[2:]))
    assert [part.exists() for part in parts] == [False, False, True, True]
    assert not parts[0].parent.exists()


# --- the other verbs ------------------------------------------------------------------------------


def calibrates(tmp_path, **options):
    data = tmp_path / "data.csv"
    data.write_text("week,using,in_post\n2,1,10\n6,3,10\n10,4,10\n16,5,10\n")
    return qisim.calibrate(small(), data, samples=2000, checks=0, workers=1, **options)


def validates(tmp_path, **options):
    return validate(["T4"], replicates=3, workers=1, **options)


@pytest.mark.parametrize("verb", [calibrates, validates])
def test_every_verb_asked_twice_computes_once(tmp_path, kept_runs, made, verb):
    first = verb(tmp_path).tables()
    made.clear()
    assert verb(tmp_path).tables() == first
    assert made == []


@pytest.mark.parametrize(("verb", "kind"), [(calibrates, Calibration), (validates, Validation)])
def test_every_verb_keeps_its_tables_when_stopped_while_figures_are_drawn(
    tmp_path, kept_runs, monkeypatch, verb, kind
):
    def draws(self):
        os.kill(os.getpid(), signal.SIGTERM)
        return {}

    monkeypatch.setattr(kind, "drawn", draws)
    with pytest.raises(Interrupted) as stopped:
        verb(tmp_path, out=tmp_path / "out")
    tables = {*stopped.value.result.tables(), "dictionary.csv"}
    assert set(read_manifest(tmp_path / "out")["files"]) == tables
    assert read_manifest(tmp_path / "out")["interrupted"]
    monkeypatch.setattr(kind, "drawn", lambda self: {})
    verb(tmp_path, out=tmp_path / "out")
    assert not read_manifest(tmp_path / "out")["interrupted"]
    assert not damaged_files(tmp_path / "out")


def test_a_file_that_another_process_is_writing_is_left_alone(tmp_path):
    ours = atomic.temporary_name(tmp_path / "runs.parquet")
    ours.write_bytes(b"half")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    parts = ours.name.split(".")
    theirs = tmp_path / ".".join([*parts[:-3], str(gone.pid), *parts[-2:]])
    elsewhere = tmp_path / ".".join([*parts[:-4], "00000000", str(gone.pid), *parts[-2:]])
    for path in (theirs, elsewhere):
        path.write_bytes(b"half")
    for path in sorted(tmp_path.iterdir()):
        atomic.forget_left_over(path)
    assert ours.exists() and elsewhere.exists() and not theirs.exists()
    os.utime(elsewhere, (0, 0))
    atomic.forget_left_over(elsewhere)
    assert not elsewhere.exists()


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
