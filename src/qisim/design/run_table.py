"""From a plan to runs: the world, coefficients and replicate of each run.

Runs are numbered scenario by scenario, point by point, replicate by replicate; that is the order of the
table. Points that differ in whole numbers (units, weeks, ...) have worlds of their own; all others share
one, and only their numbers differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.design import sampling
from qisim.design.plan import PROGRAMME, Input, Plan
from qisim.design.sites import Sites
from qisim.errors import Problem, ScenarioError, StudyError, first_problems
from qisim.model import site
from qisim.model.allocation import allocated
from qisim.model.coefficients import matrix
from qisim.model.parameters import PARAMETERS
from qisim.model.site import World
from qisim.scenario.scenario import Scenario, load

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

MAX_WORLDS = 5000
SHOWN = 20
"""Most invalid worlds that are listed one by one."""


@dataclass(frozen=True)
class Block:
    """Some points of one scenario that share a world, with some of their replicates.

    Attributes
    ----------
    scenario : int
        Number of the scenario.
    shape : int
        Number of the world among those of the scenario.
    points : ndarray of int
        Numbers of the points.
    replicates : range
        Which of each point's replicates, counted from 0.
    """

    scenario: int
    shape: int
    points: Whole
    replicates: range


@dataclass(frozen=True)
class Rows:
    """Runs of one world with their numbers.

    Attributes
    ----------
    runs : ndarray of int, shape (runs,)
        Numbers of the runs.
    rows : ndarray of float, shape (rows, coefficients)
        Different rows of numbers.
    row_of : ndarray of int, shape (runs,)
        Row of each run.
    replicates : ndarray of int, shape (runs,)
    """

    runs: Whole
    rows: Array
    row_of: Whole
    replicates: Whole

    def __len__(self) -> int:
        return len(self.runs)

    def only(self, wanted: npt.NDArray[np.bool_]) -> Rows:
        """Return some of the runs, with the rows that they need."""
        if wanted.all():
            return self
        used, row_of = np.unique(self.row_of[wanted], return_inverse=True)
        return Rows(self.runs[wanted], self.rows[used], row_of, self.replicates[wanted])

    def part(self, begin: int, end: int) -> Rows:
        """Return a stretch of the runs."""
        wanted = np.zeros(len(self), dtype=bool)
        wanted[begin:end] = True
        return self.only(wanted)


def joined(pieces: list[Rows]) -> Rows:
    """Return runs of one world put together."""
    if len(pieces) == 1:
        return pieces[0]
    offsets = np.cumsum([0, *(len(piece.rows) for piece in pieces[:-1])])
    return Rows(
        np.concatenate([piece.runs for piece in pieces]),
        np.concatenate([piece.rows for piece in pieces]),
        np.concatenate([p.row_of + offset for p, offset in zip(pieces, offsets, strict=True)]),
        np.concatenate([piece.replicates for piece in pieces]),
    )


class RunTable:
    """The runs of a plan.

    Parameters
    ----------
    plan : Plan
    points : ndarray of float, shape (points, inputs), optional
        In place of those of the plan's design.
    first : ndarray of int, shape (points,), optional
        First replicate of each point, in place of what the plan says.

    Attributes
    ----------
    plan : Plan
    points : ndarray of float, shape (points, inputs)
    shapes : list of list of Scenario
        Per scenario of the plan, the scenario in each of the worlds.

    Raises
    ------
    StudyError
        If a world that the points require is invalid; all are listed.
    """

    def __init__(self, plan: Plan, points: Array | None = None, first: Whole | None = None) -> None:
        self.plan, self.first = plan, first
        self.points = sampling.points(plan) if points is None else points
        self.whole = [place for place, one in enumerate(plan.inputs) if one.whole]
        self.numbers = [
            place for place, one in enumerate(plan.inputs) if not one.whole and not one.factor
        ]
        self.draws = [place for place, one in enumerate(plan.inputs) if one.factor]
        about = [one.name for one in plan.inputs]
        self.like = (
            None if plan.sites is None
            else Sites(plan.sites, plan.seed).for_study(plan.scenarios.values(), about)
        )  # fmt: skip
        values, self.shape_of = _distinct(self.points[:, self.whole])
        self.shapes = _shaped(plan, [plan.inputs[place] for place in self.whole], values)

    @property
    def size(self) -> tuple[int, int, int]:
        """Scenarios, points, replicates."""
        return len(self.plan.scenarios), len(self.points), self.plan.replicates

    @property
    def runs(self) -> int:
        """Number of all runs."""
        scenarios, points, replicates = self.size
        return scenarios * points * replicates

    @cached_property
    def worlds(self) -> list[list[World]]:
        """The worlds, in the order of `shapes`."""
        return [[site.build(scenario) for scenario in shapes] for shapes in self.shapes]

    def blocks(self, runs: int) -> Iterator[Block]:
        """Yield all runs in blocks of at most so many; scenarios take turns.

        So a study stopped at any moment has complete pairs.
        """
        scenarios, _, replicates = self.size
        some = max(1, runs // replicates)
        for shape in range(len(self.shapes[0])):
            held = np.flatnonzero(self.shape_of == shape)
            for begin in range(0, len(held), some):
                points = held[begin : begin + some]
                for first in range(0, replicates, runs):
                    own = range(first, min(first + runs, replicates))
                    for scenario in range(scenarios):
                        yield Block(scenario, shape, points, own)

    def replicates_of(self, points: Whole) -> Whole:
        """Return the replicate numbers of some points, by their number; shape (points, replicates)."""
        if self.first is None:
            return self.plan.replicates_of(points)
        return self.first[points][:, None] + np.arange(self.plan.replicates)

    def rows(self, block: Block) -> Rows:
        """Return the runs of a block with their numbers."""
        plan, (_, points, replicates) = self.plan, self.size
        scenario = self.shapes[block.scenario][block.shape]
        values, own = self.points[block.points], block.replicates
        first = (block.scenario * points + block.points) * replicates
        runs = (first[:, None] + np.arange(own.start, own.stop)).reshape(-1)
        numbers = self.replicates_of(block.points)[:, own.start : own.stop].reshape(-1)
        rows, row_of = self.coefficients(scenario, values, numbers)
        point_of = np.repeat(np.arange(len(values)), len(own))
        draws = {plan.inputs[place].factor: values[:, place] for place in self.draws}
        if _drawn(scenario):  # each replicate has an allocation of its own
            given = {factor: draw[point_of] for factor, draw in draws.items()}
            rows = allocated(scenario, rows[row_of], plan.seed, numbers, given, plan.allocation)
            row_of = np.arange(len(runs))
        elif draws:
            each = len(rows) // len(values)
            given = {factor: np.repeat(draw, each) for factor, draw in draws.items()}
            none = np.zeros(len(rows), dtype=np.int64)  # no replicate has a say
            rows = allocated(scenario, rows, plan.seed, none, given, plan.allocation)
        return Rows(runs, rows, row_of, numbers)

    def coefficients(
        self, scenario: Scenario, values: Array, numbers: Whole
    ) -> tuple[Array, Whole]:
        """Return the distinct coefficients of some points' runs, and the index of each run's.

        At one site all replicates of a point have the same; at several each site has its own.

        Parameters
        ----------
        scenario : Scenario
        values : ndarray of float, shape (points, inputs)
        numbers : ndarray of int, shape (runs,)
            Replicate of each run, point by point.
        """
        keys = [self.plan.inputs[place].name for place in self.numbers]
        points, each = len(values), len(numbers) // len(values)
        point_of = np.repeat(np.arange(points), each)
        if self.like is None:
            return matrix(scenario, keys, values[:, self.numbers]), point_of
        places, site_of = np.unique(self.like.of(numbers), return_inverse=True)
        theirs = self.like.values(scenario)[places]
        every = np.hstack([
            np.repeat(values[:, self.numbers], len(places), axis=0), np.tile(theirs, (points, 1)),
        ])  # fmt: skip
        rows = matrix(scenario, [*keys, *self.like.keys], every)
        return rows, point_of * len(places) + site_of.reshape(-1)


def _distinct(values: Array) -> tuple[Array, Whole]:
    """Return the distinct rows, and the index of each row among them."""
    if not values.shape[1]:
        return values[:1], np.zeros(len(values), dtype=np.int64)
    distinct, which = np.unique(values, axis=0, return_inverse=True)
    return distinct, which.reshape(-1)


def _drawn(scenario: Scenario) -> bool:
    """Return whether the scenario draws an allocation for every replicate."""
    choices = scenario.choices
    return choices["run.allocation"] != "off" and choices["programme.study_case"] != "none"


def _shaped(plan: Plan, inputs: list[Input], values: Array) -> list[list[Scenario]]:
    """Return each scenario in every world that whole numbers and words require."""
    if not inputs:
        return [[scenario] for scenario in plan.scenarios.values()]
    if len(values) > MAX_WORLDS:
        raise StudyError(
            Problem("ask for too many different worlds", key=", ".join(one.name for one in inputs),
                    value=len(values), allowed=f"{MAX_WORLDS} combinations of whole numbers")
        )  # fmt: skip
    wrong: list[Problem] = []
    found = [
        [_one_shaped(scenario, _named(inputs, row), wrong) for row in values.astype(int).tolist()]
        for scenario in plan.scenarios.values()
    ]
    if wrong:
        raise StudyError(first_problems(wrong, SHOWN))
    return found


def _named(inputs: list[Input], row: list[int]) -> dict[str, Any]:
    """Return values by name: whole numbers, or the words that they count."""
    pairs = zip(inputs, row, strict=True)
    return {one.name: one.words[value] if one.words else value for one, value in pairs}


def with_programme(scenario: Scenario, source: str) -> Scenario:
    """Return a scenario with the programme of another one in its own site.

    Everything that describes the site and its circumstances stays: the sections of the ward, values
    with the role ``context``, the horizon, and events. Everything else comes from the other:
    calendar, levers, strengths.
    """
    other = load(source)
    kept = {
        key: value for key, value in {**scenario.values, **scenario.choices}.items()
        if key.partition(".")[0] in OF_THE_SITE
        or (key in PARAMETERS and PARAMETERS[key].role == "context")
    }  # fmt: skip
    events = [event.to_dict() for event in scenario.events]
    return other.replace({**kept, "name": scenario.name, "events": events})


OF_THE_SITE = ("site", "workforce", "workload", "run")
"""Sections that stay where another programme is laid over a site."""


def _one_shaped(scenario: Scenario, changes: dict[str, Any], wrong: list[Problem]) -> Scenario:
    """Return a scenario with whole numbers and words replaced; note what is wrong with them."""
    at = ", ".join(f"{name} = {value}" for name, value in changes.items())
    programme = changes.pop(PROGRAMME, None)
    try:
        base = scenario if programme is None else with_programme(scenario, programme)
        return base.replace(changes)
    except ScenarioError as refused:
        wrong += [
            Problem(f"{p.message} (in {scenario.name}, at the point where {at})",
                    key=p.key, value=p.value, allowed=p.allowed)
            for p in refused.problems
        ]  # fmt: skip
        return scenario
