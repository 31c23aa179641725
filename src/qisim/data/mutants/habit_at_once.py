"""One week of use makes a full habit."""


def habit_next(habit: float, used: float, recent: float, step: float, loss: float) -> float:
    """At once."""
    return 1.0 if used > 0.5 else habit * (1.0 - loss)
