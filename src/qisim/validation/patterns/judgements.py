"""What is asked of any model of this kind, J1 to J8: mechanisms that bite, extremes, null models."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from qisim.comparison.paired import interval_of
from qisim.model.outcomes import WEEKLY
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
    MATTERS,
    NOTHING,
    all_weeks,
    curves,
)
from qisim.validation.patterns.measuring import Runs

DESIGN = ("design",)

# --- J1: every factor bites ------------------------------------------------------------------------

HELPS = ("dedication", "ownership", "engagement", "perceived_relevance", "systematic_approach")
HINDERS = (
    "workload", "turnover", "coping_with_responsibilities", "staff_variety",
    "standardisation_misfit", "documentation",
)  # fmt: skip
TRAINS = ("continuous_learning", "simulation_training")
"""Carried by the internal programme only: the external one has no refreshers and no simulation."""

TWO_SIDED: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "technology_and_tools": ({"usability": 0.95, "fit": 0.9}, {"usability": 0.2, "fit": 0.3}),
    "coordination": ({"plan": 0.9}, {"plan": 0.1}),
    "knowledge_sharing": ({"arenas": 0.9}, {"arenas": 0.05, "sharing": 0.0}),
}
"""Factors with two faces, with a site in which each helps and one in which it hinders."""
WORDS = {
    "technology_and_tools": "tools",
    "coordination": "coordination",
    "knowledge_sharing": "sharing",
}


BITE = 0.5
"""Points of routine use: less is as good as nothing."""


def _gone(place: str, factor: str) -> str:
    return f"{place} without {factor}"


def _pair(place: str, case: str, factor: str, values: dict[str, Any]) -> tuple[Arm, Arm]:
    """Return an arm with a factor and one without."""
    away = Arm(_gone(place, factor), case, {**values, f"factors.{factor}": 0.0})
    return Arm(place, case, values), away


def _bites(place: str, factor: str, runs: Runs) -> float:
    """Return what a factor does to mean routine use: as it is, less without it."""
    return all_weeks(runs, place, _gone(place, factor), "adoption")


def _bite(place: str, factor: str, sign: float) -> Quantity:
    low, high = at_least(BITE) if sign > 0 else at_most(-BITE)
    name = f"{factor}_{place}".replace(", ", "_").replace(" ", "_")
    label = place if factor in TWO_SIDED else f"{place}: {factor.replace('_', ' ')}"
    return Quantity(name, label, "points", partial(_bites, place, factor), low, high,
                    "a direction (the study's) of at least half a point (judgement)")  # fmt: skip


_ONE_SIDED = [
    *((case, factor, 1.0) for case in CASES for factor in HELPS),
    *(("internal", factor, 1.0) for factor in TRAINS),
    *((case, factor, -1.0) for case in CASES for factor in HINDERS),
]
_TWO_SIDED = [
    (f"{case}, {WORDS[factor]} {face}", case, factor, values, sign)
    for case in CASES
    for factor, (good, poor) in TWO_SIDED.items()
    for face, values, sign in (("good", good, 1.0), ("poor", poor, -1.0))
]

J1 = Pattern(
    "J1",
    "Every factor bites, in each programme that carries it",
    "what a factor does to mean routine use is half a point or more, in the study's direction",
    tuple(f"S{number}" for number in range(10, 29)),
    "checked",
    "The study's two programmes with each factor as it is and at its neutral value. The three factors "
    "with two faces are tried in a site where they are good and in one where they are poor.",
    (
        *(Arm(case, case) for case in CASES),
        *(_pair(case, case, factor, {})[1] for case, factor, _ in _ONE_SIDED),
        *(arm for place, case, f, values, _ in _TWO_SIDED for arm in _pair(place, case, f, values)),
    ),
    ("adoption",),
    (
        *(_bite(case, factor, sign) for case, factor, sign in _ONE_SIDED),
        *(_bite(place, factor, sign) for place, _, factor, _, sign in _TWO_SIDED),
    ),
)


# --- J2, J3: extremes ------------------------------------------------------------------------------

SUPPORTED: dict[str, Any] = {
    "factors.turnover": 0.0, "factors.workload": 0.0, "sickness_absence": 0.0,
    "leader_hours": 10.0, "leader_hours_after": 1.0, "champion_hours": 10.0,
    "champion_hours_after": 1.0, "protected_time": 1.0, "usability": 0.95, "fit": 0.95,
    "structure": 1.0, "plan": 0.95,
}  # fmt: skip
AWAY: dict[str, Any] = {
    "sickness_absence": 0.6, "strain_on_absence": 5.0, "pressure": 2.0, "cover": 0.0,
}  # fmt: skip


def _top(arm: str, runs: Runs) -> float:
    return 100.0 * float(runs.values(arm, "adoption").max())


J2 = Pattern(
    "J2",
    "Sane extremes",
    "no activities, or hardly anybody present, gives no adoption; no turnover, no load and full support "
    "gives nearly full adoption",
    DESIGN,
    "checked",
    "No programme; the internal programme without any activity; the internal programme with the most "
    "absence that can be set (two in three are away); and the internal programme with nobody leaving or "
    "ill, no effect of load, ten hours a week of leader and of champion, covered activities, full "
    "structure and planning, and a tool that is easy and fits.",
    (
        Arm("no programme", "no-programme"),
        Arm("no activities", "internal", {"activities": []}),
        Arm("away", "internal", AWAY),
        Arm("supported", "internal", SUPPORTED),
        Arm("internal", "internal"),
    ),
    ("adoption", "absence"),
    (
        *for_each(("no programme", "no activities"), "none", "highest in any run and week",
                  "% of staff", _top, 0.0, 0.0, NOTHING, exact=True),
        Quantity("absence", "away: absence", "% of staff",
                 lambda r: 100.0 * r.at("away", "absence", 53, 156), 60.0, 100.0,
                 "the experiment itself"),
        Quantity("away", "away: routine use, all weeks", "% of staff",
                 lambda r: 100.0 * r.over_all("away", "adoption"), -np.inf, 2.0,
                 "next to nothing (judgement)"),
        Quantity("supported", "supported: routine use, programme end", "% of staff",
                 lambda r: 100.0 * r.at("supported", "adoption", 101, 104), 90.0, 100.0,
                 "nearly all (judgement)"),
    ),
    curves("adoption", "supported", "internal", "away", "no activities"),
)  # fmt: skip

SHARES = tuple(name for name, series in WEEKLY.items() if series.unit in ("share", "index"))
HARSH: dict[str, Any] = {
    "pressure": 2.0, "staff_turnover": 0.95, "leader_turnover": 0.95, "sickness_absence": 0.6,
}  # fmt: skip
PLACES: dict[str, dict[str, Any]] = {
    "as it is": {}, "supported": SUPPORTED, "harsh": HARSH, "of 10": {"staff_per_unit": 10},
    "of 300": {"staff_per_unit": 300},
}  # fmt: skip


def _outside(runs: Runs) -> float:
    """Return how many values are below 0, above 1, or not finite."""
    return float(sum(int((~((v >= 0.0) & (v <= 1.0))).sum()) for v in runs.series.values()))


J3 = Pattern(
    "J3",
    "Nothing leaves its range, from 10 to 300 staff",
    "all shares and levels lie between 0 and 1 in every run and week",
    DESIGN,
    "checked",
    "Both programmes as they are, with full support, under the harshest load, turnover and absence that "
    "can be set, and in sites of 10 and of 300 posts.",
    tuple(Arm(f"{case}, {name}", case, values) for case in CASES for name, values in PLACES.items()),
    SHARES,
    (
        Quantity("outside", "values out of range or not finite", "values", _outside, 0.0, 0.0,
                 NOTHING, exact=True),
    ),
)  # fmt: skip


# --- J4: size --------------------------------------------------------------------------------------

UNITS = 8
"""The most that a site may have."""
FACILITATOR_HOURS = {"external": 4.0, "internal": 0.0}


def _sites(case: str) -> tuple[Arm, Arm]:
    """Return one unit of 40, and a site of several with as many facilitator's hours for each."""
    shared = {"units": UNITS, "facilitator_hours": UNITS * FACILITATOR_HOURS[case]}
    alone = {"staff_per_unit": 40}
    return Arm(f"{case}, one unit", case, alone), Arm(
        f"{case}, eight", case, {**alone, **shared}, 1
    )


