"""Whether a plan pays: payoffs that add up, nothing assumed, doing nothing always among the options."""

import json
import math

import numpy as np
import pytest
from worlds import small

from qisim.decide.plan_options import NOTHING, UNSEEN
from qisim.decide.worth import AS_IT_IS, worth
from qisim.errors import InputError
from qisim.output.paid_hours import paid_hours

PRICES = {"staff": 400.0, "leader": 500.0, "facilitator": 900.0, "cover": 450.0}


def asked(plan=None, **more):
    return worth(plan or small(), **{"replicates": 200, "vary": ["context"], **more})


@pytest.fixture(scope="module")
def declared():
    return asked(small({"prices": {**PRICES, "week_of_use": 2.0}}))


def test_doing_nothing_is_among_the_options_and_pays_nothing(declared):
    row = declared.table("options").set_index("option").loc[NOTHING]
    assert (row[["weeks_of_use", "hours", "kroner", "payoff", "payoff_kroner"]] == 0).all()


def test_payoffs_are_the_worth_of_use_less_what_is_paid(declared):
    rows = declared.table("options").set_index("option")
    assert rows["payoff"].to_numpy() == pytest.approx(2.0 * rows["weeks_of_use"] - rows["hours"])
    assert rows["payoff_kroner"].to_numpy() == pytest.approx(
        800.0 * rows["weeks_of_use"] - rows["kroner"]
    )
    paid_for = rows.drop(index=NOTHING)
    assert (paid_for["payoff_kroner_low"] < paid_for["payoff_kroner"]).all()
    assert (paid_for["payoff_kroner"] < paid_for["payoff_kroner_high"]).all()
    assert rows["payoff"].is_monotonic_decreasing
    plan = small()
    fixed = paid_hours(plan, 0.0)
    assert rows.loc[AS_IT_IS, "hours"] >= math.fsum(fixed.values())
    even = rows.loc[AS_IT_IS]
    assert even["break_even"] == pytest.approx(even["hours"] / even["weeks_of_use"])


def test_where_use_is_worth_nothing_doing_nothing_pays_best():
    found = asked(week_of_use=0.0)
    assert "doing nothing pays best" in found.title
    assert "nothing to learn" in " ".join(found.sentences)
    assert not found.table("information")["above"].any()


def test_where_use_is_worth_a_fortune_the_plan_pays_everywhere():
    rows = asked(week_of_use=1_000.0).table("options").set_index("option")
    assert rows.loc[AS_IT_IS, "pays_in"] > 0.9
    assert rows.index[-1] == NOTHING


def test_without_a_worth_nothing_is_assumed():
    found = asked()
    assert "information" not in found.tables
    assert found.table("options")["payoff"].isna().all()
    assert "week of use is worth" in found.title
    assert any("not declared" in sentence for sentence in found.sentences)


def test_a_missing_price_leaves_kroner_out():
    found = asked(small({"prices": {"staff": 400.0}}), week_of_use=1.0)
    rows = found.table("options").set_index("option")
    assert np.isnan(rows.loc[AS_IT_IS, "payoff_kroner"])
    assert not any(
        "nan" in cell for one in found.tables.values() for row in one.cells for cell in row
    )


def test_the_folder_holds_what_is_said(tmp_path):
    asked(week_of_use=1.0, out=tmp_path / "worth")
    made = json.loads((tmp_path / "worth" / "manifest.json").read_text())
    assert {"options.csv", "information.csv", "screened.csv", "report.html"} <= set(made["files"])
    assert made["settings"]["week_of_use"] == 1.0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"replicates": 10}, "200 or more"),
        ({"week_of_use": -1.0}, "0 to 1000 h"),
        ({"vary": ["contxt"]}, "did you mean"),
        ({"plan": small({"programme.length_weeks": 0, "programme.facilitator_weeks": 0, "activities": []})},
         "no programme"),
    ],
)  # fmt: skip
def test_wrong_input_is_refused(given, said):
    with pytest.raises(InputError, match=said):
        asked(**given)


@pytest.mark.parametrize("week_of_use", [2.0, 4.0, 8.0])
def test_where_less_writing_pays_best_it_is_said_what_the_model_does_not_know_of_it(week_of_use):
    found = asked(small({"tool.documentation_hours": 1.5}), week_of_use=week_of_use)
    best = found.table("options")["option"].iloc[0]
    assert (UNSEEN["tool.documentation_hours"] in found.sentences) == (
        "documentation hours" in best
    )
