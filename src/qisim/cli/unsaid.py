"""Notes on a plan's implications, printed by every command that runs one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from qisim.cli.options import said
from qisim.reading import readable


def notes_of_plan(plan: Any) -> list[str]:
    """Return in which scenarios of a study no programme happens, of those that are not shipped."""
    from qisim.scenario.files import shipped
    from qisim.scenario.notes import note_of_loaded

    found = {
        name: note_of_loaded(one) for name, one in plan.scenarios.items() if name not in shipped()
    }
    return [f"{readable(name)}: {note}" for name, note in found.items() if note]


def tell_unsaid(settings: Mapping[str, Any], *names: str | None) -> None:
    """Say on standard error which plans have no programme, and what became of a calendar.

    With ``--quiet`` nothing is said; of shipped scenarios, only what became of the calendar.

    Parameters
    ----------
    settings : mapping
        What ``--set`` lays over each plan.
    *names : str, optional
        Shipped names or paths, as they were typed; None is passed over.
    """
    from qisim.scenario.files import is_shipped
    from qisim.scenario.notes import EMPTY, NOTHING_TO_RUN, notes_of_run

    if click.get_current_context().params.get("quiet"):
        return
    for name in dict.fromkeys(filter(None, names)):
        for note in notes_of_run(name, settings):
            if note not in NOTHING_TO_RUN or not is_shipped(name):
                said(f"{readable(name)}{' ' if note == EMPTY else ': '}{note}", 0)
