"""Reading and checking the inputs of a calibration: scenario, data, and what varies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from qisim.calibration import observations
from qisim.calibration.counting import Errors
from qisim.calibration.observations import Observations
from qisim.design.plan import Plan
from qisim.design.plan_file import read
from qisim.errors import InputError, Problem, ScenarioError, StudyError, not_whole
from qisim.model import site as world
from qisim.model.draws import MAX_SEED
from qisim.scenario.scenario import Scenario, has_programme, load

DEFAULT_SAMPLES = 20_000
FEWEST_SAMPLES, MAX_SAMPLES = 2_000, 200_000
DEFAULT_CHECKS, MAX_CHECKS = 200, 5_000


def read_all(
    source: Any, file: Any, changes: Mapping[str, Any] | None, vary: Sequence[Any],
    fix: Sequence[str], start: str | None, options: Mapping[str, Any],
    counting: Mapping[str, Any] | None = None,
) -> tuple[Plan, Observations]:  # fmt: skip
    """Read scenario, data and what varies; raise all their problems together."""
    wrong, plan, data = wrong_options(**options), None, None
    try:
        errors = Errors.of(**(counting or {}))
    except InputError as refused:
        wrong += refused.problems
    try:
        scenario = load(source, changes)
    except ScenarioError as refused:
        raise ScenarioError([*refused.problems, *wrong]) from None
    try:
        needs_users(scenario, vary)
        site = world.build(scenario)
        data = observations.read(file, site.weeks, site.staff_posts, start)
    except InputError as refused:
        wrong += refused.problems
    try:
        plan = plan_of(scenario, vary, fix, options if not wrong else {})
    except StudyError as refused:
        wrong += [replace(problem, file=None, line=None) for problem in refused.problems]
    if wrong or plan is None or data is None:
        raise InputError(list(dict.fromkeys(wrong)))
    return plan, replace(data, errors=errors)


def needs_users(scenario: Scenario, vary: Sequence[Any]) -> None:
    """Refuse a scenario in which nobody comes to use the practice, such as the file of a site."""
    before = scenario["site.baseline"] or any("baseline" in str(one) for one in vary)
    if not has_programme(scenario) and not before:
        message = "has no programme, so nobody in it comes to use the practice"
        allowed = "a plan: a file that extends a programme and your site, or a shipped scenario"
        raise InputError(Problem(message, key="plan", value=scenario.name, allowed=allowed))


def wrong_options(samples: Any, checks: Any, seed: Any, workers: Any) -> list[Problem]:
    """Return the problems of the options of a calibration."""
    found = [
        not_whole("samples", samples, FEWEST_SAMPLES, MAX_SAMPLES),
        not_whole("checks", checks, 0, MAX_CHECKS),
        not_whole("seed", seed, 0, MAX_SEED),
        None if workers is None else not_whole("workers", workers, 1, 4096),
    ]
    return [problem for problem in found if problem is not None]


def plan_of(
    scenario: Scenario, vary: Sequence[Any], fix: Sequence[str], options: Mapping[str, Any]
) -> Plan:
    """Return the plan of the prior: which parameters vary, independently, over their declared ranges."""
    plan = read(
        {
            "scenarios": [scenario.to_dict()],
            "vary": [*vary, "uncertain"],
            "fixed": list(fix),
            "design": {"method": "random", "samples": int(options.get("samples", FEWEST_SAMPLES))},
            "runs": {
                "replicates": 1,
                "seed": int(options.get("seed", 1)),
                "random_numbers": "fresh",
            },
        }
    )
    wrong = [one.name for one in plan.inputs if one.whole or one.factor]
    if wrong:
        message = "cannot be calibrated: it shapes the site, or is a draw of the allocation"
        allowed = "a parameter that is no whole number"
        raise StudyError([Problem(message, key="vary", value=n, allowed=allowed) for n in wrong])
    return plan
