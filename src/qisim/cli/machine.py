"""Options of every command that makes runs: how they are made, and how much is said."""

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


def with_options(command: Callable[..., Any], options: Sequence[Callable[..., Any]]) -> Any:
    """Give a command some options, which its help lists in this order."""
    for option in reversed(options):
        command = option(command)
    return command
