"""What people think of the practice changes nothing that they do."""


def attitude(strength: float, weight: float, level: float) -> float:
    """No attitude counts."""
    return 1.0


def willing_odds(strength: float, weight: float, engagement: float) -> float:
    """Engagement brings nobody."""
    return 1.0


def opportunity(slack_left: float, strength: float, hold: float, dedication: float) -> float:
    """Dedication makes up for nothing."""
    return slack_left
