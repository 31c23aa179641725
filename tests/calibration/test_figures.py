"""The figures of a calibration show what they say they show."""

import numpy as np
import pandas as pd
import pytest
from worlds import small

import qisim
from qisim.calibration.figures import FIGURES, check_picture
from qisim.calibration.study import FEWEST_SAMPLES
from qisim.errors import InputError
from qisim.plotting.style import figure_bytes


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    data = tmp_path_factory.mktemp("site") / "site.csv"
    rows = pd.DataFrame({"week": range(3, 27, 2), "using": 2, "in_post": 9})
    rows.to_csv(data, index=False)
    vary = ["workforce.staff_turnover"]  # a triangle
    return qisim.calibrate(small(), data, samples=FEWEST_SAMPLES, checks=30, vary=vary)


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_is_drawn_in_words_too_and_the_same_each_time(result, name):
    picture = result.plot(name)
    assert picture.alt.startswith("small")
    assert figure_bytes(picture) == figure_bytes(result.plot(name))
    assert figure_bytes(picture, "svg").startswith(b"<?xml")


def test_a_figure_is_drawn_into_given_axes_or_in_another_width(result):
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    assert result.plot(ax=axes) is axes and axes.has_data()
    assert result.plot(width_mm=90).get_size_inches()[0] == pytest.approx(90 / 25.4)
    with pytest.raises(InputError, match="several panels"):
        result.plot("check", ax=axes)


def test_an_unknown_figure_is_refused(result):
    with pytest.raises(InputError, match="did you mean 'posterior'"):
        result.plot("posteriors")


def test_the_figures_counted_stand_where_they_were_counted(result):
    (axes,) = result.plot("fit").axes
    (dots,) = [line for line in axes.lines if line.get_label() == "counted"]
    assert dots.get_xdata().tolist() == list(range(3, 27, 2))
    assert dots.get_ydata() == pytest.approx(np.full(12, 100 * 2 / 9))
    assert (
        "12 weeks" in result.plot("fit").alt and "2,000 simulated sites" in result.plot("fit").alt
    )


def test_a_triangles_prior_is_drawn_as_a_triangle(result):
    from qisim.calibration.figures import _prior_shares

    edges = np.linspace(0.13, 0.36, 21)
    shares = _prior_shares(result, "workforce.staff_turnover", edges)
    assert shares.sum() == pytest.approx(1) and shares.argmax() in (7, 8)


def test_honest_ranks_lie_in_the_band_and_narrow_ones_do_not():
    rng = np.random.default_rng(0)
    honest = rng.random((400, 3))
    columns = np.array([True, True, False])
    for ranks, fine in (
        (honest, True),
        (np.where(honest < 0.5, honest / 4, 1 - honest / 4), False),
    ):
        picture = check_picture(ranks, columns, "title", "caption")
        (line,) = [one for one in picture.axes[1].lines if one.get_label() == "parameters"]
        assert (np.abs(line.get_ydata()).max() < 5) == fine
