"""Two versions that are asked the same: what is asked, where versions are, what they answer."""

import gzip
import sys
from importlib.resources import files
from pathlib import Path

import pytest

import qisim
from qisim.errors import InputError, RunError
from qisim.model.parameters import PARAMETERS
from qisim.scenario.files import shipped
from qisim.validation.versions import Asked, kept_bytes, thousand, version_at

ROOT = Path(qisim.__file__).parents[1]


def test_a_thousand_scenarios_are_all_shipped_ones_and_draws_within_their_ranges():
    asked = thousand(100, 2, 1)
    assert list(asked.points) == list(shipped()) and asked.number >= 100
    for name, points in asked.points.items():
        scenario = qisim.load(name)
        assert points[0] == {}
        for point in points[1:]:
            assert all(PARAMETERS[key].low <= v <= PARAMETERS[key].high for key, v in point.items())
            assert all(scenario[key] == PARAMETERS[key].default for key in point)


def test_pairs_have_the_same_draws_and_others_their_own():
    points = thousand(100, 2, 1).points
    both = [points[f"{kind}-leadership"][1] for kind in ("external", "internal")]
    shared = both[0].keys() & both[1].keys()
    assert shared and all(both[0][key] == both[1][key] for key in shared)
    other = points["external"][1]
    assert any(both[0][key] != other[key] for key in shared & other.keys())


def test_another_seed_or_number_is_another_question():
    digests = {thousand(*how).digest for how in ((48, 2, 1), (48, 2, 2), (48, 3, 1), (72, 2, 1))}
    assert len(digests) == 4


def test_what_a_version_answers_is_what_evaluate_gives():
    pressure = {"workload.pressure": 1.1}
    asked = Asked({"external": [{}, pressure], "internal": [{}]}, 2, 5)
    told = version_at(str(ROOT), "old").answer(asked, 1)
    got = told["scenarios"]["external"]["values"]["adoption_mean"]
    for place, point in enumerate(({}, pressure)):
        one = qisim.load("external").replace(point)
        known = [
            float(qisim.evaluate([one["tool.fit"]], one, vary={"tool.fit": (0.0, 1.0)}, replicates=1,
                                 seed=5 + number, workers=1, missing="nan"))
            for number in range(2)
        ]  # fmt: skip
        assert got[place] == known
    assert told["lacks"] == {"scenarios": [], "outcomes": [], "numbers": []}


def test_what_a_version_lacks_is_said_and_what_it_refuses_left_out():
    spaces = {"__name__": "in_version"}
    text = files("qisim").joinpath("data", "in_version.py").read_text(encoding="utf-8")
    exec(compile(text, "in_version.py", "exec"), spaces)
    asked = {
        "scenarios": {"nosuch": [{}], "external": [{"no.number": 1.0}, {"tool.fit": 7.0}]},
        "outcomes": ["adoption_mean", "no_outcome"], "replicates": 1, "seed": 1, "workers": 1,
    }  # fmt: skip
    told = spaces["answer"](asked)
    assert told["lacks"] == {
        "scenarios": ["nosuch"], "outcomes": ["no_outcome"], "numbers": ["no.number"]
    }  # fmt: skip
    its = told["scenarios"]["external"]
    assert list(its["refused"]) == ["1"] and its["values"]["adoption_mean"][1] is None
    assert len(its["values"]["adoption_mean"][0]) == 1


def test_where_a_version_is(tmp_path):
    home = tmp_path / "bin" / "python"
    home.parent.mkdir()
    home.symlink_to(sys.executable)
    assert version_at(str(tmp_path), "old").python == str(home)
    assert "PYTHONPATH" not in version_at(str(tmp_path), "old").env
    assert version_at(str(ROOT.parent), "old").env["PYTHONPATH"] == str(ROOT)
    rules = tmp_path / "rules.py"
    rules.write_text("def forgetting(): ...\n")
    assert version_at(str(rules), "new").env["QISIM_RULES"] == str(rules)
    with pytest.raises(InputError, match="virtual environment"):
        version_at(str(tmp_path / "nosuch"), "old")


def test_a_version_that_gives_no_answer_says_why(tmp_path):
    (tmp_path / "qisim").mkdir()
    (tmp_path / "qisim" / "__init__.py").write_text("raise ImportError('too old')\n")
    broken = version_at(str(tmp_path), "old")
    with pytest.raises(RunError, match="gave no answer"):
        broken.answer(Asked({"external": [{}]}, 1, 1), 1)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", gzip.compress(b"[]"), gzip.compress(b'{"asked": 1}')],
    ids=["empty", "not packed", "a list", "something else"],
)  # a packed file holds the time, which may not stand in a test's name
def test_a_file_that_holds_no_answers_is_refused(tmp_path, content):
    path = tmp_path / f"old{'.json.gz'}"
    path.write_bytes(content)
    with pytest.raises(InputError, match="no results of a version"):
        version_at(str(path), "old").answer(Asked({}, 1, 1), 1)
    path.write_bytes(
        kept_bytes({"asked": "x", "version": "", "model": "", "lacks": {}, "scenarios": {}})
    )
    with pytest.raises(InputError, match="other scenarios"):
        version_at(str(path), "old").answer(Asked({}, 1, 1), 1)
