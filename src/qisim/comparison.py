"""Is the other better than the base? Paired differences on common random numbers, and a verdict.

Replicate r of the other scenario is compared with replicate r of the base: both met the same
chance, so most of it cancels in the difference. For each outcome of a pair of scenarios:

* The **interval** is that of the paired t (95 %), or a BCa bootstrap where asked for. It is
  for one outcome by itself.
* The **p-value** is that of the paired t, but never below what a sign test could reach with as many
  differences other than 0: with few of them (rare events, few replicates) the t is too sure of
  itself, and with none it is 1. **Holm's** step-down correction then covers all outcomes of one
  pair of scenarios, so of all verdicts "higher" or "lower" on a pair without any difference, at
  most 5 % of studies give one; it does not cover several others against one base together.
* The **verdict** is "no difference in any pair" when all pairs are equal to the last bit; "no
  difference that matters" when the interval lies inside plus and minus the smallest difference
  that matters (from six pairs up); "<other> higher" or "<other> lower" when the corrected p is
  below .05 and the interval clear of 0; else "cannot tell yet" with the number of replicates that
  would settle it if the differences to come look like those seen.

A pair counts where both runs were finished and both have the outcome. The others are reported as
missing: mean and interval then speak of the pairs with a value in both only. For the probability
that the other is better, a run that never got there (`Outcome.missing_is_worst`) did worse than any
that did.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qisim.errors import InputError, Problem, nearest_name
from qisim.folder import csv_bytes
from qisim.outcomes import OUTCOMES, shown, unit_name
from qisim.paired import (
    ALPHA,
    FEWEST_PAIRS,
    Interval,
    Pairs,
    holm,
    interval_of,
    mean_of,
    p_value,
    pairs_for_difference,
    pairs_for_equivalence,
    probability_better,
    spread_of,
)
from qisim.results import Result, checked_runs

if TYPE_CHECKING:
    from rich.table import Table

Matters = float | Mapping[str, float] | None

MOST_REPLICATES = 10_000
"""Number of further replicates beyond which the verdict says "more than" and no number."""
SAME = "no difference in any pair"
UNTOLD = "cannot tell"


def differences(
    runs: pd.DataFrame,
    base: str,
    others: Sequence[str] | None = None,
    *,
    matters: Matters = None,
    interval: Interval = "t",
) -> pd.DataFrame:
    """Return the paired differences of every outcome, other minus base.

    Parameters
    ----------
    runs : DataFrame
        A row per scenario and replicate, as in `qisim.results.Result`.
    base : str
        Name of the scenario to compare with.
    others : sequence of str, optional
        Names of the scenarios to compare; by default all but the base.
    matters : float or mapping of str to float, optional
        Smallest difference that matters: by outcome, or one number for all outcomes that are shares
        of people (.05 is five points). What is not given is as declared in `qisim.outcomes`.
    interval : {"t", "bca"}, optional
        Paired t, or bias-corrected accelerated bootstrap (9,999 resamples, fixed seed).

    Returns
    -------
    DataFrame
        A row per other and outcome: ``base``, ``other``, ``outcome``, ``base_mean``,
        ``other_mean``, ``difference``, ``low``, ``high`` (of the pairs with a value in both),
        ``probability_other_better`` (ties count half; missing where neither direction is better),
        ``p_holm``, ``pairs``, ``missing``, ``base_missing``, ``other_missing`` (runs
        without a value in replicates that both finished), ``matters``, ``verdict``.

    Raises
    ------
    InputError
        If a name is unknown or a smallest difference is not a number from 0 up.
    """
    names = list(dict.fromkeys(checked_runs(runs)["scenario"]))
    others = [name for name in names if name != base] if others is None else list(others)
    _check_names([base, *others], names)
    smallest = smallest_differences(matters)
    rows: list[dict[str, Any]] = []
    for other in others:
        rows += compared(base, other, pairs_of(runs, base, other), smallest, interval)
    return pd.DataFrame(rows)


def smallest_differences(matters: Matters = None) -> dict[str, float]:
    """Return the smallest difference that matters for every outcome; see `differences`."""
    declared = {name: outcome.matters for name, outcome in OUTCOMES.items()}
    if matters is None:
        return declared
    if not isinstance(matters, Mapping):
        shares = (name for name, outcome in OUTCOMES.items() if outcome.unit == "share")
        matters = dict.fromkeys(shares, matters)
    problems = [
        *(
            Problem(
                "unknown outcome", key="matters", value=name, nearest=nearest_name(name, OUTCOMES)
            )
            for name in matters
            if name not in OUTCOMES
        ),
        *(
            Problem(
                "not a smallest difference", key=f"matters.{name}", value=value, allowed="from 0"
            )
            for name, value in matters.items()
            if not (isinstance(value, int | float) and 0 <= value < math.inf)
        ),
    ]
    if problems:
        raise InputError(problems)
    return {**declared, **{name: float(value) for name, value in matters.items()}}


def _check_names(wanted: Sequence[str], known: Sequence[str]) -> None:
    problems: list[Problem | str] = [
        Problem("no runs of this scenario", value=name, nearest=nearest_name(name, known))
        for name in wanted
        if name not in known
    ]
    if len(set(wanted)) < len(wanted):
        problems.append(f"scenarios to compare must have names of their own: {', '.join(wanted)}")
    if problems:
        raise InputError(problems)


def pairs_of(runs: pd.DataFrame, base: str, other: str) -> dict[str, Pairs]:
    """Return the pairs of every outcome, matched by replicate."""
    sides = {name: runs[runs["scenario"] == name].set_index("replicate") for name in (base, other)}
    asked = len(sides[base].index.union(sides[other].index))
    done = [side[side["status"] == "ok"] for side in sides.values()]
    shared = done[0].index.intersection(done[1].index).sort_values()
    left, right = (side.loc[shared, list(OUTCOMES)].to_numpy(np.float64) for side in done)
    return {name: Pairs(left[:, i], right[:, i], asked) for i, name in enumerate(OUTCOMES)}


def compared(
    base: str,
    other: str,
    pairs: Mapping[str, Pairs],
    smallest: Mapping[str, float],
    interval: Interval = "t",
) -> Iterator[dict[str, Any]]:
    """Yield the rows of `differences` for one pair of scenarios; Holm's family is `pairs`."""
    p_holm = holm([p_value(pair.differences) for pair in pairs.values()])
    undecided = max(1, int(np.sum(~(p_holm < ALPHA))))
    for (name, pair), p in zip(pairs.items(), p_holm, strict=True):
        delta, matters = pair.differences, smallest[name]
        low, high = interval_of(delta, interval)
        yield {
            "base": base,
            "other": other,
            "outcome": name,
            "base_mean": mean_of(pair.base[pair.both]),
            "other_mean": mean_of(pair.other[pair.both]),
            "difference": mean_of(delta),
            "low": low,
            "high": high,
            "probability_other_better": probability_better(pair, OUTCOMES[name]),
            "p_holm": float(p) if len(delta) > 1 else np.nan,
            "pairs": len(delta),
            "missing": pair.replicates - len(delta),
            "base_missing": int(np.isnan(pair.base).sum()),
            "other_missing": int(np.isnan(pair.other).sum()),
            "matters": matters,
            "verdict": verdict(other, pair, low, high, float(p), matters, undecided),
        }


