"""Arithmetic of levels and shares."""


def within(level):
    return min(max(level, 0.0), 1.0)


def share(part, whole):
    return part / whole if whole else 0.0


def half_at(amount, half):
    return amount / (amount + half)


def of_what_is_missing(level, gained):
    return level + (1.0 - level) * gained


def part_of_the_way(level, goal, step):
    return level + step * (goal - level)


def helps_or_hinders(strength, weight, face):
    """Return the multiplier on odds of a factor with two faces, from -1 to 1."""
    push = strength * weight * face
    return 1.0 + push if face > 0.0 else 1.0 / (1.0 - push)
