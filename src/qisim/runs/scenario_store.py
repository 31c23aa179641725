"""Runs of scenarios in the run store, with the weekly series that tables and figures need.

This does for repeated runs of a scenario what `qisim.runs.store` does for sweeps: a stored run is
read, any other is made and stored. The runs of one scenario lie in one folder, below ``scenarios``
in
the store, so that looking for them takes no longer however many others there are::

    STORE/scenarios/
    └── 5f0c….9ab3….all/          model, engine, world and seed; the scenario's numbers; the series
        └── 17f2…-9ab3….parquet   a part

Weekly series take much space (about 10 kB a run) and are quickly made again. So these folders are a
cache: beyond `MOST_BYTES`, runs not used for a day are deleted, the oldest first. If the store
cannot be read or written, the user is told, and the runs are made without it.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qisim.errors import StoreError
from qisim.model.outcome_values import outcomes_of
from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.model.site import World
from qisim.runs.batch import Batch, group_of
from qisim.runs.executor import ENGINES, BatchResult, batch_size, cores, simulated
from qisim.runs.options import Options
from qisim.runs.store import PART, SCENARIOS, Partition, check_sources, default_folder, run_keys
from qisim.runs.store_format import (
    Array,
    Keys,
    Page,
    floats_of,
    keys_of,
    read_part,
    weeks_of,
)
from qisim.stopping import undisturbed

MOST_BYTES = 2 << 30
UNUSED_S = 86_400.0
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
    cupboard = StorePartitions(options, tuple(name for name in WEEKLY if name in series))
    pending: deque[Pending] = deque()

    def missing() -> Iterator[Batch]:
        for batch in work(size):
            one = cupboard.looked_up(batch)
            pending.append(one)
            if one.missing:
                yield batch.part(~one.there)

    try:
        for answer in simulated(missing(), options.engine, workers, options.scheduler):
            while not pending[0].missing:
                yield from cupboard.read(pending.popleft())
            pending[0].missing -= len(answer.batch)
            yield from cupboard.taken(answer)
        while pending:
            yield from cupboard.read(pending.popleft())
    finally:
        cupboard.clear()
        cupboard.tidy()


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
    place : ndarray of int, shape (runs,)
        Number of each run on its partition.
    missing : int
        Runs that are still to be made.
    """

    batch: Batch
    partition: ScenarioPartition | None
    there: npt.NDArray[np.bool_]
    place: npt.NDArray[np.int64]
    missing: int


