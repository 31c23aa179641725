"""Broken models, and which patterns notice them: a pattern that notices none could not fail.

A mutant is a file of rules in ``data/mutants``, put in the place of the model's as rules of one's own
are (`qisim.engines.custom_rules`), each in a process of its own because rules are compiled once in a
process. A pattern *notices* a mutant when one of its numbers passes with the model's own rules and
fails with the mutant's, on the same chance; where the own number does not pass, or the mutant's is open,
nothing is claimed.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qisim.engines import custom_rules
from qisim.errors import Problem, RunError, nearest_name
from qisim.runs.executor import cores
from qisim.validation.patterns import PATTERNS

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from qisim.runs.options import Progress

MUST = (
    "no_forgetting", "no_contact", "nobody_leaves", "workload_ignored", "habit_irrelevant",
    "attitudes_irrelevant",
)  # fmt: skip
"""Mutants that a pattern which was not used for tuning has to notice."""
OWN = ""
"""Stands for the model's own rules among verdicts."""
RUNS = 40
"""Runs of each arm unless more are asked for: what is grossly wrong shows."""
OWN_TIMES = 10
"""Times as many runs of the model's own rules: what passes with them must be known, not open."""

Verdicts = Mapping[tuple[str, str], str]
"""Verdicts by pattern and number."""


@dataclass(frozen=True)
class Mutant:
    """A broken model.

    Attributes
    ----------
    name, says : str
        Of its file; what is wrong in it, the first line of the file.
    path : Path
    rules : tuple of str
        What it replaces.
    """

    name: str
    says: str
    path: Path
    rules: tuple[str, ...]

    @property
    def must(self) -> bool:
        """Whether a pattern that was not used for tuning has to notice it."""
        return self.name in MUST


def mutants() -> dict[str, Mutant]:
    """Return the shipped mutants by name; those that have to be noticed come first."""
    folder = Path(str(files("qisim").joinpath("data", "mutants")))
    found = [_read(path) for path in sorted(folder.glob("*.py"))]
    return {one.name: one for one in sorted(found, key=_place)}


def _place(one: Mutant) -> tuple[int, str]:
    return (MUST.index(one.name) if one.must else len(MUST)), one.name


