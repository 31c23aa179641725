"""Several plans in one table: an outcome a row, a plan a column.

Under each plan stands its mean and, beneath it, how far it is from the base, with the 95 % interval and the
verdict. The numbers are those of `qisim.comparison.comparison.Comparison.differences`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from qisim.comparison.wording import (
    SAME,
    interval_text,
    label_of,
    matters_text,
    on_share,
    values_are_few,
)
from qisim.model.outcomes import REPORTED
from qisim.text import shown, wrapped_name

if TYPE_CHECKING:
    from rich.table import Table

Pairing = Literal["base", "all"]
"""The pairs that are reported: each plan with the base, or every pair."""
NOTE = (
    "Under each plan: its mean, how far it is from {base}, with the 95 % interval, and the verdict. Means of "
    "the pairs with a value in both. Verdicts of each plan allow for the number of outcomes (Holm), not for "
    "the number of plans."
)
FIELDS = ("mean", "difference", "low", "high", "verdict")
"""What `plans` says of each plan, in columns called ``PLAN: FIELD``."""
LABEL_WIDTH, BASE_WIDTH, PLAN_WIDTH = 22, 9, 21


def plans(found: pd.DataFrame, base: str) -> pd.DataFrame:
    """Return differences from one base with plans as columns.

    Parameters
    ----------
    found : DataFrame
        As from `qisim.comparison.comparison.Comparison.differences`.
    base : str
        Name of the base.

    Returns
    -------
    DataFrame
        A row per outcome: ``outcome``, ``BASE: mean``, and for every other plan the columns of `FIELDS`.
    """
    rows = _by_outcome(found, base)
    table = []
    for name, cells in rows.items():
        first = next(iter(cells.values()))
        line: dict[str, Any] = {"outcome": name, f"{base}: mean": first["base_mean"]}
        for other, row in cells.items():
            values = (row["other_mean"], row["difference"], row["low"], row["high"], row["verdict"])
            line |= {f"{other}: {field}": v for field, v in zip(FIELDS, values, strict=True)}
        table.append(line)
    return pd.DataFrame(table)


def _by_outcome(found: pd.DataFrame, base: str) -> dict[str, dict[str, Mapping[str, Any]]]:
    rows: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in found[found["base"] == base].to_dict("records"):
        rows.setdefault(row["outcome"], {})[row["other"]] = {str(k): v for k, v in row.items()}
    return rows


def cells(found: pd.DataFrame, base: str) -> tuple[list[str], list[list[list[str]]]]:
    """Return header and rows as people read them; a cell is a list of lines."""
    rows, others = [], list(dict.fromkeys(found[found["base"] == base]["other"]))
    for held in _by_outcome(found, base).values():
        first = next(iter(held.values()))
        unit = REPORTED[first["outcome"]].unit
        few = all(map(values_are_few, held.values()))
        mean = "–" if few else shown(first["base_mean"], unit, with_unit=True)
        rows.append([[label_of(first)], [mean], *(_cell(held[other]) for other in others)])
    return ["Outcome", base, *others], rows


def _cell(row: Mapping[str, Any]) -> list[str]:
    """Return the cell of a plan: mean, difference, verdict."""
    said = str(row["verdict"]).replace(f"{row['other']} ", "", 1)
    said = said if on_share(row["verdict"]) else said.partition(":")[0].partition(" (")[0]
    if values_are_few(row):
        return [said]
    mean = shown(row["other_mean"], REPORTED[row["outcome"]].unit, with_unit=True)
    return [mean, said] if said == SAME else [mean, interval_text(row), said]


def note(found: pd.DataFrame, base: str) -> str:
    """Return the note under the table."""
    rows = [
        {str(k): v for k, v in row.items()}
        for row in found[found["base"] == base].to_dict("records")
    ]
    one = [row for row in rows if row["other"] == rows[0]["other"]]
    return f"{NOTE.format(base=base)} {matters_text(one)}".strip()  # fmt: skip


def render(found: pd.DataFrame, base: str, width: int = 110) -> list[Table]:
    """Return terminal tables (rich), each with as many plans as there is room for."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    header, rows = cells(found, base)
    at_once = max(1, (width - LABEL_WIDTH - BASE_WIDTH - 4) // (PLAN_WIDTH + 1))
    tables: list[Table] = []
    places = range(2, len(header))
    for begin in range(2, len(header), at_once):
        kept = [0, 1, *places[begin - 2 : begin - 2 + at_once]]
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, show_lines=False,
                      title_justify="left", caption_justify="left")  # fmt: skip
        for i in kept:
            room = LABEL_WIDTH if i == 0 else BASE_WIDTH if i == 1 else PLAN_WIDTH
            table.add_column(Text(wrapped_name(header[i], room)), overflow="fold", width=room,
                             justify="right" if i == 1 else "left")  # fmt: skip
        for row in rows:
            table.add_row(*(Text("\n".join(row[i])) for i in kept))
        tables.append(table)
    tables[0].title = Text(f"{', '.join(header[2:])} against {base}")
    tables[-1].caption = Text(note(found, base))
    return tables


def asked_pairs(names: Sequence[str], pairs: Pairing) -> list[tuple[str, str]]:
    """Return the pairs that are compared: each with the base, or every pair (``all``)."""
    if pairs == "all":
        return [(one, other) for i, one in enumerate(names) for other in names[i + 1 :]]
    return [(names[0], other) for other in names[1:]]
