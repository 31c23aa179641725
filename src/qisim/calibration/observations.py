"""A site's observations: how many of the staff used the practice, week by week or month by month.

`read` takes a CSV file (`qisim.reading`) and checks everything; what is wrong is listed with its row
and column. Columns: one of ``week`` (of the run, from 1), ``month`` (of the run, from 1, or a month of the
calendar) or ``date`` (YYYY-MM-DD, or day.month.year); ``using`` (staff who used the practice that week; for a
month the mean of its weeks) and ``in_post`` (staff in post); where not everybody was looked at, ``observed``
(how many were). A row without a value of ``using``, or no row at all, is a gap. The format is described in
`docs/calibration.md`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.calibration.counting import EXACT, Errors
from qisim.calibration.counts_file import CountsReader
from qisim.errors import DataError, Problem, first_problems
from qisim.reading import MIB, read_table, readable

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

MAX_BYTES = 4 * MIB
FEWEST_ROWS = 4
"""Rows below which nothing is calibrated: a level and a direction with some of their noise."""
SHOWN = 50
"""Problems of a file that are listed one by one."""
LIKE = (0.7, 1.05)
"""Staff in post over the scenario's posts, within which nothing is said: vacancies are usual."""


@dataclass(frozen=True)
class Observations:
    """What a site counted, a row per week or month in the order of time.

    Attributes
    ----------
    file : str
        Where it comes from.
    unit : {"week", "month", "date"}
        What a row of the file stood for.
    first, last : ndarray of int, shape (rows,)
        First and last week of the run (from 1) that a row covers; the same for a week.
    using, in_post, observed : ndarray of float, shape (rows,)
        People who used the practice, who were in post, and who were looked at.
    warnings : tuple of Problem
        Unusual but valid values.
    errors : Errors
        Of counting: users who are missed, others who are counted as users.
    """

    file: str
    unit: str
    first: Whole
    last: Whole
    using: Array
    in_post: Array
    observed: Array
    warnings: tuple[Problem, ...] = ()
    errors: Errors = EXACT

    def __len__(self) -> int:
        return len(self.first)

    @property
    def shares(self) -> Array:
        """Share of those looked at who used the practice, by row."""
        found: Array = self.using / self.observed
        return found

    @property
    def middle(self) -> Array:
        """Middle of the weeks that each row covers."""
        found: Array = (self.first + self.last) / 2.0
        return found

    def counted(self, use: npt.ArrayLike, rng: np.random.Generator) -> Array:
        """Return the shares that would have been counted in sites where this was the use.

        The model of observation: each week, those who are looked at are a random part of those in
        post (drawn without replacement; hypergeometric). Each of them is counted as a user with the
        chance that `errors` has for users and for others, which is one and the same in all weeks of a
        site and drawn anew for each site. Without errors, and where everybody is looked at, there is
        no chance in it. A month is the mean of its weeks.

        Parameters
        ----------
        use : array_like, shape (sites, weeks)
            Share of the staff in post who used the practice, weeks 1 to the last.
        rng : numpy.random.Generator
            Decides who is looked at.

        Returns
        -------
        ndarray of float, shape (sites, rows)
        """
        weekly = np.asarray(use, dtype=np.float64)
        found = np.empty((len(weekly), len(self)))
        chances = None if self.errors == EXACT else self.errors.drawn(len(weekly), rng)
        for row, (first, last) in enumerate(zip(self.first, self.last, strict=True)):
            people, seen = round(self.in_post[row]), round(self.observed[row])
            users = np.rint(weekly[:, first - 1 : last] * people).astype(np.int64)
            if seen < people:
                users = rng.hypergeometric(users, people - users, seen)
            if chances is not None:
                users = rng.binomial(users, chances[0]) + rng.binomial(seen - users, chances[1])
            found[:, row] = users.mean(axis=1) / seen
        return found

    def to_rows(self) -> list[dict[str, float]]:
        """Return the rows as plain data."""
        names = ("first", "last", "using", "in_post", "observed")
        columns = [getattr(self, name).tolist() for name in names]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def from_rows(held: Mapping[str, Any]) -> Observations:
    """Return what `Observations.to_rows` gives, with ``file`` and ``unit``, as observations again."""
    rows = held["rows"]
    first, last = (np.array([int(row[name]) for row in rows]) for name in ("first", "last"))
    using, in_post, observed = (
        np.array([float(row[name]) for row in rows]) for name in ("using", "in_post", "observed")
    )
    return Observations(str(held["file"]), str(held["unit"]), first, last, using, in_post, observed)


def read(
    file: str | os.PathLike[str], weeks: int, posts: int, start: str | None = None,
    fewest: int = FEWEST_ROWS,
) -> Observations:  # fmt: skip
    """Read and check a file of observations.

    Parameters
    ----------
    file : path
        CSV, separated by comma, semicolon or tab.
    weeks : int
        Horizon of the run that it is held against, weeks.
    posts : int
        Staff posts of the scenario's site.
    start : str, optional
        First day of week 1, YYYY-MM-DD; needed where rows have a date.
    fewest : int
        Rows with figures that are needed.

    Returns
    -------
    Observations

    Raises
    ------
    DataError
        If anything is wrong; all problems are listed, with line and column.
    """
    name = readable(os.fspath(file))
    reading = CountsReader(read_table(file, MAX_BYTES), weeks, start, fewest)
    rows = sorted(reading.rows(), key=lambda row: row.first)
    reading.check(rows)
    if reading.problems:
        raise DataError(first_problems(reading.problems, SHOWN, name))
    columns = zip(*((r.first, r.last, r.using, r.in_post, r.observed) for r in rows), strict=True)
    first, last, using, in_post, observed = (np.array(column) for column in columns)
    warnings = (*reading.warnings, *_unlike(in_post, posts, name))
    return Observations(name, reading.time, first, last, using, in_post, observed, warnings)


def _unlike(in_post: Array, posts: int, name: str) -> list[Problem]:
    """Say it where there are far more or fewer people than the scenario has posts."""
    usual = float(np.median(in_post))
    if LIKE[0] * posts <= usual <= LIKE[1] * posts:
        return []
    message = f"is unlike the scenario's {posts} staff posts; chance acts more on fewer people"
    allowed = "a scenario with site.units and site.staff_per_unit as in the site"
    return [Problem(message, name, None, "in_post", f"{usual:g} (median)", allowed)]
