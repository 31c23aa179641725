"""How a file of counts is read, row by row: what is wrong is noted, and reading goes on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qisim.calibration.column_names import (
    CALLED,
    DAY_FIRST,
    DAY_NAMED,
    GAPS,
    INNER,
    KNOWN,
    NEEDED,
    TIME_WORD,
    TIMES,
    month_called,
    month_of,
    plain_name,
)
from qisim.errors import Problem, nearest_name
from qisim.reading import Table, values_text


@dataclass(frozen=True)
class Row:
    """One row that could be read."""

    line: int
    first: int
    last: int
    using: float
    in_post: float
    observed: float


class CountsReader:
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

    def rows(self) -> list[Row]:
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
        for name in dict.fromkeys(name for name in names if name and names.count(name) > 1):
            self.add("appears twice", 1, name)
        times = [name for name in TIMES if name in names]
        if len(times) != 1:
            what = f"has {' and '.join(times)}" if times else "has no column of time"
            self.add(what, 1, allowed=CALLED["time"], nearest=_near("week", names))
        self.time = times[0] if times else ""
        for name in NEEDED:
            if name not in names:
                self.add("is missing", 1, name, None, f"a column called {CALLED[name]}",
                         _near(name, names))  # fmt: skip
        self.warnings += [
            Problem("is not read", self.name, 1, name, nearest=nearest_name(name, KNOWN))
            for name in names if name and name not in KNOWN
        ]  # fmt: skip
        dated = self.time == "date" or self.dated
        if dated and self.given_start is None:
            self.add("is missing; rows have a date", None, "start", None,
                     "first day of week 1 of the run, YYYY-MM-DD")  # fmt: skip
        elif self.start is not None and not dated and self.numbered():
            self.add(
                f"has no meaning where rows have a {self.time}", None, "start", str(self.start)
            )
        return len(self.problems) == before

    def numbered(self) -> bool:
        """Return whether rows count weeks or months of the run."""
        place = [plain_name(cell) for cell in self.table.head].index(self.time) if self.time else 0
        cells = next((row[place] for _, row in self.table.rows if place < len(row)), "")
        return self.time in ("week", "month") and self.count_of(cells) is not None

    def count_of(self, text: str) -> float | None:
        """Return which week or month of the run a cell counts: ``4`` or ``uke 4``."""
        return self.table.number(TIME_WORD.sub("", text.strip()))

    def row(self, line: int, head: Sequence[str], cells: Sequence[str]) -> Row | None:
        """Read one row; None where it is a gap or wrong."""
        if len(cells) != len(head):
            self.add(values_text(cells, head), line)
            return None
        given = {name: cell.strip() for name, cell in zip(head, cells, strict=True)}
        weeks = self.weeks_of(given[self.time], line)
        if given["using"].lower() in GAPS:
            self.gaps += 1
            return None
        people = {name: self.people(given[name], name, line) for name in NEEDED}
        everybody = people["in_post"] or math.nan
        looked_at = given.get("observed", "")
        people["observed"] = self.people(looked_at, "observed", line) if looked_at else everybody
        if weeks is None or None in people.values() or not self.fit(people, line):
            return None
        using, in_post, observed = (float(number or 0.0) for number in people.values())
        return Row(line, *weeks, using, in_post, observed)

    # --- one value ---

    def people(self, text: str, name: str, line: int) -> float | None:
        """Read a number of people; a month's may be a mean, but not how many were looked at."""
        least = 0 if name == "using" else 1
        allowed = f"a number of people, {least} or more"
        number, parts = self.table.number(text), self.time == "month" and name != "observed"
        if not text:
            what = "is missing"
        elif number is None:
            what = "is a share, not a number of people" if text.endswith("%") else "is not a number"
            allowed += "; empty where nobody counted" if name == "using" else ""
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
        number = None if self.dated else self.count_of(text)
        if number is None or not math.isfinite(number) or number != math.floor(number):
            what = "is missing" if not text else "is not a whole number"
            self.add(what, line, self.time, text or None, self.allowed_times())
            return None
        count = int(number)
        if self.time == "month" and INNER.fullmatch(text):
            what = "is a spreadsheet's inner number of a date"
            self.add(what, line, "month", text, "a column formatted as a date, such as 2025-01-31")
            return None
        return (count, count) if self.time == "week" else weeks_of_month(count)

    def allowed_times(self) -> str:
        """Return which times lie within the run."""
        if self.time == "date":
            return f"a date in the {self.weeks} weeks from {self.start}"
        last = self.weeks if self.time == "week" else self.weeks * 12 // 52
        if self.dated:
            return f"a month in the {last} months from {self.start:%Y-%m}"
        more = ", or a month and its year such as 01.2025" if self.time == "month" else ""
        return f"{self.time} 1 to {last} of the run{more}"

    def day(self, text: str, line: int | None, column: str) -> date | None:
        """Read a date."""
        norwegian, in_words = DAY_FIRST.fullmatch(text), DAY_NAMED.fullmatch(text)
        plain = text.removesuffix(" 00:00:00").removesuffix("T00:00:00")
        try:
            if norwegian:
                day, month, year = map(int, norwegian.groups())
                return date(year + 2000 * (year < 100), month, day)
            if in_words and (named := month_called(in_words[2])):
                return date(int(in_words[3]), named, int(in_words[1]))
            return date.fromisoformat(plain)
        except ValueError:
            what = ("is a spreadsheet's inner number of a date" if INNER.fullmatch(text)
                    else "is not a date" if text else "is missing")  # fmt: skip
            allowed = "YYYY-MM-DD, such as 2024-03-04, or 4.3.2024"
            self.add(what, line, column, text or None, allowed)
            return None

    # --- together ---

    def check(self, rows: Sequence[Row]) -> None:
        """Check the rows against each other."""
        for earlier, later in zip(rows, rows[1:], strict=False):
            if later.first <= earlier.last:
                verb = "is" if later.first == later.last else "are"
                message = f"{_weeks_text(later)} {verb} there already, in line {earlier.line}"
                self.add(message, later.line, self.time)
        self.check_shares(rows)
        if not self.problems and len(rows) < self.fewest:
            gaps = f" (and {self.gaps} without a value of using)" if self.gaps else ""
            self.add(f"has {len(rows)} rows with figures{gaps}, too few", None,
                     allowed=f"{self.fewest} or more; a year of them says far more")  # fmt: skip

    def check_shares(self, rows: Sequence[Row]) -> None:
        """Refuse shares where people are counted; ask where they might be the means of few people."""
        users = [row for row in rows if row.using]
        if not users or any(row.using >= 1 for row in users):
            return
        what, allowed = "is a share, not a number of people", "a number of people, 0 or more"
        odd = [row for row in users if abs(20 * row.using - round(20 * row.using)) > 1e-9]
        for row in odd[:1]:
            self.add(what, row.line, "using", f"{row.using:g}", f"{allowed}; no row reaches 1")
        if not odd:
            message = "is below 1 in every row: is it people, and not a share?"
            self.warnings.append(Problem(message, self.name, None, "using"))


def weeks_of_month(month: int) -> tuple[int, int]:
    """Return the first and last week of the run in a month of the run; twelve months are 52 weeks."""
    return (month - 1) * 52 // 12 + 1, month * 52 // 12


def _weeks_text(row: Row) -> str:
    return f"week {row.first}" if row.first == row.last else f"weeks {row.first} to {row.last}"


def _columns_text() -> str:
    return "week or month or date, using, in_post; observed if not everybody was looked at"


def _near(name: str, given: Sequence[str]) -> str | None:
    """Return the given column that looks most like a missing one."""
    return nearest_name(name, [one for one in given if one and one not in KNOWN])
