"""How often the bands of `qisim follow` hold what came, in worlds whose future is known.

    uv run benchmarks/following.py [WORLDS [SITES [PLAN]...]]

Each world is a site that is not among the simulated ones, with strengths drawn from their ranges and luck of
its own. It is counted monthly, for three, six or twelve months, and forecast. Printed is the share of
months to come that lay within the bands, with the standard error over worlds, for the middle 90 % and the
middle half; and the same for routine use in the last week.
"""

import sys
from dataclasses import replace

import numpy as np

from qisim.calibration.counts_file import weeks_of_month
from qisim.calibration.observations import Observations
from qisim.decide.follow import SERIES, Forecast
from qisim.decide.sites import SitesStudy, drawn_sites
from qisim.decide.ways import parameters_of
from qisim.runs.options import Options
from qisim.scenario.scenario import load


class Runs(SitesStudy):
    """Sites that are run, and nothing else."""

    def put_together(self):
        """Return the weekly series."""
        return self.curves["stay"]


def main(worlds: int = 200, sites: int = 4_000, *plans: str) -> None:
    """Follow worlds whose future is known, and count how often bands hold."""
    for name in plans or ("internal", "external"):
        plan = load(name)
        drawn = drawn_sites([plan], parameters_of(["uncertain"]), None, sites + worlds, 5)
        options = Options(replicates=sites + worlds, seed=5)
        study = Runs("follow", [plan], {"stay": plan}, drawn, SERIES, {}, options)
        study.make()
        held = study.put_together()
        posts = int(plan["site.units"]) * int(plan["site.staff_per_unit"])
        for months in (3, 6, 12):
            print(f"{name}, {months} months: {coverage(held, posts, months, sites)}", flush=True)


def coverage(held, posts: int, months: int, sites: int) -> str:
    """Return how often bands held what came in worlds that are not among the first sites."""
    ends = np.array([weeks_of_month(month) for month in range(1, months + 1)])
    people = np.full(months, float(posts))
    blank = Observations("", "month", ends[:, 0], ends[:, 1], people, people, people)
    use, adoption = (held[one][:sites] for one in ("use", "adoption"))
    first = Forecast(use, adoption, blank, 1)
    seen = blank.counted(held["use"][sites:], np.random.default_rng(3))
    truth = np.column_stack([first.ahead(held["use"][sites:]), held["adoption"][sites:, -1]])
    inside = {level: np.empty(truth.shape) for level in ("90", "50")}
    for world, (shares, future) in enumerate(zip(seen, truth, strict=True)):
        one = Forecast(use, adoption, replace(blank, using=shares * people), 1)
        one.__dict__["table"] = first.table  # the same sites, counted in the same way
        bands = one.bands(use, adoption)
        for level, (low, high) in (("90", (0, 4)), ("50", (1, 3))):
            inside[level][world] = (bands[low] - 1e-9 <= future) & (future <= bands[high] + 1e-9)
    parts = []
    for level, found in inside.items():
        by_world = found[:, :-1].mean(axis=1)
        error = by_world.std(ddof=1) / np.sqrt(len(by_world))
        last = found[:, -1].mean()
        parts.append(
            f"{level} % bands held {by_world.mean():.3f} ({error:.3f}), at the end {last:.3f}"
        )
    return "; ".join(parts)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:])
