"""The programme's calendar and the events of a run, as a scenario holds them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

ACTIVITY_KINDS = (
    "workshop", "homework", "seminar", "compendium", "elearning",
    "skills_training", "simulation", "refresher", "coaching", "feedback",
)  # fmt: skip
AUDIENCES = ("staff", "leaders", "everyone", "target")
INVITED = ("all", "untrained")
LED_BY = ("facilitator", "champion", "leader", "nobody", "driver")


@dataclass(frozen=True)
class Activity:
    """One line of the programme's calendar; weeks count from the start of the programme.

    Attributes
    ----------
    kind : str
        One of `ACTIVITY_KINDS`.
    week : int
        Week of the programme in which it is first held; the first is 1.
    hours : float
        Hours per participant and occurrence.
    audience : {"staff", "leaders", "everyone", "target"}
        Whom it is for; ``target`` is the programme's own.
    led_by : {"facilitator", "champion", "leader", "nobody", "driver"}
        Who leads it; ``driver`` is the programme's `lead`.
    who : {"all", "untrained"}
        Everybody, or only those who never took part in anything.
    every, until : int, optional
        It repeats every so many weeks, up to and including week `until`.
    places : int, optional
        Places per unit and occurrence; None is no limit.
    protected : float, optional
        Share of its hours that is covered; None is the programme's `protected_time`.
    name : str
        What people call it; may be empty.
    """

    kind: str
    week: int
    hours: float
    audience: str = "target"
    led_by: str = "driver"
    who: str = "all"
    every: int | None = None
    until: int | None = None
    places: int | None = None
    protected: float | None = None
    name: str = ""

    def weeks(self) -> range:
        """Return the weeks of the programme in which it is held."""
        last = self.week if self.until is None else self.until
        return range(self.week, last + 1, self.every or 1)

    def to_dict(self) -> dict[str, Any]:
        """Return its fields as in a scenario file, without those that are not given."""
        return _given(self)


@dataclass(frozen=True)
class LeaderLeaves:
    """The leader of a unit (or of every unit) leaves in a week of the run."""

    week: int
    unit: int | None = None
    kind: Literal["leader_leaves"] = "leader_leaves"

    def to_dict(self) -> dict[str, Any]:
        """Return its fields as in a scenario file, without those that are not given."""
        return _given(self)


@dataclass(frozen=True)
class ChampionLeaves:
    """The development nurses of a unit (or of every unit) leave in a week of the run."""

    week: int
    unit: int | None = None
    kind: Literal["champion_leaves"] = "champion_leaves"

    def to_dict(self) -> dict[str, Any]:
        """Return its fields as in a scenario file, without those that are not given."""
        return _given(self)


@dataclass(frozen=True)
class DemandSurge:
    """Care demand is multiplied by a factor in some weeks of the run."""

    from_week: int
    until_week: int
    factor: float
    kind: Literal["demand"] = "demand"

    def to_dict(self) -> dict[str, Any]:
        """Return its fields as in a scenario file."""
        return _given(self)


Event = LeaderLeaves | ChampionLeaves | DemandSurge
EVENTS: Mapping[str, type[LeaderLeaves] | type[ChampionLeaves] | type[DemandSurge]] = {
    "leader_leaves": LeaderLeaves,
    "champion_leaves": ChampionLeaves,
    "demand": DemandSurge,
}


def _given(entry: Activity | Event) -> dict[str, Any]:
    """Return the fields of an entry that are set, the kind first."""
    names = sorted((f.name for f in fields(entry)), key=lambda name: name not in ("name", "kind"))
    pairs = ((name, getattr(entry, name)) for name in names)
    return {name: value for name, value in pairs if value is not None and value != ""}


def short_name(name: str) -> str:
    """Return a name as people type it in a key: ``First workshop`` is ``first-workshop``."""
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")
