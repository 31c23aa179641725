"""The manifest of a folder: what was run, with which versions, and the SHA-256 of every other file."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from qisim.engines import custom_rules
from qisim.errors import DataError, StoreError
from qisim.output.file_bytes import digest_of_json
from qisim.output.manifest_check import problems_of
from qisim.reading import read_json, readable

MANIFEST = "manifest.json"

BESIDE = ("over", "sites", "theories")
"""Keys that identify a run or a comparison."""

SHOWN = 5
"""Most problems of a manifest that are listed."""

SCHEMA_VERSION = 1
"""Version of the manifest and of the tables beside it."""

PACKAGES = (
    "mesa",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "numba",
    "SALib",
    "matplotlib",
)
"""Packages whose versions can change a result."""


def manifest_of(
    kind: str,
    command: Sequence[str],
    scenarios: Mapping[str, Mapping[str, Any]],
    digests: Mapping[str, str],
    *,
    seed: int,
    replicates: int,
    engine: str,
    wall_time_s: float,
    settings: Mapping[str, Any] | None = None,
    failures: Sequence[Mapping[str, Any]] = (),
    interrupted: bool = False,
) -> dict[str, Any]:
    """Return the manifest of a study, without the list of its files.

    Parameters
    ----------
    kind : str
        ``run``, ``compare``, ``sweep`` or ``sensitivity``.
    command : sequence of str
        The command as typed, word by word.
    scenarios : mapping of str to mapping
        The full resolved scenarios, by name; for a comparison the base comes first.
    digests : mapping of str to str
        The digest of each scenario, by name.
    seed, replicates : int
        The seed, and the replicates requested for each scenario.
    engine : str
        ``compiled`` or ``mesa``.
    wall_time_s : float
        Seconds from start to end.
    settings : mapping, optional
        Further settings needed to repeat the study, such as the smallest differences that matter.
    failures : sequence of mapping, optional
        For each failed run its scenario, replicate and reason.
    interrupted : bool, optional
        Whether it was stopped before all replicates were run.

    Returns
    -------
    dict
        Ready for strict JSON.
    """
    made: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "kind": kind,
        "study_digest": "",
        "command": list(command),
        "seed": seed,
        "replicates": replicates,
        "engine": engine,
        "interrupted": interrupted,
        "wall_time_s": round(wall_time_s, 3),
        "settings": dict(settings or {}),
        "failures": [dict(failure) for failure in failures],
        "scenarios": {name: dict(scenario) for name, scenario in scenarios.items()},
        "digests": {name: digests[name] for name in scenarios},
        **provenance(),
    }
    return {**made, "study_digest": study_digest(made)}


def study_digest(manifest: Mapping[str, Any]) -> str:
    """Return the digest that identifies a run or a comparison.

    It covers kind, scenarios and seed and, if there are any, custom rules, sets of values, sites
    and theories; but not the number of replicates, so a study with more of them continues the same
    one.
    """
    identity: dict[str, Any] = {
        "kind": manifest["kind"],
        "scenarios": [[name, digest] for name, digest in manifest["digests"].items()],
        "seed": manifest["seed"],
    }
    if manifest["own_rules"]:
        identity["own_rules"] = manifest["own_rules"]["sha256"]
    found = digest_of_json(identity)
    for key in BESIDE:
        if key in manifest:
            found = digest_of_json([found, manifest[key]])
    return found


def provenance() -> dict[str, Any]:
    """Return what made a result: qisim's version and commit, Python, packages and platform."""
    return {
        "qisim_version": package_version("qisim"),
        "qisim_commit": _own_commit(),
        "own_rules": custom_rules.describe_rules(),
        "python_version": platform.python_version(),
        "packages": {name: package_version(name) for name in PACKAGES},
        "platform": f"{platform.platform()} {platform.machine()}",
    }


INSTALLED = re.compile(r"(.+?)-([^-]+)\.dist-info")
"""Metadata folder of an installed package: its name and version."""


@lru_cache(maxsize=64)
def package_version(name: str) -> str | None:
    """Return the version of a package that is installed in this process, or None where it is not installed.

    It stands in the name of a folder; only where it does not is the package's description read.
    """
    found = _installed(tuple(sys.path)).get(_plain(name))
    if found is not None:
        return found
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


@lru_cache(maxsize=4)
def _installed(path: tuple[str, ...]) -> dict[str, str]:
    """Return the versions of all packages in some folders; in several, that of the first counts."""
    found: dict[str, str] = {}
    for folder in path:
        try:
            names = os.listdir(folder or os.curdir)
        except OSError:
            continue
        for match in filter(None, map(INSTALLED.fullmatch, names)):
            found.setdefault(_plain(match[1]), match[2])
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@lru_cache(maxsize=1)
def _own_commit() -> str | None:
    """Return the commit at the first call, since what runs is what was imported by then."""
    return commit()


def commit(file: str | os.PathLike[str] = __file__) -> str | None:
    """Return the git commit that `file` belongs to, or None where git does not know the file.

    ``-dirty`` at the end means uncommitted changes. A copy installed inside another
    project's repository is not tracked there, so that project's commit is never mistaken for ours.
    """
    folder, name = os.path.split(os.path.abspath(file))
    try:
        _git(folder, "ls-files", "--error-unmatch", name)
        return _git(folder, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(folder: str, *words: str) -> str:
    command = ["git", "-C", folder, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.strip()


def described(manifest: Mapping[str, Any]) -> str:
    """Describe the study of a manifest in one line."""
    about = " ".join([str(manifest.get("kind", "?")), *manifest.get("scenarios", ())])
    state = ", interrupted" if manifest.get("interrupted") else ""
    return (
        f"{about}, seed {manifest.get('seed', '?')}, "
        f"{manifest.get('replicates', '?')} replicates{state}"
    )


def read_manifest(out_dir: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the manifest of a folder.

    Raises
    ------
    StoreError
        If there is none, it is invalid, or a newer qisim wrote it.
    """
    path = Path(out_dir) / MANIFEST
    if not os.path.lexists(path):
        raise StoreError(f"{out_dir} is not a folder of qisim: it has no {MANIFEST}")
    try:
        manifest = read_json(path)
    except DataError as refused:
        raise StoreError(f"{path} cannot be read as a manifest of qisim: {refused}") from None
    version = manifest.get("schema_version") if isinstance(manifest, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise StoreError(f"{path} was written by a newer qisim (schema version {version})")
    wrong = list(problems_of(manifest))
    if wrong:
        more = f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        said = readable("; ".join(wrong[:SHOWN]))
        raise StoreError(f"{path} cannot be read as a manifest of qisim: {said}{more}")
    found: dict[str, Any] = manifest
    return found
