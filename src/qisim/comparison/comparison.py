"""Paired differences on common random numbers, and a verdict on each outcome.

Replicate r of the other scenario is compared with replicate r of the base: both use the same random
numbers, so most of the noise cancels in the difference. For each outcome of a pair of scenarios:

* The **interval** is that of the paired t (95 %), or a BCa bootstrap where asked for. It is for one outcome by
  itself. Ratios are ratios of means over all runs, with intervals of the jackknife
  (`qisim.comparison.estimands`); weeks to half have the wider of two intervals, for the t is too sure of
  differences that are mostly 0 and now and then large, and none with too few of them.
* The **p-value** is the largest of that of the paired t and those of t with skewness taken out
  (`qisim.comparison.sequential`), but never below what a sign test could reach with as many differences other
  than 0: with few of them (rare events, few replicates) and with skewed ones the t is too sure of itself.
  **Holm's** step-down correction then covers all outcomes of one pair of scenarios, and each p-value is
  multiplied by what the **look** costs: 1.25 the first time that two scenarios are compared, then 10, 20, 40
  and so on. So of all verdicts "higher" or "lower" on a pair without any difference, at most 5 % of
  studies give one, however often they look; it does not cover several others against one base together.
  Equivalence has p-values of its own (two one-sided tests), corrected in the same way.
* The **verdict** is "no difference in any pair" when all pairs are equal to the last bit, with the share of
  pairs in which there may still be one; "no difference that matters" when the interval lies inside plus and
  minus the smallest difference that matters (from six pairs up) and the corrected p of equivalence below .05;
  "<other> higher" or "<other> lower" when the corrected p is below .05 and the interval clear of 0 (for hours
  "costs more" or "costs less", and with "(better)" or "(worse)" where low is good); else "cannot tell yet"
  with the number of further replicates that settle it in 80 % of studies, if the differences to come look like
  those seen.
* **Over sets of strengths** the verdict is on the sets, not on their mean: in how many of them the other is
  ahead, and by enough to matter, with luck taken out (`qisim.comparison.layers`). "No difference that matters"
  and a plain "higher" or "lower" need nine sets in ten, with the lower end of the interval of that share.

A pair counts where both runs were finished and both have the outcome. The others are reported as missing: mean
and interval then speak of the pairs with a value in both only. Where fewer than half of the pairs have a value
in both, these are leftovers and nothing is said of their values: the verdict is "not comparable", or, where a
run without a value did worse than any with one (`Outcome.missing_is_worst`), it is on the share of runs that
have a value (interval as above, p of the exact test of McNemar). For the probability that the other is better
such a run did worse as well. Sums over a ward (`qisim.comparison.basis.COUNTS`) of wards of different size get
no verdict.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from qisim.comparison.basis import basis_of, columns_of
from qisim.comparison.context import posts, sets_of, sites_in
from qisim.comparison.hangs_on import marked
from qisim.comparison.matters import Matters, smallest_differences
from qisim.comparison.paired import (
    ALPHA,
    Interval,
    Pairs,
    holm,
)
from qisim.comparison.sequential import counted_for_looks
from qisim.comparison.side_by_side import Pairing, asked_pairs, plans
from qisim.comparison.verdicts import NOWHERE, shares_text, verdict
from qisim.comparison.wording import (
    UNLIKE,
    planner_text,
)
from qisim.errors import InputError, Problem, nearest_name
from qisim.model.outcomes import OUTCOMES, Array
from qisim.output.dictionary import PLANS_TABLE, with_attributes
from qisim.output.file_bytes import csv_bytes, parquet_bytes
from qisim.output.result import Result
from qisim.output.tables import checked_runs
from qisim.runs.looked import EARLIER, looks_at


def differences(
    runs: pd.DataFrame,
    base: str,
    others: Sequence[str] | None = None,
    *,
    matters: Matters = None,
    interval: Interval = "t",
    posts: Mapping[str, int] | None = None,
    sets: int | None = None,
    earlier: int = 0,
) -> pd.DataFrame:
    """Return the paired differences of every outcome, other minus base.

    Parameters
    ----------
    runs : DataFrame
        A row per scenario and replicate, as in `qisim.output.result.Result`.
    base : str
        Name of the scenario to compare with.
    others : sequence of str, optional
        Names of the scenarios to compare; by default all but the base.
    matters : float or mapping of str to float, optional
        Smallest difference that matters: by outcome, or one number for all outcomes that are shares
        of people (.05 is five points). What is not given is as declared in `qisim.model.outcomes`.
    interval : {"t", "bca"}, optional
        Paired t, or bias-corrected accelerated bootstrap (9,999 resamples, fixed seed).
    posts : mapping of str to int, optional
        Posts of care staff by scenario; where they differ, sums over a ward get no verdict.
    sets : int, optional
        Sets of strengths over which a study ran, replicate r with set r modulo `sets`. Pairs that share a
        set count as one in intervals and p-values.
    earlier : int, optional
        How often the same scenarios were compared before; each further look has less of the 5 %.

    Returns
    -------
    DataFrame
        A row per other and outcome: ``base``, ``other``, ``outcome``, ``estimand`` (``mean of runs``, or
        ``ratio of means``), ``base_mean``, ``other_mean``, ``difference``, ``low``, ``high`` (of the pairs with
        a value in both; of ratios of means, of all pairs), ``base_median``, ``other_median`` (of the runs with
        a value), ``probability_other_better`` (ties count half; missing where neither direction is better),
        ``p_holm``, ``p_equal_holm`` (of the test of equivalence), ``pairs``, ``missing``, ``base_missing``,
        ``other_missing`` (runs without a value in replicates that both finished), ``matters``, ``verdict``.
        p-values are of the tests that the verdict rests on, corrected for outcomes and looks, and missing
        where there are none.

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
    sizes = posts or {}
    for other in others:
        pairs, places = pairs_of(runs, base, other, sets), (sizes.get(base), sizes.get(other))
        rows += compared(base, other, pairs, smallest, interval, places, earlier)
    return pd.DataFrame(rows)


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


