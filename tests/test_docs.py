"""Every command and every block of Python in the documents runs; every link leads somewhere.

A page is played from top to bottom in a folder of its own: commands (fenced blocks without a language,
and inline code that begins with ``qisim``), Python, and files. A comment on the line before a block says
what is special about it:

``<!-- test: file NAME -->``
    the block is the content of a file, which later commands use;
``<!-- test: slow -->``
    it takes long: run with the slow tests only;
``<!-- test: exit 2 -->``
    its commands end with this exit code;
``<!-- test: form -->``
    it needs what a test cannot have (a cluster): only commands and options are looked up;
``<!-- test: by PATH -->``
    it is run by this file of the project, which must hold its commands.

A command that leaves no folder makes a few runs only, as it says none of their numbers here; with the slow
tests it makes all that it asks for.

Where a word of a command is in capitals (``SCENARIO``), or where text names a command without what it
needs, only its form is looked up. What a mark leaves to others is left to them wherever it is named.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
import pytest

from qisim.cli import main
from qisim.model.evidence import FINDINGS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINKED = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
PLAYED_ELSEWHERE = {"odd.md": "test_odd.py"}
"""Pages with Python that another test runs."""

LONG_PAGES = {"decisions.md"}
"""Pages with so many commands that they run with the slow tests only; else their form is looked up."""

BLOCK = re.compile(
    r"^(?P<fence>```+)(?P<language>[\w{}-]*)\n(?P<text>.*?)^(?P=fence)$", re.M | re.S
)
MARK = re.compile(r"<!-- test: (\w+) ?(\S*) -->\n\Z")
INLINE = re.compile(r"`(qisim [^`\n]+)`")
CAPITALS = re.compile(r"[A-Z][A-Z_.]+|\.\.\.|…")
FOR_A_SHELL = re.compile(r"[|<>*$;]|^\w+=")

FEW = ("--replicates", "12")
FEW_DO = ("run", "compare", "explain", "map", "flip", "levers", "robust", "story")
"""What these commands are given where they leave no folder and run over no sets (each set takes a run)."""

done: set[str] = set()
"""Commands that have run and do not depend on files: no need to run them again for another page."""


@dataclass(frozen=True)
class Step:
    """Something on a page that can be tried out.

    Attributes
    ----------
    line : int
        Where it stands.
    kind : {"command", "python", "toml", "other"}
    text : str
    mark, word : str
        What the comment before it says; empty without one.
    """

    line: int
    kind: str
    text: str
    mark: str = ""
    word: str = ""


KINDS = {"": "command", "sh": "command", "console": "command", "python": "python", "toml": "toml"}


def steps(page: str) -> Iterator[Step]:
    """Yield the steps of a page, from top to bottom."""
    found = list(_blocks(page))
    prose = BLOCK.sub(lambda block: "\n" * block[0].count("\n"), page)
    for span in INLINE.finditer(prose):
        found.append(Step(prose[: span.start()].count("\n") + 1, "command", span[1]))
    yield from sorted(found, key=lambda step: step.line)


def _blocks(page: str) -> Iterator[Step]:
    for block in BLOCK.finditer(page):
        line = page[: block.start()].count("\n") + 1
        mark = MARK.search(page[: block.start()])
        said = (mark[1], mark[2]) if mark else ("", "")
        kind = KINDS.get(block["language"], "other")
        if kind == "command" and said[0] != "file":
            for number, text in enumerate(block["text"].replace("\\\n", " ").splitlines(), 1):
                command = text.removeprefix("$ ").partition("  #")[0].strip()
                if command and not command.startswith("#"):
                    yield Step(line + number, kind, command, *said)
        else:
            yield Step(line, kind, block["text"], *said)


# --- trying a step --------------------------------------------------------------------------------


def play(path: Path, slow: bool) -> None:
    """Try the steps of a page, in the current folder."""
    names: dict[str, object] = {"__name__": "page"}
    for step in steps(path.read_text(encoding="utf-8")):
        where = f"{path.name}, line {step.line}"
        if step.mark == "file":
            Path(step.word).parent.mkdir(parents=True, exist_ok=True)
            Path(step.word).write_text(step.text, encoding="utf-8")
        elif step.mark == "slow" and not slow:
            continue
        elif path.name in LONG_PAGES and not slow:
            look_up(step)
        elif step.kind == "command" and (step.mark or slow or step.text not in left_to_others()):
            for command in step.text.split(" && "):
                assert say(command, step, slow) == exit_wanted(step), f"{where}: {command}"
        elif step.kind == "python" and path.name not in PLAYED_ELSEWHERE:
            exec(compile("\n" * step.line + step.text, str(path), "exec"), names)
        elif step.kind == "toml":
            tomllib.loads(step.text)


def look_up(step: Step) -> None:
    """Look up the form of a step that is not run."""
    for command in step.text.split(" && ") if step.kind == "command" else ():
        if command.startswith("qisim ") and not FOR_A_SHELL.search(command):
            check_form(shlex.split(command))


@cache
def left_to_others() -> frozenset[str]:
    """Return the commands that take long or that another file runs, of all pages."""
    marked = (step for path in PAGES for step in steps(path.read_text(encoding="utf-8")))
    return frozenset(step.text for step in marked if step.mark in ("slow", "by"))


def exit_wanted(step: Step) -> int:
    """Return the exit code that a step announces."""
    return int(step.word) if step.mark == "exit" else 0


def say(command: str, step: Step, slow: bool) -> int:
    """Run one command; return its exit code."""
    words = shlex.split(command)
    if words[:2] == ["uv", "run"]:
        words = words[2:]
    words = words[1:] if words[0] == "--no-dev" else words
    if step.mark == "by":
        assert command in (ROOT / step.word).read_text(encoding="utf-8")
        return 0
    if step.mark == "form" or any(map(CAPITALS.fullmatch, words)) or only_named(words):
        check_form(words)
        return exit_wanted(step)
    if FOR_A_SHELL.search(command):
        return in_a_shell(command)
    if words[0] == "qisim":
        return in_this_process(words[1:] if slow else quickly(words[1:]), command)
    if words[0].endswith(".py"):
        assert (ROOT / words[0]).exists()
        return script(words) if slow else 0
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8"), f"who runs {command!r}?"
    return 0


def quickly(words: list[str]) -> list[str]:
    """Return the words of a command that makes few runs, where nothing depends on how many."""
    bound = {"--out", "--over", "--until-decided"} & {word.partition("=")[0] for word in words}
    return [*words, *FEW] if words[0] in FEW_DO and not bound else words


def in_this_process(words: list[str], command: str) -> int:
    """Run qisim here, which saves loading it; once where no file is read or written."""
    if command in done:
        return 0
    code = main.exit_code(words)
    if code == 0 and not any("/" in word or "." in word for word in words if "=" not in word):
        done.add(command)
    return code


def in_a_shell(command: str) -> int:
    """Run what takes a shell."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    plain = command.replace("uv run ", "").replace("--no-dev ", "")
    ran = subprocess.run(["bash", "-c", plain], env={**os.environ, "PATH": path}, timeout=300)
    return ran.returncode


