"""How often a calibration's outlook holds what came, where the count misses users: with and without saying so.

    uv run benchmarks/counting.py [WORLDS [SAMPLES [SCENARIO]...]]

Each world is a site that is not among the simulated ones, with strengths drawn from their ranges and luck of
its own. It is counted weekly for 58 weeks of the first 78. A share of its users is counted, the same in all
weeks, and a share of the others as users. Then it is calibrated twice: as if the count were right, and with
priors for both shares. Printed is the share of worlds whose outlook (use after the last count, and routine use
in the last week) lay within the 95 % and 80 % intervals before any widening, with the standard error.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from qisim.calibration import posterior as c
from qisim.calibration.counting import Errors
from qisim.calibration.diagnostics import check_fresh
from qisim.calibration.planning import read_all
from qisim.calibration.study import CalibrationStudy
from qisim.runs.options import Options

FILE = Path(__file__).parents[1] / "docs" / "data" / "synthetic-weekly.csv"
COUNTS = {
    "all users counted": Errors.of(),
    "80 % of users counted": Errors.of(0.8),
    "80 % of users, 3 % of others": Errors.of(0.8, 0.03),
    "between 60 and 100 % of users": Errors.of("0.6-1"),
}
TOLD = {"as if right": Errors.of(), "beta(8,2), 0-5 %": Errors.of("beta(8,2)", "0-0.05")}


def main(worlds: int = 500, samples: int = 10_000, *names: str) -> None:
    """Count worlds whose future is known, and see how often their outlook holds it."""
    for name in names or ("internal", "external"):
        options = {"samples": samples + worlds, "checks": 0, "seed": 7, "workers": None}
        plan, data = read_all(name, FILE, None, (), (), None, options)
        study = CalibrationStudy(plan, data, {"checks": 0}, Options(seed=7))
        study.make()
        sites, rng = study.sites, np.random.default_rng(7)
        ahead = sites.outlook(int(data.last[-1])).values()
        scores = np.column_stack([c.ranked(one, rng) for one in ahead])
        for told, errors in TOLD.items():
            said = replace(data, errors=errors).counted(sites.use[:samples], rng)
            inputs = c.scores_of(study.unit[sites.numbers[:samples]])
            whole = c.ReferenceTable(np.hstack([inputs, scores[:samples]]), said, data.observed)
            table = c.ReferenceTable(scores[:samples], said, data.observed)
            vars(table).update(summaries=whole.summaries, places=whole.places)
            for counted, truth in COUNTS.items():
                shares = replace(data, errors=truth).counted(sites.use[samples:], rng)
                ranks = check_fresh(table, shares, scores[samples:]).ranks
                print(f"{name}; {counted}; told {told}: {held(ranks)}", flush=True)


def held(ranks: np.ndarray) -> str:
    """Return how often intervals held the truth, with standard errors over worlds."""
    parts = []
    for level in (0.95, 0.8):
        by_world = (np.abs(ranks - 0.5) <= level / 2.0).mean(axis=1)
        error = by_world.std(ddof=1) / np.sqrt(len(by_world))
        parts.append(f"{100 * level:.0f} % intervals held {by_world.mean():.3f} ({error:.3f})")
    return ", ".join(parts)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:])
