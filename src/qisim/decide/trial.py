"""Design a real study: its power, with the adoption curves of the model instead of assumed ones.

Sites differ as plausible sites do, in their numbers and in their luck. Some are drawn for each simulated
study, dealt to arms or to the sequences of a stepped wedge, measured in periods, and analysed as one would.
A curve that rises slowly is not the step that the usual formula assumes; what that does to power, to the
estimate, and to the chance of finding what is not there is reported beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from qisim.decide.changes import changed
from qisim.decide.finding import Finding
from qisim.decide.sites import Sites, SitesStudy, drawn_sites
from qisim.decide.trial_tests import (
    ALPHA,
    Layout,
    closed_power,
    closed_variance,
    mixed_model,
    parallel,
    permutation,
    stepped,
    variances,
)
from qisim.decide.ways import parameters_of
from qisim.decide.worlds import Array, asked, needs_programme
from qisim.design.ensemble import ACCEPTABLE, ensemble
from qisim.errors import InputError, Problem, ScenarioError, nearest_name, not_whole
from qisim.model.outcomes import WEEKLY
from qisim.runs.options import OF_QUESTIONS, Options, verb
from qisim.scenario.scenario import Scenario
from qisim.scenario.ward import takes_site

DESIGNS = ("stepped-wedge", "parallel")
SHARES = tuple(name for name, one in WEEKLY.items() if one.unit == "share" and name in
               ("adoption", "use", "reach"))  # fmt: skip
"""Weekly series of which the share of staff is counted."""
DEFAULT_STUDIES, MOST_STUDIES = 2_000, 20_000
ENOUGH = 0.8
"""Power that is looked for."""
LADDER = (1, 2, 3, 4, 6, 8, 12, 16)
"""Sites of each arm or sequence that are tried."""
FEWEST_WAYS = 40
"""Ways to deal sites below which no study can have a p-value of .05 by permutation."""
NOTHING = "no programme"
USUAL, DEALT, FORMULA = "mixed model", "permutation", "closed form"


@verb(*OF_QUESTIONS, "site")
@takes_site
def trial(
    plan: Any,
    against: Any = None,
    *,
    design: str = "stepped-wedge",
    sites: int = 12,
    steps: int = 4,
    periods: int | None = None,
    every: int = 13,
    observed: int | None = None,
    series: str = "adoption",
    vary: Sequence[str] = ("context",),
    studies: int = DEFAULT_STUDIES,
    set: Mapping[str, Any] | None = None,
    **options: Any,
) -> Finding:
    """Say what power a study of a programme in several sites would have.

    Parameters
    ----------
    plan : str, path, mapping or Scenario
        The programme, in a typical site; what `qisim.load` takes.
    against : optional
        What the other arm of a parallel study has; by default no programme.
    design : {"stepped-wedge", "parallel"}
    sites : int
        Sites of the study, each a whole scenario.
    steps : int
        Sequences of a stepped wedge.
    periods : int, optional
        Measurements, the first before anything begins; by default one more than steps, or five.
    every : int
        Weeks from one to the next.
    observed : int, optional
        Staff who are asked in each site each time, a random part of those in post; by default all.
    series : {"adoption", "use", "reach"}
        What is counted.
    vary : sequence of str
        What differs between sites beside sets of strengths: roles, factors or keys.
    studies : int
        Studies that are simulated.
    set, site, **options
        As in `qisim.decide.explain.explain`; `replicates` is the number of sites that are simulated,
        from which studies draw theirs.

    Returns
    -------
    Finding
        With tables ``tests``, ``sizes`` and ``curves``.

    Raises
    ------
    InputError
        If anything is wrong with the question; every problem is listed.
    """
    chosen = Options(**options)
    given = [plan] if against is None else [plan, against]
    periods = periods if periods is not None else (steps + 1 if design == DESIGNS[0] else 5)
    wrong = _wrong(design, sites, steps, periods, every, observed, series, studies, against, chosen)
    try:
        more = parameters_of(vary)
    except InputError as refused:
        more, wrong = [], [*wrong, *refused.problems]
    scenarios, _ = asked(given, set, chosen, "adoption_final", wrong)
    needs_programme(scenarios[0], "to try")
    settings = {
        "design": design, "sites": sites, "steps": steps, "periods": periods, "every": every,
        "observed": observed, "series": series, "vary": list(vary), "studies": studies,
        "sets": str(chosen.over or ACCEPTABLE),
    }  # fmt: skip
    drawn = drawn_sites(
        scenarios, more, ensemble(chosen.over or ACCEPTABLE), chosen.replicates, int(chosen.seed)
    )
    finding: Finding = TrialStudy(scenarios, drawn, settings, chosen).result()
    return finding


def _wrong(
    design: Any, sites: Any, steps: Any, periods: Any, every: Any, observed: Any, series: Any,
    studies: Any, against: Any, options: Options,
) -> list[Problem]:  # fmt: skip
    """Return everything that is wrong with the design of a study."""
    arms = steps if design == DESIGNS[0] else 2
    found = [
        not_whole("steps", steps, 2, 20),
        not_whole("every", every, 1, 104),
        not_whole("studies", studies, 100, MOST_STUDIES),
        None if observed is None else not_whole("observed", observed, 1, 10_000),
    ]
    if design not in DESIGNS:
        near = nearest_name(str(design), DESIGNS)
        found.append(Problem("is not a design", key="design", value=design,
                             allowed=" | ".join(DESIGNS), nearest=near))  # fmt: skip
    elif not any(found):
        found.append(not_whole("sites", sites, 2 * arms, 500))
        found.append(not_whole("periods", periods, arms + 1 if arms == steps else 2, 40))
    if design == DESIGNS[0] and against is not None:
        message = "has no place in a stepped wedge, in which sites wait without a programme"
        found.append(
            Problem(message, key="against", value=str(against), allowed="--design parallel")
        )
    if series not in SHARES:
        near = nearest_name(str(series), SHARES)
        found.append(Problem("is not a weekly share of staff", key="series", value=series,
                             allowed=" | ".join(SHARES), nearest=near))  # fmt: skip
    if not any(found) and not options.problems() and options.replicates < 4 * sites:
        message = f"is too few sites to draw studies of {sites} from"
        found.append(Problem(message, key="replicates", value=options.replicates,
                             allowed=f"{4 * sites} or more"))  # fmt: skip
    return [one for one in found if one is not None]


# --- what every site is run under ------------------------------------------------------------------


def starting(plan: Scenario, week: int, weeks: int) -> Scenario:
    """Return a plan that begins in a week of the study and is watched for its weeks.

    Raises
    ------
    ScenarioError
        If it cannot begin then, or an event lies after the last week.
    """
    name = f"{plan.name}, from week {week}"
    return plan.replace({"name": name, "programme.start_week": week, "run.weeks": weeks})


def without(plan: Scenario, weeks: int) -> Scenario:
    """Return the site of a plan without its programme."""
    none = changed(plan, {"programme.length_weeks": 0, "programme.start_week": 1})
    return none.replace({"name": NOTHING, "run.weeks": weeks})


class TrialStudy(SitesStudy):
    """A simulated trial design, in progress."""

    def __init__(
        self, scenarios: Sequence[Scenario], sites: Sites, settings: Mapping[str, Any],
        options: Options,
    ) -> None:  # fmt: skip
        self.plan = scenarios[0]
        every, periods = int(settings["every"]), int(settings["periods"])
        weeks = every * periods
        self.at = every * np.arange(1, periods + 1)
        self.wedge = settings["design"] == DESIGNS[0]
        self.arms = int(settings["steps"]) if self.wedge else 2
        try:
            control = without(self.plan, weeks)
            if len(scenarios) > 1:
                control = starting(scenarios[1], every + 1, weeks)
            if self.wedge:
                each = [starting(self.plan, every * (s + 1) + 1, weeks) for s in range(self.arms)]
                same = each[(self.arms - 1) // 2]
            else:
                each = [control, starting(self.plan, every + 1, weeks)]
                same = each[1]
        except ScenarioError as refused:
            raise InputError(
                [*refused.problems, Problem(f"the study lasts {weeks} weeks", key="every")]
            ) from None
        self.each, self.same, self.control = [one.name for one in each], same.name, control.name
        plans = {one.name: one for one in (control, *each)}
        series = tuple(dict.fromkeys((str(settings["series"]), "vacancy")))
        super().__init__("trial", scenarios, plans, sites, series, settings, options)

    def put_together(self) -> Finding | None:
        """Return the answer; None where runs are missing."""
        from qisim.decide.trial_words import finding_of

        if self.interrupted:
            return None
        there = self.whole()
        if len(there) < 4 * int(self.settings["sites"]):
            raise InputError(
                f"only {len(there)} sites could be simulated; more --replicates are needed"
            )
        pool = self.pool(there)
        return finding_of(self, pool)

    def pool(self, there: npt.NDArray[np.int64]) -> Pool:
        """Return what would be measured in every site, in every arm."""
        rng = np.random.default_rng([int(self.options.seed), 0x7A1A])
        measured = {name: self.measured(name, there, rng) for name in self.plans}
        arms = np.array([measured[name] for name in self.each])
        return Pool(arms, measured[self.same], measured[self.control])

    def measured(self, name: str, there: npt.NDArray[np.int64], rng: np.random.Generator) -> Array:
        """Return the share that would be counted in every site at every measurement."""
        held, series = self.curves[name], str(self.settings["series"])
        share = held[series][there][:, self.at - 1].astype(np.float64)
        posts = int(self.plan["site.units"]) * int(self.plan["site.staff_per_unit"])
        vacancy = held["vacancy"][there][:, self.at - 1].astype(np.float64)
        people = np.maximum(np.rint(posts * (1.0 - vacancy)), 1.0).astype(np.int64)
        users = np.minimum(np.rint(share * people).astype(np.int64), people)
        seen = self.settings["observed"]
        if seen is None:
            return np.asarray(users / people)
        asked_ = np.minimum(int(seen), people)
        return np.asarray(rng.hypergeometric(users, people - users, asked_) / asked_)

    def layout(self, sites: int) -> Layout:
        """Return the design with so many sites."""
        periods = int(self.settings["periods"])
        return stepped(sites, self.arms, periods) if self.wedge else parallel(sites, periods)


class Pool:
    """What would be measured in every simulated site, from which studies draw theirs.

    Attributes
    ----------
    arms : ndarray, shape (arms, sites, periods)
        Under what each arm does.
    same : ndarray, shape (sites, periods)
        Under one and the same for all, so that there is nothing to find.
    control : ndarray, shape (sites, periods)
    """

    def __init__(self, arms: Array, same: Array, control: Array) -> None:
        self.arms, self.same, self.control = arms, same, control

    def __len__(self) -> int:
        return len(self.same)

    def effect(self, layout: Layout) -> float:
        """Return the mean over treated sites and periods of what the programme does there.

        The same sites with the same luck, with and without it.
        """
        arms = self.arms - self.control[None]
        sizes = np.bincount(layout.arm, minlength=len(self.arms))
        cells = layout.rows * sizes[:, None]
        return float((arms.mean(axis=1) * cells).sum() / cells.sum())

    def variances(self) -> tuple[float, float]:
        """Return the variance within and between sites about the mean curve of each arm."""
        each = [variances(arm - arm.mean(axis=0)) for arm in self.arms]
        within, between = np.mean(each, axis=0)
        return float(within), float(between)

    def studies(self, layout: Layout, number: int, seed: int) -> Studies:
        """Draw studies: sites from the pool, each to its arm."""
        rng = np.random.default_rng([seed, 0x57D1, len(layout.arm)])
        chosen = np.array(
            [rng.choice(len(self), len(layout.arm), replace=False) for _ in range(number)]
        )
        within, between = self.variances()
        return Studies(self, layout, chosen, between / within if within > 0 else 1.0, seed)


class Studies:
    """Simulated studies of one design, and what each analysis finds in them."""

    def __init__(
        self, pool: Pool, layout: Layout, chosen: npt.NDArray[np.int64], ratio: float,
        seed: int,
    ) -> None:  # fmt: skip
        self.pool, self.layout, self.chosen, self.ratio, self.seed = (
            pool,
            layout,
            chosen,
            ratio,
            seed,
        )
        self.held: dict[tuple[str, bool], tuple[Array, Array]] = {}

    def found(self, analysis: str, *, alike: bool = False) -> tuple[Array, Array]:
        """Return effect and p-value, study by study; `alike` where all sites do one and the same."""
        if (analysis, alike) not in self.held:
            arms = self.pool.same[None] if alike else self.pool.arms
            values = arms[0 if alike else self.layout.arm[None], self.chosen]
            rng = np.random.default_rng([self.seed, 0xDEA1, alike])
            self.held[analysis, alike] = (
                mixed_model(values, self.layout) if analysis == USUAL
                else permutation(values, self.layout, self.ratio, rng)
            )  # fmt: skip
        return self.held[analysis, alike]

    def power(self, analysis: str) -> tuple[float, float, float]:
        """Return power with its 95 % interval."""
        return self.share(self.found(analysis)[1] <= ALPHA)

    def false_alarms(self, analysis: str) -> tuple[float, float, float]:
        """Return the chance of finding an effect where there is none, with its 95 % interval."""
        return self.share(self.found(analysis, alike=True)[1] <= ALPHA)

    def share(self, yes: npt.NDArray[np.bool_]) -> tuple[float, float, float]:
        """Return a share of studies with its 95 % interval.

        Two sorts of chance are in it: which studies were drawn, and which sites they were drawn from.
        The second is that of a U-statistic: what a study's answer has to do with each of its sites.
        """
        number, sites = self.chosen.shape
        share = float(yes.mean())
        drawn = np.bincount(self.chosen.ravel(), minlength=len(self.pool))
        times = np.bincount(self.chosen.ravel(), np.repeat(yes, sites), minlength=len(self.pool))
        in_it = drawn > 1
        own = times[in_it] / drawn[in_it]
        noise = own * (1.0 - own) / (drawn[in_it] - 1.0)
        by_site = max(float(np.var(own) - noise.mean()), 0.0)
        error = np.sqrt(sites**2 * by_site / len(self.pool) + share * (1.0 - share) / number)
        floor = 0.0 if 0.0 < share < 1.0 else 3.0 / number  # the rule of three
        return (share, max(share - 1.96 * float(error) - floor, 0.0),
                min(share + 1.96 * float(error) + floor, 1.0))  # fmt: skip


# --- how many sites --------------------------------------------------------------------------------


def sizes_table(study: TrialStudy, pool: Pool) -> pd.DataFrame:
    """Return power by number of sites, as far as the pool goes."""
    within, between = pool.variances()
    rows = []
    own = int(study.settings["sites"])
    ladder = {study.arms * each for each in LADDER if study.arms * each >= 2 * study.arms} | {own}
    for sites in sorted(size for size in ladder if 4 * size <= len(pool)):
        layout = study.layout(sites)
        drawn = pool.studies(layout, int(study.settings["studies"]), int(study.options.seed))
        row: dict[str, Any] = {"sites": sites}
        for name, analysis in (("permutation", DEALT), ("mixed_model", USUAL)):
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), drawn.power(analysis)))
            row[f"{name}_false_alarms"] = drawn.false_alarms(analysis)[0]
        effect = pool.effect(layout)
        variance = closed_variance(layout, within, between)
        row["closed_form"] = closed_power(effect, variance) if variance > 0 else np.nan
        rows.append(row)
    return pd.DataFrame(rows)
