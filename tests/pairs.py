"""A pair of small scenarios, compared as quickly as can be."""

import pandas as pd
from worlds import small

import qisim

QUICK = {"replicates": 5, "workers": 1}
PAGES = {"figures/adoption.png": b"drawn", "report.html": b"<p>told</p>"}


def pair(**options):
    return qisim.compare(small(), small(pressure=1.2), **{**QUICK, **options})


def same(one, other):
    pd.testing.assert_frame_equal(one.runs, other.runs, check_exact=True)
    pd.testing.assert_frame_equal(one.weekly, other.weekly, check_exact=True)
