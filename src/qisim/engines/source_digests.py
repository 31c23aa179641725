"""The sources of the model, as they were when qisim was imported.

What a process runs is what it has imported, not what lies on the disk by then: in a notebook a module
may be edited long after it was loaded. So the digests are taken here, before any module of the model
is imported, and what is kept of a run goes by these. Where a file has changed since, nobody can tell
which of the two a run was made by, and nothing may be kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

SHARED = (
    "qisim.model.arithmetic", "qisim.model.calendar", "qisim.model.draws", "qisim.model.outcomes",
    "qisim.model.power", "qisim.model.records", "qisim.model.rules", "qisim.model.site",
    "qisim.model.week", "qisim.model.week_person", "qisim.model.week_unit", "qisim.engines.lanes",
)  # fmt: skip
"""Modules whose source makes a run what it is, besides the engine's own."""

ENGINES = ("qisim.engines.compiled", "qisim.engines.mesa_model")


def file_of(module: str) -> Path:
    """Return the file of one of qisim's modules."""
    return Path(__file__).parents[1].joinpath(*module.split(".")[1:]).with_suffix(".py")


def digests() -> dict[str, str | None]:
    """Return a digest of each source as it is now; None where it cannot be read."""
    return {module: _digest(file_of(module)) for module in (*SHARED, *ENGINES)}


def _digest(file: Path) -> str | None:
    try:
        return hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return None


IMPORTED: Mapping[str, str | None] = digests()
"""Digests of the sources before any of them was imported."""


def changed() -> list[str]:
    """Return the modules whose source is no longer what it was when qisim was imported."""
    now = digests()
    return [module for module, digest in IMPORTED.items() if now[module] != digest]
