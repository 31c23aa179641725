"""What moved between two versions: known answers, from answers that are made up."""

import json

import numpy as np
import pytest
from crates import crate_in
from dictionaries import unexplained

import qisim
from qisim.cli.main import exit_code
from qisim.errors import InputError
from qisim.model.outcomes import OUTCOMES
from qisim.runs.options import Options
from qisim.scenario.files import shipped
from qisim.validation.moved import Moved, moved
from qisim.validation.moved_study import MovedStudy
from qisim.validation.versions import Asked

RUNS = 400


def asked_of(draws=40, seed=3):
    chance = np.random.default_rng(seed)
    points = {
        name: [{}, *({"tool.fit": float(u), "workload.pressure": float(v)} for u, v in values)]
        for name, values in dict.fromkeys(("external", "internal"), chance.random((draws, 2))).items()
    }  # fmt: skip
    return Asked(points, RUNS, 1)


def answer_of(asked, value, version="1.0", lacks=(), outcome="adoption_mean"):
    """Return answers in which a value follows from scenario, point and run."""
    held = {
        name: {
            "values": {outcome: [value(name, point, place) for place, point in enumerate(points)]},
            "refused": {},
        }
        for name, points in asked.points.items()
    }
    others = [name for name in OUTCOMES if name != outcome]
    gone = {"scenarios": [], "outcomes": others, "numbers": list(lacks)}
    return {"version": version, "model": "abc", "lacks": gone, "scenarios": held}


def level(name, point, place):
    return [0.4 + 0.1 * (name == "internal")] * RUNS


def found_of(new, old=level, **more):
    asked = asked_of()
    return Moved(asked, ("a", "b"), (answer_of(asked, old), answer_of(asked, new, "1.1", **more)))


def test_the_same_answers_have_not_moved():
    found = found_of(level)
    assert found.same.all() and found.ranked()["size"].eq(0.0).all()
    assert "82 of 82 scenarios are the same" in found.summary()[2]


def test_a_change_is_told_by_its_size_its_place_and_what_it_goes_with():
    def new(name, point, place):
        more = 0.2 * point.get("tool.fit", 0.0) if name == "external" else 0.0
        return [value + more for value in level(name, point, place)]

    found = found_of(new, lacks=["old.number"])
    row = found.ranked().iloc[0]
    fits = np.array([point["tool.fit"] for point in found.asked.points["external"][1:]])
    assert row["mean"] == pytest.approx(0.2 * fits.sum() / 82)
    assert row["typical"] == pytest.approx(np.sqrt(np.sum((0.2 * fits) ** 2) / 82))
    assert row["size"] == pytest.approx(row["typical"] / OUTCOMES["adoption_mean"].matters)
    assert row["largest"] == pytest.approx(0.2 * fits.max())
    assert row["where"] == f"external, draw {fits.argmax() + 1}"
    assert list(found.ranked("scenario")["scenario"]) == ["external", "internal"]
    assert found.same["internal"].all() and found.same["external"].sum() == 1
    assert [key for key, _ in found.goes_with()] == ["tool.fit"]
    (pair,) = found.ahead()
    assert pair["draws"] == 41 and pair["turned"] == int((0.2 * fits > 0.1).sum())
    text = " ".join(found.summary())
    assert "no such numbers: old.number" in text and "tool.fit (+" in text


def test_luck_alone_is_no_change():
    """Chance that is drawn otherwise makes every run another, and no typical change to speak of."""

    def with_luck(seed):
        def values(name, point, place):
            chance = np.random.default_rng([seed, place, len(name)])
            return list(0.5 + 0.2 * chance.standard_normal(RUNS))

        return values

    found = found_of(with_luck(1), with_luck(2))
    row = found.ranked().iloc[0]
    assert row["same"] == 0.0
    raw = float(np.sqrt((found.table["change"] ** 2).mean()))
    assert raw == pytest.approx(0.2 * np.sqrt(2 / RUNS), rel=0.3)  # what would be told otherwise
    assert row["typical"] < 0.5 * raw


def test_values_that_are_missing_are_no_zeros():
    def some(name, point, place):
        return [None if place % 2 else 0.3] * RUNS

    found = found_of(some, some)
    assert found.same.all() and np.isnan(found.table["old"]).sum() == 40
    now = found_of(level, some)
    there = now.table[now.table["draw"] % 2 == 1]
    assert np.isnan(there["change"]).all() and not there["same"].any()


def test_a_refused_scenario_is_left_out_and_counted():
    found = found_of(lambda name, point, place: None if place == 3 else level(name, point, place))
    found.answers[1]["scenarios"]["external"]["refused"]["3"] = "out of range"
    assert 3 not in set(found.table["draw"]) and found.refused() == 1
    assert any("1 scenarios are left out" in line for line in found.summary())


def test_files_say_what_was_asked_and_can_be_read_again():
    found = found_of(lambda *where: [value + 0.05 for value in level(*where)])
    files = found.files()
    assert b"adoption_mean" in files["outcomes.csv"]
    assert found.pictures["moved"].title == "What moved between the versions"
    same, other = (MovedStudy(("a", name), 82, Options(RUNS)).manifest() for name in ("b", "c"))
    assert same["study_digest"] != other["study_digest"]


def test_all_that_is_wrong_is_told_before_anything_runs(capsys):
    with pytest.raises(InputError) as refused:
        moved("nosuch", "this", scenarios=0, replicates=1)
    told = str(refused.value)
    assert all(key in told for key in ("scenarios", "replicates", "nosuch"))
    assert exit_code(["diff-model", "nosuch", "this"]) == 2
    assert "is not a version of qisim" in capsys.readouterr().err


def test_this_version_against_itself_on_the_command_line(capsys, tmp_path):
    """Kept answers stand for the version that gave them."""
    few = ["--scenarios", "1", "--replicates", "2", "--workers", "1"]
    assert exit_code(["diff-model", "this", "this", *few, "--out", str(tmp_path / "a")]) == 0
    number = len(shipped())
    told = f"{number} of {number} scenarios are the same to the last bit"
    assert told in capsys.readouterr().out
    assert crate_in(tmp_path / "a")["./"]["name"] == "qisim diff-model: two versions of the model"
    assert unexplained(tmp_path / "a") == []
    said = qisim.cite(tmp_path / "a")
    assert "two versions of the model were asked the same" in said and " , " not in said
    kept = str(tmp_path / "a" / "new.json.gz")
    assert exit_code(["diff-model", kept, kept, *few, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {row["same"] for row in said["outcomes"]} == {1.0}
    assert exit_code(["diff-model", kept, kept, "--scenarios", "1", "--replicates", "3"]) == 2
    assert "answers to other scenarios" in capsys.readouterr().err
