"""What a plan must have before a question about it has an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import qisim
from qisim.decide.levers import levers
from qisim.decide.search import search
from qisim.decide.trial import trial
from qisim.decide.worth import worth
from qisim.errors import InputError

SITE = {"site": {"units": 2, "staff_per_unit": 21}, "workforce": {"staff_turnover": 0.3}}


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
