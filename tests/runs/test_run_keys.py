"""What fixes a run: every change of the model is another model, and no change of words."""

import ast
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from kept_pages import KERNEL, page
from studies import BASE, study

import qisim
from qisim.engines import source_digests
from qisim.errors import StoreError
from qisim.model import rules
from qisim.model import site as world
from qisim.model.outcomes import OUTCOMES
from qisim.runs import store, sweep
from qisim.runs.store import Partition, model_stamp, run_keys, world_digest


def test_a_key_depends_on_the_row_the_replicate_and_the_shelf_and_on_nothing_else():
    rows = np.random.default_rng(1).random((3, 5))
    row_of, replicates = np.array([0, 0, 1, 2]), np.array([4, 5, 4, 4])
    found = run_keys("a", rows, row_of, replicates)
    assert len(np.unique(found, axis=0)) == 4
    assert (run_keys("a", rows[1:], np.array([0]), np.array([4])) == found[2]).all()
    assert (run_keys("b", rows, row_of, replicates) != found).any(axis=1).all()
    nudged = rows.copy()
    nudged[0, 3] = np.nextafter(nudged[0, 3], 1.0)
    assert ((run_keys("a", nudged, row_of, replicates) == found).all(axis=1) == [0, 0, 1, 1]).all()


def test_a_shelf_depends_on_model_world_seed_and_series(tmp_path, monkeypatch):
    site = world.build(qisim.load(BASE))
    other = world.build(qisim.load(BASE, {"run.weeks": 25}))
    names = {
        Partition(tmp_path, engine, one, seed).name
        for engine in (KERNEL, "qisim.engines.mesa_model")
        for one in (site, other)
        for seed in (0, 1)
    }
    assert len(names) == 8
    assert Partition(tmp_path, KERNEL, world.build(qisim.load(BASE)), 0).name in names
    monkeypatch.setattr(store, "model_stamp", lambda engine: "another model")
    assert Partition(tmp_path, KERNEL, site, 0).name not in names


@pytest.mark.parametrize("module", [*source_digests.SHARED, KERNEL])
def test_any_change_of_the_models_source_is_another_model(monkeypatch, module):
    before = model_stamp(KERNEL)
    source = source_digests.IMPORTED[module]
    edited = {**source_digests.IMPORTED, module: source + b"\nANOTHER_NUMBER = 3.0\n"}
    monkeypatch.setattr(source_digests, "IMPORTED", edited)
    assert model_stamp(KERNEL) != before
    monkeypatch.setattr(source_digests, "IMPORTED", {**source_digests.IMPORTED, module: None})
    with pytest.raises(StoreError, match=f"source of {module} cannot be read"):
        model_stamp(KERNEL)


def reworded(source):
    """Return a source with another docstring, another comment, and a blank line more."""
    text = source.decode()
    first = text.index('"""')
    return (
        "# Another comment.\n\n" + text[:first] + '"""Another word. ' + text[first + 3 :]
    ).encode()


@pytest.mark.parametrize("module", [*source_digests.SHARED, KERNEL])
def test_a_reworded_sentence_keeps_all_runs(monkeypatch, module):
    before, source = model_stamp(KERNEL), source_digests.IMPORTED[module]
    edited = {**source_digests.IMPORTED, module: reworded(source)}
    assert edited[module] != source
    monkeypatch.setattr(source_digests, "sources", lambda: edited)
    assert source_digests.changed() == []
    monkeypatch.setattr(source_digests, "IMPORTED", edited)
    assert model_stamp(KERNEL) == before


@pytest.mark.parametrize(("part", "old", "new"), [
    ("levels", b"level + step * (goal - level)", b"level + step * (goal + level)"),
    ("levels", b"1.0 if draw < probability else 0.0", b"1.0 if draw <= probability else 0.0"),
    ("people", b"0.5 if chance > 0.5 else chance", b"0.5 if chance > 0.6 else chance"),
])  # fmt: skip
def test_a_changed_rule_keeps_none(monkeypatch, part, old, new):
    module = f"qisim.model.rules.{part}"
    before, source = model_stamp(KERNEL), source_digests.IMPORTED[module]
    assert source.count(old) == 1
    edited = {**source_digests.IMPORTED, module: source.replace(old, new)}
    monkeypatch.setattr(source_digests, "sources", lambda: edited)
    assert source_digests.changed() == [module]
    monkeypatch.setattr(source_digests, "IMPORTED", edited)
    assert model_stamp(KERNEL) != before


