"""Write the machine code that ships in the wheel; the build of the wheel calls this."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from qisim.engines.machine_code import ABOUT, TRIPLE, X86_LEVELS, made, stamp


def ship(folder: Path) -> None:
    """Write an object file for each common processor, and a digest of their sources.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.
    """
    objects = made(TRIPLE, dict.fromkeys(X86_LEVELS, ""))
    if not objects:
        raise SystemExit("the code cannot be made with these versions of Numba and LLVM")
    folder.mkdir(parents=True, exist_ok=True)
    for level, code in objects.items():
        (folder / f"{level}.o").write_bytes(code)
    digests = {level: hashlib.sha256(code).hexdigest() for level, code in objects.items()}
    about = {"stamp": stamp(), "triple": TRIPLE, "objects": digests}
    (folder / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    ship(Path(sys.argv[1]))
