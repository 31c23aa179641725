"""What the answer hangs on: indices, noise and convergence of every outcome, as tables and in words.

From runs to findings; nothing here runs the model. `analysed` takes a design and the outcomes at its
points, and gives a `Sensitivity`. An outcome that is constant, or whose variance the noise hides, says
so and has no indices; one that lacks values is repaired by leaving out whole blocks, and counted, or
refused (`qisim.sensitivity.sample`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from qisim.comparison.paired import mean_of
from qisim.errors import DataError, Interrupted
from qisim.model.outcomes import Array
from qisim.output.file_bytes import csv_bytes, parquet_bytes
from qisim.sensitivity.block_indices import pairs
from qisim.sensitivity.convergence import (
    QUANTILE,
    RESAMPLES,
    TOP,
    Estimate,
    Settled,
    estimated,
    half_width_of,
    nested,
    settled,
)
from qisim.sensitivity.replicate_noise import is_constant, is_same_at_all_points, within_points
from qisim.sensitivity.sample import Sample

if TYPE_CHECKING:
    import pandas as pd

Responses = Mapping[str, Mapping[str, Array]]
"""By target (a scenario, or the difference of two) and outcome: values, shape (points, replicates)."""

MATTERS = 0.05
"""Share of the variance from which an input matters: an assumption."""
SURE = 0.95
"""Share of draws in which the top must be the same to be settled."""
RESAMPLES_PER_WEEK = 200
FINE, CONSTANT, HIDDEN, REFUSED = "fine", "constant", "hidden by noise", "refused"
FLOOR = "floor"


@dataclass(frozen=True)
class Finding:
    """What was found for one outcome of one target.

    Attributes
    ----------
    target, outcome : str
    status : {"fine", "constant", "hidden by noise", "refused"}
        Indices are missing where the outcome is constant or lacks too many values (refused); where
        noise hides its variance they may be.
    design : Sample
        Of the blocks that were used.
    values : ndarray, shape (points, replicates)
    left_out : int
        Blocks left out for lack of a value.
    estimate : Estimate, optional
    steps : list of (int, Estimate)
        The same from smaller parts of the sample.
    settled : Settled
    notes : list of str
        What a reader has to know.
    """

    target: str
    outcome: str
    status: str
    design: Sample
    values: Array
    left_out: int
    estimate: Estimate | None
    steps: list[tuple[int, Estimate]]
    settled: Settled
    notes: list[str] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether the same inputs are at the top in nearly all draws."""
        return self.settled.same_set >= SURE

    @cached_property
    def correlation(self) -> Array:
        """Correlation of each input with the expected outcome; missing for whole factors."""
        design = self.design
        if design.problem.get("groups"):
            return np.full(len(design.inputs), np.nan)
        points = design.points - design.points.mean(axis=0)
        outcome = self.values.mean(axis=1) - self.values.mean()
        size = np.sqrt((points**2).sum(axis=0) * (outcome**2).sum())
        return np.asarray(points.T @ outcome / np.where(size > 0, size, np.nan))


def analysed(
    design: Sample,
    responses: Responses,
    *,
    resamples: int = RESAMPLES,
    provisional: str = "",
    factor_of: Mapping[str, str] | None = None,
) -> Sensitivity:
    """Return the sensitivity of every outcome of every target.

    Parameters
    ----------
    design : Sample
    responses : mapping
        See `Responses`; NaN where a run failed or has no value.
    resamples : int, optional
        Of the bootstrap.
    provisional : str, optional
        Why the sample is not the one that was asked for; empty when it is.
    factor_of : mapping of str to str, optional
        The study's factor that each parameter belongs to.

    Raises
    ------
    DataError
        If every outcome lacks too many values; each is named, with the number of runs and the points.
        Where some can be analysed, the others have the status ``refused`` and say the same.
    Interrupted
        If the user stops it; with a `Sensitivity` that holds what was analysed, or with None.
    """
    wanted = [
        (target, outcome, values)
        for target, outcomes in responses.items()
        for outcome, values in outcomes.items()
    ]
    findings: list[Finding] = []
    factors = dict(factor_of or {})
    try:
        for one in wanted:
            findings.append(found_or_refused(design, *one, resamples))
    except KeyboardInterrupt:
        done = [one for one in findings if one.status != REFUSED]
        text = f"stopped after {len(findings)} of {len(wanted)} outcomes were analysed"
        why = "not analysed: it was stopped before"
        rest = [refused(design, *one, why) for one in wanted[len(findings) :]]
        text = f"{provisional}; {text}" if provisional else text
        raise Interrupted(
            Sensitivity(design, findings + rest, text, factors) if done else None
        ) from None
    if all(one.status == REFUSED for one in findings):
        raise DataError([note for one in findings for note in one.notes])
    return Sensitivity(design, findings, provisional, factors)


