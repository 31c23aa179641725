"""What tests of runs share."""

import pytest

from qisim.model.coefficients import POSITION
from qisim.runs import chunks, executor


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store"


@pytest.fixture(autouse=True)
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
