"""The run store: finished runs on disk, so that no run is made twice.

A run is fixed by the model's source, the world, the row of coefficients, the seed and the
replicate. All but the row and the replicate define the *partition*: a folder named by their digest.
A partition holds *parts*, Parquet files with some thousand runs each, which are only ever added:
written under a temporary name, flushed to disk, and renamed, so that a process killed at any
moment, or a full disk, leaves complete parts only. The name of a part holds the digest of its
content, so a part that was truncated, changed or put there by somebody else is noticed; it is set
aside and reported, and its runs are made again. A run's *key* is the digest of its row and its
replicate.

::

    STORE/                        QISIM_STORE, or the user's data folder
    ├── 5f0c…/                    a partition: model, engine, world and seed
    │   ├── about.json            a description for people
    │   └── 17f2…-9ab3….parquet   a part: key, failure, outcomes
    ├── 5f0c….adoption/           the same with a weekly series of every run
    ├── scenarios/                runs of scenarios, see `qisim.runs.scenario_store`
    ├── looks/                    which pairs were compared, see `qisim.runs.looked`
    └── set-aside/                what was damaged

Several processes may use a store at once: each writes its own parts.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qisim.atomic import TEMPORARY, forget_left_over, make_folder, trusted_owner, write_whole
from qisim.engines import custom_rules, source_digests
from qisim.errors import StoreError
from qisim.model.coefficients import COEFFICIENTS
from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.model.site import World
from qisim.output.file_bytes import json_bytes
from qisim.runs.store_format import KEY_BYTES, Array, Keys, Page, is_part, part_bytes

FORMAT = 1
SET_ASIDE = "set-aside"
LOOKS = "looks"
"""Folder of what `qisim.runs.looked` keeps."""
SCENARIOS = "scenarios"
"""Folder of what `qisim.runs.scenario_store` keeps."""
ABOUT = "about.json"
SHELF = re.compile(r"[0-9a-f]{32}(\.[a-z_]+)*")
PART = re.compile(r"[0-9a-f]{16}-[0-9a-f]{32}\.parquet")


def default_folder() -> Path:
    """Return the folder of the store: ``QISIM_STORE``, or a folder for the user's data."""
    named = os.environ.get("QISIM_STORE")
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("qisim", appauthor=False) / "runs"


# --- what fixes a run ------------------------------------------------------------------------------


def model_stamp(engine: str) -> str:
    """Return a digest of everything that turns a row of coefficients into outcomes.

    That is the code of rules, week, draws, world, outcomes and engine as it was imported, a file of
    rules that takes the place of the model's, and which number stands in which column of a row, of the
    weekly series and of the outcomes. Docstrings, comments and labels are no part of it.
    What else a module of the model imports decides over the row or the world, which have digests of
    their own.

    Parameters
    ----------
    engine : str
        Name of the engine's module.

    Raises
    ------
    StoreError
        If a source cannot be read.
    """
    text = hashlib.blake2b(digest_size=KEY_BYTES)
    for module in (*source_digests.SHARED, engine):
        digest = source_digests.digest(module)
        if digest is None:
            raise StoreError(f"the source of {module} cannot be read, so no run can be kept")
        text.update(digest.encode())
    text.update(json_bytes([list(COEFFICIENTS), list(OUTCOMES), list(WEEKLY)]))
    text.update(custom_rules.source())
    return text.hexdigest()


def check_sources() -> None:
    """Refuse to store runs if the model's source was changed since it was imported.

    Raises
    ------
    StoreError
        If it was; every file is named.
    """
    changed = [str(source_digests.file_of(module)) for module in source_digests.changed()]
    if custom_rules.changed():
        changed.append(custom_rules.FILE)
    if changed:
        raise StoreError(
            f"changed since this process imported it: {', '.join(changed)}; which of the two a run was "
            "made by cannot be told, so none is kept: start a new process (restart the notebook's kernel)"
        )


def world_digest(site: World) -> str:
    """Return a digest of a world."""
    text = hashlib.blake2b(digest_size=KEY_BYTES)
    for one in fields(World):
        value = getattr(site, one.name)
        text.update(f"{one.name}:".encode())
        text.update(value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode())
    return text.hexdigest()


def run_keys(
    partition: str, rows: Array, row_of: npt.NDArray[np.int64], replicates: npt.NDArray[np.int64]
) -> Keys:
    """Return the keys of runs.

    Parameters
    ----------
    partition : str
        Name of the partition: everything that the runs share.
    rows : ndarray of float, shape (rows, coefficients)
    row_of : ndarray of int, shape (runs,)
        Row of each run.
    replicates : ndarray of int, shape (runs,)

    Returns
    -------
    ndarray of uint64, shape (runs, 2)
    """
    shared = hashlib.blake2b(digest_size=KEY_BYTES, key=partition.encode())
    begun = []
    for row in np.ascontiguousarray(rows):
        one = shared.copy()
        one.update(row)
        begun.append(one)
    words = replicates.astype("<i8").tobytes()
    found = bytearray(KEY_BYTES * len(replicates))
    for run, row in enumerate(row_of.tolist()):
        one = begun[row].copy()
        one.update(words[8 * run : 8 * run + 8])
        found[KEY_BYTES * run : KEY_BYTES * (run + 1)] = one.digest()
    return np.frombuffer(found, dtype="<u8").reshape(-1, 2).astype(np.uint64)


