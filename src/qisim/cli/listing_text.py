"""What `qisim list`, `show` and `factors` print, as text and as plain data for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from qisim.model.evidence import FINDINGS, PLAIN_WORDS, STUDY, Finding, finding, rests_on, sources
from qisim.model.parameters import PARAMETERS
from qisim.scenario.fields import CHOICES, KEYS, SECTIONS
from qisim.scenario.notes import note_of_loaded
from qisim.scenario.scenario import Scenario, load, shipped

Data = dict[str, Any]

# --- qisim list ------------------------------------------------------------------------------------


def shipped_data() -> list[Data]:
    """Return the shipped scenarios: name, title, digest."""
    found = (load(name) for name in shipped())
    return [{"name": s.name, "title": s.title, "digest": s.digest} for s in found]


def shipped_text() -> str:
    """Return the shipped scenarios, a line each."""
    width = max(len(name) for name in shipped())
    return "\n".join(f"{row['name']:<{width}}  {row['title']}" for row in shipped_data())


# --- qisim show ------------------------------------------------------------------------------------


def scenario_data(scenario: Scenario) -> Data:
    """Return a scenario in full: for every value its unit, range, origin and what it rests on."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "digest": scenario.digest,
        "values": {key: value_data(scenario, key) for key in KEYS},
        "activities": [activity.to_dict() for activity in scenario.activities],
        "events": [event.to_dict() for event in scenario.events],
        "origins": {key: scenario.origins.get(key) for key in ("activities", "events")},
    }


def value_data(scenario: Scenario, key: str) -> Data:
    """Return one value with what is known about it."""
    common = {
        "value": scenario[key],
        "set_in": scenario.origins.get(key, "default"),
        "allowed": KEYS[key].allowed,
    }
    if key in CHOICES:
        return {**common, "meaning": CHOICES[key].meaning}
    p = PARAMETERS[key]
    return {
        **common, "unit": p.unit, "default": p.default, "plausible": [p.low, p.high], "role": p.role,
        "factor": p.factor, "meaning": p.meaning, "rests_on": list(p.sources),
    }  # fmt: skip


def scenario_text(scenario: Scenario) -> str:
    """Return a scenario in full, for people."""
    parts = [f"{scenario.name}: {scenario.title}", f"digest {scenario.digest}"]
    if note := note_of_loaded(scenario):
        parts.insert(1, note)
    for section in SECTIONS:
        keys = [key for key in KEYS if key.startswith(f"{section}.")]
        parts.append("\n".join([f"[{section}]", *_aligned(_value_cells(scenario, keys))]))
    for name, entries in (("activities", scenario.activities), ("events", scenario.events)):
        origin = scenario.origins.get(name)
        lines = [f"{_fields(entry.to_dict())}" for entry in entries] or ["none"]
        parts.append("\n".join([f"{name}{f' (set in {origin})' if origin else ''}", *lines]))
    parts.append("What it rests on: row ids are those of `qisim factors` and the evidence table.")
    return "\n\n".join(parts)


def _value_cells(scenario: Scenario, keys: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for key in keys:
        row = value_data(scenario, key)
        basis = " ".join(row.get("rests_on", ()))
        yield (
            key.partition(".")[2],
            f"{row['value']:g}" if not isinstance(row["value"], str) else row["value"],
            f"[{row['allowed']}]",
            row["set_in"],
            f"{row['meaning']}{f' ({basis})' if basis else ''}",
        )


def _aligned(rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    """Yield rows as lines with their columns under each other; the last is left as it is."""
    held = list(rows)
    widths = [max(len(row[i]) for row in held) for i in range(len(held[0]) - 1)]
    for *cells, last in held:
        padded = (f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
        yield f"  {'  '.join(padded)}  {last}"


def _fields(entry: Data) -> str:
    return "  " + ", ".join(f"{name} {value}" for name, value in entry.items())


# --- qisim factors ---------------------------------------------------------------------------------


def chosen(name: str | None) -> tuple[Finding, ...]:
    """Return the factors of a name; all without one."""
    return tuple(FINDINGS.values()) if name is None else finding(name)


def factors_data(name: str | None = None) -> Data:
    """Return the evidence ledger."""
    return {
        "study": STUDY,
        "note": PLAIN_WORDS,
        "factors": [_finding_data(found) for found in chosen(name)],
        "sources": _sources_of(chosen(name)),
    }


def _finding_data(found: Finding) -> Data:
    return {
        "name": found.name,
        "kind": found.kind,
        "seen": found.seen,
        "certainty": found.certainty,
        "probability_external": found.external,
        "probability_internal": found.internal,
        "strength": found.key,
        "mechanism": found.mechanism,
        "rules": list(found.rules),
        "parameters": [p.key for p in found.parameters],
        "sources": list(found.sources),
    }


def _sources_of(findings: Sequence[Finding]) -> dict[str, Data]:
    """Return the rows of the evidence table that these factors and their parameters rest on."""
    ids = {i for f in findings for i in f.sources}
    ids |= {i for f in findings for p in f.parameters for i in p.sources}
    return {i: vars(row) for i, row in sources().items() if i in ids}


def factors_text(name: str | None = None) -> str:
    """Return the evidence ledger for people: a line a factor, or all about one."""
    head = f"{STUDY}\n\n{wrapped(PLAIN_WORDS)}"
    if name is not None:
        return "\n\n".join([head, *(_finding_text(found) for found in chosen(name))])
    width = max(len(found.name) for found in FINDINGS.values())
    lines = (
        f"{f.name:<{width}}  {f.kind:<8}  {f.seen:<12}  {f.certainty:<12}  {f.key}"
        for f in FINDINGS.values()
    )
    title = f"{'factor':<{width}}  {'kind':<8}  {'seen in':<12}  {'how sure':<12}  strength"
    return "\n".join([head, "", title, *lines, "", "`qisim factors NAME` tells all about one."])


def _finding_text(found: Finding) -> str:
    numbers = [
        f"  {p.key} = {p.default:g}{'' if p.unit == '1' else f' {p.unit}'} "
        f"({p.low:g} to {p.high:g}): {p.meaning}\n      rests on {rests_on(p.sources)}"
        for p in found.parameters
    ]
    return "\n".join([
        f"{found.name} ({found.kind})",
        f"  seen in: {found.seen} ({found.certainty}); probability that the external case has it "
        f"{found.external:g}, the internal {found.internal:g}",
        f"  mechanism: {found.mechanism}",
        f"  strength: {found.key} (1 as assumed, 0 without it)",
        f"  rules: {', '.join(found.rules)}",
        f"  rests on: {rests_on(found.sources)}",
        *(["  parameters:", *(f"  {line}" for line in numbers)] if numbers else []),
    ])  # fmt: skip


def wrapped(text: str, width: int = 96) -> str:
    """Return text in lines of at most `width` characters."""
    import textwrap

    return textwrap.fill(text, width)
