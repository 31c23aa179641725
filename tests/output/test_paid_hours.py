"""Paid hours: known answers from a calendar, and what they cost."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import qisim
from qisim.errors import ScenarioError
from qisim.output.paid_hours import paid_cells, paid_hours, paid_in_runs, paid_table

PRICES = {"staff": 400, "leader": 600, "facilitator": 1500, "cover": 500}


def plan(**more: object) -> qisim.Scenario:
    """A programme of 40 weeks in a run of 60: ten posts, one leader, two development nurses."""
    return qisim.load({
        "site": {"units": 1, "staff_per_unit": 10, "teams_per_unit": 1, "champions_per_unit": 2},
        "workforce": {"staff_turnover": 0.52},
        "run": {"weeks": 60},
        "programme": {"length_weeks": 40, "facilitator_weeks": 30, "facilitator_hours": 4,
                      "champion_from_week": 11, "protected_time": 0.5},
        "leadership": {"leader_hours": 2, "leader_hours_after": 0.5, "champion_hours": 3,
                       "champion_hours_after": 0.25},
        "activities": [{"kind": "seminar", "week": 5, "hours": 2, "audience": "staff", "led_by": "nobody"}],
        **more,
    })  # fmt: skip


def test_hours_that_can_be_reckoned_by_hand() -> None:
    found = paid_hours(plan(), writing=70.0)
    assert found["facilitator"] == 30 * 4
    assert found["allotted"] == pytest.approx(2 * (40 + 20 * 0.5) + 2 * 3 * (30 + 20 * 0.25))
    assert (found["released"], found["cover"]) == (10 * 2, 10)
    assert found["writing"] == 70.0


def test_a_facilitator_after_the_last_week_is_not_paid() -> None:
    short = plan(run={"weeks": 20})
    assert paid_hours(short, 0.0)["facilitator"] == 20 * 4


def test_a_facilitator_who_hands_over_is_paid_until_then() -> None:
    one = plan().replace({"handover_use": 0.01, "handover_weeks": 1.0, "baseline": 0.9})
    result = qisim.run(one, replicates=16)
    table = result.paid_hours().set_index("kind")["hours"]
    weeks = result.runs["outside_weeks"]
    assert weeks.max() < 30
    assert table["facilitator"] == pytest.approx(4 * weeks.mean())
    hours, _ = paid_in_runs(one, {}, np.zeros(2), np.array([0.0, 10.0]))
    assert hours[1] - hours[0] == 40.0
    assert hours[0] == pytest.approx(math.fsum(paid_hours(one, 0.0, 0.0).values()))


def test_only_so_many_come_as_there_are_places_or_newcomers() -> None:
    line = {"kind": "refresher", "week": 11, "hours": 1, "audience": "staff", "led_by": "nobody"}
    few = plan(activities=[{**line, "places": 4}])
    assert paid_hours(few, 0.0)["released"] == 4
    fresh = plan(activities=[{**line, "who": "untrained", "every": 10, "until": 31}])
    assert paid_hours(fresh, 0.0)["released"] == pytest.approx(0.1 * (11 + 10 + 10))


def test_leaders_activities_release_no_staff() -> None:
    line = {"kind": "workshop", "week": 5, "hours": 4, "audience": "leaders", "led_by": "nobody"}
    assert paid_hours(plan(activities=[line]), 0.0)["released"] == 0.0


def test_what_a_facilitator_costs_is_seen_though_nobody_works_an_hour_more() -> None:
    """The 3,120 hours of a facilitator that a comparison of hours worked does not show."""
    without = plan(programme={"length_weeks": 40, "champion_from_week": 11})
    more = paid_hours(plan(), 0.0)["facilitator"] - paid_hours(without, 0.0)["facilitator"]
    assert more == 120


def runs_of(*names: str) -> pd.DataFrame:
    rows = [(n, r, "ok", 100.0 + r, 10.0) for n in names for r in (0, 1)]
    columns = ["scenario", "replicate", "status", "programme_hours", "documentation_hours"]
    return pd.DataFrame(rows, columns=columns)


def test_kroner_need_a_price_of_every_kind_that_has_hours() -> None:
    full, part = plan(prices=PRICES), plan(prices={"staff": 400})
    scenarios = {"full": full.to_dict(), "part": part.to_dict(), "none": plan().to_dict()}
    table = paid_table(scenarios, runs_of(*scenarios)).set_index(["scenario", "kind"])
    hours = paid_hours(full, 10.0)
    expected = (
        1500 * hours["facilitator"] + 600 * hours["allotted"] + 400 * (hours["released"] + 10)
        + 500 * hours["cover"]
    )  # fmt: skip
    assert table.loc[("full", "paid"), "kroner"] == pytest.approx(expected)
    assert table.loc[("part", "released"), "kroner"] == 400 * hours["released"]
    assert np.isnan(table.loc[("part", "paid"), "kroner"])
    assert table.loc["none", "kroner"].isna().all()
    assert table.loc[("full", "done"), "hours"] == pytest.approx(110.5)
    cells = paid_cells(table.reset_index())[1]
    assert ["Kroner in all", f"{expected:,.0f} kr", "–", "–"] in cells


def test_prices_are_of_the_file_and_not_of_the_model(tmp_path: Path) -> None:
    assert plan(prices=PRICES).digest == plan().digest
    (tmp_path / "site.toml").write_text("format = 1\n[site]\nunits = 1\n[prices]\ncover = 500\n")
    (tmp_path / "a.toml").write_text('format = 1\nextends = ["internal", "site.toml"]\n')
    own = qisim.load(tmp_path / "a.toml")
    assert dict(own.prices) == {"cover": 500}
    (tmp_path / "again.toml").write_text(own.to_toml())
    assert dict(qisim.load(tmp_path / "again.toml").prices) == {"cover": 500}
    assert dict(own.replace(pressure=1.1).prices) == {"cover": 500}


@pytest.mark.parametrize(
    ("prices", "said"), [({"stafff": 1}, "staff"), ({"staff": -1}, "100000"), (5, "not a table")]
)
def test_wrong_prices_are_refused_in_words(prices: object, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        plan(prices=prices)