def script(words: list[str]) -> int:
    """Run a script of the project."""
    command = [sys.executable, str(ROOT / words[0]), *words[1:]]
    return subprocess.run(command, cwd=ROOT, timeout=600).returncode


def only_named(words: list[str]) -> bool:
    """Say whether text names a command and nothing of what it needs."""
    if len(words) != 2 or words[1] not in main.COMMANDS:
        return False
    command = main.qisim.get_command(click.Context(main.qisim), words[1])
    return command is not None and any(parameter.required for parameter in command.params)


def check_form(words: list[str]) -> None:
    """Look up whether a command of qisim is there and takes these options."""
    assert words[0] == "qisim"
    context = click.Context(main.qisim)
    command = main.qisim.get_command(context, words[1])
    assert command is not None, f"there is no command {words[1]!r}"
    taken = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    used = {
        word.strip("[]").partition("=")[0] for word in words if word.strip("[]").startswith("--")
    }
    assert used <= taken, f"{words[1]} takes no {used - taken}"


# --- the tests ------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("QISIM_STORE", str(tmp_path / "store"))
    return tmp_path


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_everything_on_a_page_runs(path, folder):
    play(path, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_everything_on_a_page_runs_the_long_steps_too(path, folder):
    play(path, slow=True)


def test_a_command_that_is_gone_is_noticed(folder):
    with pytest.raises(AssertionError, match="no command 'simulate'"):
        say("qisim simulate SCENARIO", Step(1, "command", ""), slow=False)
    with pytest.raises(AssertionError, match="takes no"):
        say("qisim run SCENARIO --fast", Step(1, "command", ""), slow=False)
    assert say("qisim run external --fast", Step(1, "command", ""), slow=False) == 2
    with pytest.raises(AssertionError, match="who runs"):
        say("make site", Step(1, "command", ""), slow=False)


def test_steps_are_found():
    page = (
        "Try `qisim list`, in\n\n```\nqisim run external \\\n    --seed 0  # again\n```\n\n"
        "| a | `qisim factors` |\n\n<!-- test: file a.toml -->\n```toml\nformat = 1\n```\n"
    )
    assert [(step.kind, step.text, step.mark) for step in steps(page)] == [
        ("command", "qisim list", ""),
        ("command", "qisim run external      --seed 0", ""),
        ("command", "qisim factors", ""),
        ("toml", "format = 1\n", "file"),
    ]


def test_every_command_is_told_of_somewhere():
    told = " ".join(path.read_text(encoding="utf-8") for path in PAGES)
    assert [name for name in main.COMMANDS if f"qisim {name}" not in told] == []


# --- links ----------------------------------------------------------------------------------------

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.M)


