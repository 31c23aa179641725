"""Pieces of arithmetic that the week needs beside the rules."""


def select(yes, then, otherwise):
    """Take one of two numbers, both of which are read: a branch would part runs that go side by side."""
    return then if yes else otherwise


def share(part, whole):
    """Part of a whole; nothing of nothing is 0."""
    return part / whole if whole > 0.0 else 0.0


def anybody(yes):
    """Say whether it happened: in this run, or in any of those that go side by side."""
    return yes > 0.5
