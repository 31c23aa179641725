"""The compiled run, kept on disk for the next process.

Compiling takes some seconds; the result is kept in the user's cache directory, under a name made of
everything that it depends on: the sources, the layout of the tables, the versions of Python, Numba
and LLVM, and the processor. A change in any of these gives another name, so nothing stale is ever
loaded (Numba's own cache would miss an edit of an imported file).

Only custom rules and the build of the machine code use it: see `qisim.engines.machine_code`.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import llvmlite
import numba
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from qisim.engines.cache_files import alone, directory, forget_oldest, read, write


def stamp_of(modules: Sequence[ModuleType]) -> str | None:
    """Return a digest of the sources of modules; None where a source cannot be read."""
    text = hashlib.sha256()
    for module in modules:
        try:
            # a loader of files has `get_data`; what has none, or no file, is caught below
            text.update(module.__loader__.get_data(module.__file__))  # type: ignore[union-attr]
        except (OSError, AttributeError):
            return None
    return text.hexdigest()


class CompileCache(NullCache):
    """Keeps the compiled code of one function, in place of Numba's own cache.

    Parameters
    ----------
    name : str
        First part of the names of the files.
    modules : sequence of module
        Whose sources the compiled code depends on.
    """

    def __init__(self, name: str, modules: Sequence[ModuleType]) -> None:
        self.name = name
        self.stamp = stamp_of(modules)  # now, while what was imported is what is on disk
        self.failure: Exception | None = None

    @cached_property
    def cache_path(self) -> Path:
        """Where the files lie."""
        return directory()

    def file(self, signature: Any, codegen: Any) -> Path:
        """Return the file for a signature on this machine."""
        parts = (
            self.stamp, sys.version, numba.__version__, llvmlite.__version__,
            codegen.magic_tuple(), signature,
        )  # fmt: skip
        digest = hashlib.sha256(repr(parts).encode()).hexdigest()
        return self.cache_path / f"{self.name}-{digest[:32]}.bin"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the code compiled for a signature; None if there is none that is complete and up to date."""
        if self.stamp is None:
            return None
        file = self.file(sig, target_context.codegen())
        payload = read(file)
        if payload is None:
            return None
        with suppress(Exception):  # whatever a foreign pickle may raise: compile instead
            result = CompileResult._rebuild(target_context, *pickle.loads(payload))
            with suppress(OSError):
                os.utime(file)
            return result
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep the code compiled for a signature, if the directory can be written to."""
        if self.stamp is None or data.library.has_dynamic_globals:
            return
        with suppress(OSError):
            write(self.file(sig, data.codegen), dumps(data._reduce()))
            forget_oldest(self.cache_path, self.name)


def cached(name: str, *modules: ModuleType, **options: Any) -> Callable[[Callable], Any]:
    """Compile a function when it is first needed, or load it from disk.

    Parameters
    ----------
    name : str
        First part of the names of the files.
    *modules : module
        Whose sources the compiled code depends on.
    **options
        Of `numba.njit`.
    """

    def compiled(function: Callable) -> Any:
        dispatcher = numba.njit(**options)(function)
        if is_compiler(dispatcher):
            dispatcher._cache = CompileCache(name, modules)
        return dispatcher

    return compiled


def is_compiler(function: Any) -> bool:
    """Return whether a function is compiled; with ``NUMBA_DISABLE_JIT=1`` it stays as it is."""
    return hasattr(function, "overloads")


def ready(function: Any, arguments: Sequence[Any]) -> Callable[..., Any]:
    """Return a function compiled (or loaded) for arguments of these types, which are not checked again.

    Of several processes one compiles and the others wait for it. Code that cannot be compiled is
    tried once: later calls get the same error at once.
    """
    if not is_compiler(function):
        return function
    if not function.overloads:
        compile_alone(function, tuple(numba.typeof(argument) for argument in arguments))
    (compiled,) = function.overloads.values()
    return compiled.entry_point


def compile_alone(function: Any, signature: tuple) -> None:
    """Compile for a signature, or load, while no other process compiles the same."""
    cache = function._cache
    if cache.failure is not None:
        raise cache.failure
    try:
        with alone(cache.file(signature, function.targetctx.codegen())):
            function.compile(signature)
    except Exception as error:
        cache.failure = error
        raise
