"""Executable claims: judged by intervals, refused where they say nothing, and those of the documents."""

import os
from pathlib import Path

import numpy as np
import pytest
from worlds import small

import qisim
from qisim.cli.main import exit_code
from qisim.decide.claims import FAILS, PASSES, UNTOLD, Claim, claims, read
from qisim.errors import InputError
from qisim.model.outcomes import OUTCOMES

DOCS = Path(__file__).parents[2] / "docs"


def claim(**more):
    """Return a claim that is true: more demand, more strain."""
    two = [small().to_dict(), small({"name": "busy", "workload.pressure": 1.4}).to_dict()]
    return {"text": "More demand, more strain.", "scenarios": two, "outcome": "strain_mean",
            "is": "above", "value": 0.0, **more}  # fmt: skip


def checked(*entries, **options):
    return claims({"format": 1, "claims": list(entries)}, **{"replicates": 16, **options})


def test_what_holds_passes_and_what_does_not_fails():
    found = checked(claim(), claim(id="turned", **{"is": "below"}))
    assert found.table()["verdict"].tolist() == [PASSES, FAILS]
    assert found.title.startswith("2 claims: 1 pass, 1 fail, 0")
    assert "turned fails" in found.sentences[0]


def test_a_claim_within_its_interval_cannot_be_told_yet():
    mean = checked(claim()).table()["value"][0]
    assert checked(claim(value=float(mean))).table()["verdict"].tolist() == [UNTOLD]


@pytest.mark.parametrize(("low", "high", "verdict"), [
    (0.2, 0.3, PASSES), (0.05, 0.3, UNTOLD), (-0.2, 0.0, FAILS), (0.4, 0.9, FAILS), (np.nan, np.nan, UNTOLD),
])  # fmt: skip
def test_verdicts_follow_the_interval(low, high, verdict):
    one = Claim("a", "b", (small(),), OUTCOMES["strain_mean"], "mean", 0.1, 0.4)
    assert one.judged(low, high) == verdict


def test_measures_are_those_of_compare():
    entries = [claim(id=name, measure=name) for name in ("difference", "ratio", "better")]
    alone = claim(id="mean", measure="mean", scenarios=[small().to_dict()])
    table = checked(*entries, alone, seed=4).table().set_index("id")
    two = [small(), small({"name": "busy", "workload.pressure": 1.4})]
    rows = qisim.compare(*two, replicates=16, seed=4).differences().set_index("outcome")
    row = rows.loc["strain_mean"]
    assert table.loc["difference", ["value", "low", "high"]].tolist() == pytest.approx(
        row[["difference", "low", "high"]].tolist()
    )
    assert table.loc["ratio", "value"] == pytest.approx(row["other_mean"] / row["base_mean"])
    assert table.loc["better", "value"] == pytest.approx(row["probability_other_better"])
    assert table.loc["mean", "value"] == pytest.approx(row["base_mean"])


def test_values_are_laid_over_and_places_have_two_ends():
    entry = claim(measure="mean", scenarios=[small().to_dict()], set={"workload.pressure": 1.4},
                  **{"is": "between", "low": 0.0, "high": 1.0})  # fmt: skip
    found = checked(entry).table()
    assert found["verdict"].tolist() == [PASSES]
    busy = qisim.run(small({"workload.pressure": 1.4}), replicates=16).runs["strain_mean"].mean()
    assert found["value"][0] == pytest.approx(busy)


@pytest.mark.parametrize(("more", "text"), [
    ({"txt": "a"}, "did you mean 'text'"),
    ({"text": ""}, "the sentence"),
    ({"is": "over"}, "above | below | between"),
    ({"value": "much"}, "not a number"),
    ({"value": True}, "not a number"),
    ({"value": [1]}, "not a number"),
    ({"is": "between", "low": 2, "high": 1}, "not below high"),
    ({"measure": "median"}, "mean | difference | ratio | better"),
    ({"measure": "mean"}, "not a list of 1"),
    ({"scenarios": ["extrnal", "internal"]}, "did you mean 'external'"),
    ({"outcome": "strain"}, "strain_mean"),
    ({"where": "no-such-file.md"}, "cannot be read"),
])  # fmt: skip
def test_a_claim_that_says_nothing_is_refused(more, text):
    with pytest.raises(InputError) as error:
        checked(claim(**more))
    assert text in str(error.value)


