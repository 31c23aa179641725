"""The figures of this room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import FuncFormatter

from qisim.model.outcomes import Outcome
from qisim.plotting.axes import spread
from qisim.plotting.style import COLOURS, FAINT, GREY, INK, Picture, blank, described, drawn
from qisim.text import shown, unit_name, wrapped_name

AHEAD, BEHIND, WHOLE = COLOURS[0], COLOURS[1], "#8a8f94"


def scale_of(outcome: Outcome) -> float:
    """Return the factor that scales an outcome to its axis."""
    return 100.0 if outcome.unit == "share" else 1.0


@drawn
def waterfall(
    frame: Any, names: tuple[str, str], means: Sequence[float], outcome: Outcome
) -> Picture:
    """Draw how parts lead from one scenario's mean to the other's.

    Parameters
    ----------
    frame : DataFrame
        With ``part``, ``shapley``, ``low``, ``high``, the largest first.
    names : tuple of str
        Base and other.
    means : sequence of float
        Their means.
    outcome : Outcome
    """
    most = 12
    rows = frame.to_dict("records")
    head, rest = rows[:most], rows[most:]
    if rest:
        head.append({"part": f"{len(rest)} more parts", "shapley": math.fsum(r["shapley"] for r in rest),
                     "low": float("nan"), "high": float("nan")})  # fmt: skip
    times = scale_of(outcome)
    picture, (axes,) = blank((7.4, 1.6 + 0.42 * (len(head) + 2)), 1, 1)
    labels = [names[0], *(row["part"] for row in head), names[1]]
    level = means[0] * times
    axes.barh(0, level, color=WHOLE, height=0.62)
    axes.annotate(shown(means[0], outcome.unit, with_unit=True), (level, 0), xytext=(4, 0),
                  textcoords="offset points", va="center", fontsize=8.5)  # fmt: skip
    for place, row in enumerate(head, 1):
        size = row["shapley"] * times
        axes.barh(place, size, left=level, height=0.62, color=AHEAD if size >= 0 else BEHIND)
        axes.plot([level, level], [place - 1 + 0.31, place - 0.31], color=GREY, linewidth=0.8)
        low, high = row["low"] * times, row["high"] * times
        if low == low and high > low:
            ends = [level + low, level + high]
            axes.plot(ends, [place, place], color=INK, linewidth=1.4, solid_capstyle="butt")
            for end in ends:
                axes.plot([end, end], [place - 0.13, place + 0.13], color=INK, linewidth=1.4)
        right = max([level, level + size, *([level + high] if high == high else [])])
        axes.annotate(shown(row["shapley"], outcome.unit, difference=True), (right, place),
                      xytext=(5, 0), textcoords="offset points", va="center", fontsize=8.5)  # fmt: skip
        level += size
    end = len(head) + 1
    axes.plot([level, level], [end - 1 + 0.31, end - 0.31], color=GREY, linewidth=0.8)
    axes.barh(end, level, color=WHOLE, height=0.62)
    axes.annotate(shown(means[1], outcome.unit, with_unit=True), (level, end), xytext=(4, 0),
                  textcoords="offset points", va="center", fontsize=8.5)  # fmt: skip
    axes.set_yticks(range(len(labels)), [wrapped_name(label, 26) for label in labels])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.margins(x=0.12)
    if outcome.unit == "share":
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
    axes.set_xlabel(
        outcome.label.lower() + ("" if outcome.unit == "share" else f" ({outcome.unit})")
    )
    total = shown(means[1] - means[0], outcome.unit, difference=True, with_unit=True)
    top = head[0]
    title = f"{total} from {names[0]} to {names[1]}: most of it is {top['part']}"
    if abs(top["shapley"]) < 0.5 * math.fsum(abs(row["shapley"]) for row in rows):
        title = f"{total} from {names[0]} to {names[1]}: the largest part is {top['part']}"
    return described(
        picture, title,
        f"Bars: what each part adds on average over all orders (Shapley), in "
        f"{unit_name(outcome.unit, difference=True) or outcome.unit}; blue adds, orange takes away. Black "
        "lines: 95 % interval.",
    )  # fmt: skip


@drawn
def flip_picture(found: Any) -> Picture:
    """Draw how far each number carries the difference over its plausible range, and where it turns.

    Parameters
    ----------
    found : Search
        See `qisim.decide.flip`.
    """
    times, most = scale_of(found.outcome), 12
    by_lever: dict[Any, list[Any]] = {}
    for path in found.paths:
        if not np.isnan(path.at[1.0][0]):
            by_lever.setdefault(path.moves[0][0], []).append(path)
    order = sorted(by_lever, key=lambda one: -max(found.gain(p, 1.0) for p in by_lever[one]))[:most]
    picture, (axes,) = blank((7.4, 1.8 + 0.4 * len(order)), 1, 1)
    now = found.now[0] * times
    for place, lever in enumerate(order):
        ends = [path.at[1.0][0] * times for path in by_lever[lever]]
        low, high = min([now, *ends]), max([now, *ends])
        axes.barh(place, high - low, left=low, height=0.6, color="#b9c7d3")
        for path in by_lever[lever]:
            _, _, end = path.moves[0]
            size = path.at[1.0][0] * times
            if abs(size - now) > 0:
                side = "left" if size > now else "right"
                axes.annotate(lever.value(end), (size, place), xytext=(3 if size > now else -3, 0),
                              textcoords="offset points", va="center", ha=side, fontsize=7.5,
                              color=GREY)  # fmt: skip
            if not np.isnan(path.flips):
                axes.plot(0, place, marker="D", markersize=7, color=BEHIND, zorder=5, clip_on=False)
    axes.axvline(0, color=INK, linewidth=1.4)
    axes.axvline(now, color=AHEAD, linewidth=1.6)
    axes.set_yticks(
        range(len(order)), [wrapped_name(one.words(found.names), 40) for one in order], fontsize=8
    )
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    sizes = [0.0, now, *(p.at[1.0][0] * times for one in order for p in by_lever[one])]
    room = 0.18 * ((max(sizes) - min(sizes)) or 1.0)
    axes.set_xlim(min(sizes) - room, max(sizes) + room)
    unit = unit_name(found.outcome.unit, difference=True) or found.outcome.unit
    axes.set_xlabel(wrapped_name(f"{found.names[1]} less {found.names[0]} ({unit})", 60))
    return described(
        picture, found.title().partition("; ")[2][:1].upper() + found.title().partition("; ")[2][1:],
        "Bars: the mean difference while one number is moved over its plausible range (its ends are "
        "written beside them). Blue line: as things stand. Black line: neither is ahead. Diamond: the "
        "answer turns there.",
    )  # fmt: skip


@drawn
def levers_picture(found: Any) -> Picture:
    """Draw what each change of a plan brings against what it takes; the best are named.

    Parameters
    ----------
    found : Ledger
        See `qisim.decide.levers`.
    """
    frame = found.frame[found.frame["option"] != "no programme"]
    picture, (axes,) = blank((7.4, 4.8), 1, 1)
    colours = {"more users for fewer hours": COLOURS[2], "more users at a price": AHEAD,
               "as it is": INK, "fewer users": BEHIND}  # fmt: skip
    for row in frame.to_dict("records"):
        colour = colours.get(row["kind"], "#9aa3ab")
        x, y = row["hours"], row["persons"]
        number = row["persons"] / row["points"] if row["points"] else 0.0
        axes.plot(
            [x, x],
            [row["low"] * number, row["high"] * number],
            color=colour,
            linewidth=1,
            alpha=0.5,
        )
        axes.plot(x, y, marker="o", markersize=7 if row["kind"] == "as it is" else 5.5, color=colour,
                  markeredgecolor="white", markeredgewidth=0.8)  # fmt: skip
    axes.axhline(0, color=GREY, linewidth=0.9)
    axes.axvline(0, color=GREY, linewidth=0.9)
    axes.grid(axis="x", visible=True)
    named = frame[frame["option"].isin(found.best())]
    low, high = axes.get_ylim()
    heights = [(y - low) / (high - low) for y in named["persons"]]
    sizes = [0.05 * (1 + wrapped_name(name, 38).count("\n")) for name in named["option"]]
    for row, place in zip(named.to_dict("records"), spread(heights, sizes)):
        axes.annotate(wrapped_name(row["option"], 38), (row["hours"], row["persons"]), xytext=(1.02, place),
                      textcoords="axes fraction", va="center", fontsize=8, annotation_clip=False,
                      arrowprops={"arrowstyle": "-", "color": FAINT, "linewidth": 0.8})  # fmt: skip
    axes.set_xlabel("further hours paid for over the run")
    axes.set_ylabel("further lasting users (persons)")
    return described(
        picture, found.title(),
        "Each dot is one change, against the plan as it is (black dot at 0); lines: 95 % interval. Up is "
        "more lasting users, left is fewer hours. Green: more for fewer hours; blue: more at a price; orange: "
        "fewer users; grey: cannot tell, or as many.",
    )  # fmt: skip


@drawn
def story_picture(found: Any) -> Picture:
    """Draw a person's habit in both worlds, with what they did in each week.

    Parameters
    ----------
    found : Story
        See `qisim.decide.stories`.
    """
    picture, panels = blank((7.4, 4.9), 2, 1, sharex=True, sharey=True)
    for side, (axes, one) in enumerate(zip(panels, found.traces, strict=True)):
        weeks = np.arange(1, one.weeks + 1)
        post, colour = found.post, COLOURS[side]
        habit, there = one.of("habit")[:, post], one.of("in_post")[:, post] > 0
        axes.fill_between(weeks, 0, 1, where=one.of("routine")[:, post] > 0, step="mid", color=colour,
                          alpha=0.16, linewidth=0)  # fmt: skip
        axes.fill_between(
            weeks, 0, 1, where=~there, step="mid", color="#888888", alpha=0.25, linewidth=0
        )
        axes.plot(weeks, np.where(there, habit, np.nan), color=colour)
        used = weeks[one.of("used")[:, post] > 0]
        part = weeks[one.of("programme_hours")[:, post] > 0]
        for some, height, look in (
            (used, -0.07, {"marker": "|", "color": colour, "markersize": 6}),
            (part, 1.06, {"marker": "v", "color": INK, "markersize": 4.5}),
        ):
            if len(
                some
            ):  # marks of nothing would stand at the figure's corner, and the layout make room
                axes.plot(some, np.full(len(some), height), linestyle="", clip_on=False, **look)
        if found.acts:
            axes.axvline(found.acts, color=INK, linewidth=1.0, linestyle=(0, (3, 2)))
        axes.set_title(found.names[side], color=colour)
        axes.set_ylim(-0.12, 1.1)
        axes.set_yticks([0, 0.5, 1])
        axes.set_ylabel("habit")
        axes.set_xlim(1, one.weeks)
    panels[-1].set_xlabel("week of the run")
    return described(
        picture, found.title(),
        "Line: habit. Strokes below: weeks in which the practice was used; triangles above: took part in an "
        "activity or session. Coloured: use is routine; grey: the post is vacant. Dashed: the "
        "first thing done otherwise.",
    )  # fmt: skip


@drawn
def robust_picture(names: Sequence[str], sample: Any, outcome: Outcome, title: str) -> Picture:
    """Draw every world as a dot, in the order of its difference.

    Parameters
    ----------
    names : sequence of str
        Base and other.
    sample : Sample
        See `qisim.decide.robust`.
    outcome : Outcome
    title : str
    """
    times = scale_of(outcome)
    picture, (axes,) = blank((7.4, 4.0), 1, 1)
    delta = np.sort(sample.difference) * times
    sign = -1.0 if outcome.better == "lower" else 1.0
    matters = outcome.matters * times
    for colour, some in (
        (AHEAD, sign * delta > matters), (BEHIND, sign * delta < -matters),
        ("#9aa3ab", np.abs(delta) <= matters),
    ):  # fmt: skip
        axes.plot(np.flatnonzero(some) + 1, delta[some], "o", color=colour, markersize=3.4)
    axes.axhspan(-matters, matters, color="#9aa3ab", alpha=0.18, linewidth=0)
    axes.axhline(0, color=INK, linewidth=1.0)
    axes.set_xlim(0, len(delta) + 1)
    axes.set_xlabel("worlds, in the order of the difference")
    unit = unit_name(outcome.unit, difference=True) or outcome.unit
    axes.set_ylabel(wrapped_name(f"{names[1]} less {names[0]} ({unit})", 34))
    return described(
        picture, title,
        f"Each dot is one plausible world: blue, {names[1]} is ahead; orange, {names[0]} is; grey band: less "
        "than what matters.",
    )  # fmt: skip


@drawn
def dots_picture(values: Any, outcome: Outcome) -> Picture:
    """Draw every run as a dot, a row per plan: stacked where runs ended alike.

    Parameters
    ----------
    values : mapping of str to ndarray
        An outcome of every run, by plan.
    outcome : Outcome
    """
    times, top = scale_of(outcome), 1.0
    picture, panels = blank((7.4, 0.55 + 0.85 * len(values)), len(values), 1, sharex=True)
    every = np.concatenate([np.asarray(one) for one in values.values()]) * times
    width = ((every.max() - every.min()) or 1.0) / 70
    for place, (axes, (name, one)) in enumerate(zip(panels, values.items(), strict=True)):
        bins = np.round(np.sort(one * times) / width)
        height = np.concatenate([np.arange(n) for n in np.unique(bins, return_counts=True)[1]])
        top = max(top, float(height.max()))
        colour = COLOURS[place % len(COLOURS)]
        axes.plot(bins * width, height + 0.5, "o", color=colour, markersize=2.6, alpha=0.85)
        axes.axvline(float(np.mean(one)) * times, color=INK, linewidth=1.3)
        axes.set_ylabel(wrapped_name(name, 18), rotation=0, ha="right", va="center", color=colour,
                        fontweight="bold")  # fmt: skip
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.grid(visible=False)
    for axes in panels:
        axes.set_ylim(0, 1.15 * (top + 1))
    if outcome.unit == "share":
        panels[-1].xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
    panels[-1].set_xlabel(f"{outcome.label.lower()}: each dot is a run, the line the mean")
    means = ", ".join(
        f"{name} {shown(float(np.mean(one)), outcome.unit, with_unit=True)}" for name, one in values.items()
    )  # fmt: skip
    return described(
        picture, f"{outcome.label}: every run of each plan",
        f"Each dot is one simulated run; the line is the mean ({means}).",
    )  # fmt: skip
