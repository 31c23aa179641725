"""The folder of a sweep: ``runs.parquet``, ``points.parquet``, ``summary.csv`` and the manifest.

The tables are written group by group and never held in memory as a whole.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qisim.atomic import forget_left_over, temporary_name
from qisim.design.plan import Plan
from qisim.model.outcomes import OUTCOMES, PAID_OUTCOMES
from qisim.output.dictionary import with_fields
from qisim.output.file_bytes import digest, digest_of_json
from qisim.output.folder import check_folder, claim, damaged_files, write_folder
from qisim.output.manifest import MANIFEST, manifest_of, read_manifest
from qisim.output.tables import distribution
from qisim.output.xarray_form import sweep_arrays
from qisim.reading import arrow_file
from qisim.runs.paid import OUTSIDE, WRITING, reported_outcomes
from qisim.runs.store import model_stamp
from qisim.runs.store_format import numbers, texts
from qisim.runs.sweep_result import CELLS, FAILED, OK, STATUS, Reader, Runs

if TYPE_CHECKING:
    import pyarrow as pa

Array = npt.NDArray[np.float64]

RUNS, POINTS, SUMMARY, DESIGN = "runs.parquet", "points.parquet", "summary.csv", "design.csv"


# --- the manifest ----------------------------------------------------------------------------------


def manifest(
    plan: Plan, kind: str, command: Sequence[str], engine: str, module: str, *, seconds: float = 0.0,
    failures: Sequence[Mapping[str, Any]] = (), interrupted: bool = False,
    settings: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return the manifest of a study, without the list of its files.

    Parameters
    ----------
    plan : Plan
    kind : {"sweep", "sensitivity"}
    command : sequence of str
        The command as typed, word by word.
    engine, module : str
        Name of the engine and of its module.
    seconds : float
        From start to end.
    failures : sequence of mapping
        As from `Runs.failures`.
    interrupted : bool
        Whether some runs were not made.
    settings : mapping, optional
        Further settings needed to run the study again.
    """
    named = plan.scenarios.items()
    study, table = (
        plan.outline(),
        plan.design.table,
    )  # the points of a table have a file of their own
    points = None if table is None else digest(np.ascontiguousarray(table).tobytes())
    identity = {**study, "runs": {**study["runs"], "replicates": None}, "scenarios": None}
    until = (settings or {}).get("until")
    if until is not None:
        # the precision identifies the study; the sample size follows from it
        identity |= {"design": {**study["design"], "samples": None}, "until": until}
    if theories := (settings or {}).get("theories"):
        identity |= {"theories": theories}
    if where := (settings or {}).get("where"):
        identity |= {"where": where}
    found = manifest_of(
        kind, list(command), {name: one.to_dict() for name, one in named},
        {name: one.digest for name, one in named},
        seed=plan.seed, replicates=plan.replicates, engine=engine, wall_time_s=seconds,
        settings={**(settings or {}), "study": study, "model": model_stamp(module)},
        failures=failures, interrupted=interrupted,
    )  # fmt: skip
    found["study_digest"] = digest_of_json([found["study_digest"], identity, points])
    return found


def held_whole(out: str | os.PathLike[str], manifest: Mapping[str, Any]) -> bool:
    """Return whether a folder already holds the whole study, made by the same model, undamaged."""
    if not (Path(out) / MANIFEST).is_file():
        return False
    held = read_manifest(out)
    same = ("study_digest", "replicates", "interrupted")
    alike = all(held.get(key) == manifest.get(key) for key in same) and prices_in(
        held
    ) == prices_in(manifest)
    model = held.get("settings", {}).get("model") == manifest["settings"]["model"]
    return alike and model and RUNS in held["files"] and not damaged_files(out)


def prices_in(manifest: Mapping[str, Any]) -> list[Any]:
    """Return the prices of a study: they do not identify it, but enter its tables."""
    return [one.get("prices") for one in manifest["scenarios"].values()]


