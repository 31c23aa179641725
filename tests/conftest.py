"""What holds for all tests: examples are found anew, no test races a clock, runs are kept apart."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from qisim.runs import executor, looked
from qisim.runs.scenario_store import StorePartitions

settings.register_profile("qisim", deadline=None, print_blob=True)
settings.load_profile("qisim")

WITH_STORE, WITH_RECORD = StorePartitions.partition_of, looked._kept

FAST = (
    "comparison/test_context.py", "comparison/test_paired.py", "design", "engines/test_lanes.py",
    "model/test_calendar.py", "model/test_draws.py", "model/test_evidence.py", "model/test_outcomes.py",
    "model/test_parameters.py", "model/test_power.py", "model/rules", "output/test_folder.py",
    "output/test_result.py", "scenario",
    "sensitivity/test_replicate_noise.py", "test_errors.py", "test_reading.py",
)  # fmt: skip
"""Files and folders of the fast lane: what a change most often breaks, told within seconds."""
LONG = (
    "mutated", "any_mapping", "finite_within_its_range", "both_engines", "the_report_tells",
    "same_with_its_exit_code", "any_bytes", "importing_results", "covers",
    "is_not_uncertain_any_more", "said_and_read_again", "power_is_the_nearest", "strange_worlds",
    "sets_under_its_table", "good_files_have_a_line", "the_checker_refuses", "kept_for_nothing",
    "give_the_same_bytes", "plan_of_its_words", "quadratic_form",
    "of_salib", "strange_scenarios_come_back", "every_interval_holds", "holm_lies_between",
    "goes_all_over_its_range",
    # these run the model, whose machine code is made anew after an edit of a rule
    "runs_of_each_set_by_itself", "ensemble_is_another_study", "is_about_stays", "every_verb_of_python",
)  # fmt: skip
"""Parts of names of tests in them that take longer."""
FIRST = (
    # these compile: the model's machine code, the page's module, custom rules, what Numba runs;
    # all later tests, and processes that they start, take it from the cache
    "test_every_machine.py", "app/test_build.py", "engines/test_custom_rules.py", "engines/test_compiled.py",
    "test_docs.py", "comparison/test_verdicts.py", "decide/test_question.py", "engines/test_naive.py",
    "app", "runs/test_lifecycle", "runs/test_sweep", "validation", "calibration",
)  # fmt: skip
"""Files and folders whose tests come first, the longest before all: no worker is left with one at the end."""

UNDRAWN = ("cli/test_running.py", "comparison/test_study.py", "validation/test_study.py")
"""Files and folders whose tests write figures and do not look at them: a stand-in takes the place of drawing.

Figures as files are held in plotting/test_style.py, test_figures.py of each room, comparison/test_report.py,
test_reproduction.py and, in a browser, app/test_report.py.
"""
STAND_IN = b'<svg xmlns="http://www.w3.org/2000/svg" height="9pt" viewBox="0 0 9 9"></svg>'


def pytest_ignore_collect(collection_path, config):
    """Read only the files of the fast lane for it: reading all others takes longer than its tests."""
    if config.option.markexpr != "fast" or collection_path.suffix != ".py":
        return None
    home = collection_path.relative_to(Path(__file__).parent).as_posix()
    return None if home.startswith(FAST) else True


def pytest_collection_modifyitems(items):
    """Mark the tests of the fast lane (``pytest -m fast -n 0``), and put long files first."""
    here = Path(__file__).parent

    def place(item):
        home = item.path.relative_to(here).as_posix()
        return next((i for i, first in enumerate(FIRST) if home.startswith(first)), len(FIRST))

    items.sort(key=place)
    for item in items:
        home = item.path.relative_to(here).as_posix()
        if home.startswith(FAST) and not any(part in item.name for part in LONG):
            item.add_marker(pytest.mark.fast)


@pytest.fixture(autouse=True, scope="module")
def drawing(request):
    """Draw no figure where no test looks at it (`UNDRAWN`): that takes longer than all else."""
    home = request.path.relative_to(Path(__file__).parent).as_posix()
    with pytest.MonkeyPatch.context() as patch:
        if home.startswith(UNDRAWN):
            from qisim.comparison import report as comparison_report
            from qisim.plotting import style

            files = style.Files(STAND_IN, STAND_IN, STAND_IN)
            patch.setattr(style, "figure_bytes", lambda picture, kind="png": STAND_IN)
            for room in (style, comparison_report):
                patch.setattr(room, "figure_files", lambda picture: files)
        yield


def without_store(self, batch):
    """Return no partition: there is no store to be had."""


def without_record(options):
    """Keep no record of looks either: a test would take further looks where another test took the first."""
    return False


@pytest.fixture(autouse=True, scope="session")
def run_store(tmp_path_factory):
    """Keep the runs of tests apart from the user's, and let scenarios be run each time.

    A test that asks twice whether two ways of running give the same would else be answered from the
    store the second time.
    """
    os.environ["QISIM_STORE"] = str(tmp_path_factory.mktemp("runs"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StorePartitions, "partition_of", without_store)
        patch.setattr(looked, "_kept", without_record)
        yield


@pytest.fixture
def kept_runs(tmp_path, monkeypatch):
    """Keep runs of scenarios after all, in a store of the test's own; return its folder."""
    monkeypatch.setattr(StorePartitions, "partition_of", WITH_STORE)
    monkeypatch.setattr(looked, "_kept", WITH_RECORD)
    monkeypatch.setenv("QISIM_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def made(monkeypatch):
    """Return the number of runs of each batch that an engine makes."""
    whole, runs = executor.simulate, []

    def counting(batch, *more, **rest):
        runs.append(len(batch))
        return whole(batch, *more, **rest)

    monkeypatch.setattr(executor, "simulate", counting)
    return runs