def found_or_refused(
    design: Sample, target: str, outcome: str, values: Array, resamples: int
) -> Finding:
    """Return what is found, or that an outcome lacks too many values; see `found_for`."""
    try:
        return found_for(design, target, outcome, values, resamples)
    except DataError as error:
        return refused(design, target, outcome, values, str(error))


def refused(design: Sample, target: str, outcome: str, values: Array, why: str) -> Finding:
    """Return that an outcome cannot be analysed, and why."""
    return Finding(
        target, outcome, REFUSED, design, np.asarray(values, float), 0, None, [], Settled(), [why]
    )


def found_for(
    design: Sample,
    target: str,
    outcome: str,
    values: Array,
    resamples: int = RESAMPLES,
    *,
    steps: bool = True,
) -> Finding:
    """Return what is found for one outcome of one target; see `analysed`.

    Without `steps` nothing is said of smaller samples, which saves time.
    """
    design, values, left_out = design.complete(np.asarray(values, float), f"{outcome} ({target})")
    notes = list(_notes(design, values, left_out))
    given = target, outcome
    if is_constant(values):
        notes.append("the same in all runs: no variance, so indices are not defined")
        return Finding(*given, CONSTANT, design, values, left_out, None, [], Settled(), notes)
    if is_same_at_all_points(values):
        notes.append(
            "the same at every point in each replicate: what varies here has no effect on it, all its "
            "variance is luck, and indices are not defined"
        )
        return Finding(*given, CONSTANT, design, values, left_out, None, [], Settled(), notes)
    estimate = estimated(design, values, resamples)
    status = _status(values, estimate)
    if status == HIDDEN:
        notes.append(
            "noise hides the variance of the expected outcome: indices are not to be relied on; "
            "more replicates or points are needed"
        )
    elif values.shape[1] > 1 and estimate.variance <= _half_of_all(estimate):
        notes.append(
            f"the spread rests on {values.shape[1]} common replicates and could be another with others; "
            "more replicates would make it sure"
        )
    smaller = nested(design, values, lambda part, its: estimated(part, its, resamples))
    sizes = [*(smaller if steps else ()), (design.blocks, estimate)]
    top = settled(estimate, design.kind.main)
    return Finding(*given, status, design, values, left_out, estimate, sizes, top, notes)


def _status(values: Array, estimate: Estimate | None) -> str:
    """Say whether the expected outcome has a variance that can be told from 0.

    It must lie above 0 by 1.96 standard errors as far as points go. The luck of few common replicates
    makes all effects larger or smaller together and leaves their shares alone; it may be as large as
    the variance, not larger. One replicate cannot tell.
    """
    if estimate is None:
        return CONSTANT
    least = max(estimate.points_half, _half_of_all(estimate) / QUANTILE)
    return FINE if estimate.variance > least or values.shape[1] == 1 else HIDDEN


def _half_of_all(estimate: Estimate) -> float:
    return float(half_width_of(estimate.variance_draws))


def _notes(design: Sample, values: Array, left_out: int) -> Iterator[str]:
    replicates = values.shape[1]
    if left_out:
        yield (
            f"{left_out} of {left_out + design.blocks} {design.kind.block} are left out because a "
            f"run has no value there"
        )
    if replicates == 1:
        yield (
            "one replicate: noise cannot be told from effects, so indices include noise and its "
            "share is unknown"
        )
    elif design.common and replicates == 2 and design.method != "efast":
        yield (
            "two common replicates: intervals do not hold what other replicates would have given; with "
            "three they do, and are wide; eight make them narrower"
        )
    if design.method == "efast" and design.blocks < 3:
        yield "fewer than three curves: there are no intervals"


