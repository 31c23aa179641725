"""Sweeps in which runs fail."""

import numpy as np
import pandas as pd
import pytest
from studies import BASE, plan, study
from sweeps import counted

from qisim.errors import RunError
from qisim.model.outcomes import OUTCOMES
from qisim.runs import chunks, executor, sweep
from qisim.runs.sweep_result import FAILED, OK

pytestmark = pytest.mark.usefixtures("small_pieces")


def cursed_points(runs):
    return runs.points[:, runs.plan.names.index("tool.fit")] > 0.8


def test_a_run_that_fails_costs_no_other_and_leaves_a_row_with_its_traceback(
    folder, cursed, tmp_path
):
    swept = sweep.sweep(study(), store=folder, out=tmp_path / "out")
    runs, bad = swept.runs, cursed_points(swept.runs)
    assert 0 < bad.sum() < 8
    expected = np.full((8, 3), OK)
    expected[bad, 1] = FAILED
    assert (runs.status() == expected).all()
    assert np.isnan(runs.values("adoption_mean")[bad, 1]).all()
    assert np.isfinite(runs.values("adoption_mean")[expected == OK]).all()
    failures = swept.manifest["failures"]
    assert len(failures) == runs.failed == 2 * bad.sum()
    assert all("ZeroDivisionError: cursed" in failure["reason"] for failure in failures)
    table = pd.read_parquet(tmp_path / "out" / "runs.parquet")
    assert (table["status"] == "failed").sum() == len(failures)
    assert table.loc[table["status"] == "failed", list(OUTCOMES)].isna().all(axis=None)


def test_one_failing_run_in_ten_thousand(folder, monkeypatch):
    whole = executor.simulate
    monkeypatch.setattr(chunks, "FEWEST", 2000)

    def breaks(batch, engine, workers=1):
        if (batch.replicates == 7777).any():
            raise ZeroDivisionError("cursed")
        return whole(batch, engine, workers)

    monkeypatch.setattr(executor, "simulate", breaks)
    tiny = {
        **BASE,
        "run": {"weeks": 20},
        "site": {"units": 1, "staff_per_unit": 4, "teams_per_unit": 1},
    }
    one = {"parameter": "tool.fit", "values": [0.5]}
    made = study(
        scenarios=tiny, vary=[one], design={"method": "factorial"}, runs={"replicates": 10_000}
    )
    swept = sweep.sweep(made, store=folder)
    status = swept.runs.status()
    assert ((status == OK).sum(), (status == FAILED).sum()) == (9999, 1)
    assert swept.manifest["failures"][0]["replicate"] == 7777


def test_a_failed_run_is_finished_unless_it_is_to_be_tried_again(folder, cursed, monkeypatch):
    runs = sweep.run(plan(), store=folder)
    made = counted(monkeypatch)
    sweep.run(plan(), store=folder)
    assert made == []
    again = sweep.run(plan(), store=folder, retry_failed=True)
    assert sum(made) == runs.failed
    assert again.failed == runs.failed


def test_a_run_that_was_made_again_with_success_stays_finished(folder, cursed, monkeypatch):
    assert sweep.run(plan(), store=folder).failed
    monkeypatch.undo()
    assert sweep.run(plan(), store=folder).failed
    assert not sweep.run(plan(), store=folder, retry_failed=True).failed
    made = counted(monkeypatch)
    runs = sweep.run(plan(), store=folder)
    assert (made, runs.failed, runs.complete) == ([], 0, True)
    assert np.isfinite(runs.values("adoption_mean")).all()


@pytest.mark.parametrize("fault", executor.FAULTS)
def test_a_fault_of_the_machine_is_no_failure_of_the_model(folder, monkeypatch, fault):
    whole, seen = executor.simulate, []

    def breaks(batch, engine, workers=1):
        seen.append(batch)
        if len(seen) > 5:
            raise fault("not just now")
        return whole(batch, engine, workers)

    monkeypatch.setattr(executor, "simulate", breaks)
    with pytest.raises(RunError, match=r"not just now.*what was finished is kept"):
        sweep.run(plan(), store=folder, workers=1)
    monkeypatch.setattr(executor, "simulate", whole)
    runs = sweep.run(plan(), store=folder)
    assert runs.reused > 0
    assert (runs.failed, runs.complete) == (0, True)


def test_a_value_that_is_not_finite_is_a_failed_run(folder, monkeypatch):
    whole = executor.simulate

    def spoils(batch, engine, workers=1):
        weekly, adopters = whole(batch, engine, workers)
        weekly[3, 2, batch.replicates == 2] = np.nan
        return weekly, adopters

    monkeypatch.setattr(executor, "simulate", spoils)
    runs = sweep.run(plan(), store=folder)
    assert (runs.status() == [[OK, OK, FAILED]] * 8).all()
    assert "not finite" in runs.failures()[0]["reason"]
