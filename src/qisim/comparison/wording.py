"""A comparison in words: verdicts in plain sentences, and the table for a terminal.

The numbers and verdicts come from `qisim.comparison.comparison`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qisim.comparison.context import CHANCE_ONLY, OVER_SETS
from qisim.comparison.estimands import OF_RUNS
from qisim.comparison.hangs_on import ASIDE, NOTHING
from qisim.comparison.hangs_on import note as fails_note
from qisim.model.outcomes import PAID_OUTCOMES, REPORTED
from qisim.text import shown, unit_name, wrapped_name

if TYPE_CHECKING:
    from rich.table import Table

SAME = "no difference in any pair"
TOO_SMALL = "no difference that matters"
DEPENDS = "depends on the strengths"
UNTOLD = "cannot tell"
UNLIKE = "not comparable"
HAVING = {"weeks_to_half": "reached", "hours_per_adopter": "somebody in routine use"}
"""What it means that a run has a value, for outcomes of which a run without one did worse."""


COUNTED = re.compile(r" \((?=in \d|on average|but by|higher in)")
"""Where the head of a verdict ends and what it counts begins."""


def outcomes_named(words: str) -> list[str]:
    """Return the outcomes that go by a name, a label of the tables, or a kind that captions name."""
    said = " ".join(words.split()).casefold()
    kinds: dict[str, list[str]] = {}
    for name in REPORTED:
        kinds.setdefault(_kind(name), []).append(name)
    one = outcome_named(words)
    return [one] if one else kinds.get(said, []) if said else []


def _kind(name: str) -> str:
    """Return the caption's name for all outcomes of a kind; None for others."""
    return "hours paid for" if name in PAID_OUTCOMES and name != "paid_cost" else _share_of(name)


def outcome_named(words: str) -> str | None:
    """Return the outcome that goes by a name or by a label of the tables; None if there is none.

    What a table adds to a label, such as ``, ratio of means`` or ``[fails L5]``, may be there or not.
    """
    said = re.split(r", ratio of means| \[fails", " ".join(words.split()).casefold())[0]
    by_words = {outcome.label.casefold(): name for name, outcome in REPORTED.items()}
    return by_words.get(said) or (said if said in REPORTED else None)


def on_share(verdict: str) -> bool:
    """Return whether a verdict is on the share of runs that have a value, not on the values."""
    return verdict.startswith(tuple(f"{having} in " for having in HAVING.values()))


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
    parts = [_parts(row["verdict"]) for row in rows]
    if all(head == SAME for head, _, _ in parts):
        return [("no difference in any outcome of any pair", [])]
    groups: dict[str, list[str]] = {}
    for row, (head, shares, rest) in zip(rows, parts, strict=True):
        groups.setdefault(head, []).append(_sentence(row, head, shares, rest))
    last = (DEPENDS, SAME, TOO_SMALL, UNLIKE, ASIDE, UNTOLD)
    sentence = sorted(groups, key=lambda head: last.index(head) if head in last else -1)
    return [(head, groups[head]) for head in sentence]


def _parts(verdict: str) -> tuple[str, str, str]:
    """Return the head of a verdict, the shares of runs that it is on, and what follows the head."""
    shares, rest = "", verdict
    if on_share(verdict):
        shares, _, rest = verdict.partition(": ")
    for head in (UNTOLD, UNLIKE, ASIDE):
        if rest.startswith(head):
            return head, shares, rest.removeprefix(head).removeprefix(" yet").removeprefix(": ")
    if rest.startswith(f"{SAME}: "):
        return SAME, shares, rest.removeprefix(f"{SAME}: ")
    if found := COUNTED.search(rest):
        return rest[: found.start()], shares, rest[found.end() : -1]
    return rest or SAME, shares, ""


