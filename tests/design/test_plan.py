"""Plans: what one says of itself, read again, is the same plan."""

from hypothesis import given, settings
from hypothesis import strategies as st
from studies import BASE, OTHER, plan

from qisim.design import sampling
from qisim.design.plan_file import read
from qisim.model.parameters import PARAMETERS

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


def test_levels_keep_their_distribution():
    levels = {"parameter": "tool.fit", "values": [0.2, 0.5, 0.9], "distribution": "triangular"}
    before = plan(vary=[levels])
    assert before.inputs[0].distribution == "triangular"
    assert read(before.to_dict()) == before


def test_an_outline_leaves_out_only_the_points_of_a_table():
    held = plan(vary=["tool.fit"], design={"method": "csv", "points": [[0.4], [0.6]]}).to_dict()
    assert held["design"].pop("points") == [[0.4], [0.6]]
    assert held == read(held | {"design": {**held["design"], "points": [[0.4], [0.6]]}}).outline()
