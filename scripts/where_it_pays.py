"""Where sharing and adapting pay, and where they cost, with the model's base values.

    uv run scripts/where_it_pays.py [--check]

Sharing (`programme.sharing`) and adapting (`programme.adaptable`) are turned from 0 to 1 in three programmes,
in the ward as shipped, where the tool fits badly, and where leaders have twice the hours; same luck on both
sides. The table goes into ``docs/second-edition.md`` between its marks.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
from written_page import DOCS, rewrite

from qisim.engines.compiled import simulate
from qisim.model.coefficients import coefficients
from qisim.model.outcomes import WEEKLY
from qisim.model.site import build
from qisim.scenario.scenario import load

Array = npt.NDArray[np.float64]

PAGE = DOCS / "second-edition.md"
MARKED = re.compile(r"(<!-- written: (sharing) -->\n).*?(<!-- end written -->)", re.DOTALL)
RUNS, SEED = 400, 1

PROGRAMMES = ("external", "external-competence", "internal")
WARDS: dict[str, dict[str, float]] = {
    "as shipped": {},
    "the tool fits badly (`tool.fit` .3)": {"tool.fit": 0.3},
    "leaders have 5 h a week": {"leadership.leader_hours": 5.0},
}
LEVERS = {"sharing": "programme.sharing", "adapting": "programme.adaptable"}


def routine_use(name: str, values: Mapping[str, float]) -> Array:
    """Return mean routine use of each run of a programme, in percent; shape (RUNS,)."""
    one = load(name, dict(values))
    rows = np.repeat(coefficients(one)[None], RUNS, axis=0)
    weekly = simulate(build(one), rows, SEED, range(RUNS), 2)[0]
    return np.asarray(100.0 * weekly[:, list(WEEKLY).index("adoption")].mean(axis=0))


def gain(name: str, lever: str, ward: Mapping[str, float]) -> str:
    """Return what a lever turned from 0 to 1 adds, in points, with two standard errors."""
    without, whole = (routine_use(name, {**ward, lever: value}) for value in (0.0, 1.0))
    difference = whole - without
    error = difference.std(ddof=1) / np.sqrt(RUNS)
    return f"{difference.mean():+.2f} (± {2 * error:.2f})".replace("-", "−")


def table() -> Iterator[str]:
    """Yield the table, in lines of Markdown."""
    yield f"| lever | ward | {' | '.join(f'`{name}`' for name in PROGRAMMES)} |"
    yield "|---|---|" + "---|" * len(PROGRAMMES)
    for said, lever in LEVERS.items():
        for ward, values in WARDS.items():
            cells = " | ".join(gain(name, lever, values) for name in PROGRAMMES)
            yield f"| {said} | {ward} | {cells} |"


if __name__ == "__main__":
    parts = {"sharing": lambda: "\n".join(table()) + "\n"}
    sys.exit(rewrite(PAGE, MARKED, parts, sys.argv[1:], "scripts/where_it_pays.py"))
