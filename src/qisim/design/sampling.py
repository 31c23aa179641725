"""Designs: from a plan to points.

`points` gives a row per point and a column per input, in the inputs' own units; it depends on the plan
and on nothing else. Every design is first laid out in the unit cube and then stretched over the
inputs' ranges and distributions, the same way for all. Designs that are drawn base point by base point
or trajectory by trajectory begin with the same points whatever their size, so that a larger sample
contains the smaller one and its runs are used again; curves of eFAST are added whole, and a Latin
hypercube cannot grow.

The arrangements are those of SALib's samplers, so that its estimators and ours can read them; the
tests hold them against SALib.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.design.plan import Input, Plan
from qisim.numerics import exp, log

Array = npt.NDArray[np.float64]

HARMONICS = 4
"""Harmonics of eFAST that count as an input's own (M in SALib's sampler)."""

FEWEST_FAST = 4 * HARMONICS**2 + 1
"""Points of one eFAST curve below which frequencies cannot be told apart."""

FAST_CURVE = 257
"""Points that a curve of eFAST is meant to have."""


def points(plan: Plan) -> Array:
    """Return the points of a plan.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    ndarray of float, shape (points, inputs)
        In the order of the plan's inputs, in their own units; whole numbers are whole.
    """
    if plan.design.table is not None:
        return plan.design.table
    if plan.design.method == "factorial":
        return _factorial(plan)
    unit = unit_points(plan)
    return scaled(unit, plan.inputs, out=unit)  # one large table is enough


def unit_points(plan: Plan) -> Array:
    """Return the points of a plan in the unit cube, before ranges and distributions are laid on."""
    return DESIGNS[plan.design.method][0](plan)


def number_of_points(plan: Plan) -> int:
    """Return how many points a plan has, without making them."""
    if plan.design.table is not None:
        return len(plan.design.table)
    return DESIGNS[plan.design.method][1](plan)


def generator(plan: Plan) -> np.random.Generator:
    """Return the design's random number generator; seed 0 is a seed like any other."""
    return np.random.default_rng([plan.seed, 0x51A1])


# --- from the unit cube to the inputs' own units ---------------------------------------------------


def scaled(unit: Array, inputs: tuple[Input, ...], out: Array | None = None) -> Array:
    """Return points of the unit cube in the inputs' own units; `out` may be `unit` itself."""
    found = np.empty_like(unit) if out is None else out
    for place, one in enumerate(inputs):
        found[:, place] = one_scaled(unit[:, place], one)
    return found


def one_scaled(share: Array, one: Input) -> Array:
    """Return the quantiles of one input's distribution, never outside its range."""
    low, high = one.low, one.high
    if one.whole:
        return np.minimum(low + np.floor(share * (high - low + 1.0)), high)
    if one.distribution == "loguniform":
        values = exp(log(low) + share * (log(high) - log(low)))
    elif one.distribution == "triangular" and low < high:  # a single level has no shape
        values = _triangular(share, one)
    else:
        values = low + share * (high - low)
    return np.clip(values, low, high)


def _triangular(share: Array, one: Input) -> Array:
    """Return quantiles of a triangular distribution."""
    width, turn = one.high - one.low, (one.peak - one.low) / (one.high - one.low)
    rising = one.low + np.sqrt(share * width * (one.peak - one.low))
    falling = one.high - np.sqrt((1.0 - share) * width * (one.high - one.peak))
    return np.where(share < turn, rising, falling)


def problem(plan: Plan) -> dict[str, Any]:
    """Return a plan's inputs as a problem that SALib takes.

    Returns
    -------
    dict
        ``names``, ``num_vars``, ``bounds`` and ``dists``; ``groups`` as well where the analysis is of
        whole factors. A triangle's third bound is where it peaks, as a share of its range.
    """
    found: dict[str, Any] = {
        "num_vars": len(plan.inputs),
        "names": list(plan.names),
        "bounds": [_bounds(one) for one in plan.inputs],
        "dists": [_SALIB[one.distribution] for one in plan.inputs],
    }
    if plan.analysis.groups == "factor":
        found["groups"] = [one.group for one in plan.inputs]
    return found


