"""Choose the few strengths that no source fixes, against the tuning patterns: history matching.

    uv run scripts/choose_base.py [--quick]

The free strengths (`FREE`) are searched over their plausible ranges in waves. In each wave sets from
a scrambled Sobol sequence are simulated, a Gaussian process is fitted to every number of the
patterns with use ``tuned`` that has a tolerance on both sides, and sets that it calls implausible
are ruled out (Vernon I, Goldstein M, Bower RG. Galaxy formation: a Bayesian uncertainty analysis.
Bayesian Anal 2010;5:619-70). The implausibility of a set is the largest distance, over those numbers,
between what the model shows and what the source says, in standard deviations of emulator and
discrepancy together; half of the way from the source's value to an end of the tolerance counts as
one standard deviation of the discrepancy, so the tolerance is read as two. More than 3 is ruled out.

In the end every set that is left is simulated with more runs; the acceptable sets are those with
all numbers of all tuning patterns within their tolerances, directions included. They are written to
``src/qisim/data/acceptable.csv``, and what was found, the place of the base values among them, and
how many acceptable sets show the patterns that were only checked, to ``docs/base-values.md``.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import qmc
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

from qisim.parameters import Parameter, parameter
from qisim.patterns import PATTERNS, TUNED, Pattern, Quantity
from qisim.runner import cores
from qisim.study import Options
from qisim.validation import Course

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
    )
)  # fmt: skip
"""The strengths that no source fixes and that the tuning patterns are about."""

CUT_OFF = 3.0
SEED = 20240524
WAVES = (400, 250, 250)
"""Sets that are simulated in each wave."""
RUNS, RUNS_AT_LAST = 32, 96
"""Runs of each arm while searching, and for the sets that are left."""
CANDIDATES = 2**15
TRIALS = 400
"""Sets that are simulated at last."""
MOST = 250
"""Acceptable sets that are kept."""
CHECKED_SETS, CHECKED_RUNS = 40, 50

QUANTITIES = tuple((pattern, q) for pattern in TUNED for q in pattern.quantities)
NAMES = tuple(f"{pattern.id}.{q.name}" for pattern, q in QUANTITIES)
SIZED = tuple(
    i for i, (_, q) in enumerate(QUANTITIES) if q.source is not None and np.isfinite(q.low + q.high)
)
"""Places of the numbers with a source's value and a tolerance on both sides."""


# --- the model -------------------------------------------------------------------------------------


def measured(values: dict[str, float], runs: int, seed: int = 1) -> Array:
    """Return the numbers of the tuning patterns under one set, in the order of `NAMES`."""
    course = Course(list(TUNED), Options(runs, seed), values)
    held = {pattern.id: course.runs_of(pattern) for pattern in TUNED}
    return np.array([q.of(held[pattern.id]) for pattern, q in QUANTITIES])


def simulated(sets: Array, runs: int, what: str) -> Array:
    """Return the numbers of many sets; shape (sets, numbers)."""
    begun, rows = time.monotonic(), []
    for number, row in enumerate(sets, 1):
        rows.append(measured(as_values(row), runs))
        if number % 50 == 0 or number == len(sets):
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
    """Return the largest distance to the sources over the numbers with a size.

    Parameters
    ----------
    found : ndarray, shape (sets, numbers)
    spread : ndarray of the same shape, or 0
        Standard deviation of `found`, such as an emulator's.
    """
    spread = np.broadcast_to(spread, found.shape)
    away = [
        np.abs(found[:, i] - (q.source or 0.0))
        / np.sqrt(discrepancy(q, found[:, i]) ** 2 + spread[:, i] ** 2)
        for i, (_, q) in ((i, QUANTITIES[i]) for i in SIZED)
    ]
    highest: Array = np.max(away, axis=0)
    return highest


def within(found: Array) -> Any:
    """Say for each set whether all numbers of all tuning patterns lie within their tolerances."""
    low = np.array([q.low for _, q in QUANTITIES])
    high = np.array([q.high for _, q in QUANTITIES])
    return np.all((found >= low) & (found <= high), axis=1)


