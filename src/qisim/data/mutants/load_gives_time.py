"""The more load, the more time: a sign turned round."""


def slack(strength: float, load: float, half_slack_load: float) -> float:
    """Turned round."""
    relative = load / half_slack_load
    square = relative * relative
    return 1.0 - 1.0 / (1.0 + strength * square * square)
