"""Try the wheel alone: an empty environment without developers' tools, on every supported Python that is here.

Each door that the README and the pages name is opened once, small: commands, both engines, the notebook
verbs, the functions for other tools. Left out for its time is `robust`, which needs nothing of its
own. A missing dependency, which the development group would hide, shows here.

Usage: uv run scripts/try_wheel.py WHEEL [MINOR ...]     (such as 12 13; by default 11 12 13)
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from newest_python import candidates, runs

PROJECT = Path(__file__).parents[1]

COMMANDS = """
list
show external
factors turnover
new my-plan.toml --from internal
check my-plan.toml
run external --engine mesa --replicates 2 --out mesa
run my-plan.toml --replicates 4 --out run
compare external internal --replicates 8 --out compare
compare external internal --over acceptable --engine mesa --workers 2 --replicates 2
sensitivity external --vary workload.pressure --vary tool.fit --samples 64 --replicates 1 --out sensitivity
sweep study.toml --out sweep
reproduce compare
calibrate external --data counts.csv --samples 2000 --out calibrate
explain external internal --replicates 4 --out explain
levers external --replicates 2
story external internal --replicates 2
flip external internal --replicates 4
map external internal --x other:length_weeks --y staff_turnover --replicates 2
report compare explain
follow external --data counts.csv --replicates 1000
validate T4 --replicates 2
app external internal --save page.html
--cite
""".strip().splitlines()
"""Commands as the README and the pages name them, with few runs."""

FILES = {
    "study.toml": 'scenarios = ["external", "internal"]\nvary = ["tool.fit"]\n'
    'design = { method = "latin", samples = 3 }\nruns = { replicates = 2 }\n',
    "counts.csv": "week,using,in_post\n13,2,36\n26,5,36\n39,6,36\n52,8,36\n65,8,36\n",
}

VERBS = """
import sys
import qisim

assert "site-packages" in qisim.__file__, qisim.__file__
assert all(getattr(qisim, name) is not None for name in qisim.__all__)
external = qisim.load("external")
busy = external.replace({"workload.pressure": 1.15})
result = qisim.run(busy, replicates=8, seed=1)
result.summary(), result.plot(), repr(result)
paired = qisim.compare(external, "internal", replicates=8, seed=1)
paired.differences(), paired.verdict(), paired.plot(), paired.save("saved")
model = qisim.CareUnit("external", replicate=0, seed=1)
model.step()
problem = qisim.problem("internal", vary={"tool.fit": (0.3, 0.9)})
assert qisim.evaluate([[0.4], [0.8]], problem, replicates=2).shape == (2,)
import mesa
rows = mesa.batch_run(qisim.CareUnit, {"replicate": range(2)}, number_processes=1, display_progress=False)
assert len(rows) == 2
from SALib import ProblemSpec
spec = ProblemSpec(problem)
spec.sample_latin(4, seed=1)
spec.evaluate(qisim.evaluate, problem, replicates=2)
tools = {"pytest", "solara", "IPython", "sphinx", "hypothesis", "ruff", "mypy"} & set(sys.modules)
assert not tools, tools
"""


def main() -> None:
    """Try the wheel on each Python, and say how long it took."""
    wheel, minors = (
        Path(sys.argv[1]).resolve(),
        [int(word) for word in sys.argv[2:]] or [11, 12, 13],
    )
    for minor in minors:
        python = next((one for one in candidates(minor) if runs(one)), None)
        if python is None:
            print(f"No Python 3.{minor} was found on this machine: the wheel was not tried on it.")
            continue
        begun = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            try_on(python, wheel, Path(folder))
        print(
            f"Python 3.{minor}: {len(COMMANDS)} commands and the verbs ({time.perf_counter() - begun:.0f} s)"
        )


def try_on(python: str, wheel: Path, folder: Path) -> None:
    """Install the wheel for one Python, and open every door."""
    pins = folder / "pins.txt"
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    pins.write_text("\n".join(project["tool"]["uv"]["constraint-dependencies"]), encoding="utf-8")
    place = folder / "clean"
    binaries = place / ("Scripts" if os.name == "nt" else "bin")
    call(["uv", "venv", "--quiet", "--python", python, place])
    call(
        [
            "uv",
            "pip",
            "install",
            "--quiet",
            "--python",
            binaries / "python",
            "--constraints",
            pins,
            wheel,
        ]
    )
    work = folder / "work"
    work.mkdir()
    for name, text in FILES.items():
        (work / name).write_text(text, encoding="utf-8")
    for command in COMMANDS:
        call([binaries / "qisim", *command.split()], work)
    call([binaries / "python", "-W", "error::ImportWarning", "-c", VERBS], work)


def call(command: list[str | Path], folder: Path | None = None) -> None:
    """Run a command; where it fails, say so with all that it said."""
    kept = {
        k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV", "UV_PYTHON")
    }
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env={**kept, "MPLBACKEND": "Agg"}, text=True,
        stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        words = " ".join(map(str, command))[:400]
        sys.exit(
            f"failed ({done.returncode}): {words}\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
        )


if __name__ == "__main__":
    main()