def prose_of(path: Path) -> str:
    """Return a page without its blocks of code."""
    return BLOCK.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as hosting sites make them."""
    found: set[str] = set()
    for heading in HEADING.findall(prose_of(path)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
        number, name = 0, slug
        while name in found:
            number, name = number + 1, f"{slug}-{number + 1}"
        found.add(name)
    return found


def trouble(path: Path, target: str) -> str:
    """Return what is wrong with a link; nothing where it is fine."""
    parts = urlsplit(target)
    if parts.scheme:
        return "" if parts.scheme == "https" and "." in parts.netloc else "not a whole address"
    goal = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not goal.exists():
        return "no such file"
    if parts.fragment and goal.suffix == ".md" and parts.fragment not in anchors(goal):
        return "no such heading"
    return ""


@pytest.mark.parametrize("path", LINKED, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    wrong = {target: trouble(path, target) for target in LINK.findall(prose_of(path))}
    assert {target: why for target, why in wrong.items() if why} == {}


def test_a_dead_link_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n## What `is` here\n", encoding="utf-8")
    assert trouble(page, "#what-is-here") == ""
    assert trouble(page, "#what-was-here") == "no such heading"
    assert trouble(page, "other.md") == "no such file"
    assert trouble(page, "https://doi.org/10.1/x") == ""
    assert trouble(page, "http://doi.org/10.1/x") == trouble(page, "https://doi") != ""


# --- written pages and the site -------------------------------------------------------------------


def test_the_page_of_factors_is_up_to_date():
    command = [sys.executable, "scripts/factor_table.py", "--check"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_pages_count_the_inferred_factors_as_the_ledger_does():
    inferred = [found for found in FINDINGS.values() if found.certainty == "inferred"]
    assert len(inferred) == 14 and len(FINDINGS) == 19
    assert "inferred for fourteen of nineteen" in (ROOT / "docs" / "trace.md").read_text("utf-8")
    table = (ROOT / "docs" / "factors.md").read_text("utf-8").partition("## One by one")[0]
    assert table.count("(*inferred*: ") == len(inferred)


@pytest.mark.slow
def test_the_site_is_built_and_asks_no_other_host(tmp_path):
    command = [sys.executable, "scripts/build_docs.py", str(tmp_path / "site")]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert (tmp_path / "site" / "index.html").exists()
