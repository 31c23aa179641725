"""The command that compares a scenario with a site's own counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qisim.cli.machine import (
    counts_options,
    out_option,
    quiet_option,
    seed_option,
    vary_option,
    workers_option,
)
from qisim.cli.options import (
    INTERRUPTED,
    failures_code,
    finished,
    json_option,
    said,
    scenario_argument,
    set_option,
    site_option,
    written_to,
)
from qisim.cli.printing import caveat, console, print_json
from qisim.cli.unsaid import tell_unsaid

if TYPE_CHECKING:
    from qisim.calibration.result import Calibration


@click.command()
@scenario_argument
@counts_options
@click.option("--users-counted", default="1", show_default=True, metavar="SHARE",
              help="Share of the users whom your count finds: 0.8, a range such as 0.7-0.95, or a "
                   "distribution such as 'beta(8,2)'.")  # fmt: skip
@click.option("--others-counted", default="0", show_default=True, metavar="SHARE",
              help="Share of the other staff whom your count takes for users; given in the same "
                   "way.")  # fmt: skip
@set_option
@site_option
@vary_option("What else is unknown, besides all uncertain parameters")
@click.option("--fix", multiple=True, metavar="KEY",
              help="Uncertain parameter to leave as it is; can be given several times.")  # fmt: skip
@click.option("--samples", type=int, default=20_000, show_default=True, metavar="N",
              help="Number of parameter sets to draw and simulate.")  # fmt: skip
@click.option("--checks", type=int, default=200, show_default=True, metavar="N",
              help="Number of simulated sites on which the intervals are checked; 0 for none.")  # fmt: skip
@seed_option
@workers_option
@out_option
@json_option
@quiet_option
def calibrate(
    scenario: str, settings: Any, vary: Sequence[str], fix: Sequence[str], as_json: bool, quiet: bool,
    **options: Any,
) -> int:  # fmt: skip
    """Find the parameter values consistent with your own counts."""
    from qisim.calibration.study import calibrate as held_against

    tell_unsaid(dict(settings), scenario)
    found, stopped = finished(
        held_against, quiet, scenario, set=dict(settings), vary=vary, fix=fix, **options
    )
    if found is None:
        return said("interrupted before enough was simulated to say anything", INTERRUPTED)
    return present_result(found, stopped, as_json, quiet, options["out"])


def present_result(
    found: Calibration, stopped: bool, as_json: bool, quiet: bool, out: str | None
) -> int:
    """Print what was found and return the exit code."""
    if not quiet:
        for warning in found.data.warnings:
            said(f"qisim: note: {warning}", 0)
    if as_json:
        print_json(found.to_dict())
    elif not quiet:
        print_findings(found, out)
    code = failures_code(found.manifest, out)
    if stopped:
        sites = len(found.prior.use)
        return said(f"interrupted: {sites} simulated sites were used", INTERRUPTED)
    return code


def print_findings(found: Calibration, out: str | None) -> None:
    """Print what was found, for people."""
    from qisim.calibration.result import findings, honesty, render_parameters

    page = console()
    for sentence in findings(found):
        page.print(sentence)
    if found.possible:
        page.print()
        page.print(render_parameters(found))
        page.print(honesty(found))
    page.print(caveat("declared ranges"), style="dim")
    if out is not None and not found.possible:
        said(written_to(out), 0)
    elif out is not None:
        sets = Path(out) / "ensemble.csv"
        said(f"{written_to(out)}; carry on with: qisim compare ... --over {sets}", 0)
