"""From scenarios to a table of runs, cut into batches that share a site and a calendar."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.design.ensemble import Ensemble
from qisim.design.run_table import RunTable
from qisim.design.sites import Sites
from qisim.model import site as world
from qisim.model.allocation import allocated
from qisim.model.coefficients import coefficients
from qisim.model.site import World
from qisim.scenario.scenario import Scenario

BATCH = 128
"""Runs of one scenario in a batch: enough to be worth a call, few enough to wait for."""


@dataclass(frozen=True)
class Batch:
    """Runs that share a site and a calendar and differ in numbers or in their replicate.

    Attributes
    ----------
    name : str
        Name of the scenario.
    site : World
        The site and the calendar.
    rows : ndarray of float, shape (runs, len(COEFFICIENTS))
        The numbers of each run.
    seed : int
        Seed of the study.
    replicates : ndarray of int, shape (runs,)
        Replicate of each run.
    group : str
        Folder of the run store in which such runs lie; it does not identify a run.
    numbers : ndarray of int, shape (runs,), optional
        Numbers of the runs in their table.
    """

    name: str
    site: World
    rows: npt.NDArray[np.float64]
    seed: int
    replicates: npt.NDArray[np.int64]
    group: str = ""
    numbers: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.replicates)

    def single(self, run: int) -> Batch:
        """Return a batch with one of the runs only."""
        return self.part(slice(run, run + 1))

    def part(self, which: Any) -> Batch:
        """Return a batch with some of the runs only."""
        numbers = None if self.numbers is None else self.numbers[which]
        rows, replicates = self.rows[which], self.replicates[which]
        return replace(self, rows=rows, replicates=replicates, numbers=numbers)


def batches(
    scenarios: Mapping[str, Scenario],
    replicates: int,
    seed: int,
    size: int = BATCH,
    over: Ensemble | None = None,
    first: int = 0,
    like: Sites | None = None,
) -> Iterator[Batch]:
    """Yield all runs of a study: the first replicates of every scenario, then the next.

    Scenarios take turns, so that a study stopped at any moment has complete pairs.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        By name.
    replicates : int
        Replicates of each scenario, numbered from 0; those before `first` are skipped.
    seed : int
        Seed of the study.
    size : int
        Most runs in a batch.
    over : Ensemble, optional
        Sets of values; replicate r of every scenario has set r mod n.
    first : int, optional
        Replicate to begin with.
    like : Sites, optional
        Sites like each scenario's own; see `qisim.design.sites.Sites.of`.
    """
    sites = {name: world.build(scenario) for name, scenario in scenarios.items()}
    rows = {name: rows_of(scenario, over, like) for name, scenario in scenarios.items()}
    sets = 1 if over is None else len(over)
    groups = {name: group_of(table) for name, table in rows.items()}
    for begin in range(first, replicates, size):
        numbers = np.arange(begin, min(begin + size, replicates))
        for name, scenario in scenarios.items():
            site = 0 if like is None else like.of(numbers, sets)
            own = rows[name][site, numbers % sets]
            given = allocated(scenario, own, seed, numbers)
            yield Batch(name, sites[name], given, seed, numbers, groups[name])


def rows_of(
    scenario: Scenario, over: Ensemble | None, like: Sites | None
) -> npt.NDArray[np.float64]:
    """Return the coefficients of a scenario at each site and under each set.

    Returns
    -------
    ndarray of float, shape (sites, sets, len(COEFFICIENTS))
        One site where `like` is None, one set where `over` is.
    """
    if over is None:
        rows = coefficients(scenario)[None] if like is None else like.rows(scenario)
        return rows[:, None]
    if like is None:
        return over.rows(scenario)[None]
    under = [like.rows(scenario.replace(values)) for values in over.sets()]
    return np.stack(under, axis=1)


def table_batches(table: RunTable, group: str, size: int = BATCH) -> Iterator[Batch]:
    """Yield all runs of a table, with their numbers in it.

    Parameters
    ----------
    table : RunTable
    group : str
        As of a `Batch`.
    size : int
        Most runs in a batch.
    """
    names = list(table.plan.scenarios)
    for block in table.blocks(size):
        held, site = table.rows(block), table.worlds[block.scenario][block.shape]
        yield Batch(names[block.scenario], site, held.rows[held.row_of], table.plan.seed,
                    held.replicates, group, held.runs)  # fmt: skip


def group_of(content: npt.NDArray[np.float64] | str) -> str:
    """Return the folder of the run store for runs with this content."""
    held = content.encode() if isinstance(content, str) else np.ascontiguousarray(content).tobytes()
    return hashlib.blake2b(held, digest_size=8).hexdigest()
