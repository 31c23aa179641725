"""What the wheel carries beside the sources: machine code of the run, made anew with every build.

Where it cannot be made (no Numba for this Python, say), the wheel goes without, and qisim makes it when it
is first needed: see `qisim.engines.machine_code`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = "src/qisim/engines/shipped"


class MachineCode(BuildHookInterface):
    """Make the machine code before the wheel is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make it, and say that it belongs to the wheel though git does not know it."""
        root = Path(self.root)
        for old in (root / FOLDER).glob("*"):
            old.unlink()
        done = subprocess.run(
            [sys.executable, "-m", "qisim.engines.machine_code_ship", str(root / FOLDER)],
            env={**os.environ, "PYTHONPATH": str(root / "src")}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
            self.app.display_warning(f"qisim goes without machine code of its own: {last[0]}")
            return
        build_data["artifacts"].append(f"/{FOLDER}/*")
