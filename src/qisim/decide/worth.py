"""Whether a plan pays, which change of it pays best, and what would be worth knowing first.

The payoff of a plan is what its staff-weeks of use are worth, less the hours that are paid for (by kind,
`qisim.output.paid_hours`), both against no programme. What a week of use is worth nobody can look up: it is
declared in the site file, in hours of care staff (``[prices] week_of_use``); without it, the break-even is
given instead, and nothing is assumed. With prices of all hours that are paid for, payoffs are in kroner
as well.

Options are screened on some sites, and the best are run on others, with luck and numbers of their own, so
that the luckiest is not taken for the best. Doing nothing is always among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qisim.decide.changes import changed
from qisim.decide.finding import Finding
from qisim.decide.plan_options import NOTHING, options_of
from qisim.decide.sites import Sites, SitesStudy, drawn_sites
from qisim.decide.ways import parameters_of
from qisim.decide.worlds import Array, asked, needs_programme
from qisim.design.ensemble import Ensemble, ensemble
from qisim.errors import InputError, Problem, ScenarioError
from qisim.model.draws import MAX_SEED
from qisim.output.paid_hours import paid_in_runs
from qisim.runs.options import OF_QUESTIONS, Options, verb
from qisim.scenario.fields import PRICES
from qisim.scenario.scenario import Scenario
from qisim.scenario.ward import takes_site

SERIES = ("use", "vacancy", "documentation_hours", "outside_weeks")
SCREEN, KEPT = 128, 5
"""Sites on which options are screened, and how many of the best are looked at closely."""
AS_IT_IS = "the plan as it is"
WORTH = "week_of_use"
DEFAULT_SITES, FEWEST_SITES = 1_000, 200


@verb(*OF_QUESTIONS, "site")
@takes_site
def worth(
    plan: Any,
    *,
    week_of_use: float | None = None,
    vary: Sequence[str] = ("uncertain", "context"),
    set: Mapping[str, Any] | None = None,
    **options: Any,
) -> Finding:
    """Return whether a plan pays, which change of it pays best, and what would be worth knowing first.

    Parameters
    ----------
    plan : str, path, mapping or Scenario
        What `qisim.load` takes; prices stand in its ``[prices]``.
    week_of_use : float, optional
        What a week in which one of the staff uses the practice is worth, in hours of care staff; by
        default that of ``[prices]``.
    vary : sequence of str
        What is not known: roles, factors or keys.
    set, site, **options
        As in `qisim.decide.explain.explain`; `replicates` is the number of sites (by default 1,000).

    Returns
    -------
    Finding
        With tables ``options`` and, where a week of use has a worth, ``information``.

    Raises
    ------
    InputError
        If anything is wrong with the question; every problem is listed.
    """
    chosen, wrong = Options(**{"replicates": DEFAULT_SITES, **options}), list[Problem]()
    if not chosen.problems() and chosen.replicates < FEWEST_SITES:
        wrong.append(Problem("too few sites to learn anything from", key="replicates",
                             value=chosen.replicates, allowed=f"{FEWEST_SITES} or more"))  # fmt: skip
    limit = PRICES[WORTH]
    if week_of_use is not None and not limit.minimum <= week_of_use <= limit.maximum:
        wrong.append(Problem("is not what a week of use is worth", key="week-of-use",
                             value=week_of_use, allowed=limit.allowed))  # fmt: skip
    try:
        more = parameters_of(vary)
    except InputError as refused:
        more, wrong = [], [*wrong, *refused.problems]
    (scenario,), _ = asked([plan], set, chosen, "adoption_final", wrong)
    needs_programme(scenario, "that could pay")
    ways = ways_of(scenario)
    value = week_of_use if week_of_use is not None else scenario.prices.get(WORTH)
    sets = None if chosen.over is None else ensemble(chosen.over)
    settings = {
        "week_of_use": value,
        "vary": list(vary),
        "sets": None if sets is None else sets.name,
    }
    study = WorthStudy(
        scenario, ways, sites_of(scenario, ways, more, sets, chosen), settings, chosen
    )
    finding: Finding = study.result()
    return finding


def ways_of(plan: Scenario) -> dict[str, Scenario]:
    """Return the plan, every change of it, and no programme, all watched for the same weeks."""
    found = {AS_IT_IS: plan}
    for one in options_of(plan):
        try:
            way = one.scenario.replace({"name": one.name, "run.weeks": plan["run.weeks"]})
        except ScenarioError:
            continue
        found[one.name] = way
    none = changed(plan, {"programme.length_weeks": 0})
    return {**found, NOTHING: none.replace({"name": NOTHING})}


def sites_of(
    plan: Scenario, ways: Mapping[str, Scenario], more: Sequence[Any], sets: Ensemble | None,
    options: Options,
) -> tuple[Sites, Sites]:  # fmt: skip
    """Return the sites on which options are screened, and those on which the best are looked at."""
    from qisim.comparison.context import differing

    moved = {
        key for way in ways.values() if way is not plan
        for key in differing([plan.to_dict(), way.to_dict()])
    }  # fmt: skip
    free = [one for one in more if one.key not in moved]
    sets = None if sets is None else sets.without(moved)
    seed = int(options.seed)
    first = drawn_sites([plan], free, sets, SCREEN, (seed + 1) % (MAX_SEED + 1))
    return first, drawn_sites([plan], free, sets, options.replicates, seed)


@dataclass(frozen=True)
class Account:
    """What an option brings and takes against no programme, site by site.

    Attributes
    ----------
    name : str
    weeks : ndarray, shape (sites,)
        Staff-weeks of use gained.
    hours : ndarray, shape (sites,)
        Hours that are paid for.
    kroner : ndarray, shape (sites,)
        What they cost; NaN where a price is missing.
    """

    name: str
    weeks: Array
    hours: Array
    kroner: Array

    def payoff(self, worth: float) -> Array:
        """Return the payoff in hours of care staff."""
        found: Array = worth * self.weeks - self.hours
        return found

    def payoff_kroner(self, worth: float, price: float) -> Array:
        """Return the payoff in kroner, where a week of use is worth hours at the price of care staff."""
        found: Array = worth * price * self.weeks - self.kroner
        return found


class WorthStudy(SitesStudy):
    """A payoff analysis in progress."""

    def __init__(
        self, plan: Scenario, ways: Mapping[str, Scenario], sites: tuple[Sites, Sites],
        settings: Mapping[str, Any], options: Options,
    ) -> None:  # fmt: skip
        self.screen, main = sites
        self.plan, self.ways = plan, dict(ways)
        super().__init__("worth", [plan], ways, main, SERIES, settings, options)

    @property
    def worth(self) -> float | None:
        """What a week of use is worth, in hours of care staff; None where nobody says so."""
        value = self.settings["week_of_use"]
        return None if value is None else float(value)

    def make(self) -> None:
        """Screen all options on some sites, and run the best on others."""
        main = self.sites
        self.plans, self.sites = self.ways, self.screen
        super().make()
        self.screened = self.accounts()
        order = sorted(self.screened.values(), key=self.rank, reverse=True)
        best = [one.name for one in order if one.name not in (AS_IT_IS, NOTHING)][:KEPT]
        self.plans = {name: self.ways[name] for name in (AS_IT_IS, *best, NOTHING)}
        self.sites, self.done = main, 0
        super().make()

    def rank(self, account: Account) -> float:
        """Return by what options are ranked: mean payoff; without a worth, weeks of use per hour."""
        if self.worth is not None:
            return float(account.payoff(self.worth).mean())
        hours, weeks = float(account.hours.mean()), float(account.weeks.mean())
        return weeks / hours if hours > 0 and weeks > 0 else (np.inf if weeks > 0 else -np.inf)

    def accounts(self) -> dict[str, Account]:
        """Return what every option brings and takes, in the sites that were run under all."""
        there = self.whole()
        if len(there) < 2:
            raise InputError("hardly any site could be simulated")
        none = self.used(NOTHING, there)
        return {
            name: Account(name, self.used(name, there) - none, *self.spent(name, there))
            for name in self.plans
        }

    def used(self, name: str, there: Any) -> Array:
        """Return staff-weeks of use, site by site."""
        held = self.curves[name]
        posts = int(self.plan["site.units"]) * int(self.plan["site.staff_per_unit"])
        people = posts * (1.0 - held["vacancy"][there].astype(np.float64))
        return np.asarray((held["use"][there] * people).sum(axis=1))

    def spent(self, name: str, there: Any) -> tuple[Array, Array]:
        """Return the hours that are paid for, and what they cost, site by site.

        What those write who use it anyway is no cost of a plan.
        """
        both = (self.curves[one]["documentation_hours"][there][:, -1] for one in (name, NOTHING))
        writing, anyway = (one.astype(np.float64) for one in both)
        helped = self.curves[name]["outside_weeks"][there][:, -1].astype(np.float64)
        return paid_in_runs(self.plans[name], self.plan.prices, writing - anyway, helped)

    def put_together(self) -> Finding | None:
        """Return the answer; None where runs are missing."""
        from qisim.decide.worth_words import finding_of

        return None if self.interrupted else finding_of(self, self.accounts())
