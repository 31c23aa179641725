"""The declaration of a pattern: an experiment, its measured quantities, and what a credible model must show.

A pattern is declared, not programmed: arms (scenarios with changes), quantities (a function of the
runs, with the range in which it must lie and where that range comes from), sources, and how the
setting was chosen. `qisim.validation.study` runs the arms; `judged` says pass or fail.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from qisim.model.outcomes import Array
from qisim.scenario.fields import SHORT
from qisim.scenario.scenario import Scenario, load
from qisim.validation.patterns.measuring import Estimate, Function, Runs, jackknifed

Use = Literal["tuned", "built in", "checked"]
"""What a pattern was used for: choosing base values (`scripts/choose_base.py`); nothing to be
chosen, since the source's figure stands in the model as a parameter; only checked afterwards."""

Verdict = Literal["pass", "fail", "open"]

ANYTHING = (-math.inf, math.inf)


def at_least(size: float) -> tuple[float, float]:
    """Return the tolerance of a number that has to be larger than this."""
    return size, math.inf


def at_most(size: float) -> tuple[float, float]:
    """Return the tolerance of a number that has to be smaller than this, such as a loss: -5."""
    return -math.inf, size


@dataclass(frozen=True)
class Arm:
    """One scenario of an experiment.

    Attributes
    ----------
    name : str
        Its name in the experiment.
    base : str
        A shipped scenario.
    changes : mapping
        Changes made by the experiment, which nothing else may override.
    seed : int
        Added to the seed of the study; 0 lets arms meet the same chance.
    times : int
        How many times the replicates of the other arms it has.
    added : tuple of mapping
        Activities that come on top of those of the base.
    """

    name: str
    base: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    times: int = 1
    added: tuple[Mapping[str, Any], ...] = ()

    def scenario(self, values: Mapping[str, Any] | None = None) -> Scenario:
        """Return the scenario; `values` go before those of the base, not before the changes."""
        laid_over = {SHORT.get(key, key): value for key, value in (values or {}).items()}
        changed = {SHORT.get(key, key): value for key, value in self.changes.items()}
        found = load(self.base, {**laid_over, **changed})
        if self.added:
            held = [activity.to_dict() for activity in found.activities]
            found = found.replace(activities=[*held, *self.added])
        return found.replace(name=self.name)


@dataclass(frozen=True)
class Quantity:
    """One number that a pattern is about.

    Attributes
    ----------
    name, label, unit : str
        Short name, unique within the pattern; what it is, in words; ``%``, ``points``, ``1`` ...
    of : callable
        From `Runs` to a number.
    low, high : float
        Tolerance: where the number must lie; infinite where one side is free.
    rests_on : str
        Where the tolerance comes from.
    source : float, optional
        What the source found.
    exact : bool
        Whether chance has no part in it, so that it has no interval of its own.
    """

    name: str
    label: str
    unit: str
    of: Function
    low: float
    high: float
    rests_on: str
    source: float | None = None
    exact: bool = False

    def measured(self, runs: Runs) -> Estimate:
        """Measure it."""
        if self.exact:
            value = float(self.of(runs))
            return Estimate(value, value, value)
        return jackknifed(self.of, runs)

    def verdict(self, found: Estimate) -> Verdict:
        """Return the verdict on the number.

        ``pass`` when its whole interval does, ``fail`` when none of it does, ``open`` when the
        interval reaches over an end of the tolerance: more replicates would settle it. A number
        that could not be measured fails. An open side (a least size) is passed only clear of its end.
        """
        if math.isnan(found.value) or math.isnan(found.low):
            return "fail"
        if self.holds(found.low) and self.holds(found.high):
            return "pass"
        return "fail" if found.high < self.low or found.low > self.high else self._at_zero(found)

    def holds(self, value: float) -> bool:
        """Return whether a value lies within the tolerance; NaN does not."""
        strict = math.isinf(self.low) != math.isinf(self.high) and not self.exact
        return self.low < value < self.high if strict else self.low <= value <= self.high

    def _at_zero(self, found: Estimate) -> Verdict:
        """Say that what is exactly 0, in all runs, has no direction; all else is open."""
        return "fail" if found.low == found.high else "open"


def for_each(
    names: Sequence[str], name: str, label: str, unit: str, of: Callable[[str, Runs], float],
    low: float, high: float, rests_on: str, source: float | None = None, exact: bool = False,
) -> tuple[Quantity, ...]:  # fmt: skip
    """Return one and the same quantity of several things, such as the study's two cases."""
    return tuple(
        Quantity(
            f"{name}_{each}".replace(" ", "_").replace("-", "_"), f"{each}: {label}", unit,
            partial(of, each), low, high, rests_on, source, exact,
        )
        for each in names
    )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line of a sketch: what the model, or a source, shows.

    Attributes
    ----------
    label : str
    x, y : ndarray, shape (points,)
    low, high : ndarray, optional
        A band around it.
    """

    label: str
    x: Array
    y: Array
    low: Array | None = None
    high: Array | None = None


@dataclass(frozen=True)
class Sketch:
    """What a figure of a pattern shows beside the measured numbers.

    Attributes
    ----------
    x, y : str
        Labels of the axes.
    model, source : tuple of Line
    """

    x: str
    y: str
    model: tuple[Line, ...]
    source: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Pattern:
    """A pattern that a credible model must reproduce.

    Attributes
    ----------
    id, title : str
    expected : str
        Direction and size in words.
    sources : tuple of str
        Row ids of the evidence table, or ``design`` for what is asked of any model of this kind.
    use : {"tuned", "built in", "checked"}
    setting : str
        How the experiment was chosen: why it is a fair translation of the source.
    arms : tuple of Arm
    series : tuple of str
        Weekly series that are kept.
    quantities : tuple of Quantity
    sketch : callable, optional
        From `Runs` to the `Sketch` of its figure.
    """

    id: str
    title: str
    expected: str
    sources: tuple[str, ...]
    use: Use
    setting: str
    arms: tuple[Arm, ...]
    series: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    sketch: Callable[[Runs], Sketch] | None = None


@dataclass(frozen=True)
class Measured:
    """One quantity of a pattern, measured and judged."""

    quantity: Quantity
    found: Estimate

    @property
    def verdict(self) -> Verdict:
        """Whether it lies where it must."""
        return self.quantity.verdict(self.found)


@dataclass(frozen=True)
class Judged:
    """A pattern, measured and judged."""

    pattern: Pattern
    measured: tuple[Measured, ...]
    sketch: Sketch | None = None

    @property
    def verdict(self) -> Verdict:
        """``fail`` if any quantity fails, else ``open`` if any is open, else ``pass``."""
        verdicts = {one.verdict for one in self.measured}
        return "fail" if "fail" in verdicts else ("open" if "open" in verdicts else "pass")


def judged(pattern: Pattern, runs: Runs, sketched: bool = True) -> Judged:
    """Measure and judge a pattern; with or without the sketch of its figure."""
    measured = tuple(Measured(q, q.measured(runs)) for q in pattern.quantities)
    sketch = pattern.sketch(runs) if pattern.sketch and sketched else None
    return Judged(pattern, measured, sketch)
