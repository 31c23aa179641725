"""What the values of a scenario must mean together."""

from __future__ import annotations

from typing import Any

import pytest

from qisim import load
from qisim.errors import Problem, ScenarioError
from qisim.scenario.checks import MAX_OCCURRENCES, MAX_POSTS


def problems(source: Any = None, **overrides: Any) -> list[Problem]:
    """Return what is wrong with a scenario; nothing at all is a list without entries."""
    try:
        load(source or {}, overrides)
    except ScenarioError as error:
        return error.problems
    return []


def activity(**fields: Any) -> dict[str, Any]:
    """Return a scenario with one activity, led by nobody unless somebody is named."""
    line = {"kind": "seminar", "week": 3, "hours": 1.0, "led_by": "nobody", **fields}
    return {"programme": {"length_weeks": 20}, "activities": [line]}


FINE: dict[str, dict[str, Any]] = {
    "shares add up to one": {"nurse_share": 0.6, "unschooled_share": 0.4},
    "shares add up but for rounding": {"nurse_share": 0.7, "unschooled_share": 0.1 + 0.2},
    "smallest site": {"units": 1, "staff_per_unit": 4, "teams_per_unit": 4},
    "largest site": {"units": 8, "staff_per_unit": MAX_POSTS // 8},
    "as many teams as posts": {"staff_per_unit": 12, "teams_per_unit": 12},
    "all posts full": {"full_time_share": 1.0, "mean_post": 1.0},
    "part-time posts as small as can be": {"full_time_share": 0.5, "mean_post": 0.55},
    "nobody without education": {"unschooled_share": 0.0, "unschooled_turnover_ratio": 4.0},
    "all leavers are unschooled": {"unschooled_share": 0.5, "unschooled_turnover_ratio": 2.0},
    "fades at what it begins at": {"begun_at": 0.05, "faded_at": 0.05},
    "programme in the last week": {"weeks": 10, "start_week": 10, "length_weeks": 5},
    "no programme, whatever its start": {"weeks": 10, "start_week": 11, "length_weeks": 0},
    "facilitator to the end": {"length_weeks": 20, "facilitator_weeks": 20},
    "champion in the last week": {"length_weeks": 20, "champion_from_week": 20},
}

WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "shares beyond one": ({"nurse_share": 0.6, "unschooled_share": 0.5}, "site.nurse_share", "0 to 0.5"),
    "too few posts": (
        {"units": 1, "staff_per_unit": 3}, "site.staff_per_unit", "whole number from 4 to 300 posts",
    ),
    "too many posts": (
        {"units": 8, "staff_per_unit": 51}, "site.staff_per_unit", "4 to 400 posts in the whole site",
    ),
    "empty teams": ({"staff_per_unit": 5, "teams_per_unit": 6}, "site.teams_per_unit", "1 to 5 teams"),
    "posts below full-time ones": (
        {"full_time_share": 0.5, "mean_post": 0.54}, "site.mean_post", "0.55 to 1",
    ),
    "more leavers than leave": (
        {"unschooled_share": 0.5, "unschooled_turnover_ratio": 2.1},
        "workforce.unschooled_turnover_ratio", "at most 2",
    ),
    "fades before it begins": (
        {"begun_at": 0.05, "faded_at": 0.06}, "fates.faded_at", "0 to 0.05",
    ),
    "programme after the end": ({"weeks": 10, "start_week": 11}, "programme.start_week", "week 1 to 10"),
    "facilitator after the end": (
        {"length_weeks": 20, "facilitator_weeks": 21}, "programme.facilitator_weeks", "0 to 20 weeks",
    ),
    "champion after the end": (
        {"length_weeks": 20, "champion_from_week": 21}, "programme.champion_from_week", "week 1 to 20",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FINE)
def test_values_at_the_edge_are_fine(name: str) -> None:
    assert problems(**FINE[name]) == []


@pytest.mark.parametrize("name", WRONG)
def test_values_beyond_the_edge_are_refused(name: str) -> None:
    overrides, key, allowed = WRONG[name]
    (problem,) = problems(**overrides)
    assert (problem.key, problem.allowed) == (key, allowed)
    assert problem.file == "override"


CALENDAR_FINE: dict[str, dict[str, Any]] = {
    "last week": {"week": 20},
    "repeats to the last week": {"every": 1, "until": 20},
    "repeats once": {"every": 5, "until": 3},
    "name with a number in it": {"name": "Day 3"},
}

CALENDAR_WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "after the programme": ({"week": 21}, "week", "is outside the programme"),
    "repeats after it": ({"every": 2, "until": 21}, "until", "is outside the programme"),
    "ends before it begins": ({"every": 2, "until": 2}, "until", "is before the first occurrence"),
    "repeats for ever": ({"every": 2}, "until", "is missing"),
    "ends but does not repeat": ({"until": 9}, "every", "is missing"),
    "name that is a number": ({"name": "3"}, "name", "has no letters"),
    "name of signs": ({"name": "!?"}, "name", "has no letters"),
    "nobody from outside": ({"led_by": "facilitator"}, "led_by", "not there in week 3"),
}


