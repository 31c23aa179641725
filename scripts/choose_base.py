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
import multiprocessing
import re
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import second_edition
from scipy.special import ndtr
from scipy.stats import qmc
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

from qisim.comparison.study import Options
from qisim.model.parameters import Parameter, parameter
from qisim.model.theories import THEORIES
from qisim.validation.patterns import PATTERNS, TUNED, Pattern, Quantity
from qisim.validation.study import ValidationRun

Array = npt.NDArray[np.float64]

ROOT = Path(__file__).parents[1]
DATA = ROOT / "src" / "qisim" / "data" / "acceptable.csv"
PAGE = ROOT / "docs" / "base-values.md"

FREE = tuple(
    parameter(name)
    for name in (
        "base_odds", "half_competence", "half_slack_load", "attention_from_part",
        "attention_half_life", "attention_from_support", "attention_from_example",
        "habit_half_life", "support_weight", "leader_hours_after", "session_teaches",
        "norm_weight", "teaching_rate", "never_come", "rota_fixed", "embed_weeks", "crisis_drop",
        "new_aims", "follow_up_need",
    )
)  # fmt: skip
"""The strengths that no source fixes and that the tuning patterns are about."""

CUT_OFF = 3.0
"""Implausibility above which a set is ruled out; 2 is the end of a tolerance."""
SEED = 20240524
WAVES = (240, 160)
"""Sets that are simulated in each wave."""
WORKERS = 2
GENERATIONS, SIZE, PARENTS = 22, 32, 20
"""Generations at most, sets that are simulated in each, and the fewest that are moved from."""
RUNS, RUNS_AT_LAST = 32, 96
"""Runs of each arm while searching, and at last."""
CANDIDATES, AT_ONCE = 2**17, 2**13
"""Sets of which the emulators are asked, and how many at once."""
MOST = 300
"""Acceptable sets that are kept."""
CHECKED_SETS, CHECKED_RUNS = 30, 50
"""Acceptable sets under which the patterns that were only checked are run, and runs of each arm."""

QUANTITIES: tuple[tuple[str, Any], ...] = (
    *((pattern.id, q) for pattern in TUNED for q in pattern.quantities),
    *second_edition.QUANTITIES,
)
"""Numbers of the tuning patterns: those of validation, then those of the second edition."""
NAMES = tuple(f"{pattern}.{q.name}" for pattern, q in QUANTITIES)
SIZED = tuple(
    i for i, (_, q) in enumerate(QUANTITIES) if q.source is not None and np.isfinite(q.low + q.high)
)
"""Places of the numbers with a source's value and a tolerance on both sides."""
EVERY = tuple(range(len(QUANTITIES)))
LOW, HIGH = (np.array([getattr(q, end) for _, q in QUANTITIES]) for end in ("low", "high"))
GRAIN = 0.05
"""Standard deviation of the discrepancy of a number that has a direction only, as a share of how much it
varies over the space searched."""


# --- the model -------------------------------------------------------------------------------------


def measured(values: dict[str, float], runs: int, seed: int = 1) -> Array:
    """Return the numbers of the tuning patterns under one set, in the order of `NAMES`."""
    course = ValidationRun(list(TUNED), Options(runs, seed, keep=False), values)
    held = {pattern.id: course.runs_of(pattern) for pattern in TUNED}
    from_validation = [q.of(held[pattern]) for pattern, q in QUANTITIES if pattern in held]
    return np.array([*from_validation, *second_edition.tuning_numbers(values)])


def _measured(task: tuple[Array, int]) -> Array:
    return measured(as_values(task[0]), task[1])


def simulated(sets: Array, runs: int, what: str) -> Array:
    """Return the numbers of many sets; shape (sets, numbers)."""
    begun, rows = time.monotonic(), []
    measured({}, 4)  # so that the workers find compiled code
    with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        for number, row in enumerate(pool.imap(_measured, [(row, runs) for row in sets], 4), 1):
            rows.append(row)
            if number % 50 and number != len(sets):
                continue
            print(
                f"{what}: {number} of {len(sets)} sets, {time.monotonic() - begun:.0f} s",
                flush=True,
            )
    return np.array(rows)


def as_values(row: Array) -> dict[str, float]:
    """Return a set by dotted key."""
    return {p.key: float(value) for p, value in zip(FREE, row, strict=True)}


# --- the space -------------------------------------------------------------------------------------


def in_ranges(unit: Array) -> Array:
    """Return points of the unit cube as sets: even over the plausible range, or over its logarithm."""
    columns = [_stretched(p, unit[:, i]) for i, p in enumerate(FREE)]
    return np.stack(columns, axis=1)


