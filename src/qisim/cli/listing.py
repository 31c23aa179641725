"""Commands that look at scenarios and at the evidence, and run nothing."""

from __future__ import annotations

import math
import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from qisim.cli.options import json_option, listed, scenario_argument, set_option, site_option
from qisim.cli.printing import print_json
from qisim.cli.unsaid import notes_of_plan
from qisim.errors import InputError, Problem
from qisim.reading import readable


@click.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List the shipped scenarios."""
    from qisim.cli.listing_text import shipped_data, shipped_text

    print_json(shipped_data()) if as_json else click.echo(shipped_text())


@click.command()
@scenario_argument
@set_option
@site_option
@json_option
def show(scenario: str, settings: Any, site: str | None, as_json: bool) -> None:
    """Show every value of a scenario: its range, origin and basis."""
    from qisim.cli.listing_text import scenario_data, scenario_text
    from qisim.scenario.scenario import load_in_ward

    loaded = load_in_ward(scenario, site, dict(settings))
    print_json(scenario_data(loaded)) if as_json else click.echo(scenario_text(loaded))


@click.command()
@click.argument("file", type=click.Path())
@click.option("--from", "source", required=True, metavar="SCENARIO", help="Scenario to start from.")
def new(file: str, source: str) -> None:
    """Write a commented scenario file as a starting point."""
    from qisim.scenario.export import starter_text
    from qisim.scenario.scenario import load

    path, base = Path(file), load(source)
    text = starter_text(base, path.stem, extended_as(source, path.parent))
    shown = click.format_filename(file)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as sink:
            sink.write(text)
    except FileExistsError:
        raise InputError(Problem("already exists; nothing was overwritten", shown)) from None
    except OSError as error:
        raise InputError(Problem(f"cannot be written: {error.strerror}", shown)) from None
    click.echo(f"{shown} is written; edit it, then: qisim check {shlex.quote(shown)}")


def extended_as(source: str, folder: Path) -> str:
    """Return how a file in a folder names what it extends: paths are relative to the file."""
    from qisim.scenario.files import is_shipped

    if source == "-":
        raise InputError("standard input cannot be extended; give a shipped name or a path")
    name = source if is_shipped(source) else Path(os.path.relpath(source, folder)).as_posix()
    if not name.isprintable():
        raise InputError(Problem("has a name that no scenario file can hold", value=name))
    return name


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@site_option
@json_option
def check(files: Sequence[str], site: str | None, as_json: bool) -> int:
    """Check scenario and study files, and list every problem."""
    found: dict[str, list[Problem]] = {file: [] for file in files}
    notes: dict[str, list[str]] = {}
    from qisim.scenario.ward import in_ward

    for file in found:
        try:
            with in_ward(site, file):
                notes[file] = check_one(file)
        except InputError as error:
            found[file] = error.problems
    if as_json:
        print_json(
            {file: [strict(problem) for problem in problems] for file, problems in found.items()}
        )
    for file, problems in found.items():
        if problems:
            click.echo(listed(problems), err=True)
        elif not as_json:
            click.echo(f"{readable(file)}: fine")
            for note in notes[file]:
                click.echo(f"  {note}")
    return InputError.exit_code if any(found.values()) else 0


def strict(problem: Problem) -> dict[str, Any]:
    """Return a problem as strict JSON can hold it: numbers that are not finite as words."""
    value = problem.value
    odd = isinstance(value, float) and not math.isfinite(value)
    return {**vars(problem), "value": str(value) if odd else value}


def check_one(file: str) -> list[str]:
    """Read a scenario or a study, with every world that its points ask for; raise all problems.

    Returns
    -------
    list of str
        What else there is to say of it; mostly nothing.
    """
    from qisim.design.plan_file import is_study, read, shipped_studies

    if file in shipped_studies() or is_study(file):
        from qisim.design.run_table import RunTable

        plan = read(file)
        notes = notes_of_plan(plan)
        if any(one.whole for one in plan.inputs):
            RunTable(plan)
        if not plan.analysis.method:
            return [*notes, *refused_by_sensitivity(file)]
        from qisim.sensitivity.study import sample_of

        sample_of(plan)  # refuses what the analysis would refuse
        return notes
    from qisim.scenario.notes import notes_of
    from qisim.scenario.scenario import load

    load(file)
    return notes_of(file)


def refused_by_sensitivity(file: str) -> list[str]:
    """Return why a study that names no analysis is none for `qisim sensitivity`, if it is none."""
    from qisim.sensitivity.planning import planned

    if file == "-":
        return []
    try:
        planned(file)
    except InputError as refused:
        return [f"a study for qisim sweep; qisim sensitivity refuses it: {refused.problems[0]}"]
    return []


@click.command()
@click.argument("name", required=False)
@json_option
def factors(name: str | None, as_json: bool) -> None:
    """List the study's factors, or describe one of them.

    The description says how certain the factor is, and why.
    """
    from qisim.cli.listing_text import factors_data, factors_text

    print_json(factors_data(name)) if as_json else click.echo(factors_text(name))


@click.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from qisim.scenario.schema import schema

    print_json(schema())
