"""How a notebook shows an object: one line as text, and a small card with a table.

The cards of scenarios are made here; those of results use `card` too, so that all look alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from qisim.model.parameters import PARAMETERS
from qisim.scenario.fields import CHOICES

if TYPE_CHECKING:
    from qisim.scenario.scenario import Scenario

ROWS = 12
"""Most rows of a card's table; further ones are only counted."""

DIGEST = 12
"""Characters of a digest that distinguish scenarios at a glance."""

LONGEST = 72
"""Characters of a title in a line."""


def shortened(text: str, width: int = LONGEST) -> str:
    """Return a text cut to a width."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def card(
    title: str,
    facts: Mapping[str, Any],
    columns: Sequence[str] = (),
    rows: Iterable[Sequence[Any]] = (),
    note: str = "",
) -> str:
    """Return a card as HTML: a heading, a line of facts, a short table, a note.

    Parameters
    ----------
    title : str
        The heading.
    facts : mapping of str to object
        Shown in one line, each after its name.
    columns : sequence of str
        Heads of the table; none for no table.
    rows : iterable of sequence
        Its rows; all but the first `ROWS` are counted only.
    note : str
        Text below the table.
    """
    rows = list(rows)
    told = " · ".join(
        f"{escape(str(name))} <b>{escape(str(value))}</b>" for name, value in facts.items()
    )
    parts = [f'<div style="max-width:60em"><div style="font-weight:bold">{escape(title)}</div>']
    if told:
        parts.append(f'<div style="font-size:90%">{told}</div>')
    if columns and rows:
        head = "".join(f'<th style="text-align:left">{escape(name)}</th>' for name in columns)
        body = "".join(
            "<tr>"
            + "".join(f'<td style="text-align:left">{escape(str(c))}</td>' for c in row)
            + "</tr>"
            for row in rows[:ROWS]
        )
        parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
    if len(rows) > ROWS:
        parts.append(f'<div style="font-size:90%">and {len(rows) - ROWS} more</div>')
    if note:
        parts.append(f'<div style="font-size:90%">{escape(note)}</div>')
    return "".join([*parts, "</div>"])


def value_text(key: str, value: Any) -> str:
    """Return a value with its unit."""
    if key in CHOICES or key not in PARAMETERS:
        return str(value)
    unit = PARAMETERS[key].unit
    return f"{value:g}" if unit == "1" else f"{value:g} {unit}"


def changes_of(scenario: Scenario) -> list[tuple[str, str, str]]:
    """Return the changes from the parent: key, parent's value, own value."""
    found = []
    for key, was in scenario.changed.items():
        if key in ("activities", "events"):
            found.append((key, f"{was} entries", f"{len(getattr(scenario, key))} entries"))
        else:
            found.append((key, value_text(key, was), value_text(key, scenario[key])))
    return found


def scenario_line(scenario: Scenario) -> str:
    """Return a scenario in one line."""
    number = len(scenario.changed)
    differs = ""
    if scenario.parent:
        what = "1 value differs" if number == 1 else f"{number or 'no'} values differ"
        differs = f", {what} from {shortened(scenario.parent, 40)}"
    name, title = shortened(scenario.name, 40), shortened(scenario.title)
    told = "" if title == name else f" ({title})"
    return f"<Scenario {name}{told}{differs}, digest {scenario.digest[:DIGEST]}>"


def scenario_html(scenario: Scenario) -> str:
    """Return a scenario as a card: title, what differs from its parent, digest."""
    site = f"{scenario['site.units']} × {scenario['site.staff_per_unit']} posts"
    facts = {
        "scenario": shortened(scenario.name, 40),
        "driver": scenario["programme.driver"],
        "site": f"{str(scenario['site.setting']).replace('_', ' ')}, {site}",
        "weeks": scenario["run.weeks"],
        "digest": scenario.digest[:DIGEST],
    }
    columns = ("differs from " + shortened(scenario.parent, 40), "there", "here")
    note = "scenario.to_toml() has every value, with unit, range and origin"
    return card(
        scenario.title, facts, columns, changes_of(scenario) if scenario.parent else (), note
    )
