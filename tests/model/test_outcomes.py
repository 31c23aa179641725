"""What is measured: declarations, and outcomes from weekly series."""

import numpy as np
import pytest

from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.text import shown, unit_name


def test_names_and_order_are_those_of_the_contract():
    weekly = """
        adoption use reach trained leader_use leader_adoption competence ownership dedication
        engagement involvement relevance strain workload vacancy absence leavers leader_leavers held
        embedding going_on stopped restarted programme_hours documentation_hours
        outside_weeks"""
    outcomes = """
        adoption_final adoption_programme_end adoption_mean peak weeks_to_half sustained
        adoption_year_after
        reach_final competence_final leader_use_final leader_adoption_final trained_final use_final
        going_on_final stopped_final restarted_final embedding_final strain_mean leavers
        leader_leavers programme_hours documentation_hours hours_per_adopter
        outside_weeks"""
    assert list(WEEKLY) == weekly.split()
    assert list(OUTCOMES) == outcomes.split()


@pytest.mark.parametrize("declared", [*WEEKLY.values(), *OUTCOMES.values()])
def test_every_declaration_has_meaning_label_and_a_unit_that_can_be_shown(declared):
    assert declared.meaning and declared.label
    assert isinstance(unit_name(declared.unit), str)


@pytest.mark.parametrize("declared", OUTCOMES.values())
def test_every_outcome_has_a_smallest_difference_that_matters(declared):
    assert declared.matters > 0
    assert not declared.missing_is_worst or declared.missing_when


@pytest.mark.parametrize(
    ("value", "unit", "options", "text"),
    [
        (0.621, "share", {}, "62.1"),
        (0.621, "share", {"with_unit": True}, "62.1 %"),
        (-0.0512, "share", {"difference": True, "with_unit": True}, "−5.1 points"),
        (-0.0001, "share", {"difference": True}, "0.0"),
        (0.4, "index", {"difference": True}, "+0.40"),
        (12345.6, "hours", {"with_unit": True}, "12,346 h"),
        (3.0, "people", {"with_unit": True}, "3.0"),
        (np.nan, "share", {"with_unit": True}, "–"),
    ],
)
def test_values_as_a_planner_reads_them(value, unit, options, text):
    assert shown(value, unit, **options) == text
