"""How fast the engines are, side by side in one run, and how their cost grows.

Measured are the Mesa engine, `mesa.batch_run` on `CareUnit` with two processes, and the compiled engine
on one thread and on two; then what an agent-week costs the compiled engine as staff, weeks, replicates
and points of a sweep grow; and, where gcc is found, the distance to the same steps written by hand in C.
Every figure is the best of some rounds in which all take turns. Beside the time on the clock stands the
time of the processor, which other work on the machine hardly touches: ratios per core and growth are
taken from it. Nothing here is a test: no figure passes or fails.

Usage: uv run benchmarks/engines.py [--rounds 3] [--out benchmarks/engines]
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import hand_written
import mesa
import numpy as np
import pandas as pd
import speed_figure
from rich.console import Console
from rich.table import Table

from qisim import CareUnit, Scenario, load
from qisim.engines import compiled, mesa_model
from qisim.model import site as world
from qisim.model.coefficients import POSITION, coefficients

SCENARIOS = ("external", "internal")
MESA, BATCH_RUN = "Mesa", "mesa.batch_run, 2 processes"
ONE, TWO = "compiled, 1 thread", "compiled, 2 threads"
RUNS = {MESA: 2, BATCH_RUN: 24, ONE: 1024, TWO: 1024}
"""Runs in each round, by engine; the processes of `mesa.batch_run` start anew in each."""

GROWTH = {
    "staff": (10, 36, 75, 150, 300),
    "weeks": (13, 26, 52, 156, 520),
    "replicates": (1, 4, 16, 64, 256, 1024, 4096),
    "sweep points": (1, 4, 16, 64, 256),
}
"""What grows, while the rest stays as in `external`; a point of a sweep has 16 replicates."""


@dataclass(frozen=True)
class Job:
    """Something to be timed.

    Attributes
    ----------
    what, value, scenario : str
        Engine, or what grows; how large it is; of which scenario.
    runs : int
    agent_weeks : int
        Posts times weeks times runs.
    work : callable
        Does it once.
    """

    what: str
    value: str
    scenario: str
    runs: int
    agent_weeks: int
    work: Callable[[], object]

    def row(self, seconds: float, processor: float) -> dict[str, object]:
        """Return the row of the table."""
        return {
            "measured": self.what, "value": self.value, "scenario": self.scenario,
            "runs": self.runs, "seconds": seconds, "processor_seconds": processor,
            "runs_per_s": self.runs / seconds,
            "runs_per_processor_s": self.runs / processor,
            "agent_weeks_per_s": self.agent_weeks / seconds,
            "ns_per_agent_week": 1e9 * processor / self.agent_weeks,
        }  # fmt: skip


def clocks() -> np.ndarray:
    """Return the time on the clock, and that of the processor for this process and its children."""
    return np.array([time.perf_counter(), time.process_time() + math.fsum(os.times()[2:4])])


def best_of(jobs: list[Job], rounds: int) -> pd.DataFrame:
    """Time jobs in turns; return a row for each with its best round."""
    best = [np.full(2, np.inf) for _ in jobs]
    for job in jobs:
        if job.what not in (MESA, BATCH_RUN):
            job.work()  # compiled code and memory are there before the clock runs
    for _ in range(rounds):
        for place, job in enumerate(jobs):
            begun = clocks()
            job.work()
            best[place] = np.minimum(best[place], clocks() - begun)
    return pd.DataFrame([job.row(*times) for job, times in zip(jobs, best, strict=True)])


# --- the engines ----------------------------------------------------------------------------------


def simulation(
    what: str, value: str, scenario: Scenario, runs: int, *, points: int = 1, workers: int = 1
) -> Job:
    """Return the job of running a scenario, at one point or at several."""
    site, numbers = world.build(scenario), np.arange(points * runs) % runs
    rows = np.repeat(coefficients(scenario)[None], points * runs, axis=0)
    rows[:, POSITION["pressure"]] *= 1.0 - 0.1 * (np.arange(points * runs) // runs) / points
    engine = mesa_model if what == MESA else compiled
    return Job(
        what, value, scenario.name, points * runs, agent_weeks(scenario) * points * runs,
        lambda: engine.simulate(site, rows, 1, numbers, workers=workers),
    )  # fmt: skip


def agent_weeks(scenario: Scenario) -> int:
    """Return posts of staff and leaders times weeks: what one run lives through."""
    site = world.build(scenario)
    return site.weeks * site.units * (site.staff + site.leaders)


def batch_run(scenario: Scenario, runs: int) -> Job:
    """Return the job of running `CareUnit` with Mesa's own batch runner."""
    given = {"scenario": [scenario.name], "replicate": range(runs)}
    return Job(
        BATCH_RUN, "", scenario.name, runs, agent_weeks(scenario) * runs,
        lambda: mesa.batch_run(CareUnit, given, number_processes=2, display_progress=False),
    )  # fmt: skip


