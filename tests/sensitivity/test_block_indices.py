"""Indices: SALib's numbers where there is no noise, the truth where there is."""

import warnings
from itertools import combinations

import numpy as np
import pytest
from known_functions import (
    ISHIGAMI_S1,
    ISHIGAMI_ST,
    ISHIGAMI_VARIANCE,
    METHODS,
    SAMPLERS,
    G,
    common_noise,
    design_of,
    fresh_noise,
    g_problem,
    ishigami,
    ishigami_problem,
    sobol_g,
    sobol_g_truth,
)
from SALib.analyze import dgsm, fast, hdmr, morris, pawn, rbd_fast, shapley, sobol
from SALib.analyze.delta import calc_delta
from SALib.sample import sobol as sobol_sample

from qisim.design.plan_file import read
from qisim.design.sampling import unit_points
from qisim.errors import DataError
from qisim.model.parameters import FACTORS
from qisim.sensitivity.block_indices import elementary_effects, pairs, probabilities, terms_of
from qisim.sensitivity.convergence import estimated
from qisim.sensitivity.given_data import ESTIMATORS, _classes, distance
from qisim.sensitivity.sample import KINDS, Sample

CHANCE = np.random.default_rng(0)


def salib(analyze, *given, **named):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return analyze(*given, **named)


def one(values):
    return values[:, None]


# --- without noise: SALib's numbers -----------------------------------------------------------------


@pytest.mark.parametrize("groups", [None, ["a", "b", "a", "c"]])
@pytest.mark.parametrize("second", [False, True])
def test_sobol_is_salibs(groups, second):
    problem = ishigami_problem(groups=groups) if groups else ishigami_problem()
    points = sobol_sample.sample(dict(problem), 128, calc_second_order=second, seed=3)
    y = ishigami(points)
    found = terms_of(Sample("sobol", problem, points, second_order=second), one(y)).estimate()
    known = salib(sobol.analyze, problem, y, calc_second_order=second)
    assert found["S1"] == pytest.approx(known["S1"], abs=1e-12)
    assert found["ST"] == pytest.approx(known["ST"], abs=1e-12)
    if second:
        apart = [known["S2"][pair] for pair in pairs(len(found["S1"]))]
        assert found["S2"] == pytest.approx(apart, abs=1e-12)


@pytest.mark.parametrize("groups", [None, ["a", "b", "a", "c"]])
def test_morris_is_salibs(groups):
    problem = ishigami_problem(groups=groups) if groups else ishigami_problem()
    design = design_of("morris", 20, problem)
    y = ishigami(design.points)
    found = terms_of(design, one(y)).estimate()
    known = salib(morris.analyze, dict(problem), design.points, y)
    for name in ("mu", "mu_star", "sigma"):
        expected = np.ma.filled(known[name], np.nan)
        assert found[name] == pytest.approx(expected, abs=1e-10, nan_ok=True)


def test_shapley_is_salibs_and_a_factor_has_the_sum():
    design = design_of("shapley", 50)
    y = ishigami(design.points)
    known = salib(shapley.analyze, design.problem, design.points, y)["shapley_normalized"]
    assert terms_of(design, one(y)).estimate()["shapley"] == pytest.approx(known, abs=1e-12)
    grouped = Sample("shapley", ishigami_problem(groups=list("abac")), design.points)
    found = terms_of(grouped, one(y)).estimate()["shapley"]
    assert found == pytest.approx([known[0] + known[2], known[1], known[3]], abs=1e-12)


def test_dgsm_is_salibs_for_uniform_inputs():
    design = design_of("dgsm", 64)
    y = ishigami(design.points)
    known = salib(dgsm.analyze, design.problem, design.points, y)
    assert terms_of(design, one(y)).estimate()["dgsm"] == pytest.approx(known["dgsm"], rel=1e-9)


