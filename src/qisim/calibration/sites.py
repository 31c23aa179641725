"""Simulated sites: what a calibration holds a site's own figures against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Small = npt.NDArray[np.float32]

FEWEST_AHEAD = 4
"""Weeks after the data below which nothing is said about them."""


@dataclass
class Sites:
    """Simulated sites; those that failed are left out.

    Attributes
    ----------
    numbers : ndarray of int, shape (sites,)
        Rows of the table of parameters that they were simulated with.
    use, adoption : ndarray of float32, shape (sites, weeks)
        Weekly shares.
    """

    numbers: npt.NDArray[np.int64]
    use: Small
    adoption: Small

    def __len__(self) -> int:
        return len(self.numbers)

    def outlook(self, after: int) -> dict[str, Array]:
        """Return their outcomes after a week, by name; each of shape (sites,)."""
        weeks = self.use.shape[1]
        found = {f"routine use in week {weeks}": self.adoption[:, -1].astype(np.float64)}
        if weeks - after >= FEWEST_AHEAD:
            ahead = self.use[:, after:].mean(axis=1, dtype=np.float64)
            found |= {f"use in weeks {after + 1} to {weeks}, mean": ahead}
        return found
