"""Paired comparison: the table, the verdicts in words, and how often they are wrong."""

import io
import re

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from scipy import stats
from synthetic import tables, weekly_array

from qisim.comparison.basis import basis_of, ground_of
from qisim.comparison.comparison import (
    Comparison,
    compared,
    differences,
    pairs_of,
)
from qisim.comparison.matters import smallest_differences
from qisim.comparison.paired import (
    Pairs,
    equivalence_p_value,
    exact_p_value,
    holm,
    interval_of,
    p_value,
)
from qisim.comparison.verdicts import verdict
from qisim.comparison.wording import planner_text, render_tables
from qisim.errors import InputError, RunError
from qisim.model.outcomes import OUTCOMES
from qisim.output.manifest import manifest_of
from qisim.scenario.scenario import load

SMALLEST = smallest_differences()


def run_tables(**scenarios):
    """Return (runs, weekly) of several scenarios; a keyword gives the arguments of its series."""
    made = [tables(name, weekly_array(**how), 26) for name, how in scenarios.items()]
    return tuple(pd.concat(frames, ignore_index=True) for frames in zip(*made, strict=True))


@pytest.fixture(scope="module")
def two():
    base = {"runs": 30, "weeks": 60, "end": 26}
    return run_tables(external={**base, "level": 0.4}, internal={**base, "level": 0.7, "seed": 2})


@pytest.fixture
def comparison(two):
    scenarios = dict.fromkeys(["external", "internal"], load("external").to_dict())
    manifest = manifest_of(
        "compare", ["qisim", "compare", *scenarios], scenarios, dict.fromkeys(scenarios, "d"),
        seed=1, replicates=30, engine="mesa", wall_time_s=1.0,
    )  # fmt: skip
    return Comparison(*two, scenarios, manifest)


def of(found, outcome):
    return found.set_index("outcome").loc[outcome]


# The table


def test_columns_and_rows(two):
    found = differences(two[0], "external")
    assert (
        list(found)
        == (
            "base other outcome estimand base_mean other_mean difference low high base_median other_median "
            "probability_other_better p_holm p_equal_holm pairs missing base_missing other_missing matters "
            "verdict"
        ).split()
    )
    assert found["outcome"].tolist() == list(OUTCOMES)


def test_the_numbers_are_those_of_the_pairs(two):
    runs = two[0]
    wide = runs.pivot(index="replicate", columns="scenario", values="adoption_mean")
    delta = (wide["internal"] - wide["external"]).to_numpy()
    row = of(differences(runs, "external"), "adoption_mean")
    assert row["base_mean"] == pytest.approx(wide["external"].mean())
    assert row["other_mean"] == pytest.approx(wide["internal"].mean())
    assert row["difference"] == pytest.approx(delta.mean())
    assert (row["low"], row["high"]) == pytest.approx(interval_of(delta))
    assert row["probability_other_better"] == (delta > 0).mean()
    assert row["verdict"] == "internal higher"


def test_holm_runs_over_the_outcomes_of_one_pair(two):
    runs, smallest = two[0], smallest_differences()
    pairs = pairs_of(runs, "external", "internal")
    bases = {name: basis_of(name, pairs, smallest) for name in pairs}
    tests = {
        "values": lambda one: p_value(one.pair.differences),
        "share": lambda one: exact_p_value(one.pair.having),
        "ratio": lambda one: one.ratio.p,
        "leftovers": lambda _: np.nan,
    }
    plain = [tests[one.ground](one) for one in bases.values()]
    assert {one.ground for one in bases.values()} >= {"values", "share", "ratio"}
    expected = np.where(np.isnan(plain), np.nan, holm(plain))
    found = [row["p_holm"] for row in compared("external", "internal", pairs, smallest)]
    assert found == pytest.approx(expected.tolist(), nan_ok=True)
    third = runs[runs["scenario"] == "internal"].assign(scenario="third")
    both = differences(pd.concat([runs, third]), "external", ["internal", "third"])
    kept = both[both["other"] == "internal"].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, differences(runs, "external"))


