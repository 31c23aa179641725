"""Paid hours as outcomes of a sweep, beside the hours worked.

What a plan fixes at a point (hours of a facilitator, hours allotted, staff released, substitutes) follows
from the point; writing, and weeks with a facilitator, are the runs'. So paid hours are not stored
but computed when results are read. Which outcomes these are, and what they mean, is declared in
`qisim.output.paid_hours`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from qisim.design.plan import COST
from qisim.design.run_table import RunTable
from qisim.model.outcomes import REPORTED, Array
from qisim.output.paid_hours import hours_of_runs, paid_outcome, planned_hours

WRITING, OUTSIDE = "documentation_hours", "outside_weeks"
"""The parts of paid hours that depend on the run: hours of writing, and weeks in which a
facilitator was there.
"""


def reported_outcomes(scenarios: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the outcomes in the tables of scenarios, those in kroner only if one of them has prices."""
    priced = any(one.prices for one in scenarios.values())
    return tuple(name for name in REPORTED if priced or name != COST)


def fixed_hours(layout: RunTable) -> list[dict[str, Array]]:
    """Return the paid hours that the plan fixes at every point, by kind, for each scenario.

    Returns
    -------
    list of dict of str to ndarray, shape (points, 1), or (points, replicates) at sites that differ
    """
    sites = () if layout.like is None else layout.like.of(np.arange(layout.plan.replicates))
    varied = {layout.plan.inputs[place].name: place for place in layout.numbers}
    found: list[dict[str, Array]] = []
    for scenarios, worlds in zip(layout.shapes, layout.worlds, strict=True):
        kinds: dict[str, Array] = {}
        for shape, (scenario, world) in enumerate(zip(scenarios, worlds, strict=True)):
            here = np.flatnonzero(layout.shape_of == shape)
            values = {name: layout.points[here, place][:, None] for name, place in varied.items()}
            if layout.like is not None:
                values |= dict(
                    zip(layout.like.keys, layout.like.values(scenario)[sites].T, strict=True)
                )
            for kind, hours in planned_hours({**scenario.values, **values}, world).items():
                every = np.empty((len(layout.points), max(1, len(sites))))
                kinds.setdefault(kind, every)[here] = hours
        found.append(kinds)
    return found


def paid_values(
    name: str,
    fixed: Mapping[str, Array],
    writing: Array,
    outside: Array,
    prices: Mapping[str, float],
) -> Array:
    """Return a paid outcome of every run.

    Parameters
    ----------
    name : str
    fixed : mapping of str to ndarray, shape (points, 1) or (points, replicates)
        As from `fixed_hours`.
    writing : ndarray, shape (points, replicates)
        Hours of writing; NaN for a run that was not finished, which then has no paid hours either.
    outside : ndarray, shape (points, replicates)
        Weeks in which a facilitator was there.
    prices : mapping of str to float
    """
    value = paid_outcome(name, hours_of_runs(fixed, writing, outside), prices)
    found: Array = np.where(np.isnan(writing), np.nan, value)
    return found
