"""Rates: once before a run, from the units people think in to shares per week."""

from __future__ import annotations

from qisim.model.power import at_least, power


def weekly_leaving(turnover: float, vacancy_weeks: float) -> float:
    """Chance per week that somebody in post leaves, so that `turnover` leavers a year come on a post.

    Turnover is counted as its sources count it: leavers in a year over posts, with those who came
    and left again within it, while a post stands empty for `vacancy_weeks` on average (N01, N02).
    Never above one half.
    """
    leavers = turnover / 52.0
    return leavers / at_least(1.0 - leavers * vacancy_weeks, 2.0 * leavers)


def weekly_loss(half_life: float) -> float:
    """Share lost per week of what has this half-life in weeks."""
    return 1.0 - power(0.5, 1.0 / half_life)


def weekly_step(weeks: float) -> float:
    """Share of the remaining way that is gone in a week by what takes about `weeks` to follow."""
    return 1.0 / (1.0 + weeks)


def habit_step(days: float) -> float:
    """Share of missing habit that a week of use gives, so that `days` of weekly use give four fifths.

    Habit grows quickly at first and then levels off (Lally 2010); the median time is 59 to 66 days
    (Q41). How fast it grows does not depend on where the threshold for routine is set; that four
    fifths correspond to what the sources call formed is an assumption.
    """
    return 1.0 - power(1.0 - 0.8, 7.0 / days)


def schooled_turnover(turnover: float, unschooled_share: float, unschooled_ratio: float) -> float:
    """Yearly turnover of staff with health education, so that all staff together have `turnover`.

    Staff without health education leave `unschooled_ratio` times as often as all staff (N01, N03).
    """
    rest = (1.0 - unschooled_share * unschooled_ratio) / at_least(1.0 - unschooled_share, 0.05)
    return turnover * at_least(rest, 0.0)
