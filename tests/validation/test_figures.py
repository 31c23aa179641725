"""A figure per pattern: what is drawn, and that every number and source is in it."""

import math

import numpy as np
import pytest

from qisim.plotting.style import figure_bytes
from qisim.validation.figures import VERDICTS, by_unit, limits, pattern_figure
from qisim.validation.patterns import PATTERNS
from qisim.validation.patterns.declaring import Judged, Measured, Quantity, judged
from qisim.validation.patterns.measuring import Estimate, Runs


def some_runs(pattern):
    """Return three runs of every arm, with shares that grow and fade."""
    chance, weeks = np.random.default_rng(0), np.arange(1.0, 209.0)[:, None]

    def values():
        level = 0.3 + 0.1 * chance.random(3)
        return np.clip(level * (1 - np.exp(-weeks / 20)) + 0.01 * chance.random((208, 3)), 0, 1)

    return Runs({(arm.name, series): values() for arm in pattern.arms for series in pattern.series})


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=list(PATTERNS))
def test_every_pattern_can_be_drawn(pattern):
    picture = pattern_figure(judged(pattern, some_runs(pattern)), 3)
    assert pattern.title in picture.alt
    assert "3 runs of each arm" in picture.alt
    drawn = [text.get_text() for axes in picture.axes for text in axes.texts]
    drawn += [text.get_text() for axes in picture.axes for text in axes.get_yticklabels()]
    for quantity in pattern.quantities:
        assert any(quantity.label[:40] in text for text in drawn), quantity.label


def test_the_same_pattern_gives_the_same_bytes():
    found = judged(PATTERNS["T2"], some_runs(PATTERNS["T2"]))
    one, other = (figure_bytes(pattern_figure(found, 3), "svg") for _ in range(2))
    assert one == other


def measured(value, low=0.0, high=1.0, source=None, unit="points"):
    q = Quantity("q", "a number", unit, lambda runs: 0.0, low, high, "a judgement", source)
    return Measured(q, Estimate(value, value - 0.1, value + 0.1))


def test_the_colour_and_the_mark_tell_the_verdict():
    found = (measured(0.5), measured(3.0), measured(1.0))
    picture = pattern_figure(Judged(PATTERNS["L5"], found), 10)
    marks = {line.get_marker(): line.get_color() for axes in picture.axes for line in axes.lines}
    assert (marks["o"], marks["X"], marks["s"]) == (
        VERDICTS["pass"], VERDICTS["fail"], VERDICTS["open"],
    )  # fmt: skip


def test_a_number_that_could_not_be_measured_is_said_to_have_none():
    picture = pattern_figure(Judged(PATTERNS["L5"], (measured(math.nan),)), 10)
    assert "no value" in [text.get_text() for axes in picture.axes for text in axes.texts]


def test_an_axis_shows_estimates_sources_and_tolerances():
    low, high = limits([measured(3.0, -1.0, 1.0, 2.0)])
    assert low < -1.0 and high > 3.1
    low, high = limits([measured(3.0, 0.0, math.inf)])
    assert low < 0.0 and high > 3.1


def test_numbers_of_one_unit_share_an_axis_but_not_with_exact_nothing():
    groups = by_unit(
        [measured(0.5), measured(0.2, unit="%"), measured(0.0, 0.0, 0.0), measured(0.7)]
    )
    assert [len(group) for group in groups] == [2, 1, 1]
