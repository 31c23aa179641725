"""Reading files supplied by users, tables and JSON, defensively and with helpful messages.

Only ordinary files are read (no folder, pipe or device, on which reading might never end), and only
up to a maximum size. Text may be UTF-8, with or without a byte order mark, UTF-16, or what Windows
calls ANSI where it can be nothing else. Tables are CSV, separated by comma, semicolon or tab; with
the last two, numbers may have a decimal comma, as Excel writes them in countries that use one. What
cannot be read is refused, with its line.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
from collections.abc import Sized
from dataclasses import dataclass
from typing import Any

from qisim.errors import DataError, Problem

MIB = 1 << 20
SEPARATORS = ",;\t"

NOT_ORDINARY = "is not an ordinary file"
_SAVED_AGAIN = "a sheet saved as CSV, or a document saved as plain text"
FOREIGN = {
    b"PK\x03\x04": ("an Excel workbook, a Word document or a zip file", _SAVED_AGAIN),
    b"\xd0\xcf\x11\xe0": ("an old Excel or Word file", _SAVED_AGAIN),
    b"{\\rtf": ("a formatted document (RTF)", _SAVED_AGAIN),
    b"%PDF": ("a PDF", _SAVED_AGAIN),
}
"""First bytes of files that office programs write by default, what these are, and what to supply instead."""

_ANSI = frozenset([0xA0, 0xB0, *range(0xC0, 0x100)]) - {0xD7, 0xF7}
"""Bytes that are letters (or a hard space, or a degree sign) in cp1252, and in no other code page that
people here had are: letters of the north stand elsewhere in those of DOS and the Mac."""
_SPACED = re.compile(r"[-+]?\d{1,3}(?:[ \u00a0\u2007\u2009\u202f]\d{3})+(?:[.,]\d+)?")
_PLAIN = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_COMMA = re.compile(r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+")


def readable(text: str) -> str:
    """Return a path or name without characters that a terminal or an encoding cannot handle."""
    shown = "".join(c if c.isprintable() else "?" for c in text)
    return shown if len(shown) <= 300 else f"{shown[:299]}…"


def why(error: Exception) -> str:
    """Return the reason for a system error in words."""
    return str(getattr(error, "strerror", None) or error)


# --- bytes and text --------------------------------------------------------------------------------


def ordinary_bytes(path: str | os.PathLike[str], most: int) -> bytes:
    """Read an ordinary file (no folder, pipe or device), at most one byte more than `most`.

    Raises
    ------
    OSError, ValueError
        If it cannot be read or is not an ordinary file, with a readable message.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    kind = os.stat(path).st_mode  # checked first: a socket cannot even be opened
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(0, "is a folder, not a file")
    if not stat.S_ISREG(kind):
        raise OSError(0, NOT_ORDINARY)
    handle = os.open(path, flags | getattr(os, "O_NOCTTY", 0))
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):  # replaced in the meantime
            raise OSError(0, NOT_ORDINARY)
        return stream.read(most + 1)


def arrow_file(path: str | os.PathLike[str], mode: str = "r") -> Any:
    """Return a file for Arrow, which takes a path as bytes only where its name is not UTF-8."""
    import pyarrow as pa

    return pa.OSFile(os.fsencode(path), mode)


def decoded(content: bytes, name: str) -> str | Problem:
    """Decode a file; raise with the line at which it stops being text."""
    for beginning, (what, instead) in FOREIGN.items():
        if content.startswith(beginning):
            return Problem(f"is {what}, not plain text", name, allowed=instead)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded_as(content, "utf-16", name)
    if _is_wide(content[::2], content[1::2]):
        return _decoded_as(content, "utf-16-le", name)
    if _is_wide(content[1::2], content[::2]):
        return _decoded_as(content, "utf-16-be", name)
    found = _decoded_as(content, "utf-8-sig", name)
    if isinstance(found, Problem) and {byte for byte in content if byte > 0x7F} <= _ANSI:
        return content.decode("cp1252")
    return found


def _is_wide(characters: bytes, zeros: bytes) -> bool:
    """Return whether every second byte is 0, as in UTF-16 without a byte order mark."""
    return len(zeros) > 1 and not any(zeros[:64]) and 0 not in characters[:64]


def _decoded_as(content: bytes, encoding: str, name: str) -> str | Problem:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n", 0) + 1
        byte = " ".join(f"{one:02x}" for one in content[error.start : error.end][:8])
        which = "UTF-8" if encoding == "utf-8-sig" else "UTF-16"
        return Problem(
            f"is not {which} text", name, line, value=byte, allowed="a file saved as UTF-8"
        )


def hidden_ending(path: str | os.PathLike[str]) -> str:
    """Return a hint if a missing file exists with ``.txt`` appended to its name; else an empty string."""
    for name in (f"{os.fspath(path)}.txt", f"{os.fspath(path)}.toml.txt"):
        if os.path.isfile(name):
            return f"; {readable(name)} is there (Windows may hide the ending): take .txt away"
    return ""


