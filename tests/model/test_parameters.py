"""Every declaration of a parameter is complete and makes sense."""

import re
from typing import get_args

import pytest

from qisim.model import evidence, parameters
from qisim.model.parameters import FACTORS, PARAMETERS, Role, of_factor, parameter

PARTS = {
    "people", "use", "run", "support", "site", "units", "before", "reach", "facilitator",
    "leaders_learn", "fates",
}  # fmt: skip
"""Parts of the model that are none of the study's factors."""


def every_parameter(check):
    """Make a check of one parameter a test of all; a failure names the parameter."""

    def test():
        for p in PARAMETERS.values():
            try:
                check(p)
            except Exception as error:
                raise AssertionError(p.key) from error

    return test


@every_parameter
def test_declaration_says_what_it_is(p):
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", p.key)
    assert p.unit
    assert len(p.meaning) > 15
    assert p.meaning[0].islower() and not p.meaning.endswith(".")
    assert p.role in get_args(Role)
    assert p.distribution in get_args(parameters.Distribution)
    assert p.kind in get_args(parameters.Kind)


@every_parameter
def test_base_value_is_plausible_and_the_plausible_is_allowed(p):
    assert p.minimum <= p.low <= p.default <= p.high <= p.maximum
    assert p.low < p.high
    assert p.minimum < p.maximum


@every_parameter
def test_sources_exist_or_it_is_called_an_assumption(p):
    assert p.sources
    assert len(set(p.sources)) == len(p.sources)
    assert set(p.sources) <= {*evidence.sources(), "assumption"}


@every_parameter
def test_factor_is_known(p):
    assert p.factor in {*FACTORS, *PARTS}


def test_every_part_has_parameters():
    assert {p.factor for p in PARAMETERS.values()} >= PARTS


@every_parameter
def test_a_loguniform_range_begins_above_zero(p):
    assert p.low > 0.0 or p.distribution != "loguniform"


@every_parameter
def test_whole_numbers_are_whole(p):
    numbers = (p.default, p.low, p.high, p.minimum, p.maximum)
    if p.kind == "int":
        assert all(isinstance(number, int) for number in numbers)
        assert "whole number" in p.allowed


@every_parameter
def test_allowed_range_tells_its_unit(p):
    assert f"{p.minimum:g} to {p.maximum:g}" in p.allowed
    assert p.unit == "1" or p.allowed.endswith(p.unit)


@every_parameter
def test_found_by_key_and_by_short_name(p):
    assert parameter(p.key) is p
    if p.section == "factors":
        with pytest.raises(KeyError):
            parameter(p.name)  # "turnover" would be taken for people who leave
    else:
        assert parameter(p.name) is p
    assert p.key == f"{p.section}.{p.name}"


def test_short_names_are_unique():
    assert len({p.name for p in PARAMETERS.values()}) == len(PARAMETERS)


def test_an_unknown_name_is_a_key_error():
    with pytest.raises(KeyError):
        parameter("workforce.staff_turnovr")


@pytest.mark.parametrize("factor", FACTORS)
def test_every_factor_has_a_strength_with_a_neutral_value(factor):
    strength = PARAMETERS[f"factors.{factor}"]
    assert (strength.minimum, strength.default) == (0.0, 1.0)
    assert strength.factor == factor
    assert "0 is neutral" in strength.meaning
    assert {p.factor for p in of_factor(factor)} == {factor}
    assert len(list(of_factor(factor))) > 1


def test_there_are_sixteen_strengths_and_no_others():
    strengths = [p.name for p in PARAMETERS.values() if p.section == "factors"]
    assert tuple(strengths) == FACTORS
    assert len(set(FACTORS)) == 16


def test_a_judged_range_is_called_an_assumption():
    plain = [p for p in PARAMETERS.values() if set(p.sources) == {"assumption"}]
    assert 0 < len(plain) < len(PARAMETERS)
    assert evidence.rests_on(plain[0].sources) == "assumption"


REPORTED = {
    "site.full_post_hours": ("N13", 1.0),
    "site.full_time_share": ("N09", 0.01),
    "workforce.staff_turnover": ("N01", 0.01),
    "workforce.leader_turnover": ("N02", 0.01),
    "workforce.sickness_absence": ("N07", 0.01),
    "leadership.usual_span": ("N14", 1.0),
    "use.habit_days": ("Q41", 1.0),
}
"""Parameters that are one reported number, in the model's unit per unit of the source."""


@pytest.mark.parametrize("key", REPORTED)
def test_a_reported_number_is_the_number_reported(key):
    row, scale = REPORTED[key]
    assert row in PARAMETERS[key].sources
    reported = float(evidence.sources()[row].value) * scale
    assert PARAMETERS[key].default == pytest.approx(reported, rel=0.01)
