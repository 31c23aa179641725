"""The report in a browser: readable for everyone, offline, on a phone, and its first page on a sheet."""

from typing import Any

import pytest
from questions import VERBS
from worlds import small

import qisim
from qisim.decide.explain import explain
from qisim.decide.report import report

VIEWS = {
    "light": {}, "dark": {"color_scheme": "dark"}, "phone": {"viewport": {"width": 360, "height": 740}},
    "forced": {"forced_colors": "active"},
}  # fmt: skip
PRINTED = {"width": 688, "height": 1024}
"""What an A4 sheet has within the margins of the report, in CSS pixels."""


@pytest.fixture(scope="module", params=["en", "nb"])
def file(request: Any, tmp_path_factory: Any) -> Any:
    place = tmp_path_factory.mktemp("report")
    two = small(), small({"name": "other", "workload.pressure": 1.2})
    qisim.compare(*two, replicates=12, out=place / "plans")
    explain(*two, replicates=12, out=place / "why")
    return report(place / "plans", [place / "why"], language=request.param)


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_in_the_report(view: str, file: Any, visit: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(file=file, ready="main", bypass_csp=True, **VIEWS[view])
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.faults == []
    assert all(asked.startswith(("file:", "data:")) for asked in page.asked)


def test_its_first_page_fits_on_a_sheet(file: Any, visit: Any) -> None:
    page = visit(file=file, ready="main", viewport=PRINTED)
    page.emulate_media(media="print")
    size = page.locator("article.first").bounding_box()
    assert size["height"] <= PRINTED["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PRINTED["width"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: Any) -> Any:
    """Return the page of each question."""
    place = tmp_path_factory.mktemp("questions")
    for verb, ask in VERBS.items():
        ask(replicates=4, out=place / verb)
    return place


@pytest.mark.parametrize("verb", VERBS)
def test_axe_finds_nothing_in_the_page_of_a_question(verb: str, pages: Any, visit: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for how in ({}, VIEWS["phone"]):
        page = visit(file=pages / verb / "report.html", ready="main", bypass_csp=True, **how)
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.faults == []
        assert all(asked.startswith(("file:", "data:")) for asked in page.asked)


@pytest.mark.parametrize("verb", VERBS)
def test_no_table_of_a_question_runs_off_the_sheet(verb: str, pages: Any, visit: Any) -> None:
    page = visit(file=pages / verb / "report.html", ready="main", viewport=PRINTED)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= PRINTED["width"]
