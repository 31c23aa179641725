"""What makes a difference: parts, worlds between two scenarios, and what is said."""

import re

import numpy as np
import pandas as pd
import pytest
from worlds import CALENDAR, small

import qisim
from qisim.decide.explain import explain
from qisim.decide.parts import bundle_of, difference_keys, mixed, parts_between
from qisim.errors import InputError, StoreError
from qisim.output.folder import damaged_files
from qisim.scenario.fields import KEYS
from qisim.scenario.scenario import load, shipped

CORNERS = (
    "external-leadership",
    "internal-leadership",
    "external-competence",
    "internal-competence",
)
NUMBER = re.compile(r"[−+]?\d[\d.,]*")


def two():
    """Return two small scenarios that differ in three parts, and in a label."""
    other = small({"leadership.champion_hours": 6.0, "tool.fit": 0.9, "workload.pressure": 1.2,
                   "programme.driver": "internal", "name": "other"})  # fmt: skip
    return small(), other


def test_parts_are_what_differs_and_labels_are_none():
    names = {part.name: part.keys for part in parts_between(*two())}
    assert names == {
        "hours while it runs": ("leadership.champion_hours",),
        "tool and room to adapt": ("tool.fit",),
        "ward": ("workload.pressure",),
    }


def test_every_key_is_in_a_bundle():
    assert all(bundle_of(key) for key in [*KEYS, "activities", "events"])


@pytest.mark.parametrize("one", ["external", "no-programme", "blended", "stress-winter-surge"])
@pytest.mark.parametrize("two", sorted(shipped())[:6])
def test_all_parts_of_the_other_make_the_other(one, two):
    base, other = load(one), load(two)
    parts = parts_between(base, other)
    made = mixed(base, other, parts).replace(
        {key: other[key] for key in ("site.setting", "programme.driver", "programme.package",
                                     "programme.study_case")}
    )  # fmt: skip
    assert made.digest == other.digest
    assert mixed(base, other, []).digest == base.digest


def test_only_who_leads_is_told_from_another_calendar():
    led = [{**row, "led_by": "leader"} for row in CALENDAR]
    assert difference_keys(small(), small({"activities": led})) == ["activities.led_by"]
    less = CALENDAR[:-1]
    assert difference_keys(small(), small({"activities": less})) == ["activities"]
    named = [{**row, "name": f"nr {i}, {row['kind']}"} for i, row in enumerate(CALENDAR)]
    assert difference_keys(small(), small({"activities": named})) == []


def test_parts_add_up_to_the_paired_difference_that_compare_gives():
    base, other = two()
    found = explain(base, other, outcome="adoption_mean", replicates=24, seed=3)
    runs = qisim.compare(base, other, replicates=24, seed=3).differences()
    whole = runs.set_index("outcome").loc["adoption_mean", "difference"]
    assert found.table("parts")["shapley"].sum() == pytest.approx(whole, abs=1e-12)
    both = found.table("interactions")
    assert both["value"].sum() == pytest.approx(whole, abs=1e-12)
    assert len(found.table("worlds")) == 8


def test_a_part_that_does_nothing_gets_nothing():
    # a factor of 1 on the demand of two weeks changes no number of the model
    other = two()[1].replace(
        {"events": [{"kind": "demand", "from_week": 3, "until_week": 4, "factor": 1.0}]}
    )
    parts = {"nothing": ["events"]}
    found = explain(two()[0], other, parts=parts, outcome="strain_mean", replicates=8)
    row = found.table("parts").set_index("part").loc["nothing"]
    assert row[["shapley", "low", "high"]].tolist() == [0.0, 0.0, 0.0]
    assert "Nothing makes no difference in any replicate." in found.sentences


def test_driver_and_package_are_told_apart_on_the_shipped_four():
    base, driver, package, other = CORNERS
    found = explain(
        base, other, parts={"driver": driver, "package": package}, replicates=40, outcome="adoption_mean"
    )  # fmt: skip
    runs = qisim.compare(*CORNERS, replicates=40).runs
    mean = runs.groupby("scenario")["adoption_mean"].mean()
    by_hand = {
        "driver": (mean[driver] - mean[base] + mean[other] - mean[package]) / 2,
        "package": (mean[package] - mean[base] + mean[other] - mean[driver]) / 2,
    }
    shapley = found.table("parts").set_index("part")["shapley"]
    assert shapley.to_dict() == pytest.approx(by_hand)


