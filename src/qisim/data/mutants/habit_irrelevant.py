"""Habit carries no use."""


def use_probability(intent: float, carries: float, habit: float) -> float:
    """On purpose only."""
    return intent
