"""What a planner reads of a comparison."""

import io

import numpy as np
import pandas as pd
import pytest
from compared import of
from rich.console import Console

from qisim.comparison.comparison import (
    Comparison,
    differences,
)
from qisim.comparison.wording import planner_text, render_tables
from qisim.model.outcomes import OUTCOMES

# What a planner reads


def test_the_terminal_table_is_at_most_a_hundred_columns_wide(two):
    runs = two[0].replace({"external": "a-very-long-name-of-a-scenario-in-a-large-city"})
    for frame in (runs, two[0]):
        found = differences(frame, frame["scenario"].iloc[0])
        console = Console(width=160, record=True, file=io.StringIO())
        for table in render_tables(found):
            console.print(table)
        text = console.export_text()
        assert max(len(line.rstrip()) for line in text.splitlines()) <= 100
        for outcome in OUTCOMES.values():
            assert outcome.label in text
        assert "internal higher" in text


@pytest.mark.parametrize("width", [30, 40, 73, 74, 80, 99, 100, 200])
def test_tables_hold_every_number_and_verdict_at_any_width(two, width):
    found = differences(two[0], "external")
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(*render_tables(found, width))
    lines = console.export_text().splitlines()
    assert max(len(line.rstrip()) for line in lines) <= min(width, 100)
    words = " ".join(" ".join(lines).split())
    for row in found.to_dict("records"):
        assert all(word in words for word in row["verdict"].split())
        assert all(word in words for word in OUTCOMES[row["outcome"]].label.split())
        if not np.isnan(row["probability_other_better"]):
            assert f"{100 * row['probability_other_better']:.0f}" in words


def test_names_are_shown_as_they_are(two):
    runs = two[0].replace({"internal": "[red]internal"})
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(*render_tables(differences(runs, "external")))
    assert "[red]" in console.export_text()


def test_the_text_names_every_outcome_once_and_both_levels(comparison):
    text = comparison.verdict()
    assert text.startswith("internal against external, 30 pairs of runs:")
    for outcome in OUTCOMES.values():
        assert outcome.label in text
    assert "* internal higher: Routine use, last week" in text
    assert "nan" not in text


def test_several_others_have_a_paragraph_and_a_table_each(two):
    third = two[0][two[0]["scenario"] == "internal"].assign(scenario="third")
    found = differences(pd.concat([two[0], third]), "external")
    assert len(render_tables(found)) == 2
    text = planner_text(found)
    assert "internal against external" in text and "third against external" in text


# The object


def test_a_comparison_saves_its_differences(comparison, tmp_path):
    out = comparison.save(tmp_path)
    held = pd.read_csv(out / "differences.csv")
    found = comparison.differences()
    assert list(held) == list(found)
    pd.testing.assert_frame_equal(held, found, check_dtype=False, check_exact=True)
    assert (comparison.base, comparison.others) == ("external", ["internal"])
    assert set(comparison.manifest["scenarios"]) == {"external", "internal"}


def test_settings_of_a_comparison_reach_its_differences(two, comparison):
    wide = Comparison(
        *two, comparison.scenarios, comparison.manifest, matters={"peak": 0.9}, interval="bca"
    )
    row = of(wide.differences(), "peak")
    assert row["matters"] == 0.9 and row["verdict"] == "no difference that matters"
    assert row["low"] != of(comparison.differences(), "peak")["low"]
