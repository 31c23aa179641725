"""A comparison under rival theories: what holds, whose the doubt is, what is refused."""

import json
import re

import numpy as np
import pandas as pd
import pytest

import qisim
from qisim.comparison.theories import (
    HOLDS,
    NONE,
    OPEN,
    TURNS,
    cells,
    conclusion,
    doubt_table,
    headers,
    note,
    sentences,
    theory_table,
    together,
)  # fmt: skip
from qisim.design.theories import matched, sets_under
from qisim.engines import custom_rules
from qisim.errors import InputError
from qisim.model.outcomes import OUTCOMES
from qisim.model.parameters import PARAMETERS
from qisim.model.theories import AS_SHIPPED, THEORIES, digest_of, rules_of

SMALL = {"site.staff_per_unit": 6, "run.weeks": 20, "programme.length_weeks": 12}
PAIRS = 40


def runs(gain, first, luck=0.02):
    """Return runs of a and b; b is above a in every share by a gain and some luck."""
    chance = np.random.default_rng(first)
    rows = []
    for number in range(PAIRS):
        for name, shift in (("a", 0.0), ("b", gain + luck * chance.standard_normal())):
            values = dict.fromkeys(OUTCOMES, 0.4 + shift)
            rows.append({"scenario": name, "replicate": first + number, "status": "ok", **values})
    return pd.DataFrame(rows)


def under(gains, luck=0.02):
    """Return a table of runs with a gain for the model as shipped and for each theory."""
    shipped, *others = gains
    named = zip(THEORIES, others, strict=True)
    return together(runs(shipped, 0, luck), [
        runs(gain, PAIRS * place, luck).assign(theory=name) for place, (name, gain) in enumerate(named, 1)
    ])  # fmt: skip


def told(gains, luck=0.02):
    table = theory_table(under(gains, luck), "a", ["b"])
    return table, doubt_table(under(gains, luck), table)


@pytest.mark.parametrize(("shipped", "here", "said"), [
    (1, 1, HOLDS), (-1, -1, HOLDS), (1, -1, TURNS), (1, 0, OPEN), (0, 1, NONE),
])  # fmt: skip
def test_a_conclusion_holds_on_the_same_side_and_turns_on_the_other(shipped, here, said):
    assert conclusion(shipped, here) == said


def test_it_is_counted_in_how_many_theories_a_conclusion_holds():
    table, doubt = told([0.2, 0.2, 0.2, 0.2, -0.2, 0.0])
    row = doubt.set_index("outcome").loc["adoption_final"]
    assert (row["theories"], row["holds"], row["turns"], row["open"]) == (6, 4, 1, 1)
    (sentence,) = sentences(table, doubt)
    assert "b higher than a in 4 of 6 theories" in sentence
    assert "habit only: turns" in sentence and "diffusion: cannot tell" in sentence


def test_where_theories_agree_the_doubt_is_luck_and_where_not_the_theory_s():
    alike, apart = (told(gains)[1].set_index("outcome").loc["use_final"] for gains in (
        [0.1] * 6, [0.1, 0.3, -0.1, 0.2, 0.0, -0.2],
    ))  # fmt: skip
    assert alike["doubt"] < 0.15 < 0.9 < apart["doubt"]
    assert alike["doubt_luck"] == pytest.approx(1.0 - alike["doubt"])
    assert apart["doubt_low"] < apart["doubt"] < apart["doubt_high"]


def test_sets_within_a_theory_have_a_share_of_their_own():
    table = under([0.1] * 6, luck=0.01)
    table["set"] = table["replicate"] % 4
    moved = table["scenario"] == "b"
    shares = [name for name, outcome in OUTCOMES.items() if outcome.unit == "share"]
    table.loc[moved, shares] += 0.1 * table.loc[moved, "set"].to_numpy()[:, None]
    doubt = doubt_table(table, theory_table(table, "a", ["b"]))
    row = doubt.set_index("outcome").loc["adoption_final"]
    assert row["doubt_set"] > 0.8 and row["doubt"] < 0.2
    assert row[["doubt", "doubt_set", "doubt_luck"]].sum() == pytest.approx(1.0)


