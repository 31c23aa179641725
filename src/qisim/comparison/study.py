"""The flow of the house: scenarios -> runs -> engine -> results -> comparison.

The command line, the notebooks and the app all call the functions of this file. Heavy libraries are
loaded when they are needed, not when the file is imported.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qisim.comparison.collector import Collector
from qisim.design.ensemble import ACCEPTABLE, Ensemble, ensemble
from qisim.design.sites import Sites
from qisim.design.theories import describe_theories
from qisim.errors import InputError, Problem, ScenarioError, nearest_name
from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.model.theories import THEORIES
from qisim.output.file_bytes import digest_of_json
from qisim.runs.batch import Batch, batches
from qisim.runs.lifecycle import Lifecycle
from qisim.runs.options import DEFAULT_REPLICATES, MAX_REPLICATES, Options, Progress
from qisim.runs.theories import problems_with
from qisim.scenario.scenario import Scenario, load_in_ward, unique_names, without_programme
from qisim.scenario.ward import ward_notes

if TYPE_CHECKING:
    from qisim.comparison.comparison import Comparison, Matters
    from qisim.comparison.side_by_side import Pairing
    from qisim.output.result import Result

Array = npt.NDArray[np.float64]
PAIRINGS = ("base", "all")
"""Which pairs of several plans can be asked for."""

__all__ = ["DEFAULT_REPLICATES", "MAX_REPLICATES", "Options", "Progress", "Study", "compare", "run"]


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
    store: str | os.PathLike[str] | None = None,
    site: str | os.PathLike[str] | None = None,
    sites: int | None = None,
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
    store : path, optional
        Folder of the run store, by default that of all studies: a run that is there is not made again.
    site : path, optional
        A file that describes a ward, in which the programme is to run; see `qisim.scenario.ward`.
    sites : int, optional
        Run at so many sites like the scenario's own, not at this one site alone: replicate r is at site
        r mod n; see `qisim.design.sites`.

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

    options = Options(
        replicates, seed, engine, workers, scheduler, out, progress, command, over, store,
        sites=sites,
    )  # fmt: skip
    named = _loaded([scenario], set, options.problems(set), site)
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
    store: str | os.PathLike[str] | None = None,
    site: str | os.PathLike[str] | None = None,
    until_decided: bool = False,
    sites: int | None = None,
    against_nothing: bool = False,
    pairs: Pairing = "base",
    theories: bool = False,
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
    replicates, seed, engine, workers, scheduler, out, over, progress, command, store, site, sites
        As in `run`. Over sets of values, what differs between the scenarios stays as it is.
    against_nothing : bool, optional
        Compare all of them with the site of `base` without any programme: what each adds.
    pairs : {"base", "all"}, optional
        Whether each of the others is compared with the base, or every pair.
    theories : bool, optional
        Run all of it under every rival theory as well; see `qisim.comparison.theories`.
    until_decided : bool, optional
        Look at 200, 400, ... and at most `replicates` pairs, with intervals that hold at every look, and
        stop when every outcome is settled; see `qisim.comparison.sequential`.

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

    if not others and not against_nothing:
        raise InputError("a comparison needs a base and at least one other scenario")
    options = Options(
        replicates, seed, engine, workers, scheduler, out, progress, command, over, store,
        sites=sites, theories=theories,
    )  # fmt: skip
    wrong = options.problems(set)
    if pairs not in PAIRINGS:
        wrong.append(Problem("is none of the words", key="pairs", value=pairs, allowed=" | ".join(PAIRINGS),
                             nearest=nearest_name(str(pairs), PAIRINGS)))  # fmt: skip
    if theories:
        wrong += theory_problems(options, until_decided)
    try:
        smallest_differences(matters)
    except InputError as refused:
        wrong += refused.problems
    named = _loaded([base, *others], set, wrong, site)
    if against_nothing:
        named = unique_names([without_programme(next(iter(named.values()))), *named.values()])
    settings: dict[str, Any] = {"matters": matters}
    if until_decided:
        settings["until_decided"] = True
    if pairs != "base":
        settings["pairs"] = pairs
    return Study("compare", Comparison, named, options, settings).result()


def theory_problems(options: Options, until_decided: bool) -> list[Problem]:
    """Return what does not go with theories in a comparison."""
    found = problems_with(options)
    if until_decided:
        found.append(
            Problem("looks at one theory only; leave it or --theories out", key="until_decided")
        )
    if options.over is not None and str(options.over) != ACCEPTABLE:
        message = "are sets for the model as shipped; a theory has strengths of its own"
        allowed = f"with --theories: {ACCEPTABLE}, which stands for each theory's own sets"
        found.append(Problem(message, key="over", value=options.over, allowed=allowed))
    return found


def _loaded(
    sources: Sequence[Any], changes: Mapping[str, Any] | None, wrong: list[Problem],
    site: str | os.PathLike[str] | None = None,
) -> dict[str, Scenario]:  # fmt: skip
    """Load scenarios by name; raise all that is wrong with them and with the rest of the input."""
    error, scenarios = InputError if wrong else ScenarioError, []
    for source in sources:
        try:
            scenarios.append(load_in_ward(source, site, changes))
        except ScenarioError as refused:
            wrong = wrong + refused.problems
    if wrong:
        raise error(list(dict.fromkeys(wrong)))
    return unique_names(scenarios)


# --- the flow --------------------------------------------------------------------------------------


class Presenter:
    """Draws with `qisim.comparison.report`, which takes a second to load and so waits until it is needed."""

    def plot(
        self, result: Any, name: str | None = None, *, ax: Any = None, width_mm: float | None = None
    ) -> Any:
        """Return one figure of the result, or draw it into axes and return these."""
        from qisim.comparison import report

        return report.plot(result, name, ax=ax, width_mm=width_mm)

    def caption(self, result: Any, name: str | None = None) -> str:
        """Return title and caption of one figure."""
        from qisim.comparison import report

        return report.caption(result, name)

    def pages(self, result: Any) -> Mapping[str, bytes]:
        """Return the figures and the report as files."""
        from qisim.comparison import report

        return report.pages(result)


def groups_of(over: Ensemble | None, like: Sites | None) -> int | None:
    """Return after how many replicates sets, or else sites, come round again; None where neither is."""
    if over is not None:
        return len(over.values)
    return None if like is None else like.number


class Study(Lifecycle):
    """Scenarios on their way to a result.

    Parameters
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

    def __init__(
        self, kind: str, form: Callable[..., Any], scenarios: dict[str, Scenario], options: Options,
        settings: dict[str, Any],
    ) -> None:  # fmt: skip
        super().__init__(options)
        self.kind, self.form, self.scenarios, self.settings = kind, form, scenarios, settings
        self.finished = {name: Collector() for name in scenarios}
        self.over: Ensemble | None = None
        if options.over is not None:
            self.over = ensemble(options.over).for_study(scenarios.values())
        self.under_theories: list[Any] = []
        self.like: Sites | None = None
        if options.sites is not None:
            self.like = Sites(options.sites, options.seed).for_study(scenarios.values())

    def make(self) -> None:
        """Run every replicate of every scenario."""
        if self.settings.get("until_decided"):
            self._make_until_decided()
        else:
            self._make_part(0, self.options.replicates)
        if self.options.theories:
            self._make_under_theories()

    def _make_under_theories(self) -> None:
        """Make the same runs under every rival theory."""
        from qisim.comparison.theories import runs_under

        begun, total = self.done, self._total()

        def told(done: int) -> None:
            self.done = begun + done
            if self.options.progress is not None:
                self.options.progress(self.done, total)

        for name in THEORIES:
            self.under_theories.append(runs_under(name, self.scenarios, self.options, told))
            begun = self.done

    def _total(self) -> int:
        """Return how many runs there are in all."""
        theories = len(THEORIES) if self.options.theories else 0
        return self.options.replicates * len(self.scenarios) * (1 + theories)

    def _make_part(self, begin: int, end: int) -> None:
        """Run some replicates of every scenario."""
        options = self.options

        def work(size: int) -> Iterator[Batch]:
            return batches(self.scenarios, end, options.seed, size, self.over, begin, self.like)

        for answer in self.answers(work, end - begin, self._total()):
            self.finished[answer.batch.name].add(answer)

    def _make_until_decided(self) -> None:
        """Run from look to look, until all is settled or the last look is over."""
        from qisim.comparison.comparison import smallest_differences
        from qisim.comparison.context import posts
        from qisim.comparison.sequential import looks
        from qisim.comparison.side_by_side import asked_pairs
        from qisim.comparison.until_decided import looked_over

        planned, begin = looks(self.options.replicates), 0
        smallest = smallest_differences(self.settings["matters"])
        sizes = {name: posts(scenario.to_dict()) for name, scenario in self.scenarios.items()}
        sets = groups_of(self.over, self.like)
        pairs = asked_pairs(list(self.scenarios), self.settings.get("pairs", "base"))
        for end in planned:
            self._make_part(begin, end)
            begin, runs = end, self._runs()
            if all(
                looked_over(runs, one, planned, smallest, sizes, sets)[0].finished for one in pairs
            ):
                return

    def _runs(self) -> Any:
        """Return the table of runs so far."""
        import pandas as pd

        from qisim.output.tables import runs_frame

        frames = []
        for name, one in self.finished.items():
            table = np.concatenate([*one.outcomes, np.empty((0, len(OUTCOMES)))])
            outcomes = dict(zip(OUTCOMES, table.T, strict=True))
            frames.append(runs_frame(name, one.replicates, outcomes, sorted(one.failures)))
        return pd.concat(frames, ignore_index=True)

    def grouped_runs(self, first: int = 0) -> Any:
        """Make the replicates from `first` on; return their table, with what groups them."""
        from qisim.comparison.layer_table import with_groups

        self._make_part(first, first + self.options.replicates)
        return with_groups(self._runs(), None if self.over is None else len(self.over), self.like)

    def put_together(self) -> Any:
        """Return the result of what is finished; None when nothing is."""
        if self.interrupted:
            shared = frozenset.intersection(*(one.done for one in self.finished.values()))
            self.finished = {name: one.only(shared) for name, one in self.finished.items()}
        if not any(one.done for one in self.finished.values()):
            return None
        resolved = {name: scenario.to_dict() for name, scenario in self.scenarios.items()}
        settings = dict(self.settings)
        if self.under_theories:
            settings["under_theories"] = self.under_theories
        return self.form(
            *self.tables(), resolved, self.manifest(), presenter=Presenter(), **settings
        )

    def tables(self) -> tuple[Any, Any]:
        """Return the table of runs and the table of weeks."""
        import pandas as pd

        from qisim.output.tables import weekly_frame

        weekly = []
        for name, one in self.finished.items():
            pages = one.weekly or [np.empty((1, len(WEEKLY), 0))]
            weekly.append(weekly_frame(name, one.replicates, np.concatenate(pages, axis=2)))
        return self._runs(), pd.concat(weekly, ignore_index=True)

    def made_before(self) -> int:
        """Return how many of the first pairs a comparison found in the store; 0 where it found all or none."""
        if self.kind != "compare" or self.settings.get("until_decided"):
            return 0
        shared = frozenset.intersection(*(frozenset(one.stored) for one in self.finished.values()))
        made = len(frozenset.union(*(one.done for one in self.finished.values())))
        before = next(number for number in range(len(shared) + 1) if number not in shared)
        return before if before < made else 0

    def manifest(self) -> dict[str, Any]:
        """Return the manifest as of now."""
        found = self.manifest_of(
            self.kind,
            {name: scenario.to_dict() for name, scenario in self.scenarios.items()},
            {name: scenario.digest for name, scenario in self.scenarios.items()},
            settings=self.settings,
            failures=[
                {"scenario": name, "replicate": replicate, "reason": reason}
                for name, one in self.finished.items()
                for replicate, reason in sorted(one.failures.items())
            ],
        )
        if before := self.made_before():
            found["made_before"] = before
        if notes := ward_notes(self.scenarios):
            found["ward_notes"] = notes
        if self.over is not None:
            found["over"] = self.over.to_dict()
            found["study_digest"] = digest_of_json([found["study_digest"], found["over"]])
        if self.like is not None:
            found["sites"] = self.like.to_dict()
            found["study_digest"] = digest_of_json([found["study_digest"], found["sites"]])
        if self.options.theories:
            found["theories"] = describe_theories()
            found["study_digest"] = digest_of_json([found["study_digest"], found["theories"]])
        return found
