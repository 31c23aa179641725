"""The ward and the plan: which values describe the place, and which file decides them.

A plan is often built on shipped programmes, each of which comes with a ward. If a user's file
describes a ward, that file alone defines it: what it leaves out has the model's default, not the
value that the ward of one programme or another happened to have. Otherwise two plans "in one ward"
would differ in it without any line saying so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, TypeVar

from qisim.errors import Problem, ScenarioError
from qisim.model.parameters import PARAMETERS
from qisim.scenario.fields import CHOICES, DEFAULTS, KEYS
from qisim.scenario.files import Layer, Reader, is_shipped

if TYPE_CHECKING:
    from qisim.scenario.layers import Draft
    from qisim.scenario.scenario import Scenario

R = TypeVar("R")
SOURCES = ("base", "other", "scenario", "plan", "against", "file")
"""Keywords of functions that take a scenario."""
NOT_PLACEABLE = "is neither a name nor a file, so no ward file can be placed under it"
SHARED_WARD: ContextVar[Any] = ContextVar("SHARED_WARD", default=None)
"""The ward file into which every scenario that is read by name or path is put; see `in_ward`."""
WARD_SECTIONS = ("site", "workforce", "workload")
"""Sections that describe the ward and not the plan."""
PLAN_TABLES = ("programme", "activities", "extends")
"""Sections that a ward file must not have."""


@contextmanager
def in_ward(site: Any, *sources: Any) -> Iterator[None]:
    """Put every scenario read in this context by name or path into the ward of a file.

    Parameters
    ----------
    site : path or None
        None changes nothing.
    *sources : optional
        The sources; one that cannot be put there is refused, not silently ignored.

    Raises
    ------
    ScenarioError
        If a source is neither a name nor a path, nor a study of these.
    """
    if site is not None:
        for source in sources:
            _check_placeable(source)
    token = SHARED_WARD.set(SHARED_WARD.get() if site is None else site)
    try:
        yield
    finally:
        SHARED_WARD.reset(token)


def _check_placeable(source: Any) -> None:
    """Refuse a source that no ward file can be laid under."""
    named = isinstance(source, str | os.PathLike) or source is None
    entries = source.get("scenarios") if isinstance(source, Mapping) else None
    if entries is not None:
        for entry in [entries] if isinstance(entries, str | Mapping) else entries:
            _check_placeable(entry)
    elif not named:
        raise ScenarioError(Problem(NOT_PLACEABLE))


def takes_site(function: Callable[..., R]) -> Callable[..., R]:
    """Decorate a function with the keyword `site`: a file that describes the ward of all scenarios it reads.

    It overrides every shipped ward, and is overridden by the user's own files; see `in_ward`.
    """

    @wraps(function)
    def placed(*sources: Any, site: str | os.PathLike[str] | None = None, **options: Any) -> R:
        with in_ward(site, *sources, *(options[name] for name in SOURCES if name in options)):
            return function(*sources, **options)

    held = signature(function)
    *first, rest = held.parameters.values()
    about = "str | os.PathLike[str] | None"
    keyword = Parameter("site", Parameter.KEYWORD_ONLY, default=None, annotation=about)
    # `inspect.signature` reads it, yet the type of a function does not have it
    placed.__signature__ = held.replace(parameters=[*first, keyword, rest])  # type: ignore[attr-defined]
    return placed


def is_ward(key: str) -> bool:
    """Return whether a key describes the ward.

    Those of its sections do, and every number elsewhere with the role context.
    """
    return key.partition(".")[0] in WARD_SECTIONS or (
        key not in CHOICES and PARAMETERS[key].role == "context"
    )


WARD_KEYS = tuple(key for key in KEYS if is_ward(key) and not key.startswith("run."))
"""The keys that a ward file decides alone. Start and horizon of a run do not belong to the ward."""


def is_site_file(layer: Layer) -> bool:
    """Return whether a layer is a user's file that describes a ward and nothing of a plan."""
    described = isinstance(layer.data.get("site"), Mapping) and not is_shipped(layer.label)
    return described and not any(name in layer.data for name in PLAN_TABLES)


def in_ward_order(layers: Sequence[Layer]) -> list[Layer]:
    """Return layers with every site file after the shipped files, whatever the order in `extends`."""
    ordered = list(layers)
    for layer in layers:
        last = max((n for n, one in enumerate(ordered) if is_shipped(one.label)), default=-1)
        place = ordered.index(layer)
        if is_site_file(layer) and place < last:
            ordered.insert(last, ordered.pop(place))
    return ordered


def laid_under(reader: Reader, site: str) -> None:
    """Read a ward file, and put it after the last shipped file and before files of plans.

    What is wrong with it is noted as a problem of the reader.
    """
    held, before = list(reader.layers), len(reader.problems)
    reader.read(site)
    fresh = reader.layers[len(held) :]
    if len(reader.problems) > before:
        return
    if not fresh and any(is_site_file(layer) for layer in held):
        return  # the plan names this file already
    if len(fresh) != 1 or not is_site_file(fresh[0]):
        message = "is not a ward file: it needs [site], and must not have programme, activities or extends"
        reader.problems.append(Problem(message, site))
        return
    wards = (n for n, one in enumerate(held) if is_shipped(one.label) or is_site_file(one))
    place = max(wards, default=-1) + 1
    reader.layers = [*held[:place], *fresh, *held[place:]]


def site_file_of(layers: Sequence[Layer]) -> str | None:
    """Return the name of the user's last file that describes a ward; None if there is none."""
    return next((layer.label for layer in reversed(layers) if is_site_file(layer)), None)


def fill_ward(draft: Draft, layers: Sequence[Layer]) -> None:
    """Set what a site file leaves out to the defaults, where a shipped ward had set it.

    A shipped file that describes no ward (no ``[site]``) and sets one number of it means that number:
    ``stress-high-turnover`` keeps its turnover.
    """
    if site_file_of(layers) is None:
        return
    wards = {layer.label for layer in layers if is_shipped(layer.label) and "site" in layer.data}
    for key in WARD_KEYS:
        if key in draft.values and draft.places[key][0] in wards:
            draft.values[key] = DEFAULTS[key]
            draft.places[key] = (DEFAULT_OF_WARD, None)


DEFAULT_OF_WARD = "default (your ward file leaves it out)"
"""Origin of a value of the ward that its file leaves out, and that a shipped ward would have set."""


def ward_notes(scenarios: Mapping[str, Scenario]) -> list[str]:
    """Return notes on the numbers of the ward that a ward file leaves at their defaults, by plan."""
    found: dict[str, list[str]] = {}
    for name, scenario in scenarios.items():
        left = [k for k, origin in scenario.origins.items() if origin == DEFAULT_OF_WARD]
        if left:
            named = ", ".join(f"{key} = {_said(scenario[key])}" for key in left)
            found.setdefault(named, []).append(name)
    return [
        f"The ward file of {' and '.join(names)} leaves out, so the defaults stand: {named}."
        for named, names in found.items()
    ]


def _said(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:g}"
