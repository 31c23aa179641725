"""Outcomes that depend on what the model fails to show are marked, and left aside where the pages say so."""

import csv
import io
import re
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

import qisim
from qisim.comparison import hangs_on
from qisim.comparison.wording import render_tables
from qisim.model.outcomes import OUTCOMES

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


@pytest.fixture
def fails(monkeypatch):
    """Let these patterns fail, whatever the validation says at present."""
    monkeypatch.setattr(hangs_on, "failing", lambda: {"L5": "A third", "L20": "The trap"})


def found(outcomes):
    return pd.DataFrame(
        {"outcome": outcomes, "verdict": ["internal higher"] * len(outcomes)}
    )  # fmt: skip


def test_verdicts_of_patterns_are_those_of_the_page():
    """`scripts/validation_page.py` writes both."""
    if not PAGE.exists():
        pytest.skip("the page is not in the wheel")
    text = files("qisim").joinpath("data", "validation.csv").read_text(encoding="utf-8")
    held = {row["id"]: row["verdict"] for row in csv.DictReader(text.splitlines())}
    rows = re.findall(
        r"^\| ([A-Z]\d+) \| .* \| .* \| (\w+) \| [^|]*\|$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    assert held == {pattern: verdict.lower() for pattern, verdict in rows}


def test_what_hangs_on_what_names_outcomes_and_patterns_that_there_are():
    from qisim.validation.patterns import PATTERNS

    assert set(hangs_on.HANGS_ON) <= set(OUTCOMES)
    assert {one for each in hangs_on.HANGS_ON.values() for one in each} <= set(PATTERNS)
    assert set(hangs_on.LEFT_ASIDE) <= set(hangs_on.HANGS_ON)


def test_what_is_to_be_left_aside_gets_no_verdict(fails):
    rows = hangs_on.marked(found(["strain_mean", "sustained", "peak"])).set_index("outcome")
    assert rows.loc["strain_mean", "verdict"].startswith("left aside: depends on L20")
    assert rows.loc["sustained", ["hangs_on", "verdict"]].tolist() == ["L5", "internal higher"]
    assert rows.loc["peak", "hangs_on"] == hangs_on.NOTHING


def test_where_nothing_fails_nothing_is_left_aside(monkeypatch):
    monkeypatch.setattr(hangs_on, "failing", dict)
    rows = hangs_on.marked(found(["strain_mean"]))
    assert rows["verdict"].tolist() == ["internal higher"] and rows["hangs_on"].tolist() == [
        hangs_on.NOTHING
    ]
    assert hangs_on.note(["strain_mean"]) == ""


def test_a_comparison_marks_them_where_they_stand(fails):
    result = qisim.compare("external", "no-programme", replicates=8)
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(*render_tables(result.differences(), 160))
    text = " ".join(console.export_text().split())
    assert "[fails L5]" in text and "left aside: depends on" in text
    assert "depends on a pattern that the model does not show (L5, A third; L20, The trap)" in text
    assert "left aside" in result.verdict()
    assert f"{OUTCOMES['sustained'].label} [fails L5]" in result._repr_html_()
