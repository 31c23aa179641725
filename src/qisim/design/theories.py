"""The values of the free strengths under a rival theory, as sets that a study runs over.

A strength that was chosen so that the model shows the tuning patterns has another value where use comes about
in another way. So each theory has values of its own, chosen in the same way over the same ranges
(`scripts/choose_base.py --theory`): its base values first, then further acceptable sets, if there are any.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import isnan
from typing import Any

import numpy as np

from qisim.design.ensemble import NOTES, Ensemble
from qisim.model.parameters import PARAMETERS
from qisim.model.theories import THEORIES, digest_of, values_of
from qisim.scenario.scenario import Scenario

ACCEPTABLE = "acceptable"
"""Column that says whether a set shows all tuning patterns."""


@dataclass(frozen=True)
class Matched:
    """How a theory was matched to the tuning patterns.

    Attributes
    ----------
    sets : Ensemble
        Its sets of values, the base values first.
    implausibility : float
        Of the base values; a tolerance ends at 2. NaN where they are the model's and nothing was matched yet.
    acceptable : bool
        Whether the base values show every tuning pattern.
    """

    sets: Ensemble
    implausibility: float
    acceptable: bool


@cache
def matched(name: str) -> Matched:
    """Return the values of a theory."""
    with values_of(name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    keys = tuple(key for key in rows[0] if key != ACCEPTABLE and not NOTES.fullmatch(key))
    values = np.array([[float(row[key]) for key in keys] for row in rows])
    first = rows[0]
    return Matched(
        Ensemble(name, keys, values),
        float(first["implausibility"] or "nan"),
        first[ACCEPTABLE] == "yes",
    )


def sets_under(name: str, scenarios: Iterable[Scenario], *, only_base: bool) -> Ensemble:
    """Return the sets of a theory for a study.

    What a study is about stays as it is: a value in which its scenarios differ, and one that is not the
    model's base value.

    Parameters
    ----------
    name : str
    scenarios : iterable of Scenario
    only_base : bool
        Whether the base values are all that is asked for.
    """
    held = matched(name).sets
    every = list(scenarios)
    own = [key for key in held.keys if any(one[key] != PARAMETERS[key].default for one in every)]
    kept = held.without(own)
    return Ensemble(name, kept.keys, kept.values[:1]) if only_base else kept


def describe_theories() -> dict[str, Any]:
    """Return the digests that identify each theory, for a manifest."""
    return {
        name: {
            "sha256": digest_of(name),
            "implausibility": None
            if isnan(implausibility := matched(name).implausibility)
            else implausibility,
            "acceptable": matched(name).acceptable,
        }
        for name in THEORIES
    }
