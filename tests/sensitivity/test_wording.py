"""Findings of sensitivity in words."""

import re
from dataclasses import replace

import numpy as np
import pytest
from found import small, values_of
from known_functions import (
    design_of,
    ishigami_problem,
)

from qisim.model.parameters import PARAMETERS
from qisim.sensitivity.findings import found_for
from qisim.sensitivity.wording import paragraph


def test_when_noise_hides_all_one_line_says_what_to_try():
    design = small("sobol", common=False)
    noise = np.random.default_rng(3).standard_normal((len(design.points), 4))
    lines = paragraph(found_for(design, "one", "peak", noise, resamples=100)).splitlines()
    assert lines[1:] == ["* Too few runs to say what drives this; try --samples 256 --replicates 8"]


def test_shares_in_words_stay_between_nothing_and_all():
    design = design_of("sobol", 16, common=False)
    text = paragraph(found_for(design, "one", "peak", values_of(design, 8, 0.1), resamples=100))
    ends = [int(end) for pair in re.findall(r"\[(\S+) to (\S+)\]", text) for end in pair]
    assert ends and min(ends) >= 0 and max(ends) == 100


@pytest.mark.parametrize(("order", "told"), [
    (0.99, "is large enough for the ranking"),
    (0.26, "is large enough to say which 4 come first, not in which order"),
])  # fmt: skip
def test_a_sample_is_not_large_enough_for_an_order_that_changes(order, told):
    design = small("sobol", common=False)
    one = found_for(design, "one", "peak", values_of(design, 8, 0.1), resamples=50)
    top = replace(one.settled, same_set=1.0, same_order=order)
    assert told in paragraph(replace(one, settled=top))


def test_what_can_be_decided_is_told_from_what_nobody_knows():
    problem = ishigami_problem(names=["tool.usability", "factors.turnover", "x3", "inert"])
    design = small("sobol", problem=problem, common=False)
    text = paragraph(found_for(design, "one", "peak", values_of(design, 8, 0.1), resamples=50))
    roles = {"lever": "you can decide", "context": "circumstance", "uncertain": "nobody knows"}
    for name in problem["names"][:2]:
        line = next(line for line in text.splitlines() if name in line)
        assert roles[PARAMETERS[name].role] in line
