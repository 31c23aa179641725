"""How often what a comparison says of one look is wrong, and how often it says nothing.

Usage: python benchmarks/intervals.py [STUDIES] [SEED]

* **Coverage** of 95 % intervals: of a ratio of means (hours per user, with few users in some runs), beside the
  mean of ratios; and of an outcome whose differences are mostly 0 and now and then large, as weeks to half
  are, by the plain t and as `qisim.comparison.basis` has it (the share in which there are too few to say
  stands beside).
* **Equivalence** over 17 outcomes whose true differences are just as large as matters: in how many studies any
  is called equivalent, by intervals alone and corrected after Holm (type I); and where none differs, in what
  share of outcomes it is shown (one less type II).
* **The model's own outcomes**: 8,000 pairs of `external` and `internal` are run and taken as all there are.
  Studies of 20, 50 and 200 of them are drawn; how often does the interval of each outcome of `external`, and
  that of its difference, hold the mean of all? The outcomes that are held least often are named.
"""

import sys
import tempfile

import numpy as np

from qisim import compare
from qisim.comparison.basis import basis_of
from qisim.comparison.comparison import pairs_of
from qisim.comparison.estimands import Side, ratio_difference
from qisim.comparison.matters import smallest_differences
from qisim.comparison.paired import ALPHA, Pairs, equivalence_p_value, holm, interval_of

OUTCOMES = 17
POOL = 8000


def runs_with_users(rng: np.random.Generator, mean: float, number: int) -> Side:
    """Return hours and users of so many runs; the ratio of their means is 40 whatever `mean` is."""
    users = rng.negative_binomial(2.0, 2.0 / (2.0 + mean), number).astype(float)
    return Side(15.0 * users + rng.gamma(4.0, 25.0 * mean / 4.0, number), users)


def ratios(rng: np.random.Generator, studies: int) -> None:
    """Print the coverage of intervals of a difference of ratios, which is 0."""
    for number in (20, 50, 200):
        hits, known, naive, told = 0, 0, 0, 0
        large = [runs_with_users(rng, mean, 200_000) for mean in (3.0, 6.0)]
        each = [np.mean(side.above[side.below > 0] / side.below[side.below > 0]) for side in large]
        for _ in range(studies):
            base, other = (runs_with_users(rng, mean, number) for mean in (3.0, 6.0))
            found = ratio_difference(base, other)
            known += found.known
            hits += found.known and found.low <= 0.0 <= found.high
            both = (base.below > 0) & (other.below > 0)
            delta = other.above[both] / other.below[both] - base.above[both] / base.below[both]
            low, high = interval_of(delta)
            told, naive = told + 1, naive + (low <= each[1] - each[0] <= high)
        print(
            f"ratio, {number:3} pairs: ratio of means {100 * hits / max(known, 1):5.1f} % (given in "
            f"{100 * known / studies:.0f} %); mean of ratios {100 * naive / told:5.1f} %"
        )


def seldom(rng: np.random.Generator, studies: int) -> None:
    """Print the coverage of intervals of differences that are mostly 0."""
    share, size = 0.27, 9.0
    for number in (20, 50, 200):
        plain, hits, said = 0, 0, 0
        for _ in range(studies):
            unlike = rng.random(number) < share
            delta = -1.0 * unlike * rng.lognormal(np.log(size) - 0.5, 1.0, number)
            low, high = interval_of(delta)
            plain += low <= -share * size <= high
            pair = Pairs(np.full(number, 90.0), 90.0 + delta, number)
            basis = basis_of("weeks_to_half", {"weeks_to_half": pair}, {"weeks_to_half": 4.0})
            if not basis.too_few:
                said += 1
                hits += basis.low <= -share * size <= basis.high
        print(
            f"mostly 0, {number:3} pairs: t {100 * plain / studies:5.1f} %; as given "
            f"{100 * hits / max(said, 1):5.1f} % (too few to say in {100 * (1 - said / studies):.0f} %)"
        )


def equivalence(rng: np.random.Generator, studies: int) -> None:
    """Print how often equivalence is claimed, wrongly and rightly."""
    for number in (50, 200):
        wrong, corrected, shown, of = 0, 0, 0, 0
        for _ in range(studies):
            shared = rng.normal(size=(number, 1))
            noise = np.sqrt(0.5) * (shared + rng.normal(size=(number, OUTCOMES)))
            for at, mean in (("edge", 1.0), ("none", 0.0)):
                matters = 4.0 / np.sqrt(number)  # in standard errors, so that there is power
                columns = (noise + mean * matters).T
                p = np.array([equivalence_p_value(one, matters) for one in columns])
                if at == "edge":
                    wrong += bool((p < ALPHA / 2).any())
                    corrected += bool((holm(p) < ALPHA).any())
                else:
                    shown, of = shown + int((holm(p) < ALPHA).sum()), of + OUTCOMES
        print(
            f"equivalence, {number:3} pairs: any of {OUTCOMES} wrongly {100 * wrong / studies:5.1f} % by "
            f"intervals, {100 * corrected / studies:5.1f} % corrected; rightly shown {100 * shown / of:.0f} % "
            "of outcomes"
        )


def own_outcomes(rng: np.random.Generator, studies: int) -> None:
    """Print the coverage of intervals of the model's own outcomes."""
    with tempfile.TemporaryDirectory() as store:
        runs = compare("external", "internal", replicates=POOL, store=store).runs
    whole, smallest = pairs_of(runs, "external", "internal"), smallest_differences()
    bases = {name: basis_of(name, whole, smallest) for name in whole}
    truth = {
        name: one.ratio.difference if one.ratio else np.mean(one.units)
        for name, one in bases.items()
    }
    alone = {name: np.nanmean(one.base) for name, one in whole.items()}
    for number in (20, 50, 200):
        held, said = dict.fromkeys(whole, 0), dict.fromkeys(whole, 0)
        one_held, one_said = dict.fromkeys(whole, 0), dict.fromkeys(whole, 0)
        for _ in range(studies):
            taken = rng.choice(POOL, number, replace=False)
            few = {
                name: Pairs(one.base[taken], one.other[taken], number)
                for name, one in whole.items()
            }
            for name in whole:
                values = few[name].base[~np.isnan(few[name].base)]
                if len(values) > 1:
                    low, high = interval_of(values)
                    one_said[name] += 1
                    one_held[name] += low <= alone[name] <= high
                basis = basis_of(name, few, smallest)
                if basis.ground == bases[name].ground and basis.judged and not np.isnan(basis.low):
                    said[name] += 1
                    held[name] += basis.low <= truth[name] <= basis.high
        for what, hits, of in (("external", one_held, one_said), ("difference", held, said)):
            shares = {name: hits[name] / of[name] for name in whole if of[name] >= studies / 2}
            worst = sorted(shares, key=shares.__getitem__)[:3]
            told = ", ".join(f"{name} {100 * shares[name]:.0f} %" for name in worst)
            middle = float(np.median(list(shares.values())))
            print(
                f"own outcomes, {what}, {number:3} pairs: median {100 * middle:.1f} % of {len(shares)} "
                f"outcomes; least: {told}"
            )


def main() -> None:
    """Print all four."""
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for number, part in enumerate((ratios, seldom, equivalence, own_outcomes)):
        part(np.random.default_rng([seed, number]), studies)


if __name__ == "__main__":
    main()
