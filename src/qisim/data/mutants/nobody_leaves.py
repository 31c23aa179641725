"""Nobody leaves a post."""


def leaving_probability(strength: float, rate: float, ratio: float) -> float:
    """Nobody leaves."""
    return 0.0
