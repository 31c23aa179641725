"""Designs: their shape, their range, their order, and SALib's own arrangements."""

import numpy as np
import pytest
from SALib.sample import sobol as salib_sobol
from SALib.util import scale_samples
from studies import plan, study
from worlds import SMALL

from qisim.design import sampling
from qisim.design.plan import Input
from qisim.design.plan_file import read
from qisim.design.sampling import (
    membership,
    number_of_points,
    one_scaled,
    points,
    problem,
    unit_points,
)

METHODS = ("factorial", "latin", "sobol", "random", "saltelli", "morris", "fast",
           "finite_difference", "shapley")  # fmt: skip
NESTED = ("sobol", "random", "saltelli", "morris", "finite_difference", "shapley")
SAMPLES = {"fast": 70}


def designed(method, **changes):
    samples = SAMPLES.get(method, 8)
    return plan(**{"design": {"method": method, "samples": samples}, **changes})


@pytest.mark.parametrize("method", METHODS)
def test_a_design_has_the_points_that_were_announced_within_their_ranges(method):
    study = designed(method)
    found = points(study)
    assert found.shape == (number_of_points(study), 4)
    for column, one in zip(found.T, study.inputs, strict=True):
        assert one.low <= column.min() < column.max() <= one.high


@pytest.mark.parametrize("method", METHODS)
def test_a_plan_always_gives_the_same_points_and_leaves_numpys_chance_alone(method):
    np.random.seed(3)
    first = points(designed(method))
    after = np.random.random()
    np.random.seed(3)
    assert after == np.random.random()
    assert points(designed(method)).tobytes() == first.tobytes()


@pytest.mark.parametrize("method", [m for m in METHODS if m != "factorial"])
def test_seed_zero_is_a_seed_like_any_other(method):
    zero, again, one = (points(designed(method, runs={"seed": seed})) for seed in (0, 0, 1))
    assert (zero == again).all()
    assert (zero != one).any()


@pytest.mark.parametrize("method", NESTED)
def test_a_larger_sample_begins_with_the_smaller_one(method):
    small = points(designed(method))
    large = points(plan(design={"method": method, "samples": 16}))
    assert len(large) == 2 * len(small)
    assert large[: len(small)].tobytes() == small.tobytes()


# --- scaling --------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", [
    Input("a", 0.5, 2.0),
    Input("a", 0.5, 2.0, "loguniform"),
    Input("a", 0.5, 2.0, "triangular", peak=1.0),
    Input("a", 0.5, 2.0, "triangular", peak=0.5),
])  # fmt: skip
def test_distributions_are_those_of_salib(one):
    share = np.linspace(0.0, 1.0, 101)
    known = {"num_vars": 1, "names": ["a"], "bounds": [sampling._bounds(one)],
             "dists": [sampling._SALIB[one.distribution]]}  # fmt: skip
    expected = scale_samples(share[:, None].copy(), known)[:, 0]
    np.testing.assert_allclose(one_scaled(share, one), expected, rtol=1e-12)


def test_a_triangle_that_peaks_at_its_upper_end_is_fine():
    one = Input("a", 0.0, 1.0, "triangular", peak=1.0)
    np.testing.assert_allclose(one_scaled(np.array([0.0, 0.25, 1.0]), one), [0.0, 0.5, 1.0])


def test_whole_numbers_are_equally_likely():
    one = Input("site.units", 1, 4, whole=True)
    found = one_scaled(np.linspace(0.0, 1.0, 4001), one)
    values, counts = np.unique(found, return_counts=True)
    assert values.tolist() == [1, 2, 3, 4]
    assert counts.max() - counts.min() <= 1


# --- designs --------------------------------------------------------------------------------------


def test_a_factorial_holds_every_combination_and_the_last_input_changes_fastest():
    study = plan(
        vary=[
            {"parameter": "tool.fit", "values": [0.6, 0.5]},
            {"parameter": "site.units", "low": 1, "high": 3},
            {"parameter": "workload.pressure", "low": 0.9, "high": 1.1},
        ],
        design={"method": "factorial", "levels": 2},
    )
    assert points(study).tolist() == [
        [fit, units, pressure] for fit in (0.5, 0.6) for units in (1, 3) for pressure in (0.9, 1.1)
    ]


