"""The line of each key of a TOML file.

Neither `tomllib` nor `tomlkit` reports where a value came from, and an error without a line is of
little use in a long file. So this scanner walks through the text once, following the grammar, and
notes the line of every key, table header and list element. It does not validate: `tomllib` does
that. It never fails, whatever the text: what it does not understand it skips to the next line.

It also reports where nesting is so deep, or a dotted key so long, that `tomllib` would take minutes
or give up; it agrees with `tomllib` on everything up to the first error in the file.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field

KeyPath = tuple[str | int, ...]
"""Keys and, in lists, positions counted from 0: ``("activities", 0, "week")``."""

MAX_DEPTH = 8
"""Tables in lists in tables: how deep they may go, and how many parts a dotted key may have."""

_GAP = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_BLANK = re.compile(r"[ \t]*+")
_REST_OF_LINE = re.compile(r"[^\n]*+")
_KEY_PART = re.compile(r"[A-Za-z0-9_-]++|\"(?:[^\"\\\n]|\\.)*+\"|'[^'\n]*+'")
_STRING = re.compile(
    r"\"\"\"(?:[^\"\\]|\\.|\"{1,2}+(?!\"))*+\"{3,5}+|'''(?:[^']|'{1,2}+(?!'))*+'{3,5}+"
    r"|\"(?:[^\"\\\n]|\\[^\n])*+\"|'[^'\n]*+'",
    re.DOTALL,
)
_BARE = re.compile(r"[^\[\]{},#\n]++")


class _Lost(Exception):
    """The text is not as TOML should be; skip to the next line."""


@dataclass
class KeyLines:
    """Lines of a TOML text.

    Attributes
    ----------
    lines : dict of tuple to int
        Line (from 1) by path of keys.
    too_deep : int or None
        Line at which nesting passes `MAX_DEPTH`, if any; nothing after it is read.
    """

    lines: dict[KeyPath, int] = field(default_factory=dict)
    too_deep: int | None = None

    def of(self, path: KeyPath) -> int | None:
        """Return the line of a path or, where it has none, of the nearest table around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def key_lines(text: str) -> KeyLines:
    """Return the line of every key of a TOML text; never fails."""
    scan = _Scan(text.replace("\r\n", "\n"))
    scan.read()
    return scan.found


class _Scan:
    """One walk through a text."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.line, self.counted = 1, 0
        self.found = KeyLines()
        self.table: KeyPath = ()
        self.lengths: dict[KeyPath, int] = {}  # of lists of tables

    def read(self) -> None:
        """Read statement by statement until the end."""
        self.skip(_GAP)
        while self.at < len(self.text) and self.found.too_deep is None:
            with suppress(_Lost):
                self.header() if self.text[self.at] == "[" else self.pair(self.table, 0)
            self.skip(_REST_OF_LINE)
            self.skip(_GAP)

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Skip a pattern and return its match, which may be empty."""
        match = pattern.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]

    def take(self, character: str) -> bool:
        """Skip a character if it comes next."""
        here = self.text.startswith(character, self.at)
        self.at += len(character) * here
        return here

    def note(self, path: KeyPath, at: int) -> None:
        """Note the line of a path, unless it has one."""
        self.line += self.text.count("\n", self.counted, at)
        self.counted = at
        self.found.lines.setdefault(path, self.line)

    def check_depth(self, depth: int) -> None:
        """Stop the walk where nesting is too deep."""
        if depth > MAX_DEPTH:
            self.line += self.text.count("\n", self.counted, self.at)
            self.counted = self.at
            self.found.too_deep = self.line
            self.at = len(self.text)
            raise _Lost

    def header(self) -> None:
        """Read ``[table]`` or ``[[list of tables]]``."""
        start = self.at
        many = self.take("[[") or not self.take("[")
        *around, last = self.key()
        path = self.in_lists(around)
        if many:
            number = self.lengths.get((*path, last), 0)
            self.lengths[(*path, last)] = number + 1
            self.table = (*path, last, number)
        else:
            self.table = self.in_lists([*around, last])
        self.note_all((), self.table, start)

    def note_all(self, base: KeyPath, parts: KeyPath, at: int) -> None:
        """Note the line of a path and of each table around it."""
        for end in range(1, len(parts) + 1):
            self.note((*base, *parts[:end]), at)

    def in_lists(self, parts: list[str]) -> KeyPath:
        """Turn the keys of a header into a path: a list of tables means its last element."""
        path: KeyPath = ()
        for part in parts:
            path = (*path, part)
            if path in self.lengths:
                path = (*path, self.lengths[path] - 1)
        return path

    def key(self) -> list[str]:
        """Read a dotted key."""
        parts: list[str] = []
        while True:
            self.skip(_BLANK)
            part = self.skip(_KEY_PART)
            if not part:
                raise _Lost
            parts.append(_unquoted(part))
            self.check_depth(len(parts))
            self.skip(_BLANK)
            if not self.take("."):
                return parts

    def pair(self, base: KeyPath, depth: int) -> None:
        """Read ``key = value``."""
        start = self.at
        parts = self.key()
        if not self.take("="):
            raise _Lost
        self.note_all(base, tuple(parts), start)
        self.value((*base, *parts), depth)

    def value(self, path: KeyPath, depth: int) -> None:
        """Read a value: a list, a table in braces, a text, or anything else."""
        self.skip(_BLANK)
        if self.take("["):
            self.elements(path, depth + 1)
        elif self.take("{"):
            self.braces(path, depth + 1)
        elif not self.skip(_STRING):
            self.skip(_BARE)

    def elements(self, path: KeyPath, depth: int) -> None:
        """Read the rest of a list."""
        self.check_depth(depth)
        number = 0
        self.skip(_GAP)
        while not self.take("]"):
            before = self.at
            self.note((*path, number), self.at)
            self.value((*path, number), depth)
            number += 1
            self.skip(_GAP)
            self.take(",")
            self.skip(_GAP)
            if self.at == before:
                raise _Lost

    def braces(self, path: KeyPath, depth: int) -> None:
        """Read the rest of a table in braces."""
        self.check_depth(depth)
        self.skip(_GAP)
        while not self.take("}"):
            self.pair(path, depth)
            self.skip(_GAP)
            self.take(",")
            self.skip(_GAP)


def _unquoted(part: str) -> str:
    """Return the name that a key part stands for."""
    if part[0] == '"' and "\\" in part:
        try:
            return str(tomllib.loads(f"k = {part}")["k"])
        except ValueError:
            return part
    return part[1:-1] if part[0] in "\"'" else part
