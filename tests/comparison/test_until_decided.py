"""A comparison that stops itself: what it runs, what it says, and that it comes out again."""

import numpy as np
import pandas as pd
import pytest
from synthetic import tables, weekly_array
from worlds import small

import qisim
from qisim.cli.main import exit_code
from qisim.comparison.comparison import differences
from qisim.comparison.matters import smallest_differences
from qisim.comparison.sequential import looks
from qisim.comparison.until_decided import decided, looked_over, notes_of
from qisim.errors import InputError

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


def test_another_look_at_the_same_two_is_on_record_and_has_less_of_the_five_per_cent(kept_runs):
    pair, given = ("external", "no-programme"), {"store": kept_runs}
    first = qisim.compare(*pair, replicates=20, **given)
    more = qisim.compare(*pair, replicates=40, **given)
    turned = qisim.compare(
        *pair[::-1], replicates=20, seed=9, **given
    )  # another seed, and the other way
    assert "earlier_looks" not in first.manifest and notes_of(first, *pair) == []
    looks_told = [len(one.earlier(one.base, *one.others)) for one in (first, more, turned)]
    assert looks_told == [0, 1, 2]
    (note,) = notes_of(more, *pair)
    assert "compared before (20 pairs, seed 1)" in note and "count 10 times" in note
    assert "20 pairs, seed 1; 40 pairs, seed 1" in notes_of(turned, *pair[::-1])[0]
    once = qisim.compare(*pair, replicates=40, earlier=[])
    p = [one.differences().set_index("outcome")["p_holm"] for one in (once, more)]
    held = p[1].between(1e-300, 0.99)
    assert held.sum() >= 5
    assert (p[1] / p[0])[held].to_numpy() == pytest.approx(8.0)  # 10 times against 1.25 times


def test_the_same_look_again_is_no_further_one(kept_runs):
    given = {"store": kept_runs, "replicates": 6}
    tables = [qisim.compare("external", "internal", **given).differences() for _ in range(2)]
    pd.testing.assert_frame_equal(*tables)
    assert len(list((kept_runs / "looks").iterdir())) == 1
    other = qisim.compare("external", "no-programme", **given)
    assert other.earlier("external", "no-programme") == []


def test_a_look_with_the_other_engine_is_the_same_look(kept_runs):
    """All engines give the same numbers, so whoever changes the engine sees nothing new."""
    pair, given = (small(), small(pressure=1.2)), {"store": kept_runs}
    qisim.compare(*pair, replicates=3, **given)
    again = qisim.compare(*pair, replicates=3, engine="mesa", **given)
    assert again.earlier(again.base, *again.others) == []
    more = qisim.compare(*pair, replicates=4, engine="mesa", **given)
    assert [look["pairs"] for look in more.earlier(more.base, *more.others)] == [3]
    (record,) = (kept_runs / "looks").iterdir()
    assert len(record.read_text().splitlines()) == 2


def test_a_further_look_comes_out_again(kept_runs, tmp_path):
    pair = ("external", "no-programme")
    for replicates in (6, 8):
        qisim.compare(*pair, replicates=replicates, out=tmp_path / "out", store=kept_runs)
    assert "compared before" in (tmp_path / "out" / "report.html").read_text("utf-8")
    assert exit_code(["reproduce", str(tmp_path / "out")]) == 0


def test_a_record_that_is_no_record_does_no_harm(kept_runs):
    pair, given = ("external", "no-programme"), {"store": kept_runs}
    qisim.compare(*pair, replicates=6, **given)
    (record,) = (kept_runs / "looks").iterdir()
    line = record.read_bytes()
    record.write_bytes(b'{"pairs": -1}\n\xff\n[[[\n' + line)
    assert len(qisim.compare(*pair, replicates=8, **given).earlier(*pair)) == 1
    record.unlink()
    record.mkdir()
    assert qisim.compare(*pair, replicates=8, **given).earlier(*pair) == []


def test_after_an_earlier_look_a_study_that_stops_itself_asks_for_more():
    runs = two(400, 0.1)
    given = (runs, ("a", "b"), looks(800), smallest_differences(), SIZES)
    first, second = (looked_over(*given, earlier=n)[0] for n in (0, 1))
    assert second.levels == pytest.approx(first.levels / 8)
    widths = [
        one.last["adoption_mean"].high - one.last["adoption_mean"].low for one in (first, second)
    ]
    assert widths[1] > widths[0]


@pytest.mark.parametrize("earlier", ["twice", [2], [{"base": "a", "other": "b", "looks": [1]}]])
def test_what_are_no_earlier_looks_is_refused(earlier):
    with pytest.raises(InputError, match="are no looks"):
        qisim.compare("external", "no-programme", replicates=2, earlier=earlier)
