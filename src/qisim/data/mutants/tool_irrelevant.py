"""A good tool and a poor one are the same."""


def tool_face(usability: float, fit: float) -> float:
    """Neither helps nor hinders."""
    return 0.0
