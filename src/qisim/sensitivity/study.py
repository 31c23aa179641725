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
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from qisim.design import plan_file, sampling
from qisim.design.plan import Plan
from qisim.errors import DataError, InputError, Interrupted, Problem, nearest_name
from qisim.model.outcomes import OUTCOMES, Array
from qisim.runs.executor import ENGINES
from qisim.runs.sweep_result import NOT_MADE, Runs
from qisim.scenario.scenario import Scenario
from qisim.sensitivity.sample import FEWEST_ALONE, FEWEST_BLOCKS, FEWEST_FOR_HDMR, KINDS, Sample

if TYPE_CHECKING:
    from qisim.sensitivity.finding import Finding, Responses
    from qisim.sensitivity.result import Sensitivity

DEFAULT_OUTCOMES = ("adoption_mean", "adoption_final", "programme_hours")
DOTS_ONLY = "scatter"
"""Figures of many dots, which are written as PNG only."""
FEWEST = dict.fromkeys(KINDS, FEWEST_BLOCKS) | {
    "efast": sampling.FEWEST_FAST, "hdmr": FEWEST_FOR_HDMR,
    **dict.fromkeys(("rbd_fast", "delta", "pawn"), FEWEST_ALONE),
}  # fmt: skip
"""Base samples below which a method gives nothing."""
MOST_SAMPLES = 1 << 16
"""Base samples beyond which `until` gives up."""
PATIENCE = 3
"""Samples in a row after which `until` no longer waits for an outcome that noise hides."""
STAYS = 0.85
"""Share of the luck of common replicates that is left after a doubling, above which it will not go."""
WEEKLY_CELLS = 1 << 24
"""Values of weekly series that are in memory at once (4 bytes each)."""


