"""Tables, what a study gives back, and its folder."""

import io
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from synthetic import tables, weekly_array

from qisim.errors import InputError, QisimError, RunError, StoreError
from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.output.file_bytes import parquet_bytes
from qisim.output.folder import damaged_files
from qisim.output.manifest import manifest_of
from qisim.output.result import Result, read_folder
from qisim.output.tables import distribution, in_order, summary
from qisim.scenario.scenario import load


def result(runs=6, seed=1, failed=(), shuffled=False, presenter=None, name="external"):
    found, weekly = tables(name, weekly_array(runs=runs, weeks=20, seed=seed), 10, failed=failed)
    if shuffled:
        found, weekly = (frame.sample(frac=1.0, random_state=3) for frame in (found, weekly))
    scenarios = {name: load("external").to_dict()}
    manifest = manifest_of(
        "run", ["qisim", "run", name], scenarios, {name: "d"}, seed=seed, replicates=runs,
        engine="mesa", wall_time_s=1.0,
    )  # fmt: skip
    return Result(found, weekly, scenarios, manifest, presenter=presenter)


def test_columns_are_those_of_the_contract():
    made = result()
    assert list(made.runs) == ["scenario", "replicate", "status", *OUTCOMES]
    assert list(made.weekly) == ["scenario", "replicate", "week", *WEEKLY]
    assert made.weekly["week"].agg(["min", "max"]).tolist() == [1, 20]
    assert list(made.summary()) == (
        "scenario outcome mean sd median p05 p95 n missing failed".split()
    )


def test_weekly_rows_hold_the_series_of_their_run_and_week():
    array = weekly_array(runs=3, weeks=5, seed=8)
    _, weekly = tables("internal", array, replicates=[7, 8, 9])
    row = weekly[(weekly["replicate"] == 8) & (weekly["week"] == 4)].iloc[0]
    assert row[list(WEEKLY)].tolist() == array[3, :, 1].tolist()


def test_rows_are_in_order_whatever_order_the_workers_finished_in():
    one, other = result(), result(shuffled=True)
    pd.testing.assert_frame_equal(one.runs, other.runs)
    assert one.tables() == other.tables()


def test_order_follows_the_scenarios_not_the_alphabet():
    frame = pd.DataFrame({"scenario": ["a", "b", "b"], "replicate": [0, 1, 0]})
    assert in_order(frame, ["b", "a"]).to_numpy().tolist() == [["b", 0], ["b", 1], ["a", 0]]
    with pytest.raises(ValueError, match="unknown scenarios"):
        in_order(frame, ["b"])


def test_a_failed_run_has_a_row_and_no_outcomes():
    made = result(runs=4, failed=[9])
    row = made.runs.iloc[-1]
    assert (row["replicate"], row["status"]) == (9, "failed")
    assert made.runs.iloc[-1][list(OUTCOMES)].isna().all()
    assert set(made.summary()["failed"]) == {1}
    assert made.summary().set_index("outcome").loc["peak", "n"] == 4


def test_all_runs_failed_is_told_by_rows_not_by_an_error():
    found, _ = tables("external", weekly_array(runs=0, weeks=3), failed=[0, 1])
    told = summary(found)
    assert told["mean"].isna().all() and set(told["n"]) == {0} and set(told["failed"]) == {2}


@pytest.mark.parametrize(
    ("outcome", "value"),
    [("peak", np.nan), ("peak", np.inf), ("weeks_to_half", np.inf), ("sustained", -np.inf)],
)
def test_a_value_that_is_not_finite_raises_unless_it_may_be_missing(outcome, value):
    made = result()
    made.runs.loc[2, outcome] = value
    with pytest.raises(RunError, match=f"no finite {outcome}.*replicate 2 of external"):
        summary(made.runs)


def test_a_run_that_is_there_twice_raises():
    made = result()
    with pytest.raises(RunError, match="twice"):
        summary(pd.concat([made.runs, made.runs]))


def test_summary_worked_by_hand():
    made = result(runs=5)
    made.runs["peak"] = [0.1, 0.2, 0.3, 0.4, 1.0]
    made.runs["weeks_to_half"] = [np.nan, 10.0, np.nan, 20.0, np.nan]
    told = made.summary().set_index("outcome")
    expected = {"mean": 0.4, "sd": 0.35355339, "median": 0.3, "p05": 0.12, "p95": 0.88}
    assert told.loc["peak", list(expected)].tolist() == pytest.approx(list(expected.values()))
    assert told.loc["weeks_to_half", ["mean", "n", "missing"]].tolist() == [15.0, 2, 3]


