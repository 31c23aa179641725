"""Twice as many leave as the turnover says: an error of units."""


def leaving_probability(strength: float, rate: float, ratio: float) -> float:
    """Twice the rate."""
    chance = 2.0 * strength * rate * ratio
    return 0.5 if chance > 0.5 else chance
