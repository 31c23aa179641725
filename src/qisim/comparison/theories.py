"""A comparison under rival theories: in how many of them a conclusion holds, and whose the doubt is.

Every theory runs the same scenarios with base values of its own (`qisim.design.theories`) and with chance of
its own: theory *j* has the replicates from *j* times their number on, so that no luck is shared and a
conclusion that holds in several holds by itself in each. A conclusion is the direction of a difference whose
interval is clear of 0 under the model as shipped. Under a theory it **holds** where the interval lies on the
same side, **turns** where it lies on the other, and else cannot be told.

The doubt about a single pair's difference has parts: that between theories, first (one-way random effects,
`qisim.comparison.layers`); then, with each theory's own mean taken off, that between its sets of strengths and
sites; luck is the rest. With so few theories the share of the first is known badly, as its interval says, and
nobody drew these theories at random from all that there might be: it is a share among those tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qisim.comparison.comparison import Matters, differences
from qisim.comparison.layer_table import Grouped, grouped
from qisim.comparison.layers import components_of
from qisim.comparison.wording import UNLIKE, on_share
from qisim.design.theories import matched, sets_under
from qisim.model.outcomes import OUTCOMES, Unit
from qisim.model.theories import AS_SHIPPED, THEORIES
from qisim.output.tables import checked_runs
from qisim.runs.options import Options
from qisim.runs.theories import tell, under
from qisim.scenario.scenario import Scenario, load
from qisim.text import shown, unit_name

if TYPE_CHECKING:
    from rich.table import Table

HOLDS, TURNS, OPEN, NONE = "holds", "turns", "cannot tell", "nothing to hold"
RUNS = "runs.parquet"
SHARED_OPTIONS = ("replicates", "seed", "engine", "workers", "keep", "sites")


# --- the runs --------------------------------------------------------------------------------------


def runs_under(
    name: str, scenarios: Mapping[str, Scenario], options: Options, told: Any = None
) -> pd.DataFrame:
    """Return the runs of scenarios under a theory, with what groups them.

    Parameters
    ----------
    name : str
    scenarios : mapping of str to Scenario
    options : Options
        Of the study; without `over`, base values only.
    told : callable, optional
        Called with the runs that are finished.
    """
    sets = sets_under(name, scenarios.values(), only_base=options.over is None)
    request = {
        "scenarios": {key: one.to_dict() for key, one in scenarios.items()},
        "over": sets.to_dict(),
        "first": (1 + list(THEORIES).index(name)) * options.replicates,
        "store": None if options.store is None else str(options.store),
        **{key: getattr(options, key) for key in SHARED_OPTIONS},
    }
    with under(name, __name__, request, told) as folder:
        return pd.read_parquet(folder / RUNS).assign(theory=name)


def work(request: dict[str, Any], folder: Path) -> None:
    """Make the runs that are asked for; in a process that has the rules of the theory."""
    from qisim.comparison.flow import Study

    given = {key: request[key] for key in SHARED_OPTIONS}
    options = Options(**given, over=request["over"], store=request["store"], progress=tell)
    scenarios = {name: load(one) for name, one in request["scenarios"].items()}
    study = Study("compare", pd.DataFrame, scenarios, options, {})
    found = study.grouped_runs(request["first"])
    found.to_parquet(folder / RUNS, index=False)


def together(runs: pd.DataFrame, under_theories: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the runs of the model as shipped and of the theories in one table."""
    every = [runs.assign(theory=AS_SHIPPED), *under_theories]
    return pd.concat(every, ignore_index=True)


# --- what they show --------------------------------------------------------------------------------


