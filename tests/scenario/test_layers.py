"""Layers are read strictly, key by key, and everything that is wrong is noted with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qisim import load
from qisim.errors import Problem, ScenarioError
from qisim.scenario.layers import MAX_ENTRIES, SHOWN, as_table


def refused(source: Any, overrides: Any = None) -> list[Problem]:
    """Return the problems of a scenario, which must have some."""
    with pytest.raises(ScenarioError) as caught:
        load(source, overrides)
    return caught.value.problems


MANY = """\
format = 2
titel = "x"
[site]
units = 0
staff_per_unit = 12.5
[workfroce]
a = 1
[workload]
presure = 1.1
cover = nan
pressure = "high"
plan_gain = 0.3
[programme]
target = "leader"
[[activities]]
kind = "workshp"
week = 0
[[activities]]
kind = "seminar"
week = 1
hours = 1.0
length = 3
[[events]]
kind = "demand"
from_week = 1
unit = 2
[[events]]
week = 3
[run]
weeks = 1_000_000_000_000_000_000_000
"""

FOUND = {
    ("format", 1): ("is out of range", 2, None),
    ("titel", 2): ("is not a known key", None, "title"),
    ("site.units", 4): ("is out of range", 0, None),
    ("site.staff_per_unit", 5): ("is not a whole number", 12.5, None),
    ("workfroce", 6): ("is not a known key", None, "workforce"),
    ("workload.presure", 9): ("is not a known key", None, "workload.pressure"),
    ("workload.pressure", 11): ("is not a number", "high", None),
    ("workload.plan_gain", 12): ("belongs under [social]", None, "social.plan_gain"),
    ("programme.target", 14): ("is not one of the words allowed", "leader", "leaders"),
    ("activities.1.kind", 16): ("is not one of the words allowed", "workshp", "workshop"),
    ("activities.1.week", 17): ("is out of range", 0, None),
    ("activities.1.hours", 15): ("is missing", None, None),
    ("activities.2.length", 22): ("is not a known key", None, None),
    ("events.1.unit", 26): ("is not a known key", None, None),
    ("events.1.until_week", 23): ("is missing", None, None),
    ("events.1.factor", 23): ("is missing", None, None),
    ("events.2.kind", 27): ("is missing", None, None),
    ("run.weeks", 30): ("is out of range", "a number of more than 18 digits", None),
}


def test_every_problem_of_a_file_is_listed_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "many.toml"
    file.write_text(MANY)
    problems = refused(str(file))
    found = {
        (p.key, p.line): (p.message, p.value, p.nearest) for p in problems if p.value == p.value
    }
    assert found == FOUND
    (nan,) = [problem for problem in problems if problem.value != problem.value]
    assert (nan.key, nan.line, nan.message) == ("workload.cover", 10, "is not a finite number")
    assert {problem.file for problem in problems} == {str(file)}
    for problem in problems:
        known = problem.message in ("is not a known key", "belongs under [social]")
        assert known or problem.allowed, problem


@pytest.mark.parametrize(
    ("text", "message", "nearest"),
    [
        ("staff_per_unit = 30", "belongs under [site]", "site.staff_per_unit"),
        ("[leadership]\nchampions_per_unit = 2", "belongs under [site]", "site.champions_per_unit"),
        ("[site]\nStaff_Per_Unit = 30", "is not a known key", "site.staff_per_unit"),
        ("[Site]\nunits = 1", "is not a known key", "site"),
        ("[workforce]\nsickness_absence = 16", "is out of range: 16 %? write 0.16", None),
        ("[workforce]\nsickness_absence = 99", "is out of range", None),
        ("[workforce]\nstaff_turnover = 24", "is out of range: 24 %? write 0.24", None),
        ("[workforce]\nsickness_absence = '0,16'", "is not a number", "0.16"),
        ("[workforce]\nstaff_turnover = '240 %'", "is out of range", None),
        ("[programme]\nlength_weeks = 22%", "is not a number", None),
    ],
)
def test_what_was_meant_is_text(
    tmp_path: Path, text: str, message: str, nearest: str | None
) -> None:
    file = tmp_path / "meant.toml"
    file.write_text(f"format = 1\n{text}\n")
    (problem,) = refused(str(file))
    assert (problem.message, problem.nearest) == (message, nearest)


@pytest.mark.parametrize(
    "given", ["24 %", "24%", "'24 %'", "24,0 %  # a year", "24\N{NO-BREAK SPACE}%"]
)
def test_a_share_may_be_given_in_per_cent(tmp_path: Path, given: str) -> None:
    file = tmp_path / "share.toml"
    file.write_text(f"format = 1\n[workforce]\nstaff_turnover = {given}\n", encoding="utf-8")
    assert load(file)["staff_turnover"] == 0.24
    assert load("external", {"staff_turnover": "7.5 %"})["staff_turnover"] == 0.075


def test_allowed_range_has_its_unit() -> None:
    (problem,) = refused({"run": {"weeks": 0}})
    assert problem.allowed == "whole number from 1 to 520 weeks"


@pytest.mark.parametrize("name", ["site", "activities", "events"])
@pytest.mark.parametrize("value", [1, "x", True, [1], [[]], 1.5, b"ab"])
def test_what_is_no_table_is_refused(name: str, value: Any) -> None:
    problems = refused({name: value})
    assert all(problem.key and problem.key.startswith(name) for problem in problems)


def test_a_long_list_of_problems_is_cut() -> None:
    problems = refused({"site": {f"unknown{number}": 1 for number in range(SHOWN + 50)}})
    assert len(problems) == SHOWN + 1
    assert problems[-1].message == "and 50 more problems"


def test_a_long_list_of_activities_is_refused() -> None:
    line = {"kind": "seminar", "week": 1, "hours": 1.0, "led_by": "nobody"}
    (problem,) = refused({"activities": [line] * (MAX_ENTRIES + 1)})
    assert problem.allowed == f"at most {MAX_ENTRIES} entries"


# --- layers ---------------------------------------------------------------------------------------


def test_later_layers_win_and_lists_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        'title = "A"\nname = "a"\n[site]\nunits = 2\nstaff_per_unit = 20\n'
        "[[events]]\nkind = 'leader_leaves'\nweek = 3\n"
    )
    (tmp_path / "b.toml").write_text("extends = 'a.toml'\nevents = []\n[site]\nunits = 3\n")
    scenario = load(tmp_path / "b.toml")
    assert scenario["units"] == 3
    assert scenario["staff_per_unit"] == 20
    assert scenario.events == ()
    assert (scenario.name, scenario.title) == ("b", "b")
    assert scenario.origins["site.staff_per_unit"] == str(tmp_path / "a.toml")
    assert scenario.origins["site.mean_post"] == "default"


def test_a_refused_value_is_mended_by_a_later_layer(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text("[site]\nunits = 99\n")
    assert [problem.key for problem in refused(str(file), {"units": 2})] == ["site.units"]


# --- overrides ------------------------------------------------------------------------------------


def test_overrides_take_dotted_keys_short_names_and_tables() -> None:
    for overrides in (
        {"pressure": 1.1},
        {"workload.pressure": 1.1},
        {"workload": {"pressure": 1.1}},
    ):
        scenario = load("internal", overrides)
        assert scenario["pressure"] == 1.1
        assert scenario.origins["workload.pressure"] == "override"
        assert scenario.name == "internal"


def test_one_field_of_one_activity_is_changed() -> None:
    base = load("internal")
    for key in ("activities.teaching-seminar.hours", "activities.1.hours"):
        changed = base.replace({key: 7.5})
        assert changed.activities[0].hours == 7.5
        assert changed.activities[1:] == base.activities[1:]


@pytest.mark.parametrize(
    ("key", "value", "message", "nearest"),
    [
        ("activities.teaching-seminr.hours", 3, "names no single entry", "teaching-seminar"),
        ("activities.0.hours", 3, "names no single entry", None),
        ("activities.99.hours", 3, "names no single entry", None),
        ("activities.hours", 3, "names no single entry", None),
        ("activities..", 3, "names no single entry", None),
        ("activities.1.hours", 99, "is out of range", None),
        ("activities.1.hour", 1, "is not a known key", "hours"),
        ("activities.1.", 1, "is not a known key", None),
        ("events.1.week", 1, "names no single entry", None),
        ("workload.presure", 1, "is not a known key", "workload.pressure"),
        ("presure", 1, "is not a known key", "pressure"),
        ("workload.", 1, "is not a table", None),
        ("", 1, "is not a known key", None),
        ("...", 1, "is not a known key", None),
        ("x" * 100_000, 1, "is not a known key", None),
        ("name", 5, "is not text", None),
        ("extends", "external", "cannot be overridden", None),
        ("\ud800", 1, "is not a known key", None),
    ],
)
def test_wrong_overrides_are_refused(
    key: str, value: Any, message: str, nearest: str | None
) -> None:
    (problem,) = refused("internal", {key: value})
    assert message in problem.message
    assert problem.nearest == nearest
    assert problem.file == "override"
    assert str(problem).isprintable()
    assert len(str(problem)) < 1000


@pytest.mark.parametrize("key", [1, None, (), 1.5, b"x"])
def test_keys_that_are_no_text_are_refused(key: Any) -> None:
    assert refused("internal", {key: 1})[0].message == "is not a known key"


@pytest.mark.parametrize("overrides", [[], "a=1", 3, {1, 2}])
def test_overrides_are_a_mapping(overrides: Any) -> None:
    assert "not a mapping" in refused("internal", overrides)[0].message


def test_a_key_given_twice_is_refused() -> None:
    _, _, (problem,) = as_table({"pressure": 1.0, "workload.pressure": 1.1}, "here")
    assert (problem.message, problem.key) == ("is given twice", "workload.pressure")


def test_a_table_that_is_none_beside_one_of_its_keys_is_text():
    found = refused("external", {"site": None, "site.units": None})
    assert [problem.key for problem in found] == ["site.units", "site"]
