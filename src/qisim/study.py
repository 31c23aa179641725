"""The flow of the house: scenarios -> runs -> engine -> results -> comparison.

The command line, the notebooks and the app all call the functions of this file. Heavy libraries are
loaded when they are needed, not when the file is imported.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qisim.design import BATCH, Batch, batches, unique_names
from qisim.draws import MAX_SEED
from qisim.errors import InputError, Interrupted, Problem, nearest_name
from qisim.outcomes import OUTCOMES, outcomes_of
from qisim.scenario import Scenario, load

if TYPE_CHECKING:
    from qisim.compare import Comparison, Matters
    from qisim.results import Result

ENGINES = {"compiled": "qisim.engine.kernel", "mesa": "qisim.engine.model"}
"""Modules of the engines by name; each has a function `simulate` of one and the same form."""

MAX_REPLICATES = 1_000_000
DEFAULT_REPLICATES = 200

Progress = Callable[[int, int], None]
"""Called with the runs done and the runs to do."""


def run(
    scenario: Any,
    *,
    overrides: Mapping[str, Any] | None = None,
    replicates: int = DEFAULT_REPLICATES,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
) -> Result:
    """Run one scenario, many replicates.

    Parameters
    ----------
    scenario : str, path, mapping or Scenario
        What `qisim.load` takes.
    overrides : mapping, optional
        Values by dotted key, laid over the scenario.
    replicates : int
        How many, 1 to 1,000,000.
    seed : int
        Seed of the study, 0 to 2**63 - 1.
    engine : {"compiled", "mesa"}
        Both give the same numbers to the last bit.
    workers : int, optional
        Threads (compiled) or processes (mesa); by default one per core. Results do not depend on it.
    scheduler : str, optional
        Address of an existing Dask scheduler; the runs are made there.
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
        If the scenario or an option is wrong.
    Interrupted
        If the user stops it; carries what was finished.
    """
    from qisim import report
    from qisim.results import Result

    named = unique_names([load(scenario, overrides)])
    return _study(
        "run", Result, named, replicates, seed, engine, workers, scheduler, progress, command,
        presenter=report,
    )  # fmt: skip


def compare(
    base: Any,
    *others: Any,
    overrides: Mapping[str, Any] | None = None,
    replicates: int = DEFAULT_REPLICATES,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    smallest: Matters = None,
    command: Sequence[str] | None = None,
) -> Comparison:
    """Compare scenarios with a base, replicate by replicate on common random numbers.

    Parameters
    ----------
    base, *others : str, path, mapping or Scenario
        What `qisim.load` takes.
    overrides : mapping, optional
        Values by dotted key, laid over every scenario.
    smallest : float or mapping, optional
        Smallest difference that matters: for all shares, or by outcome.
    replicates, seed, engine, workers, scheduler, progress, command
        As in `run`.

    Returns
    -------
    Comparison
        With ``.runs``, ``.weekly``, ``.differences()``, ``.verdict()``, ``.plot()``, ``.save(dir)``.

    Raises
    ------
    InputError
        If a scenario or an option is wrong.
    Interrupted
        If the user stops it; carries the pairs that were finished.
    """
    from qisim import report
    from qisim.compare import Comparison, smallest_differences

    if not others:
        raise InputError("a comparison needs a base and at least one other scenario")
    smallest_differences(smallest)  # refused before anything is run
    named = unique_names([load(scenario, overrides) for scenario in (base, *others)])
    return _study(
        "compare", Comparison, named, replicates, seed, engine, workers, scheduler, progress,
        command, presenter=report, matters=smallest,
    )  # fmt: skip


# --- the flow --------------------------------------------------------------------------------------


@dataclass
class Finished:
    """What the runs so far have given, per scenario."""

    replicates: list[int] = field(default_factory=list)
    weekly: list[npt.NDArray[np.float64]] = field(default_factory=list)
    outcomes: list[dict[str, npt.NDArray[np.float64]]] = field(default_factory=list)
    failures: dict[int, str] = field(default_factory=dict)

    def add(self, batch: Batch, weekly: npt.NDArray, adopters: npt.NDArray) -> None:
        """Take in a batch; a run with a value that is not finite has failed."""
        fine = np.isfinite(weekly).all(axis=(0, 1))
        for replicate in batch.replicates[~fine]:
            self.failures[int(replicate)] = "a weekly series is not finite"
        weekly, end = weekly[:, :, fine], batch.site.end_week
        self.replicates += batch.replicates[fine].tolist()
        self.weekly.append(weekly)
        self.outcomes.append(outcomes_of(weekly, end - 1, adopters[fine]))


def _study(
    kind: str, form: Callable, scenarios: dict[str, Scenario], replicates: int, seed: int,
    engine: str, workers: int | None, scheduler: str | None, progress: Progress | None,
    command: Sequence[str] | None, **extra: Any,
) -> Any:  # fmt: skip
    """Check the options, make the runs, and put them together."""
    check_options(replicates, seed, engine, workers)
    begun = time.perf_counter()
    finished = {name: Finished() for name in scenarios}
    done, stopped = 0, False
    try:
        for batch, weekly, adopters, failed in _simulated(
            batches(scenarios, replicates, seed, _batch_size(engine, replicates, workers)),
            engine, workers or cores(), scheduler,
        ):  # fmt: skip
            if failed is None:
                finished[batch.name].add(batch, weekly, adopters)
            else:
                finished[batch.name].failures[int(batch.replicates[0])] = failed
            done += len(batch)
            if progress is not None:
                progress(done, replicates * len(scenarios))
    except KeyboardInterrupt:
        stopped = True
    manifest = _manifest(
        kind, command, scenarios, seed, replicates, engine, time.perf_counter() - begun,
        finished, stopped, extra,
    )  # fmt: skip
    if stopped:
        raise Interrupted(_result(form, scenarios, _paired(finished), manifest, extra))
    return _result(form, scenarios, finished, manifest, extra)


def check_options(replicates: int, seed: int, engine: str, workers: int | None) -> None:
    """Raise InputError with every option that is out of range."""
    problems = [
        _whole("replicates", replicates, 1, MAX_REPLICATES),
        _whole("seed", seed, 0, MAX_SEED),
        None if workers is None else _whole("workers", workers, 1, 4096),
    ]
    if engine not in ENGINES:
        problems.append(
            Problem(
                "unknown engine", key="engine", value=engine, allowed=" or ".join(ENGINES),
                nearest=nearest_name(str(engine), ENGINES),
            )  # fmt: skip
        )
    found = [problem for problem in problems if problem is not None]
    if found:
        raise InputError(found)


def _whole(name: str, value: Any, low: int, high: int) -> Problem | None:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if whole and low <= value <= high:
        return None
    what = "out of range" if whole else "not a whole number"
    return Problem(what, key=name, value=value, allowed=f"whole number from {low} to {high}")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _batch_size(engine: str, replicates: int, workers: int | None) -> int:
    """Return runs per batch; the Mesa engine is slow, so a batch of it is small."""
    if engine == "compiled":
        return BATCH * (workers or cores())
    return max(1, min(8, -(-replicates // (workers or cores()))))


Simulated = tuple[Batch, npt.NDArray, npt.NDArray, str | None]


def _simulated(
    work: Iterable[Batch], engine: str, workers: int, scheduler: str | None
) -> Iterator[Simulated]:
    """Run batches where they are to be run; yield them in their order."""
    if scheduler is not None:
        from qisim.cluster import mapped

        for answers in mapped(simulate_safely, work, engine, scheduler):
            yield from answers
    elif engine == "mesa" and workers > 1:
        yield from _in_processes(work, engine, workers)
    else:
        for batch in work:
            yield from simulate_safely(batch, engine, workers)


def _in_processes(work: Iterable[Batch], engine: str, workers: int) -> Iterator[Simulated]:
    """Run batches in worker processes, a few ahead of what is taken."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        try:
            for answers in pool.map(simulate_safely, work, _forever(engine)):
                yield from answers
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _forever(thing: Any) -> Iterator[Any]:
    while True:
        yield thing


