"""Commands on designed studies: run them, and reproduce finished ones."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qisim.cli.machine import (
    engine_option,
    out_option,
    quiet_option,
    scheduler_option,
    with_options,
    workers_option,
)
from qisim.cli.options import (
    INTERRUPTED,
    NO_RESULT,
    RUNS_FAILED,
    failure_text,
    files_written_to,
    harmless,
    json_option,
    progress_bar,
    said,
    set_option,
    site_option,
    sites_option,
)
from qisim.cli.printing import caveat, console, print_json
from qisim.cli.unsaid import notes_of_plan
from qisim.errors import Interrupted, StoreError
from qisim.scenario.ward import in_ward

if TYPE_CHECKING:
    from rich.table import Table

    from qisim.reproduction import Reproduction
    from qisim.runs.sweep import Swept


def sweep_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of everything that makes the runs of a study file."""
    return with_options(command, [
        set_option,
        site_option,
        sites_option,
        click.option("--replicates", type=int, default=None, metavar="N",
                     help="Number of runs per point; by default the study's."),
        click.option("--samples", type=int, default=None, metavar="N",
                     help="Size of the design; by default the study's."),
        click.option("--seed", type=int, default=None, metavar="S",
                     help="Seed of all random numbers; by default the study's. 0 is as good as any other."),
        engine_option,
        workers_option,
        scheduler_option,
        click.option("--store", default=None, metavar="DIR", type=click.Path(),
                     help="Folder of the run store; by default QISIM_STORE, or one among the user's data."),
        click.option("--retry-failed", is_flag=True, help="Repeat the runs that failed before."),
        out_option,
        json_option,
        quiet_option,
    ])  # fmt: skip


@click.command()
@click.argument("study")
@sweep_options
def sweep(
    study: str, settings: Any, as_json: bool, quiet: bool, site: str | None, **options: Any
) -> int:
    """Run every point of a study file. Runs already in the run store are not repeated."""
    from qisim.runs.sweep import sweep as sweep_over

    command = ["qisim", *sys.argv[1:]]
    with in_ward(site), progress_bar(quiet) as progress:
        try:
            swept = sweep_over(
                study,
                set=dict(settings),
                progress=progress,
                command=command,
                tell=print_aside,
                **options,
            )
        except Interrupted as stopped:
            return stopped_text(stopped.result)
    if as_json:
        print_json({"summary": _plain(swept.summary()), "manifest": swept.manifest})
    elif not quiet:
        print_swept(swept, options["out"])
        for note in notes_of_plan(swept.runs.plan):
            said(note, 0)
        tell_wards(swept.manifest)
    failed = swept.runs.failed
    if failed:
        first = failure_text(swept.manifest["failures"][0], options["out"])
        return said(f"{failed} of {swept.runs.layout.runs} runs failed; {first}", RUNS_FAILED)
    return 0


def tell_wards(manifest: Any) -> None:
    """Say on standard error how the wards of a study's scenarios differ."""
    from qisim.comparison.context import wards_text

    scenarios = list(manifest["scenarios"].values())
    for other in scenarios[1:]:
        if line := wards_text(scenarios[0], other):
            said(f"qisim: {line}", 0)


def print_aside(message: str) -> None:
    """Tell of a file of the store that was set aside."""
    said(f"qisim: {message}", 0)


def stopped_text(swept: Any) -> int:
    """Say what is kept of an interrupted sweep; return the exit code."""
    if swept is None:
        return said(NO_RESULT, INTERRUPTED)
    register = swept.runs.register
    return said(
        f"interrupted: {register.found} of {len(register.keys)} different runs are finished and kept; "
        "the same command goes on from there",
        INTERRUPTED,
    )


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with None for what is missing."""
    return [{k: None if v != v else v for k, v in row.items()} for row in rows]


def print_swept(swept: Swept, out: str | None) -> None:
    """Print for people what was made and how outcomes are spread."""
    page = console()
    for name in swept.runs.scenarios:
        page.print(spread_table(swept, name))
        page.print()
    runs = swept.runs
    page.print(
        f"{runs.layout.runs} runs, {len(runs.register.keys)} of them different, of which {runs.reused} "
        "were in the run store already."
    )
    page.print(caveat(), style="dim")
    if out is not None:
        said(files_written_to(out), 0)


def spread_table(swept: Swept, scenario: str) -> Table:
    """Return how outcomes are spread over all runs of a scenario, as a terminal table."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from qisim.model.outcomes import REPORTED
    from qisim.text import shown

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, title_justify="left")
    plan = swept.runs.plan
    table.title = Text(
        f"{scenario}: {len(swept.runs.points)} points x {plan.replicates} replicates, "
        f"{len(plan.inputs)} inputs vary ({plan.design.method} design)"
    )
    for header in ("Outcome", "Mean", "Median", "5th to 95th percentile", "Without a value"):
        table.add_column(header, justify="left" if header == "Outcome" else "right")
    for row in swept.summary():
        if row["scenario"] == scenario:
            outcome = REPORTED[row["outcome"]]
            mean, median = (shown(row[n], outcome.unit, with_unit=True) for n in ("mean", "median"))
            low, high = (shown(row[name], outcome.unit) for name in ("p05", "p95"))
            missing = f"{row['missing']} ({outcome.missing_when})" if row["missing"] else ""
            cells = outcome.label, mean, median, f"{low} to {high}", missing
            table.add_row(*(Text(cell) for cell in cells))
    return table


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path())
@workers_option
@scheduler_option
@json_option
@quiet_option
def reproduce(folder: str, as_json: bool, quiet: bool, **options: Any) -> int:
    """Repeat a finished study from its manifest.

    Every file that differs is named. The first verdict and the exit code concern the numbers; the second
    concerns bytes, which another version of a library may write differently.
    """
    from qisim.reproduction import reproduce as make_again

    with progress_bar(quiet) as progress:
        made = make_again(folder, progress=progress, **options)
    if as_json:
        print_json(made.to_dict())
    elif not quiet:
        for line in reproduction_text(made):
            click.echo(harmless(line))
    for name in made.damaged:
        said(f"qisim: {Path(folder) / name} is missing or was changed since it was written", 0)
    for name in made.differing:
        said(f"qisim: {name} came out differently", 0)
    return 0 if made.same_values else StoreError.exit_code


def reproduction_text(made: Reproduction) -> Iterator[str]:
    """Yield in words what came of making a study again."""
    count = len(made.alike)
    yield f"{count} file{'s' * (count != 1)} came out the same to the byte: {', '.join(made.alike)}"
    if made.other_bytes:
        yield f"the same numbers, other bytes: {', '.join(made.other_bytes)}"
    for name, (then, now) in made.versions.items():
        yield f"made with another {name.replace('_', ' ')}: {short(then)} then, {short(now)} now"


def short(value: Any) -> str:
    """Return a version in a few words."""
    return "none" if value is None else value["sha256"] if isinstance(value, dict) else str(value)
