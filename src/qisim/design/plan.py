"""The plan of a study: scenarios, inputs that vary, a design, replicates, an analysis.

A `Plan` is a study file that has been read and checked (`qisim.design.plan_file`). Equal plans lead
to the same points (`qisim.design.sampling`) and the same runs (`qisim.runs.sweep`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.errors import Problem
from qisim.scenario.display import shortened
from qisim.scenario.frozen import frozen
from qisim.scenario.scenario import Scenario

ALLOCATION = "allocation"
"""Prefix of the inputs that decide in which case a factor is kept: ``allocation.turnover``."""

PROGRAMME = "programme"
"""Input that lays the programme of another scenario over the site: see `qisim.design.run_table`."""


COST = "paid_cost"
"""Outcome in kroner, which only a scenario with prices has."""


def locked(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return numbers as a read-only array; a writable one is copied first."""
    array = np.asarray(values, dtype=np.float64)
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array


@dataclass(frozen=True)
class Input:
    """One input that varies.

    Attributes
    ----------
    name : str
        A parameter's dotted key (``workload.pressure``; ``factors.turnover`` is the strength of a
        whole factor), or ``allocation.FACTOR``: the draw in [0, 1] that decides in which case the
        factor is kept (see `qisim.model.allocation.allocated`).
    low, high : float
        Range, in the parameter's own unit.
    distribution : {"uniform", "loguniform", "triangular"}
        How it is sampled within the range.
    group : str
        The study's factor that it belongs to; ``allocation`` for an allocation.
    peak : float
        Where a triangle peaks: the base scenario's value, kept within the range.
    values : tuple of float
        Levels of a full factorial; empty when they are spread evenly over the range.
    whole : bool
        Whether it takes whole numbers only; such an input shapes the site or the calendar.
    words : tuple of str
        Categories of a choice (``programme.target``) or of the whole programme (``programme``).
        Values are then indices into these words, from 0.
    """

    name: str
    low: float
    high: float
    distribution: str = "uniform"
    group: str = ""
    peak: float = float("nan")
    values: tuple[float, ...] = ()
    whole: bool = False
    words: tuple[str, ...] = ()

    @property
    def factor(self) -> str:
        """Factor whose allocation it is; empty for a parameter."""
        section, _, name = self.name.partition(".")
        return name if section == ALLOCATION else ""


@dataclass(frozen=True)
class Design:
    """How points are laid out; see `qisim.design.sampling`.

    Attributes
    ----------
    method : str
        One of `qisim.design.sampling.DESIGNS`.
    samples : int
        Base samples, trajectories or points, as the method counts them.
    levels : int
        Levels of a factorial (of inputs without `values`) or of a Morris grid.
    step : float
        Step of a finite difference, as a share of the range.
    table : ndarray of float, shape (points, inputs), optional
        The points themselves, where a table gives them.
    """

    method: str
    samples: int
    levels: int = 4
    step: float = 0.05
    table: npt.NDArray[np.float64] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.table is not None:
            object.__setattr__(self, "table", locked(self.table))