# --- emulation -------------------------------------------------------------------------------------


def emulators(points: Array, found: Array) -> dict[int, GaussianProcessRegressor]:
    """Fit a Gaussian process to each number with a size; the noise of the runs is fitted as well."""
    fitted = {}
    for i in SIZED:
        kernel = ConstantKernel(1.0) * RBF(np.ones(len(FREE)), (0.05, 50.0)) + WhiteKernel(
            0.05, (1e-5, 1.0)
        )
        emulator = GaussianProcessRegressor(kernel, normalize_y=True, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a strength that does not matter
            fitted[i] = emulator.fit(points, found[:, i])
    return fitted


def emulated(fitted: dict[int, GaussianProcessRegressor], points: Array) -> tuple[Array, Array]:
    """Return what the emulators expect, and its spread; shape (points, numbers)."""
    mean, spread = (np.full((len(points), len(NAMES)), np.nan) for _ in range(2))
    for i, emulator in fitted.items():
        mean[:, i], spread[:, i] = emulator.predict(points, return_std=True)
    return mean, spread


def accuracy(fitted: dict[int, GaussianProcessRegressor], points: Array, found: Array) -> float:
    """Return the least share of variance that any emulator explains in sets it has not seen."""
    mean, _ = emulated(fitted, points)
    return min(
        1.0 - float(np.mean((found[:, i] - mean[:, i]) ** 2) / np.var(found[:, i])) for i in SIZED
    )


# --- the search ------------------------------------------------------------------------------------


def search(waves: tuple[int, ...], candidates: int) -> tuple[Array, list[dict[str, Any]]]:
    """Return points that no wave has ruled out, and what each wave has left of the space."""
    everywhere = sobol(candidates, SEED)
    points = sobol(waves[0], SEED + 1)
    found = simulated(in_ranges(points), RUNS, "wave 1")
    told: list[dict[str, Any]] = []
    for wave, size in enumerate((*waves[1:], 0), 1):
        fitted = emulators(points, found)
        doubt = implausibility(*emulated(fitted, everywhere))
        left = everywhere[doubt < CUT_OFF]
        told.append({"wave": wave, "simulated": len(points), "left": len(left) / len(everywhere)})
        print(told[-1], flush=True)
        if not size or not len(left):
            break
        fresh = spread_out(left, size)
        seen = simulated(in_ranges(fresh), RUNS, f"wave {wave + 1}")
        told[-1]["explained"] = accuracy(fitted, fresh, seen)
        points, found = np.concatenate([points, fresh]), np.concatenate([found, seen])
    order = np.argsort(doubt[doubt < CUT_OFF], kind="stable")
    return left[order], told


def spread_out(points: Array, number: int) -> Array:
    """Return some of the points, evenly in the order in which Sobol gave them."""
    return points[np.linspace(0, len(points) - 1, min(number, len(points))).astype(int)]


def acceptable(points: Array, trials: int) -> pd.DataFrame:
    """Simulate points with more runs; return the sets that hold, in no order of merit."""
    sets = in_ranges(spread_out(points, trials))
    found = simulated(sets, RUNS_AT_LAST, "at last")
    table = pd.DataFrame(sets, columns=[p.key for p in FREE])
    table["implausibility"] = implausibility(found)
    table = pd.concat([table, pd.DataFrame(found, columns=list(NAMES))], axis=1)
    best = table[within(found)].sort_values("implausibility").head(MOST)
    table = best.sample(frac=1.0, random_state=SEED)  # a study may use the first ones only
    table.insert(0, "set", np.arange(len(table)))
    print(f"{len(table)} of {len(sets)} sets that were left are acceptable", flush=True)
    return table.reset_index(drop=True)


# --- what was only checked -------------------------------------------------------------------------


def shown_by(sets: pd.DataFrame, patterns: list[Pattern], runs: int) -> pd.Series[Any]:
    """Return for each pattern the share of sets under which all its numbers lie in tolerance."""
    shown = {pattern.id: 0 for pattern in patterns}
    rows = sets[[p.key for p in FREE]].to_numpy()
    for row in rows:
        course = Course(patterns, Options(runs), as_values(row))
        for pattern in patterns:
            held = course.runs_of(pattern)
            shown[pattern.id] += all(q.low <= q.of(held) <= q.high for q in pattern.quantities)
    return pd.Series(shown) / len(rows)


# --- the page --------------------------------------------------------------------------------------


def page(
    table: pd.DataFrame,
    told: list[dict[str, Any]],
    base: Array,
    checked: pd.Series[Any],
    tried: int,
) -> str:
    """Return what was found, as Markdown."""
    lines = [*_opening(table, told, tried), "", *_strengths(table), "", *_numbers(table, base), ""]
    lines += ["## Patterns that were only checked", "", *_checked(checked)]
    return "\n".join(lines) + "\n"


def _opening(table: pd.DataFrame, told: list[dict[str, Any]], tried: int) -> Iterator[str]:
    yield "# How base values were chosen"
    yield ""
    yield (
        "Written by `uv run scripts/choose_base.py`; do not edit. The method stands at the top of "
        "that file, what the patterns are in [validation.md](validation.md)."
    )
    yield ""
    yield "| wave | sets simulated so far | of the space left | least variance explained, fresh sets |"
    yield "|---|---|---|---|"
    for row in told:
        explained = f"{row['explained']:.2f}" if "explained" in row else "–"
        yield f"| {row['wave']} | {row['simulated']} | {100 * row['left']:.2f} % | {explained} |"
    yield ""
    yield (
        f"Of {tried} sets that were left, simulated with {RUNS_AT_LAST} runs of each arm, "
        f"{len(table)} are acceptable: every number of every tuning pattern lies in its tolerance."
    )


def _strengths(table: pd.DataFrame) -> Iterator[str]:
    yield "## The strengths"
    yield ""
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
    yield "## The numbers of the tuning patterns"
    yield ""
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


def _checked(checked: pd.Series[Any]) -> Iterator[str]:
    yield (
        f"Share of {CHECKED_SETS} acceptable sets (evenly over all of them) under which every number "
        f"of the pattern lies in its tolerance, with {CHECKED_RUNS} runs of each arm; no set was chosen "
        "by these."
    )
    yield ""
    yield "| pattern | what it is | sets that show it |"
    yield "|---|---|---|"
    for name, share in checked.items():
        yield f"| {name} | {PATTERNS[str(name)].title} | {100 * share:.0f} % |"


def main() -> int:
    """Search, write the data and the page."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument(
        "--quick", action="store_true", help="small, to see that it works; writes nothing"
    )
    quick = options.parse_args().quick
    begun = time.monotonic()
    waves, candidates, trials = ((30, 10), 2**10, 6) if quick else (WAVES, CANDIDATES, TRIALS)
    points, told = search(waves, candidates)
    if not len(points):
        print("nothing is left: no set within the plausible ranges shows the tuning patterns")
        return 1
    table = acceptable(points, trials)
    base = measured({}, RUNS_AT_LAST)
    print(dict(zip(NAMES, base.round(4), strict=True)))
    if quick or not len(table):
        return 0 if quick else 1
    patterns = [p for p in PATTERNS.values() if p.use != "tuned"]
    some = table.iloc[:: max(1, len(table) // CHECKED_SETS)].head(CHECKED_SETS)
    checked = shown_by(some, patterns, CHECKED_RUNS)
    DATA.write_text(table.to_csv(index=False, float_format="%.6g", lineterminator="\n"))
    PAGE.write_text(page(table, told, base, checked, min(trials, len(points))), encoding="utf-8")
    print(f"written: {DATA.relative_to(ROOT)}, {PAGE.relative_to(ROOT)}; "
          f"{time.monotonic() - begun:.0f} s on {cores()} cores")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
