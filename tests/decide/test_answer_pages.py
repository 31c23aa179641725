"""The page of an answer by itself: in both languages, with the same numbers and no English left."""

import base64
import html
import re
from importlib import resources

import pytest
from questions import VERBS

from qisim.cli.main import exit_code
from qisim.decide.figure_words import picture_of
from qisim.decide.headings import HEADINGS
from qisim.decide.parts import short
from qisim.decide.report import answer_page, report
from qisim.decide.report_folder import ANSWERS
from qisim.decide.report_words import Words
from qisim.errors import InputError
from qisim.model.parameters import PARAMETERS

DIGITS = re.compile(r"\d+")
ENGLISH = re.compile(r"\b(the|of|and|are|where|within|against|with|which|hours|weeks)\b")
"""Words that no Norwegian has, beside `alle` and the like: a piece of a sentence was not told anew."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    place = tmp_path_factory.mktemp("answers")
    for verb, ask in VERBS.items():
        ask(replicates=4, out=place / verb)
    return place


def words(page):
    """Return what people read on a page, without commands and names of files."""
    body = re.sub(r"<code>.*?</code>", "", page[page.index("<main>") :], flags=re.DOTALL)
    return [
        line for line in html.unescape(re.sub(r"<[^>]+>", "\n", body)).splitlines() if line.strip()
    ]


def labels(page):
    """Return what stands in the figures of a page."""
    for data in re.findall(r'base64,([^"]+)"', page):
        seen = re.sub(
            r'<g id="figure-\w+" display="none">.*?</g>',
            "",
            base64.b64decode(data).decode(),
            flags=re.DOTALL,
        )
        yield from re.findall(r"<text[^>]*>([^<]*)</text>", seen)


def test_every_question_of_this_room_has_a_page():
    assert set(ANSWERS) == set(VERBS)


@pytest.mark.parametrize("verb", ANSWERS)
def test_norwegian_lacks_no_word_and_has_the_same_numbers(verb, folders):
    say = Words("nb")
    norwegian = answer_page(folders / verb, say).decode()
    assert say.missing == []
    assert '<html lang="nb">' in norwegian
    assert '<span lang="en">' not in norwegian
    for line in [*words(norwegian), *labels(norwegian)]:
        assert not ENGLISH.search(line.replace("[prices]", "")), line
    english = answer_page(folders / verb, Words()).decode()
    one, other = (
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", page, re.DOTALL) for page in (english, norwegian)
    )
    assert one
    for cell, told in zip(map(html.unescape, one), map(html.unescape, other), strict=True):
        digits = DIGITS.findall(cell.replace(" 1/week", " a week"))
        assert "".join(digits) == "".join(DIGITS.findall(told)), cell


CELLS = re.compile(r"<(?:td|th)[^>]*>(.*?)</(?:td|th)>|<p class=\"small\">(.*?)</p>", re.DOTALL)
NUMBER = re.compile(r"\d(?:[\d.,]|\N{NO-BREAK SPACE}(?=\d))*")


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("verb", ANSWERS)
def test_every_number_of_a_sentence_stands_in_a_cell_or_a_note_of_the_page(verb, language, folders):
    page = html.unescape(answer_page(folders / verb, Words(language)).decode())
    head, _, rest = page[page.index("<main>") :].partition("</header>")
    held = " | ".join(cell or note for cell, note in CELLS.findall(rest))
    known = {one.rstrip(",.") for one in NUMBER.findall(held)} | {"10", "95"}
    for sentence in re.findall(r"<li>(.*?)</li>", head):
        assert {one.rstrip(",.") for one in NUMBER.findall(sentence)} <= known, sentence


def test_a_page_in_english_is_that_of_the_folder(folders):
    for verb in ANSWERS:
        assert answer_page(folders / verb, Words()) == (folders / verb / "report.html").read_bytes()


def test_the_command_writes_it_beside_the_answer(folders, capsys):
    assert exit_code(["report", str(folders / "worth"), "--language", "nb"]) == 0
    assert "Vippepunkt" in (folders / "worth" / "decision.html").read_text("utf-8")
    with pytest.raises(InputError, match="come after that of a comparison"):
        report(folders / "worth", [folders / "trial"])


def test_every_name_of_a_number_and_every_heading_is_told():
    say = Words("nb")
    for key in PARAMETERS:
        say.head(short(key))
    for heading in HEADINGS.values():
        say(heading)
    assert say.missing == []


def test_all_that_a_template_says_is_told():
    say = Words("nb")
    for name in ("decision.html", "finding.html", "page.html"):
        text = resources.files("qisim").joinpath("templates", name).read_text("utf-8")
        for one in re.findall(r'_\("([^"%]+)"\)', text):
            say(one)
    assert say.missing == []


SVG = """<svg height="200pt" viewBox="0 0 300 200"><dc:title>A &amp; b</dc:title>
<dc:description>Dot: one's own values.</dc:description>
<g id="text_1"><text x="1" y="90">habit</text></g>
<g id="text_2"><text x="1">hours that are paid</text><text x="1">for</text></g>
<g id="figure-title"><text transform="translate(6 15)">A &amp; b</text></g>
<g id="figure-caption"><text transform="translate(6 180)">Dot: one's</text>
<text transform="translate(6 190)">own values.</text></g></svg>"""


def test_a_figure_is_cut_to_its_panels_and_its_labels_are_told():
    found = picture_of(SVG.encode(), Words("nb"))
    svg = base64.b64decode(found["data"]).decode()
    assert 'height="150.00pt" viewBox="0 20.00 300 150.00"' in svg
    assert svg.count('display="none"') == 2
    assert ">vane<" in svg
    assert re.search(
        r">timer som</text><text x=\"1\">betales<|>timer som betales</text><text x=\"1\"><", svg
    )
    assert found["caption"] == "Dot: one's own values."
    assert found["alt"].endswith("Prikk: egne verdier.")


def test_a_figure_without_words_stays_as_it_is():
    svg = b'<svg height="9pt" viewBox="0 0 9 9"></svg>'
    assert base64.b64decode(picture_of(svg, Words())["data"]) == svg.replace(
        b'height="9pt" viewBox="0 0 9 9"', b'height="9.00pt" viewBox="0 0.00 9 9.00"'
    )
