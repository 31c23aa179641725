"""Arithmetic that the steps of a week need in addition to the rules."""


def select(yes, then, otherwise):
    """Select one of two numbers, both evaluated: a branch would separate runs that share the lanes."""
    return then if yes else otherwise


def share(part, whole):
    """Part of a whole; nothing of nothing is 0."""
    return part / whole if whole > 0.0 else 0.0


def anybody(yes):
    """Return whether a condition holds: in this run, or in any of the runs that share the lanes."""
    return yes > 0.5
