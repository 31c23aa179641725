"""The tables of the compiled engine: records that hold a number for each lane, and rows that all share."""

from __future__ import annotations

import numpy as np

from qisim.model import draws, records
from qisim.model import site as world
from qisim.model.coefficients import COEFFICIENTS, TEACHES
from qisim.model.outcomes import WEEKLY

LANES = 16


def lanes(*names: str) -> np.dtype:
    """Return a record type with these names, each holding one number per lane."""
    return np.dtype([(name, np.float64, (LANES,)) for name in names], align=True)


PERSON, TEAM, SITE = (lanes(*fields) for fields in (records.PERSON, records.TEAM, records.SITE))
UNIT = np.dtype(
    [("held", np.float64, (4, LANES)), *((name, np.float64, (LANES,)) for name in records.UNIT)],
    align=True,
)
WEEK = lanes(*WEEKLY)
CHANCE = lanes(*draws.DECISIONS)
FATE = lanes(*draws.UNIT_DECISIONS)
BLOCK = lanes("first", "second", "third", "fourth")
COEFFICIENT = np.dtype(
    [
        *((name, np.float64, (LANES,)) for name in COEFFICIENTS if name not in TEACHES),
        ("teaches", np.float64, (len(TEACHES), LANES)),
    ],
    align=True,
)
KEY = np.dtype([("low", np.uint64, (LANES,)), ("high", np.uint64, (LANES,))], align=True)
SHAPE = np.dtype(
    [(name, np.int64) for name in ("units", "teams", "staff", "leaders", "weeks", "lived")],
    align=True,
)
"""How large the site is, up to which week it is run, and how many weeks it has lived through already."""
CALENDAR = np.dtype(
    [
        (name, np.float64)
        for name in (
            "running",
            "facilitator",
            "phase",
            "years",
            "quarter",
            "demand",
            *world.LEAD_NAMES,
        )
    ],
    align=True,
)
"""One row per week: what the week brings to the whole site."""
