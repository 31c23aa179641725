"""Figures of a sensitivity analysis: findings in, matplotlib figures out.

Titles say what is seen, captions what is drawn, from how many points and replicates. How a figure looks
stands in `qisim.plotting.style`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from qisim.model.outcomes import OUTCOMES, WEEKLY, Array
from qisim.model.parameters import PARAMETERS
from qisim.plotting.style import (
    FAINT,
    GREY,
    INK,
    Picture,
    blank,
    described,
    drawn,
    label_lines,
    look,
)
from qisim.sensitivity.block_indices import pairs
from qisim.sensitivity.convergence import ranking
from qisim.sensitivity.findings import FINE, FLOOR, MATTERS, SURE, Finding, Sensitivity
from qisim.sensitivity.sample import KINDS
from qisim.sensitivity.wording import SHARES, label_of

SHOWN = 15
"""Inputs in a ranking."""
LINES = 5
"""Inputs with a line of their own."""
SQUARES = 12
"""Inputs on each side of the map of pairs."""
WORTH = 0.02
"""Mean index over weeks from which an input has a line."""
DOTS = 600
"""Points of a scatter."""
PAGE, ACROSS = 20, 5
"""Scatters on a page, and beside each other."""
WIDE, HIGH = 1.16, 1.62
"""From one scatter to the next, in widths and heights of one."""
AXIS = {
    "ST": "total-order index (share of variance)",
    "S1": "first-order index (share of variance)",
    "shapley": "Shapley effect (share of variance)",
    "mu_star": "mean size of effect, mu*",
    "delta": "delta",
    "median": "PAWN index (median)",
    "dgsm": "bound of the total-order index (DGSM)",
}


def all_figures(result: Sensitivity) -> dict[str, Picture]:
    """Return every figure of an analysis, by name; outcomes without indices have none."""
    found: dict[str, Picture] = {}
    for name, findings in _sides(result):
        found[f"ranked_{name}"] = ranked(findings, result.provisional)
    for name, one in _each(result):
        if one.design.method == "morris":
            found[f"morris_{name}"] = morris_plane(one, result.provisional)
        if "S2" in one.estimate.indices and len(one.design.inputs) > 2:
            found[f"pairs_{name}"] = pair_map(one, result.provisional)
    for name, one in _each(result):
        if len(one.steps) > 1:
            found[f"convergence_{name}"] = convergence(one, result.provisional)
    found |= _weekly_figures(result)
    for name, one in _each(result, last_only=True):
        if not one.design.problem.get("groups"):
            for number, page in enumerate(_pages(one), 1):
                found[f"scatter_{name}_{number}"] = scatter(one, page, result.provisional)
    return found


def _sides(result: Sensitivity) -> Iterator[tuple[str, list[Finding]]]:
    """Yield what is ranked in one figure: both scenarios side by side, and their difference."""
    scenarios = result.targets[:2]
    for outcome in result.outcomes:
        drawn_ones = [result.finding(target, outcome) for target in scenarios]
        groups = [(outcome, drawn_ones)]
        if len(result.targets) > 2:
            groups.append((f"{outcome}_difference", [result.finding(result.targets[-1], outcome)]))
        for name, findings in groups:
            kept = [one for one in findings if one.estimate is not None]
            if kept:
                yield name, kept


def _each(result: Sensitivity, last_only: bool = False) -> Iterator[tuple[str, Any]]:
    """Yield the findings that have indices, with a name for a file."""
    for one in result.findings:
        is_last = one.target == result.targets[-1]
        if one.estimate is not None and (is_last or not last_only):
            alone = len(result.targets) == 1
            yield one.outcome if alone else f"{one.outcome}_{_file(one.target, result)}", one


def _file(target: str, result: Sensitivity) -> str:
    if len(result.targets) > 2 and target == result.targets[-1]:
        return "difference"
    return re.sub(r"[^A-Za-z0-9_-]+", "-", target)


# --- words -----------------------------------------------------------------------------------------


def _size(found: Finding) -> str:
    """Return how large the sample is, in words."""
    design, replicates = found.design, found.values.shape[1]
    numbers = "common" if design.common else "fresh"
    runs = f"{replicates} replicate{'s' if replicates > 1 else ''} ({numbers} random numbers)"
    return f"{design.kind.label}: {len(found.values):,} points ({design.blocks:,} {design.kind.block}), {runs}"


def _noise(found: Finding) -> str:
    """Return what is known of noise, in words."""
    estimate = found.estimate
    if estimate is None or np.isnan(estimate.share):
        return "One replicate: indices include noise."
    return f"Noise: {100 * estimate.share:.0f} % of the variance of single runs."


def _head(title: str, provisional: str) -> str:
    return f"PROVISIONAL ({provisional}). {title}" if provisional else title


def _percent(value: float, _: object = None) -> str:
    return f"{100 * value:.0f} %".replace("-", "−")


def _what(*findings: Finding) -> str:
    """Return the outcome and the targets, for a title."""
    return f"{label_of(findings[0].outcome)} ({' and '.join(one.target for one in findings)})"


def _plain(name: str) -> str:
    """Return the last part of an input's name in plain words."""
    return name.rpartition(".")[2].replace("_", " ")


