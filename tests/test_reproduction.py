"""Making a finished study again: the same bytes, or the name of what differs."""

import json

import pytest
from studies import BASE, OTHER, study

import qisim
from qisim import reproduction
from qisim.cli.main import exit_code
from qisim.errors import StoreError
from qisim.reproduction import reproduce
from qisim.runs import executor, sweep
from qisim.sensitivity.study import sensitivity


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
    points.unlink()
    return folder


@pytest.mark.parametrize("kind", ["sweep", "csv", "run", "compare", "sensitivity"])
def test_a_study_comes_out_the_same_to_the_byte(made, kind):
    found = reproduce(made / kind)
    assert found.exact
    assert set(found.alike) >= {"runs.parquet"} or kind == "sensitivity"
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
        ({"settings": {"colour": 3}}, "lacks what it takes"),
    ):
        whole = json.loads((made / "run" / "manifest.json").read_text())
        (out / "manifest.json").write_text(json.dumps({**whole, **change}))
        with pytest.raises(StoreError, match=message):
            reproduce(out)


def test_every_kind_of_study_has_a_way_to_be_made_again():
    assert set(reproduction.AGAIN) == {"run", "compare", "sweep", "sensitivity"}


def copied(folder, tmp_path):
    import shutil

    return shutil.copytree(folder, tmp_path / "copy")