def widest(findings: Sequence[Finding]) -> float:
    """Return the widest half interval among the top inputs of some findings.

    Infinite where one has none, so that nothing passes for settled; 0 where all are constant.
    """
    widths = [one.settled.half_width for one in findings if one.estimate is not None]
    return max((np.inf if np.isnan(width) else width for width in widths), default=0.0)


# --- the result ------------------------------------------------------------------------------------


@dataclass
class Sensitivity:
    """The sensitivity of outcomes to inputs.

    Attributes
    ----------
    design : Sample
        As asked for.
    findings : list of Finding
        For every target and outcome.
    provisional : str
        Why it is provisional; empty when it is not.
    factor_of : dict of str to str
        Factor of each parameter.
    weeks : DataFrame, optional
        Indices per week; see `over_weeks`.
    """

    design: Sample
    findings: list[Finding]
    provisional: str = ""
    factor_of: dict[str, str] = field(default_factory=dict)
    weeks: pd.DataFrame | None = None

    @property
    def targets(self) -> list[str]:
        """Names of the targets."""
        return list(dict.fromkeys(one.target for one in self.findings))

    @property
    def outcomes(self) -> list[str]:
        """Names of the outcomes."""
        return list(dict.fromkeys(one.outcome for one in self.findings))

    def finding(self, target: str, outcome: str) -> Finding:
        """Return what was found for one outcome of one target."""
        return next(one for one in self.findings if (one.target, one.outcome) == (target, outcome))

    def half_width(self, target: str | None = None) -> float:
        """Return the widest half interval among the top inputs of a target; see `widest`."""
        return widest([one for one in self.findings if target in (None, one.target)])

    @cached_property
    def indices(self) -> pd.DataFrame:
        """Every index of every input, a row each.

        Columns: ``target``, ``outcome``, ``input``, ``factor``, ``index``, ``estimate``, ``low``,
        ``high``, ``half_width`` (95 %), ``rank`` (by the main index, from 1), ``correlation``,
        ``verdict`` (both with the main index only).
        """
        import pandas as pd

        columns = [
            "target", "outcome", "input", "factor", "index", "estimate", "low", "high",
            "half_width", "rank", "correlation", "verdict",
        ]  # fmt: skip
        rows = [row for one in self.findings for row in self._rows(one)]
        return pd.DataFrame(rows, columns=columns)

    def _rows(self, found: Finding) -> Iterator[dict[str, Any]]:
        kind, inputs = found.design.kind, found.design.inputs
        ranks = {i: rank for rank, i in enumerate(_by_rank(found), 1)}
        for index in (*kind.indices, *([FLOOR] if _has(found, FLOOR) else [])):
            for i, (name, values) in enumerate(zip(inputs, _values(found, index), strict=True)):
                main = index == kind.main
                yield {
                    "target": found.target,
                    "outcome": found.outcome,
                    "input": name,
                    "factor": self.factor_of.get(name, name),
                    "index": index,
                    **values,
                    "rank": ranks.get(i, np.nan),
                    "correlation": float(found.correlation[i]) if main else np.nan,
                    "verdict": verdict(found, i) if main else "",
                }

    @cached_property
    def second_order(self) -> pd.DataFrame:
        """Indices of pairs (``S2``): ``target``, ``outcome``, ``first``, ``second``, ``estimate``, ..."""
        import pandas as pd

        columns = ["target", "outcome", "first", "second", "estimate", "low", "high", "half_width"]
        rows = [
            {
                "target": one.target,
                "outcome": one.outcome,
                "first": one.design.inputs[i],
                "second": one.design.inputs[j],
                **values,
            }
            for one in self.findings
            if _has(one, "S2")
            for (i, j), values in zip(
                pairs(len(one.design.inputs)), _values(one, "S2"), strict=True
            )
        ]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def noise(self) -> pd.DataFrame:
        """What is known of every outcome as a whole, a row each.

        Columns: ``target``, ``outcome``, ``status``, ``mean``, ``expected_variance`` (of the expected
        outcome over the inputs), ``noise_variance`` (of runs with the same inputs), ``noise_share``
        (of the variance of single runs), ``noise_share_low``, ``noise_share_high``, ``replicates``,
        ``random_numbers``, ``points``, ``blocks``, ``block`` (what a block is), ``left_out``,
        ``top_half_width``, ``same_top``, ``same_order``, ``settled``, ``provisional``, ``notes``.
        """
        import pandas as pd

        return pd.DataFrame([self._noise_row(one) for one in self.findings])

    def _noise_row(self, found: Finding) -> dict[str, Any]:
        estimate, values = found.estimate, found.values
        replicates = values.shape[1]
        unknown = np.nan if replicates == 1 or found.status == REFUSED else 0.0
        noise = estimate.noise if estimate else unknown + _noise_share(found)
        share = estimate.share if estimate else unknown + float(noise > 0)
        half = half_width_of(estimate.share_draws) if estimate else unknown
        return {
            "target": found.target,
            "outcome": found.outcome,
            "status": found.status,
            "mean": mean_of(values[np.isfinite(values)]),
            "expected_variance": estimate.variance if estimate else unknown,
            "noise_variance": noise,
            "noise_share": share,
            "noise_share_low": float(share - half),
            "noise_share_high": float(share + half),
            "replicates": replicates,
            "random_numbers": "common" if found.design.common else "fresh",
            "points": len(values),
            "blocks": found.design.blocks,
            "block": found.design.kind.block,
            "left_out": found.left_out,
            "top_half_width": found.settled.half_width,
            "same_top": found.settled.same_set,
            "same_order": found.settled.same_order,
            "settled": found.is_settled,
            "provisional": self.provisional,
            "notes": "; ".join(found.notes),
        }

    @cached_property
    def convergence(self) -> pd.DataFrame:
        """The main index at ever larger samples: ``blocks``, ``points``, ``input``, ``estimate``, ..."""
        import pandas as pd

        columns = [
            "target", "outcome", "blocks", "points", "input", "index", "estimate", "low", "high",
            "half_width", "same_top", "same_order",
        ]  # fmt: skip
        rows = [row for one in self.findings for row in _steps(one)]
        return pd.DataFrame(rows, columns=columns)

    def tables(self) -> dict[str, bytes]:
        """Return all tables as files, each as CSV and as Parquet."""
        held = {
            "indices": self.indices,
            "noise": self.noise,
            "convergence": self.convergence,
            "second_order": self.second_order,
            "over_time": self.weeks,
        }
        files: dict[str, bytes] = {}
        for name, table in held.items():
            if table is not None and len(table):
                files[f"{name}.csv"] = csv_bytes(table)
                files[f"{name}.parquet"] = parquet_bytes(table)
        return files