# Verdict


def verdict(
    other: str, pair: Pairs, low: float, high: float, p: float, matters: float, undecided: int
) -> str:
    """Return the verdict on one outcome in words; the rules stand at the top of this module.

    Parameters
    ----------
    other : str
        Name of the other scenario.
    pair : Pairs
        Values on both sides.
    low, high : float
        95 % interval of the mean difference.
    p : float
        Corrected p-value.
    matters : float
        Smallest difference that matters.
    undecided : int
        Number of outcomes of this pair of scenarios that are not (yet) different.
    """
    delta = pair.differences
    if not len(delta):
        return f"{UNTOLD}: no pair has a value in both"
    if not delta.any():
        return SAME
    if len(delta) >= FEWEST_PAIRS and -matters < low and high < matters:
        return "no difference that matters"
    if p < ALPHA and low * high > 0:
        side = "higher" if low > 0 else "lower"
        return f"{other} {side}{_how_much(low, high, matters)}"
    return f"{UNTOLD} yet: {_more(pair, matters, undecided)}"


def _how_much(low: float, high: float, matters: float) -> str:
    """Return what to add where it is different, but perhaps by less than matters."""
    return "" if min(abs(low), abs(high)) >= matters else ", perhaps by too little to matter"


def _more(pair: Pairs, matters: float, undecided: int) -> str:
    """Return in words how many more replicates would settle it."""
    delta = pair.differences
    if len(delta) < FEWEST_PAIRS and spread_of(delta) == 0.0:
        needed = 20.0
    else:
        needed = min(pairs_for_equivalence(delta, matters), pairs_for_difference(delta, undecided))
    more = max((needed - len(delta)) * pair.replicates / len(delta), 10.0)
    if more > MOST_REPLICATES:
        return f"more than {MOST_REPLICATES:,} more replicates"
    return f"about {_rounded_up(more):,} more replicates"


