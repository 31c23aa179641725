"""The figures: what is drawn is what the table says, with titles, units and captions."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from synthetic import tables, weekly_array

from qisim.comparison import difference_figure, figures
from qisim.comparison.paired import interval_of
from qisim.plotting.style import COLOURS, Picture, house_style

LONG = "A name as long as may be, of a scenario with much to say about $ and æøå ......."
ENDS = {"external": 52, "internal": 104, "third": 30, "fourth": 30, LONG: 52}


def weekly_of(*names: str, runs: int = 30, weeks: int = 156) -> pd.DataFrame:
    """Return the weekly table of several scenarios."""
    made = [
        tables(
            name, weekly_array(runs=runs, weeks=weeks, seed=i, level=0.3 + 0.1 * i, end=ENDS[name])
        )
        for i, name in enumerate(names)
    ]
    return pd.concat([weekly for _, weekly in made], ignore_index=True)


def wide(weekly: pd.DataFrame, name: str, series: str) -> np.ndarray:
    """Return a series of a scenario, of shape (weeks, replicates)."""
    rows = weekly[weekly["scenario"] == name]
    return rows.pivot(index="week", columns="replicate", values=series).to_numpy()


def bands(axes: Any) -> list[np.ndarray]:
    """Return the corners of each band that is drawn."""
    return [c.get_paths()[0].vertices for c in axes.collections if isinstance(c, PolyCollection)]


def edges(corners: np.ndarray, week: int) -> tuple[float, float]:
    """Return lower and upper edge of a band in a week."""
    heights = corners[corners[:, 0] == week, 1]
    return float(heights.min()), float(heights.max())


def caption(picture: Picture) -> str:
    """Return the text under a picture."""
    return str(picture.get_supxlabel()).replace("\n", " ")


def title(picture: Picture) -> str:
    """Return the text over a picture."""
    return str(picture.get_suptitle()).replace("\n", " ")


def heading(axes: Any) -> str:
    """Return the title of a panel."""
    return str(axes.get_title(loc="left")).replace("\n", " ")


def texts_of(picture: Picture) -> list[Any]:
    """Return every text that is seen."""
    found = [*picture.texts]
    for axes in (axes for axes in picture.axes if axes.get_visible()):
        found += axes.texts
        legend = axes.get_legend()
        found += legend.get_texts() if legend else []
        if axes.axison:
            found += [axes.xaxis.label, axes.yaxis.label, axes._left_title]
            for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
                ticks = axis.get_major_ticks()
                found += [
                    t.label1 for t in ticks if low <= t.get_loc() <= high and t.label1.get_visible()
                ]
    return [text for text in found if text.get_text().strip() and text.get_visible()]


PAIR = ("external", "internal")
DRAW: dict[str, Callable[[pd.DataFrame], Picture]] = {
    "adoption": lambda weekly: figures.adoption_curves(weekly, ENDS),
    "difference": lambda weekly: difference_figure.paired_difference(
        weekly, "external", None, ENDS
    ),
    "uptake": lambda weekly: figures.small_multiples(weekly, ENDS),
    "hours": lambda weekly: figures.hours(weekly, ENDS),
}
CASES: dict[str, tuple[tuple[str, ...], int, int]] = {
    "two": (PAIR, 30, 156),
    "five": ((*PAIR, "third", "fourth", LONG), 12, 156),
    "long name": (("external", LONG), 12, 156),
    "one run": (PAIR, 1, 156),
    "one week": (("external",), 5, 1),
}
DRAWN = [(name, case) for name in DRAW for case in ("two", "five")] + [
    ("adoption", "long name"), ("difference", "one run"), ("adoption", "one week"),
]  # fmt: skip


# --- every figure ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn() -> dict[tuple[str, str], Picture]:
    weekly = {
        case: weekly_of(*names, runs=runs, weeks=weeks)
        for case, (names, runs, weeks) in CASES.items()
    }
    made = {(name, case): DRAW[name](weekly[case]) for name, case in DRAWN}
    for picture in made.values():
        with house_style():
            picture.draw_without_rendering()  # lays it out
    return made


@pytest.mark.parametrize(("name", "case"), DRAWN)
def test_has_title_caption_units_and_number_of_replicates(name: str, case: str, drawn: Any) -> None:
    picture, runs = drawn[name, case], CASES[case][1]
    assert title(picture)
    assert f"{runs} replicate" in caption(picture)
    assert picture.alt.startswith(title(picture)[:40].split("\n")[0])
    shown = [axes for axes in picture.axes if axes.get_visible() and axes.axison]
    assert any(axes.get_xlabel() == "week of the run" for axes in shown)
    for axes in shown:
        assert axes.get_ylabel() or heading(axes) or shown[0].get_ylabel(), "an axis without a name"


@pytest.mark.parametrize(("name", "case"), DRAWN)
def test_nothing_is_cut_off_or_written_over(name: str, case: str, drawn: Any) -> None:
    picture = drawn[name, case]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts_of(picture)]
    assert len(boxes) > 10
    for text, box in boxes:
        assert box.x0 >= -1, text
        assert box.y0 >= -1, text
        assert box.x1 <= picture.bbox.width + 1, text
        assert box.y1 <= picture.bbox.height + 1, text
    for (one, first), (other, second) in itertools.combinations(boxes, 2):
        over_x = min(first.x1, second.x1) - max(first.x0, second.x0)
        over_y = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert over_x <= 2 or over_y <= 4, (one, other)


@pytest.mark.parametrize("name", DRAW)
def test_an_empty_table_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"no finished run|nothing to compare"):
        DRAW[name](weekly_of("external").iloc[:0])


@pytest.mark.parametrize("name", ["adoption", "difference"])
def test_same_table_same_bytes_whatever_its_order(name: str) -> None:
    weekly = weekly_of(*PAIR, runs=5, weeks=30)
    other = pd.concat(
        [part.sample(frac=1.0, random_state=1) for _, part in weekly.groupby("scenario")]
    )
    assert figures.figure_bytes(DRAW[name](weekly)) == figures.figure_bytes(DRAW[name](other))


# --- adoption curves ------------------------------------------------------------------------------


def test_adoption_shows_median_mean_half_and_nine_tenths_with_the_end_marked() -> None:
    weekly = weekly_of(*PAIR)
    (axes,) = figures.adoption_curves(weekly, ENDS).axes
    lines = [line for line in axes.lines if len(line.get_xdata()) > 1]
    curves, means = lines[::2], lines[1::2]
    dots = [line for line in axes.lines if len(line.get_xdata()) == 1]
    for place, name in enumerate(PAIR):
        values = 100 * wide(weekly, name, "adoption")
        assert curves[place].get_ydata() == pytest.approx(np.median(values, axis=1))
        assert means[place].get_ydata() == pytest.approx(values.mean(axis=1))
        week = ENDS[name]
        outer, inner = bands(axes)[2 * place], bands(axes)[2 * place + 1]
        assert edges(outer, week) == pytest.approx(
            tuple(np.quantile(values[week - 1], (0.05, 0.95)))
        )
        assert edges(inner, week) == pytest.approx(
            tuple(np.quantile(values[week - 1], (0.25, 0.75)))
        )
        assert dots[place].get_xdata()[0] == week
        assert dots[place].get_ydata()[0] == pytest.approx(np.median(values[week - 1]))
        assert dots[place].get_color() == curves[place].get_color()
    assert axes.get_ylim() == (0, 100)
    assert axes.get_ylabel() == "care staff with routine use"
    assert {text.get_text() for text in axes.texts} == {*PAIR}


def test_adoption_titles_tell_the_means() -> None:
    weekly = weekly_of(*PAIR)
    last = {name: np.mean(100 * wide(weekly, name, "adoption")[-1]) for name in PAIR}
    picture = figures.adoption_curves(weekly, ENDS)
    assert title(picture) == (
        f"Mean routine use in week 156: {last['internal']:.0f} % with internal, "
        f"{last['external']:.0f} % with external"
    )
    assert "external in week 52, internal in week 104" in caption(picture)
    alone = figures.adoption_curves(weekly[weekly["scenario"] == "internal"], ENDS)
    assert f"and is {last['internal']:.0f} % in week 156" in title(alone)


def test_more_than_two_have_a_panel_each_beside_the_medians_of_all() -> None:
    names = (*PAIR, "third", "fourth", LONG)
    picture = figures.adoption_curves(weekly_of(*names, runs=5), ENDS)
    panels = [axes for axes in picture.axes if axes.get_visible()]
    assert [heading(axes).replace("\n", " ") for axes in panels] == [*names]
    for axes in panels:
        lines = [line for line in axes.lines if len(line.get_xdata()) > 1]
        assert len(lines) == len(names) + 1  # the panel's own mean
        assert len(bands(axes)) == 2


# --- paired difference ----------------------------------------------------------------------------


def test_difference_is_other_minus_base_pair_by_pair() -> None:
    weekly = weekly_of(*PAIR)
    delta = 100 * (wide(weekly, "internal", "adoption") - wide(weekly, "external", "adoption"))
    picture = difference_figure.paired_difference(weekly, "external", None, ENDS)
    (axes,) = picture.axes
    mean, median = axes.lines[:2]
    assert mean.get_ydata() == pytest.approx(delta.mean(axis=1))
    assert median.get_ydata() == pytest.approx(np.median(delta, axis=1))
    outer, inner = bands(axes)
    assert edges(outer, 100) == pytest.approx(tuple(np.quantile(delta[99], (0.05, 0.95))))
    assert edges(inner, 100) == pytest.approx(interval_of(delta[99]))
    low, high = axes.get_ylim()
    assert low < 0 < high
    assert "percentage points" in axes.get_ylabel()
    assert "internal minus external" in caption(picture)
    side = "above" if delta[-1].mean() > 0 else "below"
    assert f"internal {abs(delta[-1].mean()):.1f} points {side} external" in title(picture)


def test_difference_marks_where_both_programmes_end() -> None:
    weekly = weekly_of(*PAIR)
    picture = difference_figure.paired_difference(weekly, "external", None, ENDS)
    dots = [line for line in picture.axes[0].lines if len(line.get_xdata()) == 1]
    found = {line.get_xdata()[0]: line.get_color() for line in dots}
    assert found == {52: COLOURS[0], 104: COLOURS[1]}
    assert "external in week 52, internal in week 104" in caption(picture)
    alike = difference_figure.paired_difference(
        weekly, "external", None, {"external": 52, "internal": 52}
    )
    assert len([line for line in alike.axes[0].lines if len(line.get_xdata()) == 1]) == 1


@pytest.mark.parametrize("draw", [figures.adoption_curves, figures.small_multiples, figures.hours])
def test_captions_tell_what_bands_hold(draw: Callable[..., Picture]) -> None:
    weekly = weekly_of(*PAIR, runs=3)
    assert "chance only" in caption(draw(weekly, ENDS))
    assert "chance only" not in caption(draw(weekly, ENDS, over=True))


def test_every_panel_has_its_week_numbers() -> None:
    picture = figures.small_multiples(weekly_of(*PAIR, runs=3), ENDS)
    for axes in (axes for axes in picture.axes if axes.axison):
        assert all(tick.label1.get_visible() for tick in axes.xaxis.get_major_ticks())


def test_difference_of_the_other_way_round_is_its_mirror() -> None:
    weekly = weekly_of(*PAIR)
    there = difference_figure.paired_difference(weekly, "external").axes[0].lines[0].get_ydata()
    back = difference_figure.paired_difference(weekly, "internal").axes[0].lines[0].get_ydata()
    assert there == pytest.approx(-back)


def test_difference_uses_only_replicates_that_both_have() -> None:
    weekly = weekly_of(*PAIR, runs=10)
    gone = (weekly["scenario"] == "internal") & weekly["replicate"].isin([2, 3])
    assert "(8 replicates)" in caption(
        difference_figure.paired_difference(weekly[~gone], "external")
    )
    with pytest.raises(ValueError, match="no replicate in common"):
        difference_figure.paired_difference(
            weekly[weekly["scenario"].eq("external") | gone].iloc[:0], "external", ["internal"]
        )


def test_one_pair_has_no_interval() -> None:
    assert "interval" not in title(
        difference_figure.paired_difference(weekly_of(*PAIR, runs=1), "external")
    )


# --- reach, use, competence, leaders; hours -------------------------------------------------------


def test_small_multiples_show_means_of_reach_use_and_competence() -> None:
    weekly = weekly_of(*PAIR)
    picture = figures.small_multiples(weekly, ENDS)
    panels = {heading(axes): axes for axes in picture.axes if axes.axison}
    for name_of_panel, series, scale in (
        ("Care staff: ever took part", "reach", 100),
        ("Care staff: use this week", "use", 100),
        ("Care staff: competence, 0 to 1", "competence", 1),
        ("Leaders: at work with it", "leader_use", 100),
        ("Leaders: at it as a routine", "leader_adoption", 100),
    ):
        lines = [line for line in panels[name_of_panel].lines if len(line.get_xdata()) > 1]
        for line, name in zip(lines, PAIR, strict=True):
            assert line.get_ydata() == pytest.approx(
                scale * wide(weekly, name, series).mean(axis=1)
            )
    legend = next(axes.get_legend() for axes in picture.axes if axes.get_legend())
    assert [text.get_text() for text in legend.get_texts()] == [*PAIR]


def test_hours_show_both_kinds_on_one_scale_from_zero() -> None:
    weekly = weekly_of(*PAIR)
    picture = figures.hours(weekly, ENDS)
    for axes, series in zip(picture.axes, ("programme_hours", "documentation_hours"), strict=True):
        lines = [line for line in axes.lines if len(line.get_xdata()) > 1]
        for line, name in zip(lines, PAIR, strict=True):
            assert line.get_ydata() == pytest.approx(wide(weekly, name, series).mean(axis=1))
        assert axes.get_ylim()[0] == 0
        last = [float(np.mean(wide(weekly, name, series)[-1])) for name in PAIR]
        labels = {text.get_text().replace("\n", " ") for text in axes.texts}
        assert labels == {
            f"{name} {hours:,.0f}\N{NO-BREAK SPACE}h"
            for name, hours in zip(PAIR, last, strict=True)
        }
    assert picture.axes[0].get_ylim() == picture.axes[1].get_ylim()
