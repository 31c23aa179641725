"""Activities: attendance, and what participants gain."""

from __future__ import annotations

from qisim.model.rules.levels import bernoulli, gain, two_sided, with_odds, within


def free_to_come(slack_left: float, protected: float) -> float:
    """Chance that the shift lets a person go: protected time, or own slack."""
    return gain(slack_left, protected)


def rota_reach(post: float, barrier: float, fixed: float, place: float) -> float:
    """Chance that the date meets a person's rota; part-time posts are reached less (N09, N10).

    In part it is always the same people whom a rota meets: `place` is 2 for those whom it favours and
    0 for those whom it misses, half of each, and `fixed` says how far this decides.
    """
    met = 1.0 - barrier * (1.0 - post)
    return within(met * (1.0 - fixed + fixed * place))


def comes_at_all(draw: float, never_come: float) -> float:
    """Whether a person ever comes to courses (1.0) or never does (0.0)."""
    return 1.0 - bernoulli(draw, never_come)


def rota_place(draw: float) -> float:
    """Whether the rota favours a person (2) or misses them (0): as many of one as of the other."""
    return 0.0 if draw < 0.5 else 2.0


def meeting_odds(strength: float, weight: float, plan: float) -> float:
    """What joint planning of shifts and units does to the odds of coming; factor *coordination*."""
    return two_sided(strength, weight, 2.0 * plan - 1.0)


def willing_odds(strength: float, weight: float, engagement: float) -> float:
    """What energy to take part does to the odds of coming; factor *engagement*."""
    return 1.0 + strength * weight * engagement


def place_probability(places: float, invited: float) -> float:
    """Chance of getting one of a limited number of places (below 0: no limit)."""
    return 1.0 if places < 0.0 or invited <= places else places / invited


def coming_probability(
    free: float, rota: float, odds: float, offered: float, present: float
) -> float:
    """Chance that an invited person takes part.

    `offered` is the chance that the activity is held and has a place for them.
    """
    return present * offered * with_odds(free * rota, odds)


def learner(strength: float, group_gap: float, ease_gap: float, ease: float) -> float:
    """How well one course for all fits this person; factor *staff variety*.

    Schooling, and ease in language and with screens, decide (N15).
    """
    return 1.0 / (1.0 + strength * (group_gap + ease_gap * (1.0 - ease)))


def group_gap(group: float, care_worker_gap: float, unschooled_gap: float) -> float:
    """How much harder the course is for a staff group than for nurses."""
    return 0.0 if group < 0.5 else (care_worker_gap if group < 1.5 else unschooled_gap)


def simulation_bonus(strength: float, extra: float) -> float:
    """What practising in a simulation multiplies teaching by; factor *simulation training* (Q34)."""
    return 1.0 + strength * extra


def repeated_teaching(strength: float, effort: float) -> float:
    """Teaching by refreshers, inductions and repeats; factor *continuous learning* (Q28 to Q31)."""
    return strength * effort


def learned(competence: float, effort: float, learner: float) -> float:
    """Competence after a teaching effort: each further hour teaches less."""
    done = effort * learner
    return gain(competence, done / (1.0 + done))
