"""What a pattern is, how numbers and intervals come from runs, and how they are judged."""

import math

import numpy as np
import pytest

from qisim.comparison.paired import interval_of
from qisim.model.evidence import sources
from qisim.model.parameters import PARAMETERS
from qisim.validation.patterns import PATTERNS, TUNED
from qisim.validation.patterns.declaring import (
    ANYTHING,
    Judged,
    Measured,
    Quantity,
    at_least,
    judged,
)
from qisim.validation.patterns.measuring import (
    Estimate,
    Runs,
    crossing,
    jackknifed,
    odds_ratio,
    slope,
)

CHANCE = np.random.default_rng(1)


def runs_of(**arms):
    """Return runs with one series, use, of shape (weeks, replicates) for each arm."""
    return Runs({(name, "use"): np.asarray(values, np.float64) for name, values in arms.items()})


def quantity(low, high, **rest):
    return Quantity("q", "a number", "points", lambda runs: 0.0, low, high, "a judgement", **rest)


# --- intervals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("replicates", [2, 30, 100])
def test_the_interval_of_a_mean_difference_is_that_of_the_paired_t(replicates):
    a, b = CHANCE.random((2, 12, replicates))
    runs = runs_of(a=a, b=b)
    found = jackknifed(lambda r: r.over_all("a", "use") - r.over_all("b", "use"), runs)
    delta = a.mean(axis=0) - b.mean(axis=0)
    assert found.value == pytest.approx(delta.mean())
    assert found[1:] == pytest.approx(interval_of(delta))


def test_many_replicates_are_left_out_in_a_hundred_groups():
    values = CHANCE.random((3, 1000))
    runs = runs_of(a=values)
    assert runs.groups == 100
    found = jackknifed(lambda r: r.over_all("a", "use"), runs)
    low, high = interval_of(values.mean(axis=0))
    assert (found.high - found.low) == pytest.approx(high - low, rel=0.3)


def test_a_group_is_left_out_of_means_and_of_values_alike():
    values = CHANCE.random((4, 250))
    part = runs_of(a=values).without(7)
    assert part.values("a", "use").shape == (4, 247)
    assert part.mean("a", "use") == pytest.approx(part.values("a", "use").mean(axis=1))


def test_the_interval_of_a_ratio_holds_the_truth_as_often_as_it_says():
    """Share lost, from two noisy levels: .3 is lost."""
    held = 0
    for seed in range(300):
        chance = np.random.default_rng(seed)
        before = chance.normal(0.5, 0.1, 40)
        after = 0.7 * before + chance.normal(0.0, 0.05, 40)
        runs = runs_of(a=np.stack([before, after]))
        found = jackknifed(lambda r: 1.0 - r.at("a", "use", 2, 2) / r.at("a", "use", 1, 1), runs)
        held += found.low <= 0.3 <= found.high
    assert 270 <= held <= 297


def test_without_chance_the_interval_is_the_number_alone():
    assert jackknifed(lambda r: r.over_all("a", "use"), runs_of(a=np.ones((3, 20)))) == (1, 1, 1)


def test_a_share_of_nothing_is_no_fault():
    """Where nobody ever does it (a broken model), a share of those who did is no number, and fails."""
    nobody = runs_of(a=np.zeros((3, 20)))
    found = jackknifed(lambda r: r.at("a", "use", 2, 2) / r.at("a", "use", 1, 1), nobody)
    assert np.isnan(found.value) and np.isnan(found.low)


def test_one_run_has_no_interval():
    found = jackknifed(lambda r: r.over_all("a", "use"), runs_of(a=np.ones((3, 1))))
    assert math.isnan(found.low)


def test_weeks_count_from_1_and_both_ends_are_in():
    runs = runs_of(a=np.arange(1.0, 11.0)[:, None] * np.ones(2))
    assert runs.at("a", "use", 3, 5) == 4.0
    assert runs.over_all("a", "use") == 5.5


@pytest.mark.parametrize(("level", "where"), [(0.0, 1.0), (0.5, 2.0), (0.75, 2.5), (1.0, 3.0)])
def test_a_crossing_lies_between_points(level, where):
    assert crossing(np.array([1.0, 2.0, 3.0]), np.array([0.0, 0.5, 1.0]), level) == where


def test_a_level_that_is_never_reached_has_no_crossing():
    assert math.isnan(crossing(np.arange(3.0), np.zeros(3), 0.1))


def test_slope_and_odds_ratio():
    x = np.array([1.0, 2.0, 4.0])
    assert slope(x, 3.0 - 2.0 * x) == pytest.approx(-2.0)
    assert odds_ratio(0.41, 0.2) == pytest.approx(2.78, abs=0.01)
    assert math.isnan(odds_ratio(1.0, 0.5))


# --- verdicts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("low", "high", "found", "verdict"), [
    (15, 55, (30, 20, 40), "pass"),
    (15, 55, (16, 10, 22), "open"),
    (15, 55, (70, 60, 80), "fail"),
    (15, 55, (10, 5, 14), "fail"),
    (15, 55, (30, 10, 60), "open"),
    (*at_least(0.0), (1, 0.1, 2), "pass"),
    (*at_least(0.0), (1, -0.1, 2), "open"),
    (*at_least(0.0), (-1, -2, -0.1), "fail"),
    (*at_least(0.0), (0, 0, 0), "fail"),
    (*at_least(0.0), (math.nan, math.nan, math.nan), "fail"),
    (0, 0, (0, 0, 0), "pass"),
    (0, 0, (1e-9, 1e-9, 1e-9), "fail"),
    (*ANYTHING, (3, 2, 4), "pass"),
])  # fmt: skip
def test_the_whole_interval_must_lie_in_the_tolerance(low, high, found, verdict):
    assert quantity(low, high).verdict(Estimate(*found)) == verdict


