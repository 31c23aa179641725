"""Sensitivity restricted to the points at which a condition holds, such as ``adoption_final > 0.4``.

The points that meet it are selected from those that were run. After selection, inputs are no longer
independent: two with similar effects are negatively correlated. So only methods that do not require
independent inputs apply, delta and PAWN, with a floor from the same selected points. Their indices
describe association among these points, not the effect of a change.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.design.plan import Plan
from qisim.design.plan_file import is_study
from qisim.errors import DataError, InputError, Problem, nearest_name
from qisim.model.outcomes import REPORTED
from qisim.runs.sweep_result import Runs
from qisim.sensitivity.sample import FEWEST_ALONE

METHODS = ("delta", "pawn")
"""Methods that do not require independent inputs; the first is the default."""
RELATIONS: dict[str, Callable[[Any, float], Any]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
WRITTEN = re.compile(
    r"\s*([A-Za-z_]+)\s*(>=|<=|>|<)\s*([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*(%?)\s*"
)
ALLOWED = 'an outcome, one of > >= < <=, and a number, such as "adoption_final > 0.4" or "> 40 %"'


@dataclass(frozen=True)
class Where:
    """A condition on an outcome.

    Attributes
    ----------
    outcome, relation : str
    number : float
        In the outcome's own unit: .4 for 40 %.
    """

    outcome: str
    relation: str
    number: float

    @property
    def text(self) -> str:
        """Return it as it can be written again."""
        return f"{self.outcome} {self.relation} {self.number:g}"

    def holds(self, runs: Runs) -> npt.NDArray[np.bool_]:
        """Return at which points it holds: in every scenario, of the mean over the replicates.

        A point at which a run has no value, or was not made, does not meet it.
        """
        means = [values.mean(axis=1) for values in runs.all_values(self.outcome).values()]
        with np.errstate(invalid="ignore"):
            each = [RELATIONS[self.relation](mean, self.number) for mean in means]
        return np.asarray(np.all(each, axis=0), dtype=bool)

    def picked(self, runs: Runs) -> npt.NDArray[np.bool_]:
        """Return at which points it holds.

        Raises
        ------
        DataError
            If there are too few to be analysed.
        """
        which = self.holds(runs)
        number, of = int(which.sum()), len(which)
        if number < FEWEST_ALONE:
            more = (
                f"; about {-(-of * FEWEST_ALONE // number):,} points have so many" if number else ""
            )
            raise DataError(
                f"{self.text} holds at {number} of {of:,} points, and at least {FEWEST_ALONE} are needed{more}"
            )
        return which

    def sentence(self, which: npt.NDArray[np.bool_], scenarios: int) -> str:
        """Say how many points meet it, and what follows of those that do."""
        both = " in both scenarios" if scenarios == 2 else ""
        return (
            f"{self.text} holds{both} at {int(which.sum()):,} of {len(which):,} points (of the mean over the "
            "replicates). What follows is of these alone. Picked so, inputs are no longer independent: an "
            "index says what the outcome goes with there, not what a change would do."
        )


def condition(text: str | None) -> Where | None:
    """Read a condition; None where there is none.

    Raises
    ------
    InputError
        If it is no condition, or on no outcome.
    """
    if text is None:
        return None
    read = WRITTEN.fullmatch(str(text))
    try:
        number = float(read[3]) / (100.0 if read[4] else 1.0) if read else np.nan
    except ValueError:
        number = np.nan
    if read is None or not np.isfinite(number):
        raise InputError(Problem("is not a condition", key="where", value=text, allowed=ALLOWED))
    name = read[1]
    if name not in REPORTED:
        near = nearest_name(name, REPORTED)
        raise InputError(Problem("is not an outcome", key="where", value=name, nearest=near))
    if read[4] and REPORTED[name].unit != "share":
        message = f"is no share, so per cent do not go with it ({REPORTED[name].unit})"
        raise InputError(Problem(message, key="where", value=name))
    return Where(name, read[2], number)


def method_for(where: Where | None, source: Any, method: str | None) -> str | None:
    """Return the method that was asked for, or what a condition takes where nothing names one."""
    named = method is not None or isinstance(source, Plan) or is_study(source)
    return method if where is None or named else METHODS[0]


def check_where(where: Where | None, plan: Plan, until: float | None, theories: bool) -> None:
    """Refuse what does not go with a condition.

    Raises
    ------
    InputError
        All problems are listed.
    """
    if where is None:
        return
    found = []
    if plan.analysis.method not in METHODS:
        held = plan.analysis.method
        message = f"picks points, after which inputs hang together; {held} needs them independent"
        found.append(
            Problem(
                message, key="where", value=where.text, allowed=f"--method {' or '.join(METHODS)}"
            )
        )
    if until is not None:
        found.append(
            Problem("does not go with a condition", key="until", allowed="a larger --samples")
        )
    if theories:
        found.append(Problem("does not go with a condition", key="theories", allowed="one of both"))
    if found:
        raise InputError(found)
