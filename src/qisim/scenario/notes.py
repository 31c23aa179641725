"""Implications of a scenario file that it does not state, shown when it is checked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from qisim.scenario.fields import HEAD
from qisim.scenario.files import Layer, Reader
from qisim.scenario.layers import Draft
from qisim.scenario.ward import DEFAULT_OF_WARD, SHARED_WARD, fill_ward, in_ward_order, laid_under

UNSAID = (*HEAD, "extends", "format")
"""Keys that describe neither a site nor a programme."""


EMPTY = "says nothing: a site of default values, and no programme"
NONE_NAMED = "no programme: neither this file nor what it extends has one"
NONE_LONG = "no programme (programme.length_weeks = 0)"
NONE_FILLED = "a programme without activities and without a facilitator"
NOTHING_TO_RUN = (EMPTY, NONE_NAMED, NONE_LONG, NONE_FILLED)
"""Notes on a scenario without a programme."""
REFUSED = "; levers, worth, search, trial, follow and calibrate ask for a plan that has one"
"""What follows for commands whose question is about a programme."""


def notes_of(source: str | os.PathLike[str]) -> list[str]:
    """Return the implications of a valid scenario that it does not state, one sentence each.

    Parameters
    ----------
    source : str or path
        A shipped name or a path; of standard input, which cannot be read twice, nothing is known.
    """
    read = _read(os.fspath(source), {})
    if read is None:
        return []
    layers, draft = read
    said = [f"{note}{REFUSED}" if note in NOTHING_TO_RUN else note for note in _said(layers, draft)]
    return [*said, *draft.notes, *_left_out(draft)]


def note_of_loaded(scenario: Any) -> str | None:
    """Return the note that a loaded scenario has no programme; None if it has one."""
    if not scenario["programme.length_weeks"]:
        return NONE_LONG
    empty = not scenario.activities and not scenario["programme.facilitator_weeks"]
    return NONE_FILLED if empty else None


def notes_of_run(source: str | os.PathLike[str], settings: Mapping[str, Any]) -> list[str]:
    """Return the notes to show when a scenario is run.

    They say that it has no programme, and what became of its calendar.

    Parameters
    ----------
    source
        As for `notes_of`.
    settings : mapping
        Overrides laid over it.
    """
    read = _read(os.fspath(source), settings)
    if read is None:
        return []
    layers, draft = read
    return [*draft.notes, *(note for note in _said(layers, draft) if note in NOTHING_TO_RUN)]


def _read(name: str, settings: Mapping[str, Any]) -> tuple[list[Layer], Draft] | None:
    """Return the files of a scenario and the draft they give; None if there is a problem."""
    if name == "-":
        return None
    reader, draft = Reader(), Draft()
    reader.read(name)
    if (site := SHARED_WARD.get()) is not None:
        laid_under(reader, os.fspath(site))
    layers = in_ward_order(reader.layers)
    for layer in layers:
        draft.lay(layer)
    if settings:
        draft.override(settings)
    fill_ward(draft, layers)
    return None if reader.problems or draft.problems else (reader.layers, draft)


def _left_out(draft: Draft) -> Iterator[str]:
    """Return a note on the numbers of the ward that its file leaves at their defaults."""
    named = [
        f"{key} = {draft.values[key]}"
        for key, (origin, _) in draft.places.items()
        if origin == DEFAULT_OF_WARD
    ]
    if named:
        yield f"the ward file leaves out, so the defaults stand: {', '.join(named)}"


def _said(layers: list[Layer], draft: Draft) -> Iterator[str]:
    if all(key in UNSAID for layer in layers for key in layer.data):
        yield EMPTY
        return
    if not any(name in layer.data for layer in layers for name in ("programme", "activities")):
        yield NONE_NAMED
    elif not draft.values["programme.length_weeks"]:
        yield NONE_LONG
    elif not draft.lists["activities"] and not draft.values["programme.facilitator_weeks"]:
        yield NONE_FILLED
    length, weeks = draft.values["programme.length_weeks"], draft.values["run.weeks"]
    if (end := draft.values["programme.start_week"] + length - 1) > weeks:
        yield f"the run ends in week {weeks}, and the programme would go on to week {end} (run.weeks)"
    if draft.values["programme.handover_use"]:
        yield from _handing_over(draft.values)
    site = layers[-1].data.get("site", {})
    if isinstance(site, Mapping) and {"units", "staff_per_unit"} & set(site):
        units, staff = draft.values["site.units"], draft.values["site.staff_per_unit"]
        yield f"{units} x {staff} = {units * staff} posts (site.units x site.staff_per_unit)"
    yield from _calendar(layers)


def _handing_over(values: Mapping[str, Any]) -> Iterator[str]:
    """Return a note if a rule for the hand-over has no effect."""
    why = {
        "no facilitator is there (programme.facilitator_weeks = 0)": values["programme.facilitator_weeks"],
        "there is no development nurse (site.champions_per_unit = 0)": values["site.champions_per_unit"],
        "development nurses have no hours (leadership.champion_hours = 0)": values["leadership.champion_hours"],
    }  # fmt: skip
    for reason, there in why.items():
        if not there:
            said = "would take over nothing" if "hours" in reason else "has no effect"
            yield f"programme.handover_use = {values['programme.handover_use']:g} {said}: {reason}"
            return


def _calendar(layers: list[Layer]) -> Iterator[str]:
    """Return a note that a file's own activities replace an inherited calendar."""
    *below, last = layers
    calendars = [layer for layer in below if layer.data.get("activities")]
    own = last.data.get("activities")
    if own is None or not calendars:
        return
    extends: Any = last.data["extends"]
    names = [extends] if isinstance(extends, str) else extends
    name = names[0] if len(names) == 1 else calendars[-1].label
    held = f"{len(own)} activit{'y' if len(own) == 1 else 'ies'} of its own"
    yield f"calendar: {held} instead of the {len(calendars[-1].data['activities'])} of {name}"
