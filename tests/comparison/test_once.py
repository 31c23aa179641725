"""Differences that were worked out already are those that would be worked out now."""

from worlds import small

import qisim


def test_differences_are_worked_out_anew_when_what_they_rest_on_was_changed():
    paired = qisim.compare(small(), small({"workload.pressure": 1.2}), replicates=12, seed=1)
    before = paired.differences()
    again = paired.differences()
    assert again.equals(before) and again.attrs == before.attrs
    again.loc[0, "difference"] = 9.0
    assert paired.differences().equals(before)
    paired.matters = 0.5
    assert not paired.differences().equals(before)
    paired.matters = None
    assert paired.differences().equals(before)
    paired.runs.loc[0, "adoption_final"] += 0.25
    assert not paired.differences().equals(before)
