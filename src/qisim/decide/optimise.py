"""The best point within a budget: Optuna looks everywhere, points are crossed, and the best are polished.

Crossing is differential evolution (Storn R, Price K. J Global Optim 1997;11:341-359, doi
10.1023/A:1008202821328), in which a point within the budget beats any that is over it (Deb K. Comput Methods
Appl Mech Eng 2000;186:311-338): on the edge of a budget several dials have to move at once, which small steps
of one or two do not find. Polishing is by such steps, and by exchanges between two dials.

What is maximised is looked at on the same luck each time, so it is a plain function of the point. Points
are asked for in an order that the seed fixes, and every one is worked out once: a search that was killed
and is begun again asks for the same points, which come from the run store, and ends at the same front.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qisim.errors import InputError, Problem, optional

Point = tuple[float, ...]
Evaluate = Callable[[Point], tuple[float, float]]

CROSSED, TIMES = 30, 20
"""How many points are crossed, and how many that gives for each that Optuna asked for."""
POLISHED = 3
"""How many of the best points are polished."""
STEPS = (0.25, 0.125, 0.0625, 0.03125, 0.015625)
"""Sizes of steps, as shares of a dial's range."""


@dataclass(frozen=True)
class Dial:
    """One thing that is turned.

    Attributes
    ----------
    name : str
    low, high : float
    whole : bool
        Whether it takes whole numbers only.
    own : float, optional
        Where it stands before the search; values near it are it, to the last bit.
    """

    name: str
    low: float
    high: float
    whole: bool = False
    own: float | None = None

    def held(self, value: float) -> float:
        """Return a value within the range, and rounded as fine as anybody would set it."""
        inside = min(max(value, self.low), self.high)
        if self.whole:
            return float(round(inside))
        grain = (self.high - self.low) / 200.0
        if self.own is not None and abs(inside - self.own) <= grain / 2.0:
            return self.own
        return min(self.low + grain * round((inside - self.low) / grain), self.high)


