"""Finding scenario files, reading them safely, following what they extend."""

from __future__ import annotations

import io
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from qisim import load
from qisim.errors import Problem, ScenarioError
from qisim.scenario.files import (
    MAX_BYTES,
    MAX_CHAIN,
    MAX_EXTENDS,
    MAX_FILES,
    Layer,
    parse,
    readable,
    shipped,
    shown,
)

POSIX = pytest.mark.skipif(os.name != "posix", reason="this kind of file is of POSIX systems")


def refused(source: Any) -> list[Problem]:
    """Return the problems of a scenario, which must have some."""
    with pytest.raises(ScenarioError) as caught:
        load(source)
    return caught.value.problems


def one(source: Any) -> Problem:
    """Return the one problem of a scenario."""
    (problem,) = refused(source)
    return problem


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_loads(name: str) -> None:
    scenario = load(name)
    assert scenario.name == name
    assert scenario.title != name


def test_parts_are_shipped_but_not_listed() -> None:
    assert load("parts/driver-internal")["lead"] == "champion"
    assert not [name for name in shipped() if "/" in name]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("extrenal", "external"), ("Internal", "internal"), ("xyzzy", None), ("", None), (" ", None)],
)
def test_a_wrong_name_is_told_with_the_nearest(name: str, nearest: str | None) -> None:
    assert one(name).nearest == nearest


@pytest.mark.parametrize(
    "name",
    [
        "\0",
        "a\0b",
        "x" * 100_000,
        "x" * 300,
        "a/" * 5000 + "b",
        "\udcff\ud800",
        "~",
        "//",
        "../" * 99,
    ],
)
def test_names_that_no_file_can_have_are_refused(name: str) -> None:
    assert len(str(one(name))) < 1000
    assert str(one(name)).isprintable()
    assert one({"extends": [name]}).key == "extends"


@pytest.mark.parametrize("source", [None, 3, 1.5, ["external"], object(), True])
def test_what_is_neither_name_nor_path_is_refused(source: Any) -> None:
    assert "is not a scenario" in one(source).message


def test_a_file_without_its_ending_is_pointed_at(tmp_path: Path) -> None:
    (tmp_path / "ward.toml").touch()
    assert one(str(tmp_path / "ward")).nearest == str(tmp_path / "ward.toml")


def test_a_path_may_be_of_any_kind_and_language(tmp_path: Path) -> None:
    file = tmp_path / "Sjøsanden 看護.toml"
    file.write_text("[site]\nunits = 2\n", encoding="utf-8")
    for source in (file, str(file), os.fsencode(file)):
        assert load(source).name == "Sjøsanden 看護"


# --- what is no ordinary file ---------------------------------------------------------------------


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "is a folder" in one(tmp_path).message


@POSIX
@pytest.mark.parametrize(
    "device", ["/dev/zero", "/dev/null", "/dev/tty", "/dev/stdin", "/dev/full"]
)
def test_a_device_is_refused_and_not_waited_for(device: str) -> None:
    if not os.path.exists(device) or os.path.isfile(device):
        pytest.skip("there is no such device here")
    assert "cannot be read" in one(device).message


@POSIX
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    assert "is not an ordinary file" in one(tmp_path / "pipe.toml").message


@POSIX
def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s.toml")
        assert "cannot be read" in one("s.toml").message


@POSIX
def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").symlink_to(tmp_path / "b.toml")
    (tmp_path / "b.toml").symlink_to(tmp_path / "a.toml")
    assert "cannot be read" in one(tmp_path / "a.toml").message
    (tmp_path / "c.toml").symlink_to(tmp_path / "nowhere.toml")
    assert "no file has this name" in one(tmp_path / "c.toml").message


@POSIX
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.touch(mode=0)
    assert "cannot be read" in one(file).message


def test_a_link_and_its_file_count_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[site]\nunits = 2\n")
    (tmp_path / "b.toml").symlink_to("a.toml")
    (tmp_path / "c.toml").write_text("extends = ['a.toml', 'b.toml']\n")
    assert load(tmp_path / "c.toml").origins["site.units"] == str(tmp_path / "a.toml")


# --- what is in a file ----------------------------------------------------------------------------


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").touch()
    scenario = load(tmp_path / "empty.toml")
    assert scenario.digest == load({}).digest
    assert set(scenario.origins.values()) == {"default"}


