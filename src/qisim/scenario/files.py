"""Scenario files: finding them, reading them safely, resolving `extends`.

A file may extend others, which may extend others. Each file is read once, at its first position,
and before any file that extends it; so a file overrides everything that it extends, and of two
files in a list the later one wins.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from qisim.errors import Problem, nearest_name
from qisim.reading import NOT_ORDINARY, decoded, hidden_ending, ordinary_bytes, readable
from qisim.scenario.line_numbers import MAX_DEPTH, KeyLines, key_lines

MAX_BYTES = 1 << 20
MAX_CHAIN = 16
MAX_FILES = 64
MAX_EXTENDS = 16

_PLAIN = {
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"), '"'),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032"), "'"),
    **dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000"), " "),
    **dict.fromkeys(map(ord, "\u200b\u2060\ufeff"), None),
}
"""Quotation marks and spaces of word processors, and their plain equivalents."""
_SHIPPED_NAME = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")
_LONG_NUMBER = re.compile(r"[0-9][0-9_]{2000,}+")
_ASSIGNMENT = re.compile(r"[\w.-]+\s*=\s*(?P<value>[^#]*[^#\s])\s*(#.*)?")
_NEAR_NUMBER = re.compile(
    r"(?P<whole>[-+]?\d{0,12})([.,](?P<decimals>\d{1,12}))?\s*(?P<per_cent>(?:%|prosent|per ?cent|pct)?)"
)
_PER_CENT = re.compile(  # a share without quotation marks, as people write it: 24 %
    r"^([ \t]*[\w.-]+[ \t]*=[ \t]*)(\d{1,12}(?:[.,]\d{1,12})?[ \t]*%)(?=[ \t]*(?:#.*)?\r?$)",
    re.MULTILINE,
)
_SPACED = re.compile(r"(?:kr\.? )?(?P<number>\d{1,3}(?:[ \u00a0\u202f]\d{3})+)(?: ?kr\.?)?")
_WITH_UNIT = re.compile(r"(?P<number>-?\d{1,12}(?:\.\d{1,12})?) ?[^\W\d][\w./ ]{0,30}")
_WORDS = re.compile(r"(?!(?:true|false|[-+]?inf|nan)$)[^\W\d][\w -]*")
_TOML_PLACE = re.compile(r"\s*\((?:at line (\d+), column \d+|at end of document)\)$")


@dataclass(frozen=True)
class Layer:
    """The content of one file (or mapping).

    Attributes
    ----------
    label : str
        What the file is called in messages: a shipped name, or the path that was given.
    data : mapping
        Its content as TOML gives it.
    lines : KeyLines
        Where it stands.
    """

    label: str
    data: Mapping[str, Any]
    lines: KeyLines = field(default_factory=KeyLines)


@dataclass(frozen=True)
class Source:
    """Where a scenario is read from: a shipped file, a path, or standard input.

    Attributes
    ----------
    label : str
        What it is called in messages.
    place : Path, Traversable or None
        The file; None is standard input.
    folder : str
        Paths in `extends` are relative to it.
    """

    label: str
    place: Path | Traversable | None
    folder: str

    @property
    def identity(self) -> str:
        """Return the identity of the file, however it was reached."""
        if not isinstance(self.place, Path):
            return self.label
        try:
            return os.path.realpath(self.place)
        except ValueError:  # not a valid path
            return self.label


# --- shipped scenarios -----------------------------------------------------------------------------


@cache
def shipped_folder() -> Traversable:
    """Return the folder of shipped scenarios: in the package, or beside ``src`` in a checkout."""
    installed = resources.files("qisim") / "scenarios"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "scenarios"


@cache
def shipped() -> tuple[str, ...]:
    """Return the names of the shipped scenarios, in alphabetical order; parts are not among them."""
    folder = shipped_folder()
    if not folder.is_dir():
        return ()
    names = [entry.name for entry in folder.iterdir()]
    return tuple(sorted(name[:-5] for name in names if name.endswith(".toml")))


def _shipped_file(name: str) -> Traversable | None:
    """Return the shipped file of this name (``external``, ``parts/driver-internal``), if any."""
    if len(name) > 100 or not _SHIPPED_NAME.fullmatch(name):
        return None
    file = shipped_folder()
    for part in f"{name}.toml".split("/"):
        file = file / part
    return file if file.is_file() else None


def is_shipped(name: str) -> bool:
    """Return whether a shipped scenario, or a part of one, has this name."""
    return _shipped_file(name) is not None


# --- from a name to bytes --------------------------------------------------------------------------


def locate(name: str, folder: str = "") -> Source:
    """Locate a scenario: a shipped name takes precedence over a path; ``-`` is standard input."""
    if name == "-":
        return Source("<standard input>", None, "")
    file = _shipped_file(name)
    if file is not None:
        return Source(name, file, "")
    path = os.path.join(folder, name)
    return Source(readable(path), Path(path), os.path.dirname(path))


def shown(value: Any) -> Any:
    """Return a value for a message: short, and safe to print and to write as JSON."""
    if isinstance(value, str):
        return readable(value)
    if isinstance(value, float | bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**18 else "a number of more than 18 digits"
    if isinstance(value, Mapping):
        return "a table"
    return "a list" if isinstance(value, list | tuple) else f"a {type(value).__name__}"


def read_bytes(source: Source) -> bytes:
    """Return the content of a source, at most one byte more than `MAX_BYTES`.

    Raises
    ------
    OSError, ValueError
        If it cannot be read or is not an ordinary file, with a readable message.
    """
    if source.place is None:
        return _standard_input()
    if not isinstance(source.place, Path):
        with source.place.open("rb") as stream:
            return bytes(stream.read(MAX_BYTES + 1))
    try:
        return ordinary_bytes(source.place, MAX_BYTES)
    except OSError as error:
        if error.strerror != NOT_ORDINARY:
            raise
        hint = "give - and a pipe to read standard input"
        raise OSError(0, f"{NOT_ORDINARY} ({hint})") from None


def _standard_input() -> bytes:
    stream = sys.stdin
    if stream is None:
        raise OSError(0, "there is no standard input")
    raw = getattr(stream, "buffer", None)
    content = raw.read(MAX_BYTES + 1) if raw else stream.read(MAX_BYTES + 1).encode()
    if not content:
        raise OSError(0, "standard input is empty")
    return bytes(content)


# --- from bytes to a table -------------------------------------------------------------------------


def parse(content: bytes, label: str) -> Layer | Problem:
    """Parse a TOML file, or return why it cannot be read."""
    if len(content) > MAX_BYTES:
        return Problem("is too large for a scenario file", label, allowed=f"{MAX_BYTES} bytes")
    text = decoded(content, label)
    if isinstance(text, Problem):
        return text
    found = _parsed(text, label)
    if isinstance(found, Problem) and (plain := _PER_CENT.sub(r'\1"\2"', _straight(text))) != text:
        again = _parsed(plain, label)
        return again if isinstance(again, Layer) else _parsed(_straight(text), label)
    return found


def _parsed(text: str, label: str) -> Layer | Problem:
    lines = key_lines(text)
    if lines.too_deep is not None:
        return Problem("is nested too deeply", label, lines.too_deep, allowed=f"{MAX_DEPTH} levels")
    try:
        return Layer(label, tomllib.loads(text), lines)
    except RecursionError:
        return Problem("is nested too deeply", label, allowed=f"{MAX_DEPTH} levels")
    except ValueError as error:
        return _toml_problem(str(error), text, label)


def _straight(text: str) -> str:
    """Replace the quotation marks and spaces of word processors by plain ones."""
    return text.translate(_PLAIN)


def _toml_problem(message: str, text: str, label: str) -> Problem:
    """Return the problem of invalid TOML, with its line."""
    rows = text.split("\n")
    place = _TOML_PLACE.search(message)
    if place is None:  # Python refuses to read very long numbers, without saying where
        digits = _LONG_NUMBER.search(text)
        line = text.count("\n", 0, digits.start()) + 1 if digits else None
        return Problem("holds a number with too many digits", label, line, allowed="18 digits")
    line = int(place[1]) if place[1] else len(rows)
    said = message[: place.start()]
    if said == "Cannot overwrite a value":
        said = "this key has a value already"
    else:
        said = _meant(rows[line - 1]) or said
    return Problem(
        f"is not valid TOML: {said}", label, line, value=shown(rows[line - 1].strip())[:80]
    )


def number_meant(text: str) -> str | None:
    """Return the TOML spelling of a number written as ``0,16`` or ``22%``."""
    found = _NEAR_NUMBER.fullmatch(text.strip())
    if found is None or not (found["decimals"] or found["per_cent"]):
        return None
    whole = found["whole"]
    if not (whole.strip("+-") or found["decimals"]):
        return None
    number = f"{whole if whole.strip('+-') else f'{whole}0'}.{found['decimals'] or 0}"
    return f"{Decimal(number).normalize() / 100:f}" if found["per_cent"] else number


def _meant(row: str) -> str | None:
    """Suggest how to write the value of an invalid line, if its meaning is clear."""
    found = _ASSIGNMENT.fullmatch(row.strip()[:200])
    if found is None:
        return None
    number = number_meant(found["value"])
    if number is not None:
        comma = "," in found["value"] and number_meant(f"{found['value']}%") is not None
        return f"write {'a decimal point: ' * comma}{number}"
    if spaced := _SPACED.fullmatch(found["value"]):
        return f"write {re.sub(r'[^0-9]', '', spaced['number'])}"
    if united := _WITH_UNIT.fullmatch(found["value"]):
        return f"write the number alone: {united['number']}"
    if _WORDS.fullmatch(found["value"]):
        return f'put quotation marks round words: "{found["value"]}"'
    return None


# --- what extends what -----------------------------------------------------------------------------


class Reader:
    """Reads a scenario and all that it extends.

    Attributes
    ----------
    layers : list of Layer
        Every file once, bases before what is built on them.
    problems : list of Problem
        Problems found while reading.
    """

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.problems: list[Problem] = []
        self.seen: set[str] = set()

    def read(self, name: str) -> None:
        """Read the scenario of this name, path or ``-``."""
        self.visit(locate(name), [], None)

    def visit(self, source: Source, chain: list[Source], asked: Problem | None) -> None:
        """Read a source and, before it, what it extends.

        Parameters
        ----------
        source : Source
        chain : list of Source
            The chain of `extends` that led here.
        asked : Problem, optional
            File, line and key of the `extends` that names it, as a problem without a message.
        """
        refusal = self.refusal(source, chain)
        if refusal:
            self.problems.append(_said(refusal, source, asked))
        elif source.identity not in self.seen:
            self.seen.add(source.identity)
            layer = self.layer(source, asked)
            if layer is not None:
                self.follow(layer, source.folder, [*chain, source])
                self.layers.append(layer)

    def refusal(self, source: Source, chain: list[Source]) -> str:
        """Return why a source cannot be followed: a cycle, too long a chain, too many files."""
        if source.identity in [step.identity for step in chain]:
            names = " -> ".join(step.label for step in [*chain, source])
            return f"is extended in a circle: {names}"
        if len(chain) > MAX_CHAIN:
            return f"is the end of a chain of more than {MAX_CHAIN} files"
        if len(self.seen) >= MAX_FILES and source.identity not in self.seen:
            return f"is one of more than {MAX_FILES} files"
        return ""

    def layer(self, source: Source, asked: Problem | None) -> Layer | None:
        """Return the content of a source, or note why it cannot be read."""
        try:
            found = parse(read_bytes(source), source.label)
        except FileNotFoundError:
            self.problems.append(_missing(source, asked))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            self.problems.append(_said(f"cannot be read: {why}", source, asked))
        else:
            if isinstance(found, Layer):
                return found
            self.problems.append(found)
        return None

    def follow(self, layer: Layer, folder: str, chain: list[Source]) -> None:
        """Read what a layer extends."""
        names = layer.data.get("extends", [])
        names = names if isinstance(names, list | tuple) else [names]
        line = layer.lines.of(("extends",))
        asked = Problem("", layer.label, line, "extends", allowed=_EXTENDS_ALLOWED)
        if len(names) > MAX_EXTENDS:
            self.problems.append(replace(asked, message="extends too many files"))
            return
        for number, name in enumerate(names):
            asked = replace(asked, line=layer.lines.of(("extends", number)))
            if not isinstance(name, str) or name.strip() in ("", "-"):
                self.problems.append(
                    replace(asked, message="does not name a file", value=shown(name))
                )
            else:
                asked = replace(asked, value=name, allowed=None)
                self.visit(locate(name, folder), chain, asked)


_EXTENDS_ALLOWED = (
    f"a shipped name or a path, or a list of at most {MAX_EXTENDS}; paths are relative to the file"
)


def _said(message: str, source: Source, asked: Problem | None) -> Problem:
    """Return a problem with a source, at the line that names it."""
    if asked is None:
        return Problem(message, source.label)
    return Problem(f"{source.label} {message}", asked.file, asked.line, asked.key)


def _missing(source: Source, asked: Problem | None) -> Problem:
    """Return the problem of a source that is neither shipped nor a file."""
    name = source.label if asked is None else str(asked.value)
    nearest = nearest_name(name, shipped())
    if isinstance(source.place, Path) and os.path.isfile(f"{source.place}.toml"):
        nearest = f"{name}.toml"
    hidden = hidden_ending(source.place) if isinstance(source.place, Path) else ""
    if nearest == f"{name}.toml":
        hidden = ""
    elif hidden:
        nearest = None
    if asked is None:
        message = f"no shipped scenario and no file has this name{hidden}"
        return Problem(message, value=name, nearest=nearest)
    message = f"is neither a shipped scenario nor a file{hidden}"
    return Problem(message, asked.file, asked.line, asked.key, value=name, nearest=nearest)
