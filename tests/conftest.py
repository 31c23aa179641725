"""What holds for all tests: examples are found anew, no test races a clock, runs are kept apart."""

import os

import pytest
from hypothesis import settings

settings.register_profile("qisim", deadline=None, print_blob=True)
settings.load_profile("qisim")


@pytest.fixture(autouse=True, scope="session")
def run_store(tmp_path_factory):
    """Keep the runs of tests apart from the user's."""
    os.environ["QISIM_STORE"] = str(tmp_path_factory.mktemp("runs"))
