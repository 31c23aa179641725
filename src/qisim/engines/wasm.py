"""The engine as a WebAssembly module, built with Numba and llvmlite and no other tool.

Numba generates code that is not yet optimised for any processor; its target is set to WebAssembly,
everything but the entries is made internal, and llvmlite's LLVM optimises it and writes an object
file.
An object whose code holds no data needs no linker: calls inside it carry their right numbers, and an
export section makes it a module. The module imports a memory and a stack pointer, nothing else.

Numba reads ``NUMBA_OPT`` when it is imported, so a separate process does the work; the module is
cached with the compiled engine, under a name made of the sources and versions that it depends on.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import mkdtemp

import llvmlite
import numba

from qisim.engines import cache_files, custom_rules

TRIPLE = "wasm32-unknown-unknown"
FEATURES = "+simd128,+bulk-memory,+sign-ext,+nontrapping-fptoint,+mutable-globals"
"""What every browser has had since 2021 (Safari: 2023)."""

IMPORTS = ("__linear_memory", "__stack_pointer")
STACK = 65536
"""Bytes of the stack at the start of the memory; the desk follows."""

QUICK = ("run", "quantiles")
"""Entries optimised for speed; the others are optimised for size."""

MAGIC = b"\x00asm\x01\x00\x00\x00"
IMPORT, EXPORT, CODE, DATA, CUSTOM = 2, 7, 10, 11, 0
FUNCTION_SYMBOL, UNDEFINED = 0, 0x10
SYMBOL_TABLE = 8


class CannotBuildError(RuntimeError):
    """The engine cannot be built as a module with these versions of Numba and LLVM."""


def folder() -> Path:
    """Return the cache folder of the module and of the pages made with it; it need not exist."""
    return cache_files.directory()


def private(place: Path) -> Path:
    """Return a folder, made if needed; a fresh one if others could write to it.

    Its content is executed. So in a shared cache, a folder that belongs to somebody else, is a
    link, or may be written to by others is not used.
    """
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if place.is_symlink() or not cache_files.is_ours(place.stat()):
        return Path(mkdtemp(prefix="qisim-"))
    return place


def module() -> bytes:
    """Return the module; it is built on first use (some seconds) and cached."""
    if custom_rules.needed():
        raise CannotBuildError("the page runs the model's own rules only")
    file = folder() / f"wasm-{_stamp()}.bin"
    found = cache_files.read(file)
    if found is None:
        with cache_files.alone(file):
            found = cache_files.read(file) or _built()
            try:
                cache_files.write(file, found)
                cache_files.forget_oldest(file.parent, "wasm")
            except OSError:
                pass  # it will be built again next time
    return found


def _stamp() -> str:
    """Return a digest of everything that the module depends on."""
    here = Path(__file__).parent
    files = sorted([*here.glob("*.py"), *here.parent.joinpath("model").rglob("*.py")])
    text = hashlib.sha256(repr((numba.__version__, llvmlite.__version__, FEATURES)).encode())
    for file in files:
        text.update(file.read_bytes())
    return text.hexdigest()[:32]


def _built() -> bytes:
    """Build the module in a separate process."""
    own = {
        "NUMBA_OPT": "0", "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "",
        "NUMBA_DISABLE_JIT": "0", "NUMBA_BOUNDSCHECK": "0", "NUMBA_DEBUGINFO": "0",
    }  # fmt: skip
    made = subprocess.run(
        [sys.executable, "-m", "qisim.engines.wasm"],
        env={**os.environ, **own}, capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode or not made.stdout.startswith(MAGIC):
        raise CannotBuildError(made.stderr.decode(errors="replace").strip()[-2000:])
    return made.stdout


# --- in the process of its own ---------------------------------------------------------------------


def build() -> bytes:
    """Compile, optimise, write and close the module; ``NUMBA_OPT`` must be 0."""
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    target = llvm.Target.from_triple(TRIPLE)
    machine = target.create_target_machine(features=FEATURES, opt=3, reloc="static")
    whole, names = _linked(machine)
    for function in whole.functions:
        if not function.is_declaration and function.name not in names.values():
            function.linkage = "internal"  # functions that only Python calls are dropped
    for variable in whole.global_variables:
        if not variable.name.startswith("llvm."):
            variable.linkage = "internal"  # Numba's "common" symbols make the writer abort
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = True
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(whole, builder)
    return closed(machine.emit_object(whole), names)


def _linked(machine):
    """Return all entries as one module of LLVM, and the name that each entry exports."""
    import re

    import llvmlite.binding as llvm
    from numba import types

    from qisim.engines import numba_run, wasm_entries

    numba_run.run._cache.stamp = None  # neither load nor keep this untuned code
    whole, names = None, {}
    for entry, dispatcher in wasm_entries.ENTRIES.items():
        dispatcher.compile((types.int64,))
        ((signature, result),) = dispatcher.overloads.items()
        text = dispatcher.inspect_llvm(signature)
        text = re.sub(
            r'target datalayout = ".*"', f'target datalayout = "{machine.target_data}"', text
        )
        text = re.sub(r'target triple = ".*"', f'target triple = "{TRIPLE}"', text)
        text = text.replace("@sqrt(", "@llvm.sqrt.f64(")  # an instruction, not a library's function
        text += _shim(entry, result.fndesc.mangled_name)
        part = llvm.parse_assembly(text)
        for variable in part.global_variables:
            variable.linkage = "internal"
        for function in part.functions:
            if not function.is_declaration and function.name != f"qisim_{entry}":
                function.linkage = (
                    "linkonce_odr"  # functions shared by several entries are linked once
                )
            if not function.is_declaration and entry not in QUICK:
                function.add_function_attribute("optsize")
        names[entry] = f"qisim_{entry}"
        if whole is None:
            whole = part
        else:
            whole.link_in(part)
    return whole, names


def _shim(entry: str, mangled: str) -> str:
    """Return the text of a function that takes one address and calls an entry as Numba defines it."""
    return f"""