def test_turning_the_pair_round_turns_the_signs(two):
    forth = differences(two[0], "external", ["internal"]).set_index("outcome")
    back = differences(two[0], "internal", ["external"]).set_index("outcome")
    np.testing.assert_allclose(forth["difference"], -back["difference"])
    np.testing.assert_allclose(forth["low"], -back["high"])
    np.testing.assert_allclose(
        forth["probability_other_better"], 1 - back["probability_other_better"]
    )


def test_pairs_are_matched_by_replicate_whatever_the_order(two):
    mixed = two[0].sample(frac=1.0, random_state=1)
    straight = differences(two[0], "external", ["internal"])
    pd.testing.assert_frame_equal(differences(mixed, "external", ["internal"]), straight)


def test_failed_runs_and_missing_values_leave_pairs_out_and_are_counted(two):
    runs = two[0].copy()
    for name in ("hours_per_adopter", "weeks_to_half"):
        runs[name] = 0.8
        runs.loc[runs["replicate"] == 3, name] = np.nan
        runs.loc[(runs["replicate"] == 4) & (runs["scenario"] == "internal"), name] = np.nan
    lost = (runs["replicate"] == 5) & (runs["scenario"] == "external")
    runs.loc[lost, "status"] = "failed"
    runs.loc[lost, list(OUTCOMES)] = np.nan
    found = differences(runs, "external")
    counts = ["pairs", "missing", "base_missing", "other_missing"]
    assert of(found, "weeks_to_half")[counts].tolist() == [27, 3, 1, 2]
    assert of(found, "hours_per_adopter")["pairs"] == 29  # of a ratio of means all pairs count
    assert of(found, "peak")[counts].tolist() == [29, 1, 0, 0]


def test_an_outcome_that_no_pair_has_is_missing_and_said_so(two):
    runs = two[0].copy()
    runs["weeks_to_half"] = np.nan
    row = of(differences(runs, "external"), "weeks_to_half")
    assert row[["base_mean", "difference", "low", "high", "p_holm"]].isna().all()
    assert row["verdict"] == "reached in no run of either"
    assert row["probability_other_better"] == 0.5


def test_identical_worlds_do_not_differ_and_divide_by_nothing(two):
    runs = two[0][two[0]["scenario"] == "external"]
    both = pd.concat([runs, runs.assign(scenario="again")])
    with np.errstate(all="raise"):
        found = differences(both, "external")
    for said in found["verdict"]:
        same = "no difference in any pair: in none of 30 (true share below 9.5 %)"
        assert said.endswith((same, "in no run of either"))
    assert set(found["probability_other_better"].dropna()) == {0.5}
    assert set(found["p_holm"].dropna()) == {1.0}
    assert "no difference" in planner_text(found)


@pytest.mark.parametrize("replicates", [1, 2, 3, 5])
def test_few_replicates_never_settle_anything_but_identity(two, replicates):
    found = differences(two[0][two[0]["replicate"] < replicates], "external")
    unsettled = "cannot tell|no difference in any pair|not comparable|in no run of either"
    assert found["verdict"].str.contains(unsettled).all()


def test_a_silent_nan_is_refused(two):
    runs = two[0].copy()
    runs.loc[3, "peak"] = np.nan
    with pytest.raises(RunError, match="no finite peak"):
        differences(runs, "external")


def test_unknown_and_doubled_names_are_told_together(two):
    with pytest.raises(InputError) as caught:
        differences(two[0], "extrenal", ["internal", "internal"])
    assert len(caught.value.problems) == 2
    assert "did you mean 'external'" in str(caught.value)


# The smallest difference that matters


