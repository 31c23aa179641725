"""The model in the plainest Python agrees with both engines, on many small and strange worlds.

Agreement is asked for to the last bit: the page says in which order sums and products are worked out,
and `naive` keeps to it, so nothing but the arithmetic of float64 is left to differ, and that does not.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import naive
import numpy as np
import numpy.typing as npt
import pytest
from naive import chance
from random_worlds import strange_world

from qisim import Scenario, load
from qisim.engines import compiled as kernel
from qisim.engines import mesa_model
from qisim.model import draws, site
from qisim.model.allocation import allocated
from qisim.model.calendar import ACTIVITY_KINDS, INVITED
from qisim.model.coefficients import coefficients
from qisim.model.outcomes import WEEKLY
from qisim.model.parameters import PARAMETERS

LABELS = {"setting", "driver", "package"}
"""Choices that nothing reads."""


def short(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table of dotted keys by their last part."""
    return {key.rpartition(".")[2]: value for key, value in table.items()}


def plainly(
    scenario: Scenario, seed: int, replicate: int, weeks: int | None = None
) -> npt.NDArray[np.float64]:
    """Return weekly series, of shape (weeks, series), of the model in plain Python: all, or the first."""
    values = short(scenario.values)
    lived = naive.simulate(
        values if weeks is None else {**values, "weeks": weeks},
        {name: word for name, word in short(scenario.choices).items() if name not in LABELS},
        [activity.to_dict() for activity in scenario.activities],
        [event.to_dict() for event in scenario.events],
        seed,
        replicate,
    )
    assert all(set(week) == set(WEEKLY) for week in lived)
    return np.array([[week[name] for name in WEEKLY] for week in lived], dtype=float)


def engine(simulate: Any, scenario: Scenario, seed: int, replicates: list[int]) -> Any:
    """Return weekly series of an engine, of shape (weeks, series, replicates)."""
    rows = allocated(scenario, coefficients(scenario), seed, replicates)
    return simulate(site.build(scenario), rows, seed, replicates)[0]


# --- agreement ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(36))
def test_plain_python_agrees_with_both_engines(seed: int) -> None:
    scenario, replicates = strange_world(seed), [0, 7]
    expected = np.stack([plainly(scenario, seed, number) for number in replicates], axis=-1)
    assert np.isfinite(expected).all()
    np.testing.assert_array_equal(engine(mesa_model.simulate, scenario, seed, replicates), expected)
    np.testing.assert_array_equal(engine(kernel.simulate, scenario, seed, replicates), expected)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1000, 4000, 100))
def test_plain_python_agrees_on_thousands_of_worlds(first: int) -> None:
    for seed in range(first, first + 100):
        scenario = strange_world(seed)
        expected = plainly(scenario, seed, seed)
        compiled = engine(kernel.simulate, scenario, seed, [seed])[:, :, 0]
        np.testing.assert_array_equal(compiled, expected, err_msg=f"world {seed}")


@pytest.mark.parametrize("name", ["external", "internal", "blended", "no-programme"])
def test_plain_python_agrees_on_shipped_scenarios(name: str) -> None:
    scenario = load(name)
    expected = plainly(scenario, 3, 11)
    np.testing.assert_array_equal(engine(kernel.simulate, scenario, 3, [11])[:, :, 0], expected)


@pytest.mark.parametrize("seed", [0, 2**32, 2**63 - 1])
def test_agrees_for_every_size_of_seed_and_replicate(seed: int) -> None:
    scenario, replicates = strange_world(5), [0, 2**32 - 1]
    expected = np.stack([plainly(scenario, seed, number) for number in replicates], axis=-1)
    np.testing.assert_array_equal(engine(kernel.simulate, scenario, seed, replicates), expected)


# --- the worlds are strange enough to prove something ---------------------------------------------