def test_as_people_read_it():
    table, doubt = told([0.2, 0.2, 0.2, 0.2, -0.2, 0.0])
    heads, rows = headers(table), cells(table, doubt, "b")
    assert heads[:3] == ["Outcome", "as shipped", "additive intent"]
    assert all(len(row) == len(heads) for row in rows)
    (final,) = [row for row in rows if row[0].startswith("Routine use, last week")]
    assert re.fullmatch(r"\(.*\)", final[6]) and not final[1].startswith("(")
    assert final[7] == "4 of 6, turns in 1"
    for name in THEORIES:  # a theory without an acceptable set is named as such
        assert matched(name).acceptable or THEORIES[name].label in note(table)


@pytest.mark.slow  # six kernels are compiled: some two minutes of one core
def test_a_study_runs_under_every_theory_and_is_made_again(tmp_path):
    given = {
        "set": SMALL,
        "engine": "mesa",
        "replicates": 2,
        "workers": 1,
        "store": tmp_path / "store",
    }
    plain = qisim.compare("external", "internal", **given)
    found = qisim.compare("external", "internal", theories=True, out=tmp_path / "out", **given)
    pd.testing.assert_frame_equal(plain.runs, found.runs)  # the headline is the model's as shipped
    every = found.theory_runs()
    assert list(dict.fromkeys(every["theory"])) == [AS_SHIPPED, *THEORIES]
    assert not every.duplicated(["scenario", "replicate"]).any()
    means = every[every["scenario"] == "internal"].groupby("theory")["adoption_mean"].mean()
    assert means.nunique() > 1
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert {name: one["sha256"] for name, one in manifest["theories"].items()} == {
        name: digest_of(name) for name in THEORIES
    }
    assert manifest["study_digest"] != plain.manifest["study_digest"]
    for name in ("theories.csv", "theories_doubt.csv", "theory_runs.parquet"):
        assert name in manifest["files"]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Under rival theories" in page
    from qisim.reproduction import reproduce

    assert reproduce(tmp_path / "out", workers=1).same_values


def test_what_does_not_go_with_theories_is_listed(monkeypatch):
    given = {"theories": True, "over": "uncertain", "until_decided": True, "scheduler": "tcp://x:1"}
    monkeypatch.setattr(custom_rules, "FILE", "mine.py")
    with pytest.raises(InputError) as refused:
        qisim.compare("external", "internal", **given)
    keys = {problem.key for problem in refused.value.problems}
    assert keys == {"over", "until_decided", "scheduler", custom_rules.OWN_RULES}


@pytest.mark.parametrize("name", THEORIES)
def test_a_theory_is_a_short_file_of_rules_with_its_reference_and_values_of_its_own(name):
    text = rules_of(name).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    assert "assumption" in text and re.search(r"[12]\d{3}", text)
    held = matched(name)
    assert len(held.sets) and not held.implausibility < 0
    for key, value in next(held.sets.sets()).items():
        assert PARAMETERS[key].low <= value <= PARAMETERS[key].high
    assert held.acceptable == (held.acceptable and held.implausibility <= 2.0 + 1e-6)


def test_what_a_scenario_sets_itself_stays_under_a_theory():
    scenarios = [qisim.load("internal"), qisim.load("internal", {"use.base_odds": 1.5})]
    everything = matched("weakest-link").sets.keys
    kept = sets_under("weakest-link", scenarios, only_base=True)
    assert set(everything) - set(kept.keys) >= {"use.base_odds"}
    assert len(kept) == 1
    alone = sets_under(
        "weakest-link", [qisim.load("internal", {"use.support_weight": 0.4})], only_base=True
    )
    assert "use.support_weight" not in alone.keys and "use.base_odds" in alone.keys
