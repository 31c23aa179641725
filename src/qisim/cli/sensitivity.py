"""The command of sensitivity analysis."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from qisim.cli.machine import theories_option, vary_option, with_options
from qisim.cli.options import (
    INTERRUPTED,
    RUNS_FAILED,
    failure_text,
    files_written_to,
    finished,
    said,
)
from qisim.cli.printing import caveat, console, print_json, records
from qisim.cli.sweeping import print_aside, sweep_options, tell_wards
from qisim.cli.unsaid import tell_unsaid
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
        click.option("--outcome", multiple=True, metavar="OUTCOME",
                     help="Outcome to analyse; can be given several times; all: every one that no run lacks."),
        click.option("--second-order", "second_order", is_flag=True, default=None,
                     help="Analyse pairs of inputs as well (sobol only; nearly twice the runs)."),
        click.option("--over-time", "over_time", multiple=True, metavar="SERIES",
                     help="Weekly series to analyse week by week, such as adoption."),
        click.option("--until", type=float, default=None, metavar="HALF_WIDTH",
                     help="Double the sample until the intervals of the top inputs reach at most this "
                          "far to each side, such as 0.03."),
        click.option("--random-numbers", "random_numbers", default=None, metavar="common|fresh",
                     help="Random numbers that all points share (common), or of their own (fresh)."),
        vary_option("What varies, or allocation"),
        click.option("--where", default=None, metavar="CONDITION",
                     help="Use only points at which a condition holds, such as \"adoption_final > 0.4\" "
                          "(delta or pawn)."),
        click.option("--correlate", multiple=True, metavar="KEY,KEY=R",
                     help="Rank correlation of two inputs (delta, pawn or shapley); can be given "
                          "several times."),
        theories_option,
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
    """Find out what outcomes depend on. Give a study, a scenario, or two scenarios to compare.

    For scenarios, all uncertain parameters vary over their declared ranges.
    """
    from qisim.design.plan_file import is_study
    from qisim.sensitivity.study import sensitivity as analyse

    with in_ward(site):
        if not is_study(source):
            tell_unsaid(dict(settings), source, other)
        result, stopped = finished(
            analyse, quiet, source, other, set=dict(settings), tell=print_aside, **options
        )
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
            said(files_written_to(out), 0)
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
    from qisim.sensitivity.finding import FINE
    from qisim.sensitivity.wording import render_table

    page = console(markup=False)
    page.print(result.summary())
    page.print()
    for found in result.findings.findings:
        if found.status == FINE:
            page.print(render_table(found, most=TABLED))
            page.print()
    runs = result.runs
    page.print(
        f"{runs.layout.runs:,} runs, {len(runs.register.keys):,} of them different, of which "
        f"{runs.reused:,} were in the run store already. {_pace(result)}"
    )
    page.print(caveat(), style="dim")


def _pace(result: SensitivityResult) -> str:
    """Return how long what took."""
    took = {what: seconds for what, seconds in result.seconds.items() if seconds >= 0.05}
    return ", ".join(f"{what} {seconds:.1f} s" for what, seconds in took.items())
