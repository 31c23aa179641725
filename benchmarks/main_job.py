"""What a user waits for: ``qisim compare``, beside the time that importing common libraries takes.

Processor time of whole processes, children included. *Warm*: what earlier processes keep is there (machine
code, runs, Python's bytecode). *Cold*: a cache directory and a run store of its own for every process, both
empty. Ratios are to ``python -c "import numba, pandas, matplotlib.figure"``, measured in turn with the others,
so that they carry over to other machines; of each way the least of all rounds counts.

Use: ``uv run benchmarks/main_job.py [ROUNDS]``
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

IMPORTS = "import numba, pandas, matplotlib.figure"
COMPARE = [sys.executable, "-m", "qisim", "compare", "external", "internal"]
BARS = {"tables, warm": 0.5, "tables, cold": 1.5, "--out, warm": 1.6, "--out, cold": 4.0}
"""What is aimed at, in times the import."""


def seconds(command: list[str], **environment: str) -> float:
    """Return the processor time of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env={**os.environ, **environment}, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def job(kind: str, folder: Path, kept: Path) -> float:
    """Return what one way of the job takes; `folder` is new, `kept` holds what earlier processes keep."""
    where = kept if kind.endswith("warm") else folder
    out = ["--out", str(folder / "out")] if kind.startswith("--out") else []
    own = {"QISIM_CACHE_DIR": str(where / "cache"), "QISIM_STORE": str(where / "store")}
    return seconds([*COMPARE, *out], **own)


def main() -> None:
    """Measure all ways in turn, and print them beside the import."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    least: dict[str, float] = {}
    with TemporaryDirectory() as place:
        kept = Path(place, "kept")
        for kind in BARS:  # so that there is something to keep, and bytecode of everything
            job(kind, Path(place, f"before {kind}"), kept)
        for number in range(rounds):
            for kind in ("import", *BARS):
                folder = Path(place, f"{number} {kind}")
                took = (
                    seconds([sys.executable, "-c", IMPORTS])
                    if kind == "import"
                    else job(kind, folder, kept)
                )
                least[kind] = min(took, least.get(kind, took))
    table = Table("what", "s", "times the import", "aimed at")
    for kind, took in least.items():
        bar = f"{BARS[kind]:.1f}" if kind in BARS else ""
        table.add_row(kind, f"{took:.2f}", f"{took / least['import']:.2f}", bar)
    console = Console(width=100)
    console.print(table)
    console.print(
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}"
    )


if __name__ == "__main__":
    main()
