"""The flow of a sensitivity analysis: plan -> sample -> runs in the store -> findings -> folder.

It stands on `qisim.runs.sweep`: a run that the store holds is never made again, so the same command goes on
where it was stopped, and a sample twice as large makes only the second half.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qisim.design import methods
from qisim.design.plan import Plan
from qisim.design.run_table import RunTable
from qisim.design.theories import describe_theories
from qisim.errors import DataError, InputError, Interrupted, Problem, RunError
from qisim.model.theories import THEORIES
from qisim.runs.executor import ENGINES
from qisim.runs.lifecycle import Lifecycle
from qisim.runs.options import OF_POINTS, Options, verb
from qisim.runs.sweep import checked
from qisim.runs.sweep_result import NOT_MADE, Runs
from qisim.scenario.ward import in_ward
from qisim.sensitivity.analysis import SensitivityResult
from qisim.sensitivity.convergence import FEWEST_COMMON
from qisim.sensitivity.planning import planned
from qisim.sensitivity.responses import responses_of, sample_of, weekly_responses
from qisim.sensitivity.sample import FEWEST_BLOCKS, KINDS, Sample
from qisim.sensitivity.theories import check_theories, found_under
from qisim.sensitivity.where import Where, check_where, condition, method_for

if TYPE_CHECKING:
    from qisim.sensitivity.finding import Finding
    from qisim.sensitivity.result import Sensitivity

MOST_SAMPLES = 1 << 16
"""Base samples beyond which `until` gives up."""
PATIENCE = 3
"""Samples in a row after which `until` no longer waits for an outcome that noise hides."""
STAYS = 0.85
"""Share of the luck of common replicates that is left after a doubling, above which it will not go."""


# --- the flow --------------------------------------------------------------------------------------


@verb(*OF_POINTS)
def sensitivity(
    source: Any,
    other: Any = None,
    *,
    until: float | None = None,
    out: str | os.PathLike[str] | None = None,
    command: Sequence[str] | None = None,
    tell: Callable[[str], None] | None = None,
    set: Mapping[str, Any] | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    samples: int | None = None,
    sites: int | None = None,
    method: str | None = None,
    by: str | None = None,
    outcome: Sequence[str] = (),
    second_order: bool | None = None,
    over_time: Sequence[str] = (),
    random_numbers: str | None = None,
    vary: Sequence[str] = (),
    theories: bool = False,
    where: str | None = None,
    correlate: Sequence[str] = (),
    site: str | os.PathLike[str] | None = None,
    **options: Any,
) -> SensitivityResult:
    """Analyse what outcomes depend on: of one scenario, or of two and of their difference.

    Parameters
    ----------
    source, other, set, replicates, seed, samples, method, by, outcome
        See `planned`.
    second_order, over_time, random_numbers, vary, sites, correlate
        See `planned`.
    until : float, optional
        Double the sample until the 95 % intervals of the top inputs are at most this much to each side;
        of the difference, where there are two scenarios.
    theories : bool, optional
        Analyse the same points under every rival theory as well; see `qisim.sensitivity.theories`.
    where : str, optional
        A condition such as ``"adoption_final > 0.4"``: only the points are analysed at which it holds; see
        `qisim.sensitivity.where`. The method is then delta, or PAWN.
    out : path, optional
        Folder for tables, figures, the summary and the manifest.
    command : sequence of str, optional
        What was typed, for the manifest.
    tell : callable, optional
        Called with a sentence when something is worth telling on the way.
    site : path, optional
        A file that describes the ward of all scenarios; it wins over every shipped ward.
    **options
        ``engine``, ``workers``, ``scheduler``, ``store``, ``progress``, ``retry_failed``: as for
        `qisim.runs.sweep.run`.

    Returns
    -------
    SensitivityResult

    Raises
    ------
    InputError
        If anything is wrong with study or options; all problems are listed.
    DataError
        If an outcome lacks too many values to be analysed.
    Interrupted
        If the user stops it; findings from whole blocks are with the exception and in `out`, as provisional.
    """
    wanted = condition(where)
    with in_ward(site, source, other):
        plan = planned(
            source, other, method=method_for(wanted, source, method), by=by, outcome=outcome,
            second_order=second_order, over_time=over_time, random_numbers=random_numbers, vary=vary,
            samples=samples, replicates=replicates, seed=seed, sites=sites, set=set, correlate=correlate,
        )  # fmt: skip
    _check_until(until, plan)
    chosen = checked(Options(**options, out=out, command=command, tell=tell))
    check_where(wanted, plan, until, theories)
    if theories:
        check_theories(plan, until, chosen)
    result: SensitivityResult = SensitivityStudy(plan, until, chosen, theories, wanted).result()
    return result


def noise_in(findings: Sequence[Finding]) -> float:
    """Return the widest half interval that the luck of common replicates alone gives a top input."""
    widths = [
        one.estimate.luck_half[one.design.kind.main][one.settled.top].max()
        for one in findings
        if one.estimate is not None and one.estimate.luck_half and one.settled.top
    ]
    return float(max(widths, default=0.0))


def _check_until(until: float | None, plan: Plan) -> None:
    """Refuse what no sample can be doubled until, and designs that cannot be doubled."""
    if until is None:
        return
    if not (isinstance(until, int | float) and 0 < until < np.inf):
        raise InputError(Problem("not a half width", key="until", value=until, allowed="above 0"))
    if plan.random_numbers == "common" and plan.replicates == FEWEST_COMMON - 1:
        message = "waits for intervals, and with two common replicates there are none"
        allowed = f"--replicates {FEWEST_COMMON} or more, or --random-numbers fresh"
        raise InputError(Problem(message, key="until", value=until, allowed=allowed))
    design = plan.design.method
    if plan.design.table is not None:
        message = "doubles the sample, and points that are given, or hang together, cannot grow"
        raise InputError(Problem(message, key="until", value=until, allowed="a larger --samples"))
    if design not in methods.GROWING:
        message = f"doubles the sample, and a {design} design cannot grow"
        allowed = f"design.method = {' | '.join(methods.GROWING)}"
        raise InputError(Problem(message, key="until", value=until, allowed=allowed))


class SensitivityStudy(Lifecycle):
    """A sensitivity analysis in progress.

    Parameters
    ----------
    plan : Plan
    until : float, optional
        Half width of intervals up to which the sample is doubled.
    options : Options
    theories : bool
        Whether the same is analysed under every rival theory.
    where : Where, optional
        A condition: points at which it does not hold are left out.
    """

    quick = False

    def __init__(
        self, plan: Plan, until: float | None, options: Options, theories: bool = False,
        where: Where | None = None,
    ) -> None:  # fmt: skip
        super().__init__(options)
        self.theories, self.under_theories = theories, dict[str, Any]()
        self.plan, self.until = plan, until
        self.sample = sample_of(plan)
        self.runs: Runs | None = None
        self.where, self.picked_text = where, ""
        self.partial, self.provisional_text = False, ""
        self.hidden: Counter[str] = Counter()
        self.luck, self.seconds = np.inf, {"runs": 0.0, "indices": 0.0}

    def make(self) -> None:
        """Make runs until there are enough."""
        self.runs = self.swept()
        while self.until is not None and not self.enough(self.sample, self.runs):
            before, self.plan = self.plan, self.doubled()
            try:
                self.runs = self.swept()
            except RunError:
                self.plan = before
                raise
            self.sample = sample_of(self.plan)
        for number, name in enumerate(THEORIES if self.theories else (), 1):
            self.under_theories[name] = found_under(
                name, self.plan, self.options, self.progress_of(number)
            )

    def progress_of(self, number: int) -> Callable[[int], None] | None:
        """Return what shows how far the theory of this number is; the model as shipped comes first."""
        progress, runs = self.options.progress, RunTable(self.plan).runs
        if progress is None:
            return None
        return lambda done: progress(number * runs + done, (1 + len(THEORIES)) * runs)

    def swept(self) -> Runs:
        """Make the runs of the plan."""
        from qisim.runs.sweep import Sweep

        begun = time.perf_counter()
        try:
            return Sweep(self.plan, self.options, self.plan.analysis.over_time).result()
        except Interrupted as stopped:
            self.runs, self.partial = stopped.result, True
            raise KeyboardInterrupt from None
        finally:
            self.seconds["runs"] += time.perf_counter() - begun

    def put_together(self) -> SensitivityResult | None:
        """Return what the runs show; when stopped, what whole blocks of them show."""
        if self.runs is None:
            return None
        try:
            if self.partial:
                return self.provisional(self.runs)
            text = "stopped before it was known whether the sample is large enough"
            return self.found(self.sample, self.runs, text if self.interrupted else "")
        except Interrupted:
            self.interrupted = True
            return None

    def save(self, result: SensitivityResult) -> None:
        """Write the folder; stopped while figures are drawn, say so in the tables."""
        out = str(self.options.out)
        try:
            result.save(out)
        except KeyboardInterrupt:
            text = result.findings.provisional or "stopped before all figures were drawn"
            result.findings = replace(result.findings, provisional=text)
            self.interrupted, self.provisional_text = True, text
            result.manifest = self.manifest()
            result.save(out, figures=False)

    def enough(self, sample: Sample, runs: Runs) -> bool:
        """Return whether the top inputs are settled, or no larger sample is to be had."""
        from qisim.sensitivity.finding import widest

        assert self.until is not None
        begun = time.perf_counter()
        waited_for = list(self.waited_for(sample, runs))
        width, luck = widest(waited_for), noise_in(waited_for)
        before, self.luck = self.luck, luck
        self.seconds["indices"] += time.perf_counter() - begun
        samples = self.plan.design.samples
        if width <= self.until or 2 * samples > MOST_SAMPLES:
            return True
        if luck > self.until and luck > STAYS * before:
            self.say(
                f"{samples:,} base samples: the luck of {self.plan.replicates} common replicates alone "
                f"makes intervals of {luck:.3f} to each side, and no larger sample makes that less; "
                "more replicates do"
            )
            return True
        reach = f"reach {width:.3f} to each side" if width < np.inf else "cannot be given yet"
        self.say(
            f"{samples:,} base samples: the top inputs' intervals {reach}, {self.until:g} is asked "
            f"for; going on with {2 * samples:,}"
        )
        return False

    def waited_for(self, sample: Sample, runs: Runs) -> Iterator[Finding]:
        """Yield what is found for the outcomes whose intervals a larger sample makes narrower.

        Not for what lacks values, what no input changes, and what noise has hidden `PATIENCE` times.
        """
        from qisim.sensitivity.finding import HIDDEN
        from qisim.sensitivity.findings import found_for

        target, outcomes = list(responses_of(runs).items())[-1]
        for outcome, values in outcomes.items():
            try:
                found = found_for(sample, target, outcome, values, steps=False)
            except DataError:
                continue  # in the end it is told with the others
            self.hidden[outcome] = self.hidden[outcome] + 1 if found.status == HIDDEN else 0
            if self.hidden[outcome] < PATIENCE:
                yield found
            elif self.hidden[outcome] == PATIENCE:
                self.say(
                    f"{outcome}: noise hides what it depends on in {PATIENCE} samples in a row; it is not "
                    "waited for"
                )

    def say(self, sentence: str) -> None:
        """Tell something on the way, where somebody listens."""
        if self.options.tell is not None:
            self.options.tell(sentence)

    def doubled(self) -> Plan:
        """Return the plan with a sample twice as large, which contains the present one."""
        design = replace(self.plan.design, samples=2 * self.plan.design.samples)
        return replace(self.plan, design=design)

    def provisional(self, runs: Runs) -> SensitivityResult | None:
        """Return what the blocks show that are finished in all scenarios; None where they are too few."""
        whole = sample_of(self.plan)
        finished = np.array([runs.status(name) for name in runs.scenarios]) != NOT_MADE
        blocks: Any = whole.in_blocks(finished.all(axis=0)).all(axis=(1, 2))
        if blocks.sum() < FEWEST_BLOCKS:
            return None
        text = f"stopped after {int(blocks.sum()):,} of {whole.blocks:,} {whole.kind.block}"
        rows = np.repeat(blocks, whole.block_size)
        try:
            return self.found(whole.only(blocks), runs, text, rows)
        except InputError:
            return None

    def found(
        self, sample: Sample, runs: Runs, provisional: str = "", rows: Any = slice(None)
    ) -> SensitivityResult:
        """Return what runs show."""
        begun = time.perf_counter()
        if self.where is not None:
            sample, rows = self.picked(self.where, runs, rows)
        found, stopped = self.analysed(sample, runs, provisional, rows)
        self.seconds["indices"] += time.perf_counter() - begun
        self.interrupted |= stopped
        self.provisional_text = found.provisional
        theirs = self.under_theories if len(self.under_theories) == len(THEORIES) else {}
        return SensitivityResult(self.plan, runs, found, self.manifest(), self.seconds, theirs,
                                 self.picked_text)  # fmt: skip

    def picked(self, where: Where, runs: Runs, rows: Any) -> tuple[Sample, Any]:
        """Return the sample of the points at which a condition holds, and which these are."""
        which = where.picked(runs)
        self.picked_text = where.sentence(which, len(runs.scenarios))
        if not isinstance(rows, slice):
            which = which & rows
        return sample_of(self.plan).only(which), which

    def analysed(
        self, sample: Sample, runs: Runs, provisional: str, rows: Any
    ) -> tuple[Sensitivity, bool]:
        """Return the findings, and whether the user stopped before there were all of them."""
        from qisim.sensitivity.findings import analysed, over_weeks

        factor_of = {one.name: one.group for one in self.plan.inputs}
        held, resamples = responses_of(runs, rows), self.plan.analysis.resamples
        if self.where is not None:  # so that every table, figure and sentence says it
            held = {f"{target} where {self.where.text}": its for target, its in held.items()}
        try:
            found = analysed(
                sample, held, resamples=resamples, provisional=provisional, factor_of=factor_of
            )
        except Interrupted as stopped:
            if stopped.result is None:
                raise
            return stopped.result, True
        try:
            if self.plan.analysis.over_time:
                found.weeks = over_weeks(sample, weekly_responses(runs, rows))
        except KeyboardInterrupt:
            text = "stopped before indices over time were worked out"
            text = f"{provisional}; {text}" if provisional else text
            return replace(found, provisional=text), True
        return found, False

    def manifest(self) -> dict[str, Any]:
        """Return the manifest as of now."""
        from qisim.runs.sweep_files import manifest

        options = self.options
        theories = {"theories": describe_theories()} if self.theories else {}
        where = {} if self.where is None else {"where": self.where.text}
        return manifest(
            self.plan, "sensitivity", list(options.command or sys.argv), options.engine,
            ENGINES[options.engine], seconds=time.perf_counter() - self.begun,
            failures=[] if self.runs is None else self.runs.failures(),
            interrupted=self.interrupted or bool(self.provisional_text),
            settings={"until": self.until, **theories, **where},
        )  # fmt: skip


__all__ = ["KINDS", "SensitivityResult", "planned", "sample_of", "sensitivity"]