def _wrapped(name: str, width: int = 30) -> str:
    """Return a name in lines short enough for an axis."""
    return textwrap.fill(name.replace(".", " / ").replace("_", " "), width)


def _meaning(name: str, width: int = 44, lines: int = 2) -> str:
    """Return what an input means in a few lines, or its name where that takes more."""
    known = PARAMETERS.get(name)
    meant = textwrap.wrap(known.meaning.partition(";")[0], width) if known else []
    return "\n".join(meant) if 0 < len(meant) <= lines else _wrapped(name)


# --- ranking ---------------------------------------------------------------------------------------


@drawn
def ranked(findings: Sequence[Finding], provisional: str = "") -> Picture:
    """Draw the inputs that matter most, with 95 % intervals.

    Parameters
    ----------
    findings : sequence of Finding
        One, or the same outcome of two scenarios, which stand side by side.
    provisional : str, optional
        Why it is provisional.
    """
    first, index = findings[0], findings[0].design.kind.main
    values = np.stack([_index(one, index) for one in findings])
    order = ranking(np.nanmax(values, axis=0))[:SHOWN]
    bars = _bars(findings, index)
    height = 1.7 + len(order) * (0.2 + 0.17 * len(bars))
    picture, (axes,) = blank((7.6, height), 1, 1)
    place, thick = np.arange(len(order))[::-1].astype(float), 0.8 / len(bars)
    for number, (one, which, name, style) in enumerate(bars):
        _bar(axes, place + (len(bars) - 1) * thick / 2 - number * thick, thick, one, which, order,
             name, style)  # fmt: skip
    _rank_axis(axes, first, index, order, place, len(findings) == 1)
    if len(bars) > 1:
        axes.legend(loc="lower right", frameon=True, framealpha=0.9, edgecolor="none")
    return described(
        picture, _head(_rank_title(findings, order), provisional), _rank_caption(findings)
    )


def _index(found: Finding, index: str) -> Array:
    assert found.estimate is not None
    return found.estimate.indices[index]


def _bars(
    findings: Sequence[Finding], index: str
) -> list[tuple[Finding, str, str, dict[str, Any]]]:
    """Return what has a bar for each input: scenarios, or the indices of one."""
    if len(findings) > 1:
        return [
            (one, index, one.target, {"color": look(i)["color"], "alpha": 0.9})
            for i, one in enumerate(findings)
        ]
    one, colour = findings[0], look(0)["color"]
    bars = [(one, index, _short(index), {"color": colour})]
    if index == "ST" and "S1" in _estimate(one).indices:
        bars.append((one, "S1", _short("S1"), {"color": colour, "alpha": 0.45}))
    return bars


def _estimate(found: Finding) -> Any:
    return found.estimate


def _short(index: str) -> str:
    return {"ST": "with interplay (total order)", "S1": "alone (first order)"}.get(index, index)


