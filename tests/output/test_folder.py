"""The output folder: whole files, a manifest that names them, no other study overwritten."""

import io
import json
import os
import subprocess

import numpy as np
import pandas as pd
import pytest

from qisim.errors import StoreError
from qisim.output.crate import CRATE
from qisim.output.file_bytes import csv_bytes, digest, json_bytes
from qisim.output.folder import check_folder, damaged_files, write_folder
from qisim.output.manifest import MANIFEST, SCHEMA_VERSION, commit, manifest_of, read_manifest


def manifest(kind="run", names=("external",), seed=1, replicates=4, **rest):
    digests = {name: f"digest of {name}" for name in names}
    scenarios = {name: {"title": name} for name in names}
    command = ["qisim", kind, *names]
    return manifest_of(
        kind, command, scenarios, digests, seed=seed, replicates=replicates, engine="mesa",
        wall_time_s=1.23456, **rest,
    )  # fmt: skip


def test_a_manifest_says_what_was_run_with_what():
    made = manifest("compare", ("external", "internal"), settings={"matters": 0.05})
    assert made["schema_version"] == SCHEMA_VERSION
    assert made["command"] == ["qisim", "compare", "external", "internal"]
    assert list(made["scenarios"]) == ["external", "internal"]
    assert made["digests"]["internal"] == "digest of internal"
    assert (made["seed"], made["replicates"], made["engine"]) == (1, 4, "mesa")
    assert made["wall_time_s"] == 1.235
    assert made["settings"] == {"matters": 0.05}
    assert made["packages"]["numpy"]
    assert made["python_version"] and made["platform"]


def test_the_study_is_told_by_kind_scenarios_and_seed_alone():
    one = manifest()["study_digest"]
    assert one == manifest(replicates=9, settings={"matters": 0.1})["study_digest"]
    others = [manifest(seed=0), manifest("compare"), manifest(names=("internal",))]
    assert one not in {other["study_digest"] for other in others}
    order = [manifest(names=names)["study_digest"] for names in (("a", "b"), ("b", "a"))]
    assert order[0] != order[1]


def test_the_folder_holds_every_file_and_its_digest(tmp_path):
    files = {"runs.parquet": b"runs", "figures/adoption.png": b"png"}
    out = write_folder(tmp_path / "deep" / "first", files, manifest())
    held = json.loads((out / MANIFEST).read_text())
    assert held["files"] == {name: digest(content) for name, content in files.items()}
    assert {name: (out / name).read_bytes() for name in files} == files
    on_disk = {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()}
    assert on_disk == {*files, MANIFEST, CRATE}, "no temporary file is left"
    assert damaged_files(out) == []


def test_a_changed_or_lost_file_is_text(tmp_path):
    out = write_folder(tmp_path, {"a.csv": b"1", "b.csv": b"2", "c.csv": b"3"}, manifest())
    (out / "a.csv").write_bytes(b"changed")
    (out / "b.csv").unlink()
    assert damaged_files(out) == ["a.csv", "b.csv"]


def test_another_study_is_refused_and_left_as_it_was(tmp_path):
    write_folder(tmp_path, {"a.csv": b"first"}, manifest())
    before = (tmp_path / MANIFEST).read_bytes()
    with pytest.raises(StoreError, match=r"another study \(run external, seed 1, 4 replicates\)"):
        write_folder(tmp_path, {"a.csv": b"second"}, manifest(seed=2))
    assert (tmp_path / "a.csv").read_bytes() == b"first"
    assert (tmp_path / MANIFEST).read_bytes() == before


def test_the_same_study_may_grow_but_not_shrink(tmp_path):
    write_folder(tmp_path, {"a.csv": b"4"}, manifest(replicates=4))
    write_folder(tmp_path, {"a.csv": b"8"}, manifest(replicates=8))
    with pytest.raises(StoreError, match="holds more of this study"):
        write_folder(tmp_path, {"a.csv": b"4"}, manifest(replicates=4))
    assert (tmp_path / "a.csv").read_bytes() == b"8"


