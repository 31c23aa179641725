"""The flow of a calibration: observations -> simulated sites -> posterior.

The model is run once for each of many sets of parameters, drawn from their declared ranges; the
statistics are those of `qisim.calibration.posterior`, the result that of `qisim.calibration.result`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qisim.calibration import observations
from qisim.calibration.counting import EXACT, Errors
from qisim.calibration.observations import Observations
from qisim.calibration.outlook import outlook
from qisim.calibration.planning import (
    DEFAULT_CHECKS,
    DEFAULT_SAMPLES,
    FEWEST_SAMPLES,
    plan_of,
    read_all,
    wrong_options,
)
from qisim.calibration.sites import Sites
from qisim.design import sampling
from qisim.design.plan import Plan
from qisim.errors import InputError, Interrupted, RunError
from qisim.model import site as world
from qisim.model.allocation import allocated
from qisim.model.coefficients import matrix
from qisim.model.parameters import PARAMETERS
from qisim.output.file_bytes import digest_of_json
from qisim.runs.batch import Batch, group_of
from qisim.runs.lifecycle import Lifecycle
from qisim.runs.options import Options, Progress, several, verb
from qisim.scenario.scenario import load
from qisim.scenario.ward import takes_site

if TYPE_CHECKING:
    from qisim.calibration.diagnostics import Check
    from qisim.calibration.posterior import Posterior, ReferenceTable
    from qisim.calibration.result import Band, Calibration

Array = npt.NDArray[np.float64]

AFTER = 1_000
"""Fresh sites that are simulated with parameters of the posterior."""
SERIES = ("adoption", "use")
"""Weekly series that are kept of every simulated site."""


@verb("site")
@takes_site
def calibrate(
    scenario: Any,
    data: str | os.PathLike[str],
    *,
    set: Mapping[str, Any] | None = None,
    vary: Sequence[Any] = (),
    fix: Sequence[str] = (),
    start: str | None = None,
    users_counted: Any = 1.0,
    others_counted: Any = 0.0,
    samples: int = DEFAULT_SAMPLES,
    checks: int = DEFAULT_CHECKS,
    seed: int = 1,
    workers: int | None = None,
    out: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
    store: str | os.PathLike[str] | None = None,
) -> Calibration:
    """Compare a scenario with a site's own figures, and find the parameter values consistent with them.

    Parameters
    ----------
    scenario : str, path, mapping or Scenario
        What `qisim.load` takes; it should describe the site and its programme as they are.
    data : path
        Weekly or monthly counts; see `qisim.calibration.observations`.
    set : mapping, optional
        Values by dotted key, laid over the scenario.
    site : path, optional
        A file that describes the ward; a scenario that is named or read from a file is put there.
    vary : sequence of str or mapping, optional
        What is not known besides all uncertain parameters: a parameter, a factor or a role, or a
        table as in a study file (with a range of its own).
    fix : sequence of str, optional
        Uncertain parameters that are taken as they stand in the scenario.
    start : str, optional
        First day of week 1 (YYYY-MM-DD), for data with dates.
    users_counted : float, str or sequence, optional
        Share of the users looked at who are counted; see `qisim.calibration.counting`.
    others_counted : float, str or sequence, optional
        Share of the others who are counted as users.
    samples : int
        Sets of parameters that are drawn and simulated, 2,000 to 200,000.
    checks : int
        Simulated sites on which the intervals are checked, 0 to 5,000.
    seed : int
        Fixes all chance, 0 to 2**63 - 1.
    workers : int, optional
        Threads; by default one per core. Results do not depend on it.
    out : path, optional
        Folder for tables, figures, ensemble and manifest.
    progress : callable, optional
        Called with runs done and runs to do.
    command : sequence of str, optional
        What was typed, for the manifest.
    store : path, optional
        Folder of the run store, by default that of all studies: a run that is there is not made again.

    Returns
    -------
    Calibration

    Raises
    ------
    InputError
        If the scenario, the data or an option is wrong; every problem is listed.
    StoreError
        If `out` holds another study; nothing is run then.
    Interrupted
        If the user stops it; with at least 2,000 sites simulated, these are used, and the result is
        in `out` and with the exception.
    """
    options = {"samples": samples, "checks": checks, "seed": seed, "workers": workers}
    vary, fix = several(vary), several(fix)
    errors = {"users_counted": users_counted, "others_counted": others_counted}
    plan, data_read = read_all(scenario, data, set, vary, fix, start, options, errors)
    settings = {"vary": vary, "fix": fix, "start": start, "checks": checks}
    chosen = Options(
        seed=seed, workers=workers, out=out, progress=progress, command=command, store=store
    )
    result: Calibration = CalibrationStudy(plan, data_read, settings, chosen).result()
    return result


def calibrate_rows(
    scenario: Mapping[str, Any], settings: Mapping[str, Any], *, samples: int, seed: int,
    **options: Any,
) -> Calibration:  # fmt: skip
    """Calibrate again from what a manifest says; see `qisim.reproduction`.

    Parameters
    ----------
    scenario, settings : mapping
        The full scenario; the settings of the manifest, which hold the site's own figures.
    samples, seed, **options
        As in `calibrate`: ``workers``, ``out``, ``progress``, ``command``, ``store``.
    """
    wrong = wrong_options(samples, settings["checks"], seed, options.get("workers"))
    if wrong:
        raise InputError(wrong)
    errors = Errors.of(**settings.get("counting", {}))
    data = replace(observations.from_rows(settings["data"]), errors=errors)
    given = {"samples": samples, "seed": seed}
    plan = plan_of(load(scenario), settings["vary"], settings["fix"], given)
    own = {name: settings[name] for name in ("vary", "fix", "start", "checks")}
    result: Calibration = CalibrationStudy(plan, data, own, Options(seed=seed, **options)).result()
    return result


# --- simulated sites -------------------------------------------------------------------------------


class CalibrationStudy(Lifecycle):
    """A calibration in progress."""

    quick = False

    def __init__(
        self, plan: Plan, data: Observations, settings: Mapping[str, Any], options: Options
    ) -> None:
        super().__init__(options)
        self.plan, self.data, self.settings = plan, data, dict(settings)
        self.name, self.scenario = next(iter(plan.scenarios.items()))
        self.failures: dict[int, str] = {}
        self.unit = sampling.unit_points(plan)

    # --- the steps ---

    def make(self) -> None:
        """Simulate a site for each set of parameters."""
        self.sites = self.simulated_sites(sampling.scaled(self.unit, self.plan.inputs), 0)

    def put_together(self) -> Calibration | None:
        """Compare the simulated sites with the data; None where they are too few."""
        if len(self.sites) < FEWEST_SAMPLES and not self.interrupted:
            raise self.all_failed()
        if len(self.sites) < FEWEST_SAMPLES:
            return None
        try:
            return self.held_against(self.unit[self.sites.numbers], self.sites)
        except Interrupted:
            return None

    def simulated_sites(self, values: Array, first_replicate: int) -> Sites:
        """Simulate a site for each set of parameters, each with luck of its own."""
        weeks = int(self.scenario.values["run.weeks"])
        kept = {name: np.empty((len(values), weeks), np.float32) for name in SERIES}
        fine = np.zeros(len(values), bool)

        def work(size: int) -> Iterator[Batch]:
            return self.batches(values, first_replicate, size)

        total = self.plan.design.samples + AFTER
        try:
            for answer in self.answers(work, len(values), total, SERIES):
                rows = answer.batch.replicates - first_replicate
                if answer.failure is not None:
                    self.failures[int(answer.batch.replicates[0])] = answer.failure
                    continue
                fine[rows] = True
                for place, name in enumerate(SERIES):
                    kept[name][rows] = answer.weekly[:, place].T
        except KeyboardInterrupt:
            self.interrupted = True
        numbers = np.flatnonzero(fine)
        return Sites(numbers, kept["use"][numbers], kept["adoption"][numbers])

    def batches(self, values: Array, first_replicate: int, size: int) -> Iterator[Batch]:
        """Cut the sets of parameters into batches."""
        site, seed, keys = world.build(self.scenario), self.plan.seed, self.plan.names
        group = group_of(" ".join(["calibrate", *keys]))
        for begin in range(0, len(values), size):
            part = values[begin : begin + size]
            replicates = np.arange(begin, begin + len(part)) + first_replicate
            rows = matrix(self.scenario, keys, part)
            rows = allocated(self.scenario, rows, seed, replicates)
            yield Batch(self.name, site, rows, seed, replicates, group)

    def checked(self, samples: int) -> tuple[ReferenceTable, Check]:
        """Calibrate all simulated sites beyond the first ones, with a table of the first ones."""
        from qisim.calibration.diagnostics import check_fresh
        from qisim.calibration.posterior import ReferenceTable

        self.make()
        if self.interrupted:
            raise Interrupted(None)
        sites = self.sites
        whole = self.table_of(self.unit[sites.numbers], sites)
        table = ReferenceTable(whole.scores[:samples], whole.shares[:samples], whole.observed)
        return table, check_fresh(table, whole.shares[samples:], whole.scores[samples:])

    # --- from simulated sites to findings ---

    def held_against(self, unit: Array, sites: Sites) -> Calibration:
        """Return the calibration to the data, given the simulated sites."""
        from qisim.calibration import diagnostics
        from qisim.calibration.result import ENSEMBLE, Band, Calibration
        from qisim.calibration.what_next import what_next

        table = self.table_of(unit, sites)
        place = table.summaries.of(self.data.shares[None, :])[0]
        posterior = table.posterior(place)
        check = diagnostics.check_near(table, place, self.settings["checks"])
        by = diagnostics.widening(check.ranks)
        by[: len(self.plan.inputs)] = 1.0  # parameters need it nowhere (docs/calibration.md)
        posterior = posterior.widened(by)
        surprise = table.surprise(self.data.shares, posterior)
        sets = self.values_of(posterior)
        after = self.fresh_sites(sets[posterior.drawn(AFTER, self.rng(2))])
        ensemble = sets[posterior.drawn(ENSEMBLE, self.rng(3))]
        return Calibration(
            posterior=self.frame(sets, weight=posterior.weights),
            parameters=self.parameters(posterior),
            outlook=outlook(posterior, sites, int(self.data.last[-1])),
            ahead=self.ahead(posterior, sites, float(by[-1])),
            what_next=what_next(posterior, sites, int(self.data.last[-1]), self.rng(7)),
            data=self.data,
            prior=Band(table.shares, sites.use),
            after=after,
            sample=posterior,
            check=check,
            p_value=diagnostics.fit_p_value(surprise, check, table.rarity(place)),
            scenario=self.scenario.to_dict(),
            manifest=self.manifest(),
            ensemble=self.frame(ensemble),
        )

    def all_failed(self) -> RunError:
        """Return the error of too many failed runs."""
        first = next(iter(self.failures.values())).strip().splitlines()[-1]
        return RunError(f"{len(self.failures)} runs failed, too many to go on; the first: {first}")

    def table_of(self, unit: Array, sites: Sites) -> ReferenceTable:
        """Return simulated sites with what would have been counted, and what came of them."""
        from qisim.calibration import posterior as calibration

        rng = self.rng(1)
        counted = self.data.counted(sites.use, rng)
        ahead = sites.outlook(int(self.data.last[-1])).values()
        results = np.column_stack([calibration.ranked(one, rng) for one in ahead])
        scores = np.hstack([calibration.scores_of(unit), results])
        return calibration.ReferenceTable(scores, counted, self.data.observed)

    def rng(self, purpose: int) -> np.random.Generator:
        """Return a source of chance of its own for each purpose."""
        return np.random.default_rng([self.plan.seed, 0xCA1B, purpose])

    def values_of(self, posterior: Posterior) -> Array:
        """Return the sets of the posterior in the parameters' own units."""
        from qisim.calibration.posterior import shares_below

        number = len(self.plan.inputs)
        return sampling.scaled(shares_below(posterior.scores[:, :number]), self.plan.inputs)

    def fresh_sites(self, sets: Array) -> Band:
        """Simulate sites with parameters of the posterior and luck of their own."""
        from qisim.calibration.result import Band

        sites = self.simulated_sites(sets, self.plan.design.samples)
        if not len(sites):
            raise Interrupted(None) if self.interrupted else self.all_failed()
        return Band(self.data.counted(sites.use, self.rng(4)), sites.use)

    def frame(self, sets: Array, **more: Array) -> Any:
        """Return sets of parameters as a table, a column per parameter."""
        import pandas as pd

        return pd.DataFrame(sets, columns=list(self.plan.names)).assign(**more)

    def parameters(self, posterior: Posterior) -> Any:
        """Summarise the posterior of each parameter, in its own unit."""
        from qisim.calibration import posterior as calibration

        table = calibration.describe_posterior(posterior, self.plan.names, self.rng(5))
        side = (1.0 - calibration.INTERVAL) / 2.0
        before = np.repeat([[side], [0.5], [1.0 - side]], len(self.plan.inputs), axis=1)
        prior = sampling.scaled(before, self.plan.inputs)
        for name in ("low", "median", "high"):
            unit = calibration.shares_below(table[name].to_numpy())[None, :]
            table[name] = sampling.scaled(unit, self.plan.inputs)[0]
        for place, name in enumerate(("prior_low", "prior_median", "prior_high")):
            table.insert(1 + place, name, prior[place])
        table.insert(1, "unit", [PARAMETERS[key].unit for key in self.plan.names])
        return table.sort_values("bits", ascending=False, kind="stable", ignore_index=True)

    def ahead(self, posterior: Posterior, sites: Sites, by: float) -> Any:
        """Return this site's outlook week by week, from its last count on; shares.

        Where counting may err, so is the week of the last count. Each week is treated as `outlook` treats
        its outcomes: sites like this one, moved to where it is, their spread widened as the outlook's.
        """
        import pandas as pd

        from qisim.calibration import posterior as calibration
        from qisim.calibration.result import BANDS

        last, rng = int(self.data.last[-1]), self.rng(6)
        corrected = calibration.correction(posterior.weights, posterior.design)
        exact = self.data.errors == EXACT
        rows = [(last, *[float(self.data.shares[-1])] * len(BANDS))] if exact else []
        for week in range(last + exact, sites.use.shape[1] + 1):
            values = sites.use[:, week - 1].astype(np.float64)
            scores = corrected(calibration.ranked(values, rng)[posterior.chosen][:, None])
            here = replace(posterior, scores=scores).widened(np.array([by]))
            below = calibration.shares_below(here.quantiles(BANDS)[:, 0])
            rows.append((week, *np.quantile(values, below)))
        return pd.DataFrame(rows, columns=["week", *(f"p{round(100 * b):02d}" for b in BANDS)])

    def manifest(self) -> dict[str, Any]:
        """Return the manifest as of now; the figures themselves are in it."""
        rows = {"file": self.data.file, "unit": self.data.unit, "rows": self.data.to_rows()}
        found = self.manifest_of(
            "calibrate",
            {self.name: self.scenario.to_dict()},
            {self.name: self.scenario.digest},
            seed=self.plan.seed,
            replicates=self.plan.design.samples,
            settings={**self.settings, "inputs": self.plan.to_dict()["vary"], "data": rows,
                      "counting": self.data.errors.to_dict()},
            failures=[{"scenario": self.name, "replicate": row, "reason": why}
                      for row, why in sorted(self.failures.items())],
        )  # fmt: skip
        own = [found["study_digest"], rows["rows"], found["settings"]["inputs"]]
        own += [found["settings"]["counting"]] if self.data.errors != EXACT else []
        return {**found, "study_digest": digest_of_json(own)}
