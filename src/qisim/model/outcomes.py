"""The weekly series and the outcomes of a run, declared once.

Missing is missing. An outcome that a run does not have (weeks to half where half was never reached)
is NaN; it is never 0. Only the outcomes that say so in `Outcome.missing_when` may be missing. How they
are worked out stands in `qisim.model.outcome_values`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Unit = Literal["share", "index", "ratio", "weeks", "people", "hours", "number", "kroner"]
Better = Literal["higher", "lower"] | None


@dataclass(frozen=True)
class Series:
    """One weekly series, for the site as a whole.

    Attributes
    ----------
    name : str
        Column of ``weekly.parquet``.
    label : str
        A few words for tables and axes.
    meaning : str
        One line in plain words.
    unit : {"share", "index", "ratio", "weeks", "people", "hours", "number", "kroner"}
        ``share`` (of people, 0 to 1, shown in per cent), ``index`` (a scale from 0 to 1), ...
    """

    name: str
    label: str
    meaning: str
    unit: Unit


@dataclass(frozen=True)
class Outcome(Series):
    """One outcome of a run.

    Attributes
    ----------
    better : {"higher", "lower", None}
        Which direction a planner wants; None where neither is better.
    matters : float
        Smallest difference that matters by default, in the outcome's own unit: an assumption.
    missing_when : str
        When a run has no value; empty for an outcome that every run has.
    missing_is_worst : bool
        Whether a run without a value did worse than any run with one (half was never reached).
    """

    better: Better = None
    matters: float = 0.0
    missing_when: str = ""
    missing_is_worst: bool = False


def _declared(kind: type, *rows: tuple[Any, ...]) -> dict[str, Any]:
    return {row[0]: kind(*row) for row in rows}


# fmt: off
WEEKLY: dict[str, Series] = _declared(
    Series,
    ("adoption", "Routine use",
     "share of care staff whose use of the new practice is routine",
     "share"),
    ("use", "Use this week", "share of care staff who used the practice this week", "share"),
    ("reach", "Reached",
     "share of care staff in post who ever took part in any programme activity",
     "share"),
    ("trained", "Came to an activity",
     "share of care staff in post who ever came to an activity, sessions in the unit left out",
     "share"),
    ("leader_use", "Leaders at work with it",
     "share of leaders who work with the programme systematically",
     "share"),
    ("leader_adoption", "Leaders' routine",
     "share of leaders whose systematic work is routine",
     "share"),
    ("competence", "Competence", "mean competence of care staff", "index"),
    ("ownership", "Ownership", "mean ownership of care staff", "index"),
    ("dedication", "Dedication", "mean dedication of care staff", "index"),
    ("engagement", "Work engagement", "mean engagement of care staff with their work", "index"),
    ("involvement", "Engagement with it",
     "mean engagement of care staff with the programme",
     "index"),
    ("relevance", "Relevance", "mean relevance that care staff see in the practice", "index"),
    ("strain", "Strain", "mean strain of care staff", "index"),
    ("workload", "Workload", "mean demand over capacity; 1 is balance", "ratio"),
    ("vacancy", "Vacancy", "share of positions empty", "share"),
    ("absence", "Absence", "share of people in post absent", "share"),
    ("leavers", "Staff who left", "care staff who left so far", "people"),
    ("leader_leavers", "Leaders who left", "leaders who left so far", "people"),
    ("held", "Activities held", "activities that took place so far, per unit", "number"),
    ("embedding", "Embedded",
     "how far the practice stands in induction lists, forms and rota, mean of units",
     "index"),
    ("going_on", "Units that go on",
     "share of units that have begun and have not stopped",
     "share"),
    ("stopped", "Units that stopped", "share of units that had begun and have stopped", "share"),
    ("restarted", "Units that restarted",
     "share of units that ever took up again what they had stopped",
     "share"),
    ("programme_hours", "Hours on the programme",
     "staff and leader hours spent on the programme so far",
     "hours"),
    ("documentation_hours", "Hours of writing",
     "hours that the programme added in writing so far",
     "hours"),
    ("outside_weeks", "Weeks with a facilitator",
     "weeks so far in which an outside facilitator was there",
     "weeks"),
)
"""The weekly series by name, in the order of the columns and of the engines' arrays."""

