"""What holds for all tests: examples are found anew, no test races a clock, runs are kept apart."""

import os

import pytest
from hypothesis import settings

from qisim.runs.scenario_store import Cupboard

settings.register_profile("qisim", deadline=None, print_blob=True)
settings.load_profile("qisim")

WITH_STORE = Cupboard.shelf_of


@pytest.fixture(autouse=True, scope="session")
def run_store(tmp_path_factory):
    """Keep the runs of tests apart from the user's, and let scenarios be run each time.

    A test that asks twice whether two ways of running give the same would else be answered from the
    store the second time.
    """
    os.environ["QISIM_STORE"] = str(tmp_path_factory.mktemp("runs"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cupboard, "shelf_of", lambda self, batch: None)
        yield


@pytest.fixture
def kept_runs(tmp_path, monkeypatch):
    """Keep runs of scenarios after all, in a store of the test's own; return its folder."""
    monkeypatch.setattr(Cupboard, "shelf_of", WITH_STORE)
    monkeypatch.setenv("QISIM_STORE", str(tmp_path / "store"))
    return tmp_path / "store"
