"""Intervals that hold what they say, rankings that are stable or not, samples that are nested."""

import numpy as np
import pytest
from found import values_of
from known_functions import (
    ISHIGAMI_ST,
    METHODS,
    design_of,
    ishigami,
    ishigami_problem,
)
from SALib.sample import morris, sobol

from qisim.design.sampling import sobol_sequence
from qisim.sensitivity.convergence import (
    Estimate,
    estimated,
    half_width_of,
    nested,
    ranking,
    settled,
)
from qisim.sensitivity.replicate_noise import expected_variance
from qisim.sensitivity.sample import Sample

SMALL = {"hdmr": 600, "rbd_fast": 300, "delta": 200, "pawn": 200, "efast": 4 * 80}


def small(method, **more):
    return design_of(method, SMALL.get(method, 64), **more)


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_fixes_all_and_zero_is_a_seed_like_any_other(method):
    design = small(method)
    values = values_of(design)
    again = [
        estimated(
            Sample(method, design.problem, design.points, seed=seed, curve=design.curve), values, 12
        )
        for seed in (0, 0, 1)
    ]
    main = design.kind.main
    assert np.array_equal(again[0].draws[main], again[1].draws[main])
    assert not np.array_equal(again[0].draws[main], again[2].draws[main])


@pytest.mark.parametrize("method", METHODS)
def test_it_leaves_numpys_own_chance_alone(method):
    design = small(method)
    np.random.seed(7)
    before = np.random.get_state()[1].copy()
    estimated(design, values_of(design), 4)
    assert np.array_equal(before, np.random.get_state()[1])


@pytest.mark.parametrize("kind", ["fresh", "common"])
@pytest.mark.parametrize("method", ["sobol", "shapley", "dgsm", "efast"])
def test_intervals_cover_the_truth_about_as_often_as_they_say(method, kind):
    """Against the mean of many analyses: an interval that is half as wide covers in 67 % only."""
    common, many = kind == "common", 60
    main, found, halves = None, [], []
    for seed in range(many):
        design = small(method, seed=seed, common=common)
        main = design.kind.main
        estimate = estimated(design, values_of(design, 4, 8.0, seed), 100)
        found.append(estimate.indices[main])
        halves.append(estimate.half_width(main))
    covered = np.abs(np.array(found) - np.mean(found, axis=0)) <= np.array(halves)
    assert covered[:, :3].mean() > 0.82


def test_with_common_replicates_their_luck_widens_the_interval():
    design = small("sobol")
    values = values_of(design, 5, 20.0)
    blind = Sample("sobol", design.problem, design.points, common=False, seed=1)
    aware, unaware = (estimated(one, values, 400).half_width("ST")[1] for one in (design, blind))
    assert aware > 1.1 * unaware


def test_more_blocks_and_more_replicates_make_intervals_narrower():
    widths = {}
    for blocks, replicates in ((64, 2), (256, 2), (64, 16)):
        design = design_of("sobol", blocks, common=False)
        estimate = estimated(design, values_of(design, replicates, 10.0), 400)
        widths[blocks, replicates] = estimate.half_width("ST")[3]
    assert widths[256, 2] < 0.7 * widths[64, 2]
    assert widths[64, 16] < 0.5 * widths[64, 2]


def test_one_curve_of_efast_has_no_interval():
    design = small("efast")
    single = design.only(np.array([0]))
    estimate = estimated(single, values_of(single), 50)
    assert estimate.draws == {} and np.isnan(estimate.half_width("ST")).all()
    assert np.isnan(settled(estimate, "ST").half_width)


def made(values, spread, draws=400):
    chance = np.random.default_rng(0)
    values = np.array(values, float)
    around = values + spread * chance.standard_normal((draws, len(values)))
    none = np.zeros(draws)
    return Estimate({"ST": values}, {"ST": around}, 1.0, 0.0, none, none, 0.0)


def test_a_ranking_is_settled_when_draws_agree():
    sure = settled(made([0.1, 0.5, 0.3, 0.0], 0.01), "ST", top=2)
    assert sure.top == [1, 2] and sure.same_set == sure.same_order == 1.0
    assert sure.half_width == pytest.approx(0.0196, rel=0.15)
    tied = settled(made([0.3, 0.3, 0.1], 0.02), "ST", top=2)
    assert tied.same_set == 1.0 and 0.4 < tied.same_order < 0.6
    unsure = settled(made([0.1, 0.1, 0.1], 0.05), "ST", top=1)
    assert unsure.same_set < 0.6


