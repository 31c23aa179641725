"""What tests of runs share."""

import pytest
from kept_pages import KERNEL
from studies import BASE

import qisim
from qisim.model import site as world
from qisim.runs.store import Partition


@pytest.fixture
def shelf(tmp_path):
    return Partition(tmp_path, KERNEL, world.build(qisim.load(BASE)), 1)
