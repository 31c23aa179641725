"""What the commands share: options, progress, and how a result is printed.

What a command finds goes to standard output; progress and messages go to standard error.
"""

from __future__ import annotations

import re
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any
from unicodedata import category

import click

from qisim.cli.machine import (
    engine_option,
    quiet_option,
    scheduler_option,
    with_options,
    workers_option,
)
from qisim.errors import Interrupted, Problem

RUNS_FAILED, INTERRUPTED = 3, 130
NO_RESULT = (
    "interrupted before there was a result; finished runs are in the run store, and the same command "
    "goes on from there"
)
PATIENCE_S = 2.0
"""Seconds after which progress is shown."""


def said(text: str, code: int) -> int:
    """Write a message to standard error and return an exit code."""
    click.echo(harmless(text), err=True)
    return code


def harmless(text: str) -> str:
    """Return a text in which nothing commands a terminal: a foreign manifest may hold escape sequences."""
    return "".join("?" if c not in "\n\t" and category(c)[0] == "C" else c for c in text)


def listed(problems: Sequence[Problem]) -> str:
    """Return problems as lines, with their number where there are several."""
    count = f"qisim: {len(problems)} problems\n" if len(problems) > 1 else "qisim: "
    return count + "\n".join(str(problem) for problem in problems)


# --- options ---------------------------------------------------------------------------------------


class Setting(click.ParamType):
    """``KEY=VALUE``, the value as in a TOML file or else as text."""

    name = "KEY=VALUE"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, Any]:
        """Return key and value."""
        key, equals, text = value.partition("=")
        if not equals or not key.strip():
            self.fail(f"{value!r} is not KEY=VALUE, such as workload.pressure=1.1", param, ctx)
        return key.strip(), typed(text.strip())


def typed(text: str) -> Any:
    """Return a text as the number, yes or no, or list that it would be in a TOML file; else as it is.

    A number may also begin with its point, as people write shares: ``.3``.
    """
    if re.fullmatch(r"[+-]?\.\d+", text):
        return float(text)
    try:
        return tomllib.loads(f"value = {text}")["value"] if "\n" not in text else text
    except (ValueError, RecursionError):  # no TOML, or a number too long to read
        return text


class Smallest(click.ParamType):
    """``X`` for all shares, or ``OUTCOME=X``; a share also in per cent."""

    name = "[OUTCOME=]X"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, float]:
        """Return the outcome (empty for all shares) and its smallest difference."""
        outcome, _, number = value.rpartition("=")
        outcome, number = outcome.strip(), number.strip()
        per_cent = number.endswith("%")
        try:
            smallest = float(number.removesuffix("%")) / (100 if per_cent else 1)
        except ValueError:
            self.fail(f"{value!r} is not a number, nor OUTCOME=NUMBER", param, ctx)
        if not 0 <= smallest < float("inf"):
            self.fail(
                f"{value!r} cannot be a smallest difference; allowed: numbers from 0, such as 0.05",
                param,
                ctx,
            )
        if per_cent and outcome and not is_share(outcome):
            self.fail(f"{value!r} is in per cent, and {outcome} is no share", param, ctx)
        return outcome, smallest


def is_share(words: str) -> bool:
    """Say whether an outcome, by name or label, is a share; so is what nobody knows, for now."""
    from qisim.comparison.wording import outcome_named
    from qisim.model.outcomes import TOLD

    name = outcome_named(words)
    return name is None or TOLD[name].unit == "share"


