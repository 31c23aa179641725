"""How a notebook shows a result: one line as text, or a card with runs, seed, digest and findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qisim.model.outcomes import OUTCOMES
from qisim.scenario.display import DIGEST, card, shortened
from qisim.text import shown

NOTHING = "nothing that fails"
"""What stands in `hangs_on` where an outcome depends on no pattern that fails."""
FIRST = ("adoption_final", "adoption_mean", "sustained", "programme_hours")
"""Outcomes on a card; the table has all."""


def facts_of(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a card on how a result was made."""
    found = {
        "replicates": f"{manifest['replicates']:,}",
        "seed": manifest["seed"],
        "engine": manifest["engine"],
        "qisim": manifest["qisim_version"],
        "study": manifest["study_digest"][:DIGEST],
    }
    if manifest["failures"]:
        found["failed runs"] = len(manifest["failures"])
    return found | ({"stopped": "before its end"} if manifest["interrupted"] else {})


def line_of(kind: str, manifest: Mapping[str, Any], more: str = "") -> str:
    """Return a result in one line."""
    names = shortened(", ".join(manifest["scenarios"]), 80)
    failed = f", {len(manifest['failures'])} failed" if manifest["failures"] else ""
    state = ", stopped before its end" if manifest["interrupted"] else ""
    runs = f"{manifest['replicates']:,} replicates, seed {manifest['seed']}{failed}{state}"
    return f"<{kind} {names}{more}: {runs}, study {manifest['study_digest'][:DIGEST]}>"


def card_of(
    title: str,
    manifest: Mapping[str, Any],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    note: str,
) -> str:
    """Return a result as a card: see `qisim.scenario.display.card`."""
    return card(title, facts_of(manifest), columns, rows, note)


def result_line(result: Any) -> str:
    """Return a run or a comparison in one line."""
    return line_of(type(result).__name__, result.manifest)


def result_html(result: Any) -> str:
    """Return a run or a comparison as a card: means, or differences and verdicts."""
    names = list(result.scenarios)
    if hasattr(result, "differences"):
        table = result.differences().to_dict("records")
        rows = [
            (*((row["other"],) if len(names) > 2 else ()), _label(row),
             _difference(row), row["verdict"])
            for row in table if row["outcome"] in FIRST
        ]  # fmt: skip
        heads = (*(("other",) if len(names) > 2 else ()), "outcome", f"less {names[0]}", "verdict")
        title, note = (
            f"{', '.join(names[1:])} against {names[0]}",
            ".differences() has all outcomes",
        )
    else:
        rows = summary_cells(result.summary().to_dict("records"))
        heads = SUMMARY_HEADS
        title, note = ", ".join(names), ".summary() has all outcomes, .runs and .weekly every run"
    return card_of(title, result.manifest, heads, rows, note)


def _label(row: Mapping[Any, Any]) -> str:
    """Return the label of an outcome, marked where it depends on a pattern that fails."""
    mark = row.get("hangs_on", NOTHING)
    return OUTCOMES[row["outcome"]].label + (f" [fails {mark}]" if mark != NOTHING else "")


SUMMARY_HEADS = ("scenario", "outcome", "mean", "5th to 95th percentile")


def summary_cells(rows: Iterable[Mapping[Any, Any]]) -> list[tuple[str, ...]]:
    """Return the first outcomes of a summary as cells, under `SUMMARY_HEADS`."""
    return [
        (row["scenario"], OUTCOMES[row["outcome"]].label, _shown(row, "mean"),
         f"{_shown(row, 'p05')} to {_shown(row, 'p95')}")
        for row in rows if row["outcome"] in FIRST
    ]  # fmt: skip


def _shown(row: Mapping[Any, Any], name: str, difference: bool = False) -> str:
    unit = OUTCOMES[row["outcome"]].unit
    return shown(row[name], unit, difference=difference, with_unit=True)


def _difference(row: Mapping[Any, Any]) -> str:
    low, high = _shown(row, "low", True), _shown(row, "high", True)
    return f"{_shown(row, 'difference', True)} ({low} to {high})"
