"""Validation of a manifest before anything in it is trusted.

A folder may come from anybody. So its manifest is validated first: every key has its type, file
names stay inside the folder, nothing is nested deeper than a study can be, and settings are those
of the verb, none of which names a host to connect to or a file to read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from qisim.model.draws import MAX_SEED
from qisim.model.parameters import PARAMETERS
from qisim.scenario.fields import SECTIONS

DEEPEST = 30
MOST_RUNS = 1 << 40
MOST_SITES = 10_000
SHA = re.compile(r"[0-9a-f]{64}")

SETTINGS: Mapping[str, frozenset[str]] = {
    "run": frozenset(),
    "compare": frozenset({"matters", "pairs", "until_decided"}),
    "sweep": frozenset({"study", "model"}),
    "sensitivity": frozenset({"study", "model", "until", "theories", "where"}),
    "calibrate": frozenset({"vary", "fix", "start", "checks", "inputs", "data", "counting"}),
    "validate": frozenset({"patterns", "set", "draws"}),
}
"""Settings of each verb; any other name could be passed on to a function as an argument."""

FILES = ("extends", "parts")
"""Keys of a scenario that name files; a resolved one has none."""

DESIGN = frozenset({"method", "samples", "levels", "step"})


def problems_of(manifest: Any) -> Iterator[str]:
    """Yield the problems of a manifest."""
    if not isinstance(manifest, dict):
        yield "is not an object"
        return
    if _depth(manifest) > DEEPEST:
        yield f"is nested more than {DEEPEST} deep"
        return
    for key, (is_right, what) in KEYS.items():
        if key not in manifest:
            yield f"{key} is missing"
        elif not is_right(manifest[key]):
            yield f"{key} is not {what}"
    for key, (is_right, what) in MAY_BE_THERE.items():
        if key in manifest and not is_right(manifest[key]):
            yield f"{key} is not {what}"
    if isinstance(manifest.get("files"), dict):
        yield from (f"file {name!r} is not in the folder" for name in manifest["files"]
                    if not _is_inside(name))  # fmt: skip
    if isinstance(manifest.get("kind"), str) and isinstance(manifest.get("settings"), dict):
        yield from _wrong_settings(manifest["kind"], manifest["settings"])
        yield from _wrong_scenarios(manifest)


def _depth(value: Any) -> int:
    """Return how deep lists and objects are nested, looking no deeper than needed."""
    depth, level = 0, [value]
    while level and depth <= DEEPEST:
        depth += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return depth


def _wrong_settings(kind: str, settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield settings that the verb does not have, and designs that would read a file."""
    for name in settings.keys() - SETTINGS.get(kind, settings.keys()):
        yield f"{name!r} is not a setting of {kind}"
    matters = settings.get("matters")
    if matters is not None and not _is_object_of(_is_number)(matters):
        yield "settings.matters is not an object of numbers"
    if not _is_text(settings.get("pairs", "")):
        yield "settings.pairs is not a text"
    study = settings.get("study")
    if study is not None and kind in ("sweep", "sensitivity"):
        design = study.get("design") if isinstance(study, dict) else None
        if not isinstance(design, dict) or not design.keys() <= DESIGN:
            yield "settings.study is not a study"


