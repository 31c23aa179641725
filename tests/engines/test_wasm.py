"""The browser's module gives what Python gives, to the last bit: series, outcomes and statistics."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from random_worlds import strange_world, whole_range_of_sizes
from wasm_runner import BASE, Module

from qisim import load
from qisim.comparison.paired import ALPHA, Pairs, interval_of, mean_of, spread_of, t_quantile
from qisim.engines import compiled as kernel
from qisim.engines import wasm
from qisim.engines import wasm_desk as desk_of
from qisim.model import site as world
from qisim.model.coefficients import coefficients, matrix
from qisim.model.outcome_values import last_programme_week, outcomes_of
from qisim.model.outcomes import WEEKLY
from qisim.scenario.files import shipped

MOST_BYTES = 120_000


@pytest.fixture(scope="module")
def module() -> Module:
    return Module(wasm.module())


def bits(numbers: Any) -> Any:
    return np.ascontiguousarray(numbers, dtype=np.float64).view(np.int64)


def assert_same(module: Module, scenario: Any, seed: int, replicates: Any, where: str) -> None:
    """Hold the module against the native engine and Python's outcomes."""
    site, rows = world.build(scenario), coefficients(scenario)[None]
    expected = kernel.simulate(site, np.repeat(rows, len(replicates), axis=0), seed, replicates)
    module.lay_out(scenario, seed)
    weekly, adopters, outcomes = module.run(replicates, site.weeks)
    for place, name in enumerate(WEEKLY):
        ours, theirs = bits(weekly[:, place]), bits(expected[0][:, place])
        np.testing.assert_array_equal(ours, theirs, err_msg=f"{name}, {where}")
    np.testing.assert_array_equal(bits(adopters), bits(expected[1]), err_msg=where)
    end = last_programme_week(
        scenario.values["programme.start_week"], scenario.values["programme.length_weeks"]
    )
    for name, values in outcomes_of(expected[0], end, expected[1]).items():
        np.testing.assert_array_equal(
            bits(outcomes[name]), bits(values), err_msg=f"{name}, {where}"
        )


def test_the_module_is_small_and_asks_for_memory_and_a_stack_only(module: Module) -> None:
    code = wasm.module()
    assert len(code) <= MOST_BYTES
    (imported,) = [content for kind, content in wasm.sections(code) if kind == wasm.IMPORT]
    assert {name for name, _ in wasm.imports(imported)} <= set(wasm.IMPORTS)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_is_the_same(name: str, module: Module) -> None:
    scenario = load(name, {"run.allocation": "off"})
    assert_same(module, scenario, 1, range(16), name)


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_random_worlds_are_the_same(first: int, module: Module) -> None:
    for seed in range(first, first + 50):
        scenario = strange_world(seed, whole_range_of_sizes).replace({"run.allocation": "off"})
        numbers = [seed, 2**32 - 1 - seed, 3]
        assert_same(module, scenario, 2**40 * seed + seed, numbers, f"world {seed}")


def test_numbers_may_differ_from_lane_to_lane(module: Module) -> None:
    scenario = load("internal")
    module.lay_out(scenario, 5)
    place = desk_of.KEYS.index("use.base_odds")
    values = module.table(
        BASE + desk_of.VALUES_PLACE, np.float64, len(desk_of.KEYS) * desk_of.LANES
    )
    odds = np.linspace(0.5, 2.0, desk_of.LANES)
    values.reshape(-1, desk_of.LANES)[place] = odds
    weekly, _, _ = module.run(range(16), scenario["run.weeks"])
    rows = matrix(scenario, ["use.base_odds"], odds[:, None])
    expected, _ = kernel.simulate(world.build(scenario), rows, 5, range(16))
    np.testing.assert_array_equal(bits(weekly), bits(expected))


# --- statistics -----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 7, 8, 16, 64, 100, 129, 200, 256])
def test_quantiles_are_those_of_numpy(count: int, module: Module) -> None:
    numbers = np.random.default_rng(count).normal(size=(5, count))
    numbers[1] = np.round(numbers[1]) + 0.0
    at, desk = BASE + desk_of.ROOM_FOR_DESK, module.desk
    desk["runs"], desk["rows"], desk["from_a"], desk["to"] = count, 5, at, at + 8 * 5 * count
    module.table(at, np.float64, numbers.size)[:] = numbers.reshape(-1)
    module.call("quantiles")
    found = module.table(at + 8 * 5 * count, np.float64, 25).reshape(5, 5)
    expected = np.quantile(numbers, desk_of.LEVELS, axis=1).T
    np.testing.assert_array_equal(bits(found), bits(expected))


@pytest.mark.parametrize("count", [1, 2, 5, 16, 64, 127, 130, 200, 256])
@pytest.mark.parametrize("kind", ["normal", "missing", "equal", "few"])
def test_pairs_are_those_of_a_comparison(kind: str, count: int, module: Module) -> None:
    chance = np.random.default_rng(count)
    a = chance.normal(size=count)
    b = a + (0.25 if kind == "equal" else chance.normal(size=count))
    if kind == "equal":
        a, b = np.zeros(count), np.full(count, 0.25)
    if kind == "missing":
        a[chance.random(count) < 0.3], b[chance.random(count) < 0.3] = np.nan, np.nan
    if kind == "few":
        b = np.where(chance.random(count) < 0.1, b, a)
    pair = Pairs(a, b, count)
    at, desk = BASE + desk_of.ROOM_FOR_DESK, module.desk
    desk["runs"], desk["from_a"], desk["from_b"] = count, at, at + 8 * count
    t = [0.0, 0.0, *(t_quantile(ALPHA, n) for n in range(2, desk_of.MOST_RUNS + 1))]
    desk["at_t"], desk["at_first_look"], desk["groups"] = at + 16 * count, at + 16 * count, 0
    desk["seldom"] = 0
    to = at + 8 * (2 * count + len(t))
    desk["to"], desk["low_is_good"] = to, 0
    both = len(pair.differences)
    module.table(at, np.float64, 2 * count + len(t))[:] = np.concatenate([a, b, t])
    module.call("pairs")
    found = module.table(to, desk_of.SUMMARY)[0]
    low, high = interval_of(pair.differences)
    expected = {
        "pairs": both, "base_mean": mean_of(a[pair.both]), "other_mean": mean_of(b[pair.both]),
        "difference": mean_of(pair.differences), "low": low, "high": high,
        "spread": spread_of(pair.differences), "better": (pair.differences > 0).sum(),
        "worse": (pair.differences < 0).sum(), "unlike": np.count_nonzero(pair.differences),
    }  # fmt: skip
    for name, value in expected.items():
        assert bits([found[name]]) == bits([value]) or (
            np.isnan(found[name]) and np.isnan(value)
        ), name
