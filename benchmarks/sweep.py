"""How much of the bare kernel's speed is left to a sweep, and how much memory it takes.

Run with `uv run benchmarks/sweep.py [BASE_SAMPLES]`: Sobol' points of all uncertain parameters of
`external` against `internal`, four replicates, once by the compiled engine alone and once as a sweep into
an empty run store, in turns; then the finished sweep again. Prints runs a second and their ratio, also by
processor time (which other work on the machine disturbs less), and the largest memory of the process.
"""

import resource
import sys
import tempfile
import time

import numpy as np

from qisim.design.plan_file import read
from qisim.design.run_table import RunTable
from qisim.engines.compiled import simulate
from qisim.runs import sweep
from qisim.runs.executor import cores


def bare(layout: RunTable, runs: int) -> tuple[float, float]:
    """Return seconds and processor seconds of the engine alone, per run of the design."""
    made, seconds, busy = 0, 0.0, 0.0
    for block in layout.blocks(2048):
        held = layout.rows(block)
        rows, replicates = held.rows[held.row_of], held.replicates
        site = layout.worlds[block.scenario][block.shape]
        begun, began = time.perf_counter(), time.process_time()
        simulate(site, rows, 1, replicates, cores())
        seconds, busy = seconds + time.perf_counter() - begun, busy + time.process_time() - began
        made += len(rows)
        if made >= runs:
            break
    return seconds / made, busy / made


def swept(plan) -> tuple[float, float, float]:
    """Return the same of a sweep into an empty store, and seconds of the same sweep again."""
    with tempfile.TemporaryDirectory() as store:
        begun, began = time.perf_counter(), time.process_time()
        runs = sweep.run(plan, store=store)
        seconds, busy = time.perf_counter() - begun, time.process_time() - began
        begun, made = time.perf_counter(), len(runs.register.keys)
        assert sweep.run(plan, store=store).reused == made
        return seconds / made, busy / made, time.perf_counter() - begun


samples = int(sys.argv[1]) if len(sys.argv) > 1 else 64
plan = read("uncertain", samples=samples)
layout = RunTable(plan)
bare(layout, 2048)  # compiles
turns = 2
part = layout.runs // (2 * turns)
kernel, whole = [], []
for _ in range(turns):
    kernel.append(bare(layout, part))
    whole.append(swept(plan))
    kernel.append(bare(layout, part))
alone, busy_alone = np.mean(kernel, axis=0)
every, busy, again = np.mean(whole, axis=0)
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{layout.runs} runs on {cores()} cores")
print(f"bare kernel {1 / alone:,.0f} runs/s, sweep {1 / every:,.0f} runs/s: {alone / every:.0%}")
print(f"by processor time: {busy_alone / busy:.0%} ({1e6 * (busy - busy_alone):.1f} us more a run)")
print(f"again, nothing to make: {again:.1f} s; memory {memory:.0f} MB")