def test_one_number_is_for_the_shares_and_a_mapping_for_what_it_names():
    shares = smallest_differences(0.2)
    assert shares["peak"] == shares["leader_use_final"] == 0.2
    assert shares["weeks_to_half"] == OUTCOMES["weeks_to_half"].matters
    named = smallest_differences({"weeks_to_half": 10})
    assert named["weeks_to_half"] == 10 and named["peak"] == OUTCOMES["peak"].matters


def test_a_share_above_one_is_refused_and_told_in_points():
    with pytest.raises(InputError, match=r"5 means 500 points; 5 points are 0\.05"):
        smallest_differences(5)
    assert smallest_differences({"Half in routine use after": 9})["weeks_to_half"] == 9


@pytest.mark.parametrize("value", [-0.1, np.nan, np.inf, "0.1", None])
def test_a_smallest_difference_must_be_a_number_from_zero(value):
    with pytest.raises(InputError, match="smallest difference"):
        smallest_differences({"peak": value})


def test_every_wrong_smallest_difference_is_text():
    with pytest.raises(InputError) as caught:
        smallest_differences({"peek": 0.1, "sustained": -1})
    assert "did you mean 'peak'" in str(caught.value)
    assert "matters.sustained" in str(caught.value)


# Verdicts


def said(delta, matters=0.05, p=None, undecided=15):
    delta = np.asarray(delta, float)
    pair = Pairs(np.zeros(len(delta)), delta, len(delta))
    basis = basis_of("peak", {"peak": pair}, {"peak": matters})
    return verdict("internal", basis, basis.p if p is None else p, basis.p_equal, (undecided, 1))


def spread_about(mean, spread, n=100):
    """Return values with exactly this mean and standard deviation."""
    values = np.random.default_rng(0).standard_normal(n)
    values = (values - values.mean()) / values.std(ddof=1)
    return mean + spread * values


@pytest.mark.parametrize(
    ("mean", "spread", "expected"),
    [
        (0.2, 0.1, "internal higher"),
        (-0.2, 0.1, "internal lower"),
        (0.06, 0.1, "internal higher, perhaps by too little to matter"),
        (-0.06, 0.1, "internal lower, perhaps by too little to matter"),
        (0.0, 0.1, "no difference that matters"),
        (0.02, 0.05, "no difference that matters"),
    ],
)
def test_verdicts_in_words(mean, spread, expected):
    assert said(spread_about(mean, spread)) == expected


def test_a_difference_that_the_correction_takes_away_is_not_claimed():
    delta = spread_about(0.06, 0.2)
    assert p_value(delta) < 0.05
    assert said(delta, p=0.06).startswith("cannot tell yet")


@pytest.mark.parametrize(
    ("mean", "spread", "more"),
    [(0.01, 0.4, 690), (0.3, 2.0, 540)],
)
def test_how_many_more_replicates(mean, spread, more):
    words = said(spread_about(mean, spread))
    number = int(words.removeprefix("cannot tell yet: about ").split()[0].replace(",", ""))
    assert number == pytest.approx(more, rel=0.15)


def test_as_many_replicates_as_asked_for_do_settle_it():
    for mean, spread in ((0.01, 0.4), (0.3, 2.0)):
        words = said(spread_about(mean, spread))
        number = int(words.removeprefix("cannot tell yet: about ").split()[0].replace(",", ""))
        later = spread_about(mean, spread, 100 + number)
        assert not said(later, p=15 * p_value(later)).startswith("cannot tell")


def test_a_hopeless_number_of_replicates_is_not_given_as_a_number():
    assert said(spread_about(0.0, 1.0), matters=0.0) == (
        "cannot tell yet: more than 10,000 more replicates for 80 % power"
    )


def test_runs_without_a_value_are_allowed_for_in_the_number():
    delta = spread_about(0.01, 0.4)
    gaps = np.full(60, np.nan)
    pair = Pairs(np.zeros(160), np.concatenate([delta, gaps]), 160)
    basis = basis_of("peak", {"peak": pair}, SMALLEST)
    words = verdict("internal", basis, basis.p, basis.p_equal, (15, 1))
    number = int(words.removeprefix("cannot tell yet: about ").split()[0].replace(",", ""))
    assert number == pytest.approx(1.6 * 690, rel=0.15)


