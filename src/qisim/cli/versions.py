"""The command that says what moved between two versions of the model."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from qisim.cli.machine import quiet_option, workers_option
from qisim.cli.options import json_option, said
from qisim.cli.printing import print_json, records

SHOWN = 12
"""Rows of each list that are printed; all are in the files."""


@click.command("diff-model")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--scenarios",
    type=int,
    default=1000,
    show_default=True,
    metavar="N",
    help="At least so many: the shipped ones, and draws of each.",
)
@click.option(
    "--replicates",
    type=int,
    default=8,
    show_default=True,
    metavar="N",
    help="Runs of each, on the same seeds in both versions.",
)
@click.option(
    "--seed",
    type=int,
    default=1,
    show_default=True,
    metavar="S",
    help="Seed of the draws and of all chance.",
)
@workers_option
@click.option(
    "--out",
    default=None,
    metavar="DIR",
    type=click.Path(),
    help="Folder for tables, figures and the answers of both versions.",
)
@json_option
@quiet_option
def diff_model(
    old: str, new: str, scenarios: int, replicates: int, seed: int, workers: int | None,
    out: str | None, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Say what moved between two versions of the model.

    OLD and NEW are each: this (the version that runs); a Python or a virtual environment in which another
    version is installed; a folder of sources; a file of rules (.py) that take the place of this version's; or
    the answers of a version that were kept (old.json.gz or new.json.gz of an earlier --out).
    """
    from rich.console import Console

    from qisim.output.folder import check_folder, write_study
    from qisim.output.presenters import figures_as_files
    from qisim.validation.moved import manifest_for, moved, render

    command = ["qisim", *sys.argv[1:]]
    options = {"scenarios": scenarios, "replicates": replicates, "seed": seed}
    if out is not None:
        check_folder(out, manifest_for((old, new), command, **options))
    found = moved(old, new, workers=workers, **options)
    outcomes, by_scenario = found.ranked(), found.ranked("scenario")
    if as_json:
        print_json({
            "summary": found.summary(), "outcomes": records(outcomes),
            "scenarios": records(by_scenario), "ahead": found.ahead(),
        })  # fmt: skip
    elif not quiet:
        console = Console(width=None if sys.stdout.isatty() else 110, highlight=False, markup=False)
        for line in found.summary():
            console.print(line)
        if not found.same.all():
            for rows in (outcomes, by_scenario):
                console.print()
                console.print(render(rows[rows["same"] < 1.0].head(SHOWN)))
    if out is not None:
        manifest = manifest_for((old, new), command, **options)
        write_study(out, found.files(), lambda: figures_as_files(found.pictures), manifest)
        if not (quiet or as_json):
            said(f"written to {out}: {', '.join(sorted(p.name for p in Path(out).iterdir()))}", 0)
    return 0
