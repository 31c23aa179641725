"""Run a scenario, or compare several: what the command line, the notebooks and the app all call.

How the runs are made stands in `qisim.comparison.flow`. Heavy libraries are loaded when they are needed,
not when the file is imported.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qisim.comparison.flow import Study
from qisim.design.ensemble import ACCEPTABLE
from qisim.design.sites import number_of
from qisim.errors import InputError, Problem, ScenarioError, not_one_of
from qisim.output.manifest_check import are_earlier_looks
from qisim.runs.options import DEFAULT_REPLICATES, MAX_REPLICATES, Options, Progress, verb
from qisim.runs.theories import problems_with
from qisim.scenario.scenario import Scenario, load_in_ward, unique_names, without_programme

if TYPE_CHECKING:
    from qisim.comparison.comparison import Comparison
    from qisim.comparison.matters import Matters
    from qisim.comparison.side_by_side import Pairing
    from qisim.output.result import Result

PAIRINGS = ("base", "all")
"""Which pairs of several plans can be asked for."""

__all__ = ["DEFAULT_REPLICATES", "MAX_REPLICATES", "Options", "Progress", "Study", "compare", "run"]


@verb()
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
    options = at_their_sites(options, named)
    return Study("run", Result, named, options, {}).result()


@verb()
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
    earlier: Sequence[Mapping[str, Any]] | None = None,
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
    earlier : sequence of mapping, optional
        Earlier looks at the same pairs, as ``earlier_looks`` of a manifest has them. By default those on record
        in the store; an empty one says that there were none, which is for who knows that.
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
    from qisim.comparison.comparison import Comparison
    from qisim.comparison.matters import smallest_differences

    if not others and not against_nothing:
        raise InputError("a comparison needs a base and at least one other scenario")
    options = Options(
        replicates, seed, engine, workers, scheduler, out, progress, command, over, store,
        sites=sites, theories=theories, earlier=earlier,
    )  # fmt: skip
    wrong = options.problems(set)
    if pairs not in PAIRINGS:
        wrong.append(not_one_of("pairs", pairs, PAIRINGS))
    if earlier is not None and not are_earlier_looks(earlier):
        allowed = "a list as under earlier_looks of a manifest"
        wrong.append(Problem("are no looks", key="earlier", value=str(earlier), allowed=allowed))
    if theories:
        wrong += theory_problems(options, until_decided)
    try:
        smallest_differences(matters)
    except InputError as refused:
        wrong += refused.problems
    named = _loaded([base, *others], set, wrong, site)
    if against_nothing:
        named = unique_names([without_programme(next(iter(named.values()))), *named.values()])
    options = at_their_sites(options, named)
    settings: dict[str, Any] = {"matters": matters}
    if until_decided:
        settings["until_decided"] = True
    if pairs != "base":
        settings["pairs"] = pairs
    return Study("compare", Comparison, named, options, settings).result()


def at_their_sites(options: Options, scenarios: Mapping[str, Scenario]) -> Options:
    """Return options with the number of sites that the scenarios' files say, where none is asked for."""
    return replace(options, sites=number_of(options.sites, scenarios.values()))


def theory_problems(options: Options, until_decided: bool) -> list[Problem]:
    """Return the problems of options that cannot be combined with theories in a comparison."""
    found = problems_with(options)
    if until_decided:
        found.append(
            Problem(
                "looks at one theory only; leave out either it or --theories", key="until_decided"
            )
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
