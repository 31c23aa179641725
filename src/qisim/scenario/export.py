"""A scenario as text: in full, or as a short file to start from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qisim.model.calendar import Activity, LeaderLeaves
from qisim.model.parameters import PARAMETERS
from qisim.reading import readable
from qisim.scenario.fields import ACTIVITY_FIELDS, ASIDE, CHOICES, FORMAT, KEYS, SECTIONS

if TYPE_CHECKING:
    from qisim.scenario.scenario import Scenario


def full_text(scenario: Scenario) -> str:
    """Return a scenario as a file with every value, its meaning, range, origin and basis.

    Loading it gives the same scenario.
    """
    lines = [
        "# A scenario in full: every value, with what it means, what is allowed, where it was set,",
        "# and what it rests on (rows of the evidence table, or the word assumption).",
        *_head(scenario.name, scenario.title),
    ]
    for section in SECTIONS:
        lines += ["", f"[{section}]"]
        for key in _keys_of(section):
            lines += [f"# {_about(scenario, key)}", _pair(_name(key), scenario[key])]
    for which, fields in ASIDE.items():
        held = getattr(scenario, which)
        lines += ["", f"[{which}]"] if held else []
        for name, value in held.items():
            lines += [f"# {fields[name].meaning} [{fields[name].allowed}]", _pair(name, value)]
    return "\n".join([*lines, *_lists(scenario)]) + "\n"


def starter_text(scenario: Scenario, name: str, extends: str) -> str:
    """Return a short file that extends a scenario, with its levers and its site as comments.

    Unedited it is the same scenario; users uncomment the lines that they want to change.

    Parameters
    ----------
    scenario : Scenario
        What to start from.
    name : str
        Name of the new scenario; what cannot be printed in it becomes a question mark.
    extends : str
        What the file extends: a shipped name or a path.
    """
    name = readable(name)[:80] or scenario.name
    lines = [
        f"# {name}: say here what this scenario is, and what is assumed.",
        "#",
        f"# It is {extends} until you change something: take the # off a line and give another value.",
        f"# All values: qisim show {extends}. When done: qisim check THIS FILE.",
        *_head(name, f"{name}, from {scenario.name}"),
        _pair("extends", [extends]),
    ]
    for section in SECTIONS:
        keys = [key for key in _keys_of(section) if _is_for_planners(key)]
        if keys:
            lines += ["", f"[{section}]"]
        for key in keys:
            lines += [f"# {_meaning(key)}", f"# {_pair(_name(key), scenario[key])}"]
    return "\n".join([*lines, *_calendar(scenario), *_happenings(scenario)]) + "\n"


def _calendar(scenario: Scenario) -> Iterator[str]:
    """Yield the whole calendar as comments: changing one line of it requires all of them."""
    entries = scenario.activities or (_EXAMPLE,)
    number = len(scenario.activities)
    yield ""
    if number:
        yield f"# The calendar: {number} {'activity' if number == 1 else 'activities'}."
    yield "# A file's own activities replace ALL of those that it extends. To change one, take the # off"
    yield "# every [[activities]] block and its lines, then change, add or leave out what you like."
    yield "# To try a change of one only: --set activities.NAME.hours=3 on the command line."
    yield "# week, until: of the programme; hours: for each who comes; every: weeks between."
    for name in ("kind", "audience", "led_by", "who"):
        yield f"# {name}: {ACTIVITY_FIELDS[name].allowed}"
    for entry in entries:
        yield from _commented("activities", entry.to_dict())


_EXAMPLE = Activity("refresher", 26, 1.0, "staff", "champion", every=13, until=52, name="Refresher")


def _happenings(scenario: Scenario) -> Iterator[str]:
    """Yield the events as comments; an example where there are none."""
    yield ""
    yield "# What may happen to the site, in weeks of the run. A file's own events replace all of those"
    yield "# that it extends."
    for event in scenario.events or (LeaderLeaves(17),):
        yield from _commented("events", event.to_dict())


def _commented(which: str, entry: Mapping[str, Any]) -> Iterator[str]:
    yield "#"
    yield f"# [[{which}]]"
    yield from (f"# {_pair(name, value)}" for name, value in entry.items())


def _head(name: str, title: str) -> list[str]:
    return [_pair("format", FORMAT), _pair("name", name), _pair("title", title)]


def _keys_of(section: str) -> list[str]:
    return [key for key in KEYS if key.startswith(f"{section}.")]


def _name(key: str) -> str:
    return key.partition(".")[2]


def _is_for_planners(key: str) -> bool:
    """Return whether a key is one that planners set: levers, the site as it is, and choices."""
    return key in CHOICES or PARAMETERS[key].role in ("lever", "context")


def _meaning(key: str) -> str:
    about = CHOICES.get(key) or PARAMETERS[key]
    return f"{about.meaning} [{KEYS[key].allowed}]"


def _about(scenario: Scenario, key: str) -> str:
    basis = "" if key in CHOICES else f"; rests on {' '.join(PARAMETERS[key].sources)}"
    return f"{_meaning(key)}; set in {scenario.origins.get(key, 'default')}{basis}"


def _pair(name: str, value: Any) -> str:
    return f"{name} = {toml_value(value)}"


def toml_value(value: Any) -> str:
    """Return a value of a scenario as TOML writes it: text, number, yes or no, or a list of them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        inner = "".join(_ESCAPED.get(c, c if c.isprintable() else _escape(c)) for c in value)
        return f'"{inner}"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    return repr(float(value)) if isinstance(value, float) else str(int(value))


_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(character: str) -> str:
    return f"\\U{ord(character):08X}"


def _lists(scenario: Scenario) -> Iterator[str]:
    entries: Mapping[str, Any] = {"activities": scenario.activities, "events": scenario.events}
    for which, held in entries.items():
        for entry in held:
            yield ""
            yield f"[[{which}]]"
            yield from (_pair(name, value) for name, value in entry.to_dict().items())
