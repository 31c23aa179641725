"""Fixed time, named people and a plan save no hours."""


def kept_share(strength: float, structure: float, slack_left: float) -> float:
    """What load leaves."""
    return slack_left
