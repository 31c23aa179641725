"""The layers of a comparison as a table and in words: what is luck, what sets of strengths, sites, theories.

A layer is a grouping of replicates: a column of the table of runs that bears the name of a layer (`LAYERS`),
the same in all scenarios. `with_groups` adds the sets over which a study ran and the sites at which it ran.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qisim.comparison.estimands import OF_RUNS
from qisim.comparison.layers import Components, Layer, explained, layer_of
from qisim.comparison.wording import HAVING, UNLIKE, on_share
from qisim.design.sites import Sites
from qisim.model.outcomes import OUTCOMES, Array, Unit
from qisim.text import shown, unit_name

if TYPE_CHECKING:
    from rich.table import Table

LAYERS = {
    "set": ("set of strengths", "sets"),
    "site": ("site", "sites"),
    "theory": ("theory", "theories"),
}
"""What groups replicates: the name of its column, with what one and several of its groups are called."""
LUCK = "luck"
HAVING_ONE = "having a value"


@dataclass(frozen=True)
class Grouped:
    """Paired differences of one outcome with the groups that their replicates fall into.

    Attributes
    ----------
    delta : ndarray, shape (pairs,)
    groups : dict of str to ndarray of int
        By layer.
    """

    delta: Array
    groups: dict[str, NDArray[np.int64]]


def with_groups(runs: pd.DataFrame, sets: int | None, like: Sites | None) -> pd.DataFrame:
    """Return runs with the set and the site of each, as columns; what there is only one of is left out."""
    replicates, found = runs["replicate"].to_numpy(np.int64), {}
    if sets is not None:
        found["set"] = replicates % sets
    if like is not None:
        found["site"] = like.of(replicates, sets or 1)
    return runs.assign(**{name: which for name, which in found.items() if name not in runs})


def groups_of(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the groups of every replicate, a column per layer; columns with a single group are left out."""
    every = runs.drop_duplicates("replicate").set_index("replicate").sort_index()
    found = pd.DataFrame(index=every.index)
    for name in LAYERS:
        if name in every and name not in found:
            found[name] = pd.factorize(every[name], sort=True)[0]
    return found[[name for name in found if found[name].nunique() > 1]]


