"""The patterns of the second edition are whole, and what they rest on exists."""

import csv
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

FILE = Path(__file__).parents[2] / "docs" / "data" / "second-edition-patterns.toml"
PATTERNS = tomllib.loads(FILE.read_text(encoding="utf-8"))["pattern"]
WORDS = ("id", "title", "use", "experiment", "number", "unit")
ROWS = csv.DictReader(
    files("qisim").joinpath("data", "evidence.csv").read_text(encoding="utf-8").splitlines()
)
KNOWN = {row["id"] for row in ROWS}


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern["id"])
def test_a_pattern_says_all_that_is_needed_to_judge_by_it(pattern):
    assert all(isinstance(pattern[word], str) and pattern[word] for word in WORDS)
    assert set(pattern) == {*WORDS, "low", "high", "sources"}
    assert pattern["use"] in ("tuning", "checking")
    assert float("-inf") < pattern["low"] < pattern["high"] < float("inf")
    assert set(pattern["sources"]) <= KNOWN


def test_every_pattern_has_a_name_of_its_own():
    assert len({pattern["id"] for pattern in PATTERNS}) == len(PATTERNS)
