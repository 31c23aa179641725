"""The tables of runs and of weeks, and their summary."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from qisim.errors import RunError
from qisim.model.outcome_values import checked_weekly
from qisim.model.outcomes import OUTCOMES, WEEKLY, Array

if TYPE_CHECKING:
    import pandas as pd


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


def content_digest(frame: pd.DataFrame) -> bytes:
    """Return a digest of the names, types and values of a table, whatever its index."""
    import pandas as pd

    found = hashlib.blake2b(
        repr([(str(name), str(kind)) for name, kind in frame.dtypes.items()]).encode()
    )
    for place in range(frame.shape[1]):
        values = frame.iloc[:, place].to_numpy()
        if values.dtype.kind not in "biuf":
            values = pd.util.hash_array(values.astype(object))
        found.update(np.ascontiguousarray(values).tobytes())
    return found.digest()


def checked_runs(runs: pd.DataFrame) -> pd.DataFrame:
    """Return `runs` if no required value is missing.

    Raises
    ------
    RunError
        If a finished run has a value that is not finite where its outcome is never missing, or an
        infinite one anywhere, or if a run appears twice.
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
        raise RunError(f"a run appears twice (same {', '.join(keys)})")
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
