"""The chance that a plan fails, and its early signs.

A plan has failed where hardly anybody is left who uses the practice by routine in the last week. An early
sign is a share of staff who use it some months after the start below which failure is more likely. Where
to draw that line is chosen on every other site, and what it is worth is counted on the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from qisim.decide.finding import Finding, Table
from qisim.decide.sites import SitesStudy, drawn_sites
from qisim.decide.worlds import Array, Worlds
from qisim.design.ensemble import ACCEPTABLE, ensemble
from qisim.errors import InputError
from qisim.model.parameters import Parameter
from qisim.scenario.scenario import Scenario

HARDLY = 0.10
"""Share of staff with routine use in the last week below which a plan has failed: an assumption."""
LOOKS = (13, 26, 39, 52)
"""Weeks after the start in which one looks for a sign; use is the mean of the four weeks up to then."""
MONTH = 4
FEWEST = 10
"""Sites that fail, or do not, in each half below which no sign is looked for."""
SERIES = ("adoption", "use")


class Runs(SitesStudy):
    """Plans in many sites, as a part of a question."""

    def put_together(self) -> Any:
        """Return the weekly series."""
        return self.curves


def with_failing(
    told: Finding, pair: Sequence[Scenario], more: Sequence[Parameter], sites: int, ledger: Worlds
) -> Finding:
    """Return the finding with each plan's probability of failure and its early signs added.

    Parameters
    ----------
    told : Finding
    pair : sequence of Scenario
    more : sequence of Parameter
        What varies beside the sets of strengths.
    sites : int
        Sites that each plan is run in, each with luck of its own.
    ledger : Worlds
        Where the question is run; failures are noted there.
    """
    options = ledger.options
    try:
        drawn = drawn_sites(
            pair, more, ensemble(options.over or ACCEPTABLE), sites, int(options.seed)
        )
    except InputError:  # the plans differ in all that could vary
        return told
    plans = {one.name: one for one in pair}
    study = Runs("robust", pair, plans, drawn, SERIES, {}, replace(options, out=None))
    study.make()
    ledger.failures += [
        {"scenario": name, "replicate": site, "reason": why}
        for (name, site), why in sorted(study.failures.items())
    ]
    there = study.whole()
    if len(there) < 2:
        return told
    chance = failing_table(plans, study.curves, there)
    signs = signs_table(plans, study.curves, there)
    tables = dict(told.tables)
    tables["failing"] = Table(chance, *failing_cells(chance))
    tables["signs"] = Table(signs, *signs_cells(signs), words=2)
    tables["worlds"] = tables.pop("worlds")
    return replace(told, tables=tables, sentences=[*told.sentences, *_sentences(chance, signs)])


def failing_table(
    plans: Mapping[str, Scenario], curves: Mapping[str, Mapping[str, Any]],
    there: npt.NDArray[np.int64],
) -> pd.DataFrame:  # fmt: skip
    """Return in what share of sites each plan fails, with its 95 % interval."""
    from qisim.decide.robust import share_interval

    rows = []
    for name in plans:
        failed = curves[name]["adoption"][there][:, -1] < HARDLY
        rows.append((name, float(failed.mean()), *share_interval(int(failed.sum()), len(failed)),
                     len(failed)))  # fmt: skip
    return pd.DataFrame(rows, columns=["plan", "fails", "low", "high", "sites"])


def signs_table(
    plans: Mapping[str, Scenario], curves: Mapping[str, Mapping[str, Any]],
    there: npt.NDArray[np.int64],
) -> pd.DataFrame:  # fmt: skip
    """Return early signs of failure, a row for each plan and look at which there are enough of both sorts."""
    rows = []
    for name, plan in plans.items():
        failed = curves[name]["adoption"][there][:, -1] < HARDLY
        for after in LOOKS:
            week = int(plan["programme.start_week"]) - 1 + after
            if week + MONTH > int(plan["run.weeks"]):
                continue
            use = curves[name]["use"][there][:, week - MONTH : week].mean(axis=1, dtype=np.float64)
            found = sign_of_failure(use, failed)
            if found is not None:
                rows.append((name, after, *found))
    columns = [
        "plan",
        "weeks_after_start",
        "below",
        "fails_below",
        "fails_above",
        "warned",
        "share_below",
    ]
    return pd.DataFrame(rows, columns=columns)


def sign_of_failure(
    use: Array, failed: npt.NDArray[np.bool_]
) -> tuple[float, float, float, float, float] | None:
    """Return a line below which use foretells failure, and what it is worth in sites it was not drawn on.

    Returns
    -------
    tuple of float, or None
        The line; the share of sites that fail below it, and above it; the share of failures that are
        below it; the share of sites below it. None where too few fail, or too few do not.
    """
    first, second = np.arange(0, len(use), 2), np.arange(1, len(use), 2)
    for half in (first, second):
        if min(failed[half].sum(), (~failed[half]).sum()) < FEWEST:
            return None
    lines = np.unique(np.quantile(use[first], np.linspace(0.05, 0.95, 37)))
    caught = [(use[first] <= line)[failed[first]].mean() for line in lines]
    false = [(use[first] <= line)[~failed[first]].mean() for line in lines]
    line = float(lines[int(np.argmax(np.subtract(caught, false)))])
    below = use[second] <= line
    if not below.any() or below.all():
        return None
    bad = failed[second]
    return (line, float(bad[below].mean()), float(bad[~below].mean()), float(below[bad].mean()),
            float(below.mean()))  # fmt: skip


# --- wording ---------------------------------------------------------------------------------------


def per_cent(share: float) -> str:
    """Return a share in per cent."""
    return f"{100 * share:.0f} %"


def failing_cells(frame: pd.DataFrame) -> tuple[tuple[str, ...], list[tuple[str, ...]], str]:
    """Return headers, cells and caption of the chance of failure."""
    cells: list[tuple[str, ...]] = [
        (row["plan"], per_cent(row["fails"]), f"[{per_cent(row['low'])}, {per_cent(row['high'])}]")
        for row in frame.to_dict("records")
    ]
    caption = (
        f"Failed: fewer than {per_cent(HARDLY)} of staff with routine use in the last week. Each of "
        f"{frame['sites'].iloc[0]} sites has a set of strengths and luck of its own."
    )
    return ("Plan", "Fails in", "95 %"), cells, caption


def signs_cells(frame: pd.DataFrame) -> tuple[tuple[str, ...], list[tuple[str, ...]], str]:
    """Return headers, cells and caption of early signs."""
    cells: list[tuple[str, ...]] = [
        (row["plan"], f"week {row['weeks_after_start']}", per_cent(row["below"]),
         per_cent(row["fails_below"]), per_cent(row["fails_above"]), per_cent(row["warned"]))
        for row in frame.to_dict("records")
    ]  # fmt: skip
    caption = (
        "Share of staff who use the practice (mean of four weeks, counted from the start) at or below which a "
        "plan is in danger: in what share of such sites it fails, in what share of the others, and what share "
        "of failures had shown the sign. Counted in sites that the line was not drawn on."
    )
    headers = ("Plan", "Look in", "Use at most", "Then fails in", "Else in", "Failures warned of")
    return headers, cells, caption


def _sentences(chance: pd.DataFrame, signs: pd.DataFrame) -> list[str]:
    words = [f"{row['plan']} in {per_cent(row['fails'])}" for row in chance.to_dict("records")]
    found = [
        f"A plan fails (fewer than {per_cent(HARDLY)} with routine use in the last week) in some sites: "
        f"{', '.join(words)}."
    ]
    for _, rows in signs.groupby("plan", sort=False):
        row = rows.iloc[0]
        found.append(
            f"An early sign in {row['plan']}: use of {per_cent(row['below'])} or less in week "
            f"{row['weeks_after_start']} after the start; then it fails in {per_cent(row['fails_below'])} "
            f"of sites, else in {per_cent(row['fails_above'])}."
        )
    return found
