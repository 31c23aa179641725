"""The map: where the answer flips, with its band."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from worlds import small

import qisim
from qisim.decide.changes import changed, lever
from qisim.decide.lever_map import band_around, crossings, lever_map
from qisim.errors import InputError

PLACES = [0.0, 1.0, 2.0, 3.0]


def test_a_line_crosses_where_it_is_0():
    assert crossings(PLACES, np.array([-1.0, -0.5, 0.5, 1.0])) == [1.5]
    assert crossings(PLACES, np.array([3.0, 1.0, 1.0, -3.0])) == [2.25]
    assert crossings(PLACES, np.array([1.0, 1.0, 1.0, 1.0])) == []
    assert crossings(PLACES, np.array([-1.0, 0.0, 1.0, 2.0])) == [1.0]
    assert crossings(PLACES, np.array([-1.0, np.nan, 1.0, 2.0])) == []


def test_the_band_ends_where_the_interval_stops_holding_0():
    mean = np.array([-3.0, -1.0, 1.0, 3.0])
    assert band_around(PLACES, mean - 1.0, mean + 1.0, 1.5) == (1.0, 2.0)
    low, high = band_around(PLACES, mean - 5.0, mean + 1.0, 1.5)
    assert low == 1.0
    assert np.isnan(high)


def asked(**more):
    other = small({"name": "other", "tool.fit": 0.9})
    options = {"steps": 3, "replicates": 6, "outcome": "strain_mean"}
    return lever_map(small(), other, **{**options, **more})


def test_every_point_is_the_paired_difference_that_compare_gives():
    found = asked(x="pressure", y="staff_turnover").table("map")
    assert len(found) == 3 * len(set(found["y"]))
    row = found.iloc[1]
    runs = qisim.compare(
        small(), small({"name": "other", "tool.fit": 0.9}), replicates=6,
        set={"workload.pressure": row["x"], "workforce.staff_turnover": row["y"]},
    )  # fmt: skip
    other = runs.differences().set_index("outcome").loc["strain_mean"]
    assert row[["difference", "low", "high"]].tolist() == pytest.approx(
        other[["difference", "low", "high"]].tolist()
    )


def test_ones_own_values_are_points_of_the_map():
    found = asked(x="pressure", y="staff_turnover").table("map")
    own = small()
    mine = (found["x"] == own["pressure"]) & (found["y"] == own["staff_turnover"])
    assert mine.sum() == 1


def test_of_an_outcome_that_no_run_has_nothing_is_said_to_be_ahead():
    nothing = [
        qisim.load({"extends": "no-programme", "name": name, "site.staff_per_unit": 8})
        for name in ("one", "two")
    ]
    found = lever_map(
        *nothing, x="pressure", y="staff_turnover", steps=2, replicates=3, outcome="weeks_to_half"
    )
    assert "no value at any point" in found.title
    assert not any("ahead at" in line or "the same over" in line for line in found.sentences)
    assert found.table("map")["difference"].isna().all()


def test_with_two_worlds_that_are_one_it_cannot_be_told_anywhere():
    found = lever_map(small(), small({"name": "other"}), x="pressure", y="fit", steps=3,
                      replicates=6, outcome="strain_mean")  # fmt: skip
    assert (found.table("map")["difference"] == 0).all()
    assert "nowhere" in found.title
    assert found.plot(width_mm=100).get_size_inches()[0] == pytest.approx(100 / 25.4)
    axes = Figure().subplots()
    assert found.plot(ax=axes) is axes


def test_the_answer_flips_where_two_equal_plans_differ_only_in_what_is_moved():
    # the other has a load of its own: it is ahead exactly where that is below the base's
    other = small({"name": "other"})
    found = lever_map(
        small({"workload.pressure": 1.0}), other.replace({"workload.pressure": 1.05}),
        x="contact", x_range=(0.8, 1.0), y="other:pressure", y_range=(0.7, 1.4), steps=5,
        replicates=24, outcome="strain_mean",
    )  # fmt: skip
    line = found.table("flip_line")
    assert line["y"].between(0.9, 1.1).all()
    grid = found.table("map")
    assert (grid[grid["y"] < 0.85]["ahead"] >= 0).all()
    assert (grid[grid["y"] > 1.2]["ahead"] <= 0).all()


def test_with_one_scenario_a_point_is_paired_with_things_as_they_stand():
    found = lever_map(small(), x="pressure", y="fit", steps=3, replicates=6, outcome="strain_mean")
    grid = found.table("map")
    own = grid[(grid["x"] == small()["pressure"]) & (grid["y"] == small()["fit"])]
    assert own["difference"].tolist() == [0.0]
    assert (grid["value"] > 0).all()


def test_a_point_that_cannot_be_is_left_out():
    found = lever_map(small(), x="nurse_share", x_range=(0.2, 0.9), y="unschooled_share",
                      y_range=(0.2, 0.6), steps=3, replicates=4, outcome="strain_mean")  # fmt: skip
    grid = found.table("map")
    cannot = grid["x"] + grid["y"] > 1.0 + 1e-9
    assert cannot.any()
    assert grid["difference"].isna().tolist() == cannot.tolist()
    assert any("left out" in note for note in found.notes)


def test_a_shorter_programme_leaves_out_what_lies_after_its_end():
    short = changed(small(), {"programme.length_weeks": 10})
    assert max(one.weeks()[-1] for one in short.activities) <= 10
    assert short["programme.facilitator_weeks"] == 10
    assert changed(small(), {}) == small()
    none = changed(small(), {"programme.length_weeks": 0})
    assert none.activities == ()


def test_whole_numbers_stay_whole_and_sides_are_kept():
    one = lever("other:length_weeks", "x", (10, 20))
    assert one.grid(4, [20.0]) == [10.0, 13.0, 17.0, 20.0]
    assert one.put([small(), small()], 13.0) == [{}, {"programme.length_weeks": 13}]


@pytest.mark.parametrize(("words", "text"), [
    ({"x": "presure"}, "workload.pressure"),
    ({"x": "programme.lead"}, "not a number"),
    ({"x": "neither:pressure"}, "not a side"),
    ({"x": "fit"}, "same number as x"),
    ({"x_range": (2.0, 1.0)}, "not a range"),
    ({"x_range": (0.0, 9.0)}, "0 to 2"),
    ({"steps": 1}, "steps"),
    ({"outcome": "adoptio"}, "adoption"),
])  # fmt: skip
def test_what_is_wrong_is_refused(words, text):
    with pytest.raises(InputError, match=text):
        asked(**{"x": "pressure", "y": "fit", **words})


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(InputError) as error:
        asked(x="a", y="b", steps=0, replicates=0, outcome="c")
    assert len(error.value.problems) == 5


def test_the_folder_holds_all_points(tmp_path):
    found = asked(x="pressure", y="fit", out=tmp_path / "map")
    back = pd.read_csv(tmp_path / "map" / "map.csv")
    assert np.array_equal(back["difference"], found.table("map")["difference"])
    assert (tmp_path / "map" / "figures" / "map.png").stat().st_size > 10_000
