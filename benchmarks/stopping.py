"""How often a study without any difference says that there is one, by how it is looked at.

Usage: uv run benchmarks/stopping.py [STUDIES] [SEED]

Two thousand null studies of 17 outcomes, half of them smooth (normal, correlated as outcomes of one run are),
half skewed (a shifted lognormal, and a rare event), are looked at at 200, 400, ... 3,200 pairs:

* once, at 200 pairs or at the end: p-values of the paired t at 5 %, corrected after Holm, as those of
  `qisim compare`;
* twice: with the same rule at 200 pairs, and where nothing is different at 400;
* by hand: with the same rule at every look, until something is different;
* as `qisim compare --until-decided` does.

A study is wrong where any outcome is called higher or lower.
"""

import sys

import numpy as np

from qisim.comparison.paired import ALPHA, holm, p_value
from qisim.comparison.sequential import Looking, looks

OUTCOMES, MOST = 17, 3200
WRONG = ("higher", "lower")


def differences(rng: np.random.Generator, skewed: bool) -> dict[str, np.ndarray]:
    """Return differences without any mean, for as many pairs as are ever looked at."""
    shared, own = rng.normal(size=(MOST, 1)), rng.normal(size=(MOST, OUTCOMES))
    values = 0.7 * shared + 0.7 * own
    if skewed:
        values = np.exp(values) - np.exp(0.49)  # variance .98: mean of exp is exp(.49)
        rare = rng.random(MOST) < 0.02
        values[:, 0] = rare * rng.choice([-1.0, 1.0], MOST)
    return {f"o{i}": values[:, i] for i in range(OUTCOMES)}


def main() -> None:
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    rng = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    planned = looks(MOST)
    matters = dict.fromkeys((f"o{i}" for i in range(OUTCOMES)), 0.02)
    for kind in ("smooth", "skewed"):
        wrong = {"once, at 200": 0, "once": 0, "twice": 0, "by hand": 0, "until decided": 0}
        for _ in range(studies // 2):
            values = differences(rng, kind == "skewed")
            at = [{name: v[:n] for name, v in values.items()} for n in planned]
            each = [bool((holm([p_value(v) for v in held.values()]) < ALPHA).any()) for held in at]
            study = Looking(planned, matters)
            while not study.finished:
                study.show(at[study.look])
            wrong["once, at 200"] += each[0]
            wrong["once"] += each[-1]
            wrong["twice"] += any(each[:2])
            wrong["by hand"] += any(each)
            wrong["until decided"] += any(one.says in WRONG for _, one in study.said())
        for way, count in wrong.items():
            share = count / (studies // 2)
            error = (share * (1 - share) / (studies // 2)) ** 0.5
            print(f"{kind:8} {way:14} {100 * share:5.1f} % (standard error {100 * error:.1f})")


if __name__ == "__main__":
    main()