_SALIB = {"uniform": "unif", "loguniform": "logunif", "triangular": "triang"}
_ALMOST_ONE = float(np.nextafter(1.0, 0.0))


def _bounds(one: Input) -> list[float]:
    if one.words:  # the whole part of a number counts the words from 0
        return [0.0, float(len(one.words))]
    if one.distribution != "triangular":
        return [one.low, one.high]
    peak = (one.peak - one.low) / (one.high - one.low)
    return [one.low, one.high, min(peak, _ALMOST_ONE)]  # SALib takes no peak at the upper end


# --- designs of one's own --------------------------------------------------------------------------


def levels(one: Input, number: int) -> Array:
    """Return the levels of an input in a full factorial: those given, or evenly spread quantiles."""
    if one.values:
        return np.array(one.values)
    if one.whole:
        steps = np.linspace(one.low, one.high, min(number, int(one.high - one.low) + 1))
        return np.unique(np.rint(steps))
    return one_scaled(np.linspace(0.0, 1.0, number), one)


def _factorial(plan: Plan) -> Array:
    """Every combination of levels; the last input changes fastest."""
    axes = [levels(one, plan.design.levels) for one in plan.inputs]
    grid = np.meshgrid(*axes, indexing="ij")
    return np.stack([axis.reshape(-1) for axis in grid], axis=1).astype(np.float64)


def _combinations(plan: Plan) -> int:
    number = 1
    for one in plan.inputs:
        number *= len(levels(one, plan.design.levels))
    return number


def _random(plan: Plan) -> Array:
    """Independent uniform points."""
    return generator(plan).random((plan.design.samples, len(plan.inputs)))


def _latin(plan: Plan) -> Array:
    """A Latin hypercube: every input has one point in each of as many layers as there are points."""
    from scipy.stats import qmc

    cube = qmc.LatinHypercube(len(plan.inputs), seed=generator(plan))
    return np.asarray(cube.random(plan.design.samples))


def sobol_sequence(dimensions: int, number: int, seed: int) -> Array:
    """Return the first points of a scrambled Sobol' sequence; more points begin with the same ones."""
    from scipy.stats import qmc

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # any number is fine here; powers of 2 are balanced best
        sequence = qmc.Sobol(dimensions, scramble=True, seed=np.random.default_rng([seed, 0x50B0]))
        return np.asarray(sequence.random(number))


def _sobol(plan: Plan) -> Array:
    return sobol_sequence(len(plan.inputs), plan.design.samples, plan.seed)


# --- designs of sensitivity analysis ---------------------------------------------------------------


def membership(plan: Plan) -> npt.NDArray[np.bool_]:
    """Say which inputs move together: shape (groups, inputs), groups in order of first appearance."""
    of = [one.group if plan.analysis.groups == "factor" else one.name for one in plan.inputs]
    return np.array([[name == group for name in of] for group in dict.fromkeys(of)])


