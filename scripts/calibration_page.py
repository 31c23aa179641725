"""Write measured figures into docs/calibration.md: the example, and how honest intervals are.

What stands between the marks of the page is written; everything else on it is left as it is. The
pictures beside it are drawn anew as well.

Usage: python scripts/calibration_page.py
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from qisim.calibration.diagnostics import LEVELS, Check, check_near, coverage, widening
from qisim.calibration.figures import check_picture
from qisim.calibration.posterior import ReferenceTable
from qisim.calibration.prior_check import check_prior
from qisim.calibration.result import Calibration, findings, honesty, interval_text, unit_text
from qisim.calibration.study import calibrate
from qisim.plotting.style import Picture, drawn, figure_bytes

DOCS = Path(__file__).parents[1] / "docs"
PAGE, DATA, PICTURES = DOCS / "calibration.md", DOCS / "data", DOCS / "figures"
MARKED = re.compile(r"(<!-- written: (\w+) -->\n).*?(<!-- end written -->)", re.DOTALL)
SITES, MOST = 2000, 10
RARE, NEAR = 300, 100
LAYOUTS = {
    "external, 58 weeks of the first 78": ("external", "synthetic-weekly.csv"),
    "internal, 58 weeks of the first 78": ("internal", "synthetic-weekly.csv"),
    "internal, 24 months": ("internal", "synthetic-monthly.csv"),
}


def main() -> int:
    """Calibrate the example, check the intervals, and write the page."""
    PICTURES.mkdir(exist_ok=True)
    begun = time.perf_counter()
    example = calibrate("internal", DATA / "synthetic-weekly.csv")
    print(f"example: {time.perf_counter() - begun:.1f} s")
    for name in ("fit", "posterior"):
        picture(f"calibration-{name}", example.plot(name))
    checks = {label: check_prior(name, DATA / data, sites=SITES)
              for label, (name, data) in LAYOUTS.items()}  # fmt: skip
    label = list(checks)[1]
    picture("calibration-check", prior_check(label, checks[label][1]))
    made = {"example": "\n".join(example_text(example)), "coverage": "\n".join(table_of(checks))}
    text = MARKED.sub(
        lambda mark: f"{mark[1]}\n{made[mark[2]]}\n\n{mark[3]}", PAGE.read_text(encoding="utf-8")
    )
    PAGE.write_text(text, encoding="utf-8")
    return 0


def picture(name: str, drawing: Picture) -> None:
    (PICTURES / f"{name}.png").write_bytes(figure_bytes(drawing, "png"))


@drawn
def prior_check(label: str, check: Check) -> Picture:
    columns = np.arange(check.ranks.shape[1]) < check.ranks.shape[1] - 2
    title = f"{label}: are the intervals honest?"
    caption = f"{len(check.ranks):,} simulated sites drawn from all of the declared ranges."
    return check_picture(check.ranks, columns, title, caption)


def example_text(found: Calibration) -> Iterator[str]:
    """Yield what the example finds, as Markdown."""
    yield from (f"> {sentence}" for sentence in findings(found))
    yield f"> {honesty(found)}"
    yield ""
    yield "| | unit | before (95 %) | after (95 %) | narrowed |"
    yield "|---|---|---|---|---|"
    for row in found.speaking().head(MOST).to_dict("records"):
        yield line(f"`{row['parameter']}`", unit_text(row["unit"]), 1.0, row)
    for row in found.outlook.to_dict("records"):
        yield line(row["outcome"], "%", 100.0, row)


def line(name: str, unit: str, size: float, row: dict) -> str:
    before = interval_text(size * row["prior_low"], size * row["prior_high"])
    after = interval_text(size * row["low"], size * row["high"])
    narrowed = f"{100 * row['narrowed']:.0f} %".replace("-", "−")
    return f"| {name} | {unit} | {before} | {after} | {narrowed} |"


def table_of(checks: dict[str, tuple[ReferenceTable, Check]]) -> Iterator[str]:
    """Yield the coverage of all checks, as Markdown."""
    yield "| figures | of what | " + " | ".join(f"{100 * x:.0f} % intervals" for x in LEVELS) + " |"
    yield "|---|---|" + "---|" * len(LEVELS)
    for label, (table, check) in checks.items():
        number = check.ranks.shape[1]
        is_parameter = np.arange(number) < number - 2
        groups = {
            f"the {MOST} parameters most can be learned about": best(table, is_parameter),
            f"all {is_parameter.sum()} parameters": is_parameter,
            "outlook, before it is widened": ~is_parameter,
        }
        found = coverage(check.ranks, groups)
        for group in groups:
            rows = found[found["group"] == group]
            yield f"| {label} | {group} | {' | '.join(held_text(rows))} |"
    yield from rarest(*next(iter(checks.items())))


def held_text(rows: pd.DataFrame) -> list[str]:
    """Return in how many intervals the truth was, in words."""
    pairs = zip(rows["held"].tolist(), rows["error"].tolist(), strict=True)
    return [f"{100 * held:.1f} ± {200 * error:.1f} %" for held, error in pairs]


def rarest(label: str, checked: tuple[ReferenceTable, Check]) -> Iterator[str]:
    """Yield the coverage of the outlook in the rarest 1 in 20 sites, without and with widening."""
    table = checked[0]
    lean = ReferenceTable(table.scores[:, -2:], table.shares, table.observed)
    vars(lean).update(summaries=table.summaries, places=table.places)  # those of all parameters
    rare = np.argsort(-table.spacing)[: len(table.spacing) // 20]
    chosen = np.random.default_rng(1).choice(rare, RARE, replace=False)
    plain, wide = np.empty((RARE, 2)), np.empty((RARE, 2))
    for row, site in enumerate(chosen):
        place, truth = table.places[site], lean.scores[site]
        found = lean.posterior(place, without=int(site))
        ranks = check_near(lean, place, NEAR + 1).ranks[1:]  # the nearest is the site itself
        plain[row] = found.below(truth)
        wide[row] = found.widened(widening(ranks)).below(truth)
    for what, ranks in (("before it is widened", plain), ("as it is given", wide)):
        told = held_text(coverage(ranks, {"outlook": np.ones(2, bool)}))
        yield f"| {label}, the rarest 1 in 20 sites | outlook, {what} | {' | '.join(told)} |"


def best(table: ReferenceTable, is_parameter: np.ndarray) -> np.ndarray:
    """Return the parameters of whose variance the summaries explain most."""
    design = np.column_stack([np.ones(len(table.places)), table.places])
    slope = np.linalg.lstsq(design, table.scores, rcond=None)[0]
    told = np.where(is_parameter, (design @ slope).var(axis=0), 0.0)
    return told >= np.sort(told)[-MOST]


if __name__ == "__main__":
    sys.exit(main())
