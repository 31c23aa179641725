"""Files that are written whole or not at all, even when the power goes or the disk is full."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

TEMPORARY = re.compile(r"\..*\.tmp")
"""Names of files in the making; a process that was killed may leave one behind."""


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
