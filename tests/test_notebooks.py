"""The notebooks run, their outputs are stored, and nothing of somebody's machine is in them."""

import re
import runpy
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "run_notebooks.py"))
STORED_WITH = (3, 11)
"""Python whose outputs are stored: libraries for another may differ in a last digit."""

QUICK = ("planner-tour", "researcher-sweep")
"""Notebooks that run with all tests; the others take half a minute each and run with the slow ones."""

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def stored(path):
    return nbformat.read(path, as_version=4)


def printed(notebook):
    """Return what the cells printed, without digests, which change with every edit of the program."""
    text = [
        output.text
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text" in output
    ]
    return re.sub(r"\b[0-9a-f]{12,}\b", "", "".join(text))


def test_the_four_notebooks_are_there():
    wanted = {"planner-tour", "researcher-sweep", "validation", "own-mechanism"}
    assert {path.stem for path in NOTEBOOKS} == wanted


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_stored_whole_and_clean(path):
    notebook = stored(path)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert any("image/png" in output.get("data", {}) for cell in code for output in cell.outputs)
    assert SCRIPT["foreign"](notebook) == []
    assert path.stat().st_size < 1_000_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_study_is_not_credited_with_numbers(path):
    text = " ".join(cell.source for cell in stored(path).cells if cell.cell_type == "markdown")
    assert "assum" in text
    assert "qualitative" in text or path.stem in ("validation", "own-mechanism")


@pytest.mark.parametrize("path", [
    pytest.param(path, marks=[] if path.stem in QUICK else pytest.mark.slow) for path in NOTEBOOKS
], ids=lambda path: path.stem)  # fmt: skip
def test_it_runs_from_top_to_bottom(path, tmp_path, monkeypatch):
    monkeypatch.setenv("QISIM_STORE", str(tmp_path / "store"))  # and put back what the script sets
    monkeypatch.setenv("PYTHONWARNINGS", "default")
    notebook = SCRIPT["executed"](path, tmp_path)
    assert SCRIPT["foreign"](notebook) == []
    if sys.version_info[:2] == STORED_WITH:
        assert printed(notebook) == printed(stored(path)), "run: uv run scripts/run_notebooks.py"


def test_a_path_of_a_machine_is_noticed():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print()")])
    notebook.cells[0].outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="/home/me/x.csv\n")
    ]
    assert SCRIPT["foreign"](notebook) == ["/home/me/x.csv"]
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", name="stderr", text="careful")]
    assert SCRIPT["foreign"](notebook) == [f"{notebook.cells[0].id}: careful"]
