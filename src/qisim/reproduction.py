"""A finished study, made again from its manifest and compared file by file.

The manifest holds all that a result depends on: the full scenarios, the design, seed, replicates and
engine. First the folder is held against its own manifest, so that a byte that was changed since is
named. Then the study is made again in a folder of its own, with no run taken from a store, and every
file is compared by its SHA-256. Only the report is not: it tells when it was made, and how long it took.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qisim.errors import StoreError
from qisim.output.folder import damaged_files
from qisim.output.manifest import provenance, read_manifest

TOLD_ONLY = ("report.html",)
"""Files that differ from one making to the next."""

VERSIONS = ("qisim_version", "qisim_commit", "own_rules", "python_version", "platform")


@dataclass(frozen=True)
class Reproduction:
    """What came of making a study again.

    Attributes
    ----------
    folder : Path
        The folder that was reproduced.
    damaged : list of str
        Files that are missing, or were changed since they were written.
    differing : list of str
        Files that came out differently.
    alike : list of str
        Files that came out the same to the byte.
    versions : dict of str to (object, object)
        What the result was made with and what it was made again with, where the two differ.
    """

    folder: Path
    damaged: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    alike: list[str] = field(default_factory=list)
    versions: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def exact(self) -> bool:
        """Whether every file is as it was written, and came out the same again."""
        return not self.damaged and not self.differing

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "folder": str(self.folder),
            "exact": self.exact,
            "damaged": self.damaged,
            "differing": self.differing,
            "alike": self.alike,
            "versions": {name: {"then": then, "now": now}
                         for name, (then, now) in self.versions.items()},
        }  # fmt: skip


def reproduce(folder: str | os.PathLike[str], **options: Any) -> Reproduction:
    """Make a finished study again and compare.

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
        If it is not a folder of qisim, was not finished, or is of a kind that cannot be made again.
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
        return compared(manifest, read_manifest(Path(place) / "out"), out, damaged)


def make_again(
    manifest: Mapping[str, Any], out: Path, place: Path, options: Mapping[str, Any]
) -> None:
    """Make the study of a manifest in the folder ``out`` of a place."""
    try:
        AGAIN[manifest["kind"]](manifest, out, place, dict(options))
    except (KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"the manifest of {out} lacks what it takes: {error!r}") from error


def compared(
    then: Mapping[str, Any], now: Mapping[str, Any], out: Path, damaged: list[str]
) -> Reproduction:
    """Return how two makings of a study compare."""
    files = [name for name in {**then["files"], **now["files"]} if name not in TOLD_ONLY]
    same = {name for name in files if then["files"].get(name) == now["files"].get(name)}
    return Reproduction(
        out,
        sorted(damaged),
        sorted(name for name in files if name not in same),
        sorted(same),
        differing_versions(then),
    )


def differing_versions(manifest: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what a result was made with and what there is now, where the two differ."""
    now = provenance()
    pairs = {name: (manifest.get(name), now[name]) for name in VERSIONS}
    held = manifest.get("packages", {})
    pairs |= {name: (held.get(name), version) for name, version in now["packages"].items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


# --- making a study of each kind again -------------------------------------------------------------


def _study(manifest: Mapping[str, Any], out: Path, place: Path, options: dict[str, Any]) -> None:
    """Make a run or a comparison again."""
    from qisim.comparison import study

    options |= {
        "replicates": manifest["replicates"], "seed": manifest["seed"], "engine": manifest["engine"],
        "out": place / "out", "command": manifest["command"],
    }  # fmt: skip
    if manifest.get("over") is not None:
        options["over"] = manifest["over"]
    verb: Callable[..., Any] = study.run if manifest["kind"] == "run" else study.compare
    verb(*manifest["scenarios"].values(), **manifest["settings"], **options)


def planned(manifest: Mapping[str, Any], out: Path) -> dict[str, Any]:
    """Return the study of a sweep or a sensitivity analysis as a file would say it."""
    held = dict(manifest["settings"]["study"])
    if held["design"]["method"] == "csv":
        held["design"] = {**held["design"], "file": str((out / "design.csv").resolve())}
    return held


def _sweep(manifest: Mapping[str, Any], out: Path, place: Path, options: dict[str, Any]) -> None:
    """Make a sweep again, with a store of its own."""
    from qisim.runs.sweep import sweep

    sweep(planned(manifest, out), engine=manifest["engine"], store=place / "store",
          out=place / "out", command=manifest["command"], **options)  # fmt: skip


def _sensitivity(
    manifest: Mapping[str, Any], out: Path, place: Path, options: dict[str, Any]
) -> None:
    """Make a sensitivity analysis again, with a store of its own."""
    from qisim.sensitivity.study import sensitivity

    sensitivity(planned(manifest, out), engine=manifest["engine"], store=place / "store",
                out=place / "out", command=manifest["command"], **options)  # fmt: skip


AGAIN: Mapping[str, Callable[[Mapping[str, Any], Path, Path, dict[str, Any]], None]] = {
    "run": _study,
    "compare": _study,
    "sweep": _sweep,
    "sensitivity": _sensitivity,
}
"""What makes a study of each kind again."""
