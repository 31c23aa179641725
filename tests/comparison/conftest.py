"""What tests of comparisons share: two scenarios of made-up tables, compared."""

import pytest
from compared import run_tables

from qisim.comparison.comparison import Comparison
from qisim.output.manifest import manifest_of
from qisim.scenario.scenario import load


@pytest.fixture(scope="module")
def two():
    base = {"runs": 30, "weeks": 60, "end": 26}
    return run_tables(external={**base, "level": 0.4}, internal={**base, "level": 0.7, "seed": 2})


@pytest.fixture
def comparison(two):
    scenarios = dict.fromkeys(["external", "internal"], load("external").to_dict())
    manifest = manifest_of(
        "compare", ["qisim", "compare", *scenarios], scenarios, dict.fromkeys(scenarios, "d"),
        seed=1, replicates=30, engine="mesa", wall_time_s=1.0,
    )  # fmt: skip
    return Comparison(*two, scenarios, manifest)
