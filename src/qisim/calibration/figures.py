"""The figures of a calibration: data and model, posterior against prior, and whether intervals are honest."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator, PercentFormatter

from qisim.calibration.diagnostics import LEVELS, STRAINED
from qisim.model.parameters import PARAMETERS
from qisim.plotting.style import COLOURS, FAINT, GREY, INK, Picture, blank, described, drawn

if TYPE_CHECKING:
    from qisim.calibration.result import Calibration


def outlook_text(result: Calibration) -> str:
    """Return the outlook of the site, as worded in the findings."""
    from qisim.calibration.result import outlook_text as said

    return said(result)


PRIOR, AFTER = "#bdbdbd", COLOURS[0]
PANELS = 12
"""Most parameters that are drawn."""
BINS = 20


@drawn
def fit(result: Calibration) -> Picture:
    """Draw what was counted against simulated sites, before the data and with parameters after them."""
    picture, (axes,) = blank((7.4, 4.6), 1, 1)
    weeks = np.arange(1, result.after.use.shape[1] + 1)
    _range(axes, weeks, result.prior.use, (5, 95), PRIOR, 0.42, "before the data: middle 90 %")
    last, ahead = int(result.data.last[-1]), result.ahead
    seen = result.after.use[:, :last]
    _range(axes, weeks[:last], seen, (5, 95), AFTER, 0.2, "with parameters after them: middle 90 %")
    if result.possible:
        _outlook(axes, ahead)
    axes.plot(
        result.data.middle, 100 * result.data.shares, "o", color=INK, markersize=4.2,
        markerfacecolor="white", markeredgewidth=1.1, label="counted", zorder=5, clip_on=False,
    )  # fmt: skip
    axes.set_xlim(1, weeks[-1])
    axes.set_ylim(0, 100)
    axes.yaxis.set_major_locator(MultipleLocator(25))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
    axes.xaxis.set_major_locator(MultipleLocator(26 if weeks[-1] >= 78 else 13))
    axes.set_xlabel("week of the run")
    axes.set_ylabel("staff in post who used the practice")
    _end_of_programme(axes, result)
    axes.legend(
        loc="upper left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False, fontsize=8,
        columnspacing=1.2, handlelength=1.6,
    )  # fmt: skip
    _headroom(axes)
    return described(
        picture,
        f"{result.name}: {_fit_title(result)}",
        f"Counted: {len(result.data)} {_rows_text(result)}. Bands: weekly use in {len(result.prior.use):,} "
        f"simulated sites with parameters from the declared ranges (grey), and up to the last count in "
        f"{len(result.after.use):,} fresh ones with parameters that go with the data (blue). "
        f"{_outlook_text(result)}{_p_text(result)}",
    )


def _outlook(axes: Axes, ahead: Any) -> None:
    """Draw what is to come of this site, from its last count on."""
    bands = (
        ("p05", "p95", 0.25, "outlook for this site: middle 90 %"),
        ("p25", "p75", 0.35, "middle half"),
    )
    for low, high, alpha, label in bands:
        axes.fill_between(
            ahead["week"], 100 * ahead[low], 100 * ahead[high], color=COLOURS[1], alpha=alpha,
            linewidth=0, label=label,
        )  # fmt: skip
    axes.plot(ahead["week"], 100 * ahead["p50"], color=COLOURS[1], label="median")


def _headroom(axes: Axes) -> None:
    """Leave room over 100 % for the legend."""
    axes.set_ylim(0, 132)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.spines["left"].set_bounds(0, 100)


def _range(axes: Axes, weeks: Any, use: Any, ends: tuple[int, int], colour: str, alpha: float,
           label: str) -> None:  # fmt: skip
    low, high = np.percentile(100 * use, ends, axis=0)
    axes.fill_between(weeks, low, high, color=colour, alpha=alpha, linewidth=0, label=label)


def _end_of_programme(axes: Axes, result: Calibration) -> None:
    programme = result.scenario["programme"]
    end = programme["start_week"] + programme["length_weeks"] - 1
    if not programme["length_weeks"] or end >= result.after.use.shape[1]:
        return
    axes.plot([end, end], [0, 100], color=GREY, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.annotate(
        "programme ends", (end, 100), xytext=(4, -2), textcoords="offset points", color=GREY,
        fontsize=8, va="top",
    )  # fmt: skip


def _fit_title(result: Calibration) -> str:
    if result.p_value >= STRAINED:
        return "the model gives figures like these"
    if result.possible:
        return "the model hardly gives figures like these"
    return "no parameter set that was drawn gives these figures"


def _outlook_text(result: Calibration) -> str:
    if not result.possible:
        return "No outlook is drawn, since the model does not give these figures. "
    where = (
        "From the last count on: this site's own outlook, from the simulated sites most like it."
    )
    return f"{where} {outlook_text(result)} "


def _rows_text(result: Calibration) -> str:
    return {"week": "weeks", "date": "weeks", "month": "months"}[result.data.unit]


def _p_text(result: Calibration) -> str:
    return (
        f"Sites of the model give figures as odd or as rare as these with p = {result.p_value:.2g}."
    )


@drawn
def posterior(result: Calibration) -> Picture:
    """Draw what the parameters may be, after the data and before, those told about most first."""
    speaking = result.speaking()
    rows = (speaking if len(speaking) else result.parameters).head(PANELS).to_dict("records")
    columns = min(3, len(rows))
    height = 1.5 + 1.75 * -(-len(rows) // columns)
    picture, grid = blank((8.2, height), len(rows), columns)
    for axes, row in zip(grid, rows, strict=True):
        _parameter_panel(axes, row, result)
    total, spoken = len(result.parameters), len(speaking)
    left = f"; the {len(rows)} told most about are shown" if spoken > len(rows) else ""
    title = f"the data speak about {spoken or 'none'} of {total} parameters"
    if not result.possible:
        title = "do not read this, the model does not give these figures"
    none = "" if spoken else " Shown are those that come nearest to it."
    return described(
        picture,
        f"{result.name}: {title}",
        f"Blue: {len(result.posterior):,} weighted sets of parameters after the data; grey: before, "
        f"the declared range. Line: median after, dashed: median before{left}.{none} Narrowed: by "
        f"how much the spread became smaller (on a scale on which the prior is normal).",
    )


def _parameter_panel(axes: Axes, row: Mapping[Any, Any], result: Calibration) -> None:
    key = str(row["parameter"])
    values, weights = result.posterior[key].to_numpy(), result.posterior["weight"].to_numpy()
    low, high = _ends(result, key)
    logarithmic = PARAMETERS[key].distribution == "loguniform" and low > 0
    edges = np.geomspace(low, high, BINS + 1) if logarithmic else np.linspace(low, high, BINS + 1)
    before = _prior_shares(result, key, edges)
    after, _ = np.histogram(np.clip(values, low, high), edges, weights=weights)
    axes.stairs(before, edges, fill=True, color=FAINT)
    axes.stairs(after, edges, fill=True, color=AFTER, alpha=0.55)
    axes.axvline(row["median"], color=AFTER, linewidth=1.5)
    axes.axvline(row["prior_median"], color=GREY, linewidth=1.0, linestyle=(0, (3, 2)))
    if logarithmic:
        axes.set_xscale("log")
        ticks = [low, float(np.sqrt(low * high)), high]
        axes.set_xticks(ticks, [f"{tick:.2g}" for tick in ticks])
        axes.minorticks_off()
    else:
        axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.set_xlim(low, high)
    axes.set_ylim(0, 1.28 * max(after.max(), before.max()))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    unit = PARAMETERS[key].unit
    axes.set_title(textwrap.fill(key, 32), fontsize=8.5)
    axes.set_xlabel("" if unit == "1" else unit, fontsize=8)
    axes.tick_params(labelsize=8)
    axes.text(
        0.99, 0.98, narrowed_text(row["narrowed"]), transform=axes.transAxes, ha="right",
        va="top", fontsize=8, color=GREY,
    )  # fmt: skip


def narrowed_text(narrowed: float) -> str:
    """Return by how much a spread became smaller, in words."""
    per_cent = round(100 * narrowed)
    if per_cent == 0:
        return "as wide as before"
    return f"narrowed {per_cent} %" if per_cent > 0 else f"widened {-per_cent} %"


def _inputs(result: Calibration) -> Mapping[str, Mapping[str, Any]]:
    return {one["parameter"]: one for one in result.manifest["settings"]["inputs"]}


def _ends(result: Calibration, key: str) -> tuple[float, float]:
    one = _inputs(result)[key]
    return float(one["low"]), float(one["high"])


def _prior_shares(result: Calibration, key: str, edges: Any) -> Any:
    """Return the share of the prior in each bin; a triangle's peak is where its median says."""
    one = _inputs(result)[key]
    if one["distribution"] != "triangular":
        return np.full(BINS, 1.0 / BINS)
    section, _, name = key.partition(".")
    low, high = float(one["low"]), float(one["high"])
    peak = min(max(float(result.scenario[section][name]), low), high)
    from scipy.stats import triang

    return np.diff(triang.cdf(edges, (peak - low) / (high - low), low, high - low))


