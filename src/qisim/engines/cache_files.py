"""Cached files for the next process: complete, trusted, and limited in number.

Code read from here is executed. So a file is used only if it is complete and only this user, or the
system's owner, can have written it. If anything is wrong with the folder or a file, the worst that
happens is that the process compiles for itself.

Environment
-----------
QISIM_CACHE_DIR
    Directory to use in place of the user's cache directory. In a shared one, only the user's own
    files are read.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from qisim.atomic import forget_left_over, trusted_owner, write_whole

KEPT = 12
"""Files kept, the most recently used ones: several versions of this program, of Python or of
processors may share a home.
"""

PATIENCE = 120.0
"""Seconds to wait for another process that is compiling the same code."""

DIGEST = hashlib.sha256().digest_size


def directory() -> Path:
    """Return the directory of compiled code; it need not exist."""
    named = os.environ.get("QISIM_CACHE_DIR")
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("qisim", appauthor=False) / "compiled"


def read(file: Path) -> bytes | None:
    """Return the content of a file; None if it is missing, unreadable, damaged or not trusted."""
    try:
        with file.open("rb") as stream:
            ours = is_ours(os.fstat(stream.fileno()))
            content = stream.read() if ours else b""
    except OSError:
        return None
    if not ours:
        tell_foreign(str(file.parent))
    digest, payload = content[:DIGEST], content[DIGEST:]
    return payload if hashlib.sha256(payload).digest() == digest else None


@lru_cache
def tell_foreign(folder: str) -> None:
    """Warn, once for each folder, that code in it is not run."""
    warnings.warn(
        f"compiled code in {folder} belongs to somebody else, or others may write it, so it is not run; it is "
        "compiled anew (QISIM_CACHE_DIR names another folder)",
        stacklevel=2,
    )


def is_ours(about: os.stat_result) -> bool:
    """Return whether only this user, or the system's owner, can have written a file.

    Code read here is executed. So in a shared folder only the user's own files are used; without
    any, the code is compiled.
    """
    if not hasattr(os, "geteuid"):
        return True  # Windows: the user's own folder, unless QISIM_CACHE_DIR says otherwise
    return trusted_owner(about.st_uid) and not about.st_mode & 0o022


def write(file: Path, payload: bytes) -> None:
    """Write a file with its digest, atomically."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(file, hashlib.sha256(payload).digest() + payload, mode=0o600)


def forget_oldest(folder: Path, name: str) -> None:
    """Delete all but the most recently used files, and their locks."""
    files = sorted(folder.glob(f"{name}-*.bin"), key=lambda file: file.stat().st_mtime)
    for left in folder.glob(".*.tmp"):
        forget_left_over(left)
    for file in files[:-KEPT]:
        file.unlink(missing_ok=True)
        lock_of(file).unlink(missing_ok=True)


def lock_of(file: Path) -> Path:
    """Return the lock for compiling into a file."""
    return file.with_suffix(".lock")


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Wait while another process compiles the same code; if no lock can be had, continue."""
    from filelock import FileLock, Timeout

    lock = FileLock(lock_of(file), timeout=PATIENCE)
    with suppress(OSError, NotImplementedError, Timeout):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
