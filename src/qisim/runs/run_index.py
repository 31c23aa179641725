"""Where each run of a study lies in the run store."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.runs.store_format import Keys


class RunIndex:
    """The part and row in which each run of a study lies.

    Runs with one key are one run: it is made once and read as often as it is needed.

    Parameters
    ----------
    keys : ndarray of uint64, shape (runs, 2)
        In the order of the study; the first of several runs with one key stands for all.

    Attributes
    ----------
    group : ndarray of int, shape (runs,)
        Number of each run's key among the different keys.
    first : ndarray of int, shape (keys,)
        The run that stands for each key.
    part, row : ndarray of int, shape (keys,)
        Its location; -1 if it is not in the store.
    failed : ndarray of bool, shape (keys,)
        Whether the stored run failed.
    """

    def __init__(self, keys: Keys) -> None:
        order = np.lexsort((keys[:, 1], keys[:, 0]))
        ordered = keys[order]
        fresh = np.ones(len(keys), dtype=bool)
        fresh[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
        self.keys = np.ascontiguousarray(ordered[fresh])
        self.group = np.empty(len(keys), dtype=np.int32)
        self.group[order] = np.cumsum(fresh) - 1
        begins = np.flatnonzero(fresh)
        self.first = np.minimum.reduceat(order, begins) if len(begins) else begins
        self.part = np.full(len(self.keys), -1, dtype=np.int32)
        self.row = np.full(len(self.keys), -1, dtype=np.int32)
        self.failed = np.zeros(len(self.keys), dtype=bool)

    @property
    def found(self) -> int:
        """Number of different runs that are in the store."""
        return int((self.part >= 0).sum())

    @property
    def wanted(self) -> int:
        """Number of different runs still to be made."""
        return len(self.keys) - self.found

    def find(self, keys: Keys, part: int, failed: npt.NDArray[np.bool_] | None = None) -> int:
        """Note the runs of a part that the study needs; return how many are new.

        A run that was finished takes the place of one that failed, whichever is older.

        Parameters
        ----------
        keys : ndarray of uint64, shape (runs of the part, 2)
        part : int
            Number of the part.
        failed : ndarray of bool, shape (runs of the part,), optional
            Which of them failed; none by default.
        """
        bad = np.zeros(len(keys), dtype=bool) if failed is None else failed
        rows = np.argsort(~bad, kind="stable")  # of two with one key, the last one is noted
        place = self.places(keys[rows])
        rows, place = rows[place >= 0], place[place >= 0]
        new = (self.part[place] < 0) | (self.failed[place] & ~bad[rows])
        self.note(place[new], part, rows[new], bad[rows[new]])
        return int(new.sum())

    def note(
        self, groups: npt.NDArray[Any], part: int, rows: npt.NDArray[Any],
        failed: npt.NDArray[np.bool_],
    ) -> None:  # fmt: skip
        """Note where runs lie, and whether they failed."""
        self.part[groups], self.row[groups], self.failed[groups] = part, rows, failed

    def forget_failed(self) -> None:
        """Let the runs that failed be made again."""
        self.part[self.failed] = self.row[self.failed] = -1
        self.failed[:] = False

    def places(self, keys: Keys) -> npt.NDArray[np.int64]:
        """Return the number of each key among the different keys; -1 where it is none of them."""
        place = np.searchsorted(self.keys[:, 0], keys[:, 0])
        place = np.minimum(place, max(len(self.keys) - 1, 0))
        same = (
            (self.keys[place] == keys).all(axis=1) if len(self.keys) else np.zeros(len(keys), bool)
        )
        return np.where(same, place, -1)

    def missing(self, runs: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Say of runs whether they are still to be made: no part has them, nor does an earlier run."""
        group = self.group[runs]
        return np.asarray((self.part[group] < 0) & (self.first[group] == runs))
