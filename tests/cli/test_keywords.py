"""Keywords of the verbs from Python: unknown ones are named, and they are those of the command line."""

import inspect
from importlib import import_module

import click
import pytest

import qisim
from qisim.cli.main import COMMANDS
from qisim.cli.main import qisim as group
from qisim.errors import InputError

VERBS = {
    "run": "comparison.study:run", "compare": "comparison.study:compare",
    "sweep": "runs.sweep:sweep", "sensitivity": "sensitivity.study:sensitivity",
    "calibrate": "calibration.study:calibrate", "validate": "validation.study:validate",
    "diff-model": "validation.moved_study:diff_model", "reproduce": "reproduction:reproduce",
    "explain": "decide.explain:explain", "map": "decide.lever_map:lever_map",
    "flip": "decide.flip:flip", "levers": "decide.levers:levers", "worth": "decide.worth:worth",
    "search": "decide.search:search", "robust": "decide.robust:robust",
    "story": "decide.stories:story", "claims": "decide.claims:claims",
    "follow": "decide.follow:follow", "trial": "decide.trial:trial",
}  # fmt: skip
"""Where the verb of each command that makes runs is."""

NOT_OF_PYTHON = {
    "json", "quiet", "strict",  # how an answer is printed, and what a script is told by a code
    "part",  # several of these are `parts`
    "levers", "mutants",  # of `validate`: other questions, with functions of their own
}  # fmt: skip


def verb_of(command):
    room, _, name = VERBS[command].partition(":")
    return getattr(import_module(f"qisim.{room}"), name)


def unknown(verb, keyword, *args):
    """Return the problem with a keyword that a verb does not take; None where it takes it."""
    strange = {keyword: None, "is_nowhere_a_keyword": None}
    with pytest.raises(InputError) as refused:
        verb(*args, **strange)
    assert isinstance(refused.value, TypeError)
    return next((one for one in refused.value.problems if one.key == keyword), None)


def test_every_command_that_makes_runs_is_here():
    others = {"list", "show", "new", "check", "factors", "schema", "report", "app"}
    assert set(VERBS) == set(COMMANDS) - others


@pytest.mark.parametrize("command", VERBS)
def test_an_unknown_keyword_is_told_with_the_nearest_one(command):
    problem = unknown(verb_of(command), "worker")
    assert problem.nearest == "workers"
    assert "workers" in problem.allowed.split(", ")
    assert verb_of(command).__name__ in str(problem)


@pytest.mark.parametrize("command", VERBS)
def test_every_option_of_the_command_line_is_a_keyword_of_the_same_name(command):
    given = {
        word.removeprefix("--").replace("-", "_")
        for option in group.get_command(None, command).params if isinstance(option, click.Option)
        for word in option.opts if word.startswith("--")
    }  # fmt: skip
    verb = verb_of(command)
    assert given - NOT_OF_PYTHON
    assert [name for name in sorted(given - NOT_OF_PYTHON) if unknown(verb, name) is not None] == []


def test_the_other_doors_tell_as_well():
    assert unknown(qisim.evaluate, "replicate").nearest == "replicates"
    assert unknown(qisim.problem, "vry").nearest == "vary"
    assert unknown(qisim.sensitivity, "wher").nearest == "where"


def test_an_option_that_a_verb_would_pass_over_is_refused():
    for command, keyword in (("explain", "sites"), ("levers", "theories"), ("sweep", "over")):
        assert unknown(verb_of(command), keyword) is not None


@pytest.mark.parametrize("command", VERBS)
def test_what_a_notebook_shows_of_a_verb_are_its_keywords(command):
    parameters = inspect.signature(verb_of(command)).parameters
    assert len(parameters) > 1 and "given" not in parameters
    assert verb_of(command).__doc__
