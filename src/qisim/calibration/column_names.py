"""Accepted names of columns and of months in a file of counts."""

from __future__ import annotations

import re
from datetime import date
from unicodedata import normalize

from qisim.reading import readable

TIMES = ("week", "month", "date")
NEEDED = ("using", "in_post")
KNOWN = (*TIMES, *NEEDED, "observed")
NORWEGIAN = {
    "uke": "week", "måned": "month", "maaned": "month", "mnd": "month", "dato": "date",
    "brukere": "using", "bruker": "using", "i_bruk": "using", "tatt_i_bruk": "using",
    "i_stilling": "in_post", "ansatte": "in_post", "ansatt": "in_post",
    "observert": "observed", "observerte": "observed",
}  # fmt: skip
"""Norwegian names of columns, and what they mean."""
ENGLISH = {"users": "using", "in_use": "using", "staff": "in_post", "employees": "in_post"}
"""Other English names that can mean one thing only."""
COUNT_OF = re.compile(
    r"(?:antall|number_of)_(?=.)|(?<=.)_?(?:nr|nummer|no|number|i_alt|totalt|total)$"
)
GAPS = frozenset(["", "-", "\N{EN DASH}", "\N{EM DASH}", "na", "n/a", "#n/a", "#i/t"])
"""What people and spreadsheets write where there was no count."""
CALLED = {
    "using": "using, or users, brukere, i bruk",
    "in_post": "in_post, or staff, employees, ansatte, i stilling",
    "time": "week (uke), month (måned) or date (dato)",
}
"""What a needed column may be called, for messages."""
TIME_WORD = re.compile(r"(?:uke|week|måned|month|mnd)\.?\s*(?=\d)", re.IGNORECASE)
MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "ma[iy]",
    "jun",
    "jul",
    "aug",
    "sep",
    "o[kc]t",
    "nov",
    "de[sc]",
)
"""How names of months begin, in Norwegian and English."""
YEAR_MONTH = re.compile(r"(?P<year>\d{4})[-./](?P<month>\d{1,2})|(?P<m>\d{1,2})[-./](?P<y>\d{4})")
NAMED_MONTH = re.compile(r"(?P<name>[^\W\d_]+)(?:\.|\.?[ -])(?P<year>\d{4}|\d{2})")
YEAR_NAMED = re.compile(r"(?P<year>\d{4})[ -](?P<name>[^\W\d_]+)\.?")
DAY_NAMED = re.compile(r"(\d{1,2})\.?[ -]([^\W\d_]+)\.?[ -](\d{4})")
INNER = re.compile(r"[34]\d{4}|5[0-4]\d{3}")
"""Days since 1900 (or 1904) by which spreadsheets hold dates of this age."""
DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})")


def plain_name(name: str) -> str:
    """Return the name of a column without regard to case, spaces and hyphens."""
    composed = normalize("NFC", name).strip(" .:").lower()  # a Mac may write å as a and a ring
    plain = readable("_".join(composed.replace("-", " ").split()))[:80]
    for one in (plain, COUNT_OF.sub("", plain)):
        if found := NORWEGIAN.get(one) or ENGLISH.get(one) or (one if one in KNOWN else None):
            return found
    return plain


def month_of(text: str) -> tuple[int, int] | None:
    """Return year and month that a text names: a date, ``2025-01``, ``01.2025``, ``jan.25``; else None."""
    plain = text.strip().lower()
    year_month, day = YEAR_MONTH.fullmatch(plain), DAY_FIRST.fullmatch(plain)
    named = NAMED_MONTH.fullmatch(plain) or YEAR_NAMED.fullmatch(plain)
    if year_month:
        year, month = year_month["year"] or year_month["y"], year_month["month"] or year_month["m"]
    elif named:
        number = month_called(named["name"])
        if number is None:
            return None
        year, month = named["year"], str(number)
    elif day:
        year, month = day[3], day[2]
    else:
        try:
            given = date.fromisoformat(plain[:10]) if re.match(r"\d{4}-\d\d-\d\d", plain) else None
        except ValueError:
            return None
        return (given.year, given.month) if given else None
    return (full_year(year), int(month)) if 1 <= int(month) <= 12 else None


def month_called(name: str) -> int | None:
    """Return the number of a month by its name, in Norwegian or English; None where it is none."""
    begins = (n for n, start in enumerate(MONTHS, 1) if re.match(start, name.lower()))
    return next(begins, None)


def full_year(digits: str) -> int:
    """Return a year of four digits, or of two in this century, as a number."""
    return int(digits) + (2000 if len(digits) == 2 else 0)
