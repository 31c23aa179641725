"""Numbers that come out the same everywhere, held against functions of numpy that need not."""

import numpy as np
import pytest

from qisim.numerics import cube_root, eigen, exp, interpolated, log, orthonormal, single


@pytest.mark.parametrize("seed", range(5))
def test_a_basis_spans_what_qr_spans(seed):
    columns = np.random.default_rng(seed).normal(size=(4, 60))
    found = orthonormal(list(columns))
    np.testing.assert_allclose(found @ found.T, np.eye(4), atol=1e-14)
    q, _ = np.linalg.qr(columns.T)
    np.testing.assert_allclose(found.T @ found, q @ q.T, atol=1e-12)


def test_a_column_that_others_span_is_left_out():
    one, other = np.ones(9), np.arange(9.0)
    assert orthonormal([one, other, 3.0 * one - other, np.zeros(9)]).shape == (2, 9)


def test_columns_that_are_nearly_alike_are_still_orthogonal():
    x = np.linspace(0.0, 1.0, 500)
    found = orthonormal([x**0, x, x + 1e-7 * x * x])
    assert len(found) == 3
    np.testing.assert_allclose(found @ found.T, np.eye(3), atol=1e-12)


@pytest.mark.parametrize("value", [0.0, 1.0, -8.0, 1.01, 0.987, 27.0, -1e-12, 4e9])
def test_cube_roots(value):
    assert cube_root(value) == pytest.approx(np.cbrt(value), rel=1e-14, abs=0.0)


@pytest.mark.parametrize("seed", range(20))
def test_a_line_through_points_is_that_of_numpy(seed):
    chance = np.random.default_rng(seed)
    size = int(chance.integers(1, 12))
    x, y = np.sort(chance.integers(0, 9, size) / 8.0), chance.normal(size=size)
    at = chance.uniform(-0.2, 1.3, 40)
    at = at[~np.isin(at, x)]
    np.testing.assert_allclose(interpolated(at, x, y), np.interp(at, x, y), rtol=1e-12, atol=1e-14)


def test_random_numbers_that_differ_in_the_last_digit_only_are_the_same():
    drawn = np.random.default_rng(1).standard_normal(1000)
    np.testing.assert_array_equal(single(drawn), single(np.nextafter(drawn, 9.0)))
    np.testing.assert_allclose(single(drawn), drawn, rtol=1e-7)


EDGES = [0.0, -0.0, 1.0, -708.0, 709.0, 708.4, np.nextafter(-708.0, -800.0), np.nextafter(709.0, 800.0),
         np.inf, -np.inf, np.nan, 5e-324, 0.7071067811865476, 1e308]  # fmt: skip


@pytest.mark.parametrize("function", [exp, log])
def test_a_number_alone_is_as_among_many(function):
    chance = np.random.default_rng(3)
    numbers = np.concatenate([EDGES, chance.uniform(-720, 720, 3000), chance.normal(0, 1e-8, 500)])
    alone = np.array([float(function(float(one))) for one in numbers])
    together = function(numbers)
    np.testing.assert_array_equal(alone.view(np.int64), together.view(np.int64))
    kept = np.abs(numbers) < 700.0
    np.testing.assert_array_equal(function(numbers[kept]), together[kept])  # without the edges too
    with np.errstate(all="ignore"):
        expected = getattr(np, function.__name__)(np.where(numbers < -708.0, -np.inf, numbers))
    fine = kept | np.isinf(numbers) | (np.abs(numbers) <= 708.0)
    np.testing.assert_allclose(together[fine], expected[fine], rtol=1e-15)


@pytest.mark.parametrize(("size", "rank"), [(1, 1), (5, 5), (12, 4)])
def test_eigenvectors_are_those_of_lapack(size, rank):
    part = np.random.default_rng(size).normal(size=(size, rank))
    values, vectors = eigen(part @ part.T)
    np.testing.assert_allclose(values, np.linalg.eigvalsh(part @ part.T)[::-1], atol=1e-13)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(size), atol=1e-13)
    np.testing.assert_allclose(vectors * values @ vectors.T, part @ part.T, atol=1e-12)