def planned(
    source: Any,
    other: Any = None,
    *,
    method: str | None = None,
    by: str | None = None,
    outcome: Sequence[str] = (),
    second_order: bool | None = None,
    over_time: Sequence[str] = (),
    random_numbers: str | None = None,
    vary: Sequence[str] = (),
    samples: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
) -> Plan:
    """Return the plan of a sensitivity analysis.

    Parameters
    ----------
    source : str, path, mapping, Plan or Scenario
        A study, or a scenario, whose uncertain parameters then vary.
    other : str, path, mapping or Scenario, optional
        With a scenario: the one whose difference from it is analysed as well.
    method : str, optional
        A name in `qisim.sensitivity.sample.KINDS`; by default the study's, or ``sobol``.
    by : {"parameter", "factor"}, optional
        Whether single inputs or whole factors are analysed.
    outcome : sequence of str, optional
        Outcomes; ``all`` stands for those that every run has.
    second_order : bool, optional
        Whether pairs are analysed as well (Sobol' only).
    over_time : sequence of str, optional
        Weekly series that are analysed week by week.
    random_numbers : {"common", "fresh"}, optional
        Whether all points share their replicates.
    vary : sequence of str, optional
        What varies, as in a study file: roles, factors, parameters.
    samples, replicates, seed : int, optional
        Base samples, runs per point, seed of all chance.
    set : mapping, optional
        Values by dotted key, laid over every scenario.

    Raises
    ------
    InputError
        If anything is wrong; all problems are listed.
    """
    asked = {
        "method": method, "groups": by, "second_order": second_order,
        "over_time": list(over_time) or None,
    }  # fmt: skip
    runs = {"random_numbers": random_numbers}
    study = _as_study(source, other, set)
    analysis = {**study.get("analysis", {}), **_given(asked)}
    analysis.setdefault("method", "sobol")
    study["analysis"] = analysis
    design = study.get("design", {}).get("method")
    if design and not plan_file.fits(str(analysis["method"]), design):
        study["design"] = {}  # the method says which design it needs
    study["runs"] = {**study.get("runs", {}), **_given(runs)}
    if vary:
        study["vary"] = list(vary)
    if outcome:
        study["outcomes"] = _outcomes(outcome)
    return plan_file.read(study, replicates=replicates, seed=seed, samples=samples)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _as_study(source: Any, other: Any, changes: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a study, or one scenario or two, as what a study file says."""
    if isinstance(source, Plan) or plan_file.is_study(source):
        if other is not None:
            raise InputError("a study names its own scenarios; a second one cannot be added")
        return plan_file.read(source, set=changes).parts()
    scenarios = [source] if other is None else [source, other]
    return {
        "scenarios": [_named(one) for one in scenarios],
        "set": dict(changes or {}),
        "vary": ["uncertain"],
        "outcomes": list(DEFAULT_OUTCOMES),
    }


def _named(scenario: Any) -> Any:
    """Return a scenario as a study names it."""
    return scenario if isinstance(scenario, str | Mapping | Scenario) else os.fspath(scenario)


def _outcomes(names: Sequence[str]) -> list[str]:
    """Return outcomes by name; ``all`` stands for those that every run has."""
    always = [name for name, outcome in OUTCOMES.items() if not outcome.missing_when]
    return list(
        dict.fromkeys(one for name in names for one in (always if name == "all" else [name]))
    )


# --- the flow --------------------------------------------------------------------------------------


@dataclass
class SensitivityResult:
    """A sensitivity analysis that was made.

    Attributes
    ----------
    plan : Plan
        With the samples that were used in the end.
    runs : Runs
        All its runs, in the store.
    findings : Sensitivity
        Indices, noise, convergence: see `qisim.sensitivity.findings.Sensitivity`.
    manifest : mapping
    seconds : mapping
        How long what took: ``runs``, ``indices``, ``figures``.
    """

    plan: Plan
    runs: Runs
    findings: Sensitivity
    manifest: dict[str, Any]
    seconds: dict[str, float] = field(default_factory=dict)

    def summary(self) -> str:
        """Return the findings in plain sentences."""
        from qisim.sensitivity.wording import planner_text

        return planner_text(self.findings)

    @cached_property
    def pictures(self) -> dict[str, Any]:
        """The figures by name."""
        from qisim.sensitivity.figures import all_figures

        return all_figures(self.findings)

    def plot(self, name: str | None = None) -> Any:
        """Return one figure; by default the first."""
        pictures = self.pictures
        if name is not None and name not in pictures:
            near = nearest_name(name, pictures)
            raise InputError(Problem("no such figure", value=name, nearest=near))
        return pictures[name or next(iter(pictures))]

    def save(self, out: str | os.PathLike[str], *, figures: bool = True) -> None:
        """Write tables, figures, the summary and, last, the manifest to a folder."""
        from qisim.output.folder import write_folder
        from qisim.plotting.style import figure_bytes

        begun = time.perf_counter()
        files = self.findings.tables() | {"summary.txt": f"{self.summary()}\n".encode()}
        for name, picture in self.pictures.items() if figures else ():
            for kind in ("png",) if name.startswith(DOTS_ONLY) else ("png", "svg"):
                files[f"figures/{name}.{kind}"] = figure_bytes(picture, kind)
                picture.set_layout_engine(
                    "none"
                )  # laid out once; doing it again would double the time
        self.seconds["figures"] = time.perf_counter() - begun
        write_folder(out, files, self.manifest)


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
    method: str | None = None,
    by: str | None = None,
    outcome: Sequence[str] = (),
    second_order: bool | None = None,
    over_time: Sequence[str] = (),
    random_numbers: str | None = None,
    vary: Sequence[str] = (),
    **options: Any,
) -> SensitivityResult:
    """Analyse what outcomes hang on: of one scenario, or of two and of their difference.

    Parameters
    ----------
    source, other, set, replicates, seed, samples, method, by, outcome
        See `planned`.
    second_order, over_time, random_numbers, vary
        See `planned`.
    until : float, optional
        Double the sample until the 95 % intervals of the top inputs are at most this much to each side;
        of the difference, where there are two scenarios.
    out : path, optional
        Folder for tables, figures, the summary and the manifest.
    command : sequence of str, optional
        What was typed, for the manifest.
    tell : callable, optional
        Called with a sentence when something is worth telling on the way.
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
        If the user stops it; what could be found from whole blocks is with the exception, and in `out`,
        labelled as provisional.
    """
    plan = planned(
        source, other, method=method, by=by, outcome=outcome, second_order=second_order,
        over_time=over_time, random_numbers=random_numbers, vary=vary, samples=samples,
        replicates=replicates, seed=seed, set=set,
    )  # fmt: skip
    _check_until(until, plan)
    return _Study(plan, until, out, list(command or sys.argv), tell, options).result()


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
    design = plan.design.method
    if design not in plan_file.GROWING:
        message = f"doubles the sample, and a {design} design cannot grow"
        allowed = f"design.method = {' | '.join(plan_file.GROWING)}"
        raise InputError(Problem(message, key="until", value=until, allowed=allowed))


@dataclass
class _Study:
    """A sensitivity analysis on its way."""

    plan: Plan
    until: float | None
    out: str | os.PathLike[str] | None
    command: list[str]
    tell: Callable[[str], None] | None
    options: dict[str, Any]
    hidden: Counter[str] = field(default_factory=Counter)
    luck: float = np.inf

    def result(self) -> SensitivityResult:
        """Make runs until there are enough, and put together what they show."""
        self.begun, self.seconds = time.perf_counter(), {"runs": 0.0, "indices": 0.0}
        sample = sample_of(self.plan)
        if self.out is not None:
            from qisim.output.folder import check_folder

            check_folder(self.out, self.manifest())
        runs = self.made()
        try:
            while self.until is not None and not self.enough(sample, runs):
                self.plan = self.doubled()
                sample, runs = sample_of(self.plan), self.made()
        except KeyboardInterrupt:
            text = "stopped before it was known whether the sample is large enough"
            raise Interrupted(self.put_together(sample, runs, text)) from None
        return self.put_together(sample, runs)

    def made(self) -> Runs:
        """Make the runs of the plan; when stopped, say what whole blocks show."""
        from qisim.runs.sweep import run

        begun = time.perf_counter()
        try:
            options = {**self.options, "tell": self.tell} if self.tell else self.options
            return run(self.plan, **options)
        except Interrupted as stopped:
            raise Interrupted(self.provisional(stopped.result)) from None
        finally:
            self.seconds["runs"] += time.perf_counter() - begun

    def enough(self, sample: Sample, runs: Runs) -> bool:
        """Say whether the top inputs are settled, or no larger sample is to be had."""
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
                    f"{outcome}: noise hides what it hangs on in {PATIENCE} samples in a row; it is not "
                    "waited for"
                )

    def say(self, sentence: str) -> None:
        """Tell something on the way, where somebody listens."""
        if self.tell:
            self.tell(sentence)

    def doubled(self) -> Plan:
        """Return the plan with a sample twice as large, which contains the present one."""
        return replace(
            self.plan, design=replace(self.plan.design, samples=2 * self.plan.design.samples)
        )

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
            return self.put_together(whole.only(blocks), runs, text, rows)
        except InputError:
            return None

    def put_together(
        self, sample: Sample, runs: Runs, provisional: str = "", rows: Any = slice(None)
    ) -> SensitivityResult:
        """Return the result, and write the folder where one was asked for."""
        begun = time.perf_counter()
        found, stopped = self.analysed(sample, runs, provisional, rows)
        self.seconds["indices"] += time.perf_counter() - begun
        result = SensitivityResult(
            self.plan, runs, found, self.manifest(runs, bool(found.provisional)), self.seconds
        )
        if self.out is not None:
            try:
                result.save(self.out)
            except KeyboardInterrupt:
                stopped = True
                text = found.provisional or "stopped before all figures were drawn"
                found, whole = replace(found, provisional=text), self.manifest(runs, True)
                result = SensitivityResult(self.plan, runs, found, whole, self.seconds)
                result.save(self.out, figures=False)
        if stopped:
            raise Interrupted(result)
        return result

    def analysed(
        self, sample: Sample, runs: Runs, provisional: str, rows: Any
    ) -> tuple[Sensitivity, bool]:
        """Return the findings, and whether the user stopped before there were all of them."""
        from qisim.sensitivity.findings import analysed, over_weeks

        factor_of = {one.name: one.group for one in self.plan.inputs}
        held, resamples = responses_of(runs, rows), self.plan.analysis.resamples
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

    def manifest(self, runs: Runs | None = None, interrupted: bool = False) -> dict[str, Any]:
        """Return the manifest as of now."""
        from qisim.runs.sweep_files import manifest

        engine = str(self.options.get("engine", "compiled"))
        return manifest(
            self.plan, "sensitivity", self.command, engine, ENGINES[engine],
            seconds=time.perf_counter() - self.begun,
            failures=[] if runs is None else runs.failures(),
            interrupted=interrupted, settings={"until": self.until},
        )  # fmt: skip


# --- from runs to what is analysed -----------------------------------------------------------------


def sample_of(plan: Plan) -> Sample:
    """Return the sample of a plan.

    Raises
    ------
    InputError
        If the method cannot do what is asked for, or the sample is too small for it.
    """
    method, samples = plan.analysis.method or "sobol", plan.design.samples
    if plan.design.table is None and samples < FEWEST[method]:
        allowed = f"from {FEWEST[method]} for {KINDS[method].label}"
        raise InputError(
            Problem("is too small a sample", key="samples", value=samples, allowed=allowed)
        )
    curve = sampling.fast_curves(samples)[1] if plan.design.method == "fast" else 0
    return Sample(
        method, sampling.problem(plan), sampling.points(plan),
        common=plan.random_numbers == "common", second_order=plan.analysis.second_order,
        seed=plan.seed, curve=curve, levels=plan.design.levels,
    )  # fmt: skip


def difference_name(scenarios: Sequence[str]) -> str:
    """Return what the difference of two scenarios is called."""
    return f"{scenarios[1]} minus {scenarios[0]}"


def responses_of(runs: Runs, rows: Any = slice(None)) -> dict[str, dict[str, Array]]:
    """Return the outcomes by target: every scenario and, of two, their difference last."""
    found: dict[str, dict[str, Array]] = {name: {} for name in runs.scenarios}
    for outcome in runs.plan.outcomes:
        for name, values in runs.all_values(outcome).items():
            found[name][outcome] = values[rows]
    return _with_difference(found, runs.scenarios)


def _with_difference(
    found: dict[str, dict[str, Array]], scenarios: Sequence[str]
) -> dict[str, dict[str, Array]]:
    if len(scenarios) == 2:
        base, other = (found[name] for name in scenarios)
        found[difference_name(scenarios)] = {name: other[name] - base[name] for name in base}
    return found


def weekly_responses(runs: Runs, rows: Any = slice(None)) -> Iterator[tuple[int, Responses]]:
    """Yield week by week the weekly series by target, shape (points, replicates) each.

    It ends with the shortest run, and reads a few weeks at a time.
    """
    series = runs.plan.analysis.over_time
    last = min(site.weeks for worlds in runs.layout.worlds for site in worlds)
    some = max(1, WEEKLY_CELLS // (runs.layout.runs * len(series)))
    for begin in range(0, last, some):
        weeks = slice(begin, min(begin + some, last))
        held = {
            name: {one: runs.weekly_values(one, name, weeks)[rows] for one in series}
            for name in runs.scenarios
        }
        for place in range(weeks.stop - begin):
            now = {
                name: {one: values[..., place].astype(np.float64) for one, values in its.items()}
                for name, its in held.items()
            }
            yield begin + place + 1, _with_difference(now, runs.scenarios)


__all__ = ["KINDS", "SensitivityResult", "planned", "sample_of", "sensitivity"]
