"""The command that compares two versions of the model."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from qisim.cli.machine import (
    out_option,
    quiet_option,
    replicates_option,
    seed_option,
    workers_option,
)
from qisim.cli.options import INTERRUPTED, files_written_to, json_option, said
from qisim.cli.printing import console, print_json, records
from qisim.errors import Interrupted

if TYPE_CHECKING:
    from qisim.validation.moved import Moved

STOPPED_WRITING = (
    "interrupted while figures were drawn; the tables are kept, and the same command draws them"
)
SHOWN = 12
"""Rows of each list that are printed; all are in the files."""


@click.command("diff-model")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--scenarios", type=int, default=1000, show_default=True, metavar="N",
              help="Number of scenarios, at least: the shipped ones, and random variants of each.")  # fmt: skip
@replicates_option(8, ", with the same random numbers in both versions")
@seed_option
@workers_option
@out_option
@json_option
@quiet_option
def diff_model(
    old: str, new: str, scenarios: int, replicates: int, seed: int, workers: int | None,
    out: str | None, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Show what moved between two versions of the model.

    OLD and NEW are each one of: this (the version that runs); a Python or a virtual environment in which
    another version is installed; a folder of sources; a file of rules (.py) that replace this version's; or the
    results kept of a version (old.json.gz or new.json.gz of an earlier --out).
    """
    from qisim.validation.moved_study import diff_model as ask

    try:
        result, stopped = ask(
            old, new, scenarios=scenarios, replicates=replicates, seed=seed, workers=workers, out=out,
            command=["qisim", *sys.argv[1:]],
        ), False  # fmt: skip
    except Interrupted as interrupted:
        result, stopped = interrupted.result, True
    if result is None:
        return said("interrupted before both versions had answered", INTERRUPTED)
    if as_json:
        print_json(moved_data(result.found))
    elif not quiet:
        print_moved(result.found)
        if out is not None:
            said(files_written_to(out), 0)
    return said(STOPPED_WRITING, INTERRUPTED) if stopped else 0


def moved_data(found: Moved) -> dict[str, Any]:
    """Return what moved as plain data."""
    return {
        "summary": found.summary(), "outcomes": records(found.ranked()),
        "scenarios": records(found.ranked("scenario")), "ahead": found.ahead(),
    }  # fmt: skip


def print_moved(found: Moved) -> None:
    """Print for people what moved."""
    from qisim.validation.moved import render

    page = console(markup=False)
    for line in found.summary():
        page.print(line)
    if not found.same.all():
        for rows in (found.ranked(), found.ranked("scenario")):
            page.print()
            page.print(render(rows[rows["same"] < 1.0].head(SHOWN)))
