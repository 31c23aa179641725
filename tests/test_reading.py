"""The guarded reader: what is refused, with its line, and what people's programs write."""

import os
import socket

import pytest

from qisim.errors import DataError
from qisim.reading import (
    arrow_file,
    decoded,
    ordinary_bytes,
    read_json,
    read_table,
    table_of,
    text_of,
)


def problem_of(call, *given):
    with pytest.raises(DataError) as refused:
        call(*given)
    (problem,) = refused.value.problems
    return problem


@pytest.fixture
def write(tmp_path):
    def written(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs devices as files")
def test_what_never_ends_is_not_read(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    for place in ("/dev/zero", tmp_path / "pipe"):
        for call in (read_table, read_json):
            assert "not an ordinary file" in problem_of(call, place).message
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(tmp_path)
        listening.bind("socket")
    assert "not an ordinary file" in problem_of(read_table, "socket").message
    assert "is a folder" in problem_of(read_table, tmp_path).message
    assert "cannot be read" in problem_of(read_table, tmp_path / "none").message
    assert "cannot be read" in problem_of(read_table, "a\0b").message


def test_no_more_is_read_than_allowed(write):
    path = write(b"a" * 2_000_000)
    assert len(ordinary_bytes(path, 1000)) == 1001
    assert problem_of(text_of, path, 1 << 20).allowed == "at most 1 MiB"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_texts_of_people_here_are_read(encoding):
    text = "måned;brukere\n1;7,5\n"
    assert decoded(text.encode(encoding), "x") == text


@pytest.mark.parametrize("encoding", ["cp850", "mac_roman"])
def test_an_encoding_that_might_be_another_is_refused(encoding):
    problem = decoded("en linje\nmåned;brukere på øya\n".encode(encoding), "x")
    assert (problem.line, problem.message) == (2, "is not UTF-8 text")


def test_a_bad_byte_far_down_is_told_with_its_line(write):
    path = write(b"a,b\n" + b"1,2\n" * 40_000 + b"1,\x81\n")
    assert (problem_of(read_table, path).line, problem_of(read_table, path).value) == (40_002, "81")
    zero = problem_of(read_table, write(b"week,using\n1,\x00\n"))
    assert zero.line == 2 and "zero bytes" in zero.message


def test_a_table_whose_ending_windows_hides_is_pointed_at(tmp_path):
    (tmp_path / "counts.csv.txt").write_text("a\n1\n")
    assert "counts.csv.txt is there" in problem_of(read_table, tmp_path / "counts.csv").message
    assert "is there" not in problem_of(read_table, tmp_path / "other.csv").message


@pytest.mark.parametrize(("content", "what"), [
    (b"PK\x03\x04\x14\0", "Excel workbook"), (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
    (b"{\\rtf1\\ansi week", "RTF"), (b"%PDF-1.7\n", "PDF"),
])  # fmt: skip
def test_what_office_programs_save_is_called_by_its_name(write, content, what):
    problem = problem_of(read_table, write(content + bytes(100)))
    assert what in problem.message and "CSV" in problem.allowed


def test_a_cell_as_long_as_a_book_is_told_with_its_line(write):
    problem = problem_of(read_table, write("a,b\n1,2\n3," + "x" * 200_000 + "\n"))
    assert problem.line == 3 and "131,072 characters" in problem.message


def test_lines_are_those_of_the_file(write):
    table = read_table(write('sep=;\r\n\r\n"a;x";b\r\n\r\n1;"two\nlines"\r\n3;4\r\n'))
    assert table.head == ("a;x", "b") and [line for line, _ in table.rows] == [6, 7]
    assert read_table(write("\n \n")).head == ()


def test_numbers_have_a_decimal_comma_where_columns_are_parted_by_something_else():
    norwegian = table_of("a;b\n7,5;1.5\n", "x")
    assert [norwegian.number(t) for t in ("7,5", "1.5", " 8 ", "−2", "1 234,5", "1e-3")] == [
        7.5, 1.5, 8, -2, 1234.5, 0.001,
    ]  # fmt: skip
    assert norwegian.number("1.234") is None  # a thousand, or one and a bit
    english = table_of("a,b\n7.5,1\n", "x")
    assert english.number("1.234") == 1.234 and english.number("7,5") is None
    for text in ("", "x", "1_000", "0x10", "1,2,3", "--1"):
        assert english.number(text) is None and norwegian.number(text) is None


@pytest.mark.parametrize(("text", "message", "line"), [
    ('{"a": 1,\n "b": }', "is not JSON", 2),
    ("", "is not JSON", 1),
    ("[" * 100_000, "nested too deeply", None),
    ("1" * 5000, "too many digits", None),
])  # fmt: skip
def test_what_is_no_json_is_refused(write, text, message, line):
    problem = problem_of(read_json, write(text, "a.json"))
    assert message in problem.message and problem.line == line


def test_json_is_read(write):
    assert read_json(write('{"å": [1, null]}'.encode("utf-8-sig"), "a.json")) == {"å": [1, None]}


@pytest.mark.parametrize("hint", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;", "\ufeffsep=;"])
def test_what_excel_says_of_its_separator_is_no_row(hint):
    table = table_of(f"{hint}\na;b\n1;2\n", "x")
    assert table.head == ("a", "b") and table.rows == [(3, ["1", "2"])]


def test_empty_cells_beyond_the_last_column_are_nothing_and_full_ones_are_something():
    table = table_of("a,b\n1,2,, \n3,4,,5\n6\n", "x")
    assert [cells for _, cells in table.rows] == [["1", "2"], ["3", "4", "", "5"], ["6"]]


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2009", "\u202f"])
def test_thousands_may_be_parted_by_any_space(space):
    assert table_of("a;b\n1;2\n", "x").number(f"1{space}234") == 1234


def test_a_file_for_arrow_may_have_a_name_that_is_not_utf8(tmp_path):
    path = tmp_path / os.fsdecode(b"m\xe5ned.bin")
    try:
        path.touch()
    except OSError:
        pytest.skip("this file system takes no such name")
    with arrow_file(path, "w") as file:
        file.write(b"abc")
    with arrow_file(path) as file:
        assert file.read() == b"abc"
    with pytest.raises(FileNotFoundError):
        arrow_file(tmp_path / "none")
