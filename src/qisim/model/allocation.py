"""The allocation ensemble: which factors a run of the external or internal case keeps, by chance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from qisim.model import draws
from qisim.model.coefficients import COEFFICIENTS, POSITION
from qisim.model.evidence import probability_external, probability_internal
from qisim.model.parameters import FACTORS
from qisim.model.site import Described


def allocated(
    scenario: Described,
    rows: npt.NDArray[np.float64],
    seed: int,
    replicates: npt.ArrayLike,
    given: Mapping[str, npt.NDArray[np.float64]] | None = None,
    mode: str = "study",
) -> npt.NDArray[np.float64]:
    """Return coefficients per run, with factor strengths kept or cut by chance.

    With ``run.allocation = "study"`` a factor keeps its strength in a scenario of the study's
    external or internal case with the probability that the evidence gives it there, and is cut to
    the share `allocation_cut` otherwise; ``"null"`` has one half for each process-specific factor.
    One draw per factor and replicate serves all scenarios: what one case has, the other lacks.

    A study that varies the allocation supplies the draws of some factors itself, and says with
    which probabilities they are compared; for these the scenario's own ensemble is ignored.

    Parameters
    ----------
    scenario : Scenario
        Its choices decide; without a case nothing changes.
    rows : ndarray of float, shape (len(COEFFICIENTS),) or (R, len(COEFFICIENTS))
        The coefficients, of all runs or of each.
    seed : int
        Seed of the study.
    replicates : array_like of int, length R
    given : mapping of str to ndarray of float, shape (R,), optional
        Draws in [0, 1] by factor, in place of those of the replicate.
    mode : {"study", "null"}
        Whose probabilities hold for the draws that are given.

    Returns
    -------
    ndarray of float, shape (R, len(COEFFICIENTS))
    """
    numbers = np.atleast_1d(np.asarray(replicates))
    rows = np.array(np.broadcast_to(rows, (len(numbers), len(COEFFICIENTS))))
    own, case = scenario.choices["run.allocation"], scenario.choices["programme.study_case"]
    if case == "none" or (own == "off" and not given):
        return rows
    kept = np.ones((len(numbers), len(FACTORS)), dtype=bool)
    if own != "off":
        kept = _kept(own, case, _allocation_draws(seed, numbers))
    for factor, draw in (given or {}).items():
        place = FACTORS.index(factor)
        kept[:, place] = _kept(mode, case, np.repeat(draw[:, None], len(FACTORS), axis=1))[:, place]
    cut = rows[:, POSITION["allocation_cut"], None]
    columns = [POSITION[factor] for factor in FACTORS]
    rows[:, columns] *= np.where(kept, 1.0, cut)
    return rows


def _allocation_draws(seed: int, replicates: npt.NDArray) -> npt.NDArray[np.float64]:
    """Return one draw per replicate and factor, from a stream of their own; shape (R, factors)."""
    key = draws.keys(seed, replicates)
    slot = np.arange(len(FACTORS), dtype=np.uint64)[None, :]
    zero = np.zeros_like(slot)
    place = zero + np.uint64(256 * draws.SITE)
    words = draws.philox(slot, place, zero, zero, key[:, :1], key[:, 1:])
    return np.asarray(words[0] * draws.TO_UNIT)


def _kept(mode: str, case: str, draw: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return per run and factor whether the case keeps the factor; shape (R, factors)."""
    external = np.array([probability_external(f) for f in FACTORS])
    internal = np.array([probability_internal(f) for f in FACTORS])
    shared = external + internal > 1.0  # stated or judged to be in both
    if mode == "null":
        external = np.where(shared, external, 0.5)
    # a shared factor is kept in both or cut in both; any other is in exactly one of the two
    in_external = draw < external
    return in_external if case == "external" else np.where(shared, draw < internal, ~in_external)
