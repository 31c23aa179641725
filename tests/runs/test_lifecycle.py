"""The one life of a study: asked twice, and the same for every verb."""

import hashlib
import os
import signal
import subprocess
import sys

import pandas as pd
import pytest
from pairs import pair, same
from worlds import small

import qisim
from qisim import atomic
from qisim.calibration.result import Calibration
from qisim.errors import Interrupted
from qisim.output.folder import damaged_files
from qisim.output.manifest import read_manifest
from qisim.runs import executor, scenario_partition, store
from qisim.validation.study import Validation, validate

# --- asked twice ----------------------------------------------------------------------------------


def test_a_comparison_asked_twice_is_computed_once_and_comes_out_the_same(kept_runs, made):
    first = pair()
    assert sum(made) == 10
    same(first, pair(workers=2))
    same(first, pair())
    assert sum(made) == 10


def test_what_is_new_only_is_computed(kept_runs, made):
    few, made[:] = pair(), []
    more = pair(replicates=8)
    assert sum(made) == 6
    head = more.runs[more.runs["replicate"] < 5].reset_index(drop=True)
    pd.testing.assert_frame_equal(few.runs, head, check_exact=True)
    made.clear()
    qisim.run(small(pressure=1.2), replicates=8, workers=1)  # one of the two, under another verb
    assert made == []
    for changed in ({"seed": 2}, {"set": {"tool.fit": 0.31}}, {"engine": "mesa"}):
        pair(**changed)
        assert sum(made) == 10
        made.clear()


def test_sets_of_values_are_kept_as_well(kept_runs, made):
    first = pair(over="acceptable")
    made.clear()
    same(first, pair(over="acceptable"))
    assert made == []


def test_a_run_that_failed_is_made_again(kept_runs, monkeypatch):
    whole = executor.simulate

    def breaks(batch, *more, **rest):
        if 3 in batch.replicates:
            raise ZeroDivisionError("replicate 3 is cursed")
        return whole(batch, *more, **rest)

    monkeypatch.setattr(executor, "simulate", breaks)
    assert len(pair().manifest["failures"]) == 2
    monkeypatch.setattr(executor, "simulate", whole)
    assert pair().manifest["failures"] == []


