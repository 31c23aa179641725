"""Files that are written whole or not at all, even when the power goes or the disk is full."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
import time
from pathlib import Path

TEMPORARY = re.compile(r"\..*\.tmp")
"""Names of files in the making; a process that was killed may leave one behind."""

STALE_S = 3600.0
"""Age at which such a file is surely left over."""


def write_whole(path: Path, content: bytes, mode: int | None = None) -> None:
    """Write a file so that all of it is there or none, even when the power goes.

    It is written under a temporary name, brought to the disk, and renamed.

    Parameters
    ----------
    path : Path
    content : bytes
    mode : int, optional
        Who may read and write it, in place of what the system gives a new file.
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
    """Return a name for a file in the making that no other process, thread or machine uses."""
    return path.with_name(f".{path.name}.{_machine()}.{os.getpid()}.{secrets.token_hex(8)}.tmp")


def _machine() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def forget_left_over(path: Path) -> None:
    """Delete a file in the making that a process which was killed has left behind.

    Another process may be about to finish its own. So only what a process of this machine has left
    that is no more is deleted, and whatever nobody has written to for an hour.
    """
    if not TEMPORARY.fullmatch(path.name):
        return
    try:
        if _is_dead(path.name) or time.time() - path.stat().st_mtime > STALE_S:
            path.unlink(missing_ok=True)
    except OSError:
        pass  # another process was faster


def _is_dead(name: str) -> bool:
    """Say whether the process that a temporary name tells of was on this machine and is no more."""
    *_, machine, process, _, _ = ("", "", "", *name.split("."))
    if os.name != "posix" or machine != _machine() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass  # it lives, and belongs to somebody else
    return False


def put_in_place(draft: Path, path: Path) -> None:
    """Bring a file that was written under a temporary name to the disk, and give it its own."""
    with draft.open("rb+") as written:
        os.fsync(written.fileno())
    os.replace(draft, path)
    sync_folder(path.parent)


def trusted_owner(user: int) -> bool:
    """Say whether files of a user are one's own, or the system owner's; Windows tells of no users."""
    return not hasattr(os, "geteuid") or user in (os.geteuid(), 0)


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
