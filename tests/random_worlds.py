"""Random scenarios: any parameter, choice, activity and event, as long as the checks let it pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from qisim import Scenario, load
from qisim.model.calendar import ACTIVITY_KINDS, AUDIENCES, INVITED
from qisim.model.parameters import FACTORS, PARAMETERS
from qisim.scenario.fields import CHOICES

Chance = np.random.Generator
Size = Callable[[Chance], dict[str, Any]]
"""Draws the size of a site, the length of a run and of the programme, and what else it names."""


def number(chance: Chance, key: str) -> float | int:
    """Return a value of a parameter: mostly plausible, at times anything allowed, or an end of it."""
    parameter = PARAMETERS[key]
    low, high = parameter.low, parameter.high
    if chance.random() < 0.4:
        low, high = parameter.minimum, parameter.maximum
    if parameter.kind == "int":
        return int(chance.integers(low, high, endpoint=True))
    if chance.random() < 0.1:
        return float(chance.choice([low, high]))
    return float(chance.uniform(low, high))


def size_of_world(chance: Chance) -> dict[str, Any]:
    """Return a small site, a short run and a programme that fits into it."""
    units = int(chance.integers(1, 4))
    staff = int(chance.integers(4, 13 - 2 * units))
    weeks = int(chance.integers(20, 45))
    length = int(chance.choice([0, chance.integers(1, 60)], p=[0.1, 0.9]))
    return {
        "site.units": units,
        "site.staff_per_unit": staff,
        "site.teams_per_unit": int(chance.integers(1, min(staff, 4) + 1)),
        "site.champions_per_unit": int(chance.integers(0, 4)),
        "run.weeks": weeks,
        "programme.start_week": int(chance.integers(1, 10)),
        "programme.length_weeks": length,
        "programme.facilitator_weeks": int(chance.integers(0, length + 1)),
        "programme.champion_from_week": int(chance.integers(1, max(length, 1) + 1)),
    }


def whole_range_of_sizes(chance: Chance) -> dict[str, Any]:
    """Return a site of 10 to 300 staff in 1 to 8 units; the larger it is, the shorter the run.

    Half of the factors are at an end of what is allowed.
    """
    units = int(chance.integers(1, 9))
    staff = max(4, round(10.0 * 30.0 ** chance.random() / units))
    weeks = int(np.clip(1500 // (units * staff), 6, 40))
    length = int(chance.choice([0, chance.integers(1, weeks + 20)], p=[0.05, 0.95]))
    extreme = [factor for factor in FACTORS if chance.random() < 0.5]
    return {
        "site.units": units,
        "site.staff_per_unit": staff,
        "site.teams_per_unit": int(chance.integers(1, min(staff, 12) + 1)),
        "site.champions_per_unit": int(chance.integers(0, 5)),
        "run.weeks": weeks,
        "programme.start_week": int(chance.integers(1, 4)),
        "programme.length_weeks": length,
        "programme.facilitator_weeks": int(chance.integers(0, length + 1)),
        "programme.champion_from_week": int(chance.integers(1, max(length // 2, 1) + 1)),
        **{f"factors.{factor}": float(chance.choice([0.0, 2.0])) for factor in extreme},
    }


def mended(values: dict[str, Any]) -> dict[str, Any]:
    """Return values that may stand together (the checks of a scenario demand it)."""
    nurses = min(values["site.nurse_share"], 1.0 - values["site.unschooled_share"])
    full = values["site.full_time_share"]
    ratio, share = values["workforce.unschooled_turnover_ratio"], values["site.unschooled_share"]
    return {
        **values,
        "site.nurse_share": nurses,
        "site.mean_post": max(values["site.mean_post"], full + 0.1 * (1.0 - full)),
        "workforce.unschooled_turnover_ratio": min(ratio, 1.0 / share) if share else ratio,
        "fates.faded_at": min(values["fates.faded_at"], values["fates.begun_at"]),
    }


def activity(chance: Chance, values: dict[str, Any], leaders: list[str]) -> dict[str, Any]:
    """Return a line of a calendar."""
    length = values["programme.length_weeks"]
    led_by = str(chance.choice(leaders))
    first = values["programme.champion_from_week"] if led_by == "champion" else 1
    last = values["programme.facilitator_weeks"] if led_by == "facilitator" else length
    week = int(chance.integers(first, last + 1))
    line: dict[str, Any] = {
        "kind": str(chance.choice(ACTIVITY_KINDS)),
        "week": week,
        "hours": float(chance.choice([0.05, 0.5, 2.0, 8.0])),
        "audience": str(chance.choice(AUDIENCES)),
        "who": str(chance.choice(INVITED, p=[0.7, 0.3])),
        "led_by": led_by,
    }
    if chance.random() < 0.6:
        line |= {"every": int(chance.integers(1, 6)), "until": int(chance.integers(week, last + 1))}
    if chance.random() < 0.3:
        line["places"] = int(chance.integers(1, 6))
    if chance.random() < 0.3:
        line["protected"] = float(chance.choice([0.0, 0.4, 1.0]))
    return line


def who_may_lead(values: dict[str, Any]) -> list[str]:
    """Return who is there to lead activities."""
    facilitator = values["programme.facilitator_weeks"] and values["programme.facilitator_hours"]
    champion = values["site.champions_per_unit"] and values["leadership.champion_hours"]
    return [
        "nobody", "leader", *["champion"] * bool(champion), *["facilitator"] * bool(facilitator),
    ]  # fmt: skip


def events(chance: Chance, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what happens to the site."""
    weeks, units = values["run.weeks"], values["site.units"]
    found: list[dict[str, Any]] = []
    for _ in range(chance.integers(0, 4)):
        begin = int(chance.integers(1, weeks + 1))
        if chance.random() < 0.5:
            until = int(chance.integers(begin, weeks + 1))
            factor = float(chance.uniform(0.0, 3.0))
            found.append(
                {"kind": "demand", "from_week": begin, "until_week": until, "factor": factor}
            )
        else:
            one = {"unit": int(chance.integers(1, units + 1))} if chance.random() < 0.5 else {}
            who = (
                "champion"
                if values["site.champions_per_unit"] and chance.random() < 0.5
                else "leader"
            )
            found.append({"kind": f"{who}_leaves", "week": begin, **one})
    return found


def strange_world(seed: int, size: Size = size_of_world) -> Scenario:
    """Return a world in which any parameter, choice, activity and event may be anything."""
    chance = np.random.default_rng(seed)
    values = mended({key: number(chance, key) for key in PARAMETERS} | size(chance))
    choices = {key: str(chance.choice(choice.options)) for key, choice in CHOICES.items()}
    leaders, calendar = who_may_lead(values), []
    choices["programme.lead"] = str(chance.choice([who for who in leaders if who != "nobody"]))
    if values["programme.length_weeks"]:
        calendar = [activity(chance, values, leaders) for _ in range(chance.integers(0, 13))]
    happening = events(chance, values)
    return load({}, {**values, **choices, "activities": calendar, "events": happening})
