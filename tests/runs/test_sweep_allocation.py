"""An allocation of factors that varies in a sweep."""

import numpy as np
import pytest
from studies import plan
from sweeps import EXTERNAL, INTERNAL

from qisim.design.run_table import RunTable
from qisim.model.allocation import allocated
from qisim.model.coefficients import POSITION, coefficients

pytestmark = pytest.mark.usefixtures("small_pieces")


def test_an_allocation_that_varies_cuts_a_factor_in_one_case_and_keeps_it_in_the_other():
    made = plan(scenarios=[EXTERNAL, INTERNAL], vary=["allocation.simulation_training"])
    layout = RunTable(made)
    place = POSITION["simulation_training"]
    strengths = [
        np.concatenate(
            [layout.rows(b).rows[:, place] for b in layout.blocks(999) if b.scenario == n]
        )
        for n in (0, 1)
    ]
    external = layout.points[:, 0] < 0.03  # the probability that the external case has it
    assert strengths[0].tolist() == np.where(external, 1.0, 0.1).tolist()
    assert strengths[1].tolist() == np.where(external, 0.1, 1.0).tolist()


def test_the_null_ensemble_has_one_half_for_a_factor_that_varies():
    vary = [{"allocation": "null", "factors": ["simulation_training"]}]
    layout = RunTable(plan(scenarios=[EXTERNAL], vary=vary))
    block = next(layout.blocks(99))
    kept = layout.rows(block).rows[:, POSITION["simulation_training"]] == 1.0
    assert kept.tolist() == (layout.points[:, 0] < 0.5).tolist()


def test_other_factors_keep_to_the_ensemble_of_the_scenario():
    drawn = {**EXTERNAL, "run": {**EXTERNAL["run"], "allocation": "study"}}
    made = plan(scenarios=[drawn], vary=["allocation.turnover"], runs={"replicates": 50})
    layout = RunTable(made)
    rows = layout.rows(next(layout.blocks(100)))
    assert len(rows.rows) == 100  # each run has an allocation of its own
    position = POSITION
    assert len(np.unique(rows.rows[:50, position["documentation"]])) == 2
    assert len(np.unique(rows.rows[:50, position["turnover"]])) == 1
    alone = allocated(
        made.scenarios["out"],
        coefficients(made.scenarios["out"]),
        5,
        np.arange(50),
    )
    others = [n for n in position.values() if n != position["turnover"]]
    assert (rows.rows[:50, others] == alone[:, others]).all()
