"""Findings of the literature on people and colleagues, L8 to L15: checked, never used to choose."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from qisim.model.outcomes import Array
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
    CASES,
    COHORT,
    LEAST,
    LEAST_REST,
    TRAINING,
    all_weeks,
    curves,
    points,
)
from qisim.validation.patterns.measuring import Runs, crossing

# --- L8: booster -----------------------------------------------------------------------------------

BOOSTED = {"none": 0, "early": 5, "late": 13}
"""Week of an hour of refresher."""


def _boosted(week: int) -> dict[str, Any]:
    booster = {**TRAINING, "kind": "refresher", "name": "booster", "week": week, "hours": 1.0}
    return {**COHORT, "activities": [TRAINING, booster] if week else [TRAINING]}


def _more(arm: str, other: str, runs: Runs) -> float:
    """Return what is left of the gain after 17 weeks in one arm less in another, %."""
    gain = runs.at("none", "competence", 1, 1)
    return points(runs, arm, other, "competence", 18, 18) / gain


L8 = Pattern(
    "L8",
    "When a booster is given makes no difference at four months",
    "no difference between early, late and none",
    ("Q31",),
    "checked",
    "A cohort trained once that then works as usual, with an hour of refresher after 4 weeks, after 12, "
    "or none; competence after 17 weeks, as a share of the gain.",
    tuple(Arm(name, "no-programme", _boosted(week)) for name, week in BOOSTED.items()),
    ("competence",),
    (
        Quantity("timing", "late booster less early", "% of the gain",
                 lambda r: _more("late", "early", r), -20.0, 20.0,
                 "73 people in three arms could not have seen less (judgement)", 0.0),
        Quantity("booster", "early booster less none", "% of the gain",
                 lambda r: _more("early", "none", r), -20.0, 20.0,
                 "73 people in three arms could not have seen less (judgement)", 0.0),
    ),
    curves("competence", *BOOSTED),
)  # fmt: skip


# --- L9: shape -------------------------------------------------------------------------------------

STRAIGHT, BASS = 0.25, 0.52
"""Slow start (see `_slow_start`) of a straight line, and of Bass's curve with p = .03 and q = .38."""
FIRST_ACTIVITY = {"external": 4.0, "internal": 3.0}


def _slow_start(case: str, runs: Runs) -> float:
    """Return the time to a tenth of the peak over the time from there to half of it."""
    share = runs.mean(case, "adoption")
    rise = share[: int(share.argmax()) + 1] / share.max()
    weeks = np.arange(1.0, len(rise) + 1.0) - FIRST_ACTIVITY[case] + 1.0
    tenth, half = (crossing(weeks, rise, level) for level in (0.1, 0.5))
    return tenth / (half - tenth) if half > tenth else math.nan


L9 = Pattern(
    "L9",
    "Adoption starts slowly, then gathers pace",
    "S-shaped, as in Bass's model with p = .03 and q = .38",
    ("Q55",),
    "checked",
    "The study's two programmes: time from the first activity to a tenth of the peak of routine use, over "
    "the time from there to half of it. It is .25 for a straight line, less where growth is fastest at "
    "the start, and .52 for Bass's curve. Routine takes weeks of use, so part of the slow start is habit "
    "and not contagion; the source's years and countries do not transfer.",
    tuple(Arm(case, case) for case in CASES),
    ("adoption",),
    for_each(CASES, "start", "slow start of routine use", "ratio of times", _slow_start,
             STRAIGHT, math.inf, "slower than a straight line", BASS),
    curves("adoption", *CASES),
)  # fmt: skip


# --- L10, L11: colleagues --------------------------------------------------------------------------

L10 = Pattern(
    "L10",
    "Colleagues carry much of what is applied",
    "support at work explains 32 % of transfer, peers most",
    ("Q40",),
    "checked",
    "The study's internal programme with colleagues as they are and with none (the shipped null model).",
    (Arm("colleagues", "internal"), Arm("no colleagues", "null-no-contact")),
    ("use",),
    (
        Quantity("points", "use with colleagues less without", "points",
                 lambda r: all_weeks(r, "colleagues", "no colleagues"), *at_least(LEAST), LEAST_REST),
    ),
    curves("use", "colleagues", "no colleagues"),
)  # fmt: skip