@drawn
def check(result: Calibration) -> Picture:
    """Draw whether intervals are honest, in simulated sites like this one."""
    return check_picture(
        result.check.ranks, np.arange(result.check.ranks.shape[1]) < len(result.parameters),
        f"{result.name}: are the intervals honest?",
        f"{len(result.check.ranks)} simulated sites most like the data, calibrated as if their "
        f"parameters were not known.",
    )  # fmt: skip


def check_picture(ranks: Any, is_parameter: Any, title: str, caption: str) -> Picture:
    """Draw ranks of true values and the coverage of intervals.

    Parameters
    ----------
    ranks : ndarray, shape (sites, columns)
        As in `qisim.calibration.posterior.Check`.
    is_parameter : ndarray of bool, shape (columns,)
        Columns that are parameters; the others are outcomes to come.
    title, caption : str
    """
    picture, (left, right) = blank((8.2, 3.7), 2, 2)
    groups = {
        "parameters": (ranks[:, is_parameter], AFTER, "-"),
        "outlook": (ranks[:, ~is_parameter], COLOURS[1], (0, (6, 1.6))),
    }
    grid = np.linspace(0, 1, 101)
    for name, (held, colour, dash) in groups.items():
        if held.size:
            for axes, line in ((left, _ecdf(held, grid)), (right, _held(held, grid))):
                axes.plot(100 * grid, 100 * (line - grid), color=colour, linestyle=dash, label=name)
    _check_axes(left, right, len(ranks))
    return described(
        picture,
        title,
        f"{caption} Left: share of true values below each quantile of their posterior; right: share "
        f"inside each central interval; both less what they should be. Grey: where a single "
        f"parameter of {len(ranks)} sites would lie in 95 of 100 cases at each point, if honest.",
    )


