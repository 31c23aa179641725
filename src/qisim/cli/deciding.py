"""Commands that turn a difference into advice: what makes it, what would reverse it, what it costs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any

import click

from qisim.cli.findings import print_finding
from qisim.cli.machine import counts_options, vary_option
from qisim.cli.options import (
    INTERRUPTED,
    NO_RESULT,
    failures_code,
    json_option,
    over_option,
    progress_bar,
    said,
    site_option,
    study_options,
    written_to,
)
from qisim.cli.printing import print_json
from qisim.cli.unsaid import tell_unsaid
from qisim.errors import InputError, Interrupted, Problem
from qisim.scenario.ward import in_ward

outcome_option = click.option(
    "--outcome", default="adoption_final", show_default=True, metavar="OUTCOME",
    help="Outcome to look at, by name or label.",
)  # fmt: skip


STOPPED_WRITING = "interrupted while the answer was being written; the same command writes the rest"
PLANS = ("base", "other", "scenario", "plan", "against")
"""Arguments and options that name a plan."""


def question(command: Callable[..., Any], replicates: int = 200) -> Callable[..., Any]:
    """Give a command the options of a study, hand it their keywords, and print its answer."""

    @wraps(command)
    def wrapped(
        *, settings: Any, as_json: bool, quiet: bool, site: str | None = None, **given: Any
    ) -> int:
        with in_ward(site), progress_bar(quiet) as progress:
            given |= {"set": dict(settings), "progress": progress}
            given |= {"command": ["qisim", *sys.argv[1:]]}
            tell_unsaid(given["set"], *(given.get(name) for name in PLANS))
            try:
                found, stopped = command(**given), False
            except Interrupted as interrupted:
                found, stopped = interrupted.result, True
        if found is None:
            return said(NO_RESULT, INTERRUPTED)
        found, code = found if isinstance(found, tuple) else (found, 0)
        code = present(found, as_json, quiet, given["out"]) or code
        return said(STOPPED_WRITING, INTERRUPTED) if stopped else code

    return over_option(site_option(study_options(wrapped, replicates)))


def present(found: Any, as_json: bool, quiet: bool, out: str | None) -> int:
    """Print an answer and return the exit code."""
    if as_json:
        print_json(found.data())
    elif not quiet:
        print_finding(found)
        if out is not None:
            said(written_to(out), 0)
    return failures_code(found.manifest, out)


class PartOption(click.ParamType):
    """``NAME=KEY,KEY`` or ``NAME=SCENARIO``."""

    name = "NAME=KEYS|SCENARIO"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:
        """Return the name and what it stands for."""
        name, equals, text = value.partition("=")
        if not equals or not name.strip() or not text.strip():
            self.fail(f"{value!r} is not NAME=KEY,KEY nor NAME=SCENARIO", param, ctx)
        return name.strip(), text.strip()


def parts_of(given: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return parts by name: keys where the text names keys, else a scenario.

    Raises
    ------
    InputError
        If a name is given twice.
    """
    from fnmatch import fnmatchcase

    from qisim.scenario.fields import KEYS, SHORT

    found: dict[str, Any] = {}
    for name, text in given:
        if name in found:
            raise InputError(Problem("is given twice", key="part", value=name))
        words = [word.strip() for word in text.split(",") if word.strip()]
        known = [*KEYS, *SHORT, "activities", "activities.led_by", "events"]
        keys = len(words) > 1 or any(fnmatchcase(key, words[0]) for key in known)
        found[name] = words if keys else text
    return found


@click.command()
@click.argument("base")
@click.argument("other")
@click.option(
    "--part", "parts", type=PartOption(), multiple=True,
    help="A part of your own: keys (with *), or a scenario that takes this part from OTHER and all "
         "else from BASE; can be given several times.",
)  # fmt: skip
@click.option("--by", default="bundle", show_default=True, metavar="bundle|key",
              help="Split the rest into bundles, or key by key.")  # fmt: skip
@click.option("--orders", type=int, default=32, show_default=True, metavar="N",
              help="Number of orders to draw where there are more than twelve parts.")  # fmt: skip
@outcome_option
@question
def explain(base: str, other: str, parts: Any, **options: Any) -> Any:
    """Break the difference between two scenarios down into parts.

    The parts are Shapley values and add up to the difference.
    """
    from qisim.decide.explain import explain as ask

    return ask(base, other, parts=parts_of(parts), **options)


