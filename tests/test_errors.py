"""Errors: one tree, and problems that a person can act on."""

import inspect
import re

import pytest

from qisim import errors
from qisim.errors import InputError, Interrupted, Problem, QisimError, nearest_name, shortened

TREE = [e for _, e in inspect.getmembers(errors, inspect.isclass) if issubclass(e, Exception)]


def test_a_problem_tells_all_that_is_known():
    problem = Problem(
        "is out of range", "site.toml", 7, "workload.pressure", 9, "0 to 2", "workload.cover"
    )
    assert str(problem) == (
        "site.toml:7: workload.pressure: is out of range; got 9; allowed: 0 to 2; "
        "did you mean 'workload.cover'?"
    )


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("is empty"), "is empty"),
        (Problem("is empty", file="a.toml"), "a.toml: is empty"),
        (Problem("is empty", key="site.units"), "site.units: is empty"),
        (Problem("is odd", key="site.units", value=0), "site.units: is odd; got 0"),
        (Problem("is odd", value=False), "is odd; got False"),
        (Problem("is odd", value=16, nearest="0.16"), "is odd; got 16; did you mean 0.16?"),
    ],
)
def test_a_problem_leaves_out_what_is_not_known(problem, text):
    assert str(problem) == text


def test_a_long_value_is_cut():
    assert shortened("ab") == "'ab'"
    assert len(shortened("x" * 500)) == 80
    assert shortened("x" * 500).endswith("…")
    assert len(str(Problem("is wrong", value="x" * 10_000))) < 120


def test_the_nearest_name_is_one_that_looks_alike():
    assert nearest_name("staff_turnovr", ["staff_turnover", "cover"]) == "staff_turnover"
    assert nearest_name("zzz", ["staff_turnover", "cover"]) is None
    assert nearest_name("zzz", []) is None


def test_all_problems_are_text():
    wrong = InputError([Problem("is too small", key="a"), "b is missing"])
    assert str(wrong) == "a: is too small\nb is missing"
    assert [problem.message for problem in wrong.problems] == ["is too small", "b is missing"]


@pytest.mark.parametrize("one", ["is missing", Problem("is missing")])
def test_a_single_problem_needs_no_list(one):
    assert InputError(one).problems == [Problem("is missing")]


def test_the_tree_in_the_docstring_is_the_tree():
    drawn = re.findall(r"^[│├└─ ]*([A-Z]\w+)", inspect.getdoc(errors), re.MULTILINE)
    assert {e.__name__ for e in TREE} <= set(drawn)
    assert all(issubclass(e, QisimError) for e in TREE)


CODES = {
    "QisimError": 1, "InputError": 2, "ScenarioError": 2, "UnknownKeyError": 2, "UnknownKeywordError": 2,
    "StudyError": 2, "DataError": 2, "StoreError": 2, "RunError": 3, "Interrupted": 130,
}  # fmt: skip


@pytest.mark.parametrize("error", TREE, ids=lambda e: e.__name__)
def test_exit_codes_are_those_of_the_contract(error):
    assert error.exit_code == CODES[error.__name__]


def test_a_stopped_study_carries_what_was_finished():
    assert Interrupted().result is None
    assert Interrupted([1]).result == [1]
    assert str(Interrupted()) == "interrupted"
