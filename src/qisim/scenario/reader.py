"""Reading one file key by key: problems are noted with their lines, and reading goes on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from qisim.errors import Problem, nearest_name
from qisim.scenario.fields import Choice, Field, Number, Refused
from qisim.scenario.files import Layer, number_meant, shown
from qisim.scenario.line_numbers import KeyPath

SHARES = ("1", "1/year", "1/week")
"""Units of pure numbers and of yearly shares, which people give in per cent."""

SHOWN = 200
"""Most problems listed; a file with more is not a scenario file."""


class Reading:
    """Reads the content of one file.

    Parameters
    ----------
    layer : Layer
        The file.
    problems : list of Problem
        Where everything that is wrong is noted.
    """

    def __init__(self, layer: Layer, problems: list[Problem]) -> None:
        self.layer, self.problems = layer, problems

    def add(self, path: KeyPath, message: str, value: Any = None, allowed: str | None = None,
            nearest: str | None = None) -> None:  # fmt: skip
        """Note a problem."""
        line = self.layer.lines.of(path)
        self.problems.append(
            Problem(message, self.layer.label, line, dotted(path), shown(value), allowed, nearest)
        )

    def unknown(self, path: KeyPath, known: Collection[str]) -> None:
        """Note an unknown key, with the nearest known one."""
        name = str(path[-1])
        nearest = None
        if len(self.problems) < SHOWN and len(name) <= 80:
            nearest = name if name in known else nearest_name(name, known)
        self.add(path, "is not a known key", nearest=nearest)

    def value(self, path: KeyPath, wanted: Field, value: Any) -> Any:
        """Return a value as the model takes it, or None when it is refused; ``"24 %"`` is 0.24."""
        try:
            return wanted.read(per_cent(wanted, value))
        except Refused as refused:
            nearest, message = value_meant(wanted, value), str(refused)
            if nearest and isinstance(wanted, Number) and isinstance(value, int | float):
                message, nearest = f"{message}: {value:g} %? write {nearest}", None
            self.add(path, message, value, wanted.allowed, nearest)
            return None


def per_cent(wanted: Field, value: Any) -> Any:
    """Return the number of a text such as ``24 %`` where a pure number or a rate is expected."""
    plain = isinstance(wanted, Number) and wanted.unit in SHARES and not wanted.whole
    if plain and isinstance(value, str) and value.rstrip().endswith("%"):
        meant = number_meant(value[:80])
        return value if meant is None else float(meant)
    return value


def value_meant(wanted: Field, value: Any) -> str | None:
    """Return the likely meaning of a refused value: the nearest word, or a share for a per cent."""
    if isinstance(value, str):
        if isinstance(wanted, Choice):
            return nearest_name(value[:80], wanted.options)
        fits = isinstance(wanted, Number) and "%" not in value
        return number_meant(value[:80]) if fits else None
    if not isinstance(wanted, Number) or not isinstance(value, int | float):
        return None
    share = wanted.unit in SHARES and not wanted.whole and 0 <= wanted.minimum < wanted.maximum <= 1
    if not share or not 1 < value <= 100 or not wanted.minimum <= value / 100 <= wanted.maximum:
        return None
    return f"{value / 100:g}"


def dotted(path: KeyPath) -> str:
    """Return a path as people write it; entries of lists count from 1."""
    parts = (str(part + 1) if isinstance(part, int) else part for part in path)
    return ".".join(shown(part)[:80] for part in parts)
