"""Diagnostics of a calibration: coverage of its intervals, and whether the model can give such data.

Simulated sites, whose parameters are known, are calibrated as if they were not. The ranks of the true
values must be uniform: over all of the prior (Talts et al., arXiv:1804.06788) and near the data
(Prangle et al., Aust N Z J Stat 2014;56:309-329).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from qisim.calibration.posterior import Array, ReferenceTable, Whole
from qisim.numerics import normal_quantile

LEVELS = (0.5, 0.8, 0.95)
"""Levels of the intervals that are checked."""
IMPOSSIBLE, STRAINED = 0.01, 0.05
"""Chance of figures as odd as the site's, below which the model cannot give them, or hardly can."""
FEWEST_CHECKS = 50
"""Checked sites below which no interval is widened after them."""


@dataclass(frozen=True)
class Check:
    """Simulated sites, calibrated as if their parameters were not known.

    Attributes
    ----------
    ranks : ndarray, shape (sites, parameters)
        Share of each posterior below the true value; uniform where intervals are honest.
    surprises : ndarray, shape (sites,)
        As of `ReferenceTable.surprise`.
    """

    ranks: Array
    surprises: Array


def check_near(table: ReferenceTable, place: Array, number: int) -> Check:
    """Calibrate the simulated sites most like the one in question, each left out of the table."""
    if not number:
        return Check(np.empty((0, table.scores.shape[1])), np.empty(0))
    chosen, _ = table.nearest(place, min(number, len(table.scores)))
    return _checked(table, table.places[chosen], table.scores[chosen], table.shares[chosen], chosen)


def check_fresh(table: ReferenceTable, shares: Array, scores: Array) -> Check:
    """Calibrate sites that are not in the table: simulation-based calibration over all of the prior.

    Parameters
    ----------
    table : ReferenceTable
    shares : ndarray, shape (sites, rows)
        What was counted in the fresh sites.
    scores : ndarray, shape (sites, parameters)
        Their true parameters.
    """
    return _checked(table, table.summaries.of(shares), scores, shares, None)


def _checked(
    table: ReferenceTable, places: Array, scores: Array, shares: Array, own: Whole | None
) -> Check:
    ranks, surprises = np.empty_like(scores), np.empty(len(scores))
    for row, (place, truth, share) in enumerate(zip(places, scores, shares, strict=True)):
        posterior = table.posterior(place, None if own is None else int(own[row]))
        ranks[row], surprises[row] = posterior.below(truth), table.surprise(share, posterior)
    return Check(ranks, surprises)


def coverage(ranks: Array, groups: Mapping[str, npt.NDArray[np.bool_]]) -> pd.DataFrame:
    """Return the coverage of the intervals.

    Parameters
    ----------
    ranks : ndarray, shape (sites, parameters)
        As in `Check`.
    groups : mapping of str to ndarray of bool, shape (parameters,)
        Parameters that are reported together.

    Returns
    -------
    DataFrame
        A row per group and level: ``group``, ``parameters``, ``level``, ``held`` (share of
        intervals that held the true value), ``error`` (its standard error; parameters of one site
        are not taken to be independent), ``honest`` (whether held and level differ by no more than
        three errors).
    """
    inside = np.abs(ranks - 0.5)
    rows = []
    for group, members in groups.items():
        for level in LEVELS if members.any() and len(ranks) > 1 else ():
            by_site = (inside[:, members] <= level / 2.0).mean(axis=1)
            held, error = by_site.mean(), by_site.std(ddof=1) / np.sqrt(len(ranks))
            least = np.sqrt(level * (1.0 - level) / (len(ranks) * members.sum()))
            error = max(error, least)
            honest = abs(held - level) <= 3.0 * error
            rows.append((group, int(members.sum()), level, held, error, honest))
    names = ("group", "parameters", "level", "held", "error", "honest")
    return pd.DataFrame(rows, columns=list(names))


def fit_p_value(surprise: float, check: Check, rarity: float) -> float:
    """Return how often data from the model are as unusual as the site's.

    Parameters
    ----------
    surprise : float
        As of `ReferenceTable.surprise`.
    check : Check
        Sites like this one, which say how large it usually is.
    rarity : float
        As of `ReferenceTable.rarity`; it is all there is where no site was checked.
    """
    if not len(check.surprises):
        return rarity
    odd = (1.0 + (check.surprises >= surprise).sum()) / (1.0 + len(check.surprises))
    return float(min(1.0, 2.0 * min(odd, rarity)))


def widening(ranks: Array) -> Array:
    """Return by what intervals must be widened to be honest in the sites that were checked.

    At least 1, by column: the spread of the normal scores of the ranks, which is 1 where intervals
    are honest. (After Rodrigues, Prangle & Sisson, Comput Stat Data Anal 2018, who recalibrate a
    sample by sites like the one in question.)

    Parameters
    ----------
    ranks : ndarray, shape (sites, columns)
    """
    if len(ranks) < FEWEST_CHECKS:
        return np.ones(ranks.shape[1])
    edge = 0.5 / len(ranks)
    scores = normal_quantile(np.clip(ranks, edge, 1.0 - edge))
    return np.maximum(1.0, np.sqrt(np.mean(scores**2, axis=0)))
