"""What is said beside a comparison: the wards, the ends, every setting that is not the same."""

from __future__ import annotations

from typing import Any

import pytest

import qisim
from qisim.comparison.context import (
    assumed,
    concluded,
    differing,
    ends_text,
    settings_table,
    wards_text,
)
from qisim.model.parameters import PARAMETERS
from qisim.scenario.ward import WARD_SECTIONS
from qisim.text import wrapped_name

SURGE = {"kind": "demand", "from_week": 43, "until_week": 52, "factor": 1.25}
LEAVES = {"kind": "leader_leaves", "week": 17}


def full(source: str = "external", **changes: Any) -> dict[str, Any]:
    """Return a scenario in full."""
    return qisim.load(source, changes).to_dict()


def test_different_wards_are_named_in_a_line() -> None:
    base = full("external", events=[LEAVES, SURGE], staff_per_unit=28, sickness_absence=0.16)
    other = full("internal", staff_per_unit=36, sickness_absence=0.117)
    assert wards_text(base, other) == (
        "These plans also run on different wards (staff_per_unit 28 / 36, sickness_absence 0.16 / "
        "0.117, contact 1 / 0.8, 2 events / no events). The difference is not the plan's alone; "
        "--site FILE puts all plans into one ward."
    )


def test_the_same_ward_is_not_talked_about_and_a_label_is_no_difference() -> None:
    assert wards_text(full("external"), full("external-competence")) == ""
    assert wards_text(full(), full(setting="home_care")) == ""


def test_context_outside_the_wards_sections_is_a_difference_of_wards() -> None:
    assert "(contact 1 / 0.8)" in wards_text(full("external"), full("internal"))
    assert "start_week_of_year 10 / 36" in wards_text(full(), full(start_week_of_year=36))


def test_no_more_than_five_differences_are_named() -> None:
    numbers = [key for key in PARAMETERS if key.startswith("workforce.")][:8]
    base = full()
    other = {**base, "workforce": dict(base["workforce"])}
    for key in numbers:
        other["workforce"][key.partition(".")[2]] *= 1.1
    assert "and 3 more" in wards_text(base, other)


def test_where_only_the_ward_differs_it_is_said() -> None:
    told = wards_text(full(), full(cover=0.1, events=[SURGE]))
    assert told.startswith("The plan is the same and the wards differ (cover ")
    assert told.endswith("no events / 1 event): the difference is the wards'.")
    told = wards_text(full(), full(events=[SURGE]))
    assert told == (
        "Plan and ward are the same; what happens there differs (no events / 1 event), "
        "and that makes the difference."
    )
    others = wards_text(full(events=[LEAVES]), full("internal", events=[SURGE]))
    assert ", other events)" in others


def test_ends_are_told_with_the_weeks_that_follow() -> None:
    both = {"external": full("external"), "internal": full("internal")}
    assert ends_text(both) == (
        "external ends in week 52, internal in week 104; the last week, 156, is 104 and 52 weeks after that."
    )
    alike = {"a": full("internal"), "b": full("internal")}
    assert ends_text(alike).startswith("Each programme ends in week 104; the last week, 156, is 52")
    assert ends_text({"none": full("no-programme")}) == ""
    both["internal"] = full("internal", weeks=110)
    assert ends_text(both).endswith("; the runs are not of the same length.")


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("internal", ["internal"]),
        ("stress-high-turnover", ["stress-", "high-", "turnover"]),
        ("my_ward with 3-4 posts", ["my_ward", "with 3-4", "posts"]),
        ("unbreakablelongname-x", ["unbreakabl", "elongname-", "x"]),
    ],
)
def test_names_are_wrapped_at_hyphens(name: str, lines: list[str]) -> None:
    assert wrapped_name(name, 10).split("\n") == lines


def test_what_may_be_concluded_counts_the_assumptions() -> None:
    assert 0 < assumed() < len(PARAMETERS)
    for comparison in (True, False):
        assert f"{assumed()} of {len(PARAMETERS)} numbers" in concluded(comparison)


def test_settings_that_differ_and_only_those() -> None:
    base = full()
    assert settings_table({"a": base, "b": base}) == []
    ((meaning, key, unit, *values),) = settings_table({"a": base, "b": full(pressure=1.25)})
    assert (key, unit, values) == ("workload.pressure", "", ["1", "1.25"])
    assert meaning and key in differing([base, full(pressure=1.25)])


def test_every_event_is_a_row() -> None:
    rows = settings_table({"a": full(events=[SURGE]), "b": full(events=[SURGE, LEAVES, SURGE])})
    assert [row[1] for row in rows] == ["events", "events"]
    assert ("event: leader leaves", "events", "", "none", "kind leader leaves, week 17") in rows


@pytest.mark.parametrize("count", [1, 2])
def test_every_activity_that_was_changed_is_a_row(count: int) -> None:
    edits = {f"activities.{number}.hours": 0.75 for number in range(1, count + 1)}
    rows = settings_table({"a": full(), "b": full(**edits)})
    assert len(rows) == count
    assert all(row[1] == "activities" and "hours 0.75" in row[4] for row in rows)
    assert all(row[0].startswith("activity: ") and "hours 0.75" not in row[3] for row in rows)


def test_a_ward_is_its_site_its_workforce_and_its_workload() -> None:
    assert set(WARD_SECTIONS) < {key.partition(".")[0] for key in PARAMETERS}


def test_a_name_without_a_break_is_broken_all_the_same():
    lines = wrapped_name("x" * 25 + "-y", 10).split("\n")
    assert lines == ["x" * 10, "x" * 10, "xxxxx-y"]


def lost_with(event: str, programme: str) -> tuple[float, float]:
    """Return the share of routine use that an event takes, and the upper end of the difference."""
    found = qisim.compare(programme, event, replicates=200).differences()
    row = found.set_index("outcome").loc["adoption_mean"]
    return -row["difference"] / row["base_mean"], row["high"]


def test_who_leaves_takes_use_along_and_most_where_the_programme_works_through_them() -> None:
    nurse, high = lost_with("stress-champion-leaves", "internal")
    leader, _ = lost_with("stress-leader-leaves", "internal")
    alone, _ = lost_with("stress-leader-leaves-external", "external")
    assert high < 0 < nurse
    assert 0 < leader < 0.5 * alone
