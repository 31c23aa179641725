"""The gain and cost of every possible change of a plan, cheapest first.

Each option is one change of a plan: a number moved to an end of its plausible range, a longer or shorter
programme, another development nurse, an activity dropped, held more often or added. Each is run against
the plan as it is, on common random numbers, and gives persons with routine use in the last week ("lasting
users") and hours. Doing nothing is among the options: the plan as it is, and no programme at all.

Hours are those that are paid for, by kind (`qisim.output.paid_hours`): facilitator, allotted to leaders
and development nurses whether or not they are used, released, cover, writing. With prices of all of them in
the site file (``[prices]``), costs are in kroner as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from qisim.comparison.context import posts
from qisim.decide.finding import (
    Finding,
    Table,
    amount,
    between,
    interval_note,
    with_interval,
)
from qisim.decide.plan_options import NOTHING, Option, options_of, unseen
from qisim.decide.question import answered
from qisim.decide.worlds import DEFAULT_OUTCOME, Array, Worlds, asked, needs_programme
from qisim.errors import InputError, Problem
from qisim.model.draws import MAX_SEED
from qisim.model.outcomes import OUTCOMES, Outcome
from qisim.model.parameters import PARAMETERS
from qisim.output.paid_hours import paid_in_runs
from qisim.runs.options import OF_QUESTIONS, Options, verb
from qisim.scenario.scenario import Scenario
from qisim.scenario.ward import takes_site
from qisim.text import shown

NAMED = 3


@verb(*OF_QUESTIONS, "site")
@takes_site
def levers(
    plan: Any,
    *,
    outcome: str = DEFAULT_OUTCOME,
    set: Mapping[str, Any] | None = None,
    **options: Any,
) -> Finding:
    """Say for everything that can be changed in a plan what it brings and costs, cheapest first.

    Parameters
    ----------
    plan : str, path, mapping or Scenario
        What `qisim.load` takes; prices stand in its ``[prices]``.
    outcome : str
        A share of care staff; by default routine use in the last week.
    set, site, **options
        As in `qisim.decide.explain.explain`.

    Returns
    -------
    Finding
        With the table ``levers``.

    Raises
    ------
    InputError
        If anything is wrong with the question; every problem is listed.
    """
    chosen = Options(**options)
    (scenario,), measured = asked([plan], set, chosen, outcome)
    needs_programme(scenario, "to change")
    if measured.unit != "share" or measured.better != "higher":
        shares = [n for n, o in OUTCOMES.items() if o.unit == "share" and o.better == "higher"]
        raise InputError(
            Problem("is not a share of people of which more is better", key="outcome",
                    value=measured.name, allowed=", ".join(shares))
        )  # fmt: skip
    worlds = Worlds(chosen, [scenario], [p.key for p in PARAMETERS.values() if p.role == "lever"])
    settings = {"outcome": measured.name}

    def find() -> Finding:
        return Ledger(scenario, worlds, measured).finding()

    return answered("levers", worlds, [scenario], settings, find)


# --- what it brings and costs ----------------------------------------------------------------------

KINDS = ("more users for fewer hours", "more users at a price", "as it is", "fewer hours, as many users",
         "cannot tell", "fewer users")  # fmt: skip
"""In the order of the table."""


IN_KRONER = (
    "kroner", "kroner_low", "kroner_high", "kroner_per_user", "kroner_per_user_low", "kroner_per_user_high",
)  # fmt: skip
"""Columns in kroner: further paid hours, and these for each further user, with their intervals."""


def paid(worlds: Worlds, scenario: Scenario) -> tuple[Array, Array]:
    """Return the hours that are paid for over the run, and what they cost, by replicate.

    Kroner are NaN where the price of some of the hours is not known.
    """
    runs = (worlds.values(scenario, name) for name in ("documentation_hours", "outside_weeks"))
    return paid_in_runs(scenario, scenario.prices, *runs)


def ratio_interval(hours: Array, users: Array) -> tuple[float, float, float]:
    """Return a ratio of means and its 95 % interval, by the jackknife over replicates."""
    n = len(hours)
    ratio = float(hours.mean() / users.mean())
    without = (hours.sum() - hours) / (users.sum() - users)
    half = 1.96 * float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
    return ratio, ratio - half, ratio + half


class Ledger:
    """Every option of a plan with what it brings and costs."""

    def __init__(self, plan: Scenario, worlds: Worlds, outcome: Outcome) -> None:
        self.plan, self.worlds, self.outcome = plan, worlds, outcome
        self.options = options_of(plan)
        worlds.run([plan, *(one.scenario for one in self.options)])
        rows = [self._row(one, worlds) for one in [Option("as it is", "", plan), *self.options]]
        frame = pd.DataFrame(rows)
        order = frame["kind"].map(KINDS.index)
        cost = (
            frame["hours_per_user"]
            .fillna(np.inf)
            .where(frame["kind"] == KINDS[1], -frame["persons"])
        )
        frame = frame.assign(order=order, cost=cost).sort_values(["order", "cost"], kind="stable")
        self.frame = frame.drop(columns=["order", "cost"]).reset_index(drop=True)
        self._again()

    def _row(self, option: Option, worlds: Worlds) -> dict[str, Any]:
        """Return an option against the plan as it is."""
        plan, one = self.plan, option.scenario
        share = worlds.differences(plan, one, self.outcome.name)
        hours, cost = (
            mine - others
            for mine, others in zip(paid(worlds, one), paid(worlds, plan), strict=True)
        )
        there = ~np.isnan(share) & ~np.isnan(hours)
        points, low, high = worlds.interval(np.where(there, share, np.nan))
        more, hours_low, hours_high = worlds.interval(np.where(there, hours, np.nan))
        # an option may have another number of posts only through the site, which no option changes
        number = posts(one.to_dict())
        kind = self._kind(option, (low, high), (more, hours_low, hours_high))
        row: dict[str, Any] = {
            "option": option.name, "key": option.key, "kind": kind, "points": points, "low": low,
            "high": high, "persons": points * number, "hours": more, "hours_low": hours_low,
            "hours_high": hours_high, "hours_per_user": np.nan, "per_user_low": np.nan,
            "per_user_high": np.nan,
        }  # fmt: skip
        if (kind == KINDS[1] or option.name == NOTHING) and low * high > 0:
            ratio = ratio_interval(hours[there], share[there] * number)
            row |= dict(zip(("hours_per_user", "per_user_low", "per_user_high"), ratio))
        whole, per_user = (np.nan,) * 3, (np.nan,) * 3
        if there.any() and not np.isnan(cost[there]).any():
            whole = worlds.interval(np.where(there, cost, np.nan))
            if not np.isnan(row["hours_per_user"]):
                per_user = ratio_interval(cost[there], share[there] * number)
        return row | dict(zip(IN_KRONER, (*whole, *per_user), strict=True))

    def _kind(
        self, option: Option, share: tuple[float, float], hours: tuple[float, float, float]
    ) -> str:
        """Return the kind of the option."""
        if option.scenario is self.plan:
            return "as it is"
        if share[0] > 0:
            return KINDS[0] if hours[2] < 0 else KINDS[1]
        if share[1] < 0:
            return "fewer users"
        near = -self.outcome.matters < share[0] and share[1] < self.outcome.matters
        return KINDS[3] if near and hours[2] < 0 else "cannot tell"

    def _again(self) -> None:
        """Run the best on luck of their own: of many options the luckiest look best."""
        named = self.best()
        options = self.worlds.options
        fresh = Worlds(replace(options, seed=(int(options.seed) + 1) % (MAX_SEED + 1)), [self.plan])
        fresh.over = self.worlds.over
        by_name = {one.name: one for one in self.options}
        fresh.run([self.plan, *(by_name[name].scenario for name in named)])
        columns = ("again_points", "again_low", "again_high")
        for column in columns:
            self.frame[column] = np.nan
        for name in named:
            row = self._row(by_name[name], fresh)
            for column, value in zip(columns, (row["points"], row["low"], row["high"])):
                self.frame.loc[self.frame["option"] == name, column] = value
        self.worlds.failures += fresh.failures

    def best(self) -> list[str]:
        """Return the names of the options that sentences are made of."""
        rows = self.frame[self.frame["option"] != NOTHING]
        free = rows[rows["kind"] == KINDS[0]].head(NAMED)["option"].tolist()
        return [*free, *rows[rows["kind"] == KINDS[1]].head(NAMED)["option"].tolist()]

    # --- wording ---

    def finding(self) -> Finding:
        """Return the ledger as an answer."""
        from qisim.decide.figures import levers_picture

        return Finding(
            "levers", self.title(), self.sentences(), {"levers": self.table(), "best": self.best_table()},
            {"levers": lambda: levers_picture(self)}, notes=self.notes(), counted=self.counted(),
        )  # fmt: skip

    def title(self) -> str:
        """Return the answer in a line."""
        number, free, paid = self.counted().values()
        return (
            f"{self.plan.name}: of {number} changes {free} bring more lasting users for fewer "
            f"hours, {paid} bring more at a price"
        )

    def counted(self) -> dict[str, int]:
        """Return how many changes were tried, and how many bring more lasting users."""
        counts = self.frame["kind"].value_counts()
        return {"changes": len(self.options), **{k: int(counts.get(k, 0)) for k in KINDS[:2]}}

    def sentences(self) -> list[str]:
        """Return the best options, and what the plan itself costs, a sentence each."""
        rows = {row["option"]: row for row in self.frame.to_dict("records")}
        best = [rows[name] for name in self.best()]
        found = [self._best_sentence(row) for row in best]
        for what in unseen(row["key"] for row in best):  # at once behind the first that it is about
            found.insert(1 + [what in unseen([row["key"]]) for row in best].index(True), what)
        if NOTHING in rows:
            found.append(self._nothing_sentence(rows[NOTHING]))
        if not self.best():
            found.insert(0, "No single change brings clearly more lasting users.")
        return found

    def _best_sentence(self, row: Mapping[Any, Any]) -> str:
        head = f"{row['option'][:1].upper()}{row['option'][1:]}: {people(row['persons'])} lasting users"
        if row["kind"] == KINDS[0]:
            cost = f" and {hours_text(row['hours'])}"
        else:
            cost = f" for {hours_text(row['hours'])}, {self._per_user(row)}"
        size = with_interval(row["again_points"], row["again_low"], row["again_high"], self.outcome)
        sure = "" if row["again_low"] > 0 else ", so it may have been luck"
        return f"{head}{cost}. On other luck: {size}{sure}."

    def _nothing_sentence(self, row: Mapping[Any, Any]) -> str:
        """Return the gain of the plan itself against no programme."""
        head = (
            f"The plan itself, against no programme: {people(-row['persons'])} lasting users for "
            f"{hours_text(-row['hours'])}"
        )
        return (
            f"{head}, {self._per_user(row)}." if not np.isnan(row["hours_per_user"]) else f"{head}."
        )

    def _per_user(self, row: Mapping[Any, Any]) -> str:
        text = f"{plain_hours(row['hours_per_user'])} for each {self._per_user_ends(row)}"
        if not np.isnan(row["kroner_per_user"]):
            text += f", {kroner_between(row, 'kroner_per_user')}"
        return text

    def _per_user_ends(self, row: Mapping[Any, Any]) -> str:
        low, high = (shown(row[end], "hours") for end in ("per_user_low", "per_user_high"))
        return f"[{low}, {high}]"

    def table(self) -> Table:
        """Return the ledger as a table, in groups."""
        headers: tuple[str, ...] = (
            "Change",
            "Points",
            "95 %",
            "Persons",
            "Hours",
            "Hours per user",
            "95 %",
        )
        headers += ("Kroner", "Kroner per user") if self.priced else ()
        cells: list[tuple[str, ...]] = []
        for kind, rows in self.frame.groupby("kind", sort=False):
            if kind != "as it is":
                cells.append((f"– {kind} –", *[""] * (len(headers) - 1)))
            cells += [self._cells(row) for row in rows.to_dict("records")]
        caption = (
            "Against the plan as it is. Persons: lasting users. Hours per user: hours for each further lasting "
            "user (ratio of means); for no programme, what each lasting user of the plan takes."
        )
        return Table(self.frame, headers, cells, caption)

    def _cells(self, row: Mapping[Any, Any]) -> tuple[str, ...]:
        """Return a row of the ledger as people read it."""
        none = np.isnan(row["hours_per_user"])
        cells = (
            row["option"], amount(row["points"], self.outcome),
            between(row["low"], row["high"], self.outcome), people(row["persons"]),
            hours_text(row["hours"]), "" if none else plain_hours(row["hours_per_user"]),
            "" if none else self._per_user_ends(row),
        )  # fmt: skip
        lacking = none or np.isnan(row["kroner_per_user"])
        money = "" if lacking else kroner_between(row, "kroner_per_user")
        whole = "–" if np.isnan(row["kroner"]) else kroner_between(row, "kroner")
        return (*cells, whole, money) if self.priced else cells

    @property
    def priced(self) -> bool:
        """Whether any change can be reckoned in kroner: the prices of all its hours are known."""
        changes = self.frame[self.frame["kind"] != "as it is"]
        return bool(self.plan.prices) and bool(changes["kroner"].notna().any())

    def best_table(self) -> Table:
        """Return the best options once more, on luck of their own."""
        rows = self.frame[self.frame["option"].isin(self.best())]
        columns = ["option", "points", "low", "high", "again_points", "again_low", "again_high"]
        cells = [
            (row["option"], amount(row["points"], self.outcome),
             amount(row["again_points"], self.outcome),
             between(row["again_low"], row["again_high"], self.outcome))
            for row in rows.to_dict("records")
        ]  # fmt: skip
        caption = "Of many options the luckiest look best: these were run again with another seed."
        headers = ("The best", "First", "On other luck", "95 %")
        return Table(rows[columns].reset_index(drop=True), headers, cells, caption)

    def notes(self) -> list[str]:
        """Return the notes needed to read it."""
        return [
            f"{self.worlds.options.replicates} replicates of each world, on the same random numbers. Lasting "
            f"users: {self.outcome.meaning}. Hours: those that are paid for (facilitator, allotted to leaders "
            "and development nurses, released, cover, writing), with every post filled; a change that no paid "
            "hour follows from costs none.",
            interval_note(self.worlds),
            "Numbers are moved to the ends of their plausible ranges, one at a time. A programme that ends "
            "later is watched for longer, so that users are counted as long after its end. What a change does "
            "beside hours (goodwill, another tool's price) is not counted.",
        ]


def people(value: float) -> str:
    """Return a number of persons with its sign."""
    text = f"{value:+.1f}".replace("-", "−")
    return text.lstrip("+−") if text in ("+0.0", "−0.0") else text


def hours_text(value: float) -> str:
    """Return a difference in hours with its sign and unit."""
    return shown(value, "hours", difference=True, with_unit=True)


def plain_hours(value: float) -> str:
    """Return hours without a sign."""
    return shown(value, "hours", with_unit=True)


def kroner(value: float) -> str:
    """Return a sum of money."""
    return f"{value:,.0f} kr".replace("-", "−")


def kroner_between(row: Mapping[Any, Any], name: str) -> str:
    """Return a sum of money with its interval, where it has one of any width."""
    low, high = (f"{row[f'{name}_{end}']:,.0f}".replace("-", "−") for end in ("low", "high"))
    return kroner(row[name]) + (f" [{low}, {high}]" if low != high else "")
