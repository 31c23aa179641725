"""Diffusion of innovations: some take it up by themselves, others by word of mouth from those who have.

What is seen in the new practice and who promotes it moves the first; each colleague who uses it counts alike
for the others (Rogers EM. Diffusion of innovations. 5th ed. Free Press 2003). The two add up, as in the growth
model that came of it (Bass FM. A new product growth for model consumer durables. Manage Sci 1969;15:215-27).
Both are about taking up, not about using week by week; that they hold for that is an assumption.
"""


def motivation_odds(base, attitudes, example, support, tool):
    """Add word of mouth to what speaks for it by itself, in place of multiplying the two."""
    return base * (attitudes * tool * support + (example - 1.0))


def pull_of_example(contact, weight, share, threshold):
    """Each colleague who uses it counts alike: no threshold."""
    return 1.0 + contact * weight * share


def try_along(contact, weight, share, threshold):
    """Each counts alike here, too."""
    return 1.0 + contact * weight * share
