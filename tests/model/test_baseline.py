"""The outcome means of the shipped scenarios are those stored, to the last digit.

Where a change is meant, `scripts/refresh_baseline.py` stores the new ones.
"""

import csv
import runpy
from pathlib import Path

import pytest

from qisim.model.outcomes import OUTCOMES
from qisim.scenario.scenario import shipped

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "refresh_baseline.py"))


def stored():
    """Return the stored rows, without the header."""
    with SCRIPT["BASELINE"].open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == SCRIPT["HEADER"]
    return [tuple(row) for row in rows]


def test_every_outcome_of_every_shipped_scenario_is_stored():
    wanted = [(name, outcome) for name in shipped() for outcome in OUTCOMES]
    assert [row[:2] for row in stored()] == wanted


@pytest.mark.parametrize("name", shipped())
def test_outcome_means_are_those_stored(name):
    found = list(SCRIPT["rows_of"](name))
    assert [row for row in found if row not in stored()] == []


def test_stored_means_are_written_so_that_no_digit_is_lost():
    assert all(repr(float(mean)) == mean for *_, mean in stored() if mean)
    assert all((int(runs) == 0) == (mean == "") for *_, runs, mean in stored())
