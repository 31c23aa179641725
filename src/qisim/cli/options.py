"""Shared by the commands: options, progress, and exit codes.

Results go to standard output; progress and messages go to standard error.
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
    out_option,
    quiet_option,
    replicates_option,
    scheduler_option,
    seed_option,
    with_options,
    workers_option,
)
from qisim.cli.printing import print_json, print_result, result_data
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
        from qisim.comparison.matters import size_of

        try:
            smallest, unit = size_of(number)
        except ValueError:
            self.fail(f"{value!r} is not a number, nor OUTCOME=NUMBER", param, ctx)
        if not 0 <= smallest < float("inf"):
            self.fail(
                f"{value!r} cannot be a smallest difference; allowed: numbers from 0, such as 0.05",
                param,
                ctx,
            )
        if unit and not is_in(unit, outcome):
            what = (
                "in per cent, and {} is no share"
                if unit == "share"
                else f"in {unit}, and {{}} is none of these"
            )
            self.fail(f"{value!r} is {what.format(outcome or 'a share')}", param, ctx)
        return outcome, smallest


def is_in(unit: str, words: str) -> bool:
    """Return whether outcomes, by name, label or kind, are in a unit; so is what nobody knows, for now."""
    from qisim.comparison.wording import outcomes_named
    from qisim.model.outcomes import REPORTED

    names = outcomes_named(words)
    return unit == "share" if not words else all(REPORTED[name].unit == unit for name in names)


set_option = click.option(
    "--set", "settings", type=Setting(), multiple=True,
    help="Override a value of the scenario, such as workload.pressure=1.1; can be given several times.",
)  # fmt: skip
over_option = click.option(
    "--over", default=None, metavar="SETS",
    help="Run over sets of parameter values: acceptable (those that reproduce the tuning patterns), "
         "uncertain (every uncertain number varied over its range), or a CSV file such as a "
         "calibration's ensemble.csv; replicate r uses set r mod n.",
)  # fmt: skip
sites_option = click.option(
    "--sites", type=int, default=None, metavar="N",
    help="Run at N sites like yours, which differ as real sites do; 1 means your site alone, whatever "
         "its file says.",
)  # fmt: skip
site_option = click.option(
    "--site", default=None, metavar="FILE", type=click.Path(),
    help="File that describes your ward; everything is run there, whatever ward a programme comes "
         "with.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
scenario_argument = click.argument("scenario")


def study_options(command: Callable[..., Any], replicates: int = 200) -> Callable[..., Any]:
    """Give a command the options of everything that runs the model."""
    return with_options(command, [
        set_option,
        replicates_option(replicates),
        seed_option,
        engine_option,
        workers_option,
        scheduler_option,
        out_option,
        json_option,
        quiet_option,
    ])  # fmt: skip


def with_progress(command: Callable[..., Any]) -> Callable[..., Any]:
    """Hand a command the keywords of a study; deal with its being interrupted or partly failing."""

    @wraps(command)
    def wrapped(*, settings: Any, as_json: bool, quiet: bool, **given: Any) -> int:
        result, stopped = finished(command, quiet, set=dict(settings), **given)
        return present_result(result, stopped, as_json, quiet, given["out"])

    return wrapped


def written_to(out: str | Path) -> str:
    """Return where a folder is and what to open in it, if it was not stopped before that was drawn."""
    page = Path(out) / "report.html"
    if page.is_file():
        return f"written to {out}; open {page} in a browser"
    return f"written to {out}: tables, without figures and report"


def files_written_to(out: str | Path) -> str:
    """Return where a folder is and what is in it."""
    return f"written to {out}: {', '.join(sorted(path.name for path in Path(out).iterdir()))}"


def finished(ask: Callable[..., Any], quiet: bool, *about: Any, **given: Any) -> tuple[Any, bool]:
    """Run a study with a progress bar; return its result (None if there is none) and whether it was stopped."""
    with progress_bar(quiet) as progress:
        try:
            return ask(*about, progress=progress, command=["qisim", *sys.argv[1:]], **given), False
        except Interrupted as interrupted:
            return interrupted.result, True


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
    code = failures_code(result.manifest, out)
    if stopped:
        finished = int(result.runs["replicate"].nunique())
        return said(
            f"interrupted: {finished} replicates were finished and are kept; the same command goes on "
            "from there",
            INTERRUPTED,
        )
    return code


def failures_code(manifest: Mapping[str, Any], out: str | None) -> int:
    """Say how many runs of a study failed, where any did, and return the exit code."""
    failed = manifest["failures"]
    if not failed:
        return 0
    return said(f"{len(failed)} runs failed; {failure_text(failed[0], out)}", RUNS_FAILED)


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