def test_a_label_is_no_part_of_the_model(monkeypatch):
    before = model_stamp(KERNEL)
    relabelled = {name: replace(one, label="other", unit="hours") for name, one in OUTCOMES.items()}
    monkeypatch.setattr(store, "OUTCOMES", relabelled)
    assert model_stamp(KERNEL) == before
    assert not {"qisim.model.outcomes", "qisim.model.parameters"} & {*source_digests.SHARED}


@pytest.mark.parametrize("names", ["COEFFICIENTS", "OUTCOMES", "WEEKLY"])
def test_another_order_of_the_numbers_is_another_model(monkeypatch, names):
    before = model_stamp(KERNEL)
    turned = dict.fromkeys(reversed(list(getattr(store, names))))
    monkeypatch.setattr(store, names, turned)
    assert model_stamp(KERNEL) != before


IN_THE_ROW_OR_THE_WORLD = {
    "qisim.model.allocation", "qisim.model.coefficients", "qisim.model.evidence",
    "qisim.model.outcomes", "qisim.model.parameters", "qisim.scenario.scenario", "qisim.errors",
    "qisim.engines.cache_files", "qisim.engines.compile_cache", "qisim.engines.custom_rules",
    "qisim.engines.machine_code", "qisim.engines.mesa_doors",
}  # fmt: skip

"""Imported by the model, but what they decide has a digest of its own, or they decide nothing."""


@pytest.mark.parametrize("engine", source_digests.ENGINES)
def test_all_that_the_engines_import_is_in_the_stamp_or_has_a_digest_of_its_own(engine):
    for module in (engine, *source_digests.SHARED):
        held = imports_of(module)
        assert held <= {engine, *source_digests.SHARED, *IN_THE_ROW_OR_THE_WORLD}, module


def test_every_file_of_rules_is_in_the_stamp():
    assert {part.__name__ for part in rules.PARTS} <= {*source_digests.SHARED}
    files = source_digests.file_of("qisim.model.rules").parent.glob("[a-z]*.py")
    assert {path.stem for path in files} == {part.__name__.split(".")[-1] for part in rules.PARTS}


def imports_of(module):
    """Return what a module of qisim imports of qisim when it runs."""
    tree = ast.parse(source_digests.file_of(module).read_text(encoding="utf-8"))
    found = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] == "qisim":
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= (
                set(inner)
                if node.module.count(".") < 2 and node.module != "qisim.errors"
                else {node.module}
            )
    return found


def test_a_model_that_was_edited_after_its_import_keeps_nothing(partition, monkeypatch):
    partition.keep(page(range(3)))
    edited = {**source_digests.sources(), "qisim.model.rules": b"another = 1"}
    monkeypatch.setattr(source_digests, "sources", lambda: edited)
    with pytest.raises(StoreError, match=r"rules.*start a new process"):
        partition.keep(page(range(3, 6)))
    assert len(partition.parts([])) == 1
    with pytest.raises(StoreError, match="start a new process"):
        sweep.run(study(), store=partition.store)


def test_the_stamp_is_taken_before_the_model_is_imported():
    loaded = "print(*(f'qisim.{name}' in sys.modules for name in ('engines.source_digests', 'model.rules')))"
    ask = f"import qisim, sys; {loaded}"
    ran = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "False"]


def test_a_world_is_known_by_all_that_it_holds():
    digest = world_digest(world.build(qisim.load(BASE)))
    for change in ({"site.units": 3}, {"run.start_week_of_year": 3}, {"programme.start_week": 2},
                   {"activities.1.hours": 2.5}):  # fmt: skip
        assert world_digest(world.build(qisim.load(BASE, change))) != digest
    assert world_digest(world.build(qisim.load(BASE, {"pressure": 1.2}))) == digest
