"""A scenario as text: nothing is lost on the way out and in again."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from random_worlds import strange_world

from qisim import Scenario, load
from qisim.model.parameters import PARAMETERS
from qisim.scenario.export import full_text, starter_text, toml_value
from qisim.scenario.fields import CHOICES, KEYS
from qisim.scenario.scenario import shipped


def written(scenario: Scenario, folder: Path) -> Scenario:
    """Return a scenario as it comes back from a file."""
    file = folder / "again.toml"
    file.write_bytes(full_text(scenario).encode())
    return load(file)


@pytest.mark.parametrize("name", shipped())
def test_shipped_scenarios_come_back(name: str, tmp_path: Path) -> None:
    scenario = load(name)
    again = written(scenario, tmp_path)
    assert again == scenario
    assert again.digest == scenario.digest


@pytest.mark.parametrize("seed", range(40))
def test_strange_scenarios_come_back_to_the_last_bit(seed: int, tmp_path: Path) -> None:
    scenario = strange_world(seed)
    again = written(scenario, tmp_path)
    assert again == scenario
    assert load(scenario.to_dict()) == scenario
    assert again.digest == load(scenario.to_dict()).digest == scenario.digest


@pytest.mark.parametrize("name", ['quo"te', "back\\slash", "æøå 看護 🏥", "'x'", "#", "a = 1", "]"])
def test_names_come_back(name: str, tmp_path: Path) -> None:
    scenario = load("internal", name=name, title=name).replace({"activities.1.name": name + "s"})
    again = written(scenario, tmp_path)
    assert (again.name, again.title, again.activities[0].name) == (name, name, name + "s")


def test_full_text_says_all_about_every_value() -> None:
    text = full_text(load("internal", pressure=1.1))
    for key in KEYS:
        assert (CHOICES.get(key) or PARAMETERS[key]).meaning in text
    assert "set in override" in text
    assert "set in parts/driver-internal" in text
    assert tomllib.loads(text)["workload"]["pressure"] == 1.1


@pytest.mark.parametrize("name", shipped())
def test_starter_is_its_base_until_it_is_changed(name: str, tmp_path: Path) -> None:
    base, file = load(name), tmp_path / "mine.toml"
    file.write_text(starter_text(base, "mine", name), encoding="utf-8")
    mine = load(file)
    assert mine.name == "mine"
    assert mine.digest == base.digest


def test_a_starter_holds_the_whole_calendar_and_says_that_it_replaces() -> None:
    text = starter_text(load("internal"), "mine", "internal")
    assert text.count("# [[activities]]") == len(load("internal").activities)
    assert "A file's own activities replace ALL of those" in text
    surge = load("stress-winter-surge")
    assert starter_text(surge, "x", "stress-winter-surge").count("# [[events]]") == 2
    assert starter_text(load("no-programme"), "x", "no-programme").count("# [[activities]]") == 1


def test_every_commented_line_of_a_starter_may_be_taken_into_force(tmp_path: Path) -> None:
    base, file = load("external"), tmp_path / "mine.toml"
    text = starter_text(base, "mine", "external")
    taken = re.sub(r"^# (?=[a-z_]+ = |\[\[)", "", text, flags=re.MULTILINE)
    assert taken.count("\n# ") < text.count("\n# ") - 40
    file.write_text(taken, encoding="utf-8")
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    assert len(data["activities"]) == len(base.activities) > 1 and len(data["events"]) == 1
    mine = load(file)
    assert mine.activities == base.activities
    assert mine.values == base.values
    assert mine.choices == base.choices


@pytest.mark.parametrize("value", [
    'a "b" \\ c\n\t\x1b\x85 å 🏥', "", 1e-7, 1e22, 0.1, -2.5, float("inf"), 3, -4, True, ["x", "y"],
])  # fmt: skip
def test_a_value_as_toml_reads_back(value):
    found = tomllib.loads(f"k = {toml_value(value)}")["k"]
    assert found == value and type(found) is type(value)