def theory_table(
    runs: pd.DataFrame, base: str, others: Sequence[str], matters: Matters = None,
    posts: Mapping[str, int] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return every difference under every theory, and whether the conclusion holds there.

    Parameters
    ----------
    runs : DataFrame
        As from `together`.
    base, others, matters, posts
        As for `qisim.comparison.comparison.differences`.

    Returns
    -------
    DataFrame
        A row per other, outcome and theory, the model as shipped first: ``base``, ``other``, ``outcome``,
        ``theory``, ``base_mean``, ``other_mean``, ``difference``, ``low``, ``high``, ``conclusion``, ``pairs``,
        ``implausibility`` (of the theory's base values) and ``verdict``.
    """
    tables = []
    for name, own in runs.groupby("theory", sort=False):
        found = differences(
            checked_runs(own), base, others, matters=matters, posts=posts, sets=shared_by(own)
        )
        given = matched(str(name)).implausibility if name in THEORIES else np.nan
        tables.append(found.assign(theory=name, implausibility=given))
    table = in_turn(pd.concat(tables, ignore_index=True), others)
    shipped = table[table["theory"] == AS_SHIPPED].set_index(["other", "outcome"])
    sides = {key: side_of(row) for key, row in shipped.to_dict("index").items()}
    table["conclusion"] = [
        conclusion(sides[row["other"], row["outcome"]], side_of(row))
        for row in table.to_dict("records")
    ]
    return table[COLUMNS].reset_index(drop=True)


COLUMNS = [
    "base", "other", "outcome", "theory", "base_mean", "other_mean", "difference", "low", "high",
    "conclusion", "pairs", "implausibility", "verdict",
]  # fmt: skip


def in_turn(table: pd.DataFrame, others: Sequence[str]) -> pd.DataFrame:
    """Return the rows by other and outcome, in their usual order; theories stay as they come."""
    places = {"other": list(others), "outcome": list(OUTCOMES)}
    return table.sort_values(
        list(places), key=lambda held: held.map(places[str(held.name)].index), kind="stable"
    )


def shared_by(runs: pd.DataFrame) -> int | None:
    """Return after how many replicates sets, or else sites, come round again; None where neither is."""
    for layer in ("set", "site"):
        if layer in runs and runs[layer].nunique() > 1:
            return int(runs[layer].max()) + 1
    return None


def side_of(row: Mapping[Any, Any]) -> int:
    """Return on which side of 0 an interval lies: 1, -1, or 0 for on both or where nothing is told."""
    untold = row["verdict"].startswith(UNLIKE) or on_share(row["verdict"])
    if untold or not (row["low"] * row["high"] > 0):
        return 0
    return 1 if row["low"] > 0 else -1


def conclusion(shipped: int, here: int) -> str:
    """Return whether a conclusion holds, turns, or is open under a theory."""
    if shipped == 0:
        return NONE
    return OPEN if here == 0 else HOLDS if here == shipped else TURNS


def doubt_table(runs: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return for every outcome in how many theories the conclusion holds, and whose the doubt is.

    Parameters
    ----------
    runs : DataFrame
        As from `together`.
    table : DataFrame
        As from `theory_table`.

    Returns
    -------
    DataFrame
        A row per other and outcome: ``base``, ``other``, ``outcome``, ``theories`` (with the model as
        shipped), ``holds``, ``turns``, ``open`` (theories; 0 where there is no conclusion), ``doubt``,
        ``doubt_low``, ``doubt_high`` (share of the variance of a single pair's difference that is between
        theories, and its 95 % interval), ``doubt_set``, ``doubt_site``, ``doubt_luck`` (the other shares).
    """
    groups, rows = theory_groups(runs), []
    for (base, other, outcome), held in table.groupby(["base", "other", "outcome"], sort=False):
        counts = held["conclusion"].value_counts()
        told = {
            "theories": len(held), "holds": int(counts.get(HOLDS, 0)),
            "turns": int(counts.get(TURNS, 0)), "open": int(counts.get(OPEN, 0)),
        }  # fmt: skip
        of_runs = not any(map(on_share, held["verdict"]))
        pairs = grouped(runs, groups, str(base), str(other), str(outcome))
        parts = doubt_of(pairs) if of_runs and len(pairs.delta) > 1 else {}
        rows.append({"base": base, "other": other, "outcome": outcome, **told, **parts})
    return pd.DataFrame(rows, columns=DOUBT_COLUMNS)


DOUBT_COLUMNS = [
    "base", "other", "outcome", "theories", "holds", "turns", "open",
    "doubt", "doubt_low", "doubt_high", "doubt_set", "doubt_site", "doubt_luck",
]  # fmt: skip


def theory_groups(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the theory of every replicate, and its set and site within the theory."""
    every = runs.drop_duplicates("replicate").set_index("replicate").sort_index()
    found = pd.DataFrame({"theory": pd.factorize(every["theory"])[0]}, index=every.index)
    for layer in ("set", "site"):
        if layer in every:
            within = every[layer].fillna(0).astype(np.int64)
            found[layer] = found["theory"] * (int(within.max()) + 1) + within
    return found


def doubt_of(pairs: Grouped) -> dict[str, float]:
    """Return the shares of the variance of a single pair's difference; see the head of this file."""
    theory = pairs.groups["theory"]
    first = components_of(pairs.delta, theory)
    found = {"doubt": first.doubt, "doubt_low": first.doubt_low, "doubt_high": first.doubt_high}
    if np.isnan(first.doubt):
        return found
    means = np.bincount(theory, pairs.delta) / np.maximum(np.bincount(theory), 1)
    within, rest = pairs.delta - means[theory], 1.0 - first.doubt
    for layer, groups in pairs.groups.items():
        shares_it = len(np.unique(groups)) > len(np.unique(theory))
        if layer != "theory" and shares_it:
            found[f"doubt_{layer}"] = rest * components_of(within, groups).doubt
    told = [value for key, value in found.items() if key in ("doubt", "doubt_set", "doubt_site")]
    return {**found, "doubt_luck": max(0.0, 1.0 - float(np.nansum(told)))}


# --- for people ------------------------------------------------------------------------------------


def headers(table: pd.DataFrame) -> list[str]:
    """Return the heads of the columns of `cells`."""
    names = dict.fromkeys(table["theory"])
    labels = ["as shipped" if name == AS_SHIPPED else THEORIES[name].label for name in names]
    return ["Outcome", *labels, "Holds in", "Doubt"]


def cells(table: pd.DataFrame, doubt: pd.DataFrame, other: str) -> list[tuple[str, ...]]:
    """Return the differences of one other under every theory, as people read them."""
    found = []
    for whose in doubt[doubt["other"] == other].to_dict("records"):
        here = (table["other"] == other) & (table["outcome"] == whose["outcome"])
        rows = table[here].to_dict("records")
        if any(row["verdict"].startswith(UNLIKE) or on_share(row["verdict"]) for row in rows):
            continue
        unit = OUTCOMES[whose["outcome"]].unit
        name = unit_name(unit, difference=True)
        label = f"{OUTCOMES[whose['outcome']].label}{f', {name}' if name else ''}"
        numbers = [_cell(row, unit) for row in rows]
        found.append((label, *numbers, _holds(whose), _doubt(whose)))
    return found


def _cell(row: Mapping[Any, Any], unit: Unit) -> str:
    text = shown(row["difference"], unit, difference=True)
    return text if side_of(row) else f"({text})"


def _holds(row: Mapping[Any, Any]) -> str:
    if not row["holds"]:
        return "–"
    turns = f", turns in {row['turns']}" if row["turns"] else ""
    return f"{row['holds']} of {row['theories']}{turns}"


def _doubt(row: Mapping[Any, Any]) -> str:
    if np.isnan(row["doubt"]):
        return "–"
    ends = [row[f"doubt_{end}"] for end in ("low", "high")]
    told = "" if np.isnan(ends[0]) else f" [{100 * ends[0]:.0f}, {100 * ends[1]:.0f}]"
    return f"{100 * row['doubt']:.0f} %{told}"


def note(table: pd.DataFrame) -> str:
    """Return the note under the table."""
    names = [name for name in dict.fromkeys(table["theory"]) if name in THEORIES]
    poor = [THEORIES[name].label for name in names if not matched(name).acceptable]
    unmatched = (
        f" Not matched to every tuning pattern (docs/theories.md): {', '.join(poor)}."
        if poor
        else ""
    )
    row = table.iloc[0]
    return (
        f"{row['other']} less {row['base']}, under the model as shipped and under {len(names)} rival theories "
        "of how use comes about, each with base values of its own. In brackets: the interval includes 0. It "
        "holds: the interval lies on the same side of 0 as under the model as shipped. Doubt: share of "
        "the variance of a single pair's difference that is between these theories, with its 95 % interval."
        f"{unmatched}"
    )


def sentences(table: pd.DataFrame, doubt: pd.DataFrame) -> Iterator[str]:
    """Yield for each other in a sentence in how many theories the headline holds."""
    for row in doubt[doubt["outcome"] == HEADLINE].to_dict("records"):
        here = (table["other"] == row["other"]) & (table["outcome"] == HEADLINE)
        shipped = side_of(table[here].iloc[0].to_dict())
        label = OUTCOMES[HEADLINE].label
        if not shipped:
            yield f"{label}: which of {row['other']} and {row['base']} is higher cannot be told as shipped."
            continue
        ahead = f"{row['other']} {'higher' if shipped > 0 else 'lower'} than {row['base']}"
        not_in = table[here & table["conclusion"].isin([TURNS, OPEN])]
        others = "; ".join(
            f"{THEORIES[name].label}: {'turns' if said == TURNS else said}"
            for name, said in zip(not_in["theory"], not_in["conclusion"], strict=True)
        )
        yield (
            f"{label}: {ahead} in {row['holds']} of {row['theories']} theories"
            f"{f' ({others})' if others else ''}; {_doubt(row)} of the doubt is the theory's."
        )


HEADLINE = "adoption_final"


def render(table: pd.DataFrame, doubt: pd.DataFrame, other: str) -> Table:
    """Return the differences of one other under every theory as a terminal table (rich)."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    own = table[table["other"] == other]
    shown_table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False,
                        title_justify="left", caption_justify="left")  # fmt: skip
    shown_table.title = Text(f"Under rival theories: {other} less {own['base'].iloc[0]}")
    for number, header in enumerate(headers(own)):
        least = 8 if number else 24
        shown_table.add_column(Text(header), overflow="fold", max_width=24, min_width=least,
                               justify="right" if number else "left")  # fmt: skip
    for row in cells(own, doubt, other):
        shown_table.add_row(*map(Text, (*row[:-1], row[-1].partition(" [")[0])))
    shown_table.caption = Text(
        " ".join([*sentences(own, doubt[doubt["other"] == other]), note(own)])
    )
    return shown_table
