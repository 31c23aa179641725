"""The record of earlier looks at pairs of scenarios, kept beside the runs.

Comparing the same two scenarios again, with more pairs or with another seed, is another look, and
the level of a look depends on how many there were before (`qisim.comparison.sequential`). So the
store holds a record::

    STORE/looks/
    └── 5f0c….txt       a line of JSON for each look at one pair of scenarios, in the order in which they came

A pair is identified by the digests of both scenarios, whichever is the base, by the model, and by
what it is compared over (sets of values, sites). Repeating the same look does not count again. A
record that cannot be read or written does not prevent a comparison; without a store there is none,
and deleting it is at the user's own responsibility.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from qisim.errors import StoreError
from qisim.output.manifest import digest_of_json
from qisim.output.manifest_check import is_look
from qisim.runs.executor import ENGINES
from qisim.runs.options import Options
from qisim.runs.store import LOOKS, default_folder, model_stamp

EARLIER = "earlier_looks"
"""Key of a manifest under which earlier looks stand."""
MOST_LINES = 1000
"""Most lines of a record that are read."""


def look(options: Options, until_decided: bool) -> dict[str, Any]:
    """Return a look as it is recorded."""
    return {
        "pairs": int(options.replicates), "seed": int(options.seed), "until_decided": until_decided,
    }  # fmt: skip


def question(digests: Sequence[str], around: Sequence[Any]) -> str:
    """Return a digest of the question put to a pair of scenarios.

    Both engines give the same numbers, so a look with the other one is the same question.

    Parameters
    ----------
    digests : sequence of str
        Of both scenarios.
    around : sequence
        What they are compared over, as plain data.
    """
    try:
        model = model_stamp(ENGINES["compiled"])
    except StoreError:
        model = ""
    return digest_of_json([sorted(digests), list(around), model])


def looks_before(
    questions: Mapping[tuple[str, str], str], options: Options, this: dict[str, Any]
) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return the looks before this one at each pair of scenarios.

    Parameters
    ----------
    questions : mapping of (str, str) to str
        As from `question`.
    options : Options
        Its `earlier` goes before the record.
    this : mapping
        As from `look`.
    """
    if options.earlier is not None:
        return {pair: looks_at(options.earlier, *pair) for pair in questions}
    found = {}
    for pair, asked in questions.items():
        held = _read(options, asked)
        found[pair] = held[: held.index(this)] if this in held else held
    return found


def looks_at(earlier: Sequence[Mapping[str, Any]], base: str, other: str) -> list[Any]:
    """Return the looks at one pair of scenarios from what a manifest says of all."""
    for one in earlier:
        if (one["base"], one["other"]) == (base, other):
            return list(one["looks"])
    return []


def remember(
    questions: Mapping[tuple[str, str], str], options: Options, this: Mapping[str, Any]
) -> None:
    """Record a look, unless it is there already or no record is kept."""
    if not _kept(options):
        return
    for asked in questions.values():
        if this in _read(options, asked):
            continue
        with suppress(OSError):
            path = _path(options, asked)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as record:  # one short write: lines never interleave
                record.write(json.dumps(this).encode() + b"\n")


def _kept(options: Options) -> bool:
    """Return whether looks are recorded: not without a store, nor if a study supplies its earlier looks."""
    return options.keep and options.earlier is None


def _path(options: Options, asked: str) -> Path:
    return Path(options.store or default_folder()) / LOOKS / f"{asked}.txt"


def _read(options: Options, asked: str) -> list[dict[str, Any]]:
    """Return the looks on record; invalid lines are ignored."""
    if not _kept(options):
        return []
    found: list[dict[str, Any]] = []
    with suppress(OSError):
        path = _path(options, asked)
        if not path.is_file():
            return []
        for line in path.read_text("utf-8", "replace").splitlines()[:MOST_LINES]:
            with suppress(ValueError, RecursionError):
                held = json.loads(line)
                if is_look(held) and held not in found:
                    found.append(held)
    return found
