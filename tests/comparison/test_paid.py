"""Hours that are paid for, in the table of a comparison: known where a plan fixes them, and never lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import qisim
from qisim.comparison.paid import IN_ALL
from qisim.comparison.wording import render_tables
from qisim.model.outcomes import PAID_OUTCOMES
from qisim.output.paid_hours import paid_hours

WEEKS, LENGTH = 156, 156
SITE = {"units": 1, "staff_per_unit": 8, "teams_per_unit": 1, "champions_per_unit": 1}
HOURS = [name for name in PAID_OUTCOMES if name != "paid_cost"]
"""Paid outcomes of plans without prices."""
PRICES = {"staff": 400, "leader": 600, "facilitator": 1500, "cover": 500}
TALK = {"kind": "seminar", "week": 5, "hours": 2, "audience": "staff", "led_by": "nobody"}


def plan(programme: dict | None = None, leadership: dict | None = None, **more: object) -> dict:
    """A programme that runs as long as the run, of one meeting."""
    return {
        "site": SITE, "run": {"weeks": WEEKS}, "activities": [TALK],
        "programme": {"length_weeks": LENGTH, "champion_from_week": 1, **(programme or {})},
        "leadership": {"champion_hours": 0.0, **(leadership or {})}, **more,
    }  # fmt: skip


def rows(found: pd.DataFrame) -> dict[str, dict]:
    return {row["outcome"]: row for row in found.to_dict("records")}


@pytest.fixture(scope="module")
def facilitated() -> qisim.Comparison:
    """The same plan without and with a facilitator of 40 hours a week over 78 weeks."""
    hired = plan({"facilitator_weeks": 78, "facilitator_hours": 40.0})
    return qisim.compare({**plan(), "name": "without"}, {**hired, "name": "with"}, replicates=12)


def test_3120_hours_of_a_facilitator_are_no_difference_too_small_to_matter(facilitated) -> None:
    found = rows(facilitated.differences())
    hired = found["paid_facilitator"]
    assert (hired["base_mean"], hired["other_mean"], hired["difference"]) == (0.0, 3120.0, 3120.0)
    assert hired["low"] == hired["high"] == 3120.0
    assert hired["verdict"] == "with costs more"
    everything = found[IN_ALL]
    assert everything["verdict"] == "with costs more"
    assert everything["low"] <= everything["difference"] <= everything["high"]
    writing = found["documentation_hours"]["difference"]
    assert everything["difference"] == pytest.approx(3120.0 + writing)
    worked = found["programme_hours"]
    assert worked["difference"] < 3120.0 / 4  # the row on which the facilitator does not show


def test_the_terminal_shows_them(facilitated) -> None:
    import io

    from rich.console import Console

    console = Console(width=110, file=io.StringIO())
    for table in render_tables(facilitated.differences(), 110):
        console.print(table)
    line = next(x for x in console.file.getvalue().splitlines() if "Paid: facilitator" in x)
    assert "3,120" in line and "fixed" in line and "with costs more" in line


def test_702_hours_allotted_to_a_nurse_count_though_fewer_are_used() -> None:
    given = plan(leadership={"champion_hours": 4.5})
    found = rows(
        qisim.compare({**plan(), "name": "a"}, {**given, "name": "b"}, replicates=8).differences()
    )
    assert found["paid_allotted"]["difference"] == pytest.approx(4.5 * WEEKS) == 702.0
    done = found["programme_hours"]["difference"] + found["documentation_hours"]["difference"]
    assert done < 702.0
    assert found["paid_allotted"]["verdict"] == "b costs more"


def test_hours_of_two_plans_that_pay_the_same_do_not_differ() -> None:
    alike = qisim.compare({**plan(), "name": "a"}, {**plan(), "name": "b"}, replicates=8)
    found = rows(alike.differences())
    for name in HOURS:
        assert found[name]["difference"] == 0.0
        assert found[name]["verdict"].startswith("no difference in any pair")


def test_wards_of_different_size_get_no_verdict_on_paid_hours() -> None:
    larger = {**plan(), "site": {**SITE, "staff_per_unit": 12}, "name": "b"}
    found = rows(qisim.compare({**plan(), "name": "a"}, larger, replicates=8).differences())
    assert all(found[name]["verdict"].startswith("not comparable") for name in HOURS)
    assert found["paid_released"]["difference"] == 4 * TALK["hours"]


def test_at_sites_that_differ_hours_differ_and_have_an_interval() -> None:
    more = plan({"facilitator_weeks": 10, "facilitator_hours": 4.0}, {"leader_hours": 2.0})
    pair = [{**plan(leadership={"leader_hours": 0.5}), "name": "a"}, {**more, "name": "b"}]
    assert rows(qisim.compare(*pair, replicates=8).differences())["paid_allotted"]["low"] == (
        1.5 * WEEKS
    )
    like = qisim.compare({**plan(), "name": "a"}, {**more, "leadership": plan()["leadership"], "name": "b"},
                         replicates=12, sites=6)  # fmt: skip
    hours, table = like.paid_hours().set_index(["scenario", "kind"])["hours"], like.differences()
    allotted = rows(table)["paid_allotted"]
    assert hours["a", "allotted"] == pytest.approx(allotted["base_mean"])
    one_site = paid_hours(qisim.load(plan()), 0.0)["allotted"]
    assert allotted["base_mean"] != one_site  # the sites' leaders have other hours than this one's
    assert allotted["difference"] == 0.0
    assert rows(table)["paid_facilitator"]["low"] == 40.0


def test_a_smallest_difference_goes_by_the_label_of_the_table() -> None:
    pair = [
        {**plan(), "name": "a"},
        {**plan({"facilitator_weeks": 10, "facilitator_hours": 4.0}), "name": "b"},
    ]
    found = rows(
        qisim.compare(*pair, replicates=8, matters={"Paid: facilitator": 41}).differences()
    )
    assert found["paid_facilitator"]["verdict"] == "no difference that matters"


def test_a_comparison_that_stops_itself_has_an_interval_that_holds_at_every_look() -> None:
    hired = {**plan({"facilitator_weeks": 10, "facilitator_hours": 20.0}), "name": "b"}
    found = rows(
        qisim.compare(
            {**plan(), "name": "a"}, hired, replicates=60, until_decided=True
        ).differences()
    )
    written = found["documentation_hours"]
    for end in ("low", "high"):
        assert np.isclose(found[IN_ALL][end], 200.0 + written[end])


@pytest.mark.parametrize("until_decided", [False, True])
def test_kroner_have_an_interval_that_follows_from_hours_and_prices(until_decided: bool) -> None:
    hired = {
        **plan({"facilitator_weeks": 10, "facilitator_hours": 20.0}, prices=PRICES),
        "name": "b",
    }
    without = {**plan(prices=PRICES), "name": "a"}
    found = rows(
        qisim.compare(without, hired, replicates=40, until_decided=until_decided).differences()
    )
    written, cost = found["documentation_hours"], found["paid_cost"]
    for end in ("low", "difference", "high"):
        expected = 1500 * 200.0 + 400 * written[end]
        assert cost[end] == pytest.approx(expected)
    assert cost["verdict"].startswith("b costs more")


def test_without_a_price_of_every_hour_there_is_no_row_in_kroner() -> None:
    some = {**plan(prices={"leader": 600}), "name": "a"}
    both = qisim.compare(some, {**plan(prices=PRICES), "name": "b"}, replicates=8)
    assert "paid_cost" not in rows(both.differences())
