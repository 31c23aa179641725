"""What an answer of this room looks like: sentences, tables, figures, and a folder with a page.

Every number in a sentence is written by the same function as the cell of the table that it comes from,
so it can be looked up there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qisim.comparison.context import CHANCE_ONLY, OVER_SETS
from qisim.decide.finding_page import page
from qisim.decide.worlds import Worlds
from qisim.errors import InputError, Problem, QisimError, nearest_name
from qisim.model.outcomes import Outcome
from qisim.model.parameters import PARAMETERS
from qisim.output.display import facts_of, line_of
from qisim.output.file_bytes import csv_bytes, json_bytes
from qisim.output.folder import write_study
from qisim.scenario.display import card
from qisim.text import shown

if TYPE_CHECKING:
    import pandas as pd

    from qisim.plotting.style import Picture


@dataclass(frozen=True)
class Table:
    """A table, as numbers and as people read it.

    Attributes
    ----------
    frame : DataFrame
        The numbers; goes into the folder as CSV.
    headers : tuple of str
        Over the columns that people read.
    cells : sequence of tuple of str
        What they read, a row for each row of `frame` that is shown.
    caption : str
        How to read it.
    words : int
        How many of the columns, from the left, hold words and not numbers.
    quiet : bool
        Whether it stands in folder and page only, and is not printed.
    """

    frame: pd.DataFrame
    headers: tuple[str, ...]
    cells: Sequence[tuple[str, ...]]
    caption: str = ""
    words: int = 1
    quiet: bool = False


ASKED = "asked"
"""Name of the table of what was asked and counted."""


def counted_table(counted: Mapping[str, int | str]) -> Table:
    """Return the settings and counts as a table."""
    import pandas as pd

    cells = [(what, str(number)) for what, number in counted.items()]
    frame = pd.DataFrame(cells, columns=["what", "number"])
    return Table(frame, ("What was asked and counted", "Number"), cells, quiet=True)


@dataclass(repr=False)
class Finding:
    """The answer to a question.

    Attributes
    ----------
    kind : str
        The command.
    title : str
        The answer in a line.
    sentences : list of str
        What was found, a sentence each, the most important first.
    tables : dict of str to Table
        By file name, without ending.
    drawers : dict of str to callable
        What draws each figure, by name; a figure is drawn when it is asked for.
    manifest : mapping
        As from `qisim.output.manifest.manifest_of`; `qisim.decide.question` adds it.
    notes : list of str
        What must be known to read it: what intervals hold, what was assumed.
    counted : mapping of str to int or str
        What was asked and counted and stands in a sentence; a table of its own (``asked``).
    """

    kind: str
    title: str
    sentences: list[str]
    tables: dict[str, Table]
    drawers: Mapping[str, Callable[[], Picture]]
    manifest: Mapping[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    counted: Mapping[str, int | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put what was asked and counted in a table."""
        if self.counted:
            self.tables = {**self.tables, ASKED: counted_table(self.counted)}

    def __repr__(self) -> str:
        if not self.manifest:  # as the question is being answered
            return f"<Finding {self.kind}>"
        return line_of(f"Finding {self.kind} of", self.manifest)

    def _repr_html_(self) -> str:
        said = [(sentence,) for sentence in self.sentences]
        facts = facts_of(self.manifest) if self.manifest else {}
        return card(self.title, facts, ("What was found",), said, " ".join(self.notes))

    def table(self, name: str | None = None) -> pd.DataFrame:
        """Return the numbers of a table; by default of the first.

        Raises
        ------
        InputError
            If there is no table of this name.
        """
        return self.tables[_named(name, self.tables, "table")].frame

    @cached_property
    def pictures(self) -> dict[str, Picture]:
        """The figures by name."""
        return {name: draw() for name, draw in self.drawers.items()}

    def plot(
        self, name: str | None = None, *, ax: Any = None, width_mm: float | None = None
    ) -> Any:
        """Return a figure, by default the first; or draw it into given axes and return these.

        Parameters
        ----------
        name : str, optional
            A name in `pictures`.
        ax : Axes, optional
            Draw into these, without title and caption; for figures with a single panel.
        width_mm : float, optional
            Width of the figure.

        Raises
        ------
        InputError
            If there is no figure of this name, or it has several panels and `ax` is given.
        """
        from qisim.plotting.style import plotted

        if not self.drawers:
            raise QisimError("there is nothing to draw")
        return plotted(self.drawers[_named(name, self.drawers, "figure")], ax, width_mm)

    def data(self) -> dict[str, Any]:
        """Return all but the figures as plain data."""
        tables = {
            name: one.frame.astype(object).where(one.frame.notna(), None).to_dict("records")
            for name, one in self.tables.items()
        }
        return {
            "kind": self.kind, "title": self.title, "sentences": self.sentences, "notes": self.notes,
            "tables": tables, "manifest": self.manifest,
        }  # fmt: skip

    def save(self, out_dir: str | os.PathLike[str]) -> Path:
        """Write tables, then figures and the page and, last, the manifest.

        Parameters
        ----------
        out_dir : path
            The folder; made if it does not exist.

        Raises
        ------
        StoreError
            If the folder holds another question; nothing is overwritten.
        """
        return write_study(out_dir, self.written(), self.drawn, self.manifest)

    def written(self) -> dict[str, bytes]:
        """Return the tables, and what is said of them, as files."""
        files = {f"{name}.csv": csv_bytes(one.frame) for name, one in self.tables.items()}
        return {**files, "finding.json": json_bytes(self.words())}

    def drawn(self) -> dict[str, bytes]:
        """Return the figures, and the page that holds them, as files."""
        from qisim.plotting.style import figure_bytes

        files = {
            f"figures/{name}.{kind}": figure_bytes(picture, kind)
            for name, picture in self.pictures.items()
            for kind in ("png", "svg")
        }
        svgs = [files[f"figures/{name}.svg"] for name in self.pictures]
        return {**files, "report.html": page(self.words(), svgs, self.manifest)}

    def words(self) -> dict[str, Any]:
        """Return the text and tables, for reports that combine several answers."""
        tables = {
            name: {"headers": list(one.headers), "cells": [list(row) for row in one.cells],
                   "caption": one.caption, "words": one.words}
            for name, one in self.tables.items() if one.cells
        }  # fmt: skip
        return {"kind": self.kind, "title": self.title, "sentences": self.sentences,
                "notes": self.notes, "tables": tables}  # fmt: skip


