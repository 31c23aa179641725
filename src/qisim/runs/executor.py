"""Where runs are made: in threads, in processes, or on a Dask cluster.

A batch gives the same numbers wherever it is run, and whatever runs beside it. Batches are returned
in the order in which they were submitted, so results do not depend on which finished first.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.errors import InputError, Problem, RunError, nearest_name
from qisim.runs.batch import BATCH, Batch
from qisim.stopping import SIGNALS

ENGINES = {"compiled": "qisim.engines.compiled", "mesa": "qisim.engines.mesa_model"}
"""Modules of the engines by name; each has a function `simulate` with the same signature."""

FAULTS = (MemoryError, ImportError, OSError, BrokenExecutor)
"""Failures of the machine; anything else that a run raises is a failure of the model."""

NOT_FINITE = "a weekly series is not finite"

SAFE_PATH = "PYTHONSAFEPATH"
"""Environment variable that keeps Python from importing from the current folder."""

LOOK_S = 1.0
"""Seconds between a worker's checks that its parent is alive."""

AHEAD = 2
"""Batches per worker submitted before the first is returned."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class BatchResult:
    """The result of a batch.

    Attributes
    ----------
    batch : Batch
        The batch.
    weekly : ndarray of float, shape (weeks, series, runs)
        The weekly series; empty when it failed.
    adopters : ndarray of float, shape (runs,)
        Care staff with routine use in the last week; empty when it failed.
    failure : str, optional
        Why it failed, as a traceback or in words; a batch that failed holds one run only.
    """

    batch: Batch
    weekly: Array
    adopters: Array
    failure: str | None = None


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def unknown_engine(engine: Any) -> Problem:
    """Return the problem of a name that is no engine's."""
    return Problem(
        "unknown engine", key="engine", value=engine, allowed=" or ".join(ENGINES),
        nearest=nearest_name(str(engine), ENGINES),
    )  # fmt: skip


