"""Colleagues: teaching beside the work, example."""

from __future__ import annotations

from qisim.model.rules.levels import two_sided, within


def seen_share(contact: float, users: float) -> float:
    """Share of colleagues whom a person sees using the practice: as far as they meet at all.

    Staff see those of their own team, with whom they share shifts; leaders see the unit.
    """
    return contact * users


def teaching(
    strength: float, weight: float, contact: float, rate: float, arena: float,
    teachers: float, able: float, competence: float,
) -> float:  # fmt: skip
    """Share of missing competence that able team mates pass on; factor *knowledge sharing*.

    `able` is how competent those are who can teach, `teachers` how much of the team can. Arenas for
    sharing speed teaching up, their lack slows it down (C01).
    """
    gap = able - competence
    pace = contact * rate * teachers * two_sided(strength, weight, 2.0 * arena - 1.0)
    return within(pace * gap) if gap > 0.0 else 0.0


def example_felt(share: float, threshold: float) -> float:
    """How far the example of a share of colleagues is felt: hardly below a threshold, fully above.

    A few who do it are an oddity, a quarter makes it something that people here do (Q58). The steepness
    (a fourth power) is an assumption.
    """
    square = share * share
    level, half = square * square, threshold * threshold * threshold * threshold
    return level / (level + half)


def pull_of_example(contact: float, weight: float, share: float, threshold: float) -> float:
    """What seeing others use it does to the odds: little from few, much past a threshold (Q58)."""
    return 1.0 + contact * weight * example_felt(share, threshold)


def try_along(contact: float, weight: float, share: float, threshold: float) -> float:
    """What multiplies learning beside the work where enough colleagues do it: one tries along."""
    return 1.0 + contact * weight * example_felt(share, threshold)
