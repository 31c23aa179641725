"""Correlated inputs: points with given rank correlations.

Points of a design whose points stand alone are turned so that pairs of inputs have the rank correlations that
were asked for, each input keeping its own range and distribution: a Gaussian copula. Spearman's correlation r
becomes the normal one 2 sin(pi r / 6), and independent normal scores are mixed by the Cholesky factor of the
matrix of these. Pairs that are not named are independent, as far as the named ones allow it.

With inputs that hang together the variance can no longer be shared out among them as Sobol' does. Three methods
serve: delta and PAWN (how far the outcome's distribution moves where an input is known, whatever that tells of
others), and Shapley effects, which divide what inputs tell together evenly among them and add up to the whole
variance. An input without any effect of its own has an index where it hangs together with one that has.

Shapley effects need points at which some inputs are kept and the others drawn anew *given* those. Of normal
scores x and y, drawn apart, with covariance S, the scores of a set u given the rest are y_u + S_uk S_kk^-1
(x_k - y_k), where k is kept (Hoffman Y, Ribak E. Astrophys J 1991;380:L5-8). So each block goes from one point
to another input by input, in random order, as where inputs are independent, and costs no run more: Song E,
Nelson BL, Staum J. SIAM/ASA J Uncertain Quantif 2016;4:1060-1083, with a single inner pair; for what the
effects say: Owen AB, Prieur C. SIAM/ASA J Uncertain Quantif 2017;5:986-1002.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from qisim.design.plan import Plan
from qisim.design.sampling import scaled, unit_points
from qisim.errors import InputError, Problem, nearest_name
from qisim.model.outcomes import Array
from qisim.numerics import correlation, normal_quantile, normal_share, solved
from qisim.scenario.fields import KEYS, SHORT

METHODS = ("delta", "pawn", "shapley")
"""Methods that mean something where inputs hang together."""
DESIGNS = ("sobol", "latin", "random", "shapley")
"""Designs whose points can be turned; the last is that of its method alone."""
ALLOWED = (
    "two inputs and a rank correlation above -1 and below 1, such as tool.fit,tool.usability=0.6"
)
TINY = 1e-9
CLEAR, SHOWN = 0.1, 5
"""Correlation from which it is told that inputs hang together; pairs that are told."""

Pair = tuple[str, str, float]


def pairs_of(texts: Sequence[str]) -> list[Pair]:
    """Read correlations such as ``tool.fit,tool.usability=0.6``.

    Raises
    ------
    InputError
        If any is none; all are listed.
    """
    found, wrong = list[Pair](), list[Problem]()
    for text in texts:
        names, _, number = text.partition("=")
        pair = [SHORT.get(name.strip(), name.strip()) for name in names.split(",")]
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if len(pair) != 2 or pair[0] == pair[1] or not -1.0 < value < 1.0:
            wrong.append(
                Problem("is not a correlation", key="correlate", value=text, allowed=ALLOWED)
            )
        else:
            found.append((pair[0], pair[1], value))
    if wrong:
        raise InputError(wrong)
    return found


def correlated(plan: Plan, pairs: Sequence[Pair]) -> Plan:
    """Return a plan whose points have rank correlations.

    Parameters
    ----------
    plan : Plan
    pairs : sequence of (str, str, float)
        Two inputs and their rank correlation.

    Raises
    ------
    InputError
        If the method or the design does not go with them, an input does not vary, or no inputs can hang
        together so.
    """
    if not pairs:
        return plan
    wrong = list(_problems(plan, pairs))
    matrix = np.eye(0) if wrong else matrix_of(plan.names, pairs)
    factor = None if wrong else factor_of(matrix)
    if not wrong and factor is None:
        wrong = [Problem("cannot all hold together: what goes with one thing goes with its likes",
                         key="correlate", value="; ".join(f"{a},{b}={r:g}" for a, b, r in pairs))]  # fmt: skip
    if wrong or factor is None:
        raise InputError(wrong)
    if plan.analysis.method == "shapley":
        table = scaled(conditioned(unit_points(plan), matrix, factor), plan.inputs)
        return replace(plan, design=replace(plan.design, table=table))
    table = scaled(turned(unit_points(plan), factor), plan.inputs)
    return replace(plan, design=replace(plan.design, method="csv", table=table))


def _problems(plan: Plan, pairs: Sequence[Pair]) -> list[Problem]:
    """Return what is wrong with asking it of a plan."""
    found = []
    if plan.analysis.method not in METHODS:
        message = f"makes inputs hang together, and {plan.analysis.method} needs them independent"
        allowed = f"--method {' | '.join(METHODS)}"
        found.append(Problem(message, key="correlate", allowed=allowed))
    elif plan.design.table is not None or plan.design.method not in DESIGNS:
        message = f"turns points of a design, and a {plan.design.method} design has fixed ones"
        found.append(
            Problem(message, key="correlate", allowed="design.method = sobol | latin | random")
        )
    for name in dict.fromkeys(name for *both, _ in pairs for name in both):
        if name not in plan.names:
            known = name in (*KEYS, *SHORT)
            near = nearest_name(name, plan.names if known else [*plan.names, *KEYS, *SHORT])
            message = "does not vary here" if known else "is not a known key"
            found.append(Problem(message, key="correlate", value=name, nearest=near))
    twice = [frozenset(both) for *both, _ in pairs]
    found += [
        Problem("has two correlations", key="correlate", value=" and ".join(sorted(both)))
        for both in dict.fromkeys(twice) if twice.count(both) > 1
    ]  # fmt: skip
    return found


def matrix_of(names: Sequence[str], pairs: Sequence[Pair]) -> Array:
    """Return the correlations of the normal scores: of Spearman's r, 2 sin(pi r / 6)."""
    found, place = np.eye(len(names)), {name: i for i, name in enumerate(names)}
    for one, other, rank in pairs:
        i, j = place[one], place[other]
        found[i, j] = found[j, i] = 2.0 * math.sin(math.pi * rank / 6.0)
    return found


