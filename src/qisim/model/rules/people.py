"""People: posts, newcomers, absence, leaving."""

from __future__ import annotations


def staff_group(draw: float, nurse_share: float, unschooled_share: float) -> float:
    """Say which group a post is for: 0 nurse, 1 health-care worker, 2 no health education (N15)."""
    return 0.0 if draw < nurse_share else (2.0 if draw >= 1.0 - unschooled_share else 1.0)


def post_size(draw: float, mean_post: float, full_time_share: float) -> float:
    """Size of a post as a share of a full one.

    A given share of posts is full-time (N09); the rest spread evenly around what makes the mean
    come out (N10).
    """
    part_mean = (mean_post - full_time_share) / (1.000001 - full_time_share)
    spread = part_mean if part_mean < 1.0 - part_mean else 1.0 - part_mean
    place = (draw - full_time_share) / (1.000001 - full_time_share)
    part = part_mean + 0.8 * spread * (2.0 * place - 1.0)
    return 1.0 if draw < full_time_share else (0.1 if part < 0.1 else part)


def habit_pace(draw: float, spread: float) -> float:
    """Pace at which a person forms habits, as a multiple of the ordinary one.

    Half of all people lie above 1. With a spread of 1 paces run from a half to double, with 9 from a
    tenth to tenfold. The time to a habit has a long tail: studies give a median of 59 to 66 days, a
    mean of 106 to 154, a range of 4 to 335 (Q41). With 9 the mean is 1.8 times the median.
    """
    return (1.0 + spread * draw) / (1.0 + spread * (1.0 - draw))


def leaving_ratio(
    strain: float, engagement: float, usual_strain: float, usual_engagement: float,
    strain_weight: float, engagement_weight: float,
) -> float:  # fmt: skip
    """How much likelier a person is to leave than in usual strain and engagement.

    Strain drives people out (Q48, N16), engagement holds them (Q14).
    """
    driven = (1.0 + strain_weight * strain) / (1.0 + strain_weight * usual_strain)
    held = (1.0 + engagement_weight * usual_engagement) / (1.0 + engagement_weight * engagement)
    return driven * held


def leaving_probability(strength: float, rate: float, ratio: float) -> float:
    """Chance of leaving this week; factor *turnover*. Never above one half."""
    chance = strength * rate * ratio
    return 0.5 if chance > 0.5 else chance


def usual_vacancy(leaving_rate: float, hiring_rate: float) -> float:
    """Share of posts that stand empty when as many leave as are hired."""
    return leaving_rate / (leaving_rate + hiring_rate)


def absence_level(
    usual: float, quarter: float, swing: float, strain: float, usual_strain: float, weight: float
) -> float:
    """Share of such people who are absent: the usual, times the season, times what strain adds.

    `quarter` is the quarter's absence over the year's mean (N08), `swing` scales its distance to 1.
    """
    season = 1.0 + swing * (quarter - 1.0)
    worn = 1.0 + weight * (strain - usual_strain)
    level = usual * season * worn
    return 0.0 if level < 0.0 else (0.9 if level > 0.9 else level)


def absence_probability(absent: float, level: float, weeks: float) -> float:
    """Chance of being absent this week: of staying away, or of falling ill.

    An absence lasts `weeks` on average; people fall ill as often as keeps the share absent at
    `level`.
    """
    falls_ill = level / ((1.0 - level) * weeks)
    return 1.0 - 1.0 / weeks if absent > 0.5 else falls_ill