def _read(path: Path) -> Mutant:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    rules = tuple(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    return Mutant(path.stem, ast.get_docstring(tree) or "", path, rules)


# --- running them ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Notices:
    """Verdicts of patterns on broken models.

    Attributes
    ----------
    patterns : tuple of str
    verdicts : mapping
        By mutant (`OWN` for the model's own rules) the verdict of each number, by pattern and number.
    replicates, seed : int
        Runs of each arm (of the own rules `OWN_TIMES` as many), and what fixes their chance.
    """

    patterns: tuple[str, ...]
    verdicts: Mapping[str, Verdicts]
    replicates: int
    seed: int

    def noticed(self, mutant: str) -> list[str]:
        """Return the patterns that notice a mutant."""
        own, broken = self.verdicts[OWN], self.verdicts[mutant]
        seen = {key[0] for key, how in own.items() if how == "pass" and broken[key] == "fail"}
        return [pattern for pattern in self.patterns if pattern in seen]

    def untuned(self, mutant: str) -> list[str]:
        """Return those of them that were only checked, never used to choose or built in."""
        return [p for p in self.noticed(mutant) if PATTERNS[p].use == "checked"]

    def tried(self) -> list[str]:
        """Return the mutants that were run."""
        return [name for name in self.verdicts if name != OWN]

    def passing(self) -> list[str]:
        """Return the patterns whose numbers all pass with the model's own rules."""
        short = {key[0] for key, how in self.verdicts[OWN].items() if how != "pass"}
        return [pattern for pattern in self.patterns if pattern not in short]

    def blind(self) -> list[str]:
        """Return the patterns that pass with the own rules and notice none of the mutants."""
        seen = {pattern for name in self.tried() for pattern in self.noticed(name)}
        return [pattern for pattern in self.passing() if pattern not in seen]

    def unnoticed(self) -> list[str]:
        """Return the mutants that no pattern at all notices."""
        return [name for name in self.tried() if not self.noticed(name)]

    def missing(self) -> list[str]:
        """Return mutants that must be noticed by a checked pattern, and are not."""
        return [name for name in self.tried() if name in MUST and not self.untuned(name)]

    def table(self) -> pd.DataFrame:
        """Return a row per mutant: ``mutant``, ``says``, ``must``, and a column per pattern (yes or no)."""
        import pandas as pd

        held = mutants()
        rows = [
            {
                "mutant": name, "says": held[name].says, "must": held[name].must,
                **{pattern: pattern in self.noticed(name) for pattern in self.patterns},
            }
            for name in self.tried()
        ]  # fmt: skip
        return pd.DataFrame(rows)


def notices(
    patterns: Sequence[str] = (), wanted: Sequence[str] = (), *, replicates: int = RUNS,
    seed: int = 1, engine: str = "compiled", workers: int | None = None,
    progress: Progress | None = None,
) -> Notices:  # fmt: skip
    """Judge patterns on the model and on broken models.

    Parameters
    ----------
    patterns, wanted : sequence of str
        Ids of patterns and names of mutants; by default all.
    replicates, seed, engine
        As in `qisim.validation.study.validate`.
    workers : int, optional
        Models that are judged at a time; by default one per core.
    progress : callable, optional
        Called with the models that are judged and those to judge.

    Raises
    ------
    InputError
        If something is wrong with the options, or rules of one's own are in force.
    RunError
        If a process is lost, or runs in it failed.
    """
    from qisim.validation.study import checked_patterns

    held = mutants()
    wrong = [_unknown(name, held) for name in wanted if name not in held]
    if custom_rules.FILE:
        message = "puts rules of your own in force, and each mutant puts its own in their place"
        wrong.append(Problem(message, key=custom_rules.OWN_RULES, value=custom_rules.FILE))
    options = {"replicates": replicates, "seed": seed, "engine": engine, "workers": workers}
    chosen = checked_patterns(patterns, options, wrong)
    names = [OWN, *(name for name in held if not wanted or name in wanted)]
    paths = {name: "" if name == OWN else str(held[name].path) for name in names}
    ids = tuple(p.id for p in chosen)
    verdicts = _all_judged(paths, ids, {**options, "workers": 1}, workers or cores(), progress)
    return Notices(ids, verdicts, replicates, seed)


def _all_judged(
    paths: Mapping[str, str], patterns: Sequence[str], options: Mapping[str, Any], at_a_time: int,
    progress: Progress | None,
) -> dict[str, Verdicts]:  # fmt: skip
    """Judge several models at a time: each is compiled first, which takes one core only."""
    found: dict[str, Verdicts] = {}
    with ThreadPoolExecutor(at_a_time) as pool:
        asked = {
            pool.submit(_judged_under, path, patterns, _options_of(n, options)): n
            for n, path in paths.items()
        }
        try:
            for number, answer in enumerate(as_completed(asked), 1):
                found[asked[answer]] = answer.result()
                if progress is not None:
                    progress(number, len(paths))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return {name: found[name] for name in paths}


def _options_of(name: str, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the options of a model: its own rules are run more often."""
    times = OWN_TIMES if name == OWN else 1
    return {**options, "replicates": times * int(options["replicates"])}


def _unknown(name: str, held: Mapping[str, Mutant]) -> Problem:
    nearest = nearest_name(name, held)
    return Problem("is not a mutant", value=name, allowed=", ".join(held), nearest=nearest)


def _judged_under(rules: str, patterns: Sequence[str], options: Mapping[str, Any]) -> Verdicts:
    """Return the verdicts of patterns under a file of rules, judged in a process of its own."""
    told = [f"--{key}={value}" for key, value in options.items() if value is not None]
    root = str(Path(__file__).parents[2])
    places = [root, os.environ.get("PYTHONPATH", "")]
    env = {
        **os.environ,
        custom_rules.OWN_RULES: rules,
        "PYTHONPATH": os.pathsep.join(place for place in places if place),
    }
    command = [sys.executable, "-m", "qisim", "validate", *patterns, *told, "--json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"code {done.returncode}"])[-1]
        raise RunError(f"validation under {Path(rules).name or 'the own rules'} failed: {last}")
    rows = json.loads(done.stdout)["quantities"]
    return {(row["pattern"], row["quantity"]): row["verdict"] for row in rows}


# --- in words --------------------------------------------------------------------------------------


def _short(names: Sequence[str], none: str = "none") -> str:
    return ", ".join(names) or none


def summary(found: Notices) -> list[str]:
    """Return in sentences what the table proves, and what it does not."""
    tried, passing = found.tried(), found.passing()
    must = [name for name in tried if name in MUST]
    seeing = {pattern for name in tried for pattern in found.noticed(name)}
    lines = [
        f"{len(passing)} of {len(found.patterns)} patterns pass with the model's own rules. "
        f"{len(seeing)} of {len(found.patterns)} notice at least one of {len(tried)} broken models. "
        f"That the others pass ({_short(found.blind())}) is no evidence against any of these errors.",
        f"Broken models that no pattern notices: {_short(found.unnoticed())}. An error of that kind "
        "could be in the model, and all its patterns would pass.",
    ]
    if must:
        lines.append(
            f"Of {len(must)} that have to be noticed by a pattern never used for tuning, "
            f"{len(must) - len(found.missing())} are; missing: {_short(found.missing())}."
        )
    lines.append(
        f"{found.replicates} runs of each arm ({OWN_TIMES} times as many of the own rules), seed "
        f"{found.seed}. Noticed: a number of the "
        "pattern passes with the own rules and fails with the broken ones; open counts for nothing."
    )
    return lines


def as_markdown(found: Notices) -> str:
    """Return the table of broken models and patterns, with what it proves, in Markdown."""
    held = mutants()
    rows = [
        f"| `{name}`{' (must)' if held[name].must else ''} | {held[name].says} | "
        f"{_short(found.untuned(name), 'none')} | "
        f"{_short([p for p in found.noticed(name) if p not in found.untuned(name)], '')} |"
        for name in found.tried()
    ]
    head = [
        "| broken model | what is wrong in it | noticed by, only checked | and by, tuned or built in |",
        "|---|---|---|---|",
    ]
    return "\n".join([*(f"{line}\n" for line in summary(found)), *head, *rows])


def render(found: Notices) -> Table:
    """Return the table for a terminal (rich)."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("Broken model (* has to be noticed)", width=52)
    table.add_column("Noticed by, only checked", width=30)
    table.add_column("tuned or built in", width=20)
    held = mutants()
    for name in found.tried():
        untuned = found.untuned(name)
        others = [p for p in found.noticed(name) if p not in untuned]
        mark = "*" if held[name].must else ""
        table.add_row(f"{name}{mark}: {held[name].says}", _short(untuned), _short(others, ""))
    return table
