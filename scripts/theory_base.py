"""Match a rival theory to the tuning patterns: the same numbers, ranges and ways as `scripts/choose_base.py`.

    uv run scripts/choose_base.py --theory weakest-link [--quick]

Simulated are the model's base values, some of its acceptable sets and a scrambled Sobol sequence; emulators
fitted to these rule out what is implausible; differential evolution moves the sets that miss least. What is
left is simulated with more runs. The acceptable sets, or, where there is none, the one of the least
implausibility, are written to ``src/qisim/data/theories`` and to ``docs/theories.md`` between its marks.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import base_numbers as base
import choose_base
import numpy as np
import numpy.typing as npt
import pandas as pd
from base_page import DATA, MARKED
from written_page import DOCS

from qisim.design.theories import ACCEPTABLE
from qisim.engines.custom_rules import OWN_RULES
from qisim.model.theories import THEORIES, values_of

Array = npt.NDArray[np.float64]

PAGE = DOCS / "theories.md"
MOST = 20
"""Acceptable sets that are kept."""
FEW = 2
"""Acceptable sets of the model that the short form looks at."""
HELD_SCALE = 1.0
"""How much each number varies, where nothing is searched: in its own unit."""


@dataclass(frozen=True)
class Budget:
    """How much is simulated.

    Attributes
    ----------
    known, fresh : int
        Acceptable sets of the model, and new ones, to begin with.
    generations, size : int
        Of the differential evolution.
    last : int
        Sets that are simulated with more runs at last.
    candidates : int
        Sets of which the emulators are asked.
    """

    known: int
    fresh: int
    generations: int
    size: int
    last: int
    candidates: int


WHOLE = Budget(known=16, fresh=24, generations=3, size=12, last=6, candidates=2**12)
QUICK = Budget(known=2, fresh=6, generations=1, size=4, last=2, candidates=2**8)


def begin_with(budget: Budget) -> Array:
    """Return the first points: base values, acceptable sets of the model, a Sobol sequence."""
    held = pd.read_csv(DATA)[[p.key for p in base.FREE]]
    some = held.iloc[:: max(1, len(held) // budget.known)].head(budget.known).to_numpy()
    known = np.vstack([[[p.default for p in base.FREE]], some])
    inside = np.clip(base.in_cube(known), 0.0, 1.0)  # ranges may have moved since
    return np.concatenate([inside, base.sobol(budget.fresh, base.SEED + 2)])


def searched(name: str, budget: Budget) -> choose_base.Search:
    """Simulate, rule out, move what misses least."""
    points = begin_with(budget)
    found = base.simulated(base.in_ranges(points), base.RUNS, f"{name}, to begin with")
    base.SCALE[:] = np.maximum(np.nanstd(found, axis=0), 1e-9)  # no number where nobody used it
    so_far = choose_base.Search(base.sobol(budget.candidates, base.SEED), points, found)
    fitted = choose_base.emulators(so_far.points, so_far.found)
    left = base.implausibility(*choose_base.emulated(fitted, so_far.left)) < choose_base.CUT_OFF
    print(f"{name}: {100 * left.mean():.2f} % of the space is left", flush=True)
    so_far.left = so_far.left[left]
    generator = np.random.default_rng(base.SEED)
    fresh = choose_base.drawn(so_far, budget.size) if left.any() else so_far.left
    for number in range(budget.generations + 1):
        if number or not len(fresh):
            fresh = choose_base.moved(best_of(so_far), budget.size, generator)
        so_far.add(fresh, base.simulated(base.in_ranges(fresh), base.RUNS, f"{name}, {number}"))
        held, missed = base.within(so_far.found).sum(), base.misses(so_far.found).min()
        print(f"{name}, {number}: {held} acceptable, least missed {missed:.2f}", flush=True)
    return so_far


def best_of(so_far: choose_base.Search) -> Array:
    """Return the points that miss least, all acceptable ones among them."""
    missed = base.misses(so_far.found)
    number = max(choose_base.PARENTS, int((missed == 0).sum()))
    return np.asarray(so_far.points[np.argsort(missed, kind="stable")[:number]])


def matched(name: str, budget: Budget) -> pd.DataFrame:
    """Return the sets under which a theory does best, the best first."""
    so_far = searched(name, budget)
    order = np.argsort(base.misses(so_far.found), kind="stable")[: budget.last]
    sets = base.in_ranges(so_far.points[order])
    return table_of(sets, base.simulated(sets, base.RUNS_AT_LAST, f"{name}, at last"))


def table_of(sets: Array, found: Array) -> pd.DataFrame:
    """Return the acceptable sets, or the least implausible one, with their numbers."""
    table = pd.DataFrame(sets, columns=[p.key for p in base.FREE])
    table["implausibility"] = base.implausibility(found)
    table[ACCEPTABLE] = np.where(base.within(found), "yes", "no")
    table = pd.concat([table, pd.DataFrame(found, columns=list(base.NAMES))], axis=1)
    table = table.sort_values([ACCEPTABLE, "implausibility"], ascending=[False, True])
    fine = int((table[ACCEPTABLE] == "yes").sum())
    table = table.head(min(fine, MOST) or 1).reset_index(drop=True)
    table.insert(0, "set", np.arange(len(table)))
    return table


def page_text() -> Iterator[str]:
    """Yield how every theory was matched, and its base values, as Markdown."""
    tables = {name: pd.read_csv(values_of(name)) for name in THEORIES}
    yield "| theory | acceptable sets | implausibility of its base values | numbers outside their tolerance |"
    yield "|---|---|---|---|"
    for name, table in tables.items():
        first = table.iloc[0]
        if ACCEPTABLE not in table or np.isnan(first["implausibility"]):
            yield f"| {name} | not matched yet: the model's base values | – | – |"
            continue
        found = first[list(base.NAMES)].to_numpy(np.float64)
        wrong = [
            f"{where} ({value:.3g})"
            for where, value, low, high in zip(base.NAMES, found, base.LOW, base.HIGH, strict=True)
            if not low <= value <= high
        ]
        fine = int((table[ACCEPTABLE] == "yes").sum())
        yield (
            f"| {name} | {fine or 'none found'} | {first['implausibility']:.2f} | "
            f"{', '.join(wrong) or 'none'} |"
        )
    yield ""
    yield f"| strength | the model | {' | '.join(tables)} |"
    yield "|---|---|" + "---|" * len(tables)
    for p in base.FREE:
        values = " | ".join(f"{table[p.key].iloc[0]:.3g}" for table in tables.values())
        yield f"| `{p.key}` | {p.default:g} | {values} |"


def write(name: str, table: pd.DataFrame) -> None:
    """Write the values of a theory, and the page."""
    if not np.isfinite(table["implausibility"].iloc[0]):
        raise SystemExit(f"{name}: the best set has no implausibility; nothing is written")
    file = values_of(name)
    file.write_text(table.to_csv(index=False, float_format="%.6g", lineterminator="\n"))
    if PAGE.exists() and all(values_of(one).exists() for one in THEORIES):
        text = "\n".join(page_text())
        held = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(MARKED.sub(lambda m: f"{m[1]}\n{text}\n\n{m[3]}", held), encoding="utf-8")
    print(f"written: {Path(file).name}, {PAGE.name}")


def chosen(number: int) -> pd.DataFrame:
    """Return the least implausible of the model's base values and some of its acceptable sets."""
    sets = base.in_ranges(begin_with(Budget(number, 1, 0, 0, 0, 0))[:-1])
    found = np.array([base.measured(base.as_values(row), base.RUNS) for row in sets])
    base.SCALE[:] = HELD_SCALE
    return table_of(sets, found)


