"""What a result, or a difference, hangs on.

For the rooms above::

    findings         What the answer hangs on
    study            The flow of a sensitivity analysis
    wording          Sensitivity in plain sentences and as a terminal table

Of this room alone::

    block_indices    Sensitivity indices of designs in blocks: Sobol', Morris, Shapley, DGSM
    convergence      How sure an index is, and whether the sample is large enough
    figures          Figures of a sensitivity analysis: findings in, matplotlib figures out
    given_data       Sensitivity indices of designs whose points stand alone, and of search curves
    replicate_noise  Chance and parameters told apart
    sample           What a sensitivity analysis stands on: its points, in blocks that belong together
"""

__all__ = ["finding", "findings", "study", "wording"]