def test_an_input_without_a_value_is_in_no_ranking():
    assert ranking(np.array([np.nan, 0.1, np.nan, 0.4])).tolist() == [3, 1]
    assert settled(made([np.nan, np.nan], 0.0), "ST").top == []


def test_half_width_is_that_of_a_normal_interval():
    draws = np.random.default_rng(1).normal(0, 2, (20_000, 1))
    assert half_width_of(draws) == pytest.approx([3.92], rel=0.03)
    assert np.isnan(half_width_of(None, (3,))).all()


@pytest.mark.parametrize("second", [False, True])
@pytest.mark.parametrize("seed", [0, 5])
def test_doubling_the_sobol_or_morris_sample_keeps_every_point(second, seed):
    for groups in (None, ["a", "b", "a", "c"]):
        problem = ishigami_problem(groups=groups) if groups else ishigami_problem()
        one, two = (
            sobol.sample(dict(problem), n, calc_second_order=second, seed=seed) for n in (32, 64)
        )
        assert np.array_equal(one, two[: len(one)])
        one, two = (morris.sample(dict(problem), n, seed=seed) for n in (8, 16))
        assert np.array_equal(one, two[: len(one)])


def test_smaller_samples_are_the_first_blocks_of_the_whole():
    design = small("sobol")
    values = values_of(design)
    steps = list(nested(design, values, lambda *given: estimated(*given, resamples=50)))
    assert [blocks for blocks, _ in steps] == [4, 8, 16, 32]
    first = design_of("sobol", 32)
    assert np.array_equal(first.points, design.points[: len(first.points)])
    alone = estimated(first, values[: len(first.points)], 50)
    assert np.array_equal(steps[-1][1].indices["ST"], alone.indices["ST"])


def test_convergence_is_to_the_truth():
    design = design_of("sobol", 4096)
    values = ishigami(design.points)[:, None]
    steps = list(nested(design, values, lambda *given: estimated(*given, resamples=50)))
    errors = [np.abs(one.indices["ST"] - ISHIGAMI_ST).max() for _, one in steps]
    assert errors[-1] < 0.02 and errors[-1] < errors[0]


def test_a_thousand_resamples_are_means_of_the_same_blocks():
    """The vectorised bootstrap gives what picking blocks one resample at a time gives."""
    from qisim.sensitivity.block_indices import terms_of
    from qisim.sensitivity.convergence import block_weights, generator

    design = small("sobol", common=False)
    values = values_of(design)
    draws = estimated(design, values, 3).draws["ST"]
    (weights,) = block_weights(design.blocks, 3, generator(design))
    counts = np.rint(weights * design.blocks).astype(int)
    terms = terms_of(design, values)
    for draw, count in zip(draws, counts, strict=True):
        picked = {
            name: np.repeat(column, count, axis=0).mean(axis=0)[None]
            for name, column in terms.columns.items()
        }
        assert terms.indices(picked)["ST"][0] == pytest.approx(draw, abs=1e-10)
        assert expected_variance(picked)[0] > 0


def test_resamples_a_few_at_a_time_are_the_same_resamples(monkeypatch):
    from qisim.sensitivity import convergence

    at_once = np.concatenate(list(convergence.block_weights(64, 50, np.random.default_rng(1))))
    monkeypatch.setattr(convergence, "WEIGHTS", 64 * 7)
    parts = list(convergence.block_weights(64, 50, np.random.default_rng(1)))
    assert max(map(len, parts)) == 7 and np.array_equal(np.concatenate(parts), at_once)


@pytest.mark.parametrize("replicates", [3, 4, 8])
def test_intervals_hold_the_luck_of_few_common_replicates(replicates):
    """Each world has effects of its own; what is asked for are the indices of the mean effects."""
    problem = {"names": ["x1", "x2"], "num_vars": 2, "bounds": [[0.0, 1.0]] * 2}
    truth, hits = np.array([1.0, 0.49]) / 1.49, []
    for seed in range(60):
        base = sobol_sequence(4, 128, seed)
        a, b = base[:, :2], base[:, 2:]
        mixed = [np.stack([b[:, 0], a[:, 1]], 1), np.stack([a[:, 0], b[:, 1]], 1)]
        points = np.stack([a, *mixed, b], axis=1).reshape(-1, 2)
        luck = 0.3 * np.random.default_rng(seed).standard_normal((replicates, 2))
        values = points @ (np.array([1.0, 0.7]) + luck).T
        one = estimated(Sample("sobol", problem, points, seed=seed), values, 200)
        hits.append(np.abs(one.indices["ST"] - truth) <= one.half_width("ST"))
    assert np.mean(hits) >= 0.94
