"""Scenarios: a site, a programme, events, and a horizon.

`load` takes the name of a shipped scenario, a path, ``-`` for standard input, a mapping or a
`Scenario`, checks everything, and gives a `Scenario` with every value resolved. The format of the
files is described in `docs/scenarios.md`; `qisim.scenario.files` reads them, `qisim.scenario.layers`
lays them over each other and `qisim.scenario.checks` checks what they mean together.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import Any

from qisim.errors import Problem, ScenarioError, UnknownKeyError, first_problems
from qisim.model.calendar import Activity, DemandSurge, Event, LeaderLeaves
from qisim.reading import readable
from qisim.scenario.checks import problems_of
from qisim.scenario.fields import ASIDE, CHOICES, FORMAT, KEYS, SECTIONS, SHORT, unknown_key
from qisim.scenario.files import Layer, Reader, shipped, shown
from qisim.scenario.frozen import frozen
from qisim.scenario.layers import OVERRIDE, SHOWN, Draft
from qisim.scenario.lineage import Before, draft_of, extended_by, held_by, held_in
from qisim.scenario.ward import NOT_PLACEABLE, SHARED_WARD, fill_ward, in_ward_order, laid_under

__all__ = [
    "Activity", "DemandSurge", "Event", "LeaderLeaves", "Scenario", "load", "shipped",
]  # fmt: skip

CHECKED = "_checked"
"""Marks a scenario whose values have been checked; a copy made with `dataclasses.replace` does not
inherit it.
"""

MAPPING = "<mapping>"
"""Name in messages of a scenario given as a mapping."""


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """A scenario in full: every value resolved and checked, and none can be changed in place.

    Attributes
    ----------
    name : str
        Its name in tables and figures.
    title : str
        One line that says what it is.
    values : mapping of str to float or int
        Every parameter of `qisim.model.parameters.PARAMETERS`, by dotted key.
    choices : mapping of str to str
        Every choice (such as ``programme.target``), by dotted key.
    activities : tuple of Activity
        The programme's calendar.
    events : tuple of LeaderLeaves, ChampionLeaves or DemandSurge
        What happens to the site.
    origins : mapping of str to str
        Where each value was set: ``default``, the name of a file, or ``override``; also for
        ``activities`` and ``events``.
    parent : str
        Name of what it was made from: the scenario that was overridden, or what its file extends.
    changed : mapping of str to object
        What differs from the parent: the parent's values by dotted key; of the lists ``activities`` and
        ``events`` the number of entries.
    prices : mapping of str to float
        What an hour costs, by kind (`qisim.scenario.fields.PRICES`), where a file says so. Runs do not
        depend on it, so it is not in the digest.
    sites : mapping of str to int
        At how many sites like this one a study runs (``number``), where a file says so; nor is this.
    """

    name: str
    title: str
    values: Mapping[str, float | int]
    choices: Mapping[str, str]
    activities: tuple[Activity, ...] = ()
    events: tuple[Event, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    parent: str = ""
    changed: Mapping[str, Any] = field(default_factory=dict)
    prices: Mapping[str, float] = field(default_factory=dict)
    sites: Mapping[str, float] = field(default_factory=dict)

    __iter__ = None  # not iterable: `mesa.batch_run` would take it for a list of values

    def __post_init__(self) -> None:
        for name in ("values", "choices", "origins", "changed", *ASIDE):
            object.__setattr__(self, name, frozen(getattr(self, name)))
        object.__setattr__(self, "activities", tuple(self.activities))
        object.__setattr__(self, "events", tuple(self.events))

    def _check(self) -> None:
        """Check a scenario that was constructed directly, with `dataclasses.replace`, say.

        Raises
        ------
        ScenarioError
            If anything is wrong; all problems are listed.
        """
        if CHECKED not in self.__dict__:
            load({k: v for k, v in self.to_dict().items() if k not in ("name", "title")})
            self.__dict__[CHECKED] = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self.digest)

    def _said(self) -> tuple[Any, ...]:
        """Return the part of a scenario that is compared for equality: everything but the origins of values."""
        return (
            self.name, self.title, self.values, self.choices, self.activities, self.events,
            self.prices, self.sites,
        )  # fmt: skip

    def __repr__(self) -> str:
        from qisim.scenario.display import scenario_line

        return scenario_line(self)

    def _repr_html_(self) -> str:
        from qisim.scenario.display import scenario_html

        return scenario_html(self)

    def __getitem__(self, key: str) -> float | int | str:
        """Return a value or choice by dotted key or short name.

        Raises
        ------
        UnknownKeyError
            A `KeyError`: if there is none of this name; the nearest one is named.
        """
        full = SHORT.get(key, key)
        if full not in KEYS:
            raise UnknownKeyError(unknown_key(str(key)))
        return self.choices[full] if full in CHOICES else self.values[full]

    def _ipython_key_completions_(self) -> list[str]:
        return [*KEYS, *SHORT]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, as hexadecimal digits.

        Name, title, the names of activities and the division into files do not enter.
        """
        text = json.dumps(self.content(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def content(self) -> dict[str, Any]:
        """Return everything a run depends on, in the order of declaration."""
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
            **{name: dict(held) for name in ASIDE if (held := getattr(self, name))},
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
        draft = draft_of(self)
        _override(draft, _mapping(overrides) | keywords)
        return _finished(draft, self.name, self.title, before=Before(self.name, held_by(self)))


NOTHING = "nothing"
"""Name of a scenario's own site without its programme."""


def has_programme(scenario: Scenario) -> bool:
    """Return whether a scenario has a programme: of some length, with activities or an outside facilitator."""
    happens = scenario.activities or scenario["programme.facilitator_weeks"]
    return bool(scenario["programme.length_weeks"] and happens)


def without_programme(scenario: Scenario) -> Scenario:
    """Return the site of a scenario, with all that happens to it, and no programme.

    Hours of leaders and development nurses for improvement are unchanged: nobody works with a
    practice that nobody has heard of. Use that a site has anyway (`site.baseline`) stays, too.
    """
    changes = {
        "programme.length_weeks": 0, "programme.facilitator_weeks": 0,
        "programme.champion_from_week": 1, "activities": [], "name": NOTHING,
        "title": f"Nothing done, at the site of {scenario.name}",
    }  # fmt: skip
    return scenario.replace(changes)


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
        Values that override those of the file; see `Scenario.replace`.
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
    site = SHARED_WARD.get() if isinstance(source, str | os.PathLike) else None
    return load_in_ward(source, site, _mapping(overrides) | keywords)


def load_in_ward(source: Any, site: Any, overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Read a scenario as `load` does, in the ward of a file; see `qisim.scenario.ward`.

    Parameters
    ----------
    source, overrides
        As for `load`.
    site : str or path, optional
        A file that describes a ward. It wins over every shipped ward, and loses to files of one's own.
    """
    changes = _mapping(overrides)
    if site is not None and not isinstance(source, str | os.PathLike):
        raise ScenarioError(Problem(NOT_PLACEABLE))
    if isinstance(source, Scenario):
        source._check()
        if type(source) is not Scenario:  # as a model stores it
            source = copy.copy(source)
            object.__setattr__(source, "__class__", Scenario)
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
    named = reader.layers[-1] if reader.layers else None  # whose name and title count
    if site is not None:
        laid_under(reader, _name_or_path(site))
    before, head = Before("defaults", held_in(draft)), dict[str, Any]()
    layers = in_ward_order(reader.layers)
    for number, layer in enumerate(layers, 1):
        if number == len(layers) > 1:
            before = Before(extended_by(layer, layers[-2]), held_in(draft))
        draft.lay(layer)
        head = draft.head if layer is named else head
    draft.head = head
    fill_ward(draft, layers)
    if isinstance(source, Mapping):
        if reader.layers:
            before = Before(readable(reader.layers[-1].label), held_in(draft))
        draft.head = {}
        draft.override(own, MAPPING)
    draft.problems = reader.problems + draft.problems
    if changes:
        before = Before(draft.head.get("name") or name, held_in(draft))
        _override(draft, changes)
    return _finished(draft, name, title, bool(reader.problems), before)


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
        message = "is not a scenario: give a shipped name, a path, - or a mapping"
        raise ScenarioError(Problem(message, value=shown(source))) from None


def _stem(text: str) -> str:
    """Return the name of a scenario that does not name itself."""
    return "stdin" if text == "-" else readable(PurePath(text).stem)[:80] or "scenario"


def _override(draft: Draft, changes: Mapping[str, Any]) -> None:
    """Lay overrides over a draft; `extends` is not allowed in them."""
    if "extends" in changes:
        message = "cannot be overridden"
        draft.problems.append(
            Problem(message, OVERRIDE, key="extends", value=shown(changes["extends"]))
        )
    draft.override({key: value for key, value in changes.items() if key != "extends"})


def _finished(
    draft: Draft, name: str, title: str, unread: bool = False, before: Before | None = None
) -> Scenario:
    """Return the scenario of a draft, or raise all its problems.

    With `unread`, a file that it extends is missing, so consistency cannot be checked. `before` is
    its parent.
    """
    problems = draft.problems + ([] if unread else problems_of(draft))
    if problems:
        raise ScenarioError(first_problems(list(dict.fromkeys(problems)), SHOWN))
    name = draft.head.get("name") or name
    now = held_in(draft)
    was = {} if before is None else {k: v for k, v in before.held.items() if now[k] != v}
    whole = Scenario(
        name,
        draft.head.get("title") or title or name,
        {key: draft.values[key] for key in KEYS if key not in CHOICES},
        {key: draft.values[key] for key in CHOICES},
        # the draft keeps activities and events under their names, each an `Entry`
        tuple(entry.item for entry in draft.lists["activities"]),  # type: ignore[misc]
        tuple(entry.item for entry in draft.lists["events"]),  # type: ignore[misc]
        {key: str(place[0]) for key, place in draft.places.items()},
        "" if before is None else before.name,
        {key: len(value) if isinstance(value, tuple) else value for key, value in was.items()},
        draft.prices,
        draft.sites,
    )
    whole.__dict__[CHECKED] = True
    return whole
