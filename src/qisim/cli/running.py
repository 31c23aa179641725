"""Commands that run scenarios: one by itself, or several in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from qisim.cli.machine import theories_option
from qisim.cli.options import (
    Smallest,
    over_option,
    scenario_argument,
    site_option,
    sites_option,
    study_options,
    with_progress,
)
from qisim.cli.unsaid import tell_unsaid

if TYPE_CHECKING:
    from qisim.comparison.comparison import Comparison
    from qisim.output.result import Result


@click.command()
@scenario_argument
@over_option
@site_option
@sites_option
@study_options
@with_progress
def run(scenario: str, **options: Any) -> Result:
    """Run one scenario with many replicates."""
    from qisim.comparison import study

    tell_unsaid(options["set"], scenario)
    return study.run(scenario, **options)


@click.command()
@click.argument("base")
@click.argument("others", nargs=-1, metavar="OTHER...")
@click.option(
    "--against-nothing", is_flag=True,
    help="Compare each with BASE's site without any programme, to see what it adds.",
)  # fmt: skip
@click.option(
    "--matters", type=Smallest(), multiple=True,
    help="Smallest difference that matters: X for all shares (0.05 or 5% is five percentage points), "
         "or OUTCOME=X; can be given several times.",
)  # fmt: skip
@click.option(
    "--until-decided", is_flag=True,
    help="Look at 200, 400, ... pairs, with intervals that hold at every look, and stop when all is "
         "settled; --replicates is then the maximum (3,200 by default).",
)  # fmt: skip
@click.option(
    "--pairs", default="base", metavar="base|all", show_default=True,
    help="With several others: one table with the plans as columns (base), or a table for every "
         "pair (all).",
)  # fmt: skip
@theories_option
@over_option
@site_option
@sites_option
@study_options
@with_progress
def compare(base: str, others: Sequence[str], matters: Any, **options: Any) -> Comparison:
    """Compare scenarios with a base, using common random numbers."""
    from qisim.comparison import study
    from qisim.comparison.until_decided import MOST

    source = click.get_current_context().get_parameter_source("replicates")
    if options["until_decided"] and source is click.core.ParameterSource.DEFAULT:
        options["replicates"] = MOST
    tell_unsaid(options["set"], base, *others)
    return study.compare(base, *others, matters=smallest_of(matters), **options)


def smallest_of(matters: Sequence[tuple[str, float]]) -> dict[str, float] | None:
    """Return the smallest differences by outcome: a single number counts for all shares."""
    from qisim.model.outcomes import OUTCOMES

    shares = [name for name, outcome in OUTCOMES.items() if outcome.unit == "share"]
    found: dict[str, float] = {}
    for outcome, number in sorted(matters):  # a number for all shares comes first
        found |= {outcome: number} if outcome else dict.fromkeys(shares, number)
    return found or None
