"""The best plan within a budget: what is found keeps to it, and is told on luck of its own."""

import json
import sys

import pytest
from worlds import small

from qisim.decide import search as searching
from qisim.decide.search import PlanSearch, search
from qisim.decide.search_dials import dials_of, with_refreshers, yearly_of
from qisim.decide.worlds import Worlds
from qisim.errors import InputError, Interrupted
from qisim.model.outcomes import OUTCOMES
from qisim.runs import scenario_store
from qisim.runs.options import Options


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


def test_a_search_that_was_stopped_goes_on_from_the_store_to_the_same_front(
    found, kept_runs, monkeypatch
):
    made, before = [], scenario_store.simulated

    def counting(work, *more):
        for answer in before(work, *more):
            made.append(len(answer.batch))
            if len(made) == stop:
                raise KeyboardInterrupt
            yield answer

    monkeypatch.setattr(scenario_store, "simulated", counting)
    stop = 40
    with pytest.raises(Interrupted):
        asked(outcome="adoption_mean")
    assert len(made) == 40
    parts = list(kept_runs.glob("scenarios/*/*.parquet"))
    assert len({part.parent for part in parts}) == 1  # not a folder for each plan
    made.clear()
    stop = 0
    again = asked(outcome="adoption_mean")
    assert again.table("front").equals(found.table("front"))
    first = len(made)
    made.clear()
    asked(outcome="adoption_mean")
    assert not made
    for part in kept_runs.glob("scenarios/*/*.parquet"):
        part.unlink()
    asked(outcome="adoption_mean")
    assert (
        len(made) == first + 39
    )  # those that were finished when it was stopped were read, not made


def test_dials_begin_where_the_plan_stands():
    plan = small()
    keys, dials, now = dials_of(plan)
    assert all(dial.low <= value <= dial.high for dial, value in zip(dials, now, strict=True))
    assert dict(zip(keys, now, strict=True))["programme.facilitator_weeks"] == 12
    assert {"programme.handover_use", "programme.handover_weeks"} < set(keys)
    none = with_refreshers(plan, 0)
    assert len(none) == len(plan.activities)  # what brings newcomers in is left alone
    four = plan.replace({"activities": with_refreshers(plan, 4), "name": "four"})
    assert yearly_of(four) in (3, 4)


def test_a_rule_for_the_hand_over_is_searched_and_none_is_among_what_is_tried():
    plan = small({"programme.handover_weeks": 9.0})
    worlds = Worlds(Options(replicates=4), [plan], ["programme.facilitator_hours"])
    one = PlanSearch(plan, worlds, OUTCOMES["adoption_mean"], None)
    place = one.keys.index("programme.handover_use")
    assert one.scenario(tuple(one.begin)).digest == plan.digest  # no rule, as in the plan

    def with_rule(use, weeks):
        point = list(one.begin)
        point[place : place + 2] = [use, weeks]
        return one.scenario(tuple(point))

    ruled = with_rule(0.25, 5.0)
    assert (ruled["programme.handover_use"], ruled["programme.handover_weeks"]) == (0.25, 5.0)
    assert with_rule(one.dials[place].high, 20.0).digest == plan.digest
    nobody = list(one.begin)
    nobody[one.keys.index("programme.facilitator_weeks")] = 0
    nobody[place] = 0.25  # who is never there hands nothing over: one plan, whatever the rule
    assert one.scenario(tuple(nobody))["programme.handover_use"] == 0.0


def test_where_early_use_is_high_a_rule_spares_the_facilitators_hours():
    plan = small(
        {"site.baseline": 0.9, "programme.facilitator_weeks": 20, "leadership.champion_hours": 6.0}
    )
    plan = plan.replace({"programme.facilitator_hours": 8.0})
    worlds = Worlds(
        Options(replicates=16), [plan], ["programme.handover_use", "programme.handover_weeks"]
    )
    one = PlanSearch(plan, worlds, OUTCOMES["adoption_mean"], None)
    point = list(one.begin)
    place = one.keys.index("programme.handover_use")
    point[place : place + 2] = [0.3, 4.0]
    gone = worlds.values(one.scenario(tuple(point)), "outside_weeks")
    before, after = one.evaluate(tuple(one.begin))[1], one.evaluate(tuple(point))[1]
    assert gone.mean() < 15
    assert before - after == pytest.approx(8.0 * (20 - gone.mean()), abs=60.0)  # writing moves, too


def test_without_optuna_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)  # as where it is not installed
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


def test_a_budget_that_nothing_can_meet_is_refused_before_anything_is_run(monkeypatch):
    monkeypatch.setattr(Worlds, "run", None)
    with pytest.raises(
        InputError, match=r"budget: is less than any plan takes; got 10\.0; .* hours"
    ):
        asked(budget=10.0)


def test_what_is_refused_at_once_is_less_than_the_cheapest_plan_that_is_found(found):
    cheapest = float(found.table("front")["hours"].iloc[0])
    look = PlanSearch(small(), None, OUTCOMES["adoption_mean"], cheapest)
    look.refuse_what_nothing_can_meet()
