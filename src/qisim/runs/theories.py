"""Work done under a rival theory: in a process of its own, because rules are compiled once in a process.

A theory's rules are put in place as rules of one's own are (`qisim.engines.custom_rules`). So what is kept of
its runs, compiled code included, bears another name than the model's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qisim.engines import custom_rules
from qisim.errors import InputError, Problem, RunError
from qisim.output.file_bytes import json_bytes
from qisim.runs.options import Options

REQUEST, ANSWER, WENT_WRONG = "request.json", "answer", "error.txt"
PATIENCE_S = 20.0
"""Seconds that a process has to keep what it has finished when it is asked to stop."""


def problems_with(options: Options) -> list[Problem]:
    """Return what does not go with theories."""
    found = []
    if custom_rules.FILE:
        message = "puts rules of your own in force, and a theory puts its own in their place"
        found.append(Problem(message, key=custom_rules.OWN_RULES, value=custom_rules.FILE))
    if options.scheduler is not None:
        message = "runs where theories are not known; leave out either it or --theories"
        found.append(Problem(message, key="scheduler", value=options.scheduler))
    return found


@contextmanager
def under(
    theory: str, module: str, request: Mapping[str, Any], told: Callable[[int], None] | None = None
) -> Iterator[Path]:
    """Do a work under a theory; give the folder that it has written.

    Parameters
    ----------
    theory : str
        Name of a shipped theory.
    module : str
        Module whose function ``work`` takes the request and a folder to write into.
    request : mapping
        What is asked for, as plain data.
    told : callable, optional
        Called with the runs that are finished.

    Raises
    ------
    InputError
        If what is asked for is refused.
    RunError
        If the process is lost.
    """
    with tempfile.TemporaryDirectory(prefix="qisim-theory-") as place:
        folder = Path(place)
        (folder / REQUEST).write_bytes(json_bytes(request))
        (folder / ANSWER).mkdir()
        code = f"from qisim.runs.theories import serve; from {module} import work; serve(work)"
        roots = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
        given = {
            **os.environ,
            custom_rules.OWN_RULES: theory,
            "PYTHONPATH": os.pathsep.join(root for root in roots if root),
        }
        process = subprocess.Popen(
            [sys.executable, "-c", code, place], env=given, stdout=subprocess.PIPE, text=True
        )
        try:
            for line in process.stdout or ():
                if told is not None and line.strip().isdigit():
                    told(int(line))
            process.wait()
        except BaseException:
            stop(process)
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()
        _check(theory, process.returncode, folder / WENT_WRONG)
        yield folder / ANSWER


def stop(process: subprocess.Popen[str]) -> None:
    """Ask a process to stop, as Ctrl-C would; end it if it does not."""
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _check(theory: str, code: int, error: Path) -> None:
    """Raise what went wrong in a process."""
    if code == 0:
        return
    if error.exists():
        raise InputError(f"under the theory {theory}: {error.read_text(encoding='utf-8')}")
    raise RunError(f"the process that runs the theory {theory} ended with code {code}")


def serve(work: Callable[[dict[str, Any], Path], None]) -> None:
    """Do a work in this process: what `under` starts."""
    folder = Path(sys.argv[1])
    request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
    try:
        work(request, folder / ANSWER)
    except InputError as refused:
        (folder / WENT_WRONG).write_text(str(refused), encoding="utf-8")
        sys.exit(2)


def tell(done: int, total: int) -> None:
    """Tell the process that asked how many runs are finished."""
    print(done, flush=True)
