"""Two maps: of elementary effects (Morris), and of pairs of inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from qisim.model.outcomes import Array
from qisim.plotting.style import (
    GREY,
    INK,
    Picture,
    blank,
    described,
    drawn,
    look,
)
from qisim.sensitivity.block_indices import pairs
from qisim.sensitivity.convergence import ranking
from qisim.sensitivity.figure_words import (
    estimate_of,
    head,
    index_of,
    noise_text,
    percent_text,
    plain_name,
    size_text,
    targets_text,
    wrapped_input,
)
from qisim.sensitivity.finding import Finding

SQUARES = 12
"""Inputs on each side of the map of pairs."""


@drawn
def morris_plane(found: Finding, provisional: str = "") -> Picture:
    """Draw the mean size of each input's effect against how much the effect varies."""
    size, spread = index_of(found, "mu_star"), index_of(found, "sigma")
    spread = np.where(np.isnan(spread), 0.0, spread)
    halves = estimate_of(found).half_width("mu_star")
    picture, (axes,) = blank((7.4, 5.2), 1, 1)
    edge = 1.08 * max(float(np.max(size + np.nan_to_num(halves))), 1e-12)
    for slope, text in ((1.0, "sigma = mu*"), (0.5, "sigma = mu*/2"), (0.1, "sigma = mu*/10")):
        axes.plot([0, edge], [0, slope * edge], color=GREY, linewidth=0.8, linestyle=(0, (4, 2)))
        top = 1.12 * max(float(spread.max()), 1e-12)
        x = min(edge, top / slope)
        axes.annotate(
            text, (x, slope * x), xytext=(-4, -3), textcoords="offset points", fontsize=7.5,
            color=GREY, ha="right", va="top", zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
    axes.errorbar(size, spread, xerr=np.nan_to_num(halves), fmt="none", ecolor=GREY, elinewidth=0.8)
    axes.scatter(size, spread, s=26, color=look(0)["color"], zorder=3, linewidth=0)
    axes.set_xlim(min(0.0, float((size - np.nan_to_num(halves)).min())), edge)
    axes.set_ylim(0, 1.12 * max(float(spread.max()), 1e-12))
    axes.grid(axis="both")
    axes.set_xlabel("mean size of effect over the whole range, mu*")
    axes.set_ylabel("how much the effect varies, sigma")
    _name_dots(axes, found, size, spread)
    top_one = ranking(size)[0]
    name = plain_name(found.design.inputs[top_one])
    return described(
        picture,
        head(f"{targets_text(found)}: {name} has the largest effect", provisional),
        "To the right: a large effect. High up: an effect that depends on the other inputs or is not "
        f"straight. Lines: 95 % intervals of mu*. {size_text(found)}. {noise_text(found)}",
    )


def _name_dots(axes: Axes, found: Finding, x: Array, y: Array) -> None:
    """Name the dots of the largest effects, each where it touches no other name."""
    taken: list[tuple[float, float]] = []
    wide, high = axes.get_xlim()[1], axes.get_ylim()[1]
    for i in ranking(x)[:10]:
        px, py = float(x[i]) / wide, float(y[i]) / high
        for step in (0.0, 0.035, -0.035, 0.07, -0.07, 0.105, -0.105):
            if all(abs(py + step - qy) > 0.032 or abs(px - qx) > 0.3 for qx, qy in taken):
                break
        taken.append((px, py + step))
        left = px > 0.7
        axes.annotate(
            plain_name(found.design.inputs[i]),
            (float(x[i]), float(y[i]) + step * high), xytext=(-7 if left else 7, 0),
            textcoords="offset points", fontsize=8, va="center", ha="right" if left else "left",
            bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip


@drawn
def pair_map(found: Finding, provisional: str = "") -> Picture:
    """Draw the second-order index of the pairs of the inputs that matter most."""
    inputs = found.design.inputs
    chosen = [int(i) for i in ranking(index_of(found, found.design.kind.main))[:SQUARES]]
    second, halves = index_of(found, "S2"), estimate_of(found).half_width("S2")
    at = {pair: number for number, pair in enumerate(pairs(len(inputs)))}
    side = len(chosen)
    grid, sure = np.full((side, side), np.nan), np.zeros((side, side), dtype=bool)
    for row in range(side):
        for column in range(row):
            number = at[min(chosen[row], chosen[column]), max(chosen[row], chosen[column])]
            grid[row, column] = second[number]
            sure[row, column] = second[number] - halves[number] > 0
    picture, (axes,) = blank((7.6, 6.4), 1, 1)
    reach = max(0.01, float(np.nan_to_num(np.abs(grid)).max()))
    image = axes.imshow(grid, cmap="PuOr_r", vmin=-reach, vmax=reach, aspect="auto")
    _write_cells(axes, grid, sure, reach)
    names = [wrapped_input(inputs[i], 26) for i in chosen]
    axes.set_xticks(range(side - 1), names[:-1], rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(1, side), names[1:])
    axes.set_xlim(-0.5, side - 1.5)
    axes.set_ylim(side - 0.5, 0.5)
    axes.grid(visible=False)
    axes.tick_params(length=0, labelsize=7.5)
    for spine in axes.spines.values():
        spine.set_visible(False)
    bar = axes.figure.colorbar(image, ax=axes, shrink=0.6, pad=0.02)
    bar.set_label("share of variance from the pair (S2)", fontsize=8)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(percent_text))
    bar.ax.tick_params(labelsize=7.5)
    bar.outline.set_visible(False)
    return described(
        picture, head(_pair_title(found, grid, sure, chosen), provisional),
        f"Second-order Sobol' indices of the {side} inputs with the largest total-order index, in per "
        f"cent; bold where the 95 % interval lies above 0. {size_text(found)}. {noise_text(found)}",
    )  # fmt: skip


def _write_cells(axes: Axes, grid: Any, sure: Any, reach: float) -> None:
    for row, column in np.argwhere(~np.isnan(grid)):
        value = grid[row, column]
        text = f"{100 * value:.1f}".replace("-0.0", "0.0").replace("-", "−")
        axes.text(
            column, row, text, ha="center", va="center", fontsize=7.5,
            color="white" if abs(value) > 0.6 * reach else INK,
            fontweight="bold" if sure[row, column] else "normal",
        )  # fmt: skip


def _pair_title(found: Finding, grid: Array, sure: Any, chosen: Sequence[int]) -> str:
    if not sure.any():
        return f"{targets_text(found)}: no pair clearly does more together than apart"
    row, column = np.unravel_index(np.nanargmax(np.where(sure, grid, -1.0)), grid.shape)
    names = [plain_name(found.design.inputs[chosen[int(i)]]) for i in (row, column)]
    return f"{targets_text(found)}: {names[0]} and {names[1]} do most together"
