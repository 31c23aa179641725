"""Chance: Philox 4x32-10, addressed."""

STAFF, LEADER, SITE, UNIT = 0, 1, 2, 3

DECISIONS = [
    ["leave", "absence", "attend", "use"],
    ["hire", "session", "ease", "disposition"],
    ["pace", "comes", "place", "before"],
    ["group", "post", "start", "never"],
]

DECISIONS_OF_UNITS = [
    ["facilitator", "champion", "leader", "fate"],
    ["burden", "leading", "openness", "unrest"],
]


def philox(counter, key):
    """Return four 32-bit words for a counter of four and a key of two."""
    a, b, c, d = counter
    k, m = key
    for _ in range(10):
        first, second = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (
            (second // 2**32) ^ b ^ k,
            second % 2**32,
            (first // 2**32) ^ d ^ m,
            first % 2**32,
        )
        k, m = (k + 0x9E3779B9) % 2**32, (m + 0xBB67AE85) % 2**32
    return [a, b, c, d]


def key_of_run(seed, replicate):
    low_and_high = [replicate % 2**32, replicate // 2**32, seed % 2**32, seed // 2**32]
    return philox(low_and_high, [0, 0])[:2]


def draws(key, level, unit, slot, week):
    """Return the draws of a post, or of a unit, in a week, by decision."""
    found = {}
    for block, names in enumerate(DECISIONS_OF_UNITS if level == UNIT else DECISIONS):
        words = philox([slot, unit + 256 * level, week, block], key)
        for name, word in zip(names, words, strict=True):
            found[name] = word / 2**32
    return found


def bernoulli(draw, chance):
    return draw < chance
