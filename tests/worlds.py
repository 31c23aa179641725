"""Small worlds that a test can live through in a moment."""

import numpy as np

import qisim
from qisim.engines.mesa_model import simulate
from qisim.model.allocation import allocated
from qisim.model.coefficients import coefficients
from qisim.model.outcomes import WEEKLY

CALENDAR = [
    {"kind": "seminar", "week": 2, "hours": 3.0, "audience": "everyone", "led_by": "leader"},
    {"kind": "workshop", "week": 3, "hours": 4.0, "audience": "leaders", "led_by": "facilitator"},
    {"kind": "elearning", "week": 4, "hours": 2.0, "audience": "staff", "led_by": "nobody"},
    {"kind": "simulation", "week": 5, "hours": 2.0, "every": 4, "until": 17, "places": 4,
     "audience": "everyone", "led_by": "champion"},
    {"kind": "feedback", "week": 8, "hours": 0.5, "audience": "staff", "led_by": "champion"},
    {"kind": "refresher", "week": 12, "hours": 1.0, "who": "untrained", "audience": "staff",
     "led_by": "leader"},
]  # fmt: skip
"""Something of every sort: whom it is for, who leads it, limited places, repeats, newcomers."""

SMALL = {
    "name": "small",
    "site": {"units": 2, "staff_per_unit": 5, "teams_per_unit": 2, "champions_per_unit": 1},
    "programme": {"length_weeks": 20, "facilitator_weeks": 12},
    "run": {"weeks": 30},
    "activities": CALENDAR,
}
"""Two units of five posts, a full calendar of twenty weeks, watched for thirty."""


def small(overrides=None, /, **keywords):
    """Return the small scenario with some values changed."""
    return qisim.load(SMALL, {**(overrides or {}), **keywords})


def live(model, weeks=None):
    """Let a model live through some weeks, or through all of them; return its weekly series."""
    while model.running and (weeks is None or model.week < weeks):
        model.step()
    return model.datacollector.get_model_vars_dataframe()


def lived(scenario="external", replicate=0, seed=1, **parameters):
    """Return the weekly series of one run."""
    return live(qisim.CareUnit(scenario, replicate=replicate, seed=seed, **parameters))


def series(scenario, replicates=1, seed=1, simulate=simulate):
    """Return weekly series by name, each of shape (weeks, replicates)."""
    from qisim.model import site

    numbers = np.arange(replicates)
    rows = allocated(scenario, coefficients(scenario), seed, numbers)
    weekly, _ = simulate(site.build(scenario), rows, seed, numbers)
    return {name: weekly[:, place, :] for place, name in enumerate(WEEKLY)}
