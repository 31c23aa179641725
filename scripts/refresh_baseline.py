"""Write the outcome means of every shipped scenario to tests/baseline/outcome_means.csv.

`tests/test_baseline.py` compares them to the last digit, so that no result changes unseen. Refresh them
in a commit of its own that says why they changed.

Usage: uv run scripts/refresh_baseline.py
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qisim.model.outcome_values import outcomes_of
from qisim.runs.batch import batches
from qisim.runs.executor import simulate
from qisim.scenario.scenario import load, shipped

BASELINE = Path(__file__).parents[1] / "tests" / "baseline" / "outcome_means.csv"
REPLICATES, SEED = 20, 1
HEADER = ("scenario", "outcome", "runs_with_a_value", "mean")

Row = tuple[str, str, str, str]


def rows_of(name: str) -> Iterator[Row]:
    """Yield a row for each outcome of a shipped scenario, on the compiled engine."""
    (batch,) = batches({name: load(name)}, REPLICATES, SEED)
    weekly, adopters = simulate(batch, "compiled")
    for outcome, values in outcomes_of(weekly, batch.site.end_week - 1, adopters).items():
        yield name, outcome, *mean_of(values)


def mean_of(values: npt.NDArray[np.float64]) -> tuple[str, str]:
    """Return the number of values that are not missing, and their mean (empty if there are none)."""
    there = values[~np.isnan(values)].tolist()
    return str(len(there)), repr(math.fsum(there) / len(there)) if there else ""


def table() -> str:
    """Return the baseline of all shipped scenarios as a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for name in shipped():
        writer.writerows(rows_of(name))
    return text.getvalue()


def main() -> None:
    """Write the file; say how many rows are new or changed."""
    old = BASELINE.read_text(encoding="utf-8").splitlines() if BASELINE.exists() else []
    new = table()
    BASELINE.parent.mkdir(exist_ok=True)
    BASELINE.write_text(new, encoding="utf-8", newline="\n")
    print(f"{len(set(new.splitlines()) - set(old))} rows new or changed in {BASELINE.name}")


if __name__ == "__main__":
    main()