def _rounded_up(number: float) -> int:
    """Return the number rounded up to two digits."""
    step: int = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return math.ceil(number / step) * step


# The comparison as an object


@dataclass
class Comparison(Result):
    """One base and the others compared with it, replicate by replicate.

    The first of `scenarios` is the base. Attributes and methods are those of
    `qisim.results.Result`, and these.

    Attributes
    ----------
    matters : float or mapping, optional
        Smallest difference that matters; see `differences`.
    interval : {"t", "bca"}
        Kind of interval.
    """

    matters: Matters = None
    interval: Interval = "t"

    @property
    def base(self) -> str:
        """Name of the base."""
        return next(iter(self.scenarios))

    @property
    def others(self) -> list[str]:
        """Names of the others."""
        return list(self.scenarios)[1:]

    def differences(self) -> pd.DataFrame:
        """Return the paired differences; see `qisim.comparison.differences`."""
        return differences(
            self.runs, self.base, self.others, matters=self.matters, interval=self.interval
        )

    def verdict(self) -> str:
        """Return the findings in plain sentences; see `planner_text`."""
        return planner_text(self.differences())

    def tables(self) -> dict[str, bytes]:
        """Return the tables as files."""
        return {**super().tables(), "differences.csv": csv_bytes(self.differences())}


# In words and as a table


def planner_text(found: pd.DataFrame) -> str:
    """Return the differences in plain sentences, one paragraph per other.

    Parameters
    ----------
    found : DataFrame
        As from `differences`.
    """
    return "\n\n".join(_paragraph(rows) for rows in by_pair(found))


def by_pair(found: pd.DataFrame) -> list[list[dict[str, Any]]]:
    """Return the rows of `differences` as one list per pair of scenarios."""
    return [
        [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]
        for _, rows in found.groupby(["base", "other"], sort=False)
    ]


