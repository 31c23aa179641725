"""The best plan within a budget: what is found keeps to it, and is told on luck of its own."""

import json

import pytest
from worlds import small

from qisim.decide import search as searching
from qisim.decide.search import dials_of, search, with_refreshers, yearly_of
from qisim.errors import InputError


def asked(plan=None, **more):
    return search(plan or small(), **{"replicates": 8, "trials": 12, **more})


@pytest.fixture(scope="module", autouse=True)
def short_polish():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "POLISH", 20)
        yield


@pytest.fixture(scope="module")
def found(short_polish):
    return asked(outcome="adoption_mean")


def test_the_winner_keeps_to_the_budget_and_is_no_worse_than_the_plan_where_it_was_searched(found):
    front = found.table("front")
    assert front["hours"].is_monotonic_increasing
    assert front["adoption_mean"].is_monotonic_increasing
    assert found.table("fresh")["while_searching"].iloc[0] >= 0
    best = front[front["within"]].iloc[-1]
    turned = found.table("best").set_index("key")["best"]
    assert all(best[key] == turned[key] for key in turned.index)


def test_a_tight_budget_is_kept_to(found):
    front = found.table("front")
    tight = asked(outcome="adoption_mean", budget=float(front["hours"].iloc[0]) + 200.0)
    assert tight.table("front").query("within")["hours"].max() <= front["hours"].iloc[0] + 200.0


def test_the_same_question_gives_the_same_front(found, tmp_path):
    again = asked(outcome="adoption_mean", workers=1, out=tmp_path / "search")
    assert again.table("front").equals(found.table("front"))
    made = json.loads((tmp_path / "search" / "manifest.json").read_text())
    assert {"front.csv", "best.csv", "fresh.csv", "report.html"} <= set(made["files"])


def test_dials_begin_where_the_plan_stands():
    plan = small()
    keys, dials, now = dials_of(plan)
    assert all(dial.low <= value <= dial.high for dial, value in zip(dials, now, strict=True))
    assert dict(zip(keys, now, strict=True))["programme.facilitator_weeks"] == 12
    none = with_refreshers(plan, 0)
    assert len(none) == len(plan.activities)  # what brings newcomers in is left alone
    four = plan.replace({"activities": with_refreshers(plan, 4), "name": "four"})
    assert yearly_of(four) in (3, 4)


def test_without_optuna_it_is_said_what_to_install(monkeypatch):
    import builtins

    before = builtins.__import__

    def without(name, *more):
        if name == "optuna":
            raise ImportError(name)
        return before(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Exception, match=r"qisim\[search\]"):
        asked()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"budget": -5.0}, "hours, above 0"),
        ({"trials": 1}, "whole number from 10"),
        ({"outcome": "weeks_to_half"}, "no value"),
        ({"outcome": "adoptoin"}, "did you mean"),
        ({"plan": "no-programme"}, "no programme"),
    ],
)
def test_wrong_input_is_refused(given, said):
    with pytest.raises(InputError, match=said):
        asked(**given)
