"""Paid hours in a comparison: rows of their own beside the hours worked.

What a plan fixes (hours of a facilitator, hours allotted, staff released, substitutes) is the same in every
run: its difference is known, not estimated, and its interval is that number alone. All paid hours together
hold what is written as well, which differs from run to run; their interval and verdict are made as those of
every outcome. So are those of what all costs in kroner, a row that is there where both plans have the prices.
Over sets of values, or at sites that differ, what is fixed differs too, and then has an interval. Their
p-values are corrected as those of outcomes beside all others; those of the others are the same with or without
paid hours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from qisim.comparison.basis import ground_of
from qisim.comparison.comparison import compared
from qisim.comparison.context import posts as posts_of
from qisim.comparison.estimands import OF_RUNS
from qisim.comparison.matters import smallest_differences
from qisim.comparison.paired import Interval, Pairs
from qisim.comparison.verdicts import how_much, side_of
from qisim.comparison.wording import SAME, TOO_SMALL, UNLIKE, UNTOLD
from qisim.model.outcomes import OUTCOMES, PAID_OUTCOMES, Array
from qisim.output.paid_hours import KINDS, PRICE_OF, paid_by_run, paid_outcome

IN_ALL, COST = "paid_hours", "paid_cost"


def paid_of(
    scenarios: Mapping[str, Mapping[str, Any]], runs: pd.DataFrame, manifest: Mapping[str, Any]
) -> dict[str, pd.DataFrame]:
    """Return the paid hours of every finished run, a column per paid outcome, by scenario and replicate."""
    found = {}
    for name, resolved in scenarios.items():
        mine = runs[(runs["scenario"] == name) & (runs["status"] == "ok")]
        hours, prices = paid_by_run(resolved, mine, manifest), resolved.get("prices", {})
        found[name] = pd.DataFrame(
            {one: paid_outcome(one, hours, prices) for one in PAID_OUTCOMES},
            index=mine["replicate"].to_numpy(np.int64),
        )
    return found


def paid_rows(
    hours: Mapping[str, pd.DataFrame],
    pair: tuple[str, str],
    asked: int,
    *,
    matters: Any = None,
    interval: Interval = "t",
    posts: tuple[int | None, int | None] = (None, None),
    sets: int | None = None,
    earlier: int = 0,
) -> list[dict[str, Any]]:
    """Return the rows of the table of differences on paid hours, for one pair of scenarios.

    Parameters
    ----------
    hours : mapping of str to DataFrame
        As from `paid_of`.
    pair : tuple of str
        Base and other.
    asked : int
        Replicates of the study.
    matters, interval, posts, sets, earlier
        As for `qisim.comparison.comparison.differences`.
    """
    left, right = (hours[name] for name in pair)
    shared = left.index.intersection(right.index).sort_values()
    which = None if sets is None else shared.to_numpy(np.int64) % sets
    sides = {
        name: (_column(left, shared, name), _column(right, shared, name)) for name in PAID_OUTCOMES
    }
    if any(np.isnan(values).any() for values in sides[COST]):
        del sides[COST]
    pairs = {name: Pairs(*values, asked, which) for name, values in sides.items()}
    fixed = [n for n, values in sides.items() if n != IN_ALL and all(map(_alike, values))]
    smallest = smallest_differences(matters)
    rest = {name: one for name, one in pairs.items() if name not in fixed}
    told = compared(*pair, rest, smallest, interval, posts, earlier, len(OUTCOMES))
    estimated = {row["outcome"]: row for row in told}
    rows = []
    for name, one in pairs.items():
        known = name in fixed
        rows.append(_known(pair, name, one, smallest[name], posts) if known else estimated[name])
    return rows  # fmt: skip


def _column(table: pd.DataFrame, shared: pd.Index[int], name: str) -> Array:
    values: Array = table.loc[shared, name].to_numpy(np.float64)
    return values


def _alike(values: Array) -> bool:
    return bool(len(values)) and bool((values == values[0]).all())


def _known(
    pair: tuple[str, str], name: str, one: Pairs, matters: float, posts: tuple[int | None, int | None]
) -> dict[str, Any]:  # fmt: skip
    """Return the row of hours that are the same in every run."""
    base, other, outcome = float(one.base[0]), float(one.other[0]), PAID_OUTCOMES[name]
    delta = other - base
    if ground_of(name, one, posts) == "wards":
        said = f"{UNLIKE}: wards of different size ({posts[0]} / {posts[1]} posts)"
    elif delta == 0.0:
        said = SAME
    elif abs(delta) < matters:
        said = TOO_SMALL
    else:
        said = f"{pair[1]} {side_of(delta > 0, outcome)}"
    better = np.nan if said.startswith(UNLIKE) else 0.5 - 0.5 * float(np.sign(delta))
    return {
        "base": pair[0], "other": pair[1], "outcome": name, "estimand": OF_RUNS, "base_mean": base,
        "other_mean": other, "difference": delta, "low": delta, "high": delta, "base_median": base,
        "other_median": other, "probability_other_better": better, "p_holm": np.nan,
        "p_equal_holm": np.nan, "pairs": len(one.base), "missing": one.replicates - len(one.base),
        "base_missing": 0, "other_missing": 0, "matters": matters, "verdict": said,
    }  # fmt: skip


def _at_every_look(
    row: Mapping[str, Any], known: float, price: float, written: Mapping[Any, Any]
) -> dict[str, Any]:
    """Return the changed columns of a row on all paid hours in a sequential comparison.

    What is fixed is known, so all that varies is what is written, whose interval holds at every look.

    Parameters
    ----------
    row : mapping
    known : float
        Difference in what is fixed.
    price : float
        By what hours of writing are multiplied.
    written : mapping
        The row of hours of writing.
    """
    low, high = price * written["low"] + known, price * written["high"] + known
    told: dict[str, Any] = {"low": low, "high": high, "p_holm": np.nan, "p_equal_holm": np.nan}
    if row["verdict"].startswith(UNLIKE):
        return told
    expected = known + price * written["difference"]
    if abs(expected - row["difference"]) > 1e-6 * max(1.0, abs(known)):
        return told | {
            "low": np.nan, "high": np.nan, "verdict": f"{UNTOLD}: no interval that holds at every look",
        }  # fmt: skip
    matters = row["matters"]
    if -matters < low and high < matters:
        return told | {"verdict": TOO_SMALL}
    if low * high > 0:
        side = side_of(low > 0, PAID_OUTCOMES[row["outcome"]])
        return told | {"verdict": f"{row['other']} {side}{how_much(low, high, matters)}"}
    return told | {"verdict": f"{UNTOLD} yet"}


def _looked_at(
    rows: list[dict[str, Any]], written: Mapping[Any, Any], prices: list[Mapping[str, float]]
) -> None:
    """Put intervals that hold at every look into the rows on all hours and on what they cost."""
    fixed = {row["outcome"]: row for row in rows}
    kinds = [kind for kind in KINDS if kind != "writing"]
    by_kind = [fixed[f"paid_{kind}"] for kind in kinds]
    known = math.fsum(row["difference"] for row in by_kind)
    fixed[IN_ALL] |= _at_every_look(fixed[IN_ALL], known, 1.0, written)
    if COST not in fixed:
        return
    base, other = (
        math.fsum(row[side] * own.get(PRICE_OF[kind], 0.0) for kind, row in zip(kinds, by_kind, strict=True))
        for side, own in zip(("base_mean", "other_mean"), prices, strict=True)
    )  # fmt: skip
    price = prices[1].get("staff", 0.0)
    fixed[COST] |= _at_every_look(fixed[COST], other - base, price, written)


def with_paid(comparison: Any, found: pd.DataFrame, sets: int | None) -> pd.DataFrame:
    """Return the differences of a comparison with the rows on paid hours after those of each pair.

    Parameters
    ----------
    comparison : Comparison
    found : DataFrame
        Its differences of outcomes.
    sets : int, optional
        As for `qisim.comparison.comparison.differences`.
    """
    sizes = {name: posts_of(one) for name, one in comparison.scenarios.items()}
    hours = paid_of(comparison.scenarios, comparison.runs, comparison.manifest)
    asked = int(comparison.runs["replicate"].nunique())
    parts = []
    for _, part in found.groupby(["base", "other"], sort=False):
        pair = (str(part["base"].iloc[0]), str(part["other"].iloc[0]))
        rows = paid_rows(
            hours, pair, asked, matters=comparison.matters, interval=comparison.interval,
            posts=(sizes[pair[0]], sizes[pair[1]]), sets=sets, earlier=len(comparison.earlier(*pair)),
        )  # fmt: skip
        if comparison.until_decided:
            (written,) = part[part["outcome"] == "documentation_hours"].to_dict("records")
            prices = [comparison.scenarios[name].get("prices", {}) for name in pair]
            _looked_at(rows, written, prices)
        parts += [part, pd.DataFrame(rows, columns=list(found))]
    return pd.concat(parts, ignore_index=True)
