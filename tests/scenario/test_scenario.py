"""Scenarios as a whole: thousands of files gone wrong, and nothing lost on the way."""

from __future__ import annotations

import json
import pickle
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mutations
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qisim import Scenario, load
from qisim.cli import main
from qisim.errors import Problem, ScenarioError
from qisim.model.parameters import PARAMETERS
from qisim.scenario.fields import CHOICES, KEYS
from qisim.scenario.layers import SHOWN

QUICK, LONG = range(600), range(600, 40_600)
PATIENCE_S = 20


@contextmanager
def no_hanging() -> Iterator[None]:
    """Fail, instead of waiting for ever, where the system can wake us."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def wake(*_: Any) -> None:
        raise TimeoutError(f"still at it after {PATIENCE_S} seconds")

    before = signal.signal(signal.SIGALRM, wake)
    signal.alarm(PATIENCE_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def read(file: Path) -> Scenario | list[Problem]:
    """Return a scenario, or its problems; anything else is a fault."""
    try:
        with no_hanging():
            return load(file)
    except ScenarioError as error:
        return error.problems


def fit_to_print(problem: Problem, file: Path) -> bool:
    """Say whether a problem is one that people can read and act on."""
    cut = problem.message.startswith("and ") and problem.message.endswith(" more")
    placed = problem.file is not None and (problem.file != str(file) or problem.line != 0)
    return str(problem).isprintable() and len(str(problem)) < 1500 and (cut or placed)


def comes_back(scenario: Scenario, file: Path) -> bool:
    """Say whether a scenario is the same after it was written and read."""
    file.write_text(scenario.to_toml(), encoding="utf-8", newline="")
    again, once_more = load(file), load(scenario.to_dict())
    return again == once_more == scenario and again.digest == once_more.digest == scenario.digest


def try_files(numbers: range, folder: Path) -> tuple[int, int]:
    """Read the files of these numbers; return how many were fine and how many refused."""
    file, fine, wrong = folder / "gone-wrong.toml", 0, 0
    for number in numbers:
        file.write_bytes(mutations.gone_wrong(number))
        found = read(file)
        if isinstance(found, Scenario):
            assert comes_back(found, folder / "again.toml"), f"file {number}"
            fine += 1
        else:
            assert found, f"file {number}"
            assert all(fit_to_print(problem, file) for problem in found), f"file {number}"
            assert len(found) <= SHOWN + 1
            wrong += 1
    return fine, wrong


def test_hundreds_of_mutated_files_are_read_or_refused_in_words(tmp_path: Path) -> None:
    fine, wrong = try_files(QUICK, tmp_path)
    assert min(fine, wrong) > 60


@pytest.mark.slow
@pytest.mark.parametrize("part", range(20))
def test_tens_of_thousands_of_mutated_files(part: int, tmp_path: Path) -> None:
    each = len(LONG) // 20
    try_files(LONG[part * each : (part + 1) * each], tmp_path)


def test_the_command_says_the_same_with_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "gone-wrong.toml"
    for number in range(150):
        file.write_bytes(mutations.gone_wrong(number))
        code, found = main.exit_code(["check", str(file)]), read(file)
        out, err = capsys.readouterr()
        if isinstance(found, Scenario):
            assert (code, err) == (0, "")
        else:
            assert (code, out) == (2, "")
            assert all(str(problem) in err for problem in found)


@settings(max_examples=300, deadline=None, database=None)
@given(
    st.binary(max_size=400) | st.text(max_size=300).map(lambda text: text.encode(errors="replace"))
)
def test_any_bytes_are_read_or_refused(tmp_path_factory: Any, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "bytes.toml"
    file.write_bytes(content)
    found = read(file)
    assert isinstance(found, Scenario) or all(fit_to_print(problem, file) for problem in found)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.binary(max_size=3)
    | st.dates() | st.sampled_from(["external", "internal", "demand", "seminar", "staff"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from([*KEYS, "kind", "week", "units", "site", "activities", "events"])
        | st.text(max_size=5) | st.integers(), inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
KEY = st.sampled_from(
    [*KEYS, "site", "activities", "events", "extends", "name", "activities.1.hours"]
)


@settings(max_examples=400, deadline=None, database=None)
@given(st.dictionaries(KEY | st.text(max_size=9), ANYTHING, max_size=5), st.booleans())
def test_any_mapping_is_read_or_refused(given_: dict[Any, Any], as_source: bool) -> None:
    try:
        with no_hanging():
            load(given_) if as_source else load("internal", given_)
    except ScenarioError as error:
        assert error.problems
        assert all(str(problem).isprintable() for problem in error.problems)


# --- every problem is told where it is ------------------------------------------------------------


@pytest.mark.parametrize("number", range(60))
def test_wrong_values_are_told_with_line_key_and_range(number: int, tmp_path: Path) -> None:
    chance = random.Random(number)
    rows = load("internal").to_toml().split("\n")
    rows = rows[: rows.index("[[activities]]")]
    section, places = "", {}
    for line, row in enumerate(rows, 1):
        section = row.strip("[]") if row.startswith("[") else section
        if section and " = " in row and not row.startswith("#"):
            places[f"{section}.{row.partition(' = ')[0]}"] = line
    assert places.keys() == KEYS.keys()
    wrong = dict.fromkeys(chance.sample([*KEYS], 12), "")
    for key in wrong:
        beyond = str(2 * int(PARAMETERS[key].maximum) + 3) if key in PARAMETERS else '"nobody"'
        wrong[key] = chance.choice([beyond, "nan", "true", "[]", '"no"', "-1e6"])
        rows[places[key] - 1] = f"{key.partition('.')[2]} = {wrong[key]}"
    file = tmp_path / "wrong.toml"
    file.write_text("\n".join(rows))
    found = read(file)
    assert isinstance(found, list)
    single = {problem.key: problem for problem in found if problem.key in wrong}
    assert single.keys() == wrong.keys()
    for key, problem in single.items():
        assert (problem.file, problem.line) == (str(file), places[key])
        assert problem.allowed == KEYS[key].allowed
        if key in PARAMETERS and PARAMETERS[key].unit != "1":
            assert PARAMETERS[key].unit in (problem.allowed or "")


# --- the scenario itself --------------------------------------------------------------------------


def test_every_value_counts_in_the_digest() -> None:
    base, seen = load("internal"), set()
    for key, parameter in PARAMETERS.items():
        value = base[key]
        assert not isinstance(value, str)
        step = 1 if parameter.kind == "int" else 1e-9
        for other in (value + step, value - step):
            try:
                seen.add(base.replace({key: other}).digest)
                break
            except ScenarioError:
                continue
        else:
            pytest.fail(f"{key} cannot be changed")
    assert len(seen) == len(PARAMETERS)
    assert base.digest not in seen


def test_labels_count_in_the_digest_and_names_do_not() -> None:
    base = load("internal")
    for key in ("site.setting", "programme.driver", "programme.package"):
        other = next(word for word in CHOICES[key].options if word != base[key])
        assert base.replace({key: other}).digest != base.digest
    assert base.replace(name="x", title="y").digest == base.digest
    assert base.replace({"activities.1.name": "other"}).digest == base.digest
    assert base.replace({"activities.1.hours": 0.1}).digest != base.digest


def test_digest_is_that_of_the_content_as_json() -> None:
    content = load("external").content()
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert load("external").digest == load("external").digest


@pytest.mark.parametrize("how", ["file", "mapping", "scenario", "pickle", "pieces"])
def test_one_scenario_on_every_way(how: str, tmp_path: Path) -> None:
    base = load("internal")
    file = tmp_path / "a.toml"
    file.write_text(base.to_toml(), encoding="utf-8")
    ways: dict[str, Any] = {
        "file": lambda: load(file),
        "mapping": lambda: load(base.to_dict()),
        "scenario": lambda: load(base),
        "pickle": lambda: pickle.loads(pickle.dumps(base)),
        "pieces": lambda: load(
            {"extends": ["parts/site-home-care", "parts/package-competence", "parts/driver-internal"]},
            study_case="internal", name="internal", title=base.title,
        ),
    }  # fmt: skip
    assert ways[how]() == base
    assert ways[how]().digest == base.digest
    assert hash(ways[how]()) == hash(base)


def test_a_scenario_is_never_changed_by_a_change() -> None:
    base = load("internal")
    before = base.to_dict()
    base.replace(pressure=1.2)
    base.to_dict()["activities"].clear()
    base.content()["activities"].clear()
    assert base.to_dict() == before


def test_values_go_by_dotted_key_or_short_name() -> None:
    scenario = load("internal")
    assert scenario["pressure"] == scenario["workload.pressure"]
    assert scenario["target"] == scenario["programme.target"]
    for wrong in ("presure", "workload", ""):
        with pytest.raises(KeyError):
            scenario["no " + wrong]


def test_nobody_takes_a_scenario_for_a_list() -> None:
    with pytest.raises(TypeError):
        iter(load("internal"))  # type: ignore[call-overload]
