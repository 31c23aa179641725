"""A decision command as a study, with the lifecycle that all studies share.

The folder is claimed before anything is run; every run goes through the run store, so that the same
question asked again runs nothing, and one that was killed goes on; tables are written before figures, and
the manifest last (`qisim.runs.lifecycle`). A verb of this room says what it rests on, and how its answer
is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from qisim.comparison.context import wards_text
from qisim.decide.finding import Finding
from qisim.decide.worlds import Worlds
from qisim.output.file_bytes import digest_of_json
from qisim.runs.lifecycle import Lifecycle
from qisim.runs.scenario_store import together
from qisim.scenario.scenario import Scenario
from qisim.scenario.ward import ward_notes


def answered(
    kind: str, worlds: Worlds, scenarios: Sequence[Scenario], settings: Mapping[str, Any],
    find: Callable[[], Finding],
) -> Finding:  # fmt: skip
    """Find the answer to a question, and write its folder where one was asked for.

    Parameters
    ----------
    kind : str
        The command.
    worlds : Worlds
        Where its runs are made; what failed there is in the manifest.
    scenarios : sequence of Scenario
        What the question is about.
    settings : mapping
        What else was asked; it is part of the study's digest.
    find : callable
        Makes the runs and returns the answer, still without a manifest.

    Raises
    ------
    StoreError
        If the folder belongs to another study or cannot be written; nothing is run then.
    Interrupted
        If somebody stops it; finished runs are in the run store.
    """
    answer: Finding = Question(kind, worlds, scenarios, settings, find).result()
    return answer


class Question(Lifecycle):
    """A decision command in progress; the parameters are those of `answered`."""

    def __init__(
        self, kind: str, worlds: Worlds, scenarios: Sequence[Scenario],
        settings: Mapping[str, Any], find: Callable[[], Finding],
    ) -> None:  # fmt: skip
        super().__init__(worlds.options)
        self.kind, self.worlds, self.find = kind, worlds, find
        self.scenarios = {one.name: one for one in scenarios}
        self.settings = dict(settings)
        self.answer: Finding | None = None

    def make(self) -> None:
        """Make the runs and find the answer: which runs are made may depend on those before."""
        with together(" ".join(sorted(one.digest for one in self.scenarios.values()))):
            self.answer = self.find()

    def put_together(self) -> Finding | None:
        """Return the answer; None where it was not found, for half of one is none."""
        if self.answer is None:
            return None
        notes = [*self.answer.notes, *self.ward_lines()]
        return replace(self.answer, manifest=self.manifest(), notes=notes)

    def ward_lines(self) -> list[str]:
        """Say which defaults a ward file leaves, and how the wards of the scenarios differ."""
        if self.kind == "claims":  # each is about scenarios of its own
            return []
        first, *others = (one.to_dict() for one in self.scenarios.values())
        unlike = dict.fromkeys(line for one in others if (line := wards_text(first, one)))
        return [*ward_notes(self.scenarios), *unlike]

    def manifest(self) -> dict[str, Any]:
        """Return the manifest as of now; all that was asked is part of the study's digest."""
        found = self.manifest_of(
            self.kind,
            {name: one.to_dict() for name, one in self.scenarios.items()},
            {name: one.digest for name, one in self.scenarios.items()},
            settings=self.settings,
            failures=self.worlds.failures,
        )
        over = None if self.worlds.over is None else self.worlds.over.to_dict()
        found["study_digest"] = digest_of_json([found["study_digest"], self.settings, over])
        return found if over is None else {**found, "over": over}
