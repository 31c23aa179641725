"""Consistency of coupled parameters over the ranges in which a study varies them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from qisim.design.plan import Input
from qisim.errors import Problem, ScenarioError
from qisim.scenario.line_numbers import KeyPath

if TYPE_CHECKING:
    from qisim.scenario.reader import Reading
    from qisim.scenario.scenario import Scenario

COUPLED = (
    ("site.nurse_share", "site.unschooled_share"),
    ("site.mean_post", "site.full_time_share"),
    ("site.unschooled_share", "workforce.unschooled_turnover_ratio"),
    ("fates.begun_at", "fates.faded_at"),
)
"""Coupled parameters; the worst case lies at a corner of their ranges."""


def fit_together(
    reading: Reading,
    scenarios: Collection[Scenario],
    inputs: Mapping[str, Input],
    paths: Mapping[str, KeyPath],
    pair: tuple[str, ...],
) -> None:
    """Check numbers that must fit together at the corners of their ranges; note what is wrong.

    Parameters
    ----------
    reading : Reading
        The study file, to which the problems of the first invalid corner are added.
    scenarios : collection of Scenario
    inputs : mapping of str to Input
        What varies, by dotted key.
    paths : mapping of str to KeyPath
        Where each of them was named.
    pair : tuple of str
        One of `COUPLED`.
    """
    varied = [key for key in pair if key in inputs]
    ends = [(inputs[key].low, inputs[key].high) for key in varied]
    for scenario in scenarios if varied else ():
        for corner in product(*ends):
            values = dict(zip(varied, corner, strict=True))
            if _is_refused(reading, scenario, values, paths[varied[-1]]):
                return


def _is_refused(
    reading: Reading, scenario: Scenario, corner: Mapping[str, float], path: KeyPath
) -> bool:
    """Note the problems of a corner of the ranges; return whether there are any."""
    wrong = _wrong_at(scenario, tuple(corner.items()))
    at = ", ".join(f"{key} = {value:g}" for key, value in corner.items())
    line = reading.layer.lines.of(path)
    for p in wrong:
        reading.problems.append(
            Problem(f"{p.message} (in {scenario.name}, where {at})",
                    reading.layer.label, line, p.key, p.value, p.allowed)
        )  # fmt: skip
    return bool(wrong)


@lru_cache(maxsize=256)
def _wrong_at(scenario: Scenario, corner: tuple[tuple[str, float], ...]) -> tuple[Problem, ...]:
    """Return the problems of a scenario at a corner (cached, as changed plans ask again)."""
    try:
        scenario.replace(dict(corner))
    except ScenarioError as error:
        return tuple(error.problems)
    return ()
