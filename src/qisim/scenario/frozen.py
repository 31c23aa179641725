"""Mappings and lists that cannot be changed in place.

A scenario is identified by the digest of its content, so nothing in it may change afterwards. A
frozen value is still a dict or a list: it compares, is written as JSON, copied and pickled like
one, and ``{**held}`` or ``list(held)`` gives one that can be changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn


def _refused(self: Any, *_: Any, **__: Any) -> NoReturn:
    """Refuse to be changed in place."""
    raise TypeError(
        "this cannot be changed in place, because digests and results rest on it; a scenario with other "
        "values is had by scenario.replace({...})"
    )


class FrozenDict(dict):
    """A dict that refuses to be changed."""

    __setitem__ = __delitem__ = __ior__ = _refused
    clear = pop = popitem = setdefault = update = _refused

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self),)

    def __copy__(self) -> FrozenDict:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> FrozenDict:
        return self


class FrozenList(list):
    """A list that refuses to be changed."""

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refused
    append = extend = insert = pop = remove = clear = sort = reverse = _refused

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenList, (list(self),)

    def __copy__(self) -> FrozenList:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> FrozenList:
        return self


def frozen(value: Any) -> Any:
    """Return a value with every mapping and list in it frozen, recursively."""
    if isinstance(value, FrozenDict | FrozenList):
        return value
    if isinstance(value, Mapping):
        return FrozenDict({key: frozen(held) for key, held in value.items()})
    if isinstance(value, list):
        return FrozenList([frozen(held) for held in value])
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(frozen(held) for held in value)
    return value
