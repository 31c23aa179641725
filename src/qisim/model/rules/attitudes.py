"""Attitudes: relevance, ownership, attention, dedication, engagement."""

from __future__ import annotations

from qisim.model.rules.levels import decay, gain, within


def first_impression(from_fit: float, fit: float) -> float:
    """Relevance that a newcomer sees in the practice as delivered: how well it fits the work."""
    return within(from_fit * fit)


def relevance_goal(
    from_fit: float, fit: float, from_effect: float, seen: float, used: float
) -> float:
    """Relevance to which fit and visible effect lead, half seen in others, half in own work (C01)."""
    return within(from_fit * fit + from_effect * 0.5 * (seen + used))


def insight(feedback: float, from_feedback: float, hands_on: float, from_practice: float) -> float:
    """What an activity shows of the worth of the practice: own results (Q03), or trying it out."""
    return feedback * from_feedback + hands_on * from_practice


def owned(
    ownership: float, loss: float, from_part: float, took_part: float,
    from_adapting: float, adaptation: float,
) -> float:  # fmt: skip
    """Ownership a week later: it fades, and grows with taking part and with adapting (C01, C03)."""
    grown = within(from_part * took_part + from_adapting * adaptation)
    return gain(decay(ownership, loss), grown)


def kept_in_mind(
    attention: float, loss: float, from_part: float, took_part: float,
    from_support: float, support: float, from_example: float, seen: float,
) -> float:  # fmt: skip
    """How far the practice is in a person's mind, a week later.

    Taking part brings it to mind, follow-up and the sight of colleagues keep it there, and amid all
    else it fades: people use less what they were taught, even where the skill is there (Q37 to Q40).
    """
    reminded = within(from_part * took_part + from_support * support + from_example * seen)
    return gain(decay(attention, loss), reminded)


def dedication_goal(
    disposition: float, from_support: float, support: float, from_results: float, seen: float,
    wear: float, strain: float,
) -> float:  # fmt: skip
    """Dedication to which disposition, leaders and results lead, worn by strain (Q22, Q25, Q48)."""
    return within(0.5 * disposition + from_support * support + from_results * seen) * (
        1.0 - wear * strain
    )


def drawn_in(dedication: float, from_part: float, took_part: float) -> float:
    """Dedication after taking part: who is given time and is listened to comes to care more."""
    return gain(dedication, within(from_part * took_part))


def involvement_goal(
    base: float, from_skill: float, skill_used: float, from_support: float, support: float,
    wear: float, strain: float,
) -> float:  # fmt: skip
    """Engagement with the programme to which resources lead, above all use of one's skill (C05).

    Strain wears it.
    """
    return within(base + from_skill * skill_used + from_support * support) * (1.0 - wear * strain)


def work_engagement(usual: float, involvement: float, spill: float) -> float:
    """Engagement with work as a whole: the usual, and a part of what the programme adds or takes."""
    return usual + spill * (involvement - usual)


def attitude(strength: float, weight: float, level: float) -> float:
    """What an attitude does to odds; factors *ownership*, *engagement*, *perceived relevance*."""
    return 1.0 + strength * weight * level
