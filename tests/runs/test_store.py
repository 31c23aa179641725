"""The run store: what fixes a run, whole parts or none, and what happens to damaged and foreign files."""

import ast
import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from studies import BASE, study

import qisim
from qisim import atomic
from qisim.engines import source_digests
from qisim.errors import StoreError
from qisim.model import rules
from qisim.model import site as world
from qisim.model.outcomes import OUTCOMES
from qisim.runs import store, sweep
from qisim.runs.run_index import RunIndex
from qisim.runs.store import Partition, model_stamp, run_keys, world_digest
from qisim.runs.store_format import Page, keys_of, read_part

KERNEL = "qisim.engines.compiled"


def keys(numbers):
    """Return keys that stand for some numbers."""
    rows = np.asarray(numbers, dtype=float)[:, None]
    return run_keys("shelf", rows, np.arange(len(rows)), np.zeros(len(rows), dtype=np.int64))


def page(numbers, series=False):
    """Return finished runs whose outcomes are their number; every third has failed."""
    numbers = np.asarray(numbers, dtype=float)
    outcomes = np.repeat(numbers[:, None], len(OUTCOMES), axis=1)
    failed = numbers % 3 == 2
    outcomes[failed] = np.nan
    outcomes[:, 4] = np.nan  # an outcome may be missing
    failures = [f"run {n:g} broke" if bad else None for n, bad in zip(numbers, failed, strict=True)]
    weekly = {
        "adoption": np.repeat(numbers[:, None], BASE["run"]["weeks"], axis=1).astype(np.float32)
    }
    return Page(keys(numbers), outcomes, failures, weekly if series else {})


@pytest.fixture
def shelf(tmp_path):
    return Partition(tmp_path, KERNEL, world.build(qisim.load(BASE)), 1)


# --- what fixes a run -----------------------------------------------------------------------------


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


def test_a_model_that_was_edited_after_its_import_keeps_nothing(shelf, monkeypatch):
    shelf.keep(page(range(3)))
    edited = {**source_digests.sources(), "qisim.model.rules": b"another = 1"}
    monkeypatch.setattr(source_digests, "sources", lambda: edited)
    with pytest.raises(StoreError, match=r"rules.*start a new process"):
        shelf.keep(page(range(3, 6)))
    assert len(shelf.parts([])) == 1
    with pytest.raises(StoreError, match="start a new process"):
        sweep.run(study(), store=shelf.store)


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


# --- parts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("series", [False, True])
def test_what_is_kept_can_be_read_back(tmp_path, series):
    kept = ("adoption",) if series else ()
    shelf = Partition(tmp_path, KERNEL, world.build(qisim.load(BASE)), 1, kept)
    wanted = page(range(10), series)
    shelf.keep(wanted)
    (path,) = shelf.parts([])
    part = read_part(path)
    assert (keys_of(part) == wanted.keys).all()
    assert part["failure"].to_pylist() == list(wanted.failures)
    for place, name in enumerate(OUTCOMES):
        np.testing.assert_array_equal(part[name].to_numpy(), wanted.outcomes[:, place])
    assert part["weeks_to_half"].null_count == 10
    assert ("weekly adoption" in part.column_names) is series


def test_a_shelf_without_series_reads_the_runs_that_have_them_but_not_the_other_way(tmp_path):
    site = world.build(qisim.load(BASE))
    plain, full = (
        Partition(tmp_path, KERNEL, site, 1),
        Partition(tmp_path, KERNEL, site, 1, ["adoption"]),
    )
    full.keep(page(range(3), series=True))
    assert len(plain.parts([])) == len(full.parts([])) == 1
    plain.keep(page(range(3, 6)))
    assert (len(plain.parts([])), len(full.parts([]))) == (2, 1)


