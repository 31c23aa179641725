"""Verdicts in words, and how often they are wrong."""

import io
import re

import numpy as np
import pandas as pd
import pytest
from compared import SMALLEST, of, said, spread_about
from rich.console import Console
from scipy import stats

from qisim.comparison.basis import basis_of, ground_of
from qisim.comparison.comparison import (
    compared,
    differences,
)
from qisim.comparison.paired import (
    Pairs,
    equivalence_p_value,
    interval_of,
    p_value,
)
from qisim.comparison.planning import pairs_for_difference, pairs_for_equivalence
from qisim.comparison.verdicts import verdict
from qisim.comparison.wording import planner_text, render_tables
from qisim.model.outcomes import OUTCOMES


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


NEXT_LOOK = 0.005
"""What the second look at two scenarios has of the 5 %."""


def textbook(width, spread, alpha):
    """Return the pairs at which an interval of t is clear by so much with 80 % power."""
    return ((stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(0.8)) * spread / width) ** 2


@pytest.mark.parametrize(
    ("mean", "spread", "wanted", "by_t"),
    [
        (  # to show that it is too small
            0.01, 0.4, lambda delta: pairs_for_equivalence(delta, 0.05, 1, NEXT_LOOK),
            textbook(0.05 - 0.01, 0.4, 2 * NEXT_LOOK),
        ),
        (  # that it is there, of 15 outcomes
            0.3, 2.0, lambda delta: pairs_for_difference(delta, 15, NEXT_LOOK),
            textbook(0.3, 2.0, NEXT_LOOK / 15),
        ),
    ],
)  # fmt: skip
def test_how_many_more_replicates(mean, spread, wanted, by_t):
    delta = spread_about(mean, spread)
    words = said(delta)
    number = int(words.removeprefix("cannot tell yet: about ").split()[0].replace(",", ""))
    assert number == pytest.approx(wanted(delta) - 100, rel=0.05)
    assert (
        0.95 * (by_t - 100) < number < 1.6 * by_t
    )  # allowing for skewness takes more, not many times more


def test_as_many_replicates_as_asked_for_do_settle_it():
    for mean, spread in ((0.01, 0.4), (0.3, 2.0)):
        words = said(spread_about(mean, spread))
        number = int(words.removeprefix("cannot tell yet: about ").split()[0].replace(",", ""))
        later = spread_about(mean, spread, 100 + number)
        second_look = 15 * 10 * p_value(later)
        assert not said(later, p=second_look).startswith("cannot tell")


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
    wanted = pairs_for_equivalence(delta, 0.05, 1, NEXT_LOOK) - 100
    assert number == pytest.approx(1.6 * wanted, rel=0.07)  # told in two digits


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
    delta = spread_about(0.027, 0.1)  # interval up to .047
    pair = Pairs(np.zeros(100), delta, 100)
    alone = next(compared("external", "internal", {"peak": pair}, SMALLEST))
    assert alone["verdict"] == "no difference that matters" and alone["p_equal_holm"] > 0.02
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


# studies, and how many of them may claim a difference: with claims in 5 % of studies more come about once in
# forty times at most (here chance is fixed), with claims in 10 % less than one time in six as few
@pytest.mark.parametrize("studies", [250, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_against_a_says_different_in_no_more_than_five_percent_of_studies(studies):
    chance, wrong, runs = np.random.default_rng(7), 0, 20
    for _ in range(studies):
        base, other = outcomes_by_chance(chance, runs), outcomes_by_chance(chance, runs)
        pairs = {name: Pairs(base[name], other[name], runs) for name in OUTCOMES}
        rows = compared("A", "B", pairs, SMALLEST)
        wrong += any(row["verdict"].startswith("B ") for row in rows)
    most = stats.binom.ppf(0.975, studies, 0.05)
    assert wrong <= most and stats.binom.cdf(most, studies, 0.1) < 0.2


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
