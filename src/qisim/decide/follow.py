"""Follow a plan: counts so far in; where it goes from here, and stay, add a refresher, or switch, out.

Nothing is fitted. Many plausible sites are run under the plan (or found in the run store), each with
strengths of its own drawn from their ranges; what would have been counted in each is held against the
counts, and sites like this one get weight, by the method of `qisim.calibration.posterior`. What became of
them is the forecast. Ways to go on are run in the same sites with the same luck; up to now they are the
same to the last bit (which is checked), so one set of weights serves all.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.calibration import observations
from qisim.calibration.counts_file import weeks_of_month
from qisim.calibration.diagnostics import STRAINED, check_near, widening
from qisim.calibration.observations import Observations
from qisim.calibration.posterior import (
    Posterior,
    ReferenceTable,
    correction,
    ranked,
    shares_below,
)
from qisim.decide.finding import Finding
from qisim.decide.sites import Sites, SitesStudy, drawn_sites
from qisim.decide.turns import STAY, Turn, turns
from qisim.decide.ways import parameters_of
from qisim.decide.worlds import Array, asked, needs_programme
from qisim.design.ensemble import ensemble
from qisim.errors import InputError, Problem
from qisim.numerics import weighted_sum
from qisim.output.file_bytes import digest_of_json
from qisim.runs.options import OF_QUESTIONS, Options, verb
from qisim.scenario.scenario import Scenario
from qisim.scenario.ward import takes_site

DEFAULT_SITES, FEWEST_SITES = 4_000, 1_000
FEWEST_ROWS = 2
BANDS = (0.05, 0.25, 0.5, 0.75, 0.95)
CHECKS = 150
"""Simulated sites like this one on which bands are checked, and after which they are widened."""
SERIES = ("adoption", "use")
OUTSIDE, RULE = "outside_weeks", "programme.handover_use"
"""Weeks in which a facilitator was there, which a calendar does not tell where a rule may end them."""


@verb(*OF_QUESTIONS, "site")
@takes_site
def follow(
    plan: Any,
    data: str | os.PathLike[str],
    other: Any = None,
    *,
    start: str | None = None,
    vary: Sequence[str] = ("uncertain",),
    set: Mapping[str, Any] | None = None,
    **options: Any,
) -> Finding:
    """Hold a plan against the counts so far; say where it goes from here, and whether to change it.

    Parameters
    ----------
    plan : str, path, mapping or Scenario
        What was done so far, in this site; what `qisim.load` takes.
    data : path
        Counts, as for `qisim.calibrate`; two rows at least.
    other : optional
        A plan that can be switched to.
    start : str, optional
        First day of week 1, for data with dates.
    vary : sequence of str
        What is not known of the site: roles, factors or keys.
    set, site, **options
        As in `qisim.decide.explain.explain`; `replicates` is the number of sites that are simulated (by
        default 4,000), and `over` names sets of values, such as a calibration's ``ensemble.csv``.

    Returns
    -------
    Finding
        With tables ``turns``, ``forecast`` and ``counts``.

    Raises
    ------
    InputError
        If anything is wrong with plan, data or question; every problem is listed.
    """
    chosen = Options(**{"replicates": DEFAULT_SITES, **options})
    wrong = list[Problem]()
    if not chosen.problems() and chosen.replicates < FEWEST_SITES:
        wrong.append(Problem("too few sites to find similar ones among", key="replicates",
                             value=chosen.replicates, allowed=f"{FEWEST_SITES} or more"))  # fmt: skip
    try:
        more = parameters_of(vary)
    except InputError as refused:
        more, wrong = [], [*wrong, *refused.problems]
    given = [plan] if other is None else [plan, other]
    scenarios, _ = asked(given, set, chosen, "adoption_final", wrong)
    own = scenarios[0]
    if not own["site.baseline"]:
        needs_programme(own, "to follow")
    posts = int(own["site.units"]) * int(own["site.staff_per_unit"])
    seen = observations.read(data, int(own["run.weeks"]), posts, start, FEWEST_ROWS)
    now = int(seen.last[-1])
    if now >= int(own["run.weeks"]):
        message = f"the counts reach to the last week of the run (run.weeks = {own['run.weeks']})"
        raise InputError(Problem(message, key="data", value=seen.file,
                                 allowed="a larger run.weeks (--set run.weeks=...)"))  # fmt: skip
    ways, none = turns(own, now, scenarios[1] if other is not None else None)
    sets = None if chosen.over is None else ensemble(chosen.over)
    sites = drawn_sites([own], more, sets, chosen.replicates, int(chosen.seed))
    rows = {"file": seen.file, "unit": seen.unit, "rows": seen.to_rows()}
    settings = {"vary": list(vary), "start": start, "data": rows,
                "sets": None if sets is None else sets.name}  # fmt: skip
    study = FollowStudy(scenarios, ways, none, seen, sites, settings, chosen)
    finding: Finding = study.result()
    return finding


class FollowStudy(SitesStudy):
    """A forecast in progress."""

    quick = False

    def __init__(
        self, scenarios: Sequence[Scenario], ways: Sequence[Turn], none: Sequence[str],
        data: Observations, sites: Sites, settings: Mapping[str, Any], options: Options,
    ) -> None:  # fmt: skip
        self.plan, self.ways, self.none, self.data = scenarios[0], list(ways), list(none), data
        plans = {one.name: one.plan for one in ways}
        ruled = RULE in sites.keys or any(float(plan[RULE]) > 0 for plan in plans.values())
        series = (*SERIES, OUTSIDE) if ruled else SERIES
        super().__init__("follow", scenarios, plans, sites, series, settings, options)

    def manifest(self) -> dict[str, Any]:
        """Return the manifest as of now; the counts themselves are in it, wherever they were read."""
        found = super().manifest()
        held = {**self.settings, "data": self.settings["data"]["rows"]}
        own = [found["digests"], held, digest_of_json(self.sites.values.tolist()), found["seed"]]
        return {**found, "study_digest": digest_of_json(own)}

    def put_together(self) -> Finding | None:
        """Return the answer; None where runs are missing."""
        from qisim.decide.follow_words import finding_of

        if self.interrupted:
            return None
        there = self.whole()
        if len(there) < FEWEST_SITES:
            raise InputError(
                f"only {len(there)} sites could be simulated; at least {FEWEST_SITES} are needed"
            )
        held = {
            name: {series: curve[there] for series, curve in by_series.items()}
            for name, by_series in self.curves.items()
        }
        self.ways, same = self.with_one_past(held)
        self.none += same
        forecast = Forecast(
            held[STAY]["use"], held[STAY]["adoption"], self.data, int(self.options.seed)
        )
        return finding_of(self, forecast, held)

    def with_one_past(self, held: Mapping[str, Any]) -> tuple[list[Turn], list[str]]:
        """Return the ways to go on whose past is that of the plan, and a sentence for every other."""
        now, kept, said = int(self.data.last[-1]), [], list[str]()
        for way in self.ways:
            alike = all(
                np.array_equal(held[way.name][one][:, :now], held[STAY][one][:, :now])
                for one in SERIES
            )
            if alike:
                kept.append(way)
            else:
                said.append(f"To {way.name} would have changed what was, so it is left out.")
        return kept, said


@dataclass
class Forecast:
    """Sites like the one that is followed, and what became of them.

    Attributes
    ----------
    use, adoption : ndarray, shape (sites, weeks)
        Of all simulated sites under the plan.
    data : Observations
    seed : int
    checks : int
        Sites on which bands are checked; 0 for none.
    """

    use: npt.NDArray[np.float32]
    adoption: npt.NDArray[np.float32]
    data: Observations
    seed: int
    checks: int = CHECKS

    @property
    def now(self) -> int:
        """Last week of the run that was counted."""
        return int(self.data.last[-1])

    @cached_property
    def months(self) -> list[tuple[int, int, int]]:
        """Months to come: number, first and last week."""
        weeks, found = self.use.shape[1], []
        for month in range(1, weeks * 12 // 52 + 2):
            first, last = weeks_of_month(month)
            if first > self.now and last <= weeks:
                found.append((month, first, last))
        return found

    def ahead(self, use: npt.NDArray[np.float32]) -> Array:
        """Return the use in each month to come, shape (sites, months)."""
        columns = [
            use[:, first - 1 : last].mean(axis=1, dtype=np.float64)
            for _, first, last in self.months
        ]
        return np.column_stack(columns) if columns else np.empty((len(use), 0))

    def rng(self, purpose: int) -> np.random.Generator:
        """Return a source of chance of its own for each purpose."""
        return np.random.default_rng([self.seed, 0xF0110, purpose])

    @cached_property
    def table(self) -> ReferenceTable:
        """Simulated sites with what would have been counted in each, and what came of them."""
        rng = self.rng(1)
        counted = self.data.counted(self.use, rng)
        return ReferenceTable(
            self.scores(self.use, self.adoption, rng), counted, self.data.observed
        )

    def scores(
        self, use: npt.NDArray[np.float32], adoption: npt.NDArray[np.float32],
        rng: np.random.Generator,
    ) -> Array:  # fmt: skip
        """Return the outcomes of sites, by month and at the end, as scores by rank."""
        ahead = np.column_stack([self.ahead(use), adoption[:, -1]])
        return np.column_stack([ranked(column, rng) for column in ahead.T])

    @cached_property
    def place(self) -> Array:
        """Where among all sites this one stands."""
        found: Array = self.table.summaries.of(self.data.shares[None, :])[0]
        return found

    @cached_property
    def posterior(self) -> Posterior:
        """Sites like this one, with their weights."""
        return self.table.posterior(self.place)

    @cached_property
    def by(self) -> Array:
        """By what bands are widened, so that they hold in the sites that were checked."""
        return widening(check_near(self.table, self.place, self.checks).ranks)

    @property
    def strange(self) -> bool:
        """Whether the model hardly gives counts like these."""
        return self.table.rarity(self.place) < STRAINED

    @property
    def alike(self) -> float:
        """How many sites with full weight those that count are worth."""
        return float(1.0 / (self.posterior.weights**2).sum())

    def bands(self, use: npt.NDArray[np.float32], adoption: npt.NDArray[np.float32]) -> Array:
        """Return quantiles (`BANDS`) of what is to come, shape (bands, months + 1)."""
        ahead = np.column_stack([self.ahead(use), adoption[:, -1]])
        scores = self.scores(use, adoption, self.rng(2))
        post = self.posterior
        moved = correction(post.weights, post.design)(scores[post.chosen])
        here = Posterior(moved, post.weights, post.chosen, post.design).widened(self.by)
        below = shares_below(here.quantiles(BANDS))
        columns = [np.quantile(ahead[:, j], below[:, j]) for j in range(ahead.shape[1])]
        return np.column_stack(columns)

    def gain(self, difference: Array) -> tuple[float, float, float]:
        """Return the mean of a difference in sites like this one, and its 95 % interval.

        A local linear regression on what was counted, whose error allows for unequal weights.
        """
        post = self.posterior
        d = np.asarray(difference, dtype=np.float64)[post.chosen]
        moved = correction(post.weights, post.design)(d[:, None])[:, 0]
        mean = float(weighted_sum(post.weights, moved))
        error = float(np.sqrt(weighted_sum(post.weights**2, (moved - mean) ** 2)))
        return mean, mean - 1.96 * error, mean + 1.96 * error

    def mean(self, values: npt.NDArray[Any]) -> float:
        """Return the mean, by weight, of something in sites like this one; the share where it is yes or no."""
        post = self.posterior
        return float(weighted_sum(post.weights, values[post.chosen].astype(np.float64)))
