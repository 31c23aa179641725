"""The figure of `engines.py`: how fast the engines are, how cost grows, and how far C is away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator

from qisim.plotting.style import COLOURS, DASHES, GREY, Picture, drawn, figure_bytes

GROWS = {
    "staff": "staff of the site",
    "weeks": "weeks of a run",
    "replicates": "replicates (sixteen share a batch)",
    "sweep points": "points of a sweep, × 16 replicates",
}


@drawn
def speed_figure(
    speed: pd.DataFrame, growth: pd.DataFrame, steps: pd.DataFrame, machine: str
) -> Picture:
    """Return the figure; the tables are those of `engines.py`."""
    figure = Picture(figsize=(9.6, 7.4), layout="constrained")
    rows = figure.subfigures(2, 1, height_ratios=(1.0, 1.15))
    left, right = rows[0].subplots(1, 2, width_ratios=(1.5, 1.0))
    rates(left, speed)
    distance_to_c(right, steps)
    grid = rows[1].subplots(1, 4, sharey=True)
    for axes, (what, label) in zip(grid, GROWS.items(), strict=True):
        cost(axes, growth[growth["measured"] == what], label)
    grid[0].set_ylabel("processor ns per agent-week")
    rows[1].suptitle(
        "What an agent-week costs the compiled engine on one thread (flat: cost grows in proportion)",
        x=0.01, ha="left", fontsize=9.5, fontweight="bold",
    )  # fmt: skip
    figure.supxlabel(machine, fontsize=7, color=GREY, x=0.01, ha="left")
    figure.alt = (
        "Bars of runs per second by engine; lines of nanoseconds per agent-week; bars beside C"
    )
    return figure


def rates(axes: Axes, speed: pd.DataFrame) -> None:
    """Draw runs per second of the engines, with how many times Mesa that is."""
    names, scenarios = list(speed["measured"].unique())[::-1], list(speed["scenario"].unique())
    height = 0.8 / len(scenarios)
    for number, scenario in enumerate(scenarios):
        rows = speed[speed["scenario"] == scenario].set_index("measured").loc[names]
        place = np.arange(len(names)) + (0.5 - number) * height
        colour = COLOURS[number]
        axes.barh(place, rows["runs_per_s"], height * 0.92, color=colour, label=scenario)
        for at, rate, times in zip(place, rows["runs_per_s"], rows["times_mesa"], strict=True):
            text = f" {short(rate)}" if times == 1 else f" {short(rate)}  (× {short(times)})"
            axes.text(rate, at, text, va="center", fontsize=7.5)
    axes.set_xscale("log")
    axes.set_xlim(0.5, speed["runs_per_s"].max() * 12)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_yticks(range(len(names)), names)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("runs per second (× Mesa in brackets)")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_title("Engines")
    axes.legend(frameon=False, loc="upper right", fontsize=8)


def short(number: float) -> str:
    """Return a number with three digits, or with all before the point."""
    return f"{number:,.3g}" if number < 100 else f"{number:,.0f}"


def distance_to_c(axes: Axes, steps: pd.DataFrame) -> None:
    """Draw the compiled steps beside the C, or say that there was no compiler."""
    axes.set_title("Compiled steps beside C")
    if steps.empty:
        axes.text(0.5, 0.5, "no gcc found", ha="center", transform=axes.transAxes)
        axes.set_axis_off()
        return
    place = np.arange(len(steps))
    for number, (column, label) in enumerate({"compiled_ns": "compiled", "c_ns": "C"}.items()):
        axes.bar(
            place + (number - 0.5) * 0.4, steps[column], 0.37, label=label,
            color=(COLOURS[2], GREY)[number],
        )  # fmt: skip
    for at, row in zip(place, steps.to_dict("records"), strict=True):
        top = max(row["compiled_ns"], row["c_ns"])
        axes.text(at, top, f"{row['ratio']:.2f}", ha="center", va="bottom", fontsize=8)
    axes.set_xticks(place, [name.replace("_", "_\n", 1) for name in steps["step"]], fontsize=7.5)
    axes.set_ylabel("ns per agent-week")
    axes.set_ylim(0, 1.2 * steps[["compiled_ns", "c_ns"]].to_numpy().max())
    axes.set_xlabel("number above: compiled over C")
    axes.legend(frameon=False, loc="upper left", fontsize=8)


def cost(axes: Axes, rows: pd.DataFrame, label: str) -> None:
    """Draw nanoseconds per agent-week against what grows."""
    sizes = rows["value"].astype(float)
    axes.plot(sizes, rows["ns_per_agent_week"], marker="o", markersize=4, color=COLOURS[0],
              linestyle=DASHES[0])  # fmt: skip
    axes.set_xscale("log")
    ticks = list(sizes) if len(sizes) < 6 else list(sizes)[-1::-2]
    axes.set_xticks(ticks, [f"{size:,.0f}" for size in ticks], fontsize=7.5)
    axes.set_yscale("log")
    axes.set_ylim(10, 1000)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel(label, fontsize=8)


def write(picture: Picture, file: Path) -> None:
    """Write a figure; the ending says as what."""
    file.write_bytes(figure_bytes(picture, file.suffix[1:]))