set_option = click.option(
    "--set", "settings", type=Setting(), multiple=True,
    help="Override a value of the scenario, such as workload.pressure=1.1; can be given several times.",
)  # fmt: skip
over_option = click.option(
    "--over", default=None, metavar="SETS",
    help="Run over sets of values: acceptable (those that reproduce the tuning patterns), uncertain "
         "(every uncertain number varied over its range), or a CSV file such as a calibration's "
         "ensemble.csv; replicate r uses set r mod n.",
)  # fmt: skip
sites_option = click.option(
    "--sites", type=int, default=None, metavar="N",
    help="Run at N sites like yours, which differ as real sites do; 1 is your site alone, whatever its "
         "file says.",
)  # fmt: skip
site_option = click.option(
    "--site", default=None, metavar="FILE", type=click.Path(),
    help="A file that describes your ward; everything is run there, whatever ward a programme "
         "comes with.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
scenario_argument = click.argument("scenario")


def study_options(command: Callable[..., Any], replicates: int = 200) -> Callable[..., Any]:
    """Give a command the options of everything that runs the model."""
    return with_options(command, [
        set_option,
        click.option("--replicates", type=int, default=replicates, show_default=True, metavar="N",
                     help="Runs of each scenario."),
        click.option("--seed", type=int, default=1, show_default=True, metavar="S",
                     help="Seed of all random numbers; 0 is as good as any other."),
        engine_option,
        workers_option,
        scheduler_option,
        click.option("--out", default=None, metavar="DIR", type=click.Path(),
                     help="Folder for tables, figures, report and manifest."),
        json_option,
        quiet_option,
    ])  # fmt: skip


def with_progress(command: Callable[..., Any]) -> Callable[..., Any]:
    """Hand a command the keywords of a study; deal with its being interrupted or partly failing."""

    @wraps(command)
    def wrapped(*, settings: Any, as_json: bool, quiet: bool, **given: Any) -> int:
        with progress_bar(quiet) as progress:
            given |= {"set": dict(settings), "progress": progress}
            given |= {"command": ["qisim", *sys.argv[1:]]}
            try:
                result, stopped = command(**given), False
            except Interrupted as interrupted:
                result, stopped = interrupted.result, True
        return present_result(result, stopped, as_json, quiet, given["out"])

    return wrapped


def written_to(out: str | Path) -> str:
    """Return where a folder is and what to open in it, if it was not stopped before that was drawn."""
    page = Path(out) / "report.html"
    if page.is_file():
        return f"written to {out}; open {page} in a browser"
    return f"written to {out}: tables, without figures and report"


def present_result(result: Any, stopped: bool, as_json: bool, quiet: bool, out: str | None) -> int:
    """Print a result and return the exit code."""
    if result is None:
        return said(NO_RESULT, INTERRUPTED)
    if as_json:
        print_json(result_data(result))
    elif not quiet:
        print_result(result)
        if out is not None:
            said(written_to(out), 0)
    failed = result.manifest["failures"]
    if failed:
        said(f"{len(failed)} runs failed; {failure_text(failed[0], out)}", 0)
    if stopped:
        finished = int(result.runs["replicate"].nunique())
        return said(
            f"interrupted: {finished} replicates were finished and are kept; the same command goes on "
            "from there",
            INTERRUPTED,
        )
    return RUNS_FAILED if failed else 0


def failure_text(failure: Mapping[str, Any], out: str | None) -> str:
    """Return the first failure in a line."""
    last = str(failure["reason"]).strip().splitlines()[-1]
    where = f"; all are in {Path(out) / 'manifest.json'}" if out else ""
    return f"first {failure['scenario']}, replicate {failure['replicate']}: {last}{where}"


@contextmanager
def progress_bar(quiet: bool, what: str = "runs") -> Iterator[Callable[[int, int], None] | None]:
    """Give a function that shows progress, to a terminal only and not before two seconds are over."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class SpeedColumn(ProgressColumn):
        """Runs a second."""

        def render(self, task: Task) -> Text:
            return Text(
                f"{task.speed:,.{0 if task.speed > 1 else 2}f} {what}/s" if task.speed else ""
            )

    columns = (
        TextColumn(what), BarColumn(), MofNCompleteColumn(), SpeedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task, begun = bar.add_task(what, total=None), time.monotonic()

    def show(done: int, total: int) -> None:
        if time.monotonic() - begun > PATIENCE_S:
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield show
    finally:
        bar.stop()


# --- what is printed -------------------------------------------------------------------------------


def print_json(data: Any) -> None:
    """Print data as strict JSON."""
    from qisim.output.file_bytes import json_bytes

    click.echo(json_bytes(data), nl=False)


def result_data(result: Any) -> dict[str, Any]:
    """Return a result as plain data: summary, differences and verdict where there are any."""
    summary = {"summary": records(result.summary())}
    if hasattr(result, "differences"):
        found = result.differences()
        theories = {}
        if result.under_theories:
            table, doubt = result.theories()
            theories = {"theories": records(table), "theories_doubt": records(doubt)}
        return {**summary, "differences": records(found), "verdict": result.verdict(), **theories,
                "manifest": result.manifest}  # fmt: skip
    return {**summary, "manifest": result.manifest}


def records(frame: Any) -> list[dict[str, Any]]:
    """Return the rows of a table with None for what is missing."""
    return list(frame.astype(object).where(frame.notna(), None).to_dict("records"))


def over_text(result: Any) -> str:
    """Return in a sentence over which sets of values a result was made; empty where over none."""
    from qisim.comparison.context import over_sentences

    found = over_sentences(result.manifest)
    return f" {found}" if found else ""


def print_result(result: Any) -> None:
    """Print the tables for people, and first of all what may be concluded from them."""
    from rich.console import Console
    from rich.text import Text

    from qisim.comparison.context import concluded

    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False)
    comparison = hasattr(result, "differences")
    console.print(Text(concluded(comparison)))
    console.print()
    if comparison:
        from qisim.comparison.side_by_side import asked_pairs
        from qisim.comparison.wording import render_tables

        found = result.differences()
        if len(result.others) > 1:
            print_side_by_side(console, result, found)
        if len(result.others) == 1 or result.pairs == "all":
            tables = render_tables(found, console.width, over="over" in result.manifest)
            pairs = asked_pairs(list(result.scenarios), result.pairs)
            for pair, table in zip(pairs, tables, strict=True):
                for line in beside(result, *pair):
                    console.print(Text(line))
                table.caption = Text(f"{table.caption}{over_text(result)}")
                console.print(table)
                console.print()
                print_layers(console, result, *pair)
        for name in result.others:
            print_theories(console, result, name)
    else:
        from qisim.output.result import render_summary

        table = render_summary(result)
        table.caption = Text(over_text(result).strip()) or None
        console.print(table)
        console.print()
    from qisim.model.evidence import PLAIN_WORDS

    print_paid_hours(console, result)
    console.print(Text(PLAIN_WORDS), style="dim")


def print_side_by_side(console: Any, result: Any, found: Any) -> None:
    """Print several plans as the columns of one table, and how their wards and ends differ."""
    from rich.text import Text

    from qisim.comparison.side_by_side import render

    lines = [line for other in result.others for line in beside(result, result.base, other)]
    for line in dict.fromkeys(lines):
        console.print(Text(line))
    for table in render(found, result.base, min(console.width, 110)):
        console.print(table)
        console.print()
    if over_text(result):
        console.print(Text(over_text(result).strip()))
        console.print()
    for other in result.others if result.pairs != "all" else ():
        print_layers(console, result, result.base, other)
    if result.pairs != "all":
        console.print(
            Text("--pairs all prints the table of every pair, with all that stands beneath it.")
        )
        console.print()


def print_layers(console: Any, result: Any, base: str, other: str) -> None:
    """Print how the difference spreads over sets, sites and theories, where there are several."""
    from qisim.comparison.layer_table import render

    layers = result.layers()
    if len(layers):
        layers = layers[(layers["base"] == base) & (layers["other"] == other)]
    if len(layers):
        console.print(render(layers, other))
        console.print()


def print_theories(console: Any, result: Any, other: str) -> None:
    """Print the differences under rival theories, where it was run under them."""
    from qisim.comparison.theories import render

    if result.under_theories:
        table, doubt = result.theories()
        console.print(render(table, doubt, other))
        console.print()


def print_paid_hours(console: Any, result: Any) -> None:
    """Print the hours that are paid for, by kind, and what they cost where prices are known."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from qisim.output.paid_hours import NOTE, paid_cells

    header, rows = paid_cells(result.paid_hours())
    table = Table(
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, caption_justify="left"
    )
    for number, name in enumerate(header):
        table.add_column(Text(name), justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    table.caption = Text(NOTE)
    console.print(table)
    console.print()


def beside(result: Any, base: str, other: str) -> list[str]:
    """Return what is said above a table: when the programmes end, and how the wards differ."""
    from qisim.comparison.context import pair_lines
    from qisim.comparison.until_decided import notes_of

    pair = {name: result.scenarios[name] for name in (base, other)}
    return pair_lines(pair, notes_of(result))
