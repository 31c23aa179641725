"""Options that many commands share, each worded once: how runs are made, and how much is printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

quiet_option = click.option(
    "--quiet", is_flag=True, help="Print only errors (and JSON, if requested)."
)
engine_option = click.option(
    "--engine", default="compiled", show_default=True, metavar="compiled|mesa",
    help="Both give the same numbers; mesa is slower.",
)  # fmt: skip
workers_option = click.option(
    "--workers", type=int, default=None, metavar="N",
    help="Threads or processes; by default one per core. Results do not depend on it.",
)  # fmt: skip
scheduler_option = click.option(
    "--scheduler", default=None, metavar="ADDRESS",
    help="Run on an existing Dask cluster, such as tcp://10.0.0.5:8786.",
)  # fmt: skip
out_option = click.option(
    "--out", default=None, metavar="DIR", type=click.Path(),
    help="Folder for tables, figures, report and manifest.",
)  # fmt: skip


def replicates_option(default: int, then: str = "") -> Callable[..., Any]:
    """Return the option that says how often each scenario is run, and in which way."""
    return click.option("--replicates", type=int, default=default, show_default=True, metavar="N",
                        help=f"Number of runs per scenario{then}.")  # fmt: skip


seed_option = click.option(
    "--seed", type=int, default=1, show_default=True, metavar="S",
    help="Seed of all random numbers; 0 is as good as any other.",
)  # fmt: skip


def vary_option(what: str, *default: str) -> Callable[..., Any]:
    """Return the option that names what varies; its help begins with `what`."""
    return click.option(
        "--vary", multiple=True, default=default, show_default=bool(default), metavar="WHAT",
        help=f"{what}: a role (lever, context, uncertain), a factor or a key; can be given several times.",
    )  # fmt: skip


theories_option = click.option(
    "--theories", is_flag=True,
    help="Also under every rival theory of how use comes about (six times the runs; see "
         "docs/theories.md).",
)  # fmt: skip


def counts_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that name a site's own counts."""
    return with_options(command, [
        click.option("--data", required=True, metavar="FILE.csv", type=click.Path(),
                     help="Counts from the site: week (or month, or date), using, in_post; also observed, "
                          "where not everybody was looked at."),
        click.option("--start", default=None, metavar="DATE",
                     help="First day of week 1 (YYYY-MM-DD), where the counts have dates."),
    ])  # fmt: skip


def with_options(command: Callable[..., Any], options: Sequence[Callable[..., Any]]) -> Any:
    """Give a command some options, which its help lists in this order."""
    for option in reversed(options):
        command = option(command)
    return command
