"""Two pieces of arithmetic that steps need beside the rules."""


def select(yes, then, otherwise):
    """Take one of two numbers, both of which are read: a branch would part runs that go side by side."""
    return then if yes else otherwise


def share(part, whole):
    """Part of a whole; nothing of nothing is 0."""
    return part / whole if whole > 0.0 else 0.0
