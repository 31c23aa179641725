"""What a Sobol' analysis of all uncertain parameters costs, beside the bare kernel.

Run with `uv run benchmarks/sensitivity.py [BASE_SAMPLES] [DIR]`: `external` against `internal`, four common
replicates, into an empty run store, from the plan to tables, figures and the summary in words (in DIR,
where one is given). The compiled engine alone runs a part of the same runs before and after. Prints
seconds of each step and runs a second, by the clock and by processor time; the second does not depend on
what else the machine has to do.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

from qisim.design.plan_file import read
from qisim.design.run_table import RunTable
from qisim.engines.compiled import simulate
from qisim.runs.executor import cores
from qisim.sensitivity.study import sensitivity


def used() -> tuple[float, float]:
    """Return the clock and the processor time used so far."""
    return time.perf_counter(), time.process_time()


def since(begun: tuple[float, float]) -> tuple[float, float]:
    now = used()
    return now[0] - begun[0], now[1] - begun[1]


def bare(layout: RunTable, runs: int) -> tuple[int, float, float]:
    """Return runs, clock and processor time of the engine alone, on runs of the design."""
    made, clock, processor = 0, 0.0, 0.0
    for block in layout.blocks(2048):
        held = layout.rows(block)
        rows, begun = held.rows[held.row_of], used()
        simulate(layout.worlds[block.scenario][block.shape], rows, 1, held.replicates, cores())
        took = since(begun)
        made, clock, processor = made + len(rows), clock + took[0], processor + took[1]
        if made >= runs:
            break
    return made, clock, processor


samples = int(sys.argv[1]) if len(sys.argv) > 1 else 64
plan = read("uncertain", samples=samples)
layout = RunTable(plan)
some = min(layout.runs // 4, 60_000)
bare(layout, 2048)  # compiles
with tempfile.TemporaryDirectory() as place:
    before = bare(layout, some)
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(place) / "out"
    begun = used()
    result = sensitivity(plan, store=Path(place) / "store", out=out)
    clock, processor = since(begun)
    after = bare(layout, some)

runs = len(result.runs.register.keys)
made = before[0] + after[0]
kernel = made / (before[1] + after[1]), made / (before[2] + after[2])
steps = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in result.seconds.items())
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{runs:,} runs of {len(plan.inputs)} inputs on {cores()} cores: {clock:.1f} s ({steps})")
for name, alone, whole in (
    ("by the clock", kernel[0], runs / clock),
    ("by processor time", kernel[1], runs / processor),
):
    print(
        f"{name}: bare kernel {alone:,.0f} runs/s, whole analysis {whole:,.0f}: {whole / alone:.0%}"
    )
only = runs / result.seconds["runs"]
print(f"runs only: {only:,.0f} runs/s by the clock, {only / kernel[0]:.0%} of the bare kernel")
print(f"memory {memory:.0f} MB")
