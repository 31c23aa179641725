"""Build the machine code of the run: Numba translates it to LLVM, and llvmlite's LLVM optimises it.

Numba generates code that is not yet optimised for any processor; LLVM's passes are then run for
each processor separately. Numba reads ``NUMBA_OPT`` when it is imported, so this needs a process of
its own; see
`qisim.engines.machine_code.made`. The passes preserve every bit: they are not allowed to reorder
sums or to fuse a product and a sum into one instruction.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
from numba import njit, types

from qisim.engines import numba_run
from qisim.engines.machine_code import ARGUMENTS, GRID, NUMBER, SYMBOL, TABLES
from qisim.engines.wasm_memory import grid_of, table_at


def untuned() -> tuple[str, str]:
    """Return the run as LLVM assembly, and the name of the function in it that takes an address."""
    views: dict[str, Any] = {f"{name}_at": table_at(kind) for name, kind in TABLES.items()}
    views |= {
        f"{GRID}_at": grid_of(NUMBER),
        "arguments_at": table_at(ARGUMENTS),
        "run": numba_run.run,
    }
    seen = (
        f"{name}_at(a.at_{name}, a.rows_{name}{', a.columns' if name == GRID else ''})"
        for name in TABLES
    )
    exec(f"def entry(base):\n    a = arguments_at(base, 1)[0]\n    run({', '.join(seen)})", views)
    numba_run.run._cache.stamp = None  # neither load nor keep this untuned code
    dispatcher = njit(**numba_run.MACHINE)(views["entry"])
    dispatcher.compile((types.int64,))
    ((signature, result),) = dispatcher.overloads.items()
    return dispatcher.inspect_llvm(signature), result.fndesc.mangled_name


def tuned(text: str, name: str, triple: str, processor: str, features: str) -> bytes:
    """Return an object file for a processor: one function, `SYMBOL`, that needs nothing from outside."""
    target = llvm.Target.from_triple(triple)
    machine = target.create_target_machine(
        cpu=processor, features=features, opt=3, reloc="pic", codemodel="small"
    )
    text = re.sub(r'target datalayout = ".*"', f'target datalayout = "{machine.target_data}"', text)
    text = re.sub(r'target triple = ".*"', f'target triple = "{triple}"', text)
    module = llvm.parse_assembly(f"""{text}
define i32 @{SYMBOL}(i64 %base) {{
  %result = alloca ptr
  %fault = alloca ptr
  %status = call i32 @{name}(ptr %result, ptr %fault, i64 %base)
  ret i32 %status
}}
""")
    for function in module.functions:
        if not function.is_declaration and function.name != SYMBOL:
            function.linkage = "internal"  # functions that only Python calls are dropped
    for variable in module.global_variables:
        if not variable.name.startswith("llvm."):
            variable.linkage = "internal"
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = True
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    left = [
        one.name
        for one in module.functions
        if one.is_declaration and not one.name.startswith("llvm.")
    ]
    if left:
        raise SystemExit(f"the code calls {', '.join(left)}, which no loader would find")
    return bytes(machine.emit_object(module))


def main(folder: str, triple: str, *processors: str) -> None:
    """Write an object file for each processor into a folder; each is a name and its features."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    text, name = untuned()
    for processor, features in zip(processors[::2], processors[1::2], strict=True):
        code = tuned(text, name, triple, processor, features)
        Path(folder, f"{processor}.o").write_bytes(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
