"""How a figure looks: told apart by everybody, the same each time, and nothing cut off."""

from __future__ import annotations

import itertools
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Sequence

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from synthetic import tables, weekly_array

from qisim.errors import InputError
from qisim.model.outcomes import WEEKLY
from qisim.plotting import captions, style
from qisim.plotting.axes import LONGEST, band, label_lines, mark_end, share_axis, spread, week_axis
from qisim.plotting.lines import LEFT_TO_RIGHT, cut, fitted, left_to_right, name_in_lines
from qisim.plotting.style import COLOURS, DASHES, Curves, curves_of, figure_bytes, house_style


def curves(runs: int = 40, weeks: int = 60, end: int | None = 30, name: str = "internal") -> Curves:
    """Return adoption curves of one scenario."""
    _, weekly = tables(name, weekly_array(runs=runs, weeks=weeks, seed=3))
    return curves_of(weekly, "adoption", {name: end} if end else None)[0]


# --- colours --------------------------------------------------------------------------------------

# What people with one kind of cone missing see, in linear light (Machado, Oliveira, Fernandes 2009).
SEEN_WITHOUT = {
    "nothing": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "red cones": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "green cones": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "blue cones": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}


def linear(colour: str) -> np.ndarray:
    """Return red, green and blue in linear light."""
    return np.array(
        [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    )


def lab(light: np.ndarray) -> np.ndarray:
    """Return lightness and the two colour axes of CIE L*a*b*."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    x, y, z = (to_xyz @ np.clip(light, 0, 1)) / (0.9505, 1.0, 1.089)
    f = [v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("missing", SEEN_WITHOUT)
def test_lines_are_told_apart_with_every_kind_of_colour_vision(missing: str) -> None:
    seen = [lab(np.array(SEEN_WITHOUT[missing]) @ linear(colour)) for colour in COLOURS]
    for (i, one), (j, other) in itertools.combinations(enumerate(seen), 2):
        apart = float(np.linalg.norm(one - other))
        assert apart > 20 or (apart > 8 and DASHES[i % len(DASHES)] != DASHES[j % len(DASHES)]), (
            i,
            j,
        )


def test_the_first_seven_scenarios_look_different() -> None:
    looks = [style.look(i) for i in range(7)]
    assert len({(one["color"], str(one["linestyle"])) for one in looks}) == 7


@pytest.mark.parametrize("colour", [*COLOURS, style.INK, style.GREY])
def test_text_can_be_read_on_white(colour: str) -> None:
    one = Curves("a", np.array([1.0]), np.zeros((1, 1)), {"color": colour})
    dark = style.ink(one) if colour in COLOURS else colour
    luminance = float(linear(dark) @ (0.2126, 0.7152, 0.0722))
    assert 1.05 / (luminance + 0.05) >= 3.0  # large or bold text, WCAG 1.4.3


# --- files ----------------------------------------------------------------------------------------


def picture() -> style.Picture:
    with house_style():
        made, (axes,) = style.blank((5.0, 3.0), 1, 1)
        axes.plot([0, 1], [0, 1])
        return style.described(made, "Title", "Caption")


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_same_picture_gives_the_same_bytes(kind: str) -> None:
    assert figure_bytes(picture(), kind) == figure_bytes(picture(), kind)


def test_svg_is_well_formed_and_asks_nothing_of_anybody() -> None:
    svg = figure_bytes(picture(), "svg")
    for element in ET.fromstring(svg).iter():
        assert not element.tag.endswith(("script", "image", "foreignObject"))
        for name, value in element.attrib.items():
            assert "href" not in name or value.startswith("#")
    assert b"<dc:date>" not in svg


def test_notebooks_show_a_picture() -> None:
    assert picture()._repr_png_().startswith(b"\x89PNG")
    assert picture().alt == "Title. Caption"


def test_the_users_own_settings_neither_count_nor_change() -> None:
    expected = figure_bytes(picture())
    with matplotlib.rc_context({"font.size": 30.0, "axes.facecolor": "red", "savefig.dpi": 20}):
        before = dict(matplotlib.rcParams)
        assert figure_bytes(picture()) == expected
        assert dict(matplotlib.rcParams) == before


def test_names_are_taken_as_they_are() -> None:
    with house_style(), warnings.catch_warnings(record=True) as caught:
        made, (axes,) = style.blank((5.0, 3.0), 1, 1)
        axes.set_title("costs 5 $ or $x^2$ or $\\frac{")
        style.described(made, "看護 🏥 æøå", "caption")
        figure_bytes(made)
    assert caught == []


# --- data -----------------------------------------------------------------------------------------


def test_curves_are_those_of_the_table_in_per_cent() -> None:
    array = weekly_array(runs=7, weeks=9, seed=1)
    _, weekly = tables("a", array)
    (one,) = curves_of(weekly.sample(frac=1.0, random_state=0), "use")
    assert one.values == pytest.approx(100 * array[:, list(WEEKLY).index("use"), :])
    assert one.weeks.tolist() == [*range(1, 10)]
    assert curves_of(weekly, "competence")[0].values.max() <= 1.0


def test_bands_and_lines_are_quantiles_over_replicates() -> None:
    one = Curves("a", np.arange(1.0, 4.0), np.tile(np.arange(101.0), (3, 1)), style.look(0))
    assert one.median.tolist() == [50.0] * 3
    assert one.mean.tolist() == [50.0] * 3
    with house_style():
        _, (axes,) = style.blank((4, 3), 1, 1)
        for share, low, high in ((0.5, 25, 75), (0.9, 5, 95)):
            band(axes, one, share, 0.2)
            heights = axes.collections[-1].get_paths()[0].vertices[:, 1]
            assert (heights.min(), heights.max()) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("end", "kept"), [(1, 1), (30, 30), (59, 59), (60, None), (200, None), (0, None)]
)
def test_the_end_of_a_programme_is_kept_where_it_lies_within(end: int, kept: int | None) -> None:
    _, weekly = tables("a", weekly_array(runs=3, weeks=60))
    assert curves_of(weekly, "adoption", {"a": end})[0].end == kept
    assert curves_of(weekly, "adoption", {"b": 5})[0].end is None


def test_an_empty_table_is_refused() -> None:
    _, weekly = tables("a", weekly_array(runs=3, weeks=6))
    with pytest.raises(ValueError, match="no finished run"):
        curves_of(weekly.iloc[:0], "adoption")


# --- pieces ---------------------------------------------------------------------------------------


def test_the_dot_sits_on_the_line_in_the_last_week_of_the_programme() -> None:
    one = curves(end=30)
    with house_style():
        _, (axes,) = style.blank((4, 3), 1, 1)
        mark_end(axes, one, one.median)
        (dot,) = axes.lines
        assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (30, one.median[29])
        mark_end(axes, curves(end=None), one.median)
        assert len(axes.lines) == 1


@pytest.mark.parametrize(
    ("wanted", "sizes"),
    [
        ([0.5], [0.1]), ([0.5, 0.5], [0.1, 0.1]), ([0.5, 0.52, 0.1], [0.1, 0.3, 0.1]),
        ([0.0, 0.0, 0.0, 0.0], [0.06] * 4), ([0.2, 0.21, 0.22, 0.23, 0.24], [0.055] * 5), ([], []),
    ],
)  # fmt: skip
def test_labels_are_moved_apart(wanted: Sequence[float], sizes: Sequence[float]) -> None:
    places = spread(wanted, sizes)
    order = sorted(range(len(places)), key=places.__getitem__)
    assert [wanted[i] for i in order] == sorted(wanted)
    for lower, upper in itertools.pairwise(order):
        assert places[upper] - places[lower] >= (sizes[lower] + sizes[upper]) / 2 - 0.01
    assert min(places, default=0.0) >= 0.0


@pytest.mark.parametrize("weeks", [1, 2, 5, 12, 26, 52, 104, 156, 260, 520])
def test_weeks_have_a_handful_of_ticks(weeks: int) -> None:
    with house_style():
        _, (axes,) = style.blank((4, 3), 1, 1)
        week_axis(axes, [curves(weeks=weeks, runs=2, end=None)])
        low, high = axes.get_xlim()
        ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
    assert 1 <= len(ticks) <= 9
    assert all(tick == int(tick) for tick in ticks)
    assert axes.get_xlabel() == "week of the run"


def test_share_axes_show_all_of_their_range_with_unit() -> None:
    with house_style():
        _, (axes,) = style.blank((4, 3), 1, 1)
        share_axis(axes, "use", "users")
        assert axes.get_ylim() == (0, 100)
        assert axes.yaxis.get_major_formatter()(25) == "25 %"
        share_axis(axes, "competence")
        assert axes.get_ylim() == (0, 1)


def test_replicates_are_text() -> None:
    one, other = curves(runs=40), curves(runs=39, name="b")
    assert captions.replicates([one]) == "40 replicates"
    assert captions.replicates([one, one]) == "40 replicates each"
    assert captions.replicates([curves(runs=1)]) == "1 replicate"
    assert captions.replicates([one, other]) == "40 replicates of internal, 39 replicates of b"


def test_dots_are_text() -> None:
    one, other = curves(end=30), curves(end=40, name="b")
    assert captions.dot_text([one]) == " Dot: the programme ends (week 30)."
    assert captions.dot_text([one, one]) == " Dot: the programme ends (week 30)."
    assert captions.dot_text([one], named=True) == " Dot: the programme ends (internal in week 30)."
    assert "internal in week 30, b in week 40" in captions.dot_text([one, other])
    assert captions.dot_text([curves(end=None)]) == ""


@pytest.mark.parametrize("word", ["word", "WWWWWW", "x" * 40, "iiii", "W" * 80])
def test_long_titles_and_captions_stay_inside(word: str) -> None:
    with house_style():
        made, _ = style.blank((5.0, 9.0), 1, 1)
        style.described(made, f"{word} " * 9, f"{word} " * 9)
        made.canvas.draw()
        for text in made.texts:
            box = text.get_window_extent()
            assert box.x0 >= 0
            assert box.x1 <= made.bbox.width
            assert box.y0 >= 0
            assert box.y1 <= made.bbox.height


# --- where and how large a figure is drawn --------------------------------------------------------


@pytest.fixture(scope="module")
def paired():
    from worlds import small

    import qisim

    return qisim.compare(small(), small({"workload.pressure": 1.2}), replicates=4)


def test_a_figure_has_the_width_that_is_asked_for(paired):
    wide, narrow = paired.plot(), paired.plot(width_mm=85)
    assert narrow.get_size_inches()[0] == pytest.approx(85 / 25.4)
    assert (narrow.title, narrow.caption) == (wide.title, wide.caption)
    assert narrow._suptitle.get_text().count("\n") > wide._suptitle.get_text().count("\n")


@pytest.mark.parametrize("wrong", [0, 39, 1001, "85", True, float("nan")])
def test_what_is_no_width_is_refused(paired, wrong):
    with pytest.raises(InputError, match=r"width_mm.*40 to 1000 mm"):
        paired.plot(width_mm=wrong)


def test_a_figure_of_one_panel_is_drawn_into_given_axes(paired):
    own = Figure()
    left, right = own.subplots(1, 2)
    assert paired.plot(ax=left) is left and paired.plot("difference", ax=right) is right
    assert len(left.lines) >= 4 and len(right.lines) >= 2
    assert own._suptitle is None
    with pytest.raises(InputError, match="several panels"):
        paired.plot("uptake", ax=left)


def test_title_and_caption_are_text(paired):
    picture = paired.plot()
    assert paired.caption() == f"{picture.title}. {picture.caption}" == picture.alt
    assert "Line: median of 4 replicates each" in picture.caption


def test_text_stays_text_in_svg_and_pdf(paired, tmp_path):
    picture = paired.plot()
    svg = figure_bytes(picture, "svg").decode()
    assert "week of the run</text>" in svg and "'DejaVu Sans', Verdana" in svg
    assert picture.caption.split(".")[0] in svg
    pdf = figure_bytes(picture, "pdf")
    assert b"/Type3" not in pdf and b"/CIDFontType2" in pdf
    picture.savefig(tmp_path / "own.pdf")
    assert b"/Type3" not in (tmp_path / "own.pdf").read_bytes()


@pytest.mark.parametrize(("text", "shown"), [
    ("158 h with plan, 130 h with other", "158 h with plan, 130 h with other"),
    ("158 h with \u05d0\u05d1 \u05d2, 130 h", "|158 h with \u05d0\u05d1 \u05d2|, 130 h"),
    ("\u062e\u0637 158 h", "|\u062e\u0637| 158 h"),
    ("\u05d0\u05b7 7 \u05d1", "|\u05d0\u05b7| 7 \u05d1|"),
])  # fmt: skip
def test_a_name_from_right_to_left_leaves_the_numbers_beside_it_in_their_place(text, shown):
    marked = left_to_right(text)
    assert marked.replace(LEFT_TO_RIGHT, "|") == shown
    assert left_to_right(marked) == marked


def test_figures_are_drawn_with_it():
    figure = Figure()
    figure.text(0, 0, "\u05d0 158 h")
    assert f"\u05d0{LEFT_TO_RIGHT} 158 h" in figure_bytes(figure, "svg").decode()


# --- names of any sort ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["W" * 80, "abcdefghij" * 8, "external-competence", "ein Plan"])
def test_a_name_in_lines_is_no_wider_than_its_room_and_loses_nothing(name: str) -> None:
    room = 130.0
    lines = name_in_lines(name, 18, room, 9, "bold").split("\n")
    assert "".join(lines).replace(" ", "") == name.replace(" ", "")
    assert all(len(line) <= 18 and fitted(line, room, 9, "bold") == line for line in lines)


def test_a_text_is_cut_only_where_it_does_not_fit() -> None:
    assert cut("higher with internal", 200, 8) == "higher with internal"
    short = cut("higher with " + "W" * 80, 200, 8)
    assert short.startswith("higher with WW") and short.endswith("…")
    assert fitted(short, 200, 8) == short


def test_a_very_long_label_beside_a_curve_keeps_its_beginning_and_its_number() -> None:
    with house_style():
        axes = Figure().subplots()
        label_lines(axes, [(0.5, "W" * 80 + " 747 h", "black")])
    lines = axes.texts[0].get_text().split("\n")
    assert len(lines) <= LONGEST and lines[0].startswith("WWW") and lines[-1].endswith("747 h")