def test_dgsm_is_per_unit_of_probability_whatever_the_distribution():
    """The same function of the same probabilities has the same bound."""
    flat = {"names": ["a", "b"], "num_vars": 2, "bounds": [[0, 1]] * 2}
    bent = {**flat, "bounds": [[1.0, np.e], [0, 2, 0.3]], "dists": ["logunif", "triang"]}
    chance = np.random.default_rng(1)
    from SALib.util import scale_samples

    base = chance.uniform(0.1, 0.9, (50, 1, 2))
    steps = np.array([[0, 0], [0.01, 0], [0, 0.01]])
    u = (base + steps).reshape(-1, 2)
    y = np.sin(3 * u[:, 0]) + u[:, 1] ** 2
    x = scale_samples(u.copy(), dict(bent))
    assert probabilities(bent, x) == pytest.approx(u, abs=1e-9)
    found = [terms_of(Sample("dgsm", *its), one(y)).estimate() for its in ((flat, u), (bent, x))]
    assert found[0]["dgsm"] == pytest.approx(found[1]["dgsm"], rel=1e-6)


def test_dgsm_refuses_a_step_of_nothing_instead_of_dividing_by_it():
    design = design_of("dgsm", 16)
    points = design.points.copy()
    points[1] = points[0]
    with pytest.raises(DataError, match=r"base point 0 .* no step in x1"):
        terms_of(Sample("dgsm", design.problem, points), one(ishigami(points)))


def test_efast_rbd_fast_pawn_and_hdmr_are_salibs():
    design = design_of("efast", 4 * 128)
    single = Sample("efast", design.problem, design.points[: 4 * 129])
    y = ishigami(single.points)
    found, known = (
        ESTIMATORS["efast"](single, one(y), CHANCE),
        salib(fast.analyze, single.problem, y),
    )
    assert found["S1"] == pytest.approx(np.array(known["S1"], float), abs=1e-12)
    assert found["ST"] == pytest.approx(np.array(known["ST"], float), abs=1e-12)
    for points in (400, 401):
        design = design_of("rbd_fast", points)
        y = ishigami(design.points)
        known = salib(rbd_fast.analyze, design.problem, design.points, y)["S1"]
        found = ESTIMATORS["rbd_fast"](design, one(y), CHANCE)["S1"]
        assert found == pytest.approx(np.array(known, float), abs=1e-12)
    known = salib(pawn.analyze, design.problem, design.points, y)
    found = ESTIMATORS["pawn"](design_of("pawn", points), one(y), CHANCE)
    assert found["median"] == pytest.approx(known["median"], abs=1e-12)
    known = salib(hdmr.analyze, dict(design.problem), design.points, (y - y.mean()) / y.std(), K=1)
    found = ESTIMATORS["hdmr"](design_of("hdmr", points), one(y), CHANCE)
    assert found["S1"] == pytest.approx(known["S"][:4], abs=1e-9)
    assert found["ST"] == pytest.approx(np.array(known["ST"][:4], float), abs=1e-9)


@pytest.mark.parametrize("points", [97, 500, 2000])
def test_the_distance_behind_delta_is_salibs(points):
    design = design_of("delta", points)
    y = np.round(ishigami(design.points), 1 if points == 97 else 9)
    again = np.random.default_rng(4).integers(points, size=points)
    edges = np.linspace(0, points, _classes(points) + 1)
    for pick in (slice(None), again):
        column, outcome = design.points[pick, 1], y[pick]
        grid = np.linspace(outcome.min(), outcome.max(), 100)
        known = salib(calc_delta, outcome, grid, column, edges)
        assert distance(outcome, column) == pytest.approx(known, abs=1e-12)


# --- with noise: the truth --------------------------------------------------------------------------

