"""One run, person by person: the state of every post, week by week, in the Mesa engine.

Sweeps store no individuals; a story needs them. `trace` runs the Mesa model once and records
everybody's levels at the end of each week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.model.calendar import ACTIVITY_KINDS
from qisim.model.site import World, build
from qisim.scenario.scenario import Scenario

LEVELS = (
    "in_post", "absent", "before", "used", "routine", "took_part", "trained", "habit", "competence",
    "attention", "ownership", "dedication", "engagement", "involvement", "relevance", "strain",
    "programme_hours", "room", "support", "seen", "dropped",
)  # fmt: skip
"""The levels recorded of a person: traits and actions, the slack, support and example they meet,
and whether their unit has dropped the practice.
"""


@dataclass(frozen=True)
class Trace:
    """One run, person by person.

    Attributes
    ----------
    scenario : Scenario
    site : World
    levels : ndarray of float, shape (weeks, posts, len(LEVELS))
        At the end of each week, week 1 first; posts unit after unit.
    """

    scenario: Scenario
    site: World
    levels: npt.NDArray[np.float64]

    @property
    def weeks(self) -> int:
        """Weeks of the run."""
        return len(self.levels)

    @property
    def posts(self) -> int:
        """Staff posts of the site."""
        return int(self.levels.shape[1])

    def of(self, level: str) -> npt.NDArray[np.float64]:
        """Return one level of everybody, shape (weeks, posts)."""
        found: npt.NDArray[np.float64] = self.levels[:, :, LEVELS.index(level)]
        return found

    def held(self, week: int) -> list[tuple[str, float]]:
        """Return the activities for staff that are held in a week (from 1): kind and hours."""
        rows = self.site.activities[self.site.first[week] : self.site.first[week + 1]]
        return [
            (ACTIVITY_KINDS[int(row["kind"])], float(row["hours"]))
            for row in rows
            if row["for_staff"] > 0.5
        ]


def trace(scenario: Scenario, seed: int, replicate: int) -> Trace:
    """Run the Mesa model once and record everybody's levels.

    Parameters
    ----------
    scenario : Scenario
    seed, replicate : int
        Fix all chance.
    """
    from qisim.engines.mesa_model import CareUnit

    model = CareUnit(scenario, replicate=replicate, seed=seed)
    weeks, posts = model.world.weeks, model.world.staff_posts
    levels = np.zeros((weeks, posts, len(LEVELS)))
    for week in range(weeks):
        model.step()
        levels[week] = [_levels(one) for unit in model.units for one in unit.staff]
    return Trace(scenario, build(scenario), levels)


def _levels(person: Any) -> Sequence[float]:
    """Return the levels recorded of a person; all 0 for a vacant post."""
    if person.in_post < 0.5:
        return [0.0] * len(LEVELS)
    own = [float(getattr(person, name, 0.0)) for name in LEVELS[:-1]]
    return [*own, float(person.unit.stopped)]
