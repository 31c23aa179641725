"""Sweeps that are stopped, killed, or out of space."""

import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest
from studies import plan, study
from sweeps import counted, tables, toml

import qisim
from qisim.errors import Interrupted, StoreError
from qisim.runs import sweep, write_buffer
from qisim.runs.sweep_result import NOT_MADE, OK

pytestmark = pytest.mark.usefixtures("small_pieces")


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
