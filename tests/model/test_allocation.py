"""The allocation ensemble keeps factors as often as the evidence says."""

import numpy as np
import pytest
from worlds import small

from qisim.model.allocation import allocated
from qisim.model.coefficients import POSITION, coefficients
from qisim.model.evidence import probability_external, probability_internal
from qisim.model.parameters import FACTORS


def strengths(case, mode, replicates=4000, seed=1):
    """Return the strengths of all factors, shape (replicates, factors)."""
    scenario = small({"programme.study_case": case, "run.allocation": mode})
    rows = allocated(scenario, coefficients(scenario), seed, np.arange(replicates))
    return rows[:, [POSITION[factor] for factor in FACTORS]]


@pytest.mark.parametrize(("case", "mode"), [("external", "off"), ("none", "study")])
def test_without_case_or_ensemble_every_mechanism_is_in_force(case, mode):
    assert (strengths(case, mode, 50) == 1.0).all()


@pytest.mark.parametrize("case", ["external", "internal"])
def test_factors_are_kept_as_often_as_the_evidence_says(case):
    probability = probability_external if case == "external" else probability_internal
    kept = (strengths(case, "study") == 1.0).mean(axis=0)
    expected = np.array([probability(factor) for factor in FACTORS])
    assert np.abs(kept - expected).max() < 3.7 * np.sqrt(0.25 / 4000)


@pytest.mark.parametrize("mode", ["study", "null"])
def test_a_process_specific_factor_is_in_exactly_one_case(mode):
    external, internal = (strengths(case, mode) == 1.0 for case in ("external", "internal"))
    for place, factor in enumerate(FACTORS):
        shared = probability_external(factor) + probability_internal(factor) > 1.0
        same = external[:, place] == internal[:, place]
        assert same.all() if shared else not same.any()


def test_the_null_ensemble_gives_each_process_specific_factor_one_half():
    kept = (strengths("external", "null") == 1.0).mean(axis=0)
    specific = [probability_external(f) + probability_internal(f) <= 1.0 for f in FACTORS]
    assert np.abs(kept[specific] - 0.5).max() < 3.7 * np.sqrt(0.25 / 4000)


def test_what_is_not_kept_is_cut_to_a_share_and_nothing_else_changes():
    scenario = small({"programme.study_case": "external", "run.allocation": "study"})
    row = coefficients(scenario)
    rows = allocated(scenario, row, 1, np.arange(50))
    columns = [POSITION[factor] for factor in FACTORS]
    assert set(np.unique(rows[:, columns])) == {0.1, 1.0}
    assert (np.delete(rows, columns, axis=1) == np.delete(row, columns)).all()


def test_the_ensemble_of_a_replicate_does_not_depend_on_the_others():
    together = strengths("external", "study", 20)
    scenario = small({"programme.study_case": "external", "run.allocation": "study"})
    alone = allocated(scenario, coefficients(scenario), 1, 13)
    assert (alone[0, [POSITION[factor] for factor in FACTORS]] == together[13]).all()
    assert (strengths("external", "study", 20, seed=2) != together).any()