def factor_of(matrix: Array) -> Array | None:
    """Return the lower Cholesky factor, worked out in plain arithmetic; None where there is none."""
    size = len(matrix)
    factor = np.zeros((size, size))
    for i in range(size):
        for j in range(i + 1):
            rest = float(matrix[i, j])
            for k in range(j):
                rest -= factor[i, k] * factor[j, k]
            if i != j:
                factor[i, j] = rest / factor[j, j]
            elif rest <= TINY:
                return None
            else:
                factor[i, i] = math.sqrt(rest)
    return factor


def turned(unit: Array, factor: Array) -> Array:
    """Return points of the unit cube, turned so that they hang together as a Cholesky factor says."""
    scores, found = scores_of(unit), unit.copy()
    for i, row in enumerate(factor):
        if np.count_nonzero(row) > 1:  # one that hangs together with none before it stays as it is
            found[:, i] = normal_share(mixed(scores, row))
    return found


def scores_of(unit: Array) -> Array:
    """Return points of the unit cube as normal scores."""
    return normal_quantile(np.clip(unit, TINY, 1.0 - TINY))


def mixed(scores: Array, row: Array) -> Array:
    """Return the scores of the last axis, each times its weight, added up one after the other."""
    found = np.zeros(scores.shape[:-1])
    for j in np.flatnonzero(row):
        found = found + row[j] * scores[..., j]
    return found


def conditioned(unit: Array, matrix: Array, factor: Array) -> Array:
    """Return the points of a Shapley design whose inputs hang together.

    Parameters
    ----------
    unit : ndarray, shape (blocks * (inputs + 1), inputs)
        In the unit cube: blocks that lead from one point to another, input by input.
    matrix, factor : ndarray, shape (inputs, inputs)
        Correlations of normal scores, and their Cholesky factor.

    Returns
    -------
    ndarray
        As `unit`. An input that has not moved yet is where it was; those that have are drawn given the rest.
    """
    width = unit.shape[1]
    blocks = unit.reshape(-1, width + 1, width).copy()
    tied = np.flatnonzero((matrix != np.eye(width)).any(axis=0))
    if not len(tied):
        return unit.copy()
    among = matrix[np.ix_(tied, tied)]
    kept = (blocks == blocks[:, :1])[..., tied]
    ends = scores_of(blocks[:, [0, -1]])
    first, last = np.moveaxis(np.stack([mixed(ends, factor[i]) for i in tied], axis=-1), 1, 0)
    begun = normal_share(first)
    blocks[:, 0, tied] = begun
    for step in range(1, width + 1):
        own = kept[:, step]
        given = np.where(own[:, :, None] & own[:, None, :], among, np.eye(len(tied)))
        pull = solved(given, np.where(own, first - last, 0.0)[..., None])[..., 0]
        drawn = np.stack([mixed(pull, row) for row in among], axis=-1) + last
        blocks[:, step, tied] = np.where(own, begun, normal_share(drawn))
    return blocks.reshape(unit.shape)


def hanging_together(plan: Plan) -> list[str]:
    """Say which inputs hang together where a table gives the points: one sentence, or none."""
    table = plan.design.table
    if table is None or len(table) < 2:
        return []
    if plan.analysis.method == "shapley":  # the first points of its blocks are drawn apart
        table = table[:: len(plan.names) + 1]
    ranks = table.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable").astype(float)
    least, told = max(CLEAR, 3.0 / math.sqrt(len(table) - 1)), []
    for i, name in enumerate(plan.names):
        for j, found in enumerate(correlation(ranks, ranks[:, [i]])[:i].tolist()):
            if abs(found) > least:
                told.append(
                    (abs(found), f"{plan.names[j]} and {name} {found:+.2f}".replace("-", "−"))
                )
    if not told:
        return []
    first = "; ".join(text for _, text in sorted(told, reverse=True)[:SHOWN])
    more = f"; and {len(told) - SHOWN} pairs more" if len(told) > SHOWN else ""
    return [
        f"Inputs hang together at these points (rank correlations: {first}{more}): an input may have an "
        "index for what goes with it, not for what it does."
    ]
