"""The register of runs."""

import numpy as np
import pytest
from kept_pages import keys

from qisim.runs.run_index import RunIndex


def test_runs_with_one_key_are_made_once():
    register = RunIndex(keys([5, 3, 5, 8, 3]))
    assert len(register.keys) == 3
    assert register.wanted == 3
    assert register.missing(np.arange(5)).tolist() == [True, True, False, True, False]
    assert (register.keys[register.group] == keys([5, 3, 5, 8, 3])).all()


def test_the_register_knows_where_runs_lie():
    register = RunIndex(keys(range(10)))
    assert register.find(keys([7, 100, 2]), 0) == 2
    assert register.find(keys([2, 3]), 1) == 1
    assert register.found == 3
    group = register.group[[7, 2, 3, 4]]
    assert register.part[group].tolist() == [0, 0, 1, -1]
    assert register.row[group].tolist() == [0, 2, 1, -1]
    assert register.missing(np.array([7, 2, 3, 4])).tolist() == [False, False, False, True]


@pytest.mark.parametrize("first_failed", [True, False])
def test_a_run_that_was_finished_beats_one_that_failed_whichever_is_older(first_failed):
    register = RunIndex(keys(range(3)))
    assert register.find(keys([0, 1]), 0, np.array([first_failed, False])) == 2
    assert register.find(keys([0, 1]), 1, np.array([not first_failed, False])) == first_failed
    assert not register.failed.any()
    group = register.group[:3]
    assert register.part[group].tolist() == [int(first_failed), 0, -1]


def test_of_one_key_twice_in_a_part_the_finished_run_counts():
    register = RunIndex(keys([4]))
    register.find(keys([4, 4, 4]), 0, np.array([True, False, True]))
    assert (register.row[0], register.failed[0]) == (1, False)


def test_runs_that_failed_can_be_forgotten():
    register = RunIndex(keys(range(3)))
    register.find(keys(range(3)), 0, np.array([True, False, True]))
    register.forget_failed()
    assert (register.found, register.wanted) == (1, 2)


def test_an_empty_register_is_fine():
    register = RunIndex(np.empty((0, 2), dtype=np.uint64))
    assert register.wanted == register.find(keys([1]), 0) == 0
