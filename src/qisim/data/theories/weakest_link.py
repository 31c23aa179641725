"""Weakest link: use goes as far as the scarcest of skill, time and motive, and no further.

The constraining-factor model: more of what is not scarce changes nothing (Siemsen E, Roth AV, Balasubramanian
S. How motivation, opportunity, and ability drive knowledge sharing: the constraining-factor model. J Oper Manag
2008;26:426-45). There it was shown for sharing knowledge at work; that it holds for using a practice is an
assumption.
"""


def _scarcest(one, other):
    return one if one < other else other


def intent(capability, opportunity, odds, attention):
    """Take the least of skill, time, motive and being in mind."""
    wanted = _scarcest(odds / (1.0 + odds), attention)
    return _scarcest(_scarcest(capability, opportunity), wanted)
