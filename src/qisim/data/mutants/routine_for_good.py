"""Who has made it routine keeps it, used or not."""


def routine_next(
    routine: float, habit: float, recent: float, routine_at: float, share: float, kept_share: float
) -> float:
    """Once begun, for good."""
    return 1.0 if habit >= routine_at else routine
