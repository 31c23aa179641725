"""The page's verdict is that of a comparison: the same runs give the same words and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from wasm_runner import BASE, Module

from qisim.app import data
from qisim.comparison.comparison import compared
from qisim.comparison.paired import Pairs
from qisim.decide.shapley import shapley_values
from qisim.engines import wasm
from qisim.engines import wasm_desk as desk_of

AT = BASE + desk_of.ROOM_FOR_DESK


@pytest.fixture(scope="module")
def module() -> Module:
    return Module(wasm.module())


@dataclass
class Said:
    """What the page's module says of two rows of runs."""

    verdict: str
    maybe_small: bool
    numbers: dict[str, float]


def said(module: Module, base: np.ndarray, other: np.ndarray, matters: float) -> Said:
    told, desk, count = data.page_data([]), module.desk, len(base)
    both = int((~(np.isnan(base) | np.isnan(other))).sum())
    desk["runs"], desk["from_a"], desk["from_b"], desk["to"] = (
        count,
        AT,
        AT + 8 * count,
        AT + 16 * count,
    )
    desk["low_is_good"], desk["matters"], desk["quantile_of_t"] = 0, matters, told["t"][both]
    module.table(AT, np.float64, 2 * count)[:] = np.concatenate([base, other])
    module.call("pairs")
    row = module.table(AT + 16 * count, desk_of.SUMMARY)[0]
    numbers = {
        name: float(row[name]) for name in ("base_mean", "other_mean", "difference", "low", "high")
    }
    return Said(told["layout"]["verdicts"][int(row["verdict"])], bool(row["maybe_small"]), numbers)


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
    weights = np.array(data.page_data([])["shapley"][parts])
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