def _named(name: str | None, known: Mapping[str, Any], what: str) -> str:
    wanted = next(iter(known)) if name is None else name
    if wanted not in known:
        raise InputError(Problem(f"is not a {what} of this answer", value=wanted,
                                 allowed=" | ".join(known), nearest=nearest_name(wanted, known)))  # fmt: skip
    return wanted


# --- words -----------------------------------------------------------------------------------------


def interval_note(worlds: Worlds) -> str:
    """Return the note on what intervals cover."""
    return OVER_SETS if worlds.over is not None else CHANCE_ONLY


def amount(value: float, outcome: Outcome, *, difference: bool = True) -> str:
    """Return a value or difference with its unit."""
    return shown(value, outcome.unit, difference=difference, with_unit=True)


def between(low: float, high: float, outcome: Outcome) -> str:
    """Return an interval as it stands in sentences and cells; empty where there is none."""
    if np.isnan(low):
        return ""
    return f"[{shown(low, outcome.unit)}, {shown(high, outcome.unit)}]"


def with_interval(mean: float, low: float, high: float, outcome: Outcome) -> str:
    """Return a difference with its unit and its interval."""
    return f"{amount(mean, outcome)} {between(low, high, outcome)}".rstrip()


def persons(value: float, outcome: Outcome, posts: int) -> str:
    """Return a share of care staff as persons; empty for what is not a share of people."""
    if outcome.unit != "share" or np.isnan(value):
        return ""
    text = f"{value * posts:+.1f}".replace("-", "−")
    return text.lstrip("+−") if float(text.replace("−", "-")) == 0 else text


def listing(words: Sequence[str]) -> str:
    """Return words as a list in a sentence."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def setting(key: str, value: Any, *, bare: bool = False) -> str:
    """Return the value of a key with its unit, or `bare`; a yearly share in per cent."""
    if isinstance(value, str):
        return value.replace("_", " ")
    unit = PARAMETERS[key].unit
    unit = {"units": "unit", "posts": "post"}.get(unit, unit) if value == 1 else unit
    if unit == "1/year":
        return f"{100 * value:.3g}" + ("" if bare else " % a year")
    return f"{value:.4g}" + ("" if unit == "1" or bare else f" {unit}")
