"""The doors for other tools: each example drives the model as it stands, in a process of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SMALL = {"salib_problem_spec": "16", "ema_workbench_prim": "80", "optuna_search": "2"}
SAYS = {
    "salib_problem_spec": r"96 points, 8 pairs of runs each\n\nadoption_mean\n +ST +ST_conf",
    "ema_workbench_prim": r"80 experiments, 20 of them lasting\nPRIM: a box in which \d+% last",
    "optuna_search": r"32 trials, \d+ of them on the front\n  \d+\.\d % routine use for [\d,]+ h: ",
}


def test_every_example_is_run():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(SMALL)


@pytest.mark.parametrize("name", SMALL)
def test_an_example_runs_and_says_what_it_found(name, tmp_path):
    command = [sys.executable, str(EXAMPLES / f"{name}.py"), SMALL[name]]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert re.match(SAYS[name], ran.stdout), ran.stdout


def test_the_page_names_every_example():
    page = (EXAMPLES.parent / "other-tools.md").read_text(encoding="utf-8")
    for name in SMALL:
        assert f"examples/{name}.py" in page
