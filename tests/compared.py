"""Comparisons of made-up tables, and what is said of a made-up difference."""

import numpy as np
import pandas as pd
from synthetic import tables, weekly_array

from qisim.comparison.basis import basis_of
from qisim.comparison.matters import smallest_differences
from qisim.comparison.paired import Pairs
from qisim.comparison.verdicts import verdict

SMALLEST = smallest_differences()


def run_tables(**scenarios):
    """Return (runs, weekly) of several scenarios; a keyword gives the arguments of its series."""
    made = [tables(name, weekly_array(**how), 26) for name, how in scenarios.items()]
    return tuple(pd.concat(frames, ignore_index=True) for frames in zip(*made, strict=True))


def of(found, outcome):
    return found.set_index("outcome").loc[outcome]


def said(delta, matters=0.05, p=None, undecided=15):
    delta = np.asarray(delta, float)
    pair = Pairs(np.zeros(len(delta)), delta, len(delta))
    basis = basis_of("peak", {"peak": pair}, {"peak": matters})
    return verdict("internal", basis, basis.p if p is None else p, basis.p_equal, (undecided, 1))


def spread_about(mean, spread, n=100):
    """Return values with exactly this mean and standard deviation."""
    values = np.random.default_rng(0).standard_normal(n)
    values = (values - values.mean()) / values.std(ddof=1)
    return mean + spread * values
