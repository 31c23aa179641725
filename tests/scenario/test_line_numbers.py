"""Lines of keys: right where a file is good, and no more than a shrug where it is not."""

from __future__ import annotations

import random
import tomllib
from typing import Any

import mutations
import pytest

from qisim.scenario.line_numbers import MAX_DEPTH, KeyPath, key_lines

TEXT = """\
# a comment with [brackets] = and "quotes"
format = 1
extends = ["internal",   # the first
           "b"]

[site]
units = 2
"staff_per_unit" = 36
teams_per_unit = 3   # [not a table]

[[activities]]
kind = "workshop"
week = 2
hours = 3.0

[[activities]]
name = '''two
lines'''
kind = "seminar"
places = { a = 1, b = [1,
  2] }

[a.'b.c'."d e"]
x.y.z = 1
"""

EXPECTED: dict[KeyPath, int] = {
    ("format",): 2,
    ("extends",): 3,
    ("extends", 0): 3,
    ("extends", 1): 4,
    ("site",): 6,
    ("site", "units"): 7,
    ("site", "staff_per_unit"): 8,
    ("site", "teams_per_unit"): 9,
    ("activities",): 11,
    ("activities", 0): 11,
    ("activities", 0, "kind"): 12,
    ("activities", 0, "week"): 13,
    ("activities", 0, "hours"): 14,
    ("activities", 1): 16,
    ("activities", 1, "name"): 17,
    ("activities", 1, "kind"): 19,
    ("activities", 1, "places"): 20,
    ("activities", 1, "places", "a"): 20,
    ("activities", 1, "places", "b", 1): 21,
    ("a",): 23,
    ("a", "b.c"): 23,
    ("a", "b.c", "d e"): 23,
    ("a", "b.c", "d e", "x", "y", "z"): 24,
}


@pytest.mark.parametrize("path", EXPECTED)
def test_finds_the_line_of(path: KeyPath) -> None:
    assert key_lines(TEXT).lines[path] == EXPECTED[path]


def test_line_ends_of_another_system_change_nothing() -> None:
    assert key_lines(TEXT.replace("\n", "\r\n")).lines == key_lines(TEXT).lines


def test_what_has_no_line_has_that_of_the_table_around_it() -> None:
    lines = key_lines(TEXT)
    assert lines.of(("activities", 1, "week")) == 16
    assert lines.of(("site", "champions_per_unit")) == 6
    assert lines.of(("nowhere", "at", "all")) is None


def test_escaped_keys_are_unescaped() -> None:
    assert key_lines('"\\u00e6\\"x" = 1').lines == {('æ"x',): 1}


def paths(data: Any, base: KeyPath = ()) -> list[KeyPath]:
    """Return the path of everything in a table."""
    if not isinstance(data, dict | list):
        return []
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    return [path for key, value in pairs for path in ((*base, key), *paths(value, (*base, key)))]


@pytest.mark.parametrize("content", mutations.SHIPPED)
def test_everything_in_a_shipped_file_has_a_line_that_names_it(content: bytes) -> None:
    text = content.decode()
    lines, rows = key_lines(text), text.split("\n")
    for path in paths(tomllib.loads(text)):
        name = path[-1] if isinstance(path[-1], str) else str(path[-2])
        if isinstance(path[-1], str) or path[:-1] == ("activities",):
            assert name in rows[lines.lines[path] - 1]


def test_good_files_have_a_line_for_everything() -> None:
    good = 0
    for number in range(1500):
        try:
            text = mutations.gone_wrong(number).decode("utf-8-sig")
            data = tomllib.loads(text)
        except (ValueError, RecursionError):
            continue
        found = key_lines(text)
        if found.too_deep is None:
            good += 1
            assert set(paths(data)) <= set(found.lines), number
            assert max(found.lines.values(), default=1) <= text.count("\n") + 1
    assert good > 300


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * (MAX_DEPTH + 1),
        "\n\na = " + "{a=" * (MAX_DEPTH + 1),
        ".".join("a" * (MAX_DEPTH + 1)) + " = 1",
        "[" + ".".join("a" * (MAX_DEPTH + 1)) + "]",
        "a = 1\n[b]\nc = [{d = " + "[" * 100_000,
    ],
)
def test_says_where_nesting_is_too_deep(text: str) -> None:
    assert key_lines(text).too_deep == text.count("\n") + 1


def test_what_only_looks_deep_is_not() -> None:
    assert key_lines('a = "' + "[" * 50 + '"  # ' + "{" * 50).too_deep is None
    assert key_lines("a = " + "[" * MAX_DEPTH + "]" * MAX_DEPTH).too_deep is None
    assert key_lines("a = '''\n" + "[" * 50 + "\n'''\nb = 1").lines[("b",)] == 4


@pytest.mark.parametrize("number", range(8))
def test_large_nonsense_is_walked_through(number: int) -> None:
    chance = random.Random(number)
    words = [
        "[",
        "]",
        "{",
        "}",
        '"',
        "'",
        '"""',
        "'''",
        "=",
        ".",
        ",",
        "\n",
        "a",
        "\\",
        "#",
        " ",
        "1",
    ]
    text = "".join(chance.choices(words, k=60_000))
    lines = key_lines(text).lines.values()
    assert max(lines, default=1) <= text.count("\n") + 1


@pytest.mark.parametrize(
    "piece", ["[", "{", '"', "'", '"""', "a.", "a = [1,", "a = {", "[[a]]\n", '"\\']
)
def test_long_repeats_are_walked_through(piece: str) -> None:
    key_lines(piece * (100_000 // len(piece)))
