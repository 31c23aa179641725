"""Run the notebooks and store their outputs in them, so that they can be read without running.

Each notebook runs from top to bottom in an empty folder. What is stored holds no path of this machine and
nothing that changes by itself: no times, no counters of earlier runs, no random ids.

Usage: uv run scripts/run_notebooks.py [NOTEBOOK]...
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
PATIENCE_S = 600
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def executed(path: Path, folder: Path) -> Any:
    """Return a notebook as it is after running in a folder.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    notebook = cleaned(nbformat.read(path, as_version=4))
    os.environ |= {"QISIM_STORE": str(folder / "store"), "PYTHONWARNINGS": "error::UserWarning"}
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(
        notebook, timeout=PATIENCE_S, kernel_name="python3", resources=resources
    ).execute()
    return tidied(notebook)


def cleaned(notebook: Any) -> Any:
    """Return a notebook without outputs, with ids that say where a cell stands."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells, 1):
        cell.id, cell.metadata = f"cell-{number:02d}", nbformat.from_dict({})
        cell.source = cell.source.strip()
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def tidied(notebook: Any) -> Any:
    """Return a notebook that has run, without what a run leaves besides its outputs."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata = nbformat.from_dict({})
            if output.get("data", {}).get("text/html"):
                output.data.pop("text/plain", None)  # says the same with addresses in memory
    return notebook


def foreign(notebook: Any) -> list[str]:
    """Return what the outputs hold that does not belong there: paths, and messages of error."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
            text += str(output.get("data", {}).get("text/html", ""))
            found += re.findall(r"(?:/(?:home|root|tmp|work|Users)/|[A-Z]:\\)\S*", text)
            if output.get("name") == "stderr" or output.output_type == "error":
                found.append(f"{cell.id}: {text[:200]}")
    return found


def main(arguments: list[str]) -> int:
    """Run the notebooks named, or all, and store them."""
    paths = [Path(name) for name in arguments] or sorted(NOTEBOOKS.glob("*.ipynb"))
    for path in paths:
        with tempfile.TemporaryDirectory() as folder:
            notebook = executed(path, Path(folder))
        if wrong := foreign(notebook):
            print(f"{path.name} is not stored; its outputs hold", *wrong, sep="\n  ")
            return 1
        nbformat.write(notebook, path)
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