def text_of(path: str | os.PathLike[str], most: int) -> str:
    """Return the text of an ordinary file.

    Parameters
    ----------
    path : path
    most : int
        Bytes that it may have.

    Raises
    ------
    DataError
        If it cannot be read, is too large or no text; with the line.
    """
    name = readable(os.fspath(path))
    try:
        content = ordinary_bytes(path, most)
    except (OSError, ValueError) as error:
        hint = hidden_ending(path) if isinstance(error, FileNotFoundError) else ""
        raise DataError(Problem(f"cannot be read: {why(error)}{hint}", name)) from None
    if len(content) > most:
        raise DataError(Problem("is too large", name, allowed=f"at most {most // MIB} MiB"))
    text = decoded(content, name)
    if isinstance(text, Problem):
        raise DataError(text)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError(Problem("is not text (it holds zero bytes)", name, line))
    return text


def read_json(path: str | os.PathLike[str], most: int = 256 * MIB) -> Any:
    """Read a JSON file.

    Raises
    ------
    DataError
        If it cannot be read or is not JSON; with the line.
    """
    name, text = readable(os.fspath(path)), text_of(path, most)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(Problem(f"is not JSON: {error.msg}", name, error.lineno)) from None
    except RecursionError:
        raise DataError(Problem("is nested too deeply", name)) from None
    except ValueError:
        raise DataError(Problem("holds a number with too many digits", name)) from None


# --- tables ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """A CSV file: the names of its columns, and its rows with their lines.

    Attributes
    ----------
    name : str
        What the file is called in messages.
    head : tuple of str
        Cells of the first row; empty for an empty file.
    rows : list of (int, list of str)
        Line number and cells of every row that is not empty.
    decimal_comma : bool
        Whether numbers have a decimal comma.
    """

    name: str
    head: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    decimal_comma: bool

    def number(self, text: str) -> float | None:
        """Return a cell as a number, or None if it is not one or is ambiguous."""
        plain = text.strip().replace("\N{MINUS SIGN}", "-")
        if _SPACED.fullmatch(plain):
            plain = re.sub(r"\s", "", plain)
        if self.decimal_comma:
            if _THOUSANDS.fullmatch(plain):  # 1.234 beside 7,5: thousands, or a decimal?
                return None
            if _COMMA.fullmatch(plain):
                plain = plain.replace(",", ".")
        return float(plain) if _PLAIN.fullmatch(plain) else _named_number(plain)


def _named_number(text: str) -> float | None:
    """Return ``inf`` or ``nan``, which the checks refuse by name; None for any other word."""
    return float(text) if re.fullmatch(r"[-+]?(inf|infinity|nan)", text.lower()) else None


def read_table(path: str | os.PathLike[str], most: int = 64 * MIB) -> Table:
    """Read a CSV file.

    Parameters
    ----------
    path : path
    most : int
        Bytes that it may have.

    Raises
    ------
    DataError
        If it cannot be read, is too large, or is not text or CSV; with the line.
    """
    return table_of(text_of(path, most), readable(os.fspath(path)))


def table_of(text: str, name: str) -> Table:
    """Parse a text as a table."""
    body, first = _after_hint(text.lstrip("\ufeff"))
    separator = _separator(body)
    lines = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    try:
        read = [(first + lines.line_num, cells) for cells in lines if any(map(str.strip, cells))]
    except csv.Error as error:
        message, line = f"is not CSV ({error})", first + lines.line_num
        if "field larger" in str(error):
            message = f"holds a cell of more than {csv.field_size_limit():,} characters"
        raise DataError(Problem(message, name, line or None)) from None
    if not read:
        return Table(name, (), [], False)
    (_, head), rows = read[0], read[1:]
    rows = [(line, _within(cells, len(head))) for line, cells in rows]
    comma = separator != "," and any(
        _COMMA.fullmatch(cell.strip()) for _, cells in rows for cell in cells
    )
    return Table(name, tuple(cell.strip() for cell in head), rows, comma)


def _within(cells: list[str], width: int) -> list[str]:
    """Return a row without the empty cells that it has beyond the last column, as spreadsheets write them."""
    return cells if any(map(str.strip, cells[width:])) else cells[:width]


def values_text(cells: Sized, head: Sized) -> str:
    """Return the message for a row with more or fewer values than there are columns."""
    values, columns = (f"{len(one)} {what}{'s' * (len(one) != 1)}"
                       for one, what in ((cells, "value"), (head, "column")))  # fmt: skip
    return f"has {values} for {columns}"


def _after_hint(text: str) -> tuple[str, int]:
    """Return a text without Excel's first line ``sep=;``, and the number of lines removed.

    Saved once more it may stand in quotation marks, or have empty cells after it.
    """
    hint = re.match(r"\"?sep=[,;\t]\"?[,;\t]*\r?\n", text, re.IGNORECASE)
    return (text[hint.end() :], 1) if hint else (text, 0)


def _separator(text: str) -> str:
    """Return the separator of a table: the one most frequent in the first line, outside quotes."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    outside = re.sub(r'"[^"]*"', "", first)
    return max(SEPARATORS, key=outside.count)
