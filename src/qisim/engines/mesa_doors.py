"""Adapting Mesa's batch runner and page to a model whose randomness is fixed by seed and replicate.

Mesa's tools construct models themselves, with their own idea of seeds and iterations. This module
interprets those arguments so that several seeds give several runs, and refuses what would give the
same run again.
"""

from __future__ import annotations

import copy
import inspect
import sys
from numbers import Integral
from typing import Any

import mesa
import numpy as np

from qisim.errors import InputError, Problem
from qisim.model.draws import MAX_SEED
from qisim.model.outcomes import WEEKLY
from qisim.scenario.display import DIGEST, card, shortened
from qisim.scenario.scenario import Scenario
from qisim.text import shown

DEFAULT_SEED = 1

GENERATORS = (np.random.Generator, np.random.BitGenerator, np.random.SeedSequence)

FRAMES = 12
"""Frames above a model's constructor that are inspected; a subclass adds one."""


def seed_of(seed: Any, rng: Any) -> Any:
    """Return the seed that a model was given, by either name, or the default.

    Parameters
    ----------
    seed : int, optional
        A whole number, of numpy as well.
    rng : int, generator or sequence of int, optional
        A whole number is the seed; of a generator, a seed is drawn.

    Raises
    ------
    InputError
        If both are given, or no seed can be derived from `rng`.
    """
    if seed is not None and rng is not None:
        message = "are two names for the same thing; give only one"
        raise InputError(Problem(message, key="seed, rng", value=(seed, rng)))
    given = rng if seed is None else seed
    if given is None:
        return DEFAULT_SEED
    if isinstance(given, Integral) and not isinstance(given, bool):
        return int(given)
    return given if rng is None or isinstance(rng, bool) else drawn_from(rng)


def drawn_from(rng: Any) -> int:
    """Return a seed drawn from a generator; the next one drawn from it is another."""
    known = isinstance(rng, GENERATORS) or (
        isinstance(rng, list | tuple | np.ndarray) and np.asarray(rng).dtype.kind in "iu"
    )
    if not known:
        allowed = "a whole number, a generator of numpy, or a sequence of whole numbers"
        raise InputError(Problem("is not a seed", key="rng", value=rng, allowed=allowed))
    return int(np.random.default_rng(rng).integers(MAX_SEED, endpoint=True))


# --- who is asking ---------------------------------------------------------------------------------


def asked_by(module: str, function: str) -> dict[str, Any]:
    """Return the local variables of the function that is constructing a model; empty if it is another one."""
    frame = sys._getframe(1)
    for _ in range(FRAMES):
        if frame.f_back is None:
            break
        frame = frame.f_back
        if frame.f_code.co_name == function and frame.f_globals.get("__name__") == module:
            return frame.f_locals
    return {}


def refuse_repeats(rng: Any) -> None:
    """Refuse the second and later iterations of a batch run, which would be the first run again.

    Mesa's batch runner counts iterations without telling the model; newer versions pass a seed for
    each, which is fine, or None.
    """
    number = asked_by("mesa.batchrunner", "_model_run_func").get("run", (0, 0))[1]
    if number and (rng is None or not BATCH_HANDS_SEEDS):
        wanted = 'mesa.batch_run(CareUnit, {"replicate": range(20)})'
        message = "would give the same run again: chance is fixed by seed and replicate"
        raise InputError(Problem(message, key="iterations", value=number + 1, allowed=wanted))


BATCH_HANDS_SEEDS = "rng" in inspect.signature(mesa.batch_run).parameters
"""Whether the batch runner of this version of Mesa passes a seed to every model."""


def scenario_of_page() -> Any:
    """Return the scenario of the page that is resetting its model, or None outside a page.

    A page that is reset keeps only its user's choices: without this, the page of another scenario
    would continue with the default.
    """
    local = asked_by("mesa.visualization.solara_viz", "do_reset")
    if "model" not in local:
        return None
    return getattr(local["model"].value, "scenario", None)


class _Held(Scenario):
    """A model's scenario. It is falsy, or newer versions of Mesa would take it for one of their own
    scenarios.
    """

    def __bool__(self) -> bool:
        return False


def held(scenario: Scenario) -> Scenario:
    """Return a scenario as a model's attribute `scenario`: equal to it, and ignored by Mesa's page."""
    found = copy.copy(scenario)
    object.__setattr__(found, "__class__", _Held)
    return found


# --- in a notebook ---------------------------------------------------------------------------------


def model_line(model: Any) -> str:
    """Return a model in one line."""
    if not isinstance(model.scenario, Scenario):
        return f"<{type(model).__name__}: week {model.week} of {model.world.weeks}>"
    name, digest = shortened(model.scenario.name, 40), model.scenario.digest[:DIGEST]
    where = f"week {model.week} of {model.world.weeks}, seed {model.study_seed}, replicate {model.replicate}"
    return f"<{type(model).__name__} {name}: {where}, scenario {digest}>"


def model_html(model: Any) -> str:
    """Return a model as a card: its current week, and the series of this week."""
    if not isinstance(model.scenario, Scenario):
        return card(type(model).__name__, {"week": f"{model.week} of {model.world.weeks}"})
    facts = {
        "scenario": shortened(model.scenario.name, 40),
        "week": f"{model.week} of {model.world.weeks}",
        "seed": model.study_seed,
        "replicate": model.replicate,
        "digest": model.scenario.digest[:DIGEST],
    }
    now = getattr(model, "current", {}) if model.week else {}
    rows = [
        (WEEKLY[name].label, shown(now[name], WEEKLY[name].unit, with_unit=True))
        for name in ("adoption", "use", "reach", "leader_use", "workload", "programme_hours")
        if name in now
    ]
    note = ".step() lives through a week, .datacollector has all weeks"
    return card(model.scenario.title, facts, ("this week", ""), rows, note)