class Ends(click.ParamType):
    """``LOW,HIGH``."""

    name = "LOW,HIGH"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[float, float]:
        """Return the two ends of a range."""
        try:
            low, high = (float(text) for text in value.split(","))
        except ValueError:
            self.fail(f"{value!r} is not LOW,HIGH, such as 0.1,0.4", param, ctx)
        return low, high


@click.command(name="map")
@click.argument("scenario")
@click.argument("other", required=False)
@click.option("--x", required=True, metavar="KEY", help="Number on the x-axis; base:KEY or other:KEY "
              "changes it in one of the two scenarios only.")  # fmt: skip
@click.option("--y", required=True, metavar="KEY", help="Number on the y-axis; in the same way.")
@click.option(
    "--x-range", type=Ends(), default=None, help="Range of x; by default its plausible range."
)
@click.option(
    "--y-range", type=Ends(), default=None, help="Range of y; by default its plausible range."
)
@click.option("--steps", type=int, default=9, show_default=True, metavar="N",
              help="Number of points along each axis.")  # fmt: skip
@outcome_option
@question
def map_command(scenario: str, other: str | None, **options: Any) -> Any:
    """Map where the answer changes as two numbers vary over a grid.

    With OTHER, the map shows the difference between the two; without it, the change from SCENARIO as it is.
    """
    from qisim.decide.lever_map import lever_map

    return lever_map(scenario, other, **options)


@click.command()
@click.argument("base")
@click.argument("other")
@vary_option("What may change", "lever", "context")
@outcome_option
@question
def flip(base: str, other: str, **options: Any) -> Any:
    """Find the smallest plausible change that reverses the answer."""
    from qisim.decide.flip import flip as ask

    return ask(base, other, **options)


@click.command()
@click.argument("plan")
@outcome_option
@question
def levers(plan: str, **options: Any) -> Any:
    """List what each possible change gains and costs.

    The cheapest come first. If the file has [prices], costs are given in kroner as well.
    """
    from qisim.decide.levers import levers as ask

    return ask(plan, **options)


@click.command()
@click.argument("base")
@click.argument("other")
@click.option("--person", type=int, default=None, metavar="N",
              help="Number of the post, from 1; by default that of the person for whom the two "
                   "differ most.")  # fmt: skip
@click.option("--replicate", type=int, default=None, metavar="R",
              help="Number of the run, from 0; by default the one with the median difference.")  # fmt: skip
@outcome_option
@question
def story(base: str, other: str, **options: Any) -> Any:
    """Follow one person through two scenarios.

    The chance events are the same in both until the stories diverge.
    """
    from qisim.decide.stories import story as ask

    return ask(base, other, **options)


NOT_TRUE = 4
"""Exit code of ``--strict`` where a claim does not pass."""


@click.command()
@click.argument("file")
@click.option("--strict", is_flag=True, help="Exit with 4 unless all pass.")
@question
def claims(file: str, strict: bool, **options: Any) -> Any:
    """Check the claims in FILE.

    Each passes, fails or is still undecided. A failed claim is listed but is not an error: the exit code is 0
    unless --strict is given.
    """
    from qisim.decide.claims import PASSES
    from qisim.decide.claims import claims as ask

    found = ask(file, **options)
    kept = (found.table()["verdict"] == PASSES).all()
    return (found, NOT_TRUE) if strict and not kept else found


@click.command()
@click.argument("base")
@click.argument("other")
@vary_option("What varies besides the parameter sets and the allocation")
@click.option(
    "--worlds", type=int, default=300, show_default=True, metavar="N", help="Number of worlds."
)
@outcome_option
@question
def robust(base: str, other: str, **options: Any) -> Any:
    """Show in what share of plausible worlds each plan is ahead.

    It also shows the regret of each, and what decides which is ahead.
    """
    from qisim.decide.robust import robust as ask

    return ask(base, other, **options)


@click.command()
@click.argument("plan")
@click.option("--week-of-use", type=float, default=None, metavar="HOURS",
              help="What a week of use by one member of staff is worth, in hours of care staff; by default "
                   "week_of_use in the file's [prices].")  # fmt: skip
