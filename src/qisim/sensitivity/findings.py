"""From runs to findings: indices, noise and convergence of every outcome.

From runs to findings; nothing here runs the model. `analysed` takes a design and the outcomes at its
points, and gives a `Sensitivity`. An outcome that is constant, or whose variance the noise hides, says
so and has no indices; one that lacks values is repaired by leaving out whole blocks, and counted, or
refused (`qisim.sensitivity.sample`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from qisim.errors import DataError, Interrupted
from qisim.model.outcomes import Array
from qisim.sensitivity.convergence import (
    FEWEST_COMMON,
    QUANTILE,
    RESAMPLES,
    Estimate,
    Settled,
    estimated,
    nested,
    settled,
)
from qisim.sensitivity.finding import (
    CONSTANT,
    FINE,
    HIDDEN,
    REFUSED,
    Finding,
    Responses,
    half_of_all,
    index_rows,
)
from qisim.sensitivity.replicate_noise import is_constant, is_same_at_all_points
from qisim.sensitivity.result import Sensitivity
from qisim.sensitivity.sample import Sample

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES_PER_WEEK = 200


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
    """Return the finding of an outcome that cannot be analysed, with the reason."""
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
    """Return the finding for one outcome of one target; see `analysed`.

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
    estimate = _estimated(design, values, resamples)
    status = _status(values, estimate)
    if status == HIDDEN:
        notes.append(
            "noise hides the variance of the expected outcome: indices are not to be relied on; "
            "more replicates or points are needed"
        )
    elif values.shape[1] > 1 and estimate.variance <= half_of_all(estimate):
        notes.append(
            f"the spread rests on {values.shape[1]} common replicates and could be another with others; "
            "more replicates would make it sure"
        )
    smaller = nested(design, values, lambda part, its: _estimated(part, its, resamples))
    sizes = [*(smaller if steps else ()), (design.blocks, estimate)]
    top = settled(estimate, design.kind.main)
    return Finding(*given, status, design, values, left_out, estimate, sizes, top, notes)


def too_few_worlds(design: Sample, replicates: int) -> bool:
    """Return whether all points share so few replicates that no interval can hold what others would give.

    One replicate is another matter: whoever makes one says that there is no luck worth a thought.
    """
    return design.common and 1 < replicates < FEWEST_COMMON


def _estimated(design: Sample, values: Array, resamples: int) -> Estimate:
    """Return the indices, with intervals where there can be any."""
    found = estimated(design, values, resamples)
    return found.without_intervals() if too_few_worlds(design, values.shape[1]) else found


def _status(values: Array, estimate: Estimate | None) -> str:
    """Return whether the expected outcome has a variance that can be told from 0.

    It must lie above 0 by 1.96 standard errors as far as points go. The luck of few common replicates
    makes all effects larger or smaller together and leaves their shares alone; it may be as large as
    the variance, not larger. One replicate cannot tell.
    """
    if estimate is None:
        return CONSTANT
    least = max(estimate.points_half, half_of_all(estimate) / QUANTILE)
    return FINE if estimate.variance > least or values.shape[1] == 1 else HIDDEN


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
    elif too_few_worlds(design, replicates):
        yield (
            "two common replicates: what others would have given is not known, so there are no intervals, no "
            "verdicts, and the ranking is not settled; with three there are, and wide; eight make them narrower"
        )
    if design.method == "efast" and design.blocks < 3:
        yield "fewer than three curves: there are no intervals"


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
                for one, interval in zip(design.inputs, index_rows(found, index), strict=True):
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
    estimate = None if is_same_at_all_points(its) else _estimated(kept, its, resamples)
    status = _status(its, estimate)
    return Finding(target, name, status, kept, its, 0, estimate, [], Settled())
