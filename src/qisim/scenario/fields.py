"""The keys of a scenario file: what each takes, and the message that refuses anything else.

Numbers of the model come from `qisim.model.parameters`; here are the choices (which are words), the fields
of a calendar's activities and of events, and the one way in which a value is read and refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from qisim.errors import Problem, nearest_name
from qisim.model.calendar import ACTIVITY_KINDS, AUDIENCES, INVITED, LED_BY
from qisim.model.parameters import FACTORS, PARAMETERS

FORMAT = 1
"""Version of the file format that is read and written."""


class Refused(ValueError):
    """A value is not what its key takes; the message says why."""


@dataclass(frozen=True)
class Number:
    """A key that takes a number."""

    minimum: float
    maximum: float
    unit: str = "1"
    whole: bool = False
    meaning: str = ""

    @property
    def allowed(self) -> str:
        """Allowed range with its unit, for messages."""
        unit = "" if self.unit == "1" else f" {self.unit}"
        if self.whole:
            return f"whole number from {int(self.minimum)} to {int(self.maximum)}{unit}"
        return f"{self.minimum:g} to {self.maximum:g}{unit}"

    def read(self, value: Any) -> float | int:
        """Return the value as the model takes it: an int, or a float whichever way it is written."""
        if isinstance(value, bool) or not isinstance(value, Real):
            raise Refused("is not a number")
        number: Any = (
            value  # comparing and converting numbers of any kind is beyond the type checker
        )
        if self.whole and not isinstance(value, Integral):
            raise Refused("is not a whole number")
        if number != number or abs(number) == math.inf:
            raise Refused("is not a finite number")
        if not self.minimum <= number <= self.maximum:
            raise Refused("is out of range")
        return int(number) if self.whole else float(number) + 0.0  # no negative zero


LEAST_PRICE = 10.0
"""Kroner an hour below which a price must be thousands written with a point, as is usual in Norway."""


@dataclass(frozen=True)
class Price(Number):
    """A key that takes kroner an hour; 1.400 is asked about, for it means 1400 here and 1.4 in a file."""

    @property
    def allowed(self) -> str:
        """Allowed range with its unit, for messages."""
        return f"0, or {LEAST_PRICE:g} to {self.maximum:g} {self.unit}"

    def read(self, value: Any) -> float | int:
        """Return the price."""
        number = super().read(value)
        if 0 < number < LEAST_PRICE:
            asked = f": {number:g} kr an hour? write {1000 * number:g}" * (number >= 1)
            raise Refused(f"is out of range{asked}")
        return number


@dataclass(frozen=True)
class Choice:
    """A key that takes one of some words."""

    options: tuple[str, ...]
    default: str = ""
    meaning: str = ""

    @property
    def allowed(self) -> str:
        """The words, for messages."""
        return " | ".join(self.options)

    def read(self, value: Any) -> str:
        """Return the word."""
        if not isinstance(value, str) or value not in self.options:
            raise Refused("is not one of the words allowed")
        return str(value)


@dataclass(frozen=True)
class Text:
    """A key that takes free text on one line."""

    longest: int = 120
    shortest: int = 0

    @property
    def allowed(self) -> str:
        """What is allowed, for messages."""
        return f"text of {self.shortest} to {self.longest} characters on one line"

    def read(self, value: Any) -> str:
        """Return the text."""
        if not isinstance(value, str):
            raise Refused("is not text")
        if not self.shortest <= len(value) <= self.longest:
            raise Refused("is too long" if value else "is empty")
        if not value.isprintable():
            raise Refused("holds characters that cannot be printed")
        return str(value)


Field = Number | Choice | Text

CHOICES: dict[str, Choice] = {
    "site.setting": Choice(
        ("nursing_home", "home_care"),
        "nursing_home",
        "a label; what differs between settings stands in the numbers",
    ),
    "programme.driver": Choice(
        ("external", "internal", "blended", "none"),
        "none",
        "a label for who drives the programme; no rule reads it",
    ),
    "programme.package": Choice(
        ("leadership", "competence", "none"), "none", "a label for the programme's content"
    ),
    "programme.target": Choice(
        ("leaders", "staff", "both"),
        "staff",
        "whom the programme addresses, and whom an outside facilitator supports",
    ),
    "programme.lead": Choice(
        ("facilitator", "champion", "leader"),
        "champion",
        'who leads the activities that have led_by = "driver"',
    ),
    "programme.study_case": Choice(
        ("external", "internal", "none"),
        "none",
        "the study's case; only the allocation ensemble reads it",
    ),
    "run.allocation": Choice(
        ("off", "study", "null"),
        "off",
        "ensemble over which case has which factor: none, the study's, one half for all",
    ),
}
"""Keys that take a word, by dotted key."""

KEYS: dict[str, Number | Choice] = {
    **{
        p.key: Number(p.minimum, p.maximum, p.unit, p.kind == "int", p.meaning)
        for p in PARAMETERS.values()
    },
    **CHOICES,
}
"""Every key of the sections: numbers, then choices."""

DEFAULTS: dict[str, float | int | str] = {
    **{p.key: p.default if p.kind == "int" else float(p.default) for p in PARAMETERS.values()},
    **{key: choice.default for key, choice in CHOICES.items()},
}

SECTIONS: tuple[str, ...] = tuple(dict.fromkeys(key.partition(".")[0] for key in KEYS))

ROLES = ("uncertain", "lever", "context")
"""What a parameter can be to a planner; the role stands for all its parameters."""
GROUPS = tuple(dict.fromkeys(p.factor for p in PARAMETERS.values()))
"""The study's factors, and the parts of the model that belong to none of them."""

