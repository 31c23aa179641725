"""The two engines of one model, and the choice of the rules that they follow.

For the rooms above::

    compiled         The model compiled: the same week, for many runs at once
    custom_rules     Rules of your own in place of the model's, in both engines
    lane_tables      The tables of the compiled engine: records that hold a number for each lane
    mesa_model       The model in Mesa: people with verbs of their own, and the week they live through
    source_digests   The sources of the model, as they were when qisim was imported
    trace            One run, person by person: what every post was, week after week
    wasm             The engine as a WebAssembly module, made with Numba and llvmlite and no other tool
    wasm_desk        The memory shared by a page and the browser's module: its tables, and where
    they lie
    wasm_layers      Statistics of groups of runs in the browser's module: ratios of means, shares
    of sets
    wasm_statistics  Statistics of many runs in the browser's module

Of this room alone::

    lanes            From the steps of a week, written for one person, to steps for many runs side
    by side
    machine_code     The run of the model as shipped, as machine code that is loaded without Numba
    numba_run        The run as Numba compiles it: for custom rules, and to make that code
    machine_code_build  How it is made: Numba tells LLVM what it is, llvmlite's LLVM makes it fast
    machine_code_ship   The part of it that ships in the wheel
    compile_cache    Code compiled by Numba, kept on disk for the next process
    cache_files      Cached files: complete, trusted, and limited in number
    wasm_entries     The functions of the browser's module
    wasm_memory      How they are compiled, and how they see tables in the shared memory
    wasm_site        The tables of the site and the calendar, laid out before a run
    wasm_runs        The run: coefficients, week after week, the outcomes
    mesa_doors       What Mesa's batch runner and page need of a model whose randomness is fixed
"""

__all__ = [
    "compiled",
    "custom_rules",
    "lane_tables",
    "mesa_model",
    "source_digests",
    "trace",
    "wasm",
    "wasm_desk",
    "wasm_layers",
    "wasm_statistics",
]
