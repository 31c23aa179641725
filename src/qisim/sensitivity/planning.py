"""From a study, a scenario or two to the plan of a sensitivity analysis."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from qisim.design import methods, plan_file
from qisim.design.plan import Plan
from qisim.errors import InputError, StudyError
from qisim.model.outcomes import OUTCOMES
from qisim.runs.options import several
from qisim.scenario.scenario import Scenario
from qisim.sensitivity.correlated import correlated, pairs_of

DEFAULT_OUTCOMES = ("adoption_mean", "adoption_final", "programme_hours")


def planned(
    source: Any,
    other: Any = None,
    *,
    method: str | None = None,
    by: str | None = None,
    outcome: Sequence[str] = (),
    second_order: bool | None = None,
    over_time: Sequence[str] = (),
    random_numbers: str | None = None,
    vary: Sequence[str] = (),
    samples: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    sites: int | None = None,
    set: Mapping[str, Any] | None = None,
    correlate: Sequence[str] = (),
) -> Plan:
    """Return the plan of a sensitivity analysis.

    Parameters
    ----------
    source : str, path, mapping, Plan or Scenario
        A study, or a scenario, whose uncertain parameters then vary.
    other : str, path, mapping or Scenario, optional
        With a scenario: the one whose difference from it is analysed as well.
    method : str, optional
        A name in `qisim.sensitivity.sample.KINDS`; by default the study's, or ``sobol``.
    by : {"parameter", "factor"}, optional
        Whether single inputs or whole factors are analysed.
    outcome : sequence of str, optional
        Outcomes; ``all`` stands for those that every run has.
    second_order : bool, optional
        Whether pairs are analysed as well (Sobol' only).
    over_time : sequence of str, optional
        Weekly series that are analysed week by week.
    random_numbers : {"common", "fresh"}, optional
        Whether all points share their replicates.
    vary : sequence of str, optional
        What varies, as in a study file: roles, factors, parameters.
    samples, replicates, seed : int, optional
        Base samples, runs per point, seed of all chance.
    sites : int, optional
        Run at so many sites like each scenario's own, not at this one site alone: replicate r is at site
        r mod n, the same at every point, and the expected outcome is that over sites. See
        `qisim.design.sites`.
    set : mapping, optional
        Values by dotted key, laid over every scenario.
    correlate : sequence of str, optional
        Rank correlations of inputs, such as ``"tool.fit,tool.usability=0.6"`` (delta, PAWN, Shapley); see
        `qisim.sensitivity.correlated`.

    Raises
    ------
    InputError
        If anything is wrong; all problems are listed.
    """
    asked = {
        "method": method, "groups": by, "second_order": second_order,
        "over_time": several(over_time) or None,
    }  # fmt: skip
    runs = {"random_numbers": random_numbers}
    pairs = pairs_of(several(correlate))
    study = _as_study(source, other, set)
    analysis = {**study.get("analysis", {}), **_given(asked)}
    analysis.setdefault("method", "sobol")
    study["analysis"] = analysis
    design = study.get("design", {}).get("method")
    if design and not methods.fits(str(analysis["method"]), design):
        study["design"] = {}  # the method says which design it needs
    study["runs"] = {**study.get("runs", {}), **_given(runs)}
    if vary:
        study["vary"], study["set"] = several(vary), dict(set or {})
    if outcome:
        study["outcomes"] = _outcomes(several(outcome))
    try:
        plan = plan_file.read(study, replicates=replicates, seed=seed, samples=samples, sites=sites)
    except StudyError as refused:
        raise StudyError(plan_file.placed_in(source, refused.problems)) from None
    return correlated(plan, pairs)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _as_study(source: Any, other: Any, changes: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a study, or one scenario or two, as what a study file says."""
    if isinstance(source, Plan) or plan_file.is_study(source):
        if other is not None:
            raise InputError("a study names its own scenarios; a second one cannot be added")
        return plan_file.read(source, set=changes).parts()
    scenarios = [source] if other is None else [source, other]
    return {
        "scenarios": [_named(one) for one in scenarios],
        "set": dict(changes or {}),
        "vary": ["uncertain"],
        "outcomes": list(DEFAULT_OUTCOMES),
    }


def _named(scenario: Any) -> Any:
    """Return a scenario as a study names it."""
    return scenario if isinstance(scenario, str | Mapping | Scenario) else os.fspath(scenario)


def _outcomes(names: Sequence[str]) -> list[str]:
    """Return outcomes by name; ``all`` stands for those that every run has."""
    always = [name for name, outcome in OUTCOMES.items() if not outcome.missing_when]
    return list(
        dict.fromkeys(one for name in names for one in (always if name == "all" else [name]))
    )
