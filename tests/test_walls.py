"""The walls of the house: who may import whom, and what a plain import costs."""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import qisim

ROOT = Path(__file__).parents[1]
SOURCE = Path(qisim.__file__).parent
HEAVY = ("mesa", "numba", "pandas", "matplotlib", "SALib", "scipy", "pyarrow", "solara")


def python(code):
    """Run code in a Python of its own; return what it printed."""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ran.stdout


def loaded_by(code):
    """Return the top-level names of the modules that code has loaded."""
    listing = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    return set(python(f"{code}\n{listing}").split())


def imports_of(path):
    """Return the top-level names that a file imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in plain | named}


def test_the_contracts_of_the_house_are_kept():
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", lint, "--no-cache"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 broken" in ran.stdout


ROOMS = sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))


def modules_used(path):
    """Yield (room, module) of each import of one of qisim's rooms in a file, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qisim."):
            _, room, *module = node.module.split(".")
            for name in module[:1] or [alias.name for alias in node.names]:
                yield room, name


@pytest.mark.parametrize("room", ROOMS)
def test_only_what_a_room_lists_is_used_outside_it(room):
    listed = set(importlib.import_module(f"qisim.{room}").__all__)
    outside = (path for path in SOURCE.rglob("*.py") if (SOURCE / room) not in path.parents)
    used = {(str(path.relative_to(SOURCE)), name) for path in outside
            for home, name in modules_used(path) if home == room}  # fmt: skip
    assert {use for use in used if use[1] not in listed} == set()


@pytest.mark.parametrize("room", ROOMS)
def test_a_rooms_table_of_contents_has_a_line_for_each_of_its_files(room):
    inside = {path.stem for path in (SOURCE / room).glob("*.py")} - {"__init__"}
    inside |= {path.parent.name for path in (SOURCE / room).glob("*/__init__.py")}
    contents = importlib.import_module(f"qisim.{room}").__doc__
    listed = re.findall(r"^    (\w+)  +\S", contents, flags=re.M)
    assert sorted(listed) == sorted(inside)


def test_import_qisim_loads_nothing_heavy():
    assert not loaded_by("import qisim") & {*HEAVY, "numpy", "tomlkit", "rich", "click"}


@pytest.mark.parametrize("code", [
    "import qisim; qisim.load('external')",
    "import qisim.comparison.study",
    "from qisim import errors; from qisim.model import parameters, rules, evidence, draws, site, outcomes; "
    "from qisim.runs import batch",
])  # fmt: skip
def test_reading_and_planning_load_nothing_heavy(code):
    assert not loaded_by(code) & set(HEAVY)


def test_the_readable_engine_does_without_the_compiler():
    assert "numba" not in loaded_by("import qisim.engines.mesa_model")


def test_the_compiled_engine_does_without_mesa_and_numba():
    loaded = loaded_by("import qisim.engines.compiled")
    assert not {"mesa", "numba", "llvmlite"} & loaded


HOMES = {
    "mesa": {"mesa_model.py", "mesa_doors.py"},
    "numba": {
        "compile_cache.py",
        "machine_code_build.py",
        "numba_run.py",
        "wasm.py",
        "wasm_layers.py",
        "wasm_memory.py",
        "wasm_runs.py",
        "wasm_site.py",
        "wasm_statistics.py",
    },
}


@pytest.mark.parametrize("library", HOMES)
def test_an_engines_library_stays_in_its_room(library):
    users = {path for path in SOURCE.rglob("*.py") if library in imports_of(path)}
    rooms = {SOURCE / "engines" / home for home in HOMES[library]}
    assert {path for path in users if "app" not in path.parts} == rooms


def test_what_the_package_offers_can_be_had():
    assert all(getattr(qisim, name) is not None for name in qisim.__all__)
    assert set(qisim.__all__) <= set(dir(qisim))


def test_what_the_package_does_not_offer_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'simulte'"):
        qisim.simulte  # noqa: B018


def test_sensitivity_is_a_verb_and_a_room_of_one_name():
    import inspect

    import qisim.sensitivity.study as study
    from qisim import sensitivity
    from qisim.sensitivity import findings

    assert sensitivity is qisim.sensitivity is sys.modules["qisim.sensitivity"]
    assert (sensitivity.study, sensitivity.findings) == (study, findings)
    assert inspect.signature(qisim.sensitivity) == inspect.signature(study.sensitivity)
    with pytest.raises(qisim.QisimError, match="no shipped"):
        qisim.sensitivity("no-such-scenario")


@pytest.mark.parametrize("before", [
    "", "import qisim.sensitivity.study", "from qisim.sensitivity.study import planned",
    "from qisim import sensitivity", "import qisim.cli.main",
])  # fmt: skip
def test_the_verb_is_there_whatever_was_imported_before(before):
    code = f"{before}\nimport qisim\nassert callable(qisim.sensitivity) and callable(qisim.sweep)"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=120)


# --- the same sum on every Python -----------------------------------------------------------------
# Since Python 3.12 the built-in sum() of floats is compensated, so its last digit depends on the
# Python. `math.fsum` is rounded exactly everywhere; sum() is for what is plainly a whole number.

SUMS_OF_WHOLE_NUMBERS = {
    "sum(count.values())", "sum(counts.values())", "sum(short.counts().values())",
    "sum(numbers)", "sum(made)", "sum(seen)", "sum(parts)", "sum(hits.values())", "sum(misses.values())",
    "sum(client.nthreads().values())", "sum(STEPS.values())", "sum((size for _, size, _ in ages))",
    "sum((arm.times for pattern in self.patterns for arm in pattern.arms))",
    "sum((part.stat().st_size for part in parts[2:]))",
    "sum((was > 0.5 > still for was, still in zip(filled, now)))",
}  # fmt: skip
HOMES_OF_CODE = [SOURCE, *(ROOT / name for name in ("tests", "scripts", "docs", "benchmarks"))]


def counts(node):
    """Return whether an expression is plainly a whole number: a length, a truth, an int(...)."""
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return (
        isinstance(node, ast.Compare)
        or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))
        or (called and node.func.id in ("len", "int"))
        or (isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".startswith"))
    )


def sums_of_floats(code):
    """Return the built-in sums of what is not plainly a whole number, and imports of `statistics`."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [a.name for a in node.names] + [getattr(node, "module", None) or ""]
            found += ["statistics"] if "statistics" in names else []
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sum"
        ):
            continue
        what = node.args[0]
        lengths = isinstance(what, ast.Call) and ast.unparse(what).startswith("map(len, ")
        each = what.elt if isinstance(what, (ast.GeneratorExp, ast.ListComp)) else None
        if not (lengths or counts(each) or ast.unparse(node) in SUMS_OF_WHOLE_NUMBERS):
            found.append(ast.unparse(node))
    return found


def test_floats_are_summed_alike_on_every_python():
    files = [path for home in HOMES_OF_CODE for path in sorted(home.rglob("*.py"))]
    assert len(files) > 200
    found = {
        (path.name, each) for path in files for each in sums_of_floats(path.read_text("utf-8"))
    }
    assert found == set()


def test_the_look_for_sums_of_floats_finds_one():
    assert sums_of_floats("sum(hours.values())") == ["sum(hours.values())"]
    assert sums_of_floats("abs(sum(x * 0.1 for x in y))") == ["sum((x * 0.1 for x in y))"]
    assert (
        sums_of_floats("import statistics")
        == sums_of_floats("from statistics import mean")
        == ["statistics"]
    )
    assert sums_of_floats("sum(map(len, y)) + sum(x > 0.1 for x in y) + y.sum()") == []
