"""Load takes nothing from anybody's time."""


def slack(strength: float, load: float, half_slack_load: float) -> float:
    """There is always time."""
    return 1.0