PLACES = (0, 4, 7, 11, 14, 18, 25, 36)


def _seeded(places: int) -> str:
    return f"{places} of 36 trained"


def _effect(runs: Runs) -> tuple[Array, Array]:
    """Return the share trained, and what use among all reaches, from none (0) to all (1) trained."""
    trained = np.array([runs.at(_seeded(places), "reach", 1, 1) for places in PLACES])
    use = np.array([runs.at(_seeded(places), "use", 40, 52) for places in PLACES])
    return trained, (use - use[0]) / (use[-1] - use[0])


def _tipping_sketch(runs: Runs) -> Sketch:
    trained, effect = _effect(runs)
    return Sketch(
        "trained (% of staff)", "use among all (% of that with all trained)",
        (Line("the model", 100.0 * trained, 100.0 * effect),),
        (Line("nobody moves anybody", np.array([0.0, 100.0]), np.array([0.0, 100.0])),
         Line("Centola 2018, 10 to 40 %", np.array([10.0, 25.0, 40.0]), np.full(3, 50.0))),
    )  # fmt: skip


L11 = Pattern(
    "L11",
    "A committed minority tips the norm",
    "about a quarter of the group (10 to 40 %)",
    ("Q58",),
    "checked",
    "A ward in which some of the staff are trained on one day and nothing else is done: the share that "
    "has to be trained for use among all, in the fourth quarter, to reach half of what it is when all "
    "are trained. It is 50 % where nobody moves anybody. Those trained may lapse, which the source's "
    "committed minority may not.",
    tuple(
        Arm(_seeded(p), "no-programme", {**COHORT, "activities": [{**TRAINING, "places": p}][: min(p, 1)]})
        for p in PLACES
    ),
    ("use", "reach"),
    (
        Quantity("share", "trained where half of the effect is there", "% of staff",
                 lambda r: 100.0 * crossing(*_effect(r), 0.5), 10.0, 40.0,
                 "10 to 40 % in other estimates (Q58)", 25.0),
    ),
    _tipping_sketch,
)  # fmt: skip


# --- L12, L13: retention, attitudes ----------------------------------------------------------------

COACHING: dict[str, Any] = {
    "kind": "coaching", "name": "coaching", "week": 6, "every": 4, "until": 102, "hours": 0.5,
    "audience": "staff", "led_by": "champion",
}  # fmt: skip


HALF_A_PERSON = (
    "a direction of at least half a person of 36 posts (judgement): the source gives no size"
)


def _stayed(arm: str, other: str, runs: Runs) -> float:
    """Return leavers of 29 months in one arm less those in another."""
    return runs.at(arm, "leavers", 125, 125) - runs.at(other, "leavers", 125, 125)


L12 = Pattern(
    "L12",
    "A programme with supportive coaching keeps people",
    "retention is higher, over 29 months",
    ("Q14",),
    "checked",
    "A nursing-home ward with the competence package and coaching every four weeks, against the same "
    "ward without a programme, and against the package without coaching.",
    (
        Arm("coached", "internal-competence", added=(COACHING,)),
        Arm("not coached", "internal-competence"),
        Arm("no programme", "no-programme"),
    ),
    ("leavers", "engagement"),
    (
        Quantity("programme", "staff who left, coached less no programme", "people of 36 posts",
                 lambda r: _stayed("coached", "no programme", r), *at_most(-0.5), HALF_A_PERSON),
        Quantity("coaching", "staff who left, coached less not coached", "people of 36 posts",
                 lambda r: _stayed("coached", "not coached", r), *at_most(-0.5), HALF_A_PERSON),
    ),
    curves("engagement", "coached", "not coached", "no programme"),
)  # fmt: skip

