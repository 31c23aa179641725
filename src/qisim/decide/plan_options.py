"""What can be changed in a plan: numbers, weeks, the calendar, and nothing at all.

Each option is one change, and makes a scenario that can be, and another one than the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from qisim.decide.changes import changed
from qisim.decide.finding import (
    setting,
)
from qisim.decide.parts import short
from qisim.errors import ScenarioError
from qisim.model.calendar import Activity
from qisim.model.parameters import PARAMETERS
from qisim.scenario.scenario import Scenario

ALSO = ("leadership.leader_hours_after",)
"""Numbers that somebody decides on although nobody knows them well: hours kept afterwards."""
NOT_DECIDED = ("workload.pressure", "tool.fit", "tool.usability")
"""Numbers that describe what there is to choose from, and are had by choosing another tool or site."""
UNSEEN = dict.fromkeys(
    ("tool.documentation_hours", "tool.leader_documentation_hours"),
    "What the writing is for (safe and continuous care, the duty to document) is not in the model: there, less "
    "of it costs nothing.",
)
"""What a lever does that the model does not know, so that it looks better there than it is."""
HALF_A_YEAR, QUARTER = 26, 13
NOTHING = "no programme"


@dataclass(frozen=True)
class Option:
    """One change of a plan.

    Attributes
    ----------
    name : str
        What is done, in words.
    key : str
        What is moved: a dotted key, ``activities``, or empty.
    scenario : Scenario
    """

    name: str
    key: str
    scenario: Scenario


def options_of(plan: Scenario) -> list[Option]:
    """Return every change of a plan that makes a scenario that can be, and another one."""
    held: dict[str, Option] = {}
    for name, key, changes in [*_numbers(plan), *_weeks(plan), *_calendar(plan)]:
        try:
            made = changed(plan, changes) if "activities" not in changes else plan.replace(changes)
        except ScenarioError:
            continue
        if made.digest != plan.digest:
            held.setdefault(made.digest, Option(name, key, made))
    none = changed(plan, {"programme.length_weeks": 0})
    if none.digest != plan.digest:
        held[none.digest] = Option(NOTHING, "", none)
    return list(held.values())


def unseen(keys: Iterable[str]) -> list[str]:
    """Return the caveats on levers that do more than the model represents, each once."""
    return list(dict.fromkeys(UNSEEN[key] for key in keys if key in UNSEEN))


Change = tuple[str, str, dict[str, Any]]


def _numbers(plan: Scenario) -> Iterator[Change]:
    """Yield numbers moved to the ends of their plausible ranges, and one development nurse more or less."""
    for one in PARAMETERS.values():
        decided = one.role == "lever" and one.kind == "float" and one.key not in NOT_DECIDED
        if not decided and one.key not in ALSO:
            continue
        for end in (one.low, one.high):
            if end != plan[one.key]:
                now = setting(one.key, plan[one.key], bare=True)
                yield f"{short(one.key)} {now} → {setting(one.key, end)}", one.key, {one.key: end}
    key = "site.champions_per_unit"
    number = int(plan[key])
    yield "one more development nurse in each unit", key, {key: number + 1}
    if number:
        yield "one fewer development nurse in each unit", key, {key: number - 1}


def _weeks(plan: Scenario) -> Iterator[Change]:
    """Yield a longer and a shorter programme, another start, another stay of the facilitator.

    A programme that ends later is watched for longer, so that users are counted as long after its end.
    """
    length, key = int(plan["programme.length_weeks"]), "programme.length_weeks"
    watched = int(plan["run.weeks"])
    for more in (-HALF_A_YEAR, HALF_A_YEAR):
        if length + more > 0 and watched + more > 0:
            changes = {key: length + more, "run.weeks": watched + more}
            yield f"length {length} → {length + more} weeks", key, changes
    key, begins = "programme.start_week", int(plan["programme.start_week"])
    if length:
        changes = {key: begins + QUARTER, "run.weeks": watched + QUARTER}
        yield f"start {QUARTER} weeks later", key, changes
    key, stays = "programme.facilitator_weeks", int(plan["programme.facilitator_weeks"])
    hours = "programme.facilitator_hours"
    given = {} if plan[hours] else {hours: PARAMETERS[hours].default}
    for weeks in dict.fromkeys((0, length // 2, length)):
        if weeks != stays:
            yield f"outside facilitator {stays} → {weeks} weeks", key, {key: weeks, **given}


def _calendar(plan: Scenario) -> Iterator[Change]:
    """Yield calendars with an activity less, one held twice as often, and refreshers added."""
    calendar = list(plan.activities)
    for i, one in enumerate(calendar):
        name = one.name or one.kind.replace("_", " ")
        yield f"without: {name}", "activities", _with(calendar[:i] + calendar[i + 1 :])
        if one.every is not None and one.every > 1:
            often = replace(one, every=max(one.every // 2, 1))
            every = f"every {often.every} weeks instead of {one.every}"
            yield f"{name} {every}", "activities", _with([*calendar[:i], often, *calendar[i + 1 :]])
    length = int(plan["programme.length_weeks"])
    if length > QUARTER and not any(one.kind == "refresher" for one in calendar):
        fresh = Activity(
            "refresher", QUARTER, 1.0, "everyone", "leader", every=QUARTER, until=length
        )
        yield (
            f"a refresher of an hour every {QUARTER} weeks",
            "activities",
            _with([*calendar, fresh]),
        )


def _with(calendar: Sequence[Activity]) -> dict[str, Any]:
    return {"activities": [one.to_dict() for one in calendar]}