def _bar(
    axes: Axes, place: Array, thick: float, found: Finding, index: str, order: Any, name: str,
    style: dict[str, Any],
) -> None:  # fmt: skip
    values, halves = _index(found, index)[order], _estimate(found).half_width(index)[order]
    axes.barh(place, values, height=thick * 0.92, label=name, linewidth=0, **style)
    known = np.isfinite(halves)
    axes.errorbar(
        values[known], place[known], xerr=halves[known], fmt="none", ecolor=INK, elinewidth=0.9,
        capsize=1.8, capthick=0.9,
    )  # fmt: skip


def _rank_axis(
    axes: Axes, found: Finding, index: str, order: Any, place: Array, alone: bool
) -> None:
    names = [_meaning(found.design.inputs[i]) for i in order]
    axes.set_yticks(place, names)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.grid(axis="y", visible=False)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_ylim(-0.6, len(order) - 0.4)
    both = len(_bars([found], index)) > 1
    axes.set_xlabel("share of variance" if both and alone else AXIS.get(index, index))
    axes.spines["left"].set_visible(False)
    if FLOOR in _estimate(found).indices:
        floor = _index(found, FLOOR)[order]
        axes.vlines(
            floor, place - 0.5, place + 0.5, color=GREY, linestyle=(0, (4, 2)), linewidth=1.0
        )
    if found.design.method in SHARES:
        axes.xaxis.set_major_formatter(FuncFormatter(_percent))


def _rank_title(findings: Sequence[Finding], order: Any) -> str:
    first = findings[0]
    if not len(order):
        return f"{_what(*findings)}: no index can be given"
    if all(one.status != FINE for one in findings):
        return f"{_what(*findings)}: too few runs to say what drives this"
    top = " and ".join(_plain(first.design.inputs[i]) for i in order[:2])
    return f"{_what(*findings)}: hangs most on {top}"


def _rank_caption(findings: Sequence[Finding]) -> str:
    first = findings[0]
    count = len(first.design.inputs)
    which = f"The {min(count, SHOWN)} of {count} inputs that matter most." if count > SHOWN else ""
    floor = (
        " Dashed: what an input without any effect shows."
        if FLOOR in _estimate(first).indices
        else ""
    )
    noise = " ".join(
        _noise(one) if len(findings) == 1 else f"{one.target}: {_noise(one).lower()}"
        for one in findings
    )
    bars = (
        "Bars: estimates; lines: 95 % intervals."
        if np.isfinite(_estimate(first).half_width(first.design.kind.main)).any()
        else "Bars: estimates, without intervals."
    )
    return " ".join(f"{bars}{floor} {which} {_size(first)}. {noise}".split())


# --- Morris ----------------------------------------------------------------------------------------


@drawn
def morris_plane(found: Finding, provisional: str = "") -> Picture:
    """Draw the mean size of each input's effect against how much the effect varies."""
    size, spread = _index(found, "mu_star"), _index(found, "sigma")
    spread = np.where(np.isnan(spread), 0.0, spread)
    halves = _estimate(found).half_width("mu_star")
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
    name = _plain(found.design.inputs[top_one])
    return described(
        picture,
        _head(f"{_what(found)}: {name} has the largest effect", provisional),
        "To the right: a large effect. High up: an effect that depends on the other inputs or is not "
        f"straight. Lines: 95 % intervals of mu*. {_size(found)}. {_noise(found)}",
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
            _plain(found.design.inputs[i]),
            (float(x[i]), float(y[i]) + step * high), xytext=(-7 if left else 7, 0),
            textcoords="offset points", fontsize=8, va="center", ha="right" if left else "left",
            bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip


# --- pairs -----------------------------------------------------------------------------------------


@drawn
def pair_map(found: Finding, provisional: str = "") -> Picture:
    """Draw the second-order index of the pairs of the inputs that matter most."""
    inputs = found.design.inputs
    chosen = [int(i) for i in ranking(_index(found, found.design.kind.main))[:SQUARES]]
    second, halves = _index(found, "S2"), _estimate(found).half_width("S2")
    at = {pair: number for number, pair in enumerate(pairs(len(inputs)))}
    side = len(chosen)
    grid, sure = np.full((side, side), np.nan), np.zeros((side, side), dtype=bool)
    for row in range(side):
        for column in range(row):
            number = at[min(chosen[row], chosen[column]), max(chosen[row], chosen[column])]
            grid[row, column] = second[number]
            sure[row, column] = second[number] - halves[number] > 0
    picture, (axes,) = blank((7.6, 6.4), 1, 1)
    reach = max(0.01, float(np.nanmax(np.abs(grid))))
    image = axes.imshow(grid, cmap="PuOr_r", vmin=-reach, vmax=reach, aspect="auto")
    _write_cells(axes, grid, sure, reach)
    names = [_wrapped(inputs[i], 26) for i in chosen]
    axes.set_xticks(range(side - 1), names[:-1], rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(1, side), names[1:])
    axes.set_xlim(-0.5, side - 1.5)
    axes.set_ylim(side - 0.5, 0.5)
    axes.grid(visible=False)
    axes.tick_params(length=0, labelsize=7.5)
    for spine in axes.spines.values():
        spine.set_visible(False)
    bar = picture.colorbar(image, ax=axes, shrink=0.6, pad=0.02)
    bar.set_label("share of variance from the pair (S2)", fontsize=8)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(_percent))
    bar.ax.tick_params(labelsize=7.5)
    bar.outline.set_visible(False)
    return described(
        picture, _head(_pair_title(found, grid, sure, chosen), provisional),
        f"Second-order Sobol' indices of the {side} inputs with the largest total-order index, in per "
        f"cent; bold where the 95 % interval lies above 0. {_size(found)}. {_noise(found)}",
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
        return f"{_what(found)}: no pair clearly does more together than apart"
    row, column = np.unravel_index(np.nanargmax(np.where(sure, grid, -1.0)), grid.shape)
    names = [_plain(found.design.inputs[chosen[int(i)]]) for i in (row, column)]
    return f"{_what(found)}: {names[0]} and {names[1]} do most together"


# --- convergence -----------------------------------------------------------------------------------


@drawn
def convergence(found: Finding, provisional: str = "") -> Picture:
    """Draw the main index of the top inputs at ever larger samples, and how stable the top is."""
    index, inputs = found.design.kind.main, found.design.inputs
    top = found.settled.top[:LINES]
    sizes = np.array([blocks * found.design.block_size for blocks, _ in found.steps], float)
    picture, (axes, below) = blank((7.4, 5.6), 2, 1, sharex=True, height_ratios=[3, 1])
    labels = []
    for number, i in enumerate(top):
        values = np.array([one.indices[index][i] for _, one in found.steps])
        halves = np.array([one.half_width(index)[i] for _, one in found.steps])
        style = look(number)
        axes.plot(sizes, values, marker="o", markersize=3.5, **style)
        axes.fill_between(sizes, values - halves, values + halves, color=style["color"], alpha=0.13,
                          linewidth=0)  # fmt: skip
        labels.append((float(values[-1]), _plain(inputs[i]), style["color"]))
    _size_axis(axes, below, sizes, found, index)
    _stability(below, found, sizes, index)
    label_lines(axes, labels, gap=0.06)
    settled_ = _how_settled(found)
    return described(
        picture,
        _head(f"{_what(found)}: {settled_}", provisional),
        f"Above: {AXIS.get(index, index)} of the first {len(top)} inputs at nested samples; bands: 95 % "
        f"intervals. Below: share of resamples in which they are the first {len(top)}. {_size(found)}.",
    )


def _how_settled(found: Finding) -> str:
    """Return whether it is known which inputs come first, and in which order."""
    number = len(found.settled.top)
    if found.status != FINE:
        return "too few runs to say what comes first"
    if not found.is_settled:
        return f"which {number} come first is not settled yet"
    if found.settled.same_order < SURE:
        return f"it is known which {number} come first, not in which order"
    return f"the order of the first {number} is settled"


def _size_axis(axes: Axes, below: Axes, sizes: Array, found: Finding, index: str) -> None:
    axes.set_xscale("log", base=2)
    below.set_xticks(sizes, [f"{size:,.0f}" for size in sizes])
    below.minorticks_off()
    axes.set_ylabel(textwrap.fill(AXIS.get(index, index), 30))
    axes.axhline(0, color=INK, linewidth=0.8)
    below.set_xlabel("points of the sample (log scale)")
    low = np.nanmin([np.nanmin(one.indices[index][found.settled.top]) for _, one in found.steps])
    high = np.nanmax([np.nanmax(one.indices[index][found.settled.top]) for _, one in found.steps])
    room = 0.35 * max(high - min(low, 0.0), 1e-9)
    axes.set_ylim(min(low, 0.0) - 0.25 * room, high + room)
    if found.design.method in SHARES:
        axes.yaxis.set_major_formatter(FuncFormatter(_percent))


def _stability(below: Axes, found: Finding, sizes: Array, index: str) -> None:
    from qisim.sensitivity.convergence import settled

    each = [settled(one, index, len(found.settled.top)) for _, one in found.steps]
    below.plot(sizes, [100 * one.same_set for one in each], color=INK, marker="o", markersize=3.5)
    below.set_ylim(0, 104)
    below.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])
    below.set_ylabel("same top")


