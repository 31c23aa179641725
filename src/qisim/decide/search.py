"""The best plan within a budget: when to hand over, hours before and after, refreshers.

A hand-over has its week, and may come before it by a rule: when use has been above a level for some weeks and
development nurses are in post (`programme.handover_use`, `programme.handover_weeks`).

Plans are looked at on the same luck (`qisim.decide.worlds`), so that they differ by what they do, and are
searched by `qisim.decide.optimise`. What looks best among hundreds owes something to that luck, so the
winner and the plan as it is are run again on fresh luck, with an interval. The budget is hours that are paid
for (`qisim.output.paid_hours`), writing included.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from qisim.decide.changes import changed
from qisim.decide.finding import (
    Finding,
    Table,
    amount,
    between,
    interval_note,
    listing,
    setting,
    with_interval,
)
from qisim.decide.levers import paid
from qisim.decide.optimise import Point, Search, loaded
from qisim.decide.parts import short
from qisim.decide.question import answered
from qisim.decide.search_dials import (
    ENOUGH_USE,
    FOR_WEEKS,
    HAND_OVER,
    HOURS_OUT,
    REFRESHERS,
    dials_of,
    highest_use,
    with_refreshers,
    yearly_of,
)
from qisim.decide.worlds import DEFAULT_OUTCOME, Worlds, asked, needs_programme, sign_of
from qisim.errors import InputError, Problem, ScenarioError, not_whole
from qisim.model.draws import MAX_SEED
from qisim.model.outcomes import Outcome
from qisim.model.parameters import PARAMETERS
from qisim.output.paid_hours import paid_hours
from qisim.plotting.style import COLOURS, GREY, INK, Picture, blank, described, drawn
from qisim.runs.options import OF_QUESTIONS, Options, verb
from qisim.scenario.scenario import Scenario
from qisim.scenario.ward import takes_site
from qisim.text import shown

DEFAULT_REPLICATES, DEFAULT_TRIALS = 64, 100
POLISH = 150
"""Most plans that are looked at while one of the best is polished."""
FRESH = 4
"""The winner is run again with so many times the replicates."""


@verb(*OF_QUESTIONS, "site")
@takes_site
def search(
    plan: Any,
    *,
    budget: float | None = None,
    trials: int = DEFAULT_TRIALS,
    outcome: str = DEFAULT_OUTCOME,
    set: Mapping[str, Any] | None = None,
    **options: Any,
) -> Finding:
    """Search for the best plan within a budget.

    Parameters
    ----------
    plan : str, path, mapping or Scenario
        The plan to begin with; content, length and site stay as they are.
    budget : float, optional
        Hours that may be paid for; by default what the plan takes.
    trials : int
        Plans that Optuna asks for; twenty times as many come of crossing.
    outcome : str
        What is to be as good as can be.
    set, site, **options
        As in `qisim.decide.explain.explain`; `replicates` is the number of runs of each plan (by default 64).

    Returns
    -------
    Finding
        With tables ``best``, ``front`` and ``fresh``.

    Raises
    ------
    InputError
        If anything is wrong with the question; every problem is listed.
    """
    chosen = Options(**{"replicates": DEFAULT_REPLICATES, **options})
    found = [not_whole("trials", trials, 10, 5_000)]
    if budget is not None and not 0 < budget < 1e7:
        found.append(Problem("is not a number of hours", key="budget", value=budget,
                             allowed="hours, above 0 to 10000000"))  # fmt: skip
    wrong = [one for one in found if one is not None]
    (scenario,), measured = asked([plan], set, chosen, outcome, wrong)
    sign_of(measured)
    if measured.missing_when:
        message = "some runs have no value of it, so there is nothing to search"
        raise InputError(Problem(message, key="outcome", value=measured.name))
    needs_programme(scenario, "to search")
    loaded()
    worlds = Worlds(chosen, [scenario], [p.key for p in PARAMETERS.values() if p.role == "lever"])
    settings = {"budget": budget, "trials": trials, "outcome": measured.name}
    looked = PlanSearch(scenario, worlds, measured, budget)
    looked.refuse_what_nothing_can_meet()

    def find() -> Finding:
        return looked.finding(trials)

    return answered("search", worlds, [scenario], settings, find)


class PlanSearch:
    """Plans that are looked at for the best one within a budget."""

    def __init__(
        self, plan: Scenario, worlds: Worlds, outcome: Outcome, budget: float | None
    ) -> None:
        self.plan, self.worlds, self.outcome = plan, worlds, outcome
        self.sign = sign_of(outcome)
        self.keys, self.dials, self.begin = dials_of(plan)
        self.given = budget
        self.by_refreshers: dict[int, Scenario] = {}

    @cached_property
    def now(self) -> float:
        """Hours that the plan takes as it is."""
        return float(paid(self.worlds, self.plan)[0].mean())

    @cached_property
    def budget(self) -> float:
        """Hours that may be paid for."""
        return self.now if self.given is None else self.given

    @cached_property
    def search(self) -> Search:
        """What turns the dials."""
        return Search(self.dials, self.evaluate, self.budget)

    def refuse_what_nothing_can_meet(self) -> None:
        """Refuse a budget below what the cheapest plan takes before anybody writes a line; nothing is run.

        Raises
        ------
        InputError
            If no plan can be within it.
        """
        if self.given is None:
            return
        cheap = [(dial.low,) if not dial.whole else (dial.low, dial.high) for dial in self.dials]
        plans = (self.scenario(point) for point in product(*cheap))
        least = min(
            math.fsum(paid_hours(one, 0.0, 0.0).values()) for one in plans if one is not None
        )
        if least > self.given:
            least_text = f"the cheapest plan takes {math.ceil(least):,} hours, writing not included"
            raise InputError(Problem("is less than any plan takes", key="budget", value=self.given,
                                     allowed=least_text))  # fmt: skip

    def evaluate(self, point: Point) -> tuple[float, float]:
        """Return the outcome of a plan and its paid hours; infinite hours for an invalid plan."""
        one = self.scenario(point)
        if one is None:
            return -np.inf, np.inf
        takes = float(paid(self.worlds, one)[0].mean())
        return self.sign * float(self.worlds.values(one, self.outcome.name).mean()), takes

    def scenario(self, point: Point) -> Scenario | None:
        """Return the plan at a point; None where its values do not go together."""
        given = self.settings(point)
        yearly = int(given.pop(REFRESHERS))
        given[HAND_OVER] = int(given[HAND_OVER])
        if given[HAND_OVER] and not self.plan[HOURS_OUT] and HOURS_OUT not in given:
            given[HOURS_OUT] = PARAMETERS[HOURS_OUT].default
        try:
            plan = self.with_refreshers(yearly)
            return changed(plan, {key: value for key, value in given.items() if value != plan[key]})
        except ScenarioError:
            return None

    def with_refreshers(self, yearly: int) -> Scenario:
        """Return the plan with so many refreshers a year; each is made once."""
        if yearly not in self.by_refreshers:
            plan = self.plan
            if yearly != yearly_of(plan):
                plan = plan.replace({"activities": with_refreshers(plan, yearly)})
            self.by_refreshers[yearly] = plan
        return self.by_refreshers[yearly]

    def settings(self, point: Point) -> dict[str, float]:
        """Return what a point sets: no rule where its dial is beyond the highest use, or nobody hands over."""
        given = dict(zip(self.keys, point, strict=True))
        if ENOUGH_USE in given and (
            given[ENOUGH_USE] > highest_use(self.plan) or not given[HAND_OVER]
        ):
            given |= {ENOUGH_USE: 0.0, FOR_WEEKS: float(self.plan[FOR_WEEKS])}
        return given

    # --- wording ---

    def finding(self, trials: int) -> Finding:
        """Search, run the winner again, and return the answer."""
        best = self.search.run(self.begin, trials, POLISH, int(self.worlds.options.seed))
        winner = self.scenario(best)
        assert winner is not None  # it was run
        fresh = self.fresh_table(winner)
        front = self.front_table()
        turned = self.best_table(best)
        title, sentences = self.words(turned, fresh.iloc[0])
        tables = {
            "fresh": Table(fresh, *self.fresh_cells(fresh)),
            "best": Table(turned, ("What is turned", "Now", "Best"), self.best_cells(turned)),
            "front": Table(front, *self.front_cells(front)),
        }
        return Finding(
            "search", title, sentences, tables,
            {"search": lambda: search_picture(self, front, best, title)}, notes=self.notes(trials),
            counted={"hours that may be paid for": hours(self.budget)},
        )  # fmt: skip

    def fresh_table(self, winner: Scenario) -> pd.DataFrame:
        """Return the winner against the plan as it is, on luck that no plan was chosen on."""
        options = self.worlds.options
        more = replace(
            options, seed=(int(options.seed) + 1) % (MAX_SEED + 1),
            replicates=min(FRESH * options.replicates, 20_000),
        )  # fmt: skip
        fresh = Worlds(more, [self.plan])
        fresh.over = self.worlds.over
        difference = fresh.differences(self.plan, winner, self.outcome.name)
        mean, low, high = fresh.interval(difference)
        self.worlds.failures += fresh.failures
        old, new = (float(paid(fresh, one)[0].mean()) for one in (self.plan, winner))
        searched = self.worlds.differences(self.plan, winner, self.outcome.name)
        return pd.DataFrame([{
            "difference": mean, "low": low, "high": high,
            "while_searching": float(np.nanmean(searched)),
            "plan": float(np.nanmean(fresh.values(self.plan, self.outcome.name))),
            "best": float(np.nanmean(fresh.values(winner, self.outcome.name))),
            "plan_hours": old, "best_hours": new,
        }])  # fmt: skip

    def best_table(self, best: Point) -> pd.DataFrame:
        """Return what is turned, as it is now and in the winner."""
        now, then = self.settings(tuple(self.begin)), self.settings(best)
        rows = [(key, now[key], then[key]) for key in self.keys]
        return pd.DataFrame(rows, columns=["key", "now", "best"])

    def front_table(self) -> pd.DataFrame:
        """Return the plans that no other beats both in hours and in what it gives."""
        rows = []
        for point in self.search.front():
            gives, takes = self.search.known[point]
            set_to = self.settings(point).values()
            rows.append((takes, self.sign * gives, takes <= self.budget, *set_to))
        return pd.DataFrame(rows, columns=["hours", self.outcome.name, "within", *self.keys])

    def value_text(self, key: str, value: float) -> str:
        """Return a setting as people read it."""
        if key == ENOUGH_USE and not value:
            return "no rule"
        return f"{value:.0f}" if key == REFRESHERS else setting(key, float(f"{value:.3g}"))

    def best_cells(self, frame: pd.DataFrame) -> list[tuple[str, ...]]:
        """Return the rows of what is turned as people read them."""
        return [
            (named(row["key"]), self.value_text(row["key"], row["now"]),
             self.value_text(row["key"], row["best"]))
            for row in frame.to_dict("records")
        ]  # fmt: skip

    def fresh_cells(
        self, frame: pd.DataFrame
    ) -> tuple[tuple[str, ...], list[tuple[str, ...]], str]:
        """Return headers, cells and caption of the winner on fresh luck."""
        row = frame.iloc[0]
        out = self.outcome
        cells = [
            ("the plan as it is", amount(row["plan"], out, difference=False), "", "",
             hours(row["plan_hours"])),
            ("the best that was found", amount(row["best"], out, difference=False),
             amount(row["difference"], out), between(row["low"], row["high"], out),
             hours(row["best_hours"])),
        ]  # fmt: skip
        caption = (
            f"On fresh luck. While searching the gain was {amount(row['while_searching'], out)}: what "
            "looks best of many owes something to luck."
        )
        headers = ("Plan", out.label, "Gain", "95 %", "Paid hours")
        return headers, [tuple(cell) for cell in cells], caption

    def front_cells(
        self, frame: pd.DataFrame
    ) -> tuple[tuple[str, ...], list[tuple[str, ...]], str]:
        """Return headers, cells and caption of the front; some of its plans, evenly."""
        every = max(len(frame) // 12, 1)
        some = frame.iloc[::-1].iloc[::every].iloc[::-1]
        cells: list[tuple[str, ...]] = []
        begun = self.settings(tuple(self.begin))
        for row in some.to_dict("records"):
            turned = [
                f"{named(key)} {self.value_text(key, row[key])}"
                for key, now in begun.items()
                if row[key] != now
            ]
            gives = amount(row[self.outcome.name], self.outcome, difference=False)
            cells.append((", ".join(turned) or "as it is", hours(row["hours"]), gives))
        headers = ("What is turned", "Paid hours", self.outcome.label)
        caption = "Plans that no other plan tried beats in both, on the luck of the search."
        return headers, cells, caption

    def words(self, turned: pd.DataFrame, fresh: pd.Series[Any]) -> tuple[str, list[str]]:
        """Return title and sentences."""
        gain = with_interval(fresh["difference"], fresh["low"], fresh["high"], self.outcome)
        changes = [
            f"{name} {now} → {best}" for name, now, best in self.best_cells(turned) if now != best
        ]
        where = f"within {hours(self.budget)}"
        sure = self.sign * (fresh["low"] if self.sign > 0 else fresh["high"]) > 0
        if not changes or not sure:
            title = f"{self.plan.name}: nothing clearly better was found {where}"
        else:
            title = f"{self.plan.name}: {gain} {where}"
        sentences = [
            f"The best plan found {where} that are paid for: {listing(changes)}."
            if changes else f"No plan that was tried is better than the plan as it is {where}.",
            f"On fresh luck it changes {self.outcome.label[:1].lower()}{self.outcome.label[1:]} by {gain}, for "
            f"{hours(fresh['best_hours'])} against {hours(fresh['plan_hours'])}.",
        ]  # fmt: skip
        if not sure and changes:
            sentences.append("So what looked best while searching may have been luck.")
        return title, sentences

    def notes(self, trials: int) -> list[str]:
        """Return the notes needed to read it."""
        return [
            f"{len(self.search.known)} plans, {self.worlds.options.replicates} runs of each on the same luck: "
            f"{trials} that Optuna (TPE) asked for, then plans crossed with one another, and small steps and "
            "exchanges from the best three. Content, length and ward stay as they are. The optimum of what was "
            "searched need not be the optimum of all plans.",
            interval_note(self.worlds),
        ]


def named(key: str) -> str:
    """Return what is turned in words."""
    words: Mapping[str, str] = {
        HAND_OVER: "week of hand-over", REFRESHERS: REFRESHERS,
        ENOUGH_USE: "hand-over before it from a use of", FOR_WEEKS: "held for",
    }  # fmt: skip
    return words[key] if key in words else short(key)


def hours(value: float) -> str:
    """Return hours with their unit."""
    return shown(value, "hours", with_unit=True)


@drawn
def search_picture(
    found: PlanSearch, front: pd.DataFrame, best: Sequence[float], title: str
) -> Picture:
    """Draw every plan that was tried, the front, the budget, the plan as it is and the winner."""
    times = 100.0 if found.outcome.unit == "share" else 1.0
    picture, (axes,) = blank((7.4, 4.2), 1, 1)
    tried = np.array([one for one in found.search.known.values() if np.isfinite(one[1])])
    axes.plot(tried[:, 1], found.sign * times * tried[:, 0], ".", color="#9aa3ab", markersize=3,
              label="plans that were tried")  # fmt: skip
    axes.plot(front["hours"], times * front[found.outcome.name], color=COLOURS[0], drawstyle="steps-post",
              label="best for so many hours")  # fmt: skip
    axes.axvline(found.budget, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)))
    now = float(found.worlds.values(found.plan, found.outcome.name).mean())
    gives, takes = found.search.known[tuple(best)]
    axes.plot(found.now, times * now, "o", color=INK, label="the plan as it is")
    axes.plot(
        takes, found.sign * times * gives, "D", color=COLOURS[1], label="the best within the budget"
    )
    axes.set_xlabel("hours that are paid for")
    unit = ", %" if found.outcome.unit == "share" else ""
    axes.set_ylabel(f"{found.outcome.label.lower()}{unit}")
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    return described(picture, title, "Dashed: the budget. All on the luck of the search.")
