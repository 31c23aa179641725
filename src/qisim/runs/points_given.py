"""The points passed to `qisim.evaluate`, in any form, and the form of the result.

A matrix is read by position; a DataFrame, a Series or a mapping by name, so the order of its columns does
not matter. A DataFrame gets a DataFrame back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.design.plan import Input, Plan
from qisim.errors import Problem, first_problems, nearest_name
from qisim.model.parameters import PARAMETERS
from qisim.output.dictionary import with_attributes
from qisim.scenario.fields import SHORT

Array = npt.NDArray[np.float64]

SHOWN = 20
"""Wrong values of a matrix that are listed one by one."""


@dataclass
class Given:
    """Points as passed by the caller.

    Attributes
    ----------
    points : ndarray of float, shape (points, inputs)
        In the order of the plan's inputs; words as the numbers that count them.
    wrong : list of Problem
        Problems of the points.
    single : bool
        Whether it is one point and no list of points.
    index : object, optional
        Index of the DataFrame, if they came in one.
    """

    points: Array
    wrong: list[Problem] = field(default_factory=list)
    single: bool = False
    index: Any = None

    def answer(self, values: Array, outcomes: Sequence[str]) -> Any:
        """Return values of shape (points, outcomes) in the form of the input.

        A single outcome, and a single point, drop their axis, as SALib and optimisers expect.
        """
        if self.index is not None:
            import pandas as pd

            return with_attributes(pd.DataFrame(values, index=self.index, columns=list(outcomes)))
        found = values[0] if self.single else values
        return found[..., 0] if len(outcomes) == 1 else found


def points_given(x: Any, plan: Plan) -> Given:
    """Return the points in `x`, and their problems."""
    if hasattr(x, "columns") and hasattr(x, "index"):
        columns = {str(name): x.iloc[:, place] for place, name in enumerate(x.columns)}
        return _by_name(columns, list(map(str, x.columns)), plan, x.index)
    if isinstance(x, Mapping) or (hasattr(x, "items") and hasattr(x, "index")):
        items = list(x.items())
        columns = {str(name): [value] for name, value in items}
        return _by_name(columns, [str(name) for name, _ in items], plan)
    return _by_place(x, plan)


def _by_name(
    columns: Mapping[str, Any], names: Sequence[str], plan: Plan, index: Any = None
) -> Given:
    """Return points whose columns have names."""
    spelt = [SHORT.get(name, name) for name in names]
    wrong = [
        Problem("appears twice", key="X", value=name)
        for name in dict.fromkeys(n for n in spelt if spelt.count(n) > 1)
    ]
    wrong += [
        Problem("has a column that is not an input", key="X", value=given, allowed=_names(plan),
                nearest=nearest_name(given, plan.names))
        for given, name in zip(names, spelt, strict=True) if name not in plan.names
    ]  # fmt: skip
    wrong += [
        Problem(f"has no column for the input {name}", key="X")
        for name in plan.names
        if name not in spelt
    ]
    if wrong:
        return Given(np.empty((0, len(plan.inputs))), wrong)
    of = dict(zip(spelt, names, strict=True))
    table = [_codes(columns[of[one.name]], one) for one in plan.inputs]
    return _checked(table, plan, Given(np.empty(0), single=index is None, index=index))


def _by_place(x: Any, plan: Plan) -> Given:
    """Return points whose columns stand in the order of the inputs."""
    width = len(plan.inputs)
    nothing = np.empty((0, width))
    try:
        worded = any(one.words for one in plan.inputs)
        given = np.asarray(x, dtype=object if worded else np.float64)
    except (TypeError, ValueError):
        return Given(nothing, [Problem("is not a matrix of numbers", key="X")])
    rows = np.atleast_2d(given)
    if rows.ndim != 2 or rows.shape[1] != width:
        allowed = f"shape (points, {width}): a column for each of {_names(plan)}"
        wrong = Problem("has another shape", key="X", value=np.shape(given), allowed=allowed)
        return Given(nothing, [wrong])
    table = [_codes(rows[:, place], one) for place, one in enumerate(plan.inputs)]
    return _checked(table, plan, Given(nothing, single=given.ndim == 1))


def _names(plan: Plan) -> str:
    return ", ".join(plan.names)


def _codes(column: Any, one: Input) -> Array | None:
    """Return a column as numbers, NaN where a word is none of the input's; None if it is no numbers."""
    if not one.words:
        try:
            return np.asarray(column, dtype=np.float64)
        except (TypeError, ValueError):
            return None
    codes = {word: float(number) for number, word in enumerate(one.words)}
    return np.array([codes.get(value, _counted(value, one)) for value in column], dtype=np.float64)


def _counted(value: Any, one: Input) -> float:
    """Return which word a number stands for: its whole part counts them, as samplers draw fractions."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not 0 <= value <= len(one.words):
        return np.nan
    return float(min(np.floor(value), len(one.words) - 1))


def _checked(table: Sequence[Array | None], plan: Plan, found: Given) -> Given:
    """Return the points, with the problems of single values."""
    for column, one in zip(table, plan.inputs, strict=True):
        if column is None:
            found.wrong.append(Problem(f"is not a matrix of numbers: {one.name}", key="X"))
    if found.wrong:
        found.points = np.empty((0, len(plan.inputs)))
        return found
    found.points = np.column_stack([column for column in table if column is not None])
    wrong = [
        problem
        for place, one in enumerate(plan.inputs)
        for problem in _column(found.points[:, place], one)
    ]
    found.wrong = first_problems(wrong, SHOWN)
    return found


def _column(column: Array, one: Input) -> list[Problem]:
    """Return the problems of the values of one input."""
    low, high, allowed = 0.0, 1.0, "0 to 1"
    if one.words:
        high = len(one.words) - 1.0
        allowed = " | ".join(one.words)
    elif not one.factor:
        p = PARAMETERS[one.name]
        low, high, allowed = p.minimum, p.maximum, p.allowed
    fine = (column >= low) & (column <= high) & (not one.whole or column == np.rint(column))
    return [
        Problem(f"is not a value of {one.name} (row {row} of X)", key="X",
                value=None if one.words else float(column[row]), allowed=allowed)
        for row in np.flatnonzero(~fine)
    ]  # fmt: skip
