"""Neither strain nor engagement changes who leaves."""


def leaving_ratio(
    strain: float,
    engagement: float,
    usual_strain: float,
    usual_engagement: float,
    strain_weight: float,
    engagement_weight: float,
) -> float:
    """As likely as ever."""
    return 1.0
