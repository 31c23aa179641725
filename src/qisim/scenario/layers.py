"""Building a scenario: layers are read strictly, key by key, and laid over each other.

Every problem is noted with its line, and reading goes on, so that one pass over a file finds them
all. Consistency of the values is checked in `qisim.scenario.checks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from qisim.errors import Problem, nearest_name
from qisim.model.calendar import EVENTS, Activity, Event, short_name
from qisim.model.parameters import FACTORS
from qisim.scenario.fields import (
    ACTIVITY_FIELDS,
    ACTIVITY_REQUIRED,
    ASIDE,
    DEFAULTS,
    EVENT_FIELDS,
    EVENT_REQUIRED,
    HEAD,
    KEYS,
    SECTIONS,
    SHORT,
    TOP_LEVEL,
    Choice,
    Field,
    known_names,
    unknown_key,
)
from qisim.scenario.files import Layer, shown
from qisim.scenario.line_numbers import KeyPath
from qisim.scenario.reader import SHOWN, Reading

MAX_ENTRIES = 500
"""Activities, and events, that a scenario may list."""

LENGTH, FACILITATED = "programme.length_weeks", "programme.facilitator_weeks"
DEFAULT, OVERRIDE = "default", "override"
"""Origins of values that no file sets."""

Place = tuple[str | None, int | None]
"""File (or other origin) and line."""


@dataclass
class Entry:
    """An activity or an event, with the line of each of its fields."""

    item: Activity | Event
    key: str
    places: dict[str, Place]

    def problem(self, name: str, message: str, allowed: str | None = None) -> Problem:
        """Return a problem of one field."""
        file, line = self.places.get(name) or self.places[""]
        value = shown(getattr(self.item, name, None))
        return Problem(message, file, line, f"{self.key}.{name}", value, allowed)


@dataclass
class Draft:
    """A scenario being built.

    Attributes
    ----------
    values : dict
        Numbers and choices by dotted key; a key whose value was refused is missing.
    places : dict
        Where each value was set.
    head : dict
        Name and title, if given by the last layer.
    lists : dict
        Entries of the two lists ``activities`` and ``events``.
    broken : set of str
        Lists with an entry that was refused.
    problems : list of Problem
    notes : list of str
        Implications of the values that the files do not state.
    prices, sites : dict
        Prices of an hour, by kind, and the number of sites of a study, if given.
    """

    values: dict[str, Any] = field(default_factory=lambda: dict(DEFAULTS))
    places: dict[str, Place] = field(default_factory=lambda: dict.fromkeys(KEYS, (DEFAULT, None)))
    head: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[Entry]] = field(default_factory=lambda: {"activities": [], "events": []})
    broken: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    prices: dict[str, float] = field(default_factory=dict)
    sites: dict[str, float] = field(default_factory=dict)

    def lay(self, layer: Layer) -> None:
        """Lay the content of a file over the draft."""
        reading, before = _Reading(self, layer), self.values.get(LENGTH, 0)
        self.head = {}
        for name, value in layer.data.items():
            if name in SECTIONS:
                reading.section(name, value)
            elif name in self.lists:
                reading.entries(name, value)
            elif name in ASIDE:
                reading.aside(name, value)
            elif name in HEAD:
                self.head[name] = reading.value((name,), HEAD[name], value)
            elif name != "extends" and not reading.misplaced((name,)):
                reading.unknown((name,), [*TOP_LEVEL, *SHORT, *KEYS])
        self.follow_length(layer.data, before)

    def follow_length(self, said: Mapping[str, Any], before: int) -> None:
        """End an inherited calendar and facilitation with a programme that a layer makes shorter.

        For the weeks by which a programme is made longer there is no calendar, which is noted.
        """
        programme = said.get("programme")
        length = self.values.get(LENGTH)
        if not isinstance(programme, Mapping) or "length_weeks" not in programme or not length:
            return
        if length > before > 0:
            self.notes += _longer(self, said, before, length)
        if "facilitator_weeks" not in programme and self.values.get(FACILITATED, 0) > length:
            self.values[FACILITATED], self.places[FACILITATED] = length, self.places[LENGTH]
            self.notes.append(f"the facilitator leaves in week {length}, with the programme's end")
        if "activities" in said:
            return
        rows = self.lists["activities"]
        kept = [entry for entry in rows if _activity(entry).week <= length]
        late = [i for i, e in enumerate(kept) if (_activity(e).until or 0) > length]
        for i in late:
            kept[i] = replace(kept[i], item=replace(_activity(kept[i]), until=length))
        if late or len(kept) < len(rows):
            self.lists["activities"] = kept
            gone = len(rows) - len(kept)
            told = [
                f"{_counted(n)} {what}"
                for n, what in ((len(late), "end with it"), (gone, "would begin later and are left out"))
                if n
            ]  # fmt: skip
            self.notes.append(
                f"the calendar follows programme.length_weeks = {length}: {', '.join(told)}"
            )

    def override(self, overrides: Mapping[Any, Any], label: str = OVERRIDE) -> None:
        """Lay overrides over what is there: dotted keys, short names, or tables as in a file."""
        data, edits, problems = as_table(overrides, label)
        self.problems += problems
        head = self.head
        self.lay(Layer(label, data))
        self.head = {**head, **self.head}
        for key, value in edits.items():
            self.edit(key, value, label)

    def edit(self, key: str, value: Any, label: str) -> None:
        """Change one field of an activity or event: ``activities.first-workshop.hours``."""
        which, _, rest = key.partition(".")
        reference, _, name = rest.rpartition(".")
        entries = self.lists[which]
        names = [_references(entry, number) for number, entry in enumerate(entries)]
        found = [number for number, known in enumerate(names) if reference in known]
        if len(found) != 1:
            self.refuse_edit(key, value, label, [name for known in names for name in known])
            return
        old = entries[found[0]]
        fresh = _Reading(self, Layer(label, {})).entry(
            which, found[0], {**old.item.to_dict(), name: value}
        )
        if fresh is not None:
            fresh.places = {**old.places, name: (label, None)}
            entries[found[0]] = fresh
            self.places[which] = (label, None)

    def refuse_edit(self, key: str, value: Any, label: str, known: list[str]) -> None:
        """Note that a key names no entry, or more than one."""
        which = key.partition(".")[0]
        if which not in self.broken:
            nearest = nearest_name(key.partition(".")[2].rpartition(".")[0][:80], known)
            message = f"names no single entry of {which}"
            allowed = f"{which}.NAME.FIELD, or {which}.NUMBER.FIELD with numbers from 1"
            self.problems.append(
                Problem(message, label, None, shown(key), shown(value), allowed, nearest)
            )


def _references(entry: Entry, number: int) -> list[str]:
    """Return the names by which a key may refer to an entry."""
    name = getattr(entry.item, "name", "")
    return [str(number + 1), *([name, short_name(name)] if name else [])]


def _counted(number: int) -> str:
    """Return a number of activities in words."""
    return f"{number} activit{'y' if number == 1 else 'ies'}"


def _activity(entry: Entry) -> Activity:
    return cast(Activity, entry.item)


class _Reading(Reading):
    """Reads one layer into a draft."""

    def __init__(self, draft: Draft, layer: Layer) -> None:
        super().__init__(layer, draft.problems)
        self.draft = draft

    def section(self, section: str, table: Any) -> None:
        """Read one table of numbers and choices."""
        if not isinstance(table, Mapping):
            self.add((section,), "is not a table", table, f"[{section}] and keys below it")
            return
        names = known_names(section)
        for name, value in table.items():
            if name in names:
                self.key(names[name], (section, name), value)
            else:
                self.unknown_in(section, name, names)

    def aside(self, which: str, table: Any) -> None:
        """Read a table on which no run depends."""
        if not isinstance(table, Mapping):
            self.add((which,), "is not a table", table, f"[{which}] and keys below it")
            return
        for name, value in table.items():
            if name not in ASIDE[which]:
                near = nearest_name(str(name)[:80], ASIDE[which])
                self.add((which, str(name)), "is not a known key", nearest=near)
            elif (read := self.value((which, name), ASIDE[which][name], value)) is not None:
                getattr(self.draft, which)[name] = read

    def key(self, key: str, path: KeyPath, value: Any) -> None:
        """Read one number or choice."""
        read = self.value(path, KEYS[key], value)
        if read is None:
            self.draft.values.pop(key, None)
        else:
            self.draft.values[key] = read
        self.draft.places[key] = (self.layer.label, self.layer.lines.of(path))

    def unknown_in(self, section: str, name: Any, names: Mapping[str, str]) -> None:
        """Note an unknown key of a section; the right key may stand in another one."""
        if self.misplaced((section, str(name))):
            return
        nearest = None
        if len(self.problems) < SHOWN and len(str(name)) <= 80:
            near = nearest_name(name, names) or nearest_name(name, SHORT)
            nearest = near and (names.get(near) or SHORT[near])
        self.add((section, str(name)), "is not a known key", nearest=nearest)

    def misplaced(self, path: KeyPath) -> bool:
        """Note a known key outside its section; return whether it is one."""
        full = SHORT.get(str(path[-1]).casefold())
        if full is None or full == ".".join(map(str, path)).casefold():
            return False
        self.add(path, f"belongs under [{full.partition('.')[0]}]", nearest=full)
        return True

    def entries(self, which: str, rows: Any) -> None:
        """Read a list of activities or events; it replaces the list that was inherited."""
        draft = self.draft
        draft.broken.discard(which)
        draft.lists[which] = []
        draft.places[which] = (self.layer.label, self.layer.lines.of((which,)))
        if not isinstance(rows, Sequence) or isinstance(rows, str | bytes):
            self.add((which,), "is not a list of tables", rows, f"[[{which}]] and keys below it")
        elif len(rows) > MAX_ENTRIES:
            self.add((which,), "is too long a list", len(rows), f"at most {MAX_ENTRIES} entries")
        else:
            read = [self.entry(which, number, row) for number, row in enumerate(rows)]
            draft.lists[which] = [entry for entry in read if entry is not None]
            if None not in read:
                return
        draft.broken.add(which)

    def entry(self, which: str, number: int, row: Any) -> Entry | None:
        """Read one activity or event."""
        path = (which, number)
        if not isinstance(row, Mapping):
            self.add(path, "is not a table", row)
            return None
        fields, required = self.fields_of(which, path, row)
        if fields is None:
            return None
        known = {name: value for name, value in row.items() if name in fields}
        found = {name: self.value((*path, name), fields[name], known[name]) for name in known}
        missing = [name for name in required if name not in row]
        for name in [name for name in row if name not in fields]:
            self.unknown((*path, str(name)), list(fields))
        for name in missing:
            self.add((*path, name), "is missing", allowed=fields[name].allowed)
        if missing or len(known) < len(row) or None in found.values():
            return None
        item = Activity(**found) if which == "activities" else EVENTS[found.pop("kind")](**found)
        places = {name: self.place((*path, name)) for name in row}
        return Entry(item, f"{which}.{number + 1}", {"": self.place(path), **places})

    def place(self, path: KeyPath) -> Place:
        """Return file and line of a path."""
        return self.layer.label, self.layer.lines.of(path)

    def fields_of(
        self, which: str, path: KeyPath, row: Mapping[str, Any]
    ) -> tuple[dict[str, Field] | None, Iterable[str]]:
        """Return the fields that an entry may and must have; events differ by kind."""
        if which == "activities":
            return ACTIVITY_FIELDS, ACTIVITY_REQUIRED
        kinds = Choice(tuple(EVENT_FIELDS))
        if "kind" not in row:
            self.add((*path, "kind"), "is missing", allowed=kinds.allowed)
            return None, ()
        kind = self.value((*path, "kind"), kinds, row["kind"])
        if kind is None:
            return None, ()
        return {"kind": kinds, **EVENT_FIELDS[kind]}, EVENT_REQUIRED[kind]


def as_table(
    overrides: Mapping[Any, Any], label: str
) -> tuple[dict[str, Any], dict[str, Any], list[Problem]]:
    """Return overrides in the form of a file.

    Parameters
    ----------
    overrides : mapping
        Values by dotted key (``workload.pressure``), by short name (``pressure``) or in tables.
    label : str
        Their name in messages.

    Returns
    -------
    data : dict
        Tables, as from a TOML file.
    edits : dict
        Single fields of activities and events, by dotted key.
    problems : list of Problem
    """
    data: dict[str, Any] = {}
    edits: dict[str, Any] = {}
    problems = []
    for key, value in _flat(overrides):
        section, _, name = key.partition(".")
        if key in FACTORS and not isinstance(value, Mapping):
            problems.append(replace(unknown_key(key, label), value=shown(value)))
        elif section in ("activities", "events") and name:
            edits[key] = value
        elif section in (*SECTIONS, *ASIDE) and name and _is_said(data.get(section, {}), name):
            problems.append(Problem("is given twice", label, key=shown(key)))
        elif section in (*SECTIONS, *ASIDE) and name:
            data.setdefault(section, {})[name] = value
        elif section in TOP_LEVEL and not name:
            data[section] = value
        else:
            near = nearest_name(key[:80], [*TOP_LEVEL, *SHORT, *KEYS])
            problems.append(Problem("is not a known key", label, key=shown(key), nearest=near))
    return data, edits, problems


def _is_said(table: Any, name: str) -> bool:
    """Return whether a name has a value; if a plain value replaces the table, all have."""
    return name in table if isinstance(table, Mapping) else True


def _flat(overrides: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Yield dotted keys and values; tables are taken apart, short names are spelt out."""
    for key, value in overrides.items():
        if key in (*SECTIONS, *ASIDE) and isinstance(value, Mapping):
            yield from ((f"{key}.{name}", inner) for name, inner in value.items())
        else:
            yield SHORT.get(key, str(key)), value


def _longer(draft: Draft, said: Mapping[str, Any], before: int, length: int) -> Iterator[str]:
    """Say what ends as early as it did though a layer makes the programme longer."""
    ends, rows = [], draft.lists["activities"]
    if "activities" not in said and rows:
        last = max(_activity(row).weeks()[-1] for row in rows)
        ends += [f"its last activity is in week {last}"] * (last <= before)
    leaves = draft.values.get(FACILITATED, 0)
    if "facilitator_weeks" not in said["programme"] and 0 < leaves <= before:
        ends.append(
            f"the facilitator leaves in week {leaves} (facilitator_weeks = {length} keeps them)"
        )
    if ends:
        yield (
            f"programme.length_weeks = {length} follows {before} weeks whose calendar stays as it is: "
            f"{' and '.join(ends)}; "
            "qisim new FILE --from SCENARIO writes a file with the whole calendar, which you can extend"
        )