class Search:
    """A search for the point that gives most within a budget.

    Parameters
    ----------
    dials : sequence of Dial
    evaluate : callable
        Takes a point; returns what it gives, and what it takes of the budget (infinite where it cannot be).
    budget : float

    Attributes
    ----------
    known : dict
        Points that were worked out, in order, with what they give and take.
    """

    def __init__(self, dials: Sequence[Dial], evaluate: Evaluate, budget: float) -> None:
        self.dials, self.evaluate, self.budget = tuple(dials), evaluate, budget
        self.known: dict[Point, tuple[float, float]] = {}

    def at(self, values: Sequence[float]) -> tuple[Point, float, float]:
        """Return the point nearest to some values, what it gives and what it takes."""
        point = tuple(dial.held(value) for dial, value in zip(self.dials, values, strict=True))
        if point not in self.known:
            self.known[point] = self.evaluate(point)
        return (point, *self.known[point])

    def run(self, begin: Sequence[float], trials: int, polish: int, seed: int) -> Point:
        """Search, and return the best point.

        Parameters
        ----------
        begin : sequence of float
            A point to begin with.
        trials : int
            Points that Optuna asks for.
        polish : int
            Most points that are looked at while polishing one.
        seed : int
        """
        self.explore(begin, trials, seed)
        self.cross(TIMES * trials, seed)
        for point in self.best(POLISHED):
            self.polished(point, polish)
        return self.best(1)[0]

    def explore(self, begin: Sequence[float], trials: int, seed: int) -> None:
        """Let Optuna's tree-structured Parzen estimator ask for points."""
        optuna = loaded()
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # "multivariate is experimental": it has been since 2020
            sampler = optuna.samplers.TPESampler(
                seed=seed % (1 << 32), multivariate=True, n_startup_trials=max(trials // 4, 10)
            )
        study = optuna.create_study(direction="maximize", sampler=sampler)
        study.enqueue_trial(
            {dial.name: value for dial, value in zip(self.dials, begin, strict=True)}
        )
        for _ in range(trials):
            trial = study.ask()
            values = [self._asked(trial, dial) for dial in self.dials]
            _, gives, takes = self.at(values)
            over = max(
                takes - self.budget, 0.0
            )  # whatever is over the budget is worse than all within
            study.tell(trial, gives if not over else -1e9 - min(over, 1e12))

    def _asked(self, trial: Any, dial: Dial) -> float:
        if dial.whole:
            return float(trial.suggest_int(dial.name, int(dial.low), int(dial.high)))
        return float(trial.suggest_float(dial.name, dial.low, dial.high))

    def cross(self, most: int, seed: int) -> None:
        """Cross points with one another, and keep of parent and child the better one.

        Half of them are the best, half come from all over, lest all be of one kind.
        """
        rng = np.random.default_rng([seed, 0xDE])
        order = sorted(self.known, key=self.rank)
        rest = order[CROSSED // 2 :]
        kept = order[: CROSSED // 2] + rest[:: max(len(rest) // (CROSSED // 2), 1)][: CROSSED // 2]
        until, tries = len(self.known) + most, 0
        while len(kept) > 1 and len(self.known) < until and tries < 2 * most:
            for place in range(len(kept)):
                tries += 1
                child, _, _ = self.at(self.crossed(kept, place, rng))
                if self.rank(child) <= self.rank(kept[place]):
                    kept[place] = child
                if len(self.known) >= until:
                    break

    def crossed(
        self, kept: Sequence[Point], place: int, rng: np.random.Generator
    ) -> Sequence[float]:
        """Return a child of a point: moved towards the best or another, and by the gap between two more."""
        own = np.array(kept[place])
        to = min(kept, key=self.rank) if rng.random() < 0.5 else kept[int(rng.integers(len(kept)))]
        one, two = (np.array(kept[i]) for i in rng.choice(len(kept), 2, replace=False))
        child = own + rng.uniform(0.4, 0.9) * (np.array(to) - own + one - two)
        taken = rng.random(len(own)) < rng.choice([0.3, 0.9])
        taken[rng.integers(len(own))] = True
        child = np.where(taken, child, own)
        low, high = (
            np.array([getattr(dial, end) for dial in self.dials]) for end in ("low", "high")
        )
        child = np.where(child < low, (low + own) / 2.0, child)
        inside: list[float] = np.where(child > high, (high + own) / 2.0, child).tolist()
        return inside

    def rank(self, point: Point) -> tuple[float, float, float]:
        """Return by what points are ranked, the best lowest: how far over the budget, then what they give."""
        gives, takes = self.known[point]
        return max(takes - self.budget, 0.0), -gives, takes

    def polished(self, point: Point, most: int) -> None:
        """Move a point by smaller and smaller steps, and by exchanges between dials, while it gets better."""
        here, gives = point, self.known[point][0]
        until = len(self.known) + most
        for step in STEPS:
            better = True
            while better and len(self.known) < until:
                better = False
                for values in self.moves(here, step):
                    there, more, takes = self.at(values)
                    if takes <= self.budget and more > gives:
                        here, gives, better = there, more, True
                    if len(self.known) >= until:
                        break

    def moves(self, point: Point, step: float) -> Iterator[list[float]]:
        """Yield points near one: each dial up and down, and one up while another goes down."""
        size = [
            max(step * (dial.high - dial.low), 1.0 if dial.whole else 0.0) for dial in self.dials
        ]
        places = range(len(self.dials))
        for up in places:
            for down in places:
                values = list(point)
                values[up] += size[up]
                if down != up:
                    values[down] -= size[down]
                yield values
        for down in places:
            values = list(point)
            values[down] -= size[down]
            yield values

    def best(self, number: int) -> list[Point]:
        """Return the best points within the budget, of all that were worked out; cheaper ones of equals.

        Raises
        ------
        InputError
            If none is within the budget.
        """
        within = [(-gives, takes, point) for point, (gives, takes) in self.known.items()
                  if takes <= self.budget and np.isfinite(gives)]  # fmt: skip
        if not within:
            least = min((takes for _, takes in self.known.values()), default=np.nan)
            message = f"no plan that was tried is within it; the cheapest takes {least:,.0f} hours"
            raise InputError(Problem(message, key="budget", value=self.budget))
        return [point for _, _, point in sorted(within)[:number]]

    def front(self) -> list[Point]:
        """Return the points that no other beats in both, the cheapest first."""
        order = sorted((takes, -gives, point) for point, (gives, takes) in self.known.items()
                       if np.isfinite(takes) and np.isfinite(gives))  # fmt: skip
        found, most = list[Point](), -np.inf
        for _, less, point in order:
            if -less > most:
                found.append(point)
                most = -less
        return found


def loaded() -> Any:
    """Return Optuna, silent.

    Raises
    ------
    QisimError
        If it is not installed.
    """
    optuna: Any = optional("optuna", "a search", "search")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna
