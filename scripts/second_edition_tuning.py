"""The numbers of the second edition's tuning patterns under one set of strengths, for `choose_base.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from second_edition import (
    OWN,
    QUARTER,
    at_sites,
    end_of,
    fates,
    last_quarter,
    one_day,
    runs,
    scenario,
    tipped,
)  # fmt: skip

from qisim.comparison.layers import components_of


@dataclass(frozen=True)
class Asked:
    """A number of a tuning pattern, as `scripts/choose_base.py` reads it."""

    name: str
    label: str
    unit: str
    low: float
    high: float
    source: float | None = None


QUANTITIES = (
    ("S1", Asked("spread", "use, standard deviation over sites", "share", 0.20, 0.36, 0.28)),
    ("S2", Asked("going_on", "sites that go on five years after the end", "share", 0.15, 0.70)),
    (
        "S2",
        Asked("stopped", "sites that have stopped five years after the end", "share", 0.15, 0.85),
    ),
    ("S4", Asked("lost", "use lost within a year of the end", "share", 0.15, 0.55, 1 / 3)),
    ("S6", Asked("reach", "staff who came to an activity", "share", 0.50, 0.80)),
    (
        "S8",
        Asked("tips", "runs in which a trained quarter carries others along", "share", 0.0, 0.9),
    ),
    ("S19", Asked("drift", "rise of use without a programme", "share", -0.05, 0.12)),
)
"""Numbers of the tuning patterns under one set; S8 asks for a share of sets, here it is of runs."""
FEW_SITES, FEW_EACH, FEW_RUNS = 64, 2, 32


def tuning_numbers(values: Mapping[str, float]) -> list[float]:
    """Return the numbers of `QUANTITIES` under some values."""
    OWN.clear()
    OWN.update(values)
    one = scenario("internal", run__weeks=520)
    weekly = at_sites(one, FEW_SITES, FEW_EACH)
    before = last_quarter(one, weekly["use"])
    between = components_of(before, np.repeat(np.arange(FEW_SITES), FEW_EACH)).between
    going, stopped = fates(one, weekly["use"], FEW_EACH)
    outside = scenario("external")
    use, end = at_sites(outside, FEW_SITES, 1)["use"].mean(axis=1), end_of(outside) + 1
    drift = runs(scenario("no-programme", site__baseline=0.2), FEW_RUNS)["use"].mean(axis=1)
    return [
        float(np.sqrt(between)), going, stopped,
        float(1.0 - use[end + 48 : end + 52].mean() / max(use[end - 4 : end].mean(), 1e-9)),
        float(weekly["trained"][end_of(one)].mean()),
        float(tipped(runs(one_day(), FEW_RUNS)["use"]).mean()),
        float(drift[143:156].mean() - drift[:QUARTER].mean()),
    ]  # fmt: skip
