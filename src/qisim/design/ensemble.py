"""Ensembles: sets of parameter values to run over, instead of a single one.

The few strengths that no source fixes were chosen against patterns, and many sets of them show these
patterns as well as the base values do (`scripts/choose_base.py`). A study *over* such sets gives each
replicate the next set: replicate r of every scenario has set r mod n, so pairs stay pairs, and the
uncertainty of the strengths enters every mean difference. The sets of a calibration
(``ensemble.csv``) serve in the same way.

Those strengths are only a few of the uncertain parameters. ``uncertain`` varies all of them: a
Latin hypercube over their declared ranges, independently, whether or not a set reproduces the
tuning patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.design.plan import Input, locked
from qisim.design.sampling import one_scaled
from qisim.errors import DataError, InputError, Problem, ScenarioError, first_problems, nearest_name
from qisim.model.coefficients import coefficients
from qisim.model.parameters import PARAMETERS, parameter
from qisim.reading import Table, read_table, table_of, values_text
from qisim.scenario.fields import CHOICES, SHORT
from qisim.scenario.files import number_meant
from qisim.scenario.scenario import Scenario

ACCEPTABLE = "acceptable"
"""Name of the shipped sets."""

UNCERTAIN = "uncertain"
"""Name of the ensemble in which every uncertain parameter varies over its range."""
UNCERTAIN_SETS = 300
KEY = 0x1A71
"""Seed of the sets of `UNCERTAIN`, which are the same in every study."""

NOTES = re.compile(r"set|implausibility|[A-Z]\d+\..+")
"""Columns that describe a set and are not parameters: its number, its fit."""

FEWEST = 2
SHOWN = 20
"""Problems of a file that are listed."""


@dataclass(frozen=True)
class Ensemble:
    """Sets of values for some parameters.

    Attributes
    ----------
    name : str
        ``acceptable``, or the path of a file.
    keys : tuple of str
        Dotted keys.
    values : ndarray of float, shape (sets, keys)
    """

    name: str
    keys: tuple[str, ...]
    values: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", locked(self.values))

    def __len__(self) -> int:
        return len(self.values)

    def sets(self) -> Iterator[dict[str, float]]:
        """Yield the sets as values by dotted key."""
        for row in self.values.tolist():
            yield dict(zip(self.keys, row, strict=True))

    def without(self, keys: Iterable[str]) -> Ensemble:
        """Return the sets without some of their keys."""
        kept = [i for i, key in enumerate(self.keys) if key not in set(keys)]
        return Ensemble(self.name, tuple(self.keys[i] for i in kept), self.values[:, kept])

    def for_study(self, scenarios: Iterable[Scenario]) -> Ensemble:
        """Return the sets without the parameters in which the scenarios of a study differ.

        A comparison of one value of a strength with another keeps both values. Where all uncertain numbers
        vary, one that a scenario sets itself is no longer uncertain.
        """
        first, *others = scenarios
        kept = {key for key in self.keys if any(other[key] != first[key] for other in others)}
        if self.name == UNCERTAIN:
            kept |= {key for key in self.keys if first[key] != PARAMETERS[key].default}
        return self.without(kept)

    def rows(self, scenario: Scenario) -> npt.NDArray[np.float64]:
        """Return the coefficients of a scenario under each set.

        Returns
        -------
        ndarray of float, shape (sets, len(COEFFICIENTS))

        Raises
        ------
        ScenarioError
            If a set and the scenario do not go together; the first such set is named.
        """
        found = []
        for number, values in enumerate(self.sets()):
            try:
                found.append(coefficients(scenario.replace(values)))
            except ScenarioError as refused:
                key, value = "over", f"set {number}"
                refusal = Problem(
                    f"does not go with {scenario.name}", self.name, key=key, value=value
                )
                raise ScenarioError([refusal, *refused.problems]) from None
        return np.array(found)

    def to_dict(self) -> dict[str, Any]:
        """Return the sets as plain data, for a manifest."""
        return {"name": self.name, "keys": list(self.keys), "values": self.values.tolist()}


def ensemble(source: Any) -> Ensemble:
    """Return an ensemble by name or path, or from plain data.

    Parameters
    ----------
    source : str, path, mapping or Ensemble
        ``acceptable``; ``uncertain``; a CSV file with a column per parameter (dotted key or short name) and a
        row per set, such as the ``ensemble.csv`` of a calibration; or what `Ensemble.to_dict` gives.

    Raises
    ------
    InputError
        If the file cannot be read or a name or value is wrong; problems are listed with their lines.
    """
    if isinstance(source, Ensemble):
        return source
    if isinstance(source, Mapping):
        values = np.array(source["values"], dtype=np.float64)
        return Ensemble(str(source["name"]), tuple(source["keys"]), values)
    if str(source) == ACCEPTABLE:
        text = files("qisim").joinpath("data", "acceptable.csv").read_text(encoding="utf-8")
        return _read(table_of(text, ACCEPTABLE))
    if str(source) == UNCERTAIN:
        return over_uncertain()
    try:
        table = read_table(source)
    except DataError as refused:
        nearest = nearest_name(str(source), (ACCEPTABLE, UNCERTAIN))
        wrong = [
            replace(problem, key="over", allowed=problem.allowed or TAKEN, nearest=nearest)
            for problem in refused.problems
        ]
        raise InputError(wrong) from None
    except TypeError:
        message = "is neither a name, a path nor sets of values"
        raise InputError(Problem(message, key="over", value=source, allowed=TAKEN)) from None
    return _read(table)


TAKEN = f"{ACCEPTABLE}, {UNCERTAIN}, or a CSV file with a column per parameter and a row per set"


def uncertain_keys() -> tuple[str, ...]:
    """Return the uncertain parameters that may differ from run to run."""
    return tuple(
        key for key, one in PARAMETERS.items() if one.role == "uncertain" and one.kind == "float"
    )


@cache
def over_uncertain() -> Ensemble:
    """Return sets in which every uncertain parameter varies independently over its range."""
    keys, chance = uncertain_keys(), np.random.default_rng(KEY)
    values = np.empty((UNCERTAIN_SETS, len(keys)))
    for place, key in enumerate(keys):
        one = PARAMETERS[key]
        unit = (chance.permutation(UNCERTAIN_SETS) + chance.random(UNCERTAIN_SETS)) / UNCERTAIN_SETS
        values[:, place] = one_scaled(unit, Input(key, one.low, one.high, one.distribution))
    return Ensemble(UNCERTAIN, keys, values)


def varied_text(keys: Iterable[str]) -> str:
    """Return a sentence on how many uncertain parameters a study varies, and how to vary all."""
    all_keys = set(uncertain_keys())
    number = len(all_keys & set(keys))
    more = "" if number == len(all_keys) else f"; --over {UNCERTAIN} varies all"
    return f"{number} of the {len(all_keys)} uncertain numbers vary{more}."


def _read(table: Table) -> Ensemble:
    name, rows = table.name, table.rows
    columns = {place: text for place, text in enumerate(table.head) if not NOTES.fullmatch(text)}
    wrong = [problem for column in columns.values() if (problem := _unknown(name, column))]
    if not columns or len(rows) < FEWEST:
        wrong.append(Problem(f"has fewer than {FEWEST} sets of values", name, allowed=TAKEN))
    if wrong:
        raise InputError(wrong)
    keys = {place: parameter(column).key for place, column in columns.items()}
    if len(set(keys.values())) < len(keys):
        raise InputError(Problem("has a parameter twice", name, 1))
    found: list[float | Problem] = []
    for line, cells in rows:
        if len(cells) == len(table.head):
            found += [_value(table, line, key, cells[place]) for place, key in keys.items()]
        else:
            found.append(Problem(values_text(cells, table.head), name, line))
    wrong = [value for value in found if isinstance(value, Problem)]
    if wrong:
        raise InputError(first_problems(wrong, SHOWN, name))
    values = np.array(found, dtype=np.float64).reshape(len(rows), len(keys))
    return Ensemble(name, tuple(keys.values()), values)


def _unknown(name: str, column: str) -> Problem | None:
    """Return the problem of a column's name."""
    try:
        declared = parameter(column)
    except KeyError:
        if not column:
            return Problem("has a column without a name", name, 1)
        if column in CHOICES:
            return Problem("takes words, and all runs share it", name, 1, column)
        nearest = nearest_name(column, [*PARAMETERS, *SHORT])
        return Problem("unknown parameter", name, 1, column, nearest=nearest)
    if declared.kind == "int":
        return Problem("shapes the site or the calendar, so all runs share it", name, 1, column)
    return None


def _value(table: Table, line: int, key: str, text: str) -> float | Problem:
    """Return a value, or its problem."""
    declared, value = PARAMETERS[key], table.number(text)
    if value is not None and declared.minimum <= value <= declared.maximum:
        return value
    return Problem("is not one of its values", table.name, line, key, text, declared.allowed,
                   number_meant(text))  # fmt: skip


def describe_ensemble(over: Mapping[str, Any], replicates: int) -> str:
    """Describe a study over sets in a sentence.

    Parameters
    ----------
    over : mapping
        As from `Ensemble.to_dict`.
    replicates : int
    """
    sets, used = len(over["values"]), min(len(over["values"]), replicates)
    number = f"{used} of {sets}" if used < sets else f"all {sets}"
    what = "strength" if over["name"] == ACCEPTABLE else "number"
    what += "s" * (len(over["keys"]) != 1)
    return (
        f"Over {number} sets of {len(over['keys'])} {what} ({over['name']}): replicate r of every "
        f"scenario has set r mod {sets}, so differences and verdicts include how uncertain these are; runs "
        f"that share a set count as one in intervals. {varied_text(over['keys'])}"
    )
