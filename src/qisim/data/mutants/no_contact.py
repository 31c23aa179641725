"""Nobody sees, teaches or moves anybody."""


def seen_share(contact: float, users: float) -> float:
    """Nobody is seen."""
    return 0.0


def teaching(
    strength: float,
    weight: float,
    contact: float,
    rate: float,
    arena: float,
    teachers: float,
    able: float,
    competence: float,
) -> float:
    """Nobody teaches."""
    return 0.0


def pull_of_example(contact: float, weight: float, share: float, threshold: float) -> float:
    """Example moves nobody."""
    return 1.0


def try_along(contact: float, weight: float, share: float, threshold: float) -> float:
    """Nobody tries along."""
    return 1.0


def learned_from(level: float, others: float, pace: float) -> float:
    """Nobody learns beside somebody."""
    return level
