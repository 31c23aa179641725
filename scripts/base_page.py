"""What is written of the acceptable sets and of the base values: the file of sets, and docs/base-values.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from base_numbers import (
    FREE,
    MOST,
    NAMES,
    QUANTITIES,
    RUNS,
    RUNS_AT_LAST,
    Array,
    as_values,
    implausibility,
    in_cube,
    measured,
    within,
)
from written_page import DOCS

from qisim.comparison.study import Options
from qisim.validation.patterns import PATTERNS, Pattern
from qisim.validation.study import ValidationRun

ROOT = DOCS.parent
DATA = ROOT / "src" / "qisim" / "data" / "acceptable.csv"
PAGE = DOCS / "base-values.md"

CHECKED_SETS, CHECKED_RUNS = 30, 50
"""Acceptable sets under which the patterns that were only checked are run, and runs of each arm."""


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
