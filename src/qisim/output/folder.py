"""An output folder: files, each written whole or not at all, and a manifest that names them all.

The manifest says what was run, with what, and the SHA-256 of every other file. It is written last,
so a folder with a manifest is a finished one. A folder is never overwritten by another study.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import re
import secrets
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qisim.engines import custom_rules
from qisim.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest.json"
TEMPORARY = re.compile(r"\..*\.tmp")
"""Names of files in the making; a process that was killed may leave one behind."""

SCHEMA_VERSION = 1
"""Version of the manifest and of the tables beside it."""

PACKAGES = (
    "mesa",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "scikit-learn",
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
        The command as it was typed, word by word.
    scenarios : mapping of str to mapping
        The full resolved scenarios, by name; for a comparison the base comes first.
    digests : mapping of str to str
        The digest of each scenario, by name.
    seed, replicates : int
        The seed, and the replicates that were asked for of each scenario.
    engine : str
        ``compiled`` or ``mesa``.
    wall_time_s : float
        Seconds from start to end.
    settings : mapping, optional
        What else it takes to run the study again, such as the smallest differences that matter.
    failures : sequence of mapping, optional
        For each failed run its scenario, replicate and reason.
    interrupted : bool, optional
        Whether it was stopped before all replicates were run.

    Returns
    -------
    dict
        Ready for strict JSON.
    """
    identity: dict[str, Any] = {
        "kind": kind,
        "scenarios": [[name, digests[name]] for name in scenarios],
    }
    if custom_rules.FILE:
        identity["own_rules"] = digest(custom_rules.source())
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": kind,
        "study_digest": digest_of_json({**identity, "seed": seed}),
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


def provenance() -> dict[str, Any]:
    """Return what made a result: qisim's version and commit, Python, packages and platform."""
    return {
        "qisim_version": package_version("qisim"),
        "qisim_commit": commit(),
        "own_rules": custom_rules.describe_rules(),
        "python_version": platform.python_version(),
        "packages": {name: package_version(name) for name in PACKAGES},
        "platform": f"{platform.platform()} {platform.machine()}",
    }


def package_version(name: str) -> str | None:
    """Return the installed version of a package, or None where it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def commit(file: str | os.PathLike[str] = __file__) -> str | None:
    """Return the git commit that `file` belongs to, or None where git does not know the file.

    ``-dirty`` at the end says that something was changed since. A copy installed inside another
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


def digest(content: bytes) -> str:
    """Return the SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest_of_json(value: Any) -> str:
    """Return the SHA-256 of `value` as canonical JSON (sorted keys, no spaces)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return digest(text.encode())


