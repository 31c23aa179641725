"""The page's data: parameters, outcomes, layouts of the module's memory, plans, strengths, sources.

All of it comes from the declarations that Python uses; the page's scripts hold no number of the model.
"""

from __future__ import annotations

import base64
import csv
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from scipy.special import fdtri

from qisim.comparison.basis import SKEWED
from qisim.comparison.estimands import MOST_UNSURE, RATIOS
from qisim.comparison.layers import KEY, RESAMPLES, clopper_pearson
from qisim.comparison.paired import ALPHA, t_quantile
from qisim.comparison.sequential import level
from qisim.comparison.verdicts import NEARLY_ALL
from qisim.decide.parts import BUNDLES, STRENGTHS, WARD, bundle_of
from qisim.decide.shapley import shapley_values
from qisim.design.ensemble import ACCEPTABLE, ensemble
from qisim.design.sites import Sites, is_factor, number_of, typical
from qisim.engines import lane_tables, wasm, wasm_desk, wasm_layers, wasm_statistics
from qisim.engines.trace import LEVELS
from qisim.errors import InputError, Problem
from qisim.model import evidence
from qisim.model.calendar import ACTIVITY_KINDS, AUDIENCES, INVITED, LED_BY
from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.model.parameters import PARAMETERS
from qisim.model.site import ACTIVITY
from qisim.scenario.fields import CHOICES, DEFAULTS
from qisim.scenario.scenario import Scenario, load
from qisim.scenario.ward import WARD_KEYS

PLANS = (
    "internal-competence", "external-leadership", "external-competence", "internal-leadership",
    "blended", "no-programme",
)  # fmt: skip
"""Shipped scenarios from which a plan can start; the last is doing nothing."""

SETTINGS = {"nursing_home": "parts/site-nursing-home", "home_care": "parts/site-home-care"}
"""Files with the values that differ between settings."""

LEVERS: Mapping[str, tuple[float, ...]] = {
    "leadership.champion_hours": (0.5, 1.5, 3.0, 7.5),
    "leadership.champion_hours_after": (0.0, 0.25, 0.5, 1.0),
    "leadership.leader_hours": (1.0, 2.5, 5.0, 7.5),
    "programme.protected_time": (0.0, 0.3, 0.6, 1.0),
    "tool.usability": (0.4, 0.65, 0.8, 0.9),
    "tool.documentation_hours": (0.2, 0.6, 1.0, 1.5),
    "tool.fit": (0.4, 0.65, 0.8, 0.9),
    "programme.sharing": (0.0, 0.5, 0.8, 1.0),
    "programme.facilitator_hours": (0.0, 2.0, 4.0, 6.0),
    "programme.structure": (0.2, 0.5, 0.75, 0.9),
    "programme.adaptable": (0.0, 0.4, 0.7, 1.0),
    "programme.session_hours": (0.25, 0.5, 0.75, 1.0),
}
"""Levers of a plan, the visible ones first, each with four values that are named in the word files."""

MOST_PARTS = 6
"""Most parts into which the page decomposes a difference; every combination of parts is run."""

MOVED = (
    "workload.pressure",
    "workforce.staff_turnover",
    "workforce.sickness_absence",
    "site.mean_post",
)
"""Parameters of a ward that the page varies to find what would change an answer."""
GRID, MAP = 17, 7
"""Grid points over a parameter's plausible range: in the search for its turning value, and on a map."""

STAGES, MOST_SHOWN = (16, 64, 112), 200
"""Runs of each plan after which the answer is drawn, up to the final number: no set of strengths is
used twice, so every run is a world of its own."""
MOST_WORLDS = 1024
"""Worlds among which the page looks for those that match the observed course of a plan already begun."""

SEED = 1
"""Seed of the page's answers unless a link gives another."""
SETTLED = 0.5
"""Level of `settled` up to which a newcomer is shown as new."""

HIGH_IS_LESS = ("tool.documentation_hours",)
"""Levers for which lower values mean more of the programme."""


