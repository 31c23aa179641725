"""A comparison that stops itself: what each planned look says of each outcome, in the table's words.

The levels and the rule of stopping are those of `qisim.comparison.sequential`; what a verdict can rest on
(values, the share of runs that have one, or nothing) is as in `qisim.comparison.comparison`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from qisim.comparison.basis import Basis, Ground, basis_of, ratio_of, units_of
from qisim.comparison.comparison import differences, pairs_of
from qisim.comparison.context import posts
from qisim.comparison.paired import Pairs
from qisim.comparison.sequential import Looking, Settled, looks
from qisim.comparison.verdicts import how_much, over_sets, same_text, sides_of
from qisim.comparison.wording import HAVING, TOO_SMALL, UNTOLD
from qisim.model.outcomes import OUTCOMES, Array

MOST = 3_200
"""Replicates after which a comparison stops undecided, if nobody asks for others."""


def looked_over(
    runs: pd.DataFrame,
    pair: tuple[str, str],
    planned: Sequence[int],
    smallest: Mapping[str, float],
    posts: Mapping[str, int],
    sets: int | None = None,
) -> tuple[Looking, dict[str, Ground]]:
    """Return a pair of scenarios after all looks for which the runs are there, and on what each rests.

    On what the verdict on an outcome rests is fixed at the first look.

    Parameters
    ----------
    runs : DataFrame
        As for `qisim.comparison.comparison.differences`.
    pair : tuple of str
        Base and other.
    planned : sequence of int
        Replicates at each look.
    smallest : mapping of str to float
        Smallest difference that matters, by outcome.
    posts, sets
        As for `qisim.comparison.comparison.differences`.
    """
    study, grounds = Looking(planned, smallest), dict[str, Ground]()
    made = runs.groupby("scenario")["replicate"].nunique().min()
    places = (posts.get(pair[0]), posts.get(pair[1]))
    for number in planned:
        if number > made or study.finished:
            break
        pairs = pairs_of(runs[runs["replicate"] < number], *pair, sets)
        if not grounds:
            grounds = {name: basis_of(name, pairs, smallest, "t", places).ground for name in pairs}
            on_shares = [name for name, ground in grounds.items() if ground == "share"]
            study.matters |= dict.fromkeys(on_shares, smallest["adoption_final"])
        values = {
            name: rests_on(name, pairs, ground)
            for name, ground in grounds.items()
            if ground in ("values", "ratio", "share")
        }
        study.wanted = list(values)
        study.show(values)
    return study, grounds


def rests_on(name: str, pairs: Mapping[str, Pairs], ground: Ground) -> Array:
    """Return the differences on which a verdict rests: of values, of ratios of means, or of having a value."""
    ratio = ratio_of(name, pairs) if ground == "ratio" else None
    return units_of(pairs[name], ground) if ratio is None else ratio.pseudo


def decided(
    found: pd.DataFrame, runs: pd.DataFrame, most: int, posts: Mapping[str, int],
    sets: int | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return `found` with intervals that hold at every look, and with what was settled at one.

    Parameters
    ----------
    found : DataFrame
        As from `qisim.comparison.comparison.differences`, of all runs.
    runs : DataFrame
        These runs.
    most : int
        Replicates at the last planned look.
    posts, sets
        As for `qisim.comparison.comparison.differences`.
    """
    rows: list[dict[Any, Any]] = []
    for _, part in found.groupby(["base", "other"], sort=False):
        pair = (str(part["base"].iloc[0]), str(part["other"].iloc[0]))
        smallest = dict(zip(part["outcome"], part["matters"], strict=True))
        study, grounds = looked_over(runs, pair, looks(most), smallest, posts, sets)
        said, places = dict(study.said()), (posts.get(pair[0]), posts.get(pair[1]))
        pairs = pairs_of(runs, *pair, sets)
        for held in part.to_dict("records"):
            row: dict[Any, Any] = dict(held)
            name = row["outcome"]
            if name in said:
                basis = replace(basis_of(name, pairs, smallest, "t", places), ground=grounds[name])
                row |= _row(row, said[name], study.last[name], basis)
            rows.append(row)
    return pd.DataFrame(rows, columns=list(found))


