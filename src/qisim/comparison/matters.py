"""The smallest difference that matters, for every outcome: as declared, or as somebody says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from qisim.comparison.wording import outcome_named
from qisim.errors import InputError, Problem, nearest_name
from qisim.model.outcomes import OUTCOMES, TOLD

Matters = float | Mapping[str, float] | None


def smallest_differences(matters: Matters = None) -> dict[str, float]:
    """Return the smallest difference that matters for every outcome; see `differences`."""
    declared = {name: outcome.matters for name, outcome in TOLD.items()}
    if matters is None:
        return declared
    if not isinstance(matters, Mapping):
        shares = (name for name, outcome in OUTCOMES.items() if outcome.unit == "share")
        matters = dict.fromkeys(shares, matters)
    problems, found = [], {}
    for words, value in matters.items():
        name = outcome_named(words)
        problem = _unknown(words) if name is None else _not_smallest(name, value)
        if problem is not None:
            problems.append(problem)
        elif name is not None:
            found[name] = float(value)
    if problems:
        raise InputError(list(dict.fromkeys(problems)))
    return {**declared, **found}


def _unknown(words: str) -> Problem:
    """Return the problem of an outcome that nobody knows, with all that there are."""
    labels = {outcome.label: name for name, outcome in TOLD.items()}
    near = nearest_name(words, [*TOLD, *labels])
    names = ", ".join(TOLD)
    return Problem("unknown outcome", key="matters", value=words, allowed=names,
                   nearest=labels.get(near or "", near))  # fmt: skip


def _not_smallest(name: str, value: Any) -> Problem | None:
    """Return the problem of a value that is no smallest difference of an outcome; else None."""
    key, share = f"matters.{name}", TOLD[name].unit == "share"
    if not (isinstance(value, int | float) and 0 <= value < math.inf):
        return Problem("cannot be a smallest difference", key=key, value=value, allowed="from 0")
    if share and value > 1:
        hint = f"; {value:g} points are {value / 100:g}" if value <= 100 else ""
        message = f"is too much: {value:g} means {100 * value:,.0f} points{hint}"
        return Problem(message, key="matters", allowed="0 to 1, or in per cent, such as 5%")
    return None
