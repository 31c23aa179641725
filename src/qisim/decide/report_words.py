"""The words of the report in another language: one catalogue of sentences, and numbers as written there.

The catalogue (``templates/report.nb.json``) holds English sentences with a place for whatever changes
(``{base}``) and the sentence in the other language. A sentence that no line of it fits stays English, is marked
as English there, and is kept as `Words.missing`. Keys of scenario files stay as they are in every language.
"""

from __future__ import annotations

import json
import re
import sys
from functools import cached_property, partial
from importlib import resources
from typing import Any

from qisim.errors import InputError, Problem, nearest_name

LANGUAGES = ("en", "nb")
NUMBER, ANYTHING = r"[+−]?\d[\d., %]*?", r"(?:\[[^\]]*\]|\([^)]*\)|[^\[])+?"
"""What stands in a place that is called ``n``, and in any other: an interval is not cut in two."""
PLACE = re.compile(r"\{(\w+)\}")
LEAST_OF_A_SENTENCE = 15
"""Letters that do not change in what counts as a sentence; with fewer it is a piece, and would fit too much."""
UNITS = {
    "points": "prosentpoeng", "persons": "personer", "weeks": "uker", "week": "uke", "h/week": "t/uke",
    "h": "t", "posts": "stillinger", "post": "stilling", "units": "avdelinger", "unit": "avdeling",
    "a year": "i året", "1/week": "per uke",
}  # fmt: skip
"""Units as they stand behind a number."""
AND = {", ": ", ", " and ": " og ", "; ": "; ", " + ": " + "}
LISTS = (
    (re.compile("(; )"), re.compile("; .*[a-z] [a-z]")),
    (re.compile("(, )"), re.compile("^kind [a-z_ ]+, week ")),
    (re.compile(r"( \+ )"), re.compile(r" \+ ")),
    (re.compile(r"(?<=\d)(, | and )(?=[a-z])"), re.compile(" against ")),
    (re.compile(r"(?<=\))(, | and )"), re.compile(r"\)(, | and ).*\)")),
    (re.compile(r"(, | and )(?=[^→,]* → |\d+ more$|others? |another )"),
     re.compile(" → .*(, | and )|, .* → ")),
    (re.compile("(, )(?=[a-z])"), re.compile(r"^(?!.* in \d)[a-z -]+ \d[^,]*(, [a-z -]+ (\d|no rule)[^,]*)+$")),
)  # fmt: skip
"""Lists within a sentence, each piece of which is told by itself: where they are cut, how they are known."""
CHANGE = re.compile(r"(.+?) (no rule|[+−]?\d[\d.,]*(?: [^\s→]+){0,3}?) → (.+)")
"""A setting that is changed: its name, from what, to what."""
SETTING = re.compile(r"([a-z -]+) (no rule|[+−]?\d[\d.,]*(?: .+)?)")
"""A setting as it is: its name and its value."""
SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z0-9])")
BEHIND_NUMBER = re.compile(
    rf"(?<=\d |% )({'|'.join(sorted(UNITS, key=len, reverse=True))})(?![\w/])"
)


class Words:
    """Translates the English sentences of a report.

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
        """Return the translation; where the catalogue lacks any of it, return the English and note it."""
        told = [self.sentence(one) for one in SENTENCES.split(english)]
        if None in told:  # several sentences in one text
            return self._or_missing(english, self.known(english, LEAST_OF_A_SENTENCE))
        return " ".join(filter(None, told))

    def sentence(self, english: str) -> str | None:
        """Return one sentence in the language; None where the catalogue has neither it nor its only words."""
        found = self.known(english, LEAST_OF_A_SENTENCE)
        if found is None and english.endswith("."):
            found = self._any_case(english[:-1], sys.maxsize)
            found = None if found is None else f"{found}."
        return found

    def on_a_page(self) -> dict[str, Any]:
        """Return how a page says its words: text with what is missing marked as English, cells, heads."""
        from markupsafe import Markup, escape

        def said(english: str) -> Any:
            before = len(self.missing)
            known = self(english)
            untold = len(self.missing) > before
            return Markup('<span lang="en">{}</span>').format(known) if untold else escape(known)

        return {"_": said, "cell": self.cell, "head": self.head, "language": self.language}

    def head(self, english: str) -> str:
        """Return what stands over a column in the language; noted as missing where the catalogue has none."""
        return self._or_missing(english, self.known(english))

    def _or_missing(self, english: str, found: str | None) -> str:
        if found is None:
            self.missing.append(english)
            return english
        return found

    def cell(self, english: str) -> str:
        """Return a name, a number or a list of them in the language."""
        if self.language == "en" or english in self.names:
            return english
        whole = self.known(english, sys.maxsize)
        if whole is not None:
            return whole
        for cut, belongs in LISTS:
            pieces = cut.split(english) if belongs.search(english) else []
            if len(pieces) > 1:
                return "".join(AND.get(one) or self.cell(one) for one in pieces)
        change = CHANGE.fullmatch(english)
        if change:
            return f"{self.cell(change[1])} {self.cell(change[2])} → {self.cell(change[3])}"
        found = self._any_case(english)
        setting = SETTING.fullmatch(english) if found is None else None
        name = self._any_case(setting[1], sys.maxsize) if setting else None
        if setting and name:
            return f"{name} {self.cell(setting[2])}"
        return self.numbers(english) if found is None else found

    def _any_case(self, english: str, least: int = 0) -> str | None:
        """Return what the catalogue has, with a capital or without, as it is within a sentence or before it."""
        found = self.known(english, least)
        if found is not None or not english[:1].isalpha():
            return found
        turned = english[:1].swapcase() + english[1:]
        found = self.known(turned, least)
        if found is None:
            return None
        first = found[:1].lower() if english[:1].islower() else found[:1].upper()
        return first + found[1:]

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
    """Return the sentences of a language by their English; what numbers mean is told as on the page."""
    held: dict[str, str] = {}
    for place in (
        ("app", "page", f"sentences.{language}.json"),
        ("templates", f"report.{language}.json"),
    ):
        held |= json.loads(resources.files("qisim").joinpath(*place).read_text("utf-8"))
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
