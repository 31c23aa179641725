"""What a result, or a difference, depends on. The package can be called: it is the verb `qisim.sensitivity`.

``qisim.sensitivity("external", "internal")`` does what `qisim.sensitivity.study.sensitivity` does.

For the rooms above::

    finding              One finding: what an outcome of a target depends on, and how sure that is
    findings             What the answer depends on
    planning             From a study, a scenario or two to the plan of a sensitivity analysis
    study                The flow of a sensitivity analysis
    wording              Sensitivity in plain sentences and as a terminal table

Of this room alone::

    analysis             A sensitivity analysis that was made: what it shows, draws and writes
    block_indices        Sensitivity indices of designs in blocks: Sobol', Morris, Shapley, DGSM
    convergence          How sure an index is, and whether the sample is large enough
    convergence_figures  Indices over the size of the sample, and over the weeks of the run
    correlated           Inputs that hang together: points with given rank correlations
    effect_figures       Two maps: of elementary effects (Morris), and of pairs of inputs
    figure_words         The words on figures: sizes, names, units, and the order of inputs
    figures              Figures of a sensitivity analysis: findings in, matplotlib figures out
    given_data           Sensitivity indices of designs whose points stand alone, and of search curves
    ranking_figure       Inputs in the order of their index, with intervals
    replicate_noise      Chance and parameters told apart
    responses            From the runs of a study to what is analysed
    result               All findings of an analysis, as tables
    sample               What a sensitivity analysis stands on: its points, in blocks that belong together
    scatter_figure       The expected outcome against each input, point by point
    theories             What an answer depends on under rival theories
    where                What an outcome depends on among the points at which a condition holds
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
    """The package, which can be called: a verb and a room of one name."""

    def __call__(self, *args: Any, **options: Any) -> SensitivityResult:
        """Analyse what outcomes depend on; see `qisim.sensitivity.study.sensitivity`."""
        from qisim.sensitivity.study import sensitivity

        return sensitivity(*args, **options)

    @property
    def __signature__(self) -> inspect.Signature:
        from qisim.sensitivity.study import sensitivity

        return inspect.signature(sensitivity)


sys.modules[__name__].__class__ = _Verb
