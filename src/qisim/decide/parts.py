"""What differs between two scenarios, cut into parts; and worlds that have some parts of each.

The parts of a difference are bundles that do something: content and its hours, who leads, hours while the
programme runs and afterwards, tool, length, ward, assumed strengths. Labels that no rule reads are in
none. A world between two scenarios takes some parts from one and the rest from the other; where these
do not fit together (a calendar longer than the programme), they are fitted by the rules of `fitted`, of
which the answer tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from qisim.comparison.context import differing
from qisim.decide.worlds import ALONE
from qisim.errors import InputError, Problem, ScenarioError, nearest_name
from qisim.model.calendar import Activity
from qisim.model.parameters import PARAMETERS
from qisim.scenario.fields import KEYS, SHORT
from qisim.scenario.scenario import Scenario, load

CALENDAR, LED_BY, EVENTS = "activities", "activities.led_by", "events"
LISTS = (CALENDAR, LED_BY, EVENTS)

BUNDLES: dict[str, tuple[str, ...]] = {
    "content and its hours": (
        CALENDAR, "programme.target", "programme.structure", "programme.leader_tasks",
        "programme.sharing", "programme.session_hours", "programme.protected_time",
    ),
    "who leads": (
        "programme.lead", "programme.facilitator*", "programme.handover_*",
        "programme.champion_from_week", LED_BY,
        "leadership.leader_handover",
    ),
    "hours while it runs": (
        "leadership.leader_hours", "leadership.champion_hours", "leadership.champion_units",
    ),
    "hours afterwards": ("leadership.*_after",),
    "tool and room to adapt": ("tool.usability", "tool.fit", "tool.*documentation_hours",
                               "programme.adaptable"),
    "length": ("programme.start_week", "programme.length_weeks"),
    "how long is watched": ("run.weeks",),
}  # fmt: skip
"""Bundles by name, as patterns of keys; what is in none goes by its role."""

WARD, STRENGTHS = "ward", "assumed strengths"


@dataclass(frozen=True)
class Part:
    """Some of what differs between two scenarios.

    Attributes
    ----------
    name : str
    keys : tuple of str
        Dotted keys, and ``activities``, ``activities.led_by`` or ``events``.
    corner : Scenario, optional
        The scenario that has this part of the other and all else of the base, where one was given.
    """

    name: str
    keys: tuple[str, ...]
    corner: Scenario | None = None


def difference_keys(base: Scenario, other: Scenario) -> list[str]:
    """Return all in which two scenarios differ, without labels that no rule reads."""
    both = [base.to_dict(), other.to_dict()]
    found = [key for key in differing(both) if key not in ALONE]
    if not _allocated(base, other):
        found = [key for key in found if key not in ("programme.study_case", "run.allocation")]
    if stays_throughout(base) and stays_throughout(other):  # then it follows from the length
        found = [key for key in found if key != "programme.facilitator_weeks"]
    calendars = [[replace(a, name="") for a in one.activities] for one in (base, other)]
    if calendars[0] != calendars[1]:
        bare = [[replace(a, led_by="") for a in one] for one in calendars]
        found.append(LED_BY if bare[0] == bare[1] else CALENDAR)
    if base.events != other.events:
        found.append(EVENTS)
    return found


def _allocated(base: Scenario, other: Scenario) -> bool:
    """Return whether factors are allocated to cases by chance, so that the case does something."""
    return any(one.choices["run.allocation"] != "off" for one in (base, other))


def bundle_of(key: str) -> str:
    """Return the bundle that a key belongs to."""
    for name, patterns in BUNDLES.items():
        if any(fnmatchcase(key, pattern) for pattern in patterns):
            return name
    if key == EVENTS or key.partition(".")[0] in ("site", "workforce", "workload"):
        return WARD
    role = PARAMETERS[key].role if key in PARAMETERS else ""
    if role == "context" or key.startswith("run.start"):
        return WARD
    if key.startswith("programme."):
        return next(iter(BUNDLES)) if role == "lever" else STRENGTHS
    return STRENGTHS


def parts_between(
    base: Scenario, other: Scenario, given: Mapping[str, Any] | None = None, by: str = "bundle"
) -> list[Part]:
    """Return the parts of a difference.

    Parameters
    ----------
    base, other : Scenario
    given : mapping of str to (sequence of str, or scenario), optional
        Parts of one's own by name: keys (with ``*``), or a scenario that has this part of the other and
        all else of the base.
    by : {"bundle", "key"}
        How the rest is cut.

    Raises
    ------
    InputError
        If a part of one's own holds nothing that differs, or is not part of the difference.
    """
    left, parts, wrong = difference_keys(base, other), list[Part](), list[Problem]()
    for name, what in (given or {}).items():
        try:
            keys, corner = _own_part(name, what, base, other, left)
        except InputError as refused:
            wrong += refused.problems
            continue
        left = [key for key in left if key not in keys]
        parts.append(Part(name, tuple(keys), corner))
    if wrong:
        raise InputError(wrong)
    names = [short(key) if by == "key" else bundle_of(key) for key in left]
    known = [*BUNDLES, WARD, STRENGTHS]
    order = sorted(set(names), key=known.index) if by == "bundle" else list(dict.fromkeys(names))
    for name in order:
        parts.append(Part(name, tuple(k for k, n in zip(left, names, strict=True) if n == name)))
    return parts


def short(key: str) -> str:
    """Return a key as words."""
    if key in LISTS:
        return {CALENDAR: "calendar", LED_BY: "who leads activities"}.get(key, key)
    return PLAINER.get(key) or key.rpartition(".")[2].replace("_", " ")


PLAINER = {
    "programme.length_weeks": "length",
    "programme.start_week": "start",
    "programme.handover_use": "use from which the facilitator hands over",
    "programme.handover_weeks": "weeks of such use before she does",
    "programme.sharing": "weight of arenas for sharing",
    "programme.adaptable": "room to adapt",
    "leadership.leader_hours_after": "share of leader hours kept afterwards",
    "leadership.champion_hours_after": "share of champion hours kept afterwards",
}
"""Keys whose own words say too little in a sentence."""


def _own_part(
    name: str, what: Any, base: Scenario, other: Scenario, left: Sequence[str]
) -> tuple[list[str], Scenario | None]:
    """Return the keys of a part of one's own, and its scenario where it was given as one."""
    if isinstance(what, list | tuple):
        patterns = [SHORT.get(str(pattern), str(pattern)) for pattern in what]
        for pattern in patterns:
            if not any(fnmatchcase(key, pattern) for key in [*KEYS, *LISTS]):
                near = nearest_name(pattern, [*KEYS, *LISTS])
                raise InputError(
                    Problem("names no key", key=f"part {name}", value=pattern, nearest=near)
                )
        keys = [key for key in left if any(fnmatchcase(key, pattern) for pattern in patterns)]
        if not keys:
            message = "holds nothing that differs (or another part has it already)"
            raise InputError(
                Problem(message, key=f"part {name}", value=list(what), allowed=", ".join(left))
            )
        return keys, None
    corner = load(what)
    if corner.digest in (base.digest, other.digest):
        which = base.name if corner.digest == base.digest else other.name
        message = f"is the same as {which}, so it says nothing about a part"
        raise InputError(Problem(message, key=f"part {name}", value=corner.name))
    moved = difference_keys(base, corner)
    stray = [key for key in moved if key not in difference_keys(base, other)]
    if stray:
        message = f"differs from {base.name} where {other.name} does not"
        raise InputError(
            Problem(message, key=f"part {name}", value=corner.name, allowed=f"not {stray[0]}")
        )
    strange = [key for key in moved if key not in FOLLOWING and not _alike(key, corner, other)]
    if strange:
        message = f"has a value of its own, neither that of {base.name} nor that of {other.name}"
        raise InputError(Problem(f"{strange[0]} {message}", key=f"part {name}", value=corner.name))
    return [key for key in moved if key in left], corner


