"""Ways of moving numbers, from as things stand to the end of what is plausible, and which numbers go them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from qisim.decide.changes import Lever, tried_all
from qisim.errors import InputError, Problem, nearest_name
from qisim.model.parameters import PARAMETERS, Parameter
from qisim.scenario.fields import GROUPS, ROLES, SHORT
from qisim.scenario.scenario import Scenario
from qisim.scenario.ward import is_ward

PLAN = ("leadership", "tool", "programme")
"""Sections of what is done. A number of the ward, or of another section, says the same of both scenarios."""
LEFT_OUT = ("run.weeks", "run.start_week_of_year", "run.allocation_cut", "site.units",
            "site.staff_per_unit", "site.teams_per_unit")  # fmt: skip
"""Numbers that change what is measured, or its size, and not what is done."""


@dataclass
class Path:
    """A way of moving one number or more, from as things stand (0) to the end of what is plausible (1).

    Attributes
    ----------
    moves : list of (Lever, float, float)
        Levers, with the value that each begins and ends at.
    rates : tuple of float
        How fast each goes where they go at different rates: one that has come to its end waits there.
    """

    moves: list[tuple[Lever, float, float]]
    rates: tuple[float, ...] = ()
    at: dict[float, tuple[float, float, float]] = field(default_factory=dict)
    flips: float = np.nan
    clear: float = np.nan

    def values(self, t: float) -> list[float]:
        """Return the values of the levers at a point of the way."""
        found = []
        for i, (lever, begin, end) in enumerate(self.moves):
            way = min(t * self.rates[i], 1.0) if self.rates else t
            value = begin + way * (end - begin)
            found.append(float(round(value)) if lever.whole and way else value)
        return found

    def worlds(self, t: float, pair: Sequence[Scenario]) -> list[Scenario] | None:
        """Return base and other at a point of the way; None where one of them cannot be."""
        if t == 0.0:
            return list(pair)
        changes: list[dict[str, Any]] = [{}, {}]
        for (lever, _, _), value in zip(self.moves, self.values(t), strict=True):
            for held, given in zip(changes, lever.put(pair, value), strict=True):
                held.update(given)
        return tried_all(pair, changes)

    def size(self, t: float) -> float:
        """Return how far a point is from as things stand, in plausible ranges."""
        shares = [
            (value - begin) / (lever.parameter.high - lever.parameter.low)
            for (lever, begin, _), value in zip(self.moves, self.values(t), strict=True)
        ]
        return float(np.sqrt(np.sum(np.square(shares))))


def parameters_of(vary: Sequence[str]) -> list[Parameter]:
    """Return the numbers that roles, factors and keys name.

    Raises
    ------
    InputError
        If a word names none.
    """
    wrong, keys = list[Problem](), dict[str, None]()
    for word in [vary] if isinstance(vary, str) else vary:
        key = SHORT.get(str(word), str(word))
        if word in ROLES or word in GROUPS:
            keys |= dict.fromkeys(
                p.key for p in PARAMETERS.values()
                if word in (p.role, p.factor) and p.key not in LEFT_OUT
            )  # fmt: skip
        elif key in PARAMETERS:
            keys[key] = None
        else:
            known = [*ROLES, *GROUPS, *PARAMETERS, *(p.name for p in PARAMETERS.values())]
            near = nearest_name(str(word), known)
            wrong.append(
                Problem("is not a role, a factor or a number", key="vary", value=word, nearest=near)
            )
    if wrong:
        raise InputError(wrong)
    return [PARAMETERS[key] for key in keys]


def levers_of(parameters: Sequence[Parameter], pair: Sequence[Scenario]) -> list[Lever]:
    """Return how each number is moved: what says the same of both in both, else in each by itself."""
    found = []
    for one in parameters:
        if one.section not in PLAN or is_ward(one.key):
            found.append(Lever(one, "both", one.low, one.high))
        else:
            found += [Lever(one, side, one.low, one.high) for side in ("base", "other")]
    return found