@dataclass(frozen=True)
class Analysis:
    """The sensitivity analysis of the runs; see `qisim.sensitivity.findings`.

    Attributes
    ----------
    method : str
        One of `qisim.design.methods.METHODS`; empty when the study is a sweep only.
    groups : {"parameter", "factor"}
        Whether indices are of single inputs or of all inputs of a factor together.
    second_order : bool
        Whether pairs get an index as well (Sobol' only; nearly doubles the runs).
    resamples : int
        Bootstrap resamples behind an interval.
    over_time : tuple of str
        Weekly series with an index for every week.
    """

    method: str = ""
    groups: str = "parameter"
    second_order: bool = False
    resamples: int = 1000
    over_time: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Plan:
    """A study, read and checked.

    It is made by `qisim.design.plan_file.read`, of a file or of objects: in the mapping that `read` takes,
    a scenario may be a `Scenario`, and what varies an `Input`; nothing is read twice.

    Attributes
    ----------
    title : str
        One line that says what it is about.
    scenarios : dict of str to Scenario
        One, or two whose difference (second minus first) is studied; the base comes first.
    inputs : tuple of Input
        What varies, in the order of the columns of the points.
    design : Design
    replicates : int
        Runs per point and scenario.
    seed : int
        Seed of all random numbers, of the model and of the design.
    random_numbers : {"common", "fresh"}
        ``common``: every point uses replicates 0 to R - 1; ``fresh``: point j uses its own,
        j R to (j + 1) R - 1. Both scenarios always share those of a point.
    outcomes : tuple of str
        Outcomes that are analysed; all are stored.
    analysis : Analysis
    allocation : {"study", "null"}
        Whose probabilities decide over inputs that are allocations.
    sites : int, optional
        Run at so many sites like each scenario's own: replicate r is at site r mod `sites`, the same sites
        at every point and in every scenario. None: at the scenario's own site alone.
    """

    title: str
    scenarios: dict[str, Scenario]
    inputs: tuple[Input, ...]
    design: Design
    replicates: int
    seed: int
    random_numbers: str
    outcomes: tuple[str, ...]
    analysis: Analysis
    allocation: str = "study"
    sites: int | None = None

    def __repr__(self) -> str:
        scenarios, inputs = shortened(", ".join(self.scenarios)), shortened(", ".join(self.names))
        return (
            f"<Plan of {scenarios} over {inputs}: {self.replicates:,} replicates, seed {self.seed}>"
        )

    __hash__ = None  # type: ignore[assignment]  # it holds a dict; Python's way to say so

    def __post_init__(self) -> None:
        object.__setattr__(self, "scenarios", frozen(self.scenarios))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return tuple(one.name for one in self.inputs)

    def replicates_of(self, points: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the replicate numbers of some points, by their number; shape (points, replicates)."""
        own = np.arange(self.replicates, dtype=np.int64)
        first = points * self.replicates if self.random_numbers == "fresh" else 0 * points
        return first[:, None] + own[None, :]

    def parts(self) -> dict[str, Any]:
        """Return the plan as a mapping for `qisim.design.plan_file.read`, of the objects it is made of."""
        held = {
            **self._rest(),
            "scenarios": list(self.scenarios.values()),
            "vary": [entry_of(o, self.allocation) if o.factor else o for o in self.inputs],
        }
        if self.design.table is not None:
            held["design"]["points"] = self.design.table.tolist()
        return held

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as a mapping that `qisim.design.plan_file.read` takes."""
        table, found = self.design.table, self.outline()
        if table is not None:
            found["design"]["points"] = table.tolist()
        return found

    def outline(self) -> dict[str, Any]:
        """Return the plan as `to_dict` does, without the points of a table, which may be many."""
        return {
            **self._rest(),
            "scenarios": [scenario.to_dict() for scenario in self.scenarios.values()],
            "vary": [entry_of(one, self.allocation) for one in self.inputs],
        }

    def _rest(self) -> dict[str, Any]:
        """Return what is neither a scenario nor an input, as a study file says it."""
        return {
            "format": 1,
            "title": self.title,
            "design": _said(vars(self.design), ("method", "samples", "levels", "step")),
            "runs": {
                "replicates": self.replicates,
                "seed": self.seed,
                "random_numbers": self.random_numbers,
                **({} if self.sites is None else {"sites": self.sites}),
            },
            "outcomes": list(self.outcomes),
            "analysis": {**vars(self.analysis), "over_time": list(self.analysis.over_time)}
            if self.analysis.method
            else {},
        }


def _said(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names}


def entry_of(one: Input, allocation: str) -> dict[str, Any]:
    """Return an input as an entry of a study file."""
    if one.factor:
        return {"allocation": allocation, "factors": [one.factor]}
    if one.words:
        return {"parameter": one.name, "values": list(one.words)}
    number = int if one.whole else float
    if one.values:
        range_: dict[str, Any] = {"values": [number(value) for value in one.values]}
    else:
        range_ = {"low": number(one.low), "high": number(one.high)}
    return {"parameter": one.name, **range_, "distribution": one.distribution}


def sites_problems(plan: Plan) -> Iterator[tuple[str, str, Any, str]]:
    """Yield what does not go with runs at several sites: key of ``[runs]``, message, value, what is allowed."""
    if plan.sites is None:
        return
    if plan.random_numbers != "common":
        message = "points share their sites, and so share their replicates"
        yield "random_numbers", message, plan.random_numbers, "common, or no sites"
    if plan.replicates > plan.sites:
        message = "are more than sites, and runs at one site are not independent"
        yield "replicates", message, plan.replicates, f"at most {plan.sites}"


def without_prices(scenarios: Mapping[str, Any], outcomes: Sequence[str]) -> list[Problem]:
    """Return what is wrong with asking for kroner."""
    lacking = [name for name, one in scenarios.items() if not one.prices]
    if COST not in outcomes or not lacking:
        return []
    message = f"is in kroner, and {' and '.join(lacking)} has no prices"
    return [Problem(message, key="outcomes", value=COST,
                    allowed="[prices] in the site file, for staff, leader, facilitator and cover")]  # fmt: skip
