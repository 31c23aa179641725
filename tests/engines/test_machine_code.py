"""Machine code of the run: the bits of Numba and of Mesa, never stale, loaded without Numba."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from random_worlds import strange_world, whole_range_of_sizes
from worlds import small

from qisim import Scenario, load
from qisim.engines import cache_files, compiled, machine_code, mesa_model, source_digests
from qisim.model import site as world
from qisim.model.allocation import allocated
from qisim.model.coefficients import coefficients
from qisim.scenario.files import shipped as shipped_scenarios

llvm = pytest.importorskip("llvmlite.binding")


def runs_of(scenario: Scenario, seed: int, count: int, entry: Any = None) -> Any:
    """Return some runs of a scenario; by the code that this process has loaded, or by that of `entry`."""
    numbers = np.arange(count)
    rows, site = allocated(scenario, coefficients(scenario), seed, numbers), world.build(scenario)
    called = None if entry is None else entry(site)
    return compiled.simulate(site, rows, seed, numbers.tolist(), entry=called)


def assert_same_bits(made: Any, expected: Any, where: str) -> None:
    for one, other in zip(made, expected, strict=True):
        same = np.ascontiguousarray(one).view(np.int64) == np.ascontiguousarray(other).view(
            np.int64
        )
        assert same.all(), where


def test_this_machine_runs_machine_code() -> None:
    assert machine_code.entry() is not None


@pytest.mark.parametrize("name", shipped_scenarios())
def test_it_gives_what_numba_gives_on_every_shipped_scenario(name: str) -> None:
    scenario = load(name)
    assert_same_bits(runs_of(scenario, 3, 20), runs_of(scenario, 3, 20, compiled.numba_entry), name)


def test_it_gives_what_numba_and_mesa_give_on_random_worlds() -> None:
    for seed in range(60):
        scenario = strange_world(seed, whole_range_of_sizes)
        made = runs_of(scenario, seed, 17)
        assert_same_bits(made, runs_of(scenario, seed, 17, compiled.numba_entry), f"world {seed}")
        rows = allocated(scenario, coefficients(scenario), seed, [16])
        slow = mesa_model.simulate(world.build(scenario), rows, seed, [16])
        assert_same_bits([part[..., 16:] for part in made], slow, f"world {seed}")


AT_WORK = """
import sys
import numpy as np
from worlds import small
from qisim.engines import compiled
from qisim.model.coefficients import coefficients
from qisim.model.site import build
scenario = small({"run.weeks": 2, "site.staff_per_unit": 4})
compiled.simulate(build(scenario), coefficients(scenario)[None], 1, [0])
print("numba" in sys.modules)
"""


def loads_numba(**environment: str) -> str:
    """Say whether a process that runs the model loads Numba, as it prints it."""
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", AT_WORK], env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    return done.stdout.strip()


def test_numba_is_loaded_for_rules_of_ones_own_and_where_it_is_asked_for() -> None:
    machine_code.entry()  # there by now, for the other process as well
    assert loads_numba() == "False"
    assert loads_numba(NUMBA_DISABLE_JIT="1") == "True"
    assert loads_numba(QISIM_RULES="habit-only", NUMBA_DISABLE_JIT="1") == "True"


# --- never stale ----------------------------------------------------------------------------------


@pytest.fixture
def fresh_stamp(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the stamp be worked out anew, before and after."""
    machine_code.stamp.cache_clear()
    yield machine_code.stamp
    monkeypatch.undo()
    machine_code.stamp.cache_clear()


