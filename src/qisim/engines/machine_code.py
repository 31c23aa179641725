"""The run of the model as shipped, as machine code that is loaded without Numba.

Compiling takes some twenty seconds, and merely loading Numba more than half a second. So the wheel
carries the compiled code for common processors, as object files (`SHIPPED`); `hatch_build.py`
builds them with the wheel. Where there is none for a processor, or it was built from other sources
than those present, the code is built when it is first needed, in a separate process
(`qisim.engines.machine_code_build`), and kept in the user's cache directory. Either way llvmlite
loads it in milliseconds.

An object file is named by a digest of the sources of everything in it, and of the layout of every
table that it reads or writes. So a stale one is never loaded, and never shipped. Custom rules go
through Numba.

Environment
-----------
QISIM_MACHINE_CODE
    ``numba``: compile with Numba in this process instead.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from qisim.engines import cache_files, custom_rules, lane_tables, source_digests
from qisim.model import site

SWITCH = "QISIM_MACHINE_CODE"
SHIPPED = Path(__file__).with_name("shipped")
ABOUT = "about.json"
SYMBOL = "qisim_run"
NUMBER = np.dtype([("value", np.float64)], align=True)
WHOLE = np.dtype([("value", np.int64)], align=True)
TABLES = {
    "shapes": lane_tables.SHAPE, "staff": lane_tables.PERSON, "leaders": lane_tables.PERSON,
    "teams": lane_tables.TEAM, "units": lane_tables.UNIT, "sites": lane_tables.SITE,
    "ks": lane_tables.COEFFICIENT, "keys": lane_tables.KEY, "blocks": lane_tables.BLOCK,
    "chance": lane_tables.CHANCE, "fate": lane_tables.FATE, "calendar": lane_tables.CALENDAR,
    "called": NUMBER, "activities": site.ACTIVITY, "first": WHOLE, "weekly": lane_tables.WEEK,
    "adopters": NUMBER,
}  # fmt: skip
"""The arguments of the run, in the order of `qisim.engines.numba_run.run`."""
GRID = "called"
"""The only table with two dimensions."""
ARGUMENTS = np.dtype(
    [
        *((f"at_{name}", np.int64) for name in TABLES),
        *((f"rows_{name}", np.int64) for name in TABLES),
        ("columns", np.int64),
    ],
    align=True,
)
"""The argument of the machine code: address and length of each table."""

TRIPLE = "x86_64-unknown-linux-gnu"
X86_LEVELS = {
    "x86-64-v3": "avx avx2 bmi bmi2 f16c fma lzcnt movbe",
    "x86-64-v2": "cx16 popcnt sahf sse3 sse4.1 sse4.2 ssse3",
}
"""Processor levels for which code is shipped, the newest first, with the features that each adds to
the one after it.
"""
MADE_OF = ("machine_code_build", "wasm_memory")
"""Files of this room on which the code depends, besides the sources of the model."""


# --- what it is made of ----------------------------------------------------------------------------


@lru_cache(maxsize=1)
def stamp() -> str | None:
    """Return a digest of everything the code is built from; None where a source cannot be read."""
    text = hashlib.blake2b(digest_size=16)
    own = {name: source_digests.file_of(f"qisim.engines.{name}") for name in MADE_OF}
    try:
        read = {name: path.read_bytes() for name, path in own.items()}
        sources: dict[str, bytes | None] = {**source_digests.IMPORTED, **read}
    except OSError:
        return None
    for name, source in sorted(sources.items()):
        if source is None:
            return None
        text.update(f"{name} {len(source)} ".encode() + source)
    text.update(repr([(name, _layout(kind)) for name, kind in TABLES.items()]).encode())
    return text.hexdigest()


def _layout(kind: np.dtype) -> list[tuple[str, str, int]]:
    """Return name, type and offset of the fields of a table."""
    return [(name, str(held[0]), int(held[1])) for name, held in (kind.fields or {}).items()]


# --- which of it -----------------------------------------------------------------------------------


def entry() -> Callable[..., None] | None:
    """Return the run, a function of the tables of a desk; None where Numba has to compile it."""
    asked = os.environ.get(SWITCH) != "numba" and os.environ.get("NUMBA_DISABLE_JIT", "0") == "0"
    return _entry() if asked and not custom_rules.FILE and stamp() is not None else None


@lru_cache(maxsize=1)
def _entry() -> Callable[..., None] | None:
    try:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
    except (ImportError, OSError, RuntimeError):
        return None
    code = shipped(_levels(llvm))
    if code is None:
        with suppress(OSError, subprocess.SubprocessError):
            code = kept(*processor(llvm))
    return None if code is None else loaded(code)


def processor(llvm: Any) -> tuple[str, str, str]:
    """Return triple, name and features of the target processor; Numba's environment variables apply."""
    name = os.environ.get("NUMBA_CPU_NAME") or llvm.get_host_cpu_name()
    named = os.environ.get("NUMBA_CPU_NAME")
    features = os.environ.get("NUMBA_CPU_FEATURES")
    if features is None:
        features = "" if named else llvm.get_host_cpu_features().flatten()
    return llvm.get_process_triple(), name, features


