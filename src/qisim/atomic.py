"""Atomic writes: a file is written whole or not at all, even if the power fails or the disk is full."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
import time
from pathlib import Path

TEMPORARY = re.compile(r"\..*\.tmp")
"""Names of temporary files; a process that was killed may leave one behind."""

STALE_S = 3600.0
"""Age (in seconds) from which such a file is certainly a leftover."""


def write_whole(path: Path, content: bytes, mode: int | None = None) -> None:
    """Write a file atomically: whole or not at all, even if the power fails.

    It is written under a temporary name, flushed to disk, and renamed.

    Parameters
    ----------
    path : Path
    content : bytes
    mode : int, optional
        Permissions, in place of the system's default for a new file.
    """
    make_folder(path.parent)
    draft = temporary_name(path)
    try:
        draft.write_bytes(content)
        if mode is not None:
            draft.chmod(mode)
        put_in_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def temporary_name(path: Path) -> Path:
    """Return a temporary name that no other process, thread or machine uses."""
    return path.with_name(f".{path.name}.{_machine()}.{os.getpid()}.{secrets.token_hex(8)}.tmp")


def _machine() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def forget_left_over(path: Path) -> None:
    """Delete a temporary file left behind by a process that was killed.

    Another process may be about to finish its own. So a file is deleted only if its process ran on
    this machine and has ended, or if nobody has written to it for an hour.
    """
    if not TEMPORARY.fullmatch(path.name):
        return
    try:
        if _is_dead(path.name) or time.time() - path.stat().st_mtime > STALE_S:
            path.unlink(missing_ok=True)
    except OSError:
        pass  # another process was faster


def _is_dead(name: str) -> bool:
    """Return whether the process named in a temporary name ran on this machine and has ended."""
    *_, machine, process, _, _ = ("", "", "", *name.split("."))
    if os.name != "posix" or machine != _machine() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass  # it is alive, and belongs to another user
    return False


def put_in_place(draft: Path, path: Path) -> None:
    """Flush a file written under a temporary name to disk, and rename it."""
    with draft.open("rb+") as written:
        os.fsync(written.fileno())
    os.replace(draft, path)
    sync_folder(path.parent)


def trusted_owner(user: int) -> bool:
    """Return whether a file's owner is this user or the system's owner; Windows reports no owners."""
    return not hasattr(os, "geteuid") or user in (os.geteuid(), 0)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, and flush their names to disk."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError:
        pass  # some network file systems cannot; the rename itself has been done
    finally:
        os.close(handle)
