"""Forgetting: how competence decays."""

from __future__ import annotations

from qisim.model.rules.levels import decay


def remembered(competence: float, loss: float, used: float, protects: float) -> float:
    """Competence a week later: it fades without practice (Q28 to Q30); use protects it."""
    return decay(competence, loss * (1.0 - protects * used))