def test_a_damaged_part_is_said_and_made_again(kept_runs, made):
    first = pair()
    for part in kept_runs.glob("scenarios/*/*.parquet"):
        content = bytearray(part.read_bytes())
        content[len(content) // 2] ^= 1
        part.write_bytes(content)
    made.clear()
    with pytest.warns(UserWarning, match="is damaged; it was set aside"):
        same(first, pair())
    assert sum(made) == 10


@pytest.mark.parametrize("content", [b"", b"PAR1 no Parquet PAR1", None])
def test_a_forged_part_is_set_aside_and_never_believed(kept_runs, made, content):
    """Its name vouches for its content, and so can a name that somebody makes up."""
    first = pair()
    for part in kept_runs.glob("scenarios/*/*.parquet"):
        forged = content
        if content is None:
            frame = pd.read_parquet(part).rename(columns={"adoption_final": "adoption"})
            frame.to_parquet(part)
            forged = part.read_bytes()
        part.unlink()
        digest = hashlib.blake2b(forged, digest_size=16).hexdigest()
        part.with_name(f"{part.name[:17]}{digest}.parquet").write_bytes(forged)
    made.clear()
    with pytest.warns(UserWarning, match="is damaged; it was set aside"):
        same(first, pair())
    assert sum(made) == 10


@pytest.mark.parametrize("how", ["as told", "given away"])
def test_runs_of_somebody_else_in_a_shared_store_are_not_used(kept_runs, made, monkeypatch, how):
    """Their numbers look like any others."""
    first = pair()
    made.clear()
    if how == "given away":
        if getattr(os, "geteuid", lambda: 1)() != 0:
            pytest.skip("only root gives files away")
        for part in kept_runs.glob("scenarios/*/*.parquet"):
            os.chown(part, 65_534, 65_534)
    else:
        monkeypatch.setattr(store, "trusted_owner", lambda user: False)
    with pytest.warns(UserWarning, match="belong to somebody else") as told:
        same(first, pair())
    assert sum(made) == 10
    assert len(told) == 1


def test_files_of_ones_own_and_of_the_system_are_trusted():
    own = os.geteuid()
    assert [atomic.trusted_owner(user) for user in (own, 0, own + 1)] == [True, True, False]


def test_a_store_that_cannot_be_written_is_said_and_does_without(tmp_path, kept_runs, monkeypatch):
    (tmp_path / "store").write_text("a file")
    with pytest.warns(UserWarning, match="without the run store"):
        assert len(pair().runs) == 10


def test_what_was_not_used_for_long_goes_first_and_only_where_it_takes_too_much(kept_runs):
    pair()
    pair(seed=2)
    parts = sorted(kept_runs.glob("scenarios/*/*.parquet"), key=lambda part: part.stat().st_mtime)
    assert len(parts) == 4
    folder, old = kept_runs / "scenarios", 2 * scenario_partition.UNUSED_S
    scenario_partition.forget_oldest(folder, most=0)
    assert all(part.exists() for part in parts), "they were used today"
    for number, part in enumerate(parts):
        then = part.stat().st_mtime - old + number
        os.utime(part, (then, then))
    scenario_partition.forget_oldest(folder, most=sum(part.stat().st_size for part in parts[2:]))
    assert [part.exists() for part in parts] == [False, False, True, True]
    assert not parts[0].parent.exists()


# --- the other verbs ------------------------------------------------------------------------------


def calibrates(tmp_path, **options):
    data = tmp_path / "data.csv"
    data.write_text("week,using,in_post\n2,1,10\n6,3,10\n10,4,10\n16,5,10\n")
    return qisim.calibrate(small(), data, samples=2000, checks=0, workers=1, **options)


def validates(tmp_path, **options):
    return validate(["T4"], replicates=3, workers=1, **options)


@pytest.mark.parametrize("verb", [calibrates, validates])
def test_every_verb_asked_twice_computes_once(tmp_path, kept_runs, made, verb):
    first = verb(tmp_path).tables()
    made.clear()
    assert verb(tmp_path).tables() == first
    assert made == []


@pytest.mark.parametrize(("verb", "kind"), [(calibrates, Calibration), (validates, Validation)])
def test_every_verb_keeps_its_tables_when_stopped_while_figures_are_drawn(
    tmp_path, kept_runs, monkeypatch, verb, kind
):
    def draws(self):
        os.kill(os.getpid(), signal.SIGTERM)
        return {}

    monkeypatch.setattr(kind, "drawn", draws)
    with pytest.raises(Interrupted) as stopped:
        verb(tmp_path, out=tmp_path / "out")
    tables = {*stopped.value.result.tables(), "dictionary.csv"}
    assert set(read_manifest(tmp_path / "out")["files"]) == tables
    assert read_manifest(tmp_path / "out")["interrupted"]
    monkeypatch.setattr(kind, "drawn", lambda self: {})
    verb(tmp_path, out=tmp_path / "out")
    assert not read_manifest(tmp_path / "out")["interrupted"]
    assert not damaged_files(tmp_path / "out")


def test_a_file_that_another_process_is_writing_is_left_alone(tmp_path):
    ours = atomic.temporary_name(tmp_path / "runs.parquet")
    ours.write_bytes(b"half")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    parts = ours.name.split(".")
    theirs = tmp_path / ".".join([*parts[:-3], str(gone.pid), *parts[-2:]])
    elsewhere = tmp_path / ".".join([*parts[:-4], "00000000", str(gone.pid), *parts[-2:]])
    for path in (theirs, elsewhere):
        path.write_bytes(b"half")
    for path in sorted(tmp_path.iterdir()):
        atomic.forget_left_over(path)
    assert ours.exists() and elsewhere.exists() and not theirs.exists()
    os.utime(elsewhere, (0, 0))
    atomic.forget_left_over(elsewhere)
    assert not elsewhere.exists()
