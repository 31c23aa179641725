"""Pairs of worlds that differ in one thing, lived through on the compiled engine with common random numbers."""

from functools import lru_cache

import numpy as np
from worlds import series

import qisim
from qisim.engines.compiled import simulate

REPLICATES = 64


@lru_cache(maxsize=256)
def lived(scenario):
    """Return the weekly series of a scenario, each of shape (weeks, replicates)."""
    return series(scenario, REPLICATES, 1, simulate)


def world(case="internal", **changes):
    """Return a shipped scenario with some values changed."""
    return qisim.load(case, changes)


def mean(scenario, name, begin=0, end=None):
    """Return the mean of a series over some weeks, per replicate."""
    return lived(scenario)[name][begin:end].mean(axis=0)


def moves(base, changes, name, sign, begin=0, end=None):
    """Say whether changes move the mean of a series in a direction, far from the edge."""
    delta = mean(base.replace(changes), name, begin, end) - mean(base, name, begin, end)
    error = delta.std(ddof=1) / np.sqrt(delta.size)
    assert sign * delta.mean() > 5.0 * error, (delta.mean(), error)


def nothing_changes(base, changes, but=()):
    """Say whether changes leave every number of every series as it is, but for those named."""
    one, other = lived(base), lived(base.replace(changes))
    assert [name for name in one if not np.array_equal(one[name], other[name])] == list(but)


NOTHING_ENDS_IT = {"new_aims": 0.0, "crisis_drop": 0.0, "faded_at": 0.0}
"""No unit ever stops."""

EVERY_WEEK = [
    {"kind": "seminar", "week": 1, "hours": 1.0, "every": 1, "until": 50, "audience": "staff",
     "led_by": "nobody", "protected": 1.0},
]  # fmt: skip
"""A course every week that costs the shift nothing."""
