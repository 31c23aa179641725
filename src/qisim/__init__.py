"""How a quality-improvement programme is taken up in a nursing home or home-care service.

The verbs: `load` a scenario, `run` it, `compare` it with another, `sweep` a study, find out by
`sensitivity` what a result depends on, `calibrate` it with counts. The model itself is `CareUnit`, an
ordinary `mesa.Model`; `problem` and `evaluate` let other tools drive it. Names are fetched when first
used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Before all others, and for this alone (so F401): it takes down the sources of what is about to be imported.
from qisim.engines import source_digests as _sources  # noqa: F401

if TYPE_CHECKING:
    __version__: str
    from qisim.calibration.study import calibrate
    from qisim.comparison.study import compare, run
    from qisim.engines.mesa_model import CareUnit
    from qisim.errors import QisimError
    from qisim.output.citation import cite
    from qisim.runs.evaluate import evaluate, problem
    from qisim.runs.sweep import sweep
    from qisim.scenario.scenario import Scenario, load
    from qisim.sensitivity.study import sensitivity

_HOMES = {
    "CareUnit": "qisim.engines.mesa_model",
    "QisimError": "qisim.errors",
    "Scenario": "qisim.scenario.scenario",
    "calibrate": "qisim.calibration.study",
    "cite": "qisim.output.citation",
    "compare": "qisim.comparison.study",
    "evaluate": "qisim.runs.evaluate",
    "load": "qisim.scenario.scenario",
    "problem": "qisim.runs.evaluate",
    "run": "qisim.comparison.study",
    "sweep": "qisim.runs.sweep",
}

__all__ = [
    "CareUnit", "QisimError", "Scenario", "__version__", "calibrate", "cite", "compare", "evaluate", "load",
    "problem", "run", "sensitivity", "sweep",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "__version__":  # asking for it takes longer than all else that is imported here
        from importlib.metadata import version

        return version("qisim")
    if name == "sensitivity":  # a room as well, so the package itself is what can be called
        return import_module("qisim.sensitivity")
    if name not in _HOMES:
        raise AttributeError(f"module 'qisim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
