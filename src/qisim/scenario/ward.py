"""The ward and the plan: what of a scenario describes the place, and whose word on it counts.

A plan is often put together from shipped programmes, which stand in wards of their own. Where a file of
one's own describes a ward, that file is the whole word on it: what it leaves out has the model's default,
and not what the ward of one programme or another happened to have. Otherwise two plans "in one ward" would
differ in it without a line that says so.
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
"""What a file that describes a ward does not hold."""


@contextmanager
def in_ward(site: Any, *sources: Any) -> Iterator[None]:
    """Put every scenario that is read in here by name or path into the ward of a file.

    Parameters
    ----------
    site : path or None
        Without one it stays as it is.
    *sources : optional
        What somebody hands in; what cannot be put there is refused, not left out in silence.

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
    """Give a function the keyword `site`: a file that describes the ward of all scenarios it reads.

    It wins over every shipped ward, and loses to files of one's own; see `in_ward`.
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
    """Say whether a key describes the ward: its sections, and every number that is context elsewhere."""
    return key.partition(".")[0] in WARD_SECTIONS or (
        key not in CHOICES and PARAMETERS[key].role == "context"
    )


WARD_KEYS = tuple(key for key in KEYS if is_ward(key) and not key.startswith("run."))
"""What a ward file has the whole word on. When a run begins and how long it is watched is not the ward's."""


def is_site_file(layer: Layer) -> bool:
    """Say whether a layer is somebody's own file that describes a ward and nothing of a plan."""
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
    """Return the name of the last file of one's own that describes a ward; None where there is none."""
    return next((layer.label for layer in reversed(layers) if is_site_file(layer)), None)


def fill_ward(draft: Draft, layers: Sequence[Layer]) -> None:
    """Set what a site file leaves out to the defaults, where a shipped ward had said something else.

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
    """Say which numbers of the ward have defaults because a ward file leaves them out, for what plans."""
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
