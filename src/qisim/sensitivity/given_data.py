"""Sensitivity indices of designs whose points stand alone, and of search curves: SALib's estimators.

* RBD-FAST: Tarantola S et al. Reliab Eng Syst Saf 2006;91:717-727, corrected for bias after
  Tissot JY, Prieur C. Reliab Eng Syst Saf 2012;107:205-213.
* eFAST: Saltelli A et al. Technometrics 1999;41:39-56.
* delta: Borgonovo E. Reliab Eng Syst Saf 2007;92:771-784; estimated and its bias reduced after
  Plischke E et al. Eur J Oper Res 2013;226:536-550.
* PAWN: Pianosi F, Wagener T. Environ Model Softw 2018;108:197-207.
* HDMR: Li G et al. J Phys Chem A 2010;114:6022-6032.

Spectra and variances are quadratic in the outcomes, so noise is taken out of RBD-FAST, eFAST and HDMR
(`qisim.sensitivity.replicate_noise`). Delta and PAWN are distances between distributions, from which
noise cannot be taken
out; they are of the means over replicates, and beside them stands the floor: what the input would show
at the same points if it had no effect (after the dummy parameter of Khorashadi Zadeh F et al. Environ
Model Softw 2017;91:210-222).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.design.sampling import HARMONICS
from qisim.errors import DataError
from qisim.model.outcomes import Array
from qisim.numerics import agreed_array, exp, log, weighted_sum
from qisim.sensitivity.block_indices import membership, over
from qisim.sensitivity.replicate_noise import expected_variance, unbiased, variance_terms
from qisim.sensitivity.sample import FEWEST_FOR_HDMR, Sample

RANDOM_BALANCE_HARMONICS = 10
"""Harmonics that RBD-FAST counts as an input's own, as SALib does by default."""
SLIDES = 10
"""Slides of PAWN, as SALib has by default."""
SHUFFLES = 3
"""Columns without effect behind a floor of delta or PAWN."""
BIAS_RESAMPLES = 10
"""Bootstrap resamples behind the correction of delta's bias."""
MOST_FOR_PAIRS = 8
"""Inputs up to which HDMR fits pairs as well: its cost grows with their square."""

Places = npt.NDArray[np.int64]
Estimator = Callable[[Sample, Array, np.random.Generator], dict[str, Array]]


def total_variance(values: Array) -> Array:
    """Return the variance of the expected outcome from points that stand alone."""
    terms = variance_terms(values[:, None, :])
    return expected_variance({name: term.mean(axis=0) for name, term in terms.items()})


