"""Rules of your own in place of the model's, in both engines.

A file of plain functions, named by the environment variable ``QISIM_RULES``: each has the name and the
parameters of a rule of `qisim.model.rules` and takes its place before an engine is loaded, so that the Mesa
engine calls it and the compiled engine compiles it. Helpers have names that begin with ``_``.
Everything kept on disk (compiled code, finished runs) then has another name, and a manifest holds
the whole file, so that no result of changed rules can be mistaken for one of the model's own.

The variable is read once, when this module is first loaded; `docs/own-mechanism.md` shows the use.
"""

from __future__ import annotations

import ast
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from inspect import signature
from pathlib import Path
from traceback import extract_tb
from types import FunctionType, ModuleType
from typing import Any

from qisim.errors import InputError, Problem, nearest_name
from qisim.model import rules
from qisim.model.theories import THEORIES, rules_of
from qisim.reading import MIB, ordinary_bytes, why

OWN_RULES = "QISIM_RULES"
"""Environment variable with the path of the file, or the name of a shipped theory; empty or missing: the
rules are the model's own."""


def named() -> str:
    """Return the path of the file that the variable names as of now."""
    text = os.environ.get(OWN_RULES, "")
    return str(rules_of(text)) if text in THEORIES else text


FILE = named()
"""The file in force in this process."""

RATES = {name for name, rule in rules.RULES.items() if rule.__module__ == rules.rates.__name__}
"""Rules that turn parameters into coefficients before a run; they cannot be replaced."""

MODEL = rules.RULES
"""The model's own rules by name, whatever replaces them."""


def source() -> bytes:
    """Return the content of the file in force, as it was loaded; nothing where there is none.

    Raises
    ------
    InputError
        If it cannot be read, or if the variable was changed after qisim had read it.
    """
    if named() != FILE:
        message = "was changed after qisim had read it; set it before, in a process of its own"
        raise InputError(Problem(message, key=OWN_RULES, value=os.environ.get(OWN_RULES, "")))
    return _content()


@lru_cache(maxsize=1)
def _content() -> bytes:
    """Read the file once, so that what is reported of it is what was loaded, even if it changes later."""
    try:
        held = ordinary_bytes(FILE, MIB) if FILE else b""
    except (OSError, ValueError) as error:
        nearest = nearest_name(FILE, THEORIES)
        wrong = Problem(f"cannot be read: {why(error)}", FILE, key=OWN_RULES, nearest=nearest)
        raise InputError(wrong) from None
    if len(held) > MIB:
        raise InputError(Problem("is too large", FILE, key=OWN_RULES, allowed="at most 1 MiB"))
    return held


def changed() -> bool:
    """Return whether the file in force has changed since it was loaded."""
    held = (
        source()
    )  # a file that could not be read in the first place has not changed: report that instead
    try:
        return bool(FILE) and ordinary_bytes(FILE, MIB) != held
    except (OSError, ValueError):
        return True


def describe_rules() -> dict[str, Any] | None:
    """Return file, digest, rules and text for a manifest; None where the rules are the model's own."""
    text = source()
    if not FILE:
        return None
    return {
        "file": Path(FILE).name,
        "sha256": hashlib.sha256(text).hexdigest(),
        "replaces": sorted(replaced()),
        "source": text.decode("utf-8"),
    }


def put_in_place() -> None:
    """Replace the model's rules by the functions of the file; the package of the engines calls it.

    Raises
    ------
    InputError
        If the file is wrong; every problem is listed.
    """
    for name, rule in replaced().items():
        rule.__module__ = MODEL[name].__module__  # for whoever asks a rule where it belongs
        for module in (rules, *rules.PARTS):
            if hasattr(module, name):  # where it is written, and where other rules call it
                setattr(module, name, rule)


def modules() -> tuple[ModuleType, ...]:
    """Return the module that the file makes, if there is one: compiled code depends on it."""
    return (loaded(),) if FILE else ()


def needed() -> list[Callable]:
    """Return what the rules of the file may call besides rules: its helpers, and the rules it replaces."""
    helpers = [f for module in modules() for f in functions(module) if f.__name__.startswith("_")]
    return [*helpers, *(MODEL[name] for name in replaced())]


def replaced() -> dict[str, FunctionType]:
    """Return the rules of the file in force, by name."""
    found = [f for module in modules() for f in functions(module) if not f.__name__.startswith("_")]
    return {function.__name__: function for function in found}


@lru_cache(maxsize=1)
def loaded() -> ModuleType:
    """Load the file in force and check it."""
    source()
    spec = spec_from_file_location("qisim_own_rules", FILE)
    if spec is None or spec.loader is None:
        raise InputError(Problem("is not a file of Python (.py)", FILE, key=OWN_RULES))
    module = module_from_spec(spec)
    try:
        tree = ast.parse(source(), FILE)
        foreign = list(foreign_imports(tree))
        if foreign:
            raise InputError(foreign)
        code = compile(tree, str(module.__file__), "exec")  # of the source as read, not a .pyc
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line, why = getattr(error, "lineno", None), getattr(error, "msg", error)
        raise InputError(Problem(f"is not Python: {why}", FILE, line)) from None
    try:
        exec(code, vars(module))
    except Exception as error:
        message = f"cannot be loaded: {type(error).__name__}: {error}"
        raise InputError(Problem(message, FILE, line_of(error, str(module.__file__)))) from None
    problems = list(problems_of(functions(module)))
    if problems:
        raise InputError(problems)
    return module


def line_of(error: BaseException, file: str) -> int | None:
    """Return the line of a file in which an error was raised, the innermost one."""
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == file]
    return lines[-1] if lines else None


def foreign_imports(tree: ast.Module) -> Iterator[Problem]:
    """Yield the imports of a file that no name of a stored run or of compiled code depends on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = ["." * node.level + (node.module or "")]
        else:
            continue
        for name in names:
            if name.partition(".")[0] not in {"qisim", *sys.stdlib_module_names}:
                message = "may not be imported: an edit of it would go unnoticed"
                allowed = (
                    "modules of Python's own library and of qisim; put the rest into this file"
                )
                yield Problem(message, FILE, node.lineno, name, allowed=allowed)


def functions(module: ModuleType) -> list[FunctionType]:
    """Return the functions that a module defines itself, without those that it imports."""
    code = (thing for thing in vars(module).values() if isinstance(thing, FunctionType))
    return [function for function in code if function.__code__.co_filename == module.__file__]


def problems_of(found: list[FunctionType]) -> Iterator[Problem]:
    """Yield the problems of functions that are to replace rules."""
    public = [function for function in found if not function.__name__.startswith("_")]
    if not public:
        yield Problem("defines no rule", FILE, allowed="functions with the name of a rule")
    for function in public:
        name, line = function.__name__, function.__code__.co_firstlineno
        if name in RATES:
            yield Problem(
                "is worked out before a run; change its parameter instead", FILE, line, name
            )
        elif name not in MODEL:
            message = "is not a rule; the name of a helper begins with _"
            yield Problem(message, FILE, line, name, nearest=nearest_name(name, MODEL))
        elif list(signature(function).parameters) != list(signature(MODEL[name]).parameters):
            wanted = ", ".join(signature(MODEL[name]).parameters)
            given = ", ".join(signature(function).parameters)
            yield Problem("takes other parameters", FILE, line, name, given, allowed=wanted)
