"""Making a finished study again: the same bytes, or the name of what differs."""

import json
import os

import numpy as np
import pyarrow.parquet as pq
import pytest
from studies import BASE, OTHER, study

import qisim
from qisim import reproduction
from qisim.cli.main import exit_code
from qisim.errors import StoreError
from qisim.output.file_bytes import digest
from qisim.output.manifest_check import SETTINGS
from qisim.reproduction import reproduce
from qisim.runs import executor, sweep
from qisim.sensitivity.study import sensitivity
from qisim.validation.study import validate


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return finished folders of every kind."""
    folder = tmp_path_factory.mktemp("made")
    points = folder / "points.csv"
    points.write_text("tool.fit,workload.pressure\n0.1,1.0\n0.6,1.1\n")
    held = {k: v for k, v in study().items() if k != "vary"}
    sweep.sweep(study(analysis={"method": "pawn", "over_time": ["use"]}), out=folder / "sweep")
    sweep.sweep({**held, "design": {"file": str(points)}}, out=folder / "csv")
    qisim.run(BASE, replicates=3, seed=0, out=folder / "run")
    qisim.compare(BASE, OTHER, replicates=4, matters={"leavers": 2.0}, out=folder / "compare")
    morris = {"method": "morris", "samples": 4}
    sensitivity(study(design=morris, analysis={"method": "morris"}, outcomes=["strain_mean"]),
                out=folder / "sensitivity")  # fmt: skip
    validate(["T4"], replicates=3, out=folder / "validate")
    counts = folder / "counts.csv"
    counts.write_text("week,using,in_post\n2,1,10\n6,3,10\n10,4,10\n16,5,10\n")
    qisim.calibrate(BASE, counts, samples=2000, checks=0, seed=3, out=folder / "calibrate")
    for file in (points, counts):
        file.unlink()
    return folder


@pytest.mark.parametrize("kind", [
    "sweep", "csv", "run", "compare", "sensitivity", "validate", "calibrate",
])  # fmt: skip
def test_a_study_comes_out_the_same_to_the_byte(made, kind):
    found = reproduce(made / kind)
    assert found.exact
    assert set(found.alike) >= {"runs.parquet"} or kind in ("sensitivity", "validate", "calibrate")
    assert found.alike
    assert "report.html" not in found.alike
    assert set(found.versions) <= {"qisim_commit"}  # somebody may commit while tests run


def test_nothing_is_taken_from_a_store_and_nothing_is_left(made, monkeypatch):
    whole, seen = executor.simulate, []

    def counting(batch, engine, workers=1):
        seen.append(len(batch))
        return whole(batch, engine, workers)

    monkeypatch.setattr(executor, "simulate", counting)
    before = sorted(made.iterdir())
    assert reproduce(made / "sweep", workers=1).exact
    assert sum(seen) == 48
    assert sorted(made.iterdir()) == before


@pytest.mark.parametrize("name", ["runs.parquet", "summary.csv"])
def test_a_changed_byte_is_named(made, tmp_path, name, capsys):
    out = copied(made / "sweep", tmp_path)
    content = bytearray((out / name).read_bytes())
    content[len(content) // 2] ^= 1
    (out / name).write_bytes(content)
    found = reproduce(out)
    assert (found.damaged, found.differing, found.exact) == ([name], [], False)
    assert exit_code(["reproduce", str(out)]) == 2
    assert f"{out / name} is missing or was changed" in capsys.readouterr().err


def test_a_missing_file_is_named(made, tmp_path):
    out = copied(made / "run", tmp_path)
    (out / "weekly.parquet").unlink()
    assert reproduce(out).damaged == ["weekly.parquet"]


def test_what_comes_out_differently_is_named(made, monkeypatch, capsys):
    whole = executor.simulate

    def nudges(batch, engine, workers=1):
        weekly, adopters = whole(batch, engine, workers)
        return weekly * 0.999, adopters

    monkeypatch.setattr(executor, "simulate", nudges)
    found = reproduce(made / "sweep")
    assert {"runs.parquet", "points.parquet", "summary.csv"} == set(found.differing)
    assert exit_code(["reproduce", str(made / "sweep")]) == 2
    assert "runs.parquet came out differently" in capsys.readouterr().err


def test_versions_that_differ_are_text(made, tmp_path, capsys):
    out = copied(made / "sweep", tmp_path)
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["python_version"] = "3.0.0"
    manifest["packages"]["numpy"] = "0.1"
    (out / "manifest.json").write_text(json.dumps(manifest))
    assert set(reproduce(out).versions) - {"qisim_commit"} == {"python_version", "numpy"}
    assert exit_code(["reproduce", str(out)]) == 0
    told = capsys.readouterr().out
    assert "made with another numpy: 0.1 then" in told
    assert exit_code(["reproduce", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["versions"]["numpy"]["then"] == "0.1"


def test_what_is_no_finished_study_is_refused(made, tmp_path):
    with pytest.raises(StoreError, match=r"no manifest.json"):
        reproduce(tmp_path)
    out = copied(made / "run", tmp_path)
    for change, message in (
        ({"interrupted": True}, "not finished"),
        ({"kind": "dance"}, "holds a dance"),
        ({"settings": {"colour": 3}}, "'colour' is not a setting of run"),
    ):
        whole = json.loads((made / "run" / "manifest.json").read_text())
        (out / "manifest.json").write_text(json.dumps({**whole, **change}))
        with pytest.raises(StoreError, match=message):
            reproduce(out)


def rewritten(made, kind, tmp_path, name):
    """Write a table of a finished folder as another version of a library would; return the folder."""
    out = copied(made / kind, tmp_path)
    if name.endswith(".parquet"):
        pq.write_table(pq.read_table(out / name), out / name, compression="snappy")
    else:
        text = (out / name).read_text()
        (out / name).write_text("\n".join(line.replace(",0.", ",.") for line in text.split("\n")))
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["files"][name] != digest((out / name).read_bytes())
    manifest["files"][name] = digest((out / name).read_bytes())
    (out / "manifest.json").write_text(json.dumps(manifest))
    return out


@pytest.mark.parametrize("name", ["runs.parquet", "summary.csv"])
def test_the_same_numbers_in_other_bytes_are_called_so(made, tmp_path, name, capsys):
    out = rewritten(made, "sweep", tmp_path, name)
    found = reproduce(out)
    assert (found.other_bytes, found.differing) == ([name], [])
    assert found.same_values and not found.exact
    assert exit_code(["reproduce", str(out)]) == 0
    assert f"the same numbers, other bytes: {name}" in capsys.readouterr().out


def test_one_number_that_differs_is_another_value(made, tmp_path):
    out = rewritten(made, "sweep", tmp_path, "runs.parquet")
    table = pq.read_table(out / "runs.parquet")
    values = table["adoption_mean"].to_numpy().copy()
    values[7] = np.nextafter(values[7], 1.0)
    place = table.column_names.index("adoption_mean")
    pq.write_table(table.set_column(place, table.field(place), [values]), out / "runs.parquet")
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["files"]["runs.parquet"] = digest((out / "runs.parquet").read_bytes())
    (out / "manifest.json").write_text(json.dumps(manifest))
    assert reproduce(out).differing == ["runs.parquet"]


def nested(depth):
    return json.loads("[" * depth + "]" * depth)


FORGED = {
    "kind": ({"kind": []}, "kind is not a text"),
    "packages": ({"packages": None}, "packages is not an object of versions"),
    "deep": ({"failures": nested(400)}, "is nested more than 30 deep"),
    "seed": ({"seed": 1.5}, "seed is not a whole number"),
    "boolean": ({"replicates": True}, "replicates is not a whole number"),
    "outside": ({"files": {"../../etc/passwd": "0" * 64}}, "is not in the folder"),
    "absolute": ({"files": {"/dev/zero": "0" * 64}}, "is not in the folder"),
    "digest": ({"files": {"runs.parquet": 3}}, "files is not an object of SHA-256"),
    "extends": ({"scenarios": {"a": {"extends": "/etc/hostname"}}}, "a scenario is not resolved"),
    "over": ({"over": "/etc/hostname"}, "over is not a table of sets of values"),
    "escape": ({"settings": {"\x1b[2J": 1}}, r"'\x1b[2J' is not a setting of compare"),
    "title of the terminal": ({"kind": "run\x1b]0;owned\x07"}, "holds a run?]0;owned?"),
    "missing": ({"engine": None}, "engine is not a text"),
    "python": ({"python_version": {"a": 1}}, "python_version is not a text"),
    "version": ({"qisim_version": 5}, "qisim_version is not a text"),
    "commit": ({"qisim_commit": [1]}, "qisim_commit is not a text"),
    "rules": ({"own_rules": [1]}, "own_rules is not a file of rules with its digest"),
    "matters": ({"settings": {"matters": [1]}}, "settings.matters is not an object of numbers"),
    "sites": ({"sites": {"number": -5, "keys": []}}, "sites is not a number of sites"),
    "sites of nothing": (
        {"sites": {"number": 3, "keys": ["nosuch"]}},
        "sites is not a number of sites",
    ),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_manifest_is_refused_before_anything_in_it_is_believed(
    made, tmp_path, what, capsys, monkeypatch
):
    monkeypatch.setattr(executor, "simulate", None)  # whoever runs the model now fails
    change, message = FORGED[what]
    out = forged(made, "compare", tmp_path, lambda whole: whole | change)
    assert exit_code(["reproduce", str(out)]) == 2
    told = capsys.readouterr().err
    assert message in told and "Traceback" not in told and "\x1b" not in told


CONNECTS = ("scheduler", "store", "out", "workers", "progress", "command", "site", "nosuch")
"""Keywords that say where a verb connects, reads or writes, and one that no verb has."""


@pytest.mark.parametrize("kind", SETTINGS)
def test_no_verb_takes_from_a_manifest_where_it_connects_reads_or_writes(
    made, tmp_path, kind, monkeypatch
):
    monkeypatch.setattr(executor, "simulate", None)
    for name in CONNECTS:
        out = forged(made, kind, tmp_path / name, lambda whole, name=name: {
            **whole, "settings": {**whole["settings"], name: "tcp://example.org:8786"},
        })  # fmt: skip
        with pytest.raises(StoreError, match=f"'{name}' is not a setting of {kind}"):
            reproduce(out)


def forged(made, kind, tmp_path, change):
    """Return a copy of a finished folder whose manifest was changed."""
    out = copied(made / kind, tmp_path)
    whole = json.loads((out / "manifest.json").read_text())
    (out / "manifest.json").write_text(json.dumps(change(whole)))
    return out


@pytest.mark.parametrize("text", ["[" * 5000 + "]" * 5000, '{"seed": 1' + "0" * 5000 + "}", "NaN"])
def test_a_manifest_that_is_none_is_said_in_a_sentence(made, tmp_path, text, capsys):
    out = copied(made / "run", tmp_path)
    (out / "manifest.json").write_text(text)
    assert exit_code(["reproduce", str(out)]) == 2
    assert "cannot be read as a manifest of qisim" in capsys.readouterr().err


def test_a_manifest_that_never_ends_is_not_read(tmp_path, capsys):
    (tmp_path / "manifest.json").symlink_to("/dev/zero")
    assert exit_code(["reproduce", str(tmp_path)]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_every_kind_of_study_has_a_way_to_be_made_again():
    assert set(reproduction.AGAIN) == set(SETTINGS) == {
        "run", "compare", "sweep", "sensitivity", "validate", "calibrate",
    }  # fmt: skip


def copied(folder, tmp_path):
    import shutil

    return shutil.copytree(folder, tmp_path / "copy")


def test_a_table_that_is_no_file_is_not_waited_for(tmp_path):
    """A FIFO in place of a table would wait for a writer for ever."""
    fifo, table = tmp_path / "runs.parquet", tmp_path / "other.parquet"
    os.mkfifo(fifo)
    table.write_bytes(b"")
    assert not reproduction.same_values(fifo, table)
