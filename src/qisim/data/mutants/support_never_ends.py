"""Leaders give the same hours after the programme as in it."""


def hours_given(hours: float, phase: float, after: float) -> float:
    """As before."""
    return hours
