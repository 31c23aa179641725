"""Activities and events, as a scenario holds them."""

from __future__ import annotations

import pytest

from qisim.model.calendar import EVENTS, Activity, DemandSurge, LeaderLeaves, short_name


@pytest.mark.parametrize(
    ("every", "until", "weeks"),
    [
        (None, None, [5]),
        (1, 7, [5, 6, 7]),
        (2, 8, [5, 7]),
        (3, 5, [5]),
        (9, 13, [5]),
        (9, 14, [5, 14]),
    ],
)
def test_is_held_in_these_weeks(every: int | None, until: int | None, weeks: list[int]) -> None:
    assert [*Activity("seminar", 5, 1.0, every=every, until=until).weeks()] == weeks


def test_gives_back_the_fields_that_say_something() -> None:
    activity = Activity("seminar", 5, 1.0, places=3, protected=0.0, name="First")
    assert activity.to_dict() == {
        "kind": "seminar", "name": "First", "week": 5, "hours": 1.0, "audience": "target",
        "led_by": "driver", "who": "all", "places": 3, "protected": 0.0,
    }  # fmt: skip
    assert "name" not in Activity("seminar", 5, 1.0).to_dict()


@pytest.mark.parametrize(
    "event",
    [LeaderLeaves(3), LeaderLeaves(3, unit=2), DemandSurge(1, 4, 1.2), DemandSurge(1, 4, 0.0)],
)
def test_event_comes_back_from_its_fields(event: LeaderLeaves | DemandSurge) -> None:
    fields = event.to_dict()
    assert next(iter(fields)) == "kind"
    assert EVENTS[fields.pop("kind")](**fields) == event


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("First workshop", "first-workshop"), ("Ærlig — øving!", "ærlig-øving"), ("a_b.c", "a-b-c"),
        ("STRASSE ß", "strasse-ss"), ("!!", ""), ("", ""), ("3", "3"), ("--x--", "x"),
    ],
)  # fmt: skip
def test_names_are_shortened_as_people_type_them(name: str, short: str) -> None:
    assert short_name(name) == short
    assert short_name(short) == short
