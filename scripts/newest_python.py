"""Print the path of the newest Python from 3.12 to 3.14 on this machine, or nothing.

Looks along PATH, and where uv and pyenv keep theirs; an interpreter counts if it runs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

MINORS = range(14, 11, -1)
KEPT_BY_OTHERS = (
    Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions",
    Path(os.environ.get("UV_PYTHON_INSTALL_DIR", Path.home() / ".local/share/uv/python")),
)


def candidates(minor: int) -> Iterator[str]:
    """Yield interpreters of this minor version."""
    name = f"python3.{minor}"
    if on_path := shutil.which(name):
        yield on_path
    for folder in KEPT_BY_OTHERS:
        yield from sorted((str(p) for p in folder.glob(f"*/bin/{name}")), reverse=True)


def runs(python: str) -> bool:
    """Say whether an interpreter runs."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def main() -> None:
    """Print the first that runs, from the newest minor version down."""
    found = (python for minor in MINORS for python in candidates(minor) if runs(python))
    print(next(found, ""))


if __name__ == "__main__":
    main()
