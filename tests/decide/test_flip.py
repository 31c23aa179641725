"""What would turn the answer: found where it is known, and said where there is nothing."""

import re

import numpy as np
import pytest
from worlds import small

import qisim
from qisim.decide.changes import lever
from qisim.decide.flip import flip
from qisim.decide.ways import levers_of, parameters_of
from qisim.errors import InputError
from qisim.model.parameters import PARAMETERS
from qisim.scenario.scenario import load


def two(**more):
    """Return two wards that differ in their demand only: strain is higher in the other."""
    return small(), small({"name": "other", "workload.pressure": 1.1, **more})


def asked(pair, **more):
    return flip(*pair, **{"outcome": "strain_mean", "replicates": 12, **more})


def test_it_turns_where_the_worlds_become_one():
    # protected time of the other can do nothing for its load; pressure moved in both makes them one
    found = asked(two(), vary=["pressure"])
    assert "nothing within the plausible range" in found.title
    tried = found.table("tried")
    assert (tried["difference"].abs() < 1e-12).all()


def test_the_value_at_which_it_turns_is_found():
    # both have one tool but another fit; moved in one of the two, the answer turns at the other's fit
    pair = (small({"tool.fit": 0.5}), small({"name": "other", "tool.fit": 0.7}))
    found = flip(*pair, vary=["tool.fit"], outcome="strain_mean", replicates=64)
    rows = found.table("flips").set_index("sides")
    assert float(rows.loc["base", "flips_at"]) == pytest.approx(0.7, abs=0.02)
    assert float(rows.loc["other", "flips_at"]) == pytest.approx(0.5, abs=0.02)
    moved = rows["plausible_ranges_moved"]
    assert moved.to_list() == pytest.approx([0.4, 0.4], abs=0.05)


def test_what_turned_it_is_confirmed_by_running_it():
    pair = (small({"tool.fit": 0.5}), small({"name": "other", "tool.fit": 0.7}))
    found = flip(*pair, vary=["tool.fit"], outcome="strain_mean", replicates=64, seed=5)
    row = found.table("flips").iloc[0]
    value = float(row["clear_from"])
    moved = [pair[0].replace({"tool.fit": value}) if row["sides"] == "base" else pair[0],
             pair[1].replace({"tool.fit": value}) if row["sides"] == "other" else pair[1]]  # fmt: skip
    again = qisim.compare(*moved, replicates=128, seed=6).differences().set_index("outcome")
    assert row["again_difference"] == pytest.approx(again.loc["strain_mean", "difference"])
    now = qisim.compare(*pair, replicates=64, seed=5).differences().set_index("outcome")
    clear = row["again_low"] * row["again_high"] > 0
    turned = row["again_difference"] * now.loc["strain_mean", "difference"] < 0
    assert row["again"] == ("confirmed" if clear and turned else "cannot tell yet")


def test_two_that_are_one_leave_nothing_to_turn():
    found = asked((small(), small({"name": "other"})))
    assert "nobody is ahead" in found.title
    assert found.tables == {}


def test_several_are_moved_at_once():
    found = asked(two(), vary=["tool.fit", "tool.usability", "documentation_hours"])
    if len(found.table("flips")):
        assert "and" in found.table("flips").iloc[-1]["what"]
    else:
        assert any("together" in sentence.lower() for sentence in found.sentences)


def test_numbers_of_the_site_are_moved_in_both_and_those_of_a_plan_in_each():
    levers = levers_of([PARAMETERS["workforce.staff_turnover"], PARAMETERS["tool.fit"]], two())
    assert [one.side for one in levers] == ["both", "base", "other"]


def test_roles_factors_and_keys_name_numbers():
    assert {p.role for p in parameters_of(["lever"])} == {"lever"}
    assert [p.key for p in parameters_of(["fit", "pressure"])] == ["tool.fit", "workload.pressure"]
    assert all(p.factor == "turnover" for p in parameters_of(["turnover"]))
    assert "run.weeks" not in {p.key for p in parameters_of(["context"])}


def test_every_number_of_a_sentence_stands_in_a_table():
    pair = (small({"tool.fit": 0.5}), small({"name": "other", "tool.fit": 0.7}))
    found = flip(*pair, vary=["tool.fit"], outcome="strain_mean", replicates=24)
    number = re.compile(r"[−+]?\d[\d.,]*\d|\d")
    cells = " ".join(cell for one in found.tables.values() for row in one.cells for cell in row)
    known = set(number.findall(cells))
    for sentence in found.sentences:
        assert set(number.findall(sentence)) <= known, sentence


def test_points_that_were_tried_are_within_the_plausible_range():
    found = asked(two(), vary=["turnover"])
    for row in found.table("tried").to_dict("records"):
        one = PARAMETERS[row["key"]]
        assert one.low - 1e-9 <= row["value"] <= one.high + 1e-9
    assert found.table("tried")["difference"].notna().any()


def test_whole_numbers_stay_whole():
    pair = (load("no-programme"), load("internal"))
    found = flip(*pair, vary=["length_weeks"], replicates=6)
    tried = found.table("tried")
    assert (tried["value"] == np.rint(tried["value"])).all()


def test_what_is_counted_is_moved_by_whole_numbers_and_tried_at_them():
    base = small(
        {"tool.fit": 0.5, "leadership.champion_units": 1.5}
    )  # half of it is as things stand
    other = small({"name": "other", "tool.fit": 0.7})
    found = flip(base, other, vary=["champion_units"], replicates=6)
    tried = found.table("tried")
    assert len(tried)
    assert (tried["value"] == np.rint(tried["value"])).all()
    now = tried.loc[tried["side"] == "base", "now"]
    assert (now == 1.5).all()
    moved = lever("champion_units", "vary")
    assert (moved.value(1.0), moved.value(2.0), moved.value(1.5)) == (
        "1 unit",
        "2 units",
        "1.5 units",
    )


@pytest.mark.parametrize(("words", "text"), [
    ({"vary": ["turnovr"]}, "turnover"),
    ({"outcome": "adoptio"}, "adoption"),
    ({"replicates": 0}, "replicates"),
])  # fmt: skip
def test_what_is_wrong_is_refused(words, text):
    with pytest.raises(InputError, match=text):
        asked(two(), **words)