def test_an_interrupted_study_gives_way_to_a_whole_one_and_not_the_other_way(tmp_path):
    write_folder(tmp_path, {}, manifest(replicates=9, interrupted=True))
    write_folder(tmp_path, {}, manifest(replicates=4))
    with pytest.raises(StoreError, match="9 replicates, interrupted"):
        write_folder(tmp_path, {}, manifest(replicates=9, interrupted=True))


def test_a_folder_with_something_else_in_it_is_refused(tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(StoreError, match="not a folder of qisim"):
        check_folder(tmp_path, manifest())


def test_a_file_in_the_folders_place_is_refused(tmp_path):
    (tmp_path / "first").write_text("mine")
    with pytest.raises(StoreError, match="is a file"):
        write_folder(tmp_path / "first", {}, manifest())
    with pytest.raises(StoreError, match="is a file"):
        write_folder(tmp_path / "first" / "below", {}, manifest())


def test_a_new_and_an_empty_folder_are_free(tmp_path):
    check_folder(tmp_path, manifest())
    check_folder(tmp_path / "new", manifest())


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"schema_version": "x", "files": {}}', "\x00\xff"]
)
def test_a_damaged_manifest_is_told_not_traced(tmp_path, text):
    (tmp_path / MANIFEST).write_bytes(text.encode("latin-1"))
    with pytest.raises(StoreError, match="cannot be read"):
        read_manifest(tmp_path)


def test_a_newer_manifest_is_text(tmp_path):
    (tmp_path / MANIFEST).write_text('{"schema_version": 99, "files": {}}')
    with pytest.raises(StoreError, match="newer qisim"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_json_is_strict(value):
    with pytest.raises(ValueError, match="JSON compliant"):
        json_bytes({"a": value})


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    write_folder(tmp_path, {"a.csv": b"old"}, manifest())

    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StoreError, match="disk full"):
        write_folder(tmp_path, {"a.csv": b"new"}, manifest())
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "a.csv",
        "dictionary.csv",
        MANIFEST,
        CRATE,
    ]
    assert (tmp_path / "a.csv").read_bytes() == b"old"


@pytest.fixture
def repository(tmp_path):
    """Return a git repository with one committed and one new file."""
    words = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    (tmp_path / "known.py").write_text("1")
    (tmp_path / "new.py").write_text("2")
    for command in (["init", "-q"], ["add", "known.py"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*words, *command], check=True)
    return tmp_path


def test_the_commit_is_that_of_a_file_that_git_knows(repository):
    found = commit(repository / "known.py")
    assert found is not None and len(found) == 40
    (repository / "known.py").write_text("changed")
    assert commit(repository / "known.py") == f"{found}-dirty"


def test_no_commit_is_made_up_for_a_file_that_git_does_not_know(repository, tmp_path_factory):
    assert commit(repository / "new.py") is None
    assert commit(tmp_path_factory.mktemp("plain") / "known.py") is None


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_refused_at_once(tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(StoreError, match="may not be written to"):
        check_folder(tmp_path / "out", manifest())


def test_a_folder_below_a_file_is_refused_at_once(tmp_path):
    (tmp_path / "file").touch()
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        with pytest.raises(StoreError, match="is a file"):
            check_folder(out, manifest())


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_a_folder_that_cannot_be_is_refused_at_once(name):
    with pytest.raises(StoreError, match="cannot be used"):
        check_folder(name, manifest())


def test_text_that_a_spreadsheet_would_work_out_is_no_formula():
    names = ["=cmd|' /C calc'!A0", "+1", "-x", "@a", "-0.5", "external", "a=b"]
    frame = pd.DataFrame({"scenario": names, "mean": np.arange(-3.0, 4.0)})
    back = pd.read_csv(io.BytesIO(csv_bytes(frame)), dtype={"scenario": str})
    assert back["scenario"].tolist() == [
        "'=cmd|' /C calc'!A0", "+1", "'-x", "'@a", "-0.5", "external", "a=b",
    ]  # fmt: skip
    assert back["mean"].tolist() == frame["mean"].tolist()
    assert frame["scenario"].tolist() == names


def test_names_that_are_no_text_do_not_lose_a_study():
    broken = os.fsdecode(b"m\xe5ned.toml")
    assert json.loads(json_bytes({"command": [broken]})) == {"command": [broken]}