# Equivalence over many outcomes


def test_equivalence_is_that_of_two_one_sided_tests():
    delta = spread_about(0.02, 0.1, 40)
    sides = [
        stats.ttest_1samp(delta, end, alternative=way).pvalue
        for end, way in ((0.05, "less"), (-0.05, "greater"))
    ]
    assert equivalence_p_value(delta, 0.05) == pytest.approx(max(sides), rel=1e-9)
    assert np.isnan(equivalence_p_value(delta[:5], 0.05))
    assert equivalence_p_value(np.full(6, 0.01), 0.05) == 2.0**-6
    assert equivalence_p_value(np.full(6, 0.06), 0.05) == 1.0


def test_what_is_equivalent_for_one_outcome_may_not_be_among_many():
    """With an interval just inside, one outcome passes; Holm over four that pass as barely asks for more."""
    delta = spread_about(0.0295, 0.1)  # interval up to .0493
    pair = Pairs(np.zeros(100), delta, 100)
    alone = next(compared("external", "internal", {"peak": pair}, SMALLEST))
    assert alone["verdict"] == "no difference that matters" and 0.01 < alone["p_equal_holm"] < 0.03
    names = ["peak", "adoption_final", "adoption_mean", "reach_final"]
    among = list(compared("external", "internal", dict.fromkeys(names, pair), SMALLEST))
    assert all(row["verdict"] != "no difference that matters" for row in among)
    assert among[0]["p_equal_holm"] == pytest.approx(4 * alone["p_equal_holm"])


def test_none_of_twenty_is_said_with_what_it_leaves_open():
    same = np.full(20, 0.5)
    row = verdict_on("peak", same, same)
    assert row["verdict"] == "no difference in any pair: in none of 20 (true share below 14 %)"
    text = planner_text(pd.DataFrame([row, {**row, "verdict": "cannot tell yet: x"}]))
    assert "* no difference in any pair: Routine use, best week (in none of 20" in text


# Ratios of means, and skewed outcomes


def ratio_rows(hours, people):
    """Return rows of `compared` of hours and hours for each of so many people."""
    pairs = {}
    for name in ("programme_hours", "hours_per_adopter"):
        sides = []
        for hour, number in zip(hours, people, strict=True):
            with np.errstate(divide="ignore"):
                each = np.where(number > 0, hour / number, np.nan)
            sides.append(hour if name == "programme_hours" else each)
        pairs[name] = Pairs(*sides, len(hours[0]))
    return {row["outcome"]: row for row in compared("external", "internal", pairs, SMALLEST)}


def test_a_ratio_is_of_means_over_all_runs_with_medians_beside_it():
    chance = np.random.default_rng(3)
    people = [chance.poisson(mean, 200).astype(float) for mean in (3, 6)]
    hours = [chance.normal(mean, 5, 200) for mean in (100, 300)]
    row = ratio_rows(hours, people)["hours_per_adopter"]
    expected = [hour.sum() / number.sum() for hour, number in zip(hours, people, strict=True)]
    assert row["estimand"] == "ratio of means"
    assert [row["base_mean"], row["other_mean"]] == pytest.approx(expected)
    assert row["pairs"] == 200 and row["base_missing"] > 0
    assert row["low"] < 50 - 100 / 3 < row["high"]
    assert row["base_median"] == np.median(hours[0][people[0] > 0] / people[0][people[0] > 0])
    assert row["verdict"] == "internal costs more"
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(*render_tables(pd.DataFrame([row])))
    assert "ratio of means" in " ".join(console.export_text().split())


def test_where_users_are_rare_hours_per_user_are_not_told():
    people = [np.where(np.arange(40) == 3, 1.0, 0.0), np.full(40, 5.0)]
    row = ratio_rows([np.full(40, 100.0)] * 2, people)["hours_per_adopter"]
    assert row["estimand"] == "mean of runs"
    assert row["verdict"].startswith("somebody in routine use in 100 % of runs against 3 %")


