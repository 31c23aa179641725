"""Sweeps at sites like the scenario's own."""

import numpy as np
import pandas as pd
import pytest
from studies import BASE, OTHER, plan, study

import qisim
from qisim.design import plan_file
from qisim.design.run_table import RunTable
from qisim.errors import InputError, StudyError
from qisim.model.coefficients import POSITION
from qisim.runs import sweep

pytestmark = pytest.mark.usefixtures("small_pieces")


def test_a_point_with_nothing_changed_is_run_at_the_same_sites_as_a_run(folder):
    value = float(qisim.load(BASE)["use.base_odds"])
    held = study(
        vary=[{"parameter": "use.base_odds"}], runs={"sites": 5, "replicates": 5, "seed": 3},
        design={"method": "csv", "points": [[value], [2.0 * value]]},
    )  # fmt: skip
    swept = sweep.run(held, store=folder)
    alone = qisim.compare(BASE, OTHER, replicates=5, sites=5, seed=3, store=folder)
    for name, own in alone.runs.groupby("scenario", sort=False):
        np.testing.assert_array_equal(swept.values("adoption_mean", name)[0], own["adoption_mean"])
    paid = alone.differences().set_index("outcome").loc["paid_hours"]
    means = [swept.values("paid_hours", name)[0].mean() for name in ("base", "other")]
    np.testing.assert_allclose(means, [paid["base_mean"], paid["other_mean"]])


def test_what_a_study_varies_is_no_site_value(folder):
    vary = [{"parameter": "workload.pressure", "low": 0.9, "high": 1.0}]
    layout = RunTable(plan(vary=vary, runs={"sites": 4, "replicates": 4}))
    assert "workload.pressure" not in layout.like.keys
    assert "workforce.staff_turnover" in layout.like.keys
    rows = next(layout.blocks(64))
    held = layout.rows(rows)
    loads = held.rows[held.row_of, POSITION["pressure"]].reshape(-1, 4)
    assert (loads == loads[:, :1]).all()
    leaving = held.rows[held.row_of, POSITION["staff_turnover"]].reshape(-1, 4)
    assert (leaving == leaving[0]).all() and len(np.unique(leaving[0])) == 4


@pytest.mark.parametrize(("runs", "key"), [
    ({"sites": 0}, "runs.sites"), ({"sites": 2.5}, "runs.sites"),
    ({"sites": 4, "replicates": 5}, "runs.replicates"),
    ({"sites": 4, "random_numbers": "fresh"}, "runs.random_numbers"),
])  # fmt: skip
def test_sites_that_cannot_be_are_refused_with_their_key(runs, key):
    with pytest.raises(StudyError) as refused:
        plan(runs=runs)
    assert [problem.key for problem in refused.value.problems] == [key]


def test_a_site_file_says_at_how_many_sites_a_study_runs(folder):
    like = {**BASE, "sites": {"number": 4}}
    held = study(scenarios=[like, OTHER])
    del held["runs"]["replicates"]
    assert plan_file.read(held).sites == 4
    found = qisim.compare(like, OTHER, replicates=4, seed=5, store=folder)
    asked = qisim.compare(BASE, OTHER, replicates=4, seed=5, sites=4, store=folder)
    assert found.manifest["sites"]["number"] == 4
    assert found.manifest["study_digest"] == asked.manifest["study_digest"]
    pd.testing.assert_frame_equal(found.runs, asked.runs)
    assert qisim.load(like).digest == qisim.load(BASE).digest
    alone = qisim.compare({**BASE, "sites": {"number": 1}}, OTHER, replicates=4, store=folder)
    assert "sites" not in alone.manifest
    asked_alone = qisim.compare(like, OTHER, replicates=4, sites=1, store=folder)
    assert asked_alone.manifest["study_digest"] == alone.manifest["study_digest"]
    assert plan_file.read(held, sites=1).sites is None
    unlike = {**OTHER, "sites": {"number": 5}}
    with pytest.raises(InputError) as refused:
        qisim.compare(like, unlike, replicates=4, store=folder)
    assert [problem.key for problem in refused.value.problems] == ["sites.number"]
    with pytest.raises(StudyError) as refused:
        plan_file.read(study(scenarios=[like, unlike]))
    assert "sites.number" in [problem.key for problem in refused.value.problems]


def test_by_default_every_site_has_one_run_of_each_point(folder):
    held = study(runs={"sites": 4})
    del held["runs"]["replicates"]
    assert plan_file.read(held).replicates == 4
