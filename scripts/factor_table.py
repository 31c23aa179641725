"""Write docs/factors.md: from the study's words to rule, parameter and switch, for all nineteen factors.

What stands between the marks of the page is written from `qisim.model.evidence` and `qisim.model.parameters`;
everything else on the page is left as it is.

Usage: python scripts/factor_table.py [--check]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

from odd_tables import code, table
from written_page import DOCS, rewrite

from qisim.model.evidence import FINDINGS, Finding, sources
from qisim.model.parameters import PARAMETERS, Parameter

PAGE = DOCS / "factors.md"
MARKED = re.compile(r"(<!-- written: (\w+) -->\n).*?(<!-- end written -->)", re.DOTALL)
HOW_SURE = {
    "stated": "stated by the study",
    "stated once": "stated by the study, in one of two places",
    "inferred": "**inferred** here, not stated by the study",
}


def seen(found: Finding) -> str:
    """Return in which case a factor was seen, so that a guess cannot pass for a finding."""
    if found.certainty != "inferred":
        return f"both cases ({found.certainty})"
    guess = "undetermined" if found.seen == "undetermined" else f"{found.seen}?"
    return f"{guess} (*inferred*: external {found.external:.2f}, internal {found.internal:.2f})"


def anchor(found: Finding) -> str:
    """Return the anchor of a factor's section."""
    kept = re.sub(r"[^\w\- ]", "", found.name.lower())
    return kept.replace(" ", "-")


def rule_link(name: str) -> str:
    """Return a link to a rule's formula."""
    return f"[`{name}`](odd.md#{name})"


# --- the parts of the page ------------------------------------------------------------------------


def overview() -> str:
    """Return a table of all factors."""
    rows = (
        (
            f"[{found.name}](#{anchor(found)})", found.kind, seen(found), code(found.key),
            ", ".join(map(rule_link, found.rules)),
        )
        for found in FINDINGS.values()
    )  # fmt: skip
    return table(("factor, in the study's words", "kind", "seen in", "switch", "rules"), rows)


def sections() -> str:
    """Return a section for each factor."""
    return "\n".join(section(found) for found in FINDINGS.values())


def section(found: Finding) -> str:
    """Return all about one factor."""
    return "\n".join(
        (
            f"### {found.name}\n",
            f"{found.mechanism}\n",
            f"* **Kind**: {found.kind}.",
            f"* **Seen in**: {where(found)}",
            f"* **Switch**: `{found.key}`, {told(PARAMETERS[found.key])}; 0 is without it.",
            f"* **Rules**: {', '.join(map(rule_link, found.rules))}.",
            f"* **Rests on**: {'; '.join(map(source, found.sources))}.",
            f"* **Parameters** of its mechanism:{parameters(found)}",
            "",
        )
    )


def where(found: Finding) -> str:
    """Return in which case a factor was seen, how sure that is, and both probabilities."""
    chances = f"external {found.external:.2f}, internal {found.internal:.2f}"
    return f"{found.seen}; {HOW_SURE[found.certainty]} (probability: {chances})."


def told(parameter: Parameter) -> str:
    """Return base, plausible range and allowed range of a parameter."""
    unit = "" if parameter.unit == "1" else f" {parameter.unit}"
    return (
        f"base {parameter.default:g}{unit}, plausible {parameter.low:g} to {parameter.high:g}, "
        f"allowed {parameter.minimum:g} to {parameter.maximum:g}"
    )


def source(row: str) -> str:
    """Return a row of the evidence table in a few words: id, what it says, how it is known."""
    about = sources()[row]
    return f"{row} ({about.source}; {about.basis})"


def parameters(found: Finding) -> str:
    """Return the parameters of a mechanism as a table, or in words where there is none."""
    mine = [p for p in found.parameters if p.key != found.key]
    if not mine:
        return " none of its own; the rules above take those of other mechanisms."
    head = ("parameter", "meaning", "base", "plausible", "unit", "role", "rests on")
    return "\n\n" + table(head, (row(p) for p in mine))


def row(p: Parameter) -> Iterator[str]:
    """Yield the cells of a parameter."""
    section = p.section.replace(".", "")
    yield f"[`{p.key}`](odd.md#section-{section})"
    yield p.meaning
    yield f"{p.default:g}"
    yield f"{p.low:g} to {p.high:g}"
    yield "" if p.unit == "1" else p.unit
    yield p.role
    yield ", ".join(p.sources)


PARTS: dict[str, Callable[[], str]] = {"overview": overview, "sections": sections}
"""Every part of the page, by the name in its mark."""


def main(arguments: list[str]) -> int:
    """Rewrite the page; with ``--check`` only say whether it is up to date."""
    return rewrite(PAGE, MARKED, PARTS, arguments, "factor_table.py")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
