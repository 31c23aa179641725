"""An RO-Crate beside the manifest: a description of the folder for archives and other tools.

The format is RO-Crate 1.1 (https://w3id.org/ro/crate/1.1): JSON-LD with a description of the folder, of each
file, of the program and of the run that made them. It adds nothing to the manifest, so it is not
among the files that the manifest lists, and is not compared when a study is reproduced.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

CRATE = "ro-crate-metadata.json"

FORMATS = {
    "csv": "text/csv", "html": "text/html", "json": "application/json", "parquet":
    "application/vnd.apache.parquet", "pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml",
    "txt": "text/plain", "toml": "application/toml",
}  # fmt: skip

LICENCE = (
    "qisim sets no terms for results that it made: how they may be used is for whoever made them to say. The "
    "program itself is under the MIT licence."
)

ABOUT = {
    "dictionary.csv": "label, unit, missing rule and meaning of every column of every table",
    "differences.csv": "paired differences of every outcome, with intervals and verdicts",
    "manifest.json": "what was run, with what, and the SHA-256 of every file",
    "points.parquet": "a row per scenario and point of the design: mean outcomes",
    "report.html": "a page to read; it needs no other file",
    "runs.parquet": "a row per scenario and replicate (and point): outcomes",
    "summary.csv": "distribution of every outcome",
    "weekly.parquet": "a row per scenario, replicate and week: weekly series",
}
"""Descriptions of files by name."""


def crate_of(
    manifest: Mapping[str, Any], files: Mapping[str, str], at: datetime | None = None
) -> dict[str, Any]:
    """Return the RO-Crate of a folder.

    Parameters
    ----------
    manifest : mapping
        As from `qisim.output.manifest.manifest_of`.
    files : mapping of str to str
        SHA-256 of every file, by name.
    at : datetime, optional
        When it was finished; by default now.
    """
    at = at or datetime.now(UTC)
    listed = [*files, "manifest.json"]
    names = ", ".join(manifest["scenarios"]) or "two versions of the model"
    version = manifest["qisim_version"]
    commit = f", commit {manifest['qisim_commit']}" if manifest.get("qisim_commit") else ""
    told = (
        f"Simulated with qisim {version}{commit}: {manifest['kind']} of {names}, seed {manifest['seed']}, "
        f"{manifest['replicates']} replicates. An agent-based model of how a quality-improvement programme is "
        "taken up in care; results hold if its mechanisms and assumed numbers do."
    )
    graph: list[dict[str, Any]] = [
        {"@id": CRATE, "@type": "CreativeWork", "about": {"@id": "./"},
         "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}},
        {"@id": "./", "@type": "Dataset", "name": f"qisim {manifest['kind']}: {names}", "description": told,
         "datePublished": at.strftime("%Y-%m-%dT%H:%M:%S+00:00"), "license": {"@id": "#licence"},
         "identifier": manifest["study_digest"],
         "hasPart": [{"@id": name} for name in listed], "mentions": {"@id": "#run"}},
        {"@id": "#licence", "@type": "CreativeWork", "name": "No terms were set", "description": LICENCE},
        {"@id": "#qisim", "@type": "SoftwareApplication", "name": "qisim", "softwareVersion": version,
         "softwareRequirements": f"Python {manifest['python_version']}",
         "description": f"qisim {version}{commit}, {manifest['engine']} engine"},
        {"@id": "#run", "@type": "CreateAction", "name": shlex.join(manifest["command"]) or "qisim",
         "instrument": {"@id": "#qisim"}, "endTime": at.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
         "result": [{"@id": name} for name in listed],
         "description": "; ".join(f"{n}: SHA-256 {d}" for n, d in manifest["digests"].items())},
    ]  # fmt: skip
    graph += [_file(name, files.get(name)) for name in listed]
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}


def _file(name: str, sha: str | None) -> dict[str, Any]:
    """Return the description of one file."""
    kind = FORMATS.get(name.rpartition(".")[2], "application/octet-stream")
    found = {"@id": name, "@type": "File", "name": name, "encodingFormat": kind}
    if name in ABOUT:
        found["description"] = ABOUT[name]
    return {**found, "sha256": sha} if sha else found
