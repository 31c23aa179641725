"""Reproduction of a finished study from its manifest, compared file by file.

The manifest holds all that a result depends on: the full scenarios, the design, seed, replicates and
engine. First the folder is checked against its own manifest, so that any file changed since is
named. Then the study is run again in a folder of its own, without runs from the store. There are
two verdicts. The first is on values: every table is read and compared number by number, because
another version of a library may write the same numbers in other bytes. The second, stricter one is
on bytes: every file by its SHA-256. Only the report is not compared, because it states when it was
made and how long it took.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from qisim.errors import StoreError
from qisim.model.theories import THEORIES, digest_of
from qisim.output.folder import damaged_files
from qisim.output.manifest import provenance, read_manifest
from qisim.reading import arrow_file
from qisim.runs.options import verb

TOLD_ONLY = ("report.html",)
"""Files that differ between one run of a study and the next."""

FIGURES = "figures/"
"""Folder of the figures, whose bytes depend on the version of the drawing library."""

VERSIONS = ("qisim_version", "qisim_commit", "own_rules", "python_version", "platform")


@dataclass(frozen=True)
class Reproduction:
    """The result of reproducing a study.

    Attributes
    ----------
    folder : Path
        The folder that was reproduced.
    damaged : list of str
        Files that are missing, or were changed since they were written.
    differing : list of str
        Files with other values, or files without values that have other bytes.
    other_bytes : list of str
        Files with the same values in other bytes, and figures drawn from the same values.
    alike : list of str
        Files that are identical to the byte.
    versions : dict of str to (object, object)
        Versions with which the result was made and reproduced, where they differ.
    """

    folder: Path
    damaged: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    other_bytes: list[str] = field(default_factory=list)
    alike: list[str] = field(default_factory=list)
    versions: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def exact(self) -> bool:
        """Whether every file is as it was written and was reproduced to the byte."""
        return self.same_values and not self.other_bytes

    @property
    def same_values(self) -> bool:
        """Whether every file is as it was written and all its values were reproduced."""
        return not self.damaged and not self.differing

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return {
            "folder": str(self.folder),
            "same_values": self.same_values,
            "exact": self.exact,
            "damaged": self.damaged,
            "differing": self.differing,
            "other_bytes": self.other_bytes,
            "alike": self.alike,
            "versions": {name: {"then": then, "now": now}
                         for name, (then, now) in self.versions.items()},
        }  # fmt: skip


@verb("workers", "scheduler", "progress")
def reproduce(folder: str | os.PathLike[str], **options: Any) -> Reproduction:
    """Run a finished study again and compare the results.

    Parameters
    ----------
    folder : path
        As written with ``--out``.
    **options
        ``workers``, ``scheduler``, ``progress``: see `qisim.run`. Results do not depend on them.

    Returns
    -------
    Reproduction

    Raises
    ------
    StoreError
        If it is not a folder of qisim, is not finished, or is of a kind that cannot be reproduced.
    """
    out = Path(folder)
    manifest = read_manifest(out)
    if manifest.get("interrupted"):
        raise StoreError(f"{out} was interrupted and is not finished; run its command again first")
    if manifest.get("kind") not in AGAIN:
        kinds = ", ".join(AGAIN)
        raise StoreError(f"{out} holds a {manifest.get('kind')}; what can be made again: {kinds}")
    damaged = damaged_files(out)
    with tempfile.TemporaryDirectory(prefix="qisim-again-") as place:
        make_again(manifest, out, Path(place), options)
        return compared(manifest, out, Path(place) / "out", damaged)


def make_again(
    manifest: Mapping[str, Any], out: Path, place: Path, options: Mapping[str, Any]
) -> None:
    """Run the study of a manifest in the folder ``out`` of a place."""
    try:
        AGAIN[manifest["kind"]](manifest, out, place, dict(options))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise StoreError(f"the manifest of {out} lacks what it takes: {error!r}") from error


def compared(then: Mapping[str, Any], out: Path, again: Path, damaged: list[str]) -> Reproduction:
    """Compare two folders of the same study."""
    held, made = then["files"], read_manifest(again)["files"]
    files = sorted(name for name in {**held, **made} if name not in TOLD_ONLY)
    alike = [name for name in files if held.get(name) == made.get(name)]
    others = [name for name in files if name not in alike]
    values = {name: same_values(out / name, again / name) for name in others
              if name in held and name in made and name not in damaged}  # fmt: skip
    drawn = [name for name in others if name.startswith(FIGURES) and name in held and name in made]
    tables = [name for name in others if name not in drawn]
    differing = [name for name in tables if not values.get(name)]
    if differing:  # so a figure may differ because a value does
        differing, drawn = differing + drawn, []
    same = [name for name in tables if values.get(name)] + drawn
    return Reproduction(
        out, sorted(damaged), sorted(differing), sorted(same), alike, differing_versions(then)
    )


def same_values(one: Path, other: Path) -> bool:
    """Return whether two tables hold the same values in the same order, whatever their bytes."""
    try:
        if not (one.is_file() and other.is_file()):  # reading a FIFO in its place would block
            return False
        if one.suffix == ".parquet":
            return _same_parquet(one, other)
        if one.suffix == ".csv":
            return _same_csv(one, other)
    except (OSError, ValueError, csv.Error):
        return False
    return False


def _same_parquet(one: Path, other: Path) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with (
            arrow_file(one) as held, arrow_file(other) as made,
            pq.ParquetFile(held) as first, pq.ParquetFile(made) as second,
        ):  # fmt: skip
            if first.schema_arrow.names != second.schema_arrow.names:
                return False
            return bool(first.read().cast(second.schema_arrow).equals(second.read()))
    except pa.ArrowException:
        return False


def _same_csv(one: Path, other: Path) -> bool:
    with one.open(newline="", encoding="utf-8") as a, other.open(newline="", encoding="utf-8") as b:
        pairs = zip_longest(csv.reader(a), csv.reader(b))
        return all(
            first is not None
            and second is not None
            and len(first) == len(second)
            and all(map(_same_cell, first, second))
            for first, second in pairs
        )


def _same_cell(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def differing_versions(manifest: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the recorded and the present versions, where the two differ."""
    now = provenance()
    pairs = {name: (manifest.get(name), now[name]) for name in VERSIONS}
    held = manifest.get("packages", {})
    pairs |= {name: (held.get(name), version) for name, version in now["packages"].items()}
    pairs |= {
        f"theory {name}": (one["sha256"], digest_of(name) if name in THEORIES else None)
        for name, one in (manifest.get("theories") or {}).items()
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


# --- making a study of each kind again -------------------------------------------------------------


def _study(manifest: Mapping[str, Any], out: Path, place: Path, options: dict[str, Any]) -> None:
    """Run a comparison, or the runs of one scenario, again, with a store of its own."""
    from qisim.comparison import study

    make: Callable[..., Any] = study.run if manifest["kind"] == "run" else study.compare
    # settings are keywords of the verb; the check of the manifest allows no others
    # (`manifest_check.SETTINGS`)
    options |= _same(manifest, place) | manifest["settings"] | {"over": manifest.get("over")}
    if manifest["kind"] == "compare":
        options["earlier"] = manifest.get("earlier_looks", [])
    options["sites"] = (manifest.get("sites") or {}).get("number")
    if manifest.get("theories"):
        options |= {"theories": True, "over": (manifest.get("over") or {}).get("name")}
    make(*manifest["scenarios"].values(), **options)


def _same(manifest: Mapping[str, Any], place: Path) -> dict[str, Any]:
    """Return the options common to all verbs, as recorded, with an empty store."""
    return {
        **{name: manifest[name] for name in ("replicates", "seed", "engine", "command")},
        "out": place / "out", "store": place / "store",
    }  # fmt: skip


def _validation(
    manifest: Mapping[str, Any], out: Path, place: Path, options: dict[str, Any]
) -> None:
    """Run a validation again."""
    from qisim.validation.study import validate

    held = manifest["settings"]
    validate(
        held["patterns"],
        set=held["set"],
        draws=held.get("draws", 0),
        **_same(manifest, place),
        **options,
    )


def _calibration(
    manifest: Mapping[str, Any], out: Path, place: Path, options: dict[str, Any]
) -> None:
    """Run a calibration again, with the observations from the manifest."""
    from qisim.calibration.study import calibrate_rows

    (scenario,) = manifest["scenarios"].values()
    options.pop("scheduler", None)
    calibrate_rows(
        scenario, manifest["settings"], samples=manifest["replicates"], seed=manifest["seed"],
        command=manifest["command"], out=place / "out", store=place / "store", **options,
    )  # fmt: skip


def planned(manifest: Mapping[str, Any], out: Path) -> dict[str, Any]:
    """Return the study of a sweep or a sensitivity analysis as it would stand in a study file."""
    held = dict(manifest["settings"]["study"])
    if held["design"]["method"] == "csv" or "design.csv" in manifest["files"]:
        held["design"] = {**held["design"], "file": str((out / "design.csv").resolve())}
    return held


def _sweep(manifest: Mapping[str, Any], out: Path, place: Path, options: dict[str, Any]) -> None:
    """Run a sweep again, with a store of its own."""
    from qisim.runs.sweep import sweep

    sweep(planned(manifest, out), engine=manifest["engine"], store=place / "store",
          out=place / "out", command=manifest["command"], **options)  # fmt: skip


def _sensitivity(
    manifest: Mapping[str, Any], out: Path, place: Path, options: dict[str, Any]
) -> None:
    """Run a sensitivity analysis again, with a store of its own."""
    from qisim.sensitivity.study import sensitivity

    sensitivity(planned(manifest, out), engine=manifest["engine"], store=place / "store",
                theories="theories" in manifest["settings"],
                where=manifest["settings"].get("where"), out=place / "out",
                command=manifest["command"], **options)  # fmt: skip


AGAIN: Mapping[str, Callable[[Mapping[str, Any], Path, Path, dict[str, Any]], None]] = {
    "run": _study,
    "compare": _study,
    "calibrate": _calibration,
    "validate": _validation,
    "sweep": _sweep,
    "sensitivity": _sensitivity,
}
"""The function that reproduces a study, by kind of study."""
