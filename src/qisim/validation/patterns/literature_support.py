"""Findings of the literature on programmes and support, L1 to L7: checked, never used to choose."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from qisim.model.outcomes import Array
from qisim.model.parameters import parameter
from qisim.numerics import correlation
from qisim.validation.patterns.declaring import (
    Arm,
    Line,
    Pattern,
    Quantity,
    Sketch,
    at_least,
    at_most,
    for_each,
)
from qisim.validation.patterns.experiments import (
    LEAST,
    LEAST_REST,
    MATTERS,
    all_weeks,
    curves,
    points,
)
from qisim.validation.patterns.measuring import Runs, odds_ratio
from qisim.validation.patterns.tuning_site import ENDS

# --- L1, L2: what is named as a barrier or a help --------------------------------------------------

WILL = ("dedication", "ownership", "perceived_relevance")
TAUGHT = ("seminar", "skills_training", "simulation", "refresher", "elearning", "compendium")

Salience = Mapping[str, tuple[int, Mapping[str, str]]]
"""By name: nursing homes that named it (%), and the end of the range at which parameters show it."""

BARRIERS_NAMED: Salience = {
    "scarce resources": (86, {"workload.pressure": "high"}),
    "resistance": (49, {f"factors.{factor}": "low" for factor in WILL}),
    "competing demands": (40, {"leadership.leader_hours": "low"}),
    "size and complexity": (35, {"tool.fit": "low"}),
    "technical problems": (31, {"tool.usability": "low"}),
    "unstable leadership": (27, {"workforce.leader_turnover": "high"}),
}
HELPS_NAMED: Salience = {
    "champion who persists": (73, {"leadership.champion_hours": "high"}),
    "adequate training": (66, {f"learning.{kind}_teaches": "high" for kind in TAUGHT}),
    "leadership support": (41, {"leadership.leader_hours": "high"}),
    "visible results": (
        14,
        {"attitudes.relevance_from_effect": "high", "attitudes.dedication_from_results": "high"},
    ),
}

LEAST_CHAMPION_HOURS = 0.5
"""A champion who leads activities cannot have no hours at all."""


def _end(key: str, end: str) -> float:
    """Return one plausible end of a parameter."""
    declared = parameter(key)
    low = max(declared.low, LEAST_CHAMPION_HOURS if key.endswith("champion_hours") else 0.0)
    return low if end == "low" else declared.high


def _swing_arms(base: str, table: Salience) -> tuple[Arm, ...]:
    other = {"low": "high", "high": "low"}
    there = (
        Arm(n, base, {k: _end(k, e) for k, e in ends.items()}) for n, (_, ends) in table.items()
    )
    away = (
        Arm(f"no {n}", base, {k: _end(k, other[e]) for k, e in ends.items()})
        for n, (_, ends) in table.items()
    )
    return (*there, *away)


def _swings(table: Salience, sign: float, runs: Runs) -> Array:
    """Return how far use moves, to the worse for a barrier and to the better for a help."""
    return np.array([sign * all_weeks(runs, name, f"no {name}") for name in table])


def _rank_agreement(table: Salience, sign: float, runs: Runs) -> float:
    """Return Spearman's rank correlation of swings with how often each was named."""
    named = np.array([share for share, _ in table.values()])
    swings = _swings(table, sign, runs)
    one, other = (
        np.argsort(np.argsort(values, kind="stable")).astype(np.float64)
        for values in (named, swings)
    )
    return float(correlation(one, other))


def _first_place(table: Salience, sign: float, runs: Runs) -> float:
    swings = _swings(table, sign, runs)
    return float(swings[0] - swings[1:].max())


def _swing_sketch(table: Salience, sign: float, runs: Runs) -> Sketch:
    named, swings = (np.array([float(share) for share, _ in table.values()]),
                     _swings(table, sign, runs))  # fmt: skip
    lines = (Line(name, named[i : i + 1], swings[i : i + 1]) for i, name in enumerate(table))
    moved = "use moved between its plausible ends (points)"
    return Sketch("nursing homes that named it (%)", moved, (*lines,))


RANKS = "more alike than not: .2 is the smallest above 0 that four ranks can show (judgement)"

