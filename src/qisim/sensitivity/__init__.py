"""Sensitivity analysis of a result or a difference. The package is callable: it is the verb
`qisim.sensitivity`.

``qisim.sensitivity("external", "internal")`` does what `qisim.sensitivity.study.sensitivity` does.

For the rooms above::

    finding              One finding: the indices of an outcome of a target, and their uncertainty
    findings             From runs to findings: indices, noise and convergence of every outcome
    planning             From a study, a scenario or two to the plan of a sensitivity analysis
    study                The flow of a sensitivity analysis
    wording              Sensitivity in plain sentences and as a terminal table

Of this room alone::

    analysis             The result of a sensitivity analysis: tables, figures, folder
    block_indices        Sensitivity indices of designs in blocks: Sobol', Morris, Shapley, DGSM
    convergence          Uncertainty of the indices, and convergence with the sample size
    convergence_figures  Indices over the size of the sample, and over the weeks of the run
    correlated           Correlated inputs: points with given rank correlations
    effect_figures       Two maps: of elementary effects (Morris), and of pairs of inputs
    figure_words         Text on figures: sizes, names, units, and the order of inputs
    figures              Figures of a sensitivity analysis: findings in, matplotlib figures out
    given_data           Sensitivity indices of designs whose points stand alone, and of search curves
    ranking_figure       Inputs in the order of their index, with intervals
    replicate_noise      Separating replicate noise from the effects of parameters
    responses            From the runs of a study to the responses analysed
    result               All findings of an analysis, as tables
    sample               The sample of a sensitivity analysis: its points, in blocks
    scatter_figure       The expected outcome against each input, point by point
    theories             Sensitivity under rival theories
    where                Sensitivity restricted to the points at which a condition holds
"""

from __future__ import annotations

import inspect
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qisim.sensitivity.study import SensitivityResult

__all__ = ["finding", "findings", "planning", "study", "wording"]


class _Verb(ModuleType):
    """Makes the package callable: a verb and a room with one name."""

    def __call__(self, *args: Any, **options: Any) -> SensitivityResult:
        """Analyse what outcomes depend on; see `qisim.sensitivity.study.sensitivity`."""
        from qisim.sensitivity.study import sensitivity

        return sensitivity(*args, **options)

    @property
    def __signature__(self) -> inspect.Signature:
        from qisim.sensitivity.study import sensitivity

        return inspect.signature(sensitivity)


sys.modules[__name__].__class__ = _Verb
