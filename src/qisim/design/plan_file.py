"""Study files: scenarios, inputs, design, replicates, and analysis.

`read` takes a shipped name, a path, ``-`` for standard input, or a mapping of the same shape, checks
everything, and gives a `Plan`; `docs/studies.md` has the format. Missing ranges and distributions are those
declared with the parameter. `qisim.design.inputs` reads the inputs, `points_file` tables of points.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from qisim.design.inputs import inputs_of
from qisim.design.methods import GIVEN, METHODS, SAMPLES, TAKES_WHOLE, designs_for, fits
from qisim.design.plan import Analysis, Design, Input, Plan, sites_problems, without_prices
from qisim.design.sites import MOST, number_of
from qisim.errors import InputError, Problem, ScenarioError, StudyError, nearest_name
from qisim.model.draws import MAX_REPLICATE, MAX_SEED
from qisim.model.outcomes import REPORTED, WEEKLY
from qisim.reading import hidden_ending
from qisim.scenario.fields import SHORT, Choice, Field, Number, Text
from qisim.scenario.files import Layer, Source, locate, parse, read_bytes, shipped_folder
from qisim.scenario.reader import Reading
from qisim.scenario.scenario import Scenario, load

__all__ = ["Analysis", "Design", "Input", "Plan", "is_study", "read", "shipped_studies"]

MAPPING = "<mapping>"
FOLDER = "studies"
"""Subfolder of shipped studies in the folder of shipped scenarios."""
FORMAT = 1
MAX_SAMPLES = 1 << 24
TABLES = ("set", "design", "runs", "analysis")
KEYS = ("format", "title", "scenarios", "vary", "fixed", "outcomes", *TABLES)
SIGNS = ("scenarios", "vary", *TABLES)
"""Keys that distinguish a study file from a scenario file."""

DESIGN: dict[str, Field] = {
    "method": Choice(tuple(SAMPLES)),
    "samples": Number(1, MAX_SAMPLES, "samples", whole=True),
    "levels": Number(2, 1000, "levels", whole=True),
    "step": Number(1e-6, 0.5),
    "file": Text(1000, 1),
}
RUNS: dict[str, Field] = {
    "replicates": Number(1, 100_000, "replicates", whole=True),
    "seed": Number(0, MAX_SEED, whole=True),
    "random_numbers": Choice(("common", "fresh")),
    "sites": Number(1, MOST, "sites", whole=True),
}
ANALYSIS: dict[str, Field] = {
    "method": Choice(tuple(METHODS)),
    "groups": Choice(("parameter", "factor")),
    "resamples": Number(2, 100_000, whole=True),
}
DEFAULT_RUNS = {"replicates": 4, "seed": 1, "random_numbers": "common"}


# --- finding a file --------------------------------------------------------------------------------


@cache
def shipped_studies() -> tuple[str, ...]:
    """Return the names of the shipped studies, in alphabetical order."""
    folder = shipped_folder() / FOLDER
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    return tuple(sorted(name[:-5] for name in names if name.endswith(".toml")))


def found(name: str) -> Source:
    """Locate a study: a shipped name takes precedence over a path; ``-`` is standard input."""
    return locate(f"{FOLDER}/{name}") if name in shipped_studies() else locate(name)


def is_study(source: Any) -> bool:
    """Return whether a file or mapping is a study, not a scenario; an unreadable file is not."""
    if isinstance(source, Plan):
        return True
    data = source
    if not isinstance(source, Mapping):
        if source == "-" or not isinstance(source, str | os.PathLike):
            return False
        layer = _layer(found(os.fspath(source)), [])
        data = layer.data if layer else {}
    return any(key in data for key in SIGNS)


def _layer(source: Source, problems: list[Problem]) -> Layer | None:
    """Return the content of a file, or note why it cannot be read."""
    try:
        layer = parse(read_bytes(source), source.label)
    except FileNotFoundError:
        nearest = nearest_name(source.label, shipped_studies())
        hidden = hidden_ending(source.place) if isinstance(source.place, Path) else ""
        message = f"no shipped study and no file has this name{hidden}"
        problems.append(Problem(message, value=source.label, nearest=nearest))
        return None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        problems.append(Problem(f"cannot be read: {why}", source.label))
        return None
    if isinstance(layer, Problem):
        problems.append(layer)
        return None
    return layer


# --- reading it ------------------------------------------------------------------------------------


def read(
    source: str | os.PathLike[str] | Mapping[str, Any] | Plan,
    *,
    set: Mapping[str, Any] | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    samples: int | None = None,
    sites: int | None = None,
) -> Plan:
    """Read and check a study.

    Parameters
    ----------
    source : str, path, mapping or Plan
        A shipped name, a path, ``-`` for standard input, what a file would say (in which a scenario may be
        a `Scenario`, and what varies an `Input`), or a plan.
    set : mapping, optional
        Values by dotted key, laid over every scenario of the study.
    replicates, seed, samples, sites : int, optional
        In place of those of the file.

    Returns
    -------
    Plan

    Raises
    ------
    StudyError
        If anything is wrong; all problems are listed.
    """
    runs = {"replicates": replicates, "seed": seed, "sites": sites}
    given = {"runs": runs, "design": {"samples": samples}}
    if isinstance(source, Plan):
        return _changed(source, set, given)
    problems: list[Problem] = []
    layer, folder = _opened(source, problems)
    plan = _StudyReading(layer, problems, folder, dict(set or {}), given).plan() if layer else None
    if problems or plan is None:
        raise StudyError(list(dict.fromkeys(problems)))
    return plan


def placed_in(source: Any, problems: Sequence[Problem]) -> list[Problem]:
    """Return problems of a study that was read as a mapping, with their lines in its file."""
    if isinstance(source, Mapping | Plan) or source == "-":
        return list(problems)
    layer = _opened(source, [])[0]
    return [_placed(problem, layer) for problem in problems]


def _placed(problem: Problem, layer: Layer | None) -> Problem:
    if problem.file != MAPPING:
        return problem
    if layer is None:  # an unknown name was given
        return replace(problem, file=None)
    path = [int(part) - 1 if part.isdecimal() else part for part in (problem.key or "").split(".")]
    found = [layer.lines.of(tuple(path[:end])) for end in range(len(path), 0, -1)]
    line = next((line for line in found if line is not None), None)
    return replace(problem, file=layer.label, line=line)


def _opened(source: Any, problems: list[Problem]) -> tuple[Layer | None, str]:
    """Return the content of a source, and the folder to which its paths are relative."""
    if isinstance(source, Mapping):
        return Layer(MAPPING, source), ""
    try:
        place = found(os.fsdecode(source))
    except (TypeError, UnicodeError):
        problems.append(
            Problem("is not a study: give a name, a path or a mapping", value=str(source))
        )
        return None, ""
    return _layer(place, problems), place.folder


def _changed(plan: Plan, changes: Mapping[str, Any] | None, given: dict[str, Any]) -> Plan:
    """Return a plan with some of it replaced."""
    if changes:
        return read({**plan.parts(), "set": changes}, **given["runs"], **given["design"])
    runs = {name: value for name, value in given["runs"].items() if value is not None}
    problems: list[Problem] = []
    reading = Reading(Layer("override", {}), problems)
    runs = {name: reading.value((name,), RUNS[name], value) for name, value in runs.items()}
    design = {
        n: reading.value((n,), DESIGN[n], v) for n, v in given["design"].items() if v is not None
    }
    if problems:
        raise StudyError(problems)
    if "sites" in runs:  # their consistency with other settings is checked where a study is read
        return read(plan.parts(), **given["runs"], **given["design"])
    return replace(plan, **runs, design=replace(plan.design, **design))


class _StudyReading(Reading):
    """Reads one study file."""

    def __init__(self, layer: Layer, problems: list[Problem], folder: str,
                 changes: dict[str, Any], given: dict[str, dict[str, Any]]) -> None:  # fmt: skip
        super().__init__(layer, problems)
        self.folder, self.changes, self.given = folder, changes, given

    def plan(self) -> Plan | None:
        """Return the plan, or None if there are problems."""
        data = self.layer.data
        for key in data:
            if key not in KEYS:
                self.unknown((str(key),), KEYS)
        if "format" in data:
            self.value(("format",), Number(FORMAT, FORMAT, whole=True), data["format"])
        title = self.value(("title",), Text(200), data.get("title", "")) or ""
        scenarios = self.scenarios()
        analysis = self.analysis()
        design = self.design(analysis)
        runs = self.runs(scenarios)
        outcomes = self.names("outcomes", tuple(REPORTED), data.get("outcomes", ["adoption_mean"]))
        found_inputs, allocation, table = inputs_of(
            self, scenarios, self.file, self.folder, self.points, self.values()
        )
        if not scenarios:
            return None
        plan = Plan(
            title or " and ".join(scenarios), scenarios, found_inputs, replace(design, table=table),
            runs["replicates"], runs["seed"], runs["random_numbers"], outcomes, analysis, allocation,
            runs["sites"],
        )  # fmt: skip
        if not self.problems:
            self.check(plan)
        return plan

    def table(
        self, name: str, fields: Mapping[str, Any], more: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Read a table of single values; values passed as arguments override the file's."""
        held = self.layer.data.get(name, {})
        if not isinstance(held, Mapping):
            self.add((name,), "is not a table", held, f"[{name}] and keys below it")
            held = {}
        outside = {k: v for k, v in self.given.get(name, {}).items() if v is not None}
        read = {}
        for key, value in {**held, **outside}.items():
            if key in fields:
                read[key] = self.value((name, key), fields[key], value)
            elif key not in more:
                self.unknown((name, str(key)), [*fields, *more])
        return {key: value for key, value in read.items() if value is not None}

    def runs(self, scenarios: Mapping[str, Scenario]) -> dict[str, Any]:
        """Read the section on runs; with several sites, by default one run per point and site."""
        read = self.table("runs", RUNS)
        try:
            sites = number_of(read.get("sites"), scenarios.values())
        except InputError as refused:
            self.problems += refused.problems
            sites = None
        return {**DEFAULT_RUNS, **({"replicates": sites} if sites else {}), **read, "sites": sites}

    def names(self, key: str, known: Sequence[str], given: Any) -> tuple[str, ...]:
        """Read a list of known names; a single one needs no list."""
        rows = [given] if isinstance(given, str) else given
        if not isinstance(rows, list | tuple) or not rows:
            self.add((key,), "is not a list of names", given, f"one or more of {', '.join(known)}")
            return ()
        path = tuple(key.split("."))
        read = [self.value((*path, i), Choice(tuple(known)), name) for i, name in enumerate(rows)]
        return tuple(dict.fromkeys(name for name in read if name is not None))

    def scenarios(self) -> dict[str, Scenario]:
        """Load the base scenario and, where there is one, the other."""
        from qisim.scenario.scenario import unique_names

        given = self.layer.data.get("scenarios")
        rows = [given] if isinstance(given, str | Mapping | Scenario) else given
        if not isinstance(rows, list | tuple) or not 1 <= len(rows) <= 2:
            what = "is missing" if given is None else "is not one scenario or two"
            self.add(("scenarios",), what, given, "a name or path, or a list of one or two of them")
            return {}
        loaded = [self.scenario(number, row) for number, row in enumerate(rows)]
        return unique_names([one for one in loaded if one]) if all(loaded) else {}

    def values(self) -> dict[str, Any]:
        """Return the values set in all scenarios, by dotted key."""
        laid = self.layer.data.get("set", {})
        return {**_spelt(laid if isinstance(laid, Mapping) else {}), **_spelt(self.changes)}

    def scenario(self, number: int, row: Any) -> Scenario | None:
        """Load one scenario, or note all that is wrong with it."""
        laid = self.layer.data.get("set", {})
        if not isinstance(laid, Mapping):
            self.add(("set",), "is not a table", laid, "[set] and keys below it")
            laid = {}
        try:
            return load(self.named(row), {**_spelt(laid), **_spelt(self.changes)})
        except ScenarioError as refused:
            self.problems += [self.placed(problem, number) for problem in refused.problems]
        return None

    def named(self, row: Any) -> Any:
        """Return what `load` takes: paths are relative to the study file."""
        if not isinstance(row, str) or row == "-":
            return row if isinstance(row, Mapping | Scenario) else str(row)
        if not locate(row, self.folder).folder:  # a shipped name, or there is no other folder
            return row
        path = os.path.join(self.folder, row)
        return path if "/" in row or row.endswith(".toml") or os.path.exists(path) else row

    def placed(self, problem: Problem, number: int) -> Problem:
        """Return a scenario's problem, at its line of this file where it stands in this file."""
        if problem.file is None:
            line = self.layer.lines.of(("scenarios", number))
            return replace(problem, file=self.layer.label, line=line, key="scenarios")
        if problem.file == "override" and problem.key not in _spelt(self.changes):
            line = self.layer.lines.of(("set", *str(problem.key).split(".")))
            line = self.layer.lines.of(("set", str(problem.key))) or line
            return replace(problem, file=self.layer.label, line=line)
        return problem

    def analysis(self) -> Analysis:
        """Read the analysis."""
        more = ("second_order", "over_time")
        read = self.table("analysis", ANALYSIS, more)
        held = held if isinstance(held := self.layer.data.get("analysis"), Mapping) else {}
        if held and "method" not in held:
            self.add(("analysis", "method"), "is missing", allowed=ANALYSIS["method"].allowed)
        pairs = held.get("second_order", False)
        if not isinstance(pairs, bool):
            self.add(("analysis", "second_order"), "is not true or false", pairs, "true or false")
        weekly = held.get("over_time", [])
        series = self.names("analysis.over_time", tuple(WEEKLY), weekly) if weekly else ()
        return Analysis(**read, second_order=pairs is True, over_time=series)

    file: str | None = None
    points: Any = None

    def design(self, analysis: Analysis) -> Design:
        """Read the design; by default the one that the analysis needs."""
        read = self.table("design", DESIGN, ("points",))
        self.file, held = read.pop("file", None), self.layer.data.get("design")
        self.points = held.get("points") if isinstance(held, Mapping) else None
        default = "csv" if self.file or self.points else METHODS.get(analysis.method, "sobol")
        method = read.pop("method", default)
        if method == "csv" and not self.file and self.points is None:
            self.add(("design", "file"), "is missing", allowed="path of a CSV file of points")
        if method not in GIVEN and self.file:
            only = " and ".join(repr(one) for one in GIVEN)
            self.add(("design", "file"), f"is read by method = {only} only", self.file)
            self.file = None
        if analysis.method and not fits(analysis.method, method):
            allowed = " | ".join(designs_for(analysis.method))
            message = f"does not suit analysis.method = {analysis.method!r}"
            self.add(("design", "method"), message, method, allowed)
        if method == "morris" and read.get("levels", 4) % 2:
            self.add(("design", "levels"), "is odd", read["levels"], "an even number of levels")
        return Design(method, **{"samples": SAMPLES[method], **read})

    def check(self, plan: Plan) -> None:
        """Check the consistency of a plan."""
        from qisim.design.sampling import number_of_points

        self.problems += without_prices(plan.scenarios, plan.outcomes)
        whole = [one.name for one in plan.inputs if one.whole]
        if whole and plan.design.method not in TAKES_WHOLE:
            message = f"takes whole numbers or words, which {plan.design.method} cannot vary"
            allowed = f"design.method = {' | '.join(TAKES_WHOLE)}"
            self.add(("vary",), message, ", ".join(whole), allowed)
        for key, message, value, allowed in sites_problems(plan):
            self.add(("runs", key), message, value, allowed)
        points = number_of_points(plan)
        if points > MAX_SAMPLES or points * plan.replicates > MAX_REPLICATE:
            message = f"makes {points} points of {plan.replicates} replicates"
            self.add(("design", "samples"), message, plan.design.samples, f"{MAX_SAMPLES} points")


def _spelt(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table in which keys may be dotted, nested or short, by dotted key."""
    return {SHORT.get(key, key): value for key, value in _flat(table).items()}


def _flat(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table in which keys may be dotted or nested, by dotted key."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{name}": inner for name, inner in _flat(value).items()}
        else:
            flat[str(key)] = value
    return flat
