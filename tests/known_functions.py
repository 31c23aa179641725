"""Functions whose sensitivity is known, with noise whose share is known."""

import warnings

import numpy as np
from SALib.sample import fast_sampler, finite_diff, latin, morris, shapley, sobol

from qisim.sensitivity.sample import Sample

NAMES = ["x1", "x2", "x3", "inert"]
ISHIGAMI_S1 = np.array([0.3139, 0.4424, 0.0, 0.0])
ISHIGAMI_ST = np.array([0.5576, 0.4424, 0.2437, 0.0])
ISHIGAMI_VARIANCE = 13.8446
G = np.array([0.0, 1.0, 4.5, np.inf])
"""Coefficients of the Sobol-G function; the last makes an inert input."""

METHODS = ("sobol", "morris", "efast", "rbd_fast", "delta", "pawn", "dgsm", "hdmr", "shapley")


def ishigami_problem(**more):
    return {"names": NAMES, "num_vars": 4, "bounds": [[-np.pi, np.pi]] * 4, **more}


def g_problem(**more):
    return {"names": NAMES, "num_vars": 4, "bounds": [[0.0, 1.0]] * 4, **more}


def ishigami(points):
    """Return the Ishigami function with a = 7, b = .1; the fourth input does nothing."""
    x1, x2, x3 = points.T[:3]
    return np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


def sobol_g(points):
    factors = 1.0 + (np.abs(4 * points - 2) - 1) / (1 + G)
    return factors.prod(axis=1)


def sobol_g_truth():
    """Return S1, ST and the variance of the Sobol-G function."""
    each = 1.0 / (3 * (1 + G) ** 2)
    total = np.prod(1 + each) - 1
    others = np.array([np.prod(np.delete(1 + each, i)) for i in range(4)])
    return each / total, each * others / total, total


def fresh_noise(points, replicates, variance, seed=0):
    """Return noise of its own at every point, more of it at some: its mean variance is as given."""
    chance = np.random.default_rng(seed)
    depth = (points[:, 1] - points[:, 1].min()) / np.ptp(points[:, 1])
    return (
        chance.standard_normal((len(points), replicates)) * np.sqrt(2 * variance * depth)[:, None]
    )


def common_noise(points, replicates, variance, seed=0):
    """Return noise that all points share, but for how an input bends it; as random worlds do."""
    chance = np.random.default_rng(seed)
    luck = chance.standard_normal((2, replicates))
    if replicates > 1:
        luck /= luck.std(axis=1, ddof=1, keepdims=True)  # few worlds: their spread is as given
    shift, bend = luck
    depth = (points[:, 1] - points[:, 1].min()) / np.ptp(points[:, 1])
    return np.sqrt(variance) * (
        np.sqrt(0.5) * shift + np.sqrt(0.5) * bend * (np.sqrt(12) * (depth[:, None] - 0.5))
    )


SAMPLERS = {
    "sobol": lambda p, n, seed: sobol.sample(p, n, calc_second_order=False, seed=seed),
    "morris": lambda p, n, seed: morris.sample(p, n, seed=seed),
    "efast": lambda p, n, seed: np.vstack(
        [fast_sampler.sample(p, n // 4 + 1, seed=seed + curve) for curve in range(4)]
    ),
    "rbd_fast": lambda p, n, seed: latin.sample(p, n, seed=seed),
    "delta": lambda p, n, seed: latin.sample(p, n, seed=seed),
    "pawn": lambda p, n, seed: latin.sample(p, n, seed=seed),
    "hdmr": lambda p, n, seed: latin.sample(p, n, seed=seed),
    "dgsm": lambda p, n, seed: finite_diff.sample(p, n),
    "shapley": lambda p, n, seed: shapley.sample(p, n, seed=seed),
}


def design_of(method, n, problem=None, seed=1, **more):
    """Return SALib's design for a method on four inputs."""
    problem = ishigami_problem() if problem is None else problem
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ungrouped = {k: v for k, v in problem.items() if k != "groups" or method != "shapley"}
        points = SAMPLERS[method](dict(ungrouped), n, seed)
    if method == "efast":
        more["curve"] = n // 4 + 1
    return Sample(method, problem, points, seed=seed, **more)