def test_a_skewed_outcome_with_few_differences_is_too_few_to_say():
    base = np.full(20, 80.0)
    other = np.where(np.arange(20) < 4, 60.0, 80.0)
    row = verdict_on("weeks_to_half", base, other)
    assert row["verdict"].startswith("cannot tell: too few to say (4 of 20 pairs differ")
    assert np.isnan(row["low"]) and np.isnan(row["p_holm"]) and row["difference"] == -4.0
    many = verdict_on(
        "weeks_to_half", base, np.where(np.arange(20) < 8, base - np.arange(20), 80.0)
    )
    plain = interval_of(np.where(np.arange(20) < 8, -np.arange(20.0), 0.0))
    assert many["low"] < plain[0] and many["high"] >= plain[1]


# Over sets of strengths: the verdict is on the sets


def over_sets(own, luck, runs=8, seed=5):
    """Return the row of a comparison in which set s has the difference `own[s]`."""
    chance, which = np.random.default_rng(seed), np.arange(len(own) * runs) % len(own)
    other = 0.5 + np.asarray(own)[which] + luck * chance.standard_normal(len(which))
    pairs = {"peak": Pairs(np.full(len(which), 0.5), other, len(which), which)}
    return next(compared("external", "internal", pairs, SMALLEST))


def test_a_mean_inside_the_bounds_is_no_equivalence_where_many_sets_are_outside():
    row = over_sets(0.043 + 0.015 * np.random.default_rng(1).standard_normal(300), 0.04)
    assert row["high"] < 0.05
    assert row["verdict"].startswith("internal higher (in 300 of 300 sets; by enough to matter in ")
    low, high = (int(end) for end in re.findall(r"in (\d+) to (\d+) %", row["verdict"])[0])
    assert low < 32 < high  # the share of sets above .05


def test_where_nearly_all_sets_are_inside_no_difference_matters():
    row = over_sets(0.01 * np.random.default_rng(2).standard_normal(300), 0.02)
    assert row["verdict"] == "no difference that matters (in 300 of 300 sets)"


def test_where_sets_disagree_it_depends_on_the_strengths():
    row = over_sets(np.where(np.arange(300) % 2, 0.1, -0.1), 0.02)
    assert row["verdict"].startswith(
        "depends on the strengths (higher in 150 of 300 sets, lower in 150;"
    )
    text = planner_text(pd.DataFrame([row]))
    assert "* depends on the strengths: Routine use, best week" in text


def test_a_few_sets_do_not_speak_for_all():
    row = over_sets(np.full(12, 0.1), 0.02)
    assert row["verdict"].startswith("internal higher on average (in 12 of 12 sets")


# Leftovers, and wards of different size


def verdict_on(name, base, other, posts=(None, None)):
    pairs = {name: Pairs(np.asarray(base, float), np.asarray(other, float), len(base))}
    return next(compared("external", "internal", pairs, SMALLEST, "t", posts))


def with_gaps(held, runs=200, value=60.0):
    return np.where(np.arange(runs) < held, value, np.nan)


def test_where_half_is_seldom_reached_the_share_of_runs_is_compared():
    row = verdict_on("weeks_to_half", with_gaps(4), with_gaps(124, value=80.0))
    assert row["verdict"] == "reached in 62 % of runs against 2 %: internal better"
    assert row["pairs"] == 4 and row["p_holm"] < 1e-6
    text = planner_text(pd.DataFrame([row]))
    assert "* internal better: Half in routine use after: reached in 62 % of runs" in text
    back = verdict_on("weeks_to_half", with_gaps(124), with_gaps(4))
    assert back["verdict"] == "reached in 2 % of runs against 62 %: internal worse"


