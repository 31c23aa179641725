"""Tables in the contract's form, made without an engine."""

import numpy as np

from qisim.model.outcome_values import last_programme_week, outcomes_of
from qisim.model.outcomes import WEEKLY
from qisim.output.tables import runs_frame, weekly_frame

STAFF = 36


def site(start=1, length=52):
    """Return a resolved scenario, as far as tables and figures need one."""
    return {
        "title": "A home-care service",
        "choices": {"programme.driver": "internal", "programme.package": "competence"},
        "values": {"programme.start_week": start, "programme.length_weeks": length},
    }


def weekly_array(runs=40, weeks=156, level=0.6, speed=0.08, end=52, decay=0.004, seed=0, leaders=2):
    """Return weekly series of shape (weeks, series, runs): growth to `level`, then fading."""
    chance = np.random.default_rng(seed)
    week = np.arange(1, weeks + 1)[:, None]
    top = np.clip(level + 0.12 * chance.standard_normal(runs), 0.02, 0.98)
    half = 30 + 6 * chance.standard_normal(runs)
    curve = top / (1 + np.exp(-speed * (week - half)))
    curve = curve * np.exp(-decay * np.maximum(week - end, 0))
    noise = np.cumsum(0.006 * chance.standard_normal((weeks, runs)), axis=0)
    adoption = np.clip(np.round(STAFF * np.clip(curve + noise, 0, 1)), 0, STAFF) / STAFF
    slow = np.clip(curve * 1.1 + 0.1, 0, 1)
    leading = (chance.random((weeks, runs, leaders)) < np.clip(curve + 0.2, 0, 1)[..., None]).mean(
        2
    )
    hours = np.cumsum(np.where(week <= end, 4.0, 0.4) * (1 + slow), axis=0)
    series = dict.fromkeys(WEEKLY, np.clip(0.4 + noise, 0, 1)) | {
        "adoption": adoption,
        "use": np.clip(slow + 0.05 * chance.standard_normal((weeks, runs)), 0, 1),
        "reach": np.clip(1 - np.exp(-0.05 * np.minimum(week, end)) + noise, 0, 1),
        "leader_use": leading,
        "leader_adoption": np.round(leaders * np.clip(curve, 0, 1)) / leaders,
        "competence": np.clip(0.2 + 0.7 * curve + noise, 0, 1),
        "leavers": np.cumsum(chance.random((weeks, runs)) < 0.12, axis=0).astype(float),
        "leader_leavers": np.cumsum(chance.random((weeks, runs)) < 0.006, axis=0).astype(float),
        "programme_hours": hours,
        "documentation_hours": 0.4 * hours,
    }
    return np.stack([series[name] for name in WEEKLY], axis=1)


def tables(name, weekly, length=52, replicates=None, failed=()):
    """Return the tables (runs, weekly) of one scenario from its weekly series."""
    replicates = range(weekly.shape[2]) if replicates is None else replicates
    adopters = np.round(weekly[-1, list(WEEKLY).index("adoption")] * STAFF)
    found = outcomes_of(weekly, last_programme_week(1, length), adopters)
    return runs_frame(name, replicates, found, failed), weekly_frame(name, replicates, weekly)
