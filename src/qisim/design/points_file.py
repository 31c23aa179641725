"""Points from a table: a CSV file with a column per input and a row per point."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from qisim.design.plan import Input
from qisim.errors import DataError, Problem, first_problems
from qisim.model.parameters import PARAMETERS
from qisim.reading import MIB, read_table, readable, values_text
from qisim.scenario.fields import SHORT, Choice, Number, Refused
from qisim.scenario.files import number_meant

if TYPE_CHECKING:
    from qisim.scenario.reader import Reading

MAX_BYTES = 256 * MIB
SHOWN = 50
"""Problems of a table that are listed one by one."""


def columns_of(reading: Reading, file: str, folder: str) -> list[str]:
    """Return the inputs named in a table's first row, by dotted key; note problems."""
    try:
        head = read_table(os.path.join(folder, file), MAX_BYTES).head
    except DataError as refused:
        reading.problems += refused.problems
        return []
    names = [SHORT.get(name, name) for name in head]
    for name in {name for name in names if names.count(name) > 1}:
        reading.problems.append(Problem("appears twice", readable(file), 1, name))
    if not names or "" in names:
        message = "has a column without a name" if names else "is empty"
        reading.problems.append(Problem(message, readable(file), 1))
        return []
    return names


def points_of(
    reading: Reading, file: str, folder: str, inputs: Mapping[str, Input]
) -> npt.NDArray[np.float64]:
    """Return the points of a table, shape (points, inputs); note every invalid value."""
    if reading.problems:
        return np.empty((0, len(inputs)))
    wrong: list[Problem] = []
    fields = [_taken(one) for one in inputs.values()]
    table = read_table(os.path.join(folder, file), MAX_BYTES)
    rows = [
        list(_numbers(cells, list(inputs), fields, (readable(file), line), wrong, table.number))
        for line, cells in table.rows
    ]
    if not rows:
        wrong = [Problem("holds no points", readable(file))]
    reading.problems += first_problems(wrong, SHOWN, readable(file))
    return np.array(rows, dtype=np.float64) if not wrong else np.empty((0, len(inputs)))


def points_given(
    reading: Reading, points: object, inputs: Mapping[str, Input]
) -> npt.NDArray[np.float64]:
    """Return the points in the study itself, shape (points, inputs); note problems."""
    nothing, wrong = np.empty((0, len(inputs))), list[Problem]()
    if not isinstance(points, list | tuple) or not points:
        reading.add(("design", "points"), "is not a list of points", points)
        return nothing
    fields, rows = [_taken(one) for one in inputs.values()], []
    for number, row in enumerate(points, 1):
        texts = [str(value) for value in row] if isinstance(row, list | tuple) else []
        rows.append(list(_numbers(texts, list(inputs), fields, (f"point {number}", None), wrong)))
    reading.problems += wrong[:SHOWN]
    return nothing if wrong else np.array(rows, dtype=np.float64)


def _taken(one: Input) -> Number | Choice:
    """Return what a column takes."""
    if one.words:
        return Choice(one.words)
    if one.factor:
        return Number(0.0, 1.0)
    p = PARAMETERS[one.name]
    return Number(p.minimum, p.maximum, p.unit)


def _numbers(
    row: Sequence[str], names: Sequence[str], fields: Sequence[Number | Choice], place: tuple[str, int | None],
    wrong: list[Problem], read: Callable[[str], float | None] | None = None,
) -> Iterator[float]:  # fmt: skip
    """Yield the numbers of one row; note those that are invalid or out of range."""
    if len(row) != len(names):
        wrong.append(Problem(values_text(row, names), *place))
        return
    for name, takes, text in zip(names, fields, row, strict=True):
        number = (read or _number)(text)
        number = math.nan if number is None else number
        try:
            if isinstance(takes, Choice):
                yield float(takes.options.index(_word(takes, text.strip(), number)))
                continue
            whole = name in PARAMETERS and PARAMETERS[name].kind == "int"
            if whole and not number.is_integer():
                raise Refused("is not a whole number")
            yield float(takes.read(number))
        except Refused as refused:
            given = text.strip()
            nearest = number_meant(given) if isinstance(takes, Number) else None
            wrong.append(Problem(str(refused), *place, name, given, takes.allowed, nearest))


def _word(takes: Choice, text: str, number: float) -> str:
    """Return the word that a text is, or that a number counts."""
    last = len(takes.options) - 1
    counted = text not in takes.options and number.is_integer() and 0 <= number <= last
    return takes.options[int(number)] if counted else takes.read(text)


def _number(text: str) -> float:
    """Return a text as a number; NaN when it is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan
