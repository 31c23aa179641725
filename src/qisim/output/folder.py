"""An output folder: claimed before the work; tables before figures; the manifest last.

The manifest states what was run, with what, and the SHA-256 of every other file. A folder is
claimed with a manifest that lists no file yet and marks the study as interrupted, so that a process
killed at any moment leaves a folder whose study is known, and the same command continues it. The
final manifest is written last. A folder is never overwritten by another study.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from qisim.atomic import TEMPORARY, make_folder, put_in_place, write_whole
from qisim.errors import StoreError
from qisim.output.crate import CRATE, crate_of
from qisim.output.dictionary import dictionary_of
from qisim.output.file_bytes import digest, json_bytes
from qisim.output.manifest import MANIFEST, described, read_manifest
from qisim.stopping import undisturbed

# --- may it be used? -------------------------------------------------------------------------------


def check_folder(out_dir: str | os.PathLike[str], manifest: Mapping[str, Any]) -> None:
    """Refuse a folder that the study of `manifest` must not write to.

    A folder may be used if it does not exist, is empty, or holds no more of the same study (same
    kind, scenarios and seed; at most as many replicates, or an interrupted one).

    Raises
    ------
    StoreError
        If the folder is not free to use; the message says what it holds.
    """
    out = Path(out_dir)
    try:
        _check_place(out)
        _check_content(out, manifest)
    except (OSError, ValueError) as error:  # not a valid folder name, or not readable
        raise StoreError(f"{str(out)[:80]} cannot be used: {_why(error)}") from None


def _why(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)


def _check_place(out: Path) -> None:
    """Refuse a folder that cannot be made or written to, before anything has run."""
    with suppress(FileNotFoundError, NotADirectoryError):
        os.lstat(out)  # not a valid file name, or too long
    for path in (out, *out.parents):
        if path.is_symlink() and not path.exists():
            raise StoreError(f"{path} is a link to {os.readlink(path)}, which is not there")
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
        begun = "" if held["files"] else " and none of its files yet; delete it to use it again"
        raise StoreError(
            f"{out} holds another study ({described(held)}){begun}; nothing was overwritten: "
            f"choose another folder for {described(manifest)}"
        )
    if _amount(held) > _amount(manifest):
        raise StoreError(
            f"{out} holds more of this study ({described(held)}) than would be written "
            f"({described(manifest)}); nothing was overwritten: choose another folder"
        )


def _amount(manifest: Mapping[str, Any]) -> tuple[bool, int]:
    return not manifest.get("interrupted", False), int(manifest.get("replicates", 0))


def holds_more(out_dir: str | os.PathLike[str], manifest: Mapping[str, Any]) -> bool:
    """Return whether a folder holds the finished study, of which `manifest` is only a part."""
    if not manifest["interrupted"] or not (Path(out_dir) / MANIFEST).is_file():
        return False
    held = read_manifest(out_dir)
    return held["study_digest"] == manifest["study_digest"] and not held["interrupted"]


# --- whose is it? ----------------------------------------------------------------------------------


def claim(out_dir: str | os.PathLike[str], manifest: Mapping[str, Any]) -> bool:
    """Claim a folder for a study before anything is computed; return whether it was free before.

    Raises
    ------
    StoreError
        If the folder belongs to another study or cannot be written.
    """
    out = Path(out_dir)
    try:
        check_folder(out, manifest)
        make_folder(out)
        with alone(out):
            check_folder(out, manifest)  # another process may have been faster
            if (out / MANIFEST).is_file():
                return False
            write_whole(out / MANIFEST, json_bytes({**manifest, "interrupted": True, "files": {}}))
    except OSError as error:
        raise StoreError(f"{out} cannot be written: {_why(error)}") from error
    return True


def give_up(out_dir: str | os.PathLike[str], manifest: Mapping[str, Any]) -> None:
    """Withdraw the claim of a study that ended without anything to keep."""
    out = Path(out_dir)
    with suppress(OSError, StoreError), alone(out):
        held = read_manifest(out)
        if held["study_digest"] == manifest["study_digest"] and not held["files"]:
            (out / MANIFEST).unlink()
    with suppress(OSError):
        out.rmdir()  # only if nothing else is in it


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one process at a time write to a folder, where the system and the disk support locks."""
    try:
        from fcntl import LOCK_EX, flock
    except ImportError:  # Windows: the last writer wins, file by file
        yield
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # some network file systems have no locks
            flock(handle, LOCK_EX)
        yield
    finally:
        os.close(handle)


# --- what is in it ---------------------------------------------------------------------------------


def damaged_files(out_dir: str | os.PathLike[str]) -> list[str]:
    """Return the files of a folder that are missing or differ from its manifest."""
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


def write_study(
    out_dir: str | os.PathLike[str],
    tables: Mapping[str, bytes | Path],
    draw: Callable[[], Mapping[str, bytes]],
    manifest: Mapping[str, Any],
) -> Path:
    """Write tables, then draw and write figures, then mark the study as finished.

    If it is stopped while figures are drawn, the tables are there, in a folder marked as interrupted.

    Parameters
    ----------
    out_dir : path
        The folder; made if it does not exist.
    tables : mapping of str to (bytes or Path)
        As `files` of `write_folder`.
    draw : callable
        Returns the files that take time to draw, by name.
    manifest : mapping
        As from `qisim.output.manifest.manifest_of`.

    Raises
    ------
    StoreError
        If the folder belongs to another study or cannot be written.
    """
    check_folder(out_dir, manifest)
    with undisturbed():
        write_folder(out_dir, tables, manifest, whole=False)
    drawn = dict(draw())
    with undisturbed():
        return write_folder(out_dir, {**tables, **drawn}, manifest)


def write_folder(
    out_dir: str | os.PathLike[str],
    files: Mapping[str, bytes | Path],
    manifest: Mapping[str, Any],
    *,
    whole: bool = True,
) -> Path:
    """Write all files and then the manifest, each under a temporary name first.

    Parameters
    ----------
    out_dir : path
        The folder; made if it does not exist.
    files : mapping of str to (bytes or Path)
        Content by name; a name may contain a folder, with ``/``. A path is that of a file in the
        folder written under a temporary name, which is renamed now.
    manifest : mapping
        As from `qisim.output.manifest.manifest_of`; ``files`` is added.
    whole : bool
        Whether these are all files of the study; otherwise the manifest marks it as interrupted.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    StoreError
        If the folder belongs to another study (see `check_folder`) or cannot be written.
    """
    out, files = Path(out_dir), {**files, **dictionary_of(files)}
    listed = {name: _digest_of(content) for name, content in sorted(files.items())}
    stopped = bool(manifest.get("interrupted", False)) or not whole
    text = json_bytes({**manifest, "interrupted": stopped, "files": listed})
    check_folder(out, manifest)
    try:
        make_folder(out)
        with alone(out):
            check_folder(out, manifest)
            there = _in_place(out)
            fresh = {
                name: content for name, content in files.items() if there.get(name) != listed[name]
            }
            _write(out, fresh, manifest, there)
            if not stopped:
                write_whole(out / CRATE, json_bytes(crate_of(manifest, listed)))
            write_whole(out / MANIFEST, text)
    except OSError as error:
        raise StoreError(
            f"{out} cannot be written: {_why(error)}; finished runs stay in the run store, and the same "
            "command goes on from there"
        ) from error
    return out


def _in_place(out: Path) -> dict[str, str]:
    """Return the files that a folder's manifest lists and that still match it."""
    if not (out / MANIFEST).is_file():
        return {}
    damaged = set(damaged_files(out))
    return {name: sha for name, sha in read_manifest(out)["files"].items() if name not in damaged}


def _write(
    out: Path, files: Mapping[str, bytes | Path], manifest: Mapping[str, Any],
    there: Mapping[str, str],
) -> None:  # fmt: skip
    """Write the files that are not in place yet; meanwhile the manifest marks the study as interrupted."""
    if files:
        begun = {**manifest, "interrupted": True, "files": _without(there, files)}
        write_whole(out / MANIFEST, json_bytes(begun))
    for name, content in files.items():
        if isinstance(content, Path):
            put_in_place(content, out / name)
        else:
            write_whole(out / name, content)


def _without(there: Mapping[str, str], files: Mapping[str, Any]) -> dict[str, str]:
    return {name: sha for name, sha in there.items() if name not in files}
