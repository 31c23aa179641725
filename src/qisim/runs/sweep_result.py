"""The runs of a sweep, read from the store: as arrays for an analysis, or as a table on disk.

Only the location of each run is held in memory. A table is written group by group, in the order of
the plan (scenario, point, replicate), so its bytes depend on the plan and the model only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qisim.design.plan import Plan
from qisim.design.run_table import RunTable
from qisim.model.outcomes import OUTCOMES, PAID_OUTCOMES
from qisim.runs.paid import OUTSIDE, WRITING, fixed_hours, paid_values
from qisim.runs.run_index import RunIndex
from qisim.runs.store_format import floats_of, missing_in, read_part, weeks_of

if TYPE_CHECKING:
    import pyarrow as pa

Array = npt.NDArray[np.float64]

NOT_MADE, OK, FAILED = 0, 1, 2
"""Status of a run."""

STATUS = ("not made", "ok", "failed")

CELLS = 500_000
"""Numbers in a row group of the table that is held in memory."""

PARTS_HELD = 4
"""Parts that are kept in memory while a table is put together."""


@dataclass
class Runs:
    """The runs of a plan, those made so far.

    Attributes
    ----------
    plan : Plan
    layout : RunTable
        With `points`, shape (points, inputs).
    register : RunIndex
        Where each run lies.
    parts : list of Path
        Files of the store.
    series_kept : tuple of str
        Weekly series that were stored.
    reused : int
        Number of different runs that were in the store before.
    """

    plan: Plan
    layout: RunTable
    register: RunIndex
    parts: list[Path]
    series_kept: tuple[str, ...] = ()
    reused: int = 0

    @property
    def points(self) -> Array:
        """Points of the design, shape (points, inputs), in the inputs' own units."""
        return self.layout.points

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios, the base first."""
        return list(self.plan.scenarios)

    @property
    def complete(self) -> bool:
        """Whether every run was made (or has failed)."""
        return not self.register.wanted

    def failures(self, most: int = 1000) -> list[dict[str, Any]]:
        """Return the first runs that failed: scenario, point, replicate and reason (a traceback)."""
        reader = Reader(self, ["failure"])
        found: list[dict[str, Any]] = []
        for name in self.scenarios:
            status, groups = self.status(name), self.groups(name)
            for point, place in np.argwhere(status == FAILED)[: most - len(found)]:
                own = self.plan.replicates_of(np.array([point]))[0, place]
                reason = reader.failures(groups[point, place : place + 1])[0]
                found.append({"scenario": name, "point": int(point), "replicate": int(own),
                              "reason": reason})  # fmt: skip
        return found

    @property
    def failed(self) -> int:
        """Number of runs that failed."""
        return sum(int((self.status(name) == FAILED).sum()) for name in self.scenarios)

    # --- arrays ---

    def values(self, outcome: str, scenario: str | None = None) -> Array:
        """Return the values of one outcome.

        Parameters
        ----------
        outcome : str
            A name in `qisim.model.outcomes.REPORTED`: of a run, or of what is paid for.
        scenario : str, optional
            By default the base.

        Returns
        -------
        ndarray of float, shape (points, replicates)
            NaN where a run has no value, failed, or was not made; see `status`.
        """
        return self._values(outcome, [self._place(scenario)])[0]

    def all_values(self, outcome: str) -> dict[str, Array]:
        """Return the values of one outcome by scenario, as `values` does."""
        values = self._values(outcome, range(len(self.scenarios)))
        return dict(zip(self.scenarios, values, strict=True))

    def _values(self, outcome: str, places: Iterable[int]) -> list[Array]:
        """Return the values of one outcome in some scenarios."""
        if outcome not in PAID_OUTCOMES:
            column, groups = self._column(outcome), self.register.group.reshape(self.layout.size)
            return [column[groups[place]] for place in places]
        said = [self._values(name, places := list(places)) for name in (WRITING, OUTSIDE)]
        return [self.paid(outcome, place, *own) for place, *own in zip(places, *said, strict=True)]

    def paid(
        self, outcome: str, scenario: int, written: Array, outside: Array, points: Any = slice(None)
    ) -> Array:
        """Return paid hours, or what they cost, of runs in which so much was written.

        Parameters
        ----------
        outcome : str
            A name in `qisim.model.outcomes.PAID_OUTCOMES`.
        scenario : int
            Number of the scenario.
        written, outside : ndarray, shape (points, replicates)
            Hours of writing, and weeks in which a facilitator was there.
        points : optional
            Which points; all by default.
        """
        fixed = {kind: hours[points] for kind, hours in self._fixed[scenario].items()}
        prices = list(self.plan.scenarios.values())[scenario].prices
        return paid_values(outcome, fixed, written, outside, prices)

    @cached_property
    def _fixed(self) -> list[dict[str, Array]]:
        return fixed_hours(self.layout)

    def difference(self, outcome: str) -> Array:
        """Return the second scenario's values less the base's, run by run."""
        base, other = self.all_values(outcome).values()
        return other - base

    def status(self, scenario: str | None = None) -> npt.NDArray[np.uint8]:
        """Return `OK`, `FAILED` or `NOT_MADE` of each run, shape (points, replicates)."""
        return self._status[self.groups(scenario)]

    @cached_property
    def _status(self) -> npt.NDArray[np.uint8]:
        """Status by different run."""
        found = np.full(len(self.register.keys), NOT_MADE, dtype=np.uint8)
        for groups, rows, part in self._parts(["failure"]):
            fine = missing_in(part["failure"])[rows]
            found[groups] = np.where(fine, OK, FAILED)
        return found

    def series(self, name: str, scenario: str | None = None) -> Array:
        """Return a weekly series of each point: the mean over its finished replicates.

        Returns
        -------
        ndarray of float, shape (points, weeks)
            NaN for a point of which no run was finished, and after a shorter run's end.
        """
        means = [_mean_of_runs(block) for block in self._weekly(name, scenario)]
        return np.concatenate(means)

    def weekly_values(
        self, name: str, scenario: str | None = None, weeks: slice = slice(None)
    ) -> npt.NDArray[np.float32]:
        """Return a weekly series of every run, shape (points, replicates, weeks).

        It takes 4 bytes for each run and week; `series` takes less.

        Parameters
        ----------
        name : str
        scenario : str, optional
            By default the base.
        weeks : slice, optional
            Which weeks, counted from 0; all by default.
        """
        return np.concatenate([part[..., weeks].copy() for part in self._weekly(name, scenario)])

    def _weekly(self, name: str, scenario: str | None) -> Iterator[npt.NDArray[np.float32]]:
        """Yield a weekly series of all runs, a few points at a time."""
        if name not in self.series_kept:
            kept = ", ".join(self.series_kept) or "none"
            raise KeyError(f"the weekly series {name!r} was not kept (kept: {kept})")
        weeks = max(site.weeks for worlds in self.layout.worlds for site in worlds)
        groups, reader = self.groups(scenario), Reader(self, [f"weekly {name}"])
        group = max(1, CELLS // (weeks * groups.shape[1]))
        for begin in range(0, len(groups), group):
            some = groups[begin : begin + group]
            yield reader.weekly(some.reshape(-1), weeks).reshape(*some.shape, weeks)

    def groups(self, scenario: str | None) -> npt.NDArray[np.int32]:
        """Return the number of each run's key, shape (points, replicates)."""
        return self.register.group.reshape(self.layout.size)[self._place(scenario)]

    def _place(self, scenario: str | None) -> int:
        names = self.scenarios
        return names.index(names[0] if scenario is None else scenario)

    def _column(self, name: str) -> Array:
        """Return a column of the parts by different run."""
        found = np.full(len(self.register.keys), np.nan)
        for groups, rows, part in self._parts([name]):
            found[groups] = floats_of(part[name])[rows]
        return found

    def _parts(self, columns: Sequence[str]) -> Iterator[tuple[Any, Any, pa.Table]]:
        """Yield for every part the different runs in it, their rows, and its columns."""
        order = np.argsort(self.register.part, kind="stable")
        bounds = np.searchsorted(self.register.part[order], np.arange(len(self.parts) + 1))
        for number, path in enumerate(self.parts):
            groups = order[bounds[number] : bounds[number + 1]]
            yield groups, self.register.row[groups], read_part(path, list(columns))