def batch_size(engine: str, replicates: int, workers: int) -> int:
    """Return runs per batch; the Mesa engine is slow, so a batch of it is small."""
    if engine == "compiled":
        return BATCH * workers
    return max(1, min(8, -(-replicates // workers)))


def simulated(
    work: Iterable[Batch], engine: str, workers: int, scheduler: Any = None
) -> Iterator[BatchResult]:
    """Run batches here or on a cluster; yield the results in order.

    Parameters
    ----------
    work : iterable of Batch
    engine : {"compiled", "mesa"}
    workers : int
        Threads (compiled) or processes (mesa).
    scheduler : str, Client or cluster, optional
        An existing Dask scheduler, which then has the work.
    """
    if scheduler is not None:
        for answers in on_cluster(simulate_safely, work, engine, scheduler):
            yield from answers
    elif engine == "mesa" and workers > 1:
        for answers in in_processes(simulate_safely, work, engine, workers):
            yield from answers
    else:
        for batch in work:
            yield from simulate_safely(batch, engine, workers)


def places(workers: int | None, scheduler: Any) -> int:
    """Return how many runs can be in progress at once: here, or on the cluster of a scheduler."""
    if scheduler is None:
        return workers or cores()
    from qisim.runs.dask_cluster import connected, threads

    with connected(scheduler) as client:
        return threads(client)


def on_cluster(
    function: Callable[..., Any], work: Iterable[Any], engine: str, scheduler: Any
) -> Iterator[Any]:
    """Hand work to a Dask cluster; what a worker that is lost had to do is done by another.

    Raises
    ------
    InputError
        If no scheduler answers, or a worker has another model than this process.
    RunError
        If the cluster is lost, or a worker that joined later has another model.
    """
    from qisim.runs.dask_cluster import connected, losses, name_of, opened, stamped, threads

    name = name_of(scheduler)
    with connected(scheduler) as client:
        send = partial(client.submit, pure=False)
        ahead = AHEAD * threads(client)
        try:
            for answer in in_order(send, stamped, work, ahead, function, engine):
                yield opened(answer, name)
        except losses() as error:
            raise lost(f"the cluster at {name} could not finish", error) from error


def in_processes(
    function: Callable[..., Any], work: Iterable[Any], engine: str, workers: int
) -> Iterator[Any]:
    """Hand work to processes that do not need the caller's script to be importable.

    Raises
    ------
    RunError
        If one of the processes dies.
    """
    from loky import ProcessPoolExecutor

    with current_folder_hidden():
        pool = ProcessPoolExecutor(workers, initializer=begin_work, initargs=(os.getpid(),))
        pool.submit(os.getpid)  # the first task starts all processes
    with pool:
        try:
            yield from in_order(pool.submit, function, work, AHEAD * workers, engine)
        except BrokenExecutor as error:
            raise lost("a process of this machine died", error) from error


def lost(what: str, error: BaseException) -> RunError:
    """Return the error of losing whoever makes the runs."""
    text = str(error).strip().partition("\n")[0]
    return RunError(
        f"{what}: {type(error).__name__}{f': {text}' if text else ''}; what was finished is kept, and "
        "the same command may be given again"
    )


def in_order(
    submit: Callable[..., Any], function: Callable[..., Any], work: Iterable[Any], ahead: int,
    *more: Any,
) -> Iterator[Any]:  # fmt: skip
    """Submit tasks, at most `ahead` at a time; yield the results in order.

    A long list of work fills no memory, and when somebody stops, what was handed out but not begun
    is called off.
    """
    pieces, waiting = iter(work), deque[Any]()
    try:
        while True:
            for piece in islice(pieces, ahead - len(waiting)):
                waiting.append(submit(function, piece, *more))
            if not waiting:
                return
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


@contextmanager
def current_folder_hidden() -> Iterator[None]:
    """Let processes that are started now import nothing from the current folder.

    A file of the user's called ``signal.py`` would else take the place of Python's own in a worker. The
    folder stays where it is if qisim itself lies there.
    """
    here, own = os.getcwd(), Path(__file__).parents[2]
    path, safe = sys.path[:], os.environ.get(SAFE_PATH)
    sys.path[:] = [one for one in path if Path(here, one) != Path(here) or Path(here) == own]
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        sys.path[:] = path
        if safe is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = safe


def begin_work(parent: int) -> None:
    """Leave stopping to the process that the user started, in a worker, and end when that is gone."""
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()


def end_with(parent: int) -> None:
    """End this process soon after its parent, however that has ended.

    Windows does not say that a parent is gone; there a worker ends when it next needs work.
    """
    while os.getppid() == parent:
        time.sleep(LOOK_S)
    os._exit(1)


def simulate_safely(batch: Batch, engine: str, workers: int = 1) -> list[BatchResult]:
    """Run a batch; if it fails, run by run, so that one bad run costs no other.

    Whether a run has failed is decided here and nowhere else: it raised something, or gave a value that is
    not finite.

    Raises
    ------
    RunError
        If the machine is at fault and not the model: such a run has not failed, it was not made.
    InputError
        If an engine cannot be loaded because of a file of own rules.
    """
    try:
        return list(judged(batch, *simulate(batch, engine, workers)))
    except InputError:  # a file of own rules that is wrong, say: no run would do better
        raise
    except Exception as error:
        if len(batch) == 1:
            if isinstance(error, FAULTS):
                raise lost("a run could not be made on this machine", error) from error
            return [BatchResult(batch, np.empty(0), np.empty(0), traceback.format_exc())]
    singles = (batch.single(number) for number in range(len(batch)))
    return [answer for single in singles for answer in simulate_safely(single, engine)]


def judged(batch: Batch, weekly: Array, adopters: Array) -> Iterator[BatchResult]:
    """Yield what an engine gave, in the order of the runs; one that is not finite is a failure by itself."""
    fine: Any = np.isfinite(weekly).all(axis=(0, 1))
    if fine.all():
        yield BatchResult(batch, weekly, adopters)
        return
    edges = [0, *(np.flatnonzero(np.diff(fine)) + 1).tolist(), len(batch)]
    for begin, end in pairwise(edges):
        if fine[begin]:
            some = slice(begin, end)
            yield BatchResult(batch.part(some), weekly[:, :, some], adopters[some])
            continue
        for run in range(begin, end):
            yield BatchResult(batch.single(run), np.empty(0), np.empty(0), NOT_FINITE)


def simulate(batch: Batch, engine: str, workers: int = 1) -> tuple[Array, Array]:
    """Run a batch on an engine; see `qisim.engines.mesa_model.simulate`."""
    module = import_module(ENGINES[engine])
    weekly, adopters = module.simulate(
        batch.site, batch.rows, batch.seed, batch.replicates, workers=workers
    )
    return weekly, adopters
