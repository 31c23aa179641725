"""The same numbers on every machine: verbs run as if on other processors, and their tables compared.

What a processor has is taken away from numpy, from its linear algebra, from Numba and from the C
library, each in the way that it offers. On a processor of the
oldest kind nothing is left to take from numpy; the others still are. The machines work side by side and share
the cache of compiled code, which goes by processor; each has a run store of its own. Figures of sensitivity are
not drawn.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from worlds import SMALL

FOUND = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
"""What numpy uses on this processor beyond its oldest kind, from old to new."""

NEWEST = {"OPENBLAS_CORETYPE": "Haswell"}
OLDEST = {
    "NPY_DISABLE_CPU_FEATURES": " ".join(FOUND),
    "OPENBLAS_CORETYPE": "Nehalem",
    "NUMBA_CPU_NAME": "generic",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX2_Usable,-FMA,-FMA_Usable,-FMA4",
}
BETWEEN = {"NPY_DISABLE_CPU_FEATURES": " ".join(FOUND[1:]), "NUMBA_CPU_NAME": "generic"}

VERBS = """
import json, sys
from questions import VERBS as QUESTIONS

from qisim.calibration.study import calibrate
from qisim.comparison.study import compare
from qisim.output import presenters
from qisim.runs.sweep import sweep
from qisim.sensitivity.study import sensitivity

drawn, presenters.figures_as_files = presenters.figures_as_files, lambda *given: {}
base, samples, questions, data, out = json.loads(sys.argv[1])
own = {"workers": 1, "store": f"{out}/store"}
other = {**base, "name": "other", "workload": {"pressure": 1.1}}
study = {
    "scenarios": [base],
    "vary": ["workload.pressure", "workforce.staff_turnover", "workforce.absence_weeks"],
    "runs": {"replicates": 3},
    "outcomes": ["adoption_mean", "adoption_final"],
}
compare(base, other, replicates=12, **own, out=f"{out}/compare")
design = {"method": "latin", "samples": 12}
sweep({**study, "design": design}, **own, out=f"{out}/sweep")
for method, number in samples.items():
    analysis, design = {"method": method, "resamples": 40}, {"samples": number}
    asked = {**study, "analysis": analysis, "design": design}
    sensitivity(asked, **own, out=f"{out}/{method}")
for name in questions:
    QUESTIONS[name](replicates=6, **own, out=f"{out}/{name}")
presenters.figures_as_files = drawn
calibrate(base, data, samples=2000, checks=50, **own, out=f"{out}/calibrate")
"""
SAMPLES = {
    "sobol": 16, "morris": 8, "shapley": 16, "dgsm": 16, "efast": 260, "rbd_fast": 100,
    "delta": 100, "pawn": 100, "hdmr": 320,
}  # fmt: skip
"""Methods of sensitivity analysis, and the samples of each."""
COUNTS = "week,using,in_post\n" + "".join(
    f"{week},{min(week // 4, 5)},10\n" for week in range(1, 25)
)


def tables(machine, out, data, methods, questions):
    """Run all verbs on a machine; return the digest of each table by name."""
    samples = {name: SAMPLES[name] for name in methods}
    given = json.dumps([SMALL, samples, questions, str(data), str(out)])
    command = [sys.executable, "-c", VERBS, given]
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    environment = {**os.environ, "PYTHONPATH": path, **machine}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    found = {}
    for manifest in sorted(out.glob("*/manifest.json")):
        files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        found |= {
            f"{manifest.parent.name}/{name}": digest
            for name, digest in files.items()
            if name.endswith((".csv", ".parquet", ".json"))
        }
    return found


QUESTIONS = (
    "explain",
    "worth",
    "trial",
    "map",
    "levers",
    "robust",
    "follow",
    "search",
    "flip",
    "claims",
)
"""Verbs of `qisim.decide`; the first two are asked in the short form."""


@pytest.mark.parametrize(("methods", "questions"), [
    (("sobol", "delta"), QUESTIONS[:2]),
    pytest.param(tuple(SAMPLES), QUESTIONS, marks=pytest.mark.slow),
], ids=["a-few", "all"])  # fmt: skip
def test_every_verb_gives_the_same_tables_on_processors_old_and_new(tmp_path, methods, questions):
    data = tmp_path / "counts.csv"
    data.write_text(COUNTS, encoding="utf-8")
    machines = {"newest": NEWEST, "oldest": OLDEST}
    if len(FOUND) > 1 and len(methods) == len(SAMPLES):
        machines["between"] = BETWEEN
    with ThreadPoolExecutor() as side_by_side:
        made = side_by_side.map(
            lambda name: tables(machines[name], tmp_path / name, data, methods, questions),
            list(machines),
        )
        newest, *others = list(made)
    assert len(newest) > 3 * len(methods)
    for other in others:
        assert [name for name in newest | other if newest.get(name) != other.get(name)] == []