def test_a_latin_hypercube_has_one_point_in_every_layer():
    layers = np.floor(unit_points(designed("latin")) * 8)
    assert all(sorted(column) == list(range(8)) for column in layers.T)


@pytest.mark.parametrize("second_order", [False, True])
@pytest.mark.parametrize("groups", ["parameter", "factor"])
def test_sobol_points_are_salibs_to_the_last_bit(second_order, groups):
    analysis = {"method": "sobol", "groups": groups, "second_order": second_order}
    study = plan(design={"method": "saltelli", "samples": 8}, analysis=analysis)
    unit = {**sampling._unit_problem(study)}
    expected = salib_sobol.sample(
        unit, 8, calc_second_order=second_order, seed=np.random.default_rng([study.seed, 0x50B0])
    )
    assert unit_points(study).tobytes() == expected.tobytes()


def test_groups_move_together():
    study = designed("morris", analysis={"method": "morris", "groups": "factor"})
    assert [list(np.flatnonzero(row)) for row in membership(study)] == [[0], [1], [2, 3]]
    steps = np.diff(unit_points(study).reshape(8, 4, 4), axis=1) != 0
    assert (steps[..., 2] == steps[..., 3]).all()
    assert (steps.sum(axis=(1, 2)) == 4).all()


def test_a_finite_difference_steps_along_one_input_at_a_time_and_stays_inside():
    study = designed("finite_difference")
    found = unit_points(study).reshape(8, 5, 4)
    moved = found[:, 1:] - found[:, :1]
    np.testing.assert_allclose(np.abs(moved), np.broadcast_to(0.05 * np.eye(4), moved.shape))
    assert found.min() >= 0.0
    assert found.max() <= 1.0


def test_salib_takes_the_problem():
    found = problem(plan(vary="uncertain", analysis={"method": "pawn", "groups": "factor"}))
    assert found["num_vars"] == len(found["names"]) == len(found["groups"])
    cube = np.random.default_rng(1).random((16, found["num_vars"]))
    scaled = scale_samples(cube, found)
    assert np.isfinite(scaled).all()


@pytest.mark.filterwarnings("ignore:FAST confidence intervals")
@pytest.mark.parametrize("method", ["morris", "efast", "shapley", "sobol", "dgsm"])
def test_every_analysis_of_salib_takes_its_points(method):
    from SALib.analyze import dgsm, fast, morris, shapley, sobol

    samples = 70 if method == "efast" else 64
    held = study(design={"samples": samples}, analysis={"method": method})
    held["design"].pop("method")
    made = read(held)
    x = points(made)
    y = (x / x.max(axis=0)) @ np.array([1.0, 2.0, 0.0, 4.0])
    given = {**problem(made)}
    if method == "morris":
        found = morris.analyze(given, x, y, num_levels=4, seed=1)["mu_star"]
    elif method == "efast":
        found = fast.analyze(given, y, seed=1)["ST"]
    elif method == "shapley":
        found = shapley.analyze(given, x, y)["shapley"]
    elif method == "dgsm":
        found = dgsm.analyze(given, x, y, seed=1)["dgsm"]
    else:
        found = sobol.analyze(given, y, calc_second_order=False, seed=1)["ST"]
    assert np.isfinite(found).all()
    assert np.argmin(found) == 2
    assert np.argmax(found) == 3


def test_a_scenario_from_a_mapping_has_a_design_too():
    assert len(points(plan(scenarios=[SMALL]))) == 8


@pytest.mark.parametrize("distribution", ["uniform", "loguniform", "triangular"])
def test_a_single_level_is_that_value_everywhere(distribution):
    one = Input("a", 0.5, 0.5, distribution, peak=0.5, values=(0.5,))
    assert (one_scaled(np.array([0.0, 0.3, 1.0]), one) == 0.5).all()