def _row(row: Mapping[Any, Any], settled: Settled, last: Settled, basis: Basis) -> dict[str, Any]:
    """Return what changes in a row of the table."""
    name, other, on_share = row["outcome"], row["other"], basis.ground == "share"
    sides, says = sides_of(basis), settled.says
    said = f"{UNTOLD}: undecided after {last.pairs:,} pairs"
    if basis.pair.sets is not None:
        side = "higher" if settled.difference > 0 else "lower"
        told = over_sets(says, other, sides, basis.layer, side, says in sides)
        said = told or said
    elif says in sides:
        said = f"{other} {sides[says]}{how_much(settled.low, settled.high, basis.matters)}"
    elif says == "too small":
        said = TOO_SMALL if settled.low != settled.high else same_text(settled.pairs)
    having = f"{HAVING[name]} {shares_of(row)}: " if on_share else ""
    at = f" (settled at {settled.pairs:,} pairs)" if says != "untold" else ""
    ends = {} if on_share else {"low": last.low, "high": last.high}
    unknown = {"p_holm": np.nan, "p_equal_holm": np.nan}
    return {**ends, **unknown, "verdict": f"{having}{said}{at}"}


def shares_of(row: Mapping[Any, Any]) -> str:
    """Return in which share of runs of either there is a value."""
    asked = row["pairs"] + row["missing"]
    shares = (100 * (1 - row[f"{side}_missing"] / asked) for side in ("other", "base"))
    return "in {:.0f} % of runs against {:.0f} %".format(*shares)


def looks_text(most: int, made: int) -> str:
    """Say at which looks a comparison was looked at, and where it stopped."""
    planned = looks(most)
    return (
        f"Looked at {', '.join(f'{n:,}' for n in planned if n <= made)} pairs, of {most:,} at most; "
        "it stops by itself. Intervals and verdicts hold at all of these looks together (spending: see "
        "docs/design.md)."
    )


def notes_of(result: Any) -> list[str]:
    """Return what else is said above the tables of a comparison: of the wards, and of the looks."""
    notes = list(result.manifest.get("ward_notes", ()))
    if result.until_decided:
        made = int(result.runs["replicate"].nunique())
        notes.append(looks_text(int(result.manifest["replicates"]), made))
    elif look := second_look(result):
        notes.append(look)
    return notes


def second_look(result: Any) -> str:
    """Say that outcomes are told now which the pairs made before could not tell; empty where none is."""
    before = int(result.manifest.get("made_before", 0))
    if before < 2:
        return ""
    sets = len(result.manifest["over"]["values"]) if "over" in result.manifest else None
    sizes = {name: posts(scenario) for name, scenario in result.scenarios.items()}
    first = differences(
        result.runs[result.runs["replicate"] < before], result.base, result.others,
        matters=result.matters, interval=result.interval, posts=sizes, sets=sets,
    )  # fmt: skip
    found = result.differences()
    of_base = found["outcome"].isin(OUTCOMES) & (found["base"] == result.base)
    found = found[of_base].reset_index(drop=True)
    was, now = (table["verdict"].str.contains(UNTOLD) for table in (first, found))
    told = first["outcome"][(was & ~now).to_numpy()].drop_duplicates()
    if not len(told):
        return ""
    labels = ", ".join(OUTCOMES[name].label.lower() for name in told)
    return (
        f"The first {before:,} pairs were made before and could not tell what is told now ({labels}). If you "
        "looked at them then, this is a second look: who looks until something is told is wrong in more than "
        "5 % of studies. --until-decided looks as often as it takes, with intervals that hold at every look."
    )
