"""Results as labelled arrays (xarray): a dimension each for scenario, point, replicate and week.

xarray is an extra, ``pip install 'qisim[xarray]'``; units and long names are in the attributes of
each variable, following the CF conventions. Weekly series are called ``weekly_NAME``,
as some outcomes share their names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qisim.errors import optional
from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.output.dictionary import WEEKLY_TABLE, Column, column

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

UNITS = {
    "share": "1", "index": "1", "ratio": "1", "people": "1", "number": "1", "hours": "h",
    "weeks": "week",
}  # fmt: skip
"""Units in the form that other programs read."""


def library() -> Any:
    """Return xarray.

    Raises
    ------
    QisimError
        If it is not installed.
    """
    return optional("xarray", "to_xarray()", "xarray")


def attributes_of(name: str, table: str = "") -> dict[str, str]:
    """Return long name, units and description of a variable."""
    found = column(name, table) or Column(name)
    said = {
        "long_name": found.label,
        "units": UNITS.get(found.unit, found.unit or "1"),
        "description": found.meaning,
        "missing": found.missing,
    }
    return {key: value for key, value in said.items() if value}


def result_arrays(
    runs: pd.DataFrame, weekly: pd.DataFrame, manifest: Mapping[str, Any]
) -> xr.Dataset:
    """Return the runs and weekly series of a result; runs not made are NaN."""
    xarray = library()
    place = runs.set_index(["scenario", "replicate"])
    scenarios = list(dict.fromkeys(runs["scenario"]))
    replicates = np.unique(runs["replicate"].to_numpy())
    grid = place.reindex([(s, r) for s in scenarios for r in replicates])
    shape, dims = (len(scenarios), len(replicates)), ("scenario", "replicate")
    held: dict[str, Any] = {
        name: (dims, grid[name].to_numpy(np.float64).reshape(shape), attributes_of(name))
        for name in OUTCOMES
    }
    status = grid["status"].fillna("not made").to_numpy(dtype=object).reshape(shape).astype(str)
    held["status"] = (dims, status, attributes_of("status"))
    weeks = np.unique(weekly["week"].to_numpy()) if len(weekly) else np.empty(0, dtype=np.int64)
    table = weekly.set_index(["scenario", "replicate", "week"])
    whole = table.reindex([(s, r, w) for s in scenarios for r in replicates for w in weeks])
    for name in WEEKLY:
        values = whole[name].to_numpy(np.float64).reshape(*shape, len(weeks))
        held[f"weekly_{name}"] = ((*dims, "week"), values, attributes_of(name, WEEKLY_TABLE))
    coordinates = {"scenario": scenarios, "replicate": replicates, "week": weeks}
    return _dataset(xarray, held, coordinates, manifest)


def sweep_arrays(
    values: Mapping[str, Any], status: Any, points: Any, names: Sequence[str],
    scenarios: Sequence[str], manifest: Mapping[str, Any],
) -> xr.Dataset:  # fmt: skip
    """Return the runs of a sweep.

    Parameters
    ----------
    values : mapping of str to ndarray, shape (scenarios, points, replicates)
        By outcome.
    status : ndarray of str, of the same shape
    points : sequence of ndarray, shape (points,)
        Values of each input.
    names : sequence of str
        Names of the inputs.
    scenarios : sequence of str
    manifest : mapping
    """
    xarray, dims = library(), ("scenario", "point", "replicate")
    held: dict[str, Any] = {
        name: (dims, array, attributes_of(name)) for name, array in values.items()
    }
    held["status"] = (dims, status, attributes_of("status"))
    _, number, replicates = status.shape
    coordinates: dict[str, Any] = {
        "scenario": list(scenarios), "point": np.arange(number), "replicate": np.arange(replicates),
    }  # fmt: skip
    for name, column_of in zip(names, points, strict=True):
        coordinates[name] = ("point", column_of, attributes_of(name))
    return _dataset(xarray, held, coordinates, manifest)


def _dataset(
    xarray: Any,
    held: Mapping[str, Any],
    coordinates: Mapping[str, Any],
    manifest: Mapping[str, Any],
) -> Any:
    """Return a data set with its provenance."""
    said = {
        "title": f"qisim {manifest['kind']} of {', '.join(manifest['scenarios'])}",
        "source": f"qisim {manifest['qisim_version']} ({manifest.get('qisim_commit') or 'no commit known'})",
        "seed": str(manifest["seed"]),
        "study_digest": manifest["study_digest"],
    }
    found = xarray.Dataset(dict(held), dict(coordinates), said)
    for name in ("scenario", "replicate", "week", "point"):
        if name in found.coords:
            found[name].attrs.update(attributes_of(name))
    return found