def test_a_number_without_an_interval_fails():
    assert quantity(0, 1).verdict(Estimate(0.5, math.nan, math.nan)) == "fail"


@pytest.mark.parametrize(("of", "verdict"), [
    ((0.5,), "pass"), ((0.5, 2.0), "fail"), ((0.5, 0.99), "open"), ((0.99, 2.0), "fail"),
])  # fmt: skip
def test_a_pattern_is_as_good_as_its_worst_number(of, verdict):
    measured = tuple(
        Measured(quantity(0.0, 1.0), Estimate(value, value - 0.1, value + 0.1)) for value in of
    )
    assert Judged(PATTERNS["T1"], measured).verdict == verdict


# --- declarations ----------------------------------------------------------------------------------

EACH = pytest.mark.parametrize("pattern", PATTERNS.values(), ids=list(PATTERNS))


@EACH
def test_every_source_is_a_row_of_the_evidence_or_says_what_it_is(pattern):
    for source in pattern.sources:
        assert source in sources() or source == "design" or source.startswith("doi:")


@EACH
def test_every_pattern_says_what_is_expected_and_how_its_setting_was_chosen(pattern):
    assert pattern.use in ("tuned", "built in", "checked")
    assert len(pattern.setting) > 40 and len(pattern.expected) > 4
    assert all(q.rests_on and q.label and q.unit for q in pattern.quantities)
    names = [q.name for q in pattern.quantities]
    assert len(set(names)) == len(names)


@EACH
def test_what_the_source_found_lies_in_the_tolerance(pattern):
    for q in pattern.quantities:
        assert q.low <= q.high
        assert q.source is None or q.low <= q.source <= q.high


@EACH
def test_arms_have_names_of_their_own_and_differ_where_their_names_do(pattern):
    arms = {arm.name: arm.scenario() for arm in pattern.arms}
    assert len(arms) == len(pattern.arms)
    digests = {(s.digest, arm.seed) for s, arm in zip(arms.values(), pattern.arms, strict=True)}
    twins = {"J6": 2, "J5": 0}.get(pattern.id, 0)  # A against A is meant to be the same
    assert len(digests) == len(arms) - twins


@EACH
def test_what_an_experiment_sets_goes_before_what_is_laid_over_it(pattern):
    for arm in pattern.arms:
        other = arm.scenario({"workforce.staff_turnover": 0.111})
        kept = {"staff_turnover", "workforce.staff_turnover"} & set(arm.changes)
        assert (other["workforce.staff_turnover"] == 0.111) != bool(kept)


def test_the_patterns_of_the_dossier_are_all_there_and_the_text_says_which_were_tuned_to():
    assert [name for name in PATTERNS if name.startswith("T")] == [f"T{n}" for n in range(1, 9)]
    assert [pattern.id for pattern in TUNED] == ["T1", "T2", "T3", "T5"]


def test_patterns_of_the_literature_are_never_used_to_choose():
    assert all(p.use != "tuned" for p in PATTERNS.values() if not p.id.startswith("T"))


def test_every_factor_is_tried_in_each_programme():
    tried = " ".join(q.name for q in PATTERNS["J1"].quantities)
    for p in PARAMETERS.values():
        if p.section == "factors":
            assert p.name in tried


# --- measures know a curve when they see one --------------------------------------------------------


def pattern_runs(pattern, curve):
    """Return two runs of every arm of a pattern in which every series follows a curve of weeks."""
    weeks = np.arange(1.0, 209.0)
    values = np.repeat(curve(weeks)[:, None], 2, axis=1)
    return Runs({(arm.name, s): values for arm in pattern.arms for s in pattern.series})


def value_of(found, name):
    return next(one.found.value for one in found.measured if one.quantity.name == name)


def test_t2_reads_the_share_lost_in_a_year():
    halving = judged(PATTERNS["T2"], pattern_runs(PATTERNS["T2"], lambda w: 0.5 ** (w / 52.0)))
    assert value_of(halving, "lost_external") == pytest.approx(50.0)


def test_t5_reads_the_share_that_applies():
    pattern = PATTERNS["T5"]
    runs = pattern_runs(pattern, lambda w: np.ones_like(w))
    used = {key: 0.62 * v if key[1] == "use" else v for key, v in runs.series.items()}
    assert value_of(judged(pattern, Runs(used)), "apply_at_once") == pytest.approx(62.0)


def test_l9_tells_a_straight_line_from_a_slow_start():
    straight = judged(PATTERNS["L9"], pattern_runs(PATTERNS["L9"], lambda w: (w - 3.0) / 300.0))
    assert value_of(straight, "start_external") == pytest.approx(0.25, abs=0.02)
    late = pattern_runs(PATTERNS["L9"], lambda w: 1.0 / (1.0 + np.exp(-(w - 60.0) / 6.0)))
    assert value_of(judged(PATTERNS["L9"], late), "start_external") > 1.0
