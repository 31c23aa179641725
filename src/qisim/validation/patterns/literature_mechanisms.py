"""What each mechanism must do for all to see, L22 to L26: checked, never used to choose.

An error that switches a mechanism off (nothing is forgotten, nobody sees anybody, nobody leaves, habit
carries nothing) should not pass unnoticed. Direction and least size of each pattern were written down
before the model was run on it.
"""

from __future__ import annotations

from typing import Any

from qisim.model.parameters import parameter
from qisim.validation.patterns.declaring import Arm, Pattern, Quantity, at_least, for_each
from qisim.validation.patterns.experiments import (
    COHORT,
    LEAST,
    LEAST_REST,
    TRAINING,
    curves,
    points,
)
from qisim.validation.patterns.measuring import Runs
from qisim.validation.patterns.tuning_people import EVERY_WEEK, NO_PRACTICE
from qisim.validation.patterns.tuning_site import ENDS, kept

# --- L22: forgetting -------------------------------------------------------------------------------


def _faded(arm: str, runs: Runs) -> float:
    """Return how much of the gain in competence is gone a year after the training, %."""
    then, later = (runs.at(arm, "competence", week, week) for week in (1, 53))
    return 100.0 * (1.0 - later / then)


L22 = Pattern(
    "L22",
    "What was learnt fades in ordinary work, and less where it is practised",
    "a good part of the gain is gone after a year; practice protects what is used",
    ("Q28", "Q30", "Q32", "Q38"),
    "checked",
    "An ordinary ward in which all are trained on one day and nothing else is done, and one without any "
    "occasion to practise and without colleagues to learn from; nobody leaves. Share of the gain in "
    "competence that is gone a year later. T4 asks for the half-life that was put in; this asks what is "
    "left of it where people use the practice or not, as they will, and teach each other.",
    (
        Arm("ordinary work", "no-programme", {**COHORT, "activities": [TRAINING]}),
        Arm("no occasion", "no-programme", {**NO_PRACTICE, "activities": [TRAINING]}),
    ),
    ("competence",),
    (
        Quantity("faded", "gain gone after a year of ordinary work", "% of the gain",
                 lambda r: _faded("ordinary work", r), *at_least(28.0),
                 "two in three do not apply it after a year (Q38), and who does not loses 85 % of the gain "
                 "(Q30): 56 %; half of that, since some practised for a part of the year (judgement)"),
        Quantity("protected", "the same without any occasion, less", "% of the gain",
                 lambda r: _faded("no occasion", r) - _faded("ordinary work", r), *at_least(5.0),
                 "a direction of at least 5 % of the gain (judgement): the source gives no size"),
    ),
    curves("competence", "ordinary work", "no occasion"),
)  # fmt: skip


# --- L23, L24: contact -----------------------------------------------------------------------------

ISOLATED = {"contact": 0.25}
HALF = {**TRAINING, "places": 18}

L23 = Pattern(
    "L23",
    "Well-connected units catch up faster than isolated ones, and know-how reaches the untrained",
    "more use in the first year where colleagues meet and see each other; skill spreads",
    ("C01", "Q40", "Q56"),
    "checked",
    "The study's internal programme with colleagues as they are and with a quarter of the contact (as of "
    "people who work alone; a judgement), first year. And a ward in which half of the staff are trained on one "
    "day and nothing else is done, with colleagues and with none: competence of all, half a year later.",
    (
        Arm("connected", "internal"),
        Arm("isolated", "internal", ISOLATED),
        Arm("half trained", "no-programme", {**COHORT, "activities": [HALF]}),
        Arm("half trained, alone", "no-programme", {**COHORT, "activities": [HALF], "contact": 0.0}),
    ),
    ("use", "competence"),
    (
        Quantity("faster", "use in the first year, connected less isolated", "points",
                 lambda r: points(r, "connected", "isolated", "use", 1, 52), *at_least(LEAST), LEAST_REST),
        Quantity("spread", "competence after half a year, with colleagues less without",
                 "points of 100",
                 lambda r: points(r, "half trained", "half trained, alone", "competence", 26, 29),
                 *at_least(2.0), "a direction of at least 2 points (judgement): the sources give no size"),
    ),
    curves("use", "connected", "isolated"),
)  # fmt: skip