def pairs_of(
    runs: pd.DataFrame, base: str, other: str, sets: int | None = None
) -> dict[str, Pairs]:
    """Return the pairs of every outcome, matched by replicate; `sets` as in `differences`."""
    sides = {name: runs[runs["scenario"] == name].set_index("replicate") for name in (base, other)}
    asked = len(sides[base].index.union(sides[other].index))
    done = [side[side["status"] == "ok"] for side in sides.values()]
    shared = done[0].index.intersection(done[1].index).sort_values()
    left, right = (side.loc[shared, list(OUTCOMES)].to_numpy(np.float64) for side in done)
    which = None if sets is None else shared.to_numpy(np.int64) % sets
    return {name: Pairs(left[:, i], right[:, i], asked, which) for i, name in enumerate(OUTCOMES)}


def compared(
    base: str,
    other: str,
    pairs: Mapping[str, Pairs],
    smallest: Mapping[str, float],
    interval: Interval = "t",
    posts: tuple[int | None, int | None] = (None, None),
    earlier: int = 0,
    beside: int = 0,
) -> Iterator[dict[str, Any]]:
    """Yield the rows of `differences` for one pair of scenarios.

    Holm's family is `pairs`, and so many outcomes beside them that are told elsewhere.
    """
    bases = {name: basis_of(name, pairs, smallest, interval, posts) for name in pairs}
    p_holm, p_equal = (
        counted_for_looks(holm([*found, *[math.nan] * beside]), earlier)[: len(bases)]
        for found in (
            [one.p for one in bases.values()], [one.p_equal for one in bases.values()]
        )
    )  # fmt: skip
    open_ones = (_open(p_holm), _open(p_equal))
    for basis, p, equal in zip(bases.values(), p_holm, p_equal, strict=True):
        name, pair, ground = basis.name, basis.pair, basis.ground
        if ground == "wards":
            said = f"{UNLIKE}: wards of different size ({posts[0]} / {posts[1]} posts)"
        elif ground == "leftovers":
            text = NOWHERE if pair.neither.all() else shares_text(pair)
            said = f"{UNLIKE}: a value {text}"
        else:
            said = verdict(other, basis, float(p), float(equal), open_ones, earlier)
        numbers = columns_of(basis, float(p), float(equal), interval)
        given = {"base": base, "other": other, "outcome": name}
        yield {**given, **numbers, "matters": smallest[name], "verdict": said}


def _open(p_values: Array) -> int:
    """Return how many outcomes are not settled, at least one."""
    return max(1, int(np.sum(~(p_values < ALPHA))))


# The comparison as an object