def test_shares_that_are_about_the_same_are_not_told_apart():
    row = verdict_on("weeks_to_half", with_gaps(20), with_gaps(21))
    assert row["verdict"] == "reached in 10 % of runs against 10 %: no difference that matters"
    few = verdict_on("weeks_to_half", with_gaps(1, 8), with_gaps(3, 8))
    assert "cannot tell yet" in few["verdict"]


def test_leftovers_of_what_is_missing_for_no_better_or_worse_are_not_compared():
    row = verdict_on("sustained", with_gaps(4, value=0.5), with_gaps(124, value=0.9))
    assert row["verdict"] == "not comparable: a value in 62 % of runs against 2 %"
    assert np.isnan(row["probability_other_better"]) and np.isnan(row["p_holm"])
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(*render_tables(pd.DataFrame([row])))
    assert "0.9" not in console.export_text() and "more replicates" not in row["verdict"]


def test_sooner_in_the_runs_that_get_there_but_fewer_do_is_no_better():
    base, other = np.full(200, 80.0), with_gaps(110, value=60.0)
    row = verdict_on("weeks_to_half", base, other)
    assert row["verdict"] == "not comparable: a value in 55 % of runs against 100 %"
    assert ground_of("weeks_to_half", Pairs(base, with_gaps(198), 200)) == "values"


@pytest.mark.parametrize(
    "name", ["leavers", "leader_leavers", "programme_hours", "documentation_hours"]
)
def test_sums_over_wards_of_different_size_get_no_verdict(name):
    few, many = spread_about(20, 2), spread_about(300, 2)
    row = verdict_on(name, few, many, (28, 36))
    assert row["verdict"] == "not comparable: wards of different size (28 / 36 posts)"
    assert np.isnan(row["p_holm"]) and np.isnan(row["probability_other_better"])
    assert verdict_on(name, few, many, (36, 36))["verdict"].startswith("internal ")


def test_shares_of_wards_of_different_size_are_compared(two):
    found = differences(two[0], "external", posts={"external": 28, "internal": 36})
    plain = differences(two[0], "external", posts={"external": 28, "internal": 28})
    assert of(found, "peak")["verdict"] == of(plain, "peak")["verdict"] == "internal higher"
    assert of(found, "leavers")["verdict"].startswith("not comparable: wards")


def test_words_say_what_high_means_where_low_is_good():
    high, low = spread_about(900, 20), spread_about(100, 20)
    assert verdict_on("programme_hours", low, high)["verdict"] == "internal costs more"
    assert verdict_on("hours_per_adopter", high, low)["verdict"] == "internal costs less"
    assert verdict_on("leavers", low, high)["verdict"] == "internal higher (worse)"
    assert verdict_on("weeks_to_half", high, low)["verdict"] == "internal lower (better)"


def test_the_caption_tells_the_smallest_differences_and_what_an_interval_holds(two):
    found = differences(two[0], "external", matters=0.1)
    captions = [str(render_tables(found, over=over)[0].caption) for over in (False, True)]
    assert "10 points (shares of people" in captions[0] and "4 weeks" in captions[0]
    assert "chance only" in captions[0] and "chance only" not in captions[1]


# How often the verdicts are wrong


def outcomes_by_chance(chance, runs):
    """Return values as simulations give them: correlated, discrete, skewed, rare, missing."""
    common = chance.standard_normal(runs)
    found = {}
    for i, name in enumerate(OUTCOMES):
        own = 0.8 * common + 0.6 * chance.standard_normal(runs)
        found[name] = [
            own,
            np.round(np.clip(0.4 + 0.2 * own, 0, 1) * 36) / 36,
            np.exp(own),
            chance.poisson(0.3, runs).astype(float),
            np.where(chance.random(runs) < 0.3, np.nan, own),
        ][i % 5]
    return found


