"""Inputs that hang together: points with given rank correlations.

Points of a design whose points stand alone are turned so that pairs of inputs have the rank correlations that
were asked for, each input keeping its own range and distribution: a Gaussian copula. Spearman's correlation r
becomes the normal one 2 sin(pi r / 6), and independent normal scores are mixed by the Cholesky factor of the
matrix of these. Pairs that are not named are independent, as far as the named ones allow it.

With inputs that hang together the variance can no longer be shared out among them as Sobol' does. So only
delta and PAWN serve: how far the outcome's distribution moves where an input is known, whatever that tells
of others. An input without any effect of its own has an index where it hangs together with one that has.
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
from qisim.numerics import correlation, normal_quantile, normal_share
from qisim.scenario.fields import KEYS, SHORT

METHODS = ("delta", "pawn")
"""Methods that ask nothing of how inputs hang together."""
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
    factor = None if wrong else factor_of(matrix_of(plan.names, pairs))
    if not wrong and factor is None:
        wrong = [Problem("cannot all hold together: what goes with one thing goes with its likes",
                         key="correlate", value="; ".join(f"{a},{b}={r:g}" for a, b, r in pairs))]  # fmt: skip
    if wrong or factor is None:
        raise InputError(wrong)
    table = scaled(turned(unit_points(plan), factor), plan.inputs)
    return replace(plan, design=replace(plan.design, method="csv", table=table))


def _problems(plan: Plan, pairs: Sequence[Pair]) -> list[Problem]:
    """Return what is wrong with asking it of a plan."""
    found = []
    if plan.analysis.method not in METHODS:
        message = f"makes inputs hang together, and {plan.analysis.method} needs them independent"
        found.append(Problem(message, key="correlate", allowed=f"--method {' or '.join(METHODS)}"))
    if plan.design.table is not None or plan.design.method not in ("sobol", "latin", "random"):
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
    scores = normal_quantile(np.clip(unit, TINY, 1.0 - TINY))
    found = unit.copy()
    for i, row in enumerate(factor):
        used = np.flatnonzero(row)
        if len(used) > 1:  # one that hangs together with none before it stays as it is
            mixed = np.zeros(len(unit))
            for j in used:
                mixed = mixed + row[j] * scores[:, j]
            found[:, i] = normal_share(mixed)
    return found


def hanging_together(plan: Plan) -> list[str]:
    """Say which inputs hang together where a table gives the points: one sentence, or none."""
    table = plan.design.table
    if table is None or len(table) < 2:
        return []
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
