"""Uncertainty of the indices, and convergence with the sample size.

* Designs in blocks (Sobol', Morris, Shapley, DGSM): the bootstrap over blocks.
* Points that stand alone (RBD-FAST, delta, PAWN, HDMR): random halves without replacement. Repeated
  points would pass for a pattern; the spread over halves is that of the whole (the delete-half
  jackknife: Shao J, Wu CFJ. Ann Stat 1989;17:1176-1197).
* eFAST: the jackknife over its curves. With one curve there is no interval: resampling pieces of a
  curve, as SALib does, is known not to give one.
* Where all points share their replicates, the luck of the few replicates is common to all blocks and
  the bootstrap over blocks cannot see it; the jackknife over replicates is added, widened as Student's
  distribution with R - 1 degrees of freedom is wider than the normal, for it rests on R values only.
  Two common replicates make one pair, which has no spread: there are no intervals then, and nothing that
  rests on them.

Every way gives draws of all indices together; intervals are the estimate plus and minus 1.96 standard
deviations of the draws, and rank stability is the share of draws in which the top stays the top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from qisim.comparison.paired import ALPHA, t_quantile
from qisim.model.outcomes import Array
from qisim.numerics import product, single
from qisim.sensitivity.block_indices import TERMS, Terms, terms_of
from qisim.sensitivity.given_data import ESTIMATORS
from qisim.sensitivity.replicate_noise import expected_variance, noise_share, variance_terms
from qisim.sensitivity.sample import FEWEST_ALONE, FEWEST_BLOCKS, FEWEST_FOR_HDMR, Sample

RESAMPLES = 1000
HALVES = {"rbd_fast": 100, "delta": 20, "pawn": 20, "hdmr": 20}
"""Random halves; fewer where an estimate takes long."""
FEWEST_POINTS = {"hdmr": FEWEST_FOR_HDMR}
"""Points that a method cannot do without."""
QUANTILE = 1.959963984540054
"""Of the normal distribution, for 95 %."""
TOP = 5
"""Inputs whose order has to be settled."""
WEIGHTS = 1 << 22
"""Weights of resamples that are in memory at once."""
FEWEST_COMMON = 3
"""Common replicates with fewer of which there are no intervals: what others would have given is not known."""
STEPS = 5
"""Sizes of the sample at which convergence is looked at, each half of the next."""


@dataclass(frozen=True)
class Estimate:
    """The indices of one outcome, with their uncertainty.

    Attributes
    ----------
    indices : dict of str to ndarray, shape (inputs,)
        By name; ``S2`` has shape (pairs,).
    draws : dict of str to ndarray, shape (resamples, inputs)
        Around the estimates; empty where nothing can be said.
    variance, share : float
        Variance of the expected outcome; share of noise in the variance of single runs.
    variance_draws, share_draws : ndarray, shape (resamples,)
    noise : float
        Mean variance within a point.
    points_half : float
        Half width of the 95 % interval of `variance` as far as it comes from which points there are,
        whatever the luck of common replicates.
    luck_half : dict of str to ndarray, shape (inputs,)
        Half width of the intervals as far as it comes from few common replicates, which no larger
        sample makes narrower; empty where it is not known.
    """

    indices: dict[str, Array]
    draws: dict[str, Array]
    variance: float
    share: float
    variance_draws: Array
    share_draws: Array
    noise: float
    points_half: float = 0.0
    luck_half: dict[str, Array] = field(default_factory=dict)

    def without_intervals(self) -> Estimate:
        """Return the indices alone: nothing is said of how sure they are."""
        return replace(self, draws={}, luck_half={}, share_draws=np.empty(0))

    def half_width(self, index: str) -> Array:
        """Return half the width of the 95 % intervals of an index; NaN where there is none."""
        return half_width_of(self.draws.get(index), self.indices[index].shape)


def half_width_of(draws: Array | None, shape: tuple[int, ...] = ()) -> Array:
    """Return half the width of 95 % intervals from draws along the first axis."""
    if draws is None or len(draws) < 2:
        return np.full(shape, np.nan)
    return np.asarray(QUANTILE * draws.std(axis=0, ddof=1))


def estimated(design: Sample, values: Array, resamples: int = RESAMPLES) -> Estimate:
    """Return the indices of one outcome and draws around them.

    Parameters
    ----------
    design : Sample
    values : ndarray, shape (points, replicates)
        Finite throughout (`Sample.complete`) and not constant.
    resamples : int, optional
        Of the bootstrap.
    """
    if design.method in TERMS:
        return _from_blocks(design, values, resamples)
    return _from_points(design, values, resamples)


def generator(design: Sample) -> np.random.Generator:
    """Return the chance of all resampling; 0 is a seed like any other."""
    return np.random.default_rng([design.seed, 0x5E45])


# --- designs in blocks -----------------------------------------------------------------------------


def _from_blocks(design: Sample, values: Array, resamples: int) -> Estimate:
    return _put_together(design, values, terms_of(design, values), resamples, _once_from_blocks)


def _once_from_blocks(design: Sample, values: Array) -> dict[str, Array]:
    """Return indices, variance and noise share, once."""
    return _once(terms_of(design, values))


def _once(terms: Terms) -> dict[str, Array]:
    means = terms.means()
    found = {name: one[0] for name, one in terms.indices(means).items()}
    return {**found, "variance": expected_variance(means)[0], "share": noise_share(means)[0]}


def block_weights(blocks: int, resamples: int, chance: np.random.Generator) -> Iterator[Array]:
    """Yield how often each block is drawn, as shares; shape (some resamples, blocks) each."""
    some = max(1, WEIGHTS // blocks)
    for begin in range(0, resamples, some):
        size = min(some, resamples - begin)
        yield chance.multinomial(blocks, np.full(blocks, 1.0 / blocks), size=size) / float(blocks)


def resampled(terms: Terms, resamples: int, chance: np.random.Generator) -> dict[str, Array]:
    """Return the means of bootstrap resamples of blocks, along the first axis."""
    blocks = len(terms.columns["square"])
    parts = [terms.means(weights) for weights in block_weights(blocks, resamples, chance)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


# --- points and curves -----------------------------------------------------------------------------


def _from_points(design: Sample, values: Array, resamples: int) -> Estimate:
    found = ESTIMATORS[design.method](design, values, generator(design))
    parts = design.in_blocks(values) if design.method == "efast" else values[:, None, :]
    draws = (_over_curves if design.method == "efast" else _over_halves)(
        design, values, found, resamples
    )
    terms = Terms(variance_terms(parts), lambda _: {})
    return _put_together(design, values, terms, resamples, _once_from_points, found, draws)


def _once_from_points(design: Sample, values: Array) -> dict[str, Array]:
    """Return indices, variance and noise share, once."""
    parts = design.in_blocks(values) if design.method == "efast" else values[:, None, :]
    others = _once(Terms(variance_terms(parts), lambda _: {}))
    return {**ESTIMATORS[design.method](design, values, generator(design)), **others}


def _over_halves(
    design: Sample, values: Array, found: dict[str, Array], resamples: int
) -> dict[str, Array]:
    """Return draws from random halves of the points; none where a half is too small for the method."""
    chance, half = generator(design), len(values) // 2
    if half < FEWEST_POINTS.get(design.method, 2):
        return {}
    again = []
    for _ in range(HALVES[design.method]):
        pick = np.sort(chance.permutation(len(values))[:half])
        again.append(ESTIMATORS[design.method](design.only(pick), values[pick], chance))
    return _around(found, _spread(again), chance, resamples, 1.0 / np.sqrt(len(again) - 1.0))


def _over_curves(
    design: Sample, values: Array, found: dict[str, Array], resamples: int
) -> dict[str, Array]:
    """Return draws from the jackknife over curves; none with fewer than three of them."""
    curves = np.arange(design.blocks)
    if len(curves) < 3:
        return {}
    shaped, without = design.in_blocks(values), []
    for left_out in curves:
        kept = curves != left_out
        part = shaped[kept].reshape(-1, values.shape[1])
        without.append(ESTIMATORS["efast"](design.only(kept), part, generator(design)))
    return _around(found, _spread(without), generator(design), resamples, _jackknife(len(curves)))


# --- what both do ----------------------------------------------------------------------------------


def _put_together(
    design: Sample,
    values: Array,
    terms: Terms,
    resamples: int,
    once: Callable[[Sample, Array], dict[str, Array]],
    found: dict[str, Array] | None = None,
    draws: dict[str, Array] | None = None,
) -> Estimate:
    """Return an estimate with its draws, the luck of common replicates added."""
    whole, again = terms.means(), resampled(terms, resamples, generator(design))
    found = {name: one[0] for name, one in terms.indices(whole).items()} if found is None else found
    draws = terms.indices(again) if draws is None else draws
    others = {"variance": expected_variance(again), "share": noise_share(again)}
    points_half, luck = float(half_width_of(others["variance"])), {}
    if design.common and draws:
        luck = _noise_of_replicates(design, values, once, resamples)
        draws = {name: draw + luck.get(name, 0.0) for name, draw in draws.items()}
        others = {name: draw + luck.get(name, 0.0) for name, draw in others.items()}
    return Estimate(
        found, draws, float(expected_variance(whole)[0]), float(noise_share(whole)[0]),
        others["variance"], others["share"], float(whole["noise"][0]), points_half,
        {name: half_width_of(each) for name, each in luck.items()},
    )  # fmt: skip


def _noise_of_replicates(
    design: Sample,
    values: Array,
    once: Callable[[Sample, Array], dict[str, Array]],
    resamples: int,
) -> dict[str, Array]:
    """Return what the luck of few common replicates does, as the jackknife over them sees it.

    Nothing where fewer than three are there: two replicates make one pair, which has no spread.
    """
    replicates, without = values.shape[1], []
    for left_out in range(replicates if replicates > 2 else 0):
        without.append(once(design, np.delete(values, left_out, axis=1)))
    if not without:
        return {}
    chance, nothing = np.random.default_rng([design.seed, 0x10C4]), _spread(without)
    middle = {name: np.zeros(each.shape[1:]) for name, each in nothing.items()}
    luck = _around(middle, nothing, chance, resamples, _jackknife(replicates))
    # intervals are wider by what is not known of the spread; of the variance one standard error is asked
    wider = t_quantile(ALPHA, replicates) / QUANTILE
    return {name: each if name == "variance" else wider * each for name, each in luck.items()}


def _jackknife(parts: int) -> float:
    """Return the factor of the jackknife for the spread over left-out parts."""
    return float(np.sqrt((parts - 1.0) / parts))


def _spread(again: list[dict[str, Array]]) -> dict[str, Array]:
    """Return how each of several estimates differs from their mean; shape (estimates, ...)."""
    stacked = {name: np.array([one[name] for one in again]) for name in again[0]}
    return {name: each - each.mean(axis=0) for name, each in stacked.items()}


def _around(
    found: dict[str, Array], spread: dict[str, Array], chance: np.random.Generator,
    resamples: int, scale: float,
) -> dict[str, Array]:  # fmt: skip
    """Return normal draws around estimates that spread as several of them do, all indices together."""
    parts = len(next(iter(spread.values())))
    luck = scale * single(chance.standard_normal((resamples, parts)))
    return {
        name: found[name]
        + product(luck, each.reshape(parts, -1)).reshape(resamples, *each.shape[1:])
        for name, each in spread.items()
    }


# --- converged or not ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Settled:
    """Whether the top of a ranking is settled.

    Attributes
    ----------
    top : list of int
        Inputs with the highest main index, best first.
    same_set, same_order : float
        Share of draws in which the same inputs, or the same in the same order, are at the top; NaN
        without draws.
    half_width : float
        Widest half interval among them.
    """

    top: list[int] = field(default_factory=list)
    same_set: float = np.nan
    same_order: float = np.nan
    half_width: float = np.nan


def settled(estimate: Estimate, index: str, top: int = TOP) -> Settled:
    """Return the stability of the top of the ranking by an index."""
    order = ranking(estimate.indices[index])[:top]
    if not len(order):
        return Settled()
    widths, draws = estimate.half_width(index)[order], estimate.draws.get(index)
    if draws is None:
        return Settled([int(i) for i in order], half_width=float(widths.max()))
    again = falling(draws)[:, : len(order)]
    same_set = (np.sort(again, axis=1) == np.sort(order)).all(axis=1).mean()
    same_order = (again == order).all(axis=1).mean()
    return Settled([int(i) for i in order], float(same_set), float(same_order), float(widths.max()))


def ranking(index: Array) -> npt.NDArray[np.int64]:
    """Return inputs by falling index; those without a value are left out."""
    order = falling(index)
    return order[~np.isnan(index[order])]


def falling(index: Array) -> npt.NDArray[np.int64]:
    """Return the order from high to low along the last axis; missing comes last."""
    return np.argsort(np.where(np.isnan(index), np.inf, -index), axis=-1, kind="stable")


def nested(
    design: Sample, values: Array, of: Callable[[Sample, Array], Estimate] = estimated
) -> Iterator[tuple[int, Estimate]]:
    """Yield the estimates from ever larger first parts of the sample, each half of the next.

    Yields
    ------
    blocks : int
        Blocks used, at last half of them.
    estimate : Estimate
    """
    sizes = {design.blocks >> step for step in range(1, STEPS)}
    for blocks in sorted(size for size in sizes if size >= max(FEWEST_BLOCKS, _fewest(design))):
        first = np.arange(blocks)
        part = design.in_blocks(values)[first].reshape(-1, values.shape[1])
        yield blocks, of(design.only(first), part)


def _fewest(design: Sample) -> int:
    """Return the fewest blocks at which an estimate with its interval is worth a look."""
    return (
        dict.fromkeys(("rbd_fast", "delta", "pawn"), FEWEST_ALONE) | {"hdmr": 2 * FEWEST_FOR_HDMR}
    ).get(design.method, FEWEST_BLOCKS)
