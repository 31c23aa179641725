"""Choose the few strengths that no source fixes, against the tuning patterns: history matching.

    uv run scripts/choose_base.py [--quick | --again | --base] [--theory NAME]

The free strengths (`FREE`) are searched over their plausible ranges in waves. In each wave sets from
a scrambled Sobol sequence are simulated, a Gaussian process is fitted to every number of the tuning
patterns, those of validation (use ``tuned``) and those of the second edition, and sets that it calls
implausible are ruled out (Vernon I, Goldstein M, Bower RG. Galaxy formation: a Bayesian uncertainty analysis.
Bayesian Anal 2010;5:619-70). The implausibility of a set is the largest distance, over those numbers,
between what the model shows and what the source says, in standard deviations of emulator and
discrepancy together; half of the way from the source's value to an end of the tolerance counts as
one standard deviation of the discrepancy, so the tolerance is read as two. More than 3 is ruled out.

In the end sets that are likely to be acceptable, as emulated, are simulated, and moved until enough of
them are (`at_last`); the acceptable sets are those with all numbers of all tuning patterns within their
tolerances, directions included. They are written to ``src/qisim/data/acceptable.csv``, and what was found,
the place of the base values among them, and how many acceptable sets show the patterns that were only
checked, to ``docs/base-values.md``, between its marks.

After a change of the model, ``--again`` simulates the stored sets again, keeps those that are acceptable
still, and writes the page; where few are left, search anew. After a change of the base values of free
strengths alone, ``--base`` looks up their place among the stored sets.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from base_numbers import (
    EVERY,
    FREE,
    HIGH,
    LOW,
    MOST,
    NAMES,
    RUNS,
    RUNS_AT_LAST,
    SCALE,
    SEED,
    Array,
    implausibility,
    in_ranges,
    misses,
    simulated,
    sobol,
    within,
)
from base_page import (
    DATA,
    found_of,
    place_of_base,
    search_text,
    write,
)
from scipy.special import ndtr
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

from qisim.model.theories import THEORIES

CUT_OFF = 3.0
"""Implausibility above which a set is ruled out; 2 is the end of a tolerance."""
WAVES = (240, 160)
"""Sets that are simulated in each wave."""
GENERATIONS, SIZE, PARENTS = 22, 32, 20
"""Generations at most, sets that are simulated in each, and the fewest that are moved from."""
CANDIDATES, AT_ONCE = 2**17, 2**13
"""Sets of which the emulators are asked, and how many at once."""


# --- emulation -------------------------------------------------------------------------------------


def emulators(
    points: Array, found: Array, places: Sequence[int] = EVERY
) -> dict[int, GaussianProcessRegressor]:
    """Fit a Gaussian process to numbers; the noise of the runs is fitted as well."""
    fitted = {}
    for i in places:
        kernel = ConstantKernel(1.0) * RBF(np.ones(len(FREE)), (0.05, 50.0)) + WhiteKernel(
            0.05, (1e-5, 1.0)
        )
        emulator = GaussianProcessRegressor(kernel, normalize_y=True, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a strength that does not matter
            known = np.isfinite(found[:, i])  # a ratio is not, where nobody used it at all
            fitted[i] = emulator.fit(points[known], found[known, i])
    return fitted


def emulated(fitted: dict[int, GaussianProcessRegressor], points: Array) -> tuple[Array, Array]:
    """Return what the emulators expect, and its spread; shape (points, numbers)."""
    mean, spread = (np.full((len(points), len(NAMES)), np.nan) for _ in range(2))
    for begin in range(0, len(points), AT_ONCE):
        part = slice(begin, begin + AT_ONCE)
        for i, emulator in fitted.items():
            mean[part, i], spread[part, i] = emulator.predict(points[part], return_std=True)
    return mean, spread


def standardised(
    fitted: dict[int, GaussianProcessRegressor], points: Array, found: Array
) -> dict[str, float]:
    """Return how emulators do in sets that they have not seen.

    Returns
    -------
    dict of str to float
        ``within``: share of standardised errors (error over the emulator's own spread) that are at most 2, over
        all numbers; ``worst``: that share for the number that does worst; ``spread``: standard deviation
        of standardised errors. An emulator that knows its doubt has .95 and 1.
    """
    mean, spread = emulated(fitted, points)
    errors = np.array(
        [(found[:, i] - mean[:, i]) / np.maximum(spread[:, i], 1e-12) for i in fitted]
    )
    errors = errors[:, np.isfinite(errors).all(axis=0)]
    fine = np.abs(errors) <= 2.0
    return {
        "within": float(fine.mean()),
        "worst": float(fine.mean(axis=1).min()),
        "spread": float(np.sqrt(np.mean(errors**2))),
    }


# --- the search ------------------------------------------------------------------------------------


@dataclass
class Search:
    """What has been simulated so far, and what is left.

    Attributes
    ----------
    left : ndarray, shape (points, strengths)
        Points of the unit cube that no wave has ruled out.
    points, found : ndarray
        Points that were simulated, and their numbers.
    told : list of dict
        What each wave has left.
    """

    left: Array
    points: Array
    found: Array
    told: list[dict[str, Any]] = field(default_factory=list)

    def add(self, points: Array, found: Array) -> None:
        """Take in what was simulated."""
        self.points = np.concatenate([self.points, points])
        self.found = np.concatenate([self.found, found])


def search(waves: tuple[int, ...], candidates: int) -> Search:
    """Rule out sets in waves."""
    points = sobol(waves[0], SEED + 1)
    found = simulated(in_ranges(points), RUNS, "wave 1")
    SCALE[:] = np.nanstd(found, axis=0)
    so_far = Search(sobol(candidates, SEED), points, found)
    for wave, size in enumerate((*waves[1:], 0), 1):
        fitted = emulators(so_far.points, so_far.found)
        so_far.left = so_far.left[implausibility(*emulated(fitted, so_far.left)) < CUT_OFF]
        share, seen = len(so_far.left) / candidates, len(so_far.points)
        so_far.told.append({"wave": wave, "simulated": seen, "left": share})
        print(so_far.told[-1], flush=True)
        if not size or not len(so_far.left):
            break
        fresh = spread_out(so_far.left, size)
        numbers = simulated(in_ranges(fresh), RUNS, f"wave {wave + 1}")
        so_far.told[-1] |= standardised(fitted, fresh, numbers)
        print(so_far.told[-1], flush=True)
        so_far.add(fresh, numbers)
    return so_far


def at_last(so_far: Search, generations: int, size: int) -> tuple[Array, Array]:
    """Look for acceptable sets among those that no wave has ruled out, and spread out among them.

    Differential evolution (Storn R, Price K. J Glob Optim 1997;11:341-59): each generation moves the sets
    that miss least along differences between others like them. It goes on when acceptable sets are found,
    so that what is kept is spread over them; every acceptable set is then simulated with more runs.

    Returns
    -------
    sets : ndarray, shape (tried, strengths)
        Acceptable with few runs.
    found : ndarray, shape (tried, numbers)
        Their numbers with many runs.
    """
    generator = np.random.default_rng(SEED)
    so_far.add(fresh := drawn(so_far, size), simulated(in_ranges(fresh), RUNS, "likely"))
    for number in range(1, generations + 1):
        missed = misses(so_far.found)
        best = so_far.points[
            np.argsort(missed, kind="stable")[: max(PARENTS, int((missed == 0).sum()))]
        ]
        fresh = moved(best, size, generator)
        so_far.add(fresh, simulated(in_ranges(fresh), RUNS, f"generation {number}"))
        held = int(within(so_far.found).sum())
        print(
            f"generation {number}: {held} acceptable, least missed {missed.min():.2f}", flush=True
        )
        if held >= MOST:
            break
    kept = so_far.points[within(so_far.found)]
    return in_ranges(kept), simulated(in_ranges(kept), RUNS_AT_LAST, "at last")


def moved(best: Array, number: int, generator: np.random.Generator) -> Array:
    """Return sets moved along differences between others, turned back at the ends of the ranges."""
    one, other, start = (best[generator.integers(len(best), size=number)] for _ in range(3))
    steps = 0.6 * (one - other) * (generator.random(one.shape) < 0.6)
    found = start + steps + generator.normal(0.0, 0.04, one.shape)
    found = np.where(found < 0.0, -found, found)
    return np.clip(np.where(found > 1.0, 2.0 - found, found), 0.0, 1.0)


def drawn(so_far: Search, number: int) -> Array:
    """Return sets that no wave has ruled out, drawn in proportion to their chance of being acceptable."""
    chance = chance_within(so_far, so_far.left)
    wanted = min(number, int((chance > 0).sum()))
    generator = np.random.default_rng(SEED)
    which = generator.choice(len(chance), wanted, replace=False, p=chance / chance.sum())
    return np.asarray(so_far.left[which])


def chance_within(so_far: Search, points: Array) -> Array:
    """Return the chance, as emulated, that all numbers lie within their tolerances.

    Only numbers that are out of tolerance in one of a hundred sets or more are emulated.
    """
    outside = np.mean((so_far.found < LOW) | (so_far.found > HIGH), axis=0)
    places = [int(i) for i in np.flatnonzero(outside >= 0.01)]
    mean, spread = emulated(emulators(so_far.points, so_far.found, places), points)
    chance = np.ones(len(points))
    for i in places:
        upper, lower = ((end[i] - mean[:, i]) / spread[:, i] for end in (HIGH, LOW))
        chance *= ndtr(upper) - ndtr(lower)
    return chance


def spread_out(points: Array, number: int) -> Array:
    """Return some of the points, evenly in the order in which Sobol gave them."""
    return points[np.linspace(0, len(points) - 1, min(number, len(points))).astype(int)]


def acceptable(sets: Array, found: Array) -> pd.DataFrame:
    """Return the sets under which all holds, with their numbers, in no order."""
    table = pd.DataFrame(sets, columns=[p.key for p in FREE])
    table["implausibility"] = implausibility(found)
    table = pd.concat([table, pd.DataFrame(found, columns=list(NAMES))], axis=1)
    table = table[within(found)].sample(frac=1.0, random_state=SEED).head(MOST)
    table.insert(0, "set", np.arange(len(table)))
    print(f"{len(table)} of {len(sets)} sets are acceptable", flush=True)
    return table.reset_index(drop=True)


# --- what is asked ---------------------------------------------------------------------------------


def anew() -> int:
    """Search, and write what was found."""
    so_far = search(WAVES, CANDIDATES)
    if not len(so_far.left):
        print("nothing is left: no set within the plausible ranges shows the tuning patterns")
        return 1
    sets, found = at_last(so_far, GENERATIONS, SIZE)
    table = acceptable(sets, found)
    if not len(table):
        return 1
    write(table, {"search": search_text(so_far.told, sets, found), **found_of(table)})
    return 0


def again() -> int:
    """Simulate the stored sets again, and write what is left of them."""
    sets = pd.read_csv(DATA)[[p.key for p in FREE]].to_numpy()
    table = acceptable(sets, simulated(sets, RUNS_AT_LAST, "again"))
    if not len(table):
        return 1
    write(table, found_of(table))
    return 0


def base_only() -> int:
    """Look up the place of the base values among the stored sets."""
    table = pd.read_csv(DATA)
    write(table, place_of_base(table))
    return 0


def quick() -> int:
    """Do a little of everything, to see that it works; write nothing."""
    so_far = search((30, 10), 2**10)
    sets, found = at_last(so_far, 2, 8)
    acceptable(sets, found)
    print(search_text(so_far.told, sets, found))
    return 0


def main() -> int:
    """Do what is asked."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    either = options.add_mutually_exclusive_group()
    either.add_argument("--quick", action="store_true", help="small, to see that it works")
    either.add_argument("--again", action="store_true", help="simulate the stored sets again")
    either.add_argument("--base", action="store_true", help="look up the place of the base values")
    options.add_argument("--theory", choices=THEORIES, help="match a rival theory: theory_base.py")
    asked = options.parse_args()
    if asked.theory:
        import theory_base

        return theory_base.main(asked.theory, quick=asked.quick, held=asked.again, short=asked.base)
    if asked.base:
        return base_only()
    return quick() if asked.quick else again() if asked.again else anew()


if __name__ == "__main__":
    sys.exit(main())