def _ecdf(ranks: Any, grid: Any) -> Any:
    return (ranks.ravel()[:, None] <= grid[None, :]).mean(axis=0)


def _held(ranks: Any, grid: Any) -> Any:
    return (np.abs(ranks.ravel() - 0.5)[:, None] <= grid[None, :] / 2.0).mean(axis=0)


def _check_axes(left: Axes, right: Axes, sites: int) -> None:
    grid = np.linspace(0, 1, 101)
    width = 196 * np.sqrt(grid * (1 - grid) / max(sites, 1))
    for axes in (left, right):
        axes.fill_between(100 * grid, -width, width, color=FAINT, linewidth=0, zorder=0)
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.set_xlim(0, 100)
        reach = max(abs(end) for end in axes.get_ylim())
        axes.set_ylim(-1.05 * reach, 1.05 * reach)
        axes.xaxis.set_major_formatter(PercentFormatter(decimals=0))
        axes.set_xticks([0, 25, 50, 75, 100])
    left.set_xlabel("quantile of the posterior")
    right.set_xlabel("level of the interval")
    left.set_ylabel("percentage points off")
    for level in LEVELS:
        right.axvline(100 * level, color=GREY, linewidth=0.6, linestyle=(0, (2, 3)))
    if left.get_legend_handles_labels()[1]:
        left.legend(frameon=False, fontsize=8, loc="lower left")


FIGURES: dict[str, Callable[[Calibration], Picture]] = {
    "fit": fit, "posterior": posterior, "check": check,
}  # fmt: skip
"""Figures of a calibration by name."""