def test_drawn_orders_add_up_and_agree_with_all_worlds(monkeypatch):
    base, other = two()
    exact = explain(base, other, outcome="strain_mean", replicates=12).table("parts")
    monkeypatch.setattr("qisim.decide.explain.MOST_EXACT", 2)
    found = explain(base, other, outcome="strain_mean", replicates=12, orders=200)
    drawn = found.table("parts")
    assert drawn["shapley"].sum() == pytest.approx(exact["shapley"].sum(), abs=1e-12)
    values = [one.set_index("part")["shapley"] for one in (exact, drawn)]
    assert (values[1] - values[0]).abs().max() < values[0].abs().max() / 5
    assert "orders were drawn" in found.notes[0]


def test_intervals_are_those_of_replicates():
    base, other = two()
    narrow = explain(base, other, outcome="strain_mean", replicates=64).table("parts")
    wide = explain(base, other, outcome="strain_mean", replicates=8).table("parts")
    width = [(one["high"] - one["low"]).mean() for one in (narrow, wide)]
    assert width[0] < width[1]
    assert ((narrow["low"] <= narrow["shapley"]) & (narrow["shapley"] <= narrow["high"])).all()


def test_every_number_of_a_sentence_stands_in_a_table():
    base, other = two()
    found = explain(base, other, outcome="adoption_mean", replicates=24)
    cells = " ".join(cell for one in found.tables.values() for row in one.cells for cell in row)
    known = set(NUMBER.findall(cells)) | {"10"}  # posts of the site
    for sentence in [found.title, *found.sentences]:
        assert set(NUMBER.findall(sentence)) <= known, sentence


def test_the_folder_holds_tables_figure_and_page(tmp_path):
    base, other = two()
    found = explain(base, other, outcome="adoption_mean", replicates=8, out=tmp_path / "a")
    names = {str(path.relative_to(tmp_path / "a")) for path in (tmp_path / "a").rglob("*.*")}
    assert names >= {"parts.csv", "interactions.csv", "worlds.csv", "report.html", "manifest.json",
                     "finding.json",
                     "figures/waterfall.png", "figures/waterfall.svg"}  # fmt: skip
    assert damaged_files(tmp_path / "a") == []
    back = pd.read_csv(tmp_path / "a" / "parts.csv")
    assert np.array_equal(back["shapley"], found.table("parts")["shapley"])
    with pytest.raises(StoreError, match="another study"):
        explain(base, other, outcome="strain_mean", replicates=8, out=tmp_path / "a")


def test_the_answer_does_not_depend_on_workers():
    base, other = two()
    one, more = (explain(base, other, replicates=8, workers=w).table("parts") for w in (1, 2))
    pd.testing.assert_frame_equal(one, more, check_exact=True)


def test_scenarios_that_differ_in_labels_only_are_refused():
    with pytest.raises(InputError, match="do not differ in anything that a rule reads"):
        explain(small(), small({"programme.driver": "external"}))


def test_an_outcome_that_most_runs_lack_is_refused():
    with pytest.raises(InputError, match="choose an outcome that every run has"):
        explain(*two(), outcome="weeks_to_half", replicates=10)


@pytest.mark.parametrize(("parts", "text"), [
    ({"a": ["programme.sharin"]}, "programme.sharing"),
    ({"a": ["programme.sharing"]}, "holds nothing that differs"),
    ({"a": ["tool.fit"], "b": ["tool.fit"]}, "part b"),
    ({"a": small({"tool.fit": 0.5})}, "neither"),
    ({"a": small({"tool.usability": 0.9})}, "where other does not"),
    ({"a": small()}, "says nothing about a part"),
])  # fmt: skip
def test_parts_of_ones_own_that_are_none_are_refused(parts, text):
    with pytest.raises(InputError, match=text):
        explain(*two(), parts=parts)


def test_everything_wrong_is_told_at_once():
    with pytest.raises(InputError) as error:
        explain("externl", "internal", outcome="adoptio", orders=1, by="x", replicates=0)
    for part in ("externl", "adoptio", "orders", "by", "replicates"):
        assert part in str(error.value)


def test_the_table_fits_a_hundred_columns_and_no_number_is_cut(capsys):
    from qisim.cli.findings import print_finding

    found = explain(*two(), replicates=8)
    print_finding(found)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100
    parts = " ".join(lines)
    for row in found.tables["parts"].cells:
        assert all(cell in parts for cell in row[2:])


def test_an_answer_is_shown_in_a_line_or_on_a_card():
    found = explain("external", "internal", replicates=10)
    assert len(repr(found)) < 200 and found.manifest["study_digest"][:12] in repr(found)
    shown = found._repr_html_()
    assert len(shown) < 6_000
    assert "What was found" in shown and "<svg" not in shown
