"""The rules of colleagues at their edges."""

import math

import pytest

from qisim.model import rules


def test_knowledge_sharing_of_strength_zero_leaves_teaching_as_it_is_without_arenas_or_lack():
    plain = rules.teaching(0.0, 2.0, 1.0, 0.2, 0.9, 0.5, 0.8, 0.3)
    assert plain == rules.teaching(1.0, 2.0, 1.0, 0.2, 0.5, 0.5, 0.8, 0.3)


def test_who_meets_nobody_sees_nobody():
    assert rules.seen_share(0.0, 0.9) == 0.0
    assert rules.seen_share(1.0, 0.9) == 0.9


def test_nobody_is_taught_by_those_who_know_no_more():
    assert rules.teaching(1.0, 2.0, 1.0, 0.2, 1.0, 1.0, 0.5, 0.5) == 0.0
    assert rules.teaching(1.0, 2.0, 1.0, 0.2, 1.0, 1.0, 0.4, 0.5) == 0.0
    assert rules.teaching(1.0, 2.0, 1.0, 0.2, 1.0, 1.0, math.nextafter(0.5, 1.0), 0.5) > 0.0


def test_nobody_is_taught_without_contact_or_teachers():
    assert rules.teaching(1.0, 2.0, 0.0, 0.2, 1.0, 1.0, 0.9, 0.1) == 0.0
    assert rules.teaching(1.0, 2.0, 1.0, 0.2, 1.0, 0.0, 0.9, 0.1) == 0.0


def test_half_of_the_pull_of_example_is_felt_at_its_threshold():
    assert rules.pull_of_example(1.0, 0.7, 0.25, 0.25) == 1.35
    assert rules.pull_of_example(1.0, 0.7, 0.0, 0.25) == 1.0
    assert rules.pull_of_example(0.0, 0.7, 1.0, 0.25) == 1.0


def test_the_example_of_few_is_hardly_felt_and_that_of_many_fully():
    assert rules.example_felt(0.0, 0.25) == 0.0
    assert rules.example_felt(0.25, 0.25) == 0.5
    assert rules.example_felt(0.125, 0.25) == pytest.approx(1.0 / 17.0)
    assert rules.example_felt(0.5, 0.25) == pytest.approx(16.0 / 17.0)


def test_one_tries_along_where_enough_do_it():
    assert rules.try_along(1.0, 2.0, 0.25, 0.25) == 2.0
    assert rules.try_along(1.0, 2.0, 0.0, 0.25) == 1.0
    assert rules.try_along(1.0, 0.0, 1.0, 0.25) == 1.0
    assert rules.try_along(0.0, 2.0, 1.0, 0.25) == 1.0
