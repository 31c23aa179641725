"""What a notebook shows of each result: a line that says what, how often and which, or a card of it."""

import re

import pytest
from questions import VERBS
from studies import plan, study
from worlds import small

import qisim
from qisim.validation.study import validate


def calibrated(folder):
    counts = folder / "counts.csv"
    counts.write_text("week,using,in_post\n2,1,10\n6,3,10\n10,4,10\n16,5,10\n")
    return qisim.calibrate(small(), counts, samples=2000, checks=0)


RESULTS = {
    "run": lambda folder: qisim.run(small(), replicates=2),
    "compare": lambda folder: qisim.compare(small(), small(pressure=1.2), replicates=3),
    "sweep": lambda folder: qisim.sweep(
        study(design={"samples": 2}, runs={"replicates": 2}), store=folder
    ),
    "sensitivity": lambda folder: qisim.sensitivity(
        small(), vary=["pressure", "tool.fit"], method="delta", samples=64, replicates=2,
        outcome=["adoption_mean"], store=folder,
    ),
    "calibrate": calibrated,
    "explain": lambda folder: VERBS["explain"](replicates=3, workers=1),
    "flip": lambda folder: VERBS["flip"](replicates=3, workers=1),
    "story": lambda folder: VERBS["story"](replicates=3, workers=1),
}  # fmt: skip


@pytest.mark.parametrize("verb", RESULTS)
def test_a_result_is_a_line_with_what_it_takes_to_find_it_again_and_a_card(verb, tmp_path):
    found = RESULTS[verb](tmp_path)
    line, made = repr(found), found.manifest
    assert len(line) < 250 and "\n" not in line
    assert f"{made['replicates']:,} replicates, seed {made['seed']}" in line
    assert made["study_digest"][:12] in line
    card = found._repr_html_()
    assert len(card) < 5_000 and "<script" not in card
    text = re.sub("<[^>]+>", " ", card)
    for fact in ("seed", made["study_digest"][:12], str(made["seed"])):
        assert fact in text


def test_a_plan_and_a_validation_are_a_line_as_well():
    planned = repr(plan())
    assert len(planned) < 300 and "seed" in planned and "base" in planned
    judged = validate(["T4"], replicates=3)
    assert len(repr(judged)) < 250 and judged.manifest["study_digest"][:12] in repr(judged)
