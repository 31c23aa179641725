"""The rule of forgetting at its edges."""

from qisim.model import rules


def test_use_protects_what_was_learnt():
    assert rules.remembered(0.8, 0.5, 0.0, 0.7) == 0.4
    assert rules.remembered(0.8, 0.5, 1.0, 1.0) == 0.8
    assert rules.remembered(0.8, 0.0, 0.0, 0.7) == 0.8
