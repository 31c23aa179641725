"""The variables of the search for the best plan: hand-over and its rule, hours before and after, refreshers."""

from __future__ import annotations

from typing import Any

from qisim.decide.optimise import Dial
from qisim.model.calendar import Activity
from qisim.model.parameters import PARAMETERS
from qisim.scenario.scenario import Scenario

HAND_OVER, HOURS_OUT = "programme.facilitator_weeks", "programme.facilitator_hours"
ENOUGH_USE, FOR_WEEKS = "programme.handover_use", "programme.handover_weeks"
LEAST_USE = 0.05
"""The lowest use from which a rule may hand over; beyond the highest, a dial stands for no such rule, so that
to turn it up is always to hand over later."""
TURNED = ("leadership.leader_hours", "leadership.champion_hours", "leadership.leader_hours_after",
          "leadership.champion_hours_after")  # fmt: skip
REFRESHERS, MOST_A_YEAR = "refreshers a year", 6
WEEKS_OF_YEAR = 52


def dials_of(plan: Scenario) -> tuple[list[str], list[Dial], list[float]]:
    """Return what is turned: keys, dials, and where they stand now."""
    length = int(plan["programme.length_weeks"])
    keys, dials, now = (
        [HAND_OVER],
        [Dial(HAND_OVER, 0, length, whole=True)],
        [float(plan[HAND_OVER])],
    )
    more = [HOURS_OUT] if plan[HOURS_OUT] else []
    for key in (*more, *TURNED):
        if "champion" in key and not plan["site.champions_per_unit"]:
            continue
        one, value = PARAMETERS[key], float(plan[key])
        keys.append(key)
        dials.append(Dial(key, min(one.low, value), max(one.high, value), own=value))
        now.append(value)
    if plan["site.champions_per_unit"]:
        add_rule(plan, keys, dials, now)
    dials.append(Dial(REFRESHERS, 0, max(MOST_A_YEAR, yearly_of(plan)), whole=True))
    return [*keys, REFRESHERS], dials, [*now, float(yearly_of(plan))]


def add_rule(plan: Scenario, keys: list[str], dials: list[Dial], now: list[float]) -> None:
    """Add the two dials of a rule by which the facilitator hands over before her time."""
    use, most = float(plan[ENOUGH_USE]), highest_use(plan)
    weeks, one = float(plan[FOR_WEEKS]), PARAMETERS[FOR_WEEKS]
    none = most + LEAST_USE
    least = min(LEAST_USE, use) if use else LEAST_USE
    keys += [ENOUGH_USE, FOR_WEEKS]
    dials += [
        Dial(ENOUGH_USE, least, none, own=use or none),
        Dial(FOR_WEEKS, min(one.low, weeks), max(one.high, weeks), whole=weeks == round(weeks)),
    ]
    now += [use or none, weeks]


def highest_use(plan: Scenario) -> float:
    """Return the highest use from which a rule hands over."""
    return max(PARAMETERS[ENOUGH_USE].high, float(plan[ENOUGH_USE]))


def yearly_of(plan: Scenario) -> int:
    """Return how many refreshers a year a plan has, roughly."""
    held = sum(len(one.weeks()) for one in plan.activities if is_refresher(one))
    return round(held * WEEKS_OF_YEAR / max(int(plan["programme.length_weeks"]), 1))


def is_refresher(one: Activity) -> bool:
    """Return whether an activity refreshes everybody; what brings newcomers in is left alone."""
    return one.kind == "refresher" and one.who == "all"


def with_refreshers(plan: Scenario, yearly: int) -> list[dict[str, Any]]:
    """Return a plan's calendar with so many refreshers of an hour a year, and no others."""
    calendar = [one.to_dict() for one in plan.activities if not is_refresher(one)]
    length = int(plan["programme.length_weeks"])
    if yearly:
        every = max(round(WEEKS_OF_YEAR / yearly), 1)
        if every <= length:
            one = Activity("refresher", every, 1.0, "everyone", "leader", every=every, until=length)
            calendar.append(one.to_dict())
    return calendar