def in_force(name: str) -> int | None:
    """Start again with the rules of a theory in force; None where they are."""
    if os.environ.get(OWN_RULES) == name:
        return None
    return subprocess.call([sys.executable, *sys.argv], env={**os.environ, OWN_RULES: name})


def main(name: str, *, quick: bool = False, held: bool = False, short: bool = False) -> int:
    """Match a theory.

    Parameters
    ----------
    name : str
    quick : bool
        Do a little of everything, and write nothing.
    held : bool
        Simulate its stored values again (the model's base values, where none are stored), and write these.
    short : bool
        Look at the model's base values and a few of its acceptable sets only, and write the best.
    """
    done = in_force(name)
    if done is not None:
        return done
    if held:
        file = values_of(name)
        keys = [p.key for p in base.FREE]
        base_values = np.array([[p.default for p in base.FREE]])
        sets = pd.read_csv(file)[keys].to_numpy() if file.exists() else base_values
        base.SCALE[:] = HELD_SCALE
        write(name, table_of(sets, base.simulated(sets, base.RUNS, name)))
        return 0
    if short:
        write(name, chosen(FEW))
        return 0
    table = matched(name, QUICK if quick else WHOLE)
    print(table[["set", "implausibility", ACCEPTABLE]].to_string(index=False))
    if not quick:
        write(name, table)
    return 0
