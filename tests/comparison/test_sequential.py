"""Looks that were planned: their levels, what is settled, and that looking often does not mislead."""

import math

import numpy as np
import pytest

from qisim.comparison.paired import ALPHA, equivalence_p_value, interval_of
from qisim.comparison.sequential import (
    Looking,
    careful_equivalence_p_value,
    careful_p_value,
    counted_for_looks,
    interval_at,
    level,
    looks,
    skewnesses,
    spent,
)


def test_runs_double_from_look_to_look_up_to_the_last() -> None:
    assert looks(1600) == [200, 400, 800, 1600]
    assert looks(500) == [200, 400, 500]
    assert looks(20) == [20]


@pytest.mark.parametrize("number", [1, 4, 8])
def test_all_looks_together_spend_the_level_once_and_most_of_it_late(number: int) -> None:
    shares = spent(number)
    assert shares.sum() == pytest.approx(1.0)
    assert (np.diff(shares) > 0).all()
    k = np.arange(1, number + 1)
    assert shares == pytest.approx(6 * k**2 / (number * (number + 1) * (2 * number + 1)))


def test_a_clear_difference_stops_at_the_first_look_and_an_equality_when_it_can_be_seen() -> None:
    rng = np.random.default_rng(4)
    study = Looking(looks(1600, 50), {"clear": 0.05, "equal": 0.05})
    while not study.finished:
        n = study.planned[study.look]
        one = np.random.default_rng(1).normal(0.2, 0.1, n)
        study.show({"clear": one, "equal": rng.normal(0.0, 0.3, n)})
    assert (study.settled["clear"].says, study.settled["clear"].pairs) == ("higher", 50)
    assert study.settled["equal"].says == "too small"
    assert study.settled["equal"].pairs in (400, 800, 1600)


def test_what_is_settled_stays_as_it_was_said() -> None:
    study = Looking([50, 100], {"a": 0.01, "b": 0.01})
    up = np.linspace(0.9, 1.1, 50)
    wide = np.linspace(-9, 9, 50)
    study.show({"a": up, "b": wide})
    study.show({"a": np.tile(wide, 2), "b": np.tile(wide, 2)})
    said = dict(study.said())
    assert (said["a"].says, said["a"].pairs) == ("higher", 50)
    assert (said["b"].says, said["b"].pairs) == ("untold", 100)
    with pytest.raises(ValueError, match="no level left"):
        study.show({"a": up, "b": wide})


def test_only_what_is_wanted_has_to_be_settled() -> None:
    study = Looking([50, 100], {"a": 0.01, "b": 0.01}, wanted=["a"])
    study.show({"a": np.linspace(0.9, 1.1, 50), "b": np.linspace(-9, 9, 50)})
    assert study.finished and "b" not in study.settled


def test_an_interval_of_a_look_is_wider_than_one_that_is_looked_at_once() -> None:
    delta = np.linspace(-1, 2, 50)
    early, alone = interval_at(delta, float(ALPHA * spent(4)[0])), interval_at(delta, ALPHA)
    assert early[0] < alone[0] < alone[1] < early[1]
    assert np.isnan(interval_at(delta[:1], ALPHA)).all()


def test_skewness_moves_the_interval_to_the_side_of_the_long_tail() -> None:
    rng = np.random.default_rng(3)
    delta = rng.lognormal(0, 1, 200)
    plain = interval_of(delta)
    low, high = interval_at(delta, ALPHA)
    assert low <= plain[0] and high - plain[1] > 2 * (plain[0] - low)
    mirrored = interval_at(-delta, ALPHA)
    assert mirrored == pytest.approx((-high, -low))