def scenario_data(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as the page holds it.

    Raises
    ------
    InputError
        If the page cannot run it as `qisim compare` would.
    """
    if scenario.choices["run.allocation"] != "off":
        message = "the page does not draw which case has which factor"
        raise InputError(
            Problem(message, scenario.name, key="run.allocation",
                    value=scenario.choices["run.allocation"], allowed="off")
        )  # fmt: skip
    return {
        "name": scenario.name,
        "title": scenario.title,
        "values": {**scenario.values, **scenario.choices},
        "activities": [one.to_dict() for one in scenario.activities],
        "events": [one.to_dict() for one in scenario.events],
    }


def page_data(given: list[Scenario]) -> dict[str, Any]:
    """Return all data of the page.

    Parameters
    ----------
    given : list of Scenario
        Plans shown at the start; the ward is that of the first.
    """
    sets = ensemble(ACCEPTABLE)
    settings = {word: _setting(word) for word in SETTINGS}
    known = evidence.sources()
    told = {i for p in PARAMETERS.values() for i in p.sources} & set(known)
    return {
        "version": _version(),
        "given": [scenario_data(one) for one in given],
        "plans": {name: scenario_data(load(name)) for name in PLANS},
        "settings": settings,
        "defaults": DEFAULTS,
        "ward": WARD_KEYS,
        "levers": LEVERS,
        "less": HIGH_IS_LESS,
        "more": _extra_activities(),
        "days": _bad_days(),
        "grids": {key: _grid(key, GRID) for key in (*LEVERS, *MOVED)},
        "maps": {key: _grid(key, MAP) for key in (*LEVERS, *MOVED)},
        "stages": [*STAGES, MOST_SHOWN],
        "worlds": MOST_WORLDS,
        "fewest": wasm_statistics.FEWEST,
        "sites": _sites() | {"asked": number_of(None, given) is not None},
        "layers": _layers(len(sets.values)),
        "ratios": RATIOS,
        "unsure": MOST_UNSURE,
        "nearly_all": NEARLY_ALL,
        "levels": LEVELS[:-1],
        "settled": SETTLED,
        "sets": {"keys": sets.keys, "values": sets.values.tolist()},
        "parameters": {
            key: {
                "low": p.low, "high": p.high, "min": p.minimum, "max": p.maximum, "unit": p.unit,
                "meaning": p.meaning, "sources": p.sources, "whole": p.kind == "int",
                "factor": p.factor, "default": p.default, "role": p.role,
            }
            for key, p in PARAMETERS.items()
        },
        "sources": {
            i: {"text": f"{known[i].source}: {known[i].quantity}, {known[i].value} {known[i].unit}",
                "url": _address(known[i].doi_or_url), "basis": known[i].basis}
            for i in sorted(told)
        },
        "validation": _validation(),
        "outcomes": [
            {"name": o.name, "label": o.label, "unit": o.unit, "better": o.better, "matters": o.matters,
             "missing": o.missing_when}
            for o in OUTCOMES.values()
        ],
        "weekly": [{"name": s.name, "label": s.label, "unit": s.unit} for s in WEEKLY.values()],
        "t": _quantiles(ALPHA),
        "first_look": _quantiles(level(0)),
        "seldom": {name: 2 if OUTCOMES[name].missing_is_worst else 1 for name in SKEWED},
        "bundles": [*BUNDLES, WARD, STRENGTHS],
        "bundle_of": {key: [*BUNDLES, WARD, STRENGTHS].index(bundle_of(key)) for key in DEFAULTS},
        "shapley": [[], *(shapley_values(np.eye(2**n)).tolist() for n in range(1, MOST_PARTS + 1))],
        "words": {
            "kind": ACTIVITY_KINDS, "audience": AUDIENCES, "who": INVITED, "led_by": LED_BY,
            "target": CHOICES["programme.target"].options, "lead": CHOICES["programme.lead"].options,
        },
        "layout": layout(),
    }  # fmt: skip


def _quantiles(alpha: float) -> list[float]:
    """Return the quantiles of t by number of values."""
    return [0.0, 0.0, *(t_quantile(alpha, n) for n in range(2, wasm_desk.MOST_RUNS + 1))]


def layout() -> dict[str, Any]:
    """Return the offsets of the tables in the module's memory, in bytes from the desk."""
    fields: Mapping[str, Any] = wasm_desk.DESK.fields or {}
    rows = {
        "line": wasm_desk.LINE, "event": wasm_desk.EVENT, "summary": wasm_desk.SUMMARY,
        "paid": wasm_desk.PAID, "layer": wasm_layers.LAYER,
    }  # fmt: skip
    return {
        "base": wasm.STACK,
        "lanes": wasm_desk.LANES,
        "desk": {
            name: [offset, "float" if kind == np.float64 else "whole"]
            for name, (kind, offset, *_) in fields.items()
        },
        "behind": wasm_desk.ROOM_FOR_DESK,
        "people": {
            "staff": _places(lane_tables.PERSON, (*LEVELS[:-1], "group", "settled", "hired")),
            "leaders": _places(
                lane_tables.PERSON, ("in_post", "absent", "used", "routine", "hired")
            ),
            "units": _places(lane_tables.UNIT, ("stopped", "load")),
        },
        "calendar": _fields(lane_tables.CALENDAR, ("running", "facilitator", "demand")),
        "activity": _fields(ACTIVITY, ("kind", "hours", "for_staff", "for_leaders")),
        "keys": wasm_desk.KEYS,
        "places": wasm_desk.INPUT_PLACES,
        "rows": {name: list(kind.names or ()) for name, kind in rows.items()},
        "levels": wasm_desk.LEVELS,
        "runs": wasm_desk.MOST_RUNS,
        "lines": wasm_desk.MOST_LINES,
        "verdicts": ["cannot_tell", "higher", "lower", "too_small", "same"],
    }


def _places(kind: np.dtype, names: Sequence[str]) -> dict[str, Any]:
    """Return the row size of a table of lanes, and the offsets of the first lane's fields."""
    fields: Mapping[str, Any] = kind.fields or {}
    return {"size": kind.itemsize, "fields": {name: int(fields[name][1]) for name in names}}


def _fields(kind: np.dtype, names: Sequence[str]) -> dict[str, Any]:
    """Return the row size of a table, and the offsets and types of its fields."""
    fields: Mapping[str, Any] = kind.fields or {}
    places = {
        name: [int(fields[name][1]), "float" if fields[name][0] == np.float64 else "whole"]
        for name in names
    }
    return {"size": kind.itemsize, "fields": places}


def _sites() -> dict[str, Any]:
    """Return sites like a ward, as `qisim compare --sites` draws them for the seed of the page."""
    sites = Sites(MOST_SHOWN, SEED)
    rows = []
    for key in sites.keys:
        p = PARAMETERS[key]
        rows.append([typical(key), 1.0 if is_factor(key) else 0.0, p.minimum, p.maximum])
    return {"seed": SEED, "keys": sites.keys, "rows": rows, "drawn": sites.drawn().tolist()}


def _layers(sets: int) -> dict[str, Any]:
    """Return the tables needed to state in how many sets each plan is ahead, for the last stage of
    the answer.
    """
    number = min(sets, MOST_SHOWN)
    picks = np.random.default_rng([KEY, number]).integers(number, size=(RESAMPLES, number))
    exact = [end for count in range(number + 1) for end in clopper_pearson(count, number)]
    free = MOST_SHOWN - number
    tails = (ALPHA / 2, 1.0 - ALPHA / 2)
    return {
        "runs": MOST_SHOWN, "groups": number, "exact": exact,
        "picks": base64.b64encode(picks.astype(np.uint8).tobytes()).decode(),
        "f": [float(fdtri(number - 1, free, tail)) for tail in tails] if free else [],
    }  # fmt: skip


def _extra_activities() -> dict[str, Any]:
    """Return the activities that can be added to a plan, by kind, as the shipped plans hold them."""
    left_out = ("name", "week", "every", "until")
    found: dict[str, Any] = {}
    for name in PLANS:
        for one in load(name).activities:
            if one.who == "all":
                line = {key: value for key, value in one.to_dict().items() if key not in left_out}
                found.setdefault(one.kind, line)
    return found


def _validation() -> list[dict[str, str]]:
    """Return the patterns with their use and their verdicts in the last validation."""
    text = files("qisim.data").joinpath("validation.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _grid(key: str, steps: int) -> list[float]:
    """Return values over the plausible range of a number."""
    p = PARAMETERS[key]
    return [round(float(value), 4) for value in np.linspace(p.low, p.high, steps)]


def _bad_days() -> list[dict[str, Any]]:
    """Return common setbacks: the events of the shipped stress cases, and turnover at its highest."""
    events = {
        name: [one.to_dict() for one in load(case).events]
        for name, case in (("winter", "stress-winter-surge"), ("leader", "stress-leader-leaves"))
    }
    leavers = {"nurse": "workforce.leader_turnover", "turnover": "workforce.staff_turnover"}
    return [
        *({"name": name, "events": found, "set": {}} for name, found in events.items()),
        *(
            {"name": name, "events": [], "set": {key: PARAMETERS[key].high}}
            for name, key in leavers.items()
        ),
    ]


def _setting(word: str) -> dict[str, Any]:
    """Return the default ward of this setting."""
    scenario = load(SETTINGS[word])
    values = {**scenario.values, **scenario.choices}
    return {key: values[key] for key in WARD_KEYS}


def _address(text: str) -> str:
    """Return a DOI as an address; anything else as it is."""
    return f"https://doi.org/{text}" if text.startswith("10.") else text


def _version() -> str:
    from importlib.metadata import version

    return version("qisim")
