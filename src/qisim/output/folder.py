"""An output folder: files, each written whole or not at all, and a manifest that names them all.

The manifest says what was run, with what, and the SHA-256 of every other file. It is written last,
so a folder with a manifest is a finished one. A folder is never overwritten by another study.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from qisim.atomic import TEMPORARY, put_in_place, write_whole
from qisim.errors import StoreError
from qisim.output.file_bytes import digest, json_bytes
from qisim.output.manifest import MANIFEST, described, read_manifest


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
