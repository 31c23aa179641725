"""The tables of a study, what it gives back, and its folder.

Missing is NaN in a DataFrame, null in Parquet, empty in CSV; never 0. The columns and their meaning
are declared in `qisim.model.outcomes`, and their names can be had from here as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from qisim.errors import QisimError, RunError, StoreError
from qisim.model.outcome_values import checked_weekly, last_programme_week, outcomes_of
from qisim.model.outcomes import OUTCOMES, WEEKLY, Array, Outcome, Series
from qisim.output.dictionary import WEEKLY_TABLE, with_attributes
from qisim.output.display import result_html, result_line
from qisim.output.file_bytes import csv_bytes, parquet_bytes
from qisim.output.folder import check_folder, damaged_files, write_study
from qisim.output.manifest import read_manifest
from qisim.output.xarray_form import result_arrays
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

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes
    from rich.table import Table


def weekly_frame(scenario: str, replicates: Sequence[int], weekly: Array) -> pd.DataFrame:
    """Return the weekly table of a batch: a row per replicate and week, weeks counted from 1.

    Parameters
    ----------
    scenario : str
        Name of the scenario.
    replicates : sequence of int
        The replicate of each run of the batch.
    weekly : ndarray, shape (weeks, series, runs)
        The series in the order of `WEEKLY`.
    """
    import pandas as pd

    weeks, series, runs = checked_weekly(weekly).shape
    values = weekly.transpose(2, 0, 1).reshape(runs * weeks, series)
    frame = pd.DataFrame(values, columns=list(WEEKLY))
    frame.insert(0, "scenario", scenario)
    frame.insert(1, "replicate", np.repeat(np.asarray(replicates, dtype=np.int64), weeks))
    frame.insert(2, "week", np.tile(np.arange(1, weeks + 1, dtype=np.int64), runs))
    return frame


def runs_frame(
    scenario: str,
    replicates: Sequence[int],
    outcomes: Mapping[str, Array],
    failed: Sequence[int] = (),
) -> pd.DataFrame:
    """Return the table of runs of a batch: a row per replicate.

    Parameters
    ----------
    scenario : str
        Name of the scenario.
    replicates : sequence of int
        The replicate of each finished run.
    outcomes : mapping of str to ndarray, shape (runs,)
        As from `outcomes_of`.
    failed : sequence of int, optional
        Replicates that failed; their outcomes are missing.
    """
    import pandas as pd

    done, lost = len(replicates), len(failed)
    keys = {
        "scenario": [scenario] * (done + lost),
        "replicate": np.array([*replicates, *failed], dtype=np.int64),
        "status": ["ok"] * done + ["failed"] * lost,
    }
    missing = np.full(lost, np.nan)
    values = {name: np.append(outcomes[name], missing) for name in OUTCOMES} if done else {}
    return pd.DataFrame({**keys, **(values or dict.fromkeys(OUTCOMES, missing))})


def in_order(frame: pd.DataFrame, scenarios: Sequence[str]) -> pd.DataFrame:
    """Return the rows by scenario (in the given order), replicate and week.

    The order does not depend on which worker finished first.
    """
    place = {name: i for i, name in enumerate(scenarios)}
    unknown = set(frame["scenario"]) - set(place)
    if unknown:
        raise ValueError(f"rows of unknown scenarios: {sorted(unknown)}")
    keys = [key for key in ("scenario", "point", "replicate", "week") if key in frame]
    rank = frame[keys].assign(scenario=frame["scenario"].map(place)).reset_index(drop=True)
    return frame.iloc[rank.sort_values(keys, kind="stable").index].reset_index(drop=True)


def checked_runs(runs: pd.DataFrame) -> pd.DataFrame:
    """Return `runs` if every value that must be there is there.

    Raises
    ------
    RunError
        If a finished run has a value that is not finite where its outcome is never missing, or an
        infinite one anywhere, or if a run is there twice.
    """
    finished = runs[runs["status"] == "ok"]
    for outcome in OUTCOMES.values():
        values = finished[outcome.name].to_numpy(np.float64)
        bad = np.isinf(values) if outcome.missing_when else ~np.isfinite(values)
        if bad.any():
            row = finished[bad].iloc[0]
            raise RunError(
                f"{int(bad.sum())} runs have no finite {outcome.name}, the first being replicate "
                f"{row['replicate']} of {row['scenario']}"
            )
    keys = [key for key in ("scenario", "point", "replicate") if key in runs]
    if runs.duplicated(keys).any():
        raise RunError(f"a run is there twice (same {', '.join(keys)})")
    return runs


def summary(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the distribution of every outcome, per scenario (and point of a sweep).

    Returns
    -------
    DataFrame
        Columns ``scenario`` (``point``), ``outcome``, ``mean``, ``sd`` (of a sample), ``median``,
        ``p05``, ``p95`` (5th and 95th percentile), ``n`` (runs with a value), ``missing`` (finished
        runs without one), ``failed`` (runs that failed). What cannot be computed is missing.
    """
    import pandas as pd

    keys = [key for key in ("scenario", "point") if key in runs]
    rows = []
    for group, rows_of in checked_runs(runs).groupby(keys, sort=False):
        finished = rows_of[rows_of["status"] == "ok"]
        for name in OUTCOMES:
            found = distribution(finished[name].to_numpy(np.float64))
            failed = len(rows_of) - len(finished)
            named = dict(zip(keys, group, strict=True))
            rows.append({**named, "outcome": name, **found, "failed": failed})
    return pd.DataFrame(rows)


def distribution(values: Array) -> dict[str, float]:
    """Return mean, sd, median, 5th and 95th percentile, n and missing of one outcome's values."""
    held = values[~np.isnan(values)]
    middle = np.percentile(held, [50, 5, 95]) if len(held) else [np.nan] * 3
    return {
        "mean": float(np.mean(held)) if len(held) else np.nan,
        "sd": float(np.std(held, ddof=1)) if len(held) > 1 else np.nan,
        "median": float(middle[0]),
        "p05": float(middle[1]),
        "p95": float(middle[2]),
        "n": len(held),
        "missing": len(values) - len(held),
    }


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
    """What draws: a higher floor (the module `qisim.comparison.report`), handed in with the result."""

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
        What draws; without it there are tables only.
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

        return paid_table(self.scenarios, self.runs)

    def tables(self) -> dict[str, bytes]:
        """Return the tables as files: two of Parquet, one of CSV."""
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
    runs, weekly = (pd.read_parquet(out / name) for name in ("runs.parquet", "weekly.parquet"))
    return Result(runs, weekly, manifest["scenarios"], manifest)
