"""The functions of the browser's module: lay out a site, run it, summarise the results.

Every number that a page shows is computed by them, from the functions that Python uses: the
coefficients (`qisim.model.coefficients`), the site's and the calendar's tables (`qisim.model.site`), the
draws' keys, the run itself (`qisim.engines.compiled`), the outcomes (`qisim.model.outcome_values`), and
the statistics of pairs.

A page and the module share one memory (`qisim.engines.wasm_desk`). The functions take the desk's address
and nothing else, so the same compiled code runs here in Python, where the tests hold it against the
ordinary functions, bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qisim.engines.wasm_layers import layers, move, ratios
from qisim.engines.wasm_runs import run
from qisim.engines.wasm_site import place, prepare
from qisim.engines.wasm_statistics import blend, goal, pairs, per, quantiles

ENTRIES: Mapping[str, Any] = {
    "place": place, "prepare": prepare, "run": run, "quantiles": quantiles, "pairs": pairs,
    "blend": blend, "goal": goal, "per": per, "ratios": ratios, "layers": layers, "move": move,
}  # fmt: skip
"""The functions of the module by name, each of one argument: the desk's address."""
