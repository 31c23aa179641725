"""Nobody leaves a post, so that none stands empty."""


def leaving_probability(strength: float, rate: float, ratio: float) -> float:
    """Nobody leaves."""
    return 0.0


def usual_vacancy(leaving_rate: float, hiring_rate: float) -> float:
    """No post is empty at the start."""
    return 0.0
