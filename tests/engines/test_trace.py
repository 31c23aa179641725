"""One run, person by person: what the trace writes down is what the run did."""

import numpy as np
import pytest
from worlds import series, small

from qisim.engines.trace import LEVELS, trace
from qisim.model.outcomes import WEEKLY


@pytest.fixture(scope="module")
def one():
    return trace(small(), 1, 3)


def test_people_add_up_to_the_weekly_series(one):
    weekly = {name: values[:, 3] for name, values in series(small(), replicates=4).items()}
    posts = one.posts
    assert one.levels.shape == (30, 10, len(LEVELS))
    share = {
        "adoption": "routine", "use": "used", "reach": "took_part", "trained": "trained",
        "engagement": "engagement", "involvement": "involvement",
    }  # fmt: skip
    for name, level in share.items():
        assert one.of(level).sum(axis=1) / one.of("in_post").sum(axis=1) == pytest.approx(
            weekly[name]
        )
    assert 1.0 - one.of("in_post").sum(axis=1) / posts == pytest.approx(weekly["vacancy"])
    assert set(weekly) == set(WEEKLY)


def test_a_vacant_post_has_nothing(one):
    empty = one.of("in_post") == 0
    assert not one.levels[empty].any()


def test_the_same_run_is_the_same_trace():
    assert np.array_equal(trace(small(), 1, 3).levels, trace(small(), 1, 3).levels)
    assert not np.array_equal(trace(small(), 1, 3).levels, trace(small(), 2, 3).levels)


def test_what_is_held_in_a_week_is_that_of_the_calendar(one):
    assert one.held(2) == [("seminar", 3.0)]
    assert one.held(3) == []  # a workshop for leaders
    assert one.held(9) == [("simulation", 2.0)]
