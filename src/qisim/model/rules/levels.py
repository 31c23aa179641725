"""Small arithmetic that many rules share: levels, chance, odds."""

from __future__ import annotations


def within(level: float) -> float:
    """Keep a level between 0 and 1."""
    return 0.0 if level < 0.0 else (1.0 if level > 1.0 else level)


def relax(level: float, goal: float, step: float) -> float:
    """Move a level a share `step` of the way to where it is heading."""
    return level + step * (goal - level)


def gain(level: float, share: float) -> float:
    """Add a share of what is still missing to a level."""
    return level + (1.0 - level) * share


def decay(level: float, loss: float) -> float:
    """Take a share off a level."""
    return level * (1.0 - loss)


def bernoulli(draw: float, probability: float) -> float:
    """Say whether a thing of this probability happens (1.0) or not (0.0)."""
    return 1.0 if draw < probability else 0.0


def either(one: float, other: float) -> float:
    """Whether one of two things holds, or both (1.0), or neither (0.0)."""
    return 1.0 if one + other > 0.5 else 0.0


def saturation(amount: float, half: float) -> float:
    """Share of the full effect that an amount has; `half` is the amount that gives half of it."""
    return amount / (amount + half)


def two_sided(strength: float, weight: float, face: float) -> float:
    """Multiplier on odds of a factor that helps or hinders depending on its face.

    `face` runs from -1 (hinders fully) over 0 (neither) to 1 (helps fully). Help multiplies the
    odds, hindrance divides them by the same amount. Technology and tools, coordination and
    knowledge sharing are such factors: the study found each as an enabler and as a barrier.
    """
    push = strength * weight * face
    return 1.0 + push if face > 0.0 else 1.0 / (1.0 - push)


def with_odds(probability: float, ratio: float) -> float:
    """Probability after its odds have been multiplied by a ratio; certain stays certain."""
    weighed = probability * ratio
    return weighed / (1.0 - probability + weighed)


def of_odds(odds: float) -> float:
    """Probability that belongs to odds."""
    return odds / (1.0 + odds)
