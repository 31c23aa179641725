"""Steps lifted to lanes do in each lane what the step does, and say where they stand."""

import ast
import types

import numpy as np
import pytest

from qisim.engines import lanes
from qisim.model import records, week_person, week_post, week_unit

STEPS = """
def rest(p, unit, activity, k):
    \"\"\"Rest a little.\"\"\"
    tired = helped(p, k) * activity.hours
    p.strain = p.strain - tired * unit.held[activity.led_by]
    p.used += 1.0


def helped(p, k):
    \"\"\"Be helped.\"\"\"
    return k.relief * p.strain
"""


def module_of(text, name="steps_of_a_test"):
    module = types.ModuleType(name)
    module.__file__ = "steps_of_a_test.py"
    exec(compile(text, module.__file__, "exec"), vars(module))
    return module


@pytest.fixture
def steps(monkeypatch):
    module = module_of(STEPS)
    monkeypatch.setattr(lanes.inspect, "getsource", lambda m: STEPS if m is module else "")
    return module


def as_is(function):
    return function


def test_each_lane_does_what_the_step_does(steps):
    lifted = lanes.lifted(3, [steps], module_of("", "no_order"), as_is, as_is, as_is)
    strain, relief = np.array([0.2, 0.5, 0.9]), np.array([0.1, 0.2, 0.3])
    held = np.array([[0.0, 0.0, 0.0], [1.0, 0.5, 0.25]])
    activity = types.SimpleNamespace(hours=2.0, led_by=1)
    p = types.SimpleNamespace(strain=strain.copy(), used=np.zeros(3))
    unit, k = types.SimpleNamespace(held=held), types.SimpleNamespace(relief=relief)
    lifted["rest"](p, unit, activity, k)
    for i in range(3):
        one = types.SimpleNamespace(strain=strain[i], used=0.0)
        steps.rest(
            one, types.SimpleNamespace(held=held[:, i]), activity,
            types.SimpleNamespace(relief=relief[i]),
        )  # fmt: skip
        assert (one.strain, one.used) == (p.strain[i], p.used[i])


def test_what_is_not_a_record_is_read_once_before_the_loop(steps):
    first, _ = lanes.functions_of(steps)
    text = ast.unparse(lanes.for_all_lanes(first, {"helped"}))
    before, loop = text.split("for i in range(LANES):")
    assert "activity.hours" in before and "activity" not in loop.replace("activity_", "")
    assert "helped(p, k, i)" in loop and "unit.held[activity_led_by, i]" in loop


def test_a_fault_in_a_step_is_told_at_its_own_line(steps):
    lifted = lanes.lifted(2, [steps], module_of("", "no_order"), as_is, as_is, as_is)
    code = lifted["rest"].__code__
    assert (code.co_filename, code.co_firstlineno) == ("steps_of_a_test.py", 2)


@pytest.mark.parametrize("module", [week_post, week_person, week_unit])
def test_the_records_of_the_week_have_the_fields_that_its_steps_name(module):
    fields = {
        "p": {*records.PERSON}, "team": {*records.TEAM}, "unit": {*records.UNIT, "held"},
        "site": {*records.SITE},
    }  # fmt: skip
    for function in lanes.functions_of(module):
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                known = fields.get(node.value.id)
                assert known is None or node.attr in known, (function.name, node.attr)


def test_no_field_of_a_record_is_kept_for_nothing():
    trees = [
        f for module in (week_post, week_person, week_unit) for f in lanes.functions_of(module)
    ]
    named = {
        (node.value.id, node.attr) for tree in trees for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }  # fmt: skip
    for record, fields in (("p", records.PERSON), ("team", records.TEAM), ("unit", records.UNIT)):
        assert [field for field in fields if (record, field) not in named] == []
    assert [field for field in records.SITE if ("site", field) not in named] == []


HANDS = """
from qisim.model.arithmetic import anybody


def change(p):
    \"\"\"Clear what is left behind.\"\"\"
    if anybody(p.left):
        clear(p)
"""
CLEAR = """
def clear(p):
    \"\"\"Take along what was learnt.\"\"\"
    p.used *= 1.0 - p.left
    p.visits += 1.0
"""


@pytest.mark.parametrize("left", [[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 1.0]])
def test_a_step_for_those_who_leave_is_left_out_only_where_nobody_does(monkeypatch, left):
    step, order = module_of(CLEAR, "a_step"), module_of(HANDS, "an_order")
    texts = {id(step): CLEAR, id(order): HANDS}
    monkeypatch.setattr(lanes.inspect, "getsource", lambda module: texts[id(module)])
    lifted = lanes.lifted(
        3, [step], order, as_is, as_is, as_is, anybody=lambda yes: bool((yes > 0.5).any())
    )
    p = types.SimpleNamespace(left=np.array(left), used=np.ones(3), visits=np.zeros(3))
    lifted["change"](p)
    assert p.used.tolist() == [1.0 - one for one in left]
    assert p.visits.tolist() == [float(any(left))] * 3
