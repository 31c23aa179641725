"""The command line in a process of its own."""

import subprocess
import sys


def qisim(*words, **more):
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "qisim", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **more)