L13 = Pattern(
    "L13",
    "Attitudes of a whole staff barely move",
    "+1.4 points of 100 in safety climate over 24 months",
    ("Q60",),
    "checked",
    "A nursing-home ward with the competence package against the same ward without: engagement with work "
    "in the last quarter of the programme. It is the nearest that the model has to what the source "
    "asked (safety climate), and not the same.",
    (Arm("programme", "internal-competence"), Arm("no programme", "no-programme")),
    ("engagement",),
    (
        Quantity("engagement", "work engagement, with the programme less without", "points of 100",
                 lambda r: points(r, "programme", "no programme", "engagement", 92, 104), 0.7, 10.0,
                 "from half of the source's 1.4 to a tenth of the scale (judgement)", 1.4),
    ),
    curves("engagement", "programme", "no programme"),
)  # fmt: skip


# --- L14 to L16: teaching --------------------------------------------------------------------------

SEMINAR: dict[str, Any] = {
    "kind": "seminar", "name": "seminar", "week": 3, "hours": 3.0, "audience": "staff",
    "led_by": "nobody",
}  # fmt: skip

L14 = Pattern(
    "L14",
    "A meeting by itself does little",
    "+6.8 points, median of 215 trials",
    ("Q05",),
    "checked",
    "An ordinary ward with one seminar of three hours on one day and nothing else; use of all staff half "
    "a year later. Without a programme nobody uses the practice in the model, so use is the difference.",
    (Arm("seminar", "no-programme", {"length_weeks": 52, "activities": [SEMINAR]}),),
    ("use",),
    (
        Quantity("points", "use half a year after the seminar", "points",
                 lambda r: 100.0 * r.at("seminar", "use", 27, 30), 2.0, 16.0,
                 "from little to twice the source's median (judgement)", 6.8),
    ),
    curves("use", "seminar"),
)  # fmt: skip


def _taught(arm: str, runs: Runs) -> float:
    return runs.at(arm, "competence", 1, 1)


L15 = Pattern(
    "L15",
    "Simulation teaches more practice than other teaching",
    "half as much again: .38 over .70 standard deviations",
    ("Q33", "Q34"),
    "built in",
    "A cohort with two hours of simulation, or of skills training, on one day: competence right after.",
    tuple(
        Arm(kind, "no-programme", {**COHORT, "activities": [{**TRAINING, "kind": kind, "hours": 2.0}]})
        for kind in ("simulation", "skills_training")
    ),
    ("competence",),
    (
        Quantity("ratio", "gain from simulation over that from skills training", "ratio of gains",
                 lambda r: _taught("simulation", r) / _taught("skills_training", r), 1.34, 1.74,
                 "95 % interval of Q34, over Q33", 1.54),
    ),
    curves("competence", "simulation", "skills_training"),
)  # fmt: skip


def _offered(kind: str) -> Arm:
    row = {**SEMINAR, "kind": kind, "hours": 2.0, "name": kind}
    return Arm(kind, "no-programme", {"length_weeks": 26, "weeks": 52, "activities": [row]})


L16 = Pattern(
    "L16",
    "Booklets and online courses are poorly completed",
    "poor completion; face-to-face preferred",
    ("Q36",),
    "built in",
    "An ordinary ward that is offered two hours of e-learning, or a seminar of two hours, once: share of "
    "staff who took part.",
    (_offered("elearning"), _offered("seminar")),
    ("reach",),
    (
        Quantity("completed", "completed the online course", "% of staff",
                 lambda r: 100.0 * r.at("elearning", "reach", 10, 10), 0.0, 50.0,
                 "fewer than half (judgement)"),
        Quantity("preferred", "came to the seminar, less completed the online course", "% of staff",
                 lambda r: points(r, "seminar", "elearning", "reach", 10, 10), *at_least(LEAST), LEAST_REST),
    ),
)  # fmt: skip

PEOPLE = (L8, L9, L10, L11, L12, L13, L14, L15, L16)
