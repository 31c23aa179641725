"""The command that tests the model against the patterns it should reproduce."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from qisim.cli.options import (
    INTERRUPTED,
    failures_code,
    finished,
    progress_bar,
    said,
    study_options,
)
from qisim.cli.printing import console, print_json, records
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
    help="Also try each pattern under N random draws of all uncertain numbers.",
)
@click.option("--strict", is_flag=True, help="Exit with 4 unless all pass.")
@click.option(
    "--levers",
    is_flag=True,
    help="Show which numbers do nothing, or the opposite of what was expected, in scenarios "
    "(named in place of patterns; by default external and internal, with --full all).",
)
@click.option(
    "--mutants",
    is_flag=True,
    help="Show which patterns notice which of the shipped broken models (about a minute each, once).",
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

    found, stopped = finished(
        study.validate, quiet, patterns, full=full, draws=draws, set=dict(settings), **options
    )
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
        page = console(markup=False)
        page.print(render(found))
        for line in summary(found):
            page.print(line)
    return NOT_SHOWN if strict and (found["verdict"] == CONTRARY).any() else 0


def tell_mutants(
    patterns: Sequence[str], full: bool, strict: bool, settings: Any, as_json: bool, quiet: bool,
    options: dict[str, Any],
) -> int:  # fmt: skip
    """Say which patterns notice which broken models."""
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
        page = console(markup=False)
        page.print(mutants.render(found))
        for line in mutants.summary(found):
            page.print(line)
    return NOT_SHOWN if strict and found.missing() else 0


def exit_code(found: Validation, stopped: bool, strict: bool, out: str | None) -> int:
    """Say what went wrong with the runs, and return the exit code."""
    code = failures_code(found.manifest, out)
    if stopped:
        done = len(found.judged)
        return said(f"interrupted: {done} patterns were finished", INTERRUPTED)
    return code or (NOT_SHOWN if strict and found.failing() else 0)


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
    from qisim.validation.draws import rates_line
    from qisim.validation.pages import render_patterns, summary_line

    page = console()
    page.print(render_patterns(found.judged, found.held))
    page.print()
    page.print(summary_line(found.judged))
    if found.held:
        page.print(rates_line(found.held))
    if out is not None:
        said(f"written to {out}; open {out}/report.html in a browser", 0)
