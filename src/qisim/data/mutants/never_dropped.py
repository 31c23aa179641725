"""No unit ever drops the practice."""


def drop_probability(
    new_leader: float,
    new_aims: float,
    crisis: float,
    crisis_drop: float,
    embedding: float,
    held: float,
) -> float:
    """Never."""
    return 0.0