def _noise_share(found: Finding) -> float:
    """Return the mean variance within the points of an outcome that has no indices."""
    if is_constant(found.values):
        return 0.0
    return float(within_points(found.values).mean())


def _by_rank(found: Finding) -> Sequence[int]:
    from qisim.sensitivity.convergence import ranking

    if found.estimate is None:
        return []
    return [int(i) for i in ranking(found.estimate.indices[found.design.kind.main])]


def _has(found: Finding, index: str) -> bool:
    return found.estimate is not None and index in found.estimate.indices


def _values(found: Finding, index: str) -> Iterator[dict[str, float]]:
    """Yield estimate and interval of an index, input by input; missing where there is none."""
    estimate = found.estimate
    if estimate is None:
        none = dict.fromkeys(("estimate", "low", "high", "half_width"), np.nan)
        yield from (none for _ in found.design.inputs)
        return
    for value, half in zip(estimate.indices[index], estimate.half_width(index), strict=True):
        yield _interval(float(value), float(half))


def _interval(value: float, half: float) -> dict[str, float]:
    return {"estimate": value, "low": value - half, "high": value + half, "half_width": half}


def _steps(found: Finding) -> Iterator[dict[str, Any]]:
    design, index = found.design, found.design.kind.main
    for blocks, estimate in found.steps:
        top = settled(estimate, index)
        halves = estimate.half_width(index)
        for i, name in enumerate(design.inputs):
            yield {
                "target": found.target,
                "outcome": found.outcome,
                "blocks": blocks,
                "points": blocks * design.block_size,
                "input": name,
                "index": index,
                **_interval(float(estimate.indices[index][i]), float(halves[i])),
                "same_top": top.same_set,
                "same_order": top.same_order,
            }