# --- over time -------------------------------------------------------------------------------------


def _weekly_figures(result: Sensitivity) -> dict[str, Picture]:
    if result.weeks is None or not len(result.weeks):
        return {}
    found = {}
    for series in dict.fromkeys(result.weeks["outcome"]):
        rows = result.weeks[result.weeks["outcome"] == series]
        if rows["estimate"].notna().any():
            found[f"over_time_{series}"] = over_time(rows, result)
    return found


@drawn
def over_time(rows: Any, result: Sensitivity) -> Picture:
    """Draw the main index of the inputs that matter most, week by week, a panel per target."""
    kind = result.design.kind
    rows = rows[rows["index"] == kind.main].copy()
    told_ = rows["status"] == FINE
    rows.loc[~told_, ["estimate", "low", "high"]] = np.nan
    targets = list(dict.fromkeys(rows["target"]))
    mean = rows.groupby("input", sort=False)["estimate"].mean().sort_values(ascending=False)
    names = [name for name in mean.index[:LINES] if mean[name] >= WORTH] or list(mean.index[:1])
    picture, grid = blank(
        (8.2, 1.5 + 2.3 * len(targets)), len(targets), 1, sharex=True, sharey=True
    )
    last = int(rows["week"].max())
    for axes, target in zip(grid, targets, strict=True):
        here = rows[rows["target"] == target]
        labels = [_week_line(axes, here[here["input"] == name], number, name)
                  for number, name in enumerate(names)]  # fmt: skip
        one = here[here["input"] == names[0]]
        axes.plot(one["week"], one["noise_share"], color=GREY, linestyle=":", linewidth=1.2)
        share = one["noise_share"].dropna()
        if len(share):
            labels.append((float(share.iloc[-1]), "noise", GREY))
        axes.set_title(target)
        axes.set_xlim(1, last)
        axes.set_ylim(-0.02, 1.0 if kind.main in ("ST", "S1", "shapley", "dgsm") else None)
        axes.axhline(0, color=INK, linewidth=0.8)
        if kind.main in ("ST", "S1", "shapley"):
            axes.yaxis.set_major_formatter(FuncFormatter(_percent))
        label_lines(axes, [label for label in labels if np.isfinite(label[0])], gap=0.085)
        axes.set_ylabel(_week_label(kind.main))
    grid[-1].xaxis.set_major_locator(MaxNLocator(8, integer=True))
    grid[-1].set_xlabel("week of the run")
    series = str(rows["outcome"].iloc[0])
    first = _plain(names[0])
    share_text = (
        " Dotted: share of noise in the variance of single runs."
        if len(labels) > len(names)
        else ""
    )
    return described(
        picture, _head(f"{label_of(series)}, week by week: {first} matters most overall", result.provisional),
        f"{AXIS.get(kind.main, kind.main).capitalize()} of the {len(names)} inputs that matter most on "
        f"average; bands: 95 % intervals; weeks in which noise hides the variance are left out."
        f"{share_text} {_size(result.findings[0])}.",
    )  # fmt: skip


