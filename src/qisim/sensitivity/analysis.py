"""The result of a sensitivity analysis: tables, figures, folder."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qisim.design.plan import Plan
from qisim.errors import InputError, Problem, nearest_name
from qisim.model.outcomes import REPORTED
from qisim.output.display import card_of, line_of
from qisim.runs.sweep_result import Runs
from qisim.scenario.display import shortened
from qisim.scenario.frozen import frozen

if TYPE_CHECKING:
    from qisim.design.sites import Sites
    from qisim.sensitivity.result import Sensitivity

DOTS_ONLY = "scatter"
"""Figures of many dots, which are written as PNG only."""


@dataclass(repr=False)
class SensitivityResult:
    """A sensitivity analysis that was made.

    Attributes
    ----------
    plan : Plan
        With the samples that were used in the end.
    runs : Runs
        All its runs, in the store.
    findings : Sensitivity
        Indices, noise, convergence: see `qisim.sensitivity.findings.Sensitivity`.
    manifest : mapping
    seconds : mapping
        How long what took: ``runs``, ``indices``, ``figures``.
    under_theories : mapping
        Indices and noise under each rival theory; empty without. See `qisim.sensitivity.theories`.
    picked : str
        Of which points it is, where a condition picks them, in words; empty where it is of all.
    """

    plan: Plan
    runs: Runs
    findings: Sensitivity
    manifest: dict[str, Any]
    seconds: dict[str, float] = field(default_factory=dict)
    under_theories: Mapping[str, Any] = field(default_factory=dict)
    picked: str = ""

    def summary(self) -> str:
        """Return the findings in plain sentences."""
        from qisim.sensitivity.correlated import hanging_together
        from qisim.sensitivity.wording import planner_text

        where = [] if self.like is None else [self.like.sentence(self.plan.replicates)]
        picked = [self.picked] if self.picked else []
        picked += hanging_together(self.plan)
        return "\n\n".join([*picked, planner_text(self.findings), *where, *self._of_theories()])

    @property
    def like(self) -> Sites | None:
        """The sites like each scenario's own at which it ran; None where at this one alone."""
        return self.runs.layout.like

    def _of_theories(self) -> Iterator[str]:
        """Yield what rival theories say, where it was run under them."""
        if not self.under_theories:
            return
        from qisim.sensitivity.theories import sentences

        difference = self.findings.targets[-1] if len(self.plan.scenarios) == 2 else None
        lines = sentences(self.theories()[1], difference)
        yield "\n".join(
            ["Under rival theories (docs/theories.md):", *(f"* {line}" for line in lines)]
        )

    def theories(self) -> tuple[Any, Any]:
        """Return every input's index under every theory, and in how many theories the same input leads.

        Empty without theories; see `qisim.sensitivity.theories`.
        """
        from qisim.sensitivity.theories import doubt_table, theory_table

        held = self.findings, self.under_theories
        return theory_table(*held), doubt_table(*held)

    @cached_property
    def pictures(self) -> dict[str, Any]:
        """The figures by name."""
        from qisim.sensitivity.figures import all_figures

        return all_figures(self.findings)

    def __post_init__(self) -> None:
        self.manifest = frozen(self.manifest)

    def __repr__(self) -> str:
        plan = self.plan
        more = f", {plan.analysis.method} over {len(plan.inputs)} inputs"
        return line_of("Sensitivity", self.manifest, more)

    def _repr_html_(self) -> str:
        found = self.findings
        rows = [
            (one.target, REPORTED[one.outcome].label, ", ".join(one.design.inputs[i] for i in one.settled.top),
             "yes" if one.is_settled else "not yet")
            for one in found.findings
        ]  # fmt: skip
        note = shortened(self.summary().partition("\n")[0], 400)
        heads = ("of", "outcome", "depends most on", "settled")
        title = f"What {', '.join(found.targets)} depends on"
        return card_of(title, self.manifest, heads, rows, note)

    def plot(
        self, name: str | None = None, *, ax: Any = None, width_mm: float | None = None
    ) -> Any:
        """Return one figure, by default the first; or draw it into given axes and return these.

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
        from qisim.sensitivity.figures import drawers

        draw = drawers(self.findings)
        if name is not None and name not in draw:
            near = nearest_name(name, draw)
            raise InputError(Problem("no such figure", value=name, nearest=near))
        return plotted(draw[name or next(iter(draw))], ax, width_mm)

    def save(self, out: str | os.PathLike[str], *, figures: bool = True) -> None:
        """Write tables and the summary, then figures and, last, the manifest to a folder."""
        from qisim.output.folder import write_study
        from qisim.output.presenters import figures_as_files

        def draw() -> dict[str, bytes]:
            begun = time.perf_counter()
            only_png = [name for name in self.pictures if name.startswith(DOTS_ONLY)]
            files = figures_as_files(self.pictures, only_png)
            self.seconds["figures"] = time.perf_counter() - begun
            return files

        tables = (
            self.findings.tables()
            | self._theory_files()
            | self._points_file()
            | {"summary.txt": f"{self.summary()}\n".encode(errors="replace")}
        )
        write_study(out, tables, draw if figures else dict, self.manifest)

    def _points_file(self) -> dict[str, bytes]:
        """Return the points as a file where a table gave them: `qisim reproduce` reads it."""
        from qisim.runs.sweep_files import DESIGN, design_bytes

        if self.plan.design.table is None:
            return {}
        return {DESIGN: design_bytes(self.plan, self.plan.design.table)}

    def _theory_files(self) -> dict[str, bytes]:
        """Return the tables of theories as files; none without."""
        if not self.under_theories:
            return {}
        from qisim.output.file_bytes import csv_bytes

        table, doubt = self.theories()
        return {"theories.csv": csv_bytes(table), "theories_doubt.csv": csv_bytes(doubt)}
