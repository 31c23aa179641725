"""Numbers read off the page, and the same from qisim."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from page_steps import LONG_MS

import qisim
from qisim import load

# --- behind the answer -----------------------------------------------------------------------------------


def looked_at(page: Any, study: str) -> Any:
    """Look at a study behind the answer, and wait until it is done."""
    page.locator(f"#{study}-card").scroll_into_view_if_needed()
    page.wait_for_selector(f"html[data-{study}='done']", timeout=LONG_MS)
    return page.locator(f"#{study}")


def signed(text: str) -> float:
    return float(text.replace("−", "-").replace(",", "").split(" ")[0])


def means(files: list[Path], runs: int, *overrides: dict[str, float]) -> list[float]:
    """Return people in routine use in the last week, the mean of runs of each plan, as qisim gives them."""
    plans = [load(file, change) for file, change in zip(files, overrides, strict=True)]
    found = qisim.compare(*plans, replicates=runs, seed=1, over="acceptable").weekly
    return [
        float(persons_by_week(found[found["scenario"] == one.name]).iloc[-1].mean())
        for one in plans
    ]


# --- a plan that has begun -----------------------------------------------------------------------------


def persons_by_week(weekly: Any) -> Any:
    """Return people in routine use, a row for each week (from 1) and a column for each run."""
    table = weekly.pivot(index="week", columns="replicate", values=["adoption", "vacancy"])
    return 36 * table["adoption"] * (1 - table["vacancy"])
