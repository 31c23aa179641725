"""Printing a result: tables, layers of doubt, hours, or JSON."""

from __future__ import annotations

import sys
from typing import Any

import click


def print_json(data: Any) -> None:
    """Print data as strict JSON."""
    from qisim.output.file_bytes import json_bytes

    click.echo(json_bytes(data), nl=False)


def result_data(result: Any) -> dict[str, Any]:
    """Return a result as plain data: summary, differences and verdict where there are any."""
    summary = {"summary": records(result.summary())}
    if hasattr(result, "differences"):
        found = result.differences()
        theories = {}
        if result.under_theories:
            table, doubt = result.theories()
            theories = {"theories": records(table), "theories_doubt": records(doubt)}
        return {**summary, "differences": records(found), "verdict": result.verdict(), **theories,
                "manifest": result.manifest}  # fmt: skip
    return {**summary, "manifest": result.manifest}


def records(frame: Any) -> list[dict[str, Any]]:
    """Return the rows of a table with None for what is missing."""
    return list(frame.astype(object).where(frame.notna(), None).to_dict("records"))


def over_text(result: Any) -> str:
    """Return in a sentence over which sets of values a result was made; empty where over none."""
    from qisim.comparison.context import over_sentences

    found = over_sentences(result.manifest)
    return f" {found}" if found else ""


def console(width: int = 110, **options: Any) -> Any:
    """Return the terminal to print to; where the output is no terminal, a page of a fixed width."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else width, highlight=False, **options)


def caveat(held: str = "assumed numbers") -> str:
    """Return what a result rests on, for the line beneath it."""
    from qisim.model.evidence import PLAIN_WORDS

    return f"Results hold if the mechanisms and the {held} do. {PLAIN_WORDS}"


def print_result(result: Any) -> None:
    """Print the tables for people, and first of all what may be concluded from them."""
    from rich.text import Text

    from qisim.comparison.context import concluded

    page = console()
    comparison = hasattr(result, "differences")
    page.print(Text(concluded(comparison)))
    page.print()
    if comparison:
        from qisim.comparison.side_by_side import asked_pairs
        from qisim.comparison.wording import render_tables

        found = result.differences()
        if len(result.others) > 1:
            print_side_by_side(page, result, found)
        if len(result.others) == 1 or result.pairs == "all":
            tables = render_tables(found, page.width, over="over" in result.manifest)
            pairs = asked_pairs(list(result.scenarios), result.pairs)
            for pair, table in zip(pairs, tables, strict=True):
                for line in beside(result, *pair):
                    page.print(Text(line))
                table.caption = Text(f"{table.caption}{over_text(result)}")
                page.print(table)
                page.print()
                print_layers(page, result, *pair)
        for name in result.others:
            print_theories(page, result, name)
    else:
        from qisim.output.result import render_summary

        table = render_summary(result)
        table.caption = Text(over_text(result).strip()) or None
        page.print(table)
        page.print()
    from qisim.model.evidence import PLAIN_WORDS

    print_paid_hours(page, result)
    page.print(Text(PLAIN_WORDS), style="dim")


def print_side_by_side(console: Any, result: Any, found: Any) -> None:
    """Print several plans as the columns of one table, and how their wards and ends differ."""
    from rich.text import Text

    from qisim.comparison.side_by_side import render

    lines = [line for other in result.others for line in beside(result, result.base, other)]
    for line in dict.fromkeys(lines):
        console.print(Text(line))
    for table in render(found, result.base, min(console.width, 110)):
        console.print(table)
        console.print()
    if over_text(result):
        console.print(Text(over_text(result).strip()))
        console.print()
    for other in result.others if result.pairs != "all" else ():
        print_layers(console, result, result.base, other)
    if result.pairs != "all":
        console.print(
            Text("--pairs all prints the table of every pair, with all that stands beneath it.")
        )
        console.print()


def print_layers(console: Any, result: Any, base: str, other: str) -> None:
    """Print how the difference spreads over sets, sites and theories, where there are several."""
    from qisim.comparison.layer_table import render

    layers = result.layers()
    if len(layers):
        layers = layers[(layers["base"] == base) & (layers["other"] == other)]
    if len(layers):
        console.print(render(layers, other))
        console.print()


def print_theories(console: Any, result: Any, other: str) -> None:
    """Print the differences under rival theories, where it was run under them."""
    from qisim.comparison.theories import render

    if result.under_theories:
        table, doubt = result.theories()
        console.print(render(table, doubt, other))
        console.print()


def print_paid_hours(console: Any, result: Any) -> None:
    """Print the hours that are paid for, by kind, and what they cost where prices are known."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from qisim.output.paid_hours import NOTE, paid_cells

    header, rows = paid_cells(result.paid_hours())
    table = Table(
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, caption_justify="left"
    )
    for number, name in enumerate(header):
        table.add_column(Text(name), justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    table.caption = Text(NOTE)
    console.print(table)
    console.print()


def beside(result: Any, base: str, other: str) -> list[str]:
    """Return what is said above a table: when the programmes end, and how the wards differ."""
    from qisim.comparison.context import pair_lines
    from qisim.comparison.until_decided import notes_of

    pair = {name: result.scenarios[name] for name in (base, other)}
    return pair_lines(pair, notes_of(result, base, other))
