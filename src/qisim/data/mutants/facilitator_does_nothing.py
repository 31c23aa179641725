"""An outside facilitator's visits leave no trace."""


def outside_push(odds_ratio: float, facilitation: float) -> float:
    """No push."""
    return 1.0


def hours_to_visit(hours: float, needed: float) -> float:
    """No visits."""
    return 0.0
