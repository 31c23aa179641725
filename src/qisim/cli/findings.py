"""Printing an answer: title, sentences, tables, notes."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from qisim.cli.printing import console

MOST_ROWS = 30
"""Rows of a table that are printed."""


def print_finding(found: Any) -> None:
    """Print an answer for people: the title, a line for each sentence, the tables, the notes."""
    from rich import box
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from qisim.decide.headings import heading_of

    page = console(100)
    page.print(Text(found.title, style="bold"))
    page.print()
    for sentence in found.sentences:
        page.print(Padding(Text(f"• {sentence}"), (0, 0, 0, 0)))
    for name, one in found.tables.items():
        if not one.cells or one.quiet:  # it is in the sentences above
            continue
        page.print()
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, title_justify="left",
                      caption_justify="left", title=Text(heading_of(found.kind, name)))  # fmt: skip
        one = fitting(one, page.width)
        wide = column_widths(one, page.width)
        for place, (header, width) in enumerate(zip(one.headers, wide, strict=True)):
            words = place < one.words
            head = header if words else textwrap.fill(header, max(width, 1))
            table.add_column(Text(head), justify="left" if words else "right", overflow="fold",
                             no_wrap=not words, width=width)  # fmt: skip
        for row in one.cells[:MOST_ROWS]:
            table.add_row(*(Text(cell) for cell in row))
        more = len(one.cells) - MOST_ROWS
        rest = f"{more} rows more stand in {name}.csv (--out). " if more > 0 else ""
        table.caption = Text(f"{rest}{one.caption}") if rest or one.caption else None
        page.print(table)
    page.print()
    for note in found.notes:
        page.print(Text(note), style="dim")


INTERVAL = re.compile(r"\d+ %$")
BETWEEN = re.compile(r"(?<=,) (?=[^\[\]]*\])")
"""The gap between the two ends of an interval."""
LONG = 14
"""Letters of an interval that is not cut."""
LEAST_WORDS = 18
"""Least width of a column of words, in characters, where numbers can make room."""


def fitting(table: Any, width: int) -> Any:
    """Return a table with each interval under its number, where they leave no room for words side by side."""
    if _has_room(table, width):
        return table
    under = [place for place, header in enumerate(table.headers)
             if place > table.words and INTERVAL.match(header)]  # fmt: skip
    stacked = replace(table, headers=_stacked(table.headers, under),
                      cells=[_stacked(row, under) for row in table.cells])  # fmt: skip
    if _has_room(stacked, width):
        return stacked
    return replace(stacked, cells=[(row[0], *map(_cut, row[1:])) for row in stacked.cells])


def _has_room(table: Any, width: int) -> bool:
    """Say whether columns of words have room beside the numbers of a table."""
    rows = [table.headers, *table.cells[:MOST_ROWS]]
    columns = list(zip(*rows, strict=True))[table.words :]
    wide = [max(len(line) for cell in column for line in cell.split("\n")) for column in columns]
    left = width - sum(int(one) for one in wide) - 2 * len(columns) - 2 * table.words
    return bool(left >= LEAST_WORDS * table.words)


def _cut(cell: str) -> str:
    """Return a cell with each end of a long interval on a line of its own."""
    return "\n".join(
        BETWEEN.sub("\n", line) if len(line) > LONG else line for line in cell.split("\n")
    )


def _stacked(row: Sequence[str], under: Sequence[int]) -> tuple[str, ...]:
    """Return a row with some cells under those before them, and an interval within a cell under its number."""
    found: list[str] = []
    for place, cell in enumerate(row):
        if place in under:
            found[-1] = f"{found[-1]}\n{cell}".rstrip()
        else:
            found.append(cell.replace(" [", "\n[") if place else cell)
    return tuple(found)


def column_widths(table: Any, width: int) -> list[int]:
    """Return how wide the columns of a table are: numbers whole, and words in what is left, folded.

    The narrowest column of words has its share first, so that the others get what it does not need.
    """
    rows = [table.headers, *table.cells[:MOST_ROWS]]
    words = range(min(table.words, len(table.headers)))
    wide = [
        max(max(map(len, cell.split("\n")), default=0) for cell in column)
        for column in zip(*rows, strict=True)
    ]
    for place in range(len(words), len(wide)):  # a header's words may stand under one another
        held = [line for row in rows[1:] for line in row[place].split("\n")]
        wide[place] = max([len(one) for one in [*held, *rows[0][place].split()]])
    left = (
        width - sum(int(one) for one in wide[len(words) :]) - 2 * len(wide)
    )  # a space and a gap each
    for number, place in enumerate(sorted(words, key=lambda one: wide[one])):
        wide[place] = min(wide[place], max(left // (len(words) - number), 8))
        left -= wide[place]
    return wide
