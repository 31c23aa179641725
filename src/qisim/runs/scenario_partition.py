"""The runs of one scenario, or of one question, in a folder of the run store (`qisim.runs.scenario_store`)."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qisim.model.outcomes import WEEKLY
from qisim.model.site import World
from qisim.runs.batch import Batch, group_of
from qisim.runs.store import PART, SCENARIOS, Partition, run_keys
from qisim.runs.store_format import KEY_BYTES, Keys, Page, keys_of, read_part

MOST_BYTES = 2 << 30
UNUSED_S = 86_400.0


class ScenarioPartition(Partition):
    """The runs of one scenario: of one model, world, seed and table of numbers.

    Parameters
    ----------
    store, engine, site, seed, series
        As for `qisim.runs.store.Partition`.
    group : str
        Distinguishes scenarios of one world.
    about : str
        The question whose runs lie in one folder, whatever their world; empty where they do not.
    """

    bits = 64

    def __init__(
        self, store: Path, engine: str, site: World, seed: int, group: str, series: Sequence[str],
        about: str = "",
    ) -> None:  # fmt: skip
        super().__init__(store / SCENARIOS, engine, site, seed, series)
        which = group_of(" ".join(series)) if 0 < len(series) < len(WEEKLY) else "all"
        which = which if series else "none"
        self.folder = self.store / f"{self.name}.{group}.{which}"
        if about:
            self.folder = self.store / f"{group_of(about)}.many"
            self.about |= {
                "world": "many",
                "seed": "many",
            }  # the name, and with it a key, tells them apart
        self.paths: list[Path] = []
        self.part = self.row = np.empty(0, dtype=np.int64)
        self.order = np.empty(0, dtype=np.int64)
        self.keys: Keys = np.empty((0, 2), dtype=np.uint64)
        self.later: dict[bytes, tuple[int, int]] = {}  # part and row of what was kept since

    def open(self) -> list[str]:
        """Find out which runs are there; return a sentence for every file that was set aside."""
        aside: list[str] = []
        held: list[Keys] = []
        for path in (
            self.whole_parts(self.folder, self.series, aside) if self.folder.is_dir() else ()
        ):
            held.append(keys_of(read_part(path, ["key"])))
            self.paths.append(path)
            os.utime(path)  # it is in use
        if held:
            self.keys = np.concatenate(held)
            self.part = np.repeat(np.arange(len(held)), [len(keys) for keys in held])
            self.row = np.concatenate([np.arange(len(keys)) for keys in held])
            self.order = np.lexsort((self.keys[:, 1], self.keys[:, 0]))
        return aside

    def share(self, opened: ScenarioPartition) -> None:
        """Take over what was found in the folder, and what is kept there from now on."""
        self.paths, self.part, self.row = opened.paths, opened.part, opened.row
        self.order, self.keys, self.later = opened.order, opened.keys, opened.later
        self.written = opened.written

    def keep(self, page: Page) -> Path:
        """Write finished runs as a part, and find them from now on; see `Partition.keep`."""
        path = super().keep(page)
        raw, part = page.keys.tobytes(), len(self.paths)
        self.paths.append(path)
        for row in range(len(page.keys)):
            self.later[raw[KEY_BYTES * row : KEY_BYTES * (row + 1)]] = (part, row)
        return path

    def places(self, keys: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return for each run the part that it is in and its row there; -1 where it is not."""
        part, row = np.full((2, len(keys)), -1)
        if len(self.keys):
            at = np.searchsorted(self.keys[self.order, 0], keys[:, 0])
            found = self.order[np.minimum(at, len(self.order) - 1)]
            there = (self.keys[found] == keys).all(axis=1)
            part[there], row[there] = self.part[found[there]], self.row[found[there]]
        raw = keys.tobytes() if self.later else b""
        for run in np.flatnonzero(part < 0).tolist() if raw else ():
            one = self.later.get(raw[KEY_BYTES * run : KEY_BYTES * (run + 1)])
            if one is not None:
                part[run], row[run] = one
        return part, row


def keys_of_batch(partition: Partition, batch: Batch) -> Keys:
    """Return the keys of a batch's runs."""
    rows, row_of = batch.rows, np.arange(len(batch))
    if len(rows) and (rows == rows[0]).all():
        rows, row_of = rows[:1], np.zeros(len(batch), dtype=np.int64)
    return run_keys(partition.name, rows, row_of, batch.replicates)


def joined(pages: Sequence[Page]) -> Page:
    """Return several pages as one."""
    return Page(
        np.concatenate([page.keys for page in pages]),
        np.concatenate([page.outcomes for page in pages]),
        [None] * sum(map(len, pages)),
        {name: np.concatenate([page.series[name] for page in pages]) for name in pages[0].series},
    )


def forget_oldest(folder: Path, most: int = MOST_BYTES, unused: float = UNUSED_S) -> None:
    """Delete the parts that were not used for longest until all take at most so many bytes."""
    ages = sorted(
        (part.stat().st_mtime, part.stat().st_size, Path(part.path))
        for held in os.scandir(folder) if held.is_dir()
        for part in os.scandir(held.path) if PART.fullmatch(part.name)
    )  # fmt: skip
    total, now = sum(size for _, size, _ in ages), time.time()
    for used, size, path in ages:
        if total <= most or now - used < unused:
            return
        path.unlink(missing_ok=True)
        total -= size
        if not any(PART.fullmatch(left.name) for left in path.parent.iterdir()):
            for left in path.parent.iterdir():
                left.unlink(missing_ok=True)
            path.parent.rmdir()
