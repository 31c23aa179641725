"""The flow of a sweep: plan -> runs -> stored ones are read -> the rest is made -> table.

It can be repeated at will: what the run store holds is never made again, so a sweep that was
killed, or whose ranges have changed, continues from there. The table is put together from the
store, in the order of the plan, so it does not depend on when or by which process a run was made,
or after how many attempts.

`run` is for analyses (see `Runs.values`); `sweep` writes a folder as well.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from qisim.design.plan import Plan
from qisim.design.plan_file import read
from qisim.design.run_table import Block, Rows, RunTable
from qisim.errors import InputError, Interrupted, StoreError
from qisim.output.display import SUMMARY_HEADS, card_of, line_of, summary_cells
from qisim.runs.chunks import Chunk, Cutter, cut, made, piece_size
from qisim.runs.executor import ENGINES, places
from qisim.runs.lifecycle import Lifecycle
from qisim.runs.options import OF_POINTS, Options, Progress, verb
from qisim.runs.run_index import RunIndex
from qisim.runs.store import (
    Partition,
    check_sources,
    default_folder,
    partitions_in,
    run_keys,
    strangers,
)
from qisim.runs.store_format import keys_of, missing_in, read_part
from qisim.runs.sweep_files import arrays_of, manifest, save, summary_rows
from qisim.runs.sweep_result import Runs
from qisim.runs.write_buffer import WriteBuffer
from qisim.scenario.frozen import frozen
from qisim.scenario.ward import in_ward
from qisim.stopping import stoppable

BLOCK_RUNS = 8192
"""Runs whose coefficients are computed at once."""


@verb()
def run(
    source: str | os.PathLike[str] | Mapping[str, Any] | Plan,
    *,
    series: Sequence[str] = (),
    engine: str = "compiled",
    workers: int | None = None,
    scheduler: Any = None,
    store: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
    retry_failed: bool = False,
    tell: Callable[[str], None] | None = None,
) -> Runs:
    """Make all runs of a study that the store does not hold yet.

    Parameters
    ----------
    source : str, path, mapping or Plan
        What `qisim.design.plan_file.read` takes.
    series : sequence of str, optional
        Weekly series to keep of every run, besides those that the plan asks for.
    engine, workers, scheduler, store, progress, retry_failed, tell
        See `Options`.

    Returns
    -------
    Runs
        Values, status and series by scenario, read from the store when they are asked for.

    Raises
    ------
    StudyError
        If the study is wrong; all problems are listed.
    StoreError
        If the store cannot be read or written.
    Interrupted
        If the user stops it; what was finished is in the store, and with the exception.
    """
    options = checked(
        Options(engine=engine, workers=workers, scheduler=scheduler, store=store, progress=progress,
                retry_failed=retry_failed, tell=tell)
    )  # fmt: skip
    plan = source if isinstance(source, Plan) else read(source)
    wanted = tuple(dict.fromkeys([*plan.analysis.over_time, *series]))
    with stoppable():
        return Sweep(plan, options, wanted).result()


def checked(options: Options) -> Options:
    """Return options of a sweep.

    Raises
    ------
    InputError
        If one is wrong; all problems are listed.
    """
    problems = options.machine_problems()
    if problems:
        raise InputError(problems)
    return options


@dataclass(frozen=True, repr=False)
class Swept:
    """The result of a sweep.

    Attributes
    ----------
    runs : Runs
        All its runs.
    manifest : mapping
        As from `qisim.runs.sweep_files.manifest`.
    """

    runs: Runs
    manifest: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "manifest", frozen(self.manifest))

    def summary(self) -> list[dict[str, Any]]:
        """Return the distribution of every outcome over all runs of each scenario, a row each."""
        return summary_rows(self.runs)

    def to_xarray(self) -> Any:
        """Return all runs as labelled arrays; see `qisim.output.xarray_form`."""
        return arrays_of(self.runs, self.manifest)

    def __repr__(self) -> str:
        points = f", {len(self.runs.points):,} points"
        return line_of("Sweep", self.manifest, points)

    def _repr_html_(self) -> str:
        rows = summary_cells(self.summary())
        inputs = ", ".join(self.runs.plan.names[:6]) + (
            ", ..." if len(self.runs.plan.names) > 6 else ""
        )
        note = f"{len(self.runs.points):,} points over {inputs}; .runs has every run"
        return card_of(self.runs.plan.title, self.manifest, SUMMARY_HEADS, rows, note)

    def save(self, out: str | os.PathLike[str]) -> None:
        """Write the folder; see `qisim.runs.sweep_files`."""
        save(self.runs, out, self.manifest)


@verb(*OF_POINTS)
def sweep(
    source: str | os.PathLike[str] | Mapping[str, Any] | Plan,
    *,
    set: Mapping[str, Any] | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    samples: int | None = None,
    sites: int | None = None,
    out: str | os.PathLike[str] | None = None,
    command: Sequence[str] | None = None,
    site: str | os.PathLike[str] | None = None,
    **options: Any,
) -> Swept:
    """Run every point of a study, and write its folder.

    Parameters
    ----------
    source : str, path, mapping or Plan
        What `qisim.design.plan_file.read` takes.
    set, replicates, seed, samples, sites
        In place of what the file says; see `qisim.design.plan_file.read`.
    out : path, optional
        Folder for tables and manifest; see `qisim.runs.sweep_files`.
    command : sequence of str, optional
        What was typed, for the manifest.
    site : path, optional
        A file that describes the ward of all scenarios; it wins over every shipped ward.
    **options
        See `Options`.

    Returns
    -------
    Swept

    Raises
    ------
    StudyError
        If the study is wrong; all problems are listed.
    StoreError
        If `out` belongs to another study, or a folder cannot be read or written.
    Interrupted
        If the user stops it; what was finished is in the store, and with the exception.
    """
    chosen = checked(Options(**options, out=out, command=command))
    with in_ward(site, source):
        plan = read(
            source, set=set, replicates=replicates, seed=seed, samples=samples, sites=sites
        )  # fmt: skip
    swept: Swept = SweepStudy(plan, chosen).result()
    return swept


class SweepStudy(Lifecycle):
    """A sweep in progress, with its folder.

    Parameters
    ----------
    plan : Plan
    options : Options
    """

    def __init__(self, plan: Plan, options: Options) -> None:
        super().__init__(options)
        self.plan = plan
        self.runs: Runs | None = None
        self.going = Sweep(plan, options, plan.analysis.over_time)

    def make(self) -> None:
        """Make all runs that the store does not hold yet."""
        try:
            self.runs = self.going.result()
        except Interrupted as stopped:
            self.runs = stopped.result
            raise KeyboardInterrupt from None

    def put_together(self) -> Swept | None:
        """Return the result; None if no run was made."""
        return None if self.runs is None else Swept(self.runs, self.manifest())

    def save(self, result: Swept) -> None:
        """Write the folder; the tables of a sweep are written whole or not at all."""
        if not self.interrupted:
            result.save(str(self.options.out))

    def manifest(self) -> dict[str, Any]:
        """Return the present manifest."""
        options = self.options
        return manifest(
            self.plan, "sweep", list(options.command or sys.argv), options.engine,
            ENGINES[options.engine], seconds=time.perf_counter() - self.begun,
            failures=[] if self.runs is None else self.runs.failures(), interrupted=self.interrupted,
        )  # fmt: skip


@dataclass
class Sweep:
    """A sweep in progress.

    Attributes
    ----------
    plan : Plan
    options : Options
    series : tuple of str
        Weekly series to keep of every run.
    """

    plan: Plan
    options: Options
    series: tuple[str, ...] = ()
    parts: list[Path] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.layout = RunTable(self.plan)
        self.folder = folder = Path(self.options.store or default_folder())
        module, seed = ENGINES[self.options.engine], self.plan.seed
        self.partitions = [
            [Partition(folder, module, site, seed, self.series) for site in worlds]
            for worlds in self.layout.worlds
        ]

    def result(self) -> Runs:
        """Make the missing runs, and return all of them."""
        check_sources()
        self.register = RunIndex(self.keys())
        self.look_up()
        found = Runs(self.plan, self.layout, self.register, self.parts, self.series)
        found.reused = self.register.found
        try:
            self.make_missing()
        except KeyboardInterrupt:
            raise Interrupted(found) from None
        return found

    # --- what is there ---

    def blocks(self) -> Iterator[tuple[Block, Rows]]:
        """Yield the runs block by block, with their numbers."""
        for block in self.layout.blocks(BLOCK_RUNS):
            yield block, self.layout.rows(block)

    def keys(self) -> Any:
        """Return the key of every run, in the order of the table."""
        found = np.empty((self.layout.runs, 2), dtype=np.uint64)
        for block, held in self.blocks():
            partition = self.partitions[block.scenario][block.shape].name
            found[held.runs] = run_keys(partition, held.rows, held.row_of, held.replicates)
        return found

    def look_up(self) -> None:
        """Find the runs that the store holds."""
        different = {partition.name: partition for row in self.partitions for partition in row}
        self.aside += strangers(self.folder)
        try:
            listed = partitions_in(self.folder)
            for partition in different.values():
                for path in partition.parts(self.aside, listed):
                    self.look_in(path)
        except OSError as error:
            raise StoreError(f"the run store {self.folder} cannot be read: {error}") from error
        if self.options.retry_failed:
            self.register.forget_failed()
        for message in self.aside:
            self.options.say(message)

    def look_in(self, path: Path) -> None:
        """Find the runs that a part holds."""
        try:
            part = read_part(path, ["key", "failure"])
        except StoreError:
            if path.exists():
                raise
            return  # another process has set it aside just now
        failed = ~missing_in(part["failure"])
        if self.register.find(keys_of(part), len(self.parts), failed):
            self.parts.append(path)

    # --- what is not ---

    def make_missing(self) -> None:
        """Make the runs that the store does not hold, and store them as they are finished."""
        options = self.options
        total, done = self.register.wanted, 0
        if not total:
            return
        buffer = WriteBuffer(self)
        try:
            for one in made(self.pieces(), options.engine, self.workers, options.scheduler):
                buffer.take(one)
                done += len(one.runs)
                if options.progress is not None:
                    options.progress(done, total)
        finally:
            buffer.clear()

    def pieces(self) -> Iterator[Chunk]:
        """Yield the chunks of missing runs."""
        missing = self.register.missing
        wanted = ((block, held.only(missing(held.runs))) for block, held in self.blocks())
        return cut(wanted, self.cutter)

    def cutter(self, scenario: int, shape: int) -> Cutter:
        """Return the cutter of the runs of one world."""
        site, series = self.layout.worlds[scenario][shape], self.series
        seed, label = self.plan.seed, (scenario, shape)
        size = piece_size(self.options.engine, site, self.register.wanted, self.workers)
        return Cutter(size, lambda held: Chunk(site, seed, held, series, label))

    @cached_property
    def workers(self) -> int:
        """Threads or processes of this machine, or threads of the cluster."""
        return places(self.options.workers, self.options.scheduler)