@vary_option("What is unknown", "uncertain", "context")
@partial(question, replicates=1000)
def worth(plan: str, **options: Any) -> Any:
    """Show whether PLAN pays off, and which change pays best.

    It also shows what is worth finding out first.
    """
    from qisim.decide.worth import worth as ask

    return ask(plan, **options)


@click.command()
@click.argument("plan")
@click.option("--budget", type=float, default=None, metavar="HOURS",
              help="Most paid hours a plan may take; by default as many as PLAN takes.")  # fmt: skip
@click.option("--trials", type=int, default=100, show_default=True, metavar="N",
              help="Number of plans Optuna proposes; differential evolution tries twenty times as "
                   "many.")  # fmt: skip
@outcome_option
@partial(question, replicates=64)
def search(plan: str, **options: Any) -> Any:
    """Search for the best plan within a budget.

    It varies the hand-over, the hours before and after it, and the refreshers. The best plan is run again with
    new random numbers. To resume a search that was stopped, repeat the command.
    """
    from qisim.decide.search import search as ask

    return ask(plan, **options)


@click.command()
@click.argument("plan")
@click.option("--against", default=None, metavar="PLAN",
              help="Programme of the other arm of a parallel study; by default none.")  # fmt: skip
@click.option("--design", default="stepped-wedge", show_default=True,
              metavar="stepped-wedge|parallel", help="How the programme is assigned to sites.")  # fmt: skip
@click.option("--sites", type=int, default=12, show_default=True, metavar="N",
              help="Number of sites in the study; each is a whole scenario.")  # fmt: skip
@click.option("--steps", type=int, default=4, show_default=True, metavar="N",
              help="Number of sequences in a stepped wedge.")  # fmt: skip
@click.option("--periods", type=int, default=None, metavar="N",
              help="Number of measurements, the first before any site starts; by default one more than "
                   "--steps, or 5 in a parallel study.")  # fmt: skip
@click.option("--every", type=int, default=13, show_default=True, metavar="WEEKS",
              help="Weeks between measurements.")  # fmt: skip
@click.option("--observed", type=int, default=None, metavar="N",
              help="Number of staff asked at each site each time; by default all in post.")  # fmt: skip
@click.option("--series", default="adoption", show_default=True, metavar="adoption|use|reach",
              help="Weekly series that is measured.")  # fmt: skip
@vary_option("What differs between sites besides the parameter sets", "context")
@click.option("--studies", type=int, default=2000, show_default=True, metavar="N",
              help="Number of studies to simulate.")  # fmt: skip
@question
def trial(plan: str, **options: Any) -> Any:
    """Estimate the power of a real study of PLAN.

    The study is carried out at several sites. Sites follow the model's adoption curves: --replicates sites are
    simulated, and each study draws its sites from them.
    """
    from qisim.decide.trial import trial as ask

    return ask(plan, **options)


@click.command()
@click.argument("plan")
@click.argument("other", required=False)
@counts_options
@vary_option("What is unknown about the site", "uncertain")
@partial(question, replicates=4000)
def follow(plan: str, other: str | None, data: str, **options: Any) -> Any:
    """Forecast PLAN from the counts so far, and advise on changes.

    The changes are to add a refresher and, with OTHER, to switch to OTHER's calendar and leads from now on.
    """
    from qisim.decide.follow import follow as ask

    return ask(plan, data, other, **options)


@click.command()
@click.argument("folder", metavar="DIR")
@click.argument("more", nargs=-1, metavar="[DIR]...")
@click.option("--to", default=None, metavar="FILE", type=click.Path(),
              help="File to write; by default decision.html in the first folder.")  # fmt: skip
@click.option("--language", default="en", show_default=True, metavar="en|nb",
              help="Language of the page: English or Norwegian (bokmål).")  # fmt: skip
@json_option
def report(folder: str, more: Sequence[str], to: str | None, language: str, as_json: bool) -> int:
    """Write a report of a finished comparison.

    It is one page for decision-makers, with the details behind it. Further folders (from explain, flip, robust,
    levers, map, story) on the same scenarios are included.
    """
    from qisim.decide.report import report as write

    written = write(folder, more, to, language)
    if as_json:
        print_json({"written": str(written)})
        return 0
    return said(f"written to {written}; open it in a browser, or print it", 0)
