"""Where runs happen: in threads, in processes, or on a Dask cluster.

A batch gives the same numbers wherever it is run, and whatever runs beside it. Batches come back in
the order in which they were cut, so what is done with them does not depend on who was first.
"""

from __future__ import annotations

import os
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.design import BATCH, Batch
from qisim.errors import Problem, nearest_name

ENGINES = {"compiled": "qisim.engine.kernel", "mesa": "qisim.engine.model"}
"""Modules of the engines by name; each has a function `simulate` of one and the same form."""

AHEAD = 2
"""Batches per worker that are handed out before the first is back."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Answer:
    """What came of a batch.

    Attributes
    ----------
    batch : Batch
        What was asked for.
    weekly : ndarray of float, shape (weeks, series, runs)
        The weekly series; empty when it failed.
    adopters : ndarray of float, shape (runs,)
        Care staff with routine use in the last week; empty when it failed.
    failure : str, optional
        Why it failed, as a traceback; a batch that failed holds one run only.
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
    work: Iterable[Batch], engine: str, workers: int, scheduler: str | None = None
) -> Iterator[Answer]:
    """Run batches where they are to be run; yield what came of them, in their order.

    Parameters
    ----------
    work : iterable of Batch
    engine : {"compiled", "mesa"}
    workers : int
        Threads (compiled) or processes (mesa).
    scheduler : str, optional
        Address of an existing Dask scheduler, which then has the work.
    """
    if scheduler is not None:
        from qisim.cluster import connected

        with connected(scheduler) as client:
            threads = max(1, sum(client.nthreads().values()))
            send = partial(client.submit, pure=False)
            for answers in in_order(send, simulate_safely, work, AHEAD * threads, engine):
                yield from answers
    elif engine == "mesa" and workers > 1:
        yield from _in_processes(work, engine, workers)
    else:
        for batch in work:
            yield from simulate_safely(batch, engine, workers)


def _in_processes(work: Iterable[Batch], engine: str, workers: int) -> Iterator[Answer]:
    """Run batches in processes that do not need the caller's script to be importable."""
    from loky import ProcessPoolExecutor

    with ProcessPoolExecutor(workers, initializer=leave_stopping_to_others) as pool:
        for answers in in_order(pool.submit, simulate_safely, work, AHEAD * workers, engine):
            yield from answers


def in_order(
    submit: Callable[..., Any], function: Callable[..., Any], work: Iterable[Any], ahead: int,
    *more: Any,
) -> Iterator[Any]:  # fmt: skip
    """Hand pieces of work out, at most `ahead` at a time; yield what comes of them, in their order.

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


def leave_stopping_to_others() -> None:
    """Ignore Ctrl-C in a worker: the process that the user started deals with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def simulate_safely(batch: Batch, engine: str, workers: int = 1) -> list[Answer]:
    """Run a batch; if it fails, run by run, so that one bad run costs no other."""
    try:
        return [Answer(batch, *simulate(batch, engine, workers))]
    except Exception:
        if len(batch) == 1:
            return [Answer(batch, np.empty(0), np.empty(0), traceback.format_exc())]
    singles = (batch.single(number) for number in range(len(batch)))
    return [answer for single in singles for answer in simulate_safely(single, engine)]


def simulate(batch: Batch, engine: str, workers: int = 1) -> tuple[Array, Array]:
    """Run a batch on an engine; see `qisim.engine.model.simulate`."""
    module = import_module(ENGINES[engine])
    weekly, adopters = module.simulate(
        batch.site, batch.rows, batch.seed, batch.replicates, workers=workers
    )
    return weekly, adopters