# --- verdicts --------------------------------------------------------------------------------------


def verdict(found: Finding, i: int) -> str:
    """Return whether an input matters, in words.

    Of a share of the variance: it matters when its interval lies above `MATTERS`, hardly matters when
    it lies below. A Morris effect is judged as a share of the largest; delta and PAWN against their
    floor; DGSM is a bound from above, so it can only tell what hardly matters.
    """
    estimate, kind = found.estimate, found.design.kind
    if found.status == REFUSED:
        return "cannot tell: not analysed"
    if estimate is None:
        return "not defined: the same at all points"
    value, half = estimate.indices[kind.main][i], estimate.half_width(kind.main)[i]
    if np.isnan(value) or found.status == HIDDEN:
        return "cannot tell: hidden by noise"
    if np.isnan(half):
        return "cannot tell: no interval"
    if FLOOR in estimate.indices:
        floor = estimate.indices[FLOOR][i]
        return "matters" if value - half > floor else "cannot be told from no effect"
    least = MATTERS
    if found.design.method == "morris":
        least *= float(np.nanmax(estimate.indices[kind.main]))
    if value + half < least:
        return "hardly matters"
    if found.design.method == "dgsm":
        return "may matter"
    return "matters" if value - half > least else "cannot tell yet"


# --- over time -------------------------------------------------------------------------------------


def over_weeks(
    design: Sample, weeks: Iterable[tuple[int, Responses]], resamples: int = RESAMPLES_PER_WEEK
) -> pd.DataFrame:
    """Return the indices of weekly series, week by week.

    Parameters
    ----------
    design : Sample
    weeks : iterable of (int, mapping)
        Week of the run, from 1, and the values of each target and series in it.
    resamples : int, optional

    Returns
    -------
    DataFrame
        ``target``, ``outcome`` (the series), ``week``, ``input``, ``index``, ``estimate``, ``low``,
        ``high``, ``half_width``, ``noise_share``, ``status`` (as of a `Finding`); missing in weeks in
        which the series is the same at all points, or lacks too many values.
    """
    import pandas as pd

    rows = [row for week, held in weeks for row in _week_rows(design, week, held, resamples)]
    columns = [
        "target", "outcome", "week", "input", "index", "estimate", "low", "high", "half_width",
        "noise_share", "status",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _week_rows(
    design: Sample, week: int, held: Responses, resamples: int
) -> Iterator[dict[str, Any]]:
    for target, series in held.items():
        for name, values in series.items():
            found = _found_in_week(design, target, name, values, week, resamples)
            for index in design.kind.indices:
                for one, interval in zip(design.inputs, _values(found, index), strict=True):
                    yield {
                        "target": target,
                        "outcome": name,
                        "week": week,
                        "input": one,
                        "index": index,
                        **interval,
                        "noise_share": found.estimate.share if found.estimate else np.nan,
                        "status": found.status,
                    }


def _found_in_week(
    design: Sample, target: str, name: str, values: Array, week: int, resamples: int
) -> Finding:
    try:
        kept, its, _ = design.complete(values, f"{name} ({target}, week {week})")
    except DataError as error:
        return refused(design, target, name, values, str(error))
    estimate = None if is_same_at_all_points(its) else estimated(kept, its, resamples)
    status = _status(its, estimate)
    return Finding(target, name, status, kept, its, 0, estimate, [], Settled())


__all__ = [
    "MATTERS",
    "TOP",
    "Finding",
    "Sensitivity",
    "analysed",
    "found_for",
    "over_weeks",
    "verdict",
]
