"""Scenarios: a site, a programme, what may happen, and how long to watch.

`load` takes the name of a shipped scenario, a path, ``-`` for standard input, a mapping or a
`Scenario`, checks everything, and gives a `Scenario` with every value resolved. The format of the
files is described in `docs/scenarios.md`; `qisim.scenario.files` reads them, `qisim.scenario.layers`
lays them over each other and `qisim.scenario.checks` checks what they mean together.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import Any

from qisim.errors import Problem, ScenarioError
from qisim.model.calendar import Activity, DemandSurge, Event, LeaderLeaves
from qisim.scenario.checks import problems_of
from qisim.scenario.fields import CHOICES, FORMAT, KEYS, SECTIONS, SHORT
from qisim.scenario.files import Layer, Reader, readable, shipped, shown
from qisim.scenario.layers import OVERRIDE, SHOWN, Draft, Entry

__all__ = [
    "Activity", "DemandSurge", "Event", "LeaderLeaves", "Scenario", "load", "shipped",
]  # fmt: skip

MAPPING = "<mapping>"
"""What messages call a scenario that was given as a mapping."""


@dataclass(frozen=True)
class Scenario:
    """A scenario in full: every value resolved and checked.

    Attributes
    ----------
    name : str
        What tables and figures call it.
    title : str
        One line that says what it is.
    values : dict of str to float or int
        Every parameter of `qisim.model.parameters.PARAMETERS`, by dotted key.
    choices : dict of str to str
        Every choice (such as ``programme.target``), by dotted key.
    activities : tuple of Activity
        The programme's calendar.
    events : tuple of LeaderLeaves or DemandSurge
        What happens to the site.
    origins : dict of str to str
        Where each value was set: ``default``, the name of a file, or ``override``; also for
        ``activities`` and ``events``.
    """

    name: str
    title: str
    values: dict[str, float | int]
    choices: dict[str, str]
    activities: tuple[Activity, ...] = ()
    events: tuple[Event, ...] = ()
    origins: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    __iter__ = (
        None  # one thing, not a list of things: `mesa.batch_run` looks whether it can iterate
    )

    def __hash__(self) -> int:
        return hash(self.digest)

    def __getitem__(self, key: str) -> float | int | str:
        """Return a value or choice by dotted key or short name.

        Raises
        ------
        KeyError
            If there is none of this name.
        """
        full = SHORT.get(key, key)
        return self.choices[full] if full in CHOICES else self.values[full]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, as hexadecimal digits.

        Name, title, the names of activities and the way in which files are cut do not enter.
        """
        text = json.dumps(self.content(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def content(self) -> dict[str, Any]:
        """Return all that a run depends on, in the order of declaration."""
        calendar = [activity.to_dict() for activity in self.activities]
        for row in calendar:
            row.pop("name", None)
        return {
            "format": FORMAT,
            "values": self.values,
            "choices": self.choices,
            "activities": calendar,
            "events": [event.to_dict() for event in self.events],
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the scenario as a mapping that `load` takes, in the shape of a scenario file."""
        tables: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        for key in KEYS:
            section, _, name = key.partition(".")
            tables[section][name] = self[key]
        return {
            "format": FORMAT,
            "name": self.name,
            "title": self.title,
            **tables,
            "activities": [activity.to_dict() for activity in self.activities],
            "events": [event.to_dict() for event in self.events],
        }

    def to_toml(self) -> str:
        """Return the scenario as a file in full: every value, with unit, range and origin."""
        from qisim.scenario.export import full_text

        return full_text(self)

    def replace(self, overrides: Mapping[str, Any] | None = None, /, **keywords: Any) -> Scenario:
        """Return a scenario with some values changed.

        Parameters
        ----------
        overrides : mapping
            New values by dotted key (``workload.pressure``, ``activities.first-workshop.hours``) or
            short name; choices, ``name`` and ``title`` as well; ``activities`` and ``events`` as
            lists of mappings.
        **keywords
            The same, for keys without a dot.

        Raises
        ------
        ScenarioError
            If any of it is wrong; all problems are listed.
        """
        draft = _draft_of(self)
        _override(draft, {**(overrides or {}), **keywords})
        return _finished(draft, self.name, self.title)


def load(
    source: str | os.PathLike[str] | Mapping[str, Any] | Scenario,
    overrides: Mapping[str, Any] | None = None,
    /,
    **keywords: Any,
) -> Scenario:
    """Read, resolve and check a scenario.

    Parameters
    ----------
    source : str, path, mapping or Scenario
        A shipped name, a path, ``-`` for standard input, what a file would say as a mapping, or a
        scenario, which is returned as it is.
    overrides : mapping, optional
        Values that go before those of the file; see `Scenario.replace`.
    **keywords
        The same, for keys without a dot, such as ``pressure=1.1``.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        If anything is wrong; all problems are listed.
    """
    changes = _mapping(overrides) | keywords
    if isinstance(source, Scenario):
        return source.replace(changes) if changes else source
    reader, draft = Reader(), Draft()
    if isinstance(source, Mapping):
        extends, own = {k: v for k, v in source.items() if k == "extends"}, dict(source)
        own.pop("extends", None)
        reader.follow(Layer(MAPPING, extends), "", [])
        name, title = "scenario", ""
    else:
        text, own = _name_or_path(source), {}
        reader.read(text)
        name, title = _stem(text), ""
    for layer in reader.layers:
        draft.lay(layer)
    if isinstance(source, Mapping):
        draft.head = {}
        draft.override(own, MAPPING)
    draft.problems = reader.problems + draft.problems
    _override(draft, changes)
    return _finished(draft, name, title, bool(reader.problems))


def unique_names(scenarios: Sequence[Scenario]) -> dict[str, Scenario]:
    """Return scenarios by name; of two with one name the later one is numbered."""
    named: dict[str, Scenario] = {}
    for scenario in scenarios:
        name, number = scenario.name, 2
        while name in named:
            name, number = f"{scenario.name}-{number}", number + 1
        named[name] = scenario
    return named


def _mapping(overrides: Any) -> dict[str, Any]:
    if overrides is not None and not isinstance(overrides, Mapping):
        raise ScenarioError(
            Problem("overrides are not a mapping of keys to values", value=shown(overrides))
        )
    return dict(overrides or {})


def _name_or_path(source: Any) -> str:
    """Return the text of a name or path."""
    try:
        return os.fsdecode(source)
    except (TypeError, UnicodeError):
        message = "is no scenario: give a shipped name, a path, - or a mapping"
        raise ScenarioError(Problem(message, value=shown(source))) from None


def _stem(text: str) -> str:
    """Return the name of a scenario that does not name itself."""
    return "stdin" if text == "-" else readable(PurePath(text).stem)[:80] or "scenario"


def _override(draft: Draft, changes: Mapping[str, Any]) -> None:
    """Lay overrides over a draft; they can extend nothing."""
    if "extends" in changes:
        message = "cannot be overridden"
        draft.problems.append(
            Problem(message, OVERRIDE, key="extends", value=shown(changes["extends"]))
        )
    draft.override({key: value for key, value in changes.items() if key != "extends"})


def _draft_of(scenario: Scenario) -> Draft:
    """Return a scenario as a draft again."""
    draft = Draft(
        {**scenario.values, **scenario.choices},
        {key: (label, None) for key, label in scenario.origins.items()},
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


def _finished(draft: Draft, name: str, title: str, unread: bool = False) -> Scenario:
    """Return the scenario of a draft, or raise all its problems.

    With `unread`, a file that it is built on is missing, so what its values mean together is not
    known.
    """
    problems = draft.problems + ([] if unread else problems_of(draft))
    if problems:
        raise ScenarioError(_shortened(problems))
    name = draft.head.get("name") or name
    return Scenario(
        name,
        draft.head.get("title") or title or name,
        {key: draft.values[key] for key in KEYS if key not in CHOICES},
        {key: draft.values[key] for key in CHOICES},
        tuple(entry.item for entry in draft.lists["activities"]),  # type: ignore[misc]
        tuple(entry.item for entry in draft.lists["events"]),  # type: ignore[misc]
        {key: str(place[0]) for key, place in draft.places.items()},
    )


def _shortened(problems: list[Problem]) -> list[Problem]:
    """Return the problems, without repeats, and not more than people can read."""
    each = list(dict.fromkeys(problems[: 5 * SHOWN]))
    if len(problems) <= SHOWN:
        return each
    return [*each[:SHOWN], Problem(f"and {len(problems) - SHOWN} problems more")]
