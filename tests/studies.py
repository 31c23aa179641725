"""Small studies that a test can sweep over in a moment."""

from worlds import SMALL

from qisim.design.plan_file import read

BASE = {**SMALL, "name": "base", "run": {"weeks": 24}}
OTHER = {**BASE, "name": "other", "tool": {"usability": 0.8}, "workload": {"cover": 0.8}}
VARY = ["workload.pressure", "tool.fit", "workforce.staff_turnover", "factors.turnover"]


def study(**changes):
    """Return a small study as a file would say it; tables are laid over each other."""
    held = {
        "title": "a small study",
        "scenarios": [BASE, OTHER],
        "vary": VARY,
        "design": {"method": "sobol", "samples": 8},
        "runs": {"replicates": 3, "seed": 5},
        "outcomes": ["adoption_mean", "leavers"],
    }
    for key, value in changes.items():
        held[key] = {**held[key], **value} if isinstance(held.get(key), dict) else value
    return held


def plan(**changes):
    """Return a small study, read."""
    return read(study(**changes))
