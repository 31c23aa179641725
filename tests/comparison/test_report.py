"""The one-file report: all of it in one file, readable, and true to the tables."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from typing import Any

import pytest
from worlds import CALENDAR

import qisim
from qisim.comparison import report
from qisim.errors import InputError
from qisim.model.outcomes import REPORTED
from qisim.plotting.style import figure_files

NASTY = 'A & B <script>alert("1")</script> {{ 7 * 7 }} æøå'
SITE = {"site": {"units": 1, "staff_per_unit": 6, "teams_per_unit": 2}, "run": {"weeks": 24}}
PROGRAMME = {"programme": {"length_weeks": 20, "facilitator_weeks": 12}}


@pytest.fixture(scope="module")
def compared() -> Any:
    base = {**SITE, **PROGRAMME, "name": "base", "title": "The base", "activities": CALENDAR}
    other = {**base, "name": "other", "title": NASTY, "workload": {"pressure": 0.5}}
    return qisim.compare(base, other, replicates=12, seed=3)


@pytest.fixture(scope="module")
def files(compared: Any) -> dict[str, bytes]:
    return report.pages(compared)


@pytest.fixture(scope="module")
def page(files: dict[str, bytes]) -> str:
    return files["report.html"].decode("utf-8")


class Page(HTMLParser):
    """Collects the elements of a page and its visible text, and minds that tags are closed."""

    VOID = ("meta", "img", "br", "link", "hr", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def pictures_of(page: str) -> list[bytes]:
    """Return the figures of a page."""
    return [
        base64.b64decode(found)
        for found in re.findall(r"data:image/svg\+xml;base64,([^\"]+)", page)
    ]


# --- in one file ----------------------------------------------------------------------------------


def test_asks_nothing_of_any_host(page: str) -> None:
    for tag, attributes in Page(page).elements:
        assert tag not in ("script", "link", "iframe", "object", "embed", "base", "form", "video")
        for name, value in attributes.items():
            if name in ("src", "href", "srcset", "data", "action", "poster", "background"):
                assert (value or "").startswith("data:image/svg+xml;base64,")
            assert not name.startswith("on")
    style = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    assert not re.search(r"url\(|@import|expression", style)


def test_its_figures_ask_nothing_either(page: str) -> None:
    pictures = pictures_of(page)
    assert len(pictures) == len(report.FIGURES)
    for picture in pictures:
        for element in ET.fromstring(picture).iter():
            assert not element.tag.endswith(("}script", "}image", "}foreignObject", "}style")) or (
                "url(" not in (element.text or "") and "@import" not in (element.text or "")
            )
            links = [value for name, value in element.attrib.items() if name.endswith("href")]
            assert all(link.startswith("#") for link in links)


def test_same_result_same_bytes(compared: Any, files: dict[str, bytes]) -> None:
    assert report.pages(compared) == files


def test_names_the_files_of_the_contract(files: dict[str, bytes]) -> None:
    assert set(files) == {
        "report.html",
        *(f"figures/{name}.{kind}" for name in report.FIGURES for kind in ("png", "svg")),
        "figures/captions.txt",
    }


# --- readable -------------------------------------------------------------------------------------


def test_is_a_whole_page_for_every_width_and_reader(page: str) -> None:
    found = Page(page)
    assert page.startswith("<!doctype html>")
    assert found.all("html") == [{"lang": "en"}]
    assert {"charset": "utf-8"} in found.all("meta")
    assert any(meta.get("name") == "viewport" for meta in found.all("meta"))
    assert [tag for tag, _ in found.elements].count("h1") == 1
    assert all(len(picture["alt"] or "") > 60 for picture in found.all("img"))
    assert all(head.get("scope") in ("col", "row") for head in found.all("th"))
    ranks = [int(tag[1]) for tag, _ in found.elements if re.fullmatch(r"h[1-6]", tag)]
    assert all(later <= sooner + 1 for sooner, later in zip(ranks, ranks[1:], strict=False))


def test_names_are_text_and_nothing_else(page: str) -> None:
    assert "<script" not in page
    assert NASTY in Page(page).text


def test_tells_every_outcome_with_its_verdict(compared: Any, page: str) -> None:
    text = Page(page).text
    for row in compared.differences().to_dict("records"):
        assert REPORTED[row["outcome"]].label in text
        assert row["verdict"] in text
    assert text.index("not how many staff will use it") < text.index("What differs")
    assert "12 simulated runs of each, over 24 weeks" in text
    assert "It is no forecast for a given site" in text


def test_tells_how_the_scenarios_differ(page: str) -> None:
    text = Page(page).text
    assert "workload.pressure" in text
    assert "They are the same in every setting" not in text
    assert "The plan is the same and the wards differ (pressure 1 / 0.5)" in text
    differ, shared = text.split("What the scenarios share")
    assert "leadership.leader_hours" not in differ
    assert "leadership.leader_hours" in shared


def test_tells_what_it_rests_on_and_how_to_do_it_again(compared: Any, page: str) -> None:
    text = Page(page).text
    assert "The study is qualitative" in text
    assert re.search(r"\d+ of \d+ numbers are assumptions or rest on one in part", text)
    assert f"seed {compared.manifest['seed']}" in text
    for digest in compared.manifest["digests"].values():
        assert digest[:12] in text


def test_every_outcome_without_a_difference_that_matters_has_its_numbers(
    compared: Any, page: str
) -> None:
    text = Page(page).text
    for row in compared.differences().to_dict("records"):
        if row["verdict"] == "no difference that matters":
            assert re.search(rf"{REPORTED[row['outcome']].label}: \S+ .*\(difference", text)


def test_tells_the_smallest_differences_and_what_the_interval_holds(page: str) -> None:
    text = Page(page).text
    assert "Smallest differences that matter: 5 points (shares of people" in text
    assert "The interval holds chance only" in text


def test_a_picture_on_the_page_has_no_words_of_its_own(compared: Any) -> None:
    picture = report.plot(compared)
    files = figure_files(picture)
    assert b'<g id="figure-title" display="none">' in files.bare
    assert b'<g id="figure-title">' in files.svg


def test_a_caption_is_there_once_and_wide_tables_say_that_they_can_be_moved(page: str) -> None:
    assert len(Page(page).all("figcaption")) == len(report.FIGURES)
    assert page.count('class="scroll"') == page.count('class="small hint"') > 0


# --- one scenario, none, failures -----------------------------------------------------------------


@pytest.fixture(scope="module")
def single() -> Any:
    return qisim.run(
        {**SITE, "name": "alone", "programme": {"length_weeks": 0}}, replicates=1, seed=0
    )


def test_one_scenario_has_no_difference(single: Any) -> None:
    assert report.figure_names(single) == ("adoption", "uptake", "hours")
    text = Page(report.page(single, []).decode()).text
    assert "1 simulated run, over 24 weeks" in text
    assert "What differs" not in text
    assert "How the scenarios differ" not in text


def test_a_programme_that_is_not_there_has_no_end(single: Any, compared: Any) -> None:
    assert report.programme_ends(single.scenarios) == {}
    assert report.programme_ends(compared.scenarios) == {"base": 20, "other": 20}


@pytest.mark.parametrize("name", ["difference", "adoptoin", "", "report"])
def test_a_figure_that_is_not_there_is_refused(single: Any, name: str) -> None:
    if not name:
        assert report.plot(single, name) is not None
        return
    with pytest.raises(InputError, match="is not a figure of this result"):
        report.plot(single, name)


def test_tells_what_failed_or_was_stopped(single: Any) -> None:
    failure = {"scenario": "alone", "replicate": 4, "reason": "x"}
    told = {**single.manifest, "failures": [failure], "interrupted": True}

    class Stopped:
        runs, weekly, scenarios, manifest = (
            single.runs,
            single.weekly.iloc[:0],
            single.scenarios,
            told,
        )
        summary, paid_hours = staticmethod(single.summary), staticmethod(single.paid_hours)

    assert report.figure_names(Stopped()) == ()
    text = Page(report.pages(Stopped())["report.html"].decode()).text
    assert "1 run failed" in text
    assert "stopped before it was finished" in text
    assert "nothing to draw" in text
