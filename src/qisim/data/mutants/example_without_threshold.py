"""Each colleague who uses it counts alike, without a threshold."""


def example_felt(share: float, threshold: float) -> float:
    """In proportion."""
    return share