@pytest.mark.parametrize("name", CALENDAR_FINE)
def test_activities_at_the_edge_are_fine(name: str) -> None:
    assert problems(activity(**CALENDAR_FINE[name])) == []


@pytest.mark.parametrize("name", CALENDAR_WRONG)
def test_activities_beyond_it_are_refused(name: str) -> None:
    fields, key, message = CALENDAR_WRONG[name]
    (problem,) = problems(activity(**fields))
    assert problem.key == f"activities.1.{key}"
    assert message in problem.message


def test_facilitator_leads_while_there() -> None:
    led = activity(led_by="facilitator", every=1, until=6)
    assert problems(led, facilitator_weeks=6) == []
    (late,) = problems(led, facilitator_weeks=5)
    assert "who is not there in week 6" in late.message
    (idle,) = problems(led, facilitator_weeks=6, facilitator_hours=0.0)
    assert "with no hours" in idle.message
    assert idle.allowed == "somebody else"


@pytest.mark.parametrize(
    ("overrides", "why"),
    [
        ({"champions_per_unit": 0}, "has no post"),
        ({"champion_hours": 0.0}, "has no hours"),
        ({"champion_from_week": 4}, "begins in week 4"),
    ],
)
def test_champion_leads_while_there(overrides: dict[str, Any], why: str) -> None:
    led = activity(led_by="driver")
    assert problems(led, lead="champion") == []
    (problem,) = problems(led, lead="champion", **overrides)
    assert why in problem.message
    assert problems(led, lead="leader", **overrides) == []


def test_names_of_activities_differ() -> None:
    lines = [
        {**activity()["activities"][0], "name": name} for name in ("First day", "first-day", "")
    ]
    (problem,) = problems({**activity(), "activities": lines})
    assert problem.key == "activities.2.name"
    assert problem.message == "is the name of another activity"


def test_calendar_has_a_size() -> None:
    line = {
        "kind": "seminar",
        "week": 1,
        "hours": 1.0,
        "every": 1,
        "until": 500,
        "led_by": "nobody",
    }
    lines = [line] * (MAX_OCCURRENCES // 500)
    assert problems({"activities": lines}, length_weeks=520, weeks=520) == []
    more = [*lines, {"kind": "seminar", "week": 1, "hours": 1.0, "led_by": "nobody"}]
    (problem,) = problems({"activities": more}, length_weeks=520, weeks=520)
    assert (problem.key, problem.message) == ("activities", "are held 2001 times in all")


EVENTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "last week": ({"kind": "leader_leaves", "week": 30, "unit": 2}, []),
    "after it": ({"kind": "leader_leaves", "week": 31}, ["week"]),
    "nurse": ({"kind": "champion_leaves", "week": 30, "unit": 2}, []),
    "nurse after it": ({"kind": "champion_leaves", "week": 31}, ["week"]),
    "no such unit": ({"kind": "leader_leaves", "week": 31, "unit": 3}, ["week", "unit"]),
    "one week": ({"kind": "demand", "from_week": 30, "until_week": 30, "factor": 0.0}, []),
    "backwards": (
        {"kind": "demand", "from_week": 9, "until_week": 8, "factor": 1.0},
        ["until_week"],
    ),
    "too long": (
        {"kind": "demand", "from_week": 9, "until_week": 31, "factor": 1.0},
        ["until_week"],
    ),
}


