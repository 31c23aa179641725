"""The folders that a report is made of, read back: a comparison, and answers to further questions."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from qisim.comparison.comparison import Comparison
from qisim.comparison.flow import Presenter
from qisim.errors import InputError, Problem, ScenarioError, StoreError
from qisim.output.folder import damaged_files, read_manifest
from qisim.output.manifest import study_digest
from qisim.output.result import Result, read_folder
from qisim.reading import MIB, ordinary_bytes, read_json, readable
from qisim.runs.executor import ENGINES
from qisim.scenario.fields import KEYS
from qisim.scenario.scenario import Scenario, load

ASKED = {
    "explain": ("What makes the difference", "qisim explain {base} {other} --out DIR"),
    "flip": ("What would turn it", "qisim flip {base} {other} --out DIR"),
    "robust": ("How robust it is", "qisim robust {base} {other} --out DIR"),
    "levers": ("What changes bring and cost", "qisim levers {other} --out DIR"),
    "map": ("Where it flips", "qisim map {base} {other} --x KEY --y KEY --out DIR"),
    "story": ("One person's story", "qisim story {base} {other} --out DIR"),
}
"""Further questions: heading, and the command that asks it."""
ANSWERS = (*ASKED, "worth", "search", "follow", "trial", "claims")
"""Commands whose answers have a page of their own."""


def comparison_of(folder: str | os.PathLike[str]) -> Comparison:
    """Read back a finished comparison.

    Raises
    ------
    InputError
        If the folder holds something else.
    StoreError
        If a file of it, or a scenario in its manifest, was changed since it was written.
    """
    manifest = read_manifest(folder)
    if manifest["kind"] != "compare":
        raise InputError(
            Problem(f"was written by qisim {manifest['kind']}, and is not a comparison",
                    key="folder", value=str(folder),
                    allowed=f"a folder of qisim compare, {', '.join(ANSWERS[:-1])} or {ANSWERS[-1]}; "
                            "others have report.html in them")
        )  # fmt: skip
    damaged = damaged_files(folder)
    if damaged:
        raise StoreError(
            f"{folder}: missing or changed since it was written: {', '.join(damaged)}; the command of the "
            "comparison writes it again"
        )
    unlisted = [
        name for name in ("runs.parquet", "weekly.parquet") if name not in manifest["files"]
    ]
    if unlisted:
        raise StoreError(f"{folder}: the manifest does not list {' and '.join(unlisted)}")
    if manifest["engine"] not in ENGINES:
        raise StoreError(f"{folder}: the manifest names an engine that there is not")
    held = read_folder(folder)
    _agree(folder, held)
    if not len(held.weekly):
        raise InputError(Problem("has no finished run", key="folder", value=str(folder)))
    lacks = [key for one in held.scenarios.values() for key in KEYS if not _has(one, key)]
    if lacks:
        raise InputError(
            Problem(f"was made with another edition of the model, without {lacks[0]}; compare again",
                    key="folder", value=str(folder))
        )  # fmt: skip
    strange = [name for name, one in held.scenarios.items()
               if _loaded(folder, name, one).digest != manifest["digests"].get(name)]  # fmt: skip
    if strange:
        raise StoreError(
            f"{folder}: the manifest was changed since it was written: {', '.join(strange)} is not what its "
            "digest stands for"
        )
    if study_digest(manifest) != manifest["study_digest"]:
        raise StoreError(
            f"{folder}: the manifest was changed since it was written: its seed, own rules, sets, sites or "
            "theories are not those that its study_digest stands for"
        )
    matters = manifest["settings"].get("matters")
    return Comparison(
        held.runs, held.weekly, held.scenarios, manifest, presenter=Presenter(), matters=matters
    )


def _agree(folder: str | os.PathLike[str], held: Result) -> None:
    """Refuse a folder whose manifest tells of other runs than its tables hold."""
    manifest = held.manifest
    asked = manifest["replicates"]
    if set(held.runs["scenario"]) != set(held.scenarios):
        raise StoreError(f"{folder}: the tables hold other scenarios than the manifest says")
    unnamed = [name for name, one in held.scenarios.items() if not {"name", "title"} <= one.keys()]
    if unnamed:
        raise StoreError(f"{folder}: the manifest gives {readable(unnamed[0])} no name or no title")
    fewer = manifest["interrupted"] or manifest["settings"].get("until_decided")
    for name, rows in held.runs.groupby("scenario"):
        if len(rows) > asked or (len(rows) < asked and not fewer):
            raise StoreError(
                f"{folder}: the manifest says {asked} replicates of each scenario, and the tables hold "
                f"{len(rows)} of {name}"
            )


def _loaded(folder: str | os.PathLike[str], name: str, scenario: Mapping[str, Any]) -> Scenario:
    """Read a scenario of a manifest; what is wrong with it is told under its own name."""
    try:
        return load(scenario)
    except ScenarioError as refused:
        place = f"{Path(folder) / 'manifest.json'}: {readable(name)}"
        raise ScenarioError([replace(one, file=place) for one in refused.problems]) from None


def _has(scenario: Mapping[str, Any], key: str) -> bool:
    section, _, name = key.partition(".")
    return name in scenario.get(section, {})


def finding_of(folder: str | os.PathLike[str], compared: Comparison) -> dict[str, Any]:
    """Read back the answer to a further question, with its figures.

    Raises
    ------
    InputError
        If it is about other scenarios than the comparison, or no such answer.
    """
    manifest = read_manifest(folder)
    if manifest["kind"] not in ASKED:
        raise InputError(
            Problem(f"holds a {manifest['kind']}, which no report takes in", key="folder",
                    value=str(folder), allowed=" | ".join(ASKED))
        )  # fmt: skip
    strange = set(manifest["digests"].values()) - set(compared.manifest["digests"].values())
    if strange:
        names = [n for n, digest in manifest["digests"].items() if digest in strange]
        raise InputError(
            Problem(f"is about {' and '.join(names)}, which the comparison does not hold as it is there",
                    key="folder", value=str(folder))
        )  # fmt: skip
    found, _ = answer_of(folder)
    heading = ASKED[manifest["kind"]][0]
    return {**found, "heading": heading, "command": shlex.join(manifest["command"])}


def answer_of(folder: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read back one answer of this room with its figures (SVG), and its manifest.

    Raises
    ------
    StoreError
        If a file of it was changed since it was written.
    """
    manifest, path = read_manifest(folder), Path(folder)
    damaged = damaged_files(folder)
    if damaged:
        raise StoreError(f"{path}: missing or changed since it was written: {', '.join(damaged)}")
    found = read_json(path / "finding.json", 64 * MIB)
    if not is_finding(found):
        raise StoreError(f"{path}: finding.json is not what qisim writes there")
    files = sorted((path / "figures").glob("*.svg")) if (path / "figures").is_dir() else []
    return {**found, "figures": [ordinary_bytes(one, 64 * MIB) for one in files]}, manifest


def is_finding(found: Any) -> bool:
    """Return whether what a file holds is an answer as `qisim.decide.finding.Finding.words` gives it."""
    if not isinstance(found, dict) or not isinstance(found.get("tables"), dict):
        return False
    lists = all(_are_texts(found.get(name)) for name in ("sentences", "notes"))
    return lists and all(isinstance(found.get(name), str) for name in ("kind", "title")) and all(
        isinstance(one, dict)
        and _are_texts(one.get("headers"))
        and isinstance(one.get("cells"), list)
        and all(_are_texts(row) for row in one["cells"])
        and isinstance(one.get("caption"), str)
        and isinstance(one.get("words"), int)
        for one in found["tables"].values()
    )  # fmt: skip


def _are_texts(held: Any) -> bool:
    return isinstance(held, list) and all(isinstance(one, str) for one in held)
