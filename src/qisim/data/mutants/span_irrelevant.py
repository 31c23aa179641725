"""How many a leader leads makes no difference."""


def leader_load(load: float, span: float, usual_span: float, weight: float) -> float:
    """The unit's load alone."""
    return load
