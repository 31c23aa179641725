"""One life of a study, the same for every verb.

A study claims its folder before anything is computed; makes its runs through the run store; when it
is stopped, keeps what is finished by then and puts it together; and writes tables before figures,
and last of all the manifest that marks it as finished. A verb defines what its manifest holds, how
its runs are made and how the result is put together; the rest is here.
"""

from __future__ import annotations

import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from typing import Any

from qisim.errors import Interrupted, RunError
from qisim.model.outcomes import WEEKLY
from qisim.output.folder import claim, give_up, holds_more
from qisim.output.manifest import manifest_of
from qisim.runs.batch import Batch
from qisim.runs.options import Options
from qisim.runs.scenario_store import Finished, finished
from qisim.stopping import stoppable, undisturbed


class Lifecycle(ABC):
    """A study in progress: the base class of every verb's study.

    Parameters
    ----------
    options : Options
        How it is run.

    Attributes
    ----------
    interrupted : bool
        Whether it was stopped before it was finished.
    done : int
        Runs that are finished.
    has_result : bool
        Whether there is a result to keep.
    quick : bool
        Whether putting the result together takes only a moment, for which an interruption waits.
    """

    quick = True

    def __init__(self, options: Options) -> None:
        self.options = options
        self.begun, self.interrupted, self.done = time.perf_counter(), False, 0
        self.has_result = False

    # --- what a verb defines ---

    @abstractmethod
    def manifest(self) -> dict[str, Any]:
        """Return the present manifest."""

    @abstractmethod
    def make(self) -> None:
        """Make the runs and collect the results."""

    @abstractmethod
    def put_together(self) -> Any:
        """Return the result of what is finished; None where that is not enough for one."""

    def save(self, result: Any) -> None:
        """Write the folder."""
        result.save(self.options.out)

    # --- what is the same for all ---

    def result(self) -> Any:
        """Run the study: claim the folder, make the runs, put them together, write.

        Raises
        ------
        StoreError
            If the folder belongs to another study or cannot be written.
        Interrupted
            If somebody stops it; what was finished is kept, and with the exception.
        RunError
            If the processes or the cluster are lost; what was finished is kept.
        """
        out = self.options.out
        with stoppable():
            free = out is not None and claim(out, self.manifest())
            try:
                result, lost = self._live()
            finally:
                if free and not self.has_result:
                    give_up(str(out), self.manifest())
        if lost is not None:
            raise lost
        if self.interrupted:
            raise Interrupted(result)
        return result

    def _live(self) -> tuple[Any, RunError | None]:
        """Return the result and the loss of the workers, if any, once everything is written."""
        lost: RunError | None = None
        result = None
        try:
            self.make()
        except KeyboardInterrupt:
            self.interrupted = True
        except RunError as error:  # the processes or the cluster are lost: keep what is finished
            self.interrupted, lost = True, error
        try:
            with undisturbed() if self.quick else nullcontext():
                result = self.put_together()
        except KeyboardInterrupt:
            self.interrupted = True
        self.has_result = result is not None
        try:
            self._write(result)
        except KeyboardInterrupt:
            self.interrupted = True
        return result, lost

    def _write(self, result: Any) -> None:
        """Write the folder, unless it holds the finished study and this is a part of it."""
        if self.options.out is None or result is None:
            return
        if not holds_more(self.options.out, result.manifest):
            self.save(result)

    def answers(
        self, work: Callable[[int], Iterable[Batch]], runs: int, total: int,
        series: Sequence[str] = tuple(WEEKLY),
    ) -> Iterator[Finished]:  # fmt: skip
        """Yield the runs of batches, from the store or made just now, and show how far it is.

        Parameters
        ----------
        work, runs, series
            As for `qisim.runs.scenario_store.finished`.
        total : int
            Runs of the whole study.
        """
        with closing(finished(work, self.options, runs, series)) as answers:
            for answer in answers:
                yield answer
                self.done += len(answer.batch)
                if self.options.progress is not None:
                    self.options.progress(self.done, total)

    def manifest_of(
        self, kind: str, scenarios: Mapping[str, Mapping[str, Any]], digests: Mapping[str, str],
        **more: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """Return a manifest with what is the same for all: command, engine, seed, time, state."""
        options = self.options
        given = {
            "seed": int(options.seed), "replicates": int(options.replicates),
            "engine": options.engine, "wall_time_s": time.perf_counter() - self.begun,
            "interrupted": self.interrupted,
        }  # fmt: skip
        return manifest_of(
            kind, list(options.command or sys.argv), scenarios, digests, **{**given, **more}
        )
