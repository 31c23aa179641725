"""Pin every package that the project needs to the versions that are newest now.

Rewrites ``[tool.uv] constraint-dependencies`` in pyproject.toml. A lock file would name the registry
it was made with; a list of versions names none, and ``uv run`` and ``uv sync`` honour it.

Usage: uv run scripts/pin.py
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import tomlkit

PROJECT = Path(__file__).parents[1]
EXPORT = (
    "uv export --quiet --no-hashes --no-emit-project --no-annotate --no-header"
    " --all-groups --all-extras --format requirements.txt"
)


def main() -> None:
    """Solve afresh, without the old pins, and write the new ones down."""
    file = PROJECT / "pyproject.toml"
    project = tomlkit.parse(file.read_text(encoding="utf-8"))
    pins = project["tool"]["uv"]["constraint-dependencies"]
    pins.clear()
    file.write_text(tomlkit.dumps(project), encoding="utf-8")
    (PROJECT / "uv.lock").unlink(missing_ok=True)
    answer = subprocess.run(EXPORT.split(), cwd=PROJECT, check=True, capture_output=True, text=True)
    for line in sorted(answer.stdout.splitlines()):
        pins.add_line(line.strip())
    pins.add_line(indent="")
    file.write_text(tomlkit.dumps(project), encoding="utf-8")
    print(f"{len(pins)} packages pinned")


if __name__ == "__main__":
    main()