OUTCOMES: dict[str, Outcome] = _declared(
    Outcome,
    ("adoption_final", "Routine use, last week",
     "share of care staff with routine use in the last week",
     "share", "higher", 0.05),
    ("adoption_programme_end", "Routine use, programme end",
     "share of care staff with routine use in the last week of the programme",
     "share", "higher", 0.05),
    ("adoption_mean", "Routine use, all weeks",
     "mean over all weeks of the share of care staff with routine use",
     "share", "higher", 0.05),
    ("peak", "Routine use, best week",
     "highest share of care staff with routine use in any week",
     "share", "higher", 0.05),
    ("weeks_to_half", "Half in routine use after",
     "first week in which at least half of care staff have routine use",
     "weeks", "lower", 4.0, "half was never reached", True),
    ("sustained", "Kept a year later",
     "routine use 52 weeks after the last week of the programme over that in its last week",
     "ratio", "higher", 0.1,
     "nobody had routine use at programme end, or the run ends earlier than a year after it"),
    ("adoption_year_after", "Routine use, a year later",
     "share of care staff with routine use 52 weeks after the last week of the programme",
     "share", "higher", 0.05, "the run ends earlier than a year after the programme"),
    ("reach_final", "Staff there, ever reached",
     "share of care staff in post in the last week who ever took part",
     "share", "higher", 0.05),
    ("competence_final", "Competence, last week",
     "mean competence of care staff in the last week",
     "index", "higher", 0.05),
    ("leader_use_final", "Leaders at work with it",
     "share of leaders who work with the programme systematically in the last week",
     "share", "higher", 0.05),
    ("leader_adoption_final", "Leaders' routine",
     "share of leaders whose systematic work is routine in the last week",
     "share", "higher", 0.05),
    ("trained_final", "Staff there, ever trained",
     "share of care staff in post in the last week who ever came to an activity",
     "share", "higher", 0.05),
    ("use_final", "Use, last quarter",
     "mean over the last 13 weeks of the share of care staff who used the practice",
     "share", "higher", 0.05),
    ("going_on_final", "Units that go on",
     "share of units that have begun and have not stopped by the last week",
     "share", "higher", 0.1),
    ("stopped_final", "Units that stopped",
     "share of units that had begun and have stopped by the last week",
     "share", "lower", 0.1),
    ("restarted_final", "Units that restarted",
     "share of units that took up again, at any time, what they had stopped",
     "share", None, 0.1),
    ("embedding_final", "Embedded, last week",
     "how far the practice stands in induction lists, forms and rota in the last week",
     "index", "higher", 0.05),
    ("strain_mean", "Strain, all weeks",
     "mean over all weeks of the strain of care staff",
     "index", "lower", 0.02),
    ("leavers", "Staff who left", "care staff who left over the run", "people", "lower", 1.0),
    ("leader_leavers", "Leaders who left", "leaders who left over the run", "people", "lower", 0.5),
    ("programme_hours", "Hours worked on it",
     "staff and leader hours in activities, sessions and follow-up over the run, without writing",
     "hours", "lower", 50.0),
    ("documentation_hours", "Hours of writing",
     "hours that the programme added in writing over the run",
     "hours", "lower", 50.0),
    ("hours_per_adopter", "Hours per routine user",
     "programme hours over the care staff with routine use in the last week",
     "hours", "lower", 5.0, "nobody had routine use in the last week", True),
    ("outside_weeks", "Weeks with a facilitator",
     "weeks in which an outside facilitator was there",
     "weeks", None, 4.0),
)
"""The outcomes of a run by name, in the order of the columns; the smallest differences that matter
are assumptions."""

PAID_OUTCOMES: dict[str, Outcome] = _declared(
    Outcome,
    ("paid_facilitator", "Paid: facilitator", "hours of an outside facilitator", "hours", "lower", 50.0),
    ("paid_allotted", "Paid: leaders and nurses",
     "hours that leaders and development nurses have for the programme, used or not", "hours", "lower", 50.0),
    ("paid_released", "Paid: staff released", "hours of care staff in activities of the calendar",
     "hours", "lower", 50.0),
    ("paid_cover", "Paid: substitutes", "hours of substitutes for released staff", "hours", "lower", 50.0),
    ("paid_hours", "Paid for in all", "all paid hours, writing included", "hours", "lower", 50.0),
    ("paid_cost", "Kroner in all", "all paid hours at the prices of the site file", "kroner", "lower",
     20_000.0, "the site file has no price of hours that are paid for"),
)
"""Hours that are paid for, as outcomes of a run (`qisim.output.paid_hours`); writing is one already
(``documentation_hours``)."""
REPORTED = {**OUTCOMES, **PAID_OUTCOMES}
"""All reported outcomes by name: those of a run, and paid hours."""
# fmt: on