def test_a_against_a_says_different_in_at_most_six_percent_of_a_thousand_studies():
    chance, wrong, runs = np.random.default_rng(7), 0, 20
    for _ in range(1000):
        base, other = outcomes_by_chance(chance, runs), outcomes_by_chance(chance, runs)
        pairs = {name: Pairs(base[name], other[name], runs) for name in OUTCOMES}
        rows = compared("A", "B", pairs, SMALLEST)
        wrong += any(row["verdict"].startswith("B ") for row in rows)
    assert wrong <= 60


def test_a_real_difference_is_found():
    chance, found = np.random.default_rng(3), 0
    for _ in range(100):
        base = outcomes_by_chance(chance, 20)
        other = {name: values + 2.0 for name, values in base.items()}
        other["peak"] = base["peak"] + chance.normal(1.0, 0.5, 20)
        pairs = {name: Pairs(base[name], other[name], 20) for name in OUTCOMES}
        rows = {row["outcome"]: row["verdict"] for row in compared("A", "B", pairs, SMALLEST)}
        found += rows["peak"] == "B higher"
    assert found >= 95


# What a planner reads


def test_the_terminal_table_is_at_most_a_hundred_columns_wide(two):
    runs = two[0].replace({"external": "a-very-long-name-of-a-scenario-in-a-large-city"})
    for frame in (runs, two[0]):
        found = differences(frame, frame["scenario"].iloc[0])
        console = Console(width=160, record=True, file=io.StringIO())
        for table in render_tables(found):
            console.print(table)
        text = console.export_text()
        assert max(len(line.rstrip()) for line in text.splitlines()) <= 100
        for outcome in OUTCOMES.values():
            assert outcome.label in text
        assert "internal higher" in text


@pytest.mark.parametrize("width", [30, 40, 73, 74, 80, 99, 100, 200])
def test_tables_hold_every_number_and_verdict_at_any_width(two, width):
    found = differences(two[0], "external")
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(*render_tables(found, width))
    lines = console.export_text().splitlines()
    assert max(len(line.rstrip()) for line in lines) <= min(width, 100)
    words = " ".join(" ".join(lines).split())
    for row in found.to_dict("records"):
        assert all(word in words for word in row["verdict"].split())
        assert all(word in words for word in OUTCOMES[row["outcome"]].label.split())
        if not np.isnan(row["probability_other_better"]):
            assert f"{100 * row['probability_other_better']:.0f}" in words


def test_names_are_shown_as_they_are(two):
    runs = two[0].replace({"internal": "[red]internal"})
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(*render_tables(differences(runs, "external")))
    assert "[red]" in console.export_text()


def test_the_text_names_every_outcome_once_and_both_levels(comparison):
    text = comparison.verdict()
    assert text.startswith("internal against external, 30 pairs of runs:")
    for outcome in OUTCOMES.values():
        assert outcome.label in text
    assert "* internal higher: Routine use, last week" in text
    assert "nan" not in text


def test_several_others_have_a_paragraph_and_a_table_each(two):
    third = two[0][two[0]["scenario"] == "internal"].assign(scenario="third")
    found = differences(pd.concat([two[0], third]), "external")
    assert len(render_tables(found)) == 2
    text = planner_text(found)
    assert "internal against external" in text and "third against external" in text


# The object


def test_a_comparison_saves_its_differences(comparison, tmp_path):
    out = comparison.save(tmp_path)
    held = pd.read_csv(out / "differences.csv")
    found = comparison.differences()
    assert list(held) == list(found)
    pd.testing.assert_frame_equal(held, found, check_dtype=False, check_exact=True)
    assert (comparison.base, comparison.others) == ("external", ["internal"])
    assert set(comparison.manifest["scenarios"]) == {"external", "internal"}


def test_settings_of_a_comparison_reach_its_differences(two, comparison):
    wide = Comparison(
        *two, comparison.scenarios, comparison.manifest, matters={"peak": 0.9}, interval="bca"
    )
    row = of(wide.differences(), "peak")
    assert row["matters"] == 0.9 and row["verdict"] == "no difference that matters"
    assert row["low"] != of(comparison.differences(), "peak")["low"]
