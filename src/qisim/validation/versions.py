"""Two versions of the model, asked the same: a thousand scenarios, on the same random numbers.

A version is ``this`` one; a Python (or virtual environment) in which another is installed; a folder of sources;
a file of rules that take the place of the model's; or the answers of a version that were kept. Each is
asked in a process of its own (``data/in_version.py``, which uses only what every version offers).

A thousand scenarios are all shipped ones, each as it is and under draws of all uncertain numbers and of
the site (a Latin hypercube over their plausible ranges). What a scenario sets itself is part of it and stays.
Two scenarios that differ in who drives the programme alone have the same draws, so that it is seen where the
answer is another.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from qisim.design.plan import Input
from qisim.design.sampling import one_scaled
from qisim.engines import custom_rules
from qisim.errors import InputError, Problem, RunError
from qisim.model.outcomes import OUTCOMES
from qisim.model.parameters import PARAMETERS
from qisim.output.file_bytes import digest_of_json
from qisim.reading import MIB, ordinary_bytes
from qisim.scenario.files import shipped
from qisim.scenario.scenario import load

THIS = "this"
KEPT = ".json.gz"
"""Ending of the answers of a version that were kept."""
KEY = 0xD1FF
"""Of the chance of the draws."""
TAKEN = (
    "this, a Python or a virtual environment with qisim, a folder of its sources, a file of rules (.py), or "
    f"answers that were kept (old{KEPT} or new{KEPT} of an earlier --out)"
)
MOST_KEPT = 256 * MIB

Points = Mapping[str, list[dict[str, float]]]
"""By scenario its points: values by key."""


@dataclass(frozen=True)
class Asked:
    """What versions are asked.

    Attributes
    ----------
    points : mapping
        By scenario; the first point of each is the scenario as it is.
    replicates, seed : int
        Runs of each point; seed of the first, the others follow.
    """

    points: Points
    replicates: int
    seed: int

    @property
    def digest(self) -> str:
        """What fixes all of it: answers can be compared where it is the same."""
        return digest_of_json([self.points, self.replicates, self.seed, list(OUTCOMES)])

    @property
    def number(self) -> int:
        """Number of scenarios, shipped and drawn."""
        return sum(map(len, self.points.values()))


def paired_name(name: str) -> str:
    """Return what is the same of two scenarios that differ in who drives the programme alone."""
    return name.replace("internal", "external")


def thousand(number: int, replicates: int, seed: int) -> Asked:
    """Return at least so many scenarios: the shipped ones, and draws of each."""
    scenarios = {name: load(name) for name in shipped()}
    each = -(-number // len(scenarios))
    groups = list(dict.fromkeys(map(paired_name, scenarios)))
    varied = [
        one for one in PARAMETERS.values()
        if one.kind == "float" and one.role in ("uncertain", "context")
    ]  # fmt: skip
    rows, chance = len(groups) * (each - 1), np.random.default_rng([seed, KEY])
    columns = {}
    for one in varied:
        unit = (chance.permutation(rows) + chance.random(rows)) / max(rows, 1)
        columns[one.key] = one_scaled(
            unit, Input(one.key, one.low, one.high, one.distribution, peak=one.default)
        )
    points: dict[str, list[dict[str, float]]] = {}
    for name, scenario in scenarios.items():
        free = [one.key for one in varied if scenario[one.key] == one.default]
        begin = groups.index(paired_name(name)) * (each - 1)
        drawn = [
            {key: float(columns[key][row]) for key in free}
            for row in range(begin, begin + each - 1)
        ]
        points[name] = [{}, *drawn]
    return Asked(points, replicates, seed)


# --- asking ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Version:
    """Where a version of the model is.

    Attributes
    ----------
    source : str
        As it was named.
    python : str
        Which Python has it; empty where its answers were kept.
    env : mapping
        The environment of its process.
    """

    source: str
    python: str
    env: Mapping[str, str]

    def answer(self, asked: Asked, workers: int | None) -> dict[str, Any]:
        """Return its answers: those that were kept, or made in a process of its own.

        Raises
        ------
        InputError
            If what was kept are answers to something else.
        RunError
            If its process fails.
        """
        if not self.python:
            return _kept(self.source, asked)
        script = files("qisim").joinpath("data", "in_version.py").read_text(encoding="utf-8")
        told = json.dumps({
            "scenarios": asked.points, "outcomes": list(OUTCOMES), "replicates": asked.replicates,
            "seed": asked.seed, "workers": workers,
        })  # fmt: skip
        done = subprocess.run(
            [self.python, "-P", "-c", script], input=told, env=dict(self.env), capture_output=True,
            text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        if done.returncode:
            last = (done.stderr.strip().splitlines() or [f"code {done.returncode}"])[-1]
            raise RunError(f"the version at {self.source} gave no answer: {last}")
        return {"asked": asked.digest, **json.loads(done.stdout)}


def version_at(source: str, key: str) -> Version:
    """Return where a version is that somebody named.

    Raises
    ------
    InputError
        If there is none.
    """
    path, env = Path(source).expanduser(), dict(os.environ)
    if source == THIS:
        own = str(Path(str(files("qisim"))).parent)
        return Version(source, sys.executable, {**env, "PYTHONPATH": _first(own, env)})
    for name in ("PYTHONPATH", "PYTHONHOME", custom_rules.OWN_RULES):
        env.pop(name, None)
    if path.name.endswith(KEPT) and path.is_file():
        return Version(str(path), "", {})
    if path.suffix == ".py" and path.is_file():
        own = str(Path(str(files("qisim"))).parent)
        rules = {custom_rules.OWN_RULES: str(path.resolve()), "PYTHONPATH": own}
        return Version(source, sys.executable, {**env, **rules})
    for root in (path, path / "src"):
        if (root / "qisim" / "__init__.py").is_file():
            return Version(source, sys.executable, {**env, "PYTHONPATH": str(root.resolve())})
    for python in (path, path / "bin" / "python", path / "Scripts" / "python.exe"):
        if python.is_file() and os.access(python, os.X_OK):
            return Version(
                source, os.path.abspath(python), env
            )  # a link: what it links to is no venv
    raise InputError(Problem("is not a version of qisim", key=key, value=source, allowed=TAKEN))


def _first(root: str, env: Mapping[str, str]) -> str:
    """Return the search path with one folder before all others."""
    return os.pathsep.join(one for one in (root, env.get("PYTHONPATH", "")) if one)


def kept_bytes(answer: Mapping[str, Any]) -> bytes:
    """Return answers as a file, the same bytes each time."""
    sink = io.BytesIO()
    with gzip.GzipFile(fileobj=sink, mode="wb", mtime=0) as packed:
        packed.write(json.dumps(answer, separators=(",", ":"), allow_nan=False).encode())
    return sink.getvalue()


def _kept(source: str, asked: Asked) -> dict[str, Any]:
    """Return answers that were kept.

    Raises
    ------
    InputError
        If the file is none of qisim's, or answers something else.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(ordinary_bytes(source, MOST_KEPT))) as packed:
            held = json.loads(packed.read(MOST_KEPT))
        other, _ = held["asked"], (held["version"], held["model"], held["lacks"], held["scenarios"])
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        wrong = Problem("holds no results of a version", value=source, allowed=TAKEN)
        raise InputError(wrong) from None
    if other != asked.digest:
        message = "holds answers to other scenarios"
        allowed = "answers to the same number of scenarios and replicates, with the same seed"
        raise InputError(Problem(message, value=source, allowed=allowed))
    return dict(held)