GOOD = "[site]\nunits = 2\n"


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode(), GOOD.strip().encode()],
)
def test_marks_and_line_ends_of_other_systems_are_fine(content: bytes) -> None:
    layer = parse(content, "x")
    assert isinstance(layer, Layer)
    assert layer.data == {"site": {"units": 2}}
    assert layer.lines.of(("site", "units")) == 2


@pytest.mark.parametrize(
    ("content", "message", "line"),
    [
        (GOOD.encode("utf-16")[:-1], "is not UTF-16 text", 2),
        (b"a = 1\n# \x86\n", "is not UTF-8 text", 2),
        (b"a = 1\n\0", "is not valid TOML", 2),
        (b"a = 1\na = 2\n", "this key has a value already", 2),
        (b"a = 1\n\n[b\n", "is not valid TOML", 3),
        (b"a = [1,\n2,\n", "is not valid TOML", None),
        (b"a = " + b"[" * 100_000, "is nested too deeply", 1),
        (b"\na" + b".a" * 100_000 + b" = 1", "is nested too deeply", 2),
        (b"\na = " + b"1" * 5000, "too many digits", 2),
        (b"#" * (MAX_BYTES + 1), "is too large", None),
        (b"[site]\nmean_post = 28,5 # h", "write a decimal point: 28.5", 2),
        (b"\nsickness_absence = 0,16\nb = 1", "write a decimal point: 0.16", 2),
        (b"staff_turnover = 22%\nb = \n", "write 0.22", 1),
        (b"staff_turnover = 22,5 %\nb = \n", "write 0.225", 1),
        (b"staff_turnover = -22 %\n", "write -0.22", 1),
        (b"staff_turnover = 22 prosent\n", "write 0.22", 1),
        (b"staff_turnover = .22\n", "write 0.22", 1),
        (b"staff_turnover = -,22\n", "write a decimal point: -0.22", 1),
        (b"setting = nursing_home\n", 'put quotation marks round words: "nursing_home"', 1),
        (b"name = my ward\n", 'put quotation marks round words: "my ward"', 1),
        (b"vacancy_weeks = 10 uker\n", "write the number alone: 10", 1),
        (b"staff = 420 kr\n", "write the number alone: 420", 1),
        (b"facilitator = 1 400\n", "write 1400", 1),
        (b"facilitator = kr 1 400\n", "write 1400", 1),
        (b"a = .2\na = 0.3\n", "write 0.2", 1),
        (b"turnover = 0.2\nturnover = 0.3\n", "this key has a value already", 2),
        (b'a = truth or "dare\n', "is not valid TOML", 1),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(
    content: bytes, message: str, line: int | None
) -> None:
    problem = parse(content, "x")
    assert isinstance(problem, Problem)
    assert message in problem.message
    assert line is None or problem.line == line
    assert len(str(problem)) < 400
    assert str(problem).isprintable()


def test_a_large_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "large.toml"
    with file.open("wb") as sink:
        sink.truncate(10 * MAX_BYTES)
    assert "is too large" in one(file).message


def test_a_file_as_large_as_may_be_is_read(tmp_path: Path) -> None:
    file, row = tmp_path / "large.toml", b"[site]\nunits = 2\n"
    file.write_bytes(row + b"#" * (MAX_BYTES - len(row)))
    assert load(file)["units"] == 2


# --- what extends what ----------------------------------------------------------------------------


def chain(folder: Path, length: int) -> Path:
    """Write files that extend each other in a row; return the last one."""
    for number in range(length):
        base = f"extends = 'f{number - 1}.toml'\n" if number else ""
        (folder / f"f{number}.toml").write_text(base)
    return folder / f"f{length - 1}.toml"


def test_long_chains_are_refused(tmp_path: Path) -> None:
    load(chain(tmp_path, MAX_CHAIN + 1))
    assert "chain of more than" in one(chain(tmp_path, MAX_CHAIN + 2)).message


@pytest.mark.parametrize("others", [["a.toml"], ["./a.toml"], ["b.toml"], ["external", "b.toml"]])
def test_circles_are_refused(others: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(f"\nextends = {others}\n")
    (tmp_path / "b.toml").write_text("extends = 'a.toml'\n")
    problem = one(tmp_path / "a.toml")
    assert "in a circle" in problem.message
    assert " -> " in problem.message
    assert (problem.key, problem.line is None) == ("extends", False)


def test_many_files_are_refused_without_reading_all(tmp_path: Path) -> None:
    levels = MAX_FILES // MAX_EXTENDS + 2
    for level in range(levels):
        for number in range(MAX_EXTENDS):
            names = [f"{level + 1}-{next_one}.toml" for next_one in range(MAX_EXTENDS)]
            text = f"extends = {names}\n" if level < levels - 1 else ""
            (tmp_path / f"{level}-{number}.toml").write_text(text)
    assert load(tmp_path / "3-0.toml").digest == load({}).digest
    problems = refused(tmp_path / "0-0.toml")
    assert all(f"more than {MAX_FILES} files" in problem.message for problem in problems)


def test_files_in_a_diamond_count_once(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("[site]\nunits = 2\n")
    (tmp_path / "left.toml").write_text("extends = 'base.toml'\n[site]\nunits = 3\n")
    (tmp_path / "right.toml").write_text("extends = 'base.toml'\n")
    (tmp_path / "top.toml").write_text("extends = ['left.toml', 'right.toml']\n")
    assert load(tmp_path / "top.toml")["units"] == 3


def test_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "base.toml").write_text("[site]\nunits = 2\n")
    (tmp_path / "in" / "a.toml").write_text("extends = '../base.toml'\n")
    monkeypatch.chdir(tmp_path / "in")
    assert load("a.toml")["units"] == load(tmp_path / "in" / "a.toml")["units"] == 2


@pytest.mark.parametrize(
    "names", ["1", "[1]", "[[]]", "''", "' '", "'-'", "['-']", "{a = 1}", "true"]
)
def test_what_extends_no_file_is_refused(names: str, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(f"\nextends = {names}\n")
    problem = one(tmp_path / "a.toml")
    assert (problem.key, problem.line, problem.message) == ("extends", 2, "does not name a file")
    assert problem.allowed


def test_too_many_names_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(f"extends = {['external'] * (MAX_EXTENDS + 1)}\n")
    assert one(tmp_path / "a.toml").message == "extends too many files"


def test_problems_of_every_file_on_the_way_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        "extends = ['b.toml', 'c.toml', 'extrenal']\n[site]\nunit = 1\n"
    )
    (tmp_path / "b.toml").write_text("[site]\nunits = 0\n")
    (tmp_path / "c.toml").write_text("[site\n")
    found = {(Path(p.file or "").name, p.line, p.nearest) for p in refused(tmp_path / "a.toml")}
    assert found == {
        ("a.toml", 1, "external"), ("a.toml", 3, "site.units"), ("b.toml", 2, None), ("c.toml", 1, None),
    }  # fmt: skip


# --- standard input -------------------------------------------------------------------------------


class Standing(io.TextIOWrapper):
    """Standard input with some bytes in it."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content))


def test_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Standing(GOOD.encode()))
    scenario = load("-")
    assert (scenario.name, scenario["units"]) == ("stdin", 2)


@pytest.mark.parametrize("stdin", [None, Standing(b"")])
def test_empty_standard_input_is_refused(stdin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    assert "standard input" in one("-").message


def test_standard_input_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(io.RawIOBase):
        def readinto(self, buffer: Any) -> int:
            buffer[:] = b"#" * len(buffer)
            return len(buffer)

        def readable(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Endless())))
    assert "is too large" in one("-").message


# --- what messages show ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a\nb", "\x1b[31m", "\ud800", "x" * 5000, "\u202e"])
def test_messages_hold_nothing_that_a_terminal_trips_over(text: str) -> None:
    assert readable(text).isprintable()
    assert len(readable(text)) <= 300


@pytest.mark.parametrize(
    ("value", "as_shown"),
    [
        (1, 1), (True, True), (None, None), (10**18, "a number of more than 18 digits"), ({}, "a table"),
        ([1], "a list"), ((1,), "a list"), (b"x", "a bytes"), (1.5, 1.5), ("a", "a"),
    ],
)  # fmt: skip
def test_values_are_shown_short(value: Any, as_shown: Any) -> None:
    assert shown(value) == as_shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_what_word_processors_write_is_read(encoding: str) -> None:
    text = "name\u00a0= “my ward”\n[site]\nunits = 2\u00a0# på\n".replace("“", '"').replace(
        "”", '"'
    )
    if encoding != "cp1252":
        text = text.replace('"', "\u201d")
    layer = parse(text.encode(encoding), "x")
    assert isinstance(layer, Layer)
    assert layer.data == {"name": "my ward", "site": {"units": 2}}
    kept = parse('name = "den “gode” avdelingen"\n'.encode(), "x")
    assert isinstance(kept, Layer) and kept.data["name"] == "den “gode” avdelingen"
