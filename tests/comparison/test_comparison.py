"""The table of a comparison: its columns, pairs and smallest differences."""

import numpy as np
import pandas as pd
import pytest
from compared import of

from qisim.comparison.basis import basis_of
from qisim.comparison.comparison import (
    compared,
    differences,
    pairs_of,
)
from qisim.comparison.matters import smallest_differences
from qisim.comparison.paired import (
    exact_p_value,
    holm,
    interval_of,
)
from qisim.comparison.sequential import careful_p_value
from qisim.comparison.wording import planner_text
from qisim.errors import InputError, RunError
from qisim.model.outcomes import OUTCOMES

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
        "values": lambda one: careful_p_value(one.pair.differences),
        "share": lambda one: exact_p_value(one.pair.having),
        "ratio": lambda one: one.ratio.p,
        "leftovers": lambda _: np.nan,
    }
    plain = [tests[one.ground](one) for one in bases.values()]
    assert {one.ground for one in bases.values()} >= {"values", "share", "ratio"}
    # a first look has four of the five per cent
    expected = np.where(np.isnan(plain), np.nan, np.minimum(1.25 * holm(plain), 1.0))
    found = [row["p_holm"] for row in compared("external", "internal", pairs, smallest)]
    assert found == pytest.approx(expected.tolist(), nan_ok=True)
    third = runs[runs["scenario"] == "internal"].assign(scenario="third")
    both = differences(pd.concat([runs, third]), "external", ["internal", "third"])
    kept = both[both["other"] == "internal"].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, differences(runs, "external"))


def test_a_further_look_counts_p_values_more_often_and_changes_no_interval(two):
    first, third = (differences(two[0], "external", earlier=number) for number in (0, 2))
    for name in ("p_holm", "p_equal_holm"):
        small = first[name] < 1 / 16
        assert small.any() or name == "p_equal_holm"
        assert (third[name] / first[name])[small].to_numpy() == pytest.approx(
            16.0
        )  # .04 against .0025
        assert (third[name].isna() == first[name].isna()).all()
    pd.testing.assert_frame_equal(first[["low", "high"]], third[["low", "high"]])


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
