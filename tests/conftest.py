"""What holds for all tests: examples are found anew each time, no test is a race against a clock, runs are kept apart."""

import pytest
from hypothesis import settings

settings.register_profile("qisim", deadline=None, print_blob=True)
settings.load_profile("qisim")


@pytest.fixture(autouse=True)
def run_store(tmp_path, monkeypatch):
    """Give every test a run store of its own: nothing is read from or left in the user's."""
    monkeypatch.setenv("QISIM_STORE", str(tmp_path / "runs"))