def test_a_part_that_was_cut_short_is_named_and_set_aside(shelf, tmp_path):
    for begin in (0, 10):
        shelf.keep(page(range(begin, begin + 10)))
    first, second = shelf.parts([])
    content = first.read_bytes()
    first.write_bytes(content[: len(content) // 2])
    aside = []
    assert shelf.parts(aside) == [second]
    assert len(aside) == 1
    assert str(first) in aside[0]
    assert [path.name for path in (tmp_path / store.SET_ASIDE).iterdir()] == [
        f"{shelf.name}-{first.name}"
    ]
    assert shelf.parts(aside := []) == [second]
    assert aside == []


def test_one_changed_byte_is_noticed(shelf):
    shelf.keep(page(range(10)))
    (path,) = shelf.parts([])
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)
    assert shelf.parts(aside := []) == []
    assert "is damaged" in aside[0]


def test_a_foreign_file_is_named_and_never_read(shelf):
    shelf.keep(page(range(10)))
    stranger = shelf.folder / "mine.parquet"
    stranger.write_bytes(shelf.parts([])[0].read_bytes())
    assert len(shelf.parts(aside := [])) == 1
    assert str(stranger) in aside[0]
    assert stranger.exists()


def test_what_a_killed_process_left_is_no_part_and_goes_when_it_is_old(shelf):
    shelf.keep(page(range(3)))
    left = shelf.folder / ".x.parquet.77.tmp"
    left.write_bytes(b"half")
    assert len(shelf.parts(aside := [])) == 1
    assert aside == []
    assert left.exists()
    os.utime(left, (0, 0))
    shelf.parts([])
    assert not left.exists()


def test_a_full_disk_leaves_what_was_there_and_no_half_file(shelf, monkeypatch):
    shelf.keep(page(range(3)))

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(StoreError, match=r"No space left.*same command goes on"):
        shelf.keep(page(range(3, 6)))
    monkeypatch.undo()
    assert len(shelf.parts([])) == 1
    assert {path.suffix for path in shelf.folder.iterdir()} == {".parquet", ".json"}


def test_the_names_of_new_folders_are_brought_to_the_disk(tmp_path, monkeypatch):
    synced, whole = set(), atomic.sync_folder
    monkeypatch.setattr(atomic, "sync_folder", lambda path: (synced.add(path), whole(path)))
    shelf = Partition(tmp_path / "deep" / "store", KERNEL, world.build(qisim.load(BASE)), 1)
    shelf.keep(page(range(3)))
    assert synced == {tmp_path, tmp_path / "deep", shelf.store, shelf.folder}


def test_threads_may_begin_a_shelf_at_once(tmp_path):
    site = world.build(qisim.load(BASE))
    with ThreadPoolExecutor(8) as threads:
        for number in range(10):
            begun = [Partition(tmp_path / str(number), KERNEL, site, 1) for _ in range(8)]
            list(threads.map(lambda one: one.keep(page(range(3))), begun))
            assert len(begun[0].parts([])) == 8
    assert not list(tmp_path.glob("*/*/.*.tmp"))


@pytest.mark.parametrize("gone", ["read", "moved"])
def test_a_damaged_part_that_another_process_sets_aside_first_is_left_to_it(
    shelf, monkeypatch, gone
):
    shelf.keep(page(range(3)))
    (path,) = shelf.parts([])
    path.write_bytes(b"damaged")
    whole = store._is_whole

    def races(part):
        """Read it before or after the other process has taken it away."""
        if gone == "read":
            part.unlink()
            return whole(part)
        found = whole(part)
        part.unlink()
        return found

    monkeypatch.setattr(store, "_is_whole", races)
    assert shelf.parts(aside := []) == []
    assert aside == []


def test_a_store_is_listed_once_however_many_worlds_a_sweep_has(tmp_path, monkeypatch):
    units = {"parameter": "site.units", "values": [1, 2, 3]}
    held = study(vary=[units], design={"method": "factorial"}, runs={"replicates": 1})
    runs = sweep.run(held, store=tmp_path)
    listed, whole = [], Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda path: (listed.append(path), whole(path))[1])
    assert sweep.run(held, store=tmp_path).reused == runs.register.found == 6
    assert listed.count(tmp_path) == 2  # for shelves, and for strangers


def test_a_part_that_is_gone_is_an_error_of_the_store(shelf):
    shelf.keep(page(range(3)))
    (path,) = shelf.parts([])
    path.unlink()
    with pytest.raises(StoreError, match="can no longer be read"):
        read_part(path)


def test_the_store_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("QISIM_STORE", str(tmp_path / "here"))
    assert store.default_folder() == tmp_path / "here"
    monkeypatch.delenv("QISIM_STORE")
    assert store.default_folder().name == "runs"


# --- the register ---------------------------------------------------------------------------------


def test_runs_with_one_key_are_made_once():
    register = RunIndex(keys([5, 3, 5, 8, 3]))
    assert len(register.keys) == 3
    assert register.wanted == 3
    assert register.missing(np.arange(5)).tolist() == [True, True, False, True, False]
    assert (register.keys[register.group] == keys([5, 3, 5, 8, 3])).all()


def test_the_register_knows_where_runs_lie():
    register = RunIndex(keys(range(10)))
    assert register.find(keys([7, 100, 2]), 0) == 2
    assert register.find(keys([2, 3]), 1) == 1
    assert register.found == 3
    group = register.group[[7, 2, 3, 4]]
    assert register.part[group].tolist() == [0, 0, 1, -1]
    assert register.row[group].tolist() == [0, 2, 1, -1]
    assert register.missing(np.array([7, 2, 3, 4])).tolist() == [False, False, False, True]


@pytest.mark.parametrize("first_failed", [True, False])
def test_a_run_that_was_finished_beats_one_that_failed_whichever_is_older(first_failed):
    register = RunIndex(keys(range(3)))
    assert register.find(keys([0, 1]), 0, np.array([first_failed, False])) == 2
    assert register.find(keys([0, 1]), 1, np.array([not first_failed, False])) == first_failed
    assert not register.failed.any()
    group = register.group[:3]
    assert register.part[group].tolist() == [int(first_failed), 0, -1]


def test_of_one_key_twice_in_a_part_the_finished_run_counts():
    register = RunIndex(keys([4]))
    register.find(keys([4, 4, 4]), 0, np.array([True, False, True]))
    assert (register.row[0], register.failed[0]) == (1, False)


def test_runs_that_failed_can_be_forgotten():
    register = RunIndex(keys(range(3)))
    register.find(keys(range(3)), 0, np.array([True, False, True]))
    register.forget_failed()
    assert (register.found, register.wanted) == (1, 2)


def test_an_empty_register_is_fine():
    register = RunIndex(np.empty((0, 2), dtype=np.uint64))
    assert register.wanted == register.find(keys([1]), 0) == 0
