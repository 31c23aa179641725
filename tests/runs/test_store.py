"""The store of runs: parts that are written, damaged, foreign, cut short."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from kept_pages import KERNEL, page
from studies import BASE, study

import qisim
from qisim import atomic
from qisim.errors import StoreError
from qisim.model import site as world
from qisim.model.outcomes import OUTCOMES
from qisim.runs import store, sweep
from qisim.runs.store import Partition
from qisim.runs.store_format import keys_of, read_part


@pytest.mark.parametrize("series", [False, True])
def test_what_is_kept_can_be_read_back(tmp_path, series):
    kept = ("adoption",) if series else ()
    partition = Partition(tmp_path, KERNEL, world.build(qisim.load(BASE)), 1, kept)
    wanted = page(range(10), series)
    partition.keep(wanted)
    (path,) = partition.parts([])
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


def test_a_part_that_was_cut_short_is_named_and_set_aside(partition, tmp_path):
    for begin in (0, 10):
        partition.keep(page(range(begin, begin + 10)))
    first, second = partition.parts([])
    content = first.read_bytes()
    first.write_bytes(content[: len(content) // 2])
    aside = []
    assert partition.parts(aside) == [second]
    assert len(aside) == 1
    assert str(first) in aside[0]
    assert [path.name for path in (tmp_path / store.SET_ASIDE).iterdir()] == [
        f"{partition.name}-{first.name}"
    ]
    assert partition.parts(aside := []) == [second]
    assert aside == []


def test_one_changed_byte_is_noticed(partition):
    partition.keep(page(range(10)))
    (path,) = partition.parts([])
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)
    assert partition.parts(aside := []) == []
    assert "is damaged" in aside[0]


def test_a_foreign_file_is_named_and_never_read(partition):
    partition.keep(page(range(10)))
    stranger = partition.folder / "mine.parquet"
    stranger.write_bytes(partition.parts([])[0].read_bytes())
    assert len(partition.parts(aside := [])) == 1
    assert str(stranger) in aside[0]
    assert stranger.exists()


def test_what_a_killed_process_left_is_no_part_and_goes_when_it_is_old(partition):
    partition.keep(page(range(3)))
    left = partition.folder / ".x.parquet.77.tmp"
    left.write_bytes(b"half")
    assert len(partition.parts(aside := [])) == 1
    assert aside == []
    assert left.exists()
    os.utime(left, (0, 0))
    partition.parts([])
    assert not left.exists()


def test_a_full_disk_leaves_what_was_there_and_no_half_file(partition, monkeypatch):
    partition.keep(page(range(3)))

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(StoreError, match=r"No space left.*same command goes on"):
        partition.keep(page(range(3, 6)))
    monkeypatch.undo()
    assert len(partition.parts([])) == 1
    assert {path.suffix for path in partition.folder.iterdir()} == {".parquet", ".json"}


def test_the_names_of_new_folders_are_brought_to_the_disk(tmp_path, monkeypatch):
    synced, whole = set(), atomic.sync_folder
    monkeypatch.setattr(atomic, "sync_folder", lambda path: (synced.add(path), whole(path)))
    partition = Partition(tmp_path / "deep" / "store", KERNEL, world.build(qisim.load(BASE)), 1)
    partition.keep(page(range(3)))
    assert synced == {tmp_path, tmp_path / "deep", partition.store, partition.folder}


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
    partition, monkeypatch, gone
):
    partition.keep(page(range(3)))
    (path,) = partition.parts([])
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
    assert partition.parts(aside := []) == []
    assert aside == []


def test_a_store_is_listed_once_however_many_worlds_a_sweep_has(tmp_path, monkeypatch):
    units = {"parameter": "site.units", "values": [1, 2, 3]}
    held = study(vary=[units], design={"method": "factorial"}, runs={"replicates": 1})
    runs = sweep.run(held, store=tmp_path)
    listed, whole = [], Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda path: (listed.append(path), whole(path))[1])
    assert sweep.run(held, store=tmp_path).reused == runs.register.found == 6
    assert listed.count(tmp_path) == 2  # for partitions, and for strangers


def test_a_part_that_is_gone_is_an_error_of_the_store(partition):
    partition.keep(page(range(3)))
    (path,) = partition.parts([])
    path.unlink()
    with pytest.raises(StoreError, match="can no longer be read"):
        read_part(path)


def test_the_store_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("QISIM_STORE", str(tmp_path / "here"))
    assert store.default_folder() == tmp_path / "here"
    monkeypatch.delenv("QISIM_STORE")
    assert store.default_folder().name == "runs"
