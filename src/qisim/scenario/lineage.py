"""The parent of a scenario, from which its changes are reported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from qisim.scenario.files import Layer
from qisim.scenario.layers import Draft, Entry

if TYPE_CHECKING:
    from qisim.scenario.scenario import Scenario


class Before(NamedTuple):
    """A scenario before the last changes: its name, and its values by dotted key."""

    name: str
    held: dict[str, Any]


def held_in(draft: Draft) -> dict[str, Any]:
    """Return values and lists of a draft, to be compared later."""
    lists = {which: tuple(entry.item for entry in held) for which, held in draft.lists.items()}
    return {**draft.values, **lists}


def held_by(scenario: Scenario) -> dict[str, Any]:
    """Return values and lists of a scenario, to be compared later."""
    lists = {"activities": scenario.activities, "events": scenario.events}
    return {**scenario.values, **scenario.choices, **lists}


def extended_by(layer: Layer, last: Layer) -> str:
    """Return the names of the files that a file extends."""
    names = layer.data.get("extends", last.label)
    return ", ".join(map(str, names)) if isinstance(names, list | tuple) else str(names)


def draft_of(scenario: Scenario) -> Draft:
    """Return a scenario as a draft again."""
    draft = Draft(
        {**scenario.values, **scenario.choices},
        {key: (label, None) for key, label in scenario.origins.items()},
        prices=dict(scenario.prices),
        sites=dict(scenario.sites),
    )
    lists: dict[str, Sequence[Any]] = {
        "activities": scenario.activities, "events": scenario.events,
    }  # fmt: skip
    for which, items in lists.items():
        places = {"": draft.places.get(which, (None, None))}
        draft.lists[which] = [
            Entry(item, f"{which}.{number}", places) for number, item in enumerate(items, 1)
        ]
    return draft