def _stretched(p: Parameter, unit: Array) -> Array:
    if p.distribution == "loguniform":
        stretched: Array = p.low * (p.high / p.low) ** unit
        return stretched
    return p.low + (p.high - p.low) * unit


def in_cube(sets: Array) -> Array:
    """Return sets as points of the unit cube."""
    columns = [
        np.log(sets[:, i] / p.low) / np.log(p.high / p.low)
        if p.distribution == "loguniform"
        else (sets[:, i] - p.low) / (p.high - p.low)
        for i, p in enumerate(FREE)
    ]
    return np.stack(columns, axis=1)


def sobol(number: int, seed: int) -> Array:
    """Return points of the unit cube, scrambled Sobol."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a number that is no power of two is meant
        found: Array = qmc.Sobol(len(FREE), seed=seed).random(number)
    return found


# --- implausibility --------------------------------------------------------------------------------


def discrepancy(quantity: Quantity, found: Array) -> Array:
    """Return one standard deviation of the discrepancy, on the side on which the number lies."""
    source = quantity.source or 0.0
    below, above = (source - quantity.low) / 2.0, (quantity.high - source) / 2.0
    # where the source's value lies at an end, that side is as wide as the other one
    below, above = below or above, above or below
    return np.where(found < source, below, above)


def implausibility(found: Array, spread: Array | float = 0.0) -> Array:
    """Return the largest distance to what is asked, over all numbers of the tuning patterns.

    A number with a source's value is as far away as it lies from that value; one with a direction only,
    as far as it lies outside its tolerance.

    Parameters
    ----------
    found : ndarray, shape (sets, numbers)
    spread : ndarray of the same shape, or 0
        Standard deviation of `found`, such as an emulator's.
    """
    spread = np.broadcast_to(spread, found.shape)
    away = []
    for i, (_, q) in enumerate(QUANTITIES):
        if i in SIZED:
            apart, one = np.abs(found[:, i] - (q.source or 0.0)), discrepancy(q, found[:, i])
        else:
            apart = np.maximum(np.maximum(q.low - found[:, i], found[:, i] - q.high), 0.0)
            one = SCALE[i] * GRAIN
        away.append(np.nan_to_num(apart / np.sqrt(one**2 + spread[:, i] ** 2), nan=np.inf))
    highest: Array = np.max(away, axis=0)
    return highest


SCALE = np.ones(len(QUANTITIES))
"""How much each number varies over the space searched; set by the first wave."""


def within(found: Array) -> Any:
    """Say for each set whether all numbers of all tuning patterns lie within their tolerances."""
    return np.all((found >= LOW) & (found <= HIGH), axis=1)


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


def misses(found: Array) -> Array:
    """Return by how much sets miss the tolerances, all numbers together; 0 for an acceptable set."""
    width = np.where(np.isfinite(HIGH - LOW), HIGH - LOW, SCALE)
    outside = np.maximum(np.maximum(LOW - found, found - HIGH), 0.0)
    missed: Array = (outside / (0.25 * width)).sum(axis=1) + 0.1 * (outside > 0).sum(axis=1)
    return np.nan_to_num(missed, nan=np.inf)


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


# --- what was only checked -------------------------------------------------------------------------


def shown_by(sets: pd.DataFrame, patterns: list[Pattern], runs: int) -> pd.Series[Any]:
    """Return for each pattern the share of sets under which all its numbers lie in tolerance."""
    shown = {pattern.id: 0 for pattern in patterns}
    rows = sets[[p.key for p in FREE]].to_numpy()
    for row in rows:
        course = ValidationRun(patterns, Options(runs, keep=False), as_values(row))
        for pattern in patterns:
            held = course.runs_of(pattern)
            shown[pattern.id] += all(q.low <= q.of(held) <= q.high for q in pattern.quantities)
    return pd.Series(shown) / len(rows)


# --- the page --------------------------------------------------------------------------------------


MARKED = re.compile(r"(<!-- written: (\w+) -->\n).*?(<!-- end written -->)", re.DOTALL)


def write(table: pd.DataFrame, made: dict[str, str]) -> None:
    """Write the sets, and what is made between the marks of the page; other marks stay as they are."""
    DATA.write_text(table.to_csv(index=False, float_format="%.6g", lineterminator="\n"))
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(
        MARKED.sub(lambda m: f"{m[1]}\n{made[m[2]]}\n\n{m[3]}" if m[2] in made else m[0], text),
        encoding="utf-8",
    )
    print(f"written: {DATA.relative_to(ROOT)}, {PAGE.relative_to(ROOT)}")


def found_of(table: pd.DataFrame) -> dict[str, str]:
    """Return what is said of acceptable sets and of the base values, by the name of its mark."""
    some = table.iloc[:: max(1, len(table) // CHECKED_SETS)].head(CHECKED_SETS)
    checked = shown_by(some, [p for p in PATTERNS.values() if p.use != "tuned"], CHECKED_RUNS)
    return {**place_of_base(table), "checked": "\n".join(_checked(checked, len(some)))}


def place_of_base(table: pd.DataFrame) -> dict[str, str]:
    """Return where the base values lie among acceptable sets, by the name of its mark."""
    base = measured({}, RUNS_AT_LAST)
    return {
        "strengths": "\n".join(_strengths(table)),
        "numbers": "\n".join(_numbers(table, base)),
    }


def search_text(told: list[dict[str, Any]], sets: Array, found: Array) -> str:
    """Return what the search did, as Markdown."""
    lines = [
        "| wave | sets simulated so far | of the space left | standardised errors up to 2, fresh sets: "
        "all numbers, worst number | their standard deviation |",
        "|---|---|---|---|---|",
    ]
    for row in told:
        errors = f"{row['within']:.2f}, {row['worst']:.2f}" if "within" in row else "–"
        spread = f"{row['spread']:.2f}" if "spread" in row else "–"
        left = f"{100 * row['left']:.2f} %"
        lines.append(f"| {row['wave']} | {row['simulated']} | {left} | {errors} | {spread} |")
    lines += [
        "",
        f"Among what was left, differential evolution found {len(sets)} sets that are acceptable with {RUNS} "
        f"runs of each arm; with {RUNS_AT_LAST} runs {int(within(found).sum())} of them still are: "
        f"every number of every tuning pattern lies in its tolerance. At most {MOST} of them are stored, "
        "drawn at random.",
    ]
    return "\n".join(lines)


def _strengths(table: pd.DataFrame) -> Iterator[str]:
    yield (
        "*Base value at*: share of acceptable sets with less. *Nearest*: the acceptable set that is "
        "nearest to the base values, in shares of the ranges. *Best*: the most plausible set."
    )
    yield ""
    yield (
        "| strength | unit | searched | base value | acceptable: 5 %, median, 95 % | base value at "
        "| nearest | best |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    near, best = nearest(table), table.iloc[int(table["implausibility"].to_numpy().argmin())]
    for p in FREE:
        held = table[p.key]
        low, middle, high = held.quantile([0.05, 0.5, 0.95])
        place = 100.0 * float((held < p.default).mean())
        yield (
            f"| `{p.key}` | {p.unit} | {p.low:g} to {p.high:g} | {p.default:g} | "
            f"{low:.3g}, {middle:.3g}, {high:.3g} | {place:.0f} % | {near[p.key]:.3g} | "
            f"{best[p.key]:.3g} |"
        )


def nearest(table: pd.DataFrame) -> pd.Series[Any]:
    """Return the acceptable set nearest to the base values, in shares of the ranges searched."""
    sets = in_cube(table[[p.key for p in FREE]].to_numpy())
    base = in_cube(np.array([[p.default for p in FREE]]))
    row: pd.Series[Any] = table.iloc[int(((sets - base) ** 2).sum(axis=1).argmin())]
    return row


def _numbers(table: pd.DataFrame, base: Array) -> Iterator[str]:
    doubt, inside = float(implausibility(base[None])[0]), bool(within(base[None])[0])
    yield (
        f"The base values have an implausibility of {doubt:.2f} and are "
        f"{'acceptable' if inside else '**not acceptable**'}; the acceptable sets have from "
        f"{table['implausibility'].min():.2f} to {table['implausibility'].max():.2f}."
    )
    yield ""
    yield "| number | unit | source | tolerance | base values | acceptable: 5 %, median, 95 % |"
    yield "|---|---|---|---|---|---|"
    for i, ((_, q), name) in enumerate(zip(QUANTITIES, NAMES, strict=True)):
        low, middle, high = table[name].quantile([0.05, 0.5, 0.95])
        source = "" if q.source is None else f"{q.source:g}"
        mark = "" if q.low <= base[i] <= q.high else " (outside)"
        yield (
            f"| {name}: {q.label} | {q.unit} | {source} | {q.low:g} to {q.high:g} | "
            f"{base[i]:.3g}{mark} | {low:.3g}, {middle:.3g}, {high:.3g} |"
        )


def _checked(checked: pd.Series[Any], sets: int) -> Iterator[str]:
    yield (
        f"Share of {sets} acceptable sets (spread over all of them) under which every number of the "
        f"pattern lies in its tolerance, with {CHECKED_RUNS} runs of each arm; no set was chosen by these."
    )
    yield ""
    yield "| pattern | what it is | sets that show it |"
    yield "|---|---|---|"
    for name, share in checked.items():
        yield f"| {name} | {PATTERNS[str(name)].title} | {100 * share:.0f} % |"


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
