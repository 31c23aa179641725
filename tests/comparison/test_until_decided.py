"""A comparison that stops itself: what it runs, what it says, and that it comes out again."""

import numpy as np
import pandas as pd
import pytest
from synthetic import tables, weekly_array

import qisim
from qisim.cli.main import exit_code
from qisim.comparison.comparison import differences
from qisim.comparison.matters import smallest_differences
from qisim.comparison.sequential import looks
from qisim.comparison.until_decided import decided, looked_over, notes_of, second_look

SIZES = {"a": 30, "b": 30}


def two(runs, gain=0.0, seed=2):
    """Runs of two scenarios, the other with so much more routine use."""
    how = {"runs": runs, "weeks": 60, "end": 26}
    made = [
        tables("a", weekly_array(**how, level=0.4), 26)[0],
        tables("b", weekly_array(**how, level=0.4 + gain, seed=seed), 26)[0],
    ]
    return pd.concat(made, ignore_index=True)


def test_a_look_needs_all_its_runs():
    runs = two(300, 0.3)
    study, _ = looked_over(runs, ("a", "b"), looks(800), smallest_differences(), SIZES)
    assert study.look == 1


def test_a_share_of_runs_with_a_value_is_held_against_points_not_weeks():
    runs = two(200)
    rng = np.random.default_rng(1)
    half = np.where(rng.random(400) < np.repeat([0.05, 0.30], 200), 20.0, np.nan)
    runs["weeks_to_half"] = half
    found = decided(differences(runs, "a", posts=SIZES), runs, 200, SIZES)
    row = found.set_index("outcome").loc["weeks_to_half"]
    assert row["verdict"].startswith("reached in ") and "b better" in row["verdict"]


def test_intervals_are_wider_than_those_of_one_look():
    runs = two(400, 0.1)
    once = differences(runs, "a", posts=SIZES).set_index("outcome")
    often = decided(once.reset_index()[list(differences(runs, "a"))], runs, 800, SIZES)
    row, plain = often.set_index("outcome").loc["adoption_mean"], once.loc["adoption_mean"]
    assert row["low"] < plain["low"] < plain["high"] < row["high"]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    out = tmp_path_factory.mktemp("stopped") / "out"
    pair = ("external", "no-programme")
    return qisim.compare(*pair, replicates=400, until_decided=True, out=out), out


def test_it_stops_when_all_is_settled_and_says_when(stopped):
    found, out = stopped
    made = found.runs["replicate"].nunique()
    assert made in (200, 400)
    rows = found.differences().set_index("outcome")
    said = rows.loc["adoption_final", "verdict"]
    assert said.startswith("no-programme lower") and "(settled at " in said
    assert "Looked at 200" in (out / "report.html").read_text("utf-8")


def test_it_comes_out_again(stopped):
    assert exit_code(["reproduce", str(stopped[1])]) == 0


def test_a_second_look_by_hand_is_warned_of(kept_runs):
    given = {"store": kept_runs, "seed": 3}
    first = qisim.compare("external", "no-programme", replicates=4, **given)
    assert (
        second_look(first) == ""
        and first.differences()["verdict"].str.contains("cannot tell").any()
    )
    again = qisim.compare("external", "no-programme", replicates=40, **given)
    assert again.manifest["made_before"] == 4
    assert "The first 4 pairs were made before" in second_look(again)
    assert "--until-decided" in second_look(again) and second_look(again) in notes_of(again)
    same = qisim.compare("external", "no-programme", replicates=40, **given)
    assert "made_before" not in same.manifest and second_look(same) == ""
