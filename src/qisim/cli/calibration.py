"""The command that holds a scenario against a site's own figures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qisim.cli.machine import quiet_option
from qisim.cli.options import (
    INTERRUPTED,
    failures_code,
    json_option,
    progress_bar,
    said,
    scenario_argument,
    set_option,
    site_option,
    written_to,
)
from qisim.cli.printing import print_json
from qisim.cli.unsaid import tell_unsaid
from qisim.errors import Interrupted

if TYPE_CHECKING:
    from qisim.calibration.result import Calibration


@click.command()
@scenario_argument
@click.option(
    "--data",
    required=True,
    metavar="FILE.csv",
    type=click.Path(),
    help="The site's figures: week (or month, or date), using, in_post; observed as well "
    "where not everybody was looked at.",
)
@click.option(
    "--start",
    default=None,
    metavar="DATE",
    help="First day of week 1 of the run (YYYY-MM-DD), where the figures have dates.",
)
@click.option(
    "--users-counted",
    default="1",
    show_default=True,
    metavar="SHARE",
    help="Share of the users looked at whom your count finds: 0.8, a range such as 0.7-0.95, or "
    "a distribution such as 'beta(8,2)'.",
)
@click.option(
    "--others-counted",
    default="0",
    show_default=True,
    metavar="SHARE",
    help="Share of those who do not use it whom your count takes for users; given in the same way.",
)
@set_option
@site_option
@click.option(
    "--vary",
    multiple=True,
    metavar="KEY",
    help="What else is not known about the site, besides all uncertain parameters: a "
    "parameter, a factor or a role; can be given several times.",
)
@click.option(
    "--fix",
    multiple=True,
    metavar="KEY",
    help="An uncertain parameter to leave as it is; can be given several times.",
)
@click.option(
    "--samples",
    type=int,
    default=20_000,
    show_default=True,
    metavar="N",
    help="Sets of parameters that are drawn and simulated.",
)
@click.option(
    "--checks",
    type=int,
    default=200,
    show_default=True,
    metavar="N",
    help="Simulated sites on which the intervals are checked; 0 for none.",
)
@click.option(
    "--seed",
    type=int,
    default=1,
    show_default=True,
    metavar="S",
    help="Seed of all random numbers; 0 is as good as any other.",
)
@click.option(
    "--workers",
    type=int,
    default=None,
    metavar="N",
    help="Threads; by default one per core. Results do not depend on it.",
)
@click.option(
    "--out",
    default=None,
    metavar="DIR",
    type=click.Path(),
    help="Folder for posterior, ensemble, tables, figures and manifest.",
)
@json_option
@quiet_option
def calibrate(
    scenario: str, settings: Any, vary: Sequence[str], fix: Sequence[str], as_json: bool, quiet: bool,
    **options: Any,
) -> int:  # fmt: skip
    """Compare a scenario with a site's own figures. Which parameter values are consistent with them?"""
    from qisim.calibration.study import calibrate as held_against

    words = ["qisim", *sys.argv[1:]]
    tell_unsaid(dict(settings), scenario)
    with progress_bar(quiet) as progress:
        try:
            found, stopped = held_against(
                scenario, set=dict(settings), vary=vary, fix=fix, progress=progress,
                command=words, **options,
            ), False  # fmt: skip
        except Interrupted as interrupted:
            found, stopped = interrupted.result, True
    if found is None:
        return said("interrupted before enough was simulated to say anything", INTERRUPTED)
    return present_result(found, stopped, as_json, quiet, options["out"])


def present_result(
    found: Calibration, stopped: bool, as_json: bool, quiet: bool, out: str | None
) -> int:
    """Print what was found and return the exit code."""
    if not quiet:
        for warning in found.data.warnings:
            said(f"qisim: note: {warning}", 0)
    if as_json:
        print_json(found.to_dict())
    elif not quiet:
        print_findings(found, out)
    code = failures_code(found.manifest, out)
    if stopped:
        sites = len(found.prior.use)
        return said(f"interrupted: {sites} simulated sites were used", INTERRUPTED)
    return code


def print_findings(found: Calibration, out: str | None) -> None:
    """Print what was found, for people."""
    from rich.console import Console

    from qisim.calibration.result import findings, honesty, render_parameters
    from qisim.model.evidence import PLAIN_WORDS

    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False)
    for sentence in findings(found):
        console.print(sentence)
    if found.possible:
        console.print()
        console.print(render_parameters(found))
        console.print(honesty(found))
    console.print(
        f"Results hold if the mechanisms and the declared ranges do. {PLAIN_WORDS}", style="dim"
    )
    if out is not None and not found.possible:
        said(written_to(out), 0)
    elif out is not None:
        sets = Path(out) / "ensemble.csv"
        page = Path(out) / "report.html"
        said(
            f"written to {out}; open {page} in a browser; carry on with: qisim compare ... --over {sets}",
            0,
        )
