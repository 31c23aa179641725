"""Wherever runs happen, they give the same numbers, in the same order, and none costs another."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import small

from qisim.errors import InputError, RunError
from qisim.model import site as world
from qisim.model.coefficients import coefficients
from qisim.runs import batch as design
from qisim.runs import executor
from qisim.runs.batch import Batch

WEEKS = {"run.weeks": 8, "programme.length_weeks": 8, "programme.facilitator_weeks": 8}


def work(replicates: int = 12, size: int = 5) -> list[Batch]:
    """Return the batches of two short scenarios."""
    busy = small({**WEEKS, "workload.pressure": 1.2, "activities": []})
    calm = small({**WEEKS, "workload.pressure": 0.9, "activities": []})
    return list(design.batches({"busy": busy, "calm": calm}, replicates, 3, size))


def said(answers: Iterator[executor.BatchResult]) -> list[Any]:
    """Return what a run of batches gave, as something to be compared."""
    return [
        (one.batch.name, one.batch.replicates.tolist(), one.weekly.tobytes(),
         one.adopters.tobytes(), one.failure)
        for one in answers
    ]  # fmt: skip


@pytest.fixture(scope="module")
def expected() -> list[Any]:
    return said(executor.simulated(work(), "compiled", 1))


@pytest.mark.parametrize(("engine", "workers"), [("compiled", 2), ("mesa", 1), ("mesa", 2)])
def test_engines_threads_and_processes_give_the_same(
    engine: str, workers: int, expected: list[Any]
) -> None:
    assert said(executor.simulated(work(), engine, workers)) == expected


def test_several_threads_of_the_caller_may_simulate_at_once(expected: list[Any]) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = [
            pool.submit(lambda: said(executor.simulated(work(), "compiled", 2))) for _ in range(4)
        ]
        assert all(one.result() == expected for one in made)


def test_a_process_that_starts_from_nothing_gives_the_same(expected: list[Any]) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        asked = [(batch, "compiled", 1) for batch in work()[:2]]
        answers = [one for found in pool.starmap(executor.simulate_safely, asked) for one in found]
    assert said(iter(answers)) == expected[:2]


def test_a_dask_scheduler_gives_the_same(expected: list[Any]) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        processes=False,
        protocol="tcp://",
        dashboard_address=":0",
    ) as cluster:
        answers = executor.simulated(work(), "compiled", 1, cluster.scheduler_address)
        assert said(answers) == expected


def test_without_a_scheduler_at_the_address_the_address_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(InputError, match="no scheduler answers there"):
        next(executor.simulated(work(), "compiled", 1, "nowhere://"))


# --- what fails -----------------------------------------------------------------------------------


def spoilt(batch: Batch, run: int) -> Batch:
    """Return a batch in which one run cannot be made."""
    replicates = batch.replicates.copy()
    replicates[run] = -1
    return replace(batch, replicates=replicates)


@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_one_bad_run_costs_no_other(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    simulate = executor.simulate

    def refusing(batch: Batch, engine: str, workers: int = 1) -> Any:
        if -1 in batch.replicates:
            raise FloatingPointError("a bad run")
        return simulate(batch, engine, workers)

    monkeypatch.setattr(executor, "simulate", refusing)
    (whole, *_) = work()
    answers = list(executor.simulated([spoilt(whole, 2)], engine, 1))
    assert [one.failure is None for one in answers] == [True, True, False, True, True]
    assert "a bad run" in str(answers[2].failure)
    monkeypatch.undo()
    weekly, _ = executor.simulate(whole, engine)
    for place in (0, 1, 3, 4):
        np.testing.assert_array_equal(answers[place].weekly[..., 0], weekly[..., place])


def test_a_process_that_dies_is_told_in_a_sentence() -> None:
    def die(piece: int, engine: str) -> int:
        if piece == 3:
            os._exit(9)
        return piece

    with pytest.raises(RunError, match="a process of this machine died"):
        list(executor.in_processes(die, range(9), "mesa", 2))


@pytest.mark.parametrize("fault", executor.FAULTS)
def test_a_fault_of_the_machine_is_no_failed_run(
    fault: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(batch: Batch, engine: str, workers: int = 1) -> Any:
        raise fault("not just now")

    monkeypatch.setattr(executor, "simulate", refusing)
    with pytest.raises(RunError, match=f"{fault.__name__}: not just now"):
        list(executor.simulated(work(), "compiled", 1))


# --- order and memory -----------------------------------------------------------------------------


class Pool:
    """A pool whose pieces are done when somebody waits, and which counts what is out."""

    def __init__(self) -> None:
        self.out = self.most = 0
        self.called_off: list[int] = []

    def submit(self, function: Any, piece: int) -> Any:
        self.out += 1
        self.most = max(self.most, self.out)
        pool = self

        class Chunk(Future):  # type: ignore[type-arg]
            def result(self, timeout: float | None = None) -> Any:
                pool.out -= 1
                return function(piece)

            def cancel(self) -> bool:
                pool.called_off.append(piece)
                return True

        return Chunk()


def test_answers_come_in_order_and_few_pieces_are_out_at_a_time() -> None:
    pool = Pool()
    squares = executor.in_order(pool.submit, lambda number: number**2, iter(range(100)), 7)
    assert list(squares) == [number**2 for number in range(100)]
    assert pool.most == 7


def test_what_is_out_is_called_off_when_somebody_stops() -> None:
    pool = Pool()
    squares = executor.in_order(pool.submit, lambda number: number**2, iter(range(100)), 4)
    assert next(squares) == 0
    squares.close()
    assert pool.called_off == [1, 2, 3]


def peak(batches: int) -> int:
    """Return the bytes held at most while the outcomes of so many batches are taken."""
    scenario = small(WEEKS | {"activities": []})
    site, row = world.build(scenario), coefficients(scenario)
    rows, replicates = np.repeat(row[None], 256, axis=0), np.arange(256)
    asked = (Batch("one", site, rows, seed, replicates) for seed in range(batches))
    tracemalloc.start()
    try:
        for answer in executor.simulated(asked, "compiled", 2):
            answer.adopters.mean()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_number_of_runs() -> None:
    peak(2)
    assert peak(60) < 1.3 * peak(6)


# --- worker processes -----------------------------------------------------------------------------


def children(process: int) -> list[int]:
    """Return the processes that a process has started, and those that they have started."""
    try:
        words = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []
    return [one for word in words for one in (int(word), *children(int(word)))]


def waited(condition: Any, seconds: float) -> bool:
    """Say whether a condition came true within some seconds."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux")
def test_workers_end_with_their_parent_and_import_nothing_from_where_they_are(
    tmp_path: Path,
) -> None:
    """The current folder has a file with the name of one of Python's modules that workers import."""
    script = (
        tmp_path / "installed" / "start.py"
    )  # its folder is on the path, the current one is not
    script.parent.mkdir()
    script.write_text("from qisim.cli.main import main\n\nif __name__ == '__main__':\n    main()\n")
    (tmp_path / "signal.py").write_text("open('imported', 'w').close()\n")
    words = "run external --engine mesa --workers 2 --replicates 2000 --quiet --set run.weeks=400"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, str(script), *words.split()]
    with subprocess.Popen(command, cwd=tmp_path, env=env) as process:
        busy = lambda: [one for one in children(process.pid) if cpu_seconds(one) > 2.0]  # noqa: E731
        assert waited(lambda: len(busy()) >= 2, 60.0), "no worker began"
        workers = children(process.pid)
        process.kill()
    assert waited(lambda: not any(Path(f"/proc/{one}").exists() for one in workers), 15.0)
    assert not (tmp_path / "imported").exists()


def cpu_seconds(process: int) -> float:
    """Return the processor time that a process has taken."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
