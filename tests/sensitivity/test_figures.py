"""Figures of findings: what is drawn is what was found, and every method has its figures."""

from dataclasses import replace

import numpy as np
import pytest
from known_functions import METHODS, common_noise, design_of, ishigami, ishigami_problem
from SALib.sample import sobol

from qisim.errors import InputError
from qisim.plotting.style import drawing_into, figure_bytes
from qisim.sensitivity.convergence import settled
from qisim.sensitivity.convergence_figures import _how_settled
from qisim.sensitivity.figure_words import meaning_text
from qisim.sensitivity.figures import all_figures, drawers
from qisim.sensitivity.finding import FINE, HIDDEN
from qisim.sensitivity.findings import analysed, over_weeks
from qisim.sensitivity.sample import Sample
from qisim.sensitivity.scatter_figure import running_mean, standing_apart

SIZES = {"hdmr": 700, "rbd_fast": 300, "delta": 150, "pawn": 150, "efast": 4 * 80}


def result_of(method, two=False, provisional="", **more):
    design = design_of(method, SIZES.get(method, 64), **more)
    base = ishigami(design.points)[:, None] + common_noise(design.points, 3, 2.0)
    responses = {"external": {"peak": base}}
    if two:
        other = 2 * base + design.points[:, [1]]
        responses |= {
            "internal": {"peak": other},
            "internal minus external": {"peak": other - base},
        }
    return analysed(design, responses, resamples=20, provisional=provisional)


def texts(picture):
    return " ".join(text.get_text() for text in picture.findobj(lambda a: hasattr(a, "get_text")))


def test_figures_with_one_panel_are_drawn_into_given_axes():
    from matplotlib.figure import Figure

    result = result_of("morris")
    for name in ("ranked_peak", "morris_peak"):
        axes = Figure().subplots()
        with drawing_into(axes):
            drawers(result)[name]()
        assert axes.has_data()
    for name in ("scatter_peak_1", "convergence_peak"):
        with drawing_into(axes), pytest.raises(InputError, match="several panels"):
            drawers(result)[name]()


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_a_ranking_and_scatters(method):
    pictures = all_figures(result_of(method))
    assert {"ranked_peak", "scatter_peak_1"} <= set(pictures)
    assert ("morris_peak" in pictures) == (method == "morris")
    assert figure_bytes(pictures["ranked_peak"])[:8] == b"\x89PNG\r\n\x1a\n"
    assert "Routine use, best week (external)" in pictures["ranked_peak"].alt
    assert "3 replicates (common random numbers)" in pictures["ranked_peak"].alt


def test_bars_are_the_indices_and_lines_the_intervals():
    result = result_of("sobol")
    axes = all_figures(result)["ranked_peak"].axes[0]
    table = result.indices.query("index == 'ST'").sort_values("rank")
    drawn = [patch.get_width() for patch in axes.containers[0].patches]
    assert drawn == pytest.approx(table["estimate"].tolist())
    lines = axes.containers[1].lines[2][0].get_segments()
    assert [one[:, 0].tolist() for one in lines] == [
        pytest.approx([row["low"], row["high"]]) for _, row in table.iterrows()
    ]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == table["input"].tolist()


def test_both_programmes_stand_side_by_side_and_the_difference_apart():
    pictures = all_figures(result_of("sobol", two=True))
    legend = pictures["ranked_peak"].axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["external", "internal"]
    assert "internal minus external" in pictures["ranked_peak_difference"].alt
    assert {"convergence_peak_external", "convergence_peak_difference"} <= set(pictures)


def test_factors_are_ranked_like_parameters():
    problem = ishigami_problem(groups=["first", "second", "first", "none"])
    pictures = all_figures(result_of("sobol", problem=problem))
    names = [label.get_text() for label in pictures["ranked_peak"].axes[0].get_yticklabels()]
    assert sorted(names) == ["first", "none", "second"]
    assert not any(name.startswith("scatter") for name in pictures)  # a factor is no axis


def test_a_provisional_result_is_labelled_in_every_figure():
    for picture in all_figures(result_of("sobol", provisional="stopped after 64")).values():
        assert picture.alt.startswith("PROVISIONAL (stopped after 64)")


