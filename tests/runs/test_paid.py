"""Paid hours and kroner as outcomes of sweeps, of sensitivity and of the function for other tools."""

import math

import numpy as np
import pandas as pd
import pytest
from studies import BASE, OTHER

import qisim
from qisim.errors import InputError
from qisim.model.outcomes import PAID_OUTCOMES
from qisim.output.paid_hours import KINDS, PRICE_OF, paid_hours

PRICES = {"staff": 400.0, "leader": 600.0, "facilitator": 1500.0, "cover": 500.0}
PLAN = {**BASE, "prices": PRICES, "name": "plan"}
MORE = {**OTHER, "prices": PRICES, "name": "more"}
VARY = {
    "programme.facilitator_hours": (1.0, 20.0),
    "leadership.champion_hours": (0.0, 8.0),
    "programme.protected_time": (0.0, 1.0),
    "workforce.staff_turnover": (0.1, 0.5),
    "site.staff_per_unit": {"values": [6, 9]},
}
POINTS = [[4.0, 1.0, 0.5, 0.2, 6], [17.0, 6.0, 0.9, 0.4, 9]]


def by_hand(row, name):
    """Return a paid outcome of a point's first run, from the run and the hours of its scenario."""
    one = qisim.load(PLAN).replace(dict(zip(VARY, row, strict=True)))
    hours = paid_hours(
        one, float(qisim.run(one, replicates=1, seed=1).runs["documentation_hours"][0])
    )
    if name == "paid_cost":
        return math.fsum(hours[kind] * PRICES[PRICE_OF[kind]] for kind in KINDS)
    return math.fsum(hours.values()) if name == "paid_hours" else hours[name.removeprefix("paid_")]


@pytest.mark.parametrize("name", PAID_OUTCOMES)
def test_a_point_pays_for_what_its_scenario_pays_for(name):
    found = qisim.evaluate(POINTS, PLAN, vary=VARY, outcomes=[name], replicates=1)
    assert found == pytest.approx([by_hand(row, name) for row in POINTS])
    assert found[0] != found[1]


def test_tables_of_a_sweep_hold_hours_and_kroner(tmp_path):
    asked = {"scenarios": [PLAN, MORE], "vary": list(VARY)[:2], "runs": {"replicates": 2},
             "design": {"method": "latin", "samples": 3}}  # fmt: skip
    swept = qisim.sweep(asked, out=tmp_path / "out", store=tmp_path / "store")
    table = pd.read_parquet(tmp_path / "out" / "runs.parquet")
    kinds = [f"paid_{kind}" for kind in KINDS if kind != "writing"]
    assert table["paid_hours"].to_numpy() == pytest.approx(
        (table[kinds].sum(axis=1) + table["documentation_hours"]).to_numpy()
    )
    assert table["paid_cost"].notna().all() and table["paid_cost"].nunique() > 3
    points = pd.read_parquet(tmp_path / "out" / "points.parquet")
    assert points["paid_cost"].to_numpy() == pytest.approx(
        table.groupby(["scenario", "point"], sort=False)["paid_cost"].mean().to_numpy()
    )
    summary = {(row["scenario"], row["outcome"]): row for row in swept.summary()}
    of_more = table.loc[table["scenario"] == "more", "paid_cost"]
    assert summary["more", "paid_cost"]["mean"] == pytest.approx(of_more.mean())


def test_other_prices_give_other_tables_in_the_same_folder(tmp_path):
    """Prices make no other study; a folder that is finished is written anew all the same."""
    asked = {
        "vary": ["tool.fit"],
        "runs": {"replicates": 1},
        "design": {"method": "latin", "samples": 2},
    }
    for price in (400.0, 800.0):
        own = {**PLAN, "prices": {**PRICES, "facilitator": price}}
        out, store = tmp_path / "out", tmp_path / "store"
        qisim.sweep({**asked, "scenarios": [own]}, out=out, store=store)
        table = pd.read_parquet(out / "runs.parquet")
        rest = table["paid_cost"] - price * table["paid_facilitator"]
        assert rest.to_numpy() == pytest.approx(
            (600 * table["paid_allotted"] + 500 * table["paid_cover"]
             + 400 * (table["paid_released"] + table["documentation_hours"])).to_numpy()
        )  # fmt: skip


def test_kroner_are_refused_where_nothing_has_a_price(tmp_path):
    asked = {"scenarios": [BASE], "vary": ["tool.fit"], "outcomes": ["paid_cost"],
             "design": {"method": "latin", "samples": 2}}  # fmt: skip
    vary = {"tool.fit": (0.4, 0.9)}
    for call in (lambda: qisim.sweep(asked, out=tmp_path / "out"),
                 lambda: qisim.evaluate([[0.5]], BASE, vary=vary, outcomes="paid_cost")):  # fmt: skip
        with pytest.raises(InputError, match=r"has no prices.*\[prices\] in the site file"):
            call()
    assert not (tmp_path / "out").exists()


def test_sensitivity_finds_what_costs():
    """Of two inputs, the hours of the facilitator alone are paid for; the other costs nothing at all."""
    vary = ["programme.facilitator_hours", "tool.fit"]
    found = qisim.sensitivity(
        PLAN, vary=vary, outcome=["paid_facilitator"], samples=16, replicates=1
    )
    (one,) = found.findings.findings
    total = dict(zip(one.design.inputs, one.estimate.indices["ST"], strict=True))
    assert total["tool.fit"] == 0.0
    assert total["programme.facilitator_hours"] == pytest.approx(1.0, abs=0.2)
    assert np.isfinite(list(total.values())).all()
