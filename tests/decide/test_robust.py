"""How robust: shares of worlds, regret, and boxes that hold in fresh worlds."""

import numpy as np
import pytest
from worlds import small

import qisim
from qisim.decide.boxes import Box, grow
from qisim.decide.robust import robust, share_interval
from qisim.errors import InputError
from qisim.output.dictionary import column


def two(**more):
    return small(), small({"name": "other", "workload.pressure": 1.1, **more})


@pytest.fixture(scope="module")
def found():
    return robust(*two(), worlds=40, replicates=3, outcome="strain_mean", vary=["turnover"])


def test_every_column_of_its_tables_has_a_meaning(found):
    for name, one in found.tables.items():
        columns = map(str, one.frame.columns)
        assert [head for head in columns if column(head, f"{name}.csv") is None] == []


def test_a_known_box_is_found():
    rng = np.random.default_rng(2)
    points = rng.random((400, 4))
    values = np.where(points[:, 2] > 0.6, np.where(points[:, 0] > 0.3, 5.0, 1.0), -1.0)
    boxes = grow(["a", "b", "c", "d"], points, values + 0.1 * rng.normal(size=400))
    first = {box.sides[0][:2] for box in boxes}
    assert first == {("c", "<="), ("c", ">")}
    cut = next(box for box in boxes if box.sides[0][1] == ">" and box.sides[1][1] == ">")
    assert cut.sides[0][2] == pytest.approx(0.6, abs=0.02)
    assert cut.sides[1][0] == "a"
    assert cut.sides[1][2] == pytest.approx(0.3, abs=0.03)


def test_boxes_share_out_all_worlds_and_none_is_small():
    rng = np.random.default_rng(3)
    points = rng.random((200, 3))
    boxes = grow(["a", "b", "c"], points, rng.normal(size=200))
    inside = np.array([box.holds(["a", "b", "c"], points) for box in boxes])
    assert (inside.sum(axis=0) == 1).all()
    assert (inside.sum(axis=1) >= 20).all()


def test_where_nothing_varies_there_is_one_box():
    assert grow(["a"], np.zeros((50, 1)), np.zeros(50)) == [Box()]
    assert Box().words() == "all worlds"


def test_the_interval_of_a_share_is_wilsons():
    low, high = share_interval(8, 10)  # worked out by hand
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert share_interval(0, 20)[0] == pytest.approx(0.0, abs=1e-12)


def test_a_world_is_what_evaluate_gives(found):
    worlds = found.table("worlds")
    names = [name for name in worlds if name not in ("base", "other", "difference")]
    point = worlds.iloc[4]
    changes = {name: float(point[name]) for name in names}
    alone = qisim.evaluate(
        np.array([[changes["use.base_odds"]]]), small(changes), None, ["use.base_odds"],
        outcomes=["strain_mean"], replicates=3, seed=1,
    )  # fmt: skip
    # other luck (its own replicates), the same world: strain of a small site is alike
    assert np.asarray(alone).reshape(-1)[0] == pytest.approx(point["base"], abs=0.15)
    assert (worlds["difference"] == worlds["other"] - worlds["base"]).all()


def test_more_demand_is_worse_in_every_world(found):
    shares = found.table("shares").set_index("plan")
    assert shares.loc["small", "ahead"] > 0.9
    assert shares.loc["other", "ahead"] == 0
    assert shares.loc["small", "worst_regret"] < shares.loc["other", "worst_regret"]
    total = shares["ahead"].sum()
    assert total == pytest.approx(1.0)


def test_boxes_are_held_against_fresh_worlds(found):
    boxes = found.table("boxes")
    assert boxes["worlds"].sum() == boxes["worlds_again"].sum() == 40
    assert (boxes["difference"] != boxes["difference_again"]).all()


def test_where_the_scenarios_differ_worlds_do_not():
    odds = {"use.base_odds": 0.9, "workload.pressure": 1.0}
    found = robust(*two(**odds), worlds=20, replicates=1, outcome="strain_mean")
    assert "use.base_odds" not in found.table("worlds")
    assert "workload.half_slack_load" in found.table("worlds")


def test_the_studys_factors_are_allotted_by_chance():
    found = robust("external", "internal", worlds=20, replicates=1)
    columns = [name for name in found.table("worlds") if name.startswith("allocation.")]
    assert columns
    drawn = found.table("worlds")[columns].to_numpy()
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    assert drawn.std() > 0.2


def test_the_same_question_has_the_same_answer(found):
    again = robust(
        *two(), worlds=40, replicates=3, outcome="strain_mean", vary=["turnover"], workers=2
    )
    assert again.table("worlds").equals(found.table("worlds"))


@pytest.mark.parametrize(("words", "text"), [
    ({"worlds": 3}, "worlds"),
    ({"vary": ["turnovr"]}, "turnover"),
    ({"outcome": "weeks_to_half"}, "no value"),
    ({"over": "none.csv"}, "cannot be read"),
])  # fmt: skip
def test_what_is_wrong_is_refused(words, text):
    with pytest.raises(InputError, match=text):
        robust(*two(), **{"worlds": 20, "replicates": 1, **words})


def test_the_chance_of_failure_is_that_of_sites_with_luck_of_their_own(found):
    chance = found.table("failing")
    assert chance["plan"].to_list() == ["small", "other"]
    assert (chance["sites"] == 120).all()
    assert ((chance["low"] <= chance["fails"]) & (chance["fails"] <= chance["high"])).all()
    assert any("fails" in sentence for sentence in found.sentences)


def test_a_case_of_the_study_goes_with_a_plan_that_is_none():
    case = small({"programme.study_case": "external"})
    found = robust(
        case, small({"name": "other", "programme.study_case": "none"}), worlds=20, replicates=2
    )
    held = found.tables["worlds"].frame
    assert len(held) == 20 and any(name.startswith("allocation.") for name in held)
