"""The options of a study, shared by all verbs."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from qisim.design.ensemble import ensemble
from qisim.design.sites import MOST
from qisim.errors import InputError, Problem, UnknownKeywordError, nearest_name, not_whole
from qisim.model.draws import MAX_SEED
from qisim.runs.executor import ENGINES, unknown_engine
from qisim.scenario.fields import SHORT

MAX_REPLICATES = 20_000
"""Of one scenario, with every week kept; a sweep, which keeps outcomes only, takes more."""
DEFAULT_REPLICATES = 200

Progress = Callable[[int, int], None]
"""Called with the runs done and the runs to do."""

P = ParamSpec("P")
R = TypeVar("R")

OF_POINTS = ("engine", "workers", "scheduler", "store", "keep", "progress", "retry_failed", "tell")
"""Options of verbs that make the runs of designed points."""
OF_QUESTIONS = ("replicates", "seed", "engine", "workers", "scheduler", "out", "over", "store", "keep",
                "progress", "command", "tell")  # fmt: skip
"""Options of verbs that answer a question about scenarios."""


def verb(*options: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a function to refuse unknown keywords, naming the nearest known one.

    Parameters
    ----------
    *options : str
        Options that it takes besides the keywords that it names itself.

    Raises
    ------
    UnknownKeywordError
        When the function is called with others; each is named.
    """

    def knowing(function: Callable[P, R]) -> Callable[P, R]:
        code = getattr(function, "__wrapped__", function).__code__
        named = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        known = dict.fromkeys([*named, *options])

        @wraps(function)
        def checked(*args: P.args, **given: P.kwargs) -> R:
            strange = [name for name in given if name not in known]
            if strange:
                message, allowed = f"is not a keyword of {function.__name__}", ", ".join(known)
                raise UnknownKeywordError([
                    Problem(message, key=name, allowed=allowed, nearest=nearest_name(name, known))
                    for name in strange
                ])  # fmt: skip
            return function(*args, **given)

        return checked

    return knowing


def several(given: Any) -> list[Any]:
    """Return what a verb takes several of as a list; a word or a table alone stands for itself."""
    return [given] if isinstance(given, str | Mapping) else list(given)


@dataclass(frozen=True)
class Options:
    """How to run a study.

    Attributes
    ----------
    replicates : int
        Runs of each scenario.
    seed : int
        Seed of the study.
    engine : {"compiled", "mesa"}
        Both give the same numbers to the last bit.
    workers : int, optional
        Threads (compiled) or processes (mesa); by default one per core. Results do not depend on it.
    scheduler : str, Client or cluster, optional
        Address of an existing Dask scheduler, or a client or cluster of Dask; the runs are made there.
    out : path, optional
        Folder for the results.
    progress : callable, optional
        Called with runs made and runs to make.
    command : sequence of str, optional
        The command as typed, for the manifest.
    over : str, path or Ensemble, optional
        Sets of values to run over; see `qisim.design.ensemble`.
    sites : int, optional
        Sites like each scenario's own to run at; see `qisim.design.sites`.
    theories : bool, optional
        Whether it is run under every rival theory as well; see `qisim.runs.theories`.
    earlier : sequence of mapping, optional
        Which looks at which pairs were before, in place of the record (`qisim.runs.looked`).
    store : path, optional
        Folder of the run store; by default `qisim.runs.store.default_folder`.
    keep : bool, optional
        Whether runs of scenarios are kept in the store, and read from it.
    retry_failed : bool, optional
        Whether to repeat runs that failed before.
    tell : callable, optional
        Called with a sentence for every file of the store that was set aside; warns by default.
    """

    replicates: int = DEFAULT_REPLICATES
    seed: int = 1
    engine: str = "compiled"
    workers: int | None = None
    scheduler: Any = None
    out: str | os.PathLike[str] | None = None
    progress: Progress | None = None
    command: Sequence[str] | None = None
    over: Any = None
    store: str | os.PathLike[str] | None = None
    keep: bool = True
    retry_failed: bool = False
    tell: Callable[[str], None] | None = None
    sites: int | None = None
    theories: bool = False
    earlier: Sequence[Mapping[str, Any]] | None = None

    def problems(self, changes: Mapping[str, Any] | None = None) -> list[Problem]:
        """Return everything that is wrong with them, or with them and the changes together."""
        found = [
            not_whole("replicates", self.replicates, 1, MAX_REPLICATES),
            not_whole("seed", self.seed, 0, MAX_SEED),
        ]
        wrong = [problem for problem in found if problem is not None]
        if self.sites is not None:
            few = not_whole("sites", self.sites, 1, MOST)
            wrong += [few] if few is not None else []
        return wrong + self.machine_problems() + self._over_problems(changes)

    def machine_problems(self) -> list[Problem]:
        """Return the problems of engine and workers."""
        found = [
            None if self.workers is None else not_whole("workers", self.workers, 1, 4096),
            None if self.engine in ENGINES else unknown_engine(self.engine),
        ]
        return [problem for problem in found if problem is not None]

    def _over_problems(self, changes: Mapping[str, Any] | None) -> list[Problem]:
        """Return the problems of the sets of values; what they vary cannot be set as well."""
        if self.over is None:
            return []
        try:
            over = ensemble(self.over)
        except InputError as refused:
            return refused.problems
        both = [key for key in changes or {} if SHORT.get(key, key) in over.keys]
        message = f"is what the sets of {over.name} vary; leave one of the two out"
        return [Problem(message, key=key) for key in both]

    def say(self, sentence: str) -> None:
        """Pass a message to the user while the study runs."""
        if self.tell is None:
            warnings.warn(sentence, stacklevel=2)
        else:
            self.tell(sentence)
