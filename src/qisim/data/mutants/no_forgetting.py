"""What was learnt is never forgotten."""


def remembered(competence: float, loss: float, used: float, protects: float) -> float:
    """Nothing fades."""
    return competence