RICH = {
    "site": {
        "units": 2, "staff_per_unit": 10, "teams_per_unit": 3, "champions_per_unit": 1,
        "baseline": 0.3,
    },
    "workforce": {"staff_turnover": 0.8, "leader_turnover": 0.8},
    "programme": {
        "target": "both", "length_weeks": 60, "facilitator_weeks": 40, "start_week": 2,
        "champion_from_week": 3, "study_case": "internal", "lead": "champion",
        "handover_use": 0.5, "handover_weeks": 6.0,
    },
    "leadership": {"leader_hours": 8.0, "champion_hours": 8.0},
    "use": {"base_odds": 2.0, "leader_base_odds": 2.0, "habit_days": 21.0},
    "attitudes": {"engagement_spill": 1.0},
    "fates": {
        "begun_at": 0.4, "heavy_load": 1.0, "crisis_weeks": 4.0, "crisis_drop": 0.1, "new_aims": 0.1,
    },
    "run": {"weeks": 90, "allocation": "study"},
    "events": [{"kind": "leader_leaves", "week": week} for week in (20, 45, 65)],
    "activities": [
        {"kind": kind, "week": 4 + place, "hours": 2.0, "every": 4, "until": 50,
         "audience": "everyone", "led_by": "leader", "who": INVITED[place == 1]}
        for place, kind in enumerate(ACTIVITY_KINDS)
    ] + [{"kind": "seminar", "week": 3, "hours": 1.0, "led_by": "facilitator"}],
}  # fmt: skip
"""A world in which everything happens."""


@pytest.fixture(scope="module")
def rich() -> tuple[Scenario, list[npt.NDArray[np.float64]]]:
    scenario, replicates = load(RICH), [*range(14)]
    expected = [plainly(scenario, 1, number) for number in replicates]
    compiled = engine(kernel.simulate, scenario, 1, replicates)
    np.testing.assert_array_equal(compiled, np.stack(expected, axis=-1))
    return scenario, expected


MOST_SHOW_BY = 24
"""Weeks after which most numbers have changed something in the rich world."""


def test_a_run_that_ends_early_is_the_beginning_of_the_whole(
    rich: tuple[Scenario, list[npt.NDArray[np.float64]]],
) -> None:
    scenario, expected = rich
    begun = plainly(scenario, 1, 0, MOST_SHOW_BY)
    np.testing.assert_array_equal(begun, expected[0][:MOST_SHOW_BY])


def test_in_the_rich_world_units_stop_and_come_back(
    rich: tuple[Scenario, list[npt.NDArray[np.float64]]],
) -> None:
    for name in ("going_on", "stopped", "restarted", "embedding"):
        assert max(weekly[:, list(WEEKLY).index(name)].max() for weekly in rich[1]) > 0.0


@pytest.mark.parametrize("key", PARAMETERS)
def test_agreement_hangs_on_every_parameter(
    key: str, rich: tuple[Scenario, list[npt.NDArray[np.float64]]]
) -> None:
    scenario, expected = rich
    low, high, now = PARAMETERS[key].minimum, PARAMETERS[key].maximum, scenario.values[key]
    whole = PARAMETERS[key].kind == "int"
    other = scenario.replace({key: now + 3 if whole else (now + (low + 2.0 * high) / 3.0) / 2.0})
    if np.array_equal(plainly(other, 1, 0, MOST_SHOW_BY), expected[0][:MOST_SHOW_BY]):
        changed = (plainly(other, 1, replicate) for replicate in range(len(expected)))
        assert any(not np.array_equal(*pair) for pair in zip(changed, expected, strict=True))


def test_draws_are_those_of_the_engines() -> None:
    key = chance.key_of_run(2026, 7)
    drawn = chance.draws(key, chance.LEADER, 3, 2, 4)
    expected = draws.table(2026, 7, draws.LEADER, 3, 3, 4)[4, 2]
    assert [drawn[name] for name in draws.DECISIONS] == expected.tolist()
    drawn = chance.draws(key, chance.UNIT, 3, 0, 4)
    expected = draws.table(2026, 7, draws.UNIT, 3, 1, 4, draws.UNIT_DECISIONS)[4, 0]
    assert [drawn[name] for name in draws.UNIT_DECISIONS] == expected.tolist()


def test_oracle_imports_nothing_but_itself() -> None:
    files = sorted(Path(chance.__file__).parent.glob("*.py"))
    trees = [ast.walk(ast.parse(file.read_text(encoding="utf-8"))) for file in files]
    nodes = [node for tree in trees for node in tree]
    assert not [node for node in nodes if isinstance(node, ast.Import)]
    imported = {str(n.module).partition(".")[0] for n in nodes if isinstance(n, ast.ImportFrom)}
    assert imported == {"naive"}
    assert not {n.id for n in nodes if isinstance(n, ast.Name)} & {"__import__", "exec", "eval"}
