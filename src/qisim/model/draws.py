"""Random draws, fixed by address: common random numbers for every scenario.

A draw is a number in [0, 1) that depends on five things only: seed, replicate, position (level, unit
and slot), week and decision. It does not depend on who else is there, on the order of the work, on
the scenario, or on how many draws were taken before. So two scenarios meet the same colds, the same
resignations and the same luck in every decision, and their difference is the effect of the
scenarios; and adding a person, a decision or a leaders-only change leaves every other draw
unchanged.

The generator is Philox 4x32 with ten rounds (Salmon, Moraes, Dror and Shaw, "Parallel random
numbers: as easy as 1, 2, 3", SC 2011, doi 10.1145/2063384.2063405); `tests/model/test_draws.py` holds it
against that paper's known-answer vectors. The counter is the address, the key comes from seed and
replicate, and each call gives the draws of four decisions. `philox` is written in plain arithmetic,
so that the same function serves whole numpy arrays here and is compiled for the fast engine.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

DECISIONS = (
    "leave", "absence", "attend", "use",
    "hire", "session", "ease", "disposition",
    "pace", "comes", "place", "before",
    "group", "post", "start", "never",
)  # fmt: skip
"""Decisions of a person and a post, four to a block. New ones go to the end, in a new block."""

BLOCKS = len(DECISIONS) // 4
WEEKLY = 2
"""The first blocks are needed in every week, the others only where somebody arrives."""

UNIT_DECISIONS = (
    "facilitator", "champion", "leader", "fate",
    "burden", "leading", "openness", "unrest",
)  # fmt: skip
"""Decisions of a unit: who can lead this week, and what becomes of the practice; then, from the
start, how the unit differs from others."""

STAFF, LEADER, SITE, UNIT = 0, 1, 2, 3
"""Levels of an address. `SITE` draws (one per factor) serve the allocation ensemble; a unit has slot 0."""

MAX_SEED = 2**63 - 1
MAX_REPLICATE = 2**32 - 1

U64 = np.uint64
MASK = U64(0xFFFFFFFF)
HALF = U64(32)
MULTIPLIER_0, MULTIPLIER_1 = U64(0xD2511F53), U64(0xCD9E8D57)
WEYL_0, WEYL_1 = U64(0x9E3779B9), U64(0xBB67AE85)
TO_UNIT = 2.0**-32

Words = tuple  # of four uint64 numbers or arrays, each below 2**32


def philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]  # numbers or arrays
    """Return the four 32-bit words of Philox 4x32-10 for a counter and a key.

    Parameters
    ----------
    c0, c1, c2, c3, k0, k1 : uint64 or ndarray of uint64
        Counter and key words, each below 2**32.

    Returns
    -------
    tuple of four uint64 or ndarray of uint64
    """
    for _ in range(10):
        wide_0 = MULTIPLIER_0 * c0
        wide_1 = MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (
            (wide_1 >> HALF) ^ c1 ^ k0,
            wide_1 & MASK,
            (wide_0 >> HALF) ^ c3 ^ k1,
            wide_0 & MASK,
        )
        k0 = (k0 + WEYL_0) & MASK
        k1 = (k1 + WEYL_1) & MASK
    return c0, c1, c2, c3


def keys(seed: int, replicates: npt.ArrayLike) -> npt.NDArray[np.uint64]:
    """Return the two key words of each replicate.

    Parameters
    ----------
    seed : int
        Seed of the study, 0 to 2**63 - 1.
    replicates : array_like of int
        Replicate numbers, 0 to 2**32 - 1.

    Returns
    -------
    ndarray of uint64, shape (len(replicates), 2)
    """
    numbers = np.atleast_1d(np.asarray(replicates, dtype=np.uint64))
    low, high = np.uint64(seed & 0xFFFFFFFF), np.uint64(seed >> 32)
    zero = np.zeros_like(numbers)
    words = philox(numbers & MASK, numbers >> HALF, zero + low, zero + high, zero, zero)
    return np.stack(words[:2], axis=1)


def table(
    seed: int, replicate: int, level: int, unit: int, slots: int, weeks: int,
    decisions: tuple[str, ...] = DECISIONS,
) -> npt.NDArray[np.float64]:  # fmt: skip
    """Return all draws of the posts of one unit in one replicate.

    Parameters
    ----------
    seed, replicate : int
        Part of the address of the draws.
    level : int
        `STAFF`, `LEADER`, `SITE` or `UNIT`.
    unit : int
        Number of the unit, from 0.
    slots : int
        How many posts.
    weeks : int
        How many weeks; week 0 is the start.
    decisions : tuple of str
        `DECISIONS` or `UNIT_DECISIONS`.

    Returns
    -------
    ndarray of float, shape (weeks + 1, slots, len(decisions))
        Numbers in [0, 1).
    """
    key = keys(seed, replicate)[0]
    week, slot, block = np.meshgrid(
        np.arange(weeks + 1, dtype=U64),
        np.arange(slots, dtype=U64),
        np.arange(len(decisions) // 4, dtype=U64),
        indexing="ij",
    )
    place = np.full_like(week, unit + 256 * level)
    words = philox(slot, place, week, block, key[0], key[1])
    shape = (weeks + 1, slots, len(decisions))
    return (np.stack(words, axis=-1) * TO_UNIT).reshape(shape)
