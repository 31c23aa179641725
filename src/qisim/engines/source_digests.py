"""The sources of the model, as they were when qisim was imported.

A process runs what it has imported, not what lies on disk by then: in a notebook a module may be
edited long after it was loaded. So the sources are read here, before any module of the model is
imported, and stored runs are identified by these. If a file has changed since, it cannot be told
which version made a run, and nothing may be stored.

A digest covers what can change a number: the code. What only people read (docstrings, comments,
layout) is left out, so that rewording keeps all stored runs valid and a changed rule keeps none.
Labels and units of outcomes, and the ranges of parameters, are in modules that are not among these.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

SHARED = (
    "qisim.model.arithmetic", "qisim.model.calendar", "qisim.model.draws",
    "qisim.model.outcome_values", "qisim.model.power", "qisim.model.records", "qisim.model.rules",
    "qisim.model.rules.activities", "qisim.model.rules.attitudes", "qisim.model.rules.colleagues",
    "qisim.model.rules.fates", "qisim.model.rules.forgetting", "qisim.model.rules.leaders",
    "qisim.model.rules.levels", "qisim.model.rules.load", "qisim.model.rules.people",
    "qisim.model.rules.rates", "qisim.model.rules.use", "qisim.model.site", "qisim.model.week",
    "qisim.model.week_person", "qisim.model.week_post", "qisim.model.week_unit",
    "qisim.engines.lane_tables", "qisim.engines.lanes", "qisim.engines.numba_run",
)  # fmt: skip
"""Modules whose code makes a run what it is, besides the engine's own."""

ENGINES = ("qisim.engines.compiled", "qisim.engines.mesa_model")


def file_of(module: str) -> Path:
    """Return the file of one of qisim's modules."""
    path = Path(__file__).parents[1].joinpath(*module.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def sources() -> dict[str, bytes | None]:
    """Return each source as it is now; None where it cannot be read."""
    return {module: _read(file_of(module)) for module in (*SHARED, *ENGINES)}


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


IMPORTED: Mapping[str, bytes | None] = sources()
"""The sources before any of them was imported."""


def digest(module: str) -> str | None:
    """Return a digest of the code of a module as it was imported; None where it could not be read."""
    source = IMPORTED[module]
    return None if source is None else code_digest(source)


@lru_cache(maxsize=64)
def code_digest(source: bytes) -> str:
    """Return a digest of the code of a source, ignoring docstrings and comments.

    Bytes that are not Python count as they are.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return hashlib.blake2b(source, digest_size=16).hexdigest()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            # the stub knows `body` of the single kinds of node only, not of `ast.AST`
            node.body = [line for line in body if not _is_text(line)] or [ast.Pass()]  # type: ignore[attr-defined]
    return hashlib.blake2b(ast.unparse(tree).encode(), digest_size=16).hexdigest()


def _is_text(line: ast.AST) -> bool:
    """Return whether a statement is a docstring or another bare string."""
    return (
        isinstance(line, ast.Expr)
        and isinstance(line.value, ast.Constant)
        and isinstance(line.value.value, str)
    )


def changed() -> list[str]:
    """Return the modules whose code is no longer what it was when qisim was imported."""
    now = sources()
    return [module for module in IMPORTED if _differ(IMPORTED[module], now[module])]


def _differ(before: bytes | None, after: bytes | None) -> bool:
    if before is None or after is None or before == after:
        return before is not after and before != after
    return code_digest(before) != code_digest(after)
