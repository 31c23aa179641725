"""The command that says what moved between two versions of the model."""

from __future__ import annotations

import sys

import click

from qisim.cli.machine import (
    out_option,
    quiet_option,
    replicates_option,
    seed_option,
    workers_option,
)
from qisim.cli.options import files_written_to, json_option, said
from qisim.cli.printing import console, print_json, records

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
        page = console(markup=False)
        for line in found.summary():
            page.print(line)
        if not found.same.all():
            for rows in (outcomes, by_scenario):
                page.print()
                page.print(render(rows[rows["same"] < 1.0].head(SHOWN)))
    if out is not None:
        manifest = manifest_for((old, new), command, **options)
        write_study(out, found.files(), lambda: figures_as_files(found.pictures), manifest)
        if not (quiet or as_json):
            said(files_written_to(out), 0)
    return 0
