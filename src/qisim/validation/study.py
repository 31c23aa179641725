"""The flow of a validation: patterns -> arms -> runs -> numbers with intervals -> pass or fail.

`validate` is to `qisim.validation.patterns` what `qisim.comparison.study` is to scenarios. A failing
pattern is a finding
like any other: it is listed, drawn and kept.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qisim.errors import InputError, Problem, nearest_name
from qisim.model.outcomes import WEEKLY, Array
from qisim.output.display import line_of
from qisim.output.file_bytes import csv_bytes, digest_of_json
from qisim.output.folder import write_study
from qisim.output.presenters import figures_as_files
from qisim.runs.batch import Batch, batches
from qisim.runs.lifecycle import Lifecycle
from qisim.runs.options import Options, Progress, verb
from qisim.scenario.scenario import Scenario, load
from qisim.validation.draws import RUNS as DRAW_RUNS
from qisim.validation.draws import Held, held_in, wrong_draws
from qisim.validation.patterns import PATTERNS, Arm, Judged, Pattern, judged
from qisim.validation.patterns.measuring import Runs

if TYPE_CHECKING:
    import pandas as pd

    from qisim.plotting.style import Picture

SHORT, FULL = 200, 1000
"""Runs of each arm in the short form, which CI runs, and in the full one."""


@verb()
def validate(
    patterns: Sequence[str] = (),
    *,
    full: bool = False,
    draws: int = 0,
    set: Mapping[str, Any] | None = None,
    replicates: int = SHORT,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    scheduler: Any = None,
    out: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
    store: str | os.PathLike[str] | None = None,
) -> Validation:
    """Run the experiments of patterns and judge what they show.

    Parameters
    ----------
    patterns : sequence of str
        Ids such as ``T2``; by default all of `qisim.validation.patterns.PATTERNS`.
    full : bool
        Whether each arm has at least `FULL` runs.
    draws : int
        Random draws of all uncertain numbers under which each pattern is tried as well, 0 to 300; see
        `qisim.validation.draws`.
    set : mapping, optional
        Values by dotted key, laid over the scenario of every arm; what an experiment sets itself
        goes before.
    replicates, seed, engine, workers, scheduler, out, progress, command, store
        As in `qisim.comparison.study.run`.

    Returns
    -------
    Validation
        With ``.judged``, ``.table()``, ``.plot(id)`` and ``.save(dir)``.

    Raises
    ------
    InputError
        If a pattern is unknown, or a value or an option is wrong; every problem is listed.
    StoreError
        If `out` holds another study; nothing is run then.
    Interrupted
        If the user stops it; the patterns that were finished are in `out`, and with the exception.
    """
    replicates = max(replicates, FULL) if full and isinstance(replicates, int) else replicates
    options = Options(
        replicates, seed, engine, workers, scheduler, out, progress, command, store=store
    )
    wanted = _wanted(patterns, [*wrong_draws(draws), *options.problems()])
    load("external", set)  # what is wrong with the values is said before anything is run
    validation: Validation = ValidationRun(wanted, options, dict(set or {}), draws).result()
    return validation


def checked_patterns(
    ids: Sequence[str], options: Mapping[str, Any], wrong: Sequence[Problem] = ()
) -> list[Pattern]:
    """Return patterns by id; every problem with ids and options, and those in `wrong`, is raised."""
    return _wanted(ids, [*wrong, *Options(**options).problems()])


def _wanted(ids: Sequence[str], wrong: list[Problem]) -> list[Pattern]:
    """Return the patterns of these ids, each once; all of them where none is named."""
    known = {name.casefold(): name for name in PATTERNS}
    for name in ids:
        if name.casefold() not in known:
            nearest = nearest_name(name.upper(), PATTERNS)
            allowed = ", ".join(PATTERNS)
            wrong.append(Problem("is not a pattern", value=name, allowed=allowed, nearest=nearest))
    if wrong:
        raise InputError(wrong)
    found = dict.fromkeys(known[name.casefold()] for name in ids or PATTERNS)
    return [PATTERNS[name] for name in found]


# --- the flow --------------------------------------------------------------------------------------


class ValidationRun(Lifecycle):
    """A validation in progress.

    Parameters
    ----------
    patterns : list of Pattern
    options : Options
    values : dict
        Laid over the scenario of every arm.
    draws : int
        Random draws of all uncertain numbers under which patterns are tried as well.
    """

    def __init__(
        self, patterns: list[Pattern], options: Options, values: dict[str, Any], draws: int = 0
    ) -> None:
        super().__init__(options)
        self.patterns, self.values, self.draws = patterns, values, draws
        self.held: dict[str, Held] = {}
        self.failures: list[dict[str, Any]] = []
        self.judged: list[Judged] = []
        self.arms = {p.id: [arm.scenario(values) for arm in p.arms] for p in patterns}

    def make(self) -> None:
        """Judge the patterns one by one."""
        for pattern in self.patterns:
            self.judged.append(judged(pattern, self.runs_of(pattern)))
            if self.draws:
                self.held[pattern.id] = self.held_in_draws(pattern)

    def held_in_draws(self, pattern: Pattern) -> Held:
        """Try a pattern under draws of all uncertain numbers; none of these runs is kept."""
        options = replace(self.options, replicates=DRAW_RUNS, out=None, progress=None, keep=False)
        course = ValidationRun([pattern], options, self.values)

        def runs_of(arms: list[Scenario]) -> Runs:
            course.arms[pattern.id] = arms
            return course.runs_of(pattern)

        found = held_in(pattern, self.draws, self.values, runs_of)
        self.failures += course.failures
        return found

    def put_together(self) -> Validation | None:
        """Return the patterns that were judged; None where none was."""
        return Validation(tuple(self.judged), self.manifest(), self.held) if self.judged else None

    def runs_of(self, pattern: Pattern) -> Runs:
        """Run the arms of a pattern; keep its series.

        A run that failed in one arm is left out of all arms of its kind, so that pairs stay pairs.
        """
        series: dict[tuple[str, str], Array] = {}
        for seed, times in {(arm.seed, arm.times): None for arm in pattern.arms}:
            alike = {
                arm.name: scenario
                for arm, scenario in zip(pattern.arms, self.arms[pattern.id], strict=True)
                if (arm.seed, arm.times) == (seed, times)
            }
            pages = self._pages(pattern, alike, self.options.seed + seed, times)
            whole = ~np.any([np.isnan(page).all(axis=(0, 1)) for page in pages.values()], axis=0)
            for name, page in pages.items():
                kept = page[:, :, whole]
                series |= {(name, s): kept[:, i] for i, s in enumerate(pattern.series)}
        return Runs(series)

    def _pages(
        self, pattern: Pattern, arms: Mapping[str, Scenario], seed: int, times: int
    ) -> dict[str, Array]:
        """Return for each arm its series, of shape (weeks, series, runs); NaN where a run failed."""
        runs, names = self.options.replicates * times, [n for n in WEEKLY if n in pattern.series]
        places = [names.index(name) for name in pattern.series]
        pages = {
            name: np.full((int(scenario["run.weeks"]), len(places), runs), math.nan)
            for name, scenario in arms.items()
        }

        def work(size: int) -> Iterator[Batch]:
            return batches(arms, runs, seed, size)

        for answer in self.answers(work, runs, self.total, names):
            batch = answer.batch
            if answer.failure is None:
                pages[batch.name][:, :, batch.replicates] = answer.weekly[:, places]
            else:
                text = {"scenario": f"{pattern.id}: {batch.name}", "reason": answer.failure}
                self.failures.append({**text, "replicate": int(batch.replicates[0])})
        return pages

    @property
    def total(self) -> int:
        """Runs of all arms."""
        times = sum(arm.times for pattern in self.patterns for arm in pattern.arms)
        return self.options.replicates * times

    def manifest(self) -> dict[str, Any]:
        """Return the manifest as of now; the arms stand for scenarios, as they are declared."""
        digests = {name: [arm.digest for arm in arms] for name, arms in self.arms.items()}
        return self.manifest_of(
            "validate",
            {p.id: {"arms": {arm.name: _declared(arm) for arm in p.arms}} for p in self.patterns},
            {name: digest_of_json(arms) for name, arms in digests.items()},
            settings={
                "patterns": [p.id for p in self.patterns],
                "set": self.values,
                "draws": self.draws,
            },
            failures=self.failures,
        )


def _declared(arm: Arm) -> dict[str, Any]:
    """Return an arm as it is declared."""
    text: dict[str, Any] = {"extends": arm.base, "changes": dict(arm.changes)}
    text |= {"added": [dict(row) for row in arm.added]} if arm.added else {}
    return text | ({"seed_added": arm.seed} if arm.seed else {})


# --- the result ------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Validation:
    """Patterns with their verdicts.

    Attributes
    ----------
    judged : tuple of Judged
        In the order of `qisim.validation.patterns.PATTERNS`, or as they were named.
    manifest : mapping
        As from `qisim.output.manifest.manifest_of`.
    held : mapping of str to Held
        By pattern, in how many random draws of all uncertain numbers it held; empty where none were asked
        for.
    """

    judged: tuple[Judged, ...]
    manifest: Mapping[str, Any]
    held: Mapping[str, Held] = field(default_factory=dict)

    def __repr__(self) -> str:
        counts = ", ".join(
            f"{number} {verdict}" for verdict, number in self.counts().items() if number
        )
        return line_of("Validation", self.manifest, f", {counts}")

    def counts(self) -> dict[str, int]:
        """Return how many patterns have each verdict."""
        verdicts = [one.verdict for one in self.judged]
        return {verdict: verdicts.count(verdict) for verdict in ("pass", "fail", "open")}

    def failing(self) -> list[str]:
        """Return the ids of patterns that do not pass."""
        return [one.pattern.id for one in self.judged if one.verdict != "pass"]

    def table(self) -> pd.DataFrame:
        """Return the measured numbers, a row per quantity.

        Columns ``pattern``, ``title``, ``use`` (``tuned``, ``built in`` or ``checked``),
        ``sources``, ``quantity``, ``label``, ``unit``, ``value``, ``low``, ``high`` (95 %
        interval), ``tolerance_low``, ``tolerance_high`` (missing where a side is free),
        ``tolerance_rests_on``, ``source_value``, ``verdict`` (of the quantity),
        ``pattern_verdict``, ``setting``; with draws also ``draws_held`` and ``draws`` (of the pattern).
        """
        import pandas as pd

        table = pd.DataFrame([row for one in self.judged for row in _rows(one)])
        if self.held:
            for place, name in enumerate(("draws_held", "draws")):
                table[name] = [self.held.get(id_, Held(0, 0))[place] for id_ in table["pattern"]]
        return table

    def plot(self, pattern: str, *, width_mm: float | None = None) -> Picture:
        """Return the figure of a pattern.

        Parameters
        ----------
        pattern : str
            Its code.
        width_mm : float, optional
            Width of the figure.

        Raises
        ------
        InputError
            If the pattern was not judged here.
        """
        from qisim.plotting.style import resized
        from qisim.validation.figures import pattern_figure

        found = {one.pattern.id: one for one in self.judged}
        if pattern not in found:
            allowed = ", ".join(found)
            nearest = nearest_name(pattern, found)
            raise InputError(
                Problem("is not among them", value=pattern, allowed=allowed, nearest=nearest)
            )
        return resized(pattern_figure(found[pattern], int(self.manifest["replicates"])), width_mm)

    def tables(self) -> dict[str, bytes]:
        """Return table and text as files."""
        from qisim.validation.pages import as_markdown

        return {
            "patterns.csv": csv_bytes(self.table()),
            "validation.md": as_markdown(self.judged, self.manifest, self.held).encode(),
        }

    def drawn(self) -> dict[str, bytes]:
        """Return figures, and the page that shows them, as files."""
        from qisim.validation.pages import as_html

        pictures = {one.pattern.id: self.plot(one.pattern.id) for one in self.judged}
        files = figures_as_files(pictures)
        return {
            "report.html": as_html(self.judged, self.manifest, pictures, files, self.held),
            **files,
        }

    def save(self, out_dir: str | os.PathLike[str]) -> Path:
        """Write the folder: table and text, then figures, report and, last, the manifest.

        Raises
        ------
        StoreError
            If the folder belongs to another study.
        """
        return write_study(out_dir, self.tables(), self.drawn, self.manifest)


def _rows(one: Judged) -> Iterator[dict[str, Any]]:
    pattern = one.pattern
    for measured in one.measured:
        quantity, found = measured.quantity, measured.found
        yield {
            "pattern": pattern.id,
            "title": pattern.title,
            "use": pattern.use,
            "sources": " ".join(pattern.sources),
            "quantity": quantity.name,
            "label": quantity.label,
            "unit": quantity.unit,
            **found._asdict(),
            "tolerance_low": _finite(quantity.low),
            "tolerance_high": _finite(quantity.high),
            "tolerance_rests_on": quantity.rests_on,
            "source_value": math.nan if quantity.source is None else quantity.source,
            "verdict": measured.verdict,
            "pattern_verdict": one.verdict,
            "setting": pattern.setting,
        }


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.nan
