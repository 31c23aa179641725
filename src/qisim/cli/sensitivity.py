"""The command that finds out what outcomes hang on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qisim.cli.machine import with_options
from qisim.cli.options import INTERRUPTED, RUNS_FAILED, failure_text, progress_bar, said
from qisim.cli.printing import print_json, records
from qisim.cli.sweeping import print_aside, sweep_options, tell_wards
from qisim.cli.unsaid import tell_unsaid
from qisim.errors import Interrupted
from qisim.scenario.ward import in_ward

if TYPE_CHECKING:
    from qisim.sensitivity.study import SensitivityResult

TABLED = 5
"""Inputs in a printed table; all are in the files."""


def analysis_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say what is analysed, and how."""
    return with_options(command, [
        click.option("--method", default=None, metavar="METHOD",
                     help="morris, sobol, efast, rbd_fast, delta, pawn, dgsm, hdmr or shapley; by "
                          "default the study's, or sobol."),
        click.option("--by", default=None, metavar="parameter|factor",
                     help="Analyse single parameters, or all parameters of a factor together."),
        click.option("--outcome", multiple=True, metavar="NAME",
                     help="Outcome to analyse; several times for several; all for all that every run has."),
        click.option("--second-order", "second_order", is_flag=True, default=None,
                     help="Pairs as well (sobol only; nearly twice the runs)."),
        click.option("--over-time", "over_time", multiple=True, metavar="SERIES",
                     help="Weekly series to analyse week by week, such as adoption."),
        click.option("--until", type=float, default=None, metavar="HALF_WIDTH",
                     help="Double the sample until the intervals of the top inputs reach at most this "
                          "much to each side, such as 0.03."),
        click.option("--random-numbers", "random_numbers", default=None, metavar="common|fresh",
                     help="All points share their replicates (common), or have their own (fresh)."),
        click.option("--vary", multiple=True, metavar="WHAT",
                     help="What varies: a role (uncertain, lever, context), a factor, a parameter, "
                          "allocation; several times for several."),
        click.option("--where", default=None, metavar="CONDITION",
                     help="Only of points at which a condition holds, such as \"adoption_final > 0.4\" "
                          "(delta or pawn)."),
        click.option("--correlate", multiple=True, metavar="KEY,KEY=R",
                     help="Rank correlation of two inputs (delta or pawn); several times for several."),
        click.option("--theories", is_flag=True,
                     help="Under every rival theory as well (six times the runs; see docs/theories.md)."),
    ])  # fmt: skip


@click.command()
@click.argument("source", metavar="STUDY|SCENARIO")
@click.argument("other", required=False, metavar="[OTHER]")
@analysis_options
@sweep_options
def sensitivity(
    source: str, other: str | None, settings: Any, as_json: bool, quiet: bool, site: str | None,
    **options: Any,
) -> int:  # fmt: skip
    """Find out what outcomes depend on. Give a study, a scenario, or two scenarios to be compared.

    For a scenario, all its uncertain parameters vary over their declared ranges.
    """
    from qisim.design.plan_file import is_study
    from qisim.sensitivity.study import sensitivity as analyse

    command, stopped = ["qisim", *sys.argv[1:]], False
    with in_ward(site), progress_bar(quiet) as progress:
        if not is_study(source):
            tell_unsaid(dict(settings), source, other)
        try:
            result = analyse(
                source, other, set=dict(settings), progress=progress, command=command,
                tell=print_aside, **options,
            )  # fmt: skip
        except Interrupted as interrupted:
            result, stopped = interrupted.result, True
    if result is None:
        return said(
            "interrupted before anything could be told; what was finished is kept, and the same command "
            "goes on from there",
            INTERRUPTED,
        )
    return present_result(result, stopped, as_json, quiet, options["out"])


def present_result(
    result: SensitivityResult, stopped: bool, as_json: bool, quiet: bool, out: str | None
) -> int:
    """Print a result and return the exit code."""
    if as_json:
        print_json(result_data(result))
    elif not quiet:
        print_result(result)
        tell_wards(result.manifest)
        if out is not None:
            said(f"written to {out}: {', '.join(sorted(p.name for p in Path(out).iterdir()))}", 0)
    if stopped:
        return said(
            f"interrupted: the result is provisional ({result.findings.provisional}); the same command "
            "goes on from there",
            INTERRUPTED,
        )
    failed = result.runs.failed
    if failed:
        first = failure_text(result.manifest["failures"][0], out)
        return said(f"{failed} of {result.runs.layout.runs} runs failed; {first}", RUNS_FAILED)
    return 0


def result_data(result: SensitivityResult) -> dict[str, Any]:
    """Return a result as plain data."""
    found = result.findings
    return {
        "summary": result.summary(),
        "provisional": found.provisional,
        "noise": records(found.noise),
        "indices": records(found.indices),
        "second_order": records(found.second_order),
        "convergence": records(found.convergence),
        "over_time": [] if found.weeks is None else records(found.weeks),
        **_theories(result),
        "seconds": result.seconds,
        "manifest": result.manifest,
    }


def _theories(result: SensitivityResult) -> dict[str, Any]:
    """Return what rival theories say as plain data; nothing without."""
    if not result.under_theories:
        return {}
    table, doubt = result.theories()
    return {"theories": records(table), "theories_doubt": records(doubt)}


def print_result(result: SensitivityResult) -> None:
    """Print the findings for people: in words, then a short table per outcome that has indices."""
    from rich.console import Console

    from qisim.model.evidence import PLAIN_WORDS
    from qisim.sensitivity.finding import FINE
    from qisim.sensitivity.wording import render_table

    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False, markup=False)
    console.print(result.summary())
    console.print()
    for found in result.findings.findings:
        if found.status == FINE:
            console.print(render_table(found, most=TABLED))
            console.print()
    runs = result.runs
    console.print(
        f"{runs.layout.runs:,} runs, {len(runs.register.keys):,} of them different, of which "
        f"{runs.reused:,} were in the run store already. {_pace(result)}"
    )
    console.print(
        f"Results hold if the mechanisms and the assumed numbers do. {PLAIN_WORDS}", style="dim"
    )


def _pace(result: SensitivityResult) -> str:
    """Return how long what took."""
    took = {what: seconds for what, seconds in result.seconds.items() if seconds >= 0.05}
    return ", ".join(f"{what} {seconds:.1f} s" for what, seconds in took.items())
