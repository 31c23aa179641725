"""What holds for every rule: finite within its range, one way, plain arithmetic, neutral at strength 0."""

import ast
import inspect
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_ranges import (
    DOWNWARD,
    INPUTS,
    OUTPUTS,
    PUBLIC,
    SHARE,
    TINY,
    UPWARD,
    WEIGHT,
    inputs,
    numbers,
)

from qisim.engines import custom_rules
from qisim.model import rules

# --- all rules ------------------------------------------------------------------------------------


def test_every_rule_has_a_range_and_a_direction_or_an_edge():
    assert set(PUBLIC) == set(INPUTS)
    assert set(PUBLIC) - set(UPWARD) - set(DOWNWARD) == {"staff_group", "group_gap"}


@pytest.mark.parametrize("name", INPUTS)
def test_the_range_of_every_argument_is_text(name):
    assert set(inspect.signature(PUBLIC[name]).parameters) == set(INPUTS[name])


@pytest.mark.parametrize("name", INPUTS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_rule_is_finite_within_its_range_and_goes_one_way(name, data):
    low, high = OUTPUTS.get(name, SHARE)
    first, second = (dict(zip(INPUTS[name], data.draw(inputs(name)))) for _ in range(2))
    value = PUBLIC[name](**first)
    assert isinstance(value, float) and math.isfinite(value)
    assert low - TINY <= value <= high + TINY
    for sign, table in ((1.0, UPWARD), (-1.0, DOWNWARD)):
        for argument in table.get(name, "").split():
            other = PUBLIC[name](**{**first, argument: second[argument]})
            rise = sign * (other - value) * (1.0 if second[argument] >= first[argument] else -1.0)
            assert rise >= -TINY * max(1.0, abs(value), abs(other)), argument


@pytest.mark.parametrize("name", PUBLIC)
def test_rule_has_a_text_and_types(name):
    assert inspect.getdoc(PUBLIC[name])
    signature = inspect.signature(PUBLIC[name])
    assert {a.annotation for a in signature.parameters.values()} == {"float"}
    assert signature.return_annotation == "float"


# --- the arithmetic that rules may use ------------------------------------------------------------


TREES = {
    part.__name__: ast.parse(Path(part.__file__).read_text(encoding="utf-8"))
    for part in rules.PARTS
}

RATES = {
    "weekly_leaving", "weekly_loss", "weekly_step", "habit_step", "schooled_turnover",
}  # fmt: skip

PLAIN = (
    ast.arguments, ast.arg, ast.Return, ast.Assign, ast.Expr, ast.Name, ast.Load, ast.Store,
    ast.Constant, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UnaryOp, ast.USub,
    ast.IfExp, ast.Compare, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.BoolOp, ast.Or, ast.And,
    ast.Call, ast.Tuple,
)  # fmt: skip


def functions():
    trees = TREES.values()
    return [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("function", functions(), ids=lambda node: node.name)
def test_weekly_rule_uses_plain_arithmetic_and_other_rules_only(function):
    nodes = list(ast.walk(function))
    called = {node.func.id for node in nodes if isinstance(node, ast.Call)}
    if function.name in RATES:
        assert called <= {"power", "at_least", *RATES}
        return
    assert {type(node) for node in nodes} <= {ast.FunctionDef, *PLAIN}
    assert called <= set(PUBLIC) - RATES


def test_the_rules_are_those_that_the_files_define():
    assert [function.name for function in functions()] == list(PUBLIC)


@pytest.mark.parametrize("name", TREES)
def test_rules_import_each_other_and_the_power_and_nothing_else(name):
    nodes = ast.walk(TREES[name])
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    used = {getattr(node, "module", None) for node in imports}
    power = {"qisim.model.power"} if name == rules.rates.__name__ else set()
    assert used <= {"__future__", *TREES, *power}


def test_a_power_stands_in_the_file_of_rates_only():
    powers = {
        f.name for f in functions() for n in ast.walk(f)
        if isinstance(n, ast.Call) and n.func.id == "power"
    }  # fmt: skip
    assert powers and powers <= RATES
    assert not any(isinstance(node, ast.Pow) for f in functions() for node in ast.walk(f))
    assert {rule.__module__ for name, rule in PUBLIC.items() if name in RATES} == {
        rules.rates.__name__
    }
    assert RATES == custom_rules.RATES


# --- neutral: a factor of strength 0 does nothing -------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(weight=numbers(*WEIGHT), level=numbers(*SHARE), other=numbers(*SHARE))
def test_strength_zero_is_neutral(weight, level, other):
    assert rules.two_sided(0.0, weight, 2.0 * level - 1.0) == 1.0
    assert rules.meeting_odds(0.0, weight, level) == 1.0
    assert rules.willing_odds(0.0, weight, level) == 1.0
    assert rules.attitude(0.0, weight, level) == 1.0
    assert rules.misfit_odds(0.0, weight, level) == 1.0
    assert rules.coping(0.0, weight, level, other) == 1.0
    assert rules.learner(0.0, weight, weight, level) == 1.0
    assert rules.simulation_bonus(0.0, weight) == 1.0
    assert rules.slack(0.0, 3.0 * level, 1.2) == 1.0
    assert rules.repeated_teaching(0.0, weight) == 0.0
    assert rules.writing_hours(0.0, weight) == 0.0
    assert rules.workaround_hours(0.0, weight, level) == 0.0
    assert rules.saved_hours(0.0, weight, level, other) == 0.0
    assert rules.leaving_probability(0.0, level, weight) == 0.0
    assert rules.kept_share(0.0, level, other) == other
    assert rules.opportunity(other, 0.0, level, level) == other
    assert rules.leader_strain(other, 0.0, level, level) == other