SEEN: dict[str, Any] = {**COHORT, "activities": [TRAINING], "teaching_rate": 0.0}

L24 = Pattern(
    "L24",
    "The sight of colleagues who use it raises use, even where all have the skill",
    "more use with peers at hand",
    ("doi:10.1086/678068",),
    "checked",
    "A ward in which all are trained on one day and nobody teaches anybody, with colleagues and with none; "
    "use in the half year after. The source is of hand hygiene in hospital, and its direction is recalled.",
    (
        Arm("seen", "no-programme", SEEN),
        Arm("unseen", "no-programme", {**SEEN, "contact": 0.0}),
    ),
    ("use",),
    (
        Quantity("example", "use in the half year after, with colleagues less without", "points",
                 lambda r: points(r, "seen", "unseen", "use", 2, 27), *at_least(LEAST), LEAST_REST),
    ),
    curves("use", "seen", "unseen"),
)  # fmt: skip


# --- L25: turnover after the end ---------------------------------------------------------------------

WATCHED = {**ENDS, "internal": 104}


def _turned(name: str, end: str) -> str:
    return f"{name}, {end} turnover"


def _kept_more(name: str, runs: Runs) -> float:
    """Return the share of use kept a year after the end, low turnover less high, % of use."""
    low, high = (kept(_turned(name, e), "use", WATCHED[name], 52, runs) for e in ("low", "high"))
    return 100.0 * (low - high)


L25 = Pattern(
    "L25",
    "Units with high turnover keep less after the end",
    "the share of use that is left a year later is smaller where more staff leave",
    ("Q10", "doi:10.1186/s43058-023-00445-z"),
    "checked",
    "Three programmes at the plausible ends of yearly staff turnover, 13 and 36 %; share of use at the end "
    "that is left a year later. Stability of the workforce is one of five threats to lasting improvement in "
    "the second source; the first gives a size, over 24 months and not after an end.",
    tuple(
        Arm(_turned(name, end), name, {"staff_turnover": getattr(parameter("staff_turnover"), end)})
        for name in WATCHED
        for end in ("low", "high")
    ),
    ("use",),
    for_each(tuple(WATCHED), "kept", "use kept after a year, low turnover less high", "% of use",
             _kept_more, *at_least(2.0),
             "23 more of 100 leave in that year; at the flatter end of the interval of Q10 that is .75 points "
             "of use, and 2 % of the 34 to 44 % who apply what they were taught (Q38)", 7.2),
    curves("use", *(_turned("internal", end) for end in ("low", "high"))),
)  # fmt: skip


# --- L26: habit ------------------------------------------------------------------------------------

STEADY = {**EVERY_WEEK, "factors.workload": 1.0, "pressure": 0.6, "activities": [TRAINING]}
BUSY = {"early": 4, "late": 40}


def _busy(first: int) -> dict[str, Any]:
    surge = {"kind": "demand", "from_week": first, "until_week": first + 3, "factor": 2.5}
    return {**STEADY, "events": [surge]}


def _gave_way(arm: str, runs: Runs) -> float:
    """Return how much of use four busy weeks take, %."""
    first = BUSY[arm]
    usual, busy = (runs.at(one, "use", first, first + 3) for one in ("no surge", arm))
    return 100.0 * (1.0 - busy / usual)


L26 = Pattern(
    "L26",
    "What has become a habit gives way less to a busy month",
    "the same busy month takes less of the use after nine months of it than after three weeks",
    ("Q41",),
    "checked",
    "Everybody is trained in week 1, has little to do otherwise and every reason to use the practice; care "
    "demand is two and a half times as high in four weeks, from week 4 (before most have a habit) or from week "
    "40 (280 days, when nearly all do, by Q41). A reasoned expectation: the source says when a habit is "
    "there, not what it withstands.",
    (
        Arm("no surge", "no-programme", STEADY),
        *(Arm(name, "no-programme", _busy(first)) for name, first in BUSY.items()),
    ),
    ("use",),
    (
        Quantity("held", "use lost to a busy month, early less late", "% of use",
                 lambda r: _gave_way("early", r) - _gave_way("late", r), *at_least(10.0),
                 "a direction of at least a tenth of use (judgement): the source gives no size"),
    ),
    curves("use", "no surge", "early", "late"),
)  # fmt: skip

MECHANISMS = (L22, L23, L24, L25, L26)