def test_the_map_of_pairs_marks_those_that_are_sure():
    problem = ishigami_problem()
    points = sobol.sample(problem, 1024, seed=2)
    design = Sample("sobol", problem, points, second_order=True)
    result = analysed(design, {"one": {"peak": ishigami(points)[:, None]}}, resamples=100)
    picture = all_figures(result)["pairs_peak"]
    bold = [t.get_text() for t in picture.axes[0].texts if t.get_fontweight() == "bold"]
    table = result.second_order.query("low > 0")
    assert len(bold) == len(table) and "x3 and x1" in picture.alt.replace("x1 and x3", "x3 and x1")


def test_convergence_draws_every_size_of_the_sample():
    result = result_of("sobol")
    axes, below = all_figures(result)["convergence_peak"].axes
    sizes = sorted(set(result.convergence["points"]))
    assert axes.lines[0].get_xdata().tolist() == sizes
    assert below.lines[0].get_ydata()[-1] == pytest.approx(100 * result.noise["same_top"].iloc[0])


def test_over_time_leaves_out_weeks_without_variance():
    result = result_of("sobol")
    design = result.design
    y = np.repeat(ishigami(design.points)[:, None], 3, axis=1)
    weeks = [(1, {"external": {"adoption": 0 * y}})]
    weeks += [(week, {"external": {"adoption": y}}) for week in range(2, 6)]
    result.weeks = over_weeks(design, weeks)
    picture = all_figures(result)["over_time_adoption"]
    line = picture.axes[0].lines[0]
    assert np.isnan(line.get_ydata()[0]) and np.isfinite(line.get_ydata()[1:]).all()


def test_an_outcome_without_indices_has_no_figure():
    design = design_of("sobol", 16)
    flat, moving = np.zeros((96, 2)), np.repeat(design.points[:, [0]], 2, axis=1)
    result = analysed(design, {"one": {"peak": flat, "leavers": moving}}, resamples=20)
    assert not any("peak" in name for name in all_figures(result))
    assert any("leavers" in name for name in all_figures(result))


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_indices_that_are_all_missing_have_no_figure(method):
    result = result_of(method)
    found = result.findings[0]
    nothing = {name: np.full_like(each, np.nan) for name, each in found.estimate.indices.items()}
    hidden = replace(found.estimate, indices=nothing, draws={})
    result.findings[0] = replace(
        found, estimate=hidden, settled=settled(hidden, found.design.kind.main)
    )
    assert all_figures(result) == {}


def test_convergence_is_drawn_where_a_small_first_part_has_no_index():
    result = result_of("sobol")
    found = result.findings[0]
    (size, first), *later = found.steps
    nothing = {name: np.full_like(each, np.nan) for name, each in first.indices.items()}
    steps = [(size, replace(first, indices=nothing, draws={})), *later]
    result.findings[0] = replace(found, steps=steps)
    line = all_figures(result)["convergence_peak"].axes[0].lines[0]
    assert np.isnan(line.get_ydata()[0]) and np.isfinite(line.get_ydata()[1:]).all()


def test_scatters_show_points_that_stand_apart():
    for method in ("sobol", "shapley", "dgsm", "rbd_fast"):
        result = result_of(method)
        points = result.findings[0].design.points[standing_apart(result.findings[0])]
        assert len(np.unique(points[:, 0])) == len(points)


def test_the_running_mean_is_of_classes_with_as_many_points():
    x = np.arange(100.0)[::-1]
    middle, mean = running_mean(x, 2 * x)
    assert middle == pytest.approx(np.arange(4.5, 100, 10)) and mean == pytest.approx(2 * middle)


def test_the_same_findings_give_the_same_bytes():
    one, two = (figure_bytes(all_figures(result_of("morris"))["morris_peak"], "svg") for _ in "ab")
    assert one == two
    assert "sigma" in texts(all_figures(result_of("morris"))["morris_peak"])


@pytest.mark.parametrize(("top", "told"), [
    ({"same_set": 1.0, "same_order": 1.0}, "the order of the first 4 is settled"),
    ({"same_set": 1.0, "same_order": 0.26}, "which 4 come first, not in which order"),
    ({"same_set": 0.3, "same_order": 0.1}, "is not settled yet"),
])  # fmt: skip
def test_the_title_of_convergence_says_what_is_settled_and_no_more(top, told):
    one = result_of("sobol").findings[0]
    one = replace(one, status=FINE, settled=replace(one.settled, **top))
    assert told in _how_settled(one)
    assert _how_settled(replace(one, status=HIDDEN)) == "too few runs to say what comes first"


def test_a_ranking_names_what_inputs_mean_where_that_is_short():
    assert meaning_text("use.habit_half_life").startswith("weeks in which half of a habit")
    assert meaning_text("use.no_such") == "use / no such"
