"""A plan that is followed: what is forecast where it is known, and ways to go on that leave the past alone."""

import json

import numpy as np
import pytest
from worlds import small

import qisim
from qisim.decide.follow import follow
from qisim.decide.turns import HAND_OVER, REFRESHER, STAY, turns
from qisim.errors import DataError, InputError, Interrupted

COUNTS = "month,using,in_post\n1,0,10\n2,1,10\n3,2.5,10\n"


@pytest.fixture(scope="module")
def counts(tmp_path_factory):
    """Return a file of three months of counts."""
    path = tmp_path_factory.mktemp("counts") / "counts.csv"
    path.write_text(COUNTS)
    return path


def asked(counts, plan=None, other=None, **more):
    return follow(plan or small(), counts, other, **{"replicates": 1_000, **more})


def lines_of(plan, replicate, months):
    """Return what would be counted in one run of a plan, as a file's text."""
    weekly = qisim.run(plan, replicates=replicate + 1, seed=99).weekly
    use = weekly[weekly["replicate"] == replicate].set_index("week")["use"]
    rows = [(month, use.loc[(month - 1) * 52 // 12 + 1 : month * 52 // 12].mean())
            for month in range(1, months + 1)]  # fmt: skip
    return "month,using,in_post\n" + "".join(f"{m},{10 * share:.4f},10\n" for m, share in rows)


def test_bands_hold_what_came_of_known_worlds(tmp_path):
    # two wards of five are noisy; 90 % bands of months to come must hold most of what came
    plan, inside = small(), []
    for replicate in range(6):
        file = tmp_path / f"{replicate}.csv"
        file.write_text(lines_of(plan, replicate, 3))
        found = asked(file).table("forecast")
        stay = found[found["turn"] == STAY]
        weekly = qisim.run(plan, replicates=replicate + 1, seed=99).weekly
        use = weekly[weekly["replicate"] == replicate].set_index("week")["use"]
        for row in stay.to_dict("records"):
            came = use.loc[row["first_week"] : row["last_week"]].mean()
            inside.append(row["p05"] - 1e-9 <= came <= row["p95"] + 1e-9)
    assert np.mean(inside) >= 0.75


def test_more_users_so_far_foretell_more(tmp_path):
    few, many = tmp_path / "few.csv", tmp_path / "many.csv"
    few.write_text("month,using,in_post\n1,0,10\n2,0,10\n3,0,10\n4,0,10\n")
    many.write_text("month,using,in_post\n1,0,10\n2,3,10\n3,6,10\n4,7,10\n")
    low, high = (
        asked(file).table("forecast").set_index(["turn", "month"])["p50"] for file in (few, many)
    )
    assert (high.loc[STAY] > low.loc[STAY]).all()


def test_ways_to_go_on_leave_the_past_as_it_was(counts):
    plan = small()
    other = small({"name": "other", "programme.facilitator_weeks": 6, "programme.length_weeks": 24})
    ways, _ = turns(plan, 10, other)
    assert [one.name for one in ways] == [STAY, REFRESHER, HAND_OVER, "switch to other"]
    runs = {one.name: qisim.run(one.plan, replicates=8, seed=4).weekly for one in ways}
    past = {
        name: weekly[weekly["week"] <= 10].drop(columns="scenario") for name, weekly in runs.items()
    }
    for held in past.values():
        assert held.reset_index(drop=True).equals(past[STAY].reset_index(drop=True))
    assert not runs[REFRESHER]["use"].equals(runs[STAY]["use"])


def test_a_programme_that_is_over_leaves_nothing_to_change(tmp_path):
    file = tmp_path / "late.csv"
    file.write_text(COUNTS + "4,3,10\n5,3,10\n6,3,10\n")
    found = asked(file)
    assert found.table("turns")["turn"].to_list() == [STAY]
    assert "there is nothing else to do" in found.title
    assert any("programme is over" in sentence for sentence in found.sentences)


def test_what_cannot_happen_in_the_model_is_called_strange(tmp_path):
    file = tmp_path / "odd.csv"
    file.write_text("month,using,in_post\n1,10,10\n2,0,10\n3,10,10\n4,0,10\n")
    assert any("hardly gives counts like these" in one for one in asked(file).sentences)


def test_the_same_counts_give_the_same_answer_from_another_place(counts, tmp_path):
    copy = tmp_path / "copy.csv"
    copy.write_text(COUNTS)
    first = asked(counts, out=tmp_path / "out")
    again = asked(copy, out=tmp_path / "out", workers=1)  # the same study: its folder may be used
    assert first.table("forecast").equals(again.table("forecast"))
    made = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert {"turns.csv", "forecast.csv", "counts.csv", "report.html"} <= set(made["files"])
    assert made["settings"]["data"]["rows"][0]["in_post"] == 10


def test_runs_are_stored_and_not_made_again(counts, kept_runs, monkeypatch):
    first = asked(counts)
    from qisim.runs import scenario_store

    made = []
    before = scenario_store.simulated

    def counting(work, *more):
        def each():
            for batch in work:
                made.append(len(batch))
                yield batch

        return before(each(), *more)

    monkeypatch.setattr(scenario_store, "simulated", counting)
    again = asked(counts)
    assert sum(made) == 0
    assert first.table("turns").equals(again.table("turns"))


def test_excel_s_semicolons_and_norwegian_names_are_read(tmp_path, counts):
    file = tmp_path / "excel.csv"
    file.write_text("måned;brukere;ansatte\n1;0;10\n2;1;10\n3;2,5;10\n", encoding="utf-8-sig")
    assert asked(file).table("turns").equals(asked(counts).table("turns"))


def test_prices_give_kroner(counts):
    prices = {"staff": 400, "leader": 500, "facilitator": 900, "cover": 400}
    plan = small({"prices": prices, "programme.facilitator_weeks": 18})
    rows = asked(counts, plan=plan).table("turns").set_index("turn")
    # who goes is paid no more; what they would have led takes no other's paid hours
    assert rows.loc[HAND_OVER, "kroner"] == pytest.approx(900 * rows.loc[HAND_OVER, "hours"])
    assert rows.loc[HAND_OVER, "hours"] < 0
    assert asked(counts).table("turns")["kroner"].isna().all()


def test_hours_that_a_rule_has_spared_are_not_spared_again(tmp_path):
    """Where nearly all use it, a rule hands over at once, so that to hand over now saves nothing."""
    easy = {
        "site.baseline": 0.9,
        "programme.facilitator_hours": 8.0,
        "programme.facilitator_weeks": 18,
    }
    file = tmp_path / "many.csv"
    file.write_text("month,using,in_post\n1,9,10\n2,9,10\n3,9,10\n")
    spared = {}
    for name, rule in (("calendar", 0.0), ("rule", 0.2)):
        plan = small({**easy, "programme.handover_use": rule, "programme.handover_weeks": 2.0})
        rows = asked(file, plan=plan).table("turns").set_index("turn")
        spared[name] = -rows.loc[HAND_OVER, "hours"]
    # by the calendar five weeks of eight hours are spared, of 13 counted and 18 planned
    assert spared["calendar"] == pytest.approx(8.0 * (18 - 13))
    assert 0.0 <= spared["rule"] < 0.2 * spared["calendar"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("month,using,in_post\n1,0,10\n", "too few"),
        ("month,using,in_post\n1,11,10\n2,1,10\n", "more than in_post"),
        ("month,using,in_post\n1,x,10\n2,1,10\n", "not a number"),
        ("month,people,in_post\n1,0,10\n2,1,10\n", "using: is missing"),
        ("month,using,in_post\n1,0,10\n99,1,10\n", "outside the run"),
    ],
)
def test_wrong_counts_are_refused_with_their_line(tmp_path, text, said):
    file = tmp_path / "wrong.csv"
    file.write_text(text)
    with pytest.raises(DataError, match=said):
        asked(file)


def test_wrong_questions_are_refused(counts, tmp_path):
    with pytest.raises(InputError, match="1000 or more"):
        asked(counts, replicates=100)
    with pytest.raises(InputError, match="did you mean"):
        asked(counts, vary=["uncertan"])
    with pytest.raises(DataError, match="cannot be read"):
        asked(tmp_path / "none.csv")


def test_an_interruption_leaves_no_half_answer(counts, tmp_path):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        asked(counts, out=tmp_path / "out", progress=stop)
    assert not (tmp_path / "out" / "turns.csv").exists()


def test_where_no_whole_month_is_left_the_end_is_still_forecast(tmp_path):
    file = tmp_path / "late.csv"
    file.write_text("week,using,in_post\n25,3,10\n28,3,10\n")
    found = asked(file)
    assert len(found.table("forecast")) == 0
    assert 0 <= found.table("turns")["p05"].iloc[0] <= found.table("turns")["p95"].iloc[0] <= 1


def test_one_can_switch_to_a_plan_that_calls_an_activity_the_same():
    held = {"kind": "seminar", "week": 4, "hours": 2.0, "every": 8, "until": 20, "name": "Fagdag"}
    plan = small({"activities": [held]})
    ways, none = turns(plan, 10, small({"name": "other", "activities": [held | {"hours": 3.0}]}))
    assert none == []
    assert "switch to other" in [way.name for way in ways]
