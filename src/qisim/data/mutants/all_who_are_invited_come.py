"""Whoever is at work and is invited comes."""


def coming_probability(
    free: float, rota: float, odds: float, offered: float, present: float
) -> float:
    """Everybody."""
    return present * offered
