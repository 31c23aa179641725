"""The page of credibility: its levels follow from what the tables say and from the evidence that is there."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def page(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import credibility_page

    return credibility_page


def level(page, name, patterns):
    return next(one.level for one in page.factors(patterns) if one.name == name)


def test_the_page_is_up_to_date():
    command = [sys.executable, "scripts/credibility_page.py", "--check"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_one_checked_pattern_that_does_not_pass_takes_validation_down(page):
    passing = [{**one, "verdict": "pass"} for one in page.verdicts()]
    assert level(page, "Validation", passing) == page.EXAMINED
    at = next(i for i, one in enumerate(passing) if one["use"] == "checked")
    for verdict in ("fail", "open"):
        short = [*passing[:at], {**passing[at], "verdict": verdict}, *passing[at + 1 :]]
        assert level(page, "Validation", short) == page.ARGUED


def test_broken_models_are_counted_from_the_table_of_the_validation(page):
    from qisim.validation.mutants import MUST, mutants

    found = page.broken_models()
    assert set(found) == set(mutants())
    assert all(by_any for _, by_any in found.values() if _)
    assert all(found[name][0] for name in MUST)  # docs/validation.md says that each is noticed
    assert f"of {len(found)} broken models" in page.PAGE.read_text(encoding="utf-8")


def test_a_tuned_pattern_says_nothing_of_validation(page):
    patterns = [
        {**one, "verdict": "pass" if one["use"] == "checked" else "fail"} for one in page.verdicts()
    ]
    assert level(page, "Validation", patterns) == page.EXAMINED


def test_evidence_that_is_gone_takes_a_level_down_and_is_named(page):
    found = next(one for one in page.factors(page.verdicts()) if one.name == "Verification")
    gone = replace(found, files=(*found.files, "tests/no_such_test.py"))
    assert (found.level, gone.level) == (page.EXAMINED, page.ARGUED)
    assert "`tests/no_such_test.py` (missing)" in page.told(gone.files)


def test_an_assumed_number_keeps_input_pedigree_down(page, monkeypatch):
    assert level(page, "Input pedigree", page.verdicts()) == page.ARGUED
    read = {key: replace(one, sources=("Q16",)) for key, one in page.PARAMETERS.items()}
    monkeypatch.setattr(page, "PARAMETERS", read)
    assert level(page, "Input pedigree", page.verdicts()) == page.EXAMINED


@pytest.mark.parametrize("name", ["calibration", "decision", "finding", "report", "validation"])
def test_each_report_tells_of_the_page(name):
    text = (ROOT / "src" / "qisim" / "templates" / f"{name}.html").read_text(encoding="utf-8")
    assert "docs/credibility.md" in text
