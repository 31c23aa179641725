"""Several plans in one table, and every pair on request."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

import qisim
from qisim.comparison.report import facts, page
from qisim.comparison.side_by_side import FIELDS, asked_pairs, cells, render
from qisim.errors import InputError

SITE = {"units": 1, "staff_per_unit": 8, "teams_per_unit": 1, "champions_per_unit": 1}


def plan(name: str, pressure: float) -> dict[str, Any]:
    return {"name": name, "site": SITE, "run": {"weeks": 30}, "workload": {"pressure": pressure},
            "programme": {"length_weeks": 20}}  # fmt: skip


PLANS = [plan("calm", 0.7), plan("usual", 1.0), plan("busy", 1.5)]


@pytest.fixture(scope="module")
def three() -> qisim.Comparison:
    return qisim.compare(*PLANS, replicates=12, seed=3)


@pytest.fixture(scope="module")
def every() -> qisim.Comparison:
    return qisim.compare(*PLANS, replicates=12, seed=3, pairs="all")


def test_a_plan_is_a_column_and_holds_what_the_pairs_say(three) -> None:
    table, found = three.plans().set_index("outcome"), three.differences()
    assert list(table) == ["calm: mean", *(f"{p}: {f}" for p in ("usual", "busy") for f in FIELDS)]
    for row in found.to_dict("records"):
        for field in ("difference", "low", "high", "verdict"):
            told = table.loc[row["outcome"], f"{row['other']}: {field}"]
            assert told == row[field] or (told != told and row[field] != row[field])
    assert three.tables().keys() >= {"plans.csv", "differences.csv"}
    assert "plans.csv" not in qisim.compare(*PLANS[:2], replicates=4).tables()


def test_every_pair_is_told_once_and_as_by_itself(three, every) -> None:
    found = every.differences()
    pairs = list(dict.fromkeys(zip(found["base"], found["other"], strict=True)))
    assert pairs == [("calm", "usual"), ("calm", "busy"), ("usual", "busy")]
    alone = qisim.compare(*PLANS[1:], replicates=12, seed=3).differences()
    mine = found[found["base"] == "usual"].reset_index(drop=True)
    assert mine.equals(alone)
    assert found[found["base"] == "calm"].reset_index(drop=True).equals(three.differences())


def test_the_terminal_has_one_table_with_plans_beside_each_other(three) -> None:
    console = Console(width=110, file=io.StringIO())
    for table in render(three.differences(), "calm", 110):
        console.print(table)
    lines = console.file.getvalue().splitlines()
    head = next(line for line in lines if line.startswith("Outcome"))
    assert all(name in head for name in ("calm", "usual", "busy"))
    assert max(map(len, lines)) <= 110
    header, rows = cells(three.differences(), "calm")
    strain = next(row for row in rows if row[0][0].startswith("Strain"))
    assert len(header) == len(strain) == 4


def test_a_narrow_terminal_gets_a_table_for_each_plan(three) -> None:
    assert len(render(three.differences(), "calm", 60)) == 2


def test_the_report_has_the_table_and_what_the_plans_share(three) -> None:
    told, text = facts(three), page(three, []).decode()
    assert told["plans"]["headers"] == ["Outcome", "calm", "usual", "busy"]
    assert "Plans side by side" in text and "What the scenarios share" in text
    keys = [row[1] for row in told["shared"]]
    assert "workforce.staff_turnover" in keys and "workload.pressure" not in keys
    assert {row[1] for row in told["settings"]}.isdisjoint(set(keys) - {"events", "activities"})


def test_an_unknown_word_for_pairs_is_refused() -> None:
    with pytest.raises(InputError, match="all"):
        qisim.compare(*PLANS, replicates=2, pairs="al")


def test_pairs_of_names() -> None:
    assert asked_pairs(["a", "b", "c"], "base") == [("a", "b"), ("a", "c")]
    assert asked_pairs(["a", "b", "c"], "all") == [("a", "b"), ("a", "c"), ("b", "c")]
