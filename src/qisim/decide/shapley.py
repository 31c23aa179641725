"""Shapley values: what each part of a whole contributes, in whatever order parts are put together.

A game gives each coalition (a set of parts) a value. The Shapley value of a part is what it adds on
average over all orders in which parts can join; the values add up to what all parts add together
(Shapley LS. A value for n-person games. In: Contributions to the theory of games II. Princeton 1953).
Interactions are those of the Shapley-Taylor index of order two, which add up in the same way: what each
part does alone, and what each pair does beyond (Sundararajan M, Dhamdhere K, Agarwal A. The Shapley
Taylor interaction index. ICML 2020).

Coalitions are whole numbers whose bits are the parts; values may have further axes (replicates).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import comb, factorial

import numpy as np
import numpy.typing as npt

from qisim.numerics import weighted_sum

Array = npt.NDArray[np.float64]


def shapley_values(values: Array) -> Array:
    """Return the Shapley values of a game.

    Parameters
    ----------
    values : ndarray of float, shape (2 ** n, ...)
        Value of each coalition.

    Returns
    -------
    ndarray of float, shape (n, ...)
    """
    n = players_of(values)
    coalitions = np.arange(len(values))
    size = np.bitwise_count(coalitions)
    weight = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])
    found = np.empty((n, *values.shape[1:]))
    for i in range(n):
        without = coalitions[((coalitions >> i) & 1) == 0]
        gain = values[without | (1 << i)] - values[without]
        found[i] = weighted_sum(weight[size[without]], gain)
    return found


def taylor_interactions(values: Array) -> tuple[Array, Array]:
    """Return what each part does alone, and what each pair does beyond its two parts.

    Parameters
    ----------
    values : ndarray of float, shape (2 ** n, ...)
        Value of each coalition.

    Returns
    -------
    alone : ndarray of float, shape (n, ...)
    pairs : ndarray of float, shape (n, n, ...)
        Symmetric, with zeros on the diagonal; alone and the pairs i < j add up to what all parts add.
    """
    n = players_of(values)
    coalitions = np.arange(len(values))
    size = np.bitwise_count(coalitions)
    alone = values[[1 << i for i in range(n)]] - values[0]
    pairs = np.zeros((n, n, *values.shape[1:]))
    weight = np.array([2.0 / (n * comb(n - 1, s)) for s in range(max(n - 1, 1))])
    for i in range(n):
        for j in range(i + 1, n):
            a, b = 1 << i, 1 << j
            rest = coalitions[(coalitions & (a | b)) == 0]
            beyond = values[rest | a | b] - values[rest | a] - values[rest | b] + values[rest]
            pairs[i, j] = pairs[j, i] = weighted_sum(weight[size[rest]], beyond)
    return alone, pairs


def players_of(values: Array) -> int:
    """Return the number of parts of a game with these many coalitions."""
    n = len(values).bit_length() - 1
    if len(values) != 1 << n:
        raise ValueError(f"{len(values)} values are not those of all coalitions")
    return n


def orders(n: int, number: int, seed: int) -> Iterator[list[int]]:
    """Yield random orders of n parts, each followed by its reverse: an even number of them."""
    rng = np.random.default_rng(seed)
    for _ in range(-(-number // 2)):
        order = rng.permutation(n).tolist()
        yield order
        yield order[::-1]


def chain(order: list[int]) -> list[int]:
    """Return the coalitions that arise as parts join in an order, from none to all."""
    found = [0]
    for player in order:
        found.append(found[-1] | (1 << player))
    return found


def sampled_values(value: Callable[[int], Array], drawn: list[list[int]]) -> Array:
    """Return what each part adds in each order.

    Parameters
    ----------
    value : callable
        Gives the value of a coalition, shape (replicates,).
    drawn : list of list of int
        The orders.

    Returns
    -------
    ndarray of float, shape (orders, n, replicates)
        Its mean over orders estimates the Shapley values without bias, and adds up exactly.
    """
    found = []
    for order in drawn:
        along = [value(coalition) for coalition in chain(order)]
        gains = np.empty((len(order), *along[0].shape))
        for step, player in enumerate(order):
            gains[player] = along[step + 1] - along[step]
        found.append(gains)
    return np.array(found)
