"""Pages of made-up runs, to be kept in a store."""

import numpy as np
from studies import BASE

from qisim.model.outcomes import OUTCOMES
from qisim.runs.store import run_keys
from qisim.runs.store_format import Page

KERNEL = "qisim.engines.compiled"


def keys(numbers):
    """Return keys that stand for some numbers."""
    rows = np.asarray(numbers, dtype=float)[:, None]
    return run_keys("partition", rows, np.arange(len(rows)), np.zeros(len(rows), dtype=np.int64))


def page(numbers, series=False):
    """Return finished runs whose outcomes are their number; every third has failed."""
    numbers = np.asarray(numbers, dtype=float)
    outcomes = np.repeat(numbers[:, None], len(OUTCOMES), axis=1)
    failed = numbers % 3 == 2
    outcomes[failed] = np.nan
    outcomes[:, 4] = np.nan  # an outcome may be missing
    failures = [f"run {n:g} broke" if bad else None for n, bad in zip(numbers, failed, strict=True)]
    weekly = {
        "adoption": np.repeat(numbers[:, None], BASE["run"]["weeks"], axis=1).astype(np.float32)
    }
    return Page(keys(numbers), outcomes, failures, weekly if series else {})
