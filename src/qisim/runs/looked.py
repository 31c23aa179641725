"""Looks at pairs of scenarios: which were taken before, kept beside the runs.

Who compares the same two scenarios again, with more pairs or with another seed, takes another look, and what
a look may say depends on how many there were (`qisim.comparison.sequential`). So the store holds a record::

    STORE/looks/
    └── 5f0c….txt       a line of JSON for each look at one pair of scenarios, in the order in which they came

A pair is known by the digests of both scenarios, whichever is the base, the model, and what it is looked at
over (sets of values, sites). The same look, taken again, is no other. A record that cannot be read or written
is no reason not to compare; without a store there is none, and who deletes it decides alone.
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
"""Lines of a record that are read."""


def look(options: Options, until_decided: bool) -> dict[str, Any]:
    """Return a look as it is kept."""
    return {
        "pairs": int(options.replicates), "seed": int(options.seed), "until_decided": until_decided,
    }  # fmt: skip


def question(digests: Sequence[str], around: Sequence[Any]) -> str:
    """Return a digest of what is asked of a pair of scenarios.

    All engines give the same numbers, so a look with another is no other question.

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
    """Write a look down, unless it is there or no record is kept."""
    if not _kept(options):
        return
    for asked in questions.values():
        if this in _read(options, asked):
            continue
        with suppress(OSError):
            path = _path(options, asked)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as record:  # one short write: nobody else's line comes between
                record.write(json.dumps(this).encode() + b"\n")


def _kept(options: Options) -> bool:
    """Say whether there is a record: not without a store, nor of a study that says itself what was before."""
    return options.keep and options.earlier is None


def _path(options: Options, asked: str) -> Path:
    return Path(options.store or default_folder()) / LOOKS / f"{asked}.txt"


def _read(options: Options, asked: str) -> list[dict[str, Any]]:
    """Return the looks on record; lines that are none are passed over."""
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
