"""From simulated sites to the posterior of a site's parameters, by approximate Bayesian computation.

There is no likelihood to write down, but there is a simulator that is quick. So many sites are drawn
from the declared ranges and simulated once (the *reference table*), what would have been counted in
each is worked out, and those that look like the site in question are kept and corrected:

1. what the counts tell about each parameter is learned by ridge regression on the whole table, and
   its few main directions are the summaries by which sites are compared (semi-automatic approximate
   Bayesian computation: Fearnhead & Prangle, J R Stat Soc B 2012;74:419-474);
2. the nearest sites are kept, nearer ones with more weight, and their parameters are moved along a
   local linear regression to where the site is (Beaumont, Zhang & Balding, Genetics
   2002;162:2025-2035). Each residual is the one that its site would have if it were left out of the
   regression, so that the spread is not too small.

Whether the intervals that come of it are honest is measured in `qisim.calibration.diagnostics`. Nothing here
runs the model.

Parameters are handled as *scores*: the normal quantile of the share of the prior below a value. A score
has prior mean 0 and standard deviation 1, whatever the parameter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from qisim.numerics import (
    eigen,
    interpolated,
    log,
    normal_quantile,
    normal_share,
    product,
    pseudo_inverse,
    single,
    solved,
    weighted_sum,
)

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

MOST_BINS = 40
"""Most bins into which rows are aggregated before the regression."""
DIRECTIONS = 4
"""Most summaries; more of them make nearness mean less."""
RIDGE = 0.15
"""Ridge penalty per site of the table, for features of unit variance."""
KEPT = 0.15
"""Share of the table that is kept as being like the site."""
FEWEST_KEPT = 200
INTERVAL = 0.95
FAMILY = 0.05
"""Chance that the data are said to speak about any parameter where they speak about none."""
SHUFFLES = 200
AT_ONCE = 60_000
"""Numbers of shuffles that are worked on together."""
NEIGHBOURS = 20
"""Sites whose distance says how rare figures like these are in the model."""
HALF_PERSON = 0.5
"""Counts are whole people, so two that differ by less do not differ."""


def scores_of(unit: Array) -> Array:
    """Return the scores of points in the unit cube; never infinite."""
    tiny = np.finfo(np.float64).eps
    return normal_quantile(np.clip(unit, tiny, 1.0 - tiny))


def shares_below(scores: Array) -> Array:
    """Return the share of the prior below some scores."""
    return normal_share(scores)


def ranked(values: Array, rng: np.random.Generator) -> Array:
    """Return the scores of values by their rank; ties are broken at random."""
    order = np.lexsort((rng.random(len(values)), values))
    rank = np.empty(len(values))
    rank[order] = np.arange(len(values))
    return scores_of((rank + 0.5) / len(values))


# --- summaries -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Summaries:
    """What is compared between two sites: a few directions in which counts tell about parameters.

    Attributes
    ----------
    begins : ndarray of int, shape (bins,)
        First row of each bin.
    used : ndarray of bool, shape (features,)
        Features that differ between sites at all.
    centre, spread : ndarray, shape (used features,)
    directions : ndarray, shape (used features, summaries)
    """

    begins: Whole
    used: npt.NDArray[np.bool_]
    centre: Array
    spread: Array
    directions: Array

    def of(self, shares: Array) -> Array:
        """Return the summaries of counted shares, shape (sites, rows); each of unit variance."""
        features = _features(shares, self.begins)[:, self.used]
        return product((features - self.centre) / self.spread, self.directions)


def learned_summaries(shares: Array, scores: Array) -> Summaries:
    """Learn which directions of the counts tell about the parameters.

    Parameters
    ----------
    shares : ndarray, shape (sites, rows)
        What would have been counted.
    scores : ndarray, shape (sites, parameters)
    """
    rows = shares.shape[1]
    begins = np.arange(0, rows, -(-rows // MOST_BINS))
    features = _features(shares, begins)
    used = features.std(axis=0) > 1e-9
    features = features[:, used]
    centre, spread = features.mean(axis=0), features.std(axis=0)
    if not used.any():  # nothing that is counted depends on anything
        return Summaries(begins, used, centre, spread, np.empty((0, 0)))
    standard = (features - centre) / spread
    alike = product(standard.T, standard)
    penalty = RIDGE * len(shares) * np.eye(len(alike))
    slope = solved(alike + penalty, product(standard.T, scores - scores.mean(axis=0)))
    number = min(DIRECTIONS, scores.shape[1], int(used.sum()))
    variances, main = eigen(product(slope.T, product(alike, slope)) / (len(shares) - 1))
    size = np.sqrt(np.maximum(variances[:number], 0.0))
    fine = size > 1e-6 * size[0]
    directions = product(slope, main[:, :number][:, fine]) / size[fine]
    return Summaries(begins, used, centre, spread, directions)


def _features(shares: Array, begins: Whole) -> Array:
    """Return binned shares, their squares and their roots."""
    ends = np.append(begins[1:], shares.shape[1])
    binned = np.add.reduceat(shares, begins, axis=1) / (ends - begins)
    return np.hstack([binned, binned**2, np.sqrt(binned)])


# --- the posterior ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Posterior:
    """A weighted sample of the posterior of the site's parameters.

    Attributes
    ----------
    scores : ndarray, shape (kept, parameters)
    weights : ndarray, shape (kept,)
        Add up to 1.
    chosen : ndarray of int, shape (kept,)
        The sites of the table that were kept.
    design : ndarray, shape (kept, 1 + summaries)
        What the correction regressed on.
    """

    scores: Array
    weights: Array
    chosen: Whole
    design: Array

    @property
    def mean(self) -> Array:
        """Mean score, by parameter."""
        return weighted_sum(self.weights, self.scores)

    @property
    def sd(self) -> Array:
        """Standard deviation of the scores, by parameter; 1 before the data."""
        return np.sqrt(weighted_sum(self.weights, (self.scores - self.mean) ** 2))

    def below(self, truth: Array) -> Array:
        """Return the share of the posterior below some scores, by parameter."""
        return weighted_sum(self.weights, self.scores < truth)

    def quantiles(self, shares: Sequence[float]) -> Array:
        """Return quantiles of the scores, shape (shares, parameters)."""
        order = np.argsort(self.scores, axis=0, kind="stable")
        ordered = np.take_along_axis(self.scores, order, axis=0)
        weight = self.weights[order]
        middle = np.cumsum(weight, axis=0) - 0.5 * weight
        columns = range(self.scores.shape[1])
        return np.array(
            [interpolated(shares, middle[:, column], ordered[:, column]) for column in columns]
        ).T

    def widened(self, by: Array) -> Posterior:
        """Return the posterior with its spread multiplied, by parameter."""
        scores = self.mean + by * (self.scores - self.mean)
        return Posterior(scores, self.weights, self.chosen, self.design)

    def drawn(self, number: int, rng: np.random.Generator) -> Whole:
        """Return a sample of rows, each as often as its weight says (systematic resampling)."""
        places = (np.arange(number) + rng.random()) / number
        ends = np.cumsum(self.weights)
        return np.minimum(np.searchsorted(ends, places), len(ends) - 1)


@dataclass(frozen=True)
class ReferenceTable:
    """Simulated sites with what would have been counted in each.

    Attributes
    ----------
    scores : ndarray, shape (sites, parameters)
    shares : ndarray, shape (sites, rows)
    observed : ndarray, shape (rows,)
        People who were looked at, by row.
    """

    scores: Array
    shares: Array
    observed: Array

    @cached_property
    def summaries(self) -> Summaries:
        """How sites are compared."""
        return learned_summaries(self.shares, self.scores)

    @cached_property
    def places(self) -> Array:
        """Summaries of all sites."""
        return self.summaries.of(self.shares)

    @cached_property
    def spacing(self) -> Array:
        """How far each site is from the last of its nearest neighbours."""
        from scipy.spatial import KDTree

        if not self.places.shape[1]:  # all sites were counted alike
            return np.zeros(len(self.places))
        away, _ = KDTree(self.places).query(self.places, NEIGHBOURS + 1)  # the first is itself
        found: Array = away[:, -1]
        return found

    @property
    def kept(self) -> int:
        """How many sites are kept as being like the one in question."""
        sites = len(self.scores)
        return min(max(round(KEPT * sites), FEWEST_KEPT), sites - 1)

    def nearest(self, place: Array, number: int, without: int | None = None) -> tuple[Whole, Array]:
        """Return the sites nearest to a place, nearest first, and the squares of their distances.

        Of sites that are equally far the first ones of the table are taken.
        """
        away = ((self.places - place) ** 2).sum(axis=1)
        if without is not None:
            away[without] = np.inf
        chosen = np.argsort(away, kind="stable")[:number]
        return chosen, away[chosen]

    def rarity(self, place: Array) -> float:
        """Return the share of simulated sites that are as far from others as a place is from them.

        It is uniform for the model's own sites; near 0 where parameters within the ranges hardly
        ever give such figures.
        """
        _, away = self.nearest(place, NEIGHBOURS)
        as_far = (self.spacing >= np.sqrt(away.max())).sum()
        return float((1 + as_far) / (1 + len(self.spacing)))

    def posterior(self, place: Array, without: int | None = None) -> Posterior:
        """Return the posterior of the parameters of a site with these summaries.

        Parameters
        ----------
        place : ndarray, shape (summaries,)
        without : int, optional
            A site of the table that is left out: the one in question.
        """
        chosen, away = self.nearest(place, self.kept, without)
        furthest = away.max()
        weights = 1.0 - away / furthest if furthest > 0 else np.ones(len(away))
        weights = weights / weights.sum()
        design = np.column_stack([np.ones(len(chosen)), self.places[chosen] - place])
        scores = correction(weights, design)(self.scores[chosen])
        return Posterior(scores, weights, chosen, design)

    def surprise(self, share: Array, posterior: Posterior) -> float:
        """Return how far counts are from those of the sites that were kept, by row and on average.

        The mean over rows of the squared distance from their mean, in their variances; around 1
        for figures that the model gives.
        """
        held, weights = self.shares[posterior.chosen], posterior.weights
        mean = weighted_sum(weights, held)
        variance = weighted_sum(weights, (held - mean) ** 2) + (HALF_PERSON / self.observed) ** 2
        return float(np.mean((share - mean) ** 2 / variance))


def correction(weights: Array, design: Array) -> Callable[[Array], Array]:
    """Return the regression correction of scores to the site: local linear regression, leave-one-out residuals.

    Parameters
    ----------
    weights : ndarray, shape (kept,)
    design : ndarray, shape (kept, 1 + summaries)
        A one, and the summaries less those of the site.

    Returns
    -------
    callable
        Takes and returns scores, shape (kept, parameters).
    """
    weighted = weights[:, None] * design
    moment = pseudo_inverse(product(design.T, weighted))
    leverage = np.minimum((product(weighted, moment) * design).sum(axis=1), 0.5)
    stretch = (1.0 - leverage)[:, None]

    def corrected(scores: Array) -> Array:
        slope = product(moment, product(weighted.T, scores))
        return np.asarray(slope[0] + (scores - product(design, slope)) / stretch)

    return corrected


# --- what the data say -----------------------------------------------------------------------------


def bits(posterior: Posterior) -> Array:
    """Return the information gained about each parameter, in bits (of a normal score, from the prior)."""
    variance, mean = posterior.sd**2, posterior.mean
    nats = 0.5 * (variance + mean**2 - 1.0 - log(variance))
    return nats / math.log(2.0)


def chance_bits(posterior: Posterior, parameters: int, rng: np.random.Generator) -> Array:
    """Return the apparent information gain if the data were uninformative, shape (shuffles, parameters).

    Parameters that have nothing to do with the data are put in place of those that were kept, and
    corrected in the same way.
    """
    shape, found = (len(posterior.weights), parameters), []
    corrected = correction(posterior.weights, posterior.design)
    some = min(SHUFFLES, max(1, AT_ONCE // max(1, posterior.weights.size * parameters)))
    for begin in range(0, SHUFFLES, some):
        drawn = [rng.standard_normal(shape) for _ in range(min(some, SHUFFLES - begin))]
        scores = corrected(single(np.hstack(drawn)))
        nothing = Posterior(scores, posterior.weights, posterior.chosen, posterior.design)
        found.append(bits(nothing).reshape(-1, parameters))
    return np.concatenate(found)


def describe_posterior(
    posterior: Posterior, names: Sequence[str], rng: np.random.Generator
) -> pd.DataFrame:
    """Summarise the posterior of each parameter, as scores.

    Parameters
    ----------
    posterior : Posterior
    names : sequence of str
        Of the first columns of the posterior; columns beyond them are left out.
    rng : numpy.random.Generator
        For the comparison with what chance gives.

    Returns
    -------
    DataFrame
        A row per parameter: ``parameter``; ``low``, ``median`` and ``high`` (95 % interval, scores);
        ``narrowed`` (1 - posterior over prior standard deviation); ``moved`` (prior standard
        deviations); ``bits``; ``p_value`` (of as many bits where the data know nothing);
        ``speaks`` (whether the bits are more than chance gives to any of the parameters in 95 of
        100 data sets that know nothing).
    """
    number = len(names)
    nothing = chance_bits(posterior, number, rng)
    found = bits(posterior)[:number]
    least = np.quantile(nothing.max(axis=1), 1.0 - FAMILY)
    side = (1.0 - INTERVAL) / 2.0
    low, median, high = posterior.quantiles((side, 0.5, 1.0 - side))[:, :number]
    as_much = (nothing.ravel()[None, :] >= found[:, None]).sum(axis=1)
    return pd.DataFrame(
        {
            "parameter": list(names),
            "low": low, "median": median, "high": high,
            "narrowed": 1.0 - posterior.sd[:number],
            "moved": posterior.mean[:number],
            "bits": found,
            "p_value": (1.0 + as_much) / (1.0 + nothing.size),
            "speaks": found > least,
        }
    )  # fmt: skip
