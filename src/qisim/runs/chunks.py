"""Chunks of a sweep: the unit of work of a worker, and its result.

A chunk holds runs of one world and goes to one worker, which makes them in calls of some hundred
runs and keeps the outcomes only; the weekly series of a call are freed before the next begins. So a
chunk is large enough to be worth sending, and a worker's memory stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.design.run_table import Block, Rows, joined
from qisim.model.outcome_values import outcomes_of
from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.model.site import World
from qisim.runs.batch import Batch
from qisim.runs.executor import AHEAD, in_order, in_processes, on_cluster, simulate_safely

Array = npt.NDArray[np.float64]

CALL = 512
"""Runs of one call of an engine; their weekly series fit a processor's cache."""

FEWEST, MOST = 512, 1 << 13
POST_WEEKS = 12_000_000
"""Posts times weeks of a chunk of the compiled engine: about half a second of one core."""

LANES = 16
"""Runs that the compiled engine makes side by side; the size of a chunk is a multiple of it."""

MESA_PIECE = 4
"""Runs in a chunk of the Mesa engine, which takes some tenths of a second for each."""


def piece_size(engine: str, site: World, runs: int, workers: int) -> int:
    """Return the number of runs in a chunk; no result depends on it.

    Parameters
    ----------
    engine : {"compiled", "mesa"}
    site : World
        What a run costs depends on it.
    runs : int
        Runs to be made in all: if they are few, all workers share them.
    workers : int
    """
    if engine != "compiled":
        return MESA_PIECE
    usual = int(np.clip(POST_WEEKS // (site.staff_posts * site.weeks), FEWEST, MOST))
    share = -(-runs // workers)
    return max(min(usual, -(-share // LANES) * LANES), 1)


@dataclass(frozen=True)
class Chunk:
    """Runs of one world, to be made.

    Attributes
    ----------
    site : World
    seed : int
    held : Rows
        The runs.
    series : tuple of str
        Weekly series to keep.
    label : object
        Returned with the result.
    """

    site: World
    seed: int
    held: Rows
    series: tuple[str, ...] = ()
    label: Any = None

    def __len__(self) -> int:
        return len(self.held)


@dataclass(frozen=True)
class ChunkResult:
    """The result of a chunk.

    Attributes
    ----------
    label : object
        Label of the chunk.
    runs : ndarray of int, shape (runs,)
        Numbers of the runs.
    outcomes : ndarray of float, shape (runs, len(OUTCOMES))
        NaN where missing, and throughout for a run that failed.
    failures : list of (str or None), length runs
        Traceback of a run that failed.
    series : dict of str to ndarray of float32, shape (runs, weeks)
    """

    label: Any
    runs: npt.NDArray[np.int64]
    outcomes: Array
    failures: list[str | None]
    series: dict[str, npt.NDArray[np.float32]]


def make(piece: Chunk, engine: str) -> ChunkResult:
    """Make the runs of a chunk; a failed run does not affect the others."""
    runs, held = len(piece), piece.held
    outcomes = np.full((runs, len(OUTCOMES)), np.nan)
    failures: list[str | None] = [None] * runs
    series = {name: np.full((runs, piece.site.weeks), np.nan, np.float32) for name in piece.series}
    made = ChunkResult(piece.label, held.runs, outcomes, failures, series)
    for begin in range(0, runs, CALL):
        end = min(begin + CALL, runs)
        rows = held.rows[held.row_of[begin:end]]
        batch = Batch("", piece.site, rows, piece.seed, held.replicates[begin:end])
        for answer in simulate_safely(batch, engine):
            _note(made, begin, answer, piece)
            begin += len(answer.batch)
    return made


def _note(made: ChunkResult, begin: int, answer: Any, piece: Chunk) -> None:
    """Record the outcomes of some runs, or why one failed."""
    if answer.failure is not None:
        made.failures[begin] = answer.failure
        return
    weekly, end = answer.weekly, begin + len(answer.batch)
    found = outcomes_of(weekly, piece.site.end_week - 1, answer.adopters)
    for place, values in enumerate(found.values()):
        made.outcomes[begin:end, place] = values
    for name, kept in made.series.items():
        kept[begin:end] = weekly[:, list(WEEKLY).index(name), :].T


# --- where they are made ---------------------------------------------------------------------------


def made(
    pieces: Iterable[Chunk], engine: str, workers: int, scheduler: Any = None
) -> Iterator[ChunkResult]:
    """Make the runs of chunks, here or on a cluster; yield the results in order.

    Parameters
    ----------
    pieces : iterable of Chunk
    engine : {"compiled", "mesa"}
    workers : int
        Threads (compiled) or processes (mesa) of this machine.
    scheduler : str, Client or cluster, optional
        An existing Dask scheduler, which then has the work.
    """
    if scheduler is not None:
        yield from on_cluster(make, pieces, engine, scheduler)
    elif workers == 1:
        yield from (make(piece, engine) for piece in pieces)
    elif engine == "compiled":
        with ThreadPoolExecutor(workers) as threads:
            yield from in_order(threads.submit, make, pieces, AHEAD * workers, engine)
    else:
        yield from in_processes(make, pieces, engine, workers)


def cut(
    blocks: Iterable[tuple[Block, Rows]], cutter: Callable[[int, int], Cutter]
) -> Iterator[Chunk]:
    """Cut the runs of a table into chunks, world by world; scenarios take turns.

    Parameters
    ----------
    blocks : iterable of (Block, Rows)
        The runs to be made, block by block.
    cutter : callable
        Returns the cutter for the runs of one world, by number of the scenario and of its shape.
    """
    cutters: dict[tuple[int, int], Cutter] = {}
    for block, rows in blocks:
        place = (block.scenario, block.shape)
        if place not in cutters:
            for old in [old for old in cutters if old[1] != block.shape]:
                yield from cutters.pop(old).rest()
            cutters[place] = cutter(*place)
        yield from cutters[place].add(rows)
    for one in cutters.values():
        yield from one.rest()


class Cutter:
    """Collects runs of one world and cuts them into chunks of a given size.

    Parameters
    ----------
    size : int
        Runs of a chunk.
    wrap : callable
        Makes a chunk from runs.
    """

    def __init__(self, size: int, wrap: Callable[[Rows], Chunk]) -> None:
        self.size, self.wrap = size, wrap
        self.waiting: list[Rows] = []

    def add(self, rows: Rows) -> Iterator[Chunk]:
        """Add runs; yield the chunks that are full."""
        if len(rows):
            self.waiting.append(rows)
        while sum(map(len, self.waiting)) >= self.size:
            whole = joined(self.waiting)
            yield self.wrap(whole.part(0, self.size))
            rest = whole.part(self.size, len(whole))
            self.waiting = [rest] if len(rest) else []

    def rest(self) -> Iterator[Chunk]:
        """Yield what is left."""
        if self.waiting:
            yield self.wrap(joined(self.waiting))
        self.waiting = []
