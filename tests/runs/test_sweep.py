"""Sweeps: the same numbers as single runs, and each run made once."""

import numpy as np
import pandas as pd
import pytest
from studies import BASE, plan
from sweeps import EXTERNAL, INTERNAL, counted

import qisim
from qisim.design.run_table import RunTable
from qisim.errors import StoreError, StudyError
from qisim.model.outcomes import OUTCOMES
from qisim.runs import sweep
from qisim.runs.sweep_result import OK

pytestmark = pytest.mark.usefixtures("small_pieces")


def by_hand(study, scenario, point, replicate, seed):
    """Return the outcomes of one run, run by itself."""
    values = dict(zip(study.names, RunTable(study).points[point].tolist(), strict=True))
    whole = {
        k: int(v) if k.startswith(("site.units", "run.weeks")) else v for k, v in values.items()
    }
    runs = qisim.run(
        study.scenarios[scenario].replace(whole), replicates=replicate + 1, seed=seed
    ).runs
    return runs.iloc[replicate]


# --- the numbers ----------------------------------------------------------------------------------


def test_a_run_of_a_sweep_is_the_run_of_its_scenario_to_the_last_bit(folder):
    made = plan()
    runs = sweep.run(made, store=folder)
    for scenario, point, replicate in (("base", 0, 0), ("other", 3, 2), ("base", 7, 1)):
        alone = by_hand(made, scenario, point, replicate, 5)
        for outcome in OUTCOMES:
            value = runs.values(outcome, scenario)[point, replicate]
            assert value == alone[outcome] or (np.isnan(value) and np.isnan(alone[outcome]))


def test_values_have_a_row_per_point_and_a_column_per_replicate(folder):
    runs = sweep.run(plan(), store=folder)
    assert runs.values("leavers").shape == runs.status().shape == (8, 3)
    assert (runs.status("other") == OK).all()
    assert runs.complete
    expected = runs.values("leavers", "other") - runs.values("leavers", "base")
    np.testing.assert_array_equal(runs.difference("leavers"), expected)


def test_worlds_of_different_shape_can_be_swept(folder):
    units = {"parameter": "site.units", "values": [1, 2, 3]}
    weeks = {"parameter": "run.weeks", "low": 21, "high": 30}
    made = plan(vary=["tool.fit", units, weeks], design={"method": "factorial", "levels": 2},
                analysis={}, runs={"replicates": 2})  # fmt: skip
    runs = sweep.run(made, store=folder, series=["adoption"])
    for point in (0, 5, 11):
        alone = by_hand(made, "other", point, 1, 5)
        assert runs.values("adoption_mean", "other")[point, 1] == alone["adoption_mean"]
    weekly = runs.series("adoption")
    assert weekly.shape == (12, 30)
    assert np.isnan(weekly[0, 21:]).all()
    assert np.isfinite(weekly[1]).all()


def test_words_vary_and_stand_in_the_tables_as_words(folder, tmp_path):
    target = {"parameter": "programme.target", "values": ["leaders", "both"]}
    made = plan(vary=["tool.fit", target], design={"method": "factorial", "levels": 2}, analysis={},
                runs={"replicates": 2})  # fmt: skip
    swept = sweep.sweep(made, store=folder, out=tmp_path / "out")
    assert swept.runs.values("strain_mean").shape == (4, 2)
    for name in ("runs", "points"):
        table = pd.read_parquet(tmp_path / "out" / f"{name}.parquet")
        assert set(table["programme.target"]) == {"leaders", "both"}
        assert table["tool.fit"].dtype == float


def test_a_world_that_cannot_be_is_refused_before_anything_runs(folder):
    weeks = {"parameter": "run.weeks", "values": [1, 30]}
    teams = {"parameter": "site.teams_per_unit", "values": [2, 12]}
    made = plan(vary=[weeks, teams], design={"method": "factorial"}, set={"start_week": 2})
    with pytest.raises(StudyError, match=r"site.teams_per_unit = 12") as refused:
        sweep.run(made, store=folder)
    assert {p.key for p in refused.value.problems} == {
        "site.teams_per_unit", "programme.start_week",
    }  # fmt: skip
    assert not folder.exists()


@pytest.mark.parametrize("numbers", ["common", "fresh"])
def test_random_numbers_are_common_or_fresh_and_always_shared_by_both_scenarios(folder, numbers):
    same = {"parameter": "tool.fit", "values": [0.6]}
    made = plan(scenarios=[BASE, {**BASE, "name": "twin"}], vary=[same, "social.contact"],
                design={"method": "factorial", "levels": 2},
                runs={"random_numbers": numbers, "replicates": 4})  # fmt: skip
    runs = sweep.run(made, store=folder)
    assert (runs.difference("leavers") == 0).all()
    assert made.replicates_of(np.array([1])).tolist() == [
        [0, 1, 2, 3] if numbers == "common" else [4, 5, 6, 7]
    ]
    alone = qisim.run(
        made.scenarios["base"].replace({"tool.fit": 0.6, "social.contact": 1.0}),
        replicates=8,
        seed=5,
    ).runs["leavers"]
    expected = alone[:4] if numbers == "common" else alone[4:]
    assert runs.values("leavers")[1].tolist() == expected.tolist()


