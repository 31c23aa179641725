"""What to count next: by how much a further month's count would narrow what is to come of a site.

No run is made for it. The sites that are like this one, moved to where it is and weighted as in the posterior,
say how use in each month to come hangs together with routine use in the last week. Who counted that month
would know the latter by so much better: of two numbers that hang together as normal ones do, with correlation
r, knowing one leaves the other the share sqrt(1 - r^2) of its spread, whatever is counted (Bayes linear
methods: Goldstein & Wooff 2007). It is of a count that finds all users, and of one month at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from qisim.calibration.posterior import Posterior, correction, ranked
from qisim.calibration.sites import Sites
from qisim.numerics import weighted_sum

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]

MONTH = 4
"""Weeks of a month that might be counted."""
HALF = 0.5


def what_next(
    posterior: Posterior, sites: Sites, last: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return by how much a count of each month to come would narrow the outlook.

    Parameters
    ----------
    posterior : Posterior
        Its last columns are of what is to come, routine use in the last week first.
    sites : Sites
        All sites of the table.
    last : int
        Week of the last count.
    rng : Generator
        Tells ties apart.

    Returns
    -------
    DataFrame
        ``first_week``, ``last_week``, ``correlation``, and ``would_narrow``: one less the standard deviation
        after such a count over that without it.
    """
    import pandas as pd

    corrected, use = correction(posterior.weights, posterior.design), sites.use
    end, rows = posterior.scores[:, -len(sites.outlook(last))], []
    for begin in range(last, use.shape[1] - MONTH + 1, MONTH):
        month = use[:, begin : begin + MONTH].mean(axis=1, dtype=np.float64)
        scores = corrected(ranked(month, rng)[posterior.chosen][:, None])[:, 0]
        r = weighted_correlation(posterior.weights, scores, end)
        rows.append((begin + 1, begin + MONTH, r, 1.0 - float(np.sqrt(1.0 - r * r))))
    return pd.DataFrame(rows, columns=["first_week", "last_week", "correlation", "would_narrow"])


def weighted_correlation(weights: Array, one: Array, other: Array) -> float:
    """Return the correlation of weighted values; 0 where either does not vary."""
    one, other = (values - weighted_sum(weights, values) for values in (one, other))
    both, a, b = (
        float(weighted_sum(weights, x * y)) for x, y in ((one, other), (one, one), (other, other))
    )
    return max(-1.0, min(1.0, both / float(np.sqrt(a * b)))) if a > 0 and b > 0 else 0.0


def sentence(table: pd.DataFrame, what: str) -> str:
    """Say what counting the next month would bring, and which month is the first to halve the doubt.

    Parameters
    ----------
    table : DataFrame
        As from `what_next`, a row at least.
    what : str
        What is to be known.
    """
    first = table.iloc[0]
    said = (
        f"To know {what} better: {_month(first)} would narrow its spread by about {_share(first)} %"
    )
    enough = table[table["would_narrow"] >= HALF]
    if not len(enough):
        most = int(table["would_narrow"].to_numpy().argmax())
        rest = "no single month would halve it"
        later = (
            f"; {_month(table.iloc[most])} by most, {_share(table.iloc[most])} %" if most else ""
        )
        return f"{said}{later}; {rest}."
    if enough.index[0] == table.index[0]:
        return f"{said}."
    return f"{said}; the first to halve it is {_month(enough.iloc[0])}."


def _month(row: pd.Series) -> str:
    return f"a count in weeks {int(row['first_week'])} to {int(row['last_week'])}"


def _share(row: pd.Series) -> str:
    return f"{100 * row['would_narrow']:.0f}"
