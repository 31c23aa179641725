"""Sites like this one: the site's values, varied as such sites differ.

Two wards that run the same programme differ in more than luck: in load, in turnover, in their
leaders' hours, in how open people are to something new. A study over *sites like it* gives each
replicate the next
of so many sites: the site that the scenario describes, moved as far from it as a drawn site lies from the
typical one. The draws depend on the seed and the number of the site alone, so every scenario of a study
meets the same sites.

What moves together does so for a reason: where load is heavy, people fall ill and leave, posts stand
empty and cover is hard to find (*trouble*); a head nurse with time for improvement plans shifts jointly and
hands over well (*leadership*); and where people meet, they have arenas for what they know and are
readier for something new (*openness*). The correlations are assumptions, and so are the ranges that name
no source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.design.plan import Input
from qisim.design.sampling import one_scaled
from qisim.errors import InputError, Problem
from qisim.model import draws
from qisim.model.coefficients import matrix
from qisim.model.parameters import PARAMETERS
from qisim.numerics import normal_quantile, normal_share
from qisim.scenario.fields import SITES
from qisim.scenario.scenario import Scenario

Array = npt.NDArray[np.float64]

AXES = ("trouble", "leadership", "openness")
SITE_VALUES: dict[str, tuple[str, float]] = {
    "workload.pressure": ("trouble", 0.8),
    "workload.planned_presence": ("trouble", 0.6),
    "workload.cover": ("trouble", -0.5),
    "workforce.staff_turnover": ("trouble", 0.5),
    "workforce.leader_turnover": ("trouble", 0.4),
    "workforce.vacancy_weeks": ("trouble", 0.3),
    "workforce.leader_vacancy_weeks": ("trouble", 0.3),
    "workforce.sickness_absence": ("trouble", 0.5),
    "workforce.usual_strain": ("trouble", 0.5),
    "leadership.leader_hours": ("leadership", 0.6),
    "leadership.hours_granted": ("leadership", 0.6),
    "leadership.leader_handover": ("leadership", 0.5),
    "social.plan": ("leadership", 0.6),
    "social.contact": ("openness", 0.5),
    "social.arenas": ("openness", 0.5),
    "site.readiness": ("openness", 0.6),
    "site.baseline": ("openness", 0.3),
}
"""The values drawn, by dotted key: the axis along which each varies, and its correlation with that axis."""

UNIT_OF_SITES = 1
"""Unit of the address of these draws at the level `draws.SITE`; the allocation ensemble has 0."""
MOST = int(SITES["number"].maximum)
FEWEST = 2


def is_factor(key: str) -> bool:
    """Return whether a value is scaled by a factor: if it is sampled by its logarithm, or usually is 0."""
    return PARAMETERS[key].distribution == "loguniform" or PARAMETERS[key].default == 0.0


def typical(key: str) -> float:
    """Return from what a drawn value is moved: the base value, or 1 where that is 0."""
    return float(PARAMETERS[key].default) or 1.0


def number_of(asked: int | None, scenarios: Iterable[Scenario]) -> int | None:
    """Return the number of sites of a study: an explicit request overrides the scenarios' own.

    Returns
    -------
    int or None
        None is this site alone, which 1 asks for.

    Raises
    ------
    InputError
        If nothing was asked for and the scenarios say different numbers.
    """
    number = asked_for(scenarios) if asked is None else asked
    return number if number is not None and number >= FEWEST else None


def asked_for(scenarios: Iterable[Scenario]) -> int | None:
    """Return at how many sites the scenarios of a study say that it runs; None: they say nothing.

    Raises
    ------
    InputError
        If they say different numbers.
    """
    said = sorted({int(one.sites["number"]) for one in scenarios if one.sites})
    if len(said) > 1:
        message = "differs between the scenarios of a study, which all run at the same sites"
        shown = " and ".join(map(str, said))
        raise InputError(Problem(message, key="sites.number", value=shown, allowed="one number"))
    return said[0] if said else None


@dataclass(frozen=True)
class Sites:
    """So many sites like the one that a scenario describes.

    Attributes
    ----------
    number : int
        How many; replicate r of a study has site r mod `number` (see `of`).
    seed : int
        Seed of the study.
    """

    number: int
    seed: int
    keys: tuple[str, ...] = tuple(SITE_VALUES)

    def for_study(self, scenarios: Iterable[Scenario], varied: Iterable[str] = ()) -> Sites:
        """Return the sites without what a study is about.

        These are the values in which its scenarios differ, and those that it varies itself.
        """
        first, *others = scenarios
        about = set(varied)
        same = (
            key for key in self.keys
            if key not in about and all(other[key] == first[key] for other in others)
        )  # fmt: skip
        return Sites(self.number, self.seed, tuple(same))

    def of(self, replicates: npt.NDArray[np.int64], sets: int = 1) -> npt.NDArray[np.int64]:
        """Return the site of each replicate: replicate r has site r mod `number`.

        Where replicates go through `sets` of strengths as well, each set meets one site after another.
        """
        again = replicates // sets if sets > 1 else 0
        return np.asarray((replicates + again) % self.number)

    def shares(self) -> Array:
        """Return the place of each site in the distribution of each value, 0 to 1.

        Returns
        -------
        ndarray of float, shape (number, len(SITE_VALUES))
        """
        key = draws.keys(self.seed, np.arange(self.number))
        slot = np.arange(len(AXES) + len(SITE_VALUES), dtype=np.uint64)[None, :]
        zero = np.zeros_like(slot)
        place = zero + np.uint64(UNIT_OF_SITES + 256 * draws.SITE)
        words = draws.philox(slot, place, zero, zero, key[:, :1], key[:, 1:])
        normal = normal_quantile((np.asarray(words[0]) + 0.5) * draws.TO_UNIT)
        axes, own = normal[:, : len(AXES)], normal[:, len(AXES) :]
        found = np.empty_like(own)
        for column, (axis, correlation) in enumerate(SITE_VALUES.values()):
            rest = np.sqrt(1.0 - correlation * correlation)
            moved = correlation * axes[:, AXES.index(axis)] + rest * own[:, column]
            found[:, column] = normal_share(moved)
        return found

    def values(self, scenario: Scenario) -> Array:
        """Return the sites' own values around those of a scenario.

        A value is moved as far as the drawn one lies from the base value, and stays within what is allowed;
        what is sampled by its logarithm is moved by a factor, and what is 0 in the base by one of 0 to 2, so
        that what is new to a site is new to all sites like it.

        Returns
        -------
        ndarray of float, shape (number, len(keys))
        """
        found = []
        for key, drawn in zip(self.keys, self.drawn().T, strict=True):
            declared, given = PARAMETERS[key], float(scenario.values[key])
            usual = typical(key)
            moved = given * (drawn / usual) if is_factor(key) else given + (drawn - usual)
            found.append(np.clip(moved, declared.minimum, declared.maximum))
        return np.array(found).T

    def drawn(self) -> Array:
        """Return the drawn values themselves; shape (number, len(keys))."""
        shares, columns = self.shares(), list(SITE_VALUES)
        found = []
        for key in self.keys:
            declared = PARAMETERS[key]
            spread = Input(
                key, declared.low, declared.high, declared.distribution, peak=declared.default
            )
            own = shares[:, columns.index(key)]
            found.append(2.0 * own if declared.default == 0.0 else one_scaled(own, spread))
        return np.array(found).T

    def rows(self, scenario: Scenario) -> Array:
        """Return the coefficients of a scenario at each site; shape (number, len(COEFFICIENTS))."""
        return matrix(scenario, self.keys, self.values(scenario))

    def sentence(self, replicates: int) -> str:
        """Describe a study over sites in a sentence."""
        used = min(self.number, replicates)
        return (
            f"At {used} sites like it: each scenario's own site, moved in {len(self.keys)} values as far as "
            f"sites differ from the typical one, the same sites for every scenario; replicate r is at site "
            f"r mod {self.number}. Runs at one site count as one in intervals."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the sites as plain data, for a manifest."""
        return {"number": self.number, "keys": list(self.keys)}
