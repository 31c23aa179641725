"""The result of a study: its tables and its folder.

Missing is NaN in a DataFrame, null in Parquet, empty in CSV; never 0. The columns and their meaning
are declared in `qisim.model.outcomes`, and their names can be had from here as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from qisim.errors import InputError, Problem, QisimError, StoreError
from qisim.model.outcome_values import last_programme_week, outcomes_of
from qisim.model.outcomes import OUTCOMES, WEEKLY, Outcome, Series
from qisim.output.dictionary import WEEKLY_TABLE, with_attributes
from qisim.output.display import result_html, result_line
from qisim.output.file_bytes import csv_bytes, parquet_bytes
from qisim.output.folder import check_folder, damaged_files, write_study
from qisim.output.manifest import read_manifest
from qisim.output.tables import (
    checked_runs,
    content_digest,
    distribution,
    in_order,
    runs_frame,
    summary,
    weekly_frame,
)
from qisim.output.xarray_form import result_arrays
from qisim.reading import arrow_file
from qisim.scenario.frozen import frozen
from qisim.text import shown, unit_name

__all__ = [
    "OUTCOMES",
    "WEEKLY",
    "Outcome",
    "Presenter",
    "Result",
    "Series",
    "checked_runs",
    "distribution",
    "in_order",
    "last_programme_week",
    "outcomes_of",
    "read_folder",
    "render_summary",
    "runs_frame",
    "save",
    "summary",
    "weekly_frame",
]

CHANGED = (
    "was changed since the runs were made, so it is not saved as their result; work on a copy (.copy()) and "
    "write that with its own to_parquet or to_csv"
)

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes
    from rich.table import Table


def render_summary(result: Result) -> Table:
    """Return the summary of a result as a terminal table (rich), at most 100 columns wide."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    found = result.summary()
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, title_justify="left")
    names = ", ".join(result.scenarios)
    number = result.runs["replicate"].nunique()
    table.title = Text(f"{names}: {number} replicate{'s' if number != 1 else ''}")
    for header in ("Outcome", "Mean", "Median", "5th to 95th percentile", "Without a value"):
        table.add_column(header, justify="left" if header == "Outcome" else "right")
    for row in found.to_dict("records"):
        table.add_row(*(Text(cell) for cell in _summary_cells(row)))
    return table


def _summary_cells(row: Mapping[Any, Any]) -> Iterator[str]:
    outcome = OUTCOMES[row["outcome"]]
    yield outcome.label
    yield shown(row["mean"], outcome.unit, with_unit=True)
    yield shown(row["median"], outcome.unit, with_unit=True)
    low, high = (shown(row[end], outcome.unit) for end in ("p05", "p95"))
    spread = f"{low} to {high} {unit_name(outcome.unit)}".rstrip()
    yield spread if row["n"] else low
    yield f"{row['missing']} ({outcome.missing_when})" if row["missing"] else ""


# What a study gives back, and its folder


class Presenter(Protocol):
    """The interface for drawing.

    A room above (`qisim.comparison.report`) implements it and passes it in with the result.
    """

    def plot(
        self, result: Any, name: str | None = None, *, ax: Any = None, width_mm: float | None = None
    ) -> Any:
        """Return one figure of the result, or draw it into axes and return these."""

    def caption(self, result: Any, name: str | None = None) -> str:
        """Return title and caption of one figure."""

    def pages(self, result: Any) -> Mapping[str, bytes]:
        """Return the figures and the report as files."""


