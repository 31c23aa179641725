"""How often the intervals of a verdict in layers hold the truth.

Usage: python benchmarks/layers.py [STUDIES] [SEED]

Each study draws sets of strengths whose differences spread as a normal, a skewed or a two-valued
distribution, and pairs of runs with luck around them. The intervals that `qisim.comparison.layers.layer_of`
gives of the share of sets ahead, of the share ahead by enough to matter, and of the share of the doubt, are
held against the truth of the population from which the sets come. What a count without luck removed would
say stands beside it.
"""

import sys

import numpy as np
from scipy import stats

from qisim.comparison.layers import layer_of

MATTERS, MEAN, SPREAD = 5.0, 4.3, 1.3
"""As in the comparison of leadership programmes, in points."""


def sets_of(rng: np.random.Generator, kind: str, number: int) -> np.ndarray:
    """Return the true differences of so many sets."""
    if kind == "normal":
        return rng.normal(MEAN, SPREAD, number)
    if kind == "skewed":
        return MEAN + SPREAD * (rng.gamma(2.0, 1.0, number) - 2.0) / np.sqrt(2.0)
    return MEAN + SPREAD * rng.choice([-1.0, 1.0], number)


def truth(kind: str) -> tuple[float, float]:
    """Return the share of all sets above 0 and above what matters."""
    standard = (0.0 - MEAN) / SPREAD, (MATTERS - MEAN) / SPREAD
    if kind == "normal":
        return tuple(float(stats.norm.sf(z)) for z in standard)
    if kind == "skewed":
        return tuple(float(stats.gamma.sf(2.0 + np.sqrt(2.0) * z, 2.0)) for z in standard)
    return tuple(float(np.mean([s > z for s in (-1.0, 1.0)])) for z in standard)


def main() -> None:
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    rng = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print("kind     sets runs luck   ahead  matters  doubt   counted as they are: matters, bias")
    for kind in ("normal", "skewed", "two"):
        ahead, much = truth(kind)
        for number, runs, luck in ((300, 3, 4.0), (300, 10, 4.0), (100, 4, 2.0), (100, 2, 6.0)):
            doubt = SPREAD**2 / (SPREAD**2 + luck**2)
            hits, raw, bias = np.zeros(4), [], []
            for _ in range(studies):
                own = sets_of(rng, kind, number)
                groups = np.repeat(np.arange(number), runs)
                delta = own[groups] + rng.normal(0.0, luck, number * runs)
                found = layer_of(delta, groups, MATTERS)
                means = delta.reshape(number, runs).mean(axis=1)
                raw.append(np.mean(means >= MATTERS) - much)
                bias.append(found.much_above.share - much)
                hits += (
                    found.above.low <= ahead <= found.above.high,
                    found.much_above.low <= much <= found.much_above.high,
                    found.components.doubt_low <= doubt <= found.components.doubt_high,
                    abs(raw[-1]) <= 1.96 * np.sqrt(much * (1 - much) / number),
                )
            covers = 100 * hits / studies
            print(
                f"{kind:8} {number:4} {runs:4} {luck:4.1f}  {covers[0]:5.1f} %  {covers[1]:5.1f} % "
                f"{covers[2]:5.1f} %  bias {100 * np.mean(bias):+5.1f} points; as they are "
                f"{covers[3]:5.1f} %, bias {100 * np.mean(raw):+5.1f}"
            )


if __name__ == "__main__":
    main()