def _week_label(index: str) -> str:
    return {"ST": "total order", "S1": "first order"}.get(index, index)


def _week_line(axes: Axes, rows: Any, number: int, name: str) -> tuple[float, str, str]:
    style = look(number)
    weeks, values = rows["week"].to_numpy(float), rows["estimate"].to_numpy(float)
    axes.plot(weeks, values, **{**style, "linewidth": 1.5})
    low, high = (rows[end].to_numpy(float) for end in ("low", "high"))
    axes.fill_between(weeks, low, high, color=style["color"], alpha=0.12, linewidth=0)
    there = values[np.isfinite(values)]
    label = _plain(name)
    return float(there[-1]) if len(there) else np.nan, label, style["color"]


# --- scatter ---------------------------------------------------------------------------------------


def _pages(found: Finding) -> Iterator[list[int]]:
    """Yield the inputs, those that matter most first, as many as fit on a page."""
    order = _in_order(found)
    for begin in range(0, len(order), PAGE):
        yield order[begin : begin + PAGE]


@drawn
def scatter(found: Finding, inputs: Sequence[int], provisional: str = "") -> Picture:
    """Draw the expected outcome at the points of the sample against each of some inputs.

    All panels are drawn in one pair of axes: a hundred pairs would take longer than the analysis.
    """
    outcome, points = found.values.mean(axis=1), found.design.points
    apart = standing_apart(found)
    pick = apart[np.unique(np.linspace(0, len(apart) - 1, min(DOTS, len(apart))).astype(int))]
    scale, unit = _unit(found)
    outcome = scale * outcome
    low, high = float(outcome[apart].min()), float(outcome[apart].max())
    ends = np.asarray(MaxNLocator(4).tick_values(low, high))
    columns = min(ACROSS, len(inputs))
    picture, axes = _panels_in_one(len(inputs), columns)
    for number, i in enumerate(inputs):
        panel = _Panel(number // columns, number % columns, points[apart, i], ends)
        dots = panel.across(points[pick, i]), panel.up(outcome[pick])
        axes.scatter(*dots, s=4, color=look(0)["color"], alpha=0.35, linewidth=0, zorder=2)
        middle, mean = running_mean(points[apart, i], outcome[apart])
        axes.plot(
            panel.across(middle), panel.up(mean), color=look(1)["color"], linewidth=1.6, zorder=3
        )
        panel.frame(axes, _with_unit(found.design.inputs[i]), unit)
    count, first = len(found.design.inputs), 1 + _place(found, inputs[0])
    span = f", {first} to {first + len(inputs) - 1} of {count}" if count > len(inputs) else ""
    return described(
        picture,
        _head(f"{_what(found)} against each input{span}", provisional),
        f"Inputs in the order of their index. Dots: means over replicates at {len(pick)} points that "
        f"stand apart; line: means of {len(apart):,} such points in ten classes. {_size(found)}.",
    )


def _panels_in_one(panels: int, columns: int) -> tuple[Picture, Axes]:
    """Return a picture with one pair of axes, in which a panel is one wide and one high."""
    rows = -(-panels // columns)
    height = 1.6 + 1.75 * rows
    picture = Picture(figsize=(9.4, height))
    axes = picture.add_axes((0.075, 0.62 / height, 0.91, 1 - 1.12 / height))
    axes.set_axis_off()
    axes.set_xlim(0, (columns - 1) * WIDE + 1)
    axes.set_ylim(-(rows - 1) * HIGH - 0.22, 1.36)
    return picture, axes


@dataclass(frozen=True)
class _Panel:
    """A panel of several in one pair of axes.

    Attributes
    ----------
    row, column : int
    values : ndarray
        Of the input, to find its range.
    ends : ndarray
        Ticks of the outcome; the first and the last are the ends of the panel.
    """

    row: int
    column: int
    values: Array
    ends: Array

    def across(self, values: Array) -> Array:
        """Return where values of the input are drawn."""
        low, high = float(self.values.min()), float(self.values.max())
        return self.column * WIDE + 0.03 + 0.94 * (values - low) / max(high - low, 1e-300)

    def up(self, values: Array) -> Array:
        """Return where values of the outcome are drawn."""
        low, high = self.ends[0], self.ends[-1]
        return -self.row * HIGH + (values - low) / max(high - low, 1e-300)

    def frame(self, axes: Axes, name: str, unit: str) -> None:
        """Draw axes, ticks and names."""
        left, bottom = self.column * WIDE, -self.row * HIGH
        heights = self.up(self.ends)
        axes.hlines(heights[1:], left, left + 1, color=FAINT, linewidth=0.6, zorder=0)
        axes.plot([left, left, left + 1], [bottom + 1, bottom, bottom], color=GREY, linewidth=0.8)
        small: dict[str, Any] = {"fontsize": 7, "color": INK}
        ticks = MaxNLocator(3).tick_values(float(self.values.min()), float(self.values.max()))
        for tick in ticks[(ticks >= self.values.min()) & (ticks <= self.values.max())]:
            place = float(self.across(tick))
            axes.plot([place, place], [bottom, bottom - 0.035], color=GREY, linewidth=0.8)
            axes.text(place, bottom - 0.06, f"{tick:g}", ha="center", va="top", **small)
        axes.text(left, bottom + 1.06, textwrap.fill(name, 24), va="bottom", fontsize=7.5)
        if self.column == 0:
            for tick, height in zip(self.ends, heights, strict=True):
                axes.text(left - 0.03, height, f"{tick:g}".replace("-", "−"), ha="right", va="center",
                          **small)  # fmt: skip
            axes.text(
                left - 0.3, bottom + 0.5, unit, rotation=90, ha="center", va="center", fontsize=8
            )


def _with_unit(name: str) -> str:
    """Return an input's name in plain words, with its unit where it has one."""
    known = PARAMETERS.get(name)
    unit = f", {known.unit}" if known and known.unit != "1" else ""
    return name.replace(".", " / ").replace("_", " ") + unit


def standing_apart(found: Finding) -> Any:
    """Return the points of a sample that differ in all inputs: of a block, where it begins and ends."""
    design = found.design
    first = np.arange(design.blocks) * design.block_size
    if design.method in ("sobol", "shapley", "morris"):
        return np.sort(np.concatenate([first, first + design.block_size - 1]))
    return first if design.method == "dgsm" else np.arange(len(design.points))


def _place(found: Finding, i: int) -> int:
    return _in_order(found).index(i)


def _in_order(found: Finding) -> list[int]:
    """Return all inputs, those that matter most first."""
    main = _index(found, found.design.kind.main)
    return [int(i) for i in (*ranking(main), *np.flatnonzero(np.isnan(main)))]


def _unit(found: Finding) -> tuple[float, str]:
    """Return what an outcome is multiplied with for its axis, and the axis's name."""
    known = OUTCOMES.get(found.outcome) or WEEKLY.get(found.outcome)
    if known is None:
        return 1.0, found.outcome
    difference = " minus " in found.target
    if known.unit == "share":
        return 100.0, "percentage points" if difference else "per cent"
    return 1.0, {"hours": "hours", "weeks": "weeks", "people": "people"}.get(known.unit, known.unit)


def running_mean(column: Array, outcome: Array, classes: int = 10) -> tuple[Array, Array]:
    """Return the mean input and outcome of classes of an input with as many points each."""
    order = np.argsort(column, kind="stable")
    parts = [part for part in np.array_split(order, classes) if len(part)]
    middle = np.array([column[part].mean() for part in parts])
    return middle, np.array([outcome[part].mean() for part in parts])


__all__ = [
    "KINDS", "MATTERS", "all_figures", "convergence", "morris_plane", "over_time", "pair_map", "ranked",
    "running_mean", "scatter",
]  # fmt: skip
