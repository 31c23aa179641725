"""Options for a plan that is under way: continuations that leave its past unchanged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from qisim.comparison.context import differing
from qisim.decide.parts import fitted, short
from qisim.errors import ScenarioError
from qisim.model.calendar import Activity
from qisim.model.parameters import PARAMETERS
from qisim.scenario.scenario import Scenario

NOTICE, EVERY, HOURS = 4, 13, 1.0
"""Weeks until a first refresher, weeks from one to the next, and its hours."""
STAY, REFRESHER, HAND_OVER = "stay", "add a refresher", "hand over now"
TAKEN_OVER = ("programme.facilitator_weeks", "programme.length_weeks", "programme.champion_from_week",
              "programme.target", "programme.lead")  # fmt: skip
"""What a switch takes from the other plan beside its calendar."""


@dataclass(frozen=True)
class Turn:
    """One way to go on.

    Attributes
    ----------
    name : str
        What is done.
    plan : Scenario
    left : tuple of str
        What differs in the plan that is switched to and cannot be taken over half-way, in words.
    """

    name: str
    plan: Scenario
    left: tuple[str, ...] = ()


def turns(plan: Scenario, now: int, other: Scenario | None = None) -> tuple[list[Turn], list[str]]:
    """Return the ways to go on after a week of the run, and a sentence for each that there is not.

    Parameters
    ----------
    plan : Scenario
        What has been done so far.
    now : int
        Last week of the run that is over.
    other : Scenario, optional
        A plan that can be switched to.
    """
    week = now - int(plan["programme.start_week"]) + 1
    length = int(plan["programme.length_weeks"])
    found, none = [Turn(STAY, plan)], list[str]()
    if not length or week >= length:
        none.append(
            "The programme is over by then, so nothing of it can be changed any more: what is left is to stay."
        )
        return found, none
    if 1 <= week + NOTICE <= length:
        found.append(Turn(REFRESHER, with_refresher(plan, max(week, 0))))
    else:
        none.append(f"The programme ends in {length - week} weeks, too soon for a refresher.")
    if 0 < week < int(plan["programme.facilitator_weeks"]):
        found.append(Turn(HAND_OVER, handed_over(plan, week)))
    if other is not None:
        try:
            found.append(switched(plan, max(week, 0), other))
        except ScenarioError as refused:
            none.append(f"One cannot switch to {other.name} now: {refused.problems[0]}.")
    return found, none


def with_refresher(plan: Scenario, week: int) -> Scenario:
    """Return a plan with an hour of refresher for everyone from soon after a week of the programme."""
    fresh = Activity(
        "refresher", week + NOTICE, HOURS, "everyone", "leader", every=EVERY,
        until=int(plan["programme.length_weeks"]),
    )  # fmt: skip
    return _with(plan, REFRESHER, [*plan.activities, fresh], {})


def handed_over(plan: Scenario, week: int) -> Scenario:
    """Return a plan whose outside facilitator leaves after a week of the programme."""
    given = {"programme.facilitator_weeks": week}
    calendar = fitted(plan.activities, {**plan.values, **plan.choices, **given})
    return _with(plan, HAND_OVER, list(calendar), given)


def switched(plan: Scenario, week: int, other: Scenario) -> Turn:
    """Return a plan that goes on as another from a week of the programme on.

    Its calendar, who leads, how long it lasts and the facilitator's stay become the other's; hours set
    apart, tool and the like hold for the whole of a programme and stay as they are.
    """
    values = {**plan.values, **plan.choices}
    stays = int(plan["programme.facilitator_weeks"])
    given: dict[str, object] = {
        "programme.length_weeks": max(int(other["programme.length_weeks"]), week)
    }
    if stays > week:  # who has left does not come back
        given["programme.facilitator_weeks"] = max(week, int(other["programme.facilitator_weeks"]))
    if int(plan["programme.champion_from_week"]) > week:
        begins = max(int(other["programme.champion_from_week"]), week + 1)
        given["programme.champion_from_week"] = begins
    held = list(before(plan, week))
    calendar = [*held, *named_apart(after(other, week), {one.name for one in held})]
    calendar = list(fitted(calendar, {**values, **given}))
    name = f"switch to {other.name}"
    apart = [
        key for key in differing([plan.to_dict(), other.to_dict()])
        if key in PARAMETERS and key not in TAKEN_OVER and PARAMETERS[key].role == "lever"
    ]  # fmt: skip
    return Turn(name, _with(plan, name, calendar, given), tuple(short(key) for key in apart))


def before(plan: Scenario, week: int) -> Iterator[Activity]:
    """Yield what is held up to a week of the programme."""
    for one in plan.activities:
        held = [each for each in one.weeks() if each <= week]
        if held:
            yield one if one.until is None else replace(one, until=held[-1])


def named_apart(calendar: Iterable[Activity], taken: Collection[str]) -> Iterator[Activity]:
    """Yield activities, without the names that others of the calendar have already."""
    for one in calendar:
        yield replace(one, name="") if one.name in taken else one


def after(plan: Scenario, week: int) -> Iterator[Activity]:
    """Yield what is held after a week of the programme, with nothing left to the plan's own words."""
    audience = {"leaders": "leaders", "staff": "staff", "both": "everyone"}
    for one in plan.activities:
        held = [each for each in one.weeks() if each > week]
        if held:
            leads = plan.choices["programme.lead"] if one.led_by == "driver" else one.led_by
            to = one.audience
            if to == "target":
                to = audience[plan.choices["programme.target"]]
            yield replace(one, week=held[0], led_by=leads, audience=to)


def _with(
    plan: Scenario, name: str, calendar: Sequence[Activity], given: Mapping[str, object]
) -> Scenario:
    changes = {"activities": [one.to_dict() for one in calendar], **given}
    return plan.replace({"name": f"{plan.name}, {name}", **changes})
