"""The model compiled: the week of `qisim.model.week`, for many runs at once.

Sixteen runs go side by side, in the *lanes* of every number: a person's strain is sixteen strains, one
for each run, and a processor's vector unit works on several of them with one instruction. The runs of
a batch share the site and the calendar (`qisim.model.site.World`) and differ in their numbers or in their
replicate. This module has the tables and their handling; the run itself is in
`qisim.engines.numba_run`, and the run of the model as shipped comes as machine code, without Numba
(`qisim.engines.machine_code`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from qisim.engines import custom_rules, machine_code
from qisim.engines.lane_tables import (
    BLOCK,
    CALENDAR,
    CHANCE,
    COEFFICIENT,
    FATE,
    KEY,
    LANES,
    PERSON,
    SHAPE,
    SITE,
    TEAM,
    UNIT,
    WEEK,
)
from qisim.model import draws
from qisim.model.outcomes import WEEKLY
from qisim.model.site import World

custom_rules.put_in_place()

Entry = Callable[..., None]
"""The run, ready to be called with a desk's tables."""


def simulate(
    site: World,
    rows: npt.NDArray[np.float64],
    seed: int,
    replicates: Sequence[int],
    workers: int = 1,
    entry: Entry | None = None,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Run the compiled model once per row of coefficients.

    Takes and returns what `qisim.engines.mesa_model.simulate` takes and returns, bit for bit.

    Parameters
    ----------
    site : World
        The site and the calendar, common to all runs.
    rows : ndarray of float, shape (runs, len(COEFFICIENTS))
        The numbers of each run.
    seed : int
        Seed of the study.
    replicates : sequence of int, length runs
        Replicate number of each run.
    workers : int
        Threads; each works on its own lanes, so the results do not depend on their number.
    entry : callable, optional
        The run; by default as from `entry_for`.

    Returns
    -------
    weekly : ndarray of float, shape (weeks, len(WEEKLY), runs)
        The weekly series, weeks 1 to the last.
    adopters : ndarray of float, shape (runs,)
        Number of care staff whose use is routine in the last week.
    """
    runs = len(rows)
    weekly = np.empty((site.weeks, len(WEEKLY), runs))
    adopters = np.empty(runs)
    words = draws.keys(seed, replicates)
    called = entry or entry_for(site)
    groups = iter(range(0, runs, LANES))  # each is taken by the next free thread

    def work() -> None:
        desk = Desk(site)
        for begin in groups:
            end = min(begin + LANES, runs)
            used = np.minimum(
                np.arange(begin, begin + LANES), runs - 1
            )  # the last batch is filled up
            page, count = desk.run(called, rows[used], words[used])
            weekly[:, :, begin:end] = page[:, :, : end - begin]
            adopters[begin:end] = count[: end - begin]

    side_by_side(work, min(workers, -(-runs // LANES)))
    return weekly, adopters


def entry_for(site: World) -> Entry:
    """Return the run: machine code of the model as shipped, or code that Numba compiles for custom rules."""
    return machine_code.entry() or numba_entry(site)


def numba_entry(site: World) -> Entry:
    """Return the run as Numba compiles it, or finds it compiled."""
    from qisim.engines import numba_run
    from qisim.engines.compile_cache import ready

    return ready(numba_run.run, Desk(site).arguments)


def side_by_side(work: Callable[[], None], threads: int) -> None:
    """Let threads work until nothing is left; compiled code releases Python's global lock."""
    if threads < 2:
        return work()
    with ThreadPoolExecutor(threads) as pool:
        for one in [pool.submit(work) for _ in range(threads)]:
            one.result()
    return None


class Desk:
    """Room in memory for one batch of lanes; used again for batch after batch.

    Parameters
    ----------
    site : World
        The site and the calendar.
    """

    def __init__(self, site: World) -> None:
        shape = np.array(
            [(site.units, site.teams, site.staff, site.leaders, site.weeks, 0)], dtype=SHAPE
        )
        self.people = {
            "staff": table(site.staff_posts, PERSON),
            "leaders": table(site.units * site.leaders, PERSON),
            "teams": table(site.units * site.teams, TEAM),
            "units": table(site.units, UNIT),
            "site": table(1, SITE),
        }
        self.k, self.key = table(1, COEFFICIENT), table(1, KEY)
        blocks = table(draws.BLOCKS, BLOCK)
        calendar = table(site.weeks + 1, CALENDAR)
        for name in CALENDAR.names or ():
            calendar[name] = getattr(site, name)
        self.weekly, self.adopters = table(site.weeks, WEEK), np.zeros(LANES)
        self.arguments = (
            shape.view(np.recarray), *self.people.values(), self.k, self.key, blocks,
            blocks.view(CHANCE), blocks[:2].view(FATE), calendar, site.leader_leaves.copy(),
            site.activities.copy().view(np.recarray), site.first.copy(),
            self.weekly, self.adopters,
        )  # fmt: skip

    def run(
        self,
        entry: Entry,
        rows: npt.NDArray[np.float64],
        words: npt.NDArray[np.uint64],
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Run one batch.

        Parameters
        ----------
        entry : callable
            The run.
        rows : ndarray of float, shape (LANES, len(COEFFICIENTS))
        words : ndarray of uint64, shape (LANES, 2)
            Key words of each lane's replicate.

        Returns
        -------
        weekly : ndarray of float, shape (weeks, len(WEEKLY), LANES)
        adopters : ndarray of float, shape (LANES,)
            Both are overwritten by the next batch.
        """
        for people in self.people.values():
            people.view(np.uint8)[:] = 0
        self.k.view(np.float64).reshape(-1, LANES)[:] = rows.T
        self.key.view(np.uint64).reshape(-1, LANES)[:] = words.T
        entry(*self.arguments)
        page = self.weekly.view(np.float64).reshape(len(self.weekly), len(WEEKLY), LANES)
        return page, self.adopters


def table(rows: int, kind: np.dtype) -> np.recarray:
    """Return an empty table whose rows have their columns as attributes, compiled or not."""
    return np.zeros(rows, kind).view(np.recarray)
