"""Shapley effects of inputs that hang together, against what is known of them."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from scipy.stats import norm

from qisim.cli.main import exit_code
from qisim.errors import InputError
from qisim.sensitivity.correlated import conditioned, factor_of
from qisim.sensitivity.findings import found_for
from qisim.sensitivity.planning import planned
from qisim.sensitivity.responses import sample_of
from qisim.sensitivity.sample import Sample
from qisim.sensitivity.study import sensitivity

TWO = ["tool.fit", "tool.usability"]
PAIR = "tool.fit,tool.usability=0.6"
MATRIX = np.array(
    [[1.0, 0.7, 0.0, 0.0], [0.7, 1.0, -0.3, 0.0], [0.0, -0.3, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
)
SLOPES = np.array([1.0, 0.0, 2.0, 1.5])
"""The second input does nothing itself, and goes with two that do."""


def of_normals(slopes, matrix):
    """Return Shapley effects of a sum of normal inputs, by way of every set of them (Owen & Prieur 2017)."""
    inputs, cost = len(slopes), {}
    for size in range(inputs + 1):
        for some in combinations(range(inputs), size):
            known = list(some)
            pull = matrix[:, known] @ np.linalg.inv(matrix[np.ix_(known, known)])
            cost[some] = slopes @ pull @ matrix[known] @ slopes if known else 0.0
    found = np.zeros(inputs)
    for some, value in cost.items():
        for i in set(range(inputs)) - set(some):
            more = cost[tuple(sorted((*some, i)))] - value
            found[i] += more / inputs / comb(inputs - 1, len(some))
    return found / cost[tuple(range(inputs))]


def design(matrix, blocks, seed=1, **more):
    """Return a Shapley sample of normal inputs with these correlations."""
    width, chance = len(matrix), np.random.default_rng(seed)
    ends = chance.random((blocks, 2, width))
    order = np.argsort(chance.random((blocks, width)), axis=1).argsort(axis=1)
    kept = order[:, None, :] >= np.arange(width + 1)[None, :, None]
    unit = np.where(kept, ends[:, :1], ends[:, 1:]).reshape(-1, width)
    points = norm.ppf(conditioned(unit, matrix, factor_of(matrix)))
    names = [f"x{i}" for i in range(width)]
    problem = {"names": names, "num_vars": width, "bounds": [[-9.0, 9.0]] * width}
    return Sample("shapley", problem, points, seed=seed, **more)


def estimate(sample, values):
    return found_for(sample, "a", "y", values, 200, steps=False).estimate


@pytest.mark.parametrize("rho", [-0.8, 0.0, 0.5, 0.9])
def test_two_inputs_have_the_effects_of_the_closed_form(rho):
    """Owen & Prieur 2017: the first of two has a^2 (1 - rho^2 / 2) + a b rho + b^2 rho^2 / 2."""
    a, b = 1.0, 2.0
    matrix = np.array([[1.0, rho], [rho, 1.0]])
    whole = a * a + b * b + 2 * a * b * rho
    first = (a * a * (1 - rho**2 / 2) + a * b * rho + b * b * rho**2 / 2) / whole
    assert of_normals(np.array([a, b]), matrix) == pytest.approx([first, 1 - first])
    sample = design(matrix, 4000)
    found = estimate(sample, sample.points @ [[a], [b]])
    half = found.half_width("shapley")
    assert half.max() < 0.06
    assert np.all(np.abs(found.indices["shapley"] - [first, 1 - first]) < 1.7 * half)


def test_four_inputs_with_noise_have_the_effects_of_all_their_sets():
    truth, sample = of_normals(SLOPES, MATRIX), design(MATRIX, 3000, common=False)
    clean = sample.points @ SLOPES[:, None]
    noise = np.random.default_rng(3).normal(0.0, 3.0, (len(clean), 4))
    found = estimate(sample, clean + noise)
    assert truth[1] > 0.02  # it does nothing, and goes with those that do
    assert found.indices["shapley"].sum() == pytest.approx(1.0)
    assert np.all(np.abs(found.indices["shapley"] - truth) < 1.7 * found.half_width("shapley"))
    assert found.share == pytest.approx(9.0 / (9.0 + SLOPES @ MATRIX @ SLOPES), abs=0.03)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    truth, held = of_normals(SLOPES, MATRIX), 0
    for seed in range(40):
        sample = design(MATRIX, 300, seed=100 + seed)
        found = estimate(sample, sample.points @ SLOPES[:, None])
        held += int(np.sum(np.abs(found.indices["shapley"] - truth) < found.half_width("shapley")))
    assert 0.88 < held / 160 <= 1.0


def test_every_point_has_the_correlations_and_each_step_moves_one_input_more():
    sample = design(MATRIX, 4000)
    blocks = sample.points.reshape(-1, 5, 4)
    for step in range(5):
        assert np.corrcoef(blocks[:, step].T) == pytest.approx(MATRIX, abs=0.06)
    assert np.all((blocks != blocks[:, :1]).sum(axis=2) == np.arange(5))
    # what has not moved says of what has as much as the correlation has it
    ends = np.corrcoef(blocks[:, 0].T, blocks[:, 4].T)[:4, 4:]
    assert ends == pytest.approx(np.zeros((4, 4)), abs=0.06)


def test_without_correlation_the_points_are_those_of_the_design():
    given = {"method": "shapley", "vary": [*TWO, "use.habit_days"], "samples": 16}
    free = sample_of(planned("internal", **given)).points
    none = planned("internal", correlate=["tool.fit,tool.usability=0"], **given)
    assert none.design.table == pytest.approx(free)
    tied = planned("internal", correlate=[PAIR], **given).design.table
    assert np.array_equal(tied[:, 2], free[:, 2]) and not np.allclose(tied, free)
    larger = planned("internal", correlate=[PAIR], **{**given, "samples": 32}).design.table
    assert np.array_equal(larger[: len(tied)], tied)


def test_of_a_sum_of_independent_inputs_they_are_sobols():
    sample = design(np.eye(4), 4000)
    found = estimate(sample, sample.points @ SLOPES[:, None])
    truth = SLOPES**2 / (SLOPES**2).sum()
    assert found.indices["shapley"] == pytest.approx(truth, abs=0.03)
    assert found.indices["shapley"][1] == pytest.approx(0.0, abs=1e-12)


def test_it_is_run_and_made_again_from_its_folder(tmp_path, capsys):
    from qisim.reproduction import reproduce

    made = sensitivity(
        "internal", method="shapley", vary=TWO, correlate=[PAIR], samples=16, replicates=3,
        set={"run.weeks": 40, "site.staff_per_unit": 12}, outcome=["adoption_mean"], workers=1,
        store=tmp_path / "store", out=tmp_path / "out",
    )  # fmt: skip
    assert "Inputs hang together" in made.summary()
    again = reproduce(tmp_path / "out", workers=1)
    assert again.same_values and "design.csv" in again.alike
    told = ["sensitivity", "internal", "--method", "shapley", "--correlate", PAIR, "--until", "0.1"]
    assert exit_code([*told, "--vary", TWO[0], "--vary", TWO[1]]) == 2
    assert "cannot grow" in capsys.readouterr().err
    with pytest.raises(InputError, match="too small a sample"):
        sensitivity("internal", method="shapley", vary=TWO, correlate=[PAIR], samples=3)
