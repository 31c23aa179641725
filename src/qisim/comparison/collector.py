"""What the runs of one scenario have given so far."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from qisim.runs.scenario_store import Finished

Array = npt.NDArray[np.float64]


@dataclass
class Collector:
    """What the runs of one scenario have given so far."""

    replicates: list[int] = field(default_factory=list)
    weekly: list[Array] = field(default_factory=list)
    outcomes: list[Array] = field(default_factory=list)
    failures: dict[int, str] = field(default_factory=dict)
    stored: list[int] = field(default_factory=list)

    def add(self, answer: Finished) -> None:
        """Add the results of some runs."""
        if answer.failure is not None:
            self.failures[int(answer.batch.replicates[0])] = answer.failure
            return
        self.replicates += answer.batch.replicates.tolist()
        if answer.stored:
            self.stored += answer.batch.replicates.tolist()
        self.weekly.append(answer.weekly)
        self.outcomes.append(answer.outcomes)

    @property
    def done(self) -> frozenset[int]:
        """Replicates that are finished or have failed."""
        return frozenset(self.replicates) | frozenset(self.failures)

    def only(self, shared: frozenset[int]) -> Collector:
        """Return the collector without the replicates that some scenario has not finished."""
        sizes = np.cumsum([0, *(page.shape[2] for page in self.weekly)])
        parts = [self.replicates[a:b] for a, b in zip(sizes, sizes[1:], strict=False)]
        keep = [np.array([replicate in shared for replicate in part], bool) for part in parts]
        return Collector(
            [replicate for replicate in self.replicates if replicate in shared],
            [page[:, :, k] for page, k in zip(self.weekly, keep, strict=True)],
            [page[k] for page, k in zip(self.outcomes, keep, strict=True)],
            {replicate: why for replicate, why in self.failures.items() if replicate in shared},
        )
