"""The compiled engine's costliest steps beside the same steps written by hand in C (`steps.c`).

Both work on the same tables in memory. The C is compiled on the spot, once as fast as gcc can
(``-O3 -march=native``) to be timed, and once without fused multiply-add to be held against the
compiled engine: after some weeks every number must be the same to the last bit.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numba import njit

from qisim import load
from qisim.engines import compiled as kernel
from qisim.engines import numba_run
from qisim.model import draws
from qisim.model import site as world
from qisim.model.coefficients import coefficients

FLAGS = ("-O3", "-march=native")
STEPS = {"draw": 1, "come_or_go": 2, "use_practice": 4}
"""The steps by name; a sum of their numbers says which of them are to be lived through."""

WEEKS, ROUNDS = 200, 15
RECORDS = {
    "Person": kernel.PERSON, "Unit": kernel.UNIT, "Coefficient": kernel.COEFFICIENT,
    "Key": kernel.KEY, "Block": kernel.BLOCK, "Chance": kernel.CHANCE,
}  # fmt: skip


come_or_go, change_hands, fall_ill, use_practice = (
    kernel.WEEK_STEPS[name] for name in ("come_or_go", "change_hands", "fall_ill", "use_practice")
)


@njit(nogil=True, **numba_run.MACHINE)
def live(which, begin, end, posts, staff, units, ks, keys, blocks, chance):
    """Let people live through weeks of some steps: the loop of ``steps.c``."""
    d, unit, k, key = chance[0], units[0], ks[0], keys[0]
    for week in range(begin, end):
        for slot in range(posts):
            if which & 1:
                numba_run.draw(blocks, key, slot, 0, week)
            if which & 2:
                come_or_go(staff[slot], d, k, 0.0)
                change_hands(staff[slot], d, k)
                fall_ill(staff[slot], d, k, 1.0)
            if which & 4:
                use_practice(staff[slot], d, unit, k)


class Tables:
    """The tables of one batch of lanes of `external`, in the state in which a run has left them."""

    def __init__(self) -> None:
        scenario = load("external")
        site, replicates = world.build(scenario), np.arange(kernel.LANES)
        desk = kernel.Desk(site)
        entry = kernel.numba_entry(site)
        rows = np.repeat(coefficients(scenario)[None], kernel.LANES, axis=0)
        desk.run(entry, rows, draws.keys(1, replicates))
        self.posts, self.staff = site.staff_posts, desk.people["staff"]
        self.blocks = kernel.table(draws.BLOCKS, kernel.BLOCK)
        self.rest = (desk.people["units"], desk.k, desk.key, self.blocks)

    def compiled(self, which: int, begin: int, end: int) -> None:
        """Live through weeks as the compiled engine does."""
        chance = self.blocks.view(kernel.CHANCE)
        live(which, begin, end, self.posts, self.staff, *self.rest, chance)

    def by_hand(self, library: ctypes.CDLL) -> Callable[[int, int, int], None]:
        """Return what lives through weeks as the C does."""
        tables = [ctypes.c_void_p(table.ctypes.data) for table in (self.staff, *self.rest)]

        def lived(which: int, begin: int, end: int) -> None:
            whole = (ctypes.c_int64(number) for number in (which, begin, end, self.posts))
            library.live(*whole, *tables)

        return lived


def layout() -> str:
    """Return the records of the compiled engine as C."""
    lines = [f"#define LANES {kernel.LANES}", f"#define BLOCKS {draws.BLOCKS}"]
    for name, record in RECORDS.items():
        fields = []
        for field in record.names or ():
            kind, shape = record[field].subdtype
            word = "uint64_t" if kind == np.uint64 else "double"
            fields.append(f"{word} {field}{''.join(f'[{size}]' for size in shape)};")
        lines.append(f"typedef struct {{ {' '.join(fields)} }} {name};")
    return "\n".join(lines) + "\n"


def built(folder: Path, *flags: str) -> ctypes.CDLL:
    """Compile ``steps.c``."""
    (folder / "layout.h").write_text(layout(), encoding="utf-8")
    library = folder / f"steps{len(flags)}.so"
    source = Path(__file__).with_name("steps.c")
    command = ["gcc", "-std=c11", "-shared", "-fPIC", *flags, f"-I{folder}", str(source)]
    subprocess.run([*command, "-o", str(library)], check=True)
    return ctypes.CDLL(str(library))


def check_same(library: ctypes.CDLL) -> None:
    """Raise unless compiled engine and C do the same to the last bit."""
    ours, theirs = Tables(), Tables()
    which = sum(STEPS.values())
    ours.compiled(which, 1, 30)
    theirs.by_hand(library)(which, 1, 30)
    if ours.staff.tobytes() != theirs.staff.tobytes():
        raise AssertionError("steps.c does something else than the compiled engine")


def compared() -> list[dict[str, float | str]]:
    """Return, for each step and for all, nanoseconds per agent-week of both; nothing without gcc."""
    if shutil.which("gcc") is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        check_same(built(Path(folder), *FLAGS, "-ffp-contract=off"))
        library = built(Path(folder), *FLAGS)
    return [timed(name, which, library) for name, which in {**STEPS, "all three": 7}.items()]


def timed(name: str, which: int, library: ctypes.CDLL) -> dict[str, float | str]:
    """Time a step in turns; the best of the rounds counts, in time of the processor."""
    tables = Tables()
    ways = {"compiled": tables.compiled, "c": tables.by_hand(library)}
    best = dict.fromkeys(ways, np.inf)
    for _ in range(ROUNDS):
        for way, lived in ways.items():
            begun = time.thread_time()
            lived(which, 0, WEEKS)
            best[way] = min(best[way], time.thread_time() - begun)
    each = 1e9 / (WEEKS * tables.posts * kernel.LANES)
    ours, theirs = best["compiled"] * each, best["c"] * each
    return {"step": name, "compiled_ns": ours, "c_ns": theirs, "ratio": ours / theirs}


if __name__ == "__main__":
    for row in compared():
        print(row)
