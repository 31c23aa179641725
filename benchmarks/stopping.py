"""How often a study without any difference says that there is one, by how it is looked at.

Usage: uv run benchmarks/stopping.py [STUDIES] [SEED]

So many null studies of 17 outcomes of each kind: smooth (normal, correlated as outcomes of one run are), skewed
(as correlated, each a lognormal less its mean, and one a rare event), and skewed apart (lognormals that know
nothing of each other, the hardest case for Holm's correction). Each is looked at

* once, at 20, at 200 and at 3,200 pairs;
* twice, at 200 and, where nothing was different, at 400 pairs; and twice at 20 and 40;
* four and five times, at 200, 400, ... 3,200 pairs, until something is different;
* eleven times, at 200, 220, ... 400 pairs: whoever goes on a little further each time;
* as `qisim compare --until-decided` does, once, and after a look at 200 pairs by hand.

p-values and looks are those of `qisim compare`; beside it stand those of the paired t corrected after Holm
alone, as if every look were the first. A study is wrong where any outcome is called higher or lower at any
look. Then come studies in which every outcome differs by exactly as much as matters, in which "no difference
that matters" is wrong; and what this costs: the share of smooth outcomes that differ and are found at one
look at 20, 50 and 200 pairs. Last comes a world that no rule can guard against with few pairs, as a sample
may not show it: one outcome that differs by a little in 19 pairs of 20, and by 19 times as much the other way
in the twentieth.
"""

import sys
from collections.abc import Callable, Sequence

import numpy as np

from qisim.comparison.paired import ALPHA, equivalence_p_value, holm, interval_of, p_value
from qisim.comparison.sequential import (
    Looking,
    careful_equivalence_p_value,
    careful_p_value,
    counted_for_looks,
    looks,
)

OUTCOMES, MOST = 17, 3200
WRONG = ("higher", "lower")
WAYS = {
    "once, at 20": (20,), "once, at 200": (200,), "once, at 3,200": (3200,),
    "twice, at 20, 40": (20, 40), "twice, at 200, 400": (200, 400),
    "four times, to 1,600": (200, 400, 800, 1600), "five times, to 3,200": (200, 400, 800, 1600, 3200),
    "eleven times, to 400": tuple(range(200, 401, 20)),
}  # fmt: skip


def differences(rng: np.random.Generator, kind: str, most: int = MOST) -> dict[str, np.ndarray]:
    """Return differences without any mean, by default for as many pairs as are ever looked at."""
    if kind == "skewed apart":
        apart = rng.lognormal(0.0, 1.0, (OUTCOMES, most)) - np.exp(0.5)
        return {f"o{i}": row for i, row in enumerate(apart)}
    shared, own = rng.normal(size=(most, 1)), rng.normal(size=(most, OUTCOMES))
    values = 0.7 * shared + 0.7 * own
    if kind == "skewed":
        values = np.exp(values) - np.exp(0.49)  # variance .98: mean of exp is exp(.49)
        rare = rng.random(most) < 0.02
        values[:, 0] = rare * rng.choice([-1.0, 1.0], most)
    return {f"o{i}": np.ascontiguousarray(values[:, i]) for i in range(OUTCOMES)}


