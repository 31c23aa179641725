"""Make the synthetic figures of `docs/data`: a made-up site, simulated with numbers that are known.

`uv run scripts/synthetic_site.py` writes both files. No real site stands behind them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from qisim import load, run
from qisim.calibration.counts_file import weeks_of_month

FOLDER = Path(__file__).parents[1] / "docs" / "data"
TRUTH = {
    "use.habit_half_life": 16.0,
    "attitudes.attention_half_life": 9.0,
    "workload.half_slack_load": 1.28,
    "use.habit_carries": 0.52,
}
"""What differs from `internal`; the examples in the documents ask whether it is found again."""
SEED = 20240304


def main() -> None:
    weekly = run(load("internal"), set=TRUTH, replicates=1, seed=SEED).weekly
    posts = 36
    in_post = np.rint(posts * (1.0 - weekly["vacancy"].to_numpy())).astype(int)
    using = np.rint(weekly["use"].to_numpy() * in_post).astype(int)
    gaps = np.random.default_rng(SEED).random(len(using)) < 0.2  # weeks in which nobody counted
    rows = [f"{w + 1},{using[w]},{in_post[w]}" for w in range(78) if not gaps[w]]
    write("synthetic-weekly.csv", "week,using,in_post", rows)
    months = [weeks_of_month(month) for month in range(1, 25)]
    parts = [slice(first - 1, last) for first, last in months]
    rows = [
        f"{month},{using[part].mean():.2f},{in_post[part].mean():.2f}"
        for month, part in enumerate(parts, 1)
    ]
    write("synthetic-monthly.csv", "month,using,in_post", rows)


def write(name: str, head: str, rows: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
