"""Patterns in words: a table for the terminal, a text in Markdown, a page to read."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qisim.model.evidence import sources
from qisim.output.pages import page_of
from qisim.validation.draws import Held, rates_line
from qisim.validation.patterns import Judged, Quantity
from qisim.validation.patterns.measuring import Estimate

if TYPE_CHECKING:
    from rich.table import Table

    from qisim.plotting.style import Picture

USE = {
    "tuned": "used to choose base values",
    "built in": "built in: the source's figure is a parameter of the model",
    "checked": "checked only, never used to choose",
}
NO_DRAWS: Mapping[str, Held] = {}
WORDS = {"pass": "pass", "fail": "FAIL", "open": "open"}
HOW = (
    "A number passes when its whole 95 % interval lies within the tolerance, fails when none of it "
    "does, and is open when the interval reaches over an end: more replicates would settle it. A "
    "pattern passes when all its numbers do."
)


def number(value: float) -> str:
    """Return a number with three digits that count."""
    if math.isnan(value):
        return "–"
    size = abs(value)
    if value == 0.0:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(size))) if size < 1000 else 0
    return f"{value:.{min(decimals, 4)}f}".replace("-", "−")


def interval_text(found: Estimate) -> str:
    """Return an estimate with its interval; the number alone where chance has no part in it."""
    if found.low == found.high:
        return number(found.value)
    return f"{number(found.value)} [{number(found.low)}, {number(found.high)}]"


def tolerance_text(quantity: Quantity) -> str:
    """Return the tolerance in words."""
    low, high = quantity.low, quantity.high
    if low == high:
        return number(low)
    if math.isinf(high):
        return f"above {number(low)}"
    return f"below {number(high)}" if math.isinf(low) else f"{number(low)} to {number(high)}"


def summary_line(judged: Sequence[Judged]) -> str:
    """Return in a sentence how many patterns pass."""
    verdicts = [one.verdict for one in judged]
    failing = ", ".join(one.pattern.id for one in judged if one.verdict == "fail")
    unsettled = ", ".join(one.pattern.id for one in judged if one.verdict == "open")
    return (
        f"{verdicts.count('pass')} of {len(verdicts)} patterns pass; "
        f"fail: {failing or 'none'}; open: {unsettled or 'none'}."
    )


def render_patterns(judged: Sequence[Judged], held: Mapping[str, Held] = NO_DRAWS) -> Table:
    """Return the patterns as a terminal table (rich), at most 110 columns wide."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, caption_justify="left"
    )
    table.caption = Text(HOW)
    columns = (
        ("Pattern, quantity", 50),
        ("Measured [95 %]", 22),
        ("Tolerance", 16),
        ("Verdict", 7),
    )
    for header, width in columns:
        table.add_column(header, overflow="fold", max_width=width)
    for one in judged:
        drawn = held[one.pattern.id].text if one.pattern.id in held else ""
        more = f", holds in {drawn} draws" if drawn else ""
        head = Text(f"{one.pattern.id} {one.pattern.title} [{one.pattern.use}{more}]", style="bold")
        table.add_row(head, "", "", Text(WORDS[one.verdict], style="bold"))
        for measured in one.measured:
            quantity = measured.quantity
            table.add_row(
                Text(f"  {quantity.label} ({quantity.unit})"),
                Text(interval_text(measured.found)),
                Text(tolerance_text(quantity)),
                Text(WORDS[measured.verdict]),
            )
    return table


# --- Markdown --------------------------------------------------------------------------------------

GROUPS = {
    "tuned": "Used to choose base values",
    "built in": "Built in",
    "checked": "Only checked afterwards",
}


def as_markdown(
    judged: Sequence[Judged], manifest: Mapping[str, Any], held: Mapping[str, Held] = NO_DRAWS
) -> str:
    """Return all that was found as Markdown, without a title: an overview, then each pattern."""
    parts = [summary_text(judged, manifest), HOW, overview(judged, held)]
    for use, heading in GROUPS.items():
        parts += [f"## {heading}", patterns_text(judged, use)]
    return "\n\n".join(part for part in parts if part) + "\n"