@pytest.mark.parametrize("module", ["qisim.model.rules.use", "qisim.engines.numba_run"])
def test_another_source_is_another_stamp(
    module: str, fresh_stamp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fresh_stamp()
    edited = {**source_digests.IMPORTED, module: b"edited"}
    monkeypatch.setattr(source_digests, "IMPORTED", edited)
    machine_code.stamp.cache_clear()
    assert fresh_stamp() != before


def test_another_layout_of_a_table_is_another_stamp(
    fresh_stamp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fresh_stamp()
    kind = machine_code.TABLES["staff"]
    turned = np.dtype([(name, kind[name]) for name in reversed(kind.names)], align=True)
    monkeypatch.setitem(machine_code.TABLES, "staff", turned)
    machine_code.stamp.cache_clear()
    assert fresh_stamp() != before


def test_every_source_that_numba_compiles_is_in_the_stamp() -> None:
    from qisim.engines import numba_run

    names = {module.__name__ for module in numba_run.SOURCES}
    in_the_layout = {
        "qisim.model.coefficients",
        "qisim.model.outcomes",
        "qisim.engines.custom_rules",
    }
    assert names - in_the_layout <= set(source_digests.SHARED)


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder as it lies in a wheel; its code is no code, since nothing here runs it."""
    code = b"machine code"
    about = {"stamp": machine_code.stamp(), "objects": {"x": hashlib.sha256(code).hexdigest()}}
    (tmp_path / "x.o").write_bytes(code)
    (tmp_path / machine_code.ABOUT).write_text(json.dumps(about), encoding="utf-8")
    monkeypatch.setattr(machine_code, "SHIPPED", tmp_path)
    return tmp_path


def test_what_was_shipped_is_taken_as_long_as_it_is_fresh_and_whole(wheel: Path) -> None:
    assert machine_code.shipped(["x"]) == b"machine code"
    assert machine_code.shipped(["y"]) is None
    (wheel / "x.o").write_bytes(b"machine node")
    assert machine_code.shipped(["x"]) is None


def test_shipped_code_of_other_sources_is_left_alone(wheel: Path) -> None:
    about = json.loads((wheel / machine_code.ABOUT).read_text(encoding="utf-8"))
    (wheel / machine_code.ABOUT).write_text(json.dumps({**about, "stamp": "other"}), "utf-8")
    assert machine_code.shipped(["x"]) is None


def test_without_shipped_code_that_of_an_earlier_process_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QISIM_CACHE_DIR", str(tmp_path))
    made = []

    def make(triple: str, processors: dict[str, str]) -> dict[str, bytes]:
        made.append(triple)
        return dict.fromkeys(processors, b"machine code")

    monkeypatch.setattr(machine_code, "made", make)
    for _ in range(2):
        assert machine_code.kept("triple", "cpu", "") == b"machine code"
    assert machine_code.kept("triple", "another cpu", "") == b"machine code"
    assert made == ["triple", "triple"]
    for file in tmp_path.glob("machine-*.bin"):
        file.write_bytes(file.read_bytes()[:-1] + b"?")  # damaged: made again
        assert cache_files.read(file) is None
    machine_code.kept("triple", "cpu", "")
    assert len(made) == 3
    one, other = tmp_path.glob("machine-*.bin")
    one.write_bytes(other.read_bytes())  # whole, and another processor's
    for name in ("cpu", "another cpu"):
        assert machine_code.kept("triple", name, "") == b"machine code"
    assert len(made) in (4, 5)
    cache_files.write(one, b"\x7fELF, and garbage from there on")  # whole, and no code
    for name in ("cpu", "another cpu"):
        machine_code.kept("triple", name, "")
    assert cache_files.read(one) != b"\x7fELF, and garbage from there on"


@pytest.mark.slow
def test_what_a_wheel_ships_gives_the_bits_of_numba(tmp_path: Path, monkeypatch: Any) -> None:
    from qisim.engines.machine_code_ship import ship

    if not machine_code._levels(llvm):
        pytest.skip("no code is shipped for this machine")
    ship(tmp_path)
    monkeypatch.setattr(machine_code, "SHIPPED", tmp_path)
    for level in machine_code._levels(llvm):
        code = machine_code.shipped([level])
        assert code is not None
        run = machine_code.loaded(code)
        for seed in range(40):
            scenario = strange_world(seed, whole_range_of_sizes)
            made = runs_of(scenario, seed, 17, lambda _, run=run: run)
            numba = runs_of(scenario, seed, 17, compiled.numba_entry)
            assert_same_bits(made, numba, f"{level}, world {seed}")


def test_a_table_that_is_not_where_it_was_is_handed_over_anew() -> None:
    desk = compiled.Desk(world.build(small()))
    arguments = machine_code.arguments_of(desk.arguments).view(machine_code.ARGUMENTS)[0]
    assert arguments["at_staff"] == desk.arguments[1].ctypes.data
    assert arguments["rows_staff"] == len(desk.arguments[1])
    assert (
        arguments["columns"] == desk.arguments[list(machine_code.TABLES).index("called")].shape[1]
    )


def test_many_threads_at_once_give_what_one_gives() -> None:
    """What the code is handed must live as long as it runs; threads that come and go would write over it."""
    scenario = load("external", {"run.weeks": 30})
    site, rows = world.build(scenario), np.repeat(coefficients(scenario)[None], 160, axis=0)
    weekly, adopters = compiled.simulate(site, rows, 1, range(160))
    for _ in range(40):
        again = compiled.simulate(site, rows, 1, range(160), workers=8)
        np.testing.assert_array_equal(again[0], weekly)
        np.testing.assert_array_equal(again[1], adopters)


def test_what_the_code_is_handed_is_held_while_it_runs(monkeypatch: Any) -> None:
    seen: list[Any] = []

    def arguments(tables: Any) -> Any:
        table = np.zeros(40, dtype=np.int64)
        seen.append(weakref.ref(table))
        return table

    def run_of(address: int) -> Any:
        return lambda _: int(seen[-1]() is None)  # 1: it has failed, for the table is gone

    monkeypatch.setattr(machine_code, "arguments_of", arguments)
    monkeypatch.setattr(machine_code.ctypes, "CFUNCTYPE", lambda *_: run_of)
    machine_code.loaded(machine_code.kept(*machine_code.processor(llvm)))()
