"""Any teaching teaches everything."""


def learned(competence: float, effort: float, learner: float) -> float:
    """All or nothing."""
    return 1.0 if effort > 0.0 else competence