def engines() -> list[Job]:
    """Return the jobs of the four ways to run a scenario."""
    jobs = []
    for scenario in map(load, SCENARIOS):
        jobs += [
            simulation(MESA, "", scenario, RUNS[MESA]),
            batch_run(scenario, RUNS[BATCH_RUN]),
            simulation(ONE, "", scenario, RUNS[ONE]),
            simulation(TWO, "", scenario, RUNS[TWO], workers=2),
        ]
    return jobs


def growing() -> list[Job]:
    """Return the jobs of the compiled engine, one thread, in which one thing grows."""
    external = load("external")
    staff = [external.replace({"site.staff_per_unit": size}) for size in GROWTH["staff"]]
    weeks = [external.replace({"run.weeks": size}) for size in GROWTH["weeks"]]
    return [
        *(simulation("staff", str(one["site.staff_per_unit"]), one, 64) for one in staff),
        *(simulation("weeks", str(one["run.weeks"]), one, 64) for one in weeks),
        *(simulation("replicates", str(size), external, size) for size in GROWTH["replicates"]),
        *(
            simulation("sweep points", str(size), external, 16, points=size)
            for size in GROWTH["sweep points"]
        ),
    ]


def ratios(table: pd.DataFrame) -> pd.DataFrame:
    """Add how many times the Mesa engine on the same scenario, on the clock and per core."""
    alone = table[table["measured"] == MESA].set_index("scenario")
    return table.assign(
        times_mesa=table["runs_per_s"] / table["scenario"].map(alone["runs_per_s"]),
        times_mesa_per_core=table["runs_per_processor_s"]
        / table["scenario"].map(alone["runs_per_processor_s"]),
    )


# --- what was measured ----------------------------------------------------------------------------


def machine() -> str:
    """Return a line on the machine and what ran on it."""
    model_name = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            named = [line.partition(":")[2].strip() for line in file if "model name" in line]
        model_name = named[0] if named else model_name
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numba", "numpy", "mesa"))
    return (
        f"{model_name}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, {libraries}"
    )


def shown(measured: pd.DataFrame, title: str) -> Table:
    """Return rows as a table for the terminal."""
    table = Table(title=title, title_justify="left")
    for column in (
        "", "scenario", "runs", "runs/s", "agent-weeks/s", "processor ns/agent-week",
        "× Mesa", "× Mesa per core",
    ):  # fmt: skip
        table.add_column(column, justify="left" if column in ("", "scenario") else "right")
    for row in measured.to_dict("records"):
        table.add_row(
            f"{row['measured']} {row['value']}", row["scenario"], f"{row['runs']:,}",
            short(row["runs_per_s"]), short(row["agent_weeks_per_s"]),
            short(row["ns_per_agent_week"]),
            short(row.get("times_mesa")), short(row.get("times_mesa_per_core")),
        )  # fmt: skip
    return table


def short(number: float | None) -> str:
    """Return a number with three digits, or with all before the point."""
    if number is None:
        return ""
    return f"{number:,.3g}" if number < 100 else f"{number:,.0f}"


def shown_c(steps: pd.DataFrame) -> Table:
    """Return the steps beside the C as a table for the terminal."""
    title = f"Compiled steps beside C (gcc {' '.join(hand_written.FLAGS)}), ns per agent-week"
    table = Table("step", "compiled", "C", "ratio", title=title, title_justify="left")
    for row in steps.to_dict("records"):
        numbers = (f"{row[name]:.2f}" for name in ("compiled_ns", "c_ns", "ratio"))
        table.add_row(row["step"], *numbers)
    return table


def main() -> None:
    """Measure, print, write the tables and the figure."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--out", type=Path, default=Path(__file__).with_suffix(""))
    options = asked.parse_args()
    speed = ratios(best_of(engines(), options.rounds))
    growth = best_of(growing(), options.rounds)
    steps = pd.DataFrame(hand_written.compared())
    two, one = (speed[speed["measured"] == name]["runs_per_s"].to_numpy() for name in (TWO, ONE))
    console = Console(width=120)
    console.print(machine())
    console.print(shown(speed, "Engines"))
    console.print(f"two threads over one: {', '.join(f'{r:.2f}' for r in two / one)}")
    console.print(shown(growth, "Growth of the compiled engine, one thread"))
    console.print(shown_c(steps) if len(steps) else "no gcc here: not compared with C")
    options.out.mkdir(parents=True, exist_ok=True)
    for name, table in {"engines": speed, "growth": growth, "steps": steps}.items():
        table.to_csv(options.out / f"{name}.csv", index=False, float_format="%.6g")
    (options.out / "machine.txt").write_text(machine() + "\n", encoding="utf-8")
    for kind in ("png", "svg"):
        picture = speed_figure.speed_figure(speed, growth, steps, machine())
        speed_figure.write(picture, options.out / f"speed.{kind}")


if __name__ == "__main__":
    main()
