"""The JSON Schema of scenario files, for editors, made from the same fields as the checker.

What the schema refuses, the checker refuses; what the checker accepts, the schema accepts.
Consistency between values (`qisim.scenario.checks`) is beyond a schema, so the checker refuses
more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from qisim.scenario.fields import (
    ACTIVITY_FIELDS,
    ACTIVITY_REQUIRED,
    ASIDE,
    EVENT_FIELDS,
    EVENT_REQUIRED,
    HEAD,
    KEYS,
    SECTIONS,
    Choice,
    Field,
    Number,
    known_names,
)
from qisim.scenario.layers import MAX_ENTRIES


def schema() -> dict[str, Any]:
    """Return the schema (JSON Schema, draft 2020-12) of a scenario file as plain data."""
    sections = {
        section: _table({name: KEYS[key] for name, key in known_names(section).items()})
        for section in SECTIONS
    }
    kinds = [
        _table({"kind": Choice((kind,)), **fields}, ("kind", *EVENT_REQUIRED[kind]))
        for kind, fields in EVENT_FIELDS.items()
    ]
    name = {"type": "string", "minLength": 1}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of qisim",
        "type": "object",
        "properties": {
            **{key: _field(field) for key, field in HEAD.items()},
            "extends": {"anyOf": [name, {"type": "array", "items": name}]},
            **sections,
            **{name: _table(fields) for name, fields in ASIDE.items()},
            "activities": _entries(_table(ACTIVITY_FIELDS, ACTIVITY_REQUIRED)),
            "events": _entries({"anyOf": kinds}),
        },
        "additionalProperties": False,
    }


def _entries(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(items), "maxItems": MAX_ENTRIES}


def _table(fields: Mapping[str, Field], required: Iterable[str] = ()) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "object",
        "properties": {name: _field(field) for name, field in fields.items()},
        "additionalProperties": False,
    }
    return {**found, "required": list(required)} if required else found


def _field(field: Field) -> dict[str, Any]:
    if isinstance(field, Number):
        kind = "integer" if field.whole else "number"
        found = {"type": kind, "minimum": field.minimum, "maximum": field.maximum}
        words = "; ".join(part for part in (field.meaning, field.allowed) if part)
        return {**found, "description": words}
    if isinstance(field, Choice):
        meaning = {"description": field.meaning} if field.meaning else {}
        return {"enum": list(field.options), **meaning}
    return {"type": "string", "minLength": field.shortest, "maxLength": field.longest}
