"""The table of runs: every replicate of every scenario once, in pairs, whatever the batch."""

import numpy as np
import pytest
from worlds import small

from qisim.model.coefficients import COEFFICIENTS
from qisim.runs.batch import batches
from qisim.scenario.scenario import unique_names


def two():
    return unique_names([small(name="plain"), small(name="busy", pressure=1.1)])


@pytest.mark.parametrize("size", [1, 3, 10, 100])
def test_every_replicate_of_every_scenario_is_run_once(size):
    runs = [(b.name, int(r)) for b in batches(two(), 10, 1, size) for r in b.replicates]
    assert sorted(runs) == [(name, r) for name in ("busy", "plain") for r in range(10)]
    assert all(len(b) <= size for b in batches(two(), 10, 1, size))


def test_scenarios_take_turns():
    names = [batch.name for batch in batches(two(), 10, 1, size=4)]
    assert names == ["plain", "busy"] * 3


def test_a_batch_has_the_numbers_of_its_scenario():
    plain, busy = batches(two(), 5, seed=7)
    assert plain.rows.shape == (5, len(COEFFICIENTS))
    different = np.flatnonzero((plain.rows != busy.rows).any(axis=0))
    assert [COEFFICIENTS[place] for place in different] == ["pressure"]
    assert plain.seed == 7
    assert plain.replicates.tolist() == list(range(5))


@pytest.mark.parametrize("size", [3, 8])
def test_rows_do_not_depend_on_the_size_of_batches(size):
    ensemble = small({"programme.study_case": "internal", "run.allocation": "study"})
    named = {"ensemble": ensemble}
    together = np.concatenate([b.rows for b in batches(named, 20, 1)])
    cut = np.concatenate([b.rows for b in batches(named, 20, 1, size)])
    assert (cut == together).all()


def test_a_single_run_of_a_batch():
    (batch,) = batches({"small": small()}, 5, 3)
    one = batch.single(2)
    assert len(one) == 1
    assert one.replicates.tolist() == [2]
    assert (one.rows[0] == batch.rows[2]).all()
    assert (one.name, one.site, one.seed) == (batch.name, batch.site, batch.seed)


def test_of_scenarios_with_one_name_the_later_are_numbered():
    found = unique_names([small(name="a"), small(name="a"), small(name="b"), small(name="a")])
    assert list(found) == ["a", "a-2", "b", "a-3"]


def test_a_number_that_is_a_name_already_is_not_given_twice():
    assert list(unique_names([small(name="a"), small(name="a-2"), small(name="a")])) == [
        "a", "a-2", "a-3",
    ]  # fmt: skip
