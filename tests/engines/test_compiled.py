"""The compiled engine gives what the Mesa engine gives, to the last bit: no tolerance anywhere."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from random_worlds import strange_world, whole_range_of_sizes
from worlds import small

from qisim import Scenario, load
from qisim.engines import compiled as kernel
from qisim.engines import mesa_model, numba_run
from qisim.model import rules
from qisim.model import site as world
from qisim.model.allocation import allocated
from qisim.model.coefficients import POSITION, coefficients
from qisim.model.outcome_values import outcomes_of
from qisim.model.outcomes import WEEKLY
from qisim.scenario.files import shipped

Array = npt.NDArray[np.float64]


def made_by(engine: ModuleType, scenario: Scenario, seed: int, replicates: Any, **how: Any) -> Any:
    """Return weekly series and adopters of replicates of a scenario."""
    rows = allocated(scenario, coefficients(scenario), seed, replicates)
    return engine.simulate(world.build(scenario), rows, seed, replicates, **how)


def bits(numbers: Array) -> Array:
    """Return numbers as whole numbers, so that 0 and -0 differ and NaN equals NaN."""
    return np.ascontiguousarray(numbers).view(np.int64)


def assert_same(made: Any, expected: Any, where: str = "") -> None:
    """Hold weekly series (by name), adopters and outcomes of two engines against each other."""
    for place, name in enumerate(WEEKLY):
        np.testing.assert_array_equal(
            bits(made[0][:, place]), bits(expected[0][:, place]), err_msg=f"{name}, {where}"
        )
    np.testing.assert_array_equal(bits(made[1]), bits(expected[1]), err_msg=f"adopters, {where}")
    end = len(made[0]) // 2
    ours, theirs = (outcomes_of(weekly, end, adopters) for weekly, adopters in (made, expected))
    for name, values in ours.items():
        np.testing.assert_array_equal(bits(values), bits(theirs[name]), err_msg=f"{name}, {where}")


# --- the two engines ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped())
def test_the_engines_agree_on_every_shipped_scenario(name: str) -> None:
    scenario = load(name)
    made = made_by(kernel, scenario, 1, range(20))
    assert_same([part[..., 7:8] for part in made], made_by(mesa_model, scenario, 1, [7]))


@pytest.mark.parametrize("first", range(0, 320, 20))
def test_the_engines_agree_on_random_scenarios_of_the_whole_allowed_space(first: int) -> None:
    for seed in range(first, first + 20):
        scenario = strange_world(seed, whole_range_of_sizes)
        lane = seed % kernel.LANES
        made = made_by(kernel, scenario, seed, range(lane + 1))
        expected = made_by(mesa_model, scenario, seed, [lane])
        assert_same([part[..., lane:] for part in made], expected, f"scenario {seed}")


@pytest.mark.slow
@pytest.mark.parametrize("first", range(10_000, 13_000, 100))
def test_the_engines_agree_on_thousands_of_random_scenarios(first: int) -> None:
    for seed in range(first, first + 100):
        scenario = strange_world(seed, whole_range_of_sizes)
        made, expected = (
            made_by(engine, scenario, seed, [seed]) for engine in (kernel, mesa_model)
        )
        assert_same(made, expected, f"scenario {seed}")


def test_random_scenarios_cover_the_space() -> None:
    worlds = [strange_world(seed, whole_range_of_sizes) for seed in range(320)]
    staff = [scenario["site.units"] * scenario["site.staff_per_unit"] for scenario in worlds]
    assert min(staff) <= 12
    assert max(staff) >= 280
    assert {scenario["site.units"] for scenario in worlds} == set(range(1, 9))
    choices = [
        (one["programme.package"], one["programme.driver"], one["programme.target"])
        for one in worlds
    ]
    assert len(set(choices)) == 3 * 4 * 3
    assert {(one["programme.lead"], one["run.allocation"]) for one in worlds} == {
        (lead, mode)
        for lead in ("facilitator", "champion", "leader")
        for mode in ("off", "study", "null")
    }
    assert {type(event).__name__ for one in worlds for event in one.events} == {
        "ChampionLeaves", "LeaderLeaves", "DemandSurge",
    }  # fmt: skip


def test_random_scenarios_are_alive() -> None:
    lived = [
        made_by(kernel, strange_world(seed, whole_range_of_sizes), seed, [0])[0][:, :, 0]
        for seed in range(320)
    ]
    moving = np.array([(np.ptp(weekly, axis=0) > 0) for weekly in lived]).mean(axis=0)
    assert dict(zip(WEEKLY, moving > 0.05, strict=True)) == dict.fromkeys(WEEKLY, True)


# --- any split of the work ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many() -> tuple[world.World, Array, Array, Any]:
    """Return a site, rows that all differ, their replicates, and what becomes of them."""
    chance, scenario, runs = np.random.default_rng(3), small(), 75
    rows = np.repeat(coefficients(scenario)[None], runs, axis=0)
    for name in ("base_odds", "pressure", "turnover", "sickness_absence"):
        rows[:, POSITION[name]] *= chance.uniform(0.3, 1.2, runs)
    replicates = chance.integers(0, 2**32, runs)
    site = world.build(scenario)
    return site, rows, replicates, kernel.simulate(site, rows, 5, replicates)


@pytest.mark.parametrize("workers", [2, 3, 8])
def test_workers_change_nothing(workers: int, many: Any) -> None:
    site, rows, replicates, expected = many
    assert_same(kernel.simulate(site, rows, 5, replicates, workers=workers), expected)


@pytest.mark.parametrize("size", [1, 2, 15, 16, 17, 33])
def test_the_size_of_a_batch_changes_nothing(size: int, many: Any) -> None:
    site, rows, replicates, expected = many
    parts = [slice(begin, begin + size) for begin in range(0, len(rows), size)]
    made = [kernel.simulate(site, rows[part], 5, replicates[part], workers=2) for part in parts]
    assert_same([np.concatenate(pages, axis=-1) for pages in zip(*made, strict=True)], expected)


def test_the_order_of_the_work_changes_nothing(many: Any) -> None:
    site, rows, replicates, expected = many
    order = np.random.default_rng(1).permutation(len(rows))
    weekly, adopters = kernel.simulate(site, rows[order], 5, replicates[order])
    back = np.argsort(order)
    assert_same((weekly[:, :, back], adopters[back]), expected)


def test_runs_with_several_numbers_agree_with_the_model(many: Any) -> None:
    site, rows, replicates, expected = many
    few = slice(10, 14)
    made = mesa_model.simulate(site, rows[few], 5, replicates[few])
    assert_same([part[..., few] for part in expected], made)


def test_no_runs_are_no_runs(many: Any) -> None:
    site, rows, replicates, _ = many
    weekly, adopters = kernel.simulate(site, rows[:0], 5, replicates[:0], workers=2)
    assert weekly.shape == (site.weeks, len(WEEKLY), 0)
    assert adopters.shape == (0,)


def test_tables_that_cannot_be_written_to_are_not_compiled_for_anew(many: Any) -> None:
    site, rows, replicates, expected = many
    for table in (site.leader_leaves, site.activities, site.first, rows):
        table.setflags(write=False)  # as tables come out of shared memory or off the wire
    assert_same(kernel.simulate(site, rows, 5, replicates), expected)
    made = kernel.simulate(site, rows, 5, replicates, entry=kernel.numba_entry(site))
    assert_same(made, expected)
    assert len(numba_run.run.signatures) == 1


# --- without the compiler, and in other processes -------------------------------------------------

PRINT_DIGEST = """
import hashlib, sys
import numpy as np
from qisim.model import site as world
from qisim.model.allocation import allocated
from qisim.model.coefficients import coefficients
from qisim.engines import compiled as kernel
from qisim.engines.numba_run import run
from worlds import small
scenario = small({"run.weeks": 4, "site.staff_per_unit": 4, "run.allocation": "study",
                  "programme.study_case": "internal"})
