"""Text above and below a figure, wrapped to its width."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import bidirectional

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags

from qisim.text import wrapped_name


def name_in_lines(name: str, width: int, room: float, size: float, weight: str = "normal") -> str:
    """Break a name into lines of at most `width` characters, none wider than `room` (in points)."""
    for most in range(width, 1, -1):
        lines = wrapped_name(name, most)
        if all(size * _ems(line, weight) <= room for line in lines.split("\n")):
            return lines
    return lines


def _ems(line: str, weight: str) -> float:
    return math.fsum(advance(letter, weight) for letter in line)


def cut(text: str, room: float, size: float, weight: str = "normal") -> str:
    """Return a text on one line, truncated where it is wider than `room` (in points)."""
    first, *rest = fitted(text, room, size, weight).split("\n")
    if not rest:
        return text
    words = f"{first} {rest[0]}"  # a broken word fills the line
    while words and size * _ems(f"{words}…", weight) > room:
        words = words[:-1]
    return f"{words.rstrip()}…"


def fitted(text: str, room: float, size: float, weight: str = "normal") -> str:
    """Wrap a text into lines no wider than `room` (in points).

    Only words wider than a line are broken.
    """
    lines, width, space = [""], 0.0, size * advance(" ", weight)
    for word in text.split():
        for piece in _pieces(word, room / size, weight):
            wide = size * _ems(piece, weight)
            if lines[-1] and width + space + wide > room:
                lines.append("")
                width = 0.0
            width += wide + (space if lines[-1] else 0.0)
            lines[-1] += f" {piece}" if lines[-1] else piece
    return "\n".join(lines)


def _pieces(word: str, room: float, weight: str) -> Iterator[str]:
    """Yield a word, or pieces of it that fill lines if it is wider than one (in ems)."""
    piece, width = "", 0.0
    for letter in word:
        wide = advance(letter, weight)
        if piece and width + wide > room:
            yield piece
            piece, width = "", 0.0
        piece, width = piece + letter, width + wide
    yield piece


@lru_cache(maxsize=1024)
def advance(letter: str, weight: str) -> float:
    """Return the advance width of a letter, in ems."""
    font = get_font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
    font.set_size(100, 72)
    glyph = font.load_glyph(font.get_char_index(ord(letter)), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / (100 * 65536)


LEFT_TO_RIGHT = "\u200e"
"""An invisible mark: text beside it runs from left to right."""


def left_to_right(text: str) -> str:
    """Return a text in which a name in Hebrew or Arabic does not reorder the numbers and names beside it."""
    kinds = {"R": "R", "AL": "R", "NSM": "n", "WS": " "}
    shape = "".join(kinds.get(bidirectional(character), "-") for character in text)
    if "R" not in shape or LEFT_TO_RIGHT in text:
        return text
    ends = [0, *(words.end() for words in re.finditer(r"R(?:[Rn ]*R)?n*", shape)), len(text)]
    return LEFT_TO_RIGHT.join(["", *(text[a:b] for a, b in itertools.pairwise(ends))])
