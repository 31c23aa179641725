"""The words of the report in another language: one catalogue of sentences, and numbers as written there.

The catalogue (``templates/report.nb.json``) holds English sentences with a place for whatever changes
(``{base}``) and the sentence in the other language. A sentence that no line of it fits stays English, is marked
as English there, and is kept as `Words.missing`. Keys of scenario files stay as they are in every language.
"""

from __future__ import annotations

import json
import re
from functools import cached_property, partial
from importlib import resources

from qisim.errors import InputError, Problem, nearest_name

LANGUAGES = ("en", "nb")
NUMBER, ANYTHING = r"[+−]?\d[\d., %]*?", r"(?:\[[^\]]*\]|\([^)]*\)|[^\[])+?"
"""What stands in a place that is called ``n``, and in any other: an interval is not cut in two."""
PLACE = re.compile(r"\{(\w+)\}")
LEAST_OF_A_SENTENCE = 15
"""Letters that do not change in what counts as a sentence; with fewer it is a piece, and would fit too much."""
UNITS = {
    "points": "prosentpoeng", "persons": "personer", "weeks": "uker", "week": "uke", "h/week": "t/uke",
    "h": "t", "posts": "stillinger", "units": "enheter", "a year": "i året",
}  # fmt: skip
"""Units as they stand behind a number."""
AND, LEVELS = {", ": ", ", " and ": " og "}, re.compile(r"(?<=\d)(, | and )(?=[a-z])")
"""What stands between the levels of a list: each is told by itself."""
BEHIND_NUMBER = re.compile(
    rf"(?<=\d |% )({'|'.join(sorted(UNITS, key=len, reverse=True))})(?![\w/])"
)


class Words:
    """Says in a language what is said in English.

    Parameters
    ----------
    language : {"en", "nb"}

    Attributes
    ----------
    names : frozenset of str
        What is called the same in every language, such as plans.
    missing : list of str
        Sentences that the catalogue lacks.

    Raises
    ------
    InputError
        If the report does not speak it.
    """

    def __init__(self, language: str = "en") -> None:
        if language not in LANGUAGES:
            raise InputError(
                Problem("is not one of the report's languages", key="language", value=language,
                        allowed=" | ".join(LANGUAGES), nearest=nearest_name(language, LANGUAGES))
            )  # fmt: skip
        self.language = language
        self.names: frozenset[str] = frozenset()
        self.missing: list[str] = []

    def __call__(self, english: str) -> str:
        """Return a sentence in the language; as it is, and noted as missing, where the catalogue has none."""
        return self._or_missing(english, self.known(english, LEAST_OF_A_SENTENCE))

    def head(self, english: str) -> str:
        """Return what stands over a column in the language; noted as missing where the catalogue has none."""
        return self._or_missing(english, self.known(english))

    def _or_missing(self, english: str, found: str | None) -> str:
        if found is None:
            self.missing.append(english)
            return english
        return found

    def cell(self, english: str) -> str:
        """Return a name or number of a table in the language."""
        pieces = LEVELS.split(english) if " against " in english else []
        if len(pieces) > 1 and self.language != "en":
            return "".join(AND.get(one) or self.cell(one) for one in pieces)
        found = self.known(english)
        if found is None and english[:1].islower():  # the name of an outcome within a sentence
            found = self.known(english[:1].upper() + english[1:])
            found = None if found is None else found[:1].lower() + found[1:]
        return self.numbers(english) if found is None else found

    def known(self, english: str, least: int = 0) -> str | None:
        """Return a sentence in the language; None where the catalogue has none with as much that is fixed."""
        if self.language == "en" or not english or english in self.names:
            return english
        for pattern, other, fixed in self._lines:
            if pattern.groups and fixed < least:
                break
            match = pattern.fullmatch(english)
            if match:
                parts = {name: self.cell(part) for name, part in match.groupdict().items()}
                return PLACE.sub(partial(_put, parts), other)
        return None

    def numbers(self, text: str) -> str:
        """Return numbers, intervals and units as they are written in the language."""
        if self.language == "en":
            return text
        text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "\N{NO-BREAK SPACE}", text)
        text = re.sub(r"(?<=\d)\.(?=\d)", ",", text)
        text = re.sub(r"\[([^\],]+(?:,\d+)?), ([^\]]+)\]", r"[\1; \2]", text)
        text = re.sub(r"(?<=\w )in week (?=\d)", "i uke ", text)
        return BEHIND_NUMBER.sub(lambda unit: UNITS[unit[1]], text)

    @cached_property
    def _lines(self) -> list[tuple[re.Pattern[str], str, int]]:
        """Return what finds each sentence of the catalogue, the most particular first."""
        lines = [(_finds(one), other, len(PLACE.sub("", one)))
                 for one, other in catalogue(self.language).items()]  # fmt: skip
        return sorted(lines, key=lambda one: (one[0].groups == 0, one[2]), reverse=True)


def catalogue(language: str) -> dict[str, str]:
    """Return the sentences of a language by their English."""
    name = f"report.{language}.json"
    text = resources.files("qisim").joinpath("templates", name).read_text("utf-8")
    held: dict[str, str] = json.loads(text)
    return held


def _finds(english: str) -> re.Pattern[str]:
    pieces = PLACE.split(english)
    return re.compile("".join(
        f"(?P<{piece}>{NUMBER if piece == 'n' else ANYTHING})" if place % 2 else re.escape(piece)
        for place, piece in enumerate(pieces)
    ), re.DOTALL)  # fmt: skip


def _put(parts: dict[str, str], place: re.Match[str]) -> str:
    """Return what stands in a place of a sentence."""
    return parts[place[1]]
