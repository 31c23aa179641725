"""Hours that are paid for, by kind, beside those that were worked, and what they cost.

An hour that is set apart for a programme is paid whether or not it is used: posts stand empty, a full
week takes it back. The outcomes of a run count what was done. Here stands what is paid, with every post
filled, as somebody who draws up the budget reckons it:

* **facilitator**: hours a week of an outside facilitator, in the weeks in which one is there;
* **allotted**: hours a week of unit leaders and development nurses while the programme runs (of a
  development nurse from the week in which they begin), and the share that stays with it afterwards;
* **released**: hours of care staff in activities of the calendar, where all who are invited come, as
  far as there are places; where only those are invited who never took part, the newcomers expected
  since such an activity was held last, or since the programme began;
* **cover**: hours of substitutes for the share of these that is protected;
* **writing**: what the programme adds in writing, the mean over the runs.

Leaders sit in activities in hours that are allotted to them. Short sessions and talks among colleagues
are in none of the kinds, but in the hours worked. A price is never assumed: without one there are hours
only. Nothing here changes a run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qisim.model.site import World, build
from qisim.scenario.scenario import Scenario, load

if TYPE_CHECKING:
    import pandas as pd

WEEKS_OF_YEAR = 52.0
KINDS = {
    "facilitator": "Outside facilitator",
    "allotted": "Allotted to leaders and development nurses",
    "released": "Staff released for activities",
    "cover": "Substitutes for released staff",
    "writing": "Writing",
}
"""The kinds of paid hours, and what tables call them."""
PRICE_OF = {"facilitator": "facilitator", "allotted": "leader", "released": "staff", "cover": "cover",
            "writing": "staff"}  # fmt: skip
"""Whose price counts for which kind."""
DONE, PAID = "done", "paid"
LABELS = {**KINDS, PAID: "Paid for in all", DONE: "Worked, mean over runs"}
NOTE = (
    "Paid hours are reckoned with every post filled and all who are invited coming; writing and hours "
    "worked are means over the runs. Leaders' hours in activities are among those allotted."
)


def paid_hours(scenario: Scenario, writing: float) -> dict[str, float]:
    """Return the paid hours of a scenario over its run, by kind.

    Parameters
    ----------
    scenario : Scenario
    writing : float
        Mean hours of writing over the runs.
    """
    world = build(scenario)
    released, covered = _activities(scenario, world)
    return {
        "facilitator": float(scenario["facilitator_hours"]) * float(world.facilitator[1:].sum()),
        "allotted": _allotted(scenario, world),
        "released": released,
        "cover": covered,
        "writing": writing,
    }


def _allotted(scenario: Scenario, world: World) -> float:
    """Return the hours that leaders and development nurses have for the programme."""
    during, after = float(world.running[1:].sum()), float((world.phase[1:] == 2.0).sum())
    begun = float((world.phase[1:] == 1.0).sum())
    leader = float(scenario["leader_hours"]) * (
        during + after * float(scenario["leader_hours_after"])
    )
    nurse = float(scenario["champion_hours"]) * (
        begun + after * float(scenario["champion_hours_after"])
    )
    return world.units * (leader * (during > 0) + world.champions * nurse)


def _activities(scenario: Scenario, world: World) -> tuple[float, float]:
    """Return the hours of staff in activities, and those that substitutes work in their stead."""
    posts = float(world.staff_posts)
    weekly_newcomers = posts * float(scenario["staff_turnover"]) / WEEKS_OF_YEAR
    released = covered = 0.0
    last_for_untrained = int(scenario["start_week"]) - 1
    for row in world.activities:
        if not row["for_staff"]:
            continue
        come = posts
        if row["untrained_only"]:
            come = min(posts, weekly_newcomers * (int(row["week"]) - last_for_untrained))
            last_for_untrained = int(row["week"])
        if row["places"] >= 0:
            come = min(come, float(row["places"]) * world.units)
        share = float(scenario["protected_time"] if row["protected"] < 0 else row["protected"])
        released += come * float(row["hours"])
        covered += come * float(row["hours"]) * share
    return released, covered


def paid_table(scenarios: Mapping[str, Mapping[str, Any]], runs: pd.DataFrame) -> pd.DataFrame:
    """Return the paid hours of every scenario.

    Returns
    -------
    DataFrame
        A row per scenario and kind, then ``paid`` (all kinds) and ``done`` (hours worked on the
        programme, writing included): ``scenario``, ``kind``, ``hours``, ``price`` and ``kroner``,
        missing where there is no price. ``paid`` has kroner only where every kind with hours has a price.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for name, resolved in scenarios.items():
        scenario = load({k: v for k, v in resolved.items() if k not in ("name", "title")})
        mine = runs[(runs["scenario"] == name) & (runs["status"] == "ok")]
        writing, worked = (
            float(np.mean(mine[outcome].to_numpy())) if len(mine) else np.nan
            for outcome in ("documentation_hours", "programme_hours")
        )
        rows += _rows(name, paid_hours(scenario, writing), writing + worked, scenario.prices)
    return pd.DataFrame(rows, columns=["scenario", "kind", "hours", "price", "kroner"])


def _rows(
    name: str, hours: Mapping[str, float], done: float, prices: Mapping[str, float]
) -> list[dict[str, Any]]:
    """Return the rows of a scenario; a kind without hours costs nothing, whatever its price."""
    each = {kind: float(prices.get(PRICE_OF[kind], np.nan)) for kind in hours}
    cost = {kind: number * each[kind] if number else 0.0 for kind, number in hours.items()}
    rows = [
        _row(name, kind, hours[kind], each[kind], cost[kind] if prices else np.nan)
        for kind in hours
    ]
    whole = math.fsum(cost.values()) if prices else np.nan
    return [
        *rows,
        _row(name, PAID, math.fsum(hours.values()), np.nan, whole),
        _row(name, DONE, done, np.nan, np.nan),
    ]


def _row(name: str, kind: str, hours: float, price: float, kroner: float) -> dict[str, Any]:
    return {"scenario": name, "kind": kind, "hours": hours, "price": price, "kroner": kroner}


def paid_cells(table: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of the table as people read it: kinds down, scenarios across."""
    names = list(dict.fromkeys(table["scenario"]))
    hours = table.pivot(index="kind", columns="scenario", values="hours")
    kroner = table.pivot(index="kind", columns="scenario", values="kroner")
    rows = [[LABELS[kind], *_cells(hours, kind, names, " h")] for kind in (*KINDS, PAID, DONE)]
    if table["price"].notna().any():
        rows.insert(len(KINDS) + 1, ["Kroner in all", *_cells(kroner, PAID, names, " kr")])
    return ["Hours that are paid for", *names], rows


def _cells(table: pd.DataFrame, kind: str, names: Sequence[str], unit: str) -> list[str]:
    """Return numbers of a row as text; a dash for what is missing."""
    return [
        "–" if np.isnan(value := float(table[name][kind])) else f"{value:,.0f}{unit}"
        for name in names
    ]