def _sentence(row: Mapping[str, Any], head: str, shares: str, rest: str) -> str:
    """Return one outcome in words, without the head of its verdict."""
    label = REPORTED[row["outcome"]].label
    label += f" [fails {row['hangs_on']}]" if fails(row) and head != ASIDE else ""
    more = f" ({rest})" if rest else ""
    if shares or head == UNLIKE:
        return f"{label}{f': {shares}' if shares else ''}{more}"
    sentence = f": {_means(row)}" if head not in (UNTOLD, SAME, ASIDE) else ""
    return f"{label}{sentence}{more}{_without_value(row)}"


def fails(row: Mapping[str, Any]) -> bool:
    """Return whether an outcome depends on a pattern that fails."""
    return bool(row.get("hangs_on", NOTHING) != NOTHING)


def _means(row: Mapping[str, Any]) -> str:
    unit = REPORTED[row["outcome"]].unit
    what = "" if row["estimand"] == OF_RUNS else f"{row['estimand']} "
    other, base = (shown(row[side], unit, with_unit=True) for side in ("other_mean", "base_mean"))
    return f"{what}{other} against {base} (difference {interval_text(row, with_unit=True)})"


def _without_value(row: Mapping[str, Any]) -> str:
    """Return in how many runs there was no value, and why; empty where all have one."""
    counts = [(row[f"{side}_missing"], row[side]) for side in ("base", "other")]
    held = " and ".join(f"{count} runs of {name}" for count, name in counts if count)
    return f" ({REPORTED[row['outcome']].missing_when} in {held})" if held else ""


def interval_text(row: Mapping[str, Any], *, with_unit: bool = False) -> str:
    """Return a difference with its interval."""
    unit = REPORTED[row["outcome"]].unit
    mean = shown(row["difference"], unit, difference=True)
    low, high = (shown(row[end], unit) for end in ("low", "high"))
    name = unit_name(unit, difference=True) if with_unit else ""
    interval = "" if np.isnan(row["low"]) else f"[{low}, {high}]"
    if row["outcome"] in PAID_OUTCOMES and row["low"] == row["high"]:
        interval = "(fixed)"
    return " ".join(part for part in (mean, name, interval) if part)


HEADERS = ("Outcome", "{base}", "{other}", "Difference [95 %]", "Better", "Verdict")
NOTE = (
    "Means of the pairs with a value in both; ratios are ratios of means over all pairs (all hours over all "
    "users), with the medians of runs ({base} / {other}). Difference: {other} minus {base}, with its 95 % "
    "interval. Better: share of pairs in which {other} did better, ties counted half. Verdicts "
    "allow for the number of outcomes (Holm)."
)


def note(rows: Sequence[Mapping[str, Any]], over: bool = False) -> str:
    """Return the note under a table: how to read it, the smallest differences, what intervals cover.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of `qisim.comparison.comparison.differences` of one pair of scenarios.
    over : bool, optional
        Whether the runs were made over sets of values.
    """
    names = {key: rows[0][key] for key in ("base", "other")}
    marks = fails_note(row["outcome"] for row in rows if fails(row))
    parts = (NOTE.format(**names), matters_text(rows), marks, OVER_SETS if over else CHANCE_ONLY)
    return " ".join(part for part in parts if part)


