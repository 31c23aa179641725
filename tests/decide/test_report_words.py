"""The report in Norwegian: its catalogue, what it makes of numbers, and that it lacks no sentence."""

import json
import re
from importlib import resources

import pytest
from questions import VERBS

from qisim.decide.parts import short
from qisim.decide.report_folder import ASKED
from qisim.decide.report_words import PLACE, Words, catalogue
from qisim.model.outcomes import OUTCOMES
from qisim.model.parameters import PARAMETERS
from qisim.scenario.fields import CHOICES


def test_every_sentence_keeps_what_changes():
    for english, other in catalogue("nb").items():
        assert sorted(PLACE.findall(english)) == sorted(PLACE.findall(other)), english
        assert other.strip(), english


def test_outcomes_are_called_as_on_the_page():
    page = resources.files("qisim").joinpath("app", "page", "words.nb.json").read_text("utf-8")
    words = json.loads(page)
    for name, outcome in OUTCOMES.items():
        assert catalogue("nb")[outcome.label] == words[f"outcome.{name}"]


@pytest.mark.parametrize(("english", "norwegian"), [
    ("+22.7 points [21.1, 24.4]", "+22,7 prosentpoeng [21,1; 24,4]"),
    ("3,820 h", "3\N{NO-BREAK SPACE}820 t"), ("26.8 %", "26,8 %"), ("0.5 → 3 h/week", "0,5 → 3 t/uke"),
    ("22 % a year", "22 % i året"), ("[−5.0, −2.2]", "[−5,0; −2,2]"),
])  # fmt: skip
def test_numbers_are_written_as_there(english, norwegian):
    assert Words("nb").numbers(english) == norwegian
    assert Words("en").numbers(english) == english


def test_an_interval_is_not_cut_in_two():
    say = Words("nb")
    text = say("If tool fit fell below 0.4 (now 0.6), a would be ahead. Run again there on other luck: "
               "−3.6 points [−5.0, −2.2], confirmed.")  # fmt: skip
    assert "[−5,0; −2,2], bekreftet." in text
    assert say.missing == []


def test_what_is_missing_is_told_and_stays_english():
    say = Words("nb")
    assert (
        say("A sentence that nobody wrote in week 3.") == "A sentence that nobody wrote in week 3."
    )
    assert say.missing == ["A sentence that nobody wrote in week 3."]


KEYS_IN_WORDS = {short(key) for key in PARAMETERS}
ENGLISH = re.compile(r"\b(the|of|and|is|are|where|within|against|with|which)\b")
"""Words that no Norwegian sentence has: a piece of it was not told anew."""


@pytest.mark.parametrize("verb", ASKED)
def test_no_sentence_of_a_question_is_missing(verb):
    found, say = VERBS[verb](replicates=4).words(), Words("nb")
    say.names = frozenset({"small", "busy"})
    for sentence in [found["title"], *found["sentences"], *found["notes"]]:
        told = say(sentence)
        assert not ENGLISH.search(told.replace("[prices]", "")), told
    for table in found["tables"].values():
        assert not ENGLISH.search(say(table["caption"]))
        for header in table["headers"]:
            if header not in KEYS_IN_WORDS:  # what scenario files call it, in every language
                say.head(header)
    assert say.missing == []


def test_what_numbers_and_choices_mean_is_told_with_activities():
    say = Words("nb")
    for one in [*PARAMETERS.values(), *CHOICES.values()]:
        say.head(one.meaning)
    assert say.missing == []
    held = "kind skills training, week 8, hours 2, audience target, led by driver, who all, every 26, until 86"
    assert say.cell(held) == (
        "ferdighetstrening, uke 8, 2 timer, for programmets målgruppe, ledet av den som driver programmet, "
        "alle, hver 26. uke, til uke 86"
    )
    assert say.cell("activity: Teaching seminar") == "aktivitet: Teaching seminar"
