"""Numbers that do nothing, or the opposite of what was expected, are found; and each sign has its reason."""

import numpy as np
import pytest

from qisim.errors import InputError
from qisim.model.parameters import PARAMETERS
from qisim.scenario.scenario import load
from qisim.validation.levers import (
    CONTRARY,
    MOVES,
    NOTHING,
    UNTOUCHED,
    at_end,
    judged,
    levers,
    moved_numbers,
    signs,
    summary,
)

NUMBERS = [
    PARAMETERS[key] for key in ("use.base_odds", "workload.pressure", "tool.fit", "use.trend")
]


def moved(*changes, luck=0.01, runs=60):
    """Return outcomes at both ends, with a change for each of `NUMBERS`; None for one that is not touched."""
    chance = np.random.default_rng(1)
    low = 0.4 + 0.05 * chance.standard_normal((len(NUMBERS), runs, 2))
    high = low.copy()
    for place, change in enumerate(changes):
        if change is not None:
            high[place] += change + luck * chance.standard_normal((runs, 2))
    return judged("internal", NUMBERS, low, high)


def test_each_is_told_for_what_it_does():
    found = moved(0.1, 0.1, 0.0, None).set_index("key")
    assert found["verdict"].to_dict() == {
        "use.base_odds": MOVES, "workload.pressure": CONTRARY, "tool.fit": NOTHING, "use.trend": UNTOUCHED,
    }  # fmt: skip
    assert found.loc["workload.pressure", "expected"] == -1


def test_a_change_within_luck_is_none_and_one_that_nobody_cares_for_is_none():
    luck = moved(0.02, -0.02, 0.02, 0.02, luck=0.3)
    small = moved(0.001, -0.001, 0.001, 0.001, luck=1e-6)
    assert set(luck["verdict"]) == set(small["verdict"]) == {NOTHING}


def test_it_is_summed_up_in_words():
    idle, against = summary(moved(0.1, 0.1, 0.0, None))
    assert "2 of 4 numbers: tool.fit, use.trend" in idle
    assert "workload.pressure in internal (+" in against
    assert signs()["workload.pressure"].reason in against


def test_every_sign_is_of_a_number_that_is_moved_and_has_a_reason():
    known = {one.key for one in moved_numbers()}
    assert set(signs()) <= known
    assert all(len(one.reason.split()) > 2 for one in signs().values())
    levers_declared = {one.key for one in moved_numbers() if one.role == "lever"}
    assert levers_declared <= set(signs())


def test_an_end_that_does_not_go_with_a_scenario_is_left():
    one = load("internal")
    assert at_end(one, "leadership.champion_hours", 0.0) is one
    assert at_end(one, "tool.fit", 0.4)["tool.fit"] == 0.4


@pytest.mark.parametrize(("given", "told"), [
    ({"scenarios": ["interal"]}, "internal"), ({"replicates": 1}, "from 2"), ({"replicates": 0}, "replicates"),
])  # fmt: skip
def test_wrong_input_is_told(given, told):
    with pytest.raises(InputError, match=told):
        levers(**given)
