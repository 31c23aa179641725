"""How a quality-improvement programme is taken up in a nursing home or home-care service.

The verbs: `load` a scenario, `run` it, `compare` it with another. The model itself is `CareUnit`, an
ordinary `mesa.Model`; `problem` and `evaluate` let other tools drive it. Names are fetched when first
used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

# Before all others: it takes down what is about to be imported.
from qisim import sources as _sources  # noqa: F401

if TYPE_CHECKING:
    from qisim.calibration_study import calibrate
    from qisim.engine.model import CareUnit
    from qisim.errors import QisimError
    from qisim.evaluation import evaluate, problem
    from qisim.scenario import Scenario, load
    from qisim.study import compare, run

__version__ = version("qisim")

_HOMES = {
    "CareUnit": "qisim.engine.model",
    "QisimError": "qisim.errors",
    "Scenario": "qisim.scenario",
    "calibrate": "qisim.calibration_study",
    "compare": "qisim.study",
    "evaluate": "qisim.evaluation",
    "load": "qisim.scenario",
    "problem": "qisim.evaluation",
    "run": "qisim.study",
}

__all__ = [
    "CareUnit", "QisimError", "Scenario", "__version__", "calibrate", "compare", "evaluate", "load",
    "problem", "run",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'qisim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
