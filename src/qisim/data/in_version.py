"""Run in another version of qisim, by its own Python: simulate points, and say what came out.

Nothing of this version is there: this file is handed over as text (`qisim.validation.versions`), reads what is
asked from standard input, and uses only what every version offers: `load`, `problem`, `evaluate`.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from pathlib import Path
from typing import Any

ALWAYS = "workload.pressure"
"""A number of every version: something has to be there that varies, if by nothing to speak of."""


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the outcomes of every run, by scenario, and what this version does not have.

    Parameters
    ----------
    asked : dict
        ``scenarios``: by name the points, each a mapping from keys to values; ``outcomes``; ``replicates``,
        ``seed``, ``workers``.
    """
    from importlib.metadata import version

    import qisim

    found: dict[str, Any] = {
        "version": version("qisim"), "model": _digest_of_model(Path(str(qisim.__file__)).parent),
        "scenarios": {}, "lacks": {"scenarios": [], "outcomes": [], "numbers": []},
    }  # fmt: skip
    for name, points in asked["scenarios"].items():
        try:
            scenario = qisim.load(name)
        except qisim.QisimError:
            found["lacks"]["scenarios"].append(name)
            continue
        outcomes = [one for one in asked["outcomes"] if _has_outcome(scenario, one)]
        found["lacks"]["outcomes"] = [one for one in asked["outcomes"] if one not in outcomes]
        found["scenarios"][name] = _of_scenario(scenario, points, outcomes, asked, found["lacks"])
    return found


def _digest_of_model(root: Path) -> str:
    """Return a digest of the sources of the model, for two builds may bear the same number."""
    held = hashlib.sha256()
    for path in sorted((root / "model").rglob("*.py")):
        held.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return held.hexdigest()[:12]


def _has_outcome(scenario: Any, name: str) -> bool:
    import qisim

    try:
        qisim.problem(scenario, outcomes=[name])
    except qisim.QisimError:
        return False
    return True


def _of_scenario(
    scenario: Any, points: list[dict[str, float]], outcomes: list[str], asked: dict[str, Any],
    lacks: dict[str, list[str]],
) -> dict[str, Any]:  # fmt: skip
    """Return values by outcome, each a list over points of lists over runs; None for a refused point."""
    keys = list(dict.fromkeys([ALWAYS, *(key for point in points for key in point)]))
    own = {key: value for key in keys if (value := _own(scenario, key)) is not None}
    lacks["numbers"] = sorted({*lacks["numbers"], *(key for key in keys if key not in own)})
    rows = [{key: point.get(key, value) for key, value in own.items()} for point in points]
    refused = {place: why for place, row in enumerate(rows) if (why := _refusal(scenario, row))}
    kept = [place for place in range(len(rows)) if place not in refused]
    values: dict[str, list[Any]] = {one: [None] * len(rows) for one in outcomes}
    for made in _runs(scenario, [rows[place] for place in kept], outcomes, asked):
        for number, place in enumerate(kept):
            for column, one in enumerate(outcomes):
                value = float(made[number][column])
                values[one][place] = [
                    *(values[one][place] or []), value if math.isfinite(value) else None
                ]  # fmt: skip
    return {"values": values, "refused": {str(place): why for place, why in refused.items()}}


def _own(scenario: Any, key: str) -> float | None:
    """Return a scenario's own value; None where this version has no such number."""
    import qisim

    try:
        return float(scenario[key])
    except (qisim.QisimError, LookupError, ValueError, TypeError):
        return None


def _refusal(scenario: Any, row: dict[str, float]) -> str:
    """Say why a point does not go with a scenario; empty where it does."""
    import qisim

    try:
        scenario.replace(row)
    except qisim.QisimError as error:
        return str(error).splitlines()[0]
    return ""


def _runs(scenario: Any, rows: list[dict[str, float]], outcomes: list[str], asked: Any) -> Any:
    """Yield the outcomes at all points, run by run; each has a seed of its own, the same in all versions."""
    import numpy as np

    import qisim

    if not rows:
        return
    matrix = np.array([list(row.values()) for row in rows], dtype=float)
    ends = {
        key: (float(column.min()), float(column.max()))
        for key, column in zip(rows[0], matrix.T, strict=True)
        if column.min() < column.max()
    }
    fixed = dict(rows[0])
    vary = ends or {ALWAYS: (fixed[ALWAYS], fixed[ALWAYS] + 1e-9)}
    columns = [list(fixed).index(key) for key in vary]
    for number in range(asked["replicates"]):
        made = qisim.evaluate(
            matrix[:, columns], scenario, vary=vary, outcomes=outcomes, replicates=1,
            seed=asked["seed"] + number, missing="nan", workers=asked["workers"],
        )  # fmt: skip
        yield np.reshape(made, (len(rows), len(outcomes)))


if __name__ == "__main__":
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
