"""Patterns under random draws of all uncertain parameters: which test the values, which follow from
the structure.

A pattern that holds whatever the uncertain numbers are says that the mechanism is there, and nothing of
the numbers; one that holds in few draws leans on the values that were chosen. Draws are those of
`qisim.design.ensemble.over_uncertain`: every uncertain number over its declared range, each by itself. What a
shipped scenario or an experiment sets is part of it and stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from qisim.design.ensemble import UNCERTAIN_SETS, over_uncertain
from qisim.errors import Problem, ScenarioError
from qisim.model.parameters import PARAMETERS
from qisim.scenario.scenario import Scenario, load
from qisim.validation.patterns import Pattern, judged
from qisim.validation.patterns.measuring import Runs

DRAWS = 24
"""Draws of the full form."""
RUNS = 20
"""Runs of each arm in each draw: what is asked is where numbers move a pattern, not luck."""


class Held(NamedTuple):
    """In how many draws a pattern held, of how many."""

    held: int
    draws: int

    @property
    def text(self) -> str:
        """Return it in words."""
        if not self.draws:
            return ""
        return f"{self.held} of {self.draws}"


def wrong_draws(draws: Any) -> list[Problem]:
    """Return what is wrong with a number of draws."""
    if isinstance(draws, int) and not isinstance(draws, bool) and 0 <= draws <= UNCERTAIN_SETS:
        return []
    allowed = f"a whole number from 0 (none) to {UNCERTAIN_SETS}"
    return [Problem("is not a number of draws", key="draws", value=draws, allowed=allowed)]


def drawn_arms(pattern: Pattern, draws: int, values: Mapping[str, Any]) -> Iterable[list[Scenario]]:
    """Yield the arms of a pattern under each draw; a draw that does not go with an arm is left out.

    Parameters
    ----------
    pattern : Pattern
    draws : int
    values : mapping
        Laid over every draw, as over the scenarios of a validation.
    """
    bases = {arm.base: load(arm.base) for arm in pattern.arms}
    for drawn in islice(over_uncertain().sets(), draws):
        try:
            yield [
                arm.scenario({**_free(bases[arm.base], drawn), **values}) for arm in pattern.arms
            ]
        except ScenarioError:
            continue


def _free(base: Scenario, drawn: Mapping[str, float]) -> dict[str, float]:
    """Return the drawn values of what a scenario does not set itself."""
    return {key: value for key, value in drawn.items() if base[key] == PARAMETERS[key].default}


def held_in(
    pattern: Pattern, draws: int, values: Mapping[str, Any],
    runs_of: Callable[[list[Scenario]], Runs],
) -> Held:  # fmt: skip
    """Count the draws in which a pattern does not fail.

    It fails where the whole interval of a number misses its tolerance, as everywhere; with few runs in each
    draw, what luck may have done is not held against it.
    """
    found = [
        judged(pattern, runs, sketched=False).verdict != "fail"
        for runs in map(runs_of, drawn_arms(pattern, draws, values))
    ]
    return Held(sum(int(one) for one in found), len(found))


def rates_line(held: Mapping[str, Held]) -> str:
    """Say which patterns hold in every draw, and which in fewer than half."""
    whole = [name for name, one in held.items() if one.draws and one.held == one.draws]
    few = [name for name, one in held.items() if one.draws and 2 * one.held < one.draws]
    draws = max(one.draws for one in held.values())
    least = 100.0 * 0.05 ** (1.0 / draws) if draws else 0.0
    return (
        f"Under {draws} random draws of all uncertain numbers "
        f"({RUNS} runs of each arm; a draw holds unless the whole interval of a number misses its "
        "tolerance). Hold in every draw "
        f"(so with 95 % confidence in at least {least:.0f} % of all draws), "
        f"and test these numbers hardly or not at all: {', '.join(whole) or 'none'}. Hold in "
        f"fewer than half, so lean on the values that were chosen: {', '.join(few) or 'none'}."
    )
