"""What every question says in its sentences stands in its tables, in both languages of the report."""

import re

import pytest
from questions import VERBS

NUMBER = re.compile(r"\d[\d,.]*\d|\d")
POSTS, LEVEL = "10", "95"
"""Posts of the small site, and of an interval."""


@pytest.fixture(scope="module")
def found():
    """Return what asks a verb, once."""
    held = {}

    def ask(verb):
        if verb not in held:
            held[verb] = VERBS[verb](replicates=8)
        return held[verb]

    return ask


@pytest.mark.parametrize("verb", VERBS)
def test_every_number_of_a_sentence_stands_in_a_cell_or_the_question(found, verb):
    one = found(verb)
    cells = {number for table in one.tables.values() for row in table.cells for cell in row
             for number in NUMBER.findall(cell)}  # fmt: skip
    heads = {number for table in one.tables.values()
             for text in (*table.headers, table.caption) for number in NUMBER.findall(text)}  # fmt: skip
    for sentence in [one.title, *one.sentences]:
        lacking = set(NUMBER.findall(sentence)) - cells - heads - {POSTS}
        assert not lacking, sentence