def test_what_cannot_be_computed_is_missing():
    assert np.isnan(distribution(np.array([3.0]))["sd"])
    none = distribution(np.array([np.nan]))
    assert np.isnan([none["mean"], none["median"], none["p95"]]).all() and none["n"] == 0


def test_points_of_a_sweep_are_kept_apart():
    runs = pd.concat([result(seed=s).runs.assign(point=p) for p, s in ((0, 1), (1, 2))])
    told = summary(runs)
    assert len(told) == 2 * len(OUTCOMES)
    assert list(told["point"].unique()) == [0, 1]


# Files


def test_missing_is_null_in_parquet_and_empty_in_csv():
    made = result()
    made.runs["weeks_to_half"] = np.nan
    table = pq.read_table(io.BytesIO(parquet_bytes(made.runs)))
    assert table["weeks_to_half"].null_count == len(made.runs)
    assert table["peak"].null_count == 0
    row = next(
        line for line in made.tables()["summary.csv"].decode().splitlines() if "half" in line
    )
    assert row == "external,weeks_to_half,,,,,,0,6,0"


def test_parquet_reads_back_exactly_and_holds_no_trace_of_when_or_where():
    made = result()
    content = parquet_bytes(made.weekly)
    assert pq.read_schema(io.BytesIO(content)).metadata is None
    back = pd.read_parquet(io.BytesIO(content))
    pd.testing.assert_frame_equal(back, made.weekly, check_exact=True)


def test_two_runs_with_one_seed_give_the_same_bytes_and_another_seed_does_not():
    assert result(seed=5).tables() == result(seed=5).tables()
    assert result(seed=5).tables()["runs.parquet"] != result(seed=6).tables()["runs.parquet"]


@pytest.mark.parametrize("name", ["runs", "weekly"])
@pytest.mark.parametrize("change", ["value", "column", "order"])
def test_a_table_that_was_changed_is_not_saved_as_the_result_of_the_study(tmp_path, name, change):
    made = result()
    frame = getattr(made, name)
    if change == "value":
        frame.iloc[0, -1] += 0.25
    elif change == "column":
        frame["mine"] = 1
    else:
        frame[:] = frame[::-1].to_numpy()
    with pytest.raises(InputError, match=rf"result\.{name}: was changed .* work on a copy"):
        made.save(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_work_on_a_copy_changes_nothing():
    made = result()
    mine = made.runs.copy()
    mine["adoption_mean"] = 0.0
    assert made.tables() == result().tables()


def test_save_and_read_back(tmp_path):
    made = result(failed=[11])
    out = made.save(tmp_path / "first")
    back = read_folder(out)
    pd.testing.assert_frame_equal(back.runs, made.runs, check_exact=True)
    pd.testing.assert_frame_equal(back.weekly, made.weekly, check_exact=True)
    assert list(back.scenarios) == ["external"]
    assert sorted(back.manifest["files"]) == [
        "dictionary.csv", "paid_hours.csv", "runs.parquet", "summary.csv", "weekly.parquet",
    ]  # fmt: skip
    assert damaged_files(out) == []


def test_a_changed_table_is_not_read(tmp_path):
    out = result().save(tmp_path)
    (out / "runs.parquet").write_bytes(b"")
    with pytest.raises(StoreError, match=r"changed since.*runs\.parquet"):
        read_folder(out)


class Painter:
    """A presenter that counts how often it is asked."""

    asked = 0

    def plot(self, result, name=None, *, ax=None, width_mm=None):
        return f"{name} of {len(result.runs)} runs"

    def pages(self, result):
        self.asked += 1
        return {"figures/a.png": b"drawn"}


def test_the_presenter_draws_what_is_saved(tmp_path):
    made = result(presenter=Painter())
    assert made.plot("adoption") == "adoption of 6 runs"
    out = made.save(tmp_path)
    assert (out / "figures" / "a.png").read_bytes() == b"drawn"
    assert "figures/a.png" in read_folder(out).manifest["files"]


def test_nothing_is_drawn_for_a_folder_that_will_be_refused(tmp_path):
    result(seed=1).save(tmp_path)
    painter = Painter()
    with pytest.raises(StoreError):
        result(seed=2, presenter=painter).save(tmp_path)
    assert painter.asked == 0


def test_without_a_presenter_plot_says_so():
    with pytest.raises(QisimError, match="without figures"):
        result().plot()


def test_importing_results_loads_no_table_library():
    heavy = "{'pandas', 'pyarrow', 'scipy', 'matplotlib'} & set(sys.modules)"
    code = f"import sys, qisim.output.result; sys.exit(bool({heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
