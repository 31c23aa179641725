"""The result of a calibration: posterior, information, fit, and its folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from qisim.calibration.diagnostics import IMPOSSIBLE, STRAINED, Check, coverage
from qisim.calibration.observations import Observations
from qisim.calibration.posterior import Posterior
from qisim.calibration.what_next import sentence
from qisim.output.display import card_of, line_of
from qisim.output.file_bytes import csv_bytes, parquet_bytes
from qisim.output.folder import write_study
from qisim.output.presenters import figures_as_files
from qisim.scenario.frozen import frozen
from qisim.text import shown

Array = npt.NDArray[np.float64]

BANDS = (0.05, 0.25, 0.5, 0.75, 0.95)
ENSEMBLE = 200
"""Sets of parameters in the ensemble to carry on with."""


@dataclass(frozen=True)
class Band:
    """Simulated sites, by what would have been counted and by weekly use.

    Attributes
    ----------
    counted : ndarray, shape (sites, rows)
        Shares that would have been counted, at the rows of the data.
    use : ndarray, shape (sites, weeks)
        Share of the staff in post who used the practice.
    """

    counted: Array
    use: npt.NDArray[np.floating]


@dataclass(repr=False)
class Calibration:
    """A scenario held against a site's own figures.

    Attributes
    ----------
    posterior : DataFrame
        What the parameters may be: a column per parameter (dotted key, own unit) and ``weight``
        (adds up to 1), a row per set.
    parameters : DataFrame
        A row per parameter, those about which the data say most first: ``parameter``, ``unit``,
        ``prior_low``, ``prior_median``, ``prior_high``, ``low``, ``median``, ``high`` (95 %
        intervals before and after), ``narrowed``, ``moved``, ``bits``, ``p_value``, ``speaks``; see
        `qisim.calibration.posterior.describe_posterior`.
    outlook : DataFrame
        The same for what is to come of the site: a row per outcome, shares.
    ahead : DataFrame
        The share of the staff in post who use the practice in each week from the last count on:
        ``week``, ``p05``, ``p25``, ``p50``, ``p75``, ``p95``; the first row is the count itself.
    what_next : DataFrame
        What a count of each month to come would tell; see `qisim.calibration.what_next`.
    data : Observations
    prior, after : Band
        Simulated sites before the data, and fresh ones with parameters after them.
    sample : Posterior
        The posterior as scores; parameters first, then outcomes.
    check : Check
        Simulated sites like this one, calibrated in the same way.
    p_value : float
        How often sites of the model give figures as odd, or as rare, as these.
    scenario : mapping
        The full resolved scenario.
    manifest : mapping
        As from `qisim.output.manifest.manifest_of`.
    """

    posterior: pd.DataFrame
    parameters: pd.DataFrame
    outlook: pd.DataFrame
    ahead: pd.DataFrame
    what_next: pd.DataFrame
    data: Observations
    prior: Band
    after: Band
    sample: Posterior
    check: Check
    p_value: float
    scenario: Mapping[str, Any]
    manifest: Mapping[str, Any]
    ensemble: pd.DataFrame = field(repr=False)

    def __post_init__(self) -> None:
        self.scenario, self.manifest = frozen(self.scenario), frozen(self.manifest)

    def __repr__(self) -> str:
        return line_of(
            "Calibration", self.manifest, f", figures as odd in {self.p_value:.0%} of sites"
        )

    def _repr_html_(self) -> str:
        spoken = self.parameters[self.parameters["speaks"] & self.possible]
        rows = [
            (row["parameter"], f"{row['prior_low']:.3g} to {row['prior_high']:.3g}",
             f"{row['low']:.3g} to {row['high']:.3g}", row["unit"])
            for row in spoken.to_dict("records")
        ]  # fmt: skip
        heads = ("the data speak about", "before", "after", "unit")
        note = "" if rows else "The data speak about none of the parameters."
        note = note if self.possible else self.verdict()
        return card_of(f"{self.name} held against counts", self.manifest, heads, rows, note)

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.scenario["name"])

    def coverage(self) -> pd.DataFrame:
        """Return how often intervals held the true value, in simulated sites like this one."""
        names = list(self.parameters["parameter"])
        total = self.check.ranks.shape[1]
        spoken = set(self.parameters.loc[self.parameters["speaks"], "parameter"])
        columns = [*self.posterior.columns.drop("weight")]
        is_parameter = np.arange(total) < len(names)
        speaks = np.array([name in spoken for name in columns] + [False] * (total - len(names)))
        groups = {
            "parameters the data speak about": speaks,
            "all parameters": is_parameter,
            "outlook, before it is widened": ~is_parameter,
        }
        return coverage(self.check.ranks, groups)

    def fit(self) -> pd.DataFrame:
        """Return data and model by row: counted share, and quantiles before and after the data.

        Columns: ``first_week``, ``last_week``, ``using``, ``in_post``, ``observed``, ``share``, then
        ``prior_p05`` to ``after_p95``; ``after`` is for fresh sites with parameters of the
        posterior.
        """
        data = self.data
        table = pd.DataFrame(
            {
                "first_week": data.first, "last_week": data.last, "using": data.using,
                "in_post": data.in_post, "observed": data.observed, "share": data.shares,
            }
        )  # fmt: skip
        for name, band in (("prior", self.prior), ("after", self.after)):
            for share, line in zip(BANDS, np.quantile(band.counted, BANDS, axis=0), strict=True):
                table[f"{name}_p{round(100 * share):02d}"] = line
        return table

    @property
    def possible(self) -> bool:
        """Whether the model can give such figures at all."""
        return self.p_value >= IMPOSSIBLE

    def verdict(self) -> str:
        """Return in words whether the model can give such data at all."""
        how = f"p = {self.p_value:.2g}"
        if self.p_value >= STRAINED:
            return f"The model gives figures like these ({how})."
        if self.possible:
            return f"The model hardly gives figures like these ({how}). {self.oddest()}"
        return (
            f"None of the {len(self.prior.use):,} parameter sets drawn from within the ranges gives "
            f"figures like these ({how}); do not read the posterior. {self.oddest()}"
        )

    def oddest(self) -> str:
        """Return where data and model are furthest apart, in words."""
        table = self.fit()
        over = table["share"] - table["after_p95"]
        under = table["after_p05"] - table["share"]
        gap = np.maximum(over, under)
        row = int(gap.argmax())
        outside = int((gap > 1e-9).sum())
        low, high = (
            shown(float(table[f"after_{end}"].iloc[row]), "share") for end in ("p05", "p95")
        )
        share = shown(float(table["share"].iloc[row]), "share", with_unit=True)
        week = weeks_text(int(table["first_week"].iloc[row]), int(table["last_week"].iloc[row]))
        return (
            f"{outside} of {len(table)} rows lie outside the model's 90 % band; furthest in {week}: "
            f"{share} counted, the model gives {low} to {high} %."
        )

    def speaking(self) -> pd.DataFrame:
        """Return the parameters that the data speak about."""
        return self.parameters[self.parameters["speaks"]]

    def plot(self, name: str = "fit", *, ax: Any = None, width_mm: float | None = None) -> Any:
        """Return a figure, or draw it into given axes and return these.

        Parameters
        ----------
        name : {"fit", "posterior", "check"}, optional
            See `qisim.calibration.figures`.
        ax : Axes, optional
            Draw into these, without title and caption; for figures with a single panel.
        width_mm : float, optional
            Width of the figure.

        Raises
        ------
        InputError
            If there is no figure of this name, or it has several panels and `ax` is given.
        """
        from qisim.calibration import figures
        from qisim.errors import InputError, Problem, nearest_name
        from qisim.plotting.style import plotted

        names = figures.FIGURES
        if name not in names:
            raise InputError(
                Problem("is not a figure of a calibration", value=name, allowed=" | ".join(names),
                        nearest=nearest_name(name, names))
            )  # fmt: skip
        return plotted(lambda: names[name](self), ax, width_mm)

    def tables(self) -> dict[str, bytes]:
        """Return the tables of the folder by name.

        Where the model cannot give such figures there is nothing to conclude: no posterior, no outlook and
        no sets to carry on with are written, for a file does not say that it must not be read.
        """
        found = {"fit.csv": csv_bytes(self.fit()), "coverage.csv": csv_bytes(self.coverage())}
        if not self.possible:
            return found
        if len(self.what_next):
            found["what_next.csv"] = csv_bytes(self.what_next)
        return {
            **found,
            "posterior.parquet": parquet_bytes(self.posterior, "posterior.parquet"),
            "ensemble.csv": csv_bytes(self.ensemble),
            "parameters.csv": csv_bytes(self.parameters),
            "outlook.csv": csv_bytes(self.outlook),
            "outlook_by_week.csv": csv_bytes(self.ahead),
        }

    def drawn(self) -> dict[str, bytes]:
        """Return the figures of the folder and the report by name."""
        from qisim.calibration.figures import FIGURES
        from qisim.calibration.report import page

        pictures = {
            name: draw(self)
            for name, draw in FIGURES.items()
            if self.possible or name != "posterior"
        }
        files = figures_as_files(pictures)
        return {**files, "report.html": page(self, pictures, files)}

    def save(self, out_dir: str | os.PathLike[str]) -> Path:
        """Write the folder: tables and ensemble, then figures and, last, the manifest.

        Raises
        ------
        StoreError
            If the folder belongs to another study; nothing is overwritten then.
        """
        return write_study(out_dir, self.tables(), self.drawn, self.manifest)

    def to_dict(self) -> dict[str, Any]:
        """Return the findings as plain data; no posterior where the model cannot give such figures."""
        told = {
            "parameters": self.parameters, "outlook": self.outlook, "outlook_by_week": self.ahead,
            "what_next": self.what_next,
        }  # fmt: skip
        return {
            "verdict": self.verdict(),
            "p_value": self.p_value,
            **{name: _records(table) if self.possible else [] for name, table in told.items()},
            "coverage": _records(self.coverage()),
            "fit": _records(self.fit()),
            "warnings": [str(problem) for problem in self.data.warnings],
            "manifest": dict(self.manifest),
        }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table with None for what is missing."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [dict(zip(plain.columns, row, strict=True)) for row in plain.to_numpy().tolist()]


def weeks_text(first: int, last: int) -> str:
    """Return weeks in words."""
    return f"week {first}" if first == last else f"weeks {first} to {last}"


# --- for people ------------------------------------------------------------------------------------


def findings(result: Calibration) -> Iterator[str]:
    """Yield what was found, in sentences, without the table of parameters."""
    data, speaking = result.data, len(result.speaking())
    rows = f"{len(data)} {'months' if data.unit == 'month' else 'weeks'} of figures"
    yield f"{result.name}: {rows} between week {data.first[0]} and week {data.last[-1]}."
    yield result.verdict()
    yield data.errors.text
    total = len(result.parameters)
    if not result.possible:
        return
    if speaking:
        most = 100 * result.speaking()["narrowed"].max()
        yield (
            f"The data speak about {speaking} of {total} parameters, not about the others; none of "
            f"their spreads narrowed by more than {max(most, 0):.0f} %."
        )
    else:
        yield f"The data speak about none of the {total} parameters: not more than chance would."
    yield outlook_text(result)
    if len(result.what_next):
        yield sentence(result.what_next, str(result.outlook["outcome"].iloc[0]))


def outlook_text(result: Calibration) -> str:
    """Return the outlook of this site in a sentence; the figure shows the same."""
    row = result.outlook.iloc[-1]
    low, middle, high = (shown(float(row[name]), "share") for name in ("low", "median", "high"))
    return f"Outlook for this site, {row['outcome']}: {middle} % (95 % interval {low} to {high} %)."


def honesty(result: Calibration) -> str:
    """Return the coverage of the intervals in a sentence."""
    table = result.coverage()
    if table.empty:
        return "Whether the intervals are honest was not checked."
    group = table["group"].iloc[0]
    rows = table[table["group"] == group]
    parts = ", ".join(
        f"{100 * row.level:.0f} % intervals in {100 * row.held:.1f} (± {200 * row.error:.1f}) %"
        for row in rows.itertuples()
    )
    off = "" if table["honest"].all() else " Not all of it is as it should be: see coverage.csv."
    return (
        f"Held against {len(result.check.ranks)} simulated sites most like this one, the true value "
        f"was in the {parts} of cases ({group}).{off}"
    )


def render_parameters(result: Calibration, most: int = 20) -> Any:
    """Return the parameters that the data speak about as a terminal table (rich)."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, title_justify="left")
    for header in ("Parameter", "Unit", "Before (95 %)", "After (95 %)", "Narrowed", "Moved"):
        table.add_column(header, justify="left" if header in ("Parameter", "Unit") else "right")
    rows = result.speaking().head(most).to_dict("records")
    for row in [*rows, *result.outlook.to_dict("records")]:
        table.add_row(*(Text(cell) for cell in cells_of(row)))
    return table


def cells_of(row: Mapping[Any, Any]) -> Sequence[str]:
    """Return a parameter or an outcome as the cells of a table: name, unit, before, after, how far."""
    outlook = "outcome" in row
    unit = "%" if outlook else unit_text(row["unit"])
    size = 100.0 if outlook else 1.0
    return (
        str(row["outcome"] if outlook else row["parameter"]),
        unit,
        interval_text(size * row["prior_low"], size * row["prior_high"]),
        interval_text(size * row["low"], size * row["high"]),
        f"{100 * row['narrowed']:.0f} %".replace("-", "−"),
        f"{row['moved']:+.1f} sd".replace("-", "−"),
    )


def unit_text(unit: str) -> str:
    """Return a unit as text; a pure number has none."""
    return "" if unit == "1" else unit


def interval_text(low: float, high: float) -> str:
    """Return an interval with as many digits as tell its ends apart."""
    width = max(abs(high - low), 1e-12)
    decimals = min(max(1 - int(np.floor(np.log10(width))), 0), 6)
    return f"{low:.{decimals}f} to {high:.{decimals}f}".replace("-", "−")
