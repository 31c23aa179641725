"""Plans: what one says of itself, read again, is the same plan."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studies import BASE, OTHER, plan

from qisim.design import sampling
from qisim.design.plan import Input
from qisim.design.plan_file import read
from qisim.errors import StudyError
from qisim.model.parameters import PARAMETERS
from qisim.scenario import scenario
from qisim.scenario.scenario import load
from qisim.sensitivity.study import planned as sensitivity_plan

NUMBERS = [key for key, p in PARAMETERS.items() if p.kind == "float" and p.low < p.high]


@st.composite
def entries(draw, key):
    """Return an entry of `vary` that a study may hold."""
    p, entry = PARAMETERS[key], {"parameter": key}
    low, high = sorted(draw(st.tuples(*[st.floats(p.low, p.high)] * 2)))
    if draw(st.booleans()):
        entry["values"] = draw(st.permutations(sorted({low, high})))
    elif low < high and draw(st.booleans()):
        entry |= {"low": low, "high": high}
    if draw(st.booleans()):
        forms = ["uniform", "triangular"] + ["loguniform"] * (min(low, p.low) > 0.0)
        entry["distribution"] = draw(st.sampled_from(forms))
    return entry


@st.composite
def studies(draw):
    """Return a study as a file would say it."""
    keys = draw(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=4, unique=True))
    vary = [draw(entries(key)) for key in keys]
    method = draw(st.sampled_from(["sobol", "latin", "random", "factorial", "csv"]))
    design = {"method": method, "samples": draw(st.integers(1, 6)), "levels": 2}
    if method == "csv":
        ranges = [PARAMETERS[key] for key in keys]
        row = st.tuples(*(st.floats(p.low, p.high) for p in ranges))
        design["points"] = [list(one) for one in draw(st.lists(row, min_size=1, max_size=4))]
    analyses = [{}] + [{"method": "pawn", "over_time": ["adoption"]}] * (method != "factorial")
    return {
        "title": "drawn", "scenarios": [BASE, OTHER][: draw(st.integers(1, 2))], "vary": vary,
        "design": design, "outcomes": draw(st.sampled_from([["leavers"], ["strain_mean", "leavers"]])),
        "runs": {"replicates": draw(st.integers(1, 9)), "seed": draw(st.integers(0, 9)),
                 "random_numbers": draw(st.sampled_from(["common", "fresh"]))},
        "analysis": draw(st.sampled_from(analyses)),
    }  # fmt: skip


@settings(max_examples=60)
@given(studies())
def test_a_plan_that_is_said_and_read_again_is_the_same(held):
    before = read(held)
    after = read(before.to_dict())
    assert after == before
    assert (sampling.points(after) == sampling.points(before)).all()


@settings(max_examples=30)
@given(studies())
def test_a_plan_of_objects_is_the_plan_of_its_words(held):
    from_words = read(held)
    loaded = {**held, "scenarios": [load(one) for one in held["scenarios"]]}
    assert read(loaded) == from_words
    assert read(from_words.parts()) == from_words
    assert read({**loaded, "vary": list(from_words.inputs)}) == from_words


def test_a_plan_of_objects_reads_and_checks_nothing_twice(monkeypatch):
    base, other = load("external"), load("internal")
    given = {
        "scenarios": [base, other],
        "vary": [Input("tool.fit", 0.3, 0.6)],
        "outcomes": "leavers",
    }
    monkeypatch.setattr(scenario, "Reader", None)
    monkeypatch.setattr(scenario, "problems_of", None)
    before = read(given)
    assert before.inputs == (replace(before.inputs[0], low=0.3, high=0.6),)
    assert list(before.scenarios.values()) == [base, other]
    again = read(before, replicates=7, samples=9)
    assert (again.replicates, again.design.samples) == (7, 9)
    planned = sensitivity_plan(before, method="pawn", outcome=["strain_mean"], replicates=2)
    assert planned.scenarios == before.scenarios and planned.inputs == before.inputs


def test_values_set_over_a_plan_are_checked():
    plan = read({"scenarios": load("external"), "vary": ["tool.fit"]})
    assert read(plan, set={"pressure": 1.2}).scenarios["external"]["workload.pressure"] == 1.2
    with pytest.raises(StudyError, match="out of range"):
        read(plan, set={"pressure": 12})


@pytest.mark.parametrize("wrong", [
    Input("tool.fit", 0.6, 0.3), Input("tool.fitt", 0.3, 0.6), Input("tool.fit", 0.3, 7.0),
    Input("tool.fit", 0.3, 0.6, "normal"),
])  # fmt: skip
def test_an_input_as_an_object_is_checked_like_one_in_words(wrong):
    with pytest.raises(StudyError, match=r"vary"):
        read({"scenarios": "external", "vary": [wrong]})


def test_words_are_said_and_read_again():
    targets = {"parameter": "target", "values": ["both", "staff"]}
    vary = [targets, {"parameter": "programme", "values": ["internal"]}]
    plan = read({"scenarios": "external", "vary": vary, "design": {"method": "factorial"}})
    assert [one.words for one in plan.inputs] == [("both", "staff"), ("internal",)]
    assert read(plan.to_dict()) == plan and read(plan.parts()) == plan
    assert sampling.points(plan).tolist() == [[0.0, 0.0], [1.0, 0.0]]


def test_levels_keep_their_distribution():
    levels = {"parameter": "tool.fit", "values": [0.2, 0.5, 0.9], "distribution": "triangular"}
    before = plan(vary=[levels])
    assert before.inputs[0].distribution == "triangular"
    assert read(before.to_dict()) == before


def test_an_outline_leaves_out_only_the_points_of_a_table():
    held = plan(vary=["tool.fit"], design={"method": "csv", "points": [[0.4], [0.6]]}).to_dict()
    assert held["design"].pop("points") == [[0.4], [0.6]]
    assert held == read(held | {"design": {**held["design"], "points": [[0.4], [0.6]]}}).outline()
