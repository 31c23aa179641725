"""Every public name is documented, and what users call is documented in full (numpydoc's checks)."""

import importlib
import inspect
import pkgutil
import types
import warnings
from functools import cache

import pytest
from numpydoc.validate import validate

import qisim
from qisim.comparison.comparison import Comparison
from qisim.output.result import Result
from qisim.scenario.scenario import Scenario

LEFT_OUT = {
    "SA01": "a section See Also: names in the text are links already",
    "EX01": "a section Examples: examples stand in docs/ and notebooks/, where tests run them",
    "ES01": "an extended summary: where a line says it all, a second would be padding",
    "GL08": "asked for by a test of its own, for modules too",
    "GL01": "summary on the line after the quotes: ours stands on the same line",
    "GL02": "the same for the closing quotes of one-line docstrings",
    "SS05": "third person: 'Pays' and the like are nouns or names as often as verbs",
    "GL06": "sections of our own: 'Environment', 'How to read it'",
    "GL07": "order of sections: follows from the one above",
    "PR03": "order of parameters: what belongs together stands together",
    "PR06": "names of types: numpydoc wants 'str' for words such as 'string' in a sentence",
}
"""Checks that are not made anywhere, and why."""

IN_FULL_ONLY = {
    "PR01": "every parameter: where a few plain parameters are told by the sentence, a list repeats it",
    "RT01": "a section Returns: 'Return the ...' has said it",
    "YD01": "the same for what is yielded",
    "PR04": "types: several parameters may share a line, as in 'As in `run`'",
    "PR07": "descriptions: the type says it where a class has a docstring",
    "RT03": "the same for what is returned",
}
"""Checks that only hold where users call, and why not elsewhere."""

SAID_IN_THE_SUMMARY = {"RT01", "YD01", "RT03", "PR04", "PR07"}
"""Of these, what may be left to the sentence even where users call: 'Return the ...', 'As in `run`'."""

USED = [*(f"qisim.{name}" for name in qisim.__all__ if name != "sensitivity" and not name.startswith("__")),
        "qisim.sensitivity.study.sensitivity",  # which the package of its room calls
        *(f"{cls.__module__}.{cls.__qualname__}.{name}"
          for cls in (Result, Comparison, Scenario)
          for name, thing in vars(cls).items()
          if inspect.isfunction(thing) and not name.startswith("_"))]  # fmt: skip
"""What users call: the package's verbs and the methods of what they get."""


@cache
def modules():
    """Return every public module of the package."""
    names = [m.name for m in pkgutil.walk_packages(qisim.__path__, "qisim.")]
    public = [name for name in names if not any(p.startswith("_") for p in name.split("."))]
    return [importlib.import_module(name) for name in ["qisim", *public]]


def documented(thing):
    """Say whether a thing is of a kind that has a docstring."""
    kinds = (types.FunctionType, type, property, classmethod, staticmethod)
    return isinstance(thing, kinds) or (hasattr(thing, "func") and hasattr(thing, "attrname"))


def public_names(module):
    """Yield the full names of what a module defines: functions, classes, their methods."""
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        if isinstance(thing, types.FunctionType | type):
            yield f"{module.__name__}.{name}"
        if isinstance(thing, type):
            for inner, held in vars(thing).items():
                foreign = getattr(held, "__module__", module.__name__) != module.__name__
                if not inner.startswith("_") and documented(held) and not foreign:
                    yield f"{module.__name__}.{name}.{inner}"


def found(name):
    """Return numpydoc's complaints about a name, by code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of a section of our own
        return dict(validate(name)["errors"])


MADE = {"qisim.model.outcome_values.RunOutcomes"}
"""Named tuples that are made of declarations; what they are stands in the text under them."""
NAMES = [name for module in modules() for name in public_names(module) if name not in MADE]


def docstring_of(name):
    """Return the docstring of a full name."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            thing = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            thing = (
                inspect.getattr_static(thing, part)
                if inspect.isclass(thing)
                else getattr(thing, part)
            )
        return inspect.getdoc(thing)
    raise LookupError(name)


def test_every_module_says_what_it_is():
    assert [module.__name__ for module in modules() if not module.__doc__] == []


def test_every_public_name_has_a_docstring():
    assert len(NAMES) > 500
    assert [name for name in NAMES if not docstring_of(name)] == []


def test_every_docstring_is_well_formed():
    passed_over = {**LEFT_OUT, **IN_FULL_ONLY}
    wrong = {
        name: left for name in NAMES
        if (left := {c: text for c, text in found(name).items() if c not in passed_over})
    }  # fmt: skip
    assert wrong == {}


@pytest.mark.parametrize("name", USED)
def test_what_users_call_is_told_in_full(name):
    text = docstring_of(name)
    passed_over = {
        *LEFT_OUT,
        *SAID_IN_THE_SUMMARY,
        *({"PR01"} if "Attributes\n---" in text else ()),
    }
    assert {code: told for code, told in found(name).items() if code not in passed_over} == {}


def test_the_verbs_tell_what_they_return_and_raise():
    verbs = [name for name in qisim.__all__ if inspect.isfunction(getattr(qisim, name))]
    for name in verbs:
        text = docstring_of(f"qisim.{name}")
        assert "Returns\n---" in text and "Raises\n---" in text, name


def gap(first):
    """Return nothing

    Parameters
    ----------
    third : int
        Not there.
    """


def test_a_gap_is_noticed():
    assert {"SS03", "PR01", "PR02"} <= set(found(f"{__name__}.gap"))
