"""What tests of runs share."""

import pytest
from pairs import PAGES

from qisim.comparison.flow import Presenter
from qisim.runs import executor


@pytest.fixture
def made(monkeypatch):
    """Return the number of runs of each batch that an engine makes."""
    whole, runs = executor.simulate, []

    def counting(batch, *more, **rest):
        runs.append(len(batch))
        return whole(batch, *more, **rest)

    monkeypatch.setattr(executor, "simulate", counting)
    return runs


@pytest.fixture
def undrawn(monkeypatch):
    """Let figures be a few bytes."""
    monkeypatch.setattr(Presenter, "pages", lambda self, result: PAGES)
