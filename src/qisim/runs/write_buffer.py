"""Finished runs of a sweep on their way to the disk."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from qisim.runs.chunks import ChunkResult
from qisim.runs.store import (
    Partition,
)
from qisim.runs.store_format import Page
from qisim.stopping import undisturbed

if TYPE_CHECKING:
    from qisim.runs.sweep import Sweep

KEEP_S = 1.0
"""Seconds after which finished runs are brought to the disk; at most these are lost to a `kill -9`."""
KEEP_RUNS = 1 << 14


class WriteBuffer:
    """Where finished runs wait to be brought to the disk, each second, shelf by shelf."""

    def __init__(self, sweep: Sweep) -> None:
        self.sweep = sweep
        self.waiting: dict[Partition, list[ChunkResult]] = {}
        self.since = time.monotonic()

    def take(self, one: ChunkResult) -> None:
        """Take in what came of a piece."""
        scenario, shape = one.label
        self.waiting.setdefault(self.sweep.shelves[scenario][shape], []).append(one)
        held = sum(len(each.runs) for pile in self.waiting.values() for each in pile)
        if held >= KEEP_RUNS or time.monotonic() - self.since >= KEEP_S:
            self.clear()

    def clear(self) -> None:
        """Bring all that waits to the disk, and note in the register where it lies."""
        with undisturbed():
            self._clear()

    def _clear(self) -> None:
        register, parts = self.sweep.register, self.sweep.parts
        for shelf in list(self.waiting):
            pile = self.waiting.pop(shelf)
            runs = np.concatenate([one.runs for one in pile])
            group = register.group[runs]
            failures = [failure for one in pile for failure in one.failures]
            page = Page(
                register.keys[group],
                np.concatenate([one.outcomes for one in pile]),
                failures,
                {name: np.concatenate([one.series[name] for one in pile]) for name in shelf.series},
            )
            path = shelf.keep(page)
            failed = np.array([failure is not None for failure in failures], dtype=bool)
            register.note(group, len(parts), np.arange(len(runs)), failed)
            parts.append(path)
        self.since = time.monotonic()
