"""What an answer depends on under rival theories: which input leads in how many, and whose the doubt is."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from qisim.errors import InputError
from qisim.model.theories import AS_SHIPPED, THEORIES
from qisim.output.dictionary import column
from qisim.sensitivity.finding import FINE, HIDDEN
from qisim.sensitivity.study import sensitivity
from qisim.sensitivity.theories import doubt_table, sentences, theory_share, theory_table

FEW = ["use.base_odds", "workload.half_slack_load"]
A, B = FEW


def found(first, mean, variance=1.0, status=FINE):
    """Return indices and noise in which an input leads."""
    ranks = {first: 1.0, next(name for name in FEW if name != first): 2.0}
    indices = pd.DataFrame(
        [{"target": "t", "outcome": "adoption_mean", "input": name, "index": kind, "rank": rank,
          "estimate": 1.0 / rank} for name, rank in ranks.items() for kind in ("ST", "S1")]
    )  # fmt: skip
    whole = {"target": "t", "outcome": "adoption_mean", "status": status, "mean": mean}
    return indices, pd.DataFrame([{**whole, "expected_variance": variance}])


def as_shipped(first=A, mean=1.0, variance=1.0, status=FINE):
    """Return what the model as shipped shows."""
    indices, noise = found(first, mean, variance, status)
    one = SimpleNamespace(target="t", outcome="adoption_mean")
    kind = SimpleNamespace(kind=SimpleNamespace(main="ST"))
    return SimpleNamespace(indices=indices, noise=noise, design=kind, findings=[one])


def test_it_is_counted_in_how_many_theories_the_same_input_leads():
    theirs = {"one": found(A, 2.0), "two": found(B, -1.0), "three": found(A, 0.5, status=HIDDEN)}
    table = theory_table(as_shipped(), theirs)
    assert list(dict.fromkeys(table["theory"])) == [AS_SHIPPED, "one", "two", "three"]
    assert set(table["index"]) == {"ST"} and len(table) == 4 * len(FEW)
    row = doubt_table(as_shipped(), theirs).iloc[0]
    assert row["first"] == A and row["theories"] == 4
    assert (row["first_in"], row["near_in"], row["lost_in"], row["unknown_in"]) == (2, 1, 0, 1)
    assert row["same_side_in"] == 3
    (line,) = sentences(doubt_table(as_shipped(), theirs), "t")
    assert "comes first in 2 of 4 theories and among the first 3 in 3" in line
    assert "its mean has the same sign in 3 of 4" in line


def test_where_nothing_leads_as_shipped_there_is_no_conclusion():
    theirs = {"one": found(A, 2.0)}
    row = doubt_table(as_shipped(status=HIDDEN), theirs).iloc[0]
    assert row["first"] == "" and row["unknown_in"] == 2
    assert sentences(doubt_table(as_shipped(status=HIDDEN), theirs), None) == []


def test_the_share_of_the_theory_is_that_of_its_means():
    assert theory_share([1.0, 1.0, 1.0], [2.0, 2.0, 2.0]) == 0.0
    assert theory_share([0.0, 2.0], [0.0, 0.0]) == 1.0
    assert theory_share([0.0, 2.0], [1.0, 1.0]) == 0.5
    assert np.isnan(theory_share([1.0, 1.0], [0.0, 0.0]))


def test_every_column_has_a_meaning():
    theirs = {"one": found(A, 2.0)}
    for name in doubt_table(as_shipped(), theirs).columns:
        assert column(name, "theories_doubt.csv") is not None, name


@pytest.mark.parametrize(("given", "key"), [
    ({"until": 0.1}, "until"), ({"over_time": ["use"]}, "over_time"),
    ({"scheduler": "tcp://127.0.0.1:1"}, "scheduler"),
])  # fmt: skip
def test_what_does_not_go_with_theories_is_refused_before_anything_runs(given, key, tmp_path):
    with pytest.raises(InputError) as refused:
        sensitivity("internal", vary=FEW, theories=True, store=tmp_path, replicates=3, **given)
    assert [problem.key for problem in refused.value.problems] == [key]


@pytest.mark.slow  # five theories, each a process of its own
def test_an_analysis_is_made_under_every_theory_and_again(tmp_path):
    given = {
        "vary": FEW, "samples": 4, "replicates": 3, "method": "morris", "outcome": ["adoption_mean"],
        "set": {"run.weeks": 40, "site.staff_per_unit": 12}, "engine": "mesa", "workers": 1, "sites": 3,
        "store": tmp_path / "store",
    }  # fmt: skip
    result = sensitivity("external", "internal", theories=True, out=tmp_path / "out", **given)
    table, doubt = result.theories()
    assert list(dict.fromkeys(table["theory"])) == [AS_SHIPPED, *THEORIES]
    assert table.groupby("theory")["estimate"].sum().nunique() > 1
    assert len(doubt) == 3 and "Under rival theories" in result.summary()
    assert "At 3 sites like it" in result.summary()
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["settings"]["theories"]) == set(THEORIES)
    assert {"theories.csv", "theories_doubt.csv"} <= set(manifest["files"])
    plain = sensitivity("external", "internal", **given)
    assert plain.manifest["study_digest"] != result.manifest["study_digest"]
    from qisim.reproduction import reproduce

    assert reproduce(tmp_path / "out", workers=1).same_values
