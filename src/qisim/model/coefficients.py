"""The numbers of a run: every parameter by its short name, and what the weekly rules need made of them.

Half-lives and yearly shares are converted to weekly ones here, once before a run, by plain
functions in plain arithmetic, which work on numbers, on whole arrays, and in compiled code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from qisim.model import rules
from qisim.model.calendar import ACTIVITY_KINDS
from qisim.model.parameters import PARAMETERS
from qisim.model.site import Described


def schooled_leaving(
    turnover: float, unschooled_share: float, ratio: float, vacancy_weeks: float
) -> float:
    """Return the weekly probability of leaving for staff with health education."""
    schooled = rules.schooled_turnover(turnover, unschooled_share, ratio)
    return rules.weekly_leaving(schooled, vacancy_weeks)


def unschooled_leaving(turnover: float, ratio: float, vacancy_weeks: float) -> float:
    """Return the weekly probability of leaving for staff without health education."""
    return rules.weekly_leaving(turnover * ratio, vacancy_weeks)


def one_over(weeks: float) -> float:
    """Return the weekly probability of what takes so many weeks on average."""
    return 1.0 / weeks


RATES: dict[str, tuple[Callable[..., float], str]] = {
    "schooled_leaving": (
        schooled_leaving, "staff_turnover unschooled_share unschooled_turnover_ratio vacancy_weeks",
    ),
    "unschooled_leaving": (
        unschooled_leaving, "staff_turnover unschooled_turnover_ratio vacancy_weeks",
    ),
    "leader_leaving": (rules.weekly_leaving, "leader_turnover leader_vacancy_weeks"),
    "hiring": (one_over, "vacancy_weeks"),
    "leader_hiring": (one_over, "leader_vacancy_weeks"),
    "settling_step": (rules.weekly_step, "settling_weeks"),
    "strain_step": (rules.weekly_step, "strain_weeks"),
    "follow_up_step": (rules.weekly_step, "follow_up_weeks"),
    "attitude_step": (rules.weekly_step, "attitude_weeks"),
    "recent_step": (rules.weekly_step, "recent_weeks"),
    "lately_step": (rules.weekly_step, "lately_weeks"),
    "embed_step": (rules.weekly_step, "embed_weeks"),
    "unembed_loss": (rules.weekly_loss, "unembed_half_life"),
    "skill_loss": (rules.weekly_loss, "skill_half_life"),
    "ownership_loss": (rules.weekly_loss, "ownership_half_life"),
    "attention_loss": (rules.weekly_loss, "attention_half_life"),
    "plan_loss": (rules.weekly_loss, "plan_half_life"),
    "habit_loss": (rules.weekly_loss, "habit_half_life"),
    "habit_step": (rules.habit_step, "habit_days"),
}  # fmt: skip
"""Numbers that the weekly rules use, worked out from parameters once before a run: by
which function, and from which parameters."""

TARGETS = ("supports_staff", "supports_leaders")
"""1 where the outside facilitator works with this group."""

TEACHES = tuple(f"{kind}_teaches" for kind in ACTIVITY_KINDS)

COEFFICIENTS = (
    *(p.name for p in PARAMETERS.values() if p.kind == "float" and p.name not in TEACHES),
    *RATES,
    *TARGETS,
    *TEACHES,  # last, so that an engine can read them as one table by kind
)
"""Names of the numbers that both engines read, in order."""

POSITION = {name: i for i, name in enumerate(COEFFICIENTS)}


def coefficients(scenario: Described) -> npt.NDArray[np.float64]:
    """Return the numbers of a scenario in the order of `COEFFICIENTS`."""
    target = scenario.choices["programme.target"]
    return vector(
        {PARAMETERS[key].name: float(value) for key, value in scenario.values.items()},
        supports_staff=target in ("staff", "both"),
        supports_leaders=target in ("leaders", "both"),
    )


def vector(
    by_name: Mapping[str, float], supports_staff: float, supports_leaders: float
) -> npt.NDArray[np.float64]:
    """Return coefficients from parameters by short name."""
    k = {
        **by_name,
        "supports_staff": float(supports_staff),
        "supports_leaders": float(supports_leaders),
    }
    for name, (rate, needed) in RATES.items():
        k[name] = rate(*(k[parameter] for parameter in needed.split()))
    return np.array([k[name] for name in COEFFICIENTS])


def matrix(
    scenario: Described, keys: Sequence[str], values: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the coefficients of a scenario at many points, each as `coefficients` would.

    Parameters
    ----------
    scenario : Scenario
        What holds for all points.
    keys : sequence of str
        Dotted keys of the parameters that differ; none of them may be a whole number.
    values : ndarray of float, shape (points, len(keys))

    Returns
    -------
    ndarray of float, shape (points, len(COEFFICIENTS))
    """
    rows = np.repeat(coefficients(scenario)[None, :], len(values), axis=0)
    varied = [PARAMETERS[key].name for key in keys]
    rows[:, [POSITION[name] for name in varied]] = values
    for name, (rate, needed) in RATES.items():
        if not set(varied).isdisjoint(needed.split()):
            given = rows[:, [POSITION[parameter] for parameter in needed.split()]]
            rows[:, POSITION[name]] = rate(*given.T)
    return rows
