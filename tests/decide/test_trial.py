"""A planned study: its power where it is known, and how it follows the curves of the model."""

import json

import numpy as np
import pytest
from worlds import small

from qisim.decide.trial import Pool, trial
from qisim.decide.trial_tests import closed_power, closed_variance, stepped
from qisim.errors import InputError, Interrupted, StoreError


def asked(plan=None, **more):
    """Return the power of a small study: sites of ten posts, five weeks between measurements."""
    given = {"sites": 6, "steps": 3, "every": 5, "replicates": 40, "studies": 100}
    return trial(plan or small(), **{**given, **more})


def pool_of_steps(effect, number, seed=1, within=0.004, between=0.006):
    """Return sites of the world of Hussey and Hughes: what the programme does is there at once and stays."""
    rng = np.random.default_rng(seed)
    level = rng.normal(0.3, between**0.5, (number, 1))
    control = level + rng.normal(0, within**0.5, (number, 5))
    rows = stepped(4, 4, 5).rows
    return Pool(control[None] + effect * rows[:, None, :], control, control)


def test_a_step_gives_the_power_of_the_closed_form_and_its_effect():
    layout = stepped(24, 4, 5)
    variance = closed_variance(layout, 0.004, 0.006)
    effect = 2.8 * variance**0.5
    pool = pool_of_steps(effect, 4_000)
    assert pool.effect(layout) == pytest.approx(effect)
    assert pool.variances() == pytest.approx((0.004, 0.006), rel=0.08)
    drawn = pool.studies(layout, 6_000, 1)
    power, low, high = drawn.power("mixed model")
    assert power == pytest.approx(closed_power(effect, variance), abs=0.02)
    assert low < power < high
    assert 0.04 <= drawn.false_alarms("permutation")[0] <= 0.06
    assert 0.04 <= drawn.false_alarms("mixed model")[0] <= 0.06


def test_intervals_hold_which_sites_were_simulated():
    # of small pools the power varies far more than studies drawn from any one of them tell
    layout = stepped(8, 4, 5)
    found = [
        pool_of_steps(0.1, 60, seed).studies(layout, 2_000, 1).power("mixed model")
        for seed in range(40)
    ]
    power = np.array([one[0] for one in found])
    truth = pool_of_steps(0.1, 4_000).studies(layout, 4_000, 1).power("mixed model")[0]
    assert power.std() > 1.5 * np.sqrt(truth * (1 - truth) / 2_000)
    assert np.mean([low <= truth <= high for _, low, high in found]) >= 0.8


@pytest.mark.slow
def test_false_alarms_of_the_model_s_own_curves_are_five_in_a_hundred():
    for design in ("stepped-wedge", "parallel"):
        found = trial("internal", design=design, replicates=1_000, studies=20_000, every=10)
        rows = found.table("tests").set_index("analysis")
        assert 0.04 <= rows.loc["permutation", "false_alarms"] <= 0.06


def test_every_number_of_a_sentence_stands_in_a_table(tmp_path):
    found = asked(out=tmp_path / "trial")
    cells = {cell for one in found.tables.values() for row in one.cells for cell in row}
    row = found.table("tests").iloc[0]
    assert found.tables["tests"].cells[0][1] in found.title
    assert any(found.tables["tests"].cells[0][5] in sentence or "estimates" in sentence
               for sentence in found.sentences)  # fmt: skip
    assert cells
    assert row["effect"] == found.table("tests")["effect"].iloc[-1]
    made = json.loads((tmp_path / "trial" / "manifest.json").read_text())
    assert made["kind"] == "trial" and not made["interrupted"]
    assert {"tests.csv", "sizes.csv", "curves.csv", "report.html"} <= set(made["files"])


def test_sites_wait_until_their_sequence_begins():
    curves = asked().table("curves")
    for step, (_, arm) in enumerate(curves.groupby("arm", sort=False)):
        before = arm[arm["week"] <= 5 * (step + 1)]
        assert (
            before["mean"].max() - before["mean"].min() < 0.03
        )  # only those move who use it anyway


def test_two_arms_with_one_plan_have_no_effect():
    found = asked(against=small({"name": "other"}), design="parallel", periods=3)
    assert found.table("tests")["effect"].abs().max() == 0.0


def test_fewer_who_are_asked_are_noisier():
    whole = asked(replicates=120, sites=12, series="use")
    part = asked(replicates=120, sites=12, series="use", observed=2)
    assert part.table("tests")["power"].iloc[0] < whole.table("tests")["power"].iloc[0]


def test_the_same_question_gives_the_same_answer_and_another_folder_is_refused(tmp_path):
    first = asked(out=tmp_path / "a")
    again = asked(out=tmp_path / "a", workers=1)
    assert first.table("sizes").equals(again.table("sizes"))
    with pytest.raises(StoreError, match="another study"):
        asked(out=tmp_path / "a", every=4)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"design": "steped-wedge"}, "did you mean 'stepped-wedge'"),
        ({"sites": 5}, "whole number from 6"),
        ({"periods": 3}, "whole number from 4"),
        ({"every": 0}, "every: out of range"),
        ({"series": "strain"}, "adoption | use | reach"),
        ({"against": "internal"}, "--design parallel"),
        ({"replicates": 12}, "24 or more"),
        ({"vary": ["turnovr"]}, "did you mean"),
        ({"observed": 0}, "observed: out of range"),
    ],
)
def test_wrong_input_is_refused_with_what_is_allowed(given, said):
    with pytest.raises(InputError, match=said.replace("|", r"\|")):
        asked(**given)


def test_an_interruption_leaves_no_half_answer(tmp_path):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        asked(out=tmp_path / "trial", progress=stop)
    assert not (tmp_path / "trial" / "tests.csv").exists()