J4 = Pattern(
    "J4",
    "Size does no magic",
    "a unit of 40 and the mean of sites of eight such units agree",
    DESIGN,
    "checked",
    "Both programmes, with fresh chance for the larger site. Only the example of other leaders reaches "
    "from unit to unit; the facilitator has as many hours for each of eight units as for one.",
    tuple(arm for case in CASES for arm in _sites(case)),
    ("adoption",),
    for_each(CASES, "size", "mean routine use, eight units less one", "points",
             lambda c, r: all_weeks(r, f"{c}, eight", f"{c}, one unit", "adoption"), -5.0, 5.0,
             MATTERS),
    curves("adoption", "internal, one unit", "internal, eight"),
)  # fmt: skip


# --- J5: null models -------------------------------------------------------------------------------


def _largest(arm: str, other: str, runs: Runs) -> float:
    """Return the largest difference between two arms in any run and week, in points."""
    return 100.0 * float(
        np.abs(runs.values(arm, "adoption") - runs.values(other, "adoption")).max()
    )


NAMES = {"driver": "blended", "setting": "home_care", "package": "none", "study_case": "none"}
BARE = {"lead": "leader", "facilitator_weeks": 0, "facilitator_hours": 0.0, "champion_hours": 1.0}

J5 = Pattern(
    "J5",
    "Null models: names and drivers do nothing of themselves",
    "names do nothing; two drivers who bring the same do the same; without contact, or without any "
    "effect of load, the model moves as it must",
    DESIGN,
    "checked",
    "Both programmes under other names for driver, setting and package; the same content under both "
    "drivers when neither brings anybody's hours; the shipped null models against the internal programme.",
    (
        *(Arm(case, case) for case in CASES),
        *(Arm(f"{case} renamed", case, NAMES) for case in CASES),
        Arm("same, from outside", "null-same-content-external", BARE),
        Arm("same, from inside", "null-same-content-internal", BARE),
        Arm("no contact", "null-no-contact"),
        Arm("no workload", "null-no-workload"),
    ),
    ("adoption",),
    (
        *for_each(CASES, "names", "largest change by other names", "points",
                  lambda c, r: _largest(c, f"{c} renamed", r), 0.0, 0.0, NOTHING, exact=True),
        Quantity("same", "largest difference of drivers who bring the same", "points",
                 partial(_largest, "same, from outside", "same, from inside"), 0.0, 0.0, NOTHING,
                 exact=True),
        Quantity("contact", "mean routine use without contact, less with", "points",
                 lambda r: all_weeks(r, "no contact", "internal", "adoption"), *at_most(-LEAST), LEAST_REST),
        Quantity("workload", "mean routine use without workload, less with", "points",
                 lambda r: all_weeks(r, "no workload", "internal", "adoption"), *at_least(LEAST), LEAST_REST),
    ),
    curves("adoption", "internal", "no contact", "no workload"),
)  # fmt: skip