class Partition:
    """The runs of one model, world and seed.

    Attributes
    ----------
    bits : {32, 64}
        Of a value of a weekly series.

    Parameters
    ----------
    store : path
        Folder of the store.
    engine : str
        Name of the engine's module.
    site : World
    seed : int
    series : sequence of str
        Weekly series that are kept of every run.
    """

    bits = 32

    def __init__(
        self, store: str | os.PathLike[str], engine: str, site: World, seed: int,
        series: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.about = {
            "format": FORMAT,
            "model": model_stamp(engine),
            "engine": engine,
            "world": world_digest(site),
            "seed": seed,
        }
        text = hashlib.blake2b(json_bytes(self.about), digest_size=KEY_BYTES)
        self.store, self.name, self.series = Path(store), text.hexdigest(), tuple(series)
        self.folder = self.store / ".".join([self.name, *sorted(self.series)])
        self.weeks, self.written = site.weeks, 0

    def parts(
        self, aside: list[str], listed: Mapping[str, Sequence[Path]] | None = None
    ) -> list[Path]:
        """Return the complete files of the partition, oldest first.

        A partition without series includes the parts of the same runs with series.

        Parameters
        ----------
        aside : list of str
            Every file that was set aside, or does not belong here, is named in it.
        listed : mapping of str to sequence of Path, optional
            As from `partitions_in`, so that a store is listed once for many partitions.
        """
        folders = (partitions_in(self.store) if listed is None else listed).get(self.name, ())
        kept = [one for one in folders if set(self.series) <= set(one.name.split(".")[1:])]
        return [
            part
            for folder in kept
            for part in self.whole_parts(folder, folder.name.split(".")[1:], aside)
        ]

    def _begin(self) -> None:
        """Make the folder, with a description of its content for people."""
        make_folder(self.folder)
        if not (self.folder / ABOUT).exists():
            about = {**self.about, "series": sorted(self.series), "outcomes": list(OUTCOMES)}
            write_whole(self.folder / ABOUT, json_bytes(about))

    def whole_parts(self, folder: Path, series: Sequence[str], aside: list[str]) -> Iterator[Path]:
        """Yield the parts of a folder; set damaged files aside, report foreign ones."""
        weekly = dict.fromkeys(series, self.weeks)
        for path in sorted(folder.iterdir()):
            if path.name == ABOUT:
                continue
            if TEMPORARY.fullmatch(path.name):
                forget_left_over(path)
            elif not PART.fullmatch(path.name):
                aside.append(f"{path} does not belong in the run store; it was left alone")
            elif not _is_own(path):
                self.foreign(aside)
            elif _is_whole(path) and is_part(path, weekly, self.bits):
                yield path
            elif (moved := _set_aside(path, self.store)) is not None:
                aside.append(f"{path} is damaged; it was set aside as {moved}")

    def foreign(self, aside: list[str]) -> None:
        """Report, once per store, that it holds runs of somebody else."""
        line = f"{self.store} holds runs that belong to somebody else; they are not used, and made here instead"
        if line not in aside:
            aside.append(line)

    def keep(self, page: Page) -> Path:
        """Write finished runs as a part; return its path.

        Raises
        ------
        StoreError
            If it cannot be written (the disk is full, say), or the model was changed since it was
            imported; what was kept before stays.
        """
        check_sources()
        content = part_bytes(page)
        digest = hashlib.blake2b(content, digest_size=KEY_BYTES).hexdigest()
        path = self.folder / f"{time.time_ns():016x}-{digest}.parquet"
        try:
            if not self.written:
                self._begin()
            write_whole(path, content)
        except OSError as error:
            raise StoreError(
                f"the run store {self.store} cannot be written: {error}; what was finished before is "
                "kept, and the same command goes on from there"
            ) from error
        self.written += 1
        return path


def partitions_in(store: Path) -> dict[str, list[Path]]:
    """Return the folders of a store by name of the partition: without series, and with them."""
    found: dict[str, list[Path]] = {}
    for folder in sorted(store.iterdir()) if store.is_dir() else ():
        if SHELF.fullmatch(folder.name):
            found.setdefault(folder.name.partition(".")[0], []).append(folder)
    return found


def strangers(store: Path) -> list[str]:
    """Return a sentence for everything in a store that is not a partition; it is left alone."""
    if not store.is_dir():
        return []
    found = [path for path in sorted(store.iterdir()) if not SHELF.fullmatch(path.name)]
    return [f"{path} does not belong in the run store; it was left alone" for path in found
            if path.name not in (SET_ASIDE, SCENARIOS, LOOKS)]  # fmt: skip


def _is_own(path: Path) -> bool:
    """Return whether a file belongs to this user, or to the system's owner."""
    try:
        return trusted_owner(path.stat().st_uid)
    except FileNotFoundError:  # another process has set it aside just now
        return True


def _is_whole(path: Path) -> bool:
    """Return whether a part matches the digest in its name; one set aside by another process does not."""
    try:
        with path.open("rb") as stream:
            held = hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=KEY_BYTES))
    except FileNotFoundError:
        return False
    return held.hexdigest() == path.stem.partition("-")[2]


def _set_aside(path: Path, store: Path) -> Path | None:
    """Move a damaged part out of the way; None if another process was faster."""
    aside = store / SET_ASIDE
    aside.mkdir(exist_ok=True)
    try:
        return path.replace(aside / f"{path.parent.name}-{path.name}")
    except FileNotFoundError:
        return None
