"""The page's verdict is that of a comparison: the same runs give the same words and numbers."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
from wasm_runner import BASE, Module

from qisim import load
from qisim.app import data
from qisim.comparison.basis import SKEWED
from qisim.comparison.comparison import compared
from qisim.comparison.estimands import MOST_UNSURE, Side, ratio_difference
from qisim.comparison.layers import layer_of
from qisim.comparison.paired import Pairs, interval_of
from qisim.decide.shapley import shapley_values
from qisim.design.sites import Sites
from qisim.engines import lane_tables, wasm, wasm_layers
from qisim.engines import wasm_desk as desk_of
from qisim.engines.trace import LEVELS, trace
from qisim.model.outcomes import OUTCOMES, WEEKLY

AT = BASE + desk_of.ROOM_FOR_DESK


@pytest.fixture(scope="module")
def module() -> Module:
    return Module(wasm.module())


@cache
def told() -> dict[str, Any]:
    """Return what the page is told, worked out once for all tests."""
    return data.page_data([])


@dataclass
class Said:
    """What the page's module says of two rows of runs."""

    verdict: str
    maybe_small: bool
    numbers: dict[str, float]


def summary(
    module: Module, base: np.ndarray, other: np.ndarray, matters: float, groups: np.ndarray,
    name: str = "adoption_final",
) -> Any:  # fmt: skip
    """Let the page's module compare two rows of runs; `groups` is empty where every run is alone."""
    desk = module.desk
    rows = {"from_a": base, "from_b": other, "from_c": groups, "at_t": np.array(told()["t"]),
            "at_first_look": np.array(told()["first_look"])}  # fmt: skip
    laid(module, rows)
    desk["runs"], desk["groups"] = len(base), len(np.unique(groups))
    desk["low_is_good"], desk["matters"] = int(OUTCOMES[name].better == "lower"), matters
    desk["seldom"] = told()["seldom"].get(name, 0)
    module.call("pairs")
    return module.table(int(module.desk["to"]), desk_of.SUMMARY)[0].copy()