def layer_table(runs: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return the variance components and shares of every layer, for every outcome.

    Parameters
    ----------
    runs : DataFrame
        As for `qisim.comparison.comparison.differences`; further columns named as in `LAYERS` are layers,
        see `with_groups`.
    found : DataFrame
        The differences, as from there.

    Returns
    -------
    DataFrame
        A row per other, outcome and layer, luck last: ``base``, ``other``, ``outcome``, ``of`` (values, or
        having one), ``layer``, ``groups``, ``above``, ``above_low``, ``above_high`` (share of groups in
        which the other is higher, and its 95 % interval), ``below``, ``much_above``, ``much_below`` (by as
        much as matters) with their intervals, ``group_low``, ``group_high`` (between which 95 % of groups
        lie), ``doubt``, ``doubt_low``, ``doubt_high`` (share of the variance of a single pair),
        ``luck_out``. Luck has a share of the doubt and no more.
    """
    groups = groups_of(runs)
    rows: list[dict[str, Any]] = []
    if len(groups.columns):
        for row in found.to_dict("records"):
            if row["estimand"] != OF_RUNS:
                continue
            if row["verdict"].startswith(UNLIKE):
                continue
            share = on_share(row["verdict"])
            held = grouped(runs, groups, row["base"], row["other"], row["outcome"], share)
            if share:
                row |= {
                    "matters": found.loc[found["outcome"] == "adoption_final", "matters"].iloc[0]
                }
            if len(held.delta) < 2:
                continue
            row["of"] = HAVING_ONE if share else "values"
            rows += _rows({str(key): value for key, value in row.items()}, held)
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = [
    "base", "other", "outcome", "of", "layer", "groups",
    "above", "above_low", "above_high", "below", "much_above", "much_above_low", "much_above_high",
    "much_below", "much_below_low", "much_below_high", "group_low", "group_high",
    "doubt", "doubt_low", "doubt_high", "luck_out",
]  # fmt: skip


def grouped(
    runs: pd.DataFrame,
    groups: pd.DataFrame,
    base: str,
    other: str,
    outcome: str,
    share: bool = False,
) -> Grouped:
    """Return the differences of an outcome, or of having a value (1 or 0), with their groups."""
    done = runs[runs["status"] == "ok"]
    sides = [done[done["scenario"] == one].set_index("replicate")[outcome] for one in (base, other)]
    if share:
        sides = [side.notna().astype(np.float64) for side in sides]
    delta = (sides[1] - sides[0]).dropna().sort_index()
    its = groups.loc[delta.index]
    return Grouped(
        delta.to_numpy(np.float64), {str(name): its[name].to_numpy(np.int64) for name in its}
    )


def _rows(row: Mapping[str, Any], held: Grouped) -> Iterator[dict[str, Any]]:
    """Yield a row per layer, then that of luck."""
    same = {key: row[key] for key in ("base", "other", "outcome", "of")}
    parts: list[Components] = []
    for name, which in held.groups.items():
        layer = layer_of(held.delta, which, float(row["matters"]))
        if layer is None:
            continue
        parts.append(layer.components)
        yield {**same, "layer": name, **_columns(layer)}
    told = [part for part in parts if not np.isnan(part.doubt)]
    if told:
        yield {**same, "layer": LUCK, "doubt": explained(told)}


def _columns(layer: Layer) -> dict[str, Any]:
    shares = {
        "above": layer.above, "much_above": layer.much_above, "much_below": layer.much_below
    }  # fmt: skip
    counted = {
        f"{name}{end}": value
        for name, one in shares.items()
        for end, value in (("", one.share), ("_low", one.low), ("_high", one.high))
    }
    found = layer.components
    return {
        "groups": layer.above.of,
        **counted,
        "below": layer.below.share,
        "group_low": layer.low,
        "group_high": layer.high,
        "doubt": found.doubt,
        "doubt_low": found.doubt_low,
        "doubt_high": found.doubt_high,
        "luck_out": layer.luck_out,
    }


# --- for people ------------------------------------------------------------------------------------

HEADERS = (
    "Outcome",
    "Layer",
    "Which way",
    "By enough to matter",
    "95 % of them lie between",
    "Doubt",
)
NOTE = (
    "{other} less {base}. A layer is what pairs of runs have in common. Counts have luck taken out (components "
    "of variance), in brackets their 95 % intervals; ends are the widest that the runs allow: more replicates "
    "narrow them. Doubt: share of the variance of a single pair's difference that lies between {layers}, and "
    "that is luck."
)
LUCK_IN = (
    "Every {one} has a single pair, so luck is still in its counts: {more} replicates take it out."
)


def cells(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the rows of one pair of scenarios as people read them, under `HEADERS`; luck beside the last."""
    luck = table[table["layer"] == LUCK].set_index("outcome")["doubt"]
    rows = [row for row in table.to_dict("records") if row["layer"] != LUCK]
    last = {row["outcome"]: number for number, row in enumerate(rows)}
    found = []
    for number, row in enumerate(rows):
        text = _cells(row)
        if last[row["outcome"]] == number and row["outcome"] in luck:
            text = (*text[:-1], f"{text[-1]}; {LUCK} {_percent(luck[row['outcome']])}")
        found.append(text)
    return found


def _cells(row: Mapping[Any, Any]) -> tuple[str, ...]:
    outcome = OUTCOMES[row["outcome"]]
    unit: Unit = "share" if row["of"] == HAVING_ONE else outcome.unit
    label = (
        f"{outcome.label}: {HAVING[row['outcome']]}" if row["of"] == HAVING_ONE else outcome.label
    )
    one, many = LAYERS[row["layer"]]
    up = row["above"] >= 0.5
    side, share = ("higher", row["above"]) if up else ("lower", row["below"])
    much = "much_above" if up else "much_below"
    number = int(row["groups"])
    ends = [shown(row[f"group_{end}"], unit, difference=True) for end in ("low", "high")]
    doubt = f"{many} –" if np.isnan(row["doubt"]) else f"{many} {_percent(row['doubt'])}"
    if not np.isnan(row["doubt_low"]):
        doubt += f" [{100 * row['doubt_low']:.0f}, {100 * row['doubt_high']:.0f}]"
    return (
        label,
        one,
        f"{side} in {round(share * number)} of {number} {many}",
        f"{_count(row, much)} of {number} [{_percents(row, much)}]",
        f"{ends[0]} and {ends[1]} {unit_name(unit, difference=True)}".rstrip(),
        doubt,
    )


def _count(row: Mapping[Any, Any], name: str) -> int:
    return round(row[name] * row["groups"])


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _percents(row: Mapping[Any, Any], name: str) -> str:
    return f"{100 * row[f'{name}_low']:.0f} to {100 * row[f'{name}_high']:.0f} %"


def note(table: pd.DataFrame) -> str:
    """Return the note under the table of layers of one pair of scenarios."""
    layers = [name for name in dict.fromkeys(table["layer"]) if name != LUCK]
    between = " and ".join(LAYERS[name][1] for name in layers)
    names = {side: table[side].iloc[0] for side in ("base", "other")}
    lines = [NOTE.format(layers=between, **names)]
    for name in layers:
        part = table[table["layer"] == name]
        if not part["luck_out"].astype(bool).all():
            one, many = LAYERS[name][0], int(part["groups"].max())
            lines.append(LUCK_IN.format(one=one, more=f"{2 * many:,}"))
    return " ".join(lines)


WIDTHS = (23, 9, 15, 17, 15, 15)
"""Of the columns in the terminal; with gaps, 100."""


def render(table: pd.DataFrame, other: str) -> Table:
    """Return the layers of one pair of scenarios as a terminal table (rich)."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    shown_table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False,
                        title_justify="left", caption_justify="left")  # fmt: skip
    shown_table.title = Text(f"In layers: {other} less {table['base'].iloc[0]}")
    for header, width in zip(HEADERS, WIDTHS, strict=True):
        shown_table.add_column(Text(header), overflow="fold", max_width=width)
    before = ""
    for row in cells(table):
        shown_table.add_row(
            *(Text(cell) for cell in ("" if row[0] == before else row[0], *row[1:]))
        )
        before = row[0]
    shown_table.caption = Text(note(table))
    return shown_table
