"""Outcomes that depend on a pattern which the model fails to reproduce; they are marked in every table.

Verdicts on patterns come from the validation: ``data/validation.csv``, which
`scripts/validation_page.py` writes together with docs/validation.md. Which outcome depends on which
pattern is a judgement, made here. An outcome that the documents advise to leave aside gets no
verdict as long as the pattern it depends on fails.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import pandas as pd

from qisim.output.display import NOTHING

ASIDE = "left aside"
HANGS_ON = {
    "sustained": ("L5",),
    "adoption_year_after": ("L5",),
    "strain_mean": ("L13", "L20"),
    "leavers": ("L12", "L13"),
}
"""Patterns of the validation that an outcome is to be read with."""
LEFT_ASIDE = ("strain_mean", "leavers")
"""Outcomes that docs/planners.md tells to leave aside while a pattern they depend on fails."""


@cache
def failing() -> dict[str, str]:
    """Return the patterns that fail in the validation of this version, with what each is about."""
    text = files("qisim").joinpath("data", "validation.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["id"]: row["title"] for row in rows if row["verdict"] == "fail"}


def fails_for(outcome: str) -> list[str]:
    """Return the failing patterns that an outcome depends on."""
    return [pattern for pattern in HANGS_ON.get(outcome, ()) if pattern in failing()]


def marked(found: pd.DataFrame) -> pd.DataFrame:
    """Return differences with the failing patterns of each outcome, and no verdict on what is left aside."""
    marks = [" ".join(fails_for(name)) or NOTHING for name in found["outcome"]]
    said = [
        f"{ASIDE}: depends on {mark.replace(' ', ' and ')}, which the model does not show"
        if mark != NOTHING and name in LEFT_ASIDE
        else verdict
        for name, mark, verdict in zip(found["outcome"], marks, found["verdict"], strict=True)
    ]
    return found.assign(hangs_on=marks, verdict=said)


def note(outcomes: Iterable[str]) -> str:
    """Say in a sentence which of some outcomes depend on what fails; empty where none does."""
    patterns = dict.fromkeys(pattern for name in outcomes for pattern in fails_for(name))
    if not patterns:
        return ""
    named = "; ".join(f"{pattern}, {failing()[pattern]}" for pattern in patterns)
    return f"[fails ...]: depends on a pattern that the model does not show ({named}): see docs/validation.md."