numbers = np.arange(5)
rows = allocated(scenario, coefficients(scenario), 9, numbers)
made = kernel.simulate(world.build(scenario), rows, 9, numbers)
hits = getattr(getattr(run, "stats", None), "cache_hits", None)
print(hashlib.sha256(b"".join(part.tobytes() for part in made)).hexdigest(), bool(hits))
"""


def digest_in_another_process(**environment: str) -> list[str]:
    """Return the digest of a few runs made by a fresh interpreter, and whether it loaded the code."""
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        [sys.executable, "-c", PRINT_DIGEST],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    return run.stdout.split()


def test_the_compiler_changes_nothing_and_a_second_process_need_not_compile(many: Any) -> None:
    numba = {"QISIM_MACHINE_CODE": "numba"}
    digest_in_another_process(**numba)
    compiled, loaded = digest_in_another_process(**numba)
    plain, _ = digest_in_another_process(NUMBA_DISABLE_JIT="1")
    assert compiled == plain
    assert loaded == "True"


def test_the_name_of_the_kept_code_covers_every_source_it_is_made_of() -> None:
    with open(numba_run.__file__, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    imported = {
        f"{node.module}.{name.name}" if str(node.module).count(".") == 1 else str(node.module)
        for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
        for name in node.names
        if str(node.module).startswith("qisim")
    } - {"qisim.engines.compile_cache"}  # fmt: skip
    files = {part.__name__ for part in rules.PARTS}  # rules are imported as one
    assert imported | files == {module.__name__ for module in numba_run.SOURCES}