FOLLOWING = ("programme.facilitator_weeks", "programme.champion_from_week")
"""Weeks that follow the length of the programme in worlds between two scenarios."""


def _alike(key: str, one: Scenario, other: Scenario) -> bool:
    """Return whether two scenarios have the same of what a key names."""
    if key in LISTS:
        return key not in difference_keys(one, other)
    return one[key] == other[key]


# --- worlds between two scenarios ------------------------------------------------------------------


def mixed(base: Scenario, other: Scenario, parts: Sequence[Part]) -> Scenario:
    """Return the base with some parts of the other.

    Raises
    ------
    InputError
        If they do not go together, even fitted.
    """
    if len(parts) == 1 and parts[0].corner is not None:
        return parts[0].corner
    keys = [key for part in parts for key in part.keys]
    values = {key: (other if key in keys else base)[key] for key in KEYS}
    calendar = list((other if CALENDAR in keys else base).activities)
    if LED_BY in keys:
        calendar = list(other.activities)
    events = (other if EVENTS in keys else base).events
    _stay_to_the_end(values, base, other, keys)
    try:
        return base.replace(
            {
                **values,
                "activities": [one.to_dict() for one in fitted(calendar, values)],
                "events": [event.to_dict() for event in events],
                "name": base.name,
            }
        )
    except ScenarioError as refused:
        names = " and ".join(part.name for part in parts)
        message = f"{names} of {other.name} and the rest of {base.name} do not go together"
        allowed = "one part of all that belongs together: --part NAME=KEY,KEY"
        raise InputError([Problem(message, allowed=allowed), *refused.problems]) from None


