"""Rules of one's own take the place of the model's in both engines, and nowhere unnoticed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from qisim.engines import custom_rules

PAGE = Path(__file__).parents[2] / "docs" / "own-mechanism.md"
EACH_COUNTS = PAGE.read_text(encoding="utf-8").partition("file each_counts.py -->\n```python\n")[2]
EACH_COUNTS = EACH_COUNTS.partition("```")[0]
SMALL = (
    "--set",
    "site.staff_per_unit=8",
    "--set",
    "run.weeks=30",
    "--replicates",
    "3",
    "--workers",
    "1",
)


def qisim(*words, rules=None, cwd=None):
    """Run the command in a process of its own, with a file of rules or without."""
    given = {**os.environ, "MPLBACKEND": "Agg", custom_rules.OWN_RULES: str(rules or "")}
    command = [sys.executable, "-m", "qisim", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=200, env=given, cwd=cwd)


@pytest.fixture
def written(tmp_path):
    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_both_engines_follow_and_the_manifest_tells(tmp_path, written):
    rules = written(EACH_COUNTS)
    runs = {}
    for name, engine, file in (
        ("own", "compiled", rules.name), ("own-mesa", "mesa", rules), ("plain", "compiled", None),
    ):  # fmt: skip
        ran = qisim(
            "run", "internal", *SMALL, "--engine", engine, "--out", name, rules=file, cwd=tmp_path
        )
        assert ran.returncode == 0, ran.stderr
        runs[name] = pd.read_parquet(tmp_path / name / "weekly.parquet")
    pd.testing.assert_frame_equal(runs["own"], runs["own-mesa"], check_exact=True)
    assert not runs["own"]["use"].equals(runs["plain"]["use"])
    manifest = json.loads((tmp_path / "own" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["own_rules"]["replaces"] == ["pull_of_example"]
    assert manifest["own_rules"]["source"] == EACH_COUNTS
    assert "RULES CHANGED by mine.py" in (tmp_path / "own" / "report.html").read_text(
        encoding="utf-8"
    )
    plain = json.loads((tmp_path / "plain" / "manifest.json").read_text(encoding="utf-8"))
    assert plain["own_rules"] is None
    assert plain["study_digest"] != manifest["study_digest"]
    refused = qisim("run", "internal", *SMALL, "--out", "plain", rules=rules, cwd=tmp_path)
    assert refused.returncode == 2


@pytest.mark.slow
def test_rules_that_say_the_same_give_the_same(tmp_path, written):
    same = written("from qisim.model.rules import pull_of_example as model\n\n"
                   "def _same(a):\n    return a\n\n"
                   "def pull_of_example(contact, weight, share, threshold):\n"
                   "    return _same(model(contact, weight, share, threshold))\n")  # fmt: skip
    told = [json.loads(qisim("run", "external", *SMALL, "--json", rules=file).stdout)["summary"]
            for file in (same, None)]  # fmt: skip
    assert told[0] == told[1]


WRONG = """
def slak(strength, load, half_slack_load):
    return 1.0

def slack(load):
    return 1.0

def weekly_loss(half_life):
    return 0.0
