"""From the runs of a study to the responses analysed: the sample, and outcomes by target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qisim.design import sampling
from qisim.design.plan import Plan
from qisim.errors import InputError, Problem
from qisim.model.outcomes import Array
from qisim.runs.sweep_result import Runs
from qisim.sensitivity.sample import FEWEST_ALONE, FEWEST_BLOCKS, FEWEST_FOR_HDMR, KINDS, Sample

if TYPE_CHECKING:
    from qisim.sensitivity.finding import Responses

FEWEST = dict.fromkeys(KINDS, FEWEST_BLOCKS) | {
    "efast": sampling.FEWEST_FAST, "hdmr": FEWEST_FOR_HDMR,
    **dict.fromkeys(("rbd_fast", "delta", "pawn"), FEWEST_ALONE),
}  # fmt: skip
"""Base samples below which a method gives nothing."""
WEEKLY_CELLS = 1 << 24
"""Values of weekly series that are in memory at once (4 bytes each)."""


def sample_of(plan: Plan) -> Sample:
    """Return the sample of a plan.

    Raises
    ------
    InputError
        If the method cannot do what is asked for, or the sample is too small for it.
    """
    method, samples = plan.analysis.method or "sobol", plan.design.samples
    counted = plan.design.table is None or method == "shapley"
    if counted and samples < FEWEST[method]:
        allowed = f"from {FEWEST[method]} for {KINDS[method].label}"
        raise InputError(
            Problem("is too small a sample", key="samples", value=samples, allowed=allowed)
        )
    curve = sampling.fast_curves(samples)[1] if plan.design.method == "fast" else 0
    return Sample(
        method, sampling.problem(plan), sampling.points(plan),
        common=plan.random_numbers == "common", second_order=plan.analysis.second_order,
        seed=plan.seed, curve=curve, levels=plan.design.levels,
    )  # fmt: skip


def difference_name(scenarios: Sequence[str]) -> str:
    """Return the name of the difference of two scenarios."""
    return f"{scenarios[1]} minus {scenarios[0]}"


def responses_of(runs: Runs, rows: Any = slice(None)) -> dict[str, dict[str, Array]]:
    """Return the outcomes by target: every scenario and, of two, their difference last."""
    found: dict[str, dict[str, Array]] = {name: {} for name in runs.scenarios}
    for outcome in runs.plan.outcomes:
        for name, values in runs.all_values(outcome).items():
            found[name][outcome] = values[rows]
    return _with_difference(found, runs.scenarios)


def _with_difference(
    found: dict[str, dict[str, Array]], scenarios: Sequence[str]
) -> dict[str, dict[str, Array]]:
    if len(scenarios) == 2:
        base, other = (found[name] for name in scenarios)
        found[difference_name(scenarios)] = {name: other[name] - base[name] for name in base}
    return found


def weekly_responses(runs: Runs, rows: Any = slice(None)) -> Iterator[tuple[int, Responses]]:
    """Yield week by week the weekly series by target, shape (points, replicates) each.

    It ends with the shortest run, and reads a few weeks at a time.
    """
    series = runs.plan.analysis.over_time
    last = min(site.weeks for worlds in runs.layout.worlds for site in worlds)
    some = max(1, WEEKLY_CELLS // (runs.layout.runs * len(series)))
    for begin in range(0, last, some):
        weeks = slice(begin, min(begin + some, last))
        held = {
            name: {one: runs.weekly_values(one, name, weeks)[rows] for one in series}
            for name in runs.scenarios
        }
        for place in range(weeks.stop - begin):
            now = {
                name: {one: values[..., place].astype(np.float64) for one, values in its.items()}
                for name, its in held.items()
            }
            yield begin + place + 1, _with_difference(now, runs.scenarios)