def simulate_safely(batch: Batch, engine: str, workers: int = 1) -> list[Simulated]:
    """Run a batch; if it fails, run by run, so that one bad run costs no other."""
    try:
        return [(batch, *simulate(batch, engine, workers), None)]
    except Exception:
        if len(batch) == 1:
            return [(batch, np.empty(0), np.empty(0), traceback.format_exc())]
    return [
        answer
        for number in range(len(batch))
        for answer in simulate_safely(batch.single(number), engine)
    ]


def simulate(batch: Batch, engine: str, workers: int = 1) -> tuple[npt.NDArray, npt.NDArray]:
    """Run a batch on an engine; see `qisim.engine.model.simulate`."""
    module = import_module(ENGINES[engine])
    return module.simulate(batch.site, batch.rows, batch.seed, batch.replicates, workers=workers)


def _paired(finished: dict[str, Finished]) -> dict[str, Finished]:
    """Drop replicates that not every scenario has finished."""
    shared = set.intersection(*(set(f.replicates) | set(f.failures) for f in finished.values()))
    for one in finished.values():
        sizes = np.cumsum([0, *(page.shape[2] for page in one.weekly)])
        keep = [np.isin(one.replicates[a:b], list(shared)) for a, b in zip(sizes, sizes[1:])]
        one.weekly = [page[:, :, k] for page, k in zip(one.weekly, keep, strict=True)]
        one.outcomes = [
            {name: values[k] for name, values in page.items()}
            for page, k in zip(one.outcomes, keep, strict=True)
        ]
        one.replicates = [r for r in one.replicates if r in shared]
        one.failures = {r: why for r, why in one.failures.items() if r in shared}
    return finished