def _mean_of_runs(block: npt.NDArray[np.float32]) -> Array:
    """Return the mean over replicates of values of shape (points, replicates, weeks)."""
    there = ~np.isnan(block)
    total = np.where(there, block, 0.0).sum(axis=1, dtype=np.float64)
    number = there.sum(axis=1)
    return np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)


class Reader:
    """Reads runs in any order; the most recently used parts are cached.

    Parameters
    ----------
    runs : Runs
    columns : sequence of str
        Columns of the parts.
    """

    def __init__(self, runs: Runs, columns: Sequence[str]) -> None:
        self.runs, self.columns = runs, list(columns)
        self.held: OrderedDict[int, pa.Table] = OrderedDict()

    def part(self, number: int) -> pa.Table:
        """Return a part."""
        if number not in self.held:
            self.held[number] = read_part(self.runs.parts[number], self.columns)
            if len(self.held) > PARTS_HELD:
                self.held.popitem(last=False)
        self.held.move_to_end(number)
        return self.held[number]

    def places(self, groups: npt.NDArray[Any]) -> Iterator[tuple[Any, Any, pa.Table]]:
        """Yield of every part that is needed: which of the runs lie in it, at which rows, the part."""
        part, row = self.runs.register.part[groups], self.runs.register.row[groups]
        for number in np.unique(part[part >= 0]):
            here = np.flatnonzero(part == number)
            yield here, row[here], self.part(int(number))

    def table(self, groups: npt.NDArray[Any]) -> tuple[npt.NDArray[np.uint8], Array]:
        """Return status, shape (runs,), and outcomes, shape (outcomes, runs)."""
        status = np.full(len(groups), NOT_MADE, dtype=np.uint8)
        values = np.full((len(OUTCOMES), len(groups)), np.nan)
        for here, rows, part in self.places(groups):
            status[here] = np.where(missing_in(part["failure"])[rows], OK, FAILED)
            for place, name in enumerate(OUTCOMES):
                values[place, here] = floats_of(part[name])[rows]
        return status, values

    def weekly(self, groups: npt.NDArray[Any], weeks: int) -> npt.NDArray[np.float32]:
        """Return a weekly series, shape (runs, weeks); NaN after a shorter run's end."""
        found = np.full((len(groups), weeks), np.nan, dtype=np.float32)
        for here, rows, part in self.places(groups):
            weekly = weeks_of(part[self.columns[0]])[rows]
            found[here, : weekly.shape[1]] = weekly
        return found

    def failures(self, groups: npt.NDArray[Any]) -> list[str | None]:
        """Return the traceback of each run that failed."""
        found: list[str | None] = [None] * len(groups)
        for here, rows, part in self.places(groups):
            text = part["failure"].to_pylist()
            for place, row in zip(here, rows, strict=True):
                found[place] = text[row]
        return found