def laid(module: Module, rows: dict[str, np.ndarray], room: int = 4096) -> None:
    """Put rows into the module's memory one behind the other, and say where; what comes of them follows."""
    at = AT
    lacking = AT + 8 * (sum(map(len, rows.values())) + room) - module.memory.data_len(module.store)
    if lacking > 0:
        module.memory.grow(module.store, -(-lacking // 65536))
    for name, row in rows.items():
        module.desk[name] = at
        module.table(at, np.float64, len(row))[:] = row
        at += 8 * len(row)
    module.desk["to"] = at


ALONE = np.array([])


def said(module: Module, base: np.ndarray, other: np.ndarray, matters: float) -> Said:
    row = summary(module, base, other, matters, ALONE)
    numbers = {
        name: float(row[name]) for name in ("base_mean", "other_mean", "difference", "low", "high")
    }
    verdicts = data.layout()["verdicts"]
    return Said(verdicts[int(row["verdict"])], bool(row["maybe_small"]), numbers)


def in_words(found: Said) -> str:
    """Return a verdict of the page in the words of a comparison, without what it says of more runs."""
    words = {
        "higher": "other higher", "lower": "other lower", "same": "no difference in any pair",
        "too_small": "no difference that matters", "cannot_tell": "cannot tell",
    }  # fmt: skip
    return words[found.verdict] + (", perhaps by too little to matter" if found.maybe_small else "")


def cases() -> list[Any]:
    """Return pairs of rows of every sort that decides a verdict, on both sides of what decides."""
    found = []
    for seed, count in enumerate([1, 2, 5, 6, 7, 16, 64, 200]):
        chance = np.random.default_rng(seed)
        base = chance.normal(10.0, 3.0, count)
        for shift in (0.0, 0.05, 0.5, -0.5, 2.0, -2.0):
            found.append((f"{count} {shift}", base, base + shift + chance.normal(0.0, 1.0, count)))
        for sign in (1.0, -1.0):  # a long tail on one side: the t alone is too sure
            tail = sign * (chance.lognormal(0.0, 1.2, count) - 2.0)
            found.append((f"{count} skewed {sign}", base, base + 0.8 * tail))
            found.append((f"{count} more skewed {sign}", base, base + 0.5 * tail - 0.4 * sign))
            found.append((f"{count} nearly the same {sign}", base, base + 0.3 * tail))
        found.append((f"{count} equal", base, base.copy()))
        found.append((f"{count} steady", base.round(), base.round() + 3.0))
        few = base.copy()
        few[: min(5, count)] += 4.0
        found.append((f"{count} five unlike", base, few))
        gone = np.where(chance.random(count) < 0.4, np.nan, base)
        found.append((f"{count} missing", gone, base + 1.0))
        found.append((f"{count} none", np.full(count, np.nan), base))
    return [pytest.param(*rest, id=name) for name, *rest in found]


@pytest.mark.parametrize("matters", [0.0, 0.3, 1.0, 4.0])
@pytest.mark.parametrize(("base", "other"), cases())
def test_the_verdict_is_that_of_a_comparison(
    base: np.ndarray, other: np.ndarray, matters: float, module: Module
) -> None:
    name = "adoption_final"
    pair = {name: Pairs(base, other, len(base))}
    (expected,) = compared("base", "other", pair, {name: matters})
    found = said(module, base, other, matters)
    words = expected["verdict"].partition(" yet")[0].partition(": ")[0]
    # persons in use have a value in every run; of anything else the page claims nothing where too few have
    assert in_words(found) == ("cannot tell" if words == "not comparable" else words)
    for key, value in found.numbers.items():
        np.testing.assert_array_equal(value, expected[key], err_msg=key)


def seldom_unlike() -> list[Any]:
    """Return pairs of rows that seldom differ, with and without values, alone and in groups."""
    found = []
    for seed, count in enumerate([1, 2, 7, 40, 200]):
        for share in (0.0, 0.05, 0.3, 0.9):
            chance = np.random.default_rng([seed, int(100 * share)])
            base = chance.normal(60.0, 5.0, count).round()
            size = chance.lognormal(2.0, 1.0, count) * (chance.random(count) < share)
            for away in (0.0, 0.2, 0.45, 0.7):
                gone = np.where(chance.random(count) < away, np.nan, base)
                found.append((base, gone - size))
                found.append((gone, base + size))
    return found


@pytest.mark.parametrize("name", SKEWED)
@pytest.mark.parametrize("sets", [None, 3, 30])
def test_what_seldom_differs_has_the_interval_of_a_comparison(
    name: str, sets: int | None, module: Module
) -> None:
    """The wider interval, none where too few differ, and that of t where nothing rests on values."""
    seen = set()
    for base, other in seldom_unlike():
        of = None if sets is None else np.arange(len(base)) % sets
        pair = {name: Pairs(base, other, len(base), of)}
        ground = {name: 1.0, "adoption_final": 0.05}
        (expected,) = compared("base", "other", pair, ground)
        groups = ALONE if of is None else of * 1.0
        row = summary(module, base, other, 1.0, groups, name)
        np.testing.assert_allclose(
            [row["low"], row["high"]], [expected["low"], expected["high"]], rtol=1e-9, atol=1e-9
        )
        few = bool(row["too_few"])
        assert few == ("too few to say" in expected["verdict"])
        plain = interval_of(pair[name].independent(pair[name].differences, pair[name].both))
        seen.add((few, bool(np.isclose(row["low"], plain[0], equal_nan=True))))
    assert {(True, False), (False, True), (False, False)} <= seen or sets == 3


def test_all_verdicts_are_tried(module: Module) -> None:
    tried = {
        in_words(said(module, *case.values, matters))
        for case in cases()
        for matters in (0.0, 0.3, 1.0, 4.0)
    }
    assert len(tried) == 7


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_parts_add_up_as_in_explain(parts: int, module: Module) -> None:
    """The weights that the page is told, laid on by the module, give Shapley's values."""
    runs = 64
    values = np.random.default_rng(parts).normal(size=(2**parts, runs))
    weights = np.array(told()["shapley"][parts])
    expected = shapley_values(values)
    desk, size = module.desk, values.size
    for i in range(parts):
        desk["runs"], desk["rows"], desk["from_a"] = runs, len(values), AT
        desk["from_b"], desk["to"] = AT + 8 * size, AT + 8 * (size + len(values))
        module.table(AT, np.float64, size)[:] = values.reshape(-1)
        module.table(AT + 8 * size, np.float64, len(values))[:] = weights[i]
        module.call("blend")
        found = module.table(int(desk["to"]), np.float64, runs)
        np.testing.assert_allclose(found, expected[i], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(weights.sum(axis=0)[[0, -1]], [-1.0, 1.0])


# --- groups of runs --------------------------------------------------------------------------------


def grouped(seed: int, runs: int = 200, sets: int = 114) -> tuple[np.ndarray, np.ndarray]:
    """Return differences of runs in sets that differ, and the set of each."""
    chance = np.random.default_rng(seed)
    of = np.arange(runs) % sets
    return chance.normal(0.4, 1.0, sets)[of] + chance.normal(0.0, 1.5, runs), of


@pytest.mark.parametrize("seed", range(4))
def test_runs_that_share_a_set_are_no_further_evidence(seed: int, module: Module) -> None:
    delta, of = grouped(seed)
    base = np.random.default_rng(100 + seed).normal(size=len(delta))
    gone = np.random.default_rng(seed).random(len(delta)) < 0.2
    for other in (base + delta, np.where(gone, np.nan, base + delta)):
        found = summary(module, base, other, 0.5, of.astype(float))
        pair = Pairs(base, other, len(base), of)
        low, high = interval_of(pair.independent(pair.differences, pair.both))
        np.testing.assert_allclose([found["low"], found["high"]], [low, high], rtol=1e-10)
        alone = summary(module, base, other, 0.5, ALONE)
        assert found["difference"] == alone["difference"] and found["low"] != alone["low"]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sets", [40, 114])
def test_ratios_are_those_of_means_over_all_runs(seed: int, sets: int, module: Module) -> None:
    chance, runs = np.random.default_rng(seed), 200
    of = np.arange(runs) % sets
    sides = [
        Side(chance.gamma(2.0, 40.0 * (1 + i), runs), chance.poisson(1.5 + i, runs).astype(float))
        for i in range(2)
    ]
    table = np.concatenate([part for side in sides for part in (side.above, side.below)])
    t = np.array(told()["t"])
    for groups in (of, None):
        expected = ratio_difference(*sides, groups)
        laid(module, {"from_a": table, "from_c": ALONE if groups is None else of * 1.0, "at_t": t})
        desk = module.desk
        desk["runs"], desk["groups"] = runs, 0 if groups is None else sets
        desk["most_unsure"] = MOST_UNSURE
        module.call("ratios")
        row = module.table(int(module.desk["to"]), desk_of.SUMMARY)[0]
        assert row["verdict"] == expected.known == 1
        said_numbers = [
            row[name] for name in ("base_mean", "other_mean", "difference", "low", "high")
        ]
        numbers = [expected.base, expected.other, expected.difference, expected.low, expected.high]
        np.testing.assert_allclose(said_numbers, numbers, rtol=1e-9)
        module.desk["most_unsure"] = expected.unsure * 0.99
        module.call("ratios")
        assert module.table(int(module.desk["to"]), desk_of.SUMMARY)[0]["verdict"] == 0


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("matters", [0.0, 0.5, 2.0])
def test_shares_of_sets_are_those_of_a_comparison(
    seed: int, matters: float, module: Module
) -> None:
    known = told()["layers"]
    runs, sets = known["runs"], known["groups"]
    delta, of = grouped(seed, runs, sets)
    base = np.zeros(runs)
    picks = np.frombuffer(base64.b64decode(known["picks"]), np.uint8)
    rows = {"from_a": base, "from_b": delta, "from_c": of * 1.0, "from_d": np.array(known["exact"]),
            "at_t": np.array(told()["t"])}  # fmt: skip
    laid(module, rows, 8192 + len(picks))
    behind = int(module.desk["to"]) + 8 * 8192
    module.table(behind, np.uint8, len(picks))[:] = picks
    desk = module.desk
    desk["from_e"], desk["rows"] = behind, len(picks) // sets
    desk["runs"], desk["groups"], desk["matters"] = runs, sets, matters
    desk["f_low"], desk["f_high"] = known["f"] or (np.nan, np.nan)
    module.call("layers")
    row = module.table(int(module.desk["to"]), wasm_layers.LAYER)[0]
    expected = layer_of(delta, of, matters)
    assert expected is not None and row["groups"] == sets
    for name in wasm_layers.SHARES:
        share = getattr(expected, name)
        assert row[name] == share.count, name
        np.testing.assert_allclose(
            [row[f"{name}_low"], row[f"{name}_high"]], [share.low, share.high], atol=1e-9, err_msg=name
        )  # fmt: skip


@pytest.mark.parametrize("plan", ["blended", "internal-competence"])
def test_sites_like_it_are_those_of_a_comparison(plan: str, module: Module) -> None:
    scenario = load(plan)
    asked = told()["sites"]
    sites = Sites(len(asked["drawn"]), asked["seed"])
    expected = sites.values(scenario)
    module.lay_out(scenario, asked["seed"])
    lanes, rows = desk_of.LANES, len(asked["keys"])
    at = int(module.desk["end"])
    given = [
        [desk_of.KEYS.index(key), *asked["rows"][i], float(scenario.values[key])]
        for i, key in enumerate(asked["keys"])
    ]
    lacking = at + 8 * rows * (6 + lanes) - module.memory.data_len(module.store)
    if lacking > 0:
        module.memory.grow(module.store, -(-lacking // 65536))
    module.table(at, np.float64, 6 * rows)[:] = np.ravel(given)
    drawn = np.array(asked["drawn"])[16 : 16 + lanes]
    module.table(at + 48 * rows, np.float64, rows * lanes)[:] = np.ravel(drawn.T)
    module.desk["rows"], module.desk["from_a"], module.desk["from_b"] = rows, at, at + 48 * rows
    module.call("move")
    values = module.table(
        int(module.desk["at_values"]), np.float64, len(desk_of.KEYS) * lanes
    ).reshape(-1, lanes)
    for i, key in enumerate(asked["keys"]):
        np.testing.assert_array_equal(values[desk_of.KEYS.index(key)], expected[16 : 16 + lanes, i])


@pytest.mark.parametrize("plan", ["blended", "stress-leader-leaves"])
def test_by_the_week_everybody_is_as_in_a_trace(plan: str, module: Module) -> None:
    scenario = load(plan)
    expected = trace(scenario, 3, 5)
    module.lay_out(scenario, 3)
    lanes = desk_of.LANES
    module.table(int(module.desk["at_replicates"]), np.uint64, lanes)[:] = 5
    module.desk["by_week"], module.desk["lived"] = 1, 0
    for week in range(expected.weeks):
        module.call("run")
        people = module.table(int(module.desk["at_staff"]), lane_tables.PERSON, expected.posts)
        there = people["in_post"][:, 0]
        for number, name in enumerate(LEVELS[:-1]):
            found = np.where(there > 0.5, people[name][:, 0], 0.0)
            np.testing.assert_array_equal(
                found, expected.levels[week, :, number], err_msg=f"{week} {name}"
            )
    module.desk["by_week"] = 0
    weekly, _, _ = module.run([5], expected.weeks)
    routine = expected.of("routine").sum(axis=1)
    posts = expected.of("in_post").sum(axis=1)
    np.testing.assert_allclose(weekly[:, list(WEEKLY).index("adoption"), 0] * posts, routine)