define void @qisim_{entry}(i32 %desk) {{
  %result = alloca ptr
  %fault = alloca ptr
  %wide = zext i32 %desk to i64
  %status = call i32 @{mangled}(ptr %result, ptr %fault, i64 %wide)
  ret void
}}
"""


# --- from an object file to a module ---------------------------------------------------------------


def leb(number: int) -> bytes:
    """Return a whole number as WebAssembly writes it."""
    out = b""
    while True:
        low, number = number & 0x7F, number >> 7
        if not number:
            return out + bytes([low])
        out += bytes([low | 0x80])


def unleb(data: bytes, at: int) -> tuple[int, int]:
    """Return a whole number and where it ends."""
    result = shift = 0
    while True:
        byte, at = data[at], at + 1
        result, shift = result | (byte & 0x7F) << shift, shift + 7
        if byte < 128:
            return result, at


def text_at(data: bytes, at: int) -> tuple[str, int]:
    """Return a name and where it ends."""
    size, at = unleb(data, at)
    return data[at : at + size].decode(), at + size


def sections(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of the sections of a module or object."""
    at = len(MAGIC)
    while at < len(data):
        kind = data[at]
        size, start = unleb(data, at + 1)
        yield kind, data[start : start + size]
        at = start + size


def imports(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and text of the entries of an import section."""
    count, at = unleb(content, 0)
    for _ in range(count):
        begin = at
        _, at = text_at(content, at)
        name, at = text_at(content, at)
        kind, at = content[at], at + 1
        if kind == 0:  # a function
            _, at = unleb(content, at)
        elif kind == 3:  # a global
            at += 2
        else:  # a memory, or a table with the type of its elements first
            at += 1 if kind == 1 else 0
            flags, at = unleb(content, at)
            _, at = unleb(content, at)
            if flags & 1:
                _, at = unleb(content, at)
        yield name, content[begin:at]


def function_numbers(content: bytes) -> dict[str, int]:
    """Return the numbers of the functions that an object's linking section names."""
    _, at = unleb(content, 0)  # its version
    found: dict[str, int] = {}
    while at < len(content):
        kind = content[at]
        size, at = unleb(content, at + 1)
        if kind == SYMBOL_TABLE:
            found = _symbols(content[at : at + size])
        at += size
    return found


def _symbols(table: bytes) -> dict[str, int]:
    count, at = unleb(table, 0)
    found = {}
    for _ in range(count):
        kind = table[at]
        flags, at = unleb(table, at + 1)
        if kind == 1:
            raise CannotBuildError("the code holds data, which would need a linker")
        number, at = unleb(table, at)
        if kind == 3:  # a section
            continue
        if flags & UNDEFINED and not flags & 0x40:
            continue  # it goes by the name of its import
        name, at = text_at(table, at)
        if kind == FUNCTION_SYMBOL:
            found[name] = number
    return found


def closed(data: bytes, names: dict[str, str]) -> bytes:
    """Return an object file as a module that exports functions under names of their own."""
    own = list(sections(data))
    numbers = {}
    for kind, content in own:
        if kind == CUSTOM:
            title, at = text_at(content, 0)
            if title == "linking":
                numbers = function_numbers(content[at:])
        if kind == DATA:
            raise CannotBuildError("the code holds data, which would need a linker")
    missing = set(names.values()) - set(numbers)
    if missing:
        raise CannotBuildError(f"not in the object: {', '.join(sorted(missing))}")
    exported = b"".join(
        leb(len(name)) + name.encode() + b"\x00" + leb(numbers[symbol])
        for name, symbol in names.items()
    )
    out = MAGIC
    for kind, content in own:
        if kind == CUSTOM:
            continue
        if kind == IMPORT:
            content = _known_imports(content)
        if kind == CODE:
            body = leb(len(names)) + exported
            out += bytes([EXPORT]) + leb(len(body)) + body
        out += bytes([kind]) + leb(len(content)) + content
    return out


def _known_imports(content: bytes) -> bytes:
    """Return an import section; anything but a memory and a stack pointer is an error."""
    entries = list(imports(content))
    unknown = [name for name, _ in entries if name not in (*IMPORTS, "__indirect_function_table")]
    if unknown:
        raise CannotBuildError(
            f"the code calls {', '.join(unknown)}, which a browser does not have"
        )
    kept: Sequence[bytes] = [text for name, text in entries if name in IMPORTS]
    return leb(len(kept)) + b"".join(kept)


if __name__ == "__main__":
    sys.stdout.buffer.write(build())