@dataclass(repr=False)
class Comparison(Result):
    """One base and the others compared with it, replicate by replicate.

    The first of `scenarios` is the base. Attributes and methods are those of
    `qisim.output.result.Result`, and these.

    Attributes
    ----------
    matters : float or mapping, optional
        Smallest difference that matters; see `differences`.
    interval : {"t", "bca"}
        Kind of interval.
    pairs : {"base", "all"}
        Which pairs `differences` tells of: each of the others with the base, or every pair.
    under_theories : sequence of DataFrame
        The runs under each rival theory; see `qisim.comparison.theories`.
    until_decided : bool
        Whether it was looked at as planned and stopped itself; see `qisim.comparison.sequential`.
    """

    matters: Matters = None
    interval: Interval = "t"
    until_decided: bool = False
    pairs: Pairing = "base"
    under_theories: Sequence[pd.DataFrame] = ()

    @property
    def base(self) -> str:
        """Name of the base."""
        return next(iter(self.scenarios))

    @property
    def others(self) -> list[str]:
        """Names of the others."""
        return list(self.scenarios)[1:]

    def differences(self) -> pd.DataFrame:
        """Return the paired differences, of outcomes and of hours that are paid for.

        See `qisim.comparison.comparison.differences` and `qisim.comparison.paid`.
        """
        found = self._once("differences", self._all_differences)
        return with_attributes(found.copy())

    def _all_differences(self) -> pd.DataFrame:
        from qisim.comparison.paid import with_paid

        return marked(with_paid(self, self._of_outcomes(), self._sets))

    def _once(self, what: str, work: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Return a result, cached as long as nothing it depends on has changed."""
        rows = pd.util.hash_pandas_object(self.runs, index=False).to_numpy().tobytes()
        settings = (self.matters, self.interval, self.until_decided, self.pairs)
        rests_on = (rows, repr((*settings, self.manifest.get(EARLIER))))
        known: dict[str, Any] = self.__dict__.setdefault("_known", {})
        if what not in known or known[what][0] != rests_on:
            known[what] = (rests_on, work())
        found: pd.DataFrame = known[what][1]
        return found

    def _of_outcomes(self) -> pd.DataFrame:
        """Return the differences of what the runs give; nobody may write to them."""
        return self._once("outcomes", self._differences_of_outcomes)

    def earlier(self, base: str, other: str) -> list[Mapping[str, Any]]:
        """Return the looks at a pair of scenarios before this one, as `qisim.runs.looked` has them.

        Parameters
        ----------
        base, other : str
            Their names.
        """
        return looks_at(self.manifest.get(EARLIER, ()), base, other)

    def _differences_of_outcomes(self) -> pd.DataFrame:
        sizes = {name: posts(scenario) for name, scenario in self.scenarios.items()}
        sets = self._sets
        found = pd.concat(
            [
                differences(
                    self.runs,
                    base,
                    [other],
                    matters=self.matters,
                    interval=self.interval,
                    posts=sizes,
                    sets=sets,
                    earlier=len(self.earlier(base, other)),
                )
                for base, other in asked_pairs(list(self.scenarios), self.pairs)
            ],
            ignore_index=True,
        )
        if self.until_decided:
            from qisim.comparison.until_decided import decided

            most = int(self.manifest["replicates"])
            found = decided(found, self.runs, most, sizes, sets, self.earlier)
        return found

    def plans(self) -> pd.DataFrame:
        """Return the differences from the base with plans as columns.

        See `qisim.comparison.side_by_side.plans`.
        """
        return with_attributes(plans(self.differences(), self.base), PLANS_TABLE)

    def layers(self) -> pd.DataFrame:
        """Return the variance components of each difference: sets of strengths, sites, theories, and luck.

        Empty where all replicates are alike; see `qisim.comparison.layer_table.layer_table`.
        """
        from qisim.comparison.layer_table import layer_table

        return with_attributes(layer_table(self._grouped(), self._of_outcomes()), "layers.csv")

    def _grouped(self) -> pd.DataFrame:
        """Return the runs with set and site of each."""
        from qisim.comparison.layer_table import with_groups

        sets = len(self.manifest["over"]["values"]) if "over" in self.manifest else None
        return with_groups(self.runs, sets, sites_in(self.manifest))

    def theories(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return every difference under every theory, and in how many theories each conclusion holds.

        Empty without theories; see `qisim.comparison.theories`.
        """
        from qisim.comparison.theories import COLUMNS, DOUBT_COLUMNS, doubt_table, theory_table

        if not self.under_theories:
            return pd.DataFrame(columns=COLUMNS), pd.DataFrame(columns=DOUBT_COLUMNS)
        sizes = {name: posts(scenario) for name, scenario in self.scenarios.items()}
        runs = self.theory_runs()
        table = theory_table(runs, self.base, self.others, self.matters, sizes)
        doubt = doubt_table(runs, table)
        return with_attributes(table, "theories.csv"), with_attributes(doubt, "theories_doubt.csv")

    def theory_runs(self) -> pd.DataFrame:
        """Return the runs of the model as shipped and of every theory."""
        from qisim.comparison.theories import together

        return together(self._grouped(), self.under_theories)

    @property
    def _sets(self) -> int | None:
        """Number of sets of values that replicates share; None where there are none."""
        return sets_of(self.manifest)

    def verdict(self) -> str:
        """Return the findings in plain sentences; see `qisim.comparison.wording.planner_text`."""
        return planner_text(self.differences())

    def tables(self) -> dict[str, bytes]:
        """Return the tables as files."""
        found = {**super().tables(), "differences.csv": csv_bytes(self.differences())}
        if len(self.others) > 1:
            found[PLANS_TABLE] = csv_bytes(self.plans())
        layers = self.layers()
        if len(layers):
            found["layers.csv"] = csv_bytes(layers)
        if self.under_theories:
            table, doubt = self.theories()
            found |= {"theories.csv": csv_bytes(table), "theories_doubt.csv": csv_bytes(doubt)}
            found["theory_runs.parquet"] = parquet_bytes(self.theory_runs())
        return found