class ScenarioPartition(Partition):
    """The runs of one scenario: of one model, world, seed and table of numbers.

    Parameters
    ----------
    store, engine, site, seed, series
        As for `qisim.runs.store.Partition`.
    group : str
        Distinguishes scenarios of one world.
    """

    bits = 64

    def __init__(
        self, store: Path, engine: str, site: World, seed: int, group: str, series: Sequence[str]
    ) -> None:
        super().__init__(store / SCENARIOS, engine, site, seed, series)
        which = group_of(" ".join(series)) if 0 < len(series) < len(WEEKLY) else "all"
        which = which if series else "none"
        self.folder = self.store / f"{self.name}.{group}.{which}"
        self.paths: list[Path] = []
        self.part = self.row = np.empty(0, dtype=np.int64)
        self.order = np.empty(0, dtype=np.int64)
        self.keys: Keys = np.empty((0, 2), dtype=np.uint64)

    def open(self) -> list[str]:
        """Find out which runs are there; return a sentence for every file that was set aside."""
        aside: list[str] = []
        held: list[Keys] = []
        for path in (
            self.whole_parts(self.folder, self.series, aside) if self.folder.is_dir() else ()
        ):
            held.append(keys_of(read_part(path, ["key"])))
            self.paths.append(path)
            os.utime(path)  # it is in use
        if held:
            self.keys = np.concatenate(held)
            self.part = np.repeat(np.arange(len(held)), [len(keys) for keys in held])
            self.row = np.concatenate([np.arange(len(keys)) for keys in held])
            self.order = np.lexsort((self.keys[:, 1], self.keys[:, 0]))
        return aside

    def places(self, keys: Keys) -> npt.NDArray[np.int64]:
        """Return for each run the number under which it is there; -1 where it is not."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        at = np.searchsorted(self.keys[self.order, 0], keys[:, 0])
        found = self.order[np.minimum(at, len(self.order) - 1)]
        return np.where((self.keys[found] == keys).all(axis=1), found, -1)


class StorePartitions:
    """The store partitions of a study: stored runs are read from them, new ones added."""

    def __init__(self, options: Options, series: tuple[str, ...]) -> None:
        self.options, self.series = options, series
        self.columns = [list(WEEKLY).index(name) for name in series]
        self.folder = Path(options.store or default_folder())
        self.partitions: dict[tuple[int, str], ScenarioPartition] = {}
        self.waiting: dict[ScenarioPartition, list[Page]] = {}
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
        none = np.full(len(batch), -1)
        partition = self.partition_of(batch)
        if partition is not None:
            none = partition.places(keys_of_batch(partition, batch))
        there = none >= 0
        missing = int((~there).sum())
        return Pending(batch, partition, there, none, missing)

    def partition_of(self, batch: Batch) -> ScenarioPartition | None:
        """Return the partition of a batch; None where there is no usable store."""
        place = (id(batch.site), f"{batch.seed} {batch.group}")
        if place not in self.partitions and not self.off:
            try:
                check_sources()
                module = ENGINES[self.options.engine]
                partition = ScenarioPartition(
                    self.folder, module, batch.site, batch.seed, batch.group, self.series
                )
                for message in partition.open():
                    if message not in self.told:
                        self.told.add(message)
                        self.options.say(message)
            except (OSError, StoreError) as error:
                self.put_off(error)
                return None
            self.sites.append(batch.site)
            self.partitions[place] = partition
        return self.partitions.get(place)

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
        batch, place = one.batch.part(one.there), one.place[one.there]
        outcomes = np.empty((len(batch), len(OUTCOMES)))
        weekly = np.empty((batch.site.weeks, len(self.series), len(batch)))
        parts = partition.part[place]
        for part in np.unique(parts).tolist():
            page, which = self.page(partition.paths[part]), parts == part
            rows = partition.row[place[which]]
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
        self.waiting.setdefault(partition, []).append(page)
        self.bytes += one.weekly.nbytes + one.outcomes.nbytes
        if self.bytes >= KEEP_BYTES or time.monotonic() - self.since >= KEEP_S:
            self.clear()

    def clear(self) -> None:
        """Flush all queued runs to disk."""
        with undisturbed():
            waiting, self.waiting, self.bytes = self.waiting, {}, 0
            for partition, pages in waiting.items() if not self.off else ():
                try:
                    partition.keep(joined(pages))
                    self.written = True
                except StoreError as error:
                    self.put_off(error)
                    break
            self.since = time.monotonic()

    def tidy(self) -> None:
        """Delete runs not used for long, if they take too much space."""
        if self.written:
            with suppress(OSError):
                forget_oldest(self.folder / SCENARIOS)


def keys_of_batch(partition: Partition, batch: Batch) -> Keys:
    """Return the keys of a batch's runs."""
    rows, row_of = batch.rows, np.arange(len(batch))
    if len(rows) and (rows == rows[0]).all():
        rows, row_of = rows[:1], np.zeros(len(batch), dtype=np.int64)
    return run_keys(partition.name, rows, row_of, batch.replicates)


def failed(batch: Batch, why: str) -> Finished:
    """Return a run that failed."""
    return Finished(batch, np.empty((0, len(OUTCOMES))), np.empty((0, 0, 0)), why)


def joined(pages: Sequence[Page]) -> Page:
    """Return several pages as one."""
    return Page(
        np.concatenate([page.keys for page in pages]),
        np.concatenate([page.outcomes for page in pages]),
        [None] * sum(map(len, pages)),
        {name: np.concatenate([page.series[name] for page in pages]) for name in pages[0].series},
    )


def forget_oldest(folder: Path, most: int = MOST_BYTES, unused: float = UNUSED_S) -> None:
    """Delete the parts that were not used for longest until all take at most so many bytes."""
    parts = [path for path in folder.glob("*/*") if PART.fullmatch(path.name)]
    ages = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in parts)
    total, now = sum(size for _, size, _ in ages), time.time()
    for used, size, path in ages:
        if total <= most or now - used < unused:
            return
        path.unlink(missing_ok=True)
        total -= size
        if not any(PART.fullmatch(left.name) for left in path.parent.iterdir()):
            for left in path.parent.iterdir():
                left.unlink(missing_ok=True)
            path.parent.rmdir()
