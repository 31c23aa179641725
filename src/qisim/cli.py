"""The command line: a thin door to `qisim.study`.

What a command finds goes to standard output; progress and messages go to standard error. Exit codes: 0
done; 2 the input is wrong; 3 finished, but some runs failed; 130 interrupted, what was finished is
kept; 1 a fault of qisim itself.
"""

from __future__ import annotations

import os
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qisim.errors import InputError, Interrupted, Problem, QisimError

if TYPE_CHECKING:
    from qisim.comparison import Comparison
    from qisim.results import Result

RUNS_FAILED, INTERRUPTED, FAULT = 3, 130, 1
PATIENCE_S = 2.0
"""Seconds after which progress is shown."""
DEBUG = "QISIM_DEBUG"
"""Environment variable: set, a fault of qisim shows its traceback."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code; nobody ever sees a traceback for a wrong input."""
    sys.exit(exit_code(sys.argv[1:] if arguments is None else list(arguments)))


def exit_code(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code."""
    try:
        return qisim.main(list(arguments), prog_name="qisim", standalone_mode=False) or 0
    except click.exceptions.Abort:
        return said("interrupted", INTERRUPTED)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except InputError as error:
        return said(listed(error.problems), error.exit_code)
    except QisimError as error:
        return said(f"qisim: {error}", error.exit_code)
    except KeyboardInterrupt:
        return said("interrupted", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads any more
        return 0
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        return said(f"qisim has a fault of its own ({what}); {DEBUG}=1 shows where", FAULT)


def said(text: str, code: int) -> int:
    """Write a message to standard error and return an exit code."""
    click.echo(text, err=True)
    return code


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
    """Return a text as the number, yes or no, or list that it would be in a TOML file; else as it is."""
    try:
        return tomllib.loads(f"value = {text}")["value"] if "\n" not in text else text
    except (tomllib.TOMLDecodeError, RecursionError):
        return text


class Smallest(click.ParamType):
    """``X`` for all shares, or ``OUTCOME=X``."""

    name = "[OUTCOME=]X"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, float]:
        """Return the outcome (empty for all shares) and its smallest difference."""
        outcome, _, number = value.rpartition("=")
        try:
            return outcome.strip(), float(number)
        except ValueError:
            self.fail(f"{value!r} is not a number, nor OUTCOME=NUMBER", param, ctx)


set_option = click.option(
    "--set", "settings", type=Setting(), multiple=True,
    help="Lay a value over the scenario, such as workload.pressure=1.1; can be given several times.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
scenario_argument = click.argument("scenario")


def study_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of everything that runs the model."""
    options = [
        set_option,
        click.option("--replicates", type=int, default=200, show_default=True, metavar="N",
                     help="Runs of each scenario."),
        click.option("--seed", type=int, default=1, show_default=True, metavar="S",
                     help="Fixes all chance; 0 is a seed like any other."),
        click.option("--engine", default="compiled", show_default=True,
                     metavar="compiled|mesa", help="Both give the same numbers; mesa is slow."),
        click.option("--workers", type=int, default=None, metavar="N",
                     help="Threads or processes; by default one per core. Results do not depend on it."),
        click.option("--scheduler", default=None, metavar="ADDRESS",
                     help="Run on an existing Dask cluster, such as tcp://10.0.0.5:8786."),
        click.option("--out", default=None, metavar="DIR", type=click.Path(),
                     help="Folder for tables, figures, report and manifest."),
        json_option,
        click.option("--quiet", is_flag=True, help="Print nothing but errors (and JSON, if asked)."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


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
        return told(result, stopped, as_json, quiet, given["out"])

    return wrapped


def told(result: Any, stopped: bool, as_json: bool, quiet: bool, out: str | None) -> int:
    """Print a result and return the exit code."""
    if result is None:
        return said("interrupted before anything was finished", INTERRUPTED)
    if as_json:
        print_json(result_data(result))
    elif not quiet:
        print_result(result)
        if out is not None:
            said(f"written to {out}; open {Path(out) / 'report.html'} in a browser", 0)
    failed = result.manifest["failures"]
    if failed:
        said(f"{len(failed)} runs failed; {failed_told(failed[0], out)}", 0)
    if stopped:
        finished = int(result.runs["replicate"].nunique())
        kept = f"kept in {out}" if out else "shown here, not kept: there was no --out"
        return said(f"interrupted: {finished} replicates were finished and are {kept}", INTERRUPTED)
    return RUNS_FAILED if failed else 0


def failed_told(failure: Mapping[str, Any], out: str | None) -> str:
    """Return the first failure in a line."""
    last = str(failure["reason"]).strip().splitlines()[-1]
    where = f"; all are in {Path(out) / 'manifest.json'}" if out else ""
    return f"first {failure['scenario']}, replicate {failure['replicate']}: {last}{where}"


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Give a function that shows progress, to a terminal only and not before two seconds are over."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task, begun = bar.add_task("runs", total=None), time.monotonic()

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
    from qisim.folder import json_bytes

    click.echo(json_bytes(data), nl=False)


def result_data(result: Any) -> dict[str, Any]:
    """Return a result as plain data: summary, differences and verdict where there are any."""
    summary = {"summary": records(result.summary())}
    if hasattr(result, "differences"):
        found = result.differences()
        return {**summary, "differences": records(found), "verdict": result.verdict(),
                "manifest": result.manifest}  # fmt: skip
    return {**summary, "manifest": result.manifest}


def records(frame: Any) -> list[dict[str, Any]]:
    """Return the rows of a table with None for what is missing."""
    return list(frame.astype(object).where(frame.notna(), None).to_dict("records"))


def print_result(result: Any) -> None:
    """Print the tables for people."""
    from rich.console import Console

    from qisim.evidence import PLAIN_WORDS

    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False)
    if hasattr(result, "differences"):
        from qisim.comparison import render_tables

        for table in render_tables(result.differences()):
            console.print(table)
            console.print()
    else:
        from qisim.results import render_summary

        console.print(render_summary(result))
    console.print(
        f"Results hold if the mechanisms and the assumed numbers do. {PLAIN_WORDS}", style="dim"
    )


# --- commands --------------------------------------------------------------------------------------


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
)
@click.version_option(package_name="qisim", message="qisim %(version)s")
@click.option("--cite", is_flag=True, help="Say how to cite qisim and the study behind it.")
@click.pass_context
def qisim(context: click.Context, cite: bool) -> None:
    """Simulate how a quality-improvement programme is taken up in a nursing home or home-care service.

    To begin with: qisim compare external internal --out results/first
    """
    if cite:
        click.echo(citation())
    elif context.invoked_subcommand is None:
        click.echo(context.get_help())


def citation() -> str:
    """Return how to cite the program and the study."""
    from importlib.metadata import version

    from qisim.evidence import STUDY

    return (
        f"The qisim developers. qisim: how a quality-improvement programme is taken up in nursing "
        f"homes and home care, an agent-based model. Version {version('qisim')}.\n"
        f"The study behind it: {STUDY}."
    )


@qisim.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List the shipped scenarios."""
    from qisim.listing import shipped_data, shipped_text

    print_json(shipped_data()) if as_json else click.echo(shipped_text())


@qisim.command()
@scenario_argument
@set_option
@json_option
def show(scenario: str, settings: Any, as_json: bool) -> None:
    """Show a scenario in full: every value, its range, where it was set, what it rests on."""
    from qisim.listing import scenario_data, scenario_text
    from qisim.scenario import load

    loaded = load(scenario, dict(settings))
    print_json(scenario_data(loaded)) if as_json else click.echo(scenario_text(loaded))


@qisim.command()
@click.argument("file", type=click.Path())
@click.option("--from", "source", required=True, metavar="SCENARIO", help="What to start from.")
def new(file: str, source: str) -> None:
    """Write a commented scenario file to start from."""
    from qisim.scenario import load
    from qisim.scenario_text import starter_text

    path, base = Path(file), load(source)
    text = starter_text(base, path.stem, extended_as(source, path.parent))
    try:
        with path.open("x", encoding="utf-8", newline="\n") as sink:
            sink.write(text)
    except FileExistsError:
        raise InputError(Problem("is there already; nothing was overwritten", file)) from None
    except OSError as error:
        raise InputError(Problem(f"cannot be written: {error.strerror}", file)) from None
    click.echo(f"{file} is written; edit it, then: qisim check {file}")


def extended_as(source: str, folder: Path) -> str:
    """Return how a file in a folder names what it extends: paths are relative to the file."""
    from qisim.scenario import shipped

    if source == "-":
        raise InputError("standard input cannot be extended; give a shipped name or a path")
    return source if source in shipped() else Path(os.path.relpath(source, folder)).as_posix()


@qisim.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@json_option
def check(files: Sequence[str], as_json: bool) -> int:
    """Check scenario files; print every problem of every file."""
    from qisim.scenario import load

    found: dict[str, list[Problem]] = {file: [] for file in files}
    for file in found:
        try:
            load(file)
        except InputError as error:
            found[file] = error.problems
    if as_json:
        print_json(
            {file: [vars(problem) for problem in problems] for file, problems in found.items()}
        )
    for file, problems in found.items():
        if problems:
            click.echo(listed(problems), err=True)
        elif not as_json:
            click.echo(f"{file}: fine")
    return InputError.exit_code if any(found.values()) else 0


@qisim.command()
@click.argument("name", required=False)
@json_option
def factors(name: str | None, as_json: bool) -> None:
    """List the study's factors, or tell all about one: how sure it is, and what it rests on."""
    from qisim.listing import factors_data, factors_text

    print_json(factors_data(name)) if as_json else click.echo(factors_text(name))


@qisim.command()
@scenario_argument
@study_options
@with_progress
def run(scenario: str, **options: Any) -> Result:
    """Run one scenario, many replicates."""
    from qisim import study

    return study.run(scenario, **options)


@qisim.command()
@click.argument("base")
@click.argument("others", nargs=-1, required=True, metavar="OTHER...")
@click.option(
    "--matters", type=Smallest(), multiple=True,
    help="Smallest difference that matters: X for all shares (0.05 is five points), or OUTCOME=X; "
         "can be given several times.",
)  # fmt: skip
@study_options
@with_progress
def compare(base: str, others: Sequence[str], matters: Any, **options: Any) -> Comparison:
    """Compare scenarios with a base on common random numbers."""
    from qisim import study

    return study.compare(base, *others, matters=smallest_of(matters), **options)


def smallest_of(matters: Sequence[tuple[str, float]]) -> dict[str, float] | None:
    """Return the smallest differences by outcome: a single number counts for all shares."""
    from qisim.outcomes import OUTCOMES

    shares = [name for name, outcome in OUTCOMES.items() if outcome.unit == "share"]
    found: dict[str, float] = {}
    for outcome, number in sorted(matters):  # a number for all shares comes first
        found |= {outcome: number} if outcome else dict.fromkeys(shares, number)
    return found or None