def _stay_to_the_end(
    values: dict[str, Any], base: Scenario, other: Scenario, keys: Sequence[str]
) -> None:
    """Fit weeks to the length: who stays for a whole programme stays for the whole of this one."""
    length = values["programme.length_weeks"]
    key = "programme.facilitator_weeks"
    own = other if key in keys or "programme.lead" in keys else base
    whole = stays_throughout(own)
    values[key] = length if whole else min(int(own[key]), length)
    begins = "programme.champion_from_week"
    values[begins] = max(min(values[begins], length), 1)


def stays_throughout(scenario: Scenario) -> bool:
    """Return whether an outside facilitator is there for the whole of the programme."""
    values = scenario.values
    return 0 < values["programme.facilitator_weeks"] == values["programme.length_weeks"]


def fitted(calendar: Sequence[Activity], values: Mapping[str, Any]) -> Iterator[Activity]:
    """Yield a calendar as it can be held: within the programme, and led by somebody who is there.

    What lies after the programme's end is left out; what the facilitator or the champion would lead
    while not there (or without hours for it) is led by the unit's leader.
    """
    length, there = values["programme.length_weeks"], values["programme.facilitator_weeks"]
    if values["programme.facilitator_hours"] <= 0:
        there = 0
    begins = values["programme.champion_from_week"]
    if not values["site.champions_per_unit"] or values["leadership.champion_hours"] <= 0:
        begins = length + 1
    for one in calendar:
        if one.week > length:
            continue
        kept = one if one.until is None else replace(one, until=min(one.until, length))
        leads = values["programme.lead"] if one.led_by == "driver" else one.led_by
        if leads == "champion" and kept.week < begins:
            yield replace(kept, led_by="leader")
        elif leads == "facilitator" and kept.weeks()[-1] > there:
            yield from _handed_over(kept, there)
        else:
            yield kept


def _handed_over(one: Activity, there: int) -> Iterator[Activity]:
    """Yield what the facilitator leads while there, and what the unit's leader takes over."""
    early = [week for week in one.weeks() if week <= there]
    late = [week for week in one.weeks() if week > there]
    if early:
        yield replace(one, until=early[-1]) if one.until is not None else one
    if late:
        name = f"{one.name}, later" if one.name and early else one.name
        until = None if one.until is None else late[-1]
        yield replace(one, week=late[0], until=until, led_by="leader", name=name)


FITTED = (
    "Worlds between the two are fitted: what lies after a programme's end is left out, a facilitator who "
    "stays for the whole programme stays for the whole of the other's, and what nobody else is there to "
    "lead is led by the unit's leader."
)
