"""What tests of runs share."""

import pytest
from kept_pages import KERNEL
from pairs import PAGES
from studies import BASE

import qisim
from qisim.comparison.flow import Presenter
from qisim.model import site as world
from qisim.model.coefficients import POSITION
from qisim.runs import chunks, executor
from qisim.runs.store import Partition


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def partition(tmp_path):
    return Partition(tmp_path, KERNEL, world.build(qisim.load(BASE)), 1)


@pytest.fixture
def small_pieces(monkeypatch):
    """Cut small pieces, so that a small sweep has many."""
    monkeypatch.setattr(chunks, "FEWEST", 10)
    monkeypatch.setattr(chunks, "POST_WEEKS", 0)


@pytest.fixture
def cursed(monkeypatch):
    """Make replicate 1 fail at points with a tool that fits well."""
    whole, place = executor.simulate, POSITION["fit"]

    def breaks(batch, engine, workers=1):
        if ((batch.replicates == 1) & (batch.rows[:, place] > 0.8)).any():
            raise ZeroDivisionError("cursed")
        return whole(batch, engine, workers)

    monkeypatch.setattr(executor, "simulate", breaks)


@pytest.fixture
def undrawn(monkeypatch):
    """Let figures be a few bytes."""
    monkeypatch.setattr(Presenter, "pages", lambda self, result: PAGES)
