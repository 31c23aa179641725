"""What is handed over: how to cite it, what changed, and a package that is whole."""

import datetime
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

import qisim
from qisim.cli.main import citation
from qisim.model.evidence import STUDY

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITED = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
ENTRIES = dict(re.findall(r"^@(\w+)\{\w+,\n(.*?)^\}", citation(), re.M | re.S))

KNOWN = set(
    "abstract authors cff-version commit contact date-released doi identifiers keywords license license-url "
    "message preferred-citation references repository repository-artifact repository-code title type url "
    "version".split()
)
"""Fields that a file of format 1.2.0 may have at its top (citation-file-format, schema guide)."""
OF_A_REFERENCE = set("type title authors journal volume start end year doi".split())
"""Fields of a reference that this project uses; all of them are in the format."""


def bibtex(kind):
    """Return the fields of the only entry of a kind."""
    fields = re.findall(r"^  (\w+) = \{(.*?)\},?\n(?=  \w+ =|\Z)", ENTRIES[kind], re.M | re.S)
    return {name: " ".join(value.split()) for name, value in fields}


# --- how to cite ----------------------------------------------------------------------------------


def test_the_citation_file_has_what_the_format_asks_for():
    assert {"cff-version", "message", "title", "authors"} <= set(CITED) <= KNOWN
    assert CITED["cff-version"] == "1.2.0"
    assert CITED["type"] in ("software", "dataset")
    assert isinstance(CITED["date-released"], datetime.date)
    assert all(set(author) <= {"name", "website", "email"} for author in CITED["authors"])


def test_its_references_are_whole():
    (study,) = CITED["references"]
    assert {"type", "title", "authors"} <= set(study) <= OF_A_REFERENCE
    assert all(set(author) == {"family-names", "given-names"} for author in study["authors"])
    assert study["doi"] in STUDY and f"{study['year']};{study['volume']}:{study['start']}" in STUDY


def test_version_licence_and_words_are_those_of_the_package():
    assert CITED["version"] == PROJECT["version"] == qisim.__version__
    assert CITED["license"] == PROJECT["license"] == "MIT"
    assert set(CITED["keywords"]) <= set(PROJECT["keywords"])
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_cite_says_what_the_file_says():
    program, (study,) = bibtex("software"), CITED["references"]
    assert program["title"] == CITED["title"] and program["version"] == CITED["version"]
    assert program["year"] == str(CITED["date-released"].year)
    article = bibtex("article")
    authors = [f"{one['family-names']}, {one['given-names']}" for one in study["authors"]]
    assert article == {
        "author": " and ".join(authors), "title": study["title"], "journal": study["journal"],
        "volume": str(study["volume"]), "pages": study["start"], "year": str(study["year"]),
        "doi": study["doi"],
    }  # fmt: skip
    in_words = " ".join(citation().partition("@")[0].split())
    assert CITED["title"] in in_words and STUDY in in_words


# --- what is in the package -----------------------------------------------------------------------

DATA = [
    path.relative_to(ROOT / "src").as_posix()
    for path in sorted((ROOT / "src" / "qisim").rglob("*"))
    if path.is_file() and "__pycache__" not in path.parts
]
SCENARIOS = [
    f"qisim/{path.relative_to(ROOT)}" for path in sorted((ROOT / "scenarios").rglob("*.toml"))
]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the source package, and the wheel from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = ["uv", "build", "--quiet", "--out-dir", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=300)
    return folder


@pytest.mark.slow
def test_the_wheel_holds_every_file_and_no_other(built):
    (wheel,) = built.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == {*DATA, *SCENARIOS}


@pytest.mark.slow
def test_the_source_package_holds_all_that_reviewers_want(built):
    (package,) = built.glob("*.tar.gz")
    with tarfile.open(package) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    wanted = ["README.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "docs/odd.md", "docs/conf.py",
              "tests/naive/week.py", "scripts/build_docs.py", "scenarios/external.toml"]  # fmt: skip
    notebooks = [str(path.relative_to(ROOT)) for path in (ROOT / "notebooks").glob("*.ipynb")]
    assert {*wanted, *notebooks} <= names


@pytest.mark.slow
def test_no_path_of_the_builders_machine_is_shipped(built):
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        holding = [name for name in opened.namelist() if str(ROOT).encode() in opened.read(name)]
    assert holding == []


def test_python_versions_of_the_classifiers_are_those_supported():
    least = PROJECT["requires-python"].removeprefix(">=")
    named = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if "Python :: 3." in c]
    assert min(named, key=lambda v: tuple(map(int, v.split(".")))) == least
    assert sys.version_info[:2] >= tuple(map(int, least.split(".")))
