"""The errors that qisim raises, as a tree.

::

    QisimError                 anything that qisim raises on purpose
    ├── InputError             what the user gave is wrong (exit code 2); carries every problem
    │   ├── ScenarioError      a scenario file, or a value in it
    │   ├── UnknownKeyError    a key that a scenario does not have; a KeyError as well
    │   ├── UnknownKeywordError  a keyword that a verb does not take; a TypeError as well
    │   ├── StudyError         a study file, or a value in it
    │   └── DataError          a table of observations or of design points
    ├── StoreError             a folder of results is foreign, damaged or belongs to another study
    ├── RunError               a run could not be finished; the others are kept (exit code 3)
    └── Interrupted            the user stopped a study; carries what was finished (exit code 130)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from numbers import Integral
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with what the user gave.

    Attributes
    ----------
    message : str
        What is wrong, in plain words.
    file : str, optional
        The file it stands in.
    line : int, optional
        Its line in the file, counted from one, where known.
    key : str, optional
        The dotted key, such as ``workforce.staff_turnover``.
    value : object, optional
        The value that was given.
    allowed : str, optional
        What would have been allowed, with its unit.
    nearest : str, optional
        The nearest known name for a misspelt one.
    """

    message: str
    file: str | None = None
    line: int | None = None
    key: str | None = None
    value: object = None
    allowed: str | None = None
    nearest: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        head = ": ".join(part for part in (place, self.key) if part)
        parts = [f"{head}: {self.message}" if head else self.message]
        if self.value is not None:
            parts.append(f"got {shortened(self.value)}")
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        if self.nearest:
            number = self.nearest.lstrip("-")[:1].isdigit()
            parts.append(f"did you mean {self.nearest if number else repr(self.nearest)}?")
        return "; ".join(parts)


def shortened(value: object, width: int = 80) -> str:
    """Return ``repr(value)``, cut to `width` characters."""
    text = repr(value)
    return text if len(text) <= width else text[: width - 1] + "…"


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like `name`, or None when nothing does.

    Case is ignored.
    """
    folded = {each.casefold(): each for each in known}
    matches = get_close_matches(str(name).casefold(), list(folded), n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def not_one_of(key: str, value: Any, words: Sequence[str], file: str | None = None) -> Problem:
    """Return the problem of a value that is not one of the words that `key` takes."""
    return Problem("is not one of the words allowed", file, key=key, value=value,
                   allowed=" | ".join(words), nearest=nearest_name(str(value), words))  # fmt: skip


def first_problems(
    problems: Sequence[Problem], most: int, file: str | None = None, things: str = "problems"
) -> list[Problem]:
    """Return the first problems, as many as people can read, and how many more there are."""
    left = len(problems) - most
    more = [Problem(f"and {left} more {things if left > 1 else things.removesuffix('s')}", file)]
    return [*problems[:most], *(more if left > 0 else [])]


def not_whole(name: str, value: Any, low: int, high: int) -> Problem | None:
    """Return the problem of an option that is not a whole number from `low` to `high`, or None."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if whole and low <= value <= high:
        return None
    what = "out of range" if whole else "not a whole number"
    return Problem(what, key=name, value=value, allowed=f"whole number from {low} to {high}")


def optional(name: str, who: str, extra: str) -> ModuleType:
    """Import an optional dependency, or say what needs it and how to install it.

    Parameters
    ----------
    name : str
        Name of the library.
    who : str
        What needs it.
    extra : str
        The extra of this package that brings it.

    Raises
    ------
    QisimError
        If it is not installed.
    """
    try:
        return import_module(name)
    except ImportError:
        raise QisimError(
            f"{who} needs {name}, which is not installed; `pip install 'qisim[{extra}]'` brings it"
        ) from None


class QisimError(Exception):
    """Base of every error that qisim raises on purpose."""

    exit_code = 1


class InputError(QisimError):
    """What the user gave is wrong; every problem is listed, not only the first.

    Parameters
    ----------
    problems : sequence of Problem or str
        All that is wrong.
    """

    exit_code = 2

    def __init__(self, problems: Sequence[Problem | str] | Problem | str) -> None:
        if isinstance(problems, Problem | str):
            problems = [problems]
        self.problems = [p if isinstance(p, Problem) else Problem(p) for p in problems]
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ScenarioError(InputError):
    """A scenario file, or a value meant for a scenario, is wrong."""


class UnknownKeyError(InputError, KeyError):
    """A scenario was asked for a key that it does not have."""

    __str__ = Exception.__str__  # a KeyError would put its message in quotation marks


class UnknownKeywordError(InputError, TypeError):
    """A verb was given a keyword that it does not take; a TypeError as well."""


class StudyError(InputError):
    """A study file, or a value in it, is wrong."""


class DataError(InputError):
    """A table that the user gave (observations, design points) is wrong."""


class StoreError(QisimError):
    """A folder of results is foreign, damaged, or belongs to another study."""

    exit_code = 2


class RunError(QisimError):
    """A run could not be finished."""

    exit_code = 3


class Interrupted(QisimError):
    """The user stopped a study; what was finished is kept.

    Parameters
    ----------
    result : object, optional
        What was finished, as the study would have returned it; None when nothing was.
    """

    exit_code = 130

    def __init__(self, result: Any = None) -> None:
        self.result = result
        super().__init__("interrupted")