"""


def test_every_problem_of_a_file_is_listed(written):
    ran = qisim("run", "external", *SMALL, rules=written(WRONG))
    assert ran.returncode == 2
    assert "3 problems" in ran.stderr and "Traceback" not in ran.stderr
    for part in ("mine.py:2: slak: is not a rule", "did you mean 'slack'", "mine.py:5: slack: takes other",
                 "allowed: strength, load, half_slack_load", "weekly_loss: is worked out before"):  # fmt: skip
        assert part in ran.stderr


@pytest.mark.parametrize(("text", "told"), [
    ("def slack(:\n", "is not Python"),
    ("import nothing_of_the_kind\n", "mine.py:1: nothing_of_the_kind: may not be imported"),
    ("import math\ndef _f():\n    from my.numbers import A\n", "mine.py:3: my.numbers: may not be"),
    ("from . import numbers\n", "mine.py:1: .: may not be imported"),
    ("1 / 0\n", "mine.py:1: cannot be loaded: ZeroDivisionError"),
    ("A = 1\ndef _f():\n    raise ValueError('no such share')\n_f()\n",
     "mine.py:3: cannot be loaded: ValueError: no such share"),
    ("A = '\x00'\n", "is not Python"),
    ("x = 1\n", "defines no rule"),
])  # fmt: skip
def test_a_file_that_is_no_good_is_text(written, text, told):
    ran = qisim("run", "external", *SMALL, rules=written(text))
    assert (ran.returncode, told in ran.stderr, "Traceback" in ran.stderr) == (2, True, False)


def test_no_run_is_kept_of_a_file_that_is_no_good(written, tmp_path):
    code = (
        "import sys\nfrom qisim import errors; from qisim.runs import sweep\n"
        "held = {'scenarios': ['internal'], 'vary': ['tool.fit'], 'design': {'samples': 2}}\n"
        "try:\n    sweep.run(held, store=sys.argv[1], workers=1)\n"
        "except errors.InputError as error:\n    print(error)\n"
    )
    given = {**os.environ, custom_rules.OWN_RULES: str(written("import numbers_of_mine\n"))}
    words = [sys.executable, "-c", code, str(tmp_path / "store")]
    ran = subprocess.run(words, capture_output=True, text=True, env=given)
    assert "mine.py:1: numbers_of_mine: may not be imported" in ran.stdout, ran.stderr
    assert not list(tmp_path.rglob("*.parquet"))


def test_a_file_may_be_named_from_here(written, tmp_path):
    written(EACH_COUNTS)
    ask = "from qisim.engines import custom_rules as own_rules; print(*own_rules.replaced())"
    given = {**os.environ, custom_rules.OWN_RULES: "mine.py"}
    ran = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, env=given,
                         cwd=tmp_path)  # fmt: skip
    assert ran.stdout.split() == ["pull_of_example"], ran.stderr


def test_a_file_that_is_not_there_is_text(tmp_path):
    ran = qisim("run", "external", *SMALL, rules=tmp_path / "none.py")
    assert (ran.returncode, "cannot be read" in ran.stderr) == (2, True)
    assert len(ran.stderr.splitlines()) == 1, ran.stderr  # and nothing of files that have changed


def test_a_cluster_is_refused(written):
    ran = qisim(
        "run", "external", *SMALL, "--scheduler", "tcp://127.0.0.1:1", rules=written(EACH_COUNTS)
    )
    assert (ran.returncode, "not known to the workers" in ran.stderr) == (2, True)


def test_changing_the_variable_too_late_is_an_error(monkeypatch, written):
    monkeypatch.setenv(custom_rules.OWN_RULES, str(written(EACH_COUNTS)))
    with pytest.raises(custom_rules.InputError, match="was changed after"):
        custom_rules.describe_rules()


def test_a_file_that_was_edited_after_it_was_loaded_keeps_no_run(written, tmp_path):
    rules = written(EACH_COUNTS)
    code = (
        "import sys; from qisim.engines import custom_rules as own_rules\n"
        "from qisim.runs import store; from pathlib import Path\n"
        "before = store.model_stamp('qisim.engines.compiled'); store.check_sources()\n"
        "Path(own_rules.FILE).write_text('# another')\n"
        "assert store.model_stamp('qisim.engines.compiled') == before\n"
        "store.check_sources()\n"
    )
    given = {**os.environ, custom_rules.OWN_RULES: str(rules)}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=given)
    assert "StoreError: changed since this process imported it" in ran.stderr
    assert "mine.py" in ran.stderr


def test_the_store_keeps_runs_of_changed_rules_apart(written):
    ask = "from qisim.runs.store import model_stamp; print(model_stamp('qisim.engines.compiled'))"
    stamps = []
    for file in ("", str(written(EACH_COUNTS)), str(written(EACH_COUNTS + "\n", "other.py"))):
        given = {**os.environ, custom_rules.OWN_RULES: file}
        ran = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, env=given)
        stamps.append(ran.stdout)
    assert len(set(stamps)) == 3 and all(stamps)
