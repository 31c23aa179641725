"""The command that judges the model by the patterns that it must show."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from qisim.cli.options import (
    INTERRUPTED,
    RUNS_FAILED,
    failure_text,
    progress_bar,
    said,
    study_options,
)
from qisim.cli.printing import print_json, records
from qisim.errors import InputError, Interrupted, Problem

if TYPE_CHECKING:
    from qisim.validation.study import Validation

NOT_SHOWN = 4
"""Exit code of ``--strict`` where a pattern does not pass."""


@click.command()
@click.argument("patterns", nargs=-1, metavar="[PATTERN]...")
@click.option("--full", is_flag=True, help="The full form: at least 1,000 runs of each arm.")
@click.option(
    "--draws",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="Try each pattern under N random draws of all uncertain numbers as well.",
)
@click.option("--strict", is_flag=True, help="Exit with 4 unless every pattern passes.")
@click.option(
    "--levers",
    is_flag=True,
    help="Say which numbers do nothing, and which the opposite of what was expected, in "
    "scenarios (named in place of patterns; external and internal, or all with --full).",
)
@click.option(
    "--mutants",
    is_flag=True,
    help="Say which patterns notice which of the shipped broken models (about a minute each, once).",
)
@study_options
def validate(
    patterns: Sequence[str], full: bool, draws: int, strict: bool, levers: bool, mutants: bool,
    settings: Any, as_json: bool,
    quiet: bool, **options: Any,
) -> int:  # fmt: skip
    """Test the model against the patterns it should reproduce.

    PATTERN is an id such as T2; without one, all are tested. A failed pattern is listed but is not an
    error: the exit code is 0 unless --strict is given.
    """
    if levers and mutants:
        raise InputError(Problem("does not go with --mutants", key="levers", allowed="one of both"))
    if draws and (levers or mutants):
        other = "--levers" if levers else "--mutants"
        raise InputError(Problem(f"does not go with {other}", key="draws", allowed="one of both"))
    if levers:
        return tell_levers(patterns, full, strict, settings, as_json, quiet, options)
    if mutants:
        return tell_mutants(patterns, full, strict, settings, as_json, quiet, options)
    from qisim.validation import study

    command = ["qisim", *sys.argv[1:]]
    with progress_bar(quiet) as progress:
        try:
            found, stopped = study.validate(
                patterns, full=full, draws=draws, set=dict(settings), progress=progress,
                command=command, **options,
            ), False  # fmt: skip
        except Interrupted as interrupted:
            found, stopped = interrupted.result, True
    if found is None:
        return said("interrupted before anything was finished", INTERRUPTED)
    if as_json:
        print_json(validation_data(found))
    elif not quiet:
        print_patterns(found, options["out"])
    return exit_code(found, stopped, strict, options["out"])


def tell_levers(
    scenarios: Sequence[str], full: bool, strict: bool, settings: Any, as_json: bool, quiet: bool,
    options: dict[str, Any],
) -> int:  # fmt: skip
    """Say which numbers do nothing in scenarios, or the opposite of what was expected."""
    from rich.console import Console

    from qisim.validation.levers import CONTRARY, REPLICATES, levers, render, summary

    if settings or options.pop("out") is not None:
        message = "does not go with --levers"
        allowed = "--levers with --json, whose output can be kept"
        raise InputError(Problem(message, key="set" if settings else "out", allowed=allowed))
    source = click.get_current_context().get_parameter_source("replicates")
    if source is click.core.ParameterSource.DEFAULT:
        options["replicates"] = REPLICATES
    with progress_bar(quiet) as progress:
        try:
            found = levers(scenarios, full=full, progress=progress, **options)
        except Interrupted:
            return said("interrupted before all numbers had been moved", INTERRUPTED)
    if as_json:
        print_json({"levers": records(found), "summary": summary(found)})
    elif not quiet:
        console = Console(width=None if sys.stdout.isatty() else 110, highlight=False, markup=False)
        console.print(render(found))
        for line in summary(found):
            console.print(line)
    return NOT_SHOWN if strict and (found["verdict"] == CONTRARY).any() else 0


def tell_mutants(
    patterns: Sequence[str], full: bool, strict: bool, settings: Any, as_json: bool, quiet: bool,
    options: dict[str, Any],
) -> int:  # fmt: skip
    """Say which patterns notice which broken models."""
    from rich.console import Console

    from qisim.validation import mutants
    from qisim.validation.study import FULL

    refused = {"set": settings, "out": options.pop("out"), "scheduler": options.pop("scheduler")}
    wrong = [
        Problem("does not go with --mutants", key=key, allowed="--json, whose output can be kept")
        for key, value in refused.items()
        if value
    ]
    if wrong:
        raise InputError(wrong)
    source = click.get_current_context().get_parameter_source("replicates")
    if source is click.core.ParameterSource.DEFAULT:
        options["replicates"] = FULL if full else mutants.RUNS
    with progress_bar(quiet, "models") as progress:
        try:
            found = mutants.notices(patterns, progress=progress, **options)
        except KeyboardInterrupt:
            return said("interrupted before all broken models were judged", INTERRUPTED)
    if as_json:
        print_json({"mutants": records(found.table()), "summary": mutants.summary(found)})
    elif not quiet:
        console = Console(width=None if sys.stdout.isatty() else 110, highlight=False, markup=False)
        console.print(mutants.render(found))
        for line in mutants.summary(found):
            console.print(line)
    return NOT_SHOWN if strict and found.missing() else 0


def exit_code(found: Validation, stopped: bool, strict: bool, out: str | None) -> int:
    """Say what went wrong with the runs, and return the exit code."""
    failed = found.manifest["failures"]
    if failed:
        said(f"{len(failed)} runs failed; {failure_text(failed[0], out)}", 0)
    if stopped:
        done = len(found.judged)
        return said(f"interrupted: {done} patterns were finished", INTERRUPTED)
    if failed:
        return RUNS_FAILED
    return NOT_SHOWN if strict and found.failing() else 0


def validation_data(found: Validation) -> dict[str, Any]:
    """Return a validation as plain data."""
    return {
        "counts": found.counts(),
        "verdicts": {one.pattern.id: one.verdict for one in found.judged},
        "quantities": records(found.table()),
        "manifest": found.manifest,
    }


def print_patterns(found: Validation, out: str | None) -> None:
    """Print the table for people."""
    from rich.console import Console

    from qisim.validation.draws import rates_line
    from qisim.validation.pages import render_patterns, summary_line

    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False)
    console.print(render_patterns(found.judged, found.held))
    console.print()
    console.print(summary_line(found.judged))
    if found.held:
        console.print(rates_line(found.held))
    if out is not None:
        said(f"written to {out}; open {out}/report.html in a browser", 0)
