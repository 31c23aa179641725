"""Runs under a rival theory, in a separate process, because rules are compiled once per process.

A theory's rules replace the model's as custom rules do (`qisim.engines.custom_rules`). So
everything kept of its runs, compiled code included, has another name than the model's.
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
"""Seconds a process has to store finished runs when it is asked to stop."""


def problems_with(options: Options) -> list[Problem]:
    """Return the problems of options that cannot be combined with theories."""
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
    """Run a task under a theory; yield the folder that it has written.

    Parameters
    ----------
    theory : str
        Name of a shipped theory.
    module : str
        Module whose function ``work`` takes the request and a folder to write into.
    request : mapping
        The request, as plain data.
    told : callable, optional
        Called with the runs that are finished.

    Raises
    ------
    InputError
        If the request is refused.
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
    """Ask a process to stop, as Ctrl-C would; kill it if it does not."""
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _check(theory: str, code: int, error: Path) -> None:
    """Raise the error of a process."""
    if code == 0:
        return
    if error.exists():
        raise InputError(f"under the theory {theory}: {error.read_text(encoding='utf-8')}")
    raise RunError(f"the process that runs the theory {theory} ended with code {code}")


def serve(work: Callable[[dict[str, Any], Path], None]) -> None:
    """Run a task in this process, which `under` has started."""
    folder = Path(sys.argv[1])
    request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
    try:
        work(request, folder / ANSWER)
    except InputError as refused:
        (folder / WENT_WRONG).write_text(str(refused), encoding="utf-8")
        sys.exit(2)


def tell(done: int, total: int) -> None:
    """Report to the parent process how many runs are finished."""
    print(done, flush=True)
