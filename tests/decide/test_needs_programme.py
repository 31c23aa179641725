"""What a plan must have before a question about it has an answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import qisim
from qisim.decide.follow import follow
from qisim.decide.levers import levers
from qisim.decide.search import search
from qisim.decide.trial import trial
from qisim.decide.worth import worth
from qisim.errors import InputError

SITE = {"site": {"units": 2, "staff_per_unit": 21}, "workforce": {"staff_turnover": 0.3}}


def test_counts_are_not_held_against_a_site_in_which_nothing_happens(tmp_path: Path) -> None:
    counts = tmp_path / "counts.csv"
    counts.write_text("month,using,in_post\n3,1,39\n6,3,39\n9,5,39\n12,4,39\n15,3,39\n")
    for question in (follow, qisim.calibrate):
        with pytest.raises(InputError) as refused:
            question(SITE, counts)
        (problem,) = refused.value.problems
        assert problem.key == "plan" and "no programme" in problem.message
        assert problem.value == qisim.load(SITE).name and "extends" in problem.allowed


@pytest.mark.parametrize("plan", [SITE, "no-programme"], ids=["a site file", "no programme"])
@pytest.mark.parametrize("question", [levers, worth, trial, search])
def test_a_plan_in_which_nothing_happens_is_refused_before_anything_runs(
    question: Callable[..., Any], plan: Any
) -> None:
    with pytest.raises(InputError) as refused:
        question(plan, replicates=200)
    (problem,) = refused.value.problems
    assert problem.key == "plan" and "no programme" in problem.message
    assert problem.value == qisim.load(plan).name and "extends" in problem.allowed
