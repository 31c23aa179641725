"""Sentences shared by the captions of figures: replicates, what intervals cover, what dots mark."""

from __future__ import annotations

from collections.abc import Sequence

from qisim.plotting.style import Curves


def replicates(curves: Sequence[Curves]) -> str:
    """Return the number of replicates in words."""
    counts = [one.values.shape[1] for one in curves]
    if len(set(counts)) == 1:
        each = " each" if len(curves) > 1 else ""
        return f"{counts[0]} replicate{'s' if counts[0] != 1 else ''}{each}"
    return ", ".join(
        f"{count} replicates of {one.name}" for count, one in zip(counts, curves, strict=True)
    )


def chance_text(over: bool = False) -> str:
    """Return the sentence on what bands cover; `over` tells whether the runs were made over sets of values."""
    if over:
        return " Bands hold chance and doubt about the strengths that were varied."
    return " Bands hold chance only; doubt about the assumed numbers is larger."


def dot_text(curves: Sequence[Curves], named: bool = False) -> str:
    """Return the sentence on the dots, with the weeks; empty where no programme ends within the run.

    With `named`, name the programmes even if all end in the same week.
    """
    ends = {one.name: one.end for one in curves if one.end is not None}
    if not ends:
        return ""
    if len(set(ends.values())) == 1 and not named:
        return f" Dot: the programme ends (week {next(iter(ends.values()))})."
    weeks = ", ".join(f"{name} in week {end}" for name, end in ends.items())
    return f" Dot: the programme ends ({weeks})."
