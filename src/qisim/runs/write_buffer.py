"""The write buffer of a sweep: finished runs waiting to be written to disk."""

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
"""Seconds after which finished runs are flushed to disk; at most these are lost to a `kill -9`."""
KEEP_RUNS = 1 << 14


class WriteBuffer:
    """Buffer of finished runs, flushed to disk every second, partition by partition."""

    def __init__(self, sweep: Sweep) -> None:
        self.sweep = sweep
        self.waiting: dict[Partition, list[ChunkResult]] = {}
        self.since = time.monotonic()

    def take(self, one: ChunkResult) -> None:
        """Add the result of a chunk."""
        scenario, shape = one.label
        self.waiting.setdefault(self.sweep.partitions[scenario][shape], []).append(one)
        held = sum(len(each.runs) for pile in self.waiting.values() for each in pile)
        if held >= KEEP_RUNS or time.monotonic() - self.since >= KEEP_S:
            self.clear()

    def clear(self) -> None:
        """Flush the buffer to disk, and note in the run index where the runs lie."""
        with undisturbed():
            self._clear()

    def _clear(self) -> None:
        register, parts = self.sweep.register, self.sweep.parts
        for partition in list(self.waiting):
            pile = self.waiting.pop(partition)
            runs = np.concatenate([one.runs for one in pile])
            group = register.group[runs]
            failures = [failure for one in pile for failure in one.failures]
            page = Page(
                register.keys[group],
                np.concatenate([one.outcomes for one in pile]),
                failures,
                {
                    name: np.concatenate([one.series[name] for one in pile])
                    for name in partition.series
                },
            )
            path = partition.keep(page)
            failed = np.array([failure is not None for failure in failures], dtype=bool)
            register.note(group, len(parts), np.arange(len(runs)), failed)
            parts.append(path)
        self.since = time.monotonic()
