"""Simulation-based calibration: many sites drawn from the prior, whose parameters are known, calibrated."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qisim.calibration.planning import (
    DEFAULT_SAMPLES,
    read_all,
)
from qisim.calibration.study import CalibrationStudy
from qisim.runs.options import Options, Progress

if TYPE_CHECKING:
    from qisim.calibration.diagnostics import Check
    from qisim.calibration.posterior import ReferenceTable


def check_prior(
    scenario: Any, data: str | os.PathLike[str], *, sites: int = 2_000,
    samples: int = DEFAULT_SAMPLES, seed: int = 1, start: str | None = None, vary: Sequence[Any] = (),
    workers: int | None = None, progress: Progress | None = None,
) -> tuple[ReferenceTable, Check]:  # fmt: skip
    """Calibrate many sites drawn from all of the prior, whose parameters are known.

    This is simulation-based calibration (Talts et al., arXiv:1804.06788): what was counted in the
    file does not matter, only when, and how many people were looked at.

    Parameters
    ----------
    scenario, data, samples, seed, start, vary, workers, progress
        As in `calibrate`.
    sites : int
        Sites that are calibrated; they are not in the reference table.

    Returns
    -------
    table : ReferenceTable
    check : Check
        Its ranks are uniform where intervals are honest.
    """
    options = {"samples": samples + sites, "checks": 0, "seed": seed, "workers": workers}
    plan, seen = read_all(scenario, data, None, vary, (), start, options)
    chosen = Options(seed=seed, workers=workers, progress=progress)
    study = CalibrationStudy(plan, seen, {"checks": 0}, chosen)
    return study.checked(samples)