def _saltelli(plan: Plan) -> Array:
    """Saltelli's arrangement of two matrices A and B.

    Per base point: the row of A; for each group the row of A with that group's inputs from B; with
    second order the same the other way round; the row of B.
    """
    together, width = membership(plan), len(plan.inputs)
    base = sobol_sequence(2 * width, plan.design.samples, plan.seed)
    a, b = base[:, :width], base[:, width:]
    found = np.empty((len(base), _saltelli_size(plan) // len(base), width))
    found[:, 0], found[:, -1] = a, b
    for place, moved in enumerate(together, 1):
        found[:, place] = np.where(moved, b, a)
        if plan.analysis.second_order:
            found[:, len(together) + place] = np.where(moved, a, b)
    return found.reshape(-1, width)


def _saltelli_size(plan: Plan) -> int:
    groups = len(membership(plan))
    return plan.design.samples * ((2 if plan.analysis.second_order else 1) * groups + 2)


def _unit_problem(plan: Plan) -> dict[str, Any]:
    """Return the plan's problem in the unit cube, so that SALib's samplers leave points in it."""
    width = len(plan.inputs)
    found = {"num_vars": width, "names": list(plan.names), "bounds": [[0.0, 1.0]] * width}
    groups = [one.group for one in plan.inputs]
    return {**found, "groups": groups} if plan.analysis.groups == "factor" else found


def _morris(plan: Plan) -> Array:
    """Trajectories on a grid, each input (or group) moved once (SALib's)."""
    from SALib.sample.morris import sample

    problem, size, steps = _unit_problem(plan), plan.design.samples, plan.design.levels - 1
    found = sample(problem, size, num_levels=plan.design.levels, seed=generator(plan))
    return np.clip(np.rint(found * steps) / steps, 0.0, 1.0)  # on the grid to the last digit


def _morris_size(plan: Plan) -> int:
    return plan.design.samples * (len(membership(plan)) + 1)


def fast_curves(samples: int) -> tuple[int, int]:
    """Return how many curves per input eFAST has, and the points of each.

    Curves of some 257 points (SALib's samples of one curve) resolve the frequencies; a larger
    sample has more curves, with other phases, whose spread gives an interval.
    """
    curves = max(1, round(samples / FAST_CURVE))
    return curves, samples // curves


def _fast(plan: Plan) -> Array:
    """Curves that run through the cube, each input at a frequency of its own (as SALib's)."""
    rng, (curves, size), width = generator(plan), fast_curves(plan.design.samples), len(plan.inputs)
    high = (size - 1) // (2 * HARMONICS)
    low = high // (2 * HARMONICS)
    others = np.floor(np.linspace(1, low, width - 1))
    if low < width - 1:
        others = np.arange(width - 1) % low + 1.0
    found = np.empty((curves, width, size, width))
    for curve in range(curves):
        for one in range(width):
            turns = np.arange(size)[:, None] * np.insert(others, one, high)
            found[curve, one] = _back_and_forth(turns % size / size + rng.random())
    return found.reshape(-1, width)


def _back_and_forth(turns: Array) -> Array:
    """Return 1/2 + arcsin(sin(2 pi x)) / pi, worked out without either."""
    x = turns - np.floor(turns)
    down = np.where(x < 0.75, 1.5 - 2.0 * x, 2.0 * x - 1.5)
    return np.where(x < 0.25, 0.5 + 2.0 * x, down)


def _fast_size(plan: Plan) -> int:
    curves, size = fast_curves(plan.design.samples)
    return curves * size * len(plan.inputs)


def _finite_difference(plan: Plan) -> Array:
    """Base points of a Sobol' sequence, each followed by one step along every input.

    SALib steps by a share of the value, which is no step at all at zero; here it is a share of the
    range, towards the middle.
    """
    width, step = len(plan.inputs), plan.design.step
    base = sobol_sequence(width, plan.design.samples, plan.seed)[:, None, :]
    moves = np.eye(width)[None] * np.where(base < 0.5, step, -step)
    return np.concatenate([base, base + moves], axis=1).reshape(-1, width)


def _shapley(plan: Plan) -> Array:
    """Pairs of points; one turns into the other, input by input in random order (SALib's)."""
    from SALib.sample.shapley import sample

    problem = {k: v for k, v in _unit_problem(plan).items() if k != "groups"}  # added up afterwards
    blocks = [  # one by one, so that a larger sample begins with the smaller one
        sample(problem, 1, seed=np.random.default_rng([plan.seed, 0x54A9, number]))
        for number in range(plan.design.samples)
    ]
    return np.concatenate(blocks)


def _by_inputs(plan: Plan) -> int:
    return plan.design.samples * (len(plan.inputs) + 1)


def _samples(plan: Plan) -> int:
    return plan.design.samples


DESIGNS: Mapping[str, tuple[Callable[[Plan], Array], Callable[[Plan], int]]] = {
    "factorial": (_factorial, _combinations),
    "latin": (_latin, _samples),
    "sobol": (_sobol, _samples),
    "random": (_random, _samples),
    "saltelli": (_saltelli, _saltelli_size),
    "morris": (_morris, _morris_size),
    "fast": (_fast, _fast_size),
    "finite_difference": (_finite_difference, _by_inputs),
    "shapley": (_shapley, _by_inputs),
}
"""Designs by name: the functions that make and that count their points."""