@dataclass(repr=False)
class Result:
    """The runs of one scenario or more.

    Attributes
    ----------
    runs : DataFrame
        A row per scenario and replicate: ``scenario``, ``replicate``, ``status`` (``ok`` or
        ``failed``), then the outcomes (`OUTCOMES`).
    weekly : DataFrame
        A row per scenario, replicate and week (from 1): then the series (`WEEKLY`).
    scenarios : mapping of str to mapping
        The full resolved scenarios by name, in the order of the tables.
    manifest : mapping
        As from `qisim.output.manifest.manifest_of`.
    presenter : Presenter, optional
        Draws figures and report; without it there are tables only.
    """

    runs: pd.DataFrame
    weekly: pd.DataFrame
    scenarios: Mapping[str, Mapping[str, Any]]
    manifest: Mapping[str, Any]
    presenter: Presenter | None = field(default=None, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        self.scenarios, self.manifest = frozen(self.scenarios), frozen(self.manifest)
        self.runs = checked_runs(in_order(self.runs, list(self.scenarios)))
        self.weekly = in_order(self.weekly, list(self.scenarios))
        with_attributes(self.runs)
        with_attributes(self.weekly, WEEKLY_TABLE)
        self._made = self._content()

    def _content(self) -> tuple[bytes, ...]:
        """Return digests that reveal whether a table was changed since the runs were made."""
        return tuple(content_digest(frame) for frame in (self.runs, self.weekly))

    def summary(self) -> pd.DataFrame:
        """Return the distribution of every outcome; see `qisim.output.result.summary`."""
        return with_attributes(summary(self.runs))

    def to_xarray(self) -> xr.Dataset:
        """Return runs and weekly series as labelled arrays; see `qisim.output.xarray_form`.

        Raises
        ------
        QisimError
            If xarray is not installed.
        """
        return result_arrays(self.runs, self.weekly, self.manifest)

    def __repr__(self) -> str:
        return result_line(self)

    def _repr_html_(self) -> str:
        return result_html(self)

    def paid_hours(self) -> pd.DataFrame:
        """Return the hours that are paid for, by kind; see `qisim.output.paid_hours`."""
        from qisim.output.paid_hours import paid_table

        return paid_table(self.scenarios, self.runs, self.manifest)

    def tables(self) -> dict[str, bytes]:
        """Return the tables as files: two of Parquet, two of CSV.

        Raises
        ------
        InputError
            If `runs` or `weekly` was changed since the runs were made: the manifest would attribute
            the new numbers to this study.
        """
        for name, now, made in zip(("runs", "weekly"), self._content(), self._made, strict=True):
            if now != made:
                raise InputError(Problem(CHANGED, key=f"result.{name}"))
        return {
            "runs.parquet": parquet_bytes(self.runs),
            WEEKLY_TABLE: parquet_bytes(self.weekly, WEEKLY_TABLE),
            "summary.csv": csv_bytes(self.summary()),
            "paid_hours.csv": csv_bytes(self.paid_hours()),
        }

    def plot(
        self, name: str | None = None, *, ax: Axes | None = None, width_mm: float | None = None
    ) -> Any:
        """Return one figure.

        Parameters
        ----------
        name : {"adoption", "difference", "uptake", "hours"}, optional
            Which; by default the adoption curves. See `qisim.comparison.report.plot`.
        ax : Axes of matplotlib, optional
            Draw into these, without title and caption, and return them; for figures with a single panel.
        width_mm : float, optional
            Width of the figure, such as that of a journal's column.

        Returns
        -------
        Picture, or Axes where these are given
            A figure of matplotlib with ``.title``, ``.caption`` and ``.alt`` as text.

        Raises
        ------
        QisimError
            If the result was made without figures.
        InputError
            If there is no such figure, or it has several panels and `ax` is given.
        """
        return self._presenter().plot(self, name, ax=ax, width_mm=width_mm)

    def caption(self, name: str | None = None) -> str:
        """Return title and caption of a figure as text.

        Parameters
        ----------
        name : str, optional
            As for `plot`.

        Raises
        ------
        QisimError
            If the result was made without figures.
        """
        return self._presenter().caption(self, name)

    def _presenter(self) -> Presenter:
        if self.presenter is None:
            raise QisimError("this result was made without figures; qisim.run gives one with them")
        return self.presenter

    def save(self, out_dir: str | os.PathLike[str]) -> Path:
        """Write the folder; see `qisim.output.result.save`.

        Parameters
        ----------
        out_dir : path
            The folder; made if it does not exist.
        """
        return save(self, out_dir)


def save(result: Result, out_dir: str | os.PathLike[str]) -> Path:
    """Write a result's folder: tables first, then figures and report and, last, the manifest.

    Parameters
    ----------
    result : Result
        A result or a comparison.
    out_dir : path
        The folder; made if it does not exist.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    StoreError
        If the folder belongs to another study; nothing is overwritten then.
    """
    check_folder(out_dir, result.manifest)
    presenter = result.presenter
    draw = partial(presenter.pages, result) if presenter is not None else dict
    return write_study(out_dir, result.tables(), draw, result.manifest)


def read_folder(out_dir: str | os.PathLike[str]) -> Result:
    """Read back the tables of a finished folder.

    Raises
    ------
    StoreError
        If it is not a folder of qisim, or a table is missing or was changed since.
    """
    import pandas as pd

    manifest, out = read_manifest(out_dir), Path(out_dir)
    damaged = sorted({"runs.parquet", "weekly.parquet"} & set(damaged_files(out)))
    if damaged:
        raise StoreError(f"{out}: missing or changed since it was written: {', '.join(damaged)}")
    try:
        with arrow_file(out / "runs.parquet") as one, arrow_file(out / "weekly.parquet") as other:
            runs, weekly = pd.read_parquet(one), pd.read_parquet(other)
        return Result(runs, weekly, manifest["scenarios"], manifest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{out}: its tables are not those of runs: {error}") from None