L1 = Pattern(
    "L1",
    "What nursing homes name as barriers, in this order",
    "scarce resources first (86 % of homes), then resistance 49, competing demands 40, complexity "
    "35, technical problems 31, unstable leadership 27",
    ("Q16", "Q17", "Q18", "Q19", "Q20", "Q21"),
    "checked",
    "The study's external programme with each barrier at one plausible end and at the other: load; "
    "dedication, ownership and relevance together; leaders' hours; fit; usability; leaders' turnover. "
    "What people name is salience and not size, and ranges differ in width, so ranks are compared.",
    _swing_arms("external", BARRIERS_NAMED),
    ("use",),
    (
        Quantity("first", "use moved by scarce resources, less the next", "points",
                 partial(_first_place, BARRIERS_NAMED, -1.0), *at_least(LEAST), LEAST_REST),
        Quantity("ranks", "rank correlation of moved and named", "correlation",
                 partial(_rank_agreement, BARRIERS_NAMED, -1.0), 0.2, 1.0, RANKS, 1.0),
    ),
    partial(_swing_sketch, BARRIERS_NAMED, -1.0),
)  # fmt: skip

L2 = Pattern(
    "L2",
    "What nursing homes name as helps, in this order",
    "a champion who persists (73 %), training 66, leadership support 41, visible results 14",
    ("Q22", "Q24", "Q25", "Q26"),
    "checked",
    "The study's internal programme with each help at one plausible end and at the other: the "
    "champion's hours, what an hour of each activity teaches, leaders' hours, and what seeing results "
    "gives to relevance and dedication. Involvement of the whole organisation (68 %) has no counterpart.",
    _swing_arms("internal", HELPS_NAMED),
    ("use",),
    (
        Quantity("ranks", "rank correlation of moved and named", "correlation",
                 partial(_rank_agreement, HELPS_NAMED, 1.0), 0.2, 1.0, RANKS, 1.0),
    ),
    partial(_swing_sketch, HELPS_NAMED, 1.0),
)  # fmt: skip


# --- L3: champions ---------------------------------------------------------------------------------

L3 = Pattern(
    "L3",
    "A local champion raises uptake by about ten points",
    "+9 to +11 points for local opinion leaders; 0 to 15 for a champion",
    ("Q01", "Q02", "Q53"),
    "checked",
    "The competence package with the same calendar, led by the facilitator in both arms; the "
    "development nurse has no hours for it, or the 3 h a week of the internal driver. Use in the "
    "last four weeks of the programme.",
    (
        Arm("no hours for it", "null-same-content-external", {"champion_hours": 0.0}),
        Arm("champion, 3 h a week", "null-same-content-external", {"champion_hours": 3.0}),
    ),
    ("use",),
    (
        Quantity("points", "use with a champion less without", "points",
                 lambda r: points(r, "champion, 3 h a week", "no hours for it", "use", 101, 104),
                 0.0, 15.0, "dossier 4.7: 0 to 15 points", 10.8),
    ),
    curves("use", "no hours for it", "champion, 3 h a week"),
)  # fmt: skip


# --- L4: facilitation ------------------------------------------------------------------------------

ALONE = {"lead": "leader", "facilitator_weeks": 0, "facilitator_hours": 0.0}
OVERLOAD = {"pressure": 1.3}
SHARED = {"units": 4}


def _facilitated(name: str, runs: Runs) -> float:
    end = ENDS[name]
    return odds_ratio(*(runs.at(arm, "use", end - 3, end) for arm in (name, f"{name}, alone")))


def _gained(setting: str, runs: Runs) -> float:
    return points(runs, setting, f"{setting}, alone", "use", 49, 52)