def _levels(llvm: Any) -> list[str]:
    """Return the shipped processor levels that this machine can run, the best first."""
    triple, named = llvm.get_process_triple(), os.environ.get("NUMBA_CPU_NAME")
    if named or not (triple.startswith("x86_64") and "linux" in triple):
        return []
    has = llvm.get_host_cpu_features()
    able, found = True, []
    for level, features in reversed(X86_LEVELS.items()):
        able = able and all(has.get(feature) for feature in features.split())
        found += [level] if able else []
    return found[::-1]


def shipped(levels: list[str]) -> bytes | None:
    """Return the code shipped with qisim for the first of some levels, if it is up to date and complete."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        about = json.loads((SHIPPED / ABOUT).read_text(encoding="utf-8"))
        if about["stamp"] != stamp():
            return None
        for level in levels:
            code = (SHIPPED / f"{level}.o").read_bytes()
            if hashlib.sha256(code).hexdigest() == about["objects"][level]:
                return code
    return None


def kept(triple: str, name: str, features: str) -> bytes | None:
    """Return code built for this processor: cached by an earlier process, or built now."""
    import llvmlite

    parts = (stamp(), llvmlite.__version__, triple, name, features)
    key = hashlib.sha256(repr(parts).encode())
    file = cache_files.directory() / f"machine-{key.hexdigest()[:32]}.bin"
    found = held(file, key.digest())
    if found is not None:
        with suppress(OSError):
            os.utime(file)
        return found
    with cache_files.alone(file):
        found = held(file, key.digest())
        if found is None and (code := made(triple, {name: features}).get(name)) is not None:
            found = code
            with suppress(OSError):
                cache_files.write(file, key.digest() + code)
                cache_files.forget_oldest(file.parent, "machine")
    return found


def held(file: Path, key: bytes) -> bytes | None:
    """Return the code of a file whose content states its sources and its target; None for any other.

    A file that merely has the right name, such as one copied from another processor, would crash
    the process.
    """
    content = cache_files.read(file)
    if content is None or content[: len(key)] != key:
        return None
    return content[len(key) :]


def made(triple: str, processors: dict[str, str]) -> dict[str, bytes]:
    """Return code for some processors (name: features), built in a separate process; none if that fails."""
    own = {
        "NUMBA_OPT": "0", "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "",
        "NUMBA_DISABLE_JIT": "0", "NUMBA_BOUNDSCHECK": "0", "NUMBA_DEBUGINFO": "0",
    }  # fmt: skip
    with TemporaryDirectory(prefix="qisim-") as folder:
        words = [word for pair in processors.items() for word in pair]
        done = subprocess.run(
            [sys.executable, "-m", "qisim.engines.machine_code_build", folder, triple, *words],
            env={**os.environ, **own}, capture_output=True, check=False,
        )  # fmt: skip
        if done.returncode:
            return {}
        return {name: Path(folder, f"{name}.o").read_bytes() for name in processors}


# --- loading it ------------------------------------------------------------------------------------

_LOADED: list[Any] = []
"""The owner of loaded code, kept alive as long as it may be called."""


def loaded(code: bytes) -> Callable[..., None]:
    """Return the run of an object file, ready to be called with the tables of a desk."""
    import llvmlite.binding as llvm

    machine = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _LOADED.append(engine)
    run = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_int64)(engine.get_function_address(SYMBOL))

    def call(*tables: np.ndarray) -> None:
        handed = arguments_of(
            tables
        )  # kept alive while it runs: an address alone keeps no table alive
        if run(handed.ctypes.data):
            raise RuntimeError("the compiled run has failed")

    return call


def arguments_of(tables: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return the argument of the machine code for some tables."""
    places = [table.ctypes.data for table in tables]
    columns = tables[list(TABLES).index(GRID)].shape[1]
    return np.array([*places, *map(len, tables), columns], dtype=np.int64)