def test_all_that_is_wrong_with_a_file_is_told_at_once(tmp_path):
    with pytest.raises(InputError) as error:
        claims({"formt": 1, "claims": [claim(id="a"), claim(id="a"), claim(value=None), 3]})
    text = str(error.value)
    for part in ("formt", "id of two claims", "claims.3.value", "claims.4"):
        assert part in text
    (tmp_path / "bad.toml").write_text("a = [", encoding="utf-8")
    for path in (tmp_path / "bad.toml", tmp_path / "none.toml"):
        with pytest.raises(InputError, match=r"cannot be read|not valid TOML"):
            claims(path)
    with pytest.raises(InputError, match="has no claims"):
        claims({"format": 1})


@pytest.mark.parametrize(("content", "said"), [
    (b"format = 1\n[[claims]]\ntext = \"a\"\n\x81\n", "not UTF-8 text"),
    (b"x = " + b"[" * 5000 + b"]" * 5000, "nested too deeply"),
    (b"a" * (1 << 20) + b" = 1\n", "too large"),
    (b"format = 1\nclaims = 3\n", "has no claims"),
    (b"", "has no claims"),
])  # fmt: skip
def test_a_file_of_claims_goes_through_the_guarded_reader(tmp_path, content, said):
    file = tmp_path / "claims.toml"
    file.write_bytes(content)
    with pytest.raises(InputError, match=said):
        claims(file)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name on this system")
def test_nobody_waits_for_a_pipe(tmp_path):
    pipe, file = tmp_path / "pipe", tmp_path / "claims.toml"
    os.mkfifo(pipe)
    for source in (pipe, "/dev/zero"):
        with pytest.raises(InputError, match="not an ordinary file"):
            claims(source)
    file.write_text(
        'format = 1\n[[claims]]\ntext = "a"\nwhere = "pipe"\n'
        'scenarios = ["external", "internal"]\nis = "above"\nvalue = 0.0\n', encoding="utf-8",
    )  # fmt: skip
    with pytest.raises(InputError, match="not an ordinary file"):
        read(file)


def test_a_sentence_must_stand_in_its_document(tmp_path):
    page, file = tmp_path / "page.md", tmp_path / "claims.toml"
    page.write_text("It says:\nmore demand,\nmore strain.\n", encoding="utf-8")
    file.write_text(
        'format = 1\n[[claims]]\ntext = "more demand, more strain."\nwhere = "page.md"\n'
        'scenarios = ["external", "internal"]\nis = "above"\nvalue = 0.0\n', encoding="utf-8",
    )  # fmt: skip
    assert len(read(file)) == 1
    page.write_text("It says something else.", encoding="utf-8")
    with pytest.raises(InputError, match="is not in page"):
        read(file)


def test_the_exit_code_tells_whether_all_pass(tmp_path, capsys):
    file = tmp_path / "claims.toml"
    text = ('format = 1\n[[claims]]\ntext = "a"\nscenarios = ["no-programme"]\nmeasure = "mean"\n'
            'is = "above"\nvalue = 0.9\n')  # fmt: skip
    file.write_text(text, encoding="utf-8")
    assert exit_code(["claims", str(file), "--replicates", "4"]) == 0
    assert exit_code(["claims", str(file), "--replicates", "4", "--strict"]) == 4
    file.write_text(text.replace("above", "below"), encoding="utf-8")
    assert exit_code(["claims", str(file), "--replicates", "4", "--strict", "--json"]) == 0
    capsys.readouterr()


def test_what_the_documents_claim_of_the_model_passes():
    found = claims(DOCS / "claims.toml", replicates=100)
    assert found.table().query("verdict != @PASSES")[["id", "value", "low", "high"]].empty