L4 = Pattern(
    "L4",
    "Outside facilitation helps, but not everywhere",
    "odds ratio from 1 (long-term care) to 2.8 (primary care); less when more units share it; no "
    "difference where there is no room",
    ("Q06", "Q07"),
    "checked",
    "The study's external programme, and the competence package from outside, against the same calendar "
    "led by the unit's own leader without any facilitator, at the end of the programme. The overloaded "
    "ward has a demand of 1.3, beyond the plausible range: that the homes of the trial without effect "
    "had no room is a judgement. Four units share the facilitator's hours of one.",
    (
        *(Arm(name, name) for name in ENDS),
        *(Arm(f"{name}, alone", name, ALONE) for name in ENDS),
        Arm("overload", "external", OVERLOAD),
        Arm("overload, alone", "external", {**OVERLOAD, **ALONE}),
        Arm("four units", "external", SHARED),
        Arm("four units, alone", "external", {**SHARED, **ALONE}),
    ),
    ("use",),
    (
        *for_each(tuple(ENDS), "odds", "odds of use with a facilitator, over without",
                  "odds ratio", _facilitated, 1.0, 3.43,
                  "from no effect (Q07) to the upper end of the interval of Q06", 2.76),
        Quantity("overload", "use gained in an overloaded ward", "points",
                 partial(_gained, "overload"), -5.0, 5.0, f"no difference in Q07; {MATTERS}", 0.0),
        Quantity("shared", "use gained by one unit, less by four that share", "points",
                 lambda r: _gained("external", r) - _gained("four units", r), *at_least(LEAST / 2.0),
                 "a direction of at least half of the 5 points that matter (assumption)"),
    ),
    curves("use", "external", "external, alone"),
)  # fmt: skip


# --- L5, L6: what is left --------------------------------------------------------------------------


def _not_sustained(name: str, runs: Runs) -> float:
    """Return the share of runs in which use fell below half, a year after the end."""
    use, end = runs.values(name, "use"), ENDS[name]
    before, after = use[end - 8 : end].mean(axis=0), use[end + 44 : end + 52].mean(axis=0)
    return 100.0 * float((after < 0.5 * before).mean())


L5 = Pattern(
    "L5",
    "A third of projects is not sustained a year later",
    "33 % of projects",
    ("Q43",),
    "checked",
    "As T2, but by the source's word: every run is a project. It is not sustained when use over eight "
    "weeks, a year after the end, is below half of what it was (judgement).",
    tuple(Arm(name, name) for name in ENDS),
    ("use",),
    for_each(tuple(ENDS), "gone", "projects not sustained", "% of runs", _not_sustained,
             15.0, 55.0, "as T2 (judgement)", 33.0),
)  # fmt: skip


def _held(runs: Runs) -> float:
    use = runs.values("watched for 18 months more", "use")
    before, after = use[91:104].mean(axis=0), use[169:182].mean(axis=0)
    return float(correlation(before, after))


def _declined(runs: Runs) -> float:
    arm = "watched for 18 months more"
    return 100.0 * (runs.at(arm, "use", 170, 182) - runs.at(arm, "use", 92, 104))


L6 = Pattern(
    "L6",
    "Activity declines after the end; sites that had more success hold more",
    "decline over 18 months, less where success was higher",
    ("Q45",),
    "checked",
    "The competence package from outside, watched for 18 months after its end; use in its last quarter "
    "and in the quarter 18 months later, and their correlation over runs.",
    (Arm("watched for 18 months more", "external-competence", {"weeks": 182}),),
    ("use",),
    (
        Quantity("decline", "use 18 months after the end, less at the end", "points",
                 _declined, *at_most(-LEAST), LEAST_REST),
        Quantity("held", "correlation of use then and later, over sites", "correlation",
                 _held, *at_least(0.1),
                 "a direction; .1 is what is called a small correlation (judgement)"),
    ),
    curves("use", "watched for 18 months more"),
)  # fmt: skip


# --- L7: feedback ----------------------------------------------------------------------------------

FEEDBACK: dict[str, Any] = {
    "kind": "feedback", "name": "monthly feedback", "week": 6, "every": 4, "until": 102,
    "hours": 0.5, "audience": "staff", "led_by": "leader",
}  # fmt: skip

L7 = Pattern(
    "L7",
    "Audit and feedback adds a few points",
    "+2.7 to +6.2 points; from .5 to 16 in the middle half of trials",
    ("Q03", "Q04"),
    "checked",
    "The study's internal programme with and without half an hour of feedback every four weeks by the "
    "unit's leader; use in the last quarter of the programme.",
    (Arm("no feedback", "internal"), Arm("feedback", "internal", added=(FEEDBACK,))),
    ("use",),
    (
        Quantity("points", "use with feedback less without", "points",
                 lambda r: points(r, "feedback", "no feedback", "use", 92, 104), 0.5, 16.0,
                 "middle half of 140 trials (Q03)", 4.3),
    ),
    curves("use", "no feedback", "feedback"),
)  # fmt: skip

SUPPORT = (L1, L2, L3, L4, L5, L6, L7)
