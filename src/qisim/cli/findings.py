"""How an answer is printed: the title, a line for each sentence, the tables, the notes."""

from __future__ import annotations

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
                      caption_justify="left", title=Text(name.replace("_", " ").capitalize()))  # fmt: skip
        wide = column_widths(one, page.width)
        for place, (header, width) in enumerate(zip(one.headers, wide, strict=True)):
            words = place < one.words
            table.add_column(Text(header), justify="left" if words else "right", overflow="fold",
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


def column_widths(table: Any, width: int) -> list[int]:
    """Return how wide the columns of a table are: numbers whole, and words in what is left, folded.

    The narrowest column of words has its share first, so that the others get what it does not need.
    """
    rows = [table.headers, *table.cells[:MOST_ROWS]]
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    words = range(min(table.words, len(wide)))
    left = (
        width - sum(int(one) for one in wide[len(words) :]) - 2 * len(wide)
    )  # a space and a gap each
    for number, place in enumerate(sorted(words, key=lambda one: wide[one])):
        wide[place] = min(wide[place], max(left // (len(words) - number), 8))
        left -= wide[place]
    return wide
