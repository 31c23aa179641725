"""One thing changed in a scenario, or in two at once: a key, on which side, over which range."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from qisim.decide.finding import setting
from qisim.decide.parts import fitted, short, stays_throughout
from qisim.decide.worlds import parameter_named
from qisim.errors import InputError, Problem, ScenarioError, nearest_name
from qisim.model.parameters import PARAMETERS, Parameter
from qisim.scenario.scenario import Scenario

COUNTS = ("units", "posts")
"""Units of what nobody has a fraction of, whatever a file may say."""

Side = Literal["both", "base", "other"]
SIDES: tuple[Side, ...] = ("both", "base", "other")


def changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Return a scenario with some values changed, its weeks and its calendar fitted to them.

    A shorter programme leaves out what lies after its end; see `qisim.decide.parts.fitted`.

    Raises
    ------
    ScenarioError
        If the values do not go together.
    """
    values = {**scenario.values, **scenario.choices, **changes}
    length = values["programme.length_weeks"]
    if length != scenario["programme.length_weeks"]:
        key = "programme.facilitator_weeks"
        if key not in changes:
            values[key] = length if stays_throughout(scenario) else min(values[key], length)
        begins = "programme.champion_from_week"
        values[begins] = max(min(values[begins], length), 1)
    calendar = list(fitted(scenario.activities, values))
    moved = {key: value for key, value in values.items() if value != scenario[key]}
    if tuple(calendar) != tuple(scenario.activities):
        moved["activities"] = [one.to_dict() for one in calendar]
    return scenario.replace(moved) if moved else scenario


@dataclass(frozen=True)
class Lever:
    """A number that is moved, in both scenarios of a question or in one.

    Attributes
    ----------
    parameter : Parameter
    side : {"both", "base", "other"}
    low, high : float
        Range over which it is moved.
    """

    parameter: Parameter
    side: Side
    low: float
    high: float

    @property
    def key(self) -> str:
        """Dotted key."""
        return self.parameter.key

    @property
    def whole(self) -> bool:
        """Whether it is moved by whole numbers only: a count, or what a file takes as whole numbers only."""
        return self._whole_in_files or self.parameter.unit in COUNTS

    @property
    def _whole_in_files(self) -> bool:
        return self.parameter.kind == "int"

    def words(self, names: Sequence[str] = ()) -> str:
        """Return it in words; `names` are those of base and other."""
        text = short(self.key)
        if self.side == "both" or len(names) < 2:
            return text
        return f"{text} in {names[self.side == 'other']}"

    def value(self, value: float) -> str:
        """Return one of its values with its unit."""
        return setting(self.key, round(value) if self._whole_in_files else float(f"{value:.3g}"))

    def own(self, scenarios: Sequence[Scenario]) -> list[float]:
        """Return the values that the scenarios have of it, each once, of the side it is moved on."""
        held = scenarios if self.side == "both" else [scenarios[self.side == "other"]]
        return list(dict.fromkeys(float(one[self.key]) for one in held))

    def put(self, scenarios: Sequence[Scenario], value: float) -> list[dict[str, Any]]:
        """Return for each scenario what is to be changed."""
        given: Any = round(value) if self._whole_in_files else float(value)
        sides = [self.side in ("both", name) for name in ("base", "other")]
        return [{self.key: given} if moved else {} for moved, _ in zip(sides, scenarios)]

    def grid(self, steps: int, own: Sequence[float]) -> list[float]:
        """Return values over the range, with one's own among them where they lie within it."""
        values = np.linspace(self.low, self.high, steps).tolist()
        if self.whole:
            values = [float(round(value)) for value in values]
        step = (self.high - self.low) / max(steps - 1, 1)
        inside = [value for value in own if self.low <= value <= self.high]
        # a point next to one's own value gives way to it
        values = [v for v in values if all(abs(v - one) > step / 3 or v == one for one in inside)]
        return sorted({*values, *inside})


def lever(words: str, key: str, ends: Sequence[float] | None = None, scenarios: int = 2) -> Lever:
    """Read a lever: ``KEY``, or with two scenarios ``base:KEY`` or ``other:KEY``.

    Parameters
    ----------
    words : str
        What was given.
    key : str
        Where it was given.
    ends : sequence of float, optional
        The range; by default the plausible one.
    scenarios : int
        How many scenarios the question is about.

    Raises
    ------
    InputError
        If there is no such number, or the range is none of it.
    """
    side: Side = "both"
    head, colon, rest = str(words).partition(":")
    if colon:
        if head not in SIDES or (scenarios < 2 and head != "both"):
            allowed = (
                "KEY, base:KEY or other:KEY" if scenarios > 1 else "KEY: there is one scenario"
            )
            raise InputError(
                Problem(
                    "is not a side of the question",
                    key=key,
                    value=words,
                    allowed=allowed,
                    nearest=nearest_name(head, SIDES),
                )
            )
        side, words = head, rest
    found = parameter_named(words, key)
    low, high = (found.low, found.high) if ends is None else (float(ends[0]), float(ends[1]))
    if not found.minimum <= low < high <= found.maximum:
        raise InputError(
            Problem(f"is not a range of {found.key}", key=f"{key}-range", value=f"{low:g},{high:g}",
                    allowed=f"LOW,HIGH within {found.allowed}")
        )  # fmt: skip
    if found.kind == "int" and (low != round(low) or high != round(high)):
        raise InputError(
            Problem("takes whole numbers", key=f"{key}-range", value=f"{low:g},{high:g}")
        )
    return Lever(found, side, low, high)


def tried(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario | None:
    """Return a changed scenario; None where the values do not go together."""
    try:
        return changed(scenario, changes)
    except ScenarioError:
        return None


def tried_all(
    scenarios: Iterable[Scenario], changes: Iterable[Mapping[str, Any]]
) -> list[Scenario] | None:
    """Return scenarios, each with its changes; None where the values of one do not go together."""
    found = []
    for scenario, given in zip(scenarios, changes, strict=True):
        one = tried(scenario, given)
        if one is None:
            return None
        found.append(one)
    return found


def range_text(key: str) -> str:
    """Return the plausible range of a number in words."""
    declared = PARAMETERS[key]
    return f"{setting(key, declared.low, bare=True)} to {setting(key, declared.high)}"
