"""Noise told from effects, on functions whose variances are known."""

import numpy as np
import pytest
from known_functions import ISHIGAMI_VARIANCE, common_noise, fresh_noise, ishigami

from qisim.sensitivity.replicate_noise import (
    expected_variance,
    is_constant,
    noise_share,
    unbiased,
    unbiased_product,
    variance_terms,
)

POINTS = np.random.default_rng(5).uniform(-np.pi, np.pi, (4000, 3))
EXPECTED = ishigami(POINTS)


def means_of(values):
    terms = variance_terms(values[:, None, :])
    return {name: term.mean(axis=0) for name, term in terms.items()}


def test_a_quadratic_form_of_the_expected_outcome_is_unbiased():
    chance, truth = np.random.default_rng(1), np.array([1.0, -2.0, 0.5])

    def form(y):
        return np.array([y[0] ** 2, y[0] * y[1] - y[2] ** 2])

    found = [unbiased(form, truth[:, None] + chance.normal(0, 2, (3, 4))) for _ in range(4000)]
    error = np.std(found, axis=0) / np.sqrt(4000)
    assert np.abs(np.mean(found, axis=0) - form(truth)) == pytest.approx(0, abs=4 * error.max())
    naive = [form((truth[:, None] + chance.normal(0, 2, (3, 4))).mean(1)) for _ in range(4000)]
    assert np.mean(naive, axis=0)[0] > form(truth)[0] + 0.5  # what would be reported without


def test_it_combines_different_replicates_only():
    values = np.random.default_rng(2).normal(size=(3, 5))
    apart = [values[0, r] * values[1, s] for r in range(5) for s in range(5) if r != s]
    assert unbiased_product(values[0], values[1]) == pytest.approx(np.mean(apart))
    found = unbiased(lambda y: np.asarray(y[0] * y[1]), values)
    assert found == pytest.approx(np.mean(apart))


def test_with_one_replicate_nothing_can_be_taken_out():
    one = np.random.default_rng(3).normal(size=(3, 1))
    assert unbiased_product(one[0], one[1]) == one[0, 0] * one[1, 0]
    assert unbiased(lambda y: y @ y, one) == pytest.approx(float(one[:, 0] @ one[:, 0]))
    assert np.isnan(noise_share(means_of(EXPECTED[:, None])))


@pytest.mark.parametrize("replicates", [2, 4, 16])
@pytest.mark.parametrize("noise", [5.0, 40.0])
def test_fresh_noise_is_told_from_the_variance_of_the_expected_outcome(replicates, noise):
    values = EXPECTED[:, None] + fresh_noise(POINTS, replicates, noise)
    means = means_of(values)
    assert expected_variance(means) == pytest.approx(ISHIGAMI_VARIANCE, rel=0.25)
    assert noise_share(means) == pytest.approx(noise / (noise + ISHIGAMI_VARIANCE), abs=0.05)


def test_common_noise_is_told_from_it_too():
    values = EXPECTED[:, None] + common_noise(POINTS, 64, 5.0)
    means = means_of(values)
    assert expected_variance(means) == pytest.approx(ISHIGAMI_VARIANCE, rel=0.05)
    assert noise_share(means) == pytest.approx(5.0 / (5.0 + ISHIGAMI_VARIANCE), abs=0.05)


def test_without_noise_its_share_is_nothing():
    means = means_of(np.repeat(EXPECTED[:, None], 3, axis=1))
    assert noise_share(means) == pytest.approx(0.0, abs=1e-12)
    assert expected_variance(means) == pytest.approx(EXPECTED.var())


def test_nothing_but_noise_leaves_no_variance():
    values = fresh_noise(POINTS, 4, 1.0)
    assert abs(expected_variance(means_of(values))) < 0.03
    assert noise_share(means_of(values)) > 0.97


def test_an_outcome_that_is_the_same_but_for_rounding_is_constant():
    assert is_constant(np.full((20, 2), 0.1))
    assert is_constant(0.3 + 1e-17 * np.arange(20.0)[:, None])
    assert is_constant(np.zeros((4, 1)))
    assert not is_constant(np.array([[0.0], [1e-9]]))
