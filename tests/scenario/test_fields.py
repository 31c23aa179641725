"""What a key takes, and in which words anything else is refused."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from qisim.model.parameters import FACTORS, PARAMETERS
from qisim.scenario import fields as scenario_keys
from qisim.scenario.fields import (
    ACTIVITY_FIELDS,
    ACTIVITY_REQUIRED,
    CHOICES,
    DEFAULTS,
    EVENT_FIELDS,
    EVENT_REQUIRED,
    KEYS,
    SECTIONS,
    SHORT,
    TOP_LEVEL,
    Choice,
    Number,
    Refused,
    Text,
    known_names,
)

SHARE = Number(0.0, 1.0)
WEEK = Number(1, 520, "week", whole=True)


@pytest.mark.parametrize(
    "value", [0, 1, 0.5, 1.0, -0.0, np.float32(0.25), np.int8(1), Fraction(1, 2)]
)
def test_number_is_read_as_a_float(value: Any) -> None:
    read = SHARE.read(value)
    assert type(read) is float
    assert read == value
    assert math.copysign(1.0, read) == 1.0  # no negative zero


@pytest.mark.parametrize("value", [1, 520, np.int64(3)])
def test_whole_number_is_read_as_an_int(value: Any) -> None:
    assert type(WEEK.read(value)) is int
    assert WEEK.read(value) == value


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (True, "is not a number"),
        (np.bool_(True), "is not a number"),
        ("1", "is not a number"),
        (None, "is not a number"),
        ([1], "is not a number"),
        ({}, "is not a number"),
        (1j, "is not a number"),
        (Decimal(1), "is not a number"),
        (math.nan, "is not a finite number"),
        (math.inf, "is not a finite number"),
        (-math.inf, "is not a finite number"),
        (np.float64("nan"), "is not a finite number"),
        (-1e-300, "is out of range"),
        (1.0000000001, "is out of range"),
        (10**400, "is out of range"),
        (-(10**400), "is out of range"),
        (Fraction(10) ** 400, "is out of range"),
        (np.array([0.5]), "is not a number"),
    ],
)
def test_refuses_as_a_number(value: Any, why: str) -> None:
    with pytest.raises(Refused, match=f"^{why}$"):
        SHARE.read(value)


@pytest.mark.parametrize("value", [1.0, 1.5, np.float64(2)])
def test_refuses_as_a_whole_number(value: Any) -> None:
    with pytest.raises(Refused, match="is not a whole number"):
        WEEK.read(value)


@pytest.mark.parametrize("value", [0, 521, 10**30, -(10**30)])
def test_refuses_whole_numbers_out_of_range(value: int) -> None:
    with pytest.raises(Refused, match="is out of range"):
        WEEK.read(value)


def test_says_what_is_allowed_with_its_unit() -> None:
    assert SHARE.allowed == "0 to 1"
    assert WEEK.allowed == "whole number from 1 to 520 week"
    assert Number(0.05, 40.0, "h").allowed == "0.05 to 40 h"
    assert Choice(("a", "b")).allowed == "a | b"


@pytest.mark.parametrize("value", ["A", "", "a ", 1, None, ["a"], b"a", True])
def test_refuses_other_words(value: Any) -> None:
    assert Choice(("a", "b")).read("a") == "a"
    with pytest.raises(Refused):
        Choice(("a", "b")).read(value)


@pytest.mark.parametrize("value", ["é", "看護", "🏥", "a b", "x" * 80])
def test_takes_text_of_any_language(value: str) -> None:
    assert Text(80, 1).read(value) == value


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "is empty"), ("x" * 81, "is too long"), (1, "is not text"), (None, "is not text"),
        ("a\nb", "cannot be printed"), ("a\tb", "cannot be printed"), ("\x1b[31m", "cannot be printed"),
        ("\ud800", "cannot be printed"), ("\u202eabc", "cannot be printed"), (b"a", "is not text"),
    ],
)  # fmt: skip
def test_refuses_text(value: Any, why: str) -> None:
    with pytest.raises(Refused, match=why):
        Text(80, 1).read(value)


def test_every_key_reads_its_own_default() -> None:
    assert list(DEFAULTS) == list(KEYS)
    assert set(KEYS) == set(PARAMETERS) | set(CHOICES)
    for key, default in DEFAULTS.items():
        read = KEYS[key].read(default)
        assert read == default
        assert type(read) is type(default)


def test_short_names_are_one_to_one() -> None:
    assert len(SHORT) == len(set(SHORT.values())) == len(KEYS) - len(FACTORS)
    assert not set(SHORT) & {"name", "title", "extends", "format", "activities", "events"}


def test_sections_are_the_first_parts_of_keys() -> None:
    assert {key.partition(".")[0] for key in KEYS} == set(SECTIONS) <= set(TOP_LEVEL)
    assert known_names("run")["weeks"] == "run.weeks"
    assert known_names("nothing") == {}


def test_what_entries_must_have_they_may_have() -> None:
    assert set(ACTIVITY_REQUIRED) <= set(ACTIVITY_FIELDS)
    assert set(EVENT_REQUIRED) == set(EVENT_FIELDS)
    for kind, required in EVENT_REQUIRED.items():
        assert set(required) <= set(EVENT_FIELDS[kind])


def test_every_field_says_what_is_allowed() -> None:
    fields = [*KEYS.values(), *scenario_keys.HEAD.values(), *ACTIVITY_FIELDS.values()]
    assert all(field.allowed for field in fields)


@pytest.mark.parametrize(("given", "told"), [
    (1.4, "1.4 kr an hour? write 1400"), (1.25, "write 1250"), (0.5, "out of range"), (-1, "out of range"),
])  # fmt: skip
def test_a_thousand_with_a_point_is_no_price(given, told):
    with pytest.raises(Refused) as refused:
        scenario_keys.PRICES["facilitator"].read(given)
    assert told in str(refused.value)
    assert (
        scenario_keys.PRICES["facilitator"].read(1400) == 1400.0
        and scenario_keys.PRICES["staff"].read(0) == 0.0
    )