def _result(
    form: Callable, scenarios: dict[str, Scenario], finished: dict[str, Finished],
    manifest: dict[str, Any], extra: dict[str, Any],
) -> Any:  # fmt: skip
    """Put the tables together; None when nothing was finished."""
    import pandas as pd

    from qisim.results import runs_frame, weekly_frame

    if not any(one.replicates or one.failures for one in finished.values()):
        return None
    runs, weekly = [], []
    for name, one in finished.items():
        outcomes = {
            outcome: np.concatenate([page[outcome] for page in one.outcomes])
            for outcome in (OUTCOMES if one.outcomes else ())
        }
        runs.append(runs_frame(name, one.replicates, outcomes, sorted(one.failures)))
        if one.replicates:
            weekly.append(weekly_frame(name, one.replicates, np.concatenate(one.weekly, axis=2)))
    tables = pd.concat(runs, ignore_index=True), pd.concat(weekly, ignore_index=True)
    resolved = {name: scenario.to_dict() for name, scenario in scenarios.items()}
    return form(*tables, resolved, manifest, **extra)


def _manifest(
    kind: str, command: Sequence[str] | None, scenarios: dict[str, Scenario], seed: int,
    replicates: int, engine: str, wall_time: float, finished: dict[str, Finished], stopped: bool,
    extra: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    from qisim.folder import manifest_of

    return manifest_of(
        kind,
        list(command or sys.argv),
        {name: scenario.to_dict() for name, scenario in scenarios.items()},
        {name: scenario.digest for name, scenario in scenarios.items()},
        seed=int(seed),
        replicates=int(replicates),
        engine=engine,
        wall_time_s=wall_time,
        settings={name: value for name, value in extra.items() if name != "presenter"},
        failures=[
            {"scenario": name, "replicate": replicate, "reason": reason}
            for name, one in finished.items()
            for replicate, reason in sorted(one.failures.items())
        ],
        interrupted=stopped,
    )