def heading(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the names of a pair of scenarios and the number of pairs of runs."""
    asked = rows[0]["pairs"] + rows[0]["missing"]
    pairs = f"{asked} pair{'s' if asked != 1 else ''} of runs"
    return f"{rows[0]['other']} against {rows[0]['base']}, {pairs}"


def _paragraph(rows: Sequence[Mapping[str, Any]]) -> str:
    groups = verdict_groups(rows)
    if not groups[0][1]:
        return f"{heading(rows)}: {groups[0][0]}."
    lines = (f"* {head}: {'; '.join(outcomes)}." for head, outcomes in groups)
    return "\n".join([f"{heading(rows)}:", *lines])


def verdict_groups(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """Return each verdict on a pair of scenarios with the outcomes it is on: differences first."""
    if all(row["verdict"] == SAME for row in rows):
        return [("no difference in any outcome of any pair", [])]
    groups: dict[str, list[str]] = {}
    for row in rows:
        head, _, rest = row["verdict"].partition(UNTOLD)
        groups.setdefault(head or UNTOLD, []).append(_sentence(row, rest))
    told = sorted(groups, key=lambda head: (head == UNTOLD, head.startswith("no difference")))
    return [(head, groups[head]) for head in told]


def _sentence(row: Mapping[str, Any], rest: str) -> str:
    """Return one outcome in words; `rest` is what follows "cannot tell" in the verdict."""
    label = OUTCOMES[row["outcome"]].label
    told = f" ({rest.removeprefix(' yet').removeprefix(': ')})" if rest else ""
    if row["verdict"].startswith(row["other"]):
        told = f": {_means(row)}"
    return f"{label}{told}{_without_value(row)}"


def _means(row: Mapping[str, Any]) -> str:
    unit = OUTCOMES[row["outcome"]].unit
    other, base = (shown(row[side], unit, with_unit=True) for side in ("other_mean", "base_mean"))
    return f"{other} against {base} (difference {_interval_text(row, with_unit=True)})"


def _without_value(row: Mapping[str, Any]) -> str:
    """Return in how many runs there was no value, and why; empty where all have one."""
    counts = [(row[f"{side}_missing"], row[side]) for side in ("base", "other")]
    held = " and ".join(f"{count} runs of {name}" for count, name in counts if count)
    return f" ({OUTCOMES[row['outcome']].missing_when} in {held})" if held else ""


def _interval_text(row: Mapping[str, Any], *, with_unit: bool = False) -> str:
    unit = OUTCOMES[row["outcome"]].unit
    mean = shown(row["difference"], unit, difference=True)
    low, high = (shown(row[end], unit) for end in ("low", "high"))
    name = unit_name(unit, difference=True) if with_unit else ""
    interval = "" if np.isnan(row["low"]) else f"[{low}, {high}]"
    return " ".join(part for part in (mean, name, interval) if part)


HEADERS = ("Outcome", "{base}", "{other}", "Difference [95 %]", "Better", "Verdict")
NOTE = (
    "Means of the pairs with a value in both. Difference: {other} minus {base}, with its 95 % "
    "interval. Better: share of pairs in which {other} did better, ties counted half. Verdicts "
    "allow for the number of outcomes (Holm)."
)


WIDTHS = (26, 10, 10, 20, 6, 23)
"""Of the columns in the terminal; with borders and gaps, 100."""

NARROW = 72
"""Columns of a terminal below which a table is no table any more, but a list."""


def table_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return one row of `differences` as a planner reads it, under `HEADERS`."""
    outcome = OUTCOMES[row["outcome"]]
    probability = row["probability_other_better"]
    asked = row["pairs"] + row["missing"]
    pairs = f" ({row['pairs']} of {asked} pairs)" if row["missing"] else ""
    return (
        f"{outcome.label}{pairs}",
        shown(row["base_mean"], outcome.unit, with_unit=True),
        shown(row["other_mean"], outcome.unit, with_unit=True),
        _interval_text(row),
        "–" if np.isnan(probability) else f"{100 * probability:.0f} %",
        row["verdict"],
    )


def render_tables(found: pd.DataFrame, width: int = 100) -> list[Table]:
    """Return one terminal table (rich) per other.

    Parameters
    ----------
    found : DataFrame
        As from `differences`.
    width : int, optional
        Columns that there are: a table takes at most 100 of them; with fewer, words are wrapped and
        numbers stay whole; below `NARROW` it is a list.
    """
    return [
        _render_table(rows, width) if width >= NARROW else _render_list(rows)
        for rows in by_pair(found)
    ]


def _render_table(rows: Sequence[Mapping[str, Any]], width: int) -> Table:
    from rich.text import Text

    table, names = _empty_table(rows), {key: rows[0][key] for key in ("base", "other")}
    tight = width < sum(WIDTHS) + len(WIDTHS) - 1
    for i, header in enumerate(HEADERS):
        gives_way = tight and i in (0, len(HEADERS) - 1)  # words can be wrapped, numbers cannot
        table.add_column(
            Text(header.format(**names)), justify="right" if i in (1, 2, 4) else "left",
            overflow="fold", width=None if gives_way else WIDTHS[i], max_width=WIDTHS[i],
        )  # fmt: skip
    for row in rows:
        table.add_row(*(Text(cell) for cell in table_cells(row)))
    return table


def _empty_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return a table with title and caption and nothing else."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD,
        padding=0,
        show_edge=False,
        title_justify="left",
        caption_justify="left",
    )
    table.title = Text(heading(rows))
    table.caption = Text(NOTE.format(base=rows[0]["base"], other=rows[0]["other"]))
    return table


def _render_list(rows: Sequence[Mapping[str, Any]]) -> Table:
    from rich.padding import Padding
    from rich.text import Text

    table = _empty_table(rows)
    table.show_header = False
    table.add_column(overflow="fold")
    for row in rows:
        label, base, other, difference, better, verdict = table_cells(row)
        table.add_row(Text(label, style="bold"))
        for line in (
            f"{row['base']} {base}, {row['other']} {other}",
            f"difference {difference}, better {better}",
            verdict,
        ):
            table.add_row(Padding(Text(line, overflow="fold"), (0, 0, 0, 2)))
    return table