def far_off(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the outcomes whose t is beyond 2: of 17, no other can be called different at any look."""
    rows = np.array(list(values.values()))
    with np.errstate(invalid="ignore"):  # a rare event may not come at all
        t = rows.mean(axis=1) / rows.std(axis=1, ddof=1) * rows.shape[1] ** 0.5
    return {
        name: one for (name, one), far in zip(values.items(), np.abs(t) > 2.0, strict=True) if far
    }


def least(values: dict[str, np.ndarray]) -> tuple[float, float]:
    """Return the least p-value of all outcomes, corrected after Holm: of `qisim compare`, and of t alone."""
    far = far_off(values).values()
    found = [min((test(one) for one in far), default=1.0) for test in (careful_p_value, p_value)]
    return OUTCOMES * found[0], OUTCOMES * found[1]


def until_decided(values: dict[str, np.ndarray], earlier: int) -> bool:
    """Say whether a comparison that stops itself is wrong."""
    known = np.array(list(values.values()))
    far = [
        np.abs(known[:, :many].mean(axis=1) / known[:, :many].std(axis=1, ddof=1)).max() * many**0.5
        for many in looks(MOST)
    ]
    if max(far) < 3.0:  # below, p is above .0026, and 17 times that above every level
        return False
    study = Looking(looks(MOST), dict.fromkeys(values, 0.02), earlier=earlier)
    while not study.finished:
        many = study.planned[study.look]
        study.show({name: one[:many] for name, one in values.items()})
    return any(one.says in WRONG for _, one in study.said())


def wrong_by(values: dict[str, np.ndarray]) -> dict[str, tuple[bool, bool]]:
    """Return by way of looking whether a study is wrong: as `qisim compare` looks, and by t alone."""
    every = sorted({many for way in WAYS.values() for many in way})
    at = {many: least({name: one[:many] for name, one in values.items()}) for many in every}
    found = {
        way: (any(wrong_at(at[many][0], number) for number, many in enumerate(taken)),
              any(at[many][1] < ALPHA for many in taken))
        for way, taken in WAYS.items()
    }  # fmt: skip
    by_itself = (until_decided(values, 0), False)
    # what the second says by itself it says of the same pairs, at a level that is an eighth
    after = wrong_at(at[200][0], 0) or (by_itself[0] and until_decided(values, 1))
    return found | {"until decided": by_itself, "once, then until decided": (after, False)}


def wrong_at(p: float, earlier: int) -> bool:
    """Say whether a look after so many others calls something different."""
    return bool(counted_for_looks(np.array(p), earlier) < ALPHA)


def power(rng: np.random.Generator, studies: int, pairs: int, apart: float) -> Sequence[float]:
    """Return the share of outcomes found, by `qisim compare` and by t corrected after Holm alone."""
    found = np.zeros(2)
    for _ in range(studies):
        values = [one[:pairs] + apart for one in differences(rng, "smooth").values()]
        careful = counted_for_looks(holm([careful_p_value(one) for one in values]), 0)
        plain = holm([p_value(one) for one in values])
        found += [(careful < ALPHA).mean(), (plain < ALPHA).mean()]
    return list(found / studies)


SPREADS = {"smooth": 0.98**0.5, "skewed": ((np.exp(0.98) - 1) * np.exp(0.98)) ** 0.5,
           "skewed apart": ((np.e - 1) * np.e) ** 0.5}  # fmt: skip
"""Standard deviations of the differences of each kind."""
ROOM = 4.0
"""What matters, in standard errors of the mean, so that it can be shown that nothing does."""


def called_equal(
    values: dict[str, np.ndarray], matters: float, test: Callable[..., float]
) -> np.ndarray:
    """Say whether any of 17 outcomes is called too small to matter, whether one by itself, and how many are."""
    inside = {name: max(map(abs, interval_of(one))) < matters for name, one in values.items()}
    p = [test(one, matters) if inside[name] else 1.0 for name, one in values.items()]
    known = np.array(list(inside.values()))
    whole = (counted_for_looks(holm(p), 0) < ALPHA) & known
    alone = (counted_for_looks(np.array(p), 0) < ALPHA) & known
    return np.array([whole.any(), alone[-1], whole.mean()])


def at_the_edge(rng: np.random.Generator, kind: str, studies: int, pairs: int) -> np.ndarray:
    """Return the share of studies in which what matters is called too small, by both ways of testing.

    The long tail lies beyond the edge in half of them, and on this side of it in the others: the worse counts.
    """
    matters = ROOM * SPREADS[kind] / pairs**0.5
    found = np.zeros((2, 2, 3))
    for _ in range(studies // 2):
        for place, sign in enumerate((1.0, -1.0)):
            values = {
                name: sign * one + matters for name, one in differences(rng, kind, pairs).items()
            }
            found[place, 0] += called_equal(values, matters, careful_equivalence_p_value)
            found[place, 1] += called_equal(values, matters, equivalence_p_value)
    worse: np.ndarray = found.max(axis=0) / (studies // 2)
    return worse


def shown_equal(rng: np.random.Generator, kind: str, studies: int, pairs: int) -> np.ndarray:
    """Return the share of outcomes without any difference that are called too small to matter."""
    matters, found = ROOM * SPREADS[kind] / pairs**0.5, np.zeros(2)
    for _ in range(studies):
        values = differences(rng, kind, pairs)
        for place, test in enumerate((careful_equivalence_p_value, equivalence_p_value)):
            found[place] += called_equal(values, matters, test)[2]
    return found / studies


def fooled(seed: int, studies: int, pairs: int) -> float:
    """Return the share of studies that one look at an outcome with rare, large differences fools."""
    rng, wrong = np.random.default_rng([seed, pairs]), 0
    for _ in range(studies):
        values = np.where(rng.random(pairs) < 0.05, 19.0, -1.0) + rng.normal(0.0, 0.01, pairs)
        wrong += wrong_at(careful_p_value(values), 0)
    return wrong / studies


def told_equal(rng: np.random.Generator, studies: int) -> None:
    """Print how often what matters is called too small, and how often what does not matter is."""
    for kind in SPREADS:
        for pairs in (20, 50, 200):
            (whole, alone, _), (t_whole, t_alone, _) = 100 * at_the_edge(rng, kind, studies, pairs)
            right, t_right = 100 * shown_equal(rng, kind, max(20, studies // 30), pairs)
            print(
                f"{kind:12} at the edge, {pairs:3} pairs: any of {OUTCOMES} called too small in {whole:4.1f} % "
                f"(by t {t_whole:4.1f}), one by itself in {alone:4.1f} % ({t_alone:4.1f}); rightly, where "
                f"nothing differs, {right:3.0f} % of outcomes ({t_right:.0f})",
                flush=True,
            )


def main() -> None:
    """Print the share of studies that are wrong, by kind and way."""
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    rng = np.random.default_rng(seed)
    for kind in ("smooth", "skewed", "skewed apart"):
        wrong: dict[str, np.ndarray] = {}
        for _ in range(studies):
            for way, found in wrong_by(differences(rng, kind)).items():
                wrong[way] = wrong.get(way, np.zeros(2)) + found
        for way, counts in wrong.items():
            share, plain = counts / studies
            error = (share * (1 - share) / studies) ** 0.5
            beside = "" if "until" in way else f"; by t alone {100 * plain:4.1f} %"
            print(
                f"{kind:12} {way:24} {100 * share:5.1f} % (standard error {100 * error:.1f}){beside}",
                flush=True,
            )
    told_equal(np.random.default_rng([seed, 7]), studies)
    for pairs, apart in ((20, 1.2), (50, 0.65), (200, 0.3)):
        told = [100 * share for share in power(rng, max(20, studies // 30), pairs, apart)]
        print(
            f"found at {pairs} pairs, {apart:g} apart (standard deviation .99): {told[0]:.0f} %; "
            f"by t alone {told[1]:.0f} %"
        )
    for pairs in (20, 50, 200, 1000):
        print(f"rare and large, {pairs} pairs: {100 * fooled(seed, studies, pairs):.1f} % wrong")


if __name__ == "__main__":
    main()
