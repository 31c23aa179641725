"""The arithmetic of levels, steps and odds at its edges."""

import math

import pytest
from hypothesis import given, settings
from rule_ranges import SHARE, STRENGTH, YES_OR_NO, numbers

from qisim.model import rules


@settings(max_examples=60, deadline=None)
@given(strength=numbers(*STRENGTH), weight=numbers(0.0, 20.0), face=numbers(*SHARE))
def test_help_and_hindrance_are_of_the_same_size(strength, weight, face):
    helps = rules.two_sided(strength, weight, face)
    hinders = rules.two_sided(strength, weight, -face)
    assert helps * hinders == pytest.approx(1.0)


def test_within_keeps_a_level_between_its_ends():
    assert [rules.within(x) for x in (-0.1, 0.0, 0.4, 1.0, 1.1)] == [0.0, 0.0, 0.4, 1.0, 1.0]


def test_a_thing_happens_below_its_probability_and_not_at_it():
    assert rules.bernoulli(0.0, 0.0) == 0.0
    assert rules.bernoulli(0.3, 0.3) == 0.0
    assert rules.bernoulli(math.nextafter(0.3, 0.0), 0.3) == 1.0
    assert rules.bernoulli(math.nextafter(1.0, 0.0), 1.0) == 1.0


def test_one_of_two_things_is_enough():
    assert [rules.either(a, b) for a in YES_OR_NO for b in YES_OR_NO] == [0.0, 1.0, 1.0, 1.0]


def test_steps_between_levels():
    assert rules.relax(0.2, 0.8, 0.0) == 0.2
    assert rules.relax(0.0, 0.8, 1.0) == 0.8
    assert rules.gain(0.25, 0.0) == 0.25
    assert rules.gain(0.25, 1.0) == 1.0
    assert rules.decay(0.25, 0.0) == 0.25
    assert rules.decay(0.25, 1.0) == 0.0


def test_the_half_amount_fills_half():
    assert rules.saturation(0.0, 2.0) == 0.0
    assert rules.saturation(2.0, 2.0) == 0.5


def test_odds():
    assert rules.with_odds(0.5, 3.0) == 0.75
    assert rules.with_odds(0.37, 1.0) == pytest.approx(0.37)
    assert rules.with_odds(0.0, 9.0) == 0.0
    assert rules.with_odds(1.0, 0.1) == 1.0
    assert rules.of_odds(0.0) == 0.0
    assert rules.of_odds(1.0) == 0.5