HEAD: dict[str, Field] = {
    "format": Number(FORMAT, FORMAT, whole=True),
    "name": Text(80, 1),
    "title": Text(200),
}
"""Keys before the first section, besides `extends`."""

PRICES: dict[str, Number] = {
    "staff": Price(0.0, 100_000.0, "kr/h", meaning="an hour of care staff"),
    "leader": Price(
        0.0, 100_000.0, "kr/h", meaning="an hour of a unit leader or development nurse"
    ),
    "facilitator": Price(0.0, 100_000.0, "kr/h", meaning="an hour of an outside facilitator"),
    "cover": Price(0.0, 100_000.0, "kr/h", meaning="an hour of a substitute"),
    "week_of_use": Number(
        0.0, 1_000.0, "h",
        meaning="what a week in which one of the staff uses the practice is worth, in hours of care staff",
    ),
}  # fmt: skip
"""Prices of an hour and the worth of a week of use, if given: no rule reads them, and nothing is assumed."""

SITES: dict[str, Number] = {
    "number": Number(1, 10_000, "sites", whole=True,
                     meaning="sites like this one at which a study runs; 1 is this site alone"),
}  # fmt: skip
"""At how many sites a study runs; see `qisim.design.sites`."""

ASIDE: dict[str, dict[str, Number]] = {"prices": PRICES, "sites": SITES}
"""Tables of a scenario file on which no run depends: they are not in its digest."""

TOP_LEVEL = (*HEAD, "extends", *SECTIONS, *ASIDE, "activities", "events")

SHORT: dict[str, str] = {
    key.rpartition(".")[2]: key for key in KEYS if not key.startswith("factors.")
}
"""Dotted keys by their last part, which is unique. The strength of a factor is always named in full:
who writes ``turnover = 0.3`` means people who leave, not a multiplier of what that does."""


def unknown_key(name: str, file: str | None = None) -> Problem:
    """Return the problem of an unknown or ambiguous key."""
    if name in FACTORS:
        own = [p.key for p in PARAMETERS.values() if p.factor == name and p.section != "factors"]
        near = next((key for key in own if key.endswith(f"_{name}")), None)
        some = ", ".join(own[:3]) + (", ..." if len(own) > 3 else "")
        message = "is a factor of the study, which has a strength and numbers of its own"
        allowed = (
            f"factors.{name} for its strength (0 is neutral, 1 the base); its numbers are {some}"
        )
        return Problem(message, file, key=name, allowed=allowed, nearest=near)
    short = nearest_name(name[:80], [*SHORT, *KEYS])
    return Problem("is not a known key", file, key=name[:80], nearest=SHORT.get(str(short), short))


_WEEK = Number(1, 520, "week", whole=True)

ACTIVITY_FIELDS: dict[str, Field] = {
    "name": Text(80),
    "kind": Choice(ACTIVITY_KINDS),
    "week": _WEEK,
    "every": Number(1, 520, "weeks", whole=True),
    "until": _WEEK,
    "hours": Number(0.05, 40.0, "h"),
    "audience": Choice(AUDIENCES),
    "who": Choice(INVITED),
    "places": Number(1, 400, "persons", whole=True),
    "led_by": Choice(LED_BY),
    "protected": Number(0.0, 1.0),
}
ACTIVITY_REQUIRED = ("kind", "week", "hours")

EVENT_FIELDS: dict[str, dict[str, Field]] = {
    "leader_leaves": {"week": _WEEK, "unit": Number(1, 8, "unit", whole=True)},
    "champion_leaves": {"week": _WEEK, "unit": Number(1, 8, "unit", whole=True)},
    "demand": {"from_week": _WEEK, "until_week": _WEEK, "factor": Number(0.0, 3.0)},
}
EVENT_REQUIRED: dict[str, tuple[str, ...]] = {
    "leader_leaves": ("week",),
    "champion_leaves": ("week",),
    "demand": ("from_week", "until_week", "factor"),
}


def known_names(prefix: str) -> Mapping[str, str]:
    """Return the allowed names in a section."""
    return {key[len(prefix) + 1 :]: key for key in KEYS if key.startswith(f"{prefix}.")}
