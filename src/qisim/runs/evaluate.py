"""The interface for other tools: a problem as SALib takes it, and the model as a plain function of a matrix.

`problem` says what varies and over which ranges; `evaluate` takes a matrix with a row per point and a
column per input, and gives a matrix with a row per point and a column per outcome. SALib, EMA Workbench,
Optuna, pymoo or a few lines of your own can drive the model with these two.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qisim.design.plan import Plan, without_prices
from qisim.design.plan_file import read
from qisim.design.run_table import RunTable
from qisim.design.sampling import problem as salib_problem
from qisim.errors import InputError, Problem, RunError, not_one_of, not_whole
from qisim.model.draws import MAX_REPLICATE, MAX_SEED
from qisim.model.outcomes import OUTCOMES, PAID_OUTCOMES, REPORTED
from qisim.runs.chunks import Chunk, Cutter, cut, made, piece_size
from qisim.runs.executor import ENGINES, places, unknown_engine
from qisim.runs.options import verb
from qisim.runs.paid import OUTSIDE, WRITING, fixed_hours, paid_values
from qisim.runs.points_given import points_given
from qisim.scenario.scenario import Scenario
from qisim.scenario.ward import in_ward

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]
Source = str | os.PathLike[str] | Mapping[str, Any] | Scenario

PLAN = "plan"
"""Key of a problem that holds everything `evaluate` needs."""

WHOLE = (
    "takes whole numbers, which no sampler of SALib gives; leave it out here, or give `evaluate` the "
    "scenario, what varies, and points with whole numbers of your own"
)


@verb()
def problem(
    scenario: Source,
    other: Source | None = None,
    vary: Any = "uncertain",
    outcomes: Sequence[str] | str = ("adoption_mean",),
    *,
    groups: str = "parameter",
    set: Mapping[str, Any] | None = None,
    site: str | os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """Return the inputs of a study as a problem that SALib takes.

    Parameters
    ----------
    scenario : str, path, mapping or Scenario
        What `qisim.load` takes.
    other : the same, optional
        Then outcomes are of the difference: `other` less `scenario`, on the same random numbers.
    vary : str, mapping or list, optional
        What varies, as in a study file: a role (``"uncertain"``, ``"lever"``, ``"context"``), a
        factor, a parameter, ``"allocation"``, a mapping such as ``{"parameter": "tool.fit", "low": 0.5,
        "high": 0.8}``, or a list of these. A mapping from keys to ranges will do as well:
        ``{"tool.fit": (0.5, 0.8)}``. Choices vary over words, ``{"programme.target": ["leaders", "both"]}``,
        and so does the whole programme, ``{"programme": ["external", "internal"]}``, laid over the site of
        `scenario`; SALib samples a number between 0 and how many words there are, and its whole part counts
        them.
    outcomes : sequence of str, optional
        Names in `qisim.model.outcomes.REPORTED`: outcomes of a run, hours that are paid for, their cost in
        kroner (``paid_cost``, where the scenario has prices).
    groups : {"parameter", "factor"}, optional
        Whether SALib is to take all inputs of a factor together.
    set : mapping, optional
        Values by dotted key, laid over the scenarios.
    site : path, optional
        A file that describes the ward of both scenarios; it wins over every shipped ward.

    Returns
    -------
    dict
        ``names``, ``num_vars``, ``bounds``, ``dists``, ``outputs``, and ``groups`` if asked for; the
        plan behind it under ``"plan"``. ``SALib.ProblemSpec(problem)`` takes it as it is.

    Raises
    ------
    StudyError
        If anything is wrong; all problems are listed.
    InputError
        If a parameter that takes whole numbers is to vary: SALib's samplers give fractions.
    """
    with in_ward(site, scenario, other):
        plan = _read(scenario, other, vary, outcomes, groups, set)
    whole = [one.name for one in plan.inputs if one.whole and not one.words]
    if whole:
        raise InputError(
            [Problem(WHOLE, key=name, allowed="numbers with a fraction") for name in whole]
        )
    return {**salib_problem(plan), "outputs": list(plan.outcomes), PLAN: plan}


def _read(
    scenario: Source, other: Source | None, vary: Any, outcomes: Sequence[str] | str,
    groups: str = "parameter", set: Mapping[str, Any] | None = None,
) -> Plan:  # fmt: skip
    """Return a study as a plan."""
    held = {
        "scenarios": [_source(one) for one in (scenario, other) if one is not None],
        "vary": _entries(vary),
        "outcomes": [outcomes] if isinstance(outcomes, str) else list(outcomes),
        "analysis": {"method": "pawn", "groups": groups},
    }
    return read(held, set=set)


def _source(one: Source) -> Any:
    """Return a scenario as an entry of a study."""
    return one if isinstance(one, Mapping | Scenario) else os.fspath(one)


def _entries(vary: Any) -> Any:
    """Return what varies as entries of a study; ranges by key become entries of their own."""
    if not isinstance(vary, Mapping) or {"parameter", "role", "factor", "allocation"} & vary.keys():
        return vary
    return [
        {"parameter": key, "values": list(ends)}
        if isinstance(ends, list | tuple) and all(isinstance(word, str) for word in ends)
        else {"parameter": key, "low": ends[0], "high": ends[1]}
        if isinstance(ends, list | tuple) and len(ends) == 2
        else {"parameter": key, **ends}
        if isinstance(ends, Mapping)
        else {"parameter": key, "low": ends, "high": ends}  # refused, with its key
        for key, ends in vary.items()
    ]


@verb()
def evaluate(
    x: npt.ArrayLike | pd.DataFrame | Mapping[str, Any],
    problem: Source,
    other: Source | None = None,
    vary: Any = "uncertain",
    *,
    outcomes: Sequence[str] | str | None = None,
    replicates: int = 16,
    seed: int = 1,
    random_numbers: str = "common",
    missing: str = "raise",
    errors: bool = False,
    workers: int | None = None,
    engine: str = "compiled",
    scheduler: Any = None,
) -> Any:
    """Run the model at points and return mean outcomes.

    Nothing is stored: for a large design that must survive a crash, write a study file and use
    ``qisim sweep``.

    Parameters
    ----------
    x : array_like, shape (points, inputs) or (inputs,); or DataFrame, Series or mapping
        Values in the inputs' own units. Columns of a matrix stand in the order of the problem's ``names``;
        those of a DataFrame (or the keys of a Series or mapping, which is one point) are matched by name.
        Values may lie outside the plausible ranges, but not outside what a scenario may hold. A choice
        takes its words, or numbers whose whole part counts the words from 0.
    problem : dict or scenario
        As from `qisim.problem`, or a scenario together with `other` and `vary`.
    other, vary : optional
        As in `qisim.problem`, where `problem` is a scenario.
    outcomes : sequence of str, optional
        As in `qisim.problem`; by default the problem's.
    replicates : int, optional
        Runs per point, whose mean is returned.
    seed : int, optional
        Seed of all random numbers; 0 is a seed like any other.
    random_numbers : {"common", "fresh"}, optional
        Whether all points share their replicates, or each has its own. Those of its own follow from
        the values of the point, so they do not depend on the points beside it, on how the matrix is cut
        or on who asks when; the same point twice has the same runs. Another seed gives others.
    missing : {"raise", "nan"}, optional
        What to do where a run has no value (half was never reached, say): raise, or leave it out of
        the mean, which is NaN where no run has a value. Such a mean describes only the runs with a
        value.
    errors : bool, optional
        Whether standard errors of the means are returned as well, for optimisers that allow for noise. They
        are of each point by itself: under common random numbers points err alike. With one replicate they
        are NaN.
    workers, engine, scheduler : optional
        As in `qisim.run`. Results do not depend on them.

    Returns
    -------
    ndarray of float, shape (points, outcomes)
        Of the difference where there are two scenarios. For one outcome shape (points,), for one point
        (outcomes,), for one of both a number. A DataFrame, with the same index, where `x` is one. With
        `errors` a pair of these: means, and their standard errors.

    Raises
    ------
    InputError
        If the problem, the matrix or an option is wrong; every problem is listed.
    RunError
        If a run fails, or has no value and `missing` is ``"raise"``.
    """
    plan = _plan(problem, other, vary)
    named = [outcomes] if isinstance(outcomes, str) else list(outcomes or plan.outcomes)
    options = {"random_numbers": random_numbers, "missing": missing, "engine": engine}
    given = points_given(x, plan)
    points = given.points
    wrong = given.wrong + _wrong_options(options, replicates, seed, workers, named, len(points))
    wrong += without_prices(plan.scenarios, named)
    if wrong:
        raise InputError(list(wrong))
    layout = run_table(plan, points, replicates, seed, random_numbers)
    values = _made(layout, named, engine, places(workers, scheduler), scheduler)
    means, deviations = _means(values, named, missing)
    answer = given.answer(means, named)
    return (answer, given.answer(deviations, named)) if errors else answer


def _plan(given: Any, other: Source | None, vary: Any) -> Plan:
    """Return the plan of a problem, or of a scenario with what varies in it."""
    if isinstance(given, Mapping) and isinstance(given.get(PLAN), Plan):
        plan: Plan = given[PLAN]
        # SALib's hdmr appends the names of pairs to the list that it is given; the inputs stay the first.
        if list(given["names"])[: len(plan.names)] != list(plan.names):
            message = "were changed since `qisim.problem` made the problem: make it again"
            raise InputError(Problem(message, key="names"))
        return plan
    return _read(given, other, vary, ("adoption_mean",))


# --- what is refused -------------------------------------------------------------------------------


def _wrong_options(
    words: Mapping[str, str], replicates: int, seed: int, workers: int | None,
    outcomes: Sequence[str], points: int,
) -> list[Problem]:  # fmt: skip
    """Return the problems of the options."""
    from qisim.errors import nearest_name

    found = [
        not_whole("replicates", replicates, 1, MAX_REPLICATE // max(points, 1)),
        not_whole("seed", seed, 0, MAX_SEED),
        None if workers is None else not_whole("workers", workers, 1, 4096),
        None if words["engine"] in ENGINES else unknown_engine(words["engine"]),
    ]
    for key, known in (("random_numbers", ("common", "fresh")), ("missing", ("raise", "nan"))):
        if words[key] not in known:
            found.append(not_one_of(key, words[key], known))
    for name in outcomes:
        if name not in REPORTED:
            near = nearest_name(str(name), REPORTED)
            found.append(Problem("is not an outcome", key="outcomes", value=name, nearest=near))
    return [problem for problem in found if problem is not None]


# --- the runs --------------------------------------------------------------------------------------


def run_table(
    plan: Plan, points: Array, replicates: int, seed: int, random_numbers: str = "fresh"
) -> RunTable:
    """Return the runs of points that `evaluate` makes; for the parameters see there."""
    plan = replace(plan, replicates=replicates, seed=seed, random_numbers=random_numbers)
    return RunTable(plan, points, _own_replicates(points, plan))


def _own_replicates(points: Array, plan: Plan) -> npt.NDArray[np.int64] | None:
    """Return the first replicate of each point where each has its own: derived from the values.

    There are as many places as replicate numbers, so among a hundred thousand points two may share
    theirs; for any two given points that is practically impossible.
    """
    if plan.random_numbers != "fresh":
        return None
    places = (MAX_REPLICATE + 1) // plan.replicates
    digests = [
        hashlib.blake2b(row.tobytes(), digest_size=8).digest()
        for row in np.ascontiguousarray(points) + 0.0  # -0.0 is 0.0
    ]
    found = np.frombuffer(b"".join(digests), dtype="<u8") % np.uint64(places)
    return found.astype(np.int64) * plan.replicates


def _made(
    layout: RunTable, outcomes: Sequence[str], engine: str, workers: int, scheduler: Any
) -> Array:
    """Make all runs; return outcomes, shape (points, replicates, outcomes), or their difference."""
    held = [WRITING if name in PAID_OUTCOMES else name for name in outcomes]
    columns = [list(OUTCOMES).index(name) for name in [*held, OUTSIDE]]
    values = np.empty((layout.runs, len(columns)))
    size, seed = layout.size, layout.plan.seed

    def cutter(scenario: int, shape: int) -> Cutter:
        site = layout.worlds[scenario][shape]
        each = piece_size(engine, site, layout.runs, workers)
        return Cutter(each, lambda held: Chunk(site, seed, held))

    blocks = ((block, layout.rows(block)) for block in layout.blocks(4096))
    for one in made(cut(blocks, cutter), engine, workers, scheduler):
        failed = [reason for reason in one.failures if reason]
        if failed:
            last = failed[0].strip().splitlines()[-1]
            raise RunError(f"{len(failed)} runs failed, the first with: {last}\n\n{failed[0]}")
        values[one.runs] = one.outcomes[:, columns]
    by_scenario = values.reshape(*size, len(columns))
    _put_paid(by_scenario, layout, outcomes)
    by_scenario = by_scenario[..., : len(outcomes)]
    return by_scenario[1] - by_scenario[0] if size[0] == 2 else by_scenario[0]


def _put_paid(values: Array, layout: RunTable, outcomes: Sequence[str]) -> None:
    """Replace hours of writing by paid outcomes.

    Values are of shape (scenarios, points, replicates, outcomes + 1); weeks with a facilitator are last.
    """
    paid = [place for place, name in enumerate(outcomes) if name in PAID_OUTCOMES]
    if not paid:
        return
    for number, (scenario, fixed) in enumerate(
        zip(layout.plan.scenarios.values(), fixed_hours(layout), strict=True)
    ):
        for place in paid:
            written, outside = values[number, ..., place], values[number, ..., -1]
            values[number, ..., place] = paid_values(
                outcomes[place], fixed, written, outside, scenario.prices
            )


def _means(values: Array, outcomes: Sequence[str], missing: str) -> tuple[Array, Array]:
    """Return means over replicates and their standard errors; raise for missing values or leave them out."""
    there = ~np.isnan(values)
    if not there.all() and missing == "raise":
        told = "; ".join(
            f"{name} in {int((~there[..., place]).sum())} runs at "
            f"{int((~there[..., place]).any(axis=1).sum())} points ({REPORTED[name].missing_when})"
            for place, name in enumerate(outcomes)
            if not there[..., place].all()
        )
        raise RunError(f"no value of {told}; missing='nan' leaves these runs out of the means")
    count = there.sum(axis=1)
    total = np.where(there, values, 0.0).sum(axis=1)
    means = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    squares = np.where(there, (values - means[:, None]) ** 2, 0.0).sum(axis=1)
    variance = np.divide(
        squares, (count - 1) * count, out=np.full(total.shape, np.nan), where=count > 1
    )
    return means, np.sqrt(variance)