@pytest.mark.parametrize("name", EVENTS)
def test_events_happen_within_the_run(name: str) -> None:
    event, wrong = EVENTS[name]
    site = {"site": {"units": 2, "staff_per_unit": 10}, "run": {"weeks": 30}, "events": [event]}
    assert [problem.key for problem in problems(site)] == [f"events.1.{field}" for field in wrong]


def test_nobody_leaves_who_is_not_there() -> None:
    site = {"site": {"champions_per_unit": 0}, "events": [{"kind": "champion_leaves", "week": 3}]}
    (problem,) = problems(site)
    assert problem.key == "events.1.kind"
    assert "no development nurse" in problem.message


def test_what_was_refused_already_is_not_checked_again() -> None:
    assert [p.key for p in problems(nurse_share=2.0, unschooled_share=0.9)] == [
        "site.nurse_share",
        "workforce.unschooled_turnover_ratio",
    ]


def test_a_problem_stands_where_one_of_its_values_was_set(tmp_path: Any) -> None:
    file = tmp_path / "ward.toml"
    file.write_text("[fates]\n\nbegun_at = 0.01\n")
    (problem,) = problems(str(file))
    assert (problem.file, problem.line, problem.key) == (str(file), 3, "fates.faded_at")


@pytest.mark.parametrize(("extends", "section", "line", "key", "count"), [
    ("internal", "site", "champions_per_unit = 0", "site.champions_per_unit", "6 activities"),
    ("internal", "leadership", "champion_hours = 0", "leadership.champion_hours", "6 activities"),
    ("internal", "programme", 'lead = "facilitator"', "programme.lead", "6 activities"),
    ("blended", "programme", "facilitator_weeks = 10", "programme.facilitator_weeks", "4 activities"),
    ("stress-leader-leaves", "run", "weeks = 10", "run.weeks", "1 event"),
    ("stress-winter-surge", "run", "weeks = 10", "run.weeks", "2 events"),
])  # fmt: skip
def test_what_does_not_go_with_a_shipped_programme_is_told_once_at_ones_own_line(
    tmp_path: Any, extends: str, section: str, line: str, key: str, count: str
) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(f'extends = "{extends}"\n[{section}]\n{line}\n')
    (problem,) = problems(str(file))
    assert (problem.file, problem.line, problem.key) == (str(file), 3, key)
    assert count in problem.message and problem.allowed


def test_what_is_suggested_for_a_ward_without_a_development_nurse_is_fine(tmp_path: Any) -> None:
    file = tmp_path / "plan.toml"
    text = 'extends = "internal"\n[site]\nchampions_per_unit = 0\n'
    file.write_text(text)
    assert 'programme.lead = "leader"' in str(problems(str(file))[0].allowed)
    file.write_text(f'{text}[programme]\nlead = "leader"\n')
    assert problems(str(file)) == []


def test_problems_of_ones_own_activities_stand_where_these_are(tmp_path: Any) -> None:
    file = tmp_path / "plan.toml"
    own = '[[activities]]\nkind = "seminar"\nweek = 3\nhours = 1\nled_by = "champion"\n'
    file.write_text(f'extends = "internal"\n[site]\nchampions_per_unit = 0\n{own}')
    (problem,) = problems(str(file))
    assert (problem.file, problem.line) == (
        str(file),
        8,
    ) and "led by the champion" in problem.message