FUNCTIONS = {
    "ishigami": (ishigami_problem, ishigami, ISHIGAMI_S1, ISHIGAMI_ST, ISHIGAMI_VARIANCE),
    "g": (g_problem, sobol_g, *sobol_g_truth()),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("kind", ["fresh", "common"])
@pytest.mark.parametrize("share", [0.3, 0.7])
def test_sobol_finds_the_truth_under_noise(name, kind, share):
    problem, function, s1, st, variance = FUNCTIONS[name]
    design = design_of("sobol", 2048, problem(), common=kind == "common")
    replicates = 8 if kind == "fresh" else 64
    make = fresh_noise if kind == "fresh" else common_noise
    noise = make(design.points, replicates, variance * share / (1 - share), seed=7)
    found = estimated(design, function(design.points)[:, None] + noise, resamples=200)
    # common noise bends with x2, so it is partly an effect of x2 in these very replicates
    assert found.indices["S1"] == pytest.approx(s1, abs=0.05)
    assert found.indices["ST"] == pytest.approx(st, abs=0.05)
    assert found.share == pytest.approx(share, abs=0.05)
    inert = found.indices["ST"][3] + found.half_width("ST")[3]
    assert -0.02 < found.indices["ST"][3] < 0.02 and inert < 0.05


def test_pairs_of_ishigami_are_known_under_noise():
    """Only the first and the third input act together: V13 = 8 b**2 pi**8 / 225."""
    design = Sample(
        "sobol", ishigami_problem(), sobol_sample.sample(ishigami_problem(), 4096, seed=1),
        common=False, second_order=True,
    )  # fmt: skip
    noise = fresh_noise(design.points, 4, ISHIGAMI_VARIANCE / 4, seed=5)
    found = terms_of(design, ishigami(design.points)[:, None] + noise).estimate()["S2"]
    truth = {(0, 2): 8 * 0.1**2 * np.pi**8 / 225 / ISHIGAMI_VARIANCE}
    for pair, value in zip(pairs(4), found, strict=True):
        assert value == pytest.approx(truth.get(pair, 0.0), abs=0.04), pair


def test_shapley_effects_of_the_g_function_are_its_divided_interplay():
    """Of a product of independent factors each pair's and triple's share is divided evenly."""
    each = 1.0 / (3 * (1 + G) ** 2)
    whole, shares = np.prod(1 + each) - 1, np.zeros(4)
    for size in (1, 2, 3, 4):
        for some in combinations(range(4), size):
            shares[list(some)] += np.prod(each[list(some)]) / size / whole
    design = design_of("shapley", 6000, g_problem(), common=False)
    found = terms_of(design, sobol_g(design.points)[:, None]).estimate()["shapley"]
    assert shares.sum() == pytest.approx(1.0)
    assert found == pytest.approx(shares, abs=0.03)


def test_without_the_correction_noise_would_pass_for_sensitivity():
    design = design_of("sobol", 1024, common=False)
    noise = fresh_noise(design.points, 2, ISHIGAMI_VARIANCE, seed=2)
    values = ishigami(design.points)[:, None] + noise
    raw = terms_of(design, values.mean(axis=1, keepdims=True)).estimate()["ST"]
    assert raw[3] > 0.25
    assert abs(estimated(design, values, 50).indices["ST"][3]) < 0.05


@pytest.mark.parametrize(("method", "n", "index", "truth"), [
    ("efast", 4 * 512, "S1", ISHIGAMI_S1),
    ("efast", 4 * 512, "ST", ISHIGAMI_ST),
    ("rbd_fast", 4000, "S1", ISHIGAMI_S1),
    ("hdmr", 2000, "S1", [0.316, 0.37, 0.0, 0.0]),  # cubic splines miss part of sin(x2)^2
    ("shapley", 4000, "shapley", [0.4357, 0.4424, 0.1218, 0.0]),
])  # fmt: skip
def test_other_variance_based_methods_find_the_truth_under_noise(method, n, index, truth):
    design = design_of(method, n, common=False)
    noise = fresh_noise(design.points, 8, ISHIGAMI_VARIANCE / 2, seed=3)
    found = ESTIMATORS[method](design, ishigami(design.points)[:, None] + noise, CHANCE) if (
        method in ESTIMATORS
    ) else terms_of(design, ishigami(design.points)[:, None] + noise).estimate()  # fmt: skip
    assert found[index] == pytest.approx(truth, abs=0.05)


def test_an_inert_input_has_no_effect_in_morris_however_noisy():
    design = design_of("morris", 400, common=False)
    clean = terms_of(design, one(ishigami(design.points))).estimate()
    noise = fresh_noise(design.points, 8, ISHIGAMI_VARIANCE, seed=3)
    values = ishigami(design.points)[:, None] + noise
    found = terms_of(design, values).estimate()
    naive = np.abs(elementary_effects(design, design.in_blocks(values))[0].mean(axis=-1)).mean(
        axis=0
    )
    assert naive[3] > 1.0 and abs(found["mu_star"][3]) < 0.3
    assert found["mu_star"] == pytest.approx(clean["mu_star"], rel=0.25, abs=0.3)
    assert found["sigma"] == pytest.approx(clean["sigma"], rel=0.15, abs=1.0)
    assert found["mu"] == pytest.approx(clean["mu"], abs=0.5)


@pytest.mark.parametrize("method", ["delta", "pawn"])
def test_an_inert_input_is_at_the_floor(method):
    design = design_of(method, 1500, common=False)
    noise = fresh_noise(design.points, 4, ISHIGAMI_VARIANCE / 2, seed=3)
    found = ESTIMATORS[method](design, ishigami(design.points)[:, None] + noise, CHANCE)
    main = found[design.kind.main]
    assert main[3] == pytest.approx(found["floor"][3], abs=0.04)
    assert (main[:2] > found["floor"][:2] + 0.08).all()


EIGHT = ["tool.fit", "tool.usability", *(f"factors.{name}" for name in FACTORS[:6])]
"""Inputs of a design; what they do is not the model's, but `three_of_eight`'s."""


def on_default_design(method, seed, points=256):
    plan = read({
        "scenarios": "internal", "vary": EIGHT, "design": {"samples": points},
        "runs": {"seed": seed}, "analysis": {"method": method},
    })  # fmt: skip
    return unit_points(plan), {"names": EIGHT, "num_vars": 8, "bounds": [[0.0, 1.0]] * 8}


def three_of_eight(unit):
    return one(unit @ np.array([2.0, 1.0, 0.5, 0, 0, 0, 0, 0]))


def test_rbd_fast_finds_inert_inputs_inert_on_its_default_design_whatever_the_seed():
    """On a Sobol' sequence some seed in twenty gives an inert input half of the variance."""
    found = []
    for seed in range(40):
        unit, problem = on_default_design("rbd_fast", seed)
        design = Sample("rbd_fast", problem, unit)
        found.append(ESTIMATORS["rbd_fast"](design, three_of_eight(unit), CHANCE)["S1"])
    assert np.abs(np.array(found)[:, 3:]).max() < 0.15
    assert np.mean(found, axis=0)[:3] == pytest.approx(np.array([4, 1, 0.25]) / 5.25, abs=0.03)


@pytest.mark.parametrize(("method", "above"), [("delta", 0.06), ("pawn", 0.06)])
def test_inert_inputs_stay_near_the_floor_on_the_default_design_whatever_the_seed(method, above):
    for seed in range(6):
        unit, problem = on_default_design(method, seed)
        found = ESTIMATORS[method](Sample(method, problem, unit), three_of_eight(unit), CHANCE)
        assert (found[KINDS[method].main][3:] < found["floor"][3:] + above).all()
        assert found[KINDS[method].main][0] > found["floor"][0] + 0.2


def test_hdmr_finds_inert_inputs_inert_on_its_default_design():
    unit, problem = on_default_design("hdmr", 1, 512)
    found = ESTIMATORS["hdmr"](Sample("hdmr", problem, unit), three_of_eight(unit), CHANCE)
    assert np.abs(found["S1"][3:]).max() < 0.02


@pytest.mark.parametrize("method", ["delta", "pawn"])
@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0]])
def test_every_input_has_a_floor_of_its_own_kind_wherever_it_stands(method, order):
    """An input of two values fills two classes; less is shown by chance than in ten."""
    chance = np.random.default_rng(4)
    columns = np.stack([chance.integers(0, 2, 400), chance.random(400), chance.random(400)], axis=1)
    y = one(3.0 * columns[:, 1])
    problem = {"names": ["a", "b", "c"], "num_vars": 3, "bounds": [[0.0, 1.0]] * 3}
    found = ESTIMATORS[method](Sample(method, problem, columns[:, order]), y, CHANCE)
    main, floor = (found[name][np.argsort(order)] for name in (KINDS[method].main, "floor"))
    assert main[1] > 0.4
    assert main[[0, 2]] == pytest.approx(floor[[0, 2]], abs=0.06)
    if method == "pawn":
        assert floor[0] < 0.06 < floor[2]


@pytest.mark.parametrize("method", METHODS)
def test_an_input_without_effect_on_common_numbers_has_exactly_none(method):
    if method in ("sobol", "morris", "shapley", "dgsm"):
        design = design_of(method, 64)
        noise = common_noise(design.points, 4, 5.0)
        found = terms_of(design, ishigami(design.points)[:, None] + noise).estimate()
        assert found[design.kind.main][3] == pytest.approx(0.0, abs=1e-12)


def test_all_samplers_are_there():
    assert set(SAMPLERS) == set(METHODS)