@pytest.mark.parametrize("seed", range(4))
def test_p_value_and_interval_say_the_same(seed: int) -> None:
    delta = np.random.default_rng(seed).lognormal(0, 1, 60) - 1.4
    p = careful_p_value(delta)
    low, high = interval_at(delta, p * 1.001)
    assert low * high > 0
    low, high = interval_at(delta, p * 0.999)
    assert low < 0 < high


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("seed", range(3))
def test_equivalence_and_interval_say_the_same(seed: int, sign: float) -> None:
    delta = sign * (np.random.default_rng(seed).lognormal(0, 1, 60) - 1.4)
    p, plain = careful_equivalence_p_value(delta, 0.8), equivalence_p_value(delta, 0.8)
    assert 0.0 < plain < p < 1.0
    assert max(map(abs, interval_at(delta, p * 1.001))) < 0.8
    assert max(map(abs, interval_at(delta, p * 0.999))) > 0.8
    assert careful_equivalence_p_value(-delta, 0.8) == pytest.approx(p, rel=1e-9)
    assert careful_equivalence_p_value(delta, 0.0) == 1.0
    assert np.isnan(careful_equivalence_p_value(delta[:5], 0.8))
    assert careful_equivalence_p_value(np.full(8, 0.1), 0.8) == 2.0**-8


def test_what_matters_is_seldom_called_too_small_where_the_tail_does_not_show() -> None:
    """At the edge of what matters, with a long tail beyond it: by t alone one study in eight is fooled."""
    rng, fooled, plainly = np.random.default_rng(5), 0, 0
    edge = 2.0
    for _ in range(600):
        delta = rng.lognormal(0.0, 1.0, 20) - np.exp(0.5) + edge
        fooled += careful_equivalence_p_value(delta, edge) < ALPHA
        plainly += equivalence_p_value(delta, edge) < ALPHA / 2
    assert fooled < 0.05 * 600 < 0.08 * 600 < plainly


def test_an_interval_covers_a_skewed_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(1000):
        low, high = interval_at(rng.lognormal(0, 1, 200), ALPHA)
        held += low <= np.exp(0.5) <= high
    assert held >= 920  # plain t: 900 to 915


def test_all_comparisons_of_the_same_two_spend_five_per_cent_and_the_first_most_of_it() -> None:
    levels = [level(number) for number in range(60)]
    assert math.fsum(levels) == pytest.approx(ALPHA) and levels[0] == pytest.approx(0.04)
    assert (np.diff(levels) < 0).all()
    p = np.array([0.03, 0.5, np.nan])
    assert counted_for_looks(p, 0) == pytest.approx([0.0375, 0.625, np.nan], nan_ok=True)
    assert counted_for_looks(p, 2) == pytest.approx([0.6, 1.0, np.nan], nan_ok=True)


def test_the_error_of_a_skewness_is_about_that_of_normal_numbers() -> None:
    seen, low, high = zip(
        *(skewnesses(np.random.default_rng(i).normal(size=400)) for i in range(300)), strict=True
    )
    error = np.subtract(high, seen) / 2
    assert np.subtract(seen, low) == pytest.approx(2 * error)
    assert error.mean() == pytest.approx((6 / 400) ** 0.5, rel=0.1)
    assert np.std(seen) == pytest.approx(error.mean(), rel=0.2)
    assert skewnesses(np.full(5, 0.1)) == (0.0, 0.0, 0.0)


def false_claims(draw, pairs: int, studies: int = 400) -> float:
    """Return in what share of studies of ten equal outcomes a first look calls one different."""
    wrong = 0
    for seed in range(studies):
        values = draw(np.random.default_rng(seed), (10, pairs))
        p = min(careful_p_value(one) for one in values) * 10
        wrong += counted_for_looks(np.array(p), 0) < ALPHA
    return wrong / studies


@pytest.mark.parametrize("pairs", [20, 100])
@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, size: rng.lognormal(0.0, 1.0, size) - np.exp(0.5),
        lambda rng, size: 1.0 - rng.exponential(1.0, size),
        lambda rng, size: rng.normal(size=size),
    ],
    ids=["lognormal", "exponential", "normal"],
)
def test_skewed_differences_mislead_no_oftener_than_it_says(draw, pairs: int) -> None:
    assert false_claims(draw, pairs) <= 0.07  # 5 % and two standard errors; t alone: up to 45 %
