"""Compiled code is kept on disk: fresh, whole, and never in the way."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from qisim.engines import cache_files, machine_code

SOURCE = """
from qisim.engines.compile_cache import cached, ready
import {other}, sys

@cached("double", sys.modules[__name__], {other})
def double(number):
    return {factor} * number

def doubled(number):
    return ready(double, (number,))(number)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep compiled code in a folder of the test's own."""
    monkeypatch.setenv("QISIM_CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path / "kept"


def program(tmp_path: Path, factor: int | str = 2, other: str = "") -> Any:
    """Write a program, or write it anew, and import it as a fresh process would."""
    (tmp_path / "other_source.py").write_text(f"# {other}\n", encoding="utf-8")
    source = SOURCE.format(factor=factor, other="other_source")
    (tmp_path / "doubling.py").write_text(source, encoding="utf-8")
    imported(tmp_path, "other_source")
    return imported(tmp_path, "doubling")


def imported(tmp_path: Path, name: str) -> ModuleType:
    """Import a file, whatever was imported under its name before."""
    file = tmp_path / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), vars(module))
    return module


def was_loaded(module: Any) -> bool:
    """Say whether a program has taken its code from the disk."""
    hits, misses = module.double.stats.cache_hits, module.double.stats.cache_misses
    assert sum(hits.values()) + sum(misses.values()) == 1
    return bool(hits)


def test_the_second_program_takes_what_the_first_has_compiled(tmp_path: Path) -> None:
    first, second = program(tmp_path), program(tmp_path)
    assert (first.doubled(3), second.doubled(4)) == (6, 8)
    assert (was_loaded(first), was_loaded(second)) == (False, True)


@pytest.mark.parametrize("edit", [{"factor": 3}, {"other": "edited"}])
def test_an_edit_of_any_source_is_noticed(edit: dict[str, Any], tmp_path: Path) -> None:
    assert program(tmp_path).doubled(3) == 6
    edited = program(tmp_path, **edit)
    assert edited.doubled(3) == 3 * edit.get("factor", 2)
    assert not was_loaded(edited)


def test_another_signature_is_another_file(tmp_path: Path, folder: Path) -> None:
    assert program(tmp_path).doubled(3) == 6
    assert program(tmp_path).doubled(1.5) == 3.0
    assert len(list(folder.glob("*.bin"))) == 2


@pytest.mark.parametrize("module", ["numba", "llvmlite"])
def test_another_version_is_another_file(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path).doubled(3)
    monkeypatch.setattr(f"{module}.__version__", "0.0.1")
    other = program(tmp_path)
    other.doubled(3)
    assert not was_loaded(other)


FOREIGN = b"this is no pickle"
DAMAGE = {
    "empty": lambda content: b"",
    "cut off": lambda content: content[: len(content) // 2],
    "one byte wrong": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "something else": lambda content: hashlib.sha256(FOREIGN).digest() + FOREIGN,
}
"""What may have become of a file."""


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_file_is_compiled_for_again_and_mended(
    how: str, tmp_path: Path, folder: Path
) -> None:
    program(tmp_path).doubled(3)
    (file,) = folder.glob("*.bin")
    file.write_bytes(DAMAGE[how](file.read_bytes()))
    second, third = program(tmp_path), program(tmp_path)
    assert (second.doubled(3), third.doubled(3)) == (6, 6)
    assert (was_loaded(second), was_loaded(third)) == (False, True)


def test_without_a_folder_to_write_to_each_program_compiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("QISIM_CACHE_DIR", str(tmp_path / "a file" / "kept"))
    first, second = program(tmp_path), program(tmp_path)
    assert (first.doubled(3), second.doubled(3)) == (6, 6)
    assert not was_loaded(second)


def test_what_was_kept_is_used_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path).doubled(3)

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError("read-only")

    for call in ("utime", "open", "replace", "unlink"):
        monkeypatch.setattr(os, call, refuse)
    second: Any = imported(tmp_path, "doubling")
    assert second.doubled(3) == 6
    assert was_loaded(second)


def test_only_the_files_used_last_are_kept(folder: Path) -> None:
    folder.mkdir()
    for number in range(cache_files.KEPT + 3):
        for ending in ("bin", "lock"):
            file = folder / f"run-{number:02d}.{ending}"
            file.touch()
            os.utime(file, (number, number))
    (folder / "of-others.bin").touch()
    cache_files.forget_oldest(folder, "run")
    kept = {file.name for file in folder.iterdir()}
    assert kept == {"of-others.bin"} | {
        f"run-{number:02d}.{ending}"
        for number in range(3, cache_files.KEPT + 3)
        for ending in ("bin", "lock")
    }


def test_of_two_processes_at_once_one_compiles(tmp_path: Path, folder: Path) -> None:
    program(tmp_path)
    code = "import doubling; print(doubling.doubled(3), bool(doubling.double.stats.cache_hits))"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = sorted(process.communicate(timeout=120)[0].split() for process in both)
    assert said == [["6", "False"], ["6", "True"]]
    assert len(list(folder.glob("*.bin"))) == 1


def test_what_cannot_be_compiled_is_tried_once(tmp_path: Path) -> None:
    made, failures = program(tmp_path, factor="nowhere"), []
    for _ in range(2):
        with pytest.raises(Exception, match="nowhere") as found:
            made.doubled(3)
        failures.append(found.value)
    assert failures[0] is failures[1]


OTHERS = 65_534
"""Somebody else, on any system."""

if_owners = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs owners of files")
if_root = pytest.mark.skipif(
    getattr(os, "geteuid", lambda: 1)() != 0, reason="only root gives files away"
)


@if_owners
@pytest.mark.parametrize(
    "why", ["another owner", "given away", "others may write", "a folder of others", "nothing"]
)
def test_in_a_shared_folder_only_files_of_ones_own_are_run(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    assert program(tmp_path).doubled(4) == 8
    (file,) = folder.glob("*.bin")
    if why == "others may write":
        file.chmod(0o666)
    elif why in ("given away", "a folder of others"):
        if os.geteuid() != 0:
            pytest.skip("only root gives files away")
        os.chown(file if why == "given away" else folder, OTHERS, OTHERS)
    elif why == "another owner":
        whole = os.fstat

        def of_another(handle: int) -> os.stat_result:
            held = list(whole(handle))
            return os.stat_result([*held[:4], os.geteuid() + 1, *held[5:]])

        monkeypatch.setattr(cache_files.os, "fstat", of_another)
    again, own = program(tmp_path), why in ("nothing", "a folder of others")
    with nullcontext() if own else pytest.warns(UserWarning, match="somebody else") as told:
        assert again.doubled(4) == 8
    assert was_loaded(again) is own
    assert own or len(told) == 1  # though it was looked at before and after the lock


@if_root
def test_machine_code_of_somebody_else_is_not_run(tmp_path: Path) -> None:
    file, key = tmp_path / "machine-1.bin", b"k" * cache_files.DIGEST
    cache_files.write(file, key + b"code")
    assert machine_code.held(file, key) == b"code"
    os.chown(file, OTHERS, OTHERS)
    with pytest.warns(UserWarning, match="somebody else"):
        assert machine_code.held(file, key) is None
    assert machine_code.held(file, key) is None  # and no second word
