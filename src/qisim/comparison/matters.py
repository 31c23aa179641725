"""The smallest difference that matters, for every outcome: as declared, or as the user sets it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from qisim.comparison.wording import outcomes_named
from qisim.errors import InputError, Problem, nearest_name
from qisim.model.outcomes import OUTCOMES, REPORTED

Matters = float | Mapping[str, float] | None


def smallest_differences(matters: Matters = None) -> dict[str, float]:
    """Return the smallest difference that matters for every outcome; see `differences`."""
    declared = {name: outcome.matters for name, outcome in REPORTED.items()}
    if matters is None:
        return declared
    if not isinstance(matters, Mapping):
        shares = (name for name, outcome in OUTCOMES.items() if outcome.unit == "share")
        matters = dict.fromkeys(shares, matters)
    problems: list[Problem] = []
    found: dict[str, float] = {}
    for words, value in matters.items():
        names = outcomes_named(words)
        wrong = [_not_smallest(name, value) for name in names] if names else [_unknown(words)]
        problems += filter(None, wrong)
        if not any(wrong):
            found |= dict.fromkeys(names, float(value))
    if problems:
        raise InputError(list(dict.fromkeys(problems)))
    return {**declared, **found}


def size_of(text: str) -> tuple[float, str]:
    """Return the number that a smallest difference such as ``5 points`` or ``20 h`` is, and its unit.

    Points and per cent are parts of one, as shares are.

    Raises
    ------
    ValueError
        If it is no number, with one of the units of the tables behind it or none.
    """
    said = re.fullmatch(r"(\S*?)\s*(%|points?|h|hours?|weeks?|kr|kroner)?", text.strip())
    if said is None:
        raise ValueError(text)
    unit = UNITS.get(said[2] or "", "")
    return float(said[1]) / (100 if unit == "share" else 1), unit


UNITS = {
    **dict.fromkeys(("%", "point", "points"), "share"), **dict.fromkeys(("h", "hour", "hours"), "hours"),
    **dict.fromkeys(("week", "weeks"), "weeks"), **dict.fromkeys(("kr", "kroner"), "kroner"),
}  # fmt: skip
"""Units as tables write them, and those of outcomes."""


def _unknown(words: str) -> Problem:
    """Return the problem of an outcome that nobody knows, with all that there are."""
    labels = {outcome.label: name for name, outcome in REPORTED.items()}
    near = nearest_name(words, [*REPORTED, *labels])
    names = ", ".join(REPORTED)
    return Problem("unknown outcome", key="matters", value=words, allowed=names,
                   nearest=labels.get(near or "", near))  # fmt: skip


def _not_smallest(name: str, value: Any) -> Problem | None:
    """Return the problem of a value that is no smallest difference of an outcome; else None."""
    key, share = f"matters.{name}", REPORTED[name].unit == "share"
    if not (isinstance(value, int | float) and 0 <= value < math.inf):
        return Problem("cannot be a smallest difference", key=key, value=value, allowed="from 0")
    if share and value > 1:
        hint = f"; {value:g} points are {value / 100:g}" if value <= 100 else ""
        message = f"is too much: {value:g} means {100 * value:,.0f} points{hint}"
        return Problem(message, key="matters", allowed="0 to 1, or in per cent, such as 5%")
    return None
