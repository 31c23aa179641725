"""How much of the bare kernel's speed is left to a sweep, and how much memory it takes.

Run with `uv run benchmarks/sweep.py [BASE_SAMPLES]`: Sobol' points of all uncertain parameters of
`external` against `internal`, four replicates, once by the compiled engine alone and once as a sweep into
an empty run store, in turns; then the finished sweep again. Prints runs a second, their ratio, and the
largest memory of the process.
"""

import resource
import sys
import tempfile
import time

import numpy as np

from qisim import sweep
from qisim.engine.kernel import simulate
from qisim.layout import Layout
from qisim.runner import cores
from qisim.study_file import read


def bare(layout: Layout, runs: int) -> float:
    """Return runs a second of the engine alone, on runs of the design."""
    rows, replicates, made, seconds = None, None, 0, 0.0
    for block in layout.blocks(2048 // layout.plan.replicates):
        held = layout.rows(block)
        rows, replicates = held.rows[held.row_of], held.replicates
        begun = time.perf_counter()
        simulate(layout.worlds[block.scenario][block.shape], rows, 1, replicates, cores())
        seconds, made = seconds + time.perf_counter() - begun, made + len(rows)
        if made >= runs:
            break
    return made / seconds


def swept(plan) -> tuple[float, float]:
    """Return runs a second of a sweep into an empty store, and seconds of the same sweep again."""
    with tempfile.TemporaryDirectory() as store:
        begun = time.perf_counter()
        runs = sweep.run(plan, store=store)
        seconds = time.perf_counter() - begun
        begun = time.perf_counter()
        assert sweep.run(plan, store=store).reused == len(runs.register.keys)
        return len(runs.register.keys) / seconds, time.perf_counter() - begun


samples = int(sys.argv[1]) if len(sys.argv) > 1 else 64
plan = read("uncertain", samples=samples)
layout = Layout(plan)
bare(layout, 2048)  # compiles
speeds = [
    (bare(layout, layout.runs // 4), *swept(plan), bare(layout, layout.runs // 4)) for _ in range(2)
]
kernel = float(np.mean([(before + after) / 2 for before, _, _, after in speeds]))
whole = float(np.mean([each[1] for each in speeds]))
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{layout.runs} runs on {cores()} cores")
print(f"bare kernel {kernel:,.0f} runs/s, sweep {whole:,.0f} runs/s: {whole / kernel:.0%}")
print(
    f"again, nothing to make: {np.mean([each[2] for each in speeds]):.1f} s; memory {memory:.0f} MB"
)
