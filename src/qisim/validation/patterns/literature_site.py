"""Findings of the literature on the site, L17 to L21: checked, never used to choose."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from qisim.model.parameters import parameter
from qisim.validation.patterns.declaring import (
    Arm,
    Pattern,
    Quantity,
    at_least,
    at_most,
    for_each,
)
from qisim.validation.patterns.experiments import (
    CASES,
    LEAST,
    LEAST_REST,
    all_weeks,
    curves,
    points,
    use_by,
)
from qisim.validation.patterns.measuring import Runs

# --- L17: very high turnover -----------------------------------------------------------------------

STRESS = (0.22, 0.55, 0.95)
FLATTEST = (
    "the flatter end of the 95 % interval of Q10, .0013 scale points (of 4) a point of leavers"
)


def _fleeting(case: str, yearly: float) -> str:
    return f"{case} at {100 * yearly:.0f} % a year"


def _worse(high: float, low: float, case: str, runs: Runs) -> float:
    return all_weeks(runs, _fleeting(case, high), _fleeting(case, low))


L17 = Pattern(
    "L17",
    "The stress ends of turnover cost use, and break nothing",
    "19 to 55 % a year in nursing homes abroad; more than all staff in the median US one",
    ("Q12", "Q13"),
    "checked",
    "The study's two programmes at 22, 55 and 95 % of staff leaving in a year, the most that the model "
    "takes.",
    tuple(Arm(_fleeting(c, t), c, {"staff_turnover": t}) for c in CASES for t in STRESS),
    ("use",),
    (
        *for_each(CASES, "high", "use at 55 % less at 22 %", "points",
                  partial(_worse, 0.55, 0.22), *at_most(-2.1), FLATTEST),
        *for_each(CASES, "extreme", "use at 95 % less at 55 %", "points",
                  partial(_worse, 0.95, 0.55), *at_most(-2.6), FLATTEST),
    ),
    curves("use", *(_fleeting("internal", t) for t in STRESS)),
)  # fmt: skip


# --- L18: span of control --------------------------------------------------------------------------

SPANS = (12, 39, 100)


def _led(case: str, span: int) -> str:
    return f"{case}, {span} posts"


L18 = Pattern(
    "L18",
    "A wide span of control holds use back",
    "12 to 146 staff per leader, 39 on average",
    ("N14",),
    "checked",
    "The study's two programmes in one unit of 12, 39 or 100 posts, with one leader and one development "
    "nurse. The source gives the span; that a wider one hinders is plausible and not measured there.",
    tuple(Arm(_led(c, s), c, {"staff_per_unit": s}) for c in CASES for s in SPANS),
    ("use",),
    for_each(CASES, "wide", "use in a unit of 100 less in one of 12", "points",
             lambda c, r: all_weeks(r, _led(c, 100), _led(c, 12)), *at_most(-LEAST), LEAST_REST),
    use_by(SPANS, _led, "staff posts per leader"),
)  # fmt: skip


# --- L19: season -----------------------------------------------------------------------------------


def _winter(arm: str, runs: Runs) -> float:
    """Return use in the first quarter of the year less that in the third, in the second year."""
    use, quarter = 100.0 * runs.mean(arm, "use")[52:104], (np.arange(53, 105) + 8) % 52 // 13
    return float(use[quarter == 0].mean() - use[quarter == 2].mean())


L19 = Pattern(
    "L19",
    "Use dips in the sick season",
    "more absence in the first quarter: fewer hands, less use",
    ("N08",),
    "checked",
    "The study's internal programme in its second year, with the Norwegian swing of absence and with "
    "none. The source gives absence; that use follows is plausible and not measured there.",
    (Arm("season", "internal"), Arm("no season", "internal", {"season_swing": 0.0})),
    ("use",),
    (
        Quantity("dip", "use, first quarter less third, that the season makes", "points",
                 lambda r: _winter("season", r) - _winter("no season", r), *at_most(-1.0),
                 "half of what fewer hands alone take at 50 % use: 4 in 100 fewer are at work (N08)"),
    ),
    curves("use", "season", "no season"),
)  # fmt: skip


# --- L20: the capability trap ----------------------------------------------------------------------

HALF = "a direction of at least half of the 5 points that matter (assumption)"
SURGE: dict[str, Any] = {"kind": "demand", "from_week": 10, "until_week": 35, "factor": 1.4}
FELT = "a direction of at least half of the 1.4 points of 100 by which a whole staff's attitudes move (Q60)"
NONE: dict[str, Any] = {"activities": [], "length_weeks": 0}


def _strain(first: int, last: int, runs: Runs) -> float:
    return points(runs, "internal", "no programme", "strain", first, last)


def _lasting(case: str, runs: Runs) -> float:
    return points(runs, f"{case}, surge", case, "use", 88, 139)


L20 = Pattern(
    "L20",
    "The capability trap: worse before better, and a crisis that lasts",
    "improvement takes time first and gives it back later; firefighting crowds it out, and the loss "
    "outlasts its cause",
    ("doi:10.2307/3094806",),
    "checked",
    "The study's internal programme against the same home-care group without one: strain in the first "
    "half year, and in the last half year of the programme less that. And both programmes with a surge "
    "of demand (40 % more for half a year, from week 10): use in the year that begins a year after it.",
    (
        *(Arm(c, c) for c in CASES),
        Arm("no programme", "internal", NONE),
        *(Arm(f"{c}, surge", c, {"events": [SURGE]}) for c in CASES),
    ),
    ("use", "strain"),
    (
        Quantity("worse", "strain with the programme less without, at first", "points of 100",
                 partial(_strain, 1, 26), *at_least(0.7), FELT),
        Quantity("better", "the same in the last half year, less at first", "points of 100",
                 lambda r: _strain(79, 104, r) - _strain(1, 26, r), *at_most(-0.7), FELT),
        *for_each(CASES, "lasts", "use a year after the surge, less without it", "points",
                  _lasting, *at_most(-LEAST / 2.0), HALF),
    ),
    curves("use", "internal", "internal, surge"),
)  # fmt: skip


# --- L21: two kinds of turnover --------------------------------------------------------------------

KINDS = ("leader", "staff")


def _lost(case: str, kind: str, runs: Runs) -> float:
    """Return the points of use lost from the low plausible end of a turnover to the high one."""
    return all_weeks(runs, f"{case}, {kind} low", f"{case}, {kind} high")


def _turnover_arm(case: str, kind: str, end: str) -> Arm:
    key = f"workforce.{kind}_turnover"
    return Arm(f"{case}, {kind} {end}", case, {key: getattr(parameter(key), end)})


L21 = Pattern(
    "L21",
    "Leaders' turnover hits the programme that works through leaders",
    "leaders' turnover costs more in the external programme, staff's in the internal one",
    ("S21", "C12"),
    "checked",
    "The study's two programmes at the plausible ends of leaders' and of staff's turnover: points of use "
    "lost from the low end to the high one. Which case it hit is an inference from the companion papers.",
    tuple(_turnover_arm(c, k, e) for c in CASES for k in KINDS for e in ("low", "high")),
    ("use",),
    (
        Quantity("leaders", "lost to leaders' turnover, external less internal", "points",
                 lambda r: _lost("external", "leader", r) - _lost("internal", "leader", r),
                 *at_least(1.0), "a direction of at least a point (judgement): the source gives no size"),
        Quantity("staff", "lost to staff turnover, internal less external", "points",
                 lambda r: _lost("internal", "staff", r) - _lost("external", "staff", r),
                 *at_least(1.0), "a direction of at least a point (judgement): the source gives no size"),
    ),
)  # fmt: skip

SITE = (L17, L18, L19, L20, L21)
