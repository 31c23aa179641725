"""Outcomes are worked out from weekly series; missing is missing."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import STAFF, weekly_array

from qisim.errors import RunError
from qisim.model.outcome_values import last_programme_week, outcomes_of
from qisim.model.outcomes import OUTCOMES, WEEKLY

ADOPTION = list(WEEKLY).index("adoption")


def series(**given_series):
    """Return weekly series of one run, zero but for those given."""
    weeks = len(next(iter(given_series.values())))
    weekly = np.zeros((weeks, len(WEEKLY), 1))
    for name, values in given_series.items():
        weekly[:, list(WEEKLY).index(name), 0] = values
    return weekly


def outcome(name, weekly, end=0, adopters=None):
    return outcomes_of(weekly, end, adopters)[name][0]


def test_outcomes_of_a_run_worked_by_hand():
    weekly = series(
        adoption=[0.0, 0.25, 0.5, 0.75, 0.25],
        use=[0.1, 0.3, 0.5, 0.7, 0.4],
        reach=[0.1, 0.2, 0.3, 0.4, 0.35],
        trained=[0.0, 0.1, 0.2, 0.3, 0.25],
        competence=[0.1, 0.2, 0.3, 0.4, 0.5],
        leader_use=[0, 0, 1, 1, 0.5],
        leader_adoption=[0, 0, 0, 0, 0.5],
        strain=[0.2, 0.4, 0.2, 0.4, 0.3],
        leavers=[0, 1, 1, 2, 3],
        leader_leavers=[0, 0, 0, 1, 1],
        going_on=[0.0, 0.5, 1.0, 0.5, 0.75],
        stopped=[0.0, 0.0, 0.0, 0.5, 0.25],
        restarted=[0.0, 0.0, 0.0, 0.0, 0.25],
        embedding=[0.0, 0.0, 0.1, 0.2, 0.15],
        programme_hours=[10, 20, 30, 40, 45],
        documentation_hours=[0, 1, 2, 3, 5],
        outside_weeks=[0, 1, 2, 2, 2],
    )
    found = {name: float(values[0]) for name, values in outcomes_of(weekly, 2, [9.0]).items()}
    assert found == pytest.approx(
        {
            "adoption_final": 0.25,
            "adoption_programme_end": 0.5,
            "adoption_mean": 0.35,
            "peak": 0.75,
            "weeks_to_half": 3.0,
            "sustained": math.nan,
            "adoption_year_after": math.nan,
            "reach_final": 0.35,
            "competence_final": 0.5,
            "leader_use_final": 0.5,
            "leader_adoption_final": 0.5,
            "trained_final": 0.25,
            "use_final": 0.4,
            "going_on_final": 0.75,
            "stopped_final": 0.25,
            "restarted_final": 0.25,
            "embedding_final": 0.15,
            "strain_mean": 0.3,
            "leavers": 3.0,
            "leader_leavers": 1.0,
            "programme_hours": 45.0,
            "documentation_hours": 5.0,
            "hours_per_adopter": 5.0,
            "outside_weeks": 2.0,
        },
        nan_ok=True,
    )


@pytest.mark.parametrize(
    ("end", "week"), [(-1, 52), (0, 52), (3, 55), (6, 58), (7, None), (99, None)]
)
def test_a_year_after_the_end_is_52_weeks_later_or_missing(end, week):
    weekly = series(adoption=np.linspace(0.0, 1.0, 59))
    found = outcome("adoption_year_after", weekly, end=end)
    assert math.isnan(found) if week is None else found == weekly[week, 0, 0]


def test_what_is_kept_is_looked_at_as_long_after_the_end_of_any_programme():
    adoption = np.zeros(200)
    adoption[[40, 40 + 52, 103, 103 + 52]] = 0.8, 0.4, 0.6, 0.45
    longer, later = series(adoption=adoption[:170]), series(adoption=adoption)
    for weekly in (longer, later):  # however long the run goes on
        assert outcome("sustained", weekly, end=40) == 0.4 / 0.8
        assert outcome("sustained", weekly, end=103) == 0.45 / 0.6
    assert math.isnan(outcome("sustained", series(adoption=adoption[:155]), end=103))


def test_use_in_the_last_quarter_is_the_mean_of_thirteen_weeks():
    assert outcome("use_final", series(use=[1.0] * 7 + [0.0, 0.13] * 7)) == pytest.approx(0.07)


def test_missing_is_missing_and_never_zero():
    weekly = series(adoption=[0.0, 0.0, 0.4], programme_hours=[1.0, 2.0, 3.0])
    assert math.isnan(outcome("weeks_to_half", weekly))
    assert math.isnan(outcome("sustained", weekly, end=1))
    assert math.isnan(outcome("hours_per_adopter", weekly, adopters=[0.0]))
    assert math.isnan(outcome("hours_per_adopter", weekly))


@pytest.mark.parametrize(("end", "expected"), [(-1, 0.1), (0, 0.1), (2, 0.3), (3, 0.3), (500, 0.3)])
def test_a_programme_end_outside_the_run_counts_as_its_first_or_last_week(end, expected):
    weekly = series(adoption=[0.1, 0.2, 0.3])
    assert outcome("adoption_programme_end", weekly, end) == expected


def test_weeks_to_half_is_the_first_such_week_even_if_half_is_lost_again():
    assert outcome("weeks_to_half", series(adoption=[0.5, 0.1, 0.6])) == 1.0


@pytest.mark.parametrize(("start", "length", "index"), [(1, 52, 51), (5, 1, 4), (1, 0, -1)])
def test_the_last_week_of_the_programme(start, length, index):
    assert last_programme_week(start, length) == index


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 40), st.integers(1, 200), st.data())
def test_a_run_has_the_same_bits_alone_and_in_any_batch(runs, weeks, data):
    weekly = weekly_array(runs=runs, weeks=weeks, seed=weeks)
    adopters = np.round(STAFF * weekly[-1, ADOPTION])
    run = data.draw(st.integers(0, runs - 1))
    together = outcomes_of(weekly, weeks // 2, adopters)
    alone = outcomes_of(np.asfortranarray(weekly[:, :, [run]]), weeks // 2, adopters[[run]])
    for name in OUTCOMES:
        assert together[name][[run]].tobytes() == alone[name].tobytes(), name


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 60))
def test_outcomes_stay_in_the_range_of_their_series(seed, weeks):
    found = outcomes_of(weekly_array(runs=5, weeks=weeks, seed=seed), weeks // 2)
    for name, declared in OUTCOMES.items():
        values = found[name][~np.isnan(found[name])]
        assert (values >= 0).all()
        assert declared.unit not in ("share", "index") or (values <= 1).all()
    assert (found["peak"] >= found["adoption_final"]).all()
    assert (found["peak"] >= found["adoption_mean"] - 1e-12).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_never_passed_on(value):
    weekly = weekly_array(runs=3, weeks=4)
    weekly[2, ADOPTION, 1] = value
    with pytest.raises(RunError, match="'adoption', week 3, run 1"):
        outcomes_of(weekly, 2)


@pytest.mark.parametrize("shape", [(0, len(WEEKLY), 1), (3, 2, 1), (3, len(WEEKLY))])
def test_a_wrong_shape_is_refused(shape):
    with pytest.raises(ValueError, match="series"):
        outcomes_of(np.zeros(shape), 0)