def rbd_fast(design: Sample, values: Array, chance: np.random.Generator) -> dict[str, Array]:
    """Return the first-order indices of RBD-FAST."""
    rank = np.argsort(design.points, axis=0, kind="stable")
    there_and_back = np.concatenate([rank[::2], rank[1::2][::-1]])

    def spectrum(outcome: Array) -> Array:
        level = outcome - outcome.mean()  # so that rounding stays small
        power = _power(np.fft.rfft(level[there_and_back], axis=0))
        power[1 : (len(outcome) + 1) // 2] *= 2.0  # both signs; an even number's last has one
        own = power[1 : RANDOM_BALANCE_HARMONICS + 1].sum(axis=0)
        return np.stack([own, power[1:].sum(axis=0)])

    own, total = unbiased(spectrum, values)
    raw = over(own, np.asarray(total[0]))
    by_chance = 2.0 * RANDOM_BALANCE_HARMONICS / len(values)
    return {"S1": raw - by_chance / (1.0 - by_chance) * (1.0 - raw)}


def _power(waves: npt.NDArray[np.complex128]) -> Array:
    return np.asarray(waves.real**2 + waves.imag**2)


def efast(design: Sample, values: Array, chance: np.random.Generator) -> dict[str, Array]:
    """Return the first- and total-order indices of eFAST, spectra averaged over curves."""
    inputs = len(design.inputs)
    shaped = design.in_blocks(values)
    curves = shaped.reshape(len(shaped), inputs, -1, values.shape[1])
    own, rest, total = unbiased(_curve_spectrum(curves.shape[:3]), values)
    return {"S1": own / _none_as_missing(total), "ST": 1.0 - rest / _none_as_missing(total)}


def _none_as_missing(variance: Array) -> Array:
    return np.where(variance > 0, variance, np.nan)


def _curve_spectrum(shape: tuple[int, ...]) -> Callable[[Array], Array]:
    """Return what takes outcomes of curves apart: an input's own variance, that of others, all."""
    size = shape[2]
    omega = (size - 1) // (2 * HARMONICS)

    def spectrum(outcome: Array) -> Array:
        waves = _power(np.fft.fft(outcome.reshape(shape), axis=2)) / size**2
        power = 2.0 * waves[:, :, 1 : -(-size // 2)]
        own = power[:, :, np.arange(1, HARMONICS + 1) * omega - 1].sum(axis=2)
        rest = power[:, :, : omega // 2].sum(axis=2)
        return np.stack([own, rest, power.sum(axis=2)]).mean(axis=1)

    return spectrum


def delta(design: Sample, values: Array, chance: np.random.Generator) -> dict[str, Array]:
    """Return Borgonovo's delta, its bias reduced by the bootstrap, and the floor."""
    outcome, points = values.mean(axis=1), len(values)

    def reduced(column: Array) -> float:
        picks = chance.integers(points, size=(BIAS_RESAMPLES, points))
        again = [distance(outcome[pick], column[pick]) for pick in picks]
        return float(2.0 * distance(outcome, column) - np.mean(again))

    found = np.array([reduced(column) for column in design.points.T])
    return {"delta": found, "floor": floor_of(design, chance, reduced)}


def distance(outcome: Array, column: Array) -> float:
    """Return half the mean area between the outcome's density and that within classes of an input.

    The same number as ``calc_delta`` of SALib, which takes several times as long.

    Parameters
    ----------
    outcome, column : ndarray, shape (points,)
    """
    points, grid = len(outcome), np.linspace(outcome.min(), outcome.max(), 100)
    edges = np.linspace(0, points, _classes(points) + 1)
    bounds = np.unique(np.floor(edges).astype(int))  # ranks from 1: class j holds edges j < rank
    ordered = outcome[np.argsort(column, kind="stable")]
    starts, sizes = bounds[:-1], np.diff(bounds)
    varied = np.maximum.reduceat(ordered, starts) > np.minimum.reduceat(ordered, starts)
    area = np.trapezoid(np.abs(_densities(ordered, starts, sizes, grid) - _densities(
        ordered, np.array([0]), np.array([points]), grid)), grid, axis=1)  # fmt: skip
    return float(np.sum(sizes * np.where(varied, area, 0.0)) / (2.0 * points))


def _densities(ordered: Array, starts: Places, sizes: Places, grid: Array) -> Array:
    """Return kernel densities of neighbouring classes, with Silverman's widths, as scipy has them."""
    mean = np.add.reduceat(ordered, starts) / sizes
    squares = np.add.reduceat((ordered - np.repeat(mean, sizes)) ** 2, starts)
    width = np.sqrt(squares / np.maximum(sizes - 1, 1)) * exp(-0.2 * log(sizes * 0.75))
    width = np.where(width > 0, width, 1.0)  # a class without spread is not used
    each = np.repeat(width, sizes)[:, None]
    kernel = exp(-0.5 * ((grid - ordered[:, None]) / each) ** 2) / (each * np.sqrt(2.0 * np.pi))
    return np.asarray(np.add.reduceat(kernel, starts, axis=0) / sizes[:, None])


def _classes(points: int) -> int:
    """Return the number of classes into which delta sorts an input (Plischke et al. 2013)."""
    tanh = 1.0 - 2.0 / (float(exp((1500.0 - points) / 250.0)) + 1.0)
    edge = float(exp(2.0 / (7.0 + tanh) * log(points)))
    return min(math.ceil(edge), 48)


def without_effect(design: Sample, chance: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Yield columns that have no effect, and which parameters each of them stands for.

    An index from classes of an input is the higher by chance the more classes the input fills. So what
    takes few values is shuffled itself; for all others, whose ranks alone count, uniform numbers do.

    Yields
    ------
    columns : ndarray, shape (points, shuffles)
    which : ndarray of bool, shape (parameters,)
    """
    points = design.points
    tied = np.array([len(np.unique(column)) < len(column) for column in points.T])
    if not tied.all():
        yield chance.random((len(points), SHUFFLES)), ~tied
    for i in np.flatnonzero(tied):
        columns = [chance.permutation(points[:, i]) for _ in range(SHUFFLES)]
        yield np.stack(columns, axis=1), np.arange(len(tied)) == i


def floor_of(design: Sample, chance: np.random.Generator, index: Callable[[Array], float]) -> Array:
    """Return what each input would show if it had no effect: the mean over some columns without any."""
    found = np.empty(design.points.shape[1])
    for columns, which in without_effect(design, chance):
        found[which] = np.mean([index(column) for column in columns.T])
    return found


def pawn(design: Sample, values: Array, chance: np.random.Generator) -> dict[str, Array]:
    """Return PAWN's indices and the floor; of a factor, the mean over its parameters, as SALib does."""
    outcome = values.mean(axis=1)
    mean_of = membership(design) / membership(design).sum(axis=0)
    own, floor = _pawn(design.points, outcome), np.empty(design.points.shape[1])
    for columns, which in without_effect(design, chance):
        floor[which] = _pawn(columns, outcome)["median"].mean()
    shown = {name: weighted_sum(own[name], mean_of) for name in ("median", "maximum")}
    return {**shown, "floor": weighted_sum(floor, mean_of)}


def _pawn(columns: Array, outcome: Array) -> dict[str, Array]:
    """Return SALib's PAWN indices of some columns."""
    from SALib.analyze import pawn as salib

    names = [str(i) for i in range(columns.shape[1])]
    problem = {"names": names, "num_vars": len(names), "bounds": [[0.0, 1.0]] * len(names)}
    with quiet_salib():
        return dict(salib.analyze(problem, columns, outcome, S=SLIDES))


def hdmr(design: Sample, values: Array, chance: np.random.Generator) -> dict[str, Array]:
    """Return first- and total-order indices of HDMR; of many inputs, without pairs."""
    from SALib.analyze import hdmr as salib

    if len(values) < FEWEST_FOR_HDMR:
        raise DataError(f"HDMR needs at least {FEWEST_FOR_HDMR} points; there are {len(values)}")
    inputs, spread = len(design.inputs), max(float(values.std()), 1e-300)
    order = 2 if inputs <= MOST_FOR_PAIRS else 1

    def explained(outcome: Array) -> Array:
        if np.ptp(outcome) == 0:
            return np.zeros((2, inputs))
        scaled = (outcome - outcome.mean()) / spread  # it stops refining at an absolute change
        found = salib.analyze(dict(design.problem), design.points, scaled, maxorder=order, K=1)
        shares = np.stack([found["S"][:inputs], np.array(found["ST"][:inputs], dtype=float)])
        return np.asarray(shares * scaled.var())

    with quiet_salib():
        found = agreed_array(unbiased(explained, values))  # SALib solves equations by a library
    first, total = found * spread**2
    variance = total_variance(values)
    return {"S1": over(first, variance), "ST": over(total, variance)}


@contextmanager
def quiet_salib() -> Iterator[None]:
    """Keep SALib's warnings, and what it does to the settings of warnings, to this place."""
    text: Any = warnings.formatwarning
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            warnings.formatwarning = text


ESTIMATORS: dict[str, Estimator] = {
    "efast": efast,
    "rbd_fast": rbd_fast,
    "delta": delta,
    "pawn": pawn,
    "hdmr": hdmr,
}
"""The estimators by method."""