def _wrong_scenarios(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield scenarios that are not resolved: they would have files read."""
    study = manifest["settings"].get("study")
    listed = study.get("scenarios") if isinstance(study, dict) else []
    named = manifest.get("scenarios")
    held = [*(named.values() if isinstance(named, dict) else ())]
    held += listed if isinstance(listed, list) else ["not a list"]
    if manifest["kind"] == "validate":
        return  # arms of a validation, which are not read back
    for one in held:
        if not isinstance(one, dict) or any(key in one for key in FILES):
            yield "a scenario is not resolved"
    for name, one in named.items() if isinstance(named, dict) else ():
        if isinstance(one, dict):
            yield from (
                f"scenarios.{name}.{key} is not a text"
                for key in ("name", "title")
                if not _is_text(one.get(key, ""))
            )
            yield from (
                f"scenarios.{name}.{key} is not an object"
                for key in SECTIONS
                if not isinstance(one.get(key, {}), dict)
            )


def _is_inside(name: str) -> bool:
    """Return whether a name stays inside the folder, on every system."""
    path = PurePosixPath(name)
    plain = not path.is_absolute() and ".." not in path.parts and name not in ("", ".")
    return plain and "\\" not in name and "\0" not in name and not PureWindowsPath(name).drive


def _is_over(over: Any) -> bool:
    if not isinstance(over, dict) or over.keys() != {"name", "keys", "values"}:
        return False
    keys, values = over["keys"], over["values"]
    if not (_is_text(over["name"]) and _is_texts(keys) and isinstance(values, list) and values):
        return False
    return all(
        isinstance(row, list) and len(row) == len(keys) and all(map(_is_number, row))
        for row in values
    )


def _is_sites(sites: Any) -> bool:
    return (
        isinstance(sites, dict) and sites.keys() == {"number", "keys"}
        and _is_whole(1, MOST_SITES)(sites["number"]) and _is_texts(sites["keys"])
        and all(key in PARAMETERS for key in sites["keys"])
    )  # fmt: skip


def are_earlier_looks(earlier: Any) -> bool:
    """Return whether a value is a list of looks at pairs of scenarios; see `qisim.runs.looked`."""
    return isinstance(earlier, list) and all(
        isinstance(one, dict) and one.keys() == {"base", "other", "looks"}
        and _is_text(one["base"]) and _is_text(one["other"])
        and isinstance(one["looks"], list) and all(map(is_look, one["looks"]))
        for one in earlier
    )  # fmt: skip


def is_look(look: Any) -> bool:
    """Return whether a value is a look at a pair of scenarios; see `qisim.runs.looked`."""
    return (
        isinstance(look, dict) and look.keys() == {"pairs", "seed", "until_decided"}
        and _is_whole(0, MOST_RUNS)(look["pairs"]) and _is_whole(0, MAX_SEED)(look["seed"])
        and isinstance(look["until_decided"], bool)
    )  # fmt: skip


def _is_theories(theories: Any) -> bool:
    return (
        isinstance(theories, dict) and bool(theories)
        and all(isinstance(one, dict) and SHA.fullmatch(str(one.get("sha256")))
                for one in theories.values())
    )  # fmt: skip


# --- types -----------------------------------------------------------------------------------------


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value - value == 0


def _is_whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    )


def _is_object_of(is_right: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(is_right, value.values()))


def _is_own_rules(value: Any) -> bool:
    return value is None or (
        isinstance(value, dict) and value.keys() == {"file", "sha256", "replaces", "source"}
        and all(map(_is_text, (value["file"], value["source"]))) and _is_texts(value["replaces"])
        and hashlib.sha256(str(value["source"]).encode("utf-8", "replace")).hexdigest()
        == value["sha256"]
    )  # fmt: skip


def _is_failure(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and _is_text(value.get("reason"))
        and _is_text(value.get("scenario"))
        and _is_whole(0, MOST_RUNS)(value.get("replicate"))
    )


KEYS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "schema_version": (_is_whole(1, 1 << 20), "a whole number from 1"),
    "kind": (_is_text, "a text"),
    "study_digest": (lambda value: _is_text(value) and bool(SHA.fullmatch(value)), "a SHA-256"),
    "command": (_is_texts, "a list of texts"),
    "seed": (_is_whole(0, MAX_SEED), f"a whole number from 0 to {MAX_SEED}"),
    "replicates": (_is_whole(1, MOST_RUNS), "a whole number from 1"),
    "engine": (_is_text, "a text"),
    "interrupted": (lambda value: isinstance(value, bool), "true or false"),
    "wall_time_s": (lambda value: _is_number(value) and value >= 0, "a number from 0"),
    **dict.fromkeys(("qisim_version", "python_version", "platform"), (_is_text, "a text")),
    "settings": (lambda value: isinstance(value, dict), "an object"),
    "failures": (
        lambda value: isinstance(value, list) and all(map(_is_failure, value)),
        "a list of runs that failed",
    ),
    "scenarios": (_is_object_of(lambda value: isinstance(value, dict)), "an object of scenarios"),
    "digests": (_is_object_of(_is_text), "an object of texts"),
    "packages": (
        _is_object_of(lambda value: value is None or _is_text(value)), "an object of versions",
    ),
    "files": (
        _is_object_of(lambda value: _is_text(value) and bool(SHA.fullmatch(value))),
        "an object of SHA-256 by file",
    ),
}  # fmt: skip
"""Check of each key of a manifest, and its description in messages."""

MAY_BE_THERE: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "qisim_commit": (lambda value: value is None or _is_text(value), "a text"),
    "own_rules": (_is_own_rules, "a file of rules with its digest"),
    "over": (_is_over, "a table of sets of values"),
    "sites": (_is_sites, "a number of sites and the keys that differ"),
    "theories": (_is_theories, "a table of theories and their digests"),
    "ward_notes": (_is_texts, "a list of texts"),
    "made_before": (
        _is_whole(0, MOST_RUNS),
        "a whole number from 0",
    ),  # of older folders
    "earlier_looks": (are_earlier_looks, "a list of pairs of scenarios with the looks at them"),
}
"""The same for keys that only some manifests have."""