def summary_text(judged: Sequence[Judged], manifest: Mapping[str, Any]) -> str:
    """Return how many patterns pass, and with how many runs that was seen."""
    return f"{summary_line(judged)} {manifest['replicates']} runs of each arm, seed {manifest['seed']}."


def overview(judged: Sequence[Judged], held: Mapping[str, Held] = NO_DRAWS) -> str:
    """Return a Markdown table of the patterns: what each was used for, its verdict, its draws."""
    rows = [
        f"| {one.pattern.id} | {one.pattern.title} | {one.pattern.use} | {WORDS[one.verdict]} |"
        for one in judged
    ]
    head = ["| | pattern | what it was used for | verdict |", "|---|---|---|---|"]
    if not held:
        return "\n".join([*head, *rows])
    drawn = (f" {held[one.pattern.id].text} |" for one in judged)
    head = [f"{head[0]} holds in draws |", f"{head[1]}---|"]
    rows = [row + more for row, more in zip(rows, drawn, strict=True)]
    return "\n".join([*head, *rows, "", rates_line(held)])


def patterns_text(judged: Sequence[Judged], use: str) -> str:
    """Return the patterns that were used for one thing, each with its experiment and numbers."""
    lines = [line for one in judged if one.pattern.use == use for line in _pattern_lines(one)]
    return "\n".join(lines[1:])


def _pattern_lines(one: Judged) -> list[str]:
    pattern = one.pattern
    return [
        "",
        f"### {pattern.id}: {pattern.title} ({WORDS[one.verdict]})",
        "",
        f"*Expected:* {pattern.expected}. *Sources:* {'; '.join(map(cited, pattern.sources))}.",
        "",
        f"*Experiment:* {pattern.setting}",
        "",
        "| quantity | unit | measured [95 %] | source | tolerance | where the tolerance comes from | verdict |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {m.quantity.label} | {m.quantity.unit} | {interval_text(m.found)} | "
            f"{'' if m.quantity.source is None else number(m.quantity.source)} | "
            f"{tolerance_text(m.quantity)} | {m.quantity.rests_on} | {WORDS[m.verdict]} |"
            for m in one.measured
        ),
    ]


def cited(source: str) -> str:
    """Return a source as its row id and where it was found; anything else as it is."""
    known = sources()
    if source in known:
        return f"{source} {known[source].source} [{known[source].basis}]"
    return "what is asked of any model of this kind" if source == "design" else source


# --- a page ----------------------------------------------------------------------------------------


def as_html(
    judged: Sequence[Judged],
    manifest: Mapping[str, Any],
    pictures: Mapping[str, Picture],
    drawn: Mapping[str, bytes],
    held: Mapping[str, Held] = NO_DRAWS,
) -> bytes:
    """Return one self-contained page: overview, and each pattern with its figure and table.

    Parameters
    ----------
    pictures, drawn : mapping
        Figures by pattern id, and the same as files by name.
    held : mapping of str to Held
        Draws of all uncertain numbers in which each pattern held.
    """
    rows = [_page_row(one, pictures[one.pattern.id], drawn) for one in judged]
    facts = {
        "patterns": rows, "manifest": manifest, "summary": summary_line(judged), "how": HOW, "use": USE,
        "held": {name: one.text for name, one in held.items()},
        "rates": rates_line(held) if held else "",
    }  # fmt: skip
    return page_of("validation.html", facts)


def _page_row(one: Judged, picture: Picture, drawn: Mapping[str, bytes]) -> dict[str, Any]:
    pattern = one.pattern
    return {
        "pattern": pattern,
        "verdict": WORDS[one.verdict],
        "sources": [cited(source) for source in pattern.sources],
        "alt": picture.alt,
        "svg": base64.b64encode(drawn[f"figures/{pattern.id}.svg"]).decode(),
        "measured": [
            {
                "quantity": m.quantity,
                "found": interval_text(m.found),
                "tolerance": tolerance_text(m.quantity),
                "source": "" if m.quantity.source is None else number(m.quantity.source),
                "verdict": WORDS[m.verdict],
            }
            for m in one.measured
        ],
    }
