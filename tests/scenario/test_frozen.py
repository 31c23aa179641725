"""What is frozen stays as it is, all through, and is copied and stored like anything else."""

import copy
import dataclasses
import json
import pickle

import numpy as np
import pytest
from worlds import small

import qisim
from qisim.design.ensemble import ensemble
from qisim.design.plan_file import read
from qisim.errors import ScenarioError
from qisim.scenario.frozen import FrozenDict, FrozenList, frozen


def changes(held):
    """Yield every way to change a dict or a list in place."""
    if isinstance(held, dict):
        yield lambda: held.__setitem__("workload.pressure", 9)
        yield lambda: held.__delitem__(next(iter(held)))
        yield lambda: held.update({"a": 1})
        yield lambda: held.__ior__({"a": 1})
        yield lambda: held.setdefault("new", 1)
        yield from (held.clear, held.popitem, lambda: held.pop(next(iter(held))))
    else:
        yield lambda: held.__setitem__(0, 9)
        yield lambda: held.__delitem__(0)
        yield lambda: held.__iadd__([1])
        yield lambda: held.__imul__(2)
        yield lambda: held.append(1)
        yield lambda: held.extend([1])
        yield lambda: held.insert(0, 1)
        yield lambda: held.remove(held[0])
        yield from (held.clear, held.sort, held.reverse, held.pop)


def held_in(value):
    """Yield every dict and list in a value."""
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from held_in(inner)


def assert_frozen(value):
    for held in held_in(value):
        before = copy.copy(held)
        for change in changes(held) if held else ():
            with pytest.raises(TypeError, match="cannot be changed in place"):
                change()
        assert held == before


@pytest.fixture(scope="module")
def result():
    return qisim.run(small(), replicates=2)


def test_a_value_of_a_scenario_cannot_be_changed_in_place():
    scenario = qisim.load("external")
    digest = scenario.digest
    for name in ("values", "choices", "origins", "changed"):
        assert_frozen(getattr(scenario, name))
    with pytest.raises(dataclasses.FrozenInstanceError):
        scenario.activities[0].hours = 9.0
    assert isinstance(scenario.activities, tuple) and scenario.digest == digest


def test_what_a_result_says_of_its_scenarios_cannot_be_changed_either(result):
    assert_frozen(result.scenarios)
    assert_frozen(result.manifest)


def test_plans_and_sets_of_values_are_frozen():
    plan = read(
        {"scenarios": "external", "vary": ["tool.fit"], "design": {"points": [[0.5], [0.6]]}}
    )
    with pytest.raises(TypeError, match="cannot be changed"):
        plan.scenarios["external"] = qisim.load("internal")
    with pytest.raises(ValueError, match="read-only"):
        plan.design.table[0, 0] = 0.9
    with pytest.raises(ValueError, match="read-only"):
        ensemble("acceptable").values[0, 0] = 0.9


def test_a_given_array_stays_the_givers():
    given = np.array([[0.5], [0.6]])
    plan = read({"scenarios": "external", "vary": ["tool.fit"]})
    again = dataclasses.replace(plan, design=dataclasses.replace(plan.design, table=given))
    given[0, 0] = 0.9
    assert again.design.table[0, 0] == 0.5


@pytest.mark.parametrize("copied", [
    copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one)),
])  # fmt: skip
def test_a_copy_is_equal_and_as_frozen(copied, result):
    scenario = qisim.load("internal", pressure=1.1)
    again = copied(scenario)
    assert again == scenario and again.digest == scenario.digest and hash(again) == hash(scenario)
    assert_frozen(again.values)
    assert copied(result).manifest == result.manifest
    assert_frozen(copied(frozen({"a": [1, {"b": 2}]})))


def test_what_is_frozen_is_a_dict_or_a_list_still():
    plain = {"a": [1, {"b": (2, [3])}], "c": "text"}
    held = frozen(plain)
    assert held == plain and json.dumps(held) == json.dumps(plain)
    assert isinstance(held, FrozenDict) and isinstance(held["a"], FrozenList)
    changed = {**held, "c": "other"}
    changed["d"] = [*held["a"], 4]
    assert held == plain


def test_a_scenario_put_together_by_hand_is_checked_before_it_runs():
    scenario = qisim.load("external")
    wrong = dataclasses.replace(scenario, values={**scenario.values, "workload.pressure": 9.0})
    for use in (qisim.load, lambda one: qisim.run(one, replicates=1), qisim.CareUnit):
        with pytest.raises(ScenarioError, match=r"workload\.pressure: is out of range; got 9\.0"):
            use(wrong)
    fine = dataclasses.replace(scenario, values={**scenario.values, "workload.pressure": 1.1})
    assert qisim.load(fine).digest == scenario.replace(pressure=1.1).digest