def save(runs: Runs, out: str | os.PathLike[str], manifest: Mapping[str, Any]) -> Path:
    """Write the folder of a sweep; one that holds all of it already is left as it is.

    Raises
    ------
    StoreError
        If the folder belongs to another study or cannot be written.
    """
    folder = Path(out)
    check_folder(folder, manifest)
    if held_whole(folder, manifest):
        return folder
    claim(folder, manifest)
    for left in folder.iterdir():
        forget_left_over(left)
    with temporary(folder, RUNS) as table, temporary(folder, POINTS) as points:
        write_tables(runs, table, points)
        files: dict[str, bytes | Path] = {
            RUNS: table,
            POINTS: points,
            SUMMARY: summary_bytes(summary_rows(runs)),
        }
        if runs.plan.design.table is not None:
            files[DESIGN] = design_bytes(runs.plan, runs.points)
        return write_folder(folder, files, manifest)


@contextmanager
def temporary(folder: Path, name: str) -> Iterator[Path]:
    """Provide a temporary name beside a file, and clean up."""
    path = temporary_name(folder / name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def design_bytes(plan: Plan, points: Array) -> bytes:
    """Return the points of a table as CSV, exactly."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(plan.names)
    rows.writerows([repr(value) for value in row] for row in points.tolist())
    return text.getvalue().encode(errors="replace")


# --- the tables ------------------------------------------------------------------------------------


@dataclass
class RowGroup:
    """Some points of one scenario, with all their runs."""

    scenario: str
    points: npt.NDArray[np.int64]
    inputs: Array
    replicates: npt.NDArray[np.int64]
    status: npt.NDArray[np.uint8]
    values: Array


def row_groups(runs: Runs) -> Iterator[RowGroup]:
    """Yield all runs in the order of the table, in groups of a few points."""
    plan, reader = runs.plan, Reader(runs, ["failure", *OUTCOMES])
    paid = [name for name in reported_outcomes(plan.scenarios) if name in PAID_OUTCOMES]
    said = [list(OUTCOMES).index(name) for name in (WRITING, OUTSIDE)]
    width = plan.replicates * (len(plan.inputs) + len(OUTCOMES) + len(paid) + 4)
    some = max(1, min(CELLS // width, 65_536 // plan.replicates))
    for place, name in enumerate(runs.scenarios):
        groups = runs.groups(name)
        for begin in range(0, len(groups), some):
            points = np.arange(begin, min(begin + some, len(groups)))
            status, values = reader.table(groups[points].reshape(-1))
            written, outside = (values[one].reshape(len(points), -1) for one in said)
            more = [runs.paid(one, place, written, outside, points).reshape(-1) for one in paid]
            own = plan.replicates_of(points)
            inputs = runs.points[points]
            yield RowGroup(name, points, inputs, own, status, np.stack([*values, *more]))


def write_tables(runs: Runs, table: Path, points: Path) -> None:
    """Write the table of runs and the table of points; the same bytes for the same runs."""
    import pyarrow.parquet as pq

    options: dict[str, Any] = {"compression": "zstd", "compression_level": 3}
    names = runs.scenarios
    with (
        arrow_file(table, "w") as runs_file,
        arrow_file(points, "w") as points_file,
        pq.ParquetWriter(runs_file, runs_schema(runs.plan), **options) as all_runs,
        pq.ParquetWriter(points_file, points_schema(runs.plan), **options) as all_points,
    ):
        for group in row_groups(runs):
            all_runs.write_table(runs_table(group, runs.plan, names))
            all_points.write_table(points_table(group, runs.plan, names))


def _keys(plan: Plan) -> list[Any]:
    import pyarrow as pa

    return [
        ("scenario", pa.string()),
        ("point", pa.int64()),
        *((one.name, pa.string() if one.words else pa.float64()) for one in plan.inputs),
    ]


def runs_schema(plan: Plan) -> pa.Schema:
    """Return the columns of ``runs.parquet``."""
    import pyarrow as pa

    rest = [
        ("replicate", pa.int64()),
        ("status", pa.string()),
        *((n, pa.float64()) for n in reported_outcomes(plan.scenarios)),
    ]
    return with_fields(pa.schema([*_keys(plan), *rest]))


def points_schema(plan: Plan) -> pa.Schema:
    """Return the columns of ``points.parquet``: per point how many runs, and mean outcomes."""
    import pyarrow as pa

    outcomes = ((n, pa.float64()) for n in reported_outcomes(plan.scenarios))
    rest = [("runs", pa.int64()), ("failed", pa.int64()), *outcomes]
    return with_fields(pa.schema([*_keys(plan), *rest]))


def _named(words: Sequence[str], which: npt.NDArray[Any]) -> pa.Array:
    """Return a column of texts, each one of a few words."""
    import pyarrow as pa

    places = numbers(np.asarray(which, dtype=np.int32))
    return pa.DictionaryArray.from_arrays(places, texts(words)).cast(pa.string())


def _inputs(values: Array, plan: Plan) -> list[pa.Array]:
    """Return the columns of the inputs: numbers, or the words that numbers count."""
    return [
        _named(one.words, column) if one.words else numbers(column)
        for one, column in zip(plan.inputs, values.T, strict=True)
    ]


def runs_table(group: RowGroup, plan: Plan, names: Sequence[str]) -> pa.Table:
    """Return a row group of the table of runs."""
    import pyarrow as pa

    each, number = plan.replicates, group.status.size
    columns = [
        _named(names, np.full(number, names.index(group.scenario))),
        numbers(np.repeat(group.points, each)),
        *_inputs(np.repeat(group.inputs, each, axis=0), plan),
        numbers(group.replicates.reshape(-1)),
        _named(STATUS, group.status),
        *(numbers(column) for column in group.values),
    ]
    return pa.Table.from_arrays(columns, schema=runs_schema(plan))


def points_table(group: RowGroup, plan: Plan, names: Sequence[str]) -> pa.Table:
    """Return a row group of the table of points."""
    import pyarrow as pa

    status = group.status.reshape(-1, plan.replicates)
    values = group.values.reshape(-1, *status.shape)
    there = ~np.isnan(values)
    count = there.sum(axis=2)
    total = np.where(there, values, 0.0).sum(axis=2)
    means = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    columns = [
        _named(names, np.full(len(status), names.index(group.scenario))),
        numbers(group.points),
        *_inputs(group.inputs, plan),
        numbers((status == OK).sum(axis=1)),
        numbers((status == FAILED).sum(axis=1)),
        *(numbers(column) for column in means),
    ]
    return pa.Table.from_arrays(columns, schema=points_schema(plan))


def arrays_of(runs: Runs, manifest: Mapping[str, Any]) -> Any:
    """Return all runs as labelled arrays; see `qisim.output.xarray_form.sweep_arrays`."""
    names = runs.scenarios
    by_outcome = {name: runs.all_values(name) for name in reported_outcomes(runs.plan.scenarios)}
    values = {name: np.stack([held[n] for n in names]) for name, held in by_outcome.items()}
    status = np.stack([np.array(STATUS)[runs.status(name)] for name in names])
    points = [
        np.array(one.words)[column.astype(int)] if one.words else column
        for one, column in zip(runs.plan.inputs, runs.points.T, strict=True)
    ]
    return sweep_arrays(values, status, points, runs.plan.names, names, manifest)


def summary_rows(runs: Runs) -> list[dict[str, Any]]:
    """Return the distribution of every outcome over all runs of a scenario, a row each."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    status = {name: runs.status(name) for name in runs.scenarios}
    outcomes = reported_outcomes(runs.plan.scenarios)
    for outcome in outcomes:
        values = runs.all_values(outcome)
        for scenario, state in status.items():
            found = distribution(values[scenario][state == OK])
            rows[scenario, outcome] = {**found, "failed": int((state == FAILED).sum())}
    return [
        {"scenario": scenario, "outcome": outcome, **rows[scenario, outcome]}
        for scenario in runs.scenarios
        for outcome in outcomes
    ]


def summary_bytes(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the summary as CSV: missing is empty, and numbers read back exactly."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: "" if v != v else repr(v) if isinstance(v, float) else v
                         for k, v in row.items()})  # fmt: skip
    return text.getvalue().encode(errors="replace")
