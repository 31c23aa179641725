"""A site's own figures: how many of the staff used the practice, week by week or month by month.

`read` takes a CSV file (`qisim.reading`) and checks everything; what is wrong is listed with its row
and column. Columns: one of ``week`` (of the run, from 1), ``month`` (of the run, from 1, or a month of the
calendar) or ``date`` (YYYY-MM-DD, or day.month.year); ``using`` (staff who used the practice that week; for a
month the mean of its weeks) and ``in_post`` (staff in post); where not everybody was looked at, ``observed``
(how many were). A row without a value of ``using``, or no row at all, is a gap. The format is described in
`docs/calibration.md`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.calibration.column_names import DAY_FIRST, KNOWN, NEEDED, TIMES, month_of, plain_name
from qisim.calibration.counting import EXACT, Errors
from qisim.errors import DataError, Problem, first_problems, nearest_name
from qisim.reading import MIB, Table, read_table, readable

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
        What is odd but no mistake.
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
    reading = _Reading(read_table(file, MAX_BYTES), weeks, start, fewest)
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


@dataclass(frozen=True)
class _Row:
    """One row that could be read."""

    line: int
    first: int
    last: int
    using: float
    in_post: float
    observed: float


class _Reading:
    """Reads one file; what is wrong is noted, and reading goes on."""

    def __init__(self, table: Table, weeks: int, start: str | None, fewest: int) -> None:
        self.table, self.name, self.weeks, self.fewest = table, table.name, weeks, fewest
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.time, self.gaps, self.dated = "", 0, False
        self.given_start = start
        self.start = self.day(start, None, "start") if start is not None else None

    def add(self, message: str, line: int | None, column: str | None = None, value: object = None,
            allowed: str | None = None, nearest: str | None = None) -> None:  # fmt: skip
        """Note a problem."""
        self.problems.append(Problem(message, self.name, line, column, value, allowed, nearest))

    # --- the table ---

    def rows(self) -> list[_Row]:
        """Return the rows that could be read."""
        table = self.table
        if not table.head:
            self.add("is empty", None, allowed=f"a first line of column names ({_columns_text()})")
            return []
        head = [plain_name(cell) for cell in table.head]
        self.dated = "month" in head and any(
            month_of(cells[place]) for _, cells in table.rows
            for place in (head.index("month"),) if place < len(cells)
        )  # fmt: skip
        if not self.head(head):
            return []
        read = [self.row(line, head, cells) for line, cells in table.rows]
        return [row for row in read if row is not None]

    def head(self, names: Sequence[str]) -> bool:
        """Check the names of the columns; say whether rows can be read."""
        before = len(self.problems)
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            self.add("appears twice", 1, name)
        times = [name for name in TIMES if name in names]
        if len(times) != 1:
            what = f"has {' and '.join(times)}" if times else "has no column of time"
            self.add(what, 1, allowed="one of week, month, date", nearest=_near("week", names))
        self.time = times[0] if times else ""
        for name in NEEDED:
            if name not in names:
                self.add("is missing", 1, name, nearest=_near(name, names))
        self.warnings += [
            Problem("is not read", self.name, 1, name, nearest=nearest_name(name, KNOWN))
            for name in names if name not in KNOWN
        ]  # fmt: skip
        dated = self.time == "date" or self.dated
        if dated and self.given_start is None:
            self.add("is missing; rows have a date", None, "start", None,
                     "first day of week 1 of the run, YYYY-MM-DD")  # fmt: skip
        elif self.start is not None and not dated and self.time in ("week", "month"):
            self.add(
                f"has no meaning where rows have a {self.time}", None, "start", str(self.start)
            )
        return len(self.problems) == before

    def row(self, line: int, head: Sequence[str], cells: Sequence[str]) -> _Row | None:
        """Read one row; None where it is a gap or wrong."""
        if len(cells) != len(head):
            self.add(f"has {len(cells)} values for {len(head)} columns", line)
            return None
        given = {name: cell.strip() for name, cell in zip(head, cells, strict=True)}
        weeks = self.weeks_of(given[self.time], line)
        if not given["using"]:
            self.gaps += 1
            return None
        people = {name: self.people(given[name], name, line) for name in NEEDED}
        everybody = people["in_post"] or math.nan
        looked_at = given.get("observed", "")
        people["observed"] = self.people(looked_at, "observed", line) if looked_at else everybody
        if weeks is None or None in people.values() or not self.fit(people, line):
            return None
        using, in_post, observed = (float(number or 0.0) for number in people.values())
        return _Row(line, *weeks, using, in_post, observed)

    # --- one value ---

    def people(self, text: str, name: str, line: int) -> float | None:
        """Read a number of people; a month's may be a mean, but not how many were looked at."""
        least = 0 if name == "using" else 1
        allowed = f"a number of people, {least} or more"
        number, parts = self.table.number(text), self.time == "month" and name != "observed"
        if not text:
            what = "is missing"
        elif number is None:
            what = "is not a number"
        elif not math.isfinite(number):
            what = "is not finite"
        elif number < least:
            what = "is negative" if number < 0 else "is 0"
        elif not parts and number != math.floor(number):
            what, allowed = "is not a whole number", f"{allowed}, whole"
        else:
            return number
        self.add(what, line, name, text or None, allowed)
        return None

    def fit(self, people: Mapping[str, float | None], line: int) -> bool:
        """Check the numbers of a row against each other."""
        using, in_post, observed = (people[name] or 0.0 for name in (*NEEDED, "observed"))
        before = len(self.problems)
        if using > in_post:
            self.add(f"is more than in_post = {in_post:g}", line, "using", f"{using:g}",
                     f"0 to {in_post:g} people")  # fmt: skip
        elif using > observed:
            self.add(f"is more than observed = {observed:g}", line, "using", f"{using:g}",
                     f"0 to {observed:g} people")  # fmt: skip
        if observed > in_post:
            self.add(f"is more than in_post = {in_post:g}", line, "observed", f"{observed:g}",
                     f"1 to {in_post:g} people")  # fmt: skip
        return len(self.problems) == before

    def weeks_of(self, text: str, line: int) -> tuple[int, int] | None:
        """Read the time of a row: the first and last week of the run that it covers."""
        if self.time == "date":
            day = self.day(text, line, "date")
            if day is None or self.start is None:
                return None
            week = (day - self.start).days // 7 + 1
            found: tuple[int, int] | None = (week, week)
        else:
            found = self.counted_weeks(text, line)
        if found is not None and not 1 <= found[0] <= found[1] <= self.weeks:
            self.add("lies outside the run", line, self.time, text, self.allowed_times())
            return None
        return found

    def counted_weeks(self, text: str, line: int) -> tuple[int, int] | None:
        """Read a number of a week or month; twelve months are 52 weeks."""
        if self.time == "month" and self.start is not None and (named := month_of(text)):
            begun = 12 * self.start.year + self.start.month
            return weeks_of_month(12 * named[0] + named[1] - begun + 1)
        number = None if self.dated else self.table.number(text)
        if number is None or not math.isfinite(number) or number != math.floor(number):
            what = "is missing" if not text else "is not a whole number"
            self.add(what, line, self.time, text or None, self.allowed_times())
            return None
        count = int(number)
        return (count, count) if self.time == "week" else weeks_of_month(count)

    def allowed_times(self) -> str:
        """Return which times lie within the run."""
        if self.time == "date":
            return f"a date in the {self.weeks} weeks from {self.start}"
        last = self.weeks if self.time == "week" else self.weeks * 12 // 52
        if self.dated:
            return f"a month in the {last} months from {self.start:%Y-%m}"
        return f"{self.time} 1 to {last} of the run"

    def day(self, text: str, line: int | None, column: str) -> date | None:
        """Read a date."""
        norwegian = DAY_FIRST.fullmatch(text)
        plain = text.removesuffix(" 00:00:00").removesuffix("T00:00:00")
        try:
            if norwegian:
                day, month, year = map(int, norwegian.groups())
                return date(year, month, day)
            return date.fromisoformat(plain)
        except ValueError:
            what = "is not a date" if text else "is missing"
            allowed = "YYYY-MM-DD, such as 2024-03-04, or 4.3.2024"
            self.add(what, line, column, text or None, allowed)
            return None

    # --- together ---

    def check(self, rows: Sequence[_Row]) -> None:
        """Check the rows against each other."""
        for earlier, later in zip(rows, rows[1:], strict=False):
            if later.first <= earlier.last:
                message = f"{_weeks_text(later)} is there already, in line {earlier.line}"
                self.add(message, later.line, self.time)
        if not self.problems and len(rows) < self.fewest:
            gaps = f" (and {self.gaps} without a value of using)" if self.gaps else ""
            self.add(f"has {len(rows)} rows with figures{gaps}, too few", None,
                     allowed=f"{self.fewest} or more; a year of them says far more")  # fmt: skip


def weeks_of_month(month: int) -> tuple[int, int]:
    """Return the first and last week of the run in a month of the run; twelve months are 52 weeks."""
    return (month - 1) * 52 // 12 + 1, month * 52 // 12


def _weeks_text(row: _Row) -> str:
    return f"week {row.first}" if row.first == row.last else f"weeks {row.first} to {row.last}"


def _columns_text() -> str:
    return "week or month or date, using, in_post; observed if not everybody was looked at"


def _near(name: str, given: Sequence[str]) -> str | None:
    """Return the given column that looks most like a missing one."""
    return nearest_name(name, [one for one in given if one and one not in KNOWN])
