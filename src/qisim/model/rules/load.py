"""Load: demand against hours, slack, strain."""

from __future__ import annotations

from qisim.model.rules.use import tool_face


def working_share(settled: float) -> float:
    """Share of full work that a person carries; a newcomer carries half at first."""
    return 0.5 + 0.5 * settled


def unit_load(
    pressure: float, demand: float, planned_presence: float, post_hours: float,
    working_hours: float, missing_hours: float, cover: float,
) -> float:  # fmt: skip
    """Care demand over the hours available to meet it; 1 is balance, and 3 is the maximum.

    Demand is what the planned rota can do, times the pressure on the site and the week's `demand`
    (1 in an ordinary week). Substitutes make good a share of the missing hours, at nine tenths of
    the work of those who know the unit (an assumption).
    """
    needed = pressure * demand * planned_presence * post_hours
    there = working_hours + 0.9 * cover * missing_hours
    load = needed / (there + 0.001)
    return 3.0 if load > 3.0 else load


def hours_away(working_hours: float, lost: float, felt: float) -> float:
    """Hours of a unit's week that the programme took from care, as far as colleagues feel them.

    Uncovered activities, writing and workarounds, less what a good tool saves (below 0: hours won).
    A tenth of the work goes on whatever happens (an assumption).
    """
    away, most = felt * lost, 0.9 * working_hours
    return most if away > most else away


def own_load(load: float, extra_hours: float, hours: float, own_part: float) -> float:
    """Load of one person: the unit's, and a part of what the programme took or gave last week."""
    own = load + own_part * extra_hours / hours
    return 0.0 if own < 0.0 else own


def slack(strength: float, load: float, half_slack_load: float) -> float:
    """Share of the week's occasions for something new that the load leaves; factor *workload*.

    Nearly all at low load, half at `half_slack_load`, and few when demand far outruns hands (Q47).
    """
    relative = load / half_slack_load
    square = relative * relative
    return 1.0 / (1.0 + strength * square * square)


def strain_goal(slack_left: float, support: float, relief: float) -> float:
    """Strain to which a load leads: what is missing in slack, eased by leaders' support (Q48)."""
    return (1.0 - slack_left) * (1.0 - relief * support)


def programme_load(
    used: float, writing: float, workarounds: float, saved: float, attending: float
) -> float:
    """Hours that the programme takes from a person's week (below 0: gives back)."""
    return attending + used * (writing + workarounds - saved)


def writing_hours(strength: float, hours: float) -> float:
    """Hours of writing that a week of use adds; factor *extensive documentation*."""
    return strength * hours


def workaround_hours(strength: float, hours: float, fit: float) -> float:
    """Hours lost to workarounds where the standard does not fit; factor *misfit*."""
    return strength * hours * (1.0 - fit)


def saved_hours(strength: float, hours: float, usability: float, fit: float) -> float:
    """Hours that a good tool saves (below 0: a poor one costs); factor *technology and tools*."""
    return strength * hours * tool_face(usability, fit)
