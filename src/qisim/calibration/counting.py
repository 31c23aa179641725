"""Misclassification errors of a count: users it misses, and non-users it counts as users.

Both shares are rarely known, so each has a prior: a share, a range in which all values are as likely, or a
beta distribution. One pair of shares holds for all weeks of a site. A count does not say by itself how good
it is: a low count may be low use or a poor count. So what is said of use rests on the prior, and a check of
the count (a second count of the same people, by somebody who knows) is what narrows it: of 20 users 16
found is ``beta(17,5)``, after a prior that is flat.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.errors import InputError, Problem
from qisim.numerics import single

Array = npt.NDArray[np.float64]

NUMBER = r"(\d+(?:\.\d*)?|\.\d+)(%?)"
RANGE = re.compile(rf"\s*{NUMBER}\s*(?:(?:-|–|to)\s*{NUMBER}\s*)?")
BETA = re.compile(r"\s*beta\s*\(\s*([\d.]+)\s*[,;]\s*([\d.]+)\s*\)\s*", re.IGNORECASE)
ALLOWED = "a share from 0 to 1, a range such as 0.7-0.95, or beta(A,B) with A and B above 0"


@dataclass(frozen=True)
class Prior:
    """What is known of a share before the count.

    Attributes
    ----------
    kind : {"range", "beta"}
    one, two : float
        Ends of the range (the same for a share that is known), or the two numbers of the beta
        distribution.
    """

    kind: str
    one: float
    two: float

    def drawn(self, number: int, rng: np.random.Generator) -> Array:
        """Return random values."""
        if self.kind == "beta":
            return single(rng.beta(self.one, self.two, number))
        return rng.uniform(self.one, self.two, number)

    @property
    def short(self) -> str:
        """Return it as it may be given."""
        if self.kind == "beta":
            return f"beta({self.one:g},{self.two:g})"
        return f"{self.one:g}" if self.one == self.two else f"{self.one:g}-{self.two:g}"

    @property
    def text(self) -> str:
        """Return it in words, with its middle 95 % where it is a distribution."""
        if self.kind == "range":
            ends = dict.fromkeys(f"{100 * end:g}" for end in (self.one, self.two))
            return f"{' to '.join(ends)} %"
        from scipy.stats import beta

        low, high = beta.ppf((0.025, 0.975), self.one, self.two)
        return f"{100 * low:.0f} to {100 * high:.0f} % (95 % of {self.short})"


def prior(given: Any, key: str) -> Prior:
    """Read a prior.

    Parameters
    ----------
    given : float, str, sequence of two float or Prior
    key : str
        What it is of, for messages.

    Raises
    ------
    InputError
        If it is none.
    """
    found = given if isinstance(given, Prior) else _read(given)
    if found is None or not _fits(found):
        raise InputError(Problem("is not a share of people", key=key, value=given, allowed=ALLOWED))
    return found


def _read(given: Any) -> Prior | None:
    if isinstance(given, str):
        if beta := BETA.fullmatch(given):
            return Prior("beta", *(_number(text) for text in beta.groups()))
        ends = RANGE.fullmatch(given)
        if ends is None:
            return None
        low = _number(ends[1], ends[2])
        return Prior("range", low, low if ends[3] is None else _number(ends[3], ends[4]))
    values = list(given) if isinstance(given, Sequence) else [given, given]
    if len(values) != 2 or any(isinstance(v, bool) or not _is_number(v) for v in values):
        return None
    return Prior("range", float(values[0]), float(values[1]))


def _number(text: str, per_cent: str = "") -> float:
    try:
        return float(text) / (100.0 if per_cent else 1.0)
    except ValueError:
        return math.nan


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number)


def _fits(found: Prior) -> bool:
    """Return whether a range lies within 0 and 1, or a beta distribution exists."""
    if found.kind == "beta":
        return 0.0 < found.one < math.inf and 0.0 < found.two < math.inf
    return 0.0 <= found.one <= found.two <= 1.0


@dataclass(frozen=True)
class Errors:
    """How a count errs.

    Attributes
    ----------
    users, others : Prior
        Share of users, and of those who do not use it, who are counted as users.
    """

    users: Prior
    others: Prior

    @staticmethod
    def of(users_counted: Any = 1.0, others_counted: Any = 0.0) -> Errors:
        """Read both priors; every problem is raised.

        Raises
        ------
        InputError
            If one is no prior.
        """
        wrong: list[Problem] = []
        found = []
        for key, given in (("users-counted", users_counted), ("others-counted", others_counted)):
            try:
                found.append(prior(given, key))
            except InputError as refused:
                wrong += refused.problems
        if wrong:
            raise InputError(wrong)
        return Errors(*found)

    def drawn(self, sites: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return both shares for some sites, each of shape (sites, 1)."""
        users, others = self.users.drawn(sites, rng), self.others.drawn(sites, rng)
        return users[:, None], others[:, None]

    def to_dict(self) -> dict[str, str]:
        """Return both as they may be given."""
        return {"users_counted": self.users.short, "others_counted": self.others.short}

    @property
    def text(self) -> str:
        """Return a sentence on the assumed errors of the count."""
        if self == EXACT:
            return (
                "It is taken that everybody looked at was counted rightly. If users were missed, or others "
                "counted as users, intervals are too narrow: say so with --users-counted and --others-counted."
            )
        return (
            f"It is taken that {self.users.text} of the users looked at were counted, and "
            f"{self.others.text} of the others as users. The count does not say this by itself: a check of it, "
            "with the same people counted by somebody who knows, would narrow what is said here."
        )


EXACT = Errors(Prior("range", 1.0, 1.0), Prior("range", 0.0, 0.0))
"""Nobody is missed, and nobody taken for a user."""
