"""The sight of users puts people off."""


def pull_of_example(contact: float, weight: float, share: float, threshold: float) -> float:
    """Less, the more use it."""
    return 1.0 / (1.0 + contact * weight * share)
