"""The flow of the house: scenarios -> runs -> engine -> results -> comparison.

The command line, the notebooks and the app all call the functions of this file. Heavy libraries are
loaded when they are needed, not when the file is imported.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qisim.design.ensemble import Ensemble, ensemble
from qisim.errors import (
    InputError,
    Interrupted,
    Problem,
    RunError,
    ScenarioError,
    not_whole,
)
from qisim.model.draws import MAX_SEED
from qisim.model.outcomes import OUTCOMES, WEEKLY, outcomes_of
from qisim.runs.batch import batches
from qisim.runs.executor import ENGINES, BatchResult, batch_size, cores, simulated, unknown_engine
from qisim.scenario.fields import SHORT
from qisim.scenario.scenario import Scenario, load, unique_names

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from qisim.comparison.comparison import Comparison, Matters
    from qisim.output.result import Result

MAX_REPLICATES = 20_000
"""Of one scenario, with every week kept; a sweep, which keeps outcomes only, takes more."""
DEFAULT_REPLICATES = 200

Progress = Callable[[int, int], None]
"""Called with the runs done and the runs to do."""


def run(
    scenario: Any,
    *,
    set: Mapping[str, Any] | None = None,
    replicates: int = DEFAULT_REPLICATES,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    scheduler: Any = None,
    out: str | os.PathLike[str] | None = None,
    over: Any = None,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
) -> Result:
    """Run one scenario, many replicates.

    Parameters
    ----------
    scenario : str, path, mapping or Scenario
        What `qisim.load` takes.
    set : mapping, optional
        Values by dotted key, laid over the scenario.
    replicates : int
        How many, 1 to 20,000.
    seed : int
        Seed of the study, 0 to 2**63 - 1.
    engine : {"compiled", "mesa"}
        Both give the same numbers to the last bit.
    workers : int, optional
        Threads (compiled) or processes (mesa); by default one per core. Results do not depend on it.
    scheduler : str, Client or cluster, optional
        Address of an existing Dask scheduler, or a client or cluster of Dask; the runs are made there.
    out : path, optional
        Folder for tables, figures, report and manifest; see `qisim.output.result.save`.
    over : str, path or Ensemble, optional
        Sets of values to run over, such as ``acceptable``: replicate r has set r mod n; see
        `qisim.design.ensemble`.
    progress : callable, optional
        Called with runs done and runs to do.
    command : sequence of str, optional
        What was typed, for the manifest.

    Returns
    -------
    Result
        With ``.runs``, ``.weekly``, ``.summary()``, ``.plot()`` and ``.save(dir)``.

    Raises
    ------
    InputError
        If the scenario or an option is wrong; every problem is listed.
    StoreError
        If `out` holds another study; nothing is run then.
    Interrupted
        If the user stops it; what was finished is in `out`, and with the exception.
    """
    from qisim.output.result import Result

    options = Options(replicates, seed, engine, workers, scheduler, out, progress, command, over)
    named = _loaded([scenario], set, options.problems(set))
    return Study("run", Result, named, options, {}).result()


def compare(
    base: Any,
    *others: Any,
    set: Mapping[str, Any] | None = None,
    replicates: int = DEFAULT_REPLICATES,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    scheduler: Any = None,
    out: str | os.PathLike[str] | None = None,
    matters: Matters = None,
    over: Any = None,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
) -> Comparison:
    """Compare scenarios with a base, replicate by replicate on common random numbers.

    Parameters
    ----------
    base, *others : str, path, mapping or Scenario
        What `qisim.load` takes.
    set : mapping, optional
        Values by dotted key, laid over every scenario.
    matters : float or mapping, optional
        Smallest difference that matters: for all shares, or by outcome.
    replicates, seed, engine, workers, scheduler, out, over, progress, command
        As in `run`. Over sets of values, what differs between the scenarios stays as it is.

    Returns
    -------
    Comparison
        With ``.runs``, ``.weekly``, ``.differences()``, ``.verdict()``, ``.plot()``, ``.save(dir)``.

    Raises
    ------
    InputError
        If a scenario or an option is wrong; every problem is listed.
    StoreError
        If `out` holds another study; nothing is run then.
    Interrupted
        If the user stops it; the pairs that were finished are in `out`, and with the exception.
    """
    from qisim.comparison.comparison import Comparison, smallest_differences

    if not others:
        raise InputError("a comparison needs a base and at least one other scenario")
    options = Options(replicates, seed, engine, workers, scheduler, out, progress, command, over)
    wrong = options.problems(set)
    try:
        smallest_differences(matters)
    except InputError as refused:
        wrong += refused.problems
    named = _loaded([base, *others], set, wrong)
    return Study("compare", Comparison, named, options, {"matters": matters}).result()


def _loaded(
    sources: Sequence[Any], changes: Mapping[str, Any] | None, wrong: list[Problem]
) -> dict[str, Scenario]:
    """Load scenarios by name; raise all that is wrong with them and with the rest of the input."""
    error, scenarios = InputError if wrong else ScenarioError, []
    for source in sources:
        try:
            scenarios.append(load(source, changes))
        except ScenarioError as refused:
            wrong = wrong + refused.problems
    if wrong:
        raise error(list(dict.fromkeys(wrong)))
    return unique_names(scenarios)


@dataclass(frozen=True)
class Options:
    """How a study is to be run; see `run`."""

    replicates: int = DEFAULT_REPLICATES
    seed: int = 1
    engine: str = "compiled"
    workers: int | None = None
    scheduler: Any = None
    out: str | os.PathLike[str] | None = None
    progress: Progress | None = None
    command: Sequence[str] | None = None
    over: Any = None

    def problems(self, changes: Mapping[str, Any] | None = None) -> list[Problem]:
        """Return everything that is wrong with them, or with them and the changes together."""
        found = [
            not_whole("replicates", self.replicates, 1, MAX_REPLICATES),
            not_whole("seed", self.seed, 0, MAX_SEED),
            None if self.workers is None else not_whole("workers", self.workers, 1, 4096),
            None if self.engine in ENGINES else unknown_engine(self.engine),
        ]
        return [problem for problem in found if problem is not None] + self._over_problems(changes)

    def _over_problems(self, changes: Mapping[str, Any] | None) -> list[Problem]:
        """Return what is wrong with the sets of values; what they vary cannot be set as well."""
        if self.over is None:
            return []
        try:
            over = ensemble(self.over)
        except InputError as refused:
            return refused.problems
        both = [key for key in changes or {} if SHORT.get(key, key) in over.keys]
        message = f"is what the sets of {over.name} vary; leave one of the two out"
        return [Problem(message, key=key) for key in both]


# --- the flow --------------------------------------------------------------------------------------


@dataclass
class Collector:
    """What the runs of one scenario have given so far."""

    replicates: list[int] = field(default_factory=list)
    weekly: list[npt.NDArray[np.float64]] = field(default_factory=list)
    outcomes: list[dict[str, npt.NDArray[np.float64]]] = field(default_factory=list)
    failures: dict[int, str] = field(default_factory=dict)

    def add(self, answer: BatchResult) -> None:
        """Take in a batch; a run with a value that is not finite has failed."""
        batch, weekly = answer.batch, answer.weekly
        if answer.failure is not None:
            self.failures[int(batch.replicates[0])] = answer.failure
            return
        fine = np.isfinite(weekly).all(axis=(0, 1))
        for replicate in batch.replicates[~fine]:
            self.failures[int(replicate)] = "a weekly series is not finite"
        weekly, end = weekly[:, :, fine], batch.site.end_week
        self.replicates += batch.replicates[fine].tolist()
        self.weekly.append(weekly)
        self.outcomes.append(outcomes_of(weekly, end - 1, answer.adopters[fine]))

    @property
    def done(self) -> frozenset[int]:
        """Replicates that are done with, whichever way they ended."""
        return frozenset(self.replicates) | frozenset(self.failures)

    def only(self, shared: frozenset[int]) -> Collector:
        """Return this without the replicates that not every scenario is done with."""
        sizes = np.cumsum([0, *(page.shape[2] for page in self.weekly)])
        parts = [self.replicates[a:b] for a, b in zip(sizes, sizes[1:], strict=False)]
        keep = [np.array([replicate in shared for replicate in part], bool) for part in parts]
        pages = zip(self.weekly, self.outcomes, keep, strict=True)
        kept = [(page[:, :, k], {n: v[k] for n, v in held.items()}) for page, held, k in pages]
        return Collector(
            [replicate for replicate in self.replicates if replicate in shared],
            [page for page, _ in kept],
            [held for _, held in kept],
            {replicate: why for replicate, why in self.failures.items() if replicate in shared},
        )


class Presenter:
    """Draws with `qisim.comparison.report`, which takes a second to load and so waits until it is needed."""

    def plot(self, result: Any, name: str | None = None) -> Figure:
        """Return one figure of the result."""
        from qisim.comparison import report

        return report.plot(result, name)

    def pages(self, result: Any) -> Mapping[str, bytes]:
        """Return the figures and the report as files."""
        from qisim.comparison import report

        return report.pages(result)


@dataclass
class Study:
    """Scenarios on their way to a result.

    Attributes
    ----------
    kind : {"run", "compare"}
        What is made of them.
    form : type
        `qisim.output.result.Result` or `qisim.comparison.comparison.Comparison`.
    scenarios : dict of str to Scenario
        By name; the base of a comparison comes first.
    options : Options
        How they are run.
    settings : dict
        What else `form` takes.
    """

    kind: str
    form: Callable[..., Any]
    scenarios: dict[str, Scenario]
    options: Options
    settings: dict[str, Any]

    def __post_init__(self) -> None:
        self.finished = {name: Collector() for name in self.scenarios}
        self.over: Ensemble | None = None
        if self.options.over is not None:
            self.over = ensemble(self.options.over).for_study(self.scenarios.values())
        self.begun, self.interrupted = time.perf_counter(), False

    def result(self) -> Any:
        """Make the runs, put them together, and write the folder where one was asked for."""
        if self.options.out is not None:
            from qisim.output.folder import check_folder

            check_folder(self.options.out, self.manifest())
        lost: RunError | None = None
        try:
            self.make_runs()
        except KeyboardInterrupt:
            self.interrupted = True
        except RunError as error:  # whoever makes the runs is lost: keep what is finished
            self.interrupted, lost = True, error
        result = self.put_together()
        if self.options.out is not None and result is not None:
            result.save(self.options.out)
        if lost is not None:
            raise lost
        if self.interrupted:
            raise Interrupted(result)
        return result

    def make_runs(self) -> None:
        """Run every replicate of every scenario."""
        options, done = self.options, 0
        total = options.replicates * len(self.scenarios)
        for answer in self.answers():
            self.finished[answer.batch.name].add(answer)
            done += len(answer.batch)
            if options.progress is not None:
                options.progress(done, total)

    def answers(self) -> Iterator[BatchResult]:
        """Yield the runs, batch by batch."""
        options = self.options
        workers = options.workers or cores()
        size = batch_size(options.engine, options.replicates, workers)
        work = batches(self.scenarios, options.replicates, options.seed, size, self.over)
        return simulated(work, options.engine, workers, options.scheduler)

    def put_together(self) -> Any:
        """Return the result of what is finished; None when nothing is."""
        if self.interrupted:
            shared = frozenset.intersection(*(one.done for one in self.finished.values()))
            self.finished = {name: one.only(shared) for name, one in self.finished.items()}
        if not any(one.done for one in self.finished.values()):
            return None
        resolved = {name: scenario.to_dict() for name, scenario in self.scenarios.items()}
        return self.form(
            *self.tables(), resolved, self.manifest(), presenter=Presenter(), **self.settings
        )

    def tables(self) -> tuple[Any, Any]:
        """Return the table of runs and the table of weeks."""
        import pandas as pd

        from qisim.output.result import runs_frame, weekly_frame

        runs, weekly = [], []
        for name, one in self.finished.items():
            outcomes = {
                outcome: np.concatenate([page[outcome] for page in one.outcomes])
                for outcome in (OUTCOMES if one.outcomes else ())
            }
            runs.append(runs_frame(name, one.replicates, outcomes, sorted(one.failures)))
            pages = one.weekly or [np.empty((1, len(WEEKLY), 0))]
            weekly.append(weekly_frame(name, one.replicates, np.concatenate(pages, axis=2)))
        return pd.concat(runs, ignore_index=True), pd.concat(weekly, ignore_index=True)

    def manifest(self) -> dict[str, Any]:
        """Return the manifest as of now."""
        from qisim.output.file_bytes import digest_of_json
        from qisim.output.manifest import manifest_of

        found = manifest_of(
            self.kind,
            list(self.options.command or sys.argv),
            {name: scenario.to_dict() for name, scenario in self.scenarios.items()},
            {name: scenario.digest for name, scenario in self.scenarios.items()},
            seed=int(self.options.seed),
            replicates=int(self.options.replicates),
            engine=self.options.engine,
            wall_time_s=time.perf_counter() - self.begun,
            settings=self.settings,
            failures=[
                {"scenario": name, "replicate": replicate, "reason": reason}
                for name, one in self.finished.items()
                for replicate, reason in sorted(one.failures.items())
            ],
            interrupted=self.interrupted,
        )
        if self.over is not None:
            found["over"] = self.over.to_dict()
            found["study_digest"] = digest_of_json([found["study_digest"], found["over"]])
        return found