# --- J6, J7: replicates ----------------------------------------------------------------------------

BLOCK = 10
"""Pairs of runs in each of many small comparisons."""


def _false_alarms(case: str, runs: Runs) -> float:
    """Return the share of small comparisons whose interval misses 0."""
    one, other = (runs.values(arm, "adoption").mean(axis=0) for arm in (case, f"{case} again"))
    blocks = np.array_split(one - other, max(1, len(one) // BLOCK))
    missed = [low > 0.0 or high < 0.0 for low, high in map(interval_of, blocks)]
    return 100.0 * float(np.mean(missed))


J6 = Pattern(
    "J6",
    "A against A finds nothing",
    "with the same chance not a bit differs; with fresh chance about one comparison in twenty misses 0",
    DESIGN,
    "checked",
    "Each programme against itself with the same seed and with another. With the other, runs are cut "
    "into comparisons of ten pairs, each with its 95 % interval of mean routine use.",
    (
        *(Arm(case, case) for case in CASES),
        *(Arm(f"{case} twin", case) for case in CASES),
        *(Arm(f"{case} again", case, seed=1000) for case in CASES),
    ),
    ("adoption",),
    (
        *for_each(CASES, "twin", "largest difference, same chance", "points",
                  lambda c, r: _largest(c, f"{c} twin", r), 0.0, 0.0, NOTHING, exact=True),
        *for_each(CASES, "again", "mean difference, fresh chance", "points",
                  lambda c, r: all_weeks(r, c, f"{c} again", "adoption"), -5.0, 5.0, MATTERS),
        *for_each(CASES, "alarms", "comparisons that miss 0", "% of comparisons", _false_alarms,
                  0.0, 20.0, "5 % are due; 20 % leaves room for chance in a short form", 5.0, True),
    ),
    curves("adoption", "internal", "internal again"),
)  # fmt: skip


def _moved(case: str, runs: Runs) -> float:
    """Return by how many half widths of its interval the mean moves with twice the runs."""
    many = runs.values(case, "adoption").mean(axis=0)
    few = many[: len(many) // 2]
    low, high = interval_of(few)
    return float(abs(many.mean() - few.mean()) / ((high - low) / 2.0))


J7 = Pattern(
    "J7",
    "Twice the replicates leave the mean within its interval",
    "the mean of twice as many runs lies in the interval of the first half",
    DESIGN,
    "checked",
    "Both programmes with twice the replicates.",
    tuple(Arm(case, case, times=2) for case in CASES),
    ("adoption",),
    for_each(CASES, "moved", "move of the mean, in half widths of its interval", "half widths",
             _moved, 0.0, 1.0, "within the interval", exact=True),
)  # fmt: skip

# --- J8: what is set comes out -----------------------------------------------------------------------

SET = (0.13, 0.22, 0.36)
POSTS = 36


def _leaving(yearly: float) -> str:
    return f"{100 * yearly:.0f} % a year set"


def _came_out(yearly: float, runs: Runs) -> float:
    """Return leavers of two years over posts, over the turnover that was set."""
    return runs.at(_leaving(yearly), "leavers", 104, 104) / (2.0 * POSTS * yearly)


J8 = Pattern(
    "J8",
    "As many leave as are set to leave",
    "leavers in a year over posts are the turnover that was set",
    ("N01", "N03", "N04"),
    "built in",
    "A ward without a programme at the low end, the base and the high end of staff turnover: leavers of "
    "two years over posts, over what was set.",
    tuple(Arm(_leaving(y), "no-programme", {"staff_turnover": y}) for y in SET),
    ("leavers",),
    tuple(
        Quantity(f"at_{100 * y:.0f}", f"leavers over those set, {100 * y:.0f} % a year", "ratio",
                 partial(_came_out, y), 0.85, 1.15,
                 "15 % either way: strain and engagement move it (judgement)", 1.0)
        for y in SET
    ),
)  # fmt: skip

JUDGEMENTS = (J1, J2, J3, J4, J5, J6, J7, J8)
