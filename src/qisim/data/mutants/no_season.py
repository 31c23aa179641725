"""Absence is the same in all quarters."""


def absence_level(
    usual: float, quarter: float, swing: float, strain: float, usual_strain: float, weight: float
) -> float:
    """As in the model, without the season."""
    worn = 1.0 + weight * (strain - usual_strain)
    level = usual * worn
    return 0.0 if level < 0.0 else (0.9 if level > 0.9 else level)
