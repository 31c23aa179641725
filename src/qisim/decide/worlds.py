"""Runs that a decision rests on: many scenarios on common random numbers, outcomes only.

Every question of this room is put to the model in the same way: a handful or some hundred scenarios are
run with the same seed and the same replicates, and compared replicate by replicate. `Worlds` makes the
runs, each scenario once however often it is asked for, and hands back outcomes by replicate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.comparison.paired import interval_of
from qisim.comparison.wording import outcome_named
from qisim.design.ensemble import Ensemble, ensemble
from qisim.design.run_table import RunTable
from qisim.errors import InputError, Problem, RunError, ScenarioError, nearest_name
from qisim.model.outcomes import OUTCOMES, Outcome
from qisim.model.parameters import PARAMETERS, Parameter
from qisim.runs.batch import Batch, batches, group_of, table_batches
from qisim.runs.options import Options
from qisim.runs.scenario_store import Finished, finished
from qisim.scenario.fields import CHOICES, SHORT
from qisim.scenario.scenario import Scenario, has_programme, load, unique_names

Array = npt.NDArray[np.float64]

DEFAULT_OUTCOME = "adoption_final"
"""Routine use in the last week: those who use the practice when the programme is over are what lasts."""

ALONE = ("site.setting", "programme.driver", "programme.package")
"""Labels that no rule reads."""


class Worlds:
    """Outcomes of scenarios on common random numbers; each scenario is run once.

    Parameters
    ----------
    options : Options
        Replicates, seed, engine and so on, as for `qisim.compare`.
    about : sequence of Scenario
        What the question is about: where these differ, sets of values (`options.over`) change nothing.
    keys : sequence of str, optional
        Parameters that the question itself varies; sets of values leave them alone as well.
    """

    def __init__(
        self, options: Options, about: Sequence[Scenario], keys: Sequence[str] = ()
    ) -> None:
        self.options = options
        self.over: Ensemble | None = None
        if options.over is not None:
            self.over = ensemble(options.over).for_study(about).without(keys)
        self.held: dict[str, Array] = {}
        self.failures: list[dict[str, Any]] = []

    @property
    def sets(self) -> int | None:
        """Number of sets of values that replicates share; None where there are none."""
        return None if self.over is None else len(self.over)

    def run(self, scenarios: Sequence[Scenario]) -> None:
        """Run the scenarios that were not run yet; progress counts these."""
        fresh = {one.digest: one for one in scenarios if one.digest not in self.held}
        if not fresh:
            return
        options, done = self.options, 0
        total = options.replicates * len(fresh)
        for digest in fresh:
            self.held[digest] = np.full((options.replicates, len(OUTCOMES)), np.nan)

        def work(size: int) -> Iterator[Batch]:
            return batches(fresh, options.replicates, options.seed, size, self.over)

        try:
            with closing(finished(work, options, options.replicates, ())) as answers:
                for answer in answers:
                    self._note(answer, fresh)
                    done += len(answer.batch)
                    if options.progress is not None:
                        options.progress(done, total)
        except BaseException:  # a scenario that is run in part only would be taken for a whole one
            for digest in fresh:
                del self.held[digest]
            raise

    def means_at(self, table: RunTable, outcome: str) -> Array:
        """Return the mean outcome at each point of a table of runs of one scenario.

        Raises
        ------
        RunError
            If a run fails: a world is not told by some of its runs.
        """
        column, options = list(OUTCOMES).index(outcome), self.options
        found, done = np.empty(table.runs), 0
        group = group_of(" ".join(["points", *table.plan.names]))

        def work(size: int) -> Iterator[Batch]:
            return table_batches(table, group, size)

        with closing(finished(work, options, table.runs, ())) as answers:
            for answer in answers:
                if answer.failure is not None:
                    raise RunError(f"a run failed:\n{answer.failure}")
                found[answer.batch.numbers] = answer.outcomes[:, column]
                done += len(answer.batch)
                if options.progress is not None:
                    options.progress(done, table.runs)
        means: Array = found.reshape(-1, table.plan.replicates).mean(axis=1)
        return means

    def _note(self, answer: Finished, fresh: Mapping[str, Scenario]) -> None:
        """Record the outcomes of a batch; a failed run has none."""
        batch = answer.batch
        if answer.failure is None:
            self.held[batch.name][batch.replicates] = answer.outcomes
            return
        self.failures.append(
            {
                "scenario": fresh[batch.name].name,
                "replicate": int(batch.replicates[0]),
                "reason": answer.failure,
            }
        )

    def values(self, scenario: Scenario, outcome: str) -> Array:
        """Return an outcome of a scenario by replicate; NaN where a run has none."""
        self.run([scenario])
        column: Array = self.held[scenario.digest][:, list(OUTCOMES).index(outcome)]
        return column

    def differences(self, base: Scenario, other: Scenario, outcome: str) -> Array:
        """Return other less base by replicate; NaN where one of the two has no value."""
        self.run([base, other])
        delta: Array = self.values(other, outcome) - self.values(base, outcome)
        return delta

    def interval(self, values: Array) -> tuple[float, float, float]:
        """Return the mean of values by replicate and its 95 % interval.

        Values that are missing are left out; replicates that share a set of values count as one.
        """
        there = ~np.isnan(values)
        kept = values[there]
        if not len(kept):
            return np.nan, np.nan, np.nan
        alone = kept
        if self.sets is not None and self.sets < len(values):
            number = np.flatnonzero(there) % self.sets
            _, place = np.unique(number, return_inverse=True)
            alone = np.bincount(place, kept) / np.bincount(place)
            alone = alone + (kept.mean() - alone.mean())
        low, high = interval_of(alone)
        return float(kept.mean()), low, high


# --- what the questions have in common -------------------------------------------------------------


def asked(
    sources: Sequence[Any], changes: Mapping[str, Any] | None, options: Options, outcome: str,
    wrong: Sequence[Problem] = (),
) -> tuple[list[Scenario], Outcome]:  # fmt: skip
    """Return the scenarios and the outcome that a question names.

    Parameters
    ----------
    sources : sequence of str, path, mapping or Scenario
        What `qisim.load` takes.
    changes : mapping, optional
        Values by dotted key, laid over all of them.
    options : Options
        Checked here as well.
    outcome : str
        Name or label of an outcome.
    wrong : sequence of Problem, optional
        What else is wrong with the question; all is told at once.

    Raises
    ------
    InputError
        If anything is wrong; every problem is listed.
    """
    problems, scenarios = [*options.problems(changes), *wrong], []
    name = outcome_named(outcome)
    if name is None:
        labels = {one.label: key for key, one in OUTCOMES.items()}
        near = nearest_name(str(outcome), [*OUTCOMES, *labels])
        problems.append(Problem("unknown outcome", key="outcome", value=outcome,
                                allowed=", ".join(OUTCOMES), nearest=labels.get(near or "", near)))  # fmt: skip
    for source in sources:
        try:
            scenarios.append(load(source, changes))
        except ScenarioError as refused:
            problems += refused.problems
    if problems or name is None:
        raise InputError(each_once(problems))
    return list(renamed(scenarios).values()), OUTCOMES[name]


def needs_programme(plan: Scenario, nothing: str) -> None:
    """Refuse a plan in which no programme happens, such as the file of a site.

    Parameters
    ----------
    plan : Scenario
    nothing : str
        What there is nothing of, so that the question has no answer.

    Raises
    ------
    InputError
    """
    if not has_programme(plan):
        raise InputError(
            Problem(f"has no programme, so there is nothing {nothing}", key="plan", value=plan.name,
                    allowed="a plan: a file that extends a programme and your site, or a shipped scenario")
        )  # fmt: skip


def each_once(problems: Sequence[Problem]) -> list[Problem]:
    """Return problems without repeats; values that were given may be lists."""
    return list({repr(problem): problem for problem in problems}.values())


def renamed(scenarios: Sequence[Scenario]) -> dict[str, Scenario]:
    """Return scenarios by a name of their own, which they bear as well."""
    found = unique_names(scenarios)
    return {
        name: one if one.name == name else one.replace({"name": name})
        for name, one in found.items()
    }


def parameter_named(words: str, key: str) -> Parameter:
    """Return the parameter of a dotted key or short name; `key` says where it was given.

    Raises
    ------
    InputError
        If there is none.
    """
    full = SHORT.get(str(words), str(words))
    if full in PARAMETERS:
        return PARAMETERS[full]
    if full in CHOICES:
        raise InputError(
            Problem("is a word, not a number, so it has no range", key=key, value=words)
        )
    names = {**{p.name: p.key for p in PARAMETERS.values()}, **{k: k for k in PARAMETERS}}
    near = nearest_name(str(words), names)
    raise InputError(
        Problem("unknown parameter", key=key, value=words, nearest=names.get(near or ""))
    )


def sign_of(outcome: Outcome) -> float:
    """Return 1 where more of an outcome is better, -1 where less is.

    Raises
    ------
    InputError
        If neither is, so that nobody can be ahead.
    """
    if outcome.better is None:
        message = "neither more nor less of it is better, so nobody can be ahead in it"
        raise InputError(Problem(message, key="outcome", value=outcome.name))
    return 1.0 if outcome.better == "higher" else -1.0
