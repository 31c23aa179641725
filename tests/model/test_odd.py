"""The page docs/odd.md is complete, and the model it describes is the model that runs."""

from __future__ import annotations

import importlib.util
import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qisim import load
from qisim.engines import mesa_model
from qisim.model import draws, records, rules
from qisim.model import site as world
from qisim.model.allocation import allocated
from qisim.model.coefficients import COEFFICIENTS, TEACHES, coefficients
from qisim.model.outcome_values import outcomes_of
from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.model.parameters import PARAMETERS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SUBMODELS = PAGE[PAGE.index("\n## 7. ") :]

RULES = rules.RULES


def odd() -> dict[str, Any]:
    """Return what the blocks of the page define, and nothing else."""
    told: dict[str, Any] = {}
    exec(compile("\n".join(BLOCKS), "odd.md", "exec"), told)
    return told


ODD = odd()


def script() -> ModuleType:
    """Return scripts/odd_tables.py as a module."""
    spec = importlib.util.spec_from_file_location("odd_tables", ROOT / "scripts" / "odd_tables.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- what the page holds --------------------------------------------------------------------------


def test_has_the_seven_elements_in_order() -> None:
    elements = (
        "Purpose and patterns", "Entities, state variables and scales",
        "Process overview and scheduling", "Design concepts", "Initialisation", "Input data",
        "Submodels",
    )  # fmt: skip
    assert re.findall(r"^## (\d\. .*)$", PAGE, re.MULTILINE) == [
        f"{number}. {name}" for number, name in enumerate(elements, 1)
    ]


def test_has_the_eleven_design_concepts_in_order() -> None:
    part = PAGE[PAGE.index("\n## 4. ") : PAGE.index("\n## 5. ")]
    assert re.findall(r"^### (.*)$", part, re.MULTILINE) == [
        "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction",
        "Sensing", "Interaction", "Stochasticity", "Collectives", "Observation",
    ]  # fmt: skip


def test_tables_are_up_to_date() -> None:
    tables = script()
    assert set(re.findall(r"<!-- table: (\w+) -->", PAGE)) == set(tables.TABLES)
    assert tables.filled(PAGE) == PAGE, "run: python scripts/odd_tables.py"


def test_an_old_table_is_found_out() -> None:
    old = PAGE.replace("| `usability` |", "| `beauty` |")
    assert old != PAGE
    assert script().filled(old) == PAGE


def test_submodels_are_the_public_rules_in_their_order() -> None:
    assert re.findall(r"^#### `(\w+)`$", SUBMODELS, re.MULTILINE) == list(RULES)


def test_submodels_are_grouped_as_in_the_rules() -> None:
    groups = re.split(r"^### (?:\d\. )?(.*)$", SUBMODELS, flags=re.MULTILINE)[1:]
    for part, heading, text in zip(rules.PARTS, groups[::2], groups[1::2], strict=True):
        assert part.__doc__.startswith(heading)
        here = [name for name, rule in RULES.items() if rule.__module__ == part.__name__]
        assert re.findall(r"^#### `(\w+)`$", text, re.MULTILINE) == here


def test_every_state_of_a_person_stands_in_section_2() -> None:
    part = PAGE[PAGE.index("\n## 2. ") : PAGE.index("\n## 3. ")]
    assert set(records.STATE) <= set(re.findall(r"`(\w+)`", part))


def test_every_parameter_and_coefficient_is_used_by_the_page() -> None:
    words = set(re.findall(r"\w+", "\n".join(BLOCKS))) | set(TEACHES)
    names = {p.name for p in PARAMETERS.values()} | set(COEFFICIENTS)
    assert names - words == set()


def test_uses_no_long_dashes() -> None:
    assert not re.search("[\u2013\u2014]", PAGE)


# --- each formula is the rule ---------------------------------------------------------------------


def section(name: str) -> str:
    """Return the text of a submodel."""
    begin = SUBMODELS.index(f"\n#### `{name}`\n")
    return SUBMODELS[begin : SUBMODELS.index("```python", begin)]


@pytest.mark.parametrize("name", RULES)
def test_submodel_names_its_arguments_in_order(name: str) -> None:
    takes = re.search(r"Takes\s(.*?)Rests\s+on:", section(name), re.DOTALL)
    assert takes is not None
    arguments = list(inspect.signature(RULES[name]).parameters)
    others = RULES.keys() - set(arguments)
    assert [word for word in re.findall(r"`(\w+)`", takes[1]) if word not in others] == arguments
    assert list(inspect.signature(ODD[name]).parameters) == arguments


SHARES = st.sampled_from((0.0, 0.5, 1.0)) | st.floats(0.0, 1.0)
AMOUNTS = st.sampled_from((0.001, 1.0, 2.0)) | st.floats(0.01, 60.0)
NUMBERS: dict[str, Any] = {
    "annual_share": st.floats(0.0, 0.95),
    "turnover": st.floats(0.0, 0.95),
    "routine_at": st.floats(0.05, 0.99),
    "unschooled_ratio": st.floats(0.2, 4.0),
    "draw": st.floats(0.0, 1.0, exclude_max=True),
    "face": st.floats(-1.0, 1.0) | st.sampled_from((-1.0, 0.0, 1.0)),
    "fit": SHARES,
    "group": st.sampled_from((0.0, 1.0, 2.0)),
    "phase": st.sampled_from((0.0, 1.0, 2.0)),
    "absent": st.sampled_from((0.0, 1.0)),
    "used": st.sampled_from((0.0, 1.0)),
    "places": st.sampled_from((-1.0, 1.0, 8.0, 16.0)),
    "invited": st.integers(0, 40).map(float),
    "strength": st.floats(0.0, 2.0) | st.sampled_from((0.0, 1.0)),
    "load": st.floats(0.0, 3.0),
    "extra_hours": st.floats(-20.0, 20.0),
    "meetings": st.floats(0.0, 3.0),
    "lost": st.floats(-60.0, 200.0),
    "place": st.sampled_from((0.0, 2.0)),
    "before": SHARES,
    "one": st.sampled_from((0.0, 1.0)),
    "other": st.sampled_from((0.0, 1.0)),
    "needed": st.floats(0.0, 60.0),
    "heavy": st.floats(0.3, 3.0),
}
for more in (
    "half_life", "weeks", "days", "half", "hours", "half_slack_load", "span", "usual_span",
    "posts", "need", "tasks", "weight", "odds", "ratio", "odds_ratio", "working_hours", "following_up",
    "post_hours", "missing_hours", "effort", "amount", "writing", "saved", "took_part", "threshold",
):  # fmt: skip
    NUMBERS[more] = AMOUNTS

OWN: dict[tuple[str, str], Any] = {
    ("within", "level"): st.floats(-3.0, 3.0),
    ("absence_probability", "level"): st.floats(0.0, 0.9),  # what `absence_level` gives
    ("weeks_of_crisis", "weeks"): st.integers(0, 60).map(float),
    ("weekly_leaving", "turnover"): st.floats(0.0, 4.0),  # staff without health education
}
"""What one rule alone takes."""


def numbers_of(name: str) -> Any:
    """Return a strategy for the arguments of a rule."""
    arguments = inspect.signature(RULES[name]).parameters
    return st.tuples(*(OWN.get((name, a), NUMBERS.get(a, SHARES)) for a in arguments))


def value(rule: Any, numbers: list[float]) -> float | str:
    """Return what a rule gives, as text where it has no value."""
    try:
        return float(rule(*numbers))
    except ZeroDivisionError:
        return "undefined"


@pytest.mark.parametrize("name", RULES)
def test_formula_is_the_rule(name: str) -> None:
    @settings(max_examples=150, deadline=None, database=None)
    @given(numbers_of(name))
    def agrees(numbers: tuple[float, ...]) -> None:
        assert value(ODD[name], [*numbers]) == value(RULES[name], [*numbers])

    agrees()


# --- the page as a whole is the model -------------------------------------------------------------

EVERYTHING = {
    "units": 2,
    "staff_per_unit": 11,
    "teams_per_unit": 3,
    "champions_per_unit": 2,
    "start_week": 3,
    "length_weeks": 30,
    "facilitator_weeks": 20,
    "facilitator_hours": 3.0,
    "champion_from_week": 2,
    "weeks": 45,
    "start_week_of_year": 50,
    "staff_turnover": 0.8,
    "leader_turnover": 0.9,
    "baseline": 0.3,
    "never_use": 0.1,
    "trend": 0.5,
    "unit_spread": 0.4,
    "new_aims": 0.8,
    "crisis_weeks": 3.0,
    "crisis_drop": 0.3,
    "restart": 0.9,
    "embed_weeks": 10.0,
    "results_shown": 0.8,
    "target": "both",
    "lead": "champion",
    "study_case": "internal",
    "allocation": "study",
    "activities": [
        {"kind": "workshop", "week": 2, "hours": 3.0, "every": 4, "until": 20,
         "audience": "leaders", "led_by": "facilitator"},
        {"kind": "seminar", "week": 5, "hours": 2.0, "places": 4, "led_by": "leader"},
        {"kind": "refresher", "week": 5, "hours": 1.0, "who": "untrained", "audience": "everyone",
         "places": 2, "led_by": "nobody"},
        {"kind": "compendium", "week": 6, "hours": 2.0, "led_by": "nobody", "protected": 0.9},
        {"kind": "elearning", "week": 6, "hours": 2.0, "led_by": "nobody", "who": "untrained"},
        {"kind": "homework", "week": 7, "hours": 4.0, "audience": "leaders", "protected": 0.0},
        {"kind": "skills_training", "week": 8, "hours": 2.0, "audience": "staff"},
        {"kind": "simulation", "week": 9, "hours": 2.0, "every": 3, "until": 30, "places": 5},
        {"kind": "coaching", "week": 10, "hours": 1.0, "led_by": "facilitator"},
        {"kind": "feedback", "week": 11, "hours": 1.0, "every": 5, "until": 26},
        {"kind": "refresher", "week": 29, "hours": 1.0, "every": 1, "until": 30},
    ],
    "events": [
        {"kind": "demand", "from_week": 4, "until_week": 9, "factor": 1.2},
        {"kind": "demand", "from_week": 8, "until_week": 12, "factor": 1.1},
        {"kind": "leader_leaves", "week": 6, "unit": 2},
        {"kind": "leader_leaves", "week": 30},
        {"kind": "champion_leaves", "week": 9, "unit": 1},
        {"kind": "champion_leaves", "week": 17},
    ],
}  # fmt: skip
"""Every kind of activity and event, several units that drop the practice and take it up again, some who
did it before and some who never will, and people who come and go quickly."""

NOTHING = {"length_weeks": 0, "activities": [], "champions_per_unit": 0}

SCENARIOS: dict[str, tuple[str, dict[str, Any]]] = {
    "external": ("external", {"weeks": 80}),
    "internal": ("internal", {"weeks": 80}),
    "everything": ("internal", EVERYTHING),
    "null ensemble": ("internal", {**EVERYTHING, "allocation": "null", "study_case": "external"}),
    "poor tool": (
        "internal",
        {**EVERYTHING, "usability": 0.1, "fit": 0.2, "lead": "leader", "target": "leaders"},
    ),
    "no programme": ("internal", {**NOTHING, "weeks": 30, "start_week": 9}),
}


def engine(scenario: Any, seed: int, replicate: int) -> tuple[Any, dict[str, Any]]:
    """Return the weekly series and the outcomes of the project's readable engine."""
    site = world.build(scenario)
    rows = allocated(scenario, coefficients(scenario), seed, [replicate])
    weekly, adopters = mesa_model.simulate(site, rows, seed, [replicate])
    return weekly[:, :, 0], outcomes_of(weekly, site.end_week - 1, adopters)


def told(scenario: Any, seed: int, replicate: int) -> tuple[Any, dict[str, float]]:
    """Return the same from the blocks of the page alone."""
    weeks, outcomes = ODD["run"](
        {key.rpartition(".")[2]: number for key, number in scenario.values.items()},
        {key.rpartition(".")[2]: word for key, word in scenario.choices.items()},
        [activity.to_dict() for activity in scenario.activities],
        [event.to_dict() for event in scenario.events],
        seed,
        replicate,
    )
    assert all(list(week) == list(WEEKLY) for week in weeks)
    return np.array([list(week.values()) for week in weeks]), outcomes


@pytest.mark.parametrize("replicate", [0, 5])
@pytest.mark.parametrize("name", SCENARIOS)
def test_page_runs_as_the_engine_does(name: str, replicate: int) -> None:
    source, overrides = SCENARIOS[name]
    scenario = load(source, overrides)
    weekly, outcomes = engine(scenario, 11, replicate)
    page, page_outcomes = told(scenario, 11, replicate)
    np.testing.assert_array_equal(page, weekly)
    assert list(page_outcomes) == list(OUTCOMES)
    np.testing.assert_array_equal(
        [page_outcomes[name] for name in OUTCOMES], [outcomes[name][0] for name in OUTCOMES]
    )


def test_everything_happens_in_the_world_of_that_name() -> None:
    weekly, _ = engine(load("internal", EVERYTHING), 11, 0)
    series = dict(zip(WEEKLY, weekly.T, strict=True))
    for name in ("going_on", "stopped", "restarted", "embedding", "held", "trained", "reach"):
        assert series[name].max() > 0.0, name
    assert 0.0 < series["adoption"].max() < 1.0


@pytest.mark.parametrize("seed", [0, 1, 2**40 + 3, 2**63 - 1])
def test_page_draws_as_the_project_does(seed: int) -> None:
    key = ODD["key_of"](seed, 12)
    drawn = ODD["draws"](key, draws.LEADER, 3, 2, 4)
    expected = draws.table(seed, 12, draws.LEADER, 3, 3, 4)[4, 2]
    assert [getattr(drawn, name) for name in draws.DECISIONS] == expected.tolist()
    drawn = ODD["draws"](key, draws.UNIT, 3, 0, 4)
    expected = draws.table(seed, 12, draws.UNIT, 3, 1, 4, draws.UNIT_DECISIONS)[4, 0]
    assert [getattr(drawn, name) for name in draws.UNIT_DECISIONS] == expected.tolist()
