"""The worlds between two scenarios as a game: who brings how much of the difference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from qisim.comparison.paired import FEWEST_PAIRS
from qisim.decide.parts import Part, mixed
from qisim.decide.shapley import (
    Array,
    chain,
    orders,
    sampled_values,
    shapley_values,
)
from qisim.decide.worlds import Worlds
from qisim.errors import InputError, Problem
from qisim.model.outcomes import Outcome
from qisim.scenario.scenario import Scenario

MOST_EXACT = 12
"""Parts up to which every world between the two is run."""


class Game:
    """The worlds between two scenarios, as the coalitions of a game."""

    def __init__(
        self, base: Scenario, other: Scenario, parts: Sequence[Part], worlds: Worlds,
        outcome: Outcome,
    ) -> None:  # fmt: skip
        self.base, self.other, self.parts = base, other, list(parts)
        self.worlds, self.outcome = worlds, outcome
        self.scenarios: dict[int, Scenario] = {0: base, (1 << len(parts)) - 1: other}

    def scenario(self, coalition: int) -> Scenario:
        """Return the world that has the parts of a coalition from the other."""
        if coalition not in self.scenarios:
            taken = [part for i, part in enumerate(self.parts) if coalition >> i & 1]
            self.scenarios[coalition] = mixed(self.base, self.other, taken)
        return self.scenarios[coalition]

    def value(self, coalition: int) -> Array:
        """Return the outcome of a coalition by replicate."""
        return self.worlds.values(self.scenario(coalition), self.outcome.name)

    def name(self, coalition: int) -> str:
        """Return the parts of a coalition in words."""
        taken = [part.name for i, part in enumerate(self.parts) if coalition >> i & 1]
        return " + ".join(taken) or f"none ({self.base.name})"


class Shares:
    """What came of a game: Shapley values by replicate, and what else is known.

    Attributes
    ----------
    shapley : ndarray, shape (n, replicates)
    total : ndarray, shape (replicates,)
    spread : ndarray, shape (n,)
        Variance of the values that comes of drawing orders.
    values : ndarray, shape (2 ** n, replicates), optional
    """

    def __init__(self, shapley: Array, total: Array, spread: Array, values: Array | None) -> None:
        self.shapley, self.total, self.spread, self.values = shapley, total, spread, values


def exact_shares(game: Game) -> Shares:
    """Run every world between the two."""
    every = range(1 << len(game.parts))
    game.worlds.run([game.scenario(coalition) for coalition in every])
    values = complete(np.array([game.value(coalition) for coalition in every]), game)
    return Shares(shapley_values(values), values[-1] - values[0], np.zeros(len(game.parts)), values)


def sampled_shares(game: Game, drawn: int) -> Shares:
    """Run the worlds that arise in some orders, each drawn together with its reverse."""
    chosen = list(orders(len(game.parts), drawn, int(game.worlds.options.seed)))
    wanted = dict.fromkeys(coalition for order in chosen for coalition in chain(order))
    game.worlds.run([game.scenario(coalition) for coalition in wanted])
    gains = sampled_values(game.value, chosen)
    kept = ~np.isnan(gains).any(axis=(0, 1))
    gains = complete(gains.reshape(-1, gains.shape[-1]), game).reshape(*gains.shape[:2], -1)
    pairs = gains.reshape(len(chosen) // 2, 2, *gains.shape[1:]).mean(axis=(1, 3))
    spread = (
        pairs.var(axis=0, ddof=1) / len(pairs)
        if len(pairs) > 1
        else np.full(gains.shape[1], np.nan)
    )
    total = game.value((1 << len(game.parts)) - 1) - game.value(0)
    return Shares(gains.mean(axis=0), total[kept], spread, None)


def complete(values: Array, game: Game) -> Array:
    """Return the replicates that have a value in every world; refuse when they are too few.

    Replicates that share a set of values are put together by number, so with sets all must be there.
    """
    kept: npt.NDArray[np.bool_] = np.asarray(~np.isnan(values).any(axis=0))
    if kept.all():
        return values
    why = game.outcome.missing_when or "a run failed"
    if game.worlds.sets is not None or 2 * kept.sum() < len(kept) or kept.sum() < FEWEST_PAIRS:
        message = (
            f"has a value in all worlds between the two in {int(kept.sum())} of {len(kept)} replicates only "
            f"({why}); choose an outcome that every run has"
        )
        raise InputError(Problem(message, key="outcome", value=game.outcome.name))
    found: Array = values[:, kept]
    return found
