"""The patterns that the model was built to show, of people: T4 to T7."""

from __future__ import annotations

from functools import partial

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
from qisim.validation.patterns.experiments import CASES, COHORT, LEAST, LEAST_REST, TRAINING
from qisim.validation.patterns.measuring import Runs, crossing

# --- T4: forgetting --------------------------------------------------------------------------------

AGAIN = {**TRAINING, "name": "again", "week": 27}
NO_PRACTICE = {**COHORT, "base_odds": 0.0, "habit_carries": 0.0, "contact": 0.0}


def _left(arm: str, week: int, runs: Runs) -> float:
    """Return how much of the gain in competence right after the training there is in a week, %."""
    return 100.0 * runs.at(arm, "competence", week, week) / runs.at(arm, "competence", 1, 1)


def _forgetting_sketch(runs: Runs) -> Sketch:
    lines = []
    for arm in ("once", "refreshed"):
        share = runs.mean(arm, "competence")[:58]
        weeks = np.arange(0.0, len(share))
        lines.append(Line(arm, weeks, 100.0 * share / share[0]))
    months = np.array([0.0, 26.0, 52.0])
    source = (
        Line("Al Jadidi 2023, once", months, np.array([100.0, 52.0, 15.0])),
        Line("Al Jadidi 2023, refreshed at 6 months", months[2:], np.array([74.0])),
    )
    return Sketch("weeks after the training", "gain in competence left (%)", (*lines,), source)


HALF_LIFE = "the source's two half-lives, 4.4 and 6.5 months (Q30)"
T4 = Pattern(
    "T4",
    "The gain from training fades without practice; a refresher restores it",
    "about half is left at 6 months, 15 % at 12; 94 against 79 points with a refresher",
    ("Q28", "Q29", "Q30"),
    "built in",
    "A cohort trained once, on one day, that has no occasion to practise and no colleagues to learn "
    "from, as in a study of resuscitation; nobody leaves. A second arm is trained again after 26 weeks. "
    "Gain is competence over that before the training, which is 0 in the model and 75.8 of 100 points "
    "in the source.",
    (
        Arm("once", "no-programme", {**NO_PRACTICE, "activities": [TRAINING]}),
        Arm("refreshed", "no-programme", {**NO_PRACTICE, "activities": [TRAINING, AGAIN]}),
    ),
    ("competence", "use"),
    (
        Quantity("half_year", "gain left after 26 weeks", "% of the gain", lambda r: _left("once", 27, r),
                 39.0, 53.0, HALF_LIFE, 52.0),
        Quantity("year", "gain left after 52 weeks", "% of the gain", lambda r: _left("once", 53, r),
                 15.0, 28.0, HALF_LIFE, 15.0),
        Quantity("refresher", "gain that a refresher at 26 weeks adds at 52", "% of the gain",
                 lambda r: _left("refreshed", 53, r) - _left("once", 53, r), 14.0, 105.0,
                 "95 % interval of the source, worked out from its difference of 14.4 points and "
                 "p = .01, over the gain of 24.2", 60.0),
    ),
    _forgetting_sketch,
)  # fmt: skip


# --- T5: transfer ----------------------------------------------------------------------------------

MONTHS = {"at once": (2, 5), "at 6 months": (26, 29), "at 12 months": (52, 55)}
"""Weeks in which use is measured."""
APPLIED = {"at once": (62.0, 40.0, 80.0), "at 6 months": (44.0, 29.0, 59.0),
           "at 12 months": (34.0, 23.0, 45.0)}  # fmt: skip


def applying(first: int, last: int, runs: Runs) -> float:
    """Return the share of trained people at work who use what they learned, %."""
    return 100.0 * runs.at("trained", "use", first, last) / runs.at("trained", "reach", first, last)


def _transfer_sketch(runs: Runs) -> Sketch:
    share = 100.0 * runs.mean("trained", "use") / np.maximum(runs.mean("trained", "reach"), 1e-9)
    weeks = np.arange(0.0, len(share))
    x = np.array([(first + last) / 2.0 - 1.0 for first, last in MONTHS.values()])
    middle, low, high = (np.array(row) for row in zip(*APPLIED.values(), strict=True))
    source = Line("Saks and Belcourt 2006, with the tolerance", x, middle, low, high)
    model = Line("trained once, ordinary work", weeks[1:60], share[1:60])
    return Sketch("weeks after the training", "apply it (% of those trained)", (model,), (source,))


T5 = Pattern(
    "T5",
    "Use falls after training even where the skill is there",
    "62, 44 and 34 % apply it at once, after 6 and after 12 months",
    ("Q37", "Q38"),
    "tuned",
    "An ordinary ward in which all are trained on one day and nothing else is done: no programme, no "
    "follow-up, no refresher. People practise, see and teach each other as they will. Nobody leaves or "
    "is away, since the source asks about those trained who are there. Applying is read as having "
    "used the practice in a week, mean of four weeks.",
    (Arm("trained", "no-programme", {**COHORT, "activities": [TRAINING]}),),
    ("use", "reach"),
    tuple(
        Quantity(f"apply_{name.replace(' ', '_')}", f"apply it {name}", "% of those trained",
                 partial(applying, *MONTHS[name]), low, high,
                 "dossier 4.7: .40 to .80 right after training around .62; the same third up and down "
                 "later (judgement)", middle)
        for name, (middle, low, high) in APPLIED.items()
    ),
    _transfer_sketch,
)  # fmt: skip


