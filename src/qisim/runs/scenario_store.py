"""Runs of scenarios in the run store, with the weekly series that tables and figures need.

This does for repeated runs of a scenario what `qisim.runs.store` does for sweeps: a stored run is
read, any other is made and stored. The runs of one scenario lie in one folder, below ``scenarios`` in
the store, so that looking for them takes no longer however many others there are. A question that runs
hundreds of scenarios, and needs their outcomes only, keeps them in one folder of its own (`together`)::

    STORE/scenarios/
    ├── 5f0c….9ab3….all/          model, engine, world and seed; the scenario's numbers; the series
    │   └── 17f2…-9ab3….parquet   a part
    └── 77aa….many/               what a question is about
        └── 17f2…-01cd….parquet   a part, with runs of many scenarios

Weekly series take much space (about 10 kB a run) and are quickly made again. So these folders are a
cache: beyond `MOST_BYTES`, runs not used for a day are deleted, the oldest first. If the store
cannot be read or written, the user is told, and the runs are made without it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qisim.errors import StoreError
from qisim.model.outcome_values import outcomes_of
from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.model.site import World
from qisim.runs.batch import Batch
from qisim.runs.executor import ENGINES, BatchResult, batch_size, cores, simulated
from qisim.runs.options import Options
from qisim.runs.scenario_partition import ScenarioPartition, forget_oldest, joined, keys_of_batch
from qisim.runs.store import SCENARIOS, check_sources, default_folder
from qisim.runs.store_format import (
    Array,
    Page,
    floats_of,
    keys_of,
    read_part,
    weeks_of,
)
from qisim.stopping import undisturbed

KEEP_S = 1.0
"""Seconds after which finished runs are flushed to disk; at most these are lost to a `kill -9`."""
KEEP_BYTES = 1 << 26


@dataclass(frozen=True)
class Finished:
    """Runs of a batch that are finished: read from the store, or made just now.

    Attributes
    ----------
    batch : Batch
        The runs.
    outcomes : ndarray of float, shape (runs, len(OUTCOMES))
        In the order of `OUTCOMES`, NaN where missing; empty when the run failed.
    weekly : ndarray of float, shape (weeks, series, runs)
        The series that were asked for, in the order of `WEEKLY`; empty when the run failed.
    failure : str, optional
        Why it failed; a batch that failed holds one run only.
    stored : bool
        Whether the runs came from the store.
    """

    batch: Batch
    outcomes: Array
    weekly: Array
    failure: str | None = None
    stored: bool = False

    def of(self, outcome: str) -> Array:
        """Return one outcome, run by run."""
        values: Array = self.outcomes[:, list(OUTCOMES).index(outcome)]
        return values


def finished(
    work: Callable[[int], Iterable[Batch]], options: Options, runs: int,
    series: Sequence[str] = tuple(WEEKLY),
) -> Generator[Finished, None, None]:  # fmt: skip
    """Yield all runs of some batches, in the order of the batches; none is made that the store holds.

    Runs that failed (`qisim.runs.executor.simulate_safely` says which) are not kept.

    Parameters
    ----------
    work : callable
        Cuts the runs into batches of at most a given size.
    options : Options
        How runs are made and stored.
    runs : int
        Runs in all, or of each scenario; few runs are shared by all workers.
    series : sequence of str
        Weekly series to return.
    """
    workers = options.workers or cores()
    size = batch_size(options.engine, runs, workers)
    wanted, shared = tuple(name for name in WEEKLY if name in series), SHARED.get()
    stored = StorePartitions(options, wanted) if shared is None else shared.of(options, wanted)
    pending: deque[Pending] = deque()

    def missing() -> Iterator[Batch]:
        for batch in work(size):
            one = stored.looked_up(batch)
            pending.append(one)
            if one.missing:
                yield batch.part(~one.there)

    try:
        for answer in simulated(missing(), options.engine, workers, options.scheduler):
            while not pending[0].missing:
                yield from stored.read(pending.popleft())
            pending[0].missing -= len(answer.batch)
            yield from stored.taken(answer)
        while pending:
            yield from stored.read(pending.popleft())
    finally:
        if shared is None:
            stored.close()


@contextmanager
def together(about: str) -> Iterator[None]:
    """Let the runs that are asked for in here, scenario after scenario, be looked up and stored together.

    Finished runs are flushed to disk each second all the same, and at the end, however it ends.

    Parameters
    ----------
    about : str
        What the question is about: runs without weekly series lie in a folder of it.
    """
    shared = Shared(about)
    token = SHARED.set(shared)
    try:
        yield
    finally:
        SHARED.reset(token)
        shared.close()


class Shared:
    """The store partitions of a question."""

    def __init__(self, about: str) -> None:
        self.about = about
        self.kept: dict[tuple[object, ...], StorePartitions] = {}

    def of(self, options: Options, series: tuple[str, ...]) -> StorePartitions:
        """Return the partitions in which such runs are stored."""
        which = (options.engine, options.store, options.keep, series)
        if which not in self.kept:
            self.kept[which] = StorePartitions(options, series, "" if series else self.about)
        return self.kept[which]

    def close(self) -> None:
        """Flush all queued runs to disk."""
        for stored in self.kept.values():
            stored.close()


SHARED: ContextVar[Shared | None] = ContextVar("SHARED", default=None)


@dataclass
class Pending:
    """A batch together with what the store holds of it.

    Attributes
    ----------
    batch : Batch
    partition : ScenarioPartition or None
        None where there is no usable store.
    there : ndarray of bool, shape (runs,)
        Which runs the store holds.
    part, row : ndarray of int, shape (runs,)
        Part of the partition that each run is in, and its row there.
    missing : int
        Runs that are still to be made.
    """

    batch: Batch
    partition: ScenarioPartition | None
    there: npt.NDArray[np.bool_]
    part: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    missing: int


class StorePartitions:
    """The store partitions of a study: stored runs are read from them, new ones added."""

    def __init__(self, options: Options, series: tuple[str, ...], about: str = "") -> None:
        self.options, self.series, self.about = options, series, about
        self.columns = [list(WEEKLY).index(name) for name in series]
        self.folder = Path(options.store or default_folder())
        self.partitions: dict[tuple[int, str], ScenarioPartition] = {}
        self.opened: dict[Path, ScenarioPartition] = {}  # by folder
        self.waiting: dict[Path, list[Page]] = {}
        self.read_last: dict[Path, Page] = {}
        self.since, self.bytes, self.off, self.written = (
            time.monotonic(),
            0,
            not options.keep,
            False,
        )
        self.told: set[str] = set()
        self.sites: list[World] = []  # a partition is found by its world, which must be kept alive

    # --- what is there ---

    def looked_up(self, batch: Batch) -> Pending:
        """Return a batch with what the store holds of it."""
        part, row = np.full((2, len(batch)), -1)
        partition = self.partition_of(batch)
        if partition is not None:
            part, row = partition.places(keys_of_batch(partition, batch))
        there = part >= 0
        missing = int((~there).sum())
        return Pending(batch, partition, there, part, row, missing)

    def partition_of(self, batch: Batch) -> ScenarioPartition | None:
        """Return the partition of a batch; None where there is no usable store."""
        place = (id(batch.site), f"{batch.seed} {batch.group}")
        if place not in self.partitions and not self.off:
            try:
                module, world = ENGINES[self.options.engine], (batch.site, batch.seed, batch.group)
                partition = ScenarioPartition(self.folder, module, *world, self.series, self.about)
                if partition.folder in self.opened:
                    partition.share(self.opened[partition.folder])
                else:
                    self.open(partition)
            except (OSError, StoreError) as error:
                self.put_off(error)
                return None
            self.sites.append(batch.site)
            self.partitions[place] = partition
        return self.partitions.get(place)

    def open(self, partition: ScenarioPartition) -> None:
        """Find out what a folder holds, and say what was set aside in it."""
        check_sources()
        for message in partition.open():
            if message not in self.told:
                self.told.add(message)
                self.options.say(message)
        self.opened[partition.folder] = partition

    def put_off(self, error: OSError | StoreError) -> None:
        """Continue without the store, and warn once."""
        if not self.off:
            why = str(error).partition(";")[0]  # the hint for sweeps does not apply here
            self.options.say(f"runs are made without the run store: {why}")
        self.off = True

    def read(self, one: Pending) -> Iterator[Finished]:
        """Yield the runs of a batch that are in the store."""
        partition = one.partition
        if partition is None or not one.there.any():
            return
        batch = one.batch.part(one.there)
        parts, row = one.part[one.there], one.row[one.there]
        outcomes = np.empty((len(batch), len(OUTCOMES)))
        weekly = np.empty((batch.site.weeks, len(self.series), len(batch)))
        for part in np.unique(parts).tolist():
            page, which = self.page(partition.paths[part]), parts == part
            rows = row[which]
            outcomes[which] = page.outcomes[rows]
            for number, name in enumerate(self.series):
                weekly[:, number, which] = page.series[name][rows].T
        yield Finished(batch, outcomes, weekly, stored=True)

    def page(self, path: Path) -> Page:
        """Return a part; the one read last is cached."""
        if path not in self.read_last:
            table = read_part(path)
            columns = [floats_of(table[name]) for name in OUTCOMES]
            series = {name: weeks_of(table[f"weekly {name}"]) for name in self.series}
            self.read_last = dict(list(self.read_last.items())[-3:])
            self.read_last[path] = Page(keys_of(table), np.column_stack(columns), (), series)
        return self.read_last[path]

    # --- what comes ---

    def taken(self, answer: BatchResult) -> Iterator[Finished]:
        """Collect an engine's result; queue it for the store, and yield it."""
        batch = answer.batch
        if answer.failure is not None:
            yield failed(batch, answer.failure)
            return
        weekly = answer.weekly
        found = outcomes_of(weekly, batch.site.end_week - 1, answer.adopters)
        outcomes = np.column_stack([found[name] for name in OUTCOMES])
        whole = len(self.columns) == len(WEEKLY)
        one = Finished(batch, outcomes, weekly if whole else weekly[:, self.columns])
        self.keep(one)
        yield one

    def keep(self, one: Finished) -> None:
        """Queue finished runs for the disk."""
        partition = self.partition_of(one.batch)
        if partition is None or self.off:
            return
        series = {name: one.weekly[:, n].T for n, name in enumerate(self.series)}
        page = Page(
            keys_of_batch(partition, one.batch), one.outcomes, [None] * len(one.batch), series
        )
        self.waiting.setdefault(partition.folder, []).append(page)
        self.bytes += one.weekly.nbytes + one.outcomes.nbytes
        if self.bytes >= KEEP_BYTES or time.monotonic() - self.since >= KEEP_S:
            self.clear()

    def clear(self) -> None:
        """Bring all that waits to the disk."""
        with undisturbed():
            waiting, self.waiting, self.bytes = self.waiting, {}, 0
            for folder, pages in waiting.items() if not self.off else ():
                try:
                    self.opened[folder].keep(joined(pages))
                    self.written = True
                except StoreError as error:
                    self.put_off(error)
                    break
            self.since = time.monotonic()

    def close(self) -> None:
        """Bring all that waits to the disk, and make room there."""
        self.clear()
        self.tidy()

    def tidy(self) -> None:
        """Delete runs not used for long, if they take too much space."""
        if self.written:
            with suppress(OSError):
                forget_oldest(self.folder / SCENARIOS)


def failed(batch: Batch, why: str) -> Finished:
    """Return a run that failed."""
    return Finished(batch, np.empty((0, len(OUTCOMES))), np.empty((0, 0, 0)), why)
