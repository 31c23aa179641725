"""A comparison with a stopping rule: the finding of each planned look on each outcome.

The levels and the rule of stopping are those of `qisim.comparison.sequential`; what a verdict can rest on
(values, the share of runs that have one, or nothing) is as in `qisim.comparison.comparison`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from qisim.comparison.basis import Basis, Ground, basis_of, ratio_of, units_of
from qisim.comparison.comparison import pairs_of
from qisim.comparison.paired import ALPHA, Pairs
from qisim.comparison.sequential import Looking, Settled, level, looks
from qisim.comparison.verdicts import how_much, over_sets, same_text, sides_of
from qisim.comparison.wording import HAVING, TOO_SMALL, UNTOLD
from qisim.model.outcomes import Array

MOST = 3_200
"""Replicates after which a comparison stops undecided, if nobody asks for others."""


def looked_over(
    runs: pd.DataFrame,
    pair: tuple[str, str],
    planned: Sequence[int],
    smallest: Mapping[str, float],
    posts: Mapping[str, int],
    sets: int | None = None,
    earlier: int = 0,
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
    posts, sets, earlier
        As for `qisim.comparison.comparison.differences`.
    """
    study, grounds = Looking(planned, smallest, earlier=earlier), dict[str, Ground]()
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
    sets: int | None = None, earlier: Callable[[str, str], Sequence[Any]] = lambda base, other: (),
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
    earlier : callable, optional
        Gives the looks at a pair of scenarios before this comparison.
    """
    rows: list[dict[Any, Any]] = []
    for _, part in found.groupby(["base", "other"], sort=False):
        pair = (str(part["base"].iloc[0]), str(part["other"].iloc[0]))
        smallest = dict(zip(part["outcome"], part["matters"], strict=True))
        study, grounds = looked_over(
            runs, pair, looks(most), smallest, posts, sets, len(earlier(*pair))
        )
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
    """Return the changed columns of a row of the table."""
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


def notes_of(result: Any, base: str, other: str) -> list[str]:
    """Return the notes above the table of a pair of scenarios: on the wards, and on the looks."""
    notes = list(result.manifest.get("ward_notes", ()))
    if result.until_decided:
        made = int(result.runs["replicate"].nunique())
        notes.append(looks_text(int(result.manifest["replicates"]), made))
    if earlier := result.earlier(base, other):
        notes.append(looked_before(earlier, bool(result.manifest.get("interrupted"))))
    return notes


def looked_before(earlier: Sequence[Mapping[str, Any]], interrupted: bool = False) -> str:
    """Say that the same two scenarios were compared before, and what another look costs.

    Parameters
    ----------
    earlier : sequence of mapping
        The looks before, as `qisim.runs.looked` has them; of an interrupted study the planned one is the last.
    interrupted : bool, optional
        Whether this study was stopped before its end.
    """
    told = [_look_text(one) for one in (earlier[:-1] if interrupted else earlier)]
    times = ALPHA / level(len(earlier))
    before = f"These two were compared before ({'; '.join(told)}). " if told else ""
    stopped = (
        "It was stopped before its end, which is a look beside the planned one. " * interrupted
    )
    return (
        f"{before}{stopped}Each further look has less of the 5 % in which a verdict may be wrong: p-values "
        f"here count {times:,.0f} times, and 1.25 times at a first look. Intervals are of one look by itself. "
        "--until-decided plans its looks beforehand."
    )


def _look_text(look: Mapping[str, Any]) -> str:
    """Return a look in words."""
    many = " at most, until decided" if look["until_decided"] else ""
    return f"{look['pairs']:,} pairs{many}, seed {look['seed']}"