# --- T6: tools -------------------------------------------------------------------------------------

TOOLS = {"good": {"usability": 0.9, "fit": 0.9}, "poor": {"usability": 0.2, "fit": 0.3}}
LADDER = (0.2, 0.35, 0.5, 0.65, 0.8, 0.95)


def _tool(case: str, tool: str, strength: float) -> str:
    return f"{case}, {tool} tool, {'felt' if strength else 'not felt'}"


def _by_tool(case: str, tool: str, runs: Runs) -> float:
    felt, neutral = (runs.over_all(_tool(case, tool, s), "use") for s in (1.0, 0.0))
    return 100.0 * (felt - neutral)


def _tool_sketch(runs: Runs) -> Sketch:
    x = np.array(LADDER)
    lines = (
        Line(case, x, np.array([
            100 * (runs.over_all(f"{case} at {rung}", "use")
                   - runs.over_all(f"{case} at {rung}, not felt", "use")) for rung in LADDER]))
        for case in CASES
    )  # fmt: skip
    return Sketch(
        "usability of the tool, and its fit", "what the tool does to use (points)", (*lines,)
    )


T6 = Pattern(
    "T6",
    "Tools cut both ways",
    "the sign of the tool's effect on use changes with its usability and fit",
    ("S11", "S25", "Q20"),
    "checked",
    "The study's two programmes with a good tool (usability and fit .9) and with a poor one (.2 and "
    ".3), each with the factor technology and tools as it is and at neutral. The misfit of the standard "
    "is the same on both sides, so what differs is the tool alone.",
    (
        *(Arm(_tool(c, tool, s), c, {**values, "factors.technology_and_tools": s})
          for c in CASES for tool, values in TOOLS.items() for s in (1.0, 0.0)),
        *(Arm(f"{c} at {rung}{', not felt' * (s == 0.0)}", c,
              {"usability": rung, "fit": rung, "factors.technology_and_tools": s})
          for c in CASES for rung in LADDER for s in (1.0, 0.0)),
    ),
    ("use",),
    (
        *for_each(CASES, "good", "what a good tool does to use", "points",
                    lambda case, runs: _by_tool(case, "good", runs), *at_least(LEAST), LEAST_REST),
        *for_each(CASES, "poor", "what a poor tool does to use", "points",
                    lambda case, runs: _by_tool(case, "poor", runs), *at_most(-LEAST), LEAST_REST),
    ),
    _tool_sketch,
)  # fmt: skip


# --- T7: routine -----------------------------------------------------------------------------------

EVERY_WEEK = {
    **COHORT, "base_odds": 20.0, "factors.workload": 0.0, "attention_half_life": 520.0,
    "attention_from_part": 1.0, "skills_training_teaches": 2.0, "skill_half_life": 520.0,
}  # fmt: skip


def _became_routine(runs: Runs) -> tuple[Array, Array]:
    """Return days since the training, and the share for whom use had become routine by then."""
    share = runs.mean("every week", "adoption")
    return 7.0 * np.arange(1.0, len(share) + 1.0), share / share.max()


def _mean_days(runs: Runs) -> float:
    days, share = _became_routine(runs)
    grown = np.diff(np.maximum.accumulate(share), prepend=0.0)
    return float((grown * (days - 3.5)).sum())


def _routine_sketch(runs: Runs) -> Sketch:
    days, share = _became_routine(runs)
    source = (
        Line("Singh 2024: medians", np.array([59.0, 66.0]), np.array([50.0, 50.0])),
        Line("Singh 2024: means", np.array([106.0, 154.0]), np.array([50.0, 50.0])),
    )
    model = Line("people who use it nearly every week", days[:40], 100.0 * share[:40])
    return Sketch("days since the first use", "use is routine (% of people)", (model,), source)


T7 = Pattern(
    "T7",
    "Routine takes months",
    "median 59 to 66 days of use, with a long tail",
    ("Q41",),
    "built in",
    "Everybody is trained in week 1 and then has skill, time and every reason to use the practice, so "
    "that nearly all use it in nearly every week; days are counted from the training. The median "
    "is a parameter of the model (use.habit_days), its tail is not: it follows from the pace at which "
    "people differ.",
    (Arm("every week", "no-programme", {**EVERY_WEEK, "activities": [TRAINING]}),),
    ("adoption", "use"),
    (
        Quantity("use", "use it in a week, of those trained", "% of people",
                 lambda r: 100.0 * r.at("every week", "use", 2, 40), 90.0, 100.0,
                 "the experiment itself: weekly use, in nine weeks of ten or more"),
        Quantity("median", "median time to routine", "days",
                 lambda r: crossing(*_became_routine(r), 0.5), 52.0, 73.0,
                 "medians of 59 to 66 days, and a week either way, which is the model's grain", 66.0),
        Quantity("mean", "mean time to routine (the tail)", "days", _mean_days, 106.0, 154.0,
                 "means of the source, 106 to 154 days", 130.0),
    ),
    _routine_sketch,
)  # fmt: skip


PEOPLE = (T4, T5, T6, T7)