def matters_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return a sentence on the smallest differences that matter."""
    held: dict[str, list[str]] = {}
    for row in rows:
        outcome = REPORTED[row["outcome"]]
        if np.isnan(row["matters"]):
            continue
        size = shown(row["matters"], outcome.unit, difference=True, with_unit=True).lstrip("+")
        held.setdefault(size.replace(".0 ", " ").removesuffix(".0"), []).append(row["outcome"])
    kinds = {row["outcome"]: _share_of(row["outcome"]) for row in rows}
    parts = []
    for size, names in held.items():
        told = {kinds[name] for name in names if kinds[name]}
        whole = {kind for kind in told if all(n in names for n, k in kinds.items() if k == kind)}
        labels = [
            kinds[name]
            if kinds[name] in whole
            else _kind(name)
            if name in PAID_OUTCOMES and _kind(name)
            else REPORTED[name].label.lower()
            for name in names
        ]
        parts.append(f"{size} ({', '.join(dict.fromkeys(labels))})")
    return f"Smallest differences that matter: {'; '.join(parts)}." if parts else ""


def _share_of(name: str) -> str:
    """Return what an outcome is a share of, as one says it of all such shares; nothing for others."""
    outcome = REPORTED[name]
    if outcome.unit != "share":
        return ""
    return "shares of units" if outcome.meaning.startswith("share of units") else "shares of people"


WIDTHS = (26, 10, 10, 20, 6, 23)
"""Of the columns in the terminal; with borders and gaps, 100."""

LONGEST_WORD = 11
"""Letters of the longest word of a label or a verdict, none of which is to be cut."""
NARROW = 74
"""Columns of a terminal below which a table is no table any more, but a list."""


def table_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return one row of `differences` as a planner reads it, under `HEADERS`."""
    outcome = REPORTED[row["outcome"]]
    probability = row["probability_other_better"]
    asked = row["pairs"] + row["missing"]
    pairs = ""
    if row["missing"]:
        condition = HAVING.get(row["outcome"], "a value")
        pairs = f" ({row['pairs']} of {asked} pairs: {condition} in both)"
    elif row["estimand"] != OF_RUNS:
        medians = " / ".join(
            shown(row[f"{side}_median"], outcome.unit) for side in ("base", "other")
        )
        pairs = f", {row['estimand']} (median of runs {medians})"
    few = values_are_few(row)
    base, other = (
        "–" if few else shown(row[side], outcome.unit, with_unit=True)
        for side in ("base_mean", "other_mean")
    )
    return (
        label_of(row, pairs),
        base,
        other,
        "–" if few else interval_text(row),
        "–" if np.isnan(probability) else f"{100 * probability:.0f} %",
        row["verdict"],
    )


def values_are_few(row: Mapping[str, Any]) -> bool:
    """Return whether too few pairs have a value in both for their means to be shown."""
    return on_share(row["verdict"]) or row["verdict"].startswith(f"{UNLIKE}: a value")


def label_of(row: Mapping[str, Any], more: str = "") -> str:
    """Return the label of an outcome as it stands in tables, marked where it depends on what fails."""
    mark = f" [fails {row['hangs_on']}]" if fails(row) else ""
    return f"{REPORTED[row['outcome']].label}{more}{mark}"


def render_tables(found: pd.DataFrame, width: int = 100, *, over: bool = False) -> list[Table]:
    """Return one terminal table (rich) per other.

    Parameters
    ----------
    found : DataFrame
        As from `differences`.
    width : int, optional
        Columns that there are: a table takes at most 100 of them; with fewer, words are wrapped and
        numbers stay whole; below `NARROW` it is a list.
    over : bool, optional
        Whether the runs were made over sets of values; it is said in the caption.
    """
    from rich.text import Text

    tables = []
    for rows in by_pair(found):
        table = _render_table(rows, width) if width >= NARROW else _render_list(rows)
        table.caption = Text(note(rows, over))
        tables.append(table)
    return tables


def _render_table(rows: Sequence[Mapping[str, Any]], width: int) -> Table:
    from rich.text import Text

    table, names = _empty_table(rows), {key: rows[0][key] for key in ("base", "other")}
    for i, (header, room) in enumerate(zip(HEADERS, _widths(width), strict=True)):
        table.add_column(
            Text(wrapped_name(header.format(**names), room)), justify="right" if i in (1, 2, 4) else "left",
            overflow="fold", width=room,
        )  # fmt: skip
    for row in rows:
        table.add_row(*(Text(cell) for cell in table_cells(row)))
    return table


def _widths(width: int) -> list[int]:
    """Return the widths of the columns: words give way and are wrapped, numbers stay whole."""
    first, *numbers, last = WIDTHS
    left = min(width - sum(numbers) - len(numbers) - 1, first + last)
    words = max(LONGEST_WORD, left * first // (first + last))
    return [words, *numbers, left - words]


def _empty_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return a table with a title and nothing else."""
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
