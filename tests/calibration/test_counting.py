"""Errors of counting: what may be given, what is counted, and what it does to an outlook."""

from pathlib import Path

import numpy as np
import pytest

import qisim
from qisim.calibration import posterior as c
from qisim.calibration.counting import EXACT, Errors, Prior
from qisim.calibration.diagnostics import check_fresh
from qisim.calibration.observations import Observations
from qisim.cli.main import exit_code
from qisim.errors import InputError

WEEKS = np.arange(2, 14)
DATA = Path(__file__).parents[2] / "docs" / "data" / "synthetic-weekly.csv"


def data(errors=EXACT, people=40.0, seen=40.0):
    full = np.full(len(WEEKS), 1.0)
    return Observations(
        "", "week", WEEKS, WEEKS, 5 * full, people * full, seen * full, errors=errors
    )


@pytest.mark.parametrize(("given", "read"), [
    (0.8, Prior("range", 0.8, 0.8)),
    ("80%", Prior("range", 0.8, 0.8)),
    (".7-.95", Prior("range", 0.7, 0.95)),
    ("60% to 95%", Prior("range", 0.6, 0.95)),
    ((0.6, 1), Prior("range", 0.6, 1.0)),
    ("beta(8, 2)", Prior("beta", 8.0, 2.0)),
])  # fmt: skip
def test_a_prior_is_a_share_a_range_or_a_beta_distribution(given, read):
    found = Errors.of(users_counted=given)
    assert found.users == read
    assert Errors.of(**found.to_dict()) == found  # as from a manifest


@pytest.mark.parametrize("given", [
    "most", 1.2, -0.1, "0.9-0.7", "beta(0,2)", "beta(8)", "beta(1.2.3,2)", (0.1, 0.2, 0.3), True, None, "",
    "-.5", float("nan"), (0.2, None),
])  # fmt: skip
def test_anything_else_is_refused_with_what_is_allowed(given):
    with pytest.raises(InputError, match=r"users-counted.*0\.7-0\.95, or beta\(A,B\)"):
        Errors.of(users_counted=given)


def test_both_are_told_of_at_once():
    with pytest.raises(InputError) as refused:
        Errors.of("most", 3)
    assert [problem.key for problem in refused.value.problems] == [
        "users-counted",
        "others-counted",
    ]


def test_without_errors_nothing_is_drawn_and_all_are_counted():
    use, rng = np.random.default_rng(1).random((30, 20)), np.random.default_rng(2)
    before = rng.bit_generator.state
    found = data().counted(use, rng)
    assert rng.bit_generator.state == before
    assert found == pytest.approx(np.rint(use[:, WEEKS - 1] * 40) / 40)


def test_counts_have_the_mean_and_the_spread_of_their_model():
    """Of 20 users of 40, 80 % are found, and 5 % of the others taken for users: 17; binomial around it."""
    use = np.full((4000, 20), 0.5)
    found = 40 * data(Errors.of(0.8, 0.05)).counted(use, np.random.default_rng(3))
    assert found.mean() == pytest.approx(17.0, abs=0.05)
    assert found.var() == pytest.approx(20 * 0.8 * 0.2 + 20 * 0.05 * 0.95, rel=0.03)


def test_a_site_counts_as_well_in_one_week_as_in_another():
    """The share that is counted differs between sites, not weeks, so it does not average out."""
    use = np.full((3000, 20), 0.5)
    by_site = data(Errors.of("0.6-1")).counted(use, np.random.default_rng(4)).mean(axis=1) / 0.5
    assert by_site.std() == pytest.approx(0.4 / 12**0.5, rel=0.06)


def test_some_are_looked_at_and_some_of_these_are_counted():
    use = np.full((4000, 20), 0.5)
    found = 10 * data(Errors.of(0.6), seen=10.0).counted(use, np.random.default_rng(5))
    assert found.mean() == pytest.approx(3.0, abs=0.05) and found.max() <= 10


def held(shares, scores, fresh, truth, observed):
    """Return how often 95 % intervals of the outlook held the truth."""
    ranks = check_fresh(c.ReferenceTable(scores, shares, observed), fresh, truth).ranks
    return (np.abs(ranks - 0.5) <= 0.475).mean()


def test_an_outlook_that_knows_of_missed_users_holds_what_comes_and_one_that_does_not_fails():
    """Sites whose use stays as it is; four in five users are counted."""
    rng = np.random.default_rng(6)
    level = rng.uniform(0.2, 0.9, 3300)
    use, score = np.tile(level[:, None], 20), c.scores_of((level[:, None] - 0.2) / 0.7)
    fresh = data(Errors.of(0.8)).counted(use[3000:], rng)
    told = {}
    for name, errors in (("as if right", EXACT), ("with a prior", Errors.of("beta(8,2)"))):
        seen = data(errors)
        shares = seen.counted(use[:3000], rng)
        told[name] = held(shares, score[:3000], fresh, score[3000:], seen.observed)
    assert told["as if right"] < 0.5 and told["with a prior"] > 0.9


def test_a_calibration_says_what_it_takes_of_the_count(tmp_path):
    exact = qisim.calibrate("internal", DATA, samples=2000, checks=0)
    loose = qisim.calibrate(
        "internal", DATA, samples=2000, checks=0, users_counted="beta(8,2)", others_counted="0-0.05",
        out=tmp_path / "c",
    )  # fmt: skip
    width = [one.outlook["high"].iloc[1] - one.outlook["low"].iloc[1] for one in (exact, loose)]
    assert width[1] > 1.3 * width[0]
    assert exact.ahead["week"].iloc[0] == loose.ahead["week"].iloc[0]
    assert exact.ahead["p95"].iloc[0] == exact.data.shares[-1] < loose.ahead["p95"].iloc[0]
    assert loose.manifest["settings"]["counting"] == {
        "users_counted": "beta(8,2)", "others_counted": "0-0.05",
    }  # fmt: skip
    page = (tmp_path / "c" / "report.html").read_text(encoding="utf-8")
    assert "52 to 97 % (95 % of beta(8,2))" in page


def test_wrong_shares_and_a_wrong_file_are_told_of_together(capsys):
    words = ["calibrate", "internal", "--data", "none.csv", "--users-counted", "most"]
    assert exit_code([*words, "--others-counted", "2"]) == 2
    told = capsys.readouterr().err
    assert "users-counted" in told and "others-counted" in told and "none.csv" in told
