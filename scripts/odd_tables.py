"""Write the tables of docs/odd.md from the declarations of the project.

A table stands between the marks ``<!-- table: NAME -->`` and ``<!-- end table -->``; everything
outside the marks is left as it is.

Usage: python scripts/odd_tables.py [--check]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from typing import Any

import written_page

from qisim.model import draws
from qisim.model.coefficients import COEFFICIENTS, POSITION, vector
from qisim.model.evidence import FINDINGS, probability_external, probability_internal
from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.model.parameters import FACTORS, PARAMETERS, Parameter

PAGE = written_page.DOCS / "odd.md"
MARKED = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end table -->)", re.DOTALL)

DECIDES = {
    "leave": "whether the person leaves; level SITE: whether a case has a factor (5.3)",
    "absence": "whether the person is absent this week",
    "attend": "whether the person comes to this week's activities",
    "use": "whether the person uses the practice this week",
    "hire": "whether a vacant post is filled; week 0: whether the post stands vacant",
    "session": "whether a member of staff joins a session in the unit",
    "ease": "ease of who arrives this week (week 0: of who is there)",
    "disposition": "disposition of who arrives",
    "pace": "pace at which who arrives forms habits",
    "comes": "whether a member of staff who arrives ever comes to an activity",
    "place": "whether the rota favours or misses who arrives",
    "before": "whether a member of staff who arrives used the practice before",
    "group": "week 0 only: group of a staff post",
    "post": "week 0 only: size of a staff post",
    "start": "week 0 only: whether the person is absent at the start",
    "never": "whether a member of staff who arrives will never use the practice",
}
"""What each draw of a person or post decides."""

UNIT_DECIDES = {
    "facilitator": "whether activities led by the facilitator are held in the unit this week",
    "champion": "whether activities led by champions are held this week",
    "leader": "whether activities led by the unit leader are held this week",
    "fate": "whether the unit drops the practice this week, or takes up again what it had dropped",
    "burden": "week 0 only: how demand on the unit differs from that on others of the site",
    "leading": "week 0 only: how leaders' hours differ",
    "openness": "week 0 only: how arenas for sharing know-how differ",
    "unrest": "week 0 only: how leaving differs",
}
"""What each draw of a unit decides."""


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """Return a Markdown table, with a line feed at its end."""
    lines: list[list[Any]] = [list(head), *(list(row) for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def code(text: str) -> str:
    """Return text in code type."""
    return f"`{text}`"


# --- the tables -----------------------------------------------------------------------------------


def decisions() -> str:
    """Return which decision of a person or post sits in which block and word."""
    return _decisions(draws.DECISIONS, DECIDES)


def unit_decisions() -> str:
    """Return which decision of a unit sits in which block and word."""
    return _decisions(draws.UNIT_DECISIONS, UNIT_DECIDES)


def _decisions(names: tuple[str, ...], decides: dict[str, str]) -> str:
    rows = (
        (code(name), number // 4, number % 4, decides[name]) for number, name in enumerate(names)
    )
    return table(("decision", "block", "word", "decides"), rows)


def some_draws() -> str:
    """Return a few draws in full precision."""
    places = (
        (1, 0, draws.STAFF, 0, 0, 0),
        (1, 0, draws.LEADER, 0, 1, 12),
        (2026, 7, draws.STAFF, 3, 35, 156),
        (2**63 - 1, 199, draws.SITE, 0, 15, 0),
        (1, 0, draws.UNIT, 2, 0, 52),
    )
    rows = [(*place, *_first_and_last(*place)) for place in places]
    names = ("seed", "replicate", "level", "unit", "slot", "week", "first", "last")
    return table(names, rows)


def _first_and_last(
    seed: int, replicate: int, level: int, unit: int, slot: int, week: int
) -> tuple[str, str]:
    names = draws.UNIT_DECISIONS if level == draws.UNIT else draws.DECISIONS
    drawn = draws.table(seed, replicate, level, unit, slot + 1, week, names)[week, slot]
    return repr(float(drawn[0])), repr(float(drawn[-1]))


def weekly() -> str:
    """Return the weekly series."""
    rows = ((code(s.name), s.meaning, s.unit) for s in WEEKLY.values())
    return table(("series", "meaning", "unit"), rows)


def outcomes() -> str:
    """Return the outcomes of a run."""
    rows = (
        (code(o.name), o.meaning, o.unit, o.better or "neither", o.missing_when or "never")
        for o in OUTCOMES.values()
    )
    return table(("outcome", "meaning", "unit", "better", "missing when"), rows)


def coefficients() -> str:
    """Return the derived coefficients at the base values of all parameters."""
    base = {p.name: float(p.default) for p in PARAMETERS.values()}
    row = vector(base, supports_staff=1.0, supports_leaders=0.0)
    derived = (name for name in COEFFICIENTS if name not in base)
    rows = ((code(name), repr(float(row[POSITION[name]]))) for name in derived)
    return table(("coefficient", "value (target `staff`)"), rows)


def strengths() -> str:
    """Return the probabilities of the allocation ensemble as a block of Python."""
    lines = (
        f'    ("{factor}", {probability_external(factor)!r}, {probability_internal(factor)!r}),\n'
        for factor in FACTORS
    )
    head = "```python\nFACTORS = (  # strength, probability in the external, in the internal case\n"
    return head + "".join(lines) + ")\n```\n"


def factors() -> str:
    """Return what the study found."""
    rows = (
        (
            f.name, f.kind, f.seen, f"{f.external:.2f}", f"{f.internal:.2f}", f.certainty,
            code(f.strength), ", ".join(code(rule) for rule in f.rules), " ".join(f.sources),
        )
        for f in FINDINGS.values()
    )  # fmt: skip
    head = (
        "factor", "kind", "seen in", "p external", "p internal", "how sure", "strength", "rules",
        "rests on",
    )  # fmt: skip
    return table(head, rows)


def parameters() -> str:
    """Return every parameter, one table per section of a scenario file."""
    sections = dict.fromkeys(p.section for p in PARAMETERS.values())
    return "\n".join(f"#### Section `{name}`\n\n{_section(name)}" for name in sections)


def _section(section: str) -> str:
    rows = (_parameter(p) for p in PARAMETERS.values() if p.section == section)
    head = (
        "parameter", "meaning", "base", "unit", "plausible", "allowed", "role", "factor or part",
        "rests on",
    )  # fmt: skip
    return table(head, rows)


def _parameter(p: Parameter) -> tuple[str, ...]:
    base = f"{p.default} (whole)" if p.kind == "int" else repr(float(p.default))
    unit = "" if p.unit == "1" else p.unit
    return (
        code(p.name), p.meaning, base, unit, f"{p.low:g} to {p.high:g}",
        f"{p.minimum:g} to {p.maximum:g}", p.role, p.factor.replace("_", " "), ", ".join(p.sources),
    )  # fmt: skip


TABLES: dict[str, Callable[[], str]] = {
    "decisions": decisions,
    "unit_decisions": unit_decisions,
    "draws": some_draws,
    "weekly": weekly,
    "outcomes": outcomes,
    "coefficients": coefficients,
    "strengths": strengths,
    "factors": factors,
    "parameters": parameters,
}
"""Every table of the page, by the name in its mark."""


# --- the page -------------------------------------------------------------------------------------


def filled(page: str) -> str:
    """Return the page with all its tables as they should be."""
    return written_page.filled(page, MARKED, TABLES)


def main(arguments: list[str]) -> int:
    """Rewrite the page; with ``--check`` only say whether it is up to date."""
    return written_page.rewrite(PAGE, MARKED, TABLES, arguments, "odd_tables.py")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