def test_weekly_series_are_means_over_the_replicates_of_a_point(folder):
    made = plan(analysis={"method": "pawn", "over_time": ["adoption"]})
    runs = sweep.run(made, store=folder)
    weekly = runs.series("adoption", "other")
    assert weekly.shape == (8, 24)
    each = runs.weekly_values("adoption", "other")
    assert each.shape == (8, 3, 24)
    np.testing.assert_allclose(each.mean(axis=1), weekly, atol=1e-6)
    np.testing.assert_allclose(
        weekly.mean(axis=1), runs.values("adoption_mean", "other").mean(axis=1), atol=1e-6
    )
    with pytest.raises(KeyError, match="not kept"):
        runs.series("strain")


@pytest.mark.parametrize("runs", [1, 2, 3, 5, 7, 1000])
def test_blocks_of_any_size_hold_every_run_once_with_its_numbers(runs):
    drawn = {**EXTERNAL, "run": {**EXTERNAL["run"], "allocation": "study"}}
    made = plan(
        scenarios=[drawn, INTERNAL], design={"samples": 4}, runs={"random_numbers": "fresh"}
    )
    layout = RunTable(made)
    found = {}
    for block in layout.blocks(runs):
        rows = layout.rows(block)
        assert len(rows) <= max(runs, 1)
        found |= {int(run): (rows.rows[row].tobytes(), int(replicate)) for run, row, replicate in zip(
            rows.runs, rows.row_of, rows.replicates, strict=True)}  # fmt: skip
    whole = layout.rows(next(layout.blocks(layout.runs)))
    assert sorted(found) == list(range(24))
    assert [found[run][1] for run in range(24)] == [*range(12), *range(12)]
    assert [found[run][0] for run in range(12)] == [
        whole.rows[row].tobytes() for row in whole.row_of
    ]


# --- made once ------------------------------------------------------------------------------------


def test_a_finished_sweep_makes_nothing_and_a_changed_range_keeps_the_points_that_stay(
    folder, monkeypatch
):
    made = counted(monkeypatch)
    vary = [
        {"parameter": "tool.fit", "values": [0.5, 0.6]},
        {"parameter": "tool.time_saved", "values": [0.6, 0.7]},
    ]
    factorial = {"method": "factorial"}
    sweep.run(plan(vary=vary, design=factorial), store=folder)
    assert sum(made) == 2 * 4 * 3
    made.clear()
    again = sweep.run(plan(vary=vary, design=factorial), store=folder)
    assert (made, again.reused) == ([], 24)
    vary[0] = {"parameter": "tool.fit", "values": [0.5, 0.65, 0.7]}
    wider = sweep.run(plan(vary=vary, design=factorial), store=folder)
    assert (sum(made), wider.reused) == (2 * 4 * 3, 12)
    made.clear()
    sweep.run(plan(vary=vary, design=factorial, runs={"replicates": 4}), store=folder)
    assert sum(made) == 2 * 6


def test_doubling_a_sample_makes_the_new_half_only(folder, monkeypatch):
    made = counted(monkeypatch)
    sweep.run(plan(design={"samples": 8}), store=folder)
    made.clear()
    sweep.run(plan(design={"samples": 16}), store=folder)
    assert sum(made) == 2 * 8 * 3


def test_the_same_run_of_two_scenarios_or_points_is_made_once(folder, monkeypatch):
    made = counted(monkeypatch)
    twins = [BASE, {**BASE, "name": "twin", "title": "the same by another name"}]
    runs = sweep.run(plan(scenarios=twins), store=folder)
    assert sum(made) == 8 * 3
    assert (runs.difference("adoption_mean") == 0).all()


def test_runs_with_a_series_serve_a_sweep_without_and_not_the_other_way(folder, monkeypatch):
    made = counted(monkeypatch)
    sweep.run(plan(), store=folder)
    sweep.run(plan(), store=folder, series=["adoption"])
    assert sum(made) == 2 * 48
    made.clear()
    sweep.run(plan(), store=folder)
    sweep.run(plan(), store=folder, series=["adoption"])
    assert made == []


def test_a_change_of_the_model_invalidates_every_run(folder, monkeypatch):
    made = counted(monkeypatch)
    sweep.run(plan(), store=folder)
    monkeypatch.setattr(qisim.runs.store, "model_stamp", lambda engine: "new rules")
    sweep.run(plan(), store=folder)
    assert sum(made) == 2 * 48


def test_a_damaged_part_is_told_and_its_runs_are_made_again(folder, monkeypatch):
    before = sweep.run(plan(), store=folder)
    part = before.parts[1]
    values = before.values("adoption_mean", "other")
    part.write_bytes(part.read_bytes()[:-100])
    made, told = counted(monkeypatch), []
    after = sweep.run(plan(), store=folder, tell=told.append)
    assert len(told) == 1
    assert str(part) in told[0]
    assert 0 < sum(made) < 48
    assert (after.values("adoption_mean", "other") == values).all()
    (part.parent / "notes.txt").write_text("mine")
    (folder / "thesis.doc").write_text("mine too")
    with pytest.warns(UserWarning, match="does not belong") as strangers:
        sweep.run(plan(), store=folder)
    assert {str(one.message).partition(" ")[0] for one in strangers} == {
        str(part.parent / "notes.txt"), str(folder / "thesis.doc"),
    }  # fmt: skip


def test_a_store_that_cannot_be_is_an_error_of_the_store(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="cannot be written"):
        sweep.run(plan(), store=tmp_path / "file")
