"""Threshold contagion: people do what enough of their colleagues do, and hardly anything else moves them.

Everybody waits until enough others have joined (Granovetter M. Threshold models of collective behavior. Am J
Sociol 1978;83:1420-43); what is costly to take up needs several who do it, not one (Centola D, Macy M. Complex
contagions and the weakness of long ties. Am J Sociol 2007;113:702-34). Here all have one threshold, the
model's, and it is sharp; own attitudes and being urged by leaders play no part (both are assumptions).
"""


def _enough(share, threshold):
    return 1.0 if share >= threshold else 0.0


def motivation_odds(base, attitudes, example, support, tool):
    """Count the example of others, and whether the tool can be worked with."""
    return base * example * tool


def pull_of_example(contact, weight, share, threshold):
    """Nothing below the threshold, all above it."""
    return 1.0 + contact * weight * _enough(share, threshold)


def try_along(contact, weight, share, threshold):
    """Try along where enough do it, not at all sooner."""
    return 1.0 + contact * weight * _enough(share, threshold)
