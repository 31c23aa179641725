"""Every figure of the model in the documents is a claim, and is what the model gives."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
from write_claims import HELD, SAVED, place

sys.path.pop(0)

ROOT = Path(__file__).parents[2]
WRITTEN_BY_SCRIPTS = (
    "validation.md",
    "base-values.md",
    "second-edition.md",
    "odd.md",
    "calibration.md",
    "factors.md",
)
FIGURE = re.compile(
    r"\d[\d,.]* (?:points|h|hours|%|persons) \[[^\]\n]+\]|\d[\d,.]*\s+\[−?\d[\d.]*, −?\d[\d.]*\]"
)
SCRIPT = ROOT / "scripts" / "write_claims.py"


def prose(path):
    """Return a document without blocks of code, each paragraph on one line."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(text.split())


def test_every_figure_with_an_interval_is_a_claim():
    held = tomllib.loads((ROOT / "docs" / "claims.toml").read_text(encoding="utf-8"))["claims"]
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    found = [
        (path, figure)
        for path in pages
        if path.name not in WRITTEN_BY_SCRIPTS
        for figure in FIGURE.findall(prose(path))
    ]
    assert found
    for path, figure in found:
        of_page = [one["text"] for one in held if Path(one.get("where", "")).name == path.name]
        assert any(figure in text for text in of_page), f"{path.name}: {figure}"


def test_every_figure_is_what_the_model_gives():
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "figure", ["22.7 points [21.1, 24.4]", "−3.0 h [−4.1, −2]", "10.8 [9.5, 12.1]"]
)
def test_figures_are_seen(figure):
    assert FIGURE.search(f"it is {figure} in all")


def test_a_figure_finds_its_sentence_whatever_its_lines():
    entry = {"id": "a", "where": "b", "template": "A (`x`) gives {difference} more.",
             "text": "A (`x`) gives 3.0 points [2.0, 4.0] more."}  # fmt: skip
    assert (
        place(entry, "So A (`x`)\ngives 22.7 points [−1.1, 24.4]\nmore. End")
        == f"So {entry['text']} End"
    )
    with pytest.raises(SystemExit, match="stands 0 times"):
        place(entry, "So A gives nothing.")


@pytest.mark.parametrize("sentence", [SAVED, HELD])
def test_what_benchmarks_write_has_its_place(sentence):
    path, words = sentence
    assert len(re.findall(words, path.read_text(encoding="utf-8"))) == 1