def json_bytes(value: Any) -> bytes:
    """Return `value` as strict, readable JSON: a NaN or an infinity raises ValueError."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=_plain)
    return f"{text}\n".encode()


def _plain(value: Any) -> Any:
    """Return a numpy scalar or array as plain Python, and a path as text."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table as Parquet: the same bytes for the same table, NaN as null."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", compression_level=3)
    return sink.getvalue()


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV: missing is empty, and numbers read back exactly."""
    return frame.to_csv(index=False, lineterminator="\n").encode()


def check_folder(out_dir: str | os.PathLike[str], manifest: Mapping[str, Any]) -> None:
    """Refuse a folder that the study of `manifest` must not write to.

    Free to use are a folder that does not exist, an empty one, and one that holds no more of the
    same study (same kind, scenarios and seed; at most as many replicates, or an interrupted one).

    Raises
    ------
    StoreError
        If the folder is not free to use; the message says what it holds.
    """
    out = Path(out_dir)
    try:
        _check_place(out)
        _check_content(out, manifest)
    except (OSError, ValueError) as error:  # a name that no folder can have; not ours to look into
        raise StoreError(f"{str(out)[:80]} cannot be used: {_why(error)}") from None


def _why(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)


def _check_place(out: Path) -> None:
    """Refuse a folder that cannot be made or written to, before anything has run."""
    with suppress(FileNotFoundError, NotADirectoryError):
        os.lstat(out)  # no name that a file can have, or one too long
    there = next((path for path in (out, *out.parents) if path.exists()), Path())
    if not there.is_dir():
        raise StoreError(f"{there} is a file; --out takes a folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise StoreError(f"{out} cannot be used: {there} may not be written to")


def _check_content(out: Path, manifest: Mapping[str, Any]) -> None:
    if not out.exists() or all(TEMPORARY.fullmatch(path.name) for path in out.iterdir()):
        return
    held = read_manifest(out)
    if held.get("study_digest") != manifest["study_digest"]:
        raise StoreError(
            f"{out} holds another study ({described(held)}); nothing was overwritten: "
            f"choose another folder for {described(manifest)}"
        )
    if _amount(held) > _amount(manifest):
        raise StoreError(
            f"{out} holds more of this study ({described(held)}) than would be written "
            f"({described(manifest)}); nothing was overwritten: choose another folder"
        )


def _amount(manifest: Mapping[str, Any]) -> tuple[bool, int]:
    return not manifest.get("interrupted", False), int(manifest.get("replicates", 0))


def described(manifest: Mapping[str, Any]) -> str:
    """Return one line that says which study a manifest belongs to."""
    names = " ".join(manifest.get("scenarios", ()))
    state = ", interrupted" if manifest.get("interrupted") else ""
    return (
        f"{manifest.get('kind', '?')} {names}, seed {manifest.get('seed', '?')}, "
        f"{manifest.get('replicates', '?')} replicates{state}"
    )


def read_manifest(out_dir: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the manifest of a folder.

    Raises
    ------
    StoreError
        If there is none, it cannot be read, or a newer qisim wrote it.
    """
    path = Path(out_dir) / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version, _ = manifest["schema_version"], manifest["files"].items()
        newer = version > SCHEMA_VERSION
    except FileNotFoundError:
        raise StoreError(f"{out_dir} is not a folder of qisim: it has no {MANIFEST}") from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreError(f"{path} cannot be read as a manifest of qisim: {error!r}") from None
    if newer:
        raise StoreError(f"{path} was written by a newer qisim (schema version {version})")
    return manifest


def damaged_files(out_dir: str | os.PathLike[str]) -> list[str]:
    """Return the files of a folder that are missing or differ from what its manifest says."""
    out = Path(out_dir)
    return [name for name, sha in read_manifest(out)["files"].items() if _sha(out / name) != sha]


def _sha(path: Path) -> str | None:
    return _digest_of(path) if path.is_file() else None


def _digest_of(content: bytes | Path) -> str:
    """Return the SHA-256 of bytes or of a file, which may be larger than memory."""
    if isinstance(content, bytes):
        return digest(content)
    with content.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_folder(
    out_dir: str | os.PathLike[str],
    files: Mapping[str, bytes | Path],
    manifest: Mapping[str, Any],
) -> Path:
    """Write all files and then the manifest, each under a temporary name first.

    Parameters
    ----------
    out_dir : path
        The folder; made if it does not exist.
    files : mapping of str to (bytes or Path)
        Content by name; a name may have a folder in it, with ``/``. A path is that of a file in the
        folder that was written under a temporary name, and gets its own name now.
    manifest : mapping
        As from `manifest_of`; ``files`` is added.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    StoreError
        If the folder belongs to another study (see `check_folder`) or cannot be written.
    """
    out = Path(out_dir)
    listed = {name: _digest_of(content) for name, content in sorted(files.items())}
    text = json_bytes({**manifest, "files": listed})
    try:
        check_folder(out, manifest)
        for name, content in files.items():
            if isinstance(content, Path):
                put_in_place(content, out / name)
            else:
                write_whole(out / name, content)
        write_whole(out / MANIFEST, text)
    except OSError as error:
        raise StoreError(f"{out} cannot be written: {error}") from error
    return out


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that all of it is there or none, even when the power goes.

    It is written under a temporary name, brought to the disk, and renamed.
    """
    make_folder(path.parent)
    draft = temporary_name(path)
    try:
        draft.write_bytes(content)
        put_in_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def temporary_name(path: Path) -> Path:
    """Return a name for a file in the making that no other process, thread or machine uses."""
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")


def put_in_place(draft: Path, path: Path) -> None:
    """Bring a file that was written under a temporary name to the disk, and give it its own."""
    with draft.open("rb+") as written:
        os.fsync(written.fileno())
    os.replace(draft, path)
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, and bring their names to the disk."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError:
        pass  # some network file systems cannot; the rename itself is done
    finally:
        os.close(handle)
