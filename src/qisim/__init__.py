"""How a quality-improvement programme is taken up in a nursing home or home-care service.

The verbs: `load` a scenario, `run` it, `compare` it with another, `sweep` over a design, analyse by
`sensitivity` what a result depends on, `calibrate` to the counts of a site. The model itself is
`CareUnit`, an
ordinary `mesa.Model`; `problem` and `evaluate` let other tools drive it. Names are imported on
first use, so that importing the package is cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# First of all, and for its side effect (hence F401): it records the sources that are about to be
# imported.
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
    if name == "__version__":  # looking it up takes longer than every other import here
        from importlib.metadata import version

        return version("qisim")
    if name == "sensitivity":  # also a room: the package itself is callable
        return import_module("qisim.sensitivity")
    if name not in _HOMES:
        raise AttributeError(f"module 'qisim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
