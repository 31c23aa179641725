"""Paid hours by kind, beside the hours worked, and their cost.

An hour set aside for a programme is paid whether or not it is used: posts are vacant, a busy week
takes it back. The outcomes of a run count the hours worked. This module computes the hours paid,
with every post filled, as in a budget:

* **facilitator**: hours a week of an outside facilitator, in the weeks in which one is there (in a run in
  which she hands over before her time, until then);
* **allotted**: hours a week of unit leaders and development nurses while the programme runs (of a
  development nurse from the week in which they begin), and the share that stays with it afterwards;
* **released**: hours of care staff in activities of the calendar, if all who are invited come and
  there are places; for activities open only to those who never took part, the newcomers expected
  since the last such activity, or since the programme began;
* **cover**: hours of substitutes for the protected share of these;
* **writing**: hours of writing added by the programme, from the runs.

Leaders sit in activities in hours that are allotted to them. Short sessions and talks among colleagues
are in none of the kinds, but in the hours worked. A price is never assumed: without one there are hours
only. Nothing here changes a run. As outcomes (`qisim.model.outcomes.PAID_OUTCOMES`) they stand beside the hours
worked in a comparison (`qisim.comparison.paid`) and in a sweep (`qisim.runs.paid`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qisim.design.ensemble import ensemble
from qisim.design.sites import Sites
from qisim.model.outcomes import Array
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
"""The kinds of paid hours, with their labels in tables."""
PRICE_OF = {"facilitator": "facilitator", "allotted": "leader", "released": "staff", "cover": "cover",
            "writing": "staff"}  # fmt: skip
"""The price that applies to each kind."""
A_WEEK = "facilitator, a week"
"""Hours a week of the facilitator; see `planned_hours`."""
DONE, PAID = "done", "paid"
LABELS = {**KINDS, PAID: "Paid for in all", DONE: "Worked, mean over runs"}
NOTE = (
    "Paid hours are reckoned with every post filled and all who are invited coming; writing and hours "
    "worked are means over the runs. Leaders' hours in activities are among those allotted."
)


def paid_hours(
    scenario: Scenario, writing: float, outside_weeks: float | None = None
) -> dict[str, float]:
    """Return the paid hours of a scenario over its run, by kind.

    Parameters
    ----------
    scenario : Scenario
    writing : float
        Mean hours of writing over the runs.
    outside_weeks : float, optional
        Mean weeks in which a facilitator was there; by default those of the calendar, which holds where she
        never hands over before her time.
    """
    fixed = planned_hours(scenario.values, build(scenario))
    found = hours_of_runs(fixed, writing, outside_weeks)
    return {kind: float(found[kind]) for kind in KINDS}


def hours_of_runs(fixed: Mapping[str, Any], writing: Any, outside_weeks: Any) -> dict[str, Any]:
    """Return the paid hours of runs by kind, from the fixed hours of the plan and the runs.

    Parameters
    ----------
    fixed : mapping
        As from `planned_hours`.
    writing, outside_weeks : float or ndarray
        Hours of writing, and weeks in which a facilitator was there (None: those of the calendar).
    """
    found = {kind: hours for kind, hours in fixed.items() if kind != A_WEEK} | {"writing": writing}
    if outside_weeks is not None:
        found["facilitator"] = fixed[A_WEEK] * outside_weeks
    return found


def paid_in_runs(
    scenario: Scenario, prices: Mapping[str, float], writing: Array, outside_weeks: Array
) -> tuple[Array, Array]:
    """Return all paid hours of runs of a scenario, and what they cost.

    Parameters
    ----------
    scenario : Scenario
    prices : mapping of str to float
        Kroner for an hour; the cost is NaN where the price of some of the hours is not known.
    writing, outside_weeks : ndarray of float
        Hours of writing, and weeks in which a facilitator was there, of each run.
    """
    fixed = planned_hours(scenario.values, build(scenario))
    hours = hours_of_runs(fixed, writing, outside_weeks)
    found, cost = (paid_outcome(name, hours, prices) for name in ("paid_hours", "paid_cost"))
    return found, cost


def paid_outcome(name: str, hours: Mapping[str, Any], prices: Mapping[str, float]) -> Any:
    """Return a paid outcome of runs.

    Parameters
    ----------
    name : str
        A name in `qisim.model.outcomes.PAID_OUTCOMES`.
    hours : mapping of str to float or ndarray
        Paid hours by kind, writing among them.
    prices : mapping of str to float
        Kroner an hour, by whose hour it is.

    Returns
    -------
    float or ndarray
        Hours, or kroner; NaN where hours that are paid for have no price.
    """
    if name == "paid_hours":
        total: Any = 0.0
        for kind in KINDS:  # added in order: numbers, or arrays of many runs
            total = total + hours[kind]
        return total
    if name != "paid_cost":
        return hours[name.removeprefix("paid_")]
    cost: Any = 0.0
    for kind in KINDS:
        price = prices.get(PRICE_OF[kind], np.nan)
        cost = cost + np.where(np.equal(hours[kind], 0.0), 0.0, np.multiply(hours[kind], price))
    return cost if prices else cost + np.nan


def planned_hours(value: Mapping[str, Any], world: World) -> dict[str, Any]:
    """Return the paid hours that a plan fixes, by kind; those of writing are the runs'.

    Parameters
    ----------
    value : mapping
        The scenario's values by key: numbers, or arrays of numbers of many plans in one world.
    world : World

    Returns
    -------
    dict
        Numbers, or arrays where a value that counts is one; besides the kinds, the hours a week of a
        facilitator (`A_WEEK`), who may hand over before her time.
    """
    released, covered = _activities(value, world)
    return {
        A_WEEK: value["programme.facilitator_hours"],
        "facilitator": value["programme.facilitator_hours"] * float(world.facilitator[1:].sum()),
        "allotted": _allotted(value, world),
        "released": released,
        "cover": covered,
    }


def _allotted(value: Mapping[str, Any], world: World) -> Any:
    """Return the hours that leaders and development nurses have for the programme."""
    during, after = float(world.running[1:].sum()), float((world.phase[1:] == 2.0).sum())
    begun = float((world.phase[1:] == 1.0).sum())
    leader, leader_after, nurse, nurse_after = (
        value[f"leadership.{name}"]
        for name in ("leader_hours", "leader_hours_after", "champion_hours", "champion_hours_after")
    )
    of_leader = leader * (during + after * leader_after)
    return world.units * (
        of_leader * (during > 0) + world.champions * nurse * (begun + after * nurse_after)
    )


def _activities(value: Mapping[str, Any], world: World) -> tuple[Any, Any]:
    """Return the hours of staff in activities, and those that substitutes work in their stead."""
    posts = float(world.staff_posts)
    weekly_newcomers = posts * value["workforce.staff_turnover"] / WEEKS_OF_YEAR
    released, covered = 0.0, 0.0
    last_for_untrained = int(value["programme.start_week"]) - 1
    for row in world.activities:
        if not row["for_staff"]:
            continue
        come: Any = posts
        if row["untrained_only"]:
            come = np.minimum(posts, weekly_newcomers * (int(row["week"]) - last_for_untrained))
            last_for_untrained = int(row["week"])
        if row["places"] >= 0:
            come = np.minimum(come, float(row["places"]) * world.units)
        own = float(row["protected"])
        share = value["programme.protected_time"] if own < 0 else own
        released = released + come * float(row["hours"])
        covered = covered + come * float(row["hours"]) * share
    return released, covered


def paid_by_run(
    resolved: Mapping[str, Any], runs: pd.DataFrame, manifest: Mapping[str, Any] | None = None
) -> dict[str, Array]:
    """Return the paid hours of each run of a scenario, by kind.

    Parameters
    ----------
    resolved : mapping
        The scenario in full.
    runs : DataFrame
        Its finished runs.
    manifest : mapping, optional
        Of the study: over sets of values or sites, what a plan fixes differs between them.
    """
    scenario = _loaded(resolved)
    world, fixed = build(scenario), dict[tuple[int, int], dict[str, float]]()
    numbers = runs["replicate"].to_numpy(np.int64)
    each, places = _varied(scenario, numbers, manifest or {})
    for place, value in each.items():
        fixed[place] = planned_hours(value, world)
    kinds = [A_WEEK, *(kind for kind in KINDS if kind != "writing")]
    found = {kind: np.array([float(fixed[place][kind]) for place in places]) for kind in kinds}
    outside = runs["outside_weeks"].to_numpy(np.float64) if "outside_weeks" in runs else None
    return hours_of_runs(found, runs["documentation_hours"].to_numpy(np.float64), outside)


def _loaded(resolved: Mapping[str, Any]) -> Scenario:
    return load({k: v for k, v in resolved.items() if k not in ("name", "title")})


def _varied(
    scenario: Scenario, replicates: npt.NDArray[np.int64], manifest: Mapping[str, Any]
) -> tuple[dict[tuple[int, int], dict[str, float | int]], list[tuple[int, int]]]:
    """Return the distinct values at sites and under sets of some runs, and the index of each run's."""
    over = ensemble(manifest["over"]) if "over" in manifest else None
    sets = 1 if over is None else len(over)
    like, which = None, np.zeros(len(replicates), np.int64)
    if "sites" in manifest:
        held = manifest["sites"]
        like = Sites(held["number"], manifest["seed"], tuple(held["keys"]))
        which = like.of(replicates, sets)
    places = list(zip(which.tolist(), (replicates % sets).tolist(), strict=True))
    under = list(over.sets()) if over is not None else [{}]
    found: dict[tuple[int, int], dict[str, float | int]] = {}
    at_sites: dict[int, Array] = {}
    for site, number in dict.fromkeys(places):
        found[site, number] = {**scenario.values, **under[number]}
        if like is not None:
            if number not in at_sites:
                at_sites[number] = like.values(scenario.replace(under[number]))
            found[site, number] |= zip(like.keys, at_sites[number][site].tolist(), strict=True)
    return found, places


def paid_table(
    scenarios: Mapping[str, Mapping[str, Any]], runs: pd.DataFrame, manifest: Mapping[str, Any] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the paid hours of every scenario, means over its runs.

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
        mine = runs[(runs["scenario"] == name) & (runs["status"] == "ok")]
        scenario = _loaded(resolved)
        hours = paid_hours(scenario, np.nan)
        done = np.nan
        if len(mine):
            hours = {k: _mean(v) for k, v in paid_by_run(resolved, mine, manifest).items()}
            done = hours["writing"] + _mean(mine["programme_hours"].to_numpy(np.float64))
        rows += _rows(name, hours, done, scenario.prices)
    return pd.DataFrame(rows, columns=["scenario", "kind", "hours", "price", "kroner"])


def _mean(values: Array) -> float:
    """Return the mean; the mean of equal values is that value, to the last bit."""
    return float(values[0]) if (values == values[0]).all() else float(np.mean(values))


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
