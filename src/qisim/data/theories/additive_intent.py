"""Additive intent: what people can, may and want adds up, and one may make good for another.

In the theory of planned behaviour an intention is a weighted sum of attitude, norm and control (Ajzen I. The
theory of planned behavior. Organ Behav Hum Decis Process 1991;50:179-211). Here three things count alike (an
assumption): skill, time, motive. So somebody keen uses the practice with little skill, and somebody with
time without being keen. What is not in mind is not done, as in the model.
"""


def intent(capability, opportunity, odds, attention):
    """Take the mean of skill, time and motive, where the practice is in mind."""
    return attention * (capability + opportunity + odds / (1.0 + odds)) / 3.0


def motivation_odds(base, attitudes, example, support, tool):
    """Add up what speaks for it, in place of multiplying it; what speaks against it takes away."""
    reasons = 1.0 + (attitudes - 1.0) + (example - 1.0) + (support - 1.0) + (tool - 1.0)
    return base * (0.05 if reasons < 0.05 else reasons)
